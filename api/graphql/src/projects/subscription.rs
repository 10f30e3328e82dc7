//! What happens in a project, as it happens, each seen with rights judged anew.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject, Subscription};
use domain::live::{Followed, follow};
use domain::members::changes_access;
use entities::{outbox_event, project};
use futures_util::stream::Stream;
use kernel::error::{ApiError, ApiResult, Problem};
use kernel::global_id::NodeType;
use sea_orm::{ColumnTrait, QueryFilter, Select};
use store::{ChangeHint, Session};
use uuid::Uuid;

use crate::context::ContextExt;
use crate::projects::types::Project;

/// Change of a project or of one of its parts. Objects are delivered in their current state, which may be newer than
/// the change.
#[derive(SimpleObject)]
pub struct ProjectChange {
    /// Cursor of the event; pass it as `after` to resume after this event.
    cursor: String,
    /// Topic of the event, such as `milestone.updated` or `obligation.due`. `ready` marks the start: all events after
    /// this cursor follow.
    topic: String,
    /// Project in its current state.
    project: Project,
    /// Global id of the part that changed; null for the project itself and for parts without an id.
    part_id: Option<ID>,
}

/// See the module.
#[derive(Default)]
pub struct ProjectSubscription;

#[Subscription]
impl ProjectSubscription {
    /// Reports changes of a project in commit order, each at least once: phases, partners, parts and reminders of
    /// obligations, as far as visible to the viewer. The first event is `ready`; with `after`, delivery resumes after
    /// that cursor instead. Ends with an error as soon as the project is no longer visible to the viewer.
    async fn project_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Project to follow.")] id: ID,
        #[graphql(desc = "Cursor of the last event received; delivery resumes after it.")] after: Option<String>,
    ) -> Result<impl Stream<Item = ApiResult<ProjectChange>>, ApiError> {
        let op = ctx.op_shared()?;
        let id = NodeType::Project.parse(&id, "id")?;
        let Some(row) = op.session().await?.get::<project::Entity>(id).await? else {
            return Err(Problem::not_found("id").into());
        };
        follow(op, WatchedProject { id, seen: row }, after).await
    }
}

/// The project that is followed.
struct WatchedProject {
    id: Uuid,
    /// As it was when the subscription began.
    seen: Arc<project::Model>,
}

impl Followed for WatchedProject {
    type Change = ProjectChange;

    async fn events(&self, session: &Session) -> ApiResult<Select<outbox_event::Entity>> {
        if session.get::<project::Entity>(self.id).await?.is_none() {
            return Err(Problem::not_found("id").into());
        }
        Ok(session.select::<outbox_event::Entity>().filter(outbox_event::Column::ParentId.eq(self.id)))
    }

    fn concerns(&self, hint: &ChangeHint) -> bool {
        hint.parent == Some(self.id) || changes_access(hint)
    }

    fn ready(&self, cursor: String) -> ProjectChange {
        ProjectChange { cursor, topic: "ready".to_owned(), project: Project(self.seen.clone()), part_id: None }
    }

    async fn change_of(
        &self,
        session: &Session,
        event: &outbox_event::Model,
        cursor: String,
    ) -> ApiResult<Option<ProjectChange>> {
        let Some(row) = session.get::<project::Entity>(self.id).await? else { return Ok(None) };
        // It left one audience and is seen in the other: that has an event of its own.
        if event.topic == "project.moved" {
            return Ok(None);
        }
        let part_id = part(&event.object_type).map(|kind| kind.id(event.object_id));
        Ok(Some(ProjectChange {
            cursor,
            topic: event.topic.clone(),
            project: Project(row),
            part_id: part_id.map(Into::into),
        }))
    }
}

/// The type of a part by the name that events give it.
fn part(object_type: &str) -> Option<NodeType> {
    Some(match object_type {
        "WorkPackage" => NodeType::WorkPackage,
        "Milestone" => NodeType::Milestone,
        "StatusReport" => NodeType::StatusReport,
        "ProjectMember" => NodeType::ProjectMember,
        "ProjectIndicator" => NodeType::ProjectIndicator,
        "ProjectLink" => NodeType::ProjectLink,
        "ProjectDocument" => NodeType::ProjectDocument,
        "ProjectArchive" => NodeType::ProjectArchive,
        "Funding" => NodeType::Funding,
        "BudgetLine" => NodeType::BudgetLine,
        "Obligation" => NodeType::Obligation,
        _ => return None,
    })
}
