//! The list of organisations.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use domain::places::externals::IdsOfOrganisation;
use domain::places::merges::canonical::{MergedOrganisations, canonical_ids};
use entities::{OrganisationKind as Kind, external_id, organisation, organisation_person, tenant};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use kernel::error::ApiResult;
use kernel::global_id::{NodeType, at_most_100};
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, Session, SortValue, contains_folded, page_cost};
use uuid::Uuid;

use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::places::enums::OrganisationKind;
use crate::places::external_types;
use crate::places::external_types::ExternalIdInput;
use crate::places::organisations::types::Organisation;

/// See the module.
#[derive(Default)]
pub struct OrganisationQuery;

/// Filter of `organisations`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Clone, Debug, Default)]
pub struct OrganisationFilter {
    /// Only records kept by these authorities.
    tenants: Option<Vec<ID>>,
    /// Only organisations of these kinds.
    kinds: Option<Vec<OrganisationKind>>,
    /// Only organisations with all words of this text in name, town or postal code; case and umlaut spelling are
    /// ignored. At most 200 characters; words after the tenth are ignored.
    text: Option<String>,
    /// Only organisations with one of these ids in external registers. For a merged record the surviving one is returned.
    external_ids: Option<Vec<ExternalIdInput>>,
    /// True to include records merged into others.
    #[graphql(default)]
    include_merged: bool,
    /// True to include archived records.
    #[graphql(default)]
    include_archived: bool,
}

/// Sort order of `organisations`; ties are sorted by id.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganisationOrder {
    /// Ascending by name.
    Name,
    /// Newest first, by instant of the last change.
    UpdatedAtDescending,
}

impl OrganisationOrder {
    fn order(self) -> Order<organisation::Entity> {
        use organisation::Column as C;
        let name: fn(&organisation::Model) -> (SortValue, Uuid) =
            |row| (SortValue::Text(Some(row.name.clone())), row.id);
        let updated: fn(&organisation::Model) -> (SortValue, Uuid) = |row| (SortValue::Instant(row.updated_at), row.id);
        let (column, descending, key) = match self {
            Self::Name => (C::Name, false, name),
            Self::UpdatedAtDescending => (C::UpdatedAt, true, updated),
        };
        Order { column, id: C::Id, descending, nullable: false, key }
    }
}

#[Object]
impl OrganisationQuery {
    /// Lists organisations visible to the viewer.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<OrganisationFilter>,
        #[graphql(desc = "Sort order.", default_with = "OrganisationOrder::Name")] order_by: OrganisationOrder,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Organisation>> {
        use organisation::Column as C;
        let filter = filter.unwrap_or_default();
        let list = format!("organisations {filter:?} {order_by:?}");
        let request = PageRequest::new(first, after, last, before, &list)?;
        let session = ctx.session().await?;
        let mut select = session.select::<organisation::Entity>();
        if !filter.include_merged {
            select = select.filter(C::MergedIntoId.is_null());
        }
        if !filter.include_archived {
            select = select.filter(C::ArchivedAt.is_null());
        }
        if let Some(ids) = filter.tenants {
            select = select.filter(C::TenantId.is_in(NodeType::Tenant.parse_all(&ids, "filter.tenants")?));
        }
        if let Some(kinds) = filter.kinds {
            at_most_100(&kinds, "filter.kinds")?;
            select = select.filter(C::Kind.is_in(kinds.into_iter().map(Kind::from)));
        }
        if let Some(text) = filter.text {
            let text = kernel::text::line(&text, "filter.text", 200)?;
            for word in text.split_whitespace().take(10) {
                select = select.filter(contains_folded(C::SearchText, word));
            }
        }
        if let Some(ids) = filter.external_ids {
            let named = session
                .select::<external_id::Entity>()
                .filter(external_types::one_of(&ids, "filter.externalIds")?)
                .filter(external_id::Column::OrganisationId.is_not_null());
            let found = session.all(named).await?.into_iter().filter_map(|it| it.organisation_id).collect();
            let standing = canonical_ids::<organisation::Entity>(&session, found, |it| it.merged_into_id).await?;
            select = select.filter(session.is_one_of(C::Id, &standing));
        }
        let (frame, rows) = page(ctx, &session, &request, select, &order_by.order()).await?;
        let selected = Selected::of(ctx);
        let rows: Vec<_> = rows.into_iter().map(|(cursor, row)| (cursor, Arc::new(row))).collect();
        let found = rows.iter().map(|(_, row)| row.clone()).collect();
        preload_rows(&session, found, &|path| selected.node_path(path)).await?;
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, Organisation(row)))))
    }
}

/// Organisations of a list's rows and what was selected of them (paths with dots), in one statement each.
///
/// # Errors
/// The database fails.
pub async fn preload(
    session: &Session,
    ids: &[Uuid],
    selected: &(dyn Fn(&str) -> bool + Send + Sync),
) -> ApiResult<()> {
    session.load::<organisation::Entity>(ids.iter().copied()).await?;
    let mut rows = Vec::new();
    for id in ids {
        rows.extend(session.get::<organisation::Entity>(*id).await?);
    }
    preload_rows(session, rows, selected).await
}

/// The same of rows that are there. What an organisation was merged into is an organisation again.
fn preload_rows<'a>(
    session: &'a Session,
    rows: Vec<Arc<organisation::Model>>,
    selected: &'a (dyn Fn(&str) -> bool + Send + Sync),
) -> BoxFuture<'a, ApiResult<()>> {
    async move {
        if selected("tenant") {
            session.load::<tenant::Entity>(rows.iter().map(|it| it.tenant_id)).await?;
        }
        if selected("contactPerson") {
            session.load::<organisation_person::Entity>(rows.iter().map(|it| it.id)).await?;
        }
        if selected("externalIds") {
            session.load_groups::<IdsOfOrganisation>(rows.iter().map(|it| it.id)).await?;
        }
        if selected("mergedInto") || selected("mergedAt") {
            let ids: Vec<_> = rows.iter().filter_map(|it| it.merged_into_id).collect();
            preload(session, &ids, &|path| selected(&format!("mergedInto.{path}"))).await?;
        }
        if selected("mergedFrom") {
            session.load_groups::<MergedOrganisations>(rows.iter().map(|it| it.id)).await?;
            let mut merged = Vec::new();
            for row in &rows {
                merged.extend(session.group::<MergedOrganisations>(row.id).await?.iter().cloned().map(Arc::new));
            }
            preload_rows(session, merged, &|path| selected(&format!("mergedFrom.{path}"))).await?;
        }
        Ok(())
    }
    .boxed()
}
