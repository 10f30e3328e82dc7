//! Lines of an archive as rows of this installation.

use std::path::Path;

use sea_orm::{DbErr, Value};
use store::raw_table::{OnConflict, RawColumn, RawRow};
use store::{Session, Writer};
use uuid::Uuid;

use crate::container;
use crate::import::ArchiveImport;
use crate::import::guard::TenantGuard;
use crate::manifest::PartFile;
use crate::problem::{ArchiveError, ArchiveResult};
use crate::progress::ArchiveProgress;
use crate::registry::{ArchivePart, PartKind};
use crate::remap::Remap;
use crate::value::{BadLine, in_words, read_line};

/// Values of one statement; SQLite takes 32,766.
const VALUES: usize = 8_192;

/// A row and the line on which it stands.
type NumberedRow = (u64, RawRow);

/// An import under way.
pub(super) struct RowImport<'a> {
    pub session: &'a Session,
    pub writer: &'a Writer<'a>,
    pub file: &'a Path,
    pub progress: &'a ArchiveProgress,
    /// The authority of the archive.
    pub tenant: Uuid,
    pub remap: Remap,
    pub guard: TenantGuard,
    pub done: ArchiveImport,
}

impl RowImport<'_> {
    /// Writes the rows of one table.
    pub async fn part(&mut self, part: &ArchivePart, file: &PartFile) -> ArchiveResult<()> {
        let columns = part.table.columns();
        let at_once = (VALUES / columns.len().max(1)).max(1);
        let mut batches = container::lines(self.file, &file.file);
        while let Some(batch) = batches.recv().await {
            let mut rows = Vec::new();
            for (line, text) in batch? {
                let row = self.row(part, file, &columns, line, &text)?;
                rows.push((line, row));
            }
            self.progress.add(rows.len() as u64);
            for chunk in rows.chunks(at_once) {
                match part.kind {
                    PartKind::Reference(by) => self.refer(part, file, &columns, by, chunk).await?,
                    PartKind::Named => self.named(part, file, &columns, chunk).await?,
                    PartKind::Joint if TenantGuard::minds(part.table.name()) => {
                        self.guarded(part, file, &columns, chunk).await?
                    }
                    PartKind::Joint => self.write(part, file, &columns, chunk, OnConflict::Keep).await?,
                    PartKind::Own | PartKind::Outside => {
                        self.write(part, file, &columns, chunk, OnConflict::Fail).await?
                    }
                }
            }
        }
        Ok(())
    }

    /// A line as a row of this installation.
    fn row(
        &mut self,
        part: &ArchivePart,
        file: &PartFile,
        columns: &[RawColumn],
        line: u64,
        text: &str,
    ) -> ArchiveResult<RawRow> {
        let bad = |it: BadLine| at(&file.file, line, it.column, &it.problem);
        let mut row = read_line(text, columns).map_err(bad)?;
        if let Err(column) = part.table.check(&row) {
            let value = row.get(column).map(in_words).unwrap_or_default();
            let name = columns.get(column).map(|it| it.name);
            return Err(at(&file.file, line, name, &format!("{value} is no value that it takes")));
        }
        // Whatever an archive says, it brings rows of one authority.
        if matches!(part.kind, PartKind::Named | PartKind::Own)
            && let Some((column, value)) = columns.iter().zip(&row).find(|it| self.is_of_another(part, it.0, it.1))
        {
            let problem = format!("{} is not the authority of the archive", in_words(value));
            return Err(at(&file.file, line, Some(column.name), &problem));
        }
        self.remap
            .apply(part.table.name(), columns, &mut row)
            .map_err(|problem| at(&file.file, line, None, &problem))?;
        Ok(row)
    }

    /// Writes rows; where one is refused, tells which.
    async fn write(
        &mut self,
        part: &ArchivePart,
        file: &PartFile,
        columns: &[RawColumn],
        rows: &[NumberedRow],
        there: OnConflict,
    ) -> ArchiveResult<()> {
        self.session.savepoint().await?;
        let plain: Vec<_> = rows.iter().map(|it| it.1.clone()).collect();
        let written = match part.table.insert(self.writer, &plain, there).await {
            Ok(written) => written,
            Err(error) => {
                // One by one, to name the line.
                self.session.rollback_to_savepoint().await?;
                for (line, row) in rows {
                    let one = part.table.insert(self.writer, std::slice::from_ref(row), there).await;
                    one.map_err(|error| refused(part, &file.file, *line, columns, row, &error))?;
                }
                return Err(store::database_error(&error).into());
            }
        };
        self.session.release_savepoint().await?;
        self.done.rows += written;
        self.done.there += rows.len() as u64 - written;
        Ok(())
    }

    /// Finds what others refer to, and makes what is not there.
    async fn refer(
        &mut self,
        part: &ArchivePart,
        file: &PartFile,
        columns: &[RawColumn],
        by: &[&str],
        rows: &[NumberedRow],
    ) -> ArchiveResult<()> {
        for placed in rows {
            let wanted = columns.iter().enumerate().filter(|it| by.contains(&it.1.name));
            let wanted: Vec<_> = wanted.map(|(at, _)| (at, placed.1[at].clone())).collect();
            match part.table.find(self.session, &wanted).await? {
                None => self.write(part, file, columns, std::slice::from_ref(placed), OnConflict::Fail).await?,
                Some(found) => {
                    self.done.there += 1;
                    if let (Some(Value::Uuid(Some(there))), Some(Value::Uuid(Some(here)))) =
                        (placed.1.first(), found.first())
                    {
                        self.remap.add(part.table.name(), *there, *here);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a value says that a row is another authority's.
    fn is_of_another(&self, part: &ArchivePart, column: &RawColumn, value: &Value) -> bool {
        let owner = if part.table.name() == "tenant" { "id" } else { "tenant_id" };
        column.name == owner && *value != Value::from(self.tenant)
    }

    /// Writes what is the authority's own, maybe over the little that archives of others told of it.
    async fn named(
        &mut self,
        part: &ArchivePart,
        file: &PartFile,
        columns: &[RawColumn],
        rows: &[NumberedRow],
    ) -> ArchiveResult<()> {
        let mut fresh = Vec::new();
        for placed in rows {
            let Some(id) = placed.1.first() else { continue };
            let Some(found) = part.table.find(self.session, &[(0, id.clone())]).await? else {
                fresh.push(placed.clone());
                continue;
            };
            if columns.iter().zip(&found).any(|it| self.is_of_another(part, it.0, it.1)) {
                return Err(at(&file.file, placed.0, None, "is a row of another authority here"));
            }
            let replaced = part.table.replace(self.writer, &placed.1).await;
            replaced.map_err(|error| refused(part, &file.file, placed.0, columns, &placed.1, &error))?;
            self.done.rows += 1;
        }
        self.write(part, file, columns, &fresh, OnConflict::Fail).await
    }

    /// Writes what decides on access across the boundary, as far as it says nothing new of those who are here.
    async fn guarded(
        &mut self,
        part: &ArchivePart,
        file: &PartFile,
        columns: &[RawColumn],
        rows: &[NumberedRow],
    ) -> ArchiveResult<()> {
        let key = part.table.key();
        for placed in rows {
            let wanted: Vec<_> = key.iter().map(|at| (*at, placed.1[*at].clone())).collect();
            if part.table.find(self.session, &wanted).await?.is_some() {
                self.done.there += 1;
                continue;
            }
            let table = part.table.name();
            self.guard.check(table, columns, &placed.1).map_err(|it| at(&file.file, placed.0, None, &it))?;
            self.write(part, file, columns, std::slice::from_ref(placed), OnConflict::Fail).await?;
            self.guard.made(table, &placed.1);
        }
        Ok(())
    }
}

/// A problem with its place.
fn at(file: &str, line: u64, column: Option<&str>, problem: &str) -> ArchiveError {
    match column {
        Some(column) => format!("{file}, line {line}, column {column}: {problem}").into(),
        None => format!("{file}, line {line}: {problem}").into(),
    }
}

/// What the database says against a row, with the column where its constraint names one.
fn refused(
    part: &ArchivePart,
    file: &str,
    line: u64,
    columns: &[RawColumn],
    row: &RawRow,
    error: &DbErr,
) -> ArchiveError {
    let said = error.to_string();
    let table = part.table.name();
    let hit = columns.iter().zip(row).find(|(column, _)| {
        said.contains(&format!("{table}_{}_check", column.name)) || said.contains(&format!("{table}.{}", column.name))
    });
    match hit {
        Some((column, value)) => at(file, line, Some(column.name), &format!("{}: {said}", in_words(value))),
        None => at(file, line, None, &said),
    }
}
