//! Clients of live events: the socket and the event stream.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// The longest that a test waits for something that must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A socket that speaks `graphql-transport-ws`.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The subprotocol that the server chose.
    pub protocol: Option<String>,
}

impl Socket {
    /// Opens a socket at `base` (`http://…`) with headers of its own.
    ///
    /// # Errors
    /// The status, when the server refuses.
    pub async fn open(base: &str, protocols: Option<&str>, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let url = format!("{}/graphql/ws", base.replacen("http", "ws", 1));
        let mut request = url.into_client_request().expect("an address");
        if let Some(protocols) = protocols {
            request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_str(protocols).expect("a header"));
        }
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).expect("a header"));
        }
        match connect_async(request).await {
            Ok((stream, response)) => {
                let protocol = response.headers().get("sec-websocket-protocol");
                let protocol = protocol.map(|it| it.to_str().expect("text").to_owned());
                Ok(Self { stream, protocol })
            }
            // The client insists on a subprotocol; what the server sent with it is not looked at.
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Opens a socket and waits until it is acknowledged.
    pub async fn init(base: &str, token: Option<&str>) -> Self {
        let mut socket = Self::open(base, Some("graphql-transport-ws"), &[]).await.expect("a socket");
        let payload = token.map(|it| json!({ "Authorization": format!("Bearer {it}") }));
        socket.send(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.receive().await, json!({ "type": "connection_ack" }));
        socket
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Value) {
        self.send_text(message.to_string()).await;
    }

    /// Sends text, whatever it is.
    pub async fn send_text(&mut self, text: String) {
        // The server may have closed already; what it said is read next.
        let _gone = self.stream.send(Message::Text(text.into())).await;
    }

    /// Sends bytes.
    pub async fn send_bytes(&mut self, bytes: Vec<u8>) {
        let _gone = self.stream.send(Message::Binary(bytes.into())).await;
    }

    /// Starts an operation.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "id": id, "type": "subscribe", "payload": payload })).await;
    }

    /// The next message.
    pub async fn receive(&mut self) -> Value {
        match self.next().await {
            Ok(message) => message,
            Err((code, reason)) => panic!("the socket was closed: {code} {reason}"),
        }
    }

    /// `payload.data` of the next message, which must be a `next` of `id` without errors.
    pub async fn event(&mut self, id: &str) -> Value {
        let message = self.receive().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(id)), "{message}");
        assert!(message["payload"].get("errors").is_none(), "{message}");
        message["payload"]["data"].clone()
    }

    /// Code and reason with which the server closes; messages before it are passed over.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Err(close) = self.next().await {
                return close;
            }
        }
    }

    async fn next(&mut self) -> Result<Value, (u16, String)> {
        tokio::time::timeout(PATIENCE, self.next_at_last()).await.expect("something comes in time")
    }

    async fn next_at_last(&mut self) -> Result<Value, (u16, String)> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(Some(frame)))) => return Err((frame.code.into(), frame.reason.to_string())),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(other)) => panic!("unexpected {other:?}"),
                None | Some(Err(_)) => return Err((1006, "without a word".to_owned())),
            }
        }
    }
}

/// An event stream.
pub struct Events {
    response: reqwest::Response,
    read: String,
}

impl Events {
    /// Asks for a stream.
    ///
    /// # Panics
    /// The server does not answer.
    pub async fn open(base: &str, token: Option<&str>, query: &str, variables: Value) -> Self {
        let mut request = reqwest::Client::new()
            .post(format!("{base}/graphql"))
            .header("accept", "text/event-stream")
            .json(&json!({ "query": query, "variables": variables }));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("the server answers");
        Self { response, read: String::new() }
    }

    /// Status and content type.
    pub fn head(&self) -> (u16, String) {
        let kind = self.response.headers().get("content-type").and_then(|it| it.to_str().ok()).unwrap_or_default();
        (self.response.status().as_u16(), kind.to_owned())
    }

    /// The next event: its name and data. None at the end of the stream.
    pub async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| {
                    let mut lines = event.lines().filter_map(|it| it.strip_prefix(name));
                    lines.next().map(|it| it.trim_start().to_owned())
                };
                let found = field("event:").map(|name| (name, field("data:").unwrap_or_default()));
                self.read = rest.to_owned();
                if found.is_some() {
                    return found;
                }
                continue;
            }
            let part = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("something comes in time");
            let part = part.expect("the stream goes on")?;
            self.read.push_str(std::str::from_utf8(&part).expect("text"));
        }
    }

    /// `data` of the next event, which must be a `next` without errors.
    pub async fn event(&mut self) -> Value {
        let (name, data) = self.next().await.expect("an event");
        let data: Value = serde_json::from_str(&data).expect("JSON");
        assert!(name == "next" && data.get("errors").is_none(), "{name} {data}");
        data["data"].clone()
    }
}
