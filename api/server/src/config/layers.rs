//! Layers of the configuration: defaults, a file, the environment. Each says what it sets, so that it is known which of them
//! won, and a key that does not exist is refused with the nearest one that does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::DEFAULT;

/// Variables with names of their own, and what they set.
const VARIABLES: [(&str, &str); 2] = [("DATABASE_URL", "database.url"), ("DATABASE_OWNER_URL", "database.owner_url")];
/// The beginning of all other variables.
const PREFIX: &str = "verbund__";
/// Settings that may stand in a file of their own, named by the key with `_file`.
pub(super) const SECRETS: [&str; 2] = ["database.url", "database.owner_url"];

/// Where a setting comes from. Later ones win.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingSource {
    /// The defaults of the program.
    Default,
    /// A configuration file.
    File(PathBuf),
    /// A variable of the environment.
    Environment(String),
    /// An option of the command line.
    Option(&'static str),
    /// A file that holds the value, and the source that names the file.
    SecretFile(PathBuf, Box<SettingSource>),
}

impl SettingSource {
    /// The source in words.
    pub fn words(&self) -> String {
        match self {
            Self::Default => "default".to_owned(),
            Self::File(path) => format!("file {}", path.display()),
            Self::Environment(name) => format!("environment variable {name}"),
            Self::Option(name) => format!("option {name}"),
            Self::SecretFile(path, named) => format!("secret file {}, named by {}", path.display(), named.words()),
        }
    }

    /// Kind and name of the source, for programs.
    pub fn kind_and_name(&self) -> (&'static str, Option<String>) {
        match self {
            Self::Default => ("default", None),
            Self::File(path) => ("file", Some(path.display().to_string())),
            Self::Environment(name) => ("environment", Some(name.clone())),
            Self::Option(name) => ("option", Some((*name).to_owned())),
            Self::SecretFile(path, _) => ("secret_file", Some(path.display().to_string())),
        }
    }

    /// Place among the layers.
    const fn layer(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File(_) => 1,
            Self::Environment(_) => 2,
            Self::Option(_) | Self::SecretFile(..) => 3,
        }
    }
}

/// What file and environment set.
#[derive(Debug)]
pub(super) struct Layers {
    /// Every key there is.
    pub known: BTreeSet<String>,
    /// The file, and the keys that it sets to something.
    file: Option<(PathBuf, BTreeMap<String, Value>)>,
    /// Variables by the keys that they set: name and value.
    variables: BTreeMap<String, (String, String)>,
}

impl Layers {
    /// Reads a file and variables of the environment. With `is_demo` the variables with names of their own are others' business.
    ///
    /// # Errors
    /// The file cannot be read; keys are unknown or set twice. Every problem stands in a line of its own.
    pub(super) fn read(
        file: Option<&Path>,
        environment: &BTreeMap<String, String>,
        is_demo: bool,
    ) -> Result<Self, String> {
        let defaults: Table = toml::from_str(DEFAULT).map_err(|error| format!("configuration: {error}"))?;
        let mut known = BTreeMap::new();
        leaves("", &defaults, &mut known);
        let known: BTreeSet<String> = known.into_keys().collect();
        let mut problems = Vec::new();
        let file = match file {
            Some(path) => {
                let named = |error: &dyn std::fmt::Display| format!("configuration: {}: {error}", path.display());
                let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
                let table: Table = toml::from_str(&text).map_err(|error| named(&error))?;
                let mut keys = BTreeMap::new();
                for key in keys_of(&table, &known, &mut keys) {
                    problems.push(format!("{}: unknown key {key}{}", path.display(), hint(&nearest(&key, &known))));
                }
                Some((path.to_owned(), keys))
            }
            None => None,
        };
        let mut layers = Self { known, file, variables: BTreeMap::new() };
        for (name, value) in environment {
            problems.extend(layers.add_variable(name, value, is_demo));
        }
        for key in SECRETS {
            let (one, other) = (layers.source(key), layers.source(&format!("{key}_file")));
            if layers.is_set(key) && layers.is_set(&format!("{key}_file")) && one.layer() == other.layer() {
                problems.push(format!(
                    "{key} ({}) and {key}_file ({}) are both set: remove one of them",
                    one.words(),
                    other.words()
                ));
            }
        }
        match problems.as_slice() {
            [] => Ok(layers),
            [problem] => Err(format!("configuration: {problem}")),
            several => Err(format!("configuration:\n  {}", several.join("\n  "))),
        }
    }

