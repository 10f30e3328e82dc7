//! One span per request, sent to a collector (OTLP over HTTP) in batches from a thread of its own. A collector that is
//! slow or away costs spans, never requests.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SpanData, SpanEvents, SpanLinks, SpanProcessor as _};

use crate::config::Telemetry;
use crate::telemetry::{RequestLine, TraceContext};

/// Longest wait for the collector to take one batch.
const PATIENCE: Duration = Duration::from_secs(3);

/// Longest wait at the end of the server for what was not sent yet.
const LAST_PATIENCE: Duration = Duration::from_secs(3);

/// Where spans of a server go.
pub struct Spans {
    processor: Arc<BatchSpanProcessor>,
    scope: InstrumentationScope,
    ratio: f64,
}

impl Spans {
    /// Starts sending to the configured collector; none where none is configured. Nothing is asked of it yet.
    ///
    /// # Errors
    /// The address cannot be read.
    pub fn start(telemetry: &Telemetry) -> Result<Option<Self>, String> {
        if telemetry.otlp_endpoint.is_empty() {
            return Ok(None);
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{}/v1/traces", telemetry.otlp_endpoint.trim_end_matches('/')))
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| format!("telemetry.otlp_endpoint {}: {error}", telemetry.otlp_endpoint))?;
        let mut processor = BatchSpanProcessor::builder(exporter).build();
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder_empty().with_service_name("verbund").with_attribute(version).build();
        processor.set_resource(&resource);
        let scope = InstrumentationScope::builder("verbund").with_version(env!("CARGO_PKG_VERSION")).build();
        Ok(Some(Self { processor: Arc::new(processor), scope, ratio: telemetry.sample_ratio }))
    }

    /// Decides whether a trace that begins here is recorded; for others the caller has decided.
    pub fn choose(&self, trace: &mut TraceContext) {
        if trace.parent.is_none() {
            trace.sampled = share(&trace.trace) < self.ratio;
        }
    }

    /// Hands over the span of a request that began at `began` and has ended.
    pub fn record(&self, trace: &TraceContext, line: &RequestLine<'_>, began: DateTime<Utc>) {
        if !trace.sampled {
            return;
        }
        let state = trace.state.parse().unwrap_or(TraceState::NONE);
        let (trace_id, span_id) = (TraceId::from_bytes(trace.trace), SpanId::from_bytes(trace.span));
        self.processor.on_end(SpanData {
            span_context: SpanContext::new(trace_id, span_id, TraceFlags::SAMPLED, false, state),
            parent_span_id: trace.parent.map_or(SpanId::INVALID, SpanId::from_bytes),
            parent_span_is_remote: trace.parent.is_some(),
            span_kind: SpanKind::Server,
            name: name(line).into(),
            start_time: began.into(),
            end_time: (began + line.elapsed).into(),
            attributes: attributes(line),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: status(line),
            instrumentation_scope: self.scope.clone(),
        });
    }

    /// Sends what is left, for a few seconds at most.
    pub async fn finish(&self) {
        let processor = self.processor.clone();
        let sent = tokio::task::spawn_blocking(move || processor.shutdown_with_timeout(LAST_PATIENCE)).await;
        if !matches!(sent, Ok(Ok(()))) {
            tracing::warn!("the last spans did not reach the collector");
        }
    }
}

/// Where a trace lies from 0 to below 1, by its last six bytes: in ids of version 4 they are random, and a float holds
/// them exactly.
fn share(trace: &[u8; 16]) -> f64 {
    let number = trace[10..].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    number as f64 / (1_u64 << 48) as f64
}

fn name(line: &RequestLine<'_>) -> String {
    let operation = &line.told.operation;
    match (operation.kind, operation.name.as_str()) {
        ("" | "-", _) => format!("{} {}", line.method, line.path),
        (kind, "") => kind.to_owned(),
        (kind, name) => format!("{kind} {name}"),
    }
}

/// As in the request line: nothing about persons, no variables.
fn attributes(line: &RequestLine<'_>) -> Vec<KeyValue> {
    let told = line.told;
    let mut attributes = vec![
        KeyValue::new("http.request.method", line.method.to_owned()),
        KeyValue::new("http.response.status_code", i64::from(line.status)),
        KeyValue::new("verbund.request_id", line.request_id.to_owned()),
        KeyValue::new("verbund.statements", i64::from(told.statements)),
    ];
    if !matches!(told.operation.kind, "" | "-") {
        attributes.push(KeyValue::new("graphql.operation.type", told.operation.kind));
        attributes.push(KeyValue::new("graphql.operation.name", told.operation.name.clone()));
    }
    if !told.errors.is_empty() {
        attributes.push(KeyValue::new("error.type", told.errors.clone()));
    }
    attributes
}

/// An error is what is our fault, not the caller's.
fn status(line: &RequestLine<'_>) -> Status {
    let ours = line.told.errors.split(',').any(|it| matches!(it, "INTERNAL_SERVER_ERROR" | "UNAVAILABLE"));
    if ours || line.status >= 500 { Status::error(line.told.errors.clone()) } else { Status::Unset }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::{RequestFields, RequestOperation};

    fn line(fields: &RequestFields, status: u16) -> RequestLine<'_> {
        let (request_id, trace_id, method, path) = ("a-request", "a-trace", "POST", "/graphql");
        let (head, elapsed) = (Duration::ZERO, Duration::ZERO);
        RequestLine { request_id, trace_id, method, path, status, told: fields, head, elapsed, bytes: 9 }
    }

    #[test]
    fn a_span_says_what_the_request_line_says() {
        let mut told = RequestFields::default();
        assert_eq!((name(&line(&told, 401)), status(&line(&told, 401))), ("POST /graphql".to_owned(), Status::Unset));
        told.operation = RequestOperation { kind: "query", name: String::new() };
        assert_eq!(name(&line(&told, 200)), "query");
        told.operation.name = "Month".to_owned();
        told.actor = "person";
        assert_eq!(name(&line(&told, 200)), "query Month");
        told.errors = "UNAVAILABLE".to_owned();
        assert_eq!(status(&line(&told, 200)), Status::error("UNAVAILABLE"));
        let found: Vec<_> = attributes(&line(&told, 200)).into_iter().map(|it| it.key.to_string()).collect();
        let expected = [
            "http.request.method",
            "http.response.status_code",
            "verbund.request_id",
            "verbund.statements",
            "graphql.operation.type",
            "graphql.operation.name",
            "error.type",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn new_traces_are_chosen_evenly() {
        let chosen = (0..2_000).filter(|_| share(&kernel::ids::random_trace_id()) < 0.25).count();
        assert!((350..650).contains(&chosen), "{chosen} of 2000");
        assert!(share(&[0xff; 16]) < 1.0 && share(&[0; 16]) >= 0.0);
    }
}
