//! The files of the repository.

use std::collections::BTreeMap;
use std::path::Path;

/// Folders that are not the project's own text.
const SKIPPED: [&str; 6] = [".git", ".venv", "dist", "node_modules", "target", "verbund-data"];

/// Every file by its path from the root, with `/` between folders. Bytes that are not UTF-8 are replaced.
#[derive(Default)]
pub struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the folder `root` and everything below it.
    ///
    /// # Errors
    /// A file or folder cannot be read; the text names it.
    pub fn read(root: &Path) -> Result<Self, String> {
        let mut tree = Self::default();
        tree.add(root, "")?;
        Ok(tree)
    }

    /// A made-up tree.
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect() }
    }

    fn add(&mut self, folder: &Path, prefix: &str) -> Result<(), String> {
        let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
        for entry in std::fs::read_dir(folder).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().map_err(wrong)?;
            let path = format!("{prefix}{name}");
            if kind.is_dir() {
                if !SKIPPED.contains(&name.as_str()) {
                    self.add(&entry.path(), &format!("{path}/"))?;
                }
            } else if kind.is_file() {
                let bytes = std::fs::read(entry.path()).map_err(wrong)?;
                self.files.insert(path, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        Ok(())
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The text of a file that a check cannot do without.
    ///
    /// # Errors
    /// It is missing.
    pub fn need(&self, path: &str) -> Result<&str, String> {
        self.text(path).ok_or_else(|| format!("{path} is missing"))
    }

    /// Files whose path begins with `prefix`, in the order of their paths.
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files
            .range(prefix.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(prefix))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// True if a file or a folder has this path.
    pub fn exists(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        path.is_empty() || self.files.contains_key(path) || self.under(&format!("{path}/")).next().is_some()
    }

    /// True if a file of this name is in some folder.
    pub fn has_name(&self, name: &str) -> bool {
        self.files.keys().any(|path| path.rsplit('/').next() == Some(name))
    }

    /// Folders `api/<name>` with a `Cargo.toml`, in alphabetical order.
    pub fn crates(&self) -> Vec<&str> {
        self.under("api/")
            .filter_map(|(path, _)| path.strip_prefix("api/")?.strip_suffix("/Cargo.toml"))
            .filter(|name| !name.contains('/'))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_looked_up_as_files_and_as_folders() {
        let tree = Tree::of(&[("api/kernel/Cargo.toml", ""), ("api/kernel/src/lib.rs", ""), ("README.md", "")]);
        assert!(tree.exists("api/kernel/src/") && tree.exists("README.md"));
        assert!(!tree.exists("api/ker") && !tree.exists("api/kernel/src/text.rs"));
        assert_eq!(tree.crates(), ["kernel"]);
    }
}
