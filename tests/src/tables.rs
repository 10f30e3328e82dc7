//! Typed tables, filled through the store as an import does.

use std::ops::ControlFlow;
use std::sync::Arc;

use entities::{ContentKind, DatasetVersionState, dataset_content, dataset_version};
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Locale;
use policy::{Actor, Permission};
use serde_json::json;
use server::app::local_issuer;
use store::tables::{Incoming, LoadSummary, TableRef};
use store::{Session, Store, Writer, full};
use tabular::model::{Aggregation, Column, ColumnRole, ColumnType, Disclosure, PeriodKind, TableRow};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{TestApp, row_of};

/// A column with nothing declared but this.
pub fn column(name: &str, kind: ColumnType, role: ColumnRole) -> Column {
    Column {
        name: name.to_owned(),
        title: format!("Title of {name}"),
        description: None,
        kind,
        role,
        unit: None,
        decimals: (kind == ColumnType::Decimal).then_some(2),
        period: (kind == ColumnType::Period).then_some(PeriodKind::Year),
        codes: Vec::new(),
        total: None,
        aggregation: Aggregation::Sum,
        disclosure: Disclosure::Count,
        part_of: None,
        indicator: None,
    }
}

/// The store as one account of an authority has it.
pub struct Tables {
    store: Store,
    actor: Actor,
    tenant: Uuid,
    now: chrono::DateTime<chrono::Utc>,
}

impl Tables {
    /// As the role account `subject`, for example `steward@kaufbeuren`.
    pub async fn of(app: &TestApp, subject: &str) -> Self {
        let (_, slug) = subject.split_once('@').expect("an account of an authority");
        let store = Store::connect(&app.config.database.settings().expect("settings")).await;
        let issuer = local_issuer(&app.config).expect("the local issuer").trusted().issuer;
        Self {
            store: store.unwrap_or_else(|error| panic!("{error:?}")),
            actor: Actor::Person { issuer, subject: subject.to_owned() },
            tenant: row_of(app.world.id(&format!("tenant.{slug}"))),
            now: app.clock.now(),
        }
    }

    /// A session that reads.
    pub async fn reading(&self) -> Session {
        self.store.read(&self.actor, self.now, Arc::default()).await.unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// A session that writes.
    pub async fn writing(&self) -> Session {
        self.store.write(&self.actor, self.now, Arc::default()).await.unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// Does something with a writer for the authority, and keeps it.
    pub async fn write<T>(&self, what: impl AsyncFnOnce(&Writer<'_>) -> ApiResult<T>) -> ApiResult<T> {
        let session = self.writing().await;
        let grant = session.authorize_in(Permission::DatasetsWrite, self.tenant, "tenant")?;
        let done = what(&session.writer(&grant).await?).await?;
        session.commit().await?;
        Ok(done)
    }

    /// A version of a dataset with one content in the scope of the dataset, filled with `rows`.
    pub async fn put(
        &self,
        dataset: &str,
        kind: ContentKind,
        columns: &[Column],
        rows: impl Iterator<Item = TableRow> + Send + 'static,
    ) -> ApiResult<dataset_content::Model> {
        let dataset = row_of(dataset);
        let session = self.writing().await;
        let grant = session.authorize_in(Permission::DatasetsWrite, self.tenant, "tenant")?;
        let owner = session.get::<entities::dataset::Entity>(dataset).await?;
        let scope = owner.ok_or_else(|| ApiError::fault("no such dataset"))?.scope_id;
        let writer = session.writer(&grant).await?;
        let content = kernel::ids::new_id();
        let tables = writer.tables();
        let place = TableRef { content, columns };
        tables.create(place).await?;
        let loaded = fill(&writer, place, rows).await?.ok_or_else(|| ApiError::fault("stopped"))?;
        let version = version_of(dataset, self.tenant, scope, columns, &loaded, writer.now())?;
        writer.insert(full(version.clone())).await?;
        let row = dataset_content::Model {
            id: content,
            tenant_id: self.tenant,
            scope_id: scope,
            dataset_id: dataset,
            version_id: version.id,
            kind,
            columns: version.columns.clone(),
            row_count: loaded.rows,
            checksum: loaded.checksum,
            summary: None,
            created_at: writer.now(),
        };
        writer.insert(full(row.clone())).await?;
        tables.seal(place).await?;
        session.commit().await?;
        Ok(row)
    }
}

/// Fills a table from a thread of its own, as a reader of files does.
///
/// # Errors
/// The store fails.
pub async fn fill(
    writer: &Writer<'_>,
    table: TableRef<'_>,
    rows: impl Iterator<Item = TableRow> + Send + 'static,
) -> ApiResult<Option<LoadSummary>> {
    let (sender, mut batches) = mpsc::channel(2);
    let reader = tokio::task::spawn_blocking(move || {
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            if sender.blocking_send(Ok(rows.by_ref().take(2_000).collect())).is_err() {
                break;
            }
        }
    });
    let mut progress = |_| ControlFlow::Continue(());
    let incoming = Incoming { batches: &mut batches, progress: &mut progress };
    let loaded = writer.tables().load(table, incoming).await;
    drop(batches);
    reader.await.expect("the reader ends");
    loaded
}

fn version_of(
    dataset: Uuid,
    tenant: Uuid,
    scope: Uuid,
    columns: &[Column],
    loaded: &LoadSummary,
    now: chrono::DateTime<chrono::Utc>,
) -> ApiResult<dataset_version::Model> {
    let id = kernel::ids::new_id();
    Ok(dataset_version::Model {
        id,
        tenant_id: tenant,
        scope_id: scope,
        dataset_id: dataset,
        major: 1,
        // Any number that is free.
        minor: i32::try_from(id.as_u128() & 0x7FFF_FFFF).unwrap_or(0),
        state: DatasetVersionState::Published,
        columns: serde_json::to_value(columns)?,
        profile: json!({}),
        row_count: loaded.rows,
        checksum: loaded.checksum.clone(),
        source_name: "table.csv".to_owned(),
        source_bytes: 0,
        source_checksum: String::new(),
        source_file: String::new(),
        reference_date: None,
        changes: None,
        note: None,
        created_by: "test".to_owned(),
        published_at: Some(now),
        withdrawn_at: None,
        withdrawn_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

/// What an error says, in English.
pub fn words(error: &ApiError) -> String {
    match error {
        ApiError::Problems(of) => of.iter().map(|it| it.text.render(Locale::En)).collect::<Vec<_>>().join("; "),
        ApiError::Fault(fault) => format!("fault: {}", fault.message),
    }
}
