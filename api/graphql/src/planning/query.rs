//! Root fields about plans and rounds.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use domain::calendars::entry_view::EntryView;
use domain::planning::{comments, proposals};
use entities::{annual_plan, calendar_entry, change_proposal, coordination_comment, coordination_round, tenant};
use kernel::error::{ApiResult, Problem};
use kernel::global_id::{NodeType, at_most_100};
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, Session, SortValue, page_cost};
use uuid::Uuid;

use crate::calendars::query::preload;
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::enums::{ProposalState, RoundState};
use crate::lookahead::Selected;
use crate::planning::comment_types::CoordinationComment;
use crate::planning::plan_types::AnnualPlan;
use crate::planning::proposal_types::ChangeProposal;
use crate::planning::round_types::CoordinationRound;
use crate::planning::{plan_types, round_types};

/// Filter of `annualPlans`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Clone, Debug, Default)]
pub struct AnnualPlanFilter {
    /// Only annual plans of these owning authorities.
    tenants: Option<Vec<ID>>,
    /// Only annual plans of these calendar years.
    years: Option<Vec<i32>>,
}

/// Filter of `coordinationRounds`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Clone, Debug, Default)]
pub struct CoordinationRoundFilter {
    /// Only coordination rounds of these agreements.
    agreements: Option<Vec<ID>>,
    /// Only coordination rounds for these calendar years.
    years: Option<Vec<i32>>,
    /// Only coordination rounds in one of these states.
    states: Option<Vec<RoundState>>,
}

/// Filter of `changeProposals`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ChangeProposalFilter {
    /// Only change proposals in one of these states.
    states: Option<Vec<ProposalState>>,
}

/// See the module.
#[derive(Default)]
pub struct PlanningQuery;

