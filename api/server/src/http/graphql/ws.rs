//! The socket: `graphql-transport-ws`, with every close code of the protocol.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::State as Shared;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::{SinkExt as _, StreamExt as _};
use kernel::error::TopLevelCode;
use kernel::i18n::{Locale, Text};
use kernel::ids::new_id;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::http::graphql::ask::{Ask, RequestRefusal};
use crate::http::graphql::run::Caller;
use crate::http::graphql::sse::{end_of, sleep};
use crate::http::graphql::{reply, run};
use crate::http::headers::{ClientAddress, RequestId, text};
use crate::http::state::State;
use crate::http::{log, problem};
use crate::telemetry::{RequestFields, RequestLine, TraceContext};

/// The one subprotocol.
const PROTOCOL: &str = "graphql-transport-ws";
/// Buffers of a connection, in bytes; larger messages make them grow.
const BUFFER: usize = 4 * 1024;
/// How many times the limit a message may have and still be answered with a word.
const TOO_LARGE: usize = 4;
/// Answers of operations that wait for a slow client.
const WAITING: usize = 8;
/// Longest time for a client to take one message.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);
/// Longest id of an operation.
const MAX_ID: usize = 128;

/// Why a socket is closed: code and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Close(u16, &'static str);

impl Close {
    const GOING_AWAY: Self = Self(1001, "The server stops");
    const TOO_LARGE: Self = Self(1009, "The message is too large");
    const BAD: Self = Self(4400, "Invalid message");
    const UNAUTHORIZED: Self = Self(4401, "Unauthorized");
    const FORBIDDEN: Self = Self(4403, "Forbidden");
    const EXPIRED: Self = Self(4403, "The access token has expired");
    const PROTOCOL: Self = Self(4406, "Subprotocol not acceptable");
    const NO_INIT: Self = Self(4408, "Connection initialisation timeout");
    const TWICE: Self = Self(4409, "Subscriber already exists");
    const INIT_AGAIN: Self = Self(4429, "Too many initialisation requests");
    const INTERNAL: Self = Self(4500, "Internal server error");
}

/// What a client may send.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum FromClient {
    ConnectionInit {
        #[serde(default)]
        payload: Option<Value>,
    },
    Ping {
        #[serde(default)]
        payload: Option<Value>,
    },
    Pong {},
    Subscribe {
        id: String,
        payload: Value,
    },
    Complete {
        id: String,
    },
}

/// `GET /graphql/ws`.
pub(in crate::http) async fn upgrade(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    Extension(trace): Extension<TraceContext>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !is_known_origin(&state, &headers) {
        return problem(StatusCode::FORBIDDEN, Text::new("http-socket-origin"));
    }
    let Ok(permit) = state.sockets.clone().try_acquire_owned() else {
        return problem(StatusCode::SERVICE_UNAVAILABLE, Text::new("http-sockets-open"));
    };
    let locale = Locale::negotiate(text(&headers, header::ACCEPT_LANGUAGE.as_str()));
    let authorization = text(&headers, header::AUTHORIZATION.as_str()).map(str::to_owned);
    let limit = state.config.http.body_limit();
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_write_buffer_size(limit.saturating_mul(16))
        // What is a little too large is read and refused in words; what is much too large ends the connection.
        .max_message_size(limit.saturating_mul(TOO_LARGE))
        .max_frame_size(limit.saturating_mul(TOO_LARGE));
    let agreed = upgrade.selected_protocol().is_some();
    let served = state.served.token();
    upgrade
        .on_upgrade(move |socket| async move {
            let _held = (permit, served, state.metrics.socket());
            let (outgoing, waiting) = mpsc::channel(WAITING);
            let connection = SocketConnection {
                state,
                address,
                locale,
                request_id,
                trace,
                authorization,
                caller: None,
                running: HashMap::new(),
                tasks: JoinSet::new(),
                next: 0,
                outgoing,
            };
            connection.run(socket, waiting, agreed).await;
        })
        .into_response()
}

/// Whether the page behind the request may use the API. Clients that are no browsers send no origin.
fn is_known_origin(state: &State, headers: &HeaderMap) -> bool {
    let Some(origin) = text(headers, header::ORIGIN.as_str()) else { return !headers.contains_key(header::ORIGIN) };
    let host = text(headers, header::HOST.as_str()).unwrap_or_default();
    let own = origin.split_once("://").is_some_and(|(_, rest)| rest == host);
    own || state.config.http.allows_origin(origin)
}

/// A message of an operation, with the number of its run: an id may be used again.
struct Outgoing {
    id: String,
    run: u64,
    message: Value,
    last: bool,
}

/// One socket.
struct SocketConnection {
    state: Arc<State>,
    address: std::net::IpAddr,
    locale: Locale,
    request_id: String,
    /// Of the request that opened the socket.
    trace: TraceContext,
    /// Of the request that opened the socket; what `connection_init` says wins.
    authorization: Option<String>,
    /// Who it is, once acknowledged.
    caller: Option<Caller>,
    /// Operations by the client's id.
    running: HashMap<String, (u64, tokio::task::AbortHandle)>,
    tasks: JoinSet<()>,
    next: u64,
    outgoing: mpsc::Sender<Outgoing>,
}

