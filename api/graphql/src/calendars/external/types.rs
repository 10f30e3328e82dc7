//! API type of calendars that live elsewhere.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::calendars::external::warnings::FetchWarnings;
use domain::rights::{self, Operation};
use entities::external_calendar;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use kernel::i18n::Text;

use crate::access::abilities::ExternalCalendarAbilities;
use crate::calendars::import_mutation::CalendarImportProblem;
use crate::calendars::types::Calendar;
use crate::context::ContextExt;
use crate::enums::FetchOutcome;
use crate::node_row::node_object;

/// External calendar: subscription to a calendar of another system, imported by the server at regular intervals.
/// Visible only to members of the owning authority; `calendar` holds the entries.
pub struct ExternalCalendar(pub Arc<external_calendar::Model>);

node_object!(ExternalCalendar, |row| Self(row));

impl ExternalCalendar {
    /// Whether the viewer may change it, and so sees where it comes from.
    async fn is_changeable(&self, ctx: &Context<'_>) -> ApiResult<bool> {
        let session = ctx.session().await?;
        rights::may::<external_calendar::Entity>(&session, &self.0, Operation::Update).await
    }
}

/// External calendar: subscription to a calendar of another system, imported by the server at regular intervals.
/// Visible only to members of the owning authority; `calendar` holds the entries.
#[Object]
impl ExternalCalendar {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::ExternalCalendar.id(self.0.id).into()
    }

    /// Calendar that receives the entries; null if not visible to the viewer.
    async fn calendar(&self, ctx: &Context<'_>) -> Option<ApiResult<Calendar>> {
        let session = match ctx.session().await {
            Ok(session) => session,
            Err(error) => return Some(Err(error)),
        };
        Calendar::by_id(&session, self.0.calendar_id).await.transpose()
    }

    /// Address of the iCalendar file, which may contain a secret; null if the viewer may not change the external
    /// calendar.
    async fn url(&self, ctx: &Context<'_>) -> Option<ApiResult<String>> {
        match self.is_changeable(ctx).await {
            Ok(true) => Some(Ok(self.0.url.clone())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// Interval between fetches in minutes. Doubled with every consecutive failure, up to 24 hours.
    async fn refresh_minutes(&self) -> i32 {
        self.0.refresh_minutes
    }

    /// Instant of the last fetch; null before the first.
    async fn last_fetched_at(&self) -> Option<DateTime<Utc>> {
        self.0.fetched_at
    }

    /// Outcome of the last fetch; null before the first.
    async fn last_outcome(&self) -> Option<FetchOutcome> {
        self.0.outcome.map(Into::into)
    }

    /// Explanation of `lastOutcome`, in German or English by `Accept-Language`; null before the first fetch, and if the
    /// viewer may not change the external calendar.
    async fn last_reason(&self, ctx: &Context<'_>) -> Option<ApiResult<String>> {
        let text = said(&self.0)?;
        match self.is_changeable(ctx).await {
            Ok(true) => Some(ctx.op().map(|op| text.render(op.locale))),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// Problems of the file that was last imported, in the order of the file: events left out with the reason, and
    /// assumptions made for the others. At most 100; of more, those about events left out. Null if the viewer may not
    /// change the external calendar.
    #[graphql(complexity = "20 * child_complexity")]
    async fn warnings(&self, ctx: &Context<'_>) -> Option<ApiResult<Vec<CalendarImportProblem>>> {
        match self.is_changeable(ctx).await {
            Ok(true) => Some(Ok(FetchWarnings::of(&self.0).kept.into_iter().map(CalendarImportProblem).collect())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// Number of problems of the file that was last imported, at most 1,000 and one for each outdated event.
    async fn warning_count(&self) -> i32 {
        i32::try_from(FetchWarnings::of(&self.0).count).unwrap_or(i32::MAX)
    }

    /// Instant of the next fetch.
    async fn next_fetch_at(&self) -> DateTime<Utc> {
        self.0.next_fetch_at
    }

    /// Actions open to the viewer on the external calendar.
    async fn viewer_can(&self) -> ExternalCalendarAbilities {
        ExternalCalendarAbilities(self.0.clone())
    }

    /// Version number, raised by one with every change by a user; updates must state it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Instant of the last change by a user.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// The outcome of the last fetch in words.
fn said(row: &external_calendar::Model) -> Option<Text> {
    use entities::FetchOutcome as Outcome;
    let detail = row.detail.as_deref().unwrap_or("–");
    let warnings = FetchWarnings::of(row);
    let warned = |key| Text::new(key).with("count", warnings.count).with("leftOut", warnings.left_out);
    Some(match row.outcome? {
        Outcome::Changed if warnings.count > 0 => warned("fetch-changed-with-warnings"),
        Outcome::Changed => Text::new("fetch-changed"),
        Outcome::Unchanged if warnings.count > 0 => warned("fetch-unchanged-with-warnings"),
        Outcome::Unchanged => Text::new("fetch-unchanged"),
        Outcome::AddressRefused => Text::new("fetch-address-refused").with("detail", detail),
        Outcome::Unreachable => Text::new("fetch-unreachable").with("detail", detail),
        Outcome::TooSlow => Text::new("fetch-too-slow"),
        Outcome::TooLarge => Text::new("fetch-too-large").with("detail", detail),
        Outcome::TooManyRedirects => Text::new("fetch-too-many-redirects").with("detail", detail),
        Outcome::HttpStatus => Text::new("fetch-http-status").with("detail", detail),
        Outcome::NotACalendar => Text::new("fetch-not-a-calendar"),
        Outcome::CalendarArchived => Text::new("fetch-calendar-archived"),
    })
}
