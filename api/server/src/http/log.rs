//! Around every request: its id, its trace, and the one line it leaves in the log, however it ended.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::body::HttpBody as _;
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use chrono::{DateTime, Utc};
use kernel::ids::new_id;

use crate::http::headers::{ClientAddress, RequestId, client_address, text};
use crate::http::state::State;
use crate::telemetry::{RequestFields, RequestLine, TraceContext};

/// The peer of a connection that does not say; there is none such.
const UNKNOWN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

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
    let trace_id = trace.trace_id();
    request.extensions_mut().insert(trace.clone());
    request.extensions_mut().insert(RequestId(request_id.clone()));
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(UNKNOWN, |it| it.0);
    let address = client_address(peer, request.headers(), &state.config.http.client_address_header);
    request.extensions_mut().insert(ClientAddress(address));
    let method = request.method().clone();
    let path: String = kernel::secret::mask(request.uri().path()).chars().take(200).collect();
    let mut response = next.run(request).await;
    let told = response.extensions_mut().remove::<RequestFields>().unwrap_or_default();
    // Probes come every few seconds and say nothing when all is well.
    if !(response.status().is_success() && matches!(path.as_str(), "/healthz" | "/readyz")) {
        let line = RequestLine {
            request_id: &request_id,
            trace_id: &trace_id,
            method: method.as_str(),
            path: &path,
            status: response.status().as_u16(),
            told: &told,
            elapsed: started.elapsed(),
            bytes: response.body().size_hint().exact().unwrap_or_default(),
        };
        log_request(&state, &line, &trace, began);
    }
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    if let Ok(trace) = HeaderValue::from_str(&trace.response()) {
        response.headers_mut().insert("traceresponse", trace);
    }
    response
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
