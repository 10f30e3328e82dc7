//! Mutations of uploads and imports.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::datasets::import::service;
use domain::datasets::import::service::ImportWish;
use domain::datasets::import::uploads::make_ticket;
use domain::files::folder::Folder;
use domain::files::settings::FileSettings;
use kernel::error::{ApiResult, Problems};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::datasets::import::profile_input::DatasetProfileInput;
use crate::datasets::import::types::DatasetImport;
use crate::payload::{Payload, UserError, idempotency, payload};

/// A file that is to be sent.
#[derive(InputObject)]
pub struct DatasetUploadTicketInput {
    /// The dataset that it is for.
    dataset: ID,
    /// What the file is called.
    file_name: String,
    /// Sending the same input with the same key again does nothing more; the ticket is not told again.
    idempotency_key: Option<String>,
}

/// A file to import.
#[derive(InputObject)]
pub struct DatasetImportInput {
    /// The dataset; the same as that of the ticket.
    dataset: ID,
    /// The ticket with which the file was sent.
    upload: String,
    /// How to read it; left out = as the last import that succeeded.
    profile: Option<DatasetProfileInput>,
    /// Everything is done and then undone; only the report stays.
    #[graphql(default)]
    dry_run: bool,
    /// What the office says about the version.
    note: Option<String>,
    /// Sending the same input with the same key again does nothing more.
    idempotency_key: Option<String>,
}

/// An import to stop.
#[derive(InputObject)]
pub struct DatasetImportCancelInput {
    /// The import.
    id: ID,
    /// The version that the client saw.
    version: i32,
}

/// A ticket to send a file.
#[derive(SimpleObject)]
pub struct DatasetUploadTicketPayload {
    /// The ticket, told this once. `PUT` the file to `/uploads/<ticket>`.
    ticket: Option<String>,
    /// Until when it is good.
    expires_at: Option<DateTime<Utc>>,
    /// The largest file, in bytes.
    max_bytes: Option<i64>,
    /// What was refused; empty on success.
    user_errors: Vec<UserError>,
}

payload! {
    /// Outcome of every mutation of an import.
    DatasetImportPayload {
        /// The import.
        dataset_import: DatasetImport
    } by DatasetImport::by_id
}

/// See the module.
#[derive(Default)]
pub struct DatasetImportMutation;

#[Object]
impl DatasetImportMutation {
    /// Makes a ticket to send one file for a dataset, good once and for a short time. Takes `DATASETS_WRITE` in the owner.
    /// Unit records of official statistics are refused.
    async fn dataset_upload_ticket(
        &self,
        ctx: &Context<'_>,
        input: DatasetUploadTicketInput,
    ) -> ApiResult<DatasetUploadTicketPayload> {
        let op = ctx.op()?;
        let key = idempotency("datasetUploadTicket", input.idempotency_key.clone(), &input);
        let files = ctx.data_unchecked::<FileSettings>();
        let done = match NodeType::Dataset.parse(&input.dataset, "dataset") {
            Ok(id) => make_ticket(op, id, &input.file_name, files, key).await,
            Err(error) => Err(error),
        };
        Ok(match done {
            Ok(made) => DatasetUploadTicketPayload {
                ticket: made.secret,
                expires_at: Some(made.expires_at),
                max_bytes: i64::try_from(files.max_upload_mib << 20).ok(),
                user_errors: Vec::new(),
            },
            Err(error) => DatasetUploadTicketPayload {
                ticket: None,
                expires_at: None,
                max_bytes: None,
                user_errors: UserError::sort(error, op)?,
            },
        })
    }

    /// Imports a file that was sent: the whole of it is checked, then loaded into a draft version, or, where anything is
    /// wrong, nothing is kept. The work is done in the background; `datasetImportProgress` tells how far it is. Takes
    /// `DATASETS_WRITE` in the owner.
    async fn dataset_import(&self, ctx: &Context<'_>, input: DatasetImportInput) -> ApiResult<DatasetImportPayload> {
        let op = ctx.op()?;
        let key = idempotency("datasetImport", input.idempotency_key.clone(), &input);
        let done = match wish(input) {
            Ok(wish) => service::queue(op, wish, ctx.data_unchecked::<Folder>(), key).await,
            Err(error) => Err(error),
        };
        DatasetImportPayload::made(op, done).await
    }

    /// Stops an import; nothing is kept of it. Takes `DATASETS_WRITE` in the owner.
    async fn dataset_import_cancel(
        &self,
        ctx: &Context<'_>,
        input: DatasetImportCancelInput,
    ) -> ApiResult<DatasetImportPayload> {
        let op = ctx.op()?;
        match NodeType::DatasetImport.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::cancel(op, id, input.version).await;
                DatasetImportPayload::changed(op, id, done).await
            }
            Err(error) => DatasetImportPayload::refused(op, error),
        }
    }
}

fn wish(input: DatasetImportInput) -> ApiResult<ImportWish> {
    let mut problems = Problems::default();
    let dataset = problems.take(NodeType::Dataset.parse(&input.dataset, "dataset"))?.unwrap_or_default();
    let profile = match input.profile {
        Some(profile) => problems.take(profile.profile())?,
        None => None,
    };
    problems.done()?;
    Ok(ImportWish { dataset, upload: input.upload, profile, dry_run: input.dry_run, note: input.note })
}
