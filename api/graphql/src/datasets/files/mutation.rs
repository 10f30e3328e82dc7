//! Mutations of files.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::datasets::files::{FileForm, ticket};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use tabular::export::ExportFormat;

use crate::context::ContextExt;
use crate::payload::{UserError, idempotency};

/// Format of a download.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatasetDownloadFormat {
    /// CSV in UTF-8 with one header row; each measure has a further column for its symbols.
    Csv,
    /// Metadata of the CSV file (W3C CSVW).
    CsvMetadata,
    /// Metadata of the CSV file as a Data Package (Frictionless).
    DataPackage,
    /// JSON document with metadata, columns and rows.
    Json,
    /// JSON Lines: one JSON object per row.
    JsonLines,
    /// XLSX workbook.
    Xlsx,
    /// Parquet file.
    Parquet,
    /// Imported file, unchanged; for the owning authority only.
    Original,
}

impl From<DatasetDownloadFormat> for FileForm {
    fn from(format: DatasetDownloadFormat) -> Self {
        Self::Table(match format {
            DatasetDownloadFormat::Csv => ExportFormat::Csv,
            DatasetDownloadFormat::CsvMetadata => ExportFormat::CsvMetadata,
            DatasetDownloadFormat::DataPackage => ExportFormat::DataPackage,
            DatasetDownloadFormat::Json => ExportFormat::Json,
            DatasetDownloadFormat::JsonLines => ExportFormat::JsonLines,
            DatasetDownloadFormat::Xlsx => ExportFormat::Xlsx,
            DatasetDownloadFormat::Parquet => ExportFormat::Parquet,
            DatasetDownloadFormat::Original => return Self::Original,
        })
    }
}

/// File to download with a ticket.
#[derive(InputObject)]
pub struct DatasetDownloadTicketInput {
    /// Dataset version.
    version: ID,
    /// Format of the file.
    format: DatasetDownloadFormat,
    /// Idempotency key, at most 128 bytes. Repeating the call with the same key and input creates no further ticket and
    /// returns no `path`.
    idempotency_key: Option<String>,
}

/// Payload of `datasetDownloadTicket`.
#[derive(SimpleObject, Default)]
pub struct DatasetDownloadTicketPayload {
    /// Path of the file below the address of this server, returned once; null on failure and on repetition. Everybody
    /// who knows it can download the file.
    path: Option<String>,
    /// Instant at which the ticket expires; null on failure.
    expires_at: Option<DateTime<Utc>>,
    /// Problems that the client can correct; empty on success.
    user_errors: Vec<UserError>,
}

/// See the module.
#[derive(Default)]
pub struct FileMutation;

#[Object]
impl FileMutation {
    /// Creates a ticket to download one file of a dataset version without a token. Valid for 15 minutes; permissions of
    /// the viewer are checked again at every download. Requires `DATASETS_READ` in an authority, and data visible to
    /// the viewer.
    async fn dataset_download_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Version and format of the file.")] input: DatasetDownloadTicketInput,
    ) -> ApiResult<DatasetDownloadTicketPayload> {
        let op = ctx.op()?;
        let key = idempotency("datasetDownloadTicket", input.idempotency_key.clone(), &input);
        let work = async {
            let version = NodeType::DatasetVersion.parse(&input.version, "version")?;
            ticket::create(op, version, input.format.into(), key).await
        };
        Ok(match work.await {
            Ok(ticket) => DatasetDownloadTicketPayload {
                path: ticket.secret.map(|it| format!("/downloads/{it}")),
                expires_at: Some(ticket.expires_at),
                user_errors: Vec::new(),
            },
            Err(error) => {
                DatasetDownloadTicketPayload { user_errors: UserError::sort(error, op)?, ..Default::default() }
            }
        })
    }
}
