//! API type of calendars.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::calendars::resource::object_of;
use entities::{ShareLevel as Level, calendar};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use policy::Action;
use store::Session;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::enums::{Confidentiality, ShareLevel};
use crate::projects::types::Project;
use crate::scalars::TimeZone;
use crate::tenants::types::{FieldOfWork, Tenant, field_by_id, tenant_of};

/// A calendar of an authority. Name and description are shown at every level; what is shared is its entries.
pub struct Calendar(pub Arc<calendar::Model>);

/// What the viewer may do with a calendar.
#[derive(SimpleObject)]
pub struct CalendarAbilities {
    /// Change it.
    update: bool,
    /// Put entries into it.
    create_entries: bool,
    /// Share it with partners.
    share: bool,
}

impl Calendar {
    /// A calendar by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<calendar::Entity>(id).await?.map(Self))
    }
}

/// A calendar of an authority. Name and description are shown at every level; what is shared is its entries.
#[Object]
impl Calendar {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Calendar.id(self.0.id).into()
    }

    /// The owner.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is for.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Colour as `#rrggbb`.
    async fn color(&self) -> Option<&str> {
        self.0.color.as_deref()
    }

    /// Zone of entries that name none.
    async fn time_zone(&self) -> TimeZone {
        TimeZone::stored(&self.0.time_zone)
    }

    /// Field of work of the calendar and its entries; null = general.
    async fn field_of_work(&self, ctx: &Context<'_>) -> Option<ApiResult<FieldOfWork>> {
        field_by_id(ctx, self.0.field_of_work_id).await.transpose()
    }

    /// The widest any of its entries may be.
    async fn confidentiality(&self) -> Confidentiality {
        self.0.confidentiality.into()
    }

    /// How the viewer sees what is shared of it; entries may be seen wider where they are public.
    async fn viewer_level(&self, ctx: &Context<'_>) -> ApiResult<ShareLevel> {
        let session = ctx.session().await?;
        Ok(session.access().sight(self.0.scope_id).map_or(Level::Busy, |it| it.level).into())
    }

    /// It lives elsewhere: its entries are taken over from there, and nobody changes them by hand.
    async fn external(&self) -> bool {
        self.0.external
    }

    /// The project whose dates it holds, where that is in sight; nobody changes them by hand.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id?).await
    }

    /// When it was put away; no new entries since.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<CalendarAbilities> {
        let session = ctx.session().await?;
        let can = |action| session.access().can(action, &object_of(&self.0));
        let by_hand = self.0.project_id.is_none();
        Ok(CalendarAbilities {
            update: can(Action::Write) && by_hand,
            create_entries: can(Action::Write) && by_hand && self.0.archived_at.is_none() && !self.0.external,
            share: can(Action::Share) && by_hand,
        })
    }

    /// Grows by one with every change; updates must name it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}
