//! An archive into an installation: everything in one transaction, or nothing.

pub mod files;
pub mod guard;
pub mod observations;
pub mod rows;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use entities::PUBLIC_SCOPE;
use serde_json::json;

use crate::container;
use crate::import::guard::TenantGuard;
use crate::import::rows::RowImport;
use crate::manifest::Manifest;
use crate::problem::{ArchiveResult, beside};
use crate::progress::ArchiveProgress;
use crate::registry::{ArchivePart, IMPORT, PartKind, parts};
use crate::remap::Remap;
use domain::context::op::Op;
use domain::context::unit_of_work::{ChangeRecord, UnitOfWork};
use domain::operator;

/// What was taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArchiveImport {
    /// Short name of the authority.
    pub slug: String,
    /// Rows that were written.
    pub rows: u64,
    /// Rows that bind several authorities, or that others refer to, and that were there already.
    pub there: u64,
    /// Rows that stay in the archive: about what is another's.
    pub outside: u64,
    /// People and fields of work that have another id here.
    pub other_ids: usize,
    /// Files as they came.
    pub files: usize,
}

/// Takes over an archive. The authority must not be there.
///
/// # Errors
/// The archive is damaged, of another version or wrong in some line, or the authority is there; the database fails, or the
/// disk. Then nothing was kept.
pub async fn import_tenant(
    op: &Op,
    file: &Path,
    folder: &Path,
    progress: &Arc<ArchiveProgress>,
) -> ArchiveResult<ArchiveImport> {
    let path = file.to_owned();
    let manifest = beside(move || container::manifest(&path)).await?;
    check_schema(op, &manifest).await?;
    let parts = parts();
    check_parts(&manifest, &parts)?;
    progress.begin(manifest.rows() * 2);
    let (path, its_manifest, its_progress) = (file.to_owned(), manifest.clone(), progress.clone());
    beside(move || container::verify(&path, &its_manifest, &its_progress)).await?;

    let mutation = UnitOfWork::begin(op, IMPORT).await?;
    let session = mutation.session();
    session.take_time().await?;
    let grant = operator::grant(op, manifest.tenant.id)?;
    let writer = session.writer(&grant).await?;
    if crate::is_here(session, manifest.tenant.id).await? {
        return Err(format!("the authority {:?} is here already", manifest.tenant.slug).into());
    }
    let mut work = RowImport {
        session,
        writer: &writer,
        file,
        progress,
        tenant: manifest.tenant.id,
        remap: Remap::default(),
        guard: TenantGuard::of(session, manifest.tenant.id).await?,
        done: ArchiveImport { slug: manifest.tenant.slug.clone(), ..ArchiveImport::default() },
    };
    for (part, told) in parts.iter().zip(&manifest.parts) {
        if part.kind == PartKind::Outside {
            work.done.outside += told.rows;
            progress.add(told.rows);
        } else {
            work.part(part, told).await?;
        }
    }
    work.observations(&manifest).await?;
    let originals = work.files(&manifest, folder).await?;
    let RowImport { mut done, remap, .. } = work;
    done.other_ids = remap.count();
    let recorded = mutation.record(&writer, change_record(&manifest, &done)).await?;
    let mut kept = Vec::new();
    for (file, target) in originals {
        let persisted = file.persist_noclobber(&target);
        if let Err(error) = persisted {
            take_back(&kept);
            return Err(format!("{}: {}", target.display(), error.error).into());
        }
        kept.push(target);
    }
    if let Err(error) = mutation.commit(recorded).await {
        take_back(&kept);
        return Err(error.into());
    }
    Ok(done)
}

/// Deletes files whose rows were not kept.
fn take_back(files: &[PathBuf]) {
    for file in files {
        if let Err(error) = std::fs::remove_file(file) {
            tracing::warn!(%error, file = %file.display(), "a file of an import that failed could not be deleted");
        }
    }
}

/// What is in the trail of it.
fn change_record(manifest: &Manifest, done: &ArchiveImport) -> ChangeRecord {
    ChangeRecord {
        object_type: "Tenant",
        object_id: manifest.tenant.id,
        version: 1,
        scope: PUBLIC_SCOPE,
        topic: "tenant.imported",
        parent: None,
        also: BTreeSet::new(),
        agreement: None,
        before: None,
        after: Some(json!({
            "rows": done.rows, "there": done.there, "outside": done.outside, "files": done.files,
            "software": manifest.software,
        })),
    }
}

/// Whether the database is as the archive's was.
async fn check_schema(op: &Op, manifest: &Manifest) -> ArchiveResult<()> {
    let pending = migration::pending(&op.store.unscoped()).await.map_err(|error| store::database_error(&error))?;
    if !pending.is_empty() {
        return Err("migrations are pending: run `verbund migrate`".to_owned().into());
    }
    let here = migration::latest();
    if manifest.schema != here {
        return Err(format!(
            "manifest.json: schema is {:?}, here it is {here:?}: bring both installations to the same version first",
            manifest.schema
        )
        .into());
    }
    Ok(())
}

/// Whether the archive has the tables of this program, in their order, with their columns.
fn check_parts(manifest: &Manifest, parts: &[ArchivePart]) -> ArchiveResult<()> {
    for (at, part) in parts.iter().enumerate() {
        let file = part.file();
        let Some(told) = manifest.parts.get(at).filter(|it| it.file == file) else {
            return Err(format!("manifest.json: part {} should be {file}", at + 1).into());
        };
        let columns: Vec<_> = part.table.columns().iter().map(|it| it.name).collect();
        if told.columns != columns {
            let odd = told.columns.iter().find(|it| !columns.contains(&it.as_str()));
            let problem = match odd {
                Some(unknown) => format!("column {unknown:?} is unknown"),
                None => format!("its columns are not {}", columns.join(", ")),
            };
            return Err(format!("{file}: {problem}").into());
        }
    }
    match manifest.parts.get(parts.len()) {
        Some(unknown) => Err(format!("{}: no such part is known", unknown.file).into()),
        None => Ok(()),
    }
}
