//! Around every request: its id, its trace, and the one line it leaves in the log, however it ended.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use chrono::{DateTime, Utc};
use http_body_util::BodyExt as _;
use kernel::ids::new_id;

use crate::http::headers::{ClientAddress, RequestId, client_address, text};
use crate::http::state::State;
use crate::telemetry::{LiveFields, RequestFields, RequestLine, TraceContext};

/// The peer of a connection that does not say; there is none such.
const UNKNOWN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
/// Status in the log of a request whose client hung up before there was an answer; HTTP has none for it.
const HUNG_UP: u16 = 499;

pub(super) async fn line(Shared(state): Shared<Arc<State>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    // The caller's own id if it is a plain one.
    let request_id = text(request.headers(), "x-request-id")
        .filter(|it| (8..=64).contains(&it.len()))
        .filter(|it| it.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
        .map_or_else(|| new_id().to_string(), str::to_owned);
    let began = state.clock.now();
    let mut trace = trace_context(request.headers());
    if let Some(spans) = &state.spans {
        spans.choose(&mut trace);
    }
    request.extensions_mut().insert(trace.clone());
    request.extensions_mut().insert(RequestId(request_id.clone()));
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(UNKNOWN, |it| it.0);
    let address = client_address(peer, request.headers(), &state.config.http.client_address_header);
    request.extensions_mut().insert(ClientAddress(address));
    let id = HeaderValue::from_str(&request_id);
    let mut record = RequestRecord {
        state,
        request_id,
        trace,
        method: request.method().clone(),
        path: kernel::secret::mask(request.uri().path()).chars().take(200).collect(),
        started,
        began,
        head: None,
        fields: RequestFields::default(),
        live: None,
        bytes: 0,
    };
    let mut response = next.run(request).await;
    record.fields = response.extensions_mut().remove().unwrap_or_default();
    record.live = response.extensions_mut().remove();
    record.head = Some((response.status().as_u16(), started.elapsed()));
    if let Ok(id) = id {
        response.headers_mut().insert("x-request-id", id);
    }
    if let Ok(trace) = HeaderValue::from_str(&record.trace.response()) {
        response.headers_mut().insert("traceresponse", trace);
    }
    // The record ends with the body: when all of it was handed to the connection, or the connection is gone.
    response.map(|body| {
        Body::new(body.inspect_frame(move |frame| {
            // The whole record goes along, not its number alone.
            record.sent(frame.data_ref().map_or(0, |it| it.len() as u64));
        }))
    })
}

/// A request under way; it is logged when this is dropped.
struct RequestRecord {
    state: Arc<State>,
    request_id: String,
    trace: TraceContext,
    method: Method,
    path: String,
    started: Instant,
    began: DateTime<Utc>,
    /// Status of the answer, and the time until its head was there; none where the client did not wait for it.
    head: Option<(u16, Duration)>,
    fields: RequestFields,
    /// Fields of an answer that goes on.
    live: Option<LiveFields>,
    /// Bytes of the body that were handed to the connection.
    bytes: u64,
}

impl RequestRecord {
    /// Counts bytes of the body.
    fn sent(&mut self, bytes: u64) {
        self.bytes += bytes;
    }
}

impl Drop for RequestRecord {
    fn drop(&mut self) {
        let elapsed = self.started.elapsed();
        let (status, head) = self.head.unwrap_or((HUNG_UP, elapsed));
        // Probes come every few seconds and say nothing when all is well.
        if (200..300).contains(&status) && matches!(self.path.as_str(), "/healthz" | "/readyz") {
            return;
        }
        if let Some(live) = &self.live {
            self.fields = live.fields();
        }
        let line = RequestLine {
            request_id: &self.request_id,
            trace_id: &self.trace.trace_id(),
            method: self.method.as_str(),
            path: &self.path,
            status,
            told: &self.fields,
            head,
            elapsed,
            bytes: self.bytes,
        };
        log_request(&self.state, &line, &self.trace, self.began);
    }
}

/// Tells of a request that has ended: log, metrics, spans.
pub(super) fn log_request(state: &State, line: &RequestLine<'_>, trace: &TraceContext, began: DateTime<Utc>) {
    line.write();
    state.metrics.request(line);
    if let Some(spans) = &state.spans {
        spans.record(trace, line, began);
    }
}

fn trace_context(headers: &HeaderMap) -> TraceContext {
    let values = |name| headers.get_all(name).iter().map(|it| it.to_str().unwrap_or_default()).collect::<Vec<_>>();
    TraceContext::of(&values("traceparent"), &values("tracestate"))
}
