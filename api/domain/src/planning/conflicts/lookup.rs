//! Conflicts of a round, or of one entry.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Months, NaiveDate, Utc};
use entities::{
    AgreementState, agreement, agreement_party, annual_plan_calendar, calendar_entry, coordination_round, round_plan,
};
use kernel::error::ApiResult;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait};
use store::Session;
use uuid::Uuid;

use crate::planning::conflicts::neighbourhood::{Clash, Neighbourhood, with_acknowledgements};
use crate::planning::conflicts::surroundings::{Among, Surroundings, too_many};

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
    let (around, clashes) = of_rounds(session, &[round]).await?.pop().flatten().ok_or_else(too_many)?;
    Ok((Arc::new(around), clashes))
}

/// Conflicts of the plans of several rounds, each as [`of_round`] finds them, in the same number of statements; none in the
/// place of a round with too many dates.
///
/// # Errors
/// The database fails.
pub async fn of_rounds(
    session: &Session,
    rounds: &[&coordination_round::Model],
) -> ApiResult<Vec<Option<(Neighbourhood, Vec<Clash>)>>> {
    session.load_groups::<round_plan::Entity>(rounds.iter().map(|it| it.id)).await?;
    let mut plans = Vec::new();
    for round in rounds {
        plans.push(session.group::<round_plan::Entity>(round.id).await?);
    }
    let ids: Vec<_> = plans.iter().flat_map(|it| it.iter()).map(|it| it.plan_id).collect();
    session.load_groups::<annual_plan_calendar::Entity>(ids).await?;
    let mut all = Vec::new();
    for (round, plans) in rounds.iter().zip(&plans) {
        let mut calendars = BTreeSet::new();
        for plan in plans.iter() {
            let planned = session.group::<annual_plan_calendar::Entity>(plan.plan_id).await?;
            calendars.extend(planned.iter().map(|it| it.calendar_id));
        }
        let owners = plans.iter().map(|it| it.tenant_id).collect();
        let among = Among::Calendars { calendars, owners };
        all.push(Surroundings { among, days: days_of_year(round), days_apart: round.days_apart });
    }
    let found = Neighbourhood::load_all(session, all).await?;
    let there: Vec<_> = found.iter().map(Option::is_some).collect();
    let mut found = with_acknowledgements(session, found.into_iter().flatten().collect(), None).await?.into_iter();
    let clashes = |(round, is_there): (&&coordination_round::Model, bool)| {
        let around = is_there.then(|| found.next()).flatten()?;
        let (from, to) = days_of_year(round);
        let clashes = around.between_days(from, to);
        Some((around, clashes))
    };
    Ok(rounds.iter().zip(there).map(clashes).collect())
}

/// The first and the last day of the year of a round.
fn days_of_year(round: &coordination_round::Model) -> (NaiveDate, NaiveDate) {
    (
        NaiveDate::from_ymd_opt(round.year, 1, 1).unwrap_or(NaiveDate::MIN),
        NaiveDate::from_ymd_opt(round.year, 12, 31).unwrap_or(NaiveDate::MAX),
    )
}

/// Conflicts of one entry: around its date, or those of a series in the year from now on. What is read grows with
/// what lies around it, not with the plans.
///
/// # Errors
/// There are too many dates to look at together; the database fails.
pub async fn of_entry(session: &Session, entry: &calendar_entry::Model) -> ApiResult<(Arc<Neighbourhood>, Vec<Clash>)> {
    let among = Among::Tenants(partners(session, entry.tenant_id).await?);
    let days = days_of(entry, session.now());
    let around = Neighbourhood::load(session, Surroundings { among, days, days_apart: DAYS_APART }).await?;
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
