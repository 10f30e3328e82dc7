//! Files of dataset versions: the requested file, and whether it exists for the viewer.
//!
//! A file is made from one content: the exact one for viewers who see it, the protected one for all others. A viewer
//! who sees neither gets the same answer as for an unknown dataset; 410 is returned only for datasets that were public
//! once.
//!
//! A file is written in batches by one reading session, in a folder beside other files of its content, and moved to
//! its final name when complete. The name is the fingerprint of the content and its metadata, so a file never changes;
//! its entity tag is its SHA-256, which replicas share. A transfer to another authority is recorded before the first
//! byte. The columns of a file follow from the columns of the table alone: each measure has a column for its symbols,
//! used or not.

pub mod made;
pub mod ticket;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entities::{ContentKind, DatasetVersionState, ProtectionMethod, dataset, dataset_content, dataset_version, tenant};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use policy::Because;
use sea_orm::{ColumnTrait, QueryFilter};
use store::Session;
use tabular::export::{ExportFormat, ExportMetadata};
use tabular::licence::Licence;
use uuid::Uuid;

use crate::datasets::files::made::Cache;
use crate::datasets::service::string_list;
use crate::datasets::version_service::number;
use crate::former_publications;

/// In which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// Made of the table.
    Table(ExportFormat),
    /// The file that was imported, as it came; for its owner only.
    Original,
}

impl FileForm {
    /// The form that a suffix asks for.
    pub fn of(suffix: &str) -> Option<Self> {
        if suffix == "original" { Some(Self::Original) } else { ExportFormat::of(suffix).map(Self::Table) }
    }

    /// The suffix that asks for it.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Table(format) => format.suffix(),
            Self::Original => "original",
        }
    }
}

/// A file that somebody asks for.
#[derive(Clone, Copy, Debug)]
pub struct FileRequest {
    /// The dataset.
    pub dataset: Uuid,
    /// Number of its version.
    pub major: i32,
    /// Number of its version.
    pub minor: i32,
    /// In which form.
    pub form: FileForm,
}

impl FileRequest {
    /// Reads `<major>.<minor>.<suffix>`.
    pub fn of(dataset: Uuid, file: &str) -> Option<Self> {
        let (major, rest) = file.split_once('.')?;
        let (minor, suffix) = rest.split_once('.')?;
        // Each file has one address: no signs, no leading zeros.
        let number = |it: &str| it.parse::<i32>().ok().filter(|number| *number >= 0 && number.to_string() == it);
        Some(Self { dataset, major: number(major)?, minor: number(minor)?, form: FileForm::of(suffix)? })
    }
}

/// What there is for an asker.
pub enum FileLookup {
    /// Figures, and what is said about them.
    Table(Box<TableFile>),
    /// The file that was imported.
    Original(Original),
    /// What was public once.
    Gone,
    /// Nothing, or nothing in sight.
    Nothing,
}

/// Figures of a version as the asker may have them.
pub struct TableFile {
    /// The figures.
    pub content: dataset_content::Model,
    /// What is said about them.
    pub about: ExportMetadata,
    /// In which form.
    pub format: ExportFormat,
    /// Whether everybody may have them.
    pub public: bool,
    /// When figures or what is said about them were last changed.
    pub modified: DateTime<Utc>,
}

/// A file that was imported.
pub struct Original {
    /// Where it is.
    pub path: PathBuf,
    /// What it was called.
    pub name: String,
    /// Its SHA-256.
    pub sha256: String,
    /// When it came.
    pub created_at: DateTime<Utc>,
}

