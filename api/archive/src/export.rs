//! Everything of an authority into one file, from one moment of the database.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use entities::{PUBLIC_SCOPE, ScopeArea, tenant};
use kernel::error::{ApiError, ApiResult};
use sea_orm::{ColumnTrait, QueryFilter, Value};
use serde_json::json;
use store::Session;
use store::raw_table::{RawColumn, RawRow};
use store::scopes::Audience;
use store::tables::{TableRef, lines};
use tabular::model::Column;
use tempfile::NamedTempFile;
use uuid::Uuid;

use crate::container::{Packer, pack};
use crate::manifest::{DocumentFile, FORMAT, FiguresFile, Manifest, ManifestTenant, OriginalFile, PartFile};
use crate::problem::ArchiveResult;
use crate::progress::ArchiveProgress;
use crate::registry::{ArchivePart, EXPORT, Instead, parts};
use crate::value::push_line;
use domain::context::op::Op;
use domain::context::unit_of_work::{ChangeRecord, UnitOfWork};
use domain::operator;
use domain::projects::documents::DOCUMENTS;

/// Rows that are in memory at once.
const PAGE: u64 = 1_000;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Rows of tables and figures.
    pub rows: u64,
    /// Files as they came.
    pub files: usize,
    /// Files that rows name and that are not there.
    pub missing: Vec<String>,
}

/// Writes the archive of the authority `slug` to `out`, where nothing may be yet. That it was made is in the trail before it
/// is there.
///
/// # Errors
/// There is no such authority; the database fails, or the disk. Then there is no file.
pub async fn export_tenant(
    op: &Op,
    slug: &str,
    folder: &Path,
    out: &Path,
    progress: &ArchiveProgress,
) -> ArchiveResult<Exported> {
    if out.exists() {
        return Err(format!("{} is there already", out.display()).into());
    }
    let beside = out.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let named = |error: std::io::Error| format!("{}: {error}", out.display());
    let file = NamedTempFile::new_in(beside).map_err(named)?;
    let written = write(op, slug, folder, file, progress).await;
    // Whatever came of it: a session that stays open would keep the store from closing.
    op.finish().await?;
    let WrittenArchive { file, tenant, version, done } = written?;
    file.as_file().sync_all().map_err(named)?;
    record(op, tenant, version, &done).await?;
    file.persist_noclobber(out).map_err(|error| named(error.error))?;
    Ok(done)
}

/// An archive that is whole and not in its place yet.
struct WrittenArchive {
    file: NamedTempFile,
    tenant: Uuid,
    version: i32,
    done: Exported,
}

async fn write(
    op: &Op,
    slug: &str,
    folder: &Path,
    file: NamedTempFile,
    progress: &ArchiveProgress,
) -> ArchiveResult<WrittenArchive> {
    let session = op.session().await?;
    session.stand_still().await?;
    let here = session.reference::<tenant::Entity>().filter(tenant::Column::Slug.eq(slug));
    let Some(tenant) = session.one(here).await? else {
        return Err(format!("there is no authority {slug:?}").into());
    };
    if !crate::is_here(&session, tenant.id).await? {
        return Err(format!("{slug:?} does not take part here: another authority's archive named it").into());
    }
    let schema = migration::latest();
    let mut work = Export {
        session: &session,
        tenant: tenant.id,
        packer: Packer::new(file),
        progress,
        manifest: Manifest {
            format: FORMAT,
            software: env!("CARGO_PKG_VERSION").to_owned(),
            schema,
            tenant: ManifestTenant { id: tenant.id, slug: tenant.slug, legal_name: tenant.legal_name },
            parts: Vec::new(),
            figures: Vec::new(),
            files: Vec::new(),
            documents: Vec::new(),
            missing: Vec::new(),
        },
        contents: Vec::new(),
        originals: BTreeSet::new(),
        documents: BTreeSet::new(),
    };
    let parts = parts();
    work.plan(&parts).await?;
    for part in &parts {
        work.part(part).await?;
    }
    work.observations().await?;
    work.files(folder)?;
    let Export { packer, manifest, .. } = work;
    let file = packer.finish(&manifest)?;
    let done = Exported {
        rows: manifest.rows(),
        files: manifest.files.len() + manifest.documents.len(),
        missing: manifest.missing,
    };
    Ok(WrittenArchive { file, tenant: tenant.id, version: tenant.version, done })
}

