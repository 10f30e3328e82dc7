//! Work of the operator with the owner's rights on the database: authorities, members, reference data.
//!
//! The operator is a person at the command line who holds the database anyway. Nothing here is reachable over HTTP.

pub mod members;
pub mod tenants;

use entities::{TenantStatus, tenant};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::{Locale, Text};
use kernel::ids::new_id;
use policy::{Actor, Grant};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use store::{DatabaseSettings, Session, Store};
use uuid::Uuid;

use crate::context::op::Op;

pub use crate::operator::members::grant_role;

/// The operator's operation on the database at `url`, with the rights of the owner.
///
/// # Errors
/// The database cannot be reached.
pub async fn operation(url: String, clock: &Clock) -> Result<Op, String> {
    let store = Store::connect(&DatabaseSettings { url, max_connections: 1 }).await.map_err(|error| render(&error))?;
    Ok(Op::new(store, clock.clone(), Actor::Operator, format!("cli-{}", new_id()), Locale::En))
}

/// The operator's right to write what an authority owns. Nobody decides on it, so it is made here only, and for nobody else.
///
/// # Errors
/// The operation is not the operator's, which is a mistake of the program.
#[expect(clippy::disallowed_methods, reason = "the one place that makes the operator's grant")]
pub fn grant(op: &Op, tenant: Uuid) -> ApiResult<Grant> {
    match op.actor {
        Actor::Operator => Ok(Grant::operator(tenant)),
        Actor::Anonymous | Actor::Person { .. } | Actor::Feed { .. } | Actor::Service { .. } => {
            Err(ApiError::fault("the operator's grant was asked for by somebody else"))
        }
    }
}

/// An error as text in English, for the log.
pub fn render(error: &ApiError) -> String {
    render_in(error, Locale::En)
}

/// An error as text, for the terminal.
pub fn render_in(error: &ApiError, locale: Locale) -> String {
    match error {
        ApiError::Fault(fault) => fault.message.clone(),
        ApiError::Problems(problems) => {
            let lines: Vec<_> = problems
                .iter()
                .map(|it| format!("{}: {}", it.field.as_deref().unwrap_or("input"), it.text.render(locale)))
                .collect();
            lines.join("; ")
        }
    }
}

/// The authority of a short name, whatever its status.
///
/// # Errors
/// `NOT_FOUND` at `tenant`; the database fails.
pub(crate) async fn authority(session: &Session, slug: &str) -> ApiResult<tenant::Model> {
    let here = session.reference::<tenant::Entity>().filter(tenant::Column::Slug.eq(slug));
    session.one(here).await?.ok_or_else(|| Problem::not_found("tenant").into())
}

/// The authority whose audit trail records what concerns all of them: the first that takes part.
///
/// # Errors
/// There is none yet; the database fails.
pub async fn teller(session: &Session) -> ApiResult<tenant::Model> {
    let first = session
        .reference::<tenant::Entity>()
        .filter(tenant::Column::Status.eq(TenantStatus::Active))
        .order_by_asc(tenant::Column::Id)
        .limit(1);
    let none = || Problem::whole(UserErrorCode::Conflict, Text::new("authority-first")).into();
    session.one(first).await?.ok_or_else(none)
}