#[Object]
impl PlanningQuery {
    /// Lists annual plans visible to the viewer, the oldest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn annual_plans(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<AnnualPlanFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<AnnualPlan>> {
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("plans {filter:?}"))?;
        let session = ctx.session().await?;
        let mut select = session.select::<annual_plan::Entity>();
        if let Some(ids) = filter.tenants {
            let ids = NodeType::Tenant.parse_all(&ids, "filter.tenants")?;
            select = select.filter(annual_plan::Column::TenantId.is_in(ids));
        }
        if let Some(years) = filter.years {
            at_most_100(&years, "filter.years")?;
            select = select.filter(annual_plan::Column::Year.is_in(years));
        }
        let order = Order {
            column: annual_plan::Column::CreatedAt,
            id: annual_plan::Column::Id,
            descending: false,
            nullable: false,
            key: |row: &annual_plan::Model| (SortValue::Instant(row.created_at), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        let (cursors, plans): (Vec<_>, Vec<_>) = rows.into_iter().map(|(cursor, row)| (cursor, Arc::new(row))).unzip();
        let (selected, of_rounds) = (Selected::of(ctx), Selected::within(ctx, &["rounds"]));
        plan_types::preload(&session, &plans, |it| selected.node(it), |it| of_rounds.node(it)).await?;
        Ok(fill(frame, cursors.into_iter().zip(plans.into_iter().map(AnnualPlan))))
    }

    /// Lists coordination rounds visible to the viewer, the oldest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn coordination_rounds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<CoordinationRoundFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<CoordinationRound>> {
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("rounds {filter:?}"))?;
        let session = ctx.session().await?;
        let mut select = session.select::<coordination_round::Entity>();
        if let Some(ids) = filter.agreements {
            let ids = NodeType::Agreement.parse_all(&ids, "filter.agreements")?;
            select = select.filter(coordination_round::Column::AgreementId.is_in(ids));
        }
        if let Some(years) = filter.years {
            at_most_100(&years, "filter.years")?;
            select = select.filter(coordination_round::Column::Year.is_in(years));
        }
        if let Some(states) = filter.states {
            at_most_100(&states, "filter.states")?;
            let states = states.into_iter().map(entities::RoundState::from);
            select = select.filter(coordination_round::Column::State.is_in(states));
        }
        let order = Order {
            column: coordination_round::Column::CreatedAt,
            id: coordination_round::Column::Id,
            descending: false,
            nullable: false,
            key: |row: &coordination_round::Model| (SortValue::Instant(row.created_at), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        let (cursors, rounds): (Vec<_>, Vec<_>) = rows.into_iter().map(|(cursor, row)| (cursor, Arc::new(row))).unzip();
        let (selected, of_plans) = (Selected::of(ctx), Selected::within(ctx, &["plans", "plan"]));
        round_types::preload(&session, &rounds, |it| selected.node(it), |it| of_plans.node(it)).await?;
        Ok(fill(frame, cursors.into_iter().zip(rounds.into_iter().map(CoordinationRound))))
    }

    /// Lists change proposals of a coordination round, the oldest first. If the entry is visible to the viewer in full,
    /// all proposals for it are listed; at lower levels of access, only those made by or addressed to an authority of
    /// the viewer.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn change_proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Coordination round.")] round: ID,
        #[graphql(desc = "Restricts the list.")] filter: Option<ChangeProposalFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<ChangeProposal>> {
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("proposals {round:?} {filter:?}"))?;
        let session = ctx.session().await?;
        let mut select = proposals::visible(&session)
            .filter(change_proposal::Column::RoundId.eq(seen_round(&session, &round).await?));
        if let Some(states) = filter.states {
            at_most_100(&states, "filter.states")?;
            let states = states.into_iter().map(entities::ProposalState::from);
            select = select.filter(change_proposal::Column::State.is_in(states));
        }
        let order = Order {
            column: change_proposal::Column::CreatedAt,
            id: change_proposal::Column::Id,
            descending: false,
            nullable: false,
            key: |row: &change_proposal::Model| (SortValue::Instant(row.created_at), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        let rows: Vec<_> = rows.into_iter().map(|(cursor, row)| (cursor, Arc::new(row))).collect();
        let selected = Selected::of(ctx);
        let mut tenants = Vec::new();
        if selected.node("tenant") {
            tenants.extend(rows.iter().map(|(_, it)| it.tenant_id));
        }
        if selected.node("to") {
            tenants.extend(rows.iter().map(|(_, it)| it.to_tenant_id));
        }
        session.load::<tenant::Entity>(tenants).await?;
        if selected.node("place") {
            let ids: Vec<_> = rows.iter().filter_map(|(_, it)| it.place_id).collect();
            crate::places::query::preload(&session, &ids, &|path| selected.node_path(&format!("place.{path}"))).await?;
        }
        if selected.node("entry") || selected.node("viewerCan") {
            session.load::<calendar_entry::Entity>(rows.iter().map(|(_, it)| it.entry_id)).await?;
            let mut entries = Vec::new();
            for (_, it) in &rows {
                let row = session.get::<calendar_entry::Entity>(it.entry_id).await?;
                entries.extend(row.and_then(|it| EntryView::of(&session, it)));
            }
            let entries: Vec<_> = entries.iter().collect();
            preload(&Selected::within(ctx, &["entry"]), &session, &entries).await?;
        }
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, ChangeProposal(row)))))
    }

    /// Lists comments in a coordination round, the oldest first. Comments on change proposals that are not visible to
    /// the viewer, and on entries that are not visible to the viewer in full, are left out.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn coordination_comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Coordination round.")] round: ID,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<CoordinationComment>> {
        let request = PageRequest::new(first, after, last, before, &format!("comments {round:?}"))?;
        let session = ctx.session().await?;
        let select = comments::of_round(&session, seen_round(&session, &round).await?);
        let order = Order {
            column: coordination_comment::Column::CreatedAt,
            id: coordination_comment::Column::Id,
            descending: false,
            nullable: false,
            key: |row: &coordination_comment::Model| (SortValue::Instant(row.created_at), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        if Selected::of(ctx).node("tenant") {
            session.load::<tenant::Entity>(rows.iter().map(|(_, row)| row.tenant_id)).await?;
        }
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, row.into()))))
    }
}

/// The row of a round that the viewer may see.
async fn seen_round(session: &Session, round: &ID) -> ApiResult<Uuid> {
    let id = NodeType::CoordinationRound.parse(round, "round")?;
    match session.get::<coordination_round::Entity>(id).await? {
        Some(_) => Ok(id),
        None => Err(Problem::not_found("round").into()),
    }
}
