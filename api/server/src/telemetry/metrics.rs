//! Metrics of one server: its own recorder, so that several servers share a process. Names are a contract, listed in
//! ARCHITECTURE.md. Every label has a closed set of values: clients cannot make new ones.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{Counter, Gauge, Key, Label, Level, Metadata, Recorder as _, SharedString};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};
use store::PoolConnections;

use crate::telemetry::RequestLine;

/// Upper bounds of the histogram of durations, in seconds.
const BUCKETS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

const DURATION: &str = "verbund_request_duration_seconds";
const DATABASE: &str = "verbund_database_seconds_total";

/// Where metrics are said to come from.
const FROM: Metadata<'static> = Metadata::new("verbund", Level::INFO, None);

const COUNTERS: [(&str, &str); 7] = [
    ("verbund_requests_total", "Requests by operation and outcome; probes that succeed are left out."),
    ("verbund_statements_total", "SQL statements sent."),
    ("verbund_errors_total", "Top-level errors in answers, by code."),
    ("verbund_user_errors_total", "Answers with user errors, by code."),
    ("verbund_response_bytes_total", "Bytes of response bodies that left, compressed where they were."),
    ("verbund_http_refused_total", "Answers with an HTTP status of 400 and above."),
    ("verbund_live_events_total", "Events sent to subscribers."),
];

const GAUGES: [(&str, &str); 5] = [
    ("verbund_live_sockets", "Open WebSocket connections."),
    ("verbund_live_subscriptions", "Running subscriptions."),
    ("verbund_pool_connections", "Connections to the database, by state."),
    ("verbund_build_info", "Always 1; the label is the version."),
    ("verbund_resident_bytes", "Resident memory of the process."),
];

/// What a server counts. Off, it costs nothing and keeps nothing.
pub struct Metrics {
    recorder: Option<PrometheusRecorder>,
    operations: HashSet<String>,
    statements: Counter,
    bytes: Counter,
    /// In whole microseconds: the counters of the crate know whole numbers only.
    database_micros: AtomicU64,
    events: Counter,
    sockets: Gauge,
    subscriptions: Gauge,
}

/// Something that is open until this is dropped.
#[must_use = "it is counted as closed when this is dropped"]
pub struct Open(Gauge);

impl Metrics {
    /// Counts nothing.
    pub fn off() -> Self {
        Self {
            recorder: None,
            operations: HashSet::new(),
            statements: Counter::noop(),
            bytes: Counter::noop(),
            database_micros: AtomicU64::new(0),
            events: Counter::noop(),
            sockets: Gauge::noop(),
            subscriptions: Gauge::noop(),
        }
    }

