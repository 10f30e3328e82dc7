//! The real server on a port of its own, over a database of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use kernel::clock::Clock;
use server::app::{App, local_issuer};
use server::auth::TokenRequest;
use server::config::Config;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::Client;
use crate::database::{Engine, Fixture, TestDatabase};
use crate::world::World;

/// A running server and what a test needs to talk to it.
pub struct TestApp {
    /// The engine under it.
    pub engine: Engine,
    /// The clock of the server; it stands until the test sets it.
    pub clock: Clock,
    /// Ids of what is in the database.
    pub world: World,
    /// The database, for looking at rows.
    pub database: TestDatabase,
    /// The fixture.
    pub fixture: Arc<Fixture>,
    /// Its configuration.
    pub config: Config,
    server: Server,
}

/// A running server, stopped when dropped.
pub struct Server {
    http: reqwest::Client,
    /// `http://127.0.0.1:<port>`.
    pub base: String,
    /// The same of the metrics, where they are served.
    pub metrics: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), String>>,
}

impl Server {
    /// Starts a server.
    ///
    /// # Errors
    /// What it says when it refuses to start.
    pub async fn start(config: Config, clock: Clock) -> Result<Self, String> {
        let app = App::build(config, clock).await?;
        let base = format!("http://{}", app.address()?);
        let metrics = app.metrics_address().map(|it| format!("http://{it}"));
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(app.run_until(async move {
            let _dropped = stopped.await;
        }));
        Ok(Self { http: reqwest::Client::new(), base, metrics, stop: Some(stop), running })
    }

    /// A client with a token, or none.
    pub fn client(&self, token: Option<String>) -> Client {
        Client::new(self.http.clone(), format!("{}/graphql", self.base), token)
    }

    /// The answer to a plain GET: status, content type, body.
    pub async fn get(&self, path: &str) -> (u16, String, String) {
        self.get_from(&self.base, path).await
    }

    /// The same from another of its addresses.
    pub async fn get_from(&self, base: &str, path: &str) -> (u16, String, String) {
        let response = self.http.get(format!("{base}{path}")).send().await.expect("the server answers");
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").and_then(|it| it.to_str().ok()).unwrap_or("").to_owned();
        (status, kind, response.text().await.expect("a body"))
    }

    /// The headers of the answer to a plain GET, names in lower case.
    pub async fn head_of(&self, path: &str) -> BTreeMap<String, String> {
        let response = self.http.get(format!("{}{path}", self.base)).send().await.expect("the server answers");
        let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect()
    }

    /// Stops the server and waits until it has ended.
    ///
    /// # Errors
    /// It did not end well.
    pub async fn stop(mut self) -> Result<(), String> {
        if let Some(stop) = self.stop.take() {
            let _gone = stop.send(());
        }
        (&mut self.running).await.map_err(|error| error.to_string())?
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// The instant at which the clock of a test stands at first.
pub fn start_of_test() -> DateTime<Utc> {
    "2027-01-15T10:00:00Z".parse().expect("an instant")
}

impl TestApp {
    /// A server over a copy of the world.
    ///
    /// # Errors
    /// What failed.
    pub async fn start(fixture: Arc<Fixture>, engine: Engine) -> Result<Self, String> {
        let (database, world) = fixture.copy(engine).await?;
        let config = fixture.config(&database)?;
        let clock = Clock::standing_at(start_of_test());
        let server = Server::start(config.clone(), clock.clone()).await?;
        Ok(Self { engine, clock, world, database, fixture, config, server })
    }

    /// The running server.
    pub const fn server(&self) -> &Server {
        &self.server
    }

    /// A second server over the same database, as a replica.
    ///
    /// # Errors
    /// What it says when it refuses to start.
    pub async fn replica(&self) -> Result<Server, String> {
        Server::start(self.config.clone(), self.clock.clone()).await
    }

    /// Somebody who did not sign in.
    pub fn anonymous(&self) -> Client {
        self.server.client(None)
    }

    /// The role account `subject`, for example `planner@kaufbeuren`.
    pub fn actor(&self, subject: &str) -> Client {
        self.server.client(Some(self.token(subject)))
    }

    /// A token of the local issuer for `subject`, good for a year from the clock's now.
    pub fn token(&self, subject: &str) -> String {
        token(&self.config, subject, self.clock.now())
    }

    /// Sets the clock.
    pub fn at(&self, instant: &str) {
        self.clock.set(instant.parse().expect("an instant"));
    }
}

/// A token of the local issuer of `config`.
pub fn token(config: &Config, subject: &str, now: DateTime<Utc>) -> String {
    let issuer = local_issuer(config).expect("the key of the local issuer");
    let request = TokenRequest { subject: subject.to_owned(), lifetime: Duration::days(365) };
    issuer.token(&request, now).expect("a token")
}
