//! The joint calendar that a published round is: what everybody may see of its plans.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime};
use entities::{RoundState, annual_plan_calendar, calendar, coordination_round, round_plan, tenant};
use kernel::error::ApiResult;
use store::Session;
use uuid::Uuid;

use crate::calendars::feed::{FeedEntry, feed_entries};

/// A joint calendar.
pub struct JointCalendar {
    /// Year and authorities.
    pub name: String,
    /// The calendars of its plans that the session sees.
    pub calendars: Vec<calendar::Model>,
    /// What the session sees of their entries in that year.
    pub entries: Vec<FeedEntry>,
}

/// The joint calendar of a round; none where the session sees no such round, or it is not published.
///
/// # Errors
/// The database fails.
pub async fn joint(session: &Session, id: Uuid) -> ApiResult<Option<JointCalendar>> {
    let round = session.get::<coordination_round::Entity>(id).await?;
    let Some(round) = round.filter(|it| it.state == RoundState::Published) else { return Ok(None) };
    let taking = session.group::<round_plan::Entity>(id).await?;
    session.load::<tenant::Entity>(taking.iter().map(|it| it.tenant_id)).await?;
    let mut authorities = Vec::new();
    for it in taking.iter() {
        authorities.extend(session.get::<tenant::Entity>(it.tenant_id).await?.map(|it| it.legal_name.clone()));
    }
    authorities.sort();
    session.load_groups::<annual_plan_calendar::Entity>(taking.iter().map(|it| it.plan_id)).await?;
    let mut ids = Vec::new();
    for it in taking.iter() {
        ids.extend(session.group::<annual_plan_calendar::Entity>(it.plan_id).await?.iter().map(|it| it.calendar_id));
    }
    session.load::<calendar::Entity>(ids.iter().copied()).await?;
    let mut calendars = Vec::new();
    for id in ids {
        calendars.extend(session.get::<calendar::Entity>(id).await?.map(Arc::unwrap_or_clone));
    }
    let ids: Vec<_> = calendars.iter().map(|it| it.id).collect();
    let first = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MAX).and_time(NaiveTime::MIN).and_utc();
    let (start, end) = (first(round.year), first(round.year.saturating_add(1)));
    let mut entries = feed_entries(session, &ids, None).await?;
    entries.retain(|it| it.span.0 < end && (it.materialized_until.is_some() || it.span.1 > start));
    Ok(Some(JointCalendar { name: format!("{} {}", authorities.join(", "), round.year), calendars, entries }))
}
