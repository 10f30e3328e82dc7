//! Originals of versions and files of documents back to the disk.

use std::path::{Path, PathBuf};

use entities::dataset_version;
use store::raw_table::{DynTable as _, EntityTable};
use tempfile::NamedTempFile;

use crate::container;
use crate::import::rows::RowImport;
use crate::manifest::Manifest;
use crate::problem::{ArchiveResult, beside};
use crate::value::in_words;
use domain::projects::documents::DOCUMENTS;

/// Where originals are, below the folder of files.
const ORIGINALS: &str = "originals";

impl RowImport<'_> {
    /// Copies the originals to the disk of their place, and tells where they belong.
    pub async fn files(&mut self, manifest: &Manifest, folder: &Path) -> ArchiveResult<Vec<(NamedTempFile, PathBuf)>> {
        let versions = EntityTable::<dataset_version::Entity>::new();
        let at = |name: &str| versions.columns().iter().position(|it| it.name == name).unwrap_or_default();
        let folder = folder.join(ORIGINALS);
        let mut files = Vec::new();
        for original in &manifest.files {
            let found = versions.find(self.session, &[(at("id"), original.version.into())]).await?;
            let stored = format!("{ORIGINALS}/{}", original.version);
            let named = found.as_ref().map(|it| in_words(&it[at("source_file")])).unwrap_or_default();
            if named != format!("{stored:?}") {
                return Err(format!("{}: no version says that its file is {stored}", original.file).into());
            }
            let (path, name, folder) = (self.file.to_owned(), original.file.clone(), folder.clone());
            let target = folder.join(original.version.to_string());
            let file = beside(move || unpacked(&path, &name, &folder));
            files.push((file.await?, target));
            self.done.files += 1;
        }
        let folder = folder.with_file_name(DOCUMENTS);
        for document in &manifest.documents {
            if document.file != format!("files/{DOCUMENTS}/{}", document.sha256) {
                return Err(format!("{}: its name is not its SHA-256", document.file).into());
            }
            let target = folder.join(&document.sha256);
            self.done.files += 1;
            // What others brought is the same.
            if target.exists() {
                continue;
            }
            let (path, name, folder) = (self.file.to_owned(), document.file.clone(), folder.clone());
            let file = beside(move || unpacked(&path, &name, &folder));
            files.push((file.await?, target));
        }
        Ok(files)
    }
}

/// An entry of the archive on the disk of its place, under a name for the time being.
fn unpacked(archive: &Path, name: &str, folder: &Path) -> Result<NamedTempFile, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut file = NamedTempFile::new_in(folder).map_err(failed)?;
    container::unpack(archive, name, file.as_file_mut())?;
    Ok(file)
}