/// Looks for a file. What is gone is told of files that everybody could have: never of originals, nor of versions that
/// were not published while their dataset was public.
///
/// # Errors
/// The database fails.
pub async fn find(session: &Session, cache: &Cache, request: FileRequest) -> ApiResult<FileLookup> {
    let Some(dataset) = session.get::<dataset::Entity>(request.dataset).await? else { return Ok(FileLookup::Nothing) };
    use dataset_version::Column as C;
    let select = session
        .select::<dataset_version::Entity>()
        .filter(C::DatasetId.eq(dataset.id))
        .filter(C::Major.eq(request.major))
        .filter(C::Minor.eq(request.minor));
    let gone_if = |was_public: bool| match request.form {
        FileForm::Table(_) if was_public => FileLookup::Gone,
        FileForm::Table(_) | FileForm::Original => FileLookup::Nothing,
    };
    let Some(version) = session.one(select).await? else {
        let number = (request.major, request.minor);
        let is_over = dataset.withdrawn_at.is_some();
        return Ok(gone_if(is_over && former_publications::of_version(session, dataset.id, number).await?));
    };
    let contents = contents(session, &[version.id]).await?;
    let Some(content) = contents.into_iter().min_by_key(|it| it.kind != ContentKind::Exact) else {
        let is_over = version.state == DatasetVersionState::Withdrawn || dataset.withdrawn_at.is_some();
        return Ok(gone_if(is_over && former_publications::was_public(&dataset, &version)));
    };
    let because = session.access().visibility(content.scope_id).map(|it| it.because.clone());
    let FileForm::Table(format) = request.form else {
        let owner = content.kind == ContentKind::Exact && matches!(because, Some(Because::Role { .. }));
        return Ok(if owner {
            FileLookup::Original(Original {
                path: cache.folder().join(&version.source_file),
                name: version.source_name,
                sha256: version.source_checksum,
                created_at: version.created_at,
            })
        } else {
            FileLookup::Nothing
        });
    };
    let owner = session.get::<tenant::Entity>(dataset.tenant_id).await?;
    let about = about(&dataset, &version, &content, owner.as_ref(), cache.base());
    let public = matches!(because, Some(Because::Public));
    let named = owner.map_or(version.updated_at, |it| it.updated_at);
    let modified = dataset.updated_at.max(version.updated_at).max(content.created_at).max(named);
    Ok(FileLookup::Table(Box::new(TableFile { content, about, format, public, modified })))
}

/// The contents of versions that are in sight.
///
/// # Errors
/// The database fails.
pub async fn contents(session: &Session, versions: &[Uuid]) -> ApiResult<Vec<dataset_content::Model>> {
    let of_these = session.is_one_of(dataset_content::Column::VersionId, versions);
    session.all(session.select::<dataset_content::Entity>().filter(of_these)).await
}

/// What is said about a version in its files.
pub fn about(
    dataset: &dataset::Model,
    version: &dataset_version::Model,
    content: &dataset_content::Model,
    owner: Option<&Arc<tenant::Model>>,
    base: &str,
) -> ExportMetadata {
    let id = NodeType::Dataset.id(dataset.id).to_string();
    ExportMetadata {
        url: format!("{base}/catalog/datasets/{id}"),
        id,
        title: dataset.title.clone(),
        description: dataset.description.clone(),
        version: number(version),
        language: dataset.language.clone(),
        keywords: string_list(&dataset.keywords),
        publisher: owner.map(|it| it.legal_name.clone()).unwrap_or_default(),
        contact_name: dataset.contact_name.clone(),
        contact_email: dataset.contact_email.clone(),
        licence: dataset.licence.as_deref().and_then(Licence::of),
        attribution: dataset.attribution.clone(),
        source: dataset.source.clone(),
        source_url: dataset.source_url.clone(),
        reference_date: version.reference_date,
        published_at: version.published_at,
        protection: (content.kind == ContentKind::Protected).then(|| protection(dataset)).flatten(),
    }
}

/// How small numbers are protected, for readers of the files.
pub fn protection(dataset: &dataset::Model) -> Option<String> {
    let parameter = dataset.protection_parameter.unwrap_or_default();
    match dataset.protection_method {
        ProtectionMethod::Exempt => None,
        ProtectionMethod::MinimumCount => Some(format!("Fallzahlen unter {parameter} sind nicht genannt (Zeichen *).")),
        ProtectionMethod::Rounding => Some(format!("Fallzahlen sind auf Vielfache von {parameter} gerundet.")),
        ProtectionMethod::Suppression => Some(format!(
            "Fallzahlen unter {parameter} und solche, aus denen sie sich errechnen ließen, sind nicht genannt (Zeichen *)."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_has_one_address() {
        let read = |file: &str| FileRequest::of(Uuid::nil(), file).map(|it| (it.major, it.minor, it.form));
        assert_eq!(read("1.0.csv"), Some((1, 0, FileForm::Table(ExportFormat::Csv))));
        assert_eq!(read("12.3.csv-metadata.json"), Some((12, 3, FileForm::Table(ExportFormat::CsvMetadata))));
        assert_eq!(read("1.0.original"), Some((1, 0, FileForm::Original)));
        for wrong in ["", "1.0", "1.csv", "01.0.csv", "1.+0.csv", "-1.0.csv", "1.0.exe", "1.0.csv.csv", "1.0.CSV"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
