//! Files that were made of tables. A file is made once, beside its place, and moved there when it is whole; its checksum
//! lies next to it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use entities::dataset_content;
use kernel::error::{ApiError, ApiResult};
use sha2::{Digest, Sha256};
use store::Session;
use tabular::export::{ExportFormat, ExportMetadata, begin};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Changes when files look different, so that old ones are not sent any more.
const EDITION: &str = "1";
/// Places of a batch of rows.
const PLACES: usize = 20_000;
/// Files that are made at the same time.
const AT_ONCE: usize = 2;

/// Where made files are kept.
#[derive(Clone)]
pub struct Cache {
    folder: Arc<Path>,
    base: Arc<str>,
    making: Arc<Semaphore>,
}

/// A file that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Where it is.
    pub path: PathBuf,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

/// What came of making a file.
pub enum Making {
    /// It is there.
    Made(Made),
    /// The format cannot hold the table; why.
    Unfit(String),
}

impl Cache {
    /// In a folder, which is made when it is needed; files name the server by `base`.
    pub fn new(folder: &Path, base: String) -> Self {
        Self { folder: folder.into(), base: base.into(), making: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The folder of all files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The address of the server, as files name it.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The folder of what was made of a content.
    fn shelf(&self, content: &dataset_content::Model) -> PathBuf {
        self.folder.join("exports").join(content.id.simple().to_string())
    }

    fn place(&self, content: &dataset_content::Model, about: &ExportMetadata, format: ExportFormat) -> PathBuf {
        let fingerprint = Sha256::digest(format!("{EDITION} {} {about:?}", content.checksum));
        self.shelf(content).join(format!("{}.{}", hex(&fingerprint[..12]), format.suffix()))
    }

    /// A file, if it was made before.
    pub async fn known(
        &self,
        content: &dataset_content::Model,
        about: &ExportMetadata,
        format: ExportFormat,
    ) -> Option<Made> {
        let path = self.place(content, about, format);
        let sha256 = tokio::fs::read_to_string(checksum_of(&path)).await.ok()?;
        let bytes = tokio::fs::metadata(&path).await.ok()?.len();
        Some(Made { path, sha256, bytes })
    }

    /// A file: the one that was made before, or a new one.
    ///
    /// # Errors
    /// The disk or the database fails.
    pub async fn file(
        &self,
        session: &Session,
        content: &dataset_content::Model,
        about: &ExportMetadata,
        format: ExportFormat,
    ) -> ApiResult<Making> {
        if let Some(made) = self.known(content, about, format).await {
            return Ok(Making::Made(made));
        }
        let _permit = self.making.acquire().await.map_err(|error| ApiError::fault(error.to_string()))?;
        // Somebody else may have made it meanwhile.
        if let Some(made) = self.known(content, about, format).await {
            return Ok(Making::Made(made));
        }
        match self.make(session, content, about, format).await {
            Ok(made) => Ok(Making::Made(made)),
            Err(Broken::Disk(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
                Ok(Making::Unfit(error.to_string()))
            }
            Err(Broken::Disk(error)) => {
                Err(ApiError::fault(format!("a file in {} could not be made: {error}", self.folder.display())))
            }
            Err(Broken::Other(error)) => Err(error),
        }
    }

    async fn make(
        &self,
        session: &Session,
        content: &dataset_content::Model,
        about: &ExportMetadata,
        format: ExportFormat,
    ) -> Result<Made, Broken> {
        let (shelf, path) = (self.shelf(content), self.place(content, about, format));
        let table = session.table(content)?;
        let columns = table.columns().to_vec();
        let max = (PLACES / columns.len().max(1)).max(1);
        let about = about.clone();
        // What is not finished goes away by itself, also where nobody waits for it any more.
        let (file, mut writer) = aside(move || {
            std::fs::create_dir_all(&shelf)?;
            let file = tempfile::NamedTempFile::new_in(&shelf)?;
            let writer = begin(format, &columns, &about, &shelf, file.reopen()?)?;
            Ok((file, writer))
        })
        .await?;
        let mut after = 0;
        while format.has_rows() {
            let (rows, last) = table.scan(after, max).await?;
            if rows.is_empty() {
                break;
            }
            after = last;
            writer = aside(move || {
                writer.rows(&rows)?;
                Ok(writer)
            })
            .await?;
        }
        aside(move || {
            writer.finish()?;
            let mut digest = Sha256::new();
            let bytes = std::io::copy(&mut file.reopen()?, &mut Digesting(&mut digest))?;
            file.as_file().sync_all()?;
            let sha256 = hex(&digest.finalize());
            let mut checksum = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(&path))?;
            std::io::Write::write_all(&mut checksum, sha256.as_bytes())?;
            file.persist(&path).map_err(|it| it.error)?;
            checksum.persist(checksum_of(&path)).map_err(|it| it.error)?;
            Ok(Made { path, sha256, bytes })
        })
        .await
        .map_err(Broken::Disk)
    }
}

/// Passes what is written on to a digest.
struct Digesting<'a>(&'a mut Sha256);

impl std::io::Write for Digesting<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn checksum_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sha256");
    name.into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Does what blocks beside everything else.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> std::io::Result<T> {
    spawn_blocking(work).await.map_err(std::io::Error::other)?
}

enum Broken {
    Disk(std::io::Error),
    Other(ApiError),
}

impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<ApiError> for Broken {
    fn from(error: ApiError) -> Self {
        Self::Other(error)
    }
}
