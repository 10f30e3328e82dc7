//! The load itself: one transaction, from an empty table to a version, or to nothing at all.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use entities::{
    ContentKind, DatasetImportState as State, DatasetVersionState, ScopeArea, dataset, dataset_content, dataset_import,
    dataset_version,
};
use kernel::error::{ApiError, ApiResult};
use kernel::ids::new_id;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use sha2::{Digest as _, Sha256};
use store::scopes::{Audience, ensure};
use store::tables::{Duplicates, Incoming, LoadSummary, TableRef};
use store::{Session, Writer, full};
use tabular::model::Column;
use tabular::read::{ProblemCode, Profile, ReadReport, TableProblem as Found};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::context::audited::Audited as _;
use crate::context::op::Op;
use crate::context::unit_of_work::UnitOfWork;
use crate::datasets::import::changes::{VersionChanges, next_number, texts};
use crate::datasets::import::reading::{ReadOutcome, ReadProgress, lines, read};
use crate::rights::{self, Operation};

use crate::datasets::version_service::{number, stored_columns};
use crate::files::folder::Folder;

/// Keys that stand twice, and rows of a change list, that are kept.
const KEPT: usize = 1_000;
const KEPT_CHANGES: usize = 100;
/// Batches that wait between reader and database.
const AHEAD: usize = 2;

/// What is known of a file that came.
#[derive(Clone, Debug)]
pub struct FileOrigin {
    /// What it is called.
    pub name: String,
    /// Its size.
    pub bytes: i64,
    /// Its SHA-256.
    pub checksum: String,
}

impl FileOrigin {
    /// What is known of a file on disk. Reads it once.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of(file: &Path) -> std::io::Result<Self> {
        use std::io::Read as _;
        let mut hash = Sha256::new();
        let mut chunk = vec![0; 64 * 1024];
        let mut bytes = 0_i64;
        let mut source = std::fs::File::open(file)?;
        loop {
            let read = source.read(&mut chunk)?;
            if read == 0 {
                break;
            }
            bytes = bytes.saturating_add(i64::try_from(read).unwrap_or(i64::MAX));
            hash.update(&chunk[..read]);
        }
        Ok(Self {
            name: file.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default(),
            bytes,
            checksum: hash.finalize().iter().map(|it| format!("{it:02x}")).collect(),
        })
    }
}

/// What is loaded, and from where.
pub struct LoadJob {
    /// The dataset.
    pub dataset: Uuid,
    /// The import; none at the command line.
    pub import: Option<dataset_import::Model>,
    /// Nothing is kept.
    pub dry_run: bool,
    /// What the office says about it.
    pub note: Option<String>,
    /// Who asked for it.
    pub requested_by: String,
    /// What is known of the file.
    pub origin: FileOrigin,
    /// The file.
    pub path: PathBuf,
    /// How to read it.
    pub profile: Profile,
    /// Where files are kept.
    pub folder: Folder,
}

/// How it ended.
pub enum Ended {
    /// There is a version of this number, and the import says so.
    Kept(String, ReadReport),
    /// Nothing is kept: it was a dry run, or there is something wrong.
    Nothing(ReadReport),
    /// Nothing is kept: it was stopped.
    Stopped,
}

