//! Rules of calendars.

use chrono_tz::Tz;
use entities::{Area, Confidentiality, ScopeArea, calendar, calendar_entry, field_of_work, tenant};
use kernel::error::{ApiResult, Problem, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::patch::Patch;
use kernel::text;
use sea_orm::{ColumnTrait, Condition, Set};
use serde_json::{Value, json};
use store::scopes::{Audience, ensure, own_shares, scope_shares_of};
use store::{Session, Unique, Writer, full};
use uuid::Uuid;

use crate::agreements::shares::rescope_calendars;
use crate::context::audited::{AuditHead, Audited, check_free, save_unique, touch};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::former_publications;
use crate::rights::{self, Operation};

const NAME: Unique = Unique { name: "calendar_name_key", columns: "index 'calendar_name_key'" };

/// Values of a new calendar.
#[derive(Clone, Debug)]
pub struct NewCalendar {
    /// Owning authority.
    pub tenant: Uuid,
    /// Name, unique in the authority as far as the actor sees its calendars.
    pub name: String,
    /// Purpose.
    pub description: Option<String>,
    /// Colour as `#rrggbb`.
    pub color: Option<String>,
    /// Time zone of entries that name none; that of the authority where left out.
    pub zone: Option<Tz>,
    /// Field of work.
    pub field: Option<Uuid>,
    /// Widest confidentiality of entries.
    pub confidentiality: Confidentiality,
}

/// Changes to a calendar.
#[derive(Clone, Debug, Default)]
pub struct CalendarPatch {
    /// Name.
    pub name: Patch<String>,
    /// Purpose.
    pub description: Patch<Option<String>>,
    /// Colour.
    pub color: Patch<Option<String>>,
    /// Widest confidentiality of entries; wider entries are narrowed with the calendar.
    pub confidentiality: Patch<Confidentiality>,
}

/// Creates a calendar.
pub async fn create(op: &Op, new: NewCalendar, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "calendarCreate").await?;
    let session = mutation.session();
    let (grant, owner) = rights::create_in::<calendar::Entity>(session, new.tenant, new.field).await?;
    let (new, zone) = checked(session, new, &owner).await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = insert(&writer, calendar_row(&writer, new, zone, id)).await?;
    let recorded = mutation.record(&writer, row.change_record("calendar.created", None)).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// The values of a new calendar as they are stored, and its time zone.
pub(super) async fn checked(
    session: &Session,
    new: NewCalendar,
    owner: &tenant::Model,
) -> ApiResult<(NewCalendar, String)> {
    let field: ApiResult<_> = match new.field {
        Some(id) if session.get::<field_of_work::Entity>(id).await?.is_none() => {
            Err(Problem::not_found("fieldOfWork").into())
        }
        field => Ok(field),
    };
    let (name, description, color, field) = all((
        text::line(&new.name, "name", 120),
        text::optional(new.description, "description", 4_000),
        color(new.color),
        field,
    ))?;
    let zone = new.zone.map_or_else(|| owner.time_zone.clone(), |it| it.name().to_owned());
    Ok((NewCalendar { name, description, color, field, ..new }, zone))
}

/// Writes a new calendar.
pub(super) async fn insert(writer: &Writer<'_>, mut row: calendar::Model) -> ApiResult<calendar::Model> {
    writer.lock_named(row.tenant_id).await?;
    // Shares by field of work, or of everything, also mean what is still to come.
    let shares = own_shares(writer, Area::Calendars).await?;
    row.scope_id = ensure(writer, &audience(&row, &shares)).await?;
    check_name(writer, &row).await?;
    match writer.insert_unique(full(row.clone()), NAME).await {
        Ok(()) => Ok(row),
        Err(error) => Err(error.taken("name", &row.name)),
    }
}

/// Refuses the name of another calendar in sight.
async fn check_name(writer: &Writer<'_>, row: &calendar::Model) -> ApiResult<()> {
    let (id, name) = ((calendar::Column::Id, row.id), (calendar::Column::Name, row.name.as_str()));
    check_free::<calendar::Entity>(writer, id, name, "name").await
}

fn audience(row: &calendar::Model, shares: &[entities::share::Model]) -> Audience {
    let scope_shares = scope_shares_of(shares, row);
    Audience::new(row.tenant_id, ScopeArea::Calendars, row.field_of_work_id, row.confidentiality, &scope_shares)
}

/// The row of a new calendar, private until its scope is known.
pub fn calendar_row(writer: &Writer<'_>, new: NewCalendar, zone: String, id: Uuid) -> calendar::Model {
    calendar::Model {
        id,
        tenant_id: new.tenant,
        scope_id: Audience::private(new.tenant, ScopeArea::Calendars, new.field).id(),
        name: new.name,
        description: new.description,
        color: new.color,
        time_zone: zone,
        field_of_work_id: new.field,
        confidentiality: new.confidentiality,
        external: false,
        project_id: None,
        project_calendar: None,
        archived_at: None,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    }
}

fn color(color: Option<String>) -> ApiResult<Option<String>> {
    let Some(color) = text::optional(color, "color", 7)? else { return Ok(None) };
    let digits = color.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|it| it.is_ascii_hexdigit()) {
        return Ok(Some(color.to_ascii_lowercase()));
    }
    Err(Problem::at(UserErrorCode::Invalid, "color", Text::new("no-color").with("value", color)).into())
}

