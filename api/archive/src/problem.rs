//! Why there is no archive, or why one was not taken.

use kernel::error::{ApiError, ApiResult};

use domain::operator::render;

/// A problem of an archive.
#[derive(Debug)]
pub enum ArchiveError {
    /// Told in these words; nothing was kept.
    Told(String),
    /// Of the store.
    Store(ApiError),
}

/// With a problem of an archive.
pub type ArchiveResult<T> = Result<T, ArchiveError>;

impl ArchiveError {
    /// In words, for the terminal.
    pub fn render(&self) -> String {
        match self {
            Self::Told(words) => words.clone(),
            Self::Store(error) => render(error),
        }
    }
}

impl From<String> for ArchiveError {
    fn from(words: String) -> Self {
        Self::Told(words)
    }
}

impl From<ApiError> for ArchiveError {
    fn from(error: ApiError) -> Self {
        Self::Store(error)
    }
}

/// What ran in a thread beside.
///
/// # Errors
/// It failed, or panicked.
pub async fn beside<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> ArchiveResult<T> {
    let done: ApiResult<Result<T, String>> =
        tokio::task::spawn_blocking(work).await.map_err(|error| ApiError::fault(format!("archive: {error}")));
    Ok(done??)
}
