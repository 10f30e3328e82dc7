//! Configuration: the embedded default, a file, the environment; checked whole before anything starts.
//!
//! The only place that reads the environment.

mod auth;
mod database;
mod effective;
mod http;
mod layers;
mod operations;
mod read;
mod telemetry;

use std::path::Path;

use domain::datasets::catalogue::settings::CatalogueSettings;
use domain::files::settings::FileSettings;
use graphql_documents::limits::QueryLimits;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

pub use self::auth::{Auth, Issuer, LocalAuth};
pub use self::database::Database;
pub use self::effective::{Setting, effective};
pub use self::http::Http;
use self::layers::Layers;
pub use self::layers::SettingSource;
pub use self::operations::{ExternalCalendars, GraphQl, JobSettings, Live};
use self::read::environment_variables;
pub use self::read::{listen_address, operator_locale};
pub use self::telemetry::{LogFormat, LogSettings, MetricsSettings, Telemetry};

/// The reference: every key, its default, its meaning.
pub const DEFAULT: &str = include_str!("../../../default.toml");

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The listener.
    pub http: Http,
    /// The store.
    pub database: Database,
    /// Who may sign in.
    pub auth: Auth,
    /// Limits of operations.
    pub graphql: GraphQl,
    /// Subscriptions.
    pub live: Live,
    /// Work beside requests.
    pub jobs: JobSettings,
    /// Calendars that live elsewhere.
    pub external_calendars: ExternalCalendars,
    /// Files on disk.
    pub files: FileSettings,
    /// The catalogue of open data.
    pub catalogue: CatalogueSettings,
    /// Logs.
    pub log: LogSettings,
    /// Metrics.
    pub metrics: MetricsSettings,
    /// Spans.
    pub telemetry: Telemetry,
}

/// What a demo has beside the defaults: tokens of its own, pages of this machine, and answers that tell what they cost.
const DEMO: &str = "[auth.local]\nenabled = true\n[http]\nserver_timing = true\ncors_local = true\n[log]\nformat = \"text\"\nfilter = \"warn,verbund=info\"\n";

impl Config {
    /// Reads defaults, `file` and environment. Of a secret and the file that holds it the one of the later layer counts.
    ///
    /// # Errors
    /// A file cannot be read, a key is unknown or set twice, a value has the wrong form; the text names it.
    pub fn load(file: Option<&Path>) -> Result<Self, String> {
        let layers = Layers::read(file, &environment_variables(), false)?;
        let mut config = Self::built(builder_of(&layers, None, file)?)?;
        config.database.note_sources(|key| layers.source(key).words());
        Ok(config)
    }

    /// The configuration of a demo: its own defaults (see [`Self::embedded`]), `file` and environment. A demo keeps to its
    /// folder: it has a database, a key and files of its own.
    ///
    /// # Errors
    /// As [`Self::load`]; another database is named.
    pub fn demo(folder: &Path, file: Option<&Path>) -> Result<Self, String> {
        let layers = Layers::read(file, &environment_variables(), true)?;
        let config = Self::built(builder_of(&layers, Some(DEMO), file)?)?;
        if !config.database.is_unset() {
            return Err(
                "database: a demo has a database of its own in its folder; use `verbund serve` for another".to_owned()
            );
        }
        Ok(config.in_folder(folder))
    }

    /// The embedded defaults with an SQLite file in `folder` and the local issuer on: what tests and the tokens of a demo
    /// start from.
    ///
    /// # Errors
    /// The embedded defaults are damaged.
    pub fn embedded(folder: &Path) -> Result<Self, String> {
        let default = config::File::from_str(DEFAULT, config::FileFormat::Toml);
        let demo = config::File::from_str(DEMO, config::FileFormat::Toml);
        Ok(Self::built(config::Config::builder().add_source(default).add_source(demo))?.in_folder(folder))
    }

    fn built(builder: Builder) -> Result<Self, String> {
        builder.build().and_then(config::Config::try_deserialize).map_err(|error| format!("configuration: {error}"))
    }

    /// The same with database, key and files in a folder.
    fn in_folder(mut self, folder: &Path) -> Self {
        self.set_database(&format!("sqlite://{}?mode=rwc", folder.join("verbund.db").display()), "");
        self.auth.local.key_file = folder.join("issuer.key");
        self.files.folder = folder.join("files");
        self
    }

    /// Points at another database, as the application uses it and as its owner.
    pub fn set_database(&mut self, url: &str, owner_url: &str) {
        self.database.url = url.to_owned().into();
        self.database.owner_url = owner_url.to_owned().into();
        self.database.note_sources(|_| String::new());
    }