/// Changes a calendar.
pub async fn update(op: &Op, id: Uuid, version: i32, patch: CalendarPatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "calendarUpdate").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<calendar::Entity>(session, id, Operation::Update, "id").await?;
    let (name, description, color) = all((
        patch.name.try_map(|it| text::line(&it, "name", 120)),
        patch.description.try_map(|it| text::optional(it, "description", 4_000)),
        patch.color.try_map(color),
    ))?;
    let mut row = calendar::Model {
        name: name.or_clone(&before.name),
        description: description.or_clone(&before.description),
        color: color.or_clone(&before.color),
        confidentiality: patch.confidentiality.or(before.confidentiality),
        ..(*before).clone()
    };
    let writer = session.writer(&grant).await?;
    if row.confidentiality != before.confidentiality {
        writer.lock_named(row.tenant_id).await?;
        let shares = own_shares(&writer, Area::Calendars).await?;
        row.scope_id = ensure(&writer, &audience(&row, &shares)).await?;
        if before.confidentiality == Confidentiality::Public {
            former_publications::end_of_calendar(&writer, &before).await?;
        }
        narrow_entries(&writer, &row).await?;
        rescope_calendars(&writer, std::slice::from_ref(&row), &shares).await?;
    }
    if row.name != before.name {
        check_name(&writer, &row).await?;
    }
    save(&writer, &mut row, version).await?;
    let recorded = mutation.record(&writer, row.change_record("calendar.updated", Some(&before))).await?;
    mutation.commit(recorded).await
}

/// Narrows the entries that are wider than their calendar.
async fn narrow_entries(writer: &Writer<'_>, row: &calendar::Model) -> ApiResult<()> {
    let wider = Confidentiality::ALL.iter().copied().filter(|it| *it > row.confidentiality);
    let entries = Condition::all()
        .add(calendar_entry::Column::CalendarId.eq(row.id))
        .add(calendar_entry::Column::Confidentiality.is_in(wider));
    let mut values = calendar_entry::ActiveModel {
        confidentiality: Set(row.confidentiality),
        updated_at: Set(writer.now()),
        ..Default::default()
    };
    if row.confidentiality == Confidentiality::Internal {
        values.scope_id = Set(row.scope_id);
    }
    writer.change::<calendar_entry::Entity, _>(entries, values).await?;
    Ok(())
}

/// Archives a calendar or restores it.
pub async fn archive(op: &Op, id: Uuid, version: i32, archived: bool) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "calendarArchive").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<calendar::Entity>(session, id, Operation::Archive, "id").await?;
    let writer = session.writer(&grant).await?;
    let mut row = (*before).clone();
    row.archived_at = archived.then(|| before.archived_at.unwrap_or_else(|| writer.now()));
    save(&writer, &mut row, version).await?;
    let recorded = mutation.record(&writer, row.change_record("calendar.updated", Some(&before))).await?;
    mutation.commit(recorded).await
}

/// Writes a calendar that was read at `version`.
pub(super) async fn save(writer: &Writer<'_>, row: &mut calendar::Model, version: i32) -> ApiResult<()> {
    touch(writer, row, version)?;
    save_unique::<calendar::Entity>(writer, full(row.clone()), version, NAME, ("name", &row.name)).await
}

impl Audited for calendar::Model {
    const TYPE: &'static str = "Calendar";

    fn audit_head(&self) -> AuditHead {
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        json!({
            "name": self.name, "description": self.description, "color": self.color, "timeZone": self.time_zone,
            "fieldOfWork": self.field_of_work_id, "confidentiality": self.confidentiality,
            "archivedAt": self.archived_at,
        })
    }
}
