//! Reminders: every replica looks for obligations whose day has come; each is told once, as an event that subscribers and
//! webhooks hear.

use kernel::clock::Clock;
use kernel::error::ApiResult;
use kernel::i18n::Locale;
use kernel::ids::new_id;
use policy::Actor;
use store::Store;
use uuid::Uuid;

use crate::context::op::Op;
use crate::funding::obligations::remind;

/// The most reminders of one look.
const MAX: i32 = 200;

/// Reminds of what is due; of how many.
///
/// # Errors
/// The database fails.
pub async fn remind_due(store: &Store, clock: &Clock) -> ApiResult<usize> {
    // Somewhere it is tomorrow already; whether it is at the authority is seen with the obligation.
    let now = clock.now().date_naive();
    let day = now.succ_opt().unwrap_or(now);
    let due: Vec<(Uuid, Uuid)> = store.obligations_due(day, MAX).await?;
    let mut reminded = 0;
    for (id, tenant) in due {
        let actor = Actor::Service { tenant };
        let op = Op::new(store.clone(), clock.clone(), actor, format!("reminder-{}", new_id()), Locale::En);
        reminded += usize::from(remind(&op, id).await?);
    }
    Ok(reminded)
}
