//! Conflicts of a round, or of one entry.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Months, NaiveDate, Utc};
use entities::{AgreementState, agreement, agreement_party, calendar_entry, coordination_round, round_plan};
use kernel::error::ApiResult;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait};
use store::Session;
use uuid::Uuid;

use crate::planning::conflicts::neighbourhood::{Among, Clash, Neighbourhood};

/// Days between what is for the same people, where no round says otherwise.
pub const DAYS_APART: i32 = 3;

/// Conflicts of the plans of a round in its year.
///
/// # Errors
/// There are too many dates to look at together; the database fails.
pub async fn of_round(
    session: &Session,
    round: &coordination_round::Model,
) -> ApiResult<(Arc<Neighbourhood>, Vec<Clash>)> {
    let plans = session.group::<round_plan::Entity>(round.id).await?;
    let among = Among::Plans {
        plans: plans.iter().map(|it| it.plan_id).collect(),
        owners: plans.iter().map(|it| it.tenant_id).collect(),
    };
    let from = NaiveDate::from_ymd_opt(round.year, 1, 1).unwrap_or(NaiveDate::MIN);
    let to = NaiveDate::from_ymd_opt(round.year, 12, 31).unwrap_or(NaiveDate::MAX);
    let around = Neighbourhood::load(session, &among, (from, to), round.days_apart).await?;
    let around = around.with_acknowledgements(session, None).await?;
    let clashes = around.between_days(from, to);
    Ok((Arc::new(around), clashes))
}

/// Conflicts of one entry: around its date, or those of a series in the year from now on. What is read grows with
/// what lies around it, not with the plans.
///
/// # Errors
/// There are too many dates to look at together; the database fails.
pub async fn of_entry(session: &Session, entry: &calendar_entry::Model) -> ApiResult<(Arc<Neighbourhood>, Vec<Clash>)> {
    let among = Among::Tenants(partners(session, entry.tenant_id).await?);
    let days = days_of(entry, session.now());
    let around = Neighbourhood::load(session, &among, days, DAYS_APART).await?;
    let around = around.with_acknowledgements(session, Some(entry.id)).await?;
    let clashes = around.of(entry.id);
    Ok((Arc::new(around), clashes))
}

fn days_of(entry: &calendar_entry::Model, now: DateTime<Utc>) -> (NaiveDate, NaiveDate) {
    let (first, last) = (entry.starts_local.date(), entry.ends_local.date());
    if entry.expanded_until.is_none() {
        return (first, last);
    }
    let from = first.max(now.date_naive());
    (from, from.checked_add_months(Months::new(12)).unwrap_or(from))
}

/// The active agreements about calendars that bind an authority, as far as the viewer knows them.
pub async fn agreements_of(session: &Session, tenant: Uuid) -> ApiResult<Vec<Uuid>> {
    let own = session.select::<agreement_party::Entity>().filter(agreement_party::Column::TenantId.eq(tenant));
    let own = own.select_only().column(agreement_party::Column::AgreementId).into_query();
    let active = session
        .select::<agreement::Entity>()
        .filter(agreement::Column::Id.in_subquery(own))
        .filter(agreement::Column::State.eq(AgreementState::Active))
        .filter(agreement::Column::CoversCalendars.eq(true));
    Ok(session.all(active).await?.into_iter().map(|it| it.id).collect())
}

/// An authority and those that it is bound to by such agreements.
async fn partners(session: &Session, tenant: Uuid) -> ApiResult<Vec<Uuid>> {
    let agreements = agreements_of(session, tenant).await?;
    let parties = session
        .select::<agreement_party::Entity>()
        .filter(session.is_one_of(agreement_party::Column::AgreementId, &agreements));
    let parties = session.all(parties).await?.into_iter().map(|it| it.tenant_id);
    Ok(parties.chain([tenant]).collect::<BTreeSet<_>>().into_iter().collect())
}
