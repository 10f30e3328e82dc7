//! Taking note of a conflict: with a reason, which stays on the entry.

use entities::{calendar_entry, conflict_acknowledgement, coordination_round};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::text;
use serde_json::json;
use store::scopes::ensure;
use store::{Unique, WriteError, full};
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, UnitOfWork};
use crate::members::acting_name;
use crate::planning::conflicts::lookup::{agreements_of, of_entry, of_round};
use crate::planning::conflicts::neighbourhood::Clash;
use crate::planning::party::audience;
use crate::rights::{self, Operation};

const ONCE: Unique = Unique {
    name: "conflict_acknowledgement_conflict_key",
    columns: "conflict_acknowledgement.entry_id, conflict_acknowledgement.conflict_id",
};

/// Takes note of a conflict of an entry, for its owner: one of a round, or one around the entry.
///
/// # Errors
/// The entry has no such conflict, or it was taken note of; the usual refusals.
pub async fn acknowledge(op: &Op, entry: Uuid, round: Option<Uuid>, conflict: &str, reason: &str) -> ApiResult<()> {
    let reason = text::line(reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "conflictAcknowledge").await?;
    let session = mutation.session();
    let (grant, row) =
        rights::find_for::<calendar_entry::Entity>(session, entry, Operation::Acknowledge, "entry").await?;
    let (_, clashes) = match round {
        Some(id) => match session.get::<coordination_round::Entity>(id).await? {
            Some(round) => of_round(session, &round).await?,
            None => return Err(Problem::not_found("round").into()),
        },
        None => of_entry(session, &row).await?,
    };
    let has_it = |it: &&Clash| {
        it.id.simple().to_string() == conflict && it.sides.iter().any(|side| side.entry.times().id() == row.id)
    };
    let Some(clash) = clashes.iter().find(has_it) else {
        let text = Text::new("no-such-conflict").with("value", text::clip(conflict, 40));
        return Err(Problem::at(UserErrorCode::NotFound, "conflict", text).into());
    };
    let writer = session.writer(&grant).await?;
    // Reasons and names are for those who plan together, not for everybody who sees a public entry.
    let readers = audience(row.tenant_id, agreements_of(session, row.tenant_id).await?);
    let note = conflict_acknowledgement::Model {
        id: new_id(),
        tenant_id: row.tenant_id,
        scope_id: ensure(&writer, &readers).await?,
        entry_id: row.id,
        conflict_id: clash.id,
        rule: clash.rule,
        reason,
        acknowledged_by: acting_name(session, row.tenant_id),
        created_at: writer.now(),
    };
    match writer.insert_unique::<conflict_acknowledgement::ActiveModel>(full(note.clone()), ONCE).await {
        Ok(()) => {}
        Err(WriteError::Taken) => {
            return Err(Problem::at(UserErrorCode::Conflict, "conflict", Text::new("acknowledged-already")).into());
        }
        Err(WriteError::Failed(error)) => return Err(error),
    }
    let recorded = mutation
        .record(
            &writer,
            ChangeRecord {
                object_type: "CalendarEntry",
                object_id: row.id,
                version: row.version,
                scope: row.scope_id,
                topic: "calendar_entry.acknowledged",
                parent: Some(row.calendar_id),
                also: [].into(),
                agreement: None,
                before: None,
                after: Some(json!({ "conflict": note.conflict_id, "rule": note.rule, "reason": note.reason })),
            },
        )
        .await?;
    mutation.commit(recorded).await
}