/// Leaves in the trail that everything went out.
async fn record(op: &Op, tenant: Uuid, version: i32, done: &Exported) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, EXPORT).await?;
    let grant = operator::grant(op, tenant)?;
    let writer = mutation.session().writer(&grant).await?;
    let change = ChangeRecord {
        object_type: "Tenant",
        object_id: tenant,
        version,
        scope: Audience::private(tenant, ScopeArea::Audit, None).id(),
        topic: "tenant.exported",
        parent: None,
        also: BTreeSet::new(),
        agreement: None,
        before: None,
        after: Some(json!({ "rows": done.rows, "files": done.files })),
    };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// An export under way.
struct Export<'a> {
    session: &'a Session,
    tenant: Uuid,
    packer: Packer<NamedTempFile<File>>,
    progress: &'a ArchiveProgress,
    manifest: Manifest,
    contents: Vec<ExportContent>,
    /// Stored names of files, and their versions.
    originals: BTreeSet<(String, Uuid)>,
    /// What documents hold, by SHA-256.
    documents: BTreeSet<String>,
}

/// A content whose rows are to be written.
struct ExportContent {
    id: Uuid,
    columns: Vec<Column>,
    rows: i64,
    checksum: String,
}

impl Export<'_> {
    fn literal(&self, condition: &str) -> String {
        let tenant = self.session.literal(self.tenant);
        condition.replace("{tenant}", &tenant).replace("{public}", &self.session.literal(PUBLIC_SCOPE))
    }

    /// Counts what is to be done.
    async fn plan(&self, parts: &[ArchivePart]) -> ArchiveResult<()> {
        let mut total = 0;
        for part in parts {
            total += part.table.count(self.session, &self.literal(&part.condition)).await?;
        }
        self.progress.begin(total);
        Ok(())
    }

    async fn part(&mut self, part: &ArchivePart) -> ArchiveResult<()> {
        let columns = part.table.columns();
        let at = |name: &str| columns.iter().position(|it| it.name == name);
        let mut cuts = Vec::new();
        for cut in &part.cuts {
            let ids: HashSet<Uuid> = self.session.ids_of(&self.literal(&cut.ids)).await?.into_iter().collect();
            let with: Vec<_> = cut.with.iter().filter_map(|it| at(it)).collect();
            cuts.extend(at(cut.column).map(|it| (it, ids, with)));
        }
        let name = part.file();
        self.packer.begin(&name)?;
        let (mut rows, mut line) = (0, String::new());
        for condition in part.passes() {
            let condition = self.literal(&condition);
            let mut after: Option<RawRow> = None;
            loop {
                let page = part.table.page(self.session, &condition, after.as_ref(), PAGE).await?;
                let is_last = (page.len() as u64) < PAGE;
                for row in &page {
                    self.remember(part, &columns, row)?;
                    line.clear();
                    push_line(&mut line, &columns, &redacted(part, &columns, &cuts, row))
                        .map_err(|problem| format!("{name}: {problem}"))?;
                    self.packer.add(line.as_bytes())?;
                }
                rows += page.len() as u64;
                self.progress.add(page.len() as u64);
                after = page.into_iter().next_back();
                if is_last {
                    break;
                }
            }
        }
        let (_, sha256) = self.packer.end();
        self.manifest.parts.push(PartFile {
            file: name,
            table: part.table.name().to_owned(),
            kind: part.kind.name().to_owned(),
            columns: columns.iter().map(|it| it.name.to_owned()).collect(),
            rows,
            sha256,
        });
        Ok(())
    }

    /// Notes what rows name that is no row itself.
    fn remember(&mut self, part: &ArchivePart, columns: &[RawColumn], row: &RawRow) -> ArchiveResult<()> {
        let value = |name: &str| columns.iter().position(|it| it.name == name).and_then(|it| row.get(it));
        match part.table.name() {
            "dataset_content" => {
                if let (
                    Some(Value::Uuid(Some(id))),
                    Some(Value::Json(Some(columns))),
                    Some(Value::BigInt(Some(rows))),
                    Some(Value::String(Some(checksum))),
                ) = (value("id"), value("columns"), value("row_count"), value("checksum"))
                {
                    let columns = serde_json::from_value((**columns).clone()).map_err(ApiError::from)?;
                    self.contents.push(ExportContent { id: *id, columns, rows: *rows, checksum: checksum.clone() });
                }
            }
            "dataset_version" => {
                if let (Some(Value::Uuid(Some(id))), Some(Value::String(Some(stored)))) =
                    (value("id"), value("source_file"))
                {
                    self.originals.insert((stored.clone(), *id));
                }
            }
            "document_version" => {
                if let Some(Value::String(Some(checksum))) = value("checksum") {
                    self.documents.insert(checksum.clone());
                }
            }
            "project_archive" => {
                if let Some(Value::String(Some(content))) = value("content") {
                    self.documents.extend(domain::projects::archive::files_of_copy(content));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The rows of every content: the lines of which its checksum is made.
    async fn observations(&mut self) -> ArchiveResult<()> {
        let tables = self.session.raw_tables();
        let contents = std::mem::take(&mut self.contents);
        let (done, total) = self.progress.now();
        let rows: i64 = contents.iter().map(|it| it.rows).sum();
        self.progress.begin(total + u64::try_from(rows).unwrap_or_default());
        self.progress.add(done);
        for content in contents {
            let name = format!("figures/{}.tsv", content.id);
            let place = TableRef { content: content.id, columns: &content.columns };
            self.packer.begin(&name)?;
            self.packer.add(lines::header(&content.columns)?.as_bytes())?;
            let (mut last, mut written, mut text) = (0, 0_u64, String::new());
            loop {
                let (rows, end) = tables.scan(place, last, PAGE as usize).await?;
                text.clear();
                for row in &rows {
                    lines::push(&mut text, &content.columns, row)?;
                }
                self.packer.add(text.as_bytes())?;
                written += rows.len() as u64;
                self.progress.add(rows.len() as u64);
                if rows.is_empty() {
                    break;
                }
                last = end;
            }
            let (_, sha256) = self.packer.end();
            if sha256 != content.checksum || i64::try_from(written) != Ok(content.rows) {
                return Err(format!(
                    "{name}: {written} rows with SHA-256 {sha256}, but the catalogue says {} rows with {}",
                    content.rows, content.checksum
                )
                .into());
            }
            self.manifest.figures.push(FiguresFile { file: name, content: content.id, rows: written, sha256 });
        }
        Ok(())
    }

    /// The originals of versions, as they came.
    fn files(&mut self, folder: &Path) -> ArchiveResult<()> {
        for (stored, version) in std::mem::take(&mut self.originals) {
            let path: PathBuf = folder.join(&stored);
            if !path.is_file() {
                self.manifest.missing.push(stored);
                continue;
            }
            let file = format!("files/{version}");
            let (bytes, sha256) = pack(&mut self.packer, &file, &path)?;
            self.manifest.files.push(OriginalFile { file, version, bytes, sha256 });
        }
        for checksum in std::mem::take(&mut self.documents) {
            let stored = format!("{DOCUMENTS}/{checksum}");
            let path: PathBuf = folder.join(&stored);
            if !path.is_file() {
                self.manifest.missing.push(stored);
                continue;
            }
            let file = format!("files/{stored}");
            let (bytes, sha256) = pack(&mut self.packer, &file, &path)?;
            self.manifest.documents.push(DocumentFile { file, bytes, sha256 });
        }
        Ok(())
    }
}

/// A row without what is not told.
fn redacted(
    part: &ArchivePart,
    columns: &[RawColumn],
    cuts: &[(usize, HashSet<Uuid>, Vec<usize>)],
    row: &RawRow,
) -> RawRow {
    let mut row = row.clone();
    for (at, ids, with) in cuts {
        if let Some(Value::Uuid(Some(id))) = row.get(*at)
            && ids.contains(id)
        {
            for at in with.iter().chain([at]) {
                row[*at] = crate::value::null_of(columns[*at].kind);
            }
        }
    }
    let id = match row.first() {
        Some(Value::Uuid(Some(id))) => id.to_string(),
        _ => String::new(),
    };
    for (name, instead) in &part.instead {
        for (column, value) in columns.iter().zip(&mut row).filter(|it| it.0.name == *name) {
            *value = match instead {
                Instead::Nothing => crate::value::null_of(column.kind),
                Instead::Word(word) => (*word).into(),
                Instead::Unique(prefix) => format!("{prefix}{id}").into(),
            };
        }
    }
    row
}
