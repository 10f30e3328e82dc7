//! Root fields about projects.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use entities::{PartnerState, project, project_archive, project_partner, tenant};
use kernel::error::ApiResult;
use kernel::global_id::{NodeType, at_most_100};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};
use store::{Order, PageRequest, SortValue, contains_folded, page_cost};

use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::enums::{Audience, Pillar};
use crate::lookahead::Selected;
use crate::projects::document_types::ProjectArchive;
use crate::projects::enums::ProjectPhase;
use crate::projects::types::{Project, preload};
use crate::refused_lists::note_missing;

/// Filter of `projects`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Default, Debug)]
pub struct ProjectFilter {
    /// Only projects with one of these authorities as lead or active partner.
    parties: Option<Vec<ID>>,
    /// Only projects in one of these phases.
    phases: Option<Vec<ProjectPhase>>,
    /// Only projects in one of these fields of work.
    fields_of_work: Option<Vec<ID>>,
    /// Only projects of one of these pillars.
    pillars: Option<Vec<Pillar>>,
    /// Only projects for at least one of these audiences.
    audiences: Option<Vec<Audience>>,
    /// Only projects with this text in title or summary; case and umlaut spelling are ignored.
    text: Option<String>,
}

/// Sort order of `projects`; ties are sorted by id.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProjectOrder {
    /// Ascending by title.
    Title,
    /// Newest first, by instant of creation.
    CreatedAtDescending,
}

/// Filter of `projectArchives`.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ProjectArchiveFilter {
    /// Only copies of these projects, at most 100.
    projects: Option<Vec<ID>>,
}

/// See the module.
#[derive(Default)]
pub struct ProjectQuery;

#[Object]
impl ProjectQuery {
    /// Lists projects visible to the viewer.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<ProjectFilter>,
        #[graphql(desc = "Sort order.", default_with = "ProjectOrder::Title")] order_by: ProjectOrder,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Project>> {
        use project::Column as C;
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("projects {filter:?} {order_by:?}"))?;
        let session = ctx.session().await?;
        let mut select = session.select::<project::Entity>();
        if let Some(ids) = filter.parties {
            let ids = NodeType::Tenant.parse_all(&ids, "filter.parties")?;
            let partners = session
                .select::<project_partner::Entity>()
                .filter(session.is_one_of(project_partner::Column::TenantId, &ids))
                .filter(project_partner::Column::State.eq(PartnerState::Active))
                .select_only()
                .column(project_partner::Column::ProjectId)
                .into_query();
            let any = Condition::any().add(session.is_one_of(C::TenantId, &ids)).add(C::Id.in_subquery(partners));
            select = select.filter(any);
        }
        if let Some(phases) = filter.phases {
            at_most_100(&phases, "filter.phases")?;
            select = select.filter(C::Phase.is_in(phases.into_iter().map(entities::ProjectPhase::from)));
        }
        if let Some(ids) = filter.fields_of_work {
            let ids = NodeType::FieldOfWork.parse_all(&ids, "filter.fieldsOfWork")?;
            select = select.filter(session.is_one_of(C::FieldOfWorkId, &ids));
        }
        if let Some(pillars) = filter.pillars {
            at_most_100(&pillars, "filter.pillars")?;
            select = select.filter(C::Pillar.is_in(pillars.into_iter().map(entities::Pillar::from)));
        }
        if let Some(audiences) = filter.audiences {
            at_most_100(&audiences, "filter.audiences")?;
            let any = audiences.into_iter().fold(Condition::any(), |any, it| {
                any.add(C::Audiences.contains(format!(";{};", entities::Audience::from(it).as_str())))
            });
            // Of none is nothing.
            select = select.filter(any.add(C::Id.is_null()));
        }
        if let Some(text) = filter.text {
            select = select.filter(contains_folded(C::SearchText, &text));
        }
        let order = match order_by {
            ProjectOrder::CreatedAtDescending => Order {
                column: C::CreatedAt,
                id: C::Id,
                descending: true,
                nullable: false,
                key: |row: &project::Model| (SortValue::Instant(row.created_at), row.id),
            },
            ProjectOrder::Title => Order {
                column: C::Title,
                id: C::Id,
                descending: false,
                nullable: false,
                key: |row: &project::Model| (SortValue::Text(Some(row.title.clone())), row.id),
            },
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        let (cursors, rows): (Vec<_>, Vec<_>) = rows.into_iter().map(|(cursor, row)| (cursor, Arc::new(row))).unzip();
        let selected = Selected::of(ctx);
        preload(&session, &rows, |field| selected.node(field), |list, field| selected.node_child(list, field)).await?;
        Ok(fill(frame, cursors.into_iter().zip(rows.into_iter().map(Project))))
    }

    /// Lists archive copies of projects kept by the viewer's authorities, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn project_archives(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<ProjectArchiveFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<ProjectArchive>> {
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("archives {filter:?}"))?;
        note_missing(ctx, policy::Permission::ProjectsRead, None).await?;
        let session = ctx.session().await?;
        let mut select = session.select::<project_archive::Entity>();
        if let Some(ids) = filter.projects {
            let ids = NodeType::Project.parse_all(&ids, "filter.projects")?;
            select = select.filter(project_archive::Column::ProjectId.is_in(ids));
        }
        let order = Order {
            column: project_archive::Column::CreatedAt,
            id: project_archive::Column::Id,
            descending: true,
            nullable: false,
            key: |row: &project_archive::Model| (SortValue::Instant(row.created_at), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        let selected = Selected::of(ctx);
        if selected.node("tenant") {
            session.load::<tenant::Entity>(rows.iter().map(|(_, it)| it.tenant_id)).await?;
        }
        if selected.node("project") {
            session.load::<project::Entity>(rows.iter().map(|(_, it)| it.project_id)).await?;
        }
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, ProjectArchive(Arc::new(row))))))
    }
}
