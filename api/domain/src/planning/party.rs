//! What every step of a round needs: the round, the party that acts, and an agreement that is in force.

use std::collections::BTreeSet;

use entities::{Area, ScopeArea, agreement};
use kernel::error::{ApiError, ApiResult, Problem};
use policy::{Action, Grant, Object};
use store::Session;
use store::scopes::{Audience, ScopeShare};
use uuid::Uuid;

use crate::agreements;
use crate::agreements::service::{obstacles, parties_of};

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

pub(crate) async fn in_force(session: &Session, row: &agreement::Model) -> ApiResult<()> {
    let problems = obstacles(row, Area::Calendars);
    if !problems.is_empty() {
        return Err(ApiError::Problems(problems));
    }
    agreements::service::in_force(session, row).await
}

/// Who sees what belongs to rounds: the owner, and the parties of the agreements.
pub fn audience(tenant: Uuid, agreements: impl IntoIterator<Item = Uuid>) -> Audience {
    let scope_shares: BTreeSet<_> = agreements.into_iter().map(ScopeShare::to_parties).collect();
    Audience::Owned { tenant, area: ScopeArea::Agreements, field: None, scope_shares }
}
