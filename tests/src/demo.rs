//! The demo's world on any engine.

use kernel::clock::Clock;
use server::seed;

use crate::app::{Server, TestApp, token};
use crate::client::Client;
use crate::database::TestDatabase;
use crate::live::Events;
use crate::rows::Rows;

/// A server over the demo's data, in a database of its own.
pub struct Demo {
    server: Server,
    config: server::config::Config,
    clock: Clock,
    database: TestDatabase,
    secret: String,
}

impl Demo {
    /// Migrates an empty database of the app's engine, loads the demo, and serves it.
    pub async fn start(app: &TestApp) -> Self {
        let database = app.fixture.empty(app.engine).await.expect("an empty database");
        migration::migrate(&database.owner_url, "verbund_app").await.expect("a migrated database");
        let config = app.fixture.config(&database).expect("a configuration");
        let secret = seed::demo(&config, &app.clock).await.expect("the demo loads").expect("it was not there before");
        let again = seed::demo(&config, &app.clock).await.expect("the demo is there");
        assert_eq!(again, None, "loading twice changes nothing");
        let server = Server::start(config.clone(), app.clock.clone()).await.expect("a server");
        Self { server, config, clock: app.clock.clone(), database, secret }
    }

    /// What the feed of the demo tells: status, content type, body.
    pub async fn feed(&self) -> (u16, String, String) {
        self.server.get(&format!("/feeds/{}.ics", self.secret)).await
    }

    /// The database, past every wall.
    pub async fn rows(&self) -> Rows {
        self.database.rows().await
    }

    /// An event stream of a role account.
    pub async fn events(&self, subject: &str, query: &str, variables: serde_json::Value) -> Events {
        let token = token(&self.config, subject, self.clock.now());
        Events::open(&self.server.base, Some(&token), query, variables).await
    }

    /// A role account of the demo, or nobody.
    pub fn actor(&self, subject: Option<&str>) -> Client {
        self.server.client(subject.map(|it| token(&self.config, it, self.clock.now())))
    }
}