    /// Counts; `operations` are the names that get a series of their own.
    ///
    /// [`Self::upkeep`] must be called every few seconds while nobody asks for [`Self::text`].
    ///
    /// # Errors
    /// The buckets are damaged.
    pub fn on(operations: &[String]) -> Result<Self, String> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS)
            .map_err(|error| error.to_string())?
            .build_recorder();
        for (name, help) in COUNTERS {
            recorder.describe_counter(name.into(), None, help.into());
        }
        for (name, help) in GAUGES {
            recorder.describe_gauge(name.into(), None, help.into());
        }
        recorder.describe_histogram(DURATION.into(), None, "Time until the answer was there.".into());
        let version = Label::from_static_parts("version", env!("CARGO_PKG_VERSION"));
        recorder.register_gauge(&Key::from_parts("verbund_build_info", vec![version]), &FROM).set(1.0);
        let counter = |name: &'static str| recorder.register_counter(&Key::from_static_name(name), &FROM);
        let gauge = |name: &'static str| recorder.register_gauge(&Key::from_static_name(name), &FROM);
        Ok(Self {
            statements: counter("verbund_statements_total"),
            bytes: counter("verbund_response_bytes_total"),
            events: counter("verbund_live_events_total"),
            sockets: gauge("verbund_live_sockets"),
            subscriptions: gauge("verbund_live_subscriptions"),
            database_micros: AtomicU64::new(0),
            operations: operations.iter().cloned().collect(),
            recorder: Some(recorder),
        })
    }

    /// Counts a request that has ended.
    pub fn request(&self, line: &RequestLine<'_>) {
        let Some(recorder) = &self.recorder else { return };
        let told = line.told;
        let operation = self.operation(&told.operation.name);
        let kind = if told.operation.kind.is_empty() { "-" } else { told.operation.kind };
        let labels = vec![
            Label::from_static_parts("operation_type", kind),
            Label::new("operation", operation.clone()),
            Label::from_static_parts("outcome", outcome(line.status, &told.errors)),
        ];
        recorder.register_counter(&Key::from_parts("verbund_requests_total", labels), &FROM).increment(1);
        // A subscription lasts as long as somebody watches.
        if kind != "subscription" {
            let labels = vec![Label::new("operation", operation)];
            recorder.register_histogram(&Key::from_parts(DURATION, labels), &FROM).record(line.head.as_secs_f64());
        }
        self.statements.increment(told.statements.into());
        self.bytes.increment(line.bytes);
        let micros = u64::try_from(told.database.as_micros()).unwrap_or(u64::MAX);
        self.database_micros.fetch_add(micros, Ordering::Relaxed);
        for (name, codes) in [("verbund_errors_total", &told.errors), ("verbund_user_errors_total", &told.user_errors)]
        {
            for code in codes.split(',').filter(|it| !it.is_empty()) {
                let labels = vec![Label::new("code", code.to_owned())];
                recorder.register_counter(&Key::from_parts(name, labels), &FROM).increment(1);
            }
        }
        if line.status >= 400 {
            let labels = vec![Label::new("status", line.status.to_string())];
            recorder.register_counter(&Key::from_parts("verbund_http_refused_total", labels), &FROM).increment(1);
        }
    }

    /// A WebSocket connection was opened; it is closed when the guard is dropped.
    pub fn socket(&self) -> Open {
        Open::new(&self.sockets)
    }

    /// A subscription was started; it has ended when the guard is dropped.
    pub fn subscription(&self) -> Open {
        Open::new(&self.subscriptions)
    }

    /// An event was sent to a subscriber.
    pub fn event(&self) {
        self.events.increment(1);
    }

    /// Moves what was measured into its buckets; without it, durations are kept one by one until somebody asks.
    pub fn upkeep(&self) {
        if let Some(recorder) = &self.recorder {
            recorder.handle().run_upkeep();
        }
    }

    /// Everything in the text format of Prometheus, version 0.0.4; empty when off.
    pub fn text(&self, pool: PoolConnections) -> String {
        let Some(recorder) = &self.recorder else { return String::new() };
        for (state, count) in [("idle", pool.idle), ("used", pool.used)] {
            let key = Key::from_parts("verbund_pool_connections", vec![Label::from_static_parts("state", state)]);
            recorder.register_gauge(&key, &FROM).set(u32::try_from(count).unwrap_or(u32::MAX));
        }
        if let Some(bytes) = resident_bytes() {
            recorder.register_gauge(&Key::from_static_name("verbund_resident_bytes"), &FROM).set(bytes);
        }
        let mut text = recorder.handle().render();
        let micros = self.database_micros.load(Ordering::Relaxed);
        let _ = writeln!(
            text,
            "# HELP {DATABASE} Time in which at least one SQL statement of a request was awaited.\n# TYPE {DATABASE} counter\n{DATABASE} {}.{:06}",
            micros / 1_000_000,
            micros % 1_000_000
        );
        text
    }

    /// The name of an operation if it is one of the configured, else `other`; nothing when it has none.
    fn operation(&self, name: &str) -> SharedString {
        match name {
            "" => SharedString::const_str(""),
            known if self.operations.contains(known) => SharedString::from_owned(known.to_owned()),
            _ => SharedString::const_str("other"),
        }
    }
}

