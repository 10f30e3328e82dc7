//! Logs, metrics and spans. One line per request, with the fields of [`RequestLine`]; faults are logged once, where
//! they are masked for the client, with `request_id` and their text. [`Metrics`] and [`Spans`] are fed from the same
//! line.
//!
//! **Request line.** One JSON line per request to standard error (target `verbund::request`), also for refused, cut
//! and panicked requests. Successful probes are left out. It never contains variables, literals, names of people,
//! tokens or addresses.
//!
//! | field | meaning |
//! |---|---|
//! | `request_id` | also in `x-request-id`, in every error and in audit rows; a plain one of the caller is kept |
//! | `trace_id` | of the caller's `traceparent` (W3C Trace Context), or a new one; also in the header `traceresponse`. Callers choose it: no decision depends on it |
//! | `method`, `path`, `status` | of HTTP; the path without query string, and without the secret of a feed |
//! | `actor` | `anonymous`, `person`, `feed`, `-` |
//! | `operation_type`, `operation_name` | `query`, `mutation`, `subscription`, `-`; the name as the client chose it |
//! | `errors` | codes of top-level errors, separated by commas |
//! | `user_errors` | codes of `userErrors`, and of `reason` in top-level errors, each once, separated by commas |
//! | `statements`, `database_ms` | SQL statements, and the time in which at least one of them was awaited: never more than `elapsed_ms` |
//! | `head_ms`, `elapsed_ms` | time until the head of the answer was there, and until its body had left or the client was gone |
//! | `bytes` | bytes of the body that left, compressed where it was |
//!
//! A request whose client hangs up before there is an answer has the status 499. The line is written when the answer
//! has ended: that of an event stream when the stream ends.
//!
//! **Metrics.** `/metrics` has a listener of its own (`metrics.listen`; off by default). Every label has a closed set
//! of values.
//!
//! | name | labels | value |
//! |---|---|---|
//! | `verbund_requests_total` | `operation_type`, `operation`, `outcome` | requests; `outcome` is `ok`, `errors` (executed), `refused` (4xx), `failed` (5xx) |
//! | `verbund_request_duration_seconds` | `operation` | histogram of `head_ms`, 1 ms to 10 s, without subscriptions |
//! | `verbund_statements_total`, `verbund_database_seconds_total` | | SQL statements, and the time in which at least one of a request was awaited |
//! | `verbund_errors_total` | `code` | top-level errors in answers |
//! | `verbund_user_errors_total` | `code` | answers with `userErrors`, or top-level errors with a `reason` |
//! | `verbund_response_bytes_total` | | bytes of bodies that left |
//! | `verbund_http_refused_total` | `status` | answers with 400 and above |
//! | `verbund_live_sockets`, `verbund_live_subscriptions` | | open now |
//! | `verbund_live_events_total` | | events sent to subscribers |
//! | `verbund_pool_connections` | `state` | connections to the database, `idle` or `used` |
//! | `verbund_build_info` | `version` | 1 |
//! | `verbund_resident_bytes` | | memory of the process, on Linux |
//!
//! `operation` is a name listed in `metrics.operations`, else `other`, empty where the operation has none.
//!
//! **Spans.** With `telemetry.otlp_endpoint` set, each request is one span, sent in batches over OTLP (protobuf in
//! HTTP) beside the requests; when the collector is unreachable, only spans are lost. The name is `query Name` or
//! `METHOD /path`; the attributes are `http.request.method`, `http.response.status_code`, `graphql.operation.type`,
//! `graphql.operation.name`, `verbund.request_id`, `verbund.statements`, `error.type`. The span of `traceresponse` is
//! this one; an operation on a socket is a child of the request that opened the socket. The caller decides whether a
//! trace is recorded (`traceparent`); `telemetry.sample_ratio` decides for traces that begin here.

mod metrics;
mod request_line;
mod spans;
mod trace_context;

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::config::{LogFormat, LogSettings};

pub use crate::telemetry::metrics::{Metrics, Open};
pub use crate::telemetry::request_line::{LiveFields, RequestFields, RequestLine, RequestOperation};
pub use crate::telemetry::spans::Spans;
pub use crate::telemetry::trace_context::TraceContext;

/// Starts writing logs to standard error. A second call changes nothing.
///
/// # Errors
/// The filter cannot be read.
pub fn start(log: &LogSettings) -> Result<(), String> {
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