impl SocketConnection {
    async fn run(mut self, socket: WebSocket, mut waiting: mpsc::Receiver<Outgoing>, agreed: bool) {
        let (mut sink, mut stream) = socket.split();
        let mut close = (!agreed).then_some(Close::PROTOCOL);
        let live = &self.state.config.live;
        let mut alive = tokio::time::interval(live.keep_alive());
        alive.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut deadline = Box::pin(sleep(Some(live.init_timeout())));
        let stopping = self.state.stopping.clone();
        while close.is_none() {
            let message = tokio::select! {
                () = stopping.cancelled() => {
                    close = Some(Close::GOING_AWAY);
                    None
                }
                () = &mut deadline => {
                    close = Some(if self.caller.is_some() { Close::EXPIRED } else { Close::NO_INIT });
                    None
                }
                Some(ended) = self.tasks.join_next(), if !self.tasks.is_empty() => {
                    if ended.is_err_and(|it| it.is_panic()) {
                        tracing::error!(request_id = self.request_id, "an operation on a socket panicked");
                        close = Some(Close::INTERNAL);
                    }
                    None
                }
                Some(outgoing) = waiting.recv() => self.pass(outgoing),
                _ = alive.tick() => Some(Message::Ping(Default::default())),
                received = stream.next() => match received {
                    None | Some(Ok(Message::Close(_))) => return,
                    // The library answers pings itself.
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => None,
                    Some(Ok(Message::Binary(_))) => {
                        close = Some(Close::BAD);
                        None
                    }
                    Some(Ok(Message::Text(text))) if text.len() > self.state.config.http.body_limit() => {
                        close = Some(Close::TOO_LARGE);
                        None
                    }
                    Some(Ok(Message::Text(text))) => {
                        let was_known = self.caller.is_some();
                        match self.receive(text.as_str()).await {
                            Ok(answer) => {
                                if !was_known && let Some(caller) = &self.caller {
                                    deadline = Box::pin(sleep(end_of(&self.state, caller)));
                                }
                                answer.map(|it| Message::Text(it.to_string().into()))
                            }
                            Err(why) => {
                                close = Some(why);
                                None
                            }
                        }
                    }
                    Some(Err(_broken)) => return,
                },
            };
            if let Some(message) = message
                && !matches!(tokio::time::timeout(SEND_TIMEOUT, sink.send(message)).await, Ok(Ok(())))
            {
                return;
            }
        }
        if let Some(Close(code, reason)) = close {
            let frame = CloseFrame { code, reason: reason.into() };
            let say_it = async {
                sink.send(Message::Close(Some(frame))).await?;
                // The other side answers with a close of its own; then the connection ends in order.
                while let Some(Ok(_)) = stream.next().await {}
                Ok::<_, axum::Error>(())
            };
            let _gone = tokio::time::timeout(SEND_TIMEOUT.min(Duration::from_secs(2)), say_it).await;
        }
    }

    /// What goes to the client of what an operation says; nothing after it was completed.
    fn pass(&mut self, outgoing: Outgoing) -> Option<Message> {
        let (run, _) = self.running.get(&outgoing.id)?;
        if *run != outgoing.run {
            return None;
        }
        if outgoing.last {
            self.running.remove(&outgoing.id);
        }
        Some(Message::Text(outgoing.message.to_string().into()))
    }

    async fn receive(&mut self, text: &str) -> Result<Option<Value>, Close> {
        match serde_json::from_str(text).map_err(|_| Close::BAD)? {
            FromClient::ConnectionInit { payload } => {
                if self.caller.is_some() {
                    return Err(Close::INIT_AGAIN);
                }
                self.init(payload).await?;
                Ok(Some(json!({ "type": "connection_ack" })))
            }
            FromClient::Ping { payload } => Ok(Some(match payload {
                Some(payload) => json!({ "type": "pong", "payload": payload }),
                None => json!({ "type": "pong" }),
            })),
            FromClient::Pong {} => Ok(None),
            FromClient::Subscribe { id, payload } => {
                let Some(caller) = self.caller.clone() else { return Err(Close::UNAUTHORIZED) };
                if id.is_empty() || id.len() > MAX_ID || !payload.is_object() {
                    return Err(Close::BAD);
                }
                if self.running.contains_key(&id) {
                    return Err(Close::TWICE);
                }
                let max = self.state.config.live.max_subscriptions;
                if self.running.len() >= max {
                    let text = Text::new("request-socket-operations").with("max", max);
                    let refusal = RequestRefusal::new(StatusCode::BAD_REQUEST, TopLevelCode::CostExceeded, text);
                    return Ok(Some(error(&id, &refusal.errors(&self.request_id, self.locale))));
                }
                self.start(caller, id, payload);
                Ok(None)
            }
            FromClient::Complete { id } => {
                if let Some((_, task)) = self.running.remove(&id) {
                    task.abort();
                }
                Ok(None)
            }
        }
    }

