//! What an archive says of itself. Pure.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The format that this program writes, and the only one that it reads.
pub const FORMAT: u32 = 1;
/// Where the manifest is in an archive.
pub const MANIFEST: &str = "manifest.json";

/// What an archive holds. It has no instants, so that the same data make the same archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Manifest {
    /// The format.
    pub format: u32,
    /// Version of the program that wrote it.
    pub software: String,
    /// The last migration of the database it comes from.
    pub schema: String,
    /// Whose data it holds.
    pub tenant: ManifestTenant,
    /// Rows of tables, in the order in which they are written again.
    pub parts: Vec<PartFile>,
    /// Figures: the rows of the contents of dataset versions.
    pub figures: Vec<FiguresFile>,
    /// Files as they came: the originals of dataset versions.
    pub files: Vec<OriginalFile>,
    /// Files of documents of projects, by what they hold.
    pub documents: Vec<DocumentFile>,
    /// Files that rows name and that were not there.
    pub missing: Vec<String>,
}

/// The authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ManifestTenant {
    /// Its id.
    pub id: Uuid,
    /// Short name in addresses.
    pub slug: String,
    /// Name as it signs.
    pub legal_name: String,
}

/// Rows of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PartFile {
    /// Where it is in the archive.
    pub file: String,
    /// The table.
    pub table: String,
    /// Why the rows are there: `own`, `joint`, `reference` or `outside`.
    pub kind: String,
    /// Columns in their order.
    pub columns: Vec<String>,
    /// How many rows.
    pub rows: u64,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// Rows of one content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FiguresFile {
    /// Where it is in the archive.
    pub file: String,
    /// The content.
    pub content: Uuid,
    /// How many rows.
    pub rows: u64,
    /// SHA-256 of the file, which is the checksum of the content.
    pub sha256: String,
}

/// A file as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct OriginalFile {
    /// Where it is in the archive.
    pub file: String,
    /// The version of a dataset that was made from it.
    pub version: Uuid,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// The file of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DocumentFile {
    /// Where it is in the archive.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, which is its name here and there.
    pub sha256: String,
}

impl Manifest {
    /// Everything but the manifest itself: where it is, and its SHA-256.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        let parts = self.parts.iter().map(|it| (it.file.as_str(), it.sha256.as_str()));
        let figures = self.figures.iter().map(|it| (it.file.as_str(), it.sha256.as_str()));
        let files = self.files.iter().map(|it| (it.file.as_str(), it.sha256.as_str()));
        let documents = self.documents.iter().map(|it| (it.file.as_str(), it.sha256.as_str()));
        parts.chain(figures).chain(files).chain(documents)
    }

    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.parts.iter().map(|it| it.rows).sum::<u64>() + self.figures.iter().map(|it| it.rows).sum::<u64>()
    }
}
