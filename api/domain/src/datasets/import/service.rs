//! Imports are asked for here, and stopped; the work itself is done beside requests.

use entities::{DatasetImportState as State, ScopeArea, dataset, dataset_import};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::text;
use sea_orm::Set;
use serde_json::{Value, json};
use store::scopes::{Audience, ensure};
use store::{Session, full};
use tabular::read::{Flaw, Profile};
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, save};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::datasets::import::columns;
use crate::files::folder::Folder;
use crate::files::uploads::{Upload, uploaded};
use crate::rights::{self, Operation};

/// An import to queue.
pub struct NewImport {
    /// Dataset.
    pub dataset: Uuid,
    /// Secret of the upload.
    pub upload: String,
    /// Import profile; none = that of the last import.
    pub profile: Option<Profile>,
    /// True to check the file only.
    pub dry_run: bool,
    /// Remark on the version.
    pub note: Option<String>,
}

/// Queues an import.
///
/// # Errors
/// The dataset may not be changed; there is no such upload; the profile is wrong.
pub async fn queue(op: &Op, new: NewImport, folder: &Folder, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "datasetImport").await?;
    let session = mutation.session();
    let (grant, dataset) =
        rights::find_for::<dataset::Entity>(session, new.dataset, Operation::Import, "dataset").await?;
    let (note, upload, profile) = all((
        text::optional(new.note, "note", 1_000),
        upload_for(session, folder, &new.upload, &dataset).await,
        profile_for(&dataset, new.profile),
    ))?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let private = Audience::private(dataset.tenant_id, ScopeArea::Datasets, dataset.field_of_work_id);
    let row = dataset_import::Model {
        id,
        tenant_id: dataset.tenant_id,
        scope_id: ensure(&writer, &private).await?,
        dataset_id: dataset.id,
        ticket_id: upload.row.id,
        state: State::Queued,
        dry_run: new.dry_run,
        profile: serde_json::to_value(&profile)?,
        note,
        rows_done: 0,
        bytes_done: 0,
        bytes_total: upload.row.bytes.unwrap_or_default(),
        problem_count: 0,
        warning_count: 0,
        report: None,
        version_id: None,
        lease_until: None,
        attempts: 0,
        cancel_requested: false,
        requested_by: name_of(session),
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
        finished_at: None,
    };
    writer.insert::<dataset_import::ActiveModel>(full(row.clone())).await?;
    let recorded = mutation.record(&writer, row.change_record("dataset_import.queued", None)).await?;
    mutation.commit(recorded).await?;
    op.store.wake_importer();
    Ok(id)
}

/// The file that was uploaded for a dataset.
async fn upload_for(session: &Session, folder: &Folder, secret: &str, dataset: &dataset::Model) -> ApiResult<Upload> {
    let upload = uploaded(session, folder, secret, "ticket").await?;
    if upload.row.dataset_id != Some(dataset.id) {
        return Err(Problem::not_found("ticket").into());
    }
    Ok(upload)
}

/// The new import profile, or that of the last import.
fn profile_for(dataset: &dataset::Model, new: Option<Profile>) -> ApiResult<Profile> {
    let last = dataset.profile.clone().map(serde_json::from_value).transpose()?;
    let Some(profile) = new.or(last) else {
        return Err(Problem::at(UserErrorCode::Required, "profile", Text::new("required")).into());
    };
    check_profile(&profile, "profile")?;
    Ok(profile)
}

/// Cancels an import: at once where it is queued, else as soon as the job notices. No data are kept.
///
/// # Errors
/// It may not be changed, or has come to its end.
pub async fn cancel(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "datasetImportCancel").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<dataset_import::Entity>(session, id, Operation::Cancel, "id").await?;
    let writer = session.writer(&grant).await?;
    let mut row = (*before).clone();
    row.cancel_requested = true;
    row.version = version.saturating_add(1);
    if row.state == State::Queued {
        (row.state, row.finished_at) = (State::Cancelled, Some(writer.now()));
    }
    let values = dataset_import::ActiveModel {
        id: Set(id),
        cancel_requested: Set(true),
        state: Set(row.state),
        finished_at: Set(row.finished_at),
        ..Default::default()
    };
    save::<dataset_import::Entity>(&writer, values, version).await?;
    let recorded = mutation.record(&writer, row.change_record("dataset_import.cancelled", Some(&before))).await?;
    mutation.commit(recorded).await
}

/// Checks a profile.
///
/// # Errors
/// Everything that is wrong with it, at `field` and its columns.
pub fn check_profile(profile: &Profile, field: &str) -> ApiResult<()> {
    let mut problems = Problems::default();
    for (flaw, column) in profile.flaws() {
        let at = column.as_ref().map_or_else(|| field.to_owned(), |it| format!("{field}.columns.{it}"));
        let text = flaw_text(flaw).with("column", column.unwrap_or_default());
        problems.add(Problem::at(UserErrorCode::Invalid, at, text));
    }
    columns::check(&profile.table(), &format!("{field}.columns"), &mut problems);
    problems.done()
}

fn flaw_text(flaw: Flaw) -> Text {
    match flaw {
        Flaw::Version => Text::new("profile-version"),
        Flaw::ColumnCount => Text::new("profile-column-count"),
        Flaw::HeadTooLong => Text::new("profile-head"),
        Flaw::Marks => Text::new("profile-marks"),
        Flaw::NoSource => Text::new("profile-no-source"),
        Flaw::BadSource => Text::new("profile-bad-source"),
        Flaw::NoHeaders => Text::new("profile-no-headers"),
        Flaw::Unpivot => Text::new("profile-unpivot"),
    }
}

/// Name of the acting person in the audit trail.
fn name_of(session: &Session) -> String {
    session.access().person().map_or_else(|| "operator".to_owned(), |it| it.id.to_string())
}

impl Audited for dataset_import::Model {
    const TYPE: &'static str = "DatasetImport";

    fn audit_head(&self) -> AuditHead {
        let parent = Some(self.dataset_id);
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        json!({
            "dataset": self.dataset_id, "state": self.state, "dryRun": self.dry_run, "rows": self.rows_done,
            "problems": self.problem_count, "warnings": self.warning_count, "cancelRequested": self.cancel_requested,
        })
    }
}
