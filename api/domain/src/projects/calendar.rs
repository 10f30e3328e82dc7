//! The dates of a project in the calendars of its parties: milestones in one calendar per party, obligations in another.
//! Nobody changes them by hand; they follow what they are made from.

use calendar_time::recurrence::RecurrenceSet;
use calendar_time::time::EntryTime;
use chrono::NaiveDate;
use chrono_tz::Tz;
use entities::{Confidentiality, EntryKind, EntryStatus, ProjectCalendar, calendar, calendar_entry, project, tenant};
use kernel::error::ApiResult;
use kernel::i18n::{Locale, Text};
use kernel::ids::new_id;
use kernel::text;
use sea_orm::{ColumnTrait, Condition, QueryFilter, Set};
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::calendars::calendar_service::{NewCalendar, calendar_row};
use crate::calendars::entry_service::entry_row;
use crate::calendars::entry_values::NewEntry;
use crate::context::audited::Audited as _;
use crate::context::unit_of_work::UnitOfWork;
use crate::projects::project_access::party_scope;

/// A date of a project as its calendar shows it.
pub struct ProjectDate<'a> {
    /// Title.
    pub title: &'a str,
    /// The day.
    pub day: NaiveDate,
    /// Whether it still stands.
    pub stands: bool,
}

/// Name of the calendar that a party has for a project, in the language of the party. That of a partner names the lead:
/// two authorities may have projects of the same title.
async fn name(session: &Session, party: Uuid, project: &project::Model, kind: ProjectCalendar) -> ApiResult<String> {
    let words = Text::new(match kind {
        ProjectCalendar::Plan => "project-calendar-milestones",
        ProjectCalendar::Deadlines => "project-calendar-deadlines",
    });
    let owner = session.get::<tenant::Entity>(party).await?;
    let locale = Locale::negotiate(owner.as_ref().map(|it| it.locale.as_str()));
    let title = match session.get::<tenant::Entity>(project.tenant_id).await? {
        Some(lead) if lead.id != party => {
            format!("{} ({})", text::clip(&project.title, 50), text::clip(&lead.legal_name, 40))
        }
        _ => text::clip(&project.title, 80),
    };
    Ok(words.with("project", title).render(locale))
}

/// The calendar of the acting party for a project; made when it is needed first.
async fn calendar(
    session: &Session,
    writer: &Writer<'_>,
    project: &project::Model,
    kind: ProjectCalendar,
) -> ApiResult<calendar::Model> {
    let select = session
        .select::<calendar::Entity>()
        .filter(calendar::Column::ProjectId.eq(project.id))
        .filter(calendar::Column::TenantId.eq(writer.tenant()))
        .filter(calendar::Column::ProjectCalendar.eq(kind));
    writer.lock_named(project.id).await?;
    if let Some(row) = session.one(select).await? {
        return Ok(row);
    }
    let owner = session.get::<tenant::Entity>(writer.tenant()).await?;
    let zone = owner.map_or_else(|| "UTC".to_owned(), |it| it.time_zone.clone());
    let new = NewCalendar {
        tenant: writer.tenant(),
        name: name(session, writer.tenant(), project, kind).await?,
        description: None,
        color: None,
        zone: None,
        field: project.field_of_work_id,
        confidentiality: Confidentiality::Internal,
    };
    let scope = match kind {
        ProjectCalendar::Plan => project.inner_scope_id,
        ProjectCalendar::Deadlines => party_scope(writer, project).await?,
    };
    let row = calendar::Model {
        scope_id: scope,
        project_id: Some(project.id),
        project_calendar: Some(kind),
        ..calendar_row(writer, new, zone, new_id())
    };
    writer.insert::<calendar::ActiveModel>(full(row.clone())).await?;
    Ok(row)
}

/// Puts a date into the calendar of the acting party for a project; the entry that shows it.
///
/// # Errors
/// The database fails.
pub async fn show(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    project: &project::Model,
    kind: ProjectCalendar,
    date: &ProjectDate<'_>,
) -> ApiResult<Uuid> {
    let calendar = calendar(mutation.session(), writer, project, kind).await?;
    let new = NewEntry {
        title: date.title.to_owned(),
        description: None,
        kind: EntryKind::Deadline,
        status: EntryStatus::Confirmed,
        confidentiality: None,
        field: project.field_of_work_id,
        time: day(date.day, &calendar.time_zone)?,
        place: None,
        location: None,
        organiser: None,
        speakers: Vec::new(),
        responsible_office: None,
        audiences: Default::default(),
        target_groups: Vec::new(),
        pillar: project.pillar,
        cost: None,
        registration_url: None,
        recurrence: RecurrenceSet::default(),
        uid: None,
        source: None,
    };
    let row = entry_row(writer, &calendar, new, new_id());
    writer.insert::<calendar_entry::ActiveModel>(full(row.clone())).await?;
    mutation.publish_event(writer, &row.change_record("calendar_entry.created", None)).await?;
    Ok(row.id)
}

fn day(day: NaiveDate, zone: &str) -> ApiResult<EntryTime> {
    EntryTime::all_day(day, day, zone.parse().unwrap_or(Tz::UTC))
}

/// Makes an entry say what its date says now.
///
/// # Errors
/// The database fails.
pub async fn follow(mutation: &UnitOfWork, writer: &Writer<'_>, entry: Uuid, date: &ProjectDate<'_>) -> ApiResult<()> {
    let Some(before) = mutation.session().get::<calendar_entry::Entity>(entry).await? else { return Ok(()) };
    let time = day(date.day, &before.time_zone)?;
    let row = calendar_entry::Model {
        title: date.title.to_owned(),
        search_text: text::fold(date.title),
        status: if date.stands { EntryStatus::Confirmed } else { EntryStatus::Cancelled },
        starts_local: time.starts_local,
        ends_local: time.ends_local,
        starts_at: time.starts_at(),
        ends_at: time.ends_at(),
        version: before.version.saturating_add(1),
        updated_at: writer.now(),
        ..(*before).clone()
    };
    let here = Condition::all().add(calendar_entry::Column::Id.eq(entry));
    writer.change::<calendar_entry::Entity, calendar_entry::ActiveModel>(here, full(row.clone())).await?;
    mutation.publish_event(writer, &row.change_record("calendar_entry.updated", Some(&before))).await
}

/// The calendars of the lead take the new title of a project; those of partners keep the name that they began with.
///
/// # Errors
/// The database fails.
pub async fn rename(session: &Session, writer: &Writer<'_>, project: &project::Model) -> ApiResult<()> {
    for kind in [ProjectCalendar::Plan, ProjectCalendar::Deadlines] {
        let name = name(session, writer.tenant(), project, kind).await?;
        let here = Condition::all()
            .add(calendar::Column::ProjectId.eq(project.id))
            .add(calendar::Column::TenantId.eq(writer.tenant()))
            .add(calendar::Column::ProjectCalendar.eq(kind));
        let values = calendar::ActiveModel { name: Set(name), updated_at: Set(session.now()), ..Default::default() };
        writer.change::<calendar::Entity, _>(here, values).await?;
    }
    Ok(())
}
