//! Sections `graphql`, `live`, `jobs` and `external_calendars`: operations, subscriptions and work beside requests.

use std::net::IpAddr;
use std::time::Duration;

use graphql_documents::limits::Introspection;
use serde::Deserialize;

use super::read::addresses;

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

/// Section `graphql`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphQl {
    pub(super) max_depth: usize,
    pub(super) max_complexity: usize,
    /// Parsed documents that are kept.
    pub document_cache: u64,
    /// Who may ask the schema about itself.
    pub introspection: Introspection,
    /// Budget of an account.
    pub points_per_minute: u32,
    /// Budget of an address.
    pub anonymous_points_per_minute: u32,
}
