//! Mutations of files.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::datasets::files::{Form, ticket};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use tabular::export::Format;

use crate::context::ContextExt;
use crate::payload::{UserError, idempotency};

/// Forms of a file.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatasetDownloadFormat {
    /// CSV: UTF-8, one header row; symbols of a measure stand in a column of their own.
    Csv,
    /// What the columns of the CSV file are (W3C CSVW).
    CsvMetadata,
    /// The same as a Data Package (Frictionless).
    DataPackage,
    /// One JSON document.
    Json,
    /// One JSON object per row.
    JsonLines,
    /// A workbook.
    Xlsx,
    /// Parquet.
    Parquet,
    /// The file that was imported, as it came; for the owner only.
    Original,
}

impl From<DatasetDownloadFormat> for Form {
    fn from(format: DatasetDownloadFormat) -> Self {
        Self::Table(match format {
            DatasetDownloadFormat::Csv => Format::Csv,
            DatasetDownloadFormat::CsvMetadata => Format::CsvMetadata,
            DatasetDownloadFormat::DataPackage => Format::DataPackage,
            DatasetDownloadFormat::Json => Format::Json,
            DatasetDownloadFormat::JsonLines => Format::JsonLines,
            DatasetDownloadFormat::Xlsx => Format::Xlsx,
            DatasetDownloadFormat::Parquet => Format::Parquet,
            DatasetDownloadFormat::Original => return Self::Original,
        })
    }
}

/// A file to fetch without a token.
#[derive(InputObject)]
pub struct DatasetDownloadTicketInput {
    /// The version.
    version: ID,
    /// In which form.
    format: DatasetDownloadFormat,
    /// Sending the same input with the same key again does nothing more; the address is not told again.
    idempotency_key: Option<String>,
}

/// A ticket.
#[derive(SimpleObject, Default)]
pub struct DatasetDownloadTicketPayload {
    /// Where the file is, told this once; below the address of this server. Whoever has it can fetch the file.
    path: Option<String>,
    /// Until when.
    expires_at: Option<DateTime<Utc>>,
    /// What was refused; empty on success.
    user_errors: Vec<UserError>,
}

/// See the module.
#[derive(Default)]
pub struct FileMutation;

#[Object]
impl FileMutation {
    /// Makes an address by which one file of a version is fetched for 15 minutes without a token, with the rights that
    /// the viewer then has. Takes `DATASETS_READ` in an authority, and figures that are in sight.
    async fn dataset_download_ticket(
        &self,
        ctx: &Context<'_>,
        input: DatasetDownloadTicketInput,
    ) -> ApiResult<DatasetDownloadTicketPayload> {
        let op = ctx.op()?;
        let key = idempotency("datasetDownloadTicket", input.idempotency_key.clone(), &input);
        let done = match NodeType::DatasetVersion.parse(&input.version, "version") {
            Ok(id) => ticket::create(op, id, input.format.into(), key).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(ticket) => Ok(DatasetDownloadTicketPayload {
                path: ticket.secret.map(|it| format!("/downloads/{it}")),
                expires_at: Some(ticket.expires_at),
                user_errors: Vec::new(),
            }),
            Err(error) => {
                Ok(DatasetDownloadTicketPayload { user_errors: UserError::sort(error, op)?, ..Default::default() })
            }
        }
    }
}
