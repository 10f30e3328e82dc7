//! Configuration: the embedded default, a file, the environment; checked whole before anything starts.
//!
//! The only place that reads the environment.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::datasets::catalogue::settings::CatalogueSettings;
use domain::files::settings::FileSettings;
use domain::members::binding::ClaimRule;
use graphql::limits::Introspection;
use graphql::schema::Limits;
use jsonwebtoken::Algorithm;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use store::DatabaseSettings;

use crate::auth::{Pace, TokenType, safe_address};
use crate::http::ConnectionLimits;

/// The reference: every key, its default, its meaning.
pub const DEFAULT: &str = include_str!("../../default.toml");

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
    pub log: Log,
    /// Metrics.
    pub metrics: Metrics,
    /// Spans.
    pub telemetry: Telemetry,
}

/// Section `http`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Address and port.
    pub listen: SocketAddr,
    /// Longest time for one request, in seconds.
    pub request_timeout_seconds: u64,
    /// Largest body, in KiB.
    pub body_limit_kib: usize,
    /// Longest time for a head, in seconds.
    pub head_timeout_seconds: u64,
    /// Longest time for a body, in seconds.
    pub body_timeout_seconds: u64,
    /// Most connections at once.
    pub max_connections: usize,
    /// Most requests at once.
    pub max_concurrent_requests: usize,
    /// Origins of pages that may use the API.
    pub cors_origins: Vec<String>,
    /// Whether the explorer is served.
    pub explorer: bool,
    /// Header with the client's address.
    pub client_address_header: String,
    /// Time that running requests get to end, in seconds.
    pub shutdown_deadline_seconds: u64,
    /// Whether answers tell what they cost in the database.
    pub server_timing: bool,
}

/// Section `database`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    url: SecretString,
    url_file: PathBuf,
    owner_url: SecretString,
    owner_url_file: PathBuf,
    /// Role that gets rights on rows.
    pub app_role: String,
    /// Connections; 0 = twice the processors.
    pub max_connections: u32,
}

/// Section `auth`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Identity providers.
    pub issuers: Vec<Issuer>,
    /// Shortest time between two questions to a provider, in seconds.
    pub keys_at_most_every_seconds: u64,
    /// Age at which keys are asked for again, in seconds.
    pub keys_refresh_after_seconds: u64,
    /// The local issuer.
    pub local: LocalAuth,
}

/// An identity provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// What it may sign with.
    #[serde(default = "usual_algorithms")]
    pub algorithms: Vec<Algorithm>,
    /// What it calls its access tokens.
    #[serde(default)]
    pub token_type: TokenType,
    /// Authorities of its people.
    pub tenants: Vec<String>,
    /// Roles by claim.
    #[serde(default)]
    pub rules: Vec<ClaimRule>,
}

fn usual_algorithms() -> Vec<Algorithm> {
    vec![Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA]
}

/// Section `live`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Live {
    /// Most sockets.
    pub max_sockets: usize,
    /// Most event streams.
    pub max_streams: usize,
    /// Most subscriptions of one socket.
    pub max_subscriptions: usize,
    /// Time for `connection_init`, in seconds.
    pub init_timeout_seconds: u64,
    /// Longest silence, in seconds.
    pub keep_alive_seconds: u64,
    /// Longest time until the outbox is looked at, in seconds.
    pub look_after_seconds: u64,
}

impl Live {
    /// Time for `connection_init`.
    pub const fn init_timeout(&self) -> Duration {
        Duration::from_secs(self.init_timeout_seconds)
    }

    /// Longest silence.
    pub const fn keep_alive(&self) -> Duration {
        Duration::from_secs(self.keep_alive_seconds)
    }

    /// Longest time until the outbox is looked at.
    pub const fn look_after(&self) -> Duration {
        Duration::from_secs(self.look_after_seconds)
    }
}

/// Section `jobs`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobSettings {
    /// How often is looked for what is due, in seconds; 0 = never.
    pub look_every_seconds: u64,
    /// After this time without a sign of life an import is taken up again by anybody, in seconds.
    pub import_lease_seconds: u64,
}

