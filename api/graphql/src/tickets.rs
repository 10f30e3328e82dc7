//! Tickets: secrets by which one file is uploaded or downloaded without a token. Every mutation that creates one is
//! named `…UploadTicket` or `…DownloadTicket` and returns one of the two payloads.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use domain::context::op::Op;
use domain::files::tickets::NewTicket;
use kernel::error::ApiResult;

use crate::payload::UserError;

/// Ticket to upload one file, valid until a file was accepted.
#[derive(SimpleObject)]
pub struct UploadTicket {
    /// Secret, returned once; null for a repeated idempotency key. `datasetImport` asks for it.
    secret: Option<String>,
    /// Path below the address of this server to which the file is sent with `PUT`; null for a repeated idempotency key.
    path: Option<String>,
    /// Instant at which the ticket expires.
    expires_at: DateTime<Utc>,
    /// Largest size of the file, in bytes.
    max_bytes: i64,
}

/// Ticket to download one file. Everybody who knows the path can download it.
#[derive(SimpleObject)]
pub struct DownloadTicket {
    /// Path below the address of this server, returned once; null for a repeated idempotency key.
    path: Option<String>,
    /// Instant at which the ticket expires.
    expires_at: DateTime<Utc>,
}

/// Payload of `datasetUploadTicket` and `projectDocumentUploadTicket`.
#[derive(SimpleObject)]
pub struct UploadTicketPayload {
    /// New ticket; null after a refusal.
    upload_ticket: Option<UploadTicket>,
    /// Problems that the client can correct; empty on success.
    user_errors: Vec<UserError>,
}

impl UploadTicketPayload {
    /// The payload of a mutation that creates a ticket for a file of at most `max_bytes`.
    ///
    /// # Errors
    /// A fault, which becomes a top-level error.
    pub async fn created(op: &Op, work: impl Future<Output = ApiResult<NewTicket>>, max_bytes: u64) -> ApiResult<Self> {
        let (upload_ticket, user_errors) = match work.await {
            Ok(NewTicket { secret, expires_at }) => {
                let path = secret.as_ref().map(|it| format!("/uploads/{it}"));
                let max_bytes = i64::try_from(max_bytes).unwrap_or(i64::MAX);
                (Some(UploadTicket { secret, path, expires_at, max_bytes }), Vec::new())
            }
            Err(error) => (None, UserError::sort(error, op)?),
        };
        Ok(Self { upload_ticket, user_errors })
    }
}

/// Payload of `datasetDownloadTicket` and `projectDownloadTicket`.
#[derive(SimpleObject)]
pub struct DownloadTicketPayload {
    /// New ticket; null after a refusal.
    download_ticket: Option<DownloadTicket>,
    /// Problems that the client can correct; empty on success.
    user_errors: Vec<UserError>,
}

impl DownloadTicketPayload {
    /// The payload of a mutation that creates a ticket.
    ///
    /// # Errors
    /// A fault, which becomes a top-level error.
    pub async fn created(op: &Op, work: impl Future<Output = ApiResult<NewTicket>>) -> ApiResult<Self> {
        let (download_ticket, user_errors) = match work.await {
            Ok(NewTicket { secret, expires_at }) => {
                let path = secret.map(|it| format!("/downloads/{it}"));
                (Some(DownloadTicket { path, expires_at }), Vec::new())
            }
            Err(error) => (None, UserError::sort(error, op)?),
        };
        Ok(Self { download_ticket, user_errors })
    }
}
