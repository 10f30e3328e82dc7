//! Mutations of uploads and imports.

use async_graphql::{Context, ID, InputObject, Object};
use domain::datasets::import::service;
use domain::datasets::import::service::NewImport;
use domain::datasets::import::uploads::make_ticket;
use domain::files::folder::Folder;
use domain::files::settings::FileSettings;
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::datasets::import::profile_input::DatasetProfileInput;
use crate::datasets::import::types::DatasetImport;
use crate::payload::{Payload, idempotency, payload};
use crate::tickets::UploadTicketPayload;

/// File to upload.
#[derive(InputObject)]
pub struct DatasetUploadTicketInput {
    /// Dataset that the file is for.
    dataset: ID,
    /// Name of the file, at most 200 characters.
    file_name: String,
    /// Idempotency key, at most 128 bytes. Repeating the call with the same key and input creates no further ticket and
    /// returns no `ticket`.
    idempotency_key: Option<String>,
}

/// Import of an uploaded file.
#[derive(InputObject)]
pub struct DatasetImportInput {
    /// Dataset of the ticket.
    dataset: ID,
    /// Secret of the ticket with which the viewer uploaded the file.
    ticket: String,
    /// Import profile; left out = that of the last successful import. Required for the first one.
    profile: Option<DatasetProfileInput>,
    /// True to check the file only: the import is rolled back, only its report is kept.
    #[graphql(default)]
    dry_run: bool,
    /// Remark on the version, at most 1,000 characters.
    note: Option<String>,
    /// Idempotency key, at most 128 bytes. Repeating the call with the same key and input returns the first result and
    /// changes nothing.
    idempotency_key: Option<String>,
}

/// Import to cancel.
#[derive(InputObject)]
pub struct DatasetImportCancelInput {
    /// Import that is not finished.
    id: ID,
    /// Version number of the import as last read by the client; an outdated one fails with `STALE_VERSION`.
    version: i32,
}

payload! {
    /// Payload of `datasetImport` and `datasetImportCancel`.
    DatasetImportPayload {
        /// Import after the mutation; null on failure, except after `STALE_VERSION`: then its current state.
        dataset_import: DatasetImport
    } by DatasetImport::by_id
}

/// See the module.
#[derive(Default)]
pub struct DatasetImportMutation;

#[Object]
impl DatasetImportMutation {
    /// Creates a ticket to upload one file for a dataset. Valid once, and for a time that the operator sets (15 minutes
    /// by default). Refuses datasets of unit records with `DISCLOSURE`. Requires `DATASETS_WRITE` in the owning
    /// authority.
    async fn dataset_upload_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Dataset and name of the file.")] input: DatasetUploadTicketInput,
    ) -> ApiResult<UploadTicketPayload> {
        let op = ctx.op()?;
        let key = idempotency("datasetUploadTicket", input.idempotency_key.clone(), &input);
        let files = ctx.data_unchecked::<FileSettings>();
        let work = async {
            let dataset = NodeType::Dataset.parse(&input.dataset, "dataset")?;
            make_ticket(op, dataset, &input.file_name, files, key).await
        };
        UploadTicketPayload::created(op, work, files.max_upload_mib << 20).await
    }

    /// Imports an uploaded file in the background: checks the whole file, then loads it into a draft version. A single
    /// problem rejects the whole file. `datasetImportProgress` reports the progress. Requires `DATASETS_WRITE` in the
    /// owning authority.
    async fn dataset_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Uploaded file, with its profile.")] input: DatasetImportInput,
    ) -> ApiResult<DatasetImportPayload> {
        let op = ctx.op()?;
        let key = idempotency("datasetImport", input.idempotency_key.clone(), &input);
        let work = async { service::queue(op, new_import(input)?, ctx.data_unchecked::<Folder>(), key).await };
        DatasetImportPayload::created(op, work).await
    }

    /// Cancels an import; no data are kept. An import at work stops shortly afterwards. Requires `DATASETS_WRITE` in
    /// the owning authority.
    async fn dataset_import_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Import to cancel.")] input: DatasetImportCancelInput,
    ) -> ApiResult<DatasetImportPayload> {
        let op = ctx.op()?;
        let work = |id| service::cancel(op, id, input.version);
        DatasetImportPayload::changed(op, NodeType::DatasetImport.parse(&input.id, "id"), work).await
    }
}

fn new_import(input: DatasetImportInput) -> ApiResult<NewImport> {
    let (dataset, profile) = all((
        NodeType::Dataset.parse(&input.dataset, "dataset"),
        input.profile.map(DatasetProfileInput::profile).transpose(),
    ))?;
    Ok(NewImport { dataset, upload: input.ticket, profile, dry_run: input.dry_run, note: input.note })
}