/// Section `external_calendars`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalCalendars {
    /// Whether addresses without TLS are asked.
    pub allow_http: bool,
    /// Addresses of the server's own network that may be asked.
    #[serde(deserialize_with = "addresses")]
    pub allowed_addresses: Vec<IpAddr>,
}

/// Section `auth.local`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalAuth {
    /// Whether its tokens are accepted.
    pub enabled: bool,
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// File of its key.
    pub key_file: PathBuf,
}

/// Section `graphql`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphQl {
    max_depth: usize,
    max_complexity: usize,
    /// Parsed documents that are kept.
    pub document_cache: u64,
    /// Who may ask the schema about itself.
    pub introspection: Introspection,
    /// Budget of an account.
    pub points_per_minute: u32,
    /// Budget of an address.
    pub anonymous_points_per_minute: u32,
}

/// Section `log`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// How lines are written.
    pub format: LogFormat,
    /// Which lines are written.
    pub filter: String,
}

/// Section `metrics`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Address and port of `/metrics`; none = it is not served.
    #[serde(deserialize_with = "address_or_empty")]
    pub listen: Option<SocketAddr>,
    /// Names of operations that are counted one by one.
    #[serde(deserialize_with = "list_or_words")]
    pub operations: Vec<String>,
}

/// Section `telemetry`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// Collector of spans; empty = none.
    pub otlp_endpoint: String,
    /// Share of the traces beginning here that are recorded, 0 to 1.
    pub sample_ratio: f64,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// For people.
    Text,
}

impl Config {
    /// Reads defaults, `file` and environment.
    ///
    /// # Errors
    /// A file cannot be read, a key is unknown, a value has the wrong form; the text names it.
    pub fn load(file: Option<&Path>) -> Result<Self, String> {
        let mut builder =
            config::Config::builder().add_source(config::File::from_str(DEFAULT, config::FileFormat::Toml));
        if let Some(file) = file {
            builder = builder.add_source(config::File::from(file).format(config::FileFormat::Toml));
        }
        let environment = config::Environment::with_prefix("VERBUND")
            .prefix_separator("__")
            .separator("__")
            .try_parsing(true)
            .list_separator(",")
            .with_list_parse_key("http.cors_origins");
        builder = builder.add_source(environment);
        for (variable, key) in [("DATABASE_URL", "database.url"), ("DATABASE_OWNER_URL", "database.owner_url")] {
            if let Some(value) = environment_variable(variable) {
                builder = builder.set_override(key, value).map_err(|error| error.to_string())?;
            }
        }
        builder.build().and_then(config::Config::try_deserialize).map_err(|error| format!("configuration: {error}"))
    }

    /// The embedded defaults with an SQLite file in `folder` and the local issuer on: what `demo` and tests start from.
    ///
    /// # Errors
    /// The embedded defaults are damaged.
    pub fn embedded(folder: &Path) -> Result<Self, String> {
        let mut config: Self = config::Config::builder()
            .add_source(config::File::from_str(DEFAULT, config::FileFormat::Toml))
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(|error| format!("configuration: {error}"))?;
        config.set_database(&format!("sqlite://{}?mode=rwc", folder.join("verbund.db").display()), "");
        config.auth.local.enabled = true;
        config.auth.local.key_file = folder.join("issuer.key");
        config.files.folder = folder.join("files");
        config.http.server_timing = true;
        Ok(config)
    }

