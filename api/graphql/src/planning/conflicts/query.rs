//! Conflicts of a round, or of one entry.

use std::collections::BTreeSet;

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use domain::planning::conflicts::lookup::{of_entry, of_round};
use domain::planning::conflicts::neighbourhood::Clash;
use domain::planning::conflicts::rules::ConflictSeverity;
use entities::{calendar_entry, coordination_round};
use kernel::error::{ApiResult, Problem};
use kernel::global_id::{NodeType, at_most_100};
use store::{PageRequest, Session, SortValue, page_cost};
use uuid::Uuid;

use crate::calendars::query::preload;
use crate::connection::{Paged, TotalCount, fill};
use crate::context::ContextExt;
use crate::enums::ConflictRule;
use crate::lookahead::Selected;
use crate::planning::conflicts::types;
use crate::planning::conflicts::types::Conflict;

/// Object whose conflicts are listed.
#[derive(OneofObject, Clone, Debug)]
pub enum ConflictsOf {
    /// Coordination round: conflicts in its year between entries of its plans and of the external calendars of the
    /// submitting parties.
    Round(ID),
    /// Calendar entry: conflicts with other entries of its owner and of the partners in active agreements that cover
    /// calendars. For a series, its occurrences within a year are checked, from now or from its start if that is later.
    Entry(ID),
}

/// Filter of `conflicts`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ConflictFilter {
    /// Only conflicts by one of these rules.
    rules: Option<Vec<ConflictRule>>,
    /// Only conflicts of these severities.
    severities: Option<Vec<types::ConflictSeverity>>,
    /// Only conflicts that this authority still has to settle: one of its entries is a side, and it has not acknowledged
    /// the conflict. Together with severity `HIGH`, exactly the conflicts for which `coordinationRoundSignOff` refuses
    /// its sign-off.
    open_for: Option<ID>,
}

/// See the module.
#[derive(Default)]
pub struct ConflictQuery;

#[Object]
impl ConflictQuery {
    /// Lists the conflicts of a coordination round or of an entry, computed at the time of the request, the most severe
    /// first. The rules apply only to data visible to the viewer on both sides: of an entry at level `BUSY`, to its
    /// time alone. `LIMIT_REACHED` if more than 20,000 occurrences would have to be compared.
    #[graphql(complexity = "page_cost(first, last, child_complexity) + 100")]
    async fn conflicts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Coordination round or entry.")] of: ConflictsOf,
        #[graphql(desc = "Restricts the list.")] filter: Option<ConflictFilter>,
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
        let total = TotalCount::of(clashes.len() as u64);
        let page = request.of(clashes, key)?;
        let shown: Vec<_> = page.rows.iter().flat_map(|it| &it.sides).map(|it| &it.entry).collect();
        preload(&Selected::within(ctx, &["sides", "entry"]), &session, &shown).await?;
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
        let rules: BTreeSet<entities::ConflictRule> = rules.into_iter().map(Into::into).collect();
        clashes.retain(|it| rules.contains(&it.rule));
    }
    if let Some(severities) = filter.severities {
        at_most_100(&severities, "filter.severities")?;
        let severities: BTreeSet<ConflictSeverity> = severities.into_iter().map(Into::into).collect();
        clashes.retain(|it| severities.contains(&it.severity));
    }
    if let Some(tenant) = filter.open_for {
        let tenant = NodeType::Tenant.parse(&tenant, "filter.openFor")?;
        clashes.retain(|it| it.is_open_for(tenant));
    }
    Ok(clashes)
}

/// The worst conflicts of one entry, as they are shown.
///
/// # Errors
/// There are too many dates to look at together; the database fails.
pub async fn conflicts_of_entry(
    session: &Session,
    entry: &calendar_entry::Model,
    max: usize,
) -> ApiResult<Vec<Conflict>> {
    let (around, clashes) = of_entry(session, entry).await?;
    Ok(clashes.into_iter().take(max).map(|clash| Conflict { clash, around: around.clone() }).collect())
}
