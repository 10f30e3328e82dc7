//! Root fields about datasets.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use entities::{dataset, dataset_version, field_of_work, tenant};
use kernel::error::ApiResult;
use kernel::global_id::{NodeType, at_most_100};
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue, contains_folded, page_cost};
use uuid::Uuid;

use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::datasets::enums::{DatasetAccess, DatasetVersionState};
use crate::datasets::types::Dataset;
use crate::datasets::version_types::DatasetVersion;
use crate::lookahead::Selected;

/// See the module.
#[derive(Default)]
pub struct DatasetQuery;

/// Filter of `datasets`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Clone, Debug, Default)]
pub struct DatasetFilter {
    /// Only datasets of these authorities.
    tenants: Option<Vec<ID>>,
    /// Only datasets in one of these fields of work.
    fields_of_work: Option<Vec<ID>>,
    /// Only datasets with one of these accesses.
    accesses: Option<Vec<DatasetAccess>>,
    /// Only datasets with this text in title, description, keywords, source or collector; case and umlaut spelling are
    /// ignored.
    text: Option<String>,
}

/// Filter of `datasetVersions`.
#[derive(InputObject, Clone, Debug, Default)]
pub struct DatasetVersionFilter {
    /// Only versions in one of these states, at most 100.
    states: Option<Vec<DatasetVersionState>>,
}

/// Sort order of `datasets`; ties are sorted by id.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatasetOrder {
    /// Ascending by title.
    Title,
    /// Oldest first, by instant of creation.
    CreatedAt,
    /// Newest first, by instant of the last change.
    UpdatedAtDescending,
}

impl DatasetOrder {
    fn order(self) -> Order<dataset::Entity> {
        use dataset::Column as C;
        let title: fn(&dataset::Model) -> (SortValue, Uuid) = |row| (SortValue::Text(Some(row.title.clone())), row.id);
        let created: fn(&dataset::Model) -> (SortValue, Uuid) = |row| (SortValue::Instant(row.created_at), row.id);
        let updated: fn(&dataset::Model) -> (SortValue, Uuid) = |row| (SortValue::Instant(row.updated_at), row.id);
        let (column, descending, key) = match self {
            Self::Title => (C::Title, false, title),
            Self::CreatedAt => (C::CreatedAt, false, created),
            Self::UpdatedAtDescending => (C::UpdatedAt, true, updated),
        };
        Order { column, id: C::Id, descending, nullable: false, key }
    }
}

#[Object]
impl DatasetQuery {
    /// Lists datasets visible to the viewer.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn datasets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<DatasetFilter>,
        #[graphql(default_with = "DatasetOrder::Title", desc = "Sort order.")] order_by: DatasetOrder,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Dataset>> {
        use dataset::Column as C;
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("datasets {filter:?} {order_by:?}"))?;
        let session = ctx.session().await?;
        let mut select = session.select::<dataset::Entity>();
        if let Some(ids) = filter.tenants {
            select = select.filter(C::TenantId.is_in(NodeType::Tenant.parse_all(&ids, "filter.tenants")?));
        }
        if let Some(ids) = filter.fields_of_work {
            let ids = NodeType::FieldOfWork.parse_all(&ids, "filter.fieldsOfWork")?;
            select = select.filter(C::FieldOfWorkId.is_in(ids));
        }
        if let Some(accesses) = filter.accesses {
            at_most_100(&accesses, "filter.accesses")?;
            select = select.filter(C::Access.is_in(accesses.into_iter().map(entities::DatasetAccess::from)));
        }
        if let Some(text) = filter.text {
            select = select.filter(contains_folded(C::SearchText, &text));
        }
        let (frame, rows) = page(ctx, &session, &request, select, &order_by.order()).await?;
        let selected = Selected::of(ctx);
        if selected.node("tenant") {
            session.load::<tenant::Entity>(rows.iter().map(|(_, it)| it.tenant_id)).await?;
        }
        if selected.node("fieldOfWork") {
            session.load::<field_of_work::Entity>(rows.iter().filter_map(|(_, it)| it.field_of_work_id)).await?;
        }
        if selected.node("currentVersion") {
            session.load_groups::<dataset_version::Entity>(rows.iter().map(|(_, it)| it.id)).await?;
        }
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, Dataset(Arc::new(row))))))
    }

    /// Lists the versions of a dataset that are visible to the viewer, oldest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn dataset_versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Dataset whose versions are listed.")] dataset: ID,
        #[graphql(desc = "Restricts the list.")] filter: Option<DatasetVersionFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<DatasetVersion>> {
        use dataset_version::Column as C;
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("versions {dataset:?} {filter:?}"))?;
        let id = NodeType::Dataset.parse(&dataset, "dataset")?;
        let session = ctx.session().await?;
        let mut select = session.select::<dataset_version::Entity>().filter(C::DatasetId.eq(id));
        if let Some(states) = filter.states {
            at_most_100(&states, "filter.states")?;
            select = select.filter(C::State.is_in(states.into_iter().map(entities::DatasetVersionState::from)));
        }
        let order = Order {
            column: C::CreatedAt,
            id: C::Id,
            descending: false,
            nullable: false,
            key: |row: &dataset_version::Model| (SortValue::Instant(row.created_at), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        if Selected::of(ctx).node("dataset") {
            session.load::<dataset::Entity>(rows.iter().map(|(_, it)| it.dataset_id)).await?;
        }
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, DatasetVersion(Arc::new(row))))))
    }
}
