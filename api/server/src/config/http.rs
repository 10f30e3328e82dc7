//! Section `http`.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;

use super::read::address;
use crate::http::ConnectionLimits;

/// Section `http`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Address and port.
    #[serde(deserialize_with = "address")]
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
    /// Whether pages of this machine may use the API, whatever their port.
    pub cors_local: bool,
    /// Whether the explorer is served.
    pub explorer: bool,
    /// Header with the client's address.
    pub client_address_header: String,
    /// Time that running requests get to end, in seconds.
    pub shutdown_deadline_seconds: u64,
    /// Whether answers tell what they cost in the database.
    pub server_timing: bool,
}

impl Http {
    /// Whether pages of an origin may use the API.
    pub fn allows_origin(&self, origin: &str) -> bool {
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        let name = host
            .rsplit_once(':')
            .map_or(host, |(name, port)| if port.bytes().all(|it| it.is_ascii_digit()) { name } else { host });
        let is_local = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
        self.cors_origins.iter().any(|it| it == origin) || (self.cors_local && is_local)
    }

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