impl Open {
    fn new(gauge: &Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// How a request ended.
fn outcome(status: u16, errors: &str) -> &'static str {
    match status {
        500.. => "failed",
        400..500 => "refused",
        _ if errors.is_empty() => "ok",
        _ => "errors",
    }
}

/// Resident memory of this process, where the system tells it in `/proc`.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
    let kib: u32 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(f64::from(kib) * 1024.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::telemetry::{RequestFields, RequestOperation};

    fn request(metrics: &Metrics, status: u16, name: &str, errors: &str) {
        let told = RequestFields {
            actor: "person",
            operation: RequestOperation { kind: "query", name: name.to_owned() },
            errors: errors.to_owned(),
            user_errors: if errors.is_empty() { String::new() } else { "FORBIDDEN,INVALID".to_owned() },
            statements: 3,
            database: Duration::from_micros(1_500),
        };
        let (head, elapsed) = (Duration::from_millis(20), Duration::from_secs(3));
        let (request_id, trace_id, method, path, told) = ("a-request", "a-trace", "POST", "/graphql", &told);
        metrics.request(&RequestLine { request_id, trace_id, method, path, status, told, head, elapsed, bytes: 9 });
    }

    fn has(metrics: &Metrics, line: &str) {
        let text = metrics.text(PoolConnections { idle: 2, used: 1 });
        assert!(text.lines().any(|it| it == line), "{line} is missing:\n{text}");
    }

    #[test]
    fn requests_are_counted_by_configured_operations_only() {
        let metrics = Metrics::on(&["Month".to_owned()]).unwrap();
        request(&metrics, 200, "Month", "");
        request(&metrics, 200, "Month", "");
        for name in 0..50 {
            request(&metrics, 200, &format!("Invented{name}"), "BAD_USER_INPUT,UNAVAILABLE");
        }
        request(&metrics, 503, "", "");
        request(&metrics, 401, "", "UNAUTHENTICATED");
        has(&metrics, r#"verbund_requests_total{operation_type="query",operation="Month",outcome="ok"} 2"#);
        has(&metrics, r#"verbund_requests_total{operation_type="query",operation="other",outcome="errors"} 50"#);
        has(&metrics, r#"verbund_requests_total{operation_type="query",operation="",outcome="failed"} 1"#);
        has(&metrics, r#"verbund_requests_total{operation_type="query",operation="",outcome="refused"} 1"#);
        has(&metrics, r#"verbund_request_duration_seconds_bucket{operation="Month",le="0.01"} 0"#);
        has(&metrics, r#"verbund_request_duration_seconds_bucket{operation="Month",le="0.025"} 2"#);
        has(&metrics, r#"verbund_request_duration_seconds_count{operation="other"} 50"#);
        has(&metrics, r#"verbund_errors_total{code="UNAVAILABLE"} 50"#);
        has(&metrics, r#"verbund_user_errors_total{code="FORBIDDEN"} 51"#);
        has(&metrics, "verbund_response_bytes_total 486");
        has(&metrics, r#"verbund_http_refused_total{status="401"} 1"#);
        has(&metrics, "verbund_statements_total 162");
        has(&metrics, "verbund_database_seconds_total 0.081000");
        has(&metrics, r#"verbund_pool_connections{state="used"} 1"#);
        has(&metrics, &format!("verbund_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION")));
        let text = metrics.text(PoolConnections::default());
        assert!(!text.contains("Invented"), "clients cannot make series:\n{text}");
    }

    #[test]
    fn what_is_open_is_closed_when_its_guard_is_dropped() {
        let metrics = Metrics::on(&[]).unwrap();
        let (one, two) = (metrics.socket(), metrics.socket());
        let subscription = metrics.subscription();
        metrics.event();
        has(&metrics, "verbund_live_sockets 2");
        has(&metrics, "verbund_live_subscriptions 1");
        has(&metrics, "verbund_live_events_total 1");
        drop((one, two, subscription));
        has(&metrics, "verbund_live_sockets 0");
        has(&metrics, "verbund_live_subscriptions 0");
    }

    #[test]
    fn off_is_silent() {
        let metrics = Metrics::off();
        request(&metrics, 200, "Month", "");
        let _open = metrics.socket();
        assert_eq!(metrics.text(PoolConnections::default()), "");
    }
}
