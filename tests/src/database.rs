//! Databases for tests: a template with the world in it, built once per engine; a copy of its own for every test, removed
//! when the test has ended.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use server::config::Config;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::cluster::Cluster;
use crate::scratch::Scratch;
use crate::world::World;

/// The database engine a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// Production.
    Postgres,
}

/// What all tests of this process share.
struct Shared {
    // Fields are dropped in order: the server stops before its folder goes.
    cluster: Option<Cluster>,
    folder: Scratch,
    sqlite: OnceLock<World>,
    postgres: OnceLock<World>,
    copies: AtomicU32,
    blanks: tokio::sync::Mutex<Vec<Engine>>,
    roles: tokio::sync::OnceCell<()>,
}

/// Makes the databases of a test and removes them after it.
pub struct Fixture {
    shared: Arc<Shared>,
    made: Mutex<Vec<(Engine, String)>>,
}

/// A database of one test.
#[derive(Clone, Debug)]
pub struct TestDatabase {
    /// As the application role.
    pub url: String,
    /// As the owner of the schema.
    pub owner_url: String,
}

const TEMPLATE: &str = "verbund_template";
const BLANK: &str = "verbund_blank";
const APP_ROLE: &str = "verbund_app";
const OWNER_ROLE: &str = "verbund_owner";

impl Fixture {
    /// Starts PostgreSQL where it is installed. Templates are built when first needed, by [`Fixture::prepare`].
    ///
    /// # Errors
    /// PostgreSQL is there but does not start.
    pub fn start() -> Result<Self, String> {
        let folder = Scratch::new()?;
        // What a test or the server under it puts into temporary files goes with the rest.
        tempfile::env::override_temp_dir(folder.path())
            .map_err(|it| format!("temporary files go to {}", it.display()))?;
        let shared = Shared {
            cluster: Cluster::start()?,
            folder,
            sqlite: OnceLock::new(),
            postgres: OnceLock::new(),
            copies: AtomicU32::new(0),
            blanks: tokio::sync::Mutex::default(),
            roles: tokio::sync::OnceCell::new(),
        };
        Ok(Self { shared: Arc::new(shared), made: Mutex::default() })
    }

    /// The same for one test, which removes what it made.
    #[must_use]
    pub fn for_one_test(&self) -> Self {
        Self { shared: self.shared.clone(), made: Mutex::default() }
    }

    /// The PostgreSQL of this process; none where it is not installed.
    pub fn cluster(&self) -> Option<&Cluster> {
        self.shared.cluster.as_ref()
    }

