//! The rows of contents into their tables.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use entities::dataset_content;
use kernel::error::{ApiError, ApiResult};
use sea_orm::Value;
use store::raw_table::{DynTable as _, EntityTable};
use store::tables::{Incoming, TableRef, lines};
use tabular::model::{Column, TableRow};
use tokio::sync::mpsc;

use crate::container;
use crate::container::NumberedLine;
use crate::import::rows::RowImport;
use crate::manifest::Manifest;
use crate::problem::{ArchiveError, ArchiveResult};
use crate::value::in_words;

impl RowImport<'_> {
    /// Makes and fills the tables of contents; their checksums are those of the catalogue.
    pub async fn observations(&mut self, manifest: &Manifest) -> ArchiveResult<()> {
        let contents = EntityTable::<dataset_content::Entity>::new();
        let at = |name: &str| contents.columns().iter().position(|it| it.name == name).unwrap_or_default();
        let (columns_at, checksum_at, rows_at, tenant_at) =
            (at("columns"), at("checksum"), at("row_count"), at("tenant_id"));
        for figures in &manifest.figures {
            let found = contents.find(self.session, &[(at("id"), figures.content.into())]).await?;
            let found = found.filter(|it| it[tenant_at] == Value::from(self.tenant));
            let Some(row) = found else {
                return Err(format!("{}: there is no content {}", figures.file, figures.content).into());
            };
            let Value::Json(Some(columns)) = &row[columns_at] else {
                return Err(format!("{}: its content has no columns", figures.file).into());
            };
            let columns: Vec<Column> = serde_json::from_value((**columns).clone())
                .map_err(|error| format!("tables/dataset_content.jsonl: columns of {}: {error}", figures.content))?;
            let place = TableRef { content: figures.content, columns: &columns };
            let tables = self.writer.tables();
            tables.create(place).await?;
            let (problem, mut batches) = rows_of(self.file, &figures.file, columns.clone());
            let progress = self.progress;
            let mut before = 0;
            let mut count = |rows: i64| {
                progress.add(u64::try_from(rows - before).unwrap_or_default());
                before = rows;
                ControlFlow::Continue(())
            };
            let incoming = Incoming { batches: &mut batches, progress: &mut count };
            let loaded = tables.load(place, incoming).await;
            if let Some(problem) = problem.lock().unwrap_or_else(PoisonError::into_inner).take() {
                return Err(problem.into());
            }
            let loaded = loaded?.ok_or_else(|| ApiError::fault("a load that nobody stopped has stopped"))?;
            if row[checksum_at] != Value::from(loaded.checksum.clone()) || row[rows_at] != Value::from(loaded.rows) {
                return Err(format!(
                    "{}: {} rows with SHA-256 {}, but tables/dataset_content.jsonl says {} with {}",
                    figures.file,
                    loaded.rows,
                    loaded.checksum,
                    in_words(&row[rows_at]),
                    in_words(&row[checksum_at]),
                )
                .into());
            }
            tables.seal(place).await?;
            self.done.rows += figures.rows;
        }
        let told = manifest.figures.len();
        let own = format!("tenant_id = {}", self.session.literal(self.tenant));
        if contents.count(self.session, &own).await? != told as u64 {
            return Err(format!("manifest.json: {told} files of figures are not one for each content").into());
        }
        Ok(())
    }
}

/// What went wrong in the thread that reads rows.
type ThreadProblem = Arc<Mutex<Option<String>>>;

/// The rows of a file of figures, read by a task beside.
fn rows_of(
    archive: &Path,
    name: &str,
    columns: Vec<Column>,
) -> (ThreadProblem, mpsc::Receiver<ApiResult<Vec<TableRow>>>) {
    let problem = ThreadProblem::default();
    let (sender, receiver) = mpsc::channel(1);
    let (mut batches, name, its_problem) = (container::lines(archive, name), name.to_owned(), problem.clone());
    tokio::spawn(async move {
        while let Some(batch) = batches.recv().await {
            let rows = batch.and_then(|it| read_rows(&name, &columns, &it));
            let is_bad = rows.is_err();
            let sent = rows.map_err(|told| {
                let words = ApiError::fault(told.clone());
                *its_problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
                words
            });
            if sender.send(sent).await.is_err() || is_bad {
                return;
            }
        }
    });
    (problem, receiver)
}

/// Lines of figures as rows. The first line of all names the columns.
fn read_rows(name: &str, columns: &[Column], batch: &[NumberedLine]) -> Result<Vec<TableRow>, String> {
    let mut rows = Vec::with_capacity(batch.len());
    for (number, text) in batch {
        if *number == 1 {
            let header = lines::header(columns).map_err(|error| ArchiveError::from(error).render())?;
            if header.trim_end_matches('\n') != text {
                return Err(format!("{name}, line 1: its columns are not those of the content"));
            }
            continue;
        }
        rows.push(lines::read(text, columns).map_err(|it| format!("{name}, line {number}, {it}"))?);
    }
    Ok(rows)
}
