//! Comparisons of a plan: with a snapshot of it, or with the plan of the year before.

use async_graphql::connection::Connection;
use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use domain::calendars::entry_view::EntryView;
use domain::planning::plans::snapshots_of;
use domain::planning::snapshots::{entries, snapshot_entries};
use entities::annual_plan;
use kernel::error::{ApiResult, Problem};
use kernel::global_id::{NodeType, at_most_100};
use sea_orm::{ColumnTrait, QueryFilter};
use store::{PageRequest, Session, SortValue, page_cost};

use crate::calendars::entry_types::CalendarEntry;
use crate::calendars::query::preload;
use crate::connection::{Paged, TotalCount, fill};
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::planning::difference::{Difference, PlanDifferenceKind, PlanEntryField, to_snapshot, to_year_before};
use crate::scalars::LocalDateTime;

/// Difference between the present and an earlier state of an entry in an annual plan.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct PlanDifference {
    /// Kind of difference.
    kind: PlanDifferenceKind,
    /// Earlier title; null if there is no earlier entry, or if the title is not visible to the viewer.
    title_before: Option<String>,
    /// Earlier local start, in the time zone of the entry; null if there is no earlier entry.
    start_before: Option<LocalDateTime>,
    /// Fields that differ from the snapshot, as far as they are visible to the viewer now and were so then; empty in
    /// comparisons with the previous year.
    changed_fields: Vec<PlanEntryField>,
    #[graphql(skip)]
    entry: Option<EntryView>,
    #[graphql(skip)]
    before: Option<EntryView>,
}

#[ComplexObject]
impl PlanDifference {
    /// Entry in its current state; null if the entry of the previous year has no counterpart.
    async fn entry(&self) -> Option<CalendarEntry> {
        self.entry.clone().map(Into::into)
    }

    /// Entry of the previous year; null for added entries and in comparisons with a snapshot.
    async fn entry_before(&self) -> Option<CalendarEntry> {
        self.before.clone().map(Into::into)
    }
}

/// Filter of `annualPlanComparison`.
#[derive(InputObject, Clone, Debug, Default)]
pub struct PlanDifferenceFilter {
    /// Only differences of these kinds, at most 100.
    kinds: Option<Vec<PlanDifferenceKind>>,
}

/// See the module.
#[derive(Default)]
pub struct ComparisonQuery;

#[Object]
impl ComparisonQuery {
    /// Lists the differences between an annual plan and one of its snapshots, or the plan of the previous year, by
    /// start. With a snapshot, entries that the viewer could not see then or cannot see now are left out. With the
    /// previous year, entries are matched by title, ignoring numbers; entries that are cancelled or visible to the
    /// viewer only at level `BUSY` are left out, and the list is empty if no plan of that year is visible to the
    /// viewer.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn annual_plan_comparison(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Annual plan.")] plan: ID,
        #[graphql(desc = "Key of the snapshot; default: the plan of the previous year.")] snapshot: Option<ID>,
        #[graphql(desc = "Restricts the list.")] filter: Option<PlanDifferenceFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<PlanDifference>> {
        let filter = filter.unwrap_or_default();
        let list = format!("comparison {plan:?} {snapshot:?} {filter:?}");
        let request = PageRequest::new(first, after, last, before, &list)?;
        if let Some(kinds) = &filter.kinds {
            at_most_100(kinds, "filter.kinds")?;
        }
        let session = ctx.session().await?;
        let id = NodeType::AnnualPlan.parse(&plan, "plan")?;
        let Some(plan) = session.get::<annual_plan::Entity>(id).await? else {
            return Err(Problem::not_found("plan").into());
        };
        let mut differences = match snapshot {
            Some(key) => since(&session, &plan, &key).await?,
            None => since_year_before(&session, &plan).await?,
        };
        if let Some(kinds) = filter.kinds {
            differences.retain(|it| kinds.contains(&it.kind));
        }
        let total = TotalCount::of(differences.len() as u64);
        let page = request.of(differences, |it| {
            let row = it.entry.as_ref().or(it.before.as_ref());
            let start = row.map_or(it.start_before, |it| Some(it.times().starts_local()));
            let start = start.map(|it| it.format("%Y-%m-%dT%H:%M:%S").to_string());
            (SortValue::Text(start), row.map(|it| it.times().id()).unwrap_or_default())
        })?;
        let rows: Vec<_> = page.rows.iter().filter_map(|it| it.entry.as_ref()).collect();
        preload(&Selected::within(ctx, &["entry"]), &session, &rows).await?;
        let rows: Vec<_> = page.rows.iter().filter_map(|it| it.before.as_ref()).collect();
        preload(&Selected::within(ctx, &["entryBefore"]), &session, &rows).await?;
        let frame = Connection::with_additional_fields(page.has_previous, page.has_next, total);
        let nodes = page.rows.into_iter().map(|it| PlanDifference {
            kind: it.kind,
            title_before: it.title_before,
            start_before: it.start_before.map(LocalDateTime),
            changed_fields: it.changed_fields.into_iter().collect(),
            entry: it.entry,
            before: it.before,
        });
        Ok(fill(frame, page.cursors.into_iter().zip(nodes)))
    }
}

async fn since(session: &Session, plan: &annual_plan::Model, key: &ID) -> ApiResult<Vec<Difference>> {
    let known = snapshots_of(session, plan.id).await?;
    match known.iter().find(|it| it.id.simple().to_string() == key.as_str()) {
        Some(row) => Ok(to_snapshot(entries(session, plan).await?, snapshot_entries(session, row.id).await?)),
        None => Err(Problem::not_found("snapshot").into()),
    }
}

async fn since_year_before(session: &Session, plan: &annual_plan::Model) -> ApiResult<Vec<Difference>> {
    let select = session
        .select::<annual_plan::Entity>()
        .filter(annual_plan::Column::TenantId.eq(plan.tenant_id))
        .filter(annual_plan::Column::Year.eq(plan.year.saturating_sub(1)));
    let Some(earlier) = session.one(select).await? else { return Ok(Vec::new()) };
    Ok(to_year_before(entries(session, plan).await?, entries(session, &earlier).await?))
}
