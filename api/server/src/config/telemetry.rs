//! Sections `log`, `metrics` and `telemetry`.

use std::net::SocketAddr;

use serde::Deserialize;

use super::read::{address_or_empty, list_or_words};

/// Section `log`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// How lines are written.
    pub format: LogFormat,
    /// Which lines are written.
    pub filter: String,
}

/// Section `metrics`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsSettings {
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
