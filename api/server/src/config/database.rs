//! Section `database`.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use store::DatabaseSettings;

use super::effective::without_password;

/// Section `database`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub(super) url: SecretString,
    pub(super) url_file: PathBuf,
    pub(super) owner_url: SecretString,
    pub(super) owner_url_file: PathBuf,
    /// Role that gets rights on rows.
    pub app_role: String,
    /// Connections; 0 = twice the processors.
    pub max_connections: u32,
    /// The source of `url`, in words; empty where nobody noted it.
    #[serde(skip)]
    source: String,
}

impl Database {
    /// Whether no database is named.
    pub(super) fn is_unset(&self) -> bool {
        [&self.url, &self.owner_url].iter().all(|it| it.expose_secret().is_empty())
            && [&self.url_file, &self.owner_url_file].iter().all(|it| it.as_os_str().is_empty())
    }

    /// Notes which source the URL is from.
    pub(super) fn note_sources(&mut self, source: impl Fn(&str) -> String) {
        let key = if self.url_file.as_os_str().is_empty() { "database.url" } else { "database.url_file" };
        self.source = source(key);
    }

    /// The database without its password, and the source of its URL, for people.
    pub fn shown(&self) -> String {
        let url = self.url().map_or_else(|problem| problem, |it| without_password(it.expose_secret()));
        if self.source.is_empty() { url } else { format!("{url} ({})", self.source) }
    }

    /// The database as the application uses it.
    ///
    /// # Errors
    /// The file that holds it cannot be read.
    pub fn url(&self) -> Result<SecretString, String> {
        secret(&self.url, &self.url_file, "database.url_file")
    }

    /// The database as its owner; the application's where none is set.
    ///
    /// # Errors
    /// The file that holds it cannot be read.
    pub fn owner_url(&self) -> Result<SecretString, String> {
        let owner = secret(&self.owner_url, &self.owner_url_file, "database.owner_url_file")?;
        if owner.expose_secret().is_empty() { self.url() } else { Ok(owner) }
    }

    /// What the store needs.
    ///
    /// # Errors
    /// The file that holds the URL cannot be read.
    pub fn settings(&self) -> Result<DatabaseSettings, String> {
        let url = self.url()?.expose_secret().to_owned();
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let wanted = match self.max_connections {
            0 => u32::try_from(2 * cores).unwrap_or(4),
            set => set,
        };
        let max = if url.starts_with("sqlite:") { 4 } else { 1_000 };
        Ok(DatabaseSettings { url, max_connections: wanted.min(max) })
    }
}

fn secret(value: &SecretString, file: &Path, key: &str) -> Result<SecretString, String> {
    if file.as_os_str().is_empty() {
        return Ok(value.clone());
    }
    let text = std::fs::read_to_string(file).map_err(|error| format!("{key} {}: {error}", file.display()))?;
    Ok(text.trim().to_owned().into())
}
