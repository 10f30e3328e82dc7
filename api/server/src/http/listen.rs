//! The connections under the router. Own loop over hyper, because `axum::serve` sets no limit on the time that a
//! client takes for its request head, nor on the size of the head, nor on the number of connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// The largest request head, in bytes.
const MAX_HEAD: usize = 32 * 1024;
/// The most headers of a request.
const MAX_HEADERS: usize = 64;
/// The most requests at once on one HTTP/2 connection.
const MAX_STREAMS: u32 = 100;

/// Limits on connections.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// Most at once; more wait to be accepted.
    pub connections: usize,
    /// Longest time for a request head, and for a connection to lie idle.
    pub head: Duration,
}

/// The listening side of a server: connections, until it is told to stop.
pub struct Connections {
    builder: Builder<TokioExecutor>,
    router: Router,
    open: JoinSet<()>,
    graceful: GracefulShutdown,
    permits: Arc<Semaphore>,
}

impl Connections {
    /// Connections to `router` within `limits`.
    pub fn new(router: Router, limits: ConnectionLimits) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_headers(MAX_HEADERS)
            .max_buf_size(MAX_HEAD);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.head)
            .max_header_list_size(u32::try_from(MAX_HEAD).unwrap_or(u32::MAX))
            .max_concurrent_streams(MAX_STREAMS);
        Self {
            builder,
            router,
            open: JoinSet::new(),
            graceful: GracefulShutdown::new(),
            permits: Arc::new(Semaphore::new(limits.connections)),
        }
    }

    /// Accepts connections until `stop`.
    pub async fn accept(&mut self, listener: &TcpListener, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        loop {
            let accepted = async {
                let permit = self.permits.clone().acquire_owned().await;
                (permit, listener.accept().await)
            };
            tokio::select! {
                () = &mut stop => return,
                Some(_ended) = self.open.join_next(), if !self.open.is_empty() => {}
                (permit, accepted) = accepted => match accepted {
                    Ok((stream, peer)) => self.open(stream, peer, permit.ok()),
                    // The client is gone already, or this process has too many files open: others may do better.
                    Err(error) => {
                        tracing::warn!(%error, "a connection was not accepted");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                },
            }
        }
    }

    fn open(&mut self, stream: TcpStream, peer: SocketAddr, permit: Option<tokio::sync::OwnedSemaphorePermit>) {
        // Answers are small: do not wait for more to send.
        let _unsupported = stream.set_nodelay(true);
        let router = self.router.clone();
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let connection = self.builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let connection = self.graceful.watch(connection);
        self.open.spawn(async move {
            // A broken connection is the client's affair.
            let _broken = connection.await;
            drop(permit);
        });
    }

    /// Lets running requests end, up to `deadline`; what is still open then is cut.
    pub async fn close(self, deadline: Duration) {
        let Self { graceful, mut open, .. } = self;
        if tokio::time::timeout(deadline, graceful.shutdown()).await.is_err() {
            tracing::warn!(seconds = deadline.as_secs(), "requests still running at the deadline are cut");
        }
        open.shutdown().await;
    }
}
