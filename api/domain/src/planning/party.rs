//! What every step of a round needs: the round, the party that acts, and an agreement that is in force.

use std::collections::BTreeSet;

use entities::{Area, ScopeArea, agreement, coordination_round};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use policy::{Action, Grant, Object};
use store::Session;
use store::scopes::{Audience, Way};
use uuid::Uuid;

use crate::agreements::service::{obstacles, parties_of};
use crate::tenants::service::today_of;

/// A round that the actor may see.
pub(super) async fn round(session: &Session, id: Uuid, field: &'static str) -> ApiResult<coordination_round::Model> {
    let row = session.get::<coordination_round::Entity>(id).await?;
    row.map(|it| (*it).clone()).ok_or_else(|| Problem::not_found(field).into())
}

/// The grant of a party of an agreement, which must be in force. `field` is the input that names the party, or what
/// decides on it.
pub(super) async fn grant(
    session: &Session,
    (agreement, scope): (Uuid, Uuid),
    (tenant, field): (Uuid, &'static str),
    area: (Action, ScopeArea),
) -> ApiResult<Grant> {
    let Some(row) = session.get::<agreement::Entity>(agreement).await? else {
        return Err(Problem::not_found("agreement").into());
    };
    if !parties_of(session, agreement).await?.contains(&tenant) {
        return Err(Problem::not_found(field).into());
    }
    let grant = session.authorize(area.0, &Object::row(area.1, tenant, scope, None), field)?;
    in_force(session, &row).await?;
    Ok(grant)
}

async fn in_force(session: &Session, row: &agreement::Model) -> ApiResult<()> {
    let problems = obstacles(row, Area::Calendars);
    if !problems.is_empty() {
        return Err(ApiError::Problems(problems));
    }
    let day = today_of(session, row.tenant_id).await?;
    if day < row.valid_from || row.valid_until.is_some_and(|until| until < day) {
        let text = Text::new("agreement-not-valid-today").with("day", day);
        return Err(Problem::at(UserErrorCode::AgreementNotActive, "agreement", text).into());
    }
    Ok(())
}

/// Who sees what belongs to rounds: the owner, and the parties of the agreements.
pub fn audience(tenant: Uuid, agreements: impl IntoIterator<Item = Uuid>) -> Audience {
    let ways: BTreeSet<_> = agreements.into_iter().map(Way::to_parties).collect();
    Audience::Owned { tenant, area: ScopeArea::Agreements, field: None, ways }
}
