//! API type of calendars.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::calendars::entry_view::calendar_description;
use entities::{ShareLevel as Level, calendar};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::access::abilities::CalendarAbilities;
use crate::context::ContextExt;
use crate::enums::{Confidentiality, ShareLevel};
use crate::node_row::node_object;
use crate::projects::types::Project;
use crate::scalars::TimeZone;
use crate::tenants::types::{FieldOfWork, Tenant, field_by_id, tenant_of};

/// Calendar of an authority. The name is visible at every level of access, the description from `SUMMARY` on; shares set
/// the level for the entries.
pub struct Calendar(pub Arc<calendar::Model>);

node_object!(Calendar, |row| Self(row));

/// Calendar of an authority. The name is visible at every level of access, the description from `SUMMARY` on; shares set
/// the level for the entries.
#[Object]
impl Calendar {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Calendar.id(self.0.id).into()
    }

    /// Owning authority.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Name, unique in the authority.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Purpose of the calendar; null if not set, or hidden at level `BUSY`.
    async fn description(&self, ctx: &Context<'_>) -> ApiResult<Option<&str>> {
        Ok(calendar_description(&*ctx.session().await?, &self.0))
    }

    /// Colour as `#rrggbb`.
    async fn color(&self) -> Option<&str> {
        self.0.color.as_deref()
    }

    /// Time zone of entries that state none.
    async fn time_zone(&self) -> TimeZone {
        TimeZone::stored(&self.0.time_zone)
    }

    /// Field of work of the calendar and its entries; null = general.
    async fn field_of_work(&self, ctx: &Context<'_>) -> Option<ApiResult<FieldOfWork>> {
        field_by_id(ctx, self.0.field_of_work_id).await.transpose()
    }

    /// Widest confidentiality allowed for entries of the calendar.
    async fn confidentiality(&self) -> Confidentiality {
        self.0.confidentiality.into()
    }

    /// Viewer's level of access to entries with the confidentiality of the calendar. Narrower entries may be hidden, or
    /// visible at a lower level.
    async fn viewer_level(&self, ctx: &Context<'_>) -> ApiResult<ShareLevel> {
        let session = ctx.session().await?;
        Ok(session.access().visibility(self.0.scope_id).map_or(Level::Busy, |it| it.level).into())
    }

    /// True for an external calendar: the server imports its entries from another system, and they cannot be changed by
    /// hand.
    async fn external(&self) -> bool {
        self.0.external
    }

    /// Project of a project calendar, whose entries show the dates of the project and cannot be changed by hand. Null
    /// for other calendars, and if the project is not visible to the viewer.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id?).await
    }

    /// Instant of archiving; null if not archived. An archived calendar accepts no new entries.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// Actions open to the viewer on the calendar.
    async fn viewer_can(&self) -> CalendarAbilities {
        CalendarAbilities(self.0.clone())
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Instant of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}
