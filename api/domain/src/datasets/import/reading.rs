//! Reading in a thread of its own, watched from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use kernel::error::ApiResult;
use tabular::model::{Column, PeriodKind, TableRow, Value};
use tabular::read::{Profile, ReadLimits, ReadReport, TableFileReader};
use tokio::sync::mpsc;

/// Rows of the file at once.
const BATCH: usize = 2_000;

/// What is seen of a reader from outside, and how it is stopped.
#[derive(Default)]
pub struct ReadProgress {
    /// Rows of the table so far.
    pub rows: AtomicU64,
    /// Bytes of the file so far.
    pub bytes: AtomicU64,
    /// Whether it should stop.
    pub stop: AtomicBool,
}

impl ReadProgress {
    /// Whether it should stop.
    pub fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn note(&self, reader: &TableFileReader) {
        let progress = reader.progress();
        self.rows.store(progress.rows, Ordering::Relaxed);
        self.bytes.store(progress.bytes, Ordering::Relaxed);
    }
}

/// What came of reading.
#[derive(Default)]
pub struct ReadOutcome {
    /// What was found; whole only if it was not stopped.
    pub report: ReadReport,
    /// The latest reference date of a row.
    pub newest: Option<String>,
}

/// Reads a file to its end, or until it should stop. Rows go to `rows` if somebody wants them.
pub fn read(
    path: &Path,
    profile: &Profile,
    watched: &ReadProgress,
    rows: Option<&mpsc::Sender<ApiResult<Vec<TableRow>>>>,
) -> ReadOutcome {
    let mut reader = match TableFileReader::open(path, profile, ReadLimits::default()) {
        Ok(reader) => reader,
        Err(report) => return ReadOutcome { report, newest: None },
    };
    let columns = profile.table();
    let dates: Vec<usize> = (0..columns.len()).filter(|it| is_date(&columns[*it])).collect();
    let mut newest: Option<String> = None;
    while let Some(batch) = reader.batch(BATCH) {
        watched.note(&reader);
        for cell in batch.rows.iter().flat_map(|row| dates.iter().map(|it| &row[*it])) {
            if let Some(Value::Text(date)) = &cell.value
                && newest.as_ref().is_none_or(|it| it < date)
            {
                newest = Some(date.clone());
            }
        }
        let gone = rows.is_some_and(|it| it.blocking_send(Ok(batch.rows)).is_err());
        if gone || watched.stops() {
            break;
        }
    }
    ReadOutcome { report: reader.into_report(), newest }
}

fn is_date(column: &Column) -> bool {
    column.period == Some(PeriodKind::ReferenceDate)
}

/// The rows of the file from which these rows of the table come, counted from 1.
pub fn lines(path: &Path, profile: &Profile, wanted: &BTreeSet<i64>) -> BTreeMap<i64, u64> {
    let mut lines = BTreeMap::new();
    let Ok(mut reader) = TableFileReader::open(path, profile, ReadLimits::default()) else { return lines };
    let mut number = 0;
    while lines.len() < wanted.len() {
        let Some(batch) = reader.batch(BATCH) else { break };
        for line in batch.lines {
            number += 1;
            if wanted.contains(&number) {
                lines.insert(number, line);
            }
        }
    }
    lines
}
