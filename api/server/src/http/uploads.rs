//! Files on their way in: one per ticket, streamed to disk.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, BodyDataStream};
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::context::op::Op;
use domain::files::folder::Folder;
use domain::files::receiving::Receiving;
use domain::files::uploads::{Admission, receive};
use domain::projects::documents::{MAX_BYTES, UploadRefusal, arrived};
use domain::projects::file_kinds;
use futures_util::StreamExt as _;
use graphql::meter::Charge as _;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::{Locale, Text};
use sha2::{Digest as _, Sha256};
use store::Stats;
use tokio::io::AsyncWriteExt as _;

use crate::http::feeds::with_request_fields;
use crate::http::headers::{ClientAddress, RequestId, text};
use crate::http::problem;
use crate::http::problems::{no_such_link, repeated};
use crate::http::rate::{Spending, too_many_requests};
use crate::http::state::State;

/// Points that a wrong ticket takes from the budget of its address.
const POINTS: usize = 100;
/// The longest silence of a sender.
const SILENCE: Duration = Duration::from_secs(30);
/// What makes new tickets.
const MUTATIONS: &str = "datasetUploadTicket, projectDocumentUploadTicket";

/// `PUT /uploads/<ticket>`: the file of a ticket, which is good until a file was accepted. A ticket that is unknown or over,
/// or whose person may not change the dataset any more, finds nothing, and which of these is not told; that a file has come
/// by a ticket is told to whoever has it.
pub(super) async fn upload(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    Path(ticket): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let stats = Arc::<Stats>::default();
    let guess = Spending::new(state.anonymous_budget.clone(), address.to_string());
    if !guess.charge(0) {
        return too_many_requests(&guess);
    }
    let max = state.config.files.max_upload_mib << 20;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    let folder = Folder(state.config.files.folder.clone());
    let response = match receive(&state.store, &ticket, &folder, state.clock.now(), stats.clone()).await {
        Ok(Admission::Open(receiving)) => {
            let max = if receiving.row.document_id.is_some() { max.min(MAX_BYTES) } else { max };
            let arriving = Arriving { state: &state, receiving: &receiving, folder: &folder, stats: &stats };
            arriving.answer(&headers, (length, max), body, &request_id).await
        }
        Ok(Admission::Used) => used(),
        Ok(Admission::Unknown) => {
            let guess = Spending::new(state.anonymous_budget.clone(), address.to_string());
            if guess.charge(POINTS) { no_such_link(MUTATIONS) } else { too_many_requests(&guess) }
        }
        Err(error) => failed(&request_id, &error),
    };
    with_request_fields(&state, response, "ticket", &stats)
}

/// A file on its way in.
struct Arriving<'a> {
    state: &'a State,
    receiving: &'a Receiving,
    folder: &'a Folder,
    stats: &'a Arc<Stats>,
}

impl Arriving<'_> {
    /// Reads a body and keeps it, or says why not.
    async fn answer(
        &self,
        headers: &HeaderMap,
        (length, max): (Option<u64>, u64),
        body: Body,
        request_id: &str,
    ) -> Response {
        // It would be stored as it is sent.
        let encoding = text(headers, header::CONTENT_ENCODING.as_str()).unwrap_or_default();
        if !matches!(encoding, "" | "identity") {
            let text = Text::new("request-body-encoding").with("encoding", repeated(encoding));
            return problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, text);
        }
        // What says of itself that it is too large is not read.
        if length.is_some_and(|it| it > max) {
            return too_large(max);
        }
        let response = match write(&self.receiving.part, body.into_data_stream(), max).await {
            Ok(Came::Whole { bytes, checksum }) => self.came((bytes, &checksum), request_id).await,
            Ok(Came::TooLarge) => Ok(too_large(max)),
            Ok(Came::Cut) => {
                let text = Text::new("http-upload-cut").with("seconds", SILENCE.as_secs());
                Ok(problem(StatusCode::REQUEST_TIMEOUT, text))
            }
            Err(error) => Err(error),
        };
        response.unwrap_or_else(|error| failed(request_id, &error))
    }

    /// Accepts a file that came whole; that of a document becomes a version of it at once.
    async fn came(&self, (bytes, checksum): (u64, &str), request_id: &str) -> ApiResult<Response> {
        let Self { state, receiving, folder, stats } = self;
        let told = serde_json::json!({ "bytes": bytes, "sha256": checksum });
        if receiving.row.document_id.is_none() {
            let now = state.clock.now();
            let is_first = receiving.accept(&state.store, (bytes, checksum), now, (*stats).clone()).await?;
            return Ok(if is_first { created(&told) } else { used() });
        }
        let (actor, locale) = (receiving.actor.clone(), Locale::En);
        let op = Op::new(state.store.clone(), state.clock.clone(), actor, request_id.to_owned(), locale);
        Ok(match arrived(&op, folder, receiving, (bytes, checksum)).await? {
            Ok(()) => created(&told),
            Err(UploadRefusal::NotWhatItSays) => {
                let text = Text::new("http-upload-kind").with("file", repeated(&receiving.row.file_name));
                problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, text.with("known", file_kinds::known()))
            }
            Err(UploadRefusal::OutOfReach) => no_such_link(MUTATIONS),
            Err(UploadRefusal::Used) => used(),
        })
    }
}

/// What came of a body.
enum Came {
    Whole { bytes: u64, checksum: String },
    TooLarge,
    Cut,
}

/// Writes a body to a file as it comes.
async fn write(target: &std::path::Path, mut body: BodyDataStream, max: u64) -> ApiResult<Came> {
    let disk = |error: std::io::Error| ApiError::fault(format!("files: {error}"));
    let mut file = tokio::fs::File::create(target).await.map_err(disk)?;
    let mut hash = Sha256::new();
    let mut bytes = 0_u64;
    loop {
        match tokio::time::timeout(SILENCE, body.next()).await {
            Ok(Some(Ok(chunk))) => {
                bytes = bytes.saturating_add(chunk.len() as u64);
                if bytes > max {
                    return Ok(Came::TooLarge);
                }
                hash.update(&chunk);
                file.write_all(&chunk).await.map_err(disk)?;
            }
            Ok(None) => {
                file.flush().await.map_err(disk)?;
                file.sync_all().await.map_err(disk)?;
                let checksum = hash.finalize().iter().map(|it| format!("{it:02x}")).collect();
                return Ok(Came::Whole { bytes, checksum });
            }
            Ok(Some(Err(_))) | Err(_) => return Ok(Came::Cut),
        }
    }
}

fn created(told: &serde_json::Value) -> Response {
    let mut response = (StatusCode::CREATED, told.to_string()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn too_large(max: u64) -> Response {
    problem(StatusCode::PAYLOAD_TOO_LARGE, Text::new("http-upload-too-large").with("max", max >> 20))
}

/// The answer to a ticket by which a file has come.
fn used() -> Response {
    problem(StatusCode::NOT_FOUND, Text::new("http-ticket-used").with("mutations", MUTATIONS))
}

fn failed(request_id: &str, error: &ApiError) -> Response {
    tracing::error!(request_id, fault = domain::operator::render(error), "an upload failed");
    let text = Text::new("http-upload-failed").with("mutations", MUTATIONS).with("request", request_id);
    problem(StatusCode::SERVICE_UNAVAILABLE, text)
}
