//! Root fields about authorities and fields of work.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entities::{TenantStatus, field_of_work, tenant};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue, page_cost};

use crate::connection::{Paged, fill, list, page};
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::tenants::types::{FieldOfWork, Tenant};

/// See the module.
#[derive(Default)]
pub struct TenantQuery;

#[Object]
impl TenantQuery {
    /// Returns an authority by short name or id; exactly one of both. Null if there is none that is active.
    async fn tenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Short name of the authority.")] slug: Option<String>,
        #[graphql(desc = "Global id of the authority.")] id: Option<ID>,
    ) -> Option<Result<Tenant, ApiError>> {
        find(ctx, slug, id).await.transpose()
    }

    /// Lists active authorities, by legal name.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn tenants(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Tenant>> {
        let request = PageRequest::new(first, after, last, before, "tenants")?;
        let session = ctx.session().await?;
        let select = session.reference::<tenant::Entity>().filter(tenant::Column::Status.eq(TenantStatus::Active));
        let order = Order {
            column: tenant::Column::LegalName,
            id: tenant::Column::Id,
            descending: false,
            nullable: false,
            key: |row: &tenant::Model| (SortValue::Text(Some(row.legal_name.clone())), row.id),
        };
        list(ctx, &request, select, &order, |row| Tenant(Arc::new(row))).await
    }

    /// Lists fields of work, common ones and those of single authorities, by key.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn fields_of_work(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<FieldOfWork>> {
        let request = PageRequest::new(first, after, last, before, "fieldsOfWork")?;
        let session = ctx.session().await?;
        let order = Order {
            column: field_of_work::Column::Key,
            id: field_of_work::Column::Id,
            descending: false,
            nullable: false,
            key: |row: &field_of_work::Model| (SortValue::Text(Some(row.key.clone())), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, session.select::<field_of_work::Entity>(), &order).await?;
        if Selected::of(ctx).node("tenant") {
            session.load::<tenant::Entity>(rows.iter().filter_map(|(_, row)| row.tenant_id)).await?;
        }
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, FieldOfWork(Arc::new(row))))))
    }
}

async fn find(ctx: &Context<'_>, slug: Option<String>, id: Option<ID>) -> ApiResult<Option<Tenant>> {
    let session = ctx.session().await?;
    let row = match (slug, id) {
        (Some(slug), None) => {
            let select = session.reference::<tenant::Entity>().filter(tenant::Column::Slug.eq(slug));
            session.one(select).await?.map(Arc::new)
        }
        (None, Some(id)) => session.get::<tenant::Entity>(NodeType::Tenant.parse(&id, "id")?).await?,
        (None, None) | (Some(_), Some(_)) => {
            return Err(Problem::at(UserErrorCode::Invalid, "slug", Text::new("slug-or-id")).into());
        }
    };
    Ok(row.filter(|it| it.status == TenantStatus::Active).map(Tenant))
}