    /// Points at another database, as the application uses it and as its owner.
    pub fn set_database(&mut self, url: &str, owner_url: &str) {
        self.database.url = url.to_owned().into();
        self.database.owner_url = owner_url.to_owned().into();
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
        for (key, value, least, most) in [
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
            if !(least..=most).contains(&value) {
                problems.push(format!("{key} is {value}, must be {least} to {most}"));
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
    pub const fn limits(&self) -> Limits {
        Limits { max_depth: self.graphql.max_depth, max_complexity: self.graphql.max_complexity }
    }
}

impl Auth {
    /// Shortest and longest time between two questions to a provider.
    pub const fn pace(&self) -> Pace {
        Pace {
            at_most_every: Duration::from_secs(self.keys_at_most_every_seconds),
            refresh_after: Duration::from_secs(self.keys_refresh_after_seconds),
        }
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut seen: Vec<&str> = if self.local.enabled { vec![&self.local.issuer] } else { Vec::new() };
        for issuer in &self.issuers {
            let name = &issuer.issuer;
            let mut wrong = |what: String| problems.push(format!("auth.issuers {name:?}: {what}"));
            if let Err(why) = safe_address(name) {
                wrong(why);
            }
            if seen.contains(&name.as_str()) {
                wrong("stands there twice".to_owned());
            }
            if issuer.audience.is_empty() {
                wrong("audience must not be empty".to_owned());
            }
            if issuer.tenants.is_empty() {
                wrong("tenants must name at least one authority".to_owned());
            }
            if issuer.algorithms.is_empty() {
                wrong("algorithms must not be empty".to_owned());
            }
            for algorithm in &issuer.algorithms {
                if !usual_algorithms().contains(algorithm)
                    && !matches!(algorithm, Algorithm::RS384 | Algorithm::RS512 | Algorithm::PS384 | Algorithm::PS512)
                {
                    wrong(format!("{algorithm:?} is not a signature with a public key that we verify"));
                }
            }
            for rule in &issuer.rules {
                if !issuer.tenants.contains(&rule.tenant) {
                    wrong(format!("a rule gives a role in {:?}, which is not among its tenants", rule.tenant));
                }
            }
            seen.push(name);
        }
        problems
    }
}

impl Database {
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
        let most = if url.starts_with("sqlite:") { 4 } else { 1_000 };
        Ok(DatabaseSettings { url, max_connections: wanted.min(most) })
    }
}

impl Http {
    /// Longest time for one request.
    pub const fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout_seconds)
    }

    /// Largest body, in bytes.
    pub const fn body_limit(&self) -> usize {
        self.body_limit_kib.saturating_mul(1024)
    }

    /// Longest time for a body.
    pub const fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.body_timeout_seconds)
    }

    /// Limits on connections.
    pub const fn connections(&self) -> ConnectionLimits {
        ConnectionLimits { connections: self.max_connections, head: Duration::from_secs(self.head_timeout_seconds) }
    }

    /// Time that running requests get to end.
    pub const fn shutdown_deadline(&self) -> Duration {
        Duration::from_secs(self.shutdown_deadline_seconds)
    }
}

/// An address and port, or nothing for the empty text.
fn address_or_empty<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(serde::de::Error::custom) }
}

/// A list, or words separated by commas: in the environment there are no lists.
fn list_or_words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        List(Vec<String>),
        Words(String),
    }
    Ok(match Either::deserialize(from)? {
        Either::List(list) => list,
        Either::Words(words) => words.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect(),
    })
}

fn addresses<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpAddr>, D::Error> {
    let read = |it: &String| it.parse().map_err(|_| serde::de::Error::custom(format!("{it:?} is no IP address")));
    list_or_words(from)?.iter().map(read).collect()
}

fn secret(value: &SecretString, file: &Path, key: &str) -> Result<SecretString, String> {
    if file.as_os_str().is_empty() {
        return Ok(value.clone());
    }
    let text = std::fs::read_to_string(file).map_err(|error| format!("{key} {}: {error}", file.display()))?;
    Ok(text.trim().to_owned().into())
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn environment_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|it| !it.is_empty())
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
        assert!(problem.contains("lissten"), "{problem}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn lists_may_be_words_and_addresses_may_be_empty() {
        let read = |text: &str| -> Result<Metrics, toml::de::Error> { toml::from_str(text) };
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
        std::fs::remove_dir_all(folder).unwrap();
    }

    fn tempfile_like() -> PathBuf {
        let folder = std::env::temp_dir().join(format!("verbund-config-{}", kernel::ids::new_id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }
}
