//! Mutations of files.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use domain::datasets::files::{FileForm, ticket};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use tabular::export::ExportFormat;

use crate::context::ContextExt;
use crate::payload::idempotency;
use crate::tickets::DownloadTicketPayload;

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
    dataset_version: ID,
    /// Format of the file.
    format: DatasetDownloadFormat,
    /// Idempotency key, at most 128 bytes. Repeating the call with the same key and input creates no further ticket and
    /// returns no `path`.
    idempotency_key: Option<String>,
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
    ) -> ApiResult<DownloadTicketPayload> {
        let op = ctx.op()?;
        let key = idempotency("datasetDownloadTicket", input.idempotency_key.clone(), &input);
        let work = async {
            let version = NodeType::DatasetVersion.parse(&input.dataset_version, "datasetVersion")?;
            ticket::create(op, version, input.format.into(), key).await
        };
        DownloadTicketPayload::created(op, work).await
    }
}
