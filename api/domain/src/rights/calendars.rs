//! Rights on calendars, entries and external calendars. The field of work is the calendar's.

use std::collections::BTreeSet;

use entities::{Confidentiality, EntryStatus, ScopeArea, calendar, calendar_entry, external_calendar};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use policy::{Action, Object};
use store::Session;
use uuid::Uuid;

use crate::agreements::shares::may_contribute;
use crate::rights::{Need, Operation, Resource, find_visible};

/// A conflict of the row with an operation.
pub(super) fn conflict(key: &'static str) -> ApiResult<()> {
    Err(Problem::at(UserErrorCode::Conflict, "id", Text::new(key)).into())
}

impl Resource for calendar::Entity {
    const NODE: NodeType = NodeType::Calendar;
    const AREA: ScopeArea = ScopeArea::Calendars;
    const OPERATIONS: &'static [Need] = &[
        Need::of(Operation::Update, Action::Write),
        Need::of(Operation::Archive, Action::Write),
        Need::of(Operation::CreateEntries, Action::Write),
        Need::of(Operation::Share, Action::Share),
    ];

    fn object(row: &calendar::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, row.field_of_work_id)
    }

    async fn obstacle(_: &Session, row: &calendar::Model, operation: Operation, _: Uuid) -> ApiResult<()> {
        // The calendar of a project shows the dates of its plan.
        if row.project_id.is_some() {
            return conflict("calendar-of-project");
        }
        match operation {
            Operation::CreateEntries if row.archived_at.is_some() => conflict("calendar-archived"),
            Operation::CreateEntries => not_external(row),
            Operation::Share if row.confidentiality == Confidentiality::Internal => conflict("calendar-is-internal"),
            _ => Ok(()),
        }
    }
}

/// Refuses what the source of an external calendar decides.
fn not_external(row: &calendar::Model) -> ApiResult<()> {
    if row.external { conflict("calendar-external") } else { Ok(()) }
}

impl Resource for calendar_entry::Entity {
    const NODE: NodeType = NodeType::CalendarEntry;
    const AREA: ScopeArea = ScopeArea::Calendars;
    const OPERATIONS: &'static [Need] = &[
        Need::of(Operation::Update, Action::Write),
        Need::of(Operation::Cancel, Action::Write),
        Need::beside(Operation::Acknowledge, Action::Write),
        Need::beside(Operation::Contribute, Action::Write),
    ];

    fn object(row: &calendar_entry::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, row.field_of_work_id)
    }

    async fn objects(session: &Session, row: &calendar_entry::Model, operation: Operation) -> ApiResult<Vec<Object>> {
        let calendar = find_visible::<calendar::Entity>(session, row.calendar_id, "id").await?;
        let parties: BTreeSet<_> = session.access().roles().iter().map(|it| it.tenant).collect();
        if operation != Operation::Contribute || parties.is_empty() {
            return Ok(vec![calendar::Entity::object(&calendar)]);
        }
        // Whoever acts for a party does so for all its fields of work, as in every step of a round.
        Ok(parties.into_iter().map(|it| Object::row(Self::AREA, it, row.scope_id, None)).collect())
    }

    async fn obstacle(
        session: &Session,
        row: &calendar_entry::Model,
        operation: Operation,
        acting: Uuid,
    ) -> ApiResult<()> {
        if operation == Operation::Acknowledge {
            return Ok(());
        }
        let calendar = find_visible::<calendar::Entity>(session, row.calendar_id, "id").await?;
        if operation == Operation::Contribute {
            if acting == calendar.tenant_id || may_contribute(session, &calendar, acting).await? {
                return Ok(());
            }
            return Err(Problem::at(UserErrorCode::Forbidden, "id", Text::new("not-shared-to-contribute")).into());
        }
        if calendar.project_id.is_some() {
            return conflict("calendar-of-project");
        }
        not_external(&calendar)?;
        if row.status == EntryStatus::Cancelled { conflict("entry-cancelled") } else { Ok(()) }
    }
}

impl Resource for external_calendar::Entity {
    const NODE: NodeType = NodeType::ExternalCalendar;
    const AREA: ScopeArea = ScopeArea::Calendars;
    const OPERATIONS: &'static [Need] = &[
        Need::of(Operation::Update, Action::Write),
        Need::of(Operation::Refresh, Action::Write),
        Need::of(Operation::Unsubscribe, Action::Write),
    ];

    fn object(row: &external_calendar::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }

    async fn objects(session: &Session, row: &external_calendar::Model, _: Operation) -> ApiResult<Vec<Object>> {
        let calendar = find_visible::<calendar::Entity>(session, row.calendar_id, "id").await?;
        Ok(vec![calendar::Entity::object(&calendar)])
    }
}
