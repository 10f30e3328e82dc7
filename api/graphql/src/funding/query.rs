//! Root fields about programmes and obligations.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use entities::{funding_programme, obligation};
use kernel::error::ApiResult;
use kernel::global_id::{NodeType, at_most_100};
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue, page_cost};

use crate::connection::{Paged, fill, list, page};
use crate::context::ContextExt;
use crate::funding::obligation_types::{Obligation, read_ahead_obligations};
use crate::funding::types::FundingProgramme;
use crate::holidays::query::DateRange;
use crate::lookahead::Selected;
use crate::projects::enums::{ObligationKind, ObligationState};

/// Filter of `obligations`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Default, Debug)]
pub struct ObligationFilter {
    /// Only obligations of these parties.
    tenants: Option<Vec<ID>>,
    /// Only obligations of these projects.
    projects: Option<Vec<ID>>,
    /// Only obligations of these kinds.
    kinds: Option<Vec<ObligationKind>>,
    /// Only obligations in one of these states.
    states: Option<Vec<ObligationState>>,
    /// Only obligations that are due within these days.
    between: Option<DateRange>,
}

/// See the module.
#[derive(Default)]
pub struct FundingQuery;

#[Object]
impl FundingQuery {
    /// Lists the catalogue of funding programmes, by name.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn funding_programmes(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<FundingProgramme>> {
        let request = PageRequest::new(first, after, last, before, "programmes")?;
        let select = ctx.session().await?.reference::<funding_programme::Entity>();
        let order = Order {
            column: funding_programme::Column::Name,
            id: funding_programme::Column::Id,
            descending: false,
            nullable: false,
            key: |row: &funding_programme::Model| (SortValue::Text(Some(row.name.clone())), row.id),
        };
        list(ctx, &request, select, &order, |row| FundingProgramme(Arc::new(row))).await
    }

    /// Lists obligations visible to the viewer, the earliest due date first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn obligations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<ObligationFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Obligation>> {
        use obligation::Column as C;
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("obligations {filter:?}"))?;
        let session = ctx.session().await?;
        let mut select = session.select::<obligation::Entity>();
        if let Some(ids) = filter.tenants {
            select =
                select.filter(session.is_one_of(C::TenantId, &NodeType::Tenant.parse_all(&ids, "filter.tenants")?));
        }
        if let Some(ids) = filter.projects {
            select =
                select.filter(session.is_one_of(C::ProjectId, &NodeType::Project.parse_all(&ids, "filter.projects")?));
        }
        if let Some(kinds) = filter.kinds {
            at_most_100(&kinds, "filter.kinds")?;
            select = select.filter(C::Kind.is_in(kinds.into_iter().map(entities::ObligationKind::from)));
        }
        if let Some(states) = filter.states {
            at_most_100(&states, "filter.states")?;
            select = select.filter(C::State.is_in(states.into_iter().map(entities::ObligationState::from)));
        }
        if let Some(between) = filter.between {
            between.check_at("filter.between.lastDay")?;
            select = select.filter(C::DueOn.between(between.first_day.0, between.last_day.0));
        }
        let order = Order {
            column: C::DueOn,
            id: C::Id,
            descending: false,
            nullable: false,
            key: |row: &obligation::Model| (SortValue::Date(row.due_on), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        let (cursors, rows): (Vec<_>, Vec<_>) = rows.into_iter().map(|(cursor, row)| (cursor, Arc::new(row))).unzip();
        let selected = Selected::of(ctx);
        read_ahead_obligations(
            &session,
            &rows,
            |field| selected.node(field),
            |field| selected.node_child("funding", field) || selected.node_child("project", field),
        )
        .await?;
        Ok(fill(frame, cursors.into_iter().zip(rows.into_iter().map(Obligation))))
    }
}
