//! The work on imports, beside requests. Every replica looks for what is due; whoever takes an import holds it as long as
//! it shows signs of life. One that nobody works on any more is begun anew: what was half done is gone with its
//! transaction.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::TimeDelta;
use entities::{DatasetImportState as State, ScopeArea, dataset_import, file_ticket};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Locale;
use policy::{Action, Actor, Object};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Set};
use store::{DueImport, Engine, Session, Store};
use tabular::read::{ProblemCode, Profile, ReadReport, TableProblem};

use crate::context::op::Op;
use crate::datasets::import::load;
use crate::datasets::import::load::{Ended, FileOrigin, LoadJob};
use crate::datasets::import::reading::{ReadProgress, read};
use crate::datasets::import::uploads::may_send;
use crate::files::folder::Folder;
use crate::files::uploads::file_of;

/// The most imports of one look.
const MOST: i32 = 20;
/// An import that was begun so often and never ended is given up.
const MAX_ATTEMPTS: i32 = 3;
/// How often is told how far it is.
const TOLD_EVERY: Duration = Duration::from_millis(500);

/// Imports what is due.
pub struct Importer {
    store: Store,
    clock: Clock,
    folder: Folder,
    lease: TimeDelta,
}

impl Importer {
    /// An importer of files in `folder`; an import without a sign of life for `lease_seconds` is begun anew.
    pub fn new(store: Store, clock: Clock, folder: Folder, lease_seconds: u64) -> Self {
        let lease = i64::try_from(lease_seconds).unwrap_or(i64::MAX / 1_000);
        Self { store, clock, folder, lease: TimeDelta::seconds(lease) }
    }