/// Loads a file as the person who asked for it.
///
/// # Errors
/// The dataset may not be changed any more; the database fails, or the disk.
pub async fn load(op: &Op, job: &Arc<LoadJob>, watched: &Arc<ReadProgress>) -> ApiResult<Ended> {
    let mutation = UnitOfWork::begin(op, "datasetImport").await?;
    let session = mutation.session();
    let (grant, dataset) =
        rights::find_for::<dataset::Entity>(session, job.dataset, Operation::Update, "dataset").await?;
    let writer = session.writer(&grant).await?;
    // Versions get their numbers one after the other.
    writer.lock_named(dataset.id).await?;
    let columns = job.profile.table();
    let content = new_id();
    let place = TableRef { content, columns: &columns };
    let tables = writer.tables();
    tables.create(place).await?;
    let (loaded, read) = fill(&writer, place, job, watched).await?;
    let Some(loaded) = loaded.filter(|_| !watched.stops()) else { return Ok(Ended::Stopped) };
    let mut report = read.report;
    let duplicates = tables.duplicates(place, KEPT).await?;
    tell_duplicates(duplicates, job, &mut report).await?;
    if job.dry_run || !report.is_fine() {
        return Ok(Ended::Nothing(report));
    }

    let id = new_id();
    let before = newest(session, dataset.id).await?;
    let (changes, before_content) = since(session, before.as_ref(), &columns).await?;
    let is_major = changes.as_ref().is_some_and(VersionChanges::is_major);
    let (major, minor) = next_number(before.as_ref().map(|it| (it.major, it.minor)), is_major);
    let private = Audience::private(dataset.tenant_id, ScopeArea::Datasets, dataset.field_of_work_id);
    let scope = ensure(&writer, &private).await?;
    let stored = job.folder.keep_original(&job.path, id).map_err(|error| ApiError::fault(format!("files: {error}")))?;
    let kept = StoredOriginal { folder: job.folder.clone(), stored: stored.clone(), is_done: false };
    let mut row = dataset_version::Model {
        id,
        tenant_id: dataset.tenant_id,
        scope_id: scope,
        dataset_id: dataset.id,
        major,
        minor,
        state: DatasetVersionState::Draft,
        columns: serde_json::to_value(&columns)?,
        profile: serde_json::to_value(&job.profile)?,
        row_count: loaded.rows,
        checksum: loaded.checksum.clone(),
        source_name: job.origin.name.clone(),
        source_bytes: job.origin.bytes,
        source_checksum: job.origin.checksum.clone(),
        source_file: stored,
        reference_date: read.newest.and_then(|it| it.parse().ok()),
        changes: None,
        note: job.note.clone(),
        created_by: job.requested_by.clone(),
        published_at: None,
        withdrawn_at: None,
        withdrawn_reason: None,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    if let Some(mut changes) = changes {
        if let Some((content, columns)) = &before_content {
            let before = TableRef { content: *content, columns };
            changes.compare(tables.differences(before, place, KEPT_CHANGES).await?);
        }
        row.changes = Some(serde_json::to_value(changes)?);
    }
    writer.insert::<dataset_version::ActiveModel>(full(row.clone())).await?;
    let table = dataset_content::Model {
        id: content,
        tenant_id: dataset.tenant_id,
        scope_id: scope,
        dataset_id: dataset.id,
        version_id: id,
        kind: ContentKind::Exact,
        columns: row.columns.clone(),
        row_count: loaded.rows,
        checksum: loaded.checksum,
        summary: None,
        created_at: writer.now(),
    };
    writer.insert::<dataset_content::ActiveModel>(full(table)).await?;
    tables.seal(place).await?;
    let values = dataset::ActiveModel { profile: Set(Some(row.profile.clone())), ..Default::default() };
    writer.change::<dataset::Entity, _>(dataset::Column::Id.eq(dataset.id), values).await?;
    let mut parts = Vec::new();
    if let Some(import) = &job.import {
        let import = succeeded(session, &writer, import, &row, &report).await?;
        parts.push(import.change_record("dataset_import.succeeded", None));
    }
    let recorded = mutation.record_all(&writer, row.change_record("dataset_version.created", None), parts).await?;
    mutation.commit(recorded).await?;
    kept.done();
    Ok(Ended::Kept(number(&row), report))
}

/// The original that is kept with a version: deleted again where the transaction does not come to its end.
struct StoredOriginal {
    folder: Folder,
    stored: String,
    is_done: bool,
}

impl StoredOriginal {
    fn done(mut self) {
        self.is_done = true;
    }
}

impl Drop for StoredOriginal {
    fn drop(&mut self) {
        if !self.is_done {
            // It may be gone already; whoever looks after the folder finds it otherwise.
            let _gone = std::fs::remove_file(self.folder.path(&self.stored));
        }
    }
}

/// Reads in a thread, and writes what comes.
async fn fill(
    writer: &Writer<'_>,
    table: TableRef<'_>,
    job: &Arc<LoadJob>,
    watched: &Arc<ReadProgress>,
) -> ApiResult<(Option<LoadSummary>, ReadOutcome)> {
    let (sender, mut batches) = mpsc::channel(AHEAD);
    let (its_job, its_watch) = (job.clone(), watched.clone());
    let reading = tokio::task::spawn_blocking(move || read(&its_job.path, &its_job.profile, &its_watch, Some(&sender)));
    let mut progress = |_rows| if watched.stops() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let loaded = writer.tables().load(table, Incoming { batches: &mut batches, progress: &mut progress }).await?;
    // A reader that nobody listens to ends by itself.
    drop(batches);
    let read = reading.await.map_err(|error| ApiError::fault(format!("reader: {error}")))?;
    Ok((loaded, read))
}

/// Adds the keys that stand twice, with the rows of the file where they do.
async fn tell_duplicates(duplicates: Duplicates, job: &Arc<LoadJob>, report: &mut ReadReport) -> ApiResult<()> {
    if duplicates.keys.is_empty() {
        return Ok(());
    }
    let wanted = duplicates.keys.iter().flat_map(|it| [it.first, it.last]).collect();
    let its_job = job.clone();
    let lines = tokio::task::spawn_blocking(move || lines(&its_job.path, &its_job.profile, &wanted)).await;
    let lines = lines.map_err(|error| ApiError::fault(format!("reader: {error}")))?;
    let line = |number: i64| lines.get(&number).copied().unwrap_or_default();
    for it in &duplicates.keys {
        let key = texts(&it.key).into_iter().flatten().collect::<Vec<_>>().join(", ");
        let duplicate = Found::at(ProblemCode::DuplicateKey, line(it.last)).value(&key);
        report.add(duplicate.with("first", line(it.first)).with("count", it.rows));
    }
    let unlisted = u64::try_from(duplicates.total).unwrap_or_default().saturating_sub(duplicates.keys.len() as u64);
    *report.counts.entry(ProblemCode::DuplicateKey).or_default() += unlisted;
    Ok(())
}

/// The version with the highest number, whatever became of it: numbers stay taken.
async fn newest(session: &Session, dataset: Uuid) -> ApiResult<Option<dataset_version::Model>> {
    use dataset_version::Column as C;
    let select = session.select::<dataset_version::Entity>().filter(C::DatasetId.eq(dataset));
    session.one(select.order_by_desc(C::Major).order_by_desc(C::Minor).limit(1)).await
}

type ContentColumns = (Uuid, Vec<Column>);

/// What is new in the columns against the version before, and the table of that.
async fn since(
    session: &Session,
    before: Option<&dataset_version::Model>,
    columns: &[Column],
) -> ApiResult<(Option<VersionChanges>, Option<ContentColumns>)> {
    let Some(before) = before else { return Ok((None, None)) };
    let old = stored_columns(&before.columns)?;
    let changes = VersionChanges::of_columns(number(before), &old, columns);
    let select = session
        .select::<dataset_content::Entity>()
        .filter(dataset_content::Column::VersionId.eq(before.id))
        .filter(dataset_content::Column::Kind.eq(ContentKind::Exact));
    let content = session.one(select).await?.map(|it| (it.id, old));
    Ok((Some(changes), content))
}

async fn succeeded(
    session: &Session,
    writer: &Writer<'_>,
    row: &dataset_import::Model,
    version: &dataset_version::Model,
    report: &ReadReport,
) -> ApiResult<dataset_import::Model> {
    let mut row = row.clone();
    // Somebody may have wanted it to stop, too late.
    let now = session.get::<dataset_import::Entity>(row.id).await?;
    row.version = now.map_or(row.version, |it| it.version);
    end(&mut row, State::Succeeded, report, writer.now())?;
    row.version_id = Some(version.id);
    let here = dataset_import::Column::Id.eq(row.id);
    writer.change::<dataset_import::Entity, _>(here, ended(&row)).await?;
    Ok(row)
}

/// Notes in a row how it ended.
pub fn end(
    row: &mut dataset_import::Model,
    state: State,
    report: &ReadReport,
    now: chrono::DateTime<chrono::Utc>,
) -> ApiResult<()> {
    let count = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
    row.state = state;
    row.rows_done = count(report.rows);
    row.bytes_done = row.bytes_total;
    row.problem_count = count(report.problem_count());
    row.warning_count = count(report.warning_count());
    row.report = Some(serde_json::to_value(report)?);
    row.lease_until = None;
    row.version = row.version.saturating_add(1);
    row.updated_at = now;
    row.finished_at = Some(now);
    Ok(())
}

/// The columns that [`end`] changes.
pub fn ended(row: &dataset_import::Model) -> dataset_import::ActiveModel {
    dataset_import::ActiveModel {
        state: Set(row.state),
        rows_done: Set(row.rows_done),
        bytes_done: Set(row.bytes_done),
        problem_count: Set(row.problem_count),
        warning_count: Set(row.warning_count),
        report: Set(row.report.clone()),
        version_id: Set(row.version_id),
        lease_until: Set(None),
        version: Set(row.version),
        updated_at: Set(row.updated_at),
        finished_at: Set(row.finished_at),
        ..Default::default()
    }
}
