//! Grants of TENANT_ADMIN that wait for a second admin: nobody alone makes others as mighty as oneself.
//!
//! A grant waits as soon as the authority has another admin who could confirm it, unless the operator has turned that off
//! for the authority. It has no effect before it is confirmed; any admin may revoke it, which refuses it. What the operator
//! grants at the command line, and what follows from claims by a rule of the operator, does not wait.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use entities::{RoleKey, member, role_grant, tenant};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use policy::{spans, today, within};
use sea_orm::{ColumnTrait, QueryFilter, Set};
use store::{Session, Writer};
use uuid::Uuid;

use crate::context::audited::{Audited, save};
use crate::context::op::Op;
use crate::context::unit_of_work::UnitOfWork;
use crate::members::service::{NewRoleGrant, RoleHolder};
use crate::rights::{self, Operation};

/// How long a grant waits, in days.
const DAYS: i64 = 14;

/// Until when a new grant waits for a second admin; none where it has effect at once.
///
/// # Errors
/// The database fails.
pub(super) async fn waits_until(
    session: &Session,
    writer: &Writer<'_>,
    tenant: &tenant::Model,
    new: &NewRoleGrant,
) -> ApiResult<Option<DateTime<Utc>>> {
    if new.role != RoleKey::TenantAdmin || !tenant.second_admin {
        return Ok(None);
    }
    let recipient = match &new.to {
        RoleHolder::Known(member) => session.get::<member::Entity>(*member).await?.map(|it| it.person_id),
        RoleHolder::Account { issuer, subject, .. } => writer.person_id(issuer, subject).await?,
    };
    let concerned: BTreeSet<Uuid> = recipient.into_iter().chain(writer.grant().person()).collect();
    let select = session
        .select::<role_grant::Entity>()
        .filter(role_grant::Column::TenantId.eq(new.tenant))
        .filter(role_grant::Column::Role.eq(RoleKey::TenantAdmin))
        .filter(role_grant::Column::AllFields.eq(true))
        .filter(role_grant::Column::RevokedAt.is_null())
        .filter(role_grant::Column::ConfirmUntil.is_null());
    let admins = session.all(select).await?;
    session.load::<member::Entity>(admins.iter().map(|it| it.member_id)).await?;
    let day = today(&tenant.time_zone, session.now());
    for admin in admins {
        let could_give = within(day, admin.valid_from, admin.valid_until)
            && spans((admin.valid_from, admin.valid_until), (new.valid_from, new.valid_until));
        let is_another =
            session.get::<member::Entity>(admin.member_id).await?.is_some_and(|it| !concerned.contains(&it.person_id));
        if could_give && is_another {
            return Ok(Some(writer.now() + TimeDelta::days(DAYS)));
        }
    }
    Ok(None)
}

/// Confirms a grant that waits for a second admin. It has effect from the next request on.
///
/// # Errors
/// As [`rights::find_for`]; `STALE_VERSION`; the database fails.
pub async fn confirm(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "roleGrantConfirm").await?;
    let session = mutation.session();
    let (permit, row) = rights::find_for::<role_grant::Entity>(session, id, Operation::Confirm, "id").await?;
    let writer = session.writer(&permit).await?;
    let values = role_grant::ActiveModel {
        id: Set(id),
        confirm_until: Set(None),
        confirmed_by: Set(writer.grant().person()),
        ..Default::default()
    };
    save::<role_grant::Entity>(&writer, values, version).await?;
    let after = role_grant::Model { confirm_until: None, version: version.saturating_add(1), ..(*row).clone() };
    let recorded = mutation.record(&writer, after.change_record("role.confirmed", Some(&row))).await?;
    mutation.commit(recorded).await
}

/// What keeps a grant from being confirmed by the actor.
///
/// # Errors
/// `CONFLICT` where it does not wait, or no longer; `FORBIDDEN` to who granted it and to who receives it; the database fails.
pub(crate) async fn obstacle(session: &Session, row: &role_grant::Model) -> ApiResult<()> {
    let refused = |code, key| -> ApiResult<()> { Err(Problem::at(code, "id", Text::new(key)).into()) };
    let Some(until) = row.confirm_until else { return refused(UserErrorCode::Conflict, "confirm-nothing") };
    if until <= session.now() {
        return refused(UserErrorCode::Conflict, "confirm-expired");
    }
    let actor = session.access().person().map(|it| it.id);
    let recipient = session.get::<member::Entity>(row.member_id).await?.map(|it| it.person_id);
    if actor.is_none() || actor == row.granted_by || actor == recipient {
        return refused(UserErrorCode::Forbidden, "confirm-own");
    }
    Ok(())
}