    /// Checks what a type cannot, for serving.
    ///
    /// # Errors
    /// Every problem, one per line, with key, value and reason.
    pub fn check(&self) -> Result<(), String> {
        self.check_with(&self.database.url()?, "url", "DATABASE_URL")
    }

    /// The same for commands of the operator, who needs the owner's URL only.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub fn check_operator(&self) -> Result<(), String> {
        self.check_with(&self.database.owner_url()?, "owner_url", "DATABASE_OWNER_URL")
    }

    fn check_with(&self, url: &SecretString, key: &str, variable: &str) -> Result<(), String> {
        let mut problems = Vec::new();
        if !["sqlite://", "postgres://", "postgresql://"].iter().any(|it| url.expose_secret().starts_with(it)) {
            problems.push(format!(
                "database.{key} must begin with postgres:// or sqlite:// (or set {variable}, or database.{key}_file)"
            ));
        }
        for (key, value, min, max) in [
            ("http.request_timeout_seconds", self.http.request_timeout_seconds, 1, 600),
            ("http.body_limit_kib", self.http.body_limit_kib as u64, 1, 65_536),
            ("http.head_timeout_seconds", self.http.head_timeout_seconds, 1, 600),
            ("http.body_timeout_seconds", self.http.body_timeout_seconds, 1, 600),
            ("http.max_connections", self.http.max_connections as u64, 1, 1_000_000),
            ("http.max_concurrent_requests", self.http.max_concurrent_requests as u64, 1, 100_000),
            ("http.shutdown_deadline_seconds", self.http.shutdown_deadline_seconds, 0, 600),
            ("auth.keys_at_most_every_seconds", self.auth.keys_at_most_every_seconds, 1, 3_600),
            ("auth.keys_refresh_after_seconds", self.auth.keys_refresh_after_seconds, 1, 86_400),
            ("live.max_sockets", self.live.max_sockets as u64, 0, 100_000),
            ("live.max_streams", self.live.max_streams as u64, 0, 100_000),
            ("live.max_subscriptions", self.live.max_subscriptions as u64, 1, 1_000),
            ("live.init_timeout_seconds", self.live.init_timeout_seconds, 1, 600),
            ("live.keep_alive_seconds", self.live.keep_alive_seconds, 1, 600),
            ("live.look_after_seconds", self.live.look_after_seconds, 1, 60),
            ("jobs.look_every_seconds", self.jobs.look_every_seconds, 0, 3_600),
            ("graphql.max_depth", self.graphql.max_depth as u64, 13, 50),
            ("graphql.max_complexity", self.graphql.max_complexity as u64, 100, 1_000_000),
            ("graphql.document_cache", self.graphql.document_cache, 0, 100_000),
            ("jobs.import_lease_seconds", self.jobs.import_lease_seconds, 1, 3_600),
            ("files.max_upload_mib", self.files.max_upload_mib, 1, 100_000),
            ("files.ticket_minutes", u64::from(self.files.ticket_minutes), 1, 1_440),
            ("catalogue.page_size", self.catalogue.page_size, 1, 1_000),
            ("database.max_connections", u64::from(self.database.max_connections), 0, 1_000),
        ] {
            if !(min..=max).contains(&value) {
                problems.push(format!("{key} is {value}, must be {min} to {max}"));
            }
        }
        let is_name =
            |it: &String| it.len() <= 64 && it.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if self.metrics.operations.len() > 500 || !self.metrics.operations.iter().all(is_name) {
            problems.push("metrics.operations must be at most 500 names of operations".to_owned());
        }
        let endpoint = &self.telemetry.otlp_endpoint;
        if !(endpoint.is_empty() || ["http://", "https://"].iter().any(|it| endpoint.starts_with(it))) {
            problems.push(format!("telemetry.otlp_endpoint is {endpoint:?}, must be an address of HTTP, or empty"));
        }
        if !(0.0..=1.0).contains(&self.telemetry.sample_ratio) {
            problems.push(format!("telemetry.sample_ratio is {}, must be 0 to 1", self.telemetry.sample_ratio));
        }
        if self.auth.local.enabled && (self.auth.local.issuer.is_empty() || self.auth.local.audience.is_empty()) {
            problems.push("auth.local.issuer and auth.local.audience must not be empty".to_owned());
        }
        problems.extend(self.auth.problems());
        problems.extend(self.catalogue.problems());
        for origin in &self.http.cors_origins {
            let url = reqwest::Url::parse(origin).ok();
            if url.is_none_or(|it| it.origin().ascii_serialization() != *origin) {
                problems
                    .push(format!("http.cors_origins has {origin:?}, must be like https://host or https://host:port"));
            }
        }
        if axum::http::HeaderName::from_bytes(self.http.client_address_header.as_bytes()).is_err()
            && !self.http.client_address_header.is_empty()
        {
            problems.push(format!("http.client_address_header {:?} is no header", self.http.client_address_header));
        }
        if problems.is_empty() { Ok(()) } else { Err(format!("configuration:\n  {}", problems.join("\n  "))) }
    }

    /// Limits of the executor.
    pub const fn limits(&self) -> QueryLimits {
        QueryLimits { max_depth: self.graphql.max_depth, max_complexity: self.graphql.max_complexity }
    }
}

