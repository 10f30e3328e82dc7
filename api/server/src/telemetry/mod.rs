//! Logs, metrics and spans. One line per request, with the fields of [`RequestLine`]; faults are logged once, where they are
//! masked. [`Metrics`] and [`Spans`] are fed from the same line.

mod metrics;
mod request_line;
mod spans;
mod trace_context;

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::config::{Log, LogFormat};

pub use crate::telemetry::metrics::{Metrics, Open};
pub use crate::telemetry::request_line::{Operation, RequestLine, Told};
pub use crate::telemetry::spans::Spans;
pub use crate::telemetry::trace_context::TraceContext;

/// Starts writing logs to standard error. A second call changes nothing.
///
/// # Errors
/// The filter cannot be read.
pub fn start(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|error| format!("log.filter {:?}: {error}", log.filter))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_span_events(FmtSpan::NONE);
    // Fails only when a subscriber is set already.
    let _already = match log.format {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init(),
        LogFormat::Text => builder.compact().try_init(),
    };
    Ok(())
}