    /// Takes a variable of the environment; what is wrong with it.
    fn add_variable(&mut self, name: &str, value: &str, is_demo: bool) -> Option<String> {
        if let Some((_, key)) = VARIABLES.iter().find(|it| it.0 == name) {
            if value.is_empty() || is_demo {
                return None;
            }
            // Variables come in the order of their names: this one before those that begin with the prefix.
            self.variables.insert((*key).to_owned(), (name.to_owned(), value.to_owned()));
            return None;
        }
        let lower = name.to_lowercase();
        if let Some(rest) = lower.strip_prefix(PREFIX) {
            let key = rest.replace("__", ".");
            if !self.known.contains(&key) {
                let near = nearest(&key, &self.known).map(|it| variable(&it));
                return Some(format!("unknown environment variable {name}{}", hint(&near)));
            }
            if let Some((other, held)) = self.variables.get(&key) {
                let differs = held != value;
                return differs.then(|| format!("{key} is set by {other} and by {name}: remove one of them"));
            }
            self.variables.insert(key, (name.to_owned(), value.to_owned()));
            return None;
        }
        // With the wrong number of underscores a variable would be read by nobody.
        let letters = |it: &str| it.replace(['.', '_'], "");
        let meant = lower.strip_prefix("verbund_").map(letters)?;
        let key = self.known.iter().find(|it| letters(it) == meant)?;
        Some(format!("environment variable {name} is read by nobody; did you mean {}?", variable(key)))
    }

    /// Variables that have values, by key.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(key, (_, value))| (key.as_str(), value.as_str()))
    }

    /// The source that sets a key.
    pub(super) fn source(&self, key: &str) -> SettingSource {
        if let Some((name, _)) = self.variables.get(key) {
            return SettingSource::Environment(name.clone());
        }
        match &self.file {
            Some((path, keys)) if keys.contains_key(key) => SettingSource::File(path.clone()),
            Some(_) | None => SettingSource::Default,
        }
    }

    /// True if file or environment set a key to something.
    fn is_set(&self, key: &str) -> bool {
        match self.variables.get(key) {
            Some((_, value)) => !value.is_empty(),
            None => self.file.as_ref().and_then(|it| it.1.get(key)).is_some_and(|it| it.as_str() != Some("")),
        }
    }

    /// Keys of files with secrets that are named in an earlier layer than the secret itself, which wins.
    pub(super) fn overruled(&self) -> impl Iterator<Item = String> {
        let files = SECRETS.into_iter().map(|key| (key, format!("{key}_file")));
        files
            .filter(move |(key, file)| {
                self.is_set(key) && self.is_set(file) && self.source(key).layer() > self.source(file).layer()
            })
            .map(|(_, file)| file)
    }
}

/// Name of the variable that sets a key.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__")).to_uppercase()
}

/// Keys of the values in a table, with their paths.
fn leaves(path: &str, table: &Table, found: &mut BTreeMap<String, Value>) {
    for (name, value) in table {
        let key = join(path, name);
        match value {
            Value::Table(inner) => leaves(&key, inner, found),
            value => {
                found.insert(key, value.clone());
            }
        }
    }
}