    /// Imports what is due, one after the other; how many there were. A failure of one does not keep the others.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn run_due(&self) -> ApiResult<usize> {
        self.folder.sweep();
        let mut done = 0;
        for due in self.store.imports_due(self.clock.now(), MOST).await? {
            match self.run(&due).await {
                Ok(taken) => done += usize::from(taken),
                Err(error) => {
                    let fault = crate::operator::render(&error);
                    tracing::error!(import = %due.id, fault, "an import was interrupted");
                }
            }
        }
        Ok(done)
    }

    fn op(&self, actor: Actor, due: &DueImport) -> Op {
        Op::new(self.store.clone(), self.clock.clone(), actor, format!("import-{}", due.id), Locale::De)
    }

    async fn service(&self, due: &DueImport) -> ApiResult<Session> {
        let actor = Actor::Service { tenant: due.tenant };
        self.store.write(&actor, self.clock.now(), Arc::default()).await
    }

    async fn run(&self, due: &DueImport) -> ApiResult<bool> {
        let Some(row) = self.claim(due).await? else { return Ok(false) };
        if row.finished_at.is_some() {
            return Ok(true);
        }
        let op = self.op(due.actor.clone(), due);
        let job = match self.prepare(&op, &row).await? {
            Ok(job) => Arc::new(job),
            Err(code) => {
                self.finish(due, row, State::Failed, &failed(code)).await?;
                return Ok(true);
            }
        };
        op.finish().await?;
        let watched = Arc::new(ReadProgress::default());
        let (its_job, its_watch) = (job.clone(), watched.clone());
        let check = tokio::task::spawn_blocking(move || read(&its_job.path, &its_job.profile, &its_watch, None));
        let check = async { check.await.map_err(|error| ApiError::fault(format!("reader: {error}"))) };
        let checked = self.watch(due, &watched, true, check).await??;
        if watched.stops() {
            self.finish(due, row, State::Cancelled, &checked.report).await?;
            return Ok(true);
        }
        if !checked.report.is_fine() {
            self.finish(due, row, State::Failed, &checked.report).await?;
            return Ok(true);
        }
        self.move_to(due, State::Loading).await?;
        // On SQLite the load is the one writer: until it is done nobody else can write, and so nobody else take it either.
        let tells = self.store.engine() == Engine::Postgres;
        let loading = load::load(&op, &job, &watched);
        match self.watch(due, &watched, tells, loading).await? {
            Ok(Ended::Kept(..)) => {}
            Ok(Ended::Nothing(report)) => {
                let state = if report.is_fine() { State::Succeeded } else { State::Failed };
                self.finish(due, row, state, &report).await?;
            }
            Ok(Ended::Stopped) => self.finish(due, row, State::Cancelled, &checked.report).await?,
            Err(ApiError::Problems(_)) => {
                self.finish(due, row, State::Failed, &failed(ProblemCode::NotAllowed)).await?;
            }
            Err(fault) => return Err(fault),
        }
        Ok(true)
    }

    /// Takes an import; none where somebody was faster. One that is to be given up comes back finished.
    async fn claim(&self, due: &DueImport) -> ApiResult<Option<dataset_import::Model>> {
        let session = self.service(due).await?;
        let Some(row) = session.get::<dataset_import::Entity>(due.id).await? else { return Ok(None) };
        let mut row = (*row).clone();
        if row.finished_at.is_some() || row.lease_until.is_some_and(|it| it > session.now()) {
            return Ok(None);
        }
        let here = Condition::all()
            .add(dataset_import::Column::Id.eq(row.id))
            .add(dataset_import::Column::Attempts.eq(row.attempts))
            .add(dataset_import::Column::FinishedAt.is_null());
        let values = if row.cancel_requested || row.attempts >= MAX_ATTEMPTS {
            let state = if row.cancel_requested { State::Cancelled } else { State::Failed };
            let report = if row.cancel_requested { ReadReport::default() } else { failed(ProblemCode::Interrupted) };
            load::end(&mut row, state, &report, session.now())?;
            load::ended(&row)
        } else {
            row.attempts += 1;
            row.state = State::Checking;
            dataset_import::ActiveModel {
                state: Set(row.state),
                attempts: Set(row.attempts),
                rows_done: Set(0),
                bytes_done: Set(0),
                lease_until: Set(Some(session.now() + self.lease)),
                updated_at: Set(session.now()),
                ..Default::default()
            }
        };
        let taken = Self::write(due, session, here, values).await?;
        Ok(taken.then_some(row))
    }

    /// What is needed to work on it, as whoever asked for it; or why it cannot be done.
    async fn prepare(&self, op: &Op, row: &dataset_import::Model) -> ApiResult<Result<LoadJob, ProblemCode>> {
        let session = op.session().await?;
        if !may_send(&session, row.dataset_id).await? {
            return Ok(Err(ProblemCode::NotAllowed));
        }
        let select = session.select::<file_ticket::Entity>().filter(file_ticket::Column::Id.eq(row.ticket_id));
        let Some(ticket) = session.one(select).await? else { return Ok(Err(ProblemCode::UploadGone)) };
        let Ok(upload) = file_of(&self.folder, ticket, "upload") else { return Ok(Err(ProblemCode::UploadGone)) };
        let profile: Profile = serde_json::from_value(row.profile.clone())?;
        let origin = FileOrigin {
            name: upload.row.file_name,
            bytes: upload.row.bytes.unwrap_or_default(),
            checksum: upload.row.checksum.unwrap_or_default(),
        };
        Ok(Ok(LoadJob {
            dataset: row.dataset_id,
            import: Some(row.clone()),
            dry_run: row.dry_run,
            note: row.note.clone(),
            requested_by: row.requested_by.clone(),
            origin,
            path: upload.path,
            profile,
            folder: self.folder.clone(),
        }))
    }

    /// Does `work`, tells how far it is if it may write, and looks whether it is to be stopped.
    async fn watch<T>(
        &self,
        due: &DueImport,
        watched: &ReadProgress,
        tells: bool,
        work: impl Future<Output = T>,
    ) -> ApiResult<T> {
        let looking = async {
            loop {
                tokio::time::sleep(TOLD_EVERY).await;
                if let Err(error) = self.look(due, watched, tells).await {
                    tracing::warn!(fault = crate::operator::render(&error), "an import could not tell how far it is");
                }
            }
        };
        tokio::select! {
            done = work => Ok(done),
            () = looking => Err(ApiError::fault("looking never ends")),
        }
    }

    async fn look(&self, due: &DueImport, watched: &ReadProgress, tells: bool) -> ApiResult<()> {
        let actor = Actor::Service { tenant: due.tenant };
        let session = self.store.read(&actor, self.clock.now(), Arc::default()).await?;
        let row = session.get::<dataset_import::Entity>(due.id).await?;
        session.commit().await?;
        if row.is_none_or(|it| it.cancel_requested) {
            watched.stop.store(true, Ordering::Relaxed);
        }
        if !tells {
            return Ok(());
        }
        let session = self.service(due).await?;
        let count = |it: &std::sync::atomic::AtomicU64| i64::try_from(it.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        let values = dataset_import::ActiveModel {
            rows_done: Set(count(&watched.rows)),
            bytes_done: Set(count(&watched.bytes)),
            lease_until: Set(Some(session.now() + self.lease)),
            updated_at: Set(session.now()),
            ..Default::default()
        };
        Self::write(due, session, running(due), values).await.map(|_| ())
    }

    async fn move_to(&self, due: &DueImport, state: State) -> ApiResult<()> {
        let session = self.service(due).await?;
        let values = dataset_import::ActiveModel {
            state: Set(state),
            lease_until: Set(Some(session.now() + self.lease)),
            ..Default::default()
        };
        Self::write(due, session, running(due), values).await.map(|_| ())
    }

    async fn finish(
        &self,
        due: &DueImport,
        mut row: dataset_import::Model,
        state: State,
        report: &ReadReport,
    ) -> ApiResult<()> {
        let session = self.service(due).await?;
        if let Some(now) = session.get::<dataset_import::Entity>(due.id).await? {
            row.version = now.version;
        }
        load::end(&mut row, state, report, session.now())?;
        Self::write(due, session, running(due), load::ended(&row)).await.map(|_| ())
    }

    /// Writes the state of an import; that is bookkeeping, and no change of the dataset.
    async fn write(
        due: &DueImport,
        session: Session,
        here: Condition,
        values: dataset_import::ActiveModel,
    ) -> ApiResult<bool> {
        let object = Object::new_in(ScopeArea::Datasets, due.tenant, None);
        let grant = session.authorize(Action::Write, &object, "import")?;
        let writer = session.writer(&grant).await?;
        let written = writer.change::<dataset_import::Entity, _>(here, values).await? > 0;
        session.commit().await?;
        Ok(written)
    }
}

fn running(due: &DueImport) -> Condition {
    Condition::all().add(dataset_import::Column::Id.eq(due.id)).add(dataset_import::Column::FinishedAt.is_null())
}

fn failed(code: ProblemCode) -> ReadReport {
    let mut report = ReadReport::default();
    report.add(TableProblem::of_file(code));
    report
}