    /// Removes the databases that were made here, whoever is still connected.
    ///
    /// # Errors
    /// PostgreSQL keeps one.
    pub async fn remove(&self) -> Result<(), String> {
        let made = std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner));
        for (engine, name) in made {
            match engine {
                Engine::Sqlite => {
                    let path = self.path(&name);
                    for more in ["", "-wal", "-shm", "-journal"] {
                        // Not every file is there.
                        let _gone = std::fs::remove_file(format!("{}{more}", path.display()));
                    }
                }
                Engine::Postgres => self.admin(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?,
            }
        }
        Ok(())
    }

    /// A new name for a database that goes with the test.
    fn name(&self, engine: Engine, kind: &str) -> String {
        let name = format!("{kind}_{}", self.shared.copies.fetch_add(1, Ordering::Relaxed));
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push((engine, name.clone()));
        name
    }

    /// The engines that are there.
    pub fn engines(&self) -> Vec<Engine> {
        let postgres = self.cluster().map(|_| Engine::Postgres);
        [Some(Engine::Sqlite), postgres].into_iter().flatten().collect()
    }

    /// Builds the template of an engine with the world in it.
    ///
    /// # Errors
    /// What failed.
    pub async fn prepare(&self, engine: Engine) -> Result<(), String> {
        let database = match engine {
            Engine::Sqlite => self.sqlite_file("template"),
            Engine::Postgres => {
                self.make_roles().await?;
                self.admin(&format!("CREATE DATABASE {TEMPLATE} OWNER {OWNER_ROLE}")).await?;
                self.postgres_database(TEMPLATE)
            }
        };
        migration::migrate(&database.owner_url, APP_ROLE).await.map_err(|error| error.to_string())?;
        let world = World::build(engine, &self.config(&database)?).await?;
        let slot = match engine {
            Engine::Sqlite => &self.shared.sqlite,
            Engine::Postgres => &self.shared.postgres,
        };
        slot.set(world).map_err(|_| "prepared twice".to_owned())
    }

    /// Makes the roles of PostgreSQL, once.
    async fn make_roles(&self) -> Result<(), String> {
        let make = async || {
            self.admin(&format!("CREATE ROLE {OWNER_ROLE} LOGIN")).await?;
            self.admin(&format!("CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS")).await
        };
        self.shared.roles.get_or_try_init(make).await.copied()
    }

    /// A copy of the template, with the ids of what is in it.
    ///
    /// # Errors
    /// The copy cannot be made.
    pub async fn copy(&self, engine: Engine) -> Result<(TestDatabase, World), String> {
        let name = self.name(engine, "test");
        match engine {
            Engine::Sqlite => {
                let failed = |error: std::io::Error| error.to_string();
                std::fs::copy(self.path("template"), self.path(&name)).map_err(failed)?;
                Ok((self.sqlite_file(&name), self.shared.sqlite.get().ok_or("not prepared")?.clone()))
            }
            Engine::Postgres => {
                self.admin(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER {OWNER_ROLE}")).await?;
                Ok((self.postgres_database(&name), self.shared.postgres.get().ok_or("not prepared")?.clone()))
            }
        }
    }

    /// A migrated database with nothing in it: a copy of one that is migrated once.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn blank(&self, engine: Engine) -> Result<TestDatabase, String> {
        let mut made = self.shared.blanks.lock().await;
        if !made.contains(&engine) {
            let database = match engine {
                Engine::Sqlite => self.sqlite_file(BLANK),
                Engine::Postgres => {
                    self.make_roles().await?;
                    self.admin(&format!("CREATE DATABASE {BLANK} OWNER {OWNER_ROLE}")).await?;
                    self.postgres_database(BLANK)
                }
            };
            migration::migrate(&database.owner_url, APP_ROLE).await.map_err(|error| error.to_string())?;
            made.push(engine);
        }
        let name = self.name(engine, "blank");
        match engine {
            Engine::Sqlite => {
                std::fs::copy(self.path(BLANK), self.path(&name)).map_err(|error| error.to_string())?;
                Ok(self.sqlite_file(&name))
            }
            Engine::Postgres => {
                self.admin(&format!("CREATE DATABASE {name} TEMPLATE {BLANK} OWNER {OWNER_ROLE}")).await?;
                Ok(self.postgres_database(&name))
            }
        }
    }

    /// An empty database, for tests of the migrations.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn empty(&self, engine: Engine) -> Result<TestDatabase, String> {
        let name = self.name(engine, "empty");
        match engine {
            Engine::Sqlite => Ok(self.sqlite_file(&name)),
            Engine::Postgres => {
                self.make_roles().await?;
                self.admin(&format!("CREATE DATABASE {name} OWNER {OWNER_ROLE}")).await?;
                Ok(self.postgres_database(&name))
            }
        }
    }

    /// A configuration for a database of this fixture, listening on a free port.
    ///
    /// # Errors
    /// The embedded defaults are damaged.
    pub fn config(&self, database: &TestDatabase) -> Result<Config, String> {
        let mut config = Config::embedded(self.shared.folder.path())?;
        config.set_database(&database.url, &database.owner_url);
        config.http.listen = ([127, 0, 0, 1], 0).into();
        // Tests do what is due when they want it.
        config.jobs.look_every_seconds = 0;
        config.external_calendars.allow_http = true;
        config.external_calendars.allowed_addresses = vec![[127, 0, 0, 1].into()];
        Ok(config)
    }

    /// Runs a statement as superuser of the cluster.
    ///
    /// # Errors
    /// It fails.
    pub async fn admin(&self, sql: &str) -> Result<(), String> {
        let cluster = self.cluster().ok_or("PostgreSQL is not installed")?;
        let failed = |error: sqlx::Error| format!("{sql}: {error}");
        let mut conn = PgConnection::connect(&cluster.url("postgres", "postgres")).await.map_err(failed)?;
        conn.execute(AssertSqlSafe(sql)).await.map_err(failed)?;
        conn.close().await.map_err(failed)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.shared.folder.path().join(format!("{name}.db"))
    }

    fn sqlite_file(&self, name: &str) -> TestDatabase {
        let url = format!("sqlite://{}?mode=rwc", self.path(name).display());
        TestDatabase { owner_url: url.clone(), url }
    }

    fn postgres_database(&self, name: &str) -> TestDatabase {
        let url = |role| self.cluster().map(|it| it.url(role, name)).unwrap_or_default();
        TestDatabase { url: url(APP_ROLE), owner_url: url(OWNER_ROLE) }
    }
}
