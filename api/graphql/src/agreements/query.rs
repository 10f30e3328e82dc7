//! Root fields about agreements.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object};
use entities::agreement;
use kernel::error::ApiResult;
use kernel::global_id::at_most_100;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue, page_cost};

use crate::agreements::types::{Agreement, complete};
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::enums::AgreementState;
use crate::refused_lists::note_missing;

/// Filter of `agreements`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Clone, Debug, Default)]
pub struct AgreementFilter {
    /// Only agreements in one of these states.
    states: Option<Vec<AgreementState>>,
}

/// See the module.
#[derive(Default)]
pub struct AgreementQuery;

#[Object]
impl AgreementQuery {
    /// Lists agreements of authorities in which the viewer holds `AGREEMENTS_READ`, by first day of validity.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn agreements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<AgreementFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Agreement>> {
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("agreements {filter:?}"))?;
        note_missing(ctx, policy::Permission::AgreementsRead, None).await?;
        let session = ctx.session().await?;
        let mut select = session.select::<agreement::Entity>();
        if let Some(states) = filter.states {
            at_most_100(&states, "filter.states")?;
            let states = states.into_iter().map(entities::AgreementState::from);
            select = select.filter(agreement::Column::State.is_in(states));
        }
        let order = Order {
            column: agreement::Column::ValidFrom,
            id: agreement::Column::Id,
            descending: false,
            nullable: false,
            key: |row: &agreement::Model| (SortValue::Date(row.valid_from), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        let (cursors, rows): (Vec<_>, Vec<_>) = rows.into_iter().map(|(cursor, row)| (cursor, Arc::new(row))).unzip();
        let agreements = complete(&session, rows).await?;
        Ok(fill(frame, cursors.into_iter().zip(agreements)))
    }
}
