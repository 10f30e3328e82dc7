//! An HTTP server that says what a test tells it, and counts who asked for what: an identity provider as seen from
//! outside, well-behaved or not.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What is answered to a path: status line and headers, and the body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// `200 OK`.
    pub status: String,
    /// More headers, each with its line end.
    pub headers: String,
    /// The body.
    pub body: String,
}

#[derive(Default)]
struct Inner {
    answers: BTreeMap<String, Answer>,
    asked: BTreeMap<String, usize>,
    heads: BTreeMap<String, String>,
}

/// Whether answers wait.
type Held = tokio::sync::watch::Sender<bool>;

/// The server, gone when dropped.
pub struct Stub {
    /// `http://127.0.0.1:<port>`.
    pub base: String,
    inner: Arc<Mutex<Inner>>,
    held: Held,
    running: JoinHandle<()>,
}

impl Stub {
    /// Starts one that answers 404 to everything.
    ///
    /// # Panics
    /// There is no port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let inner = Arc::<Mutex<Inner>>::default();
        let shared = inner.clone();
        let held = Held::new(false);
        let mut gate = held.subscribe();
        let running = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    match stream.read_u8().await {
                        Ok(byte) => head.push(byte),
                        Err(_) => break,
                    }
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
                let answer = {
                    let mut inner = shared.lock().expect("not poisoned");
                    inner.heads.insert(path.clone(), head);
                    *inner.asked.entry(path.clone()).or_default() += 1;
                    inner.answers.get(&path).cloned()
                };
                drop(gate.wait_for(|held| !held).await);
                let answer = answer.unwrap_or_else(|| Answer {
                    status: "404 Not Found".to_owned(),
                    headers: String::new(),
                    body: String::new(),
                });
                let text = format!(
                    "HTTP/1.1 {}\r\ncontent-length: {}\r\nconnection: close\r\n{}\r\n{}",
                    answer.status,
                    answer.body.len(),
                    answer.headers,
                    answer.body
                );
                let _gone = stream.write_all(text.as_bytes()).await;
            }
        });
        Self { base, inner, held, running }
    }

    /// From now on answers `body` at `path`.
    ///
    /// # Panics
    /// Never.
    pub fn say(&self, path: &str, body: &serde_json::Value) {
        self.answer(path, Answer { status: "200 OK".to_owned(), headers: String::new(), body: body.to_string() });
    }

    /// From now on answers this at `path`.
    ///
    /// # Panics
    /// Never.
    pub fn answer(&self, path: &str, answer: Answer) {
        self.inner.lock().expect("not poisoned").answers.insert(path.to_owned(), answer);
    }

    /// Lets answers wait, or lets them go.
    pub fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// Request line and headers of the last question for `path`, in lower case.
    ///
    /// # Panics
    /// It was never asked for.
    pub fn head(&self, path: &str) -> String {
        self.inner.lock().expect("not poisoned").heads[path].to_ascii_lowercase()
    }

    /// How often `path` was asked for.
    ///
    /// # Panics
    /// Never.
    pub fn asked(&self, path: &str) -> usize {
        self.inner.lock().expect("not poisoned").asked.get(path).copied().unwrap_or_default()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.running.abort();
    }
}