type Builder = config::ConfigBuilder<config::builder::DefaultState>;

/// Defaults, more defaults, a file and the environment, later ones over earlier ones.
fn builder_of(layers: &Layers, more: Option<&str>, file: Option<&Path>) -> Result<Builder, String> {
    let toml = |text: &str| config::File::from_str(text, config::FileFormat::Toml);
    let mut builder = config::Config::builder().add_source(toml(DEFAULT));
    if let Some(more) = more {
        builder = builder.add_source(toml(more));
    }
    if let Some(file) = file {
        builder = builder.add_source(config::File::from(file).format(config::FileFormat::Toml));
    }
    let variables = layers.variables().map(|(key, value)| (key.replace('.', "__"), value.to_owned()));
    let environment = config::Environment::default()
        .separator("__")
        .try_parsing(true)
        .list_separator(",")
        .with_list_parse_key("http.cors_origins")
        .source(Some(variables.collect()));
    builder = builder.add_source(environment);
    for key in layers.overruled() {
        builder = builder.set_override(key, "").map_err(|error| format!("configuration: {error}"))?;
    }
    Ok(builder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_defaults_are_whole_and_only_lack_a_database() {
        let config = Config::load(None).unwrap();
        let problem = config.check().unwrap_err();
        assert!(problem.contains("database.url"), "{problem}");
        let embedded = Config::embedded(Path::new("/tmp")).unwrap();
        assert_eq!(embedded.check(), Ok(()));
    }

    #[test]
    fn unknown_keys_are_refused_by_name() {
        let folder = tempfile_like();
        let file = folder.join("verbund.toml");
        std::fs::write(&file, "[http]\nlissten = \"0.0.0.0:80\"\n").unwrap();
        let problem = Config::load(Some(&file)).unwrap_err();
        assert!(problem.contains("verbund.toml: unknown key http.lissten; did you mean http.listen?"), "{problem}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn lists_may_be_words_and_addresses_may_be_empty() {
        let read = |text: &str| -> Result<MetricsSettings, toml::de::Error> { toml::from_str(text) };
        let list = read("listen = \"127.0.0.1:9090\"\noperations = [\"Month\", \"Year\"]").unwrap();
        let words = read("listen = \"\"\noperations = \"Month, Year,\"").unwrap();
        assert_eq!(list.operations, words.operations);
        assert_eq!((list.listen, words.listen), ("127.0.0.1:9090".parse().ok(), None));
        assert!(read("listen = \"here\"\noperations = []").is_err());
        let mut config = Config::embedded(Path::new("/tmp")).unwrap();
        config.metrics.operations = vec!["Month\"} 1".to_owned()];
        assert!(config.check().unwrap_err().contains("metrics.operations"));
    }

    #[test]
    fn secrets_come_from_files_too() {
        let folder = tempfile_like();
        let (file, secret) = (folder.join("verbund.toml"), folder.join("url"));
        std::fs::write(&secret, "postgres://somebody@somewhere/verbund\n").unwrap();
        std::fs::write(&file, format!("[database]\nurl_file = {secret:?}\n")).unwrap();
        let config = Config::load(Some(&file)).unwrap();
        assert_eq!(config.database.url().unwrap().expose_secret(), "postgres://somebody@somewhere/verbund");
        assert!(!format!("{config:?}").contains("somebody"), "secrets do not print themselves");
        let shown = effective(Some(&file), Some("127.0.0.1:1".parse().unwrap())).unwrap();
        let of = |key: &str| shown.iter().find(|it| it.key == key).unwrap().line();
        let named = format!("secret file {}, named by file {}", secret.display(), file.display());
        assert_eq!(of("database.url"), format!("database.url = \"postgres://somebody@somewhere/verbund\"  # {named}"));
        assert_eq!(of("http.listen"), "http.listen = \"127.0.0.1:1\"  # option --listen");
        assert_eq!(of("http.explorer"), "http.explorer = true  # default");
        std::fs::write(&file, format!("[database]\nurl_file = {secret:?}\nurl = \"sqlite://other\"\n")).unwrap();
        let problem = Config::load(Some(&file)).unwrap_err();
        assert!(problem.contains("are both set: remove one of them"), "{problem}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    fn tempfile_like() -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("verbund-config-{}", kernel::ids::new_id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }
}