/// Sorts the keys of a file into those that are known, with their values, and the unknown ones.
fn keys_of(table: &Table, known: &BTreeSet<String>, found: &mut BTreeMap<String, Value>) -> Vec<String> {
    let mut unknown = Vec::new();
    let mut open = vec![(String::new(), table)];
    while let Some((path, table)) = open.pop() {
        for (name, value) in table {
            let key = join(&path, name);
            let is_section = known.iter().any(|it| it.strip_prefix(&key).is_some_and(|rest| rest.starts_with('.')));
            match value {
                _ if known.contains(&key) => {
                    found.insert(key, value.clone());
                }
                Value::Table(inner) if is_section => open.push((key, inner)),
                // A section that is no table has the wrong form, which is told with the form that it should have.
                _ if is_section => {}
                _ => unknown.push(key),
            }
        }
    }
    unknown
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The key or section that is nearly `key`, or that has its name in another section.
fn nearest(key: &str, known: &BTreeSet<String>) -> Option<String> {
    let last = |it: &str| it.rsplit('.').next().unwrap_or_default().to_owned();
    let sections = known.iter().filter_map(|it| it.rsplit_once('.')).map(|it| it.0.to_owned());
    let all: BTreeSet<String> = sections.chain(known.iter().cloned()).collect();
    let far = |it: &String| if last(it) == last(key) { 1 } else { strsim::osa_distance(key, it) };
    let near = all.into_iter().map(|it| (far(&it), it)).min()?;
    (near.0 <= 3 && near.0 < key.len()).then_some(near.1)
}

/// The words that name what was meant.
fn hint(near: &Option<String>) -> String {
    match near {
        Some(near) => format!("; did you mean {near}?"),
        None => "; `verbund config` prints all there are".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(set: &[(&str, &str)]) -> BTreeMap<String, String> {
        set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn read(set: &[(&str, &str)]) -> Result<Layers, String> {
        Layers::read(None, &variables(set), false)
    }

    #[test]
    fn unknown_keys_are_refused_with_the_nearest_one() {
        let known = read(&[]).unwrap().known;
        for (key, near) in [
            ("http.lissten", Some("http.listen")),
            ("http.body_limit_kb", Some("http.body_limit_kib")),
            ("graphql.max_dept", Some("graphql.max_depth")),
            ("htp", Some("http")),
            ("auth.key_file", Some("auth.local.key_file")),
            ("nothing.like.this", None),
        ] {
            assert_eq!(nearest(key, &known).as_deref(), near, "{key}");
        }
        for (name, words) in [
            ("VERBUND__HTTP__LISSTEN", "VERBUND__HTTP__LISSTEN; did you mean VERBUND__HTTP__LISTEN?"),
            ("VERBUND__HTTP_LISTEN", "did you mean VERBUND__HTTP__LISTEN?"),
            ("VERBUND_HTTP_LISTEN", "VERBUND_HTTP_LISTEN is read by nobody; did you mean VERBUND__HTTP__LISTEN?"),
            ("VERBUND__NOTHING__LIKE__THIS", "`verbund config` prints all there are"),
        ] {
            let said = read(&[(name, "x")]).unwrap_err();
            assert!(said.contains(words), "{name}: {said}");
        }
    }

    #[test]
    fn variables_of_others_are_left_alone() {
        // Kubernetes sets such for a service of this name; the last are for the roles of the database.
        for name in [
            "VERBUND_SERVICE_HOST",
            "VERBUND_PORT_8080_TCP_ADDR",
            "VERBUND_OWNER_PASSWORD",
            "VERBUND_VERSION",
            "HTTP_LISTEN",
        ] {
            assert!(read(&[(name, "x")]).is_ok(), "{name}");
        }
    }

    #[test]
    fn one_value_has_one_source() {
        let layers = read(&[("DATABASE_URL", "sqlite://a"), ("VERBUND__HTTP__LISTEN", "127.0.0.1:1")]).unwrap();
        assert_eq!(layers.source("database.url").words(), "environment variable DATABASE_URL");
        assert_eq!(layers.source("http.listen").words(), "environment variable VERBUND__HTTP__LISTEN");
        assert_eq!(layers.source("http.explorer"), SettingSource::Default);
        let twice = [("DATABASE_URL", "sqlite://a"), ("VERBUND__DATABASE__URL", "sqlite://b")];
        let said = read(&twice).unwrap_err();
        assert!(said.contains("database.url is set by DATABASE_URL and by VERBUND__DATABASE__URL"), "{said}");
        let both = [("DATABASE_URL", "sqlite://a"), ("VERBUND__DATABASE__URL_FILE", "/run/secrets/url")];
        let said = read(&both).unwrap_err();
        assert!(said.contains("DATABASE_URL") && said.contains("VERBUND__DATABASE__URL_FILE"), "{said}");
    }
}