    /// Learns who it is: from `payload.Authorization`, or from the header of the request that opened the socket.
    async fn init(&mut self, payload: Option<Value>) -> Result<(), Close> {
        let said = match &payload {
            None | Some(Value::Null) => None,
            Some(Value::Object(payload)) => {
                let found = payload.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
                match found.map(|(_, value)| value) {
                    None | Some(Value::Null) => None,
                    Some(Value::String(text)) => Some(text.clone()),
                    Some(_) => return Err(Close::FORBIDDEN),
                }
            }
            Some(_) => return Err(Close::BAD),
        };
        let authorization = said.or_else(|| self.authorization.take());
        let known =
            Caller::with(&self.state, Ok(authorization.as_deref()), self.address, self.locale, &self.request_id).await;
        match known {
            Ok(caller) => {
                self.caller = Some(caller);
                Ok(())
            }
            Err(refusal) if refusal.is_expired() => Err(Close::EXPIRED),
            Err(refusal) if refusal.code == TopLevelCode::Unauthenticated => Err(Close::FORBIDDEN),
            Err(_) => Err(Close::INTERNAL),
        }
    }

    fn start(&mut self, caller: Caller, id: String, payload: Value) {
        self.next += 1;
        let run = self.next;
        let (state, outgoing) = (self.state.clone(), self.outgoing.clone());
        let operation = SocketOperation { id: id.clone(), run, trace: self.trace.child(), outgoing };
        let task = self.tasks.spawn(operation.run(state, caller, payload));
        self.running.insert(id, (run, task));
    }
}

/// One operation on a socket.
struct SocketOperation {
    id: String,
    run: u64,
    trace: TraceContext,
    outgoing: mpsc::Sender<Outgoing>,
}

impl SocketOperation {
    async fn run(self, state: Arc<State>, caller: Caller, payload: Value) {
        let (started, began) = (Instant::now(), state.clock.now());
        let request_id = new_id().to_string();
        let mut told = RequestFields { actor: caller.actor.kind(), ..RequestFields::default() };
        let bytes = self.answer(&state, &caller, payload, &request_id, &mut told).await;
        let elapsed = started.elapsed();
        let line = RequestLine {
            request_id: &request_id,
            trace_id: &self.trace.trace_id(),
            method: "WS",
            path: "/graphql/ws",
            status: StatusCode::OK.as_u16(),
            told: &told,
            head: elapsed,
            elapsed,
            bytes,
        };
        log::log_request(&state, &line, &self.trace, began);
    }

    /// Sends what the operation comes to; how many bytes.
    async fn answer(
        &self,
        state: &Arc<State>,
        caller: &Caller,
        payload: Value,
        request_id: &str,
        fields: &mut RequestFields,
    ) -> u64 {
        let prepared = Ask::from_value(payload).and_then(|ask| run::prepare(state, caller, ask, request_id));
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(refusal) => {
                refusal.code.name().clone_into(&mut fields.errors);
                return self.send(error(&self.id, &refusal.errors(request_id, caller.locale)), true).await;
            }
        };
        fields.operation = prepared.operation.clone();
        let op = prepared.op.clone();
        let mut bytes = 0;
        if prepared.operation.is_subscription() {
            let spending = prepared.spending.clone();
            let _running = state.metrics.subscription();
            let mut events = state.schema.execute_stream(prepared.request);
            while let Some(response) = events.next().await {
                // Whatever was read for the event is ended before it is sent: a slow client holds no connection.
                let result = run::finish(response, &op, &spending).await;
                fields.errors = run::outcome(&result);
                run::note(fields, &op);
                state.metrics.event();
                match self.next(result, (request_id, caller.locale)).await {
                    Ok(sent) => bytes += sent,
                    Err(sent) => return bytes + sent,
                }
            }
        } else {
            let result = run::execute(state, prepared, fields).await;
            fields.errors = run::outcome(&result);
            match self.next(result, (request_id, caller.locale)).await {
                Ok(sent) => bytes += sent,
                Err(sent) => return sent,
            }
        }
        bytes + self.send(json!({ "id": self.id, "type": "complete" }), true).await
    }

    /// Sends one answer: `next` for what was executed, `error` (which is the end) for what was not.
    async fn next(
        &self,
        result: Result<async_graphql::Response, RequestRefusal>,
        (request_id, locale): (&str, Locale),
    ) -> Result<u64, u64> {
        match result {
            Ok(response) if reply::executed(&response) => {
                let message = json!({ "id": self.id, "type": "next", "payload": response });
                Ok(self.send(message, false).await)
            }
            Ok(response) => {
                Err(self.send(json!({ "id": self.id, "type": "error", "payload": response.errors }), true).await)
            }
            Err(refusal) => Err(self.send(error(&self.id, &refusal.errors(request_id, locale)), true).await),
        }
    }

    async fn send(&self, message: Value, last: bool) -> u64 {
        let bytes = message.to_string().len() as u64;
        let outgoing = Outgoing { id: self.id.clone(), run: self.run, message, last };
        // The socket may be gone.
        let _gone = self.outgoing.send(outgoing).await;
        bytes
    }
}

fn error(id: &str, errors: &[Value]) -> Value {
    json!({ "id": id, "type": "error", "payload": errors })
}
