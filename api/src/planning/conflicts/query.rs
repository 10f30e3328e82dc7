//! Conflicts of a round, or of one entry.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use chrono::{DateTime, Months, NaiveDate, Utc};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;
use verbund_entities::{AgreementState, agreement, agreement_party, calendar_entry, coordination_round, round_plan};

use super::neighbourhood::{Among, Clash, Neighbourhood};
use super::rules::ConflictSeverity;
use super::types::Conflict;
use crate::calendars::read_ahead;
use crate::error::{ApiResult, Problem};
use crate::graphql::ContextExt;
use crate::graphql::connection::{Paged, Total, fill};
use crate::graphql::enums::ConflictRule;
use crate::graphql::id::{NodeType, at_most_100};
use crate::graphql::lookahead::Selected;
use crate::store::{PageRequest, Session, SortValue, page_cost};

/// Days between what is for the same people, where no round says otherwise.
pub const DAYS_APART: i32 = 3;

/// Whose conflicts.
#[derive(OneofObject, Clone, Debug)]
pub enum ConflictsOf {
    /// Of the plans of a round, in its year.
    Round(ID),
    /// Of an entry, with everything of its owner and of the partners in active agreements, within a year from now or
    /// around its date.
    Entry(ID),
}

/// Which conflicts are wanted.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ConflictFilter {
    /// Only by these rules.
    rules: Option<Vec<ConflictRule>>,
    /// Only those that weigh at least this.
    severity_from: Option<ConflictSeverity>,
    /// Only those that nobody has taken note of.
    #[graphql(default)]
    open: bool,
}

/// See the module.
#[derive(Default)]
pub struct ConflictQuery;

#[Object]
impl ConflictQuery {
    /// What does not go together, the worst first, as it is at this moment. Only what the viewer sees of both sides is
    /// looked at: an entry that is seen as BUSY has only its time.
    #[graphql(complexity = "page_cost(first, last, child_complexity) + 100")]
    async fn conflicts(
        &self,
        ctx: &Context<'_>,
        of: ConflictsOf,
        filter: Option<ConflictFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Conflict>> {
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("conflicts {of:?} {filter:?}"))?;
        let session = ctx.session().await?;
        let (around, clashes) = match of {
            ConflictsOf::Round(id) => {
                let round =
                    session.get::<coordination_round::Entity>(NodeType::CoordinationRound.parse(&id, "of.round")?);
                match round.await? {
                    Some(round) => of_round(&session, &round).await?,
                    None => return Err(Problem::not_found("of.round").into()),
                }
            }
            ConflictsOf::Entry(id) => {
                let entry = session.get::<calendar_entry::Entity>(NodeType::CalendarEntry.parse(&id, "of.entry")?);
                match entry.await? {
                    Some(entry) => of_entry(&session, &entry).await?,
                    None => return Err(Problem::not_found("of.entry").into()),
                }
            }
        };
        let clashes = wanted(clashes, filter)?;
        let total = Total::of(clashes.len() as u64);
        let page = request.of(clashes, key)?;
        let shown: Vec<_> = page.rows.iter().flat_map(|it| &it.sides).map(|it| &*it.entry).collect();
        read_ahead(&Selected::within(ctx, &["sides", "entry"]), &session, &shown).await?;
        let frame = Connection::with_additional_fields(page.has_previous, page.has_next, total);
        let conflicts = page.rows.into_iter().map(|clash| Conflict { clash, around: around.clone() });
        Ok(fill(frame, page.cursors.into_iter().zip(conflicts)))
    }
}

/// The worst first, then by date.
fn key(clash: &Clash) -> (SortValue, Uuid) {
    let weight = match clash.severity {
        ConflictSeverity::High => 0,
        ConflictSeverity::Medium => 1,
        ConflictSeverity::Low => 2,
    };
    let start = clash.sides.first().map(|it| it.span.starts_at.to_rfc3339()).unwrap_or_default();
    (SortValue::Text(Some(format!("{weight} {start} {}", clash.rule.as_str()))), clash.id)
}

fn wanted(mut clashes: Vec<Clash>, filter: ConflictFilter) -> ApiResult<Vec<Clash>> {
    if let Some(rules) = filter.rules {
        at_most_100(&rules, "filter.rules")?;
        let rules: BTreeSet<verbund_entities::ConflictRule> = rules.into_iter().map(Into::into).collect();
        clashes.retain(|it| rules.contains(&it.rule));
    }
    if let Some(least) = filter.severity_from {
        clashes.retain(|it| it.severity >= least);
    }
    clashes.retain(|it| !filter.open || it.acknowledged.is_empty());
    Ok(clashes)
}

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

/// The worst conflicts of one entry, as they are shown.
///
/// # Errors
/// As [`of_entry`].
pub async fn conflicts_of_entry(
    session: &Session,
    entry: &calendar_entry::Model,
    most: usize,
) -> ApiResult<Vec<Conflict>> {
    let (around, clashes) = of_entry(session, entry).await?;
    Ok(clashes.into_iter().take(most).map(|clash| Conflict { clash, around: around.clone() }).collect())
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
pub(super) async fn agreements_of(session: &Session, tenant: Uuid) -> ApiResult<Vec<Uuid>> {
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
