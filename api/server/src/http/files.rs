//! Tables as files: for people with a token, for everybody where they are public, and by ticket.

use std::net::IpAddr;
use std::sync::Arc;

use async_graphql::ID;
use axum::Extension;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use domain::context::op::Op;
use domain::context::reads;
use domain::context::reads::DataRead;
use domain::datasets::files::made::Making;
use domain::datasets::files::ticket::of_ticket;
use domain::datasets::files::{FileForm, FileLookup, FileRequest, find};
use domain::files::folder::Folder;
use domain::files::tickets::{Opened, open};
use domain::projects::documents;
use domain::projects::documents::ProjectFile;
use graphql::meter::Charge as _;
use kernel::error::{ApiError, ApiResult};
use kernel::global_id::NodeType;
use kernel::i18n::{Locale, Text};
use policy::Actor;
use serde_json::json;
use store::Session;
use tabular::export::ExportFormat;

use crate::http::conditional::Validators;
use crate::http::graphql::{Caller, caller};
use crate::http::headers::{ClientAddress, RequestId};
use crate::http::problem;
use crate::http::problems::{no_such_link, not_now};
use crate::http::ranges::{file, set};
use crate::http::rate::{Spending, too_many_requests};
use crate::http::state::State;

/// Points that one file takes from a budget, and that a wrong ticket takes from that of its address.
const POINTS: usize = 100;
/// How long caches may keep what everybody may see without asking.
pub(super) const PUBLIC: &str = "public, max-age=300";
/// What is for one person is asked for each time: rights may be gone.
const PRIVATE: &str = "private, no-cache";
/// What makes new tickets.
const MUTATIONS: &str = "datasetDownloadTicket, projectDownloadTicket";

/// `GET /datasets/<id>/versions/<major.minor>.<suffix>`
pub(super) async fn version(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    Path((dataset, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let caller = match caller(&state, &headers, address, &request_id).await {
        Ok(caller) => caller,
        Err(refused) => return *refused,
    };
    let spending = spending_of(&state, &caller);
    if !spending.charge(POINTS) {
        return too_many_requests(&spending);
    }
    let dataset = NodeType::Dataset.parse(&ID::from(dataset), "dataset").ok();
    let asked = dataset.and_then(|it| FileRequest::of(it, &name));
    let op = op(&state, caller.actor, request_id, caller.locale);
    answer(&state, &op, asked, &headers).await
}

/// `GET /downloads/<ticket>`: what is unknown, over or out of sight is not told apart.
pub(super) async fn download(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Response {
    let guess = Spending::new(state.anonymous_budget.clone(), address.to_string());
    if !guess.charge(POINTS) {
        return too_many_requests(&guess);
    }
    let ticket = match open(&state.store, &secret, state.clock.now()).await {
        Ok(Some(ticket)) => ticket,
        Ok(None) => return no_such_link(MUTATIONS),
        Err(error) => return failed(&request_id, &error),
    };
    let locale = Locale::negotiate(crate::http::headers::text(&headers, header::ACCEPT_LANGUAGE.as_str()));
    let op = op(&state, ticket.actor.clone(), request_id, locale);
    let response = match opened(&state, &op, &ticket, &headers).await {
        Ok(Some(response)) => response,
        Ok(None) => no_such_link(MUTATIONS),
        Err(error) => failed(&op.request_id, &error),
    };
    crate::http::feeds::with_request_fields(&state, response, "person", &op.stats)
}

/// What a ticket is for is told by whoever made it: the projects or the datasets. None where it is not there any more, or
/// not visible.
async fn opened(state: &State, op: &Op, ticket: &Opened, headers: &HeaderMap) -> ApiResult<Option<Response>> {
    let session = op.session().await?;
    let Some(row) = ticket.row(&session).await? else { return Ok(None) };
    if let Some(wanted) = documents::of_ticket(&row) {
        return document(state, op, session, &wanted, headers).await;
    }
    let asked = of_ticket(&session, &row).await?;
    drop(session);
    match asked {
        Some(asked) => file_response(state, op, asked, headers).await,
        None => Ok(None),
    }
}

/// A document of a project, or a copy of one; none where it is not visible.
async fn document(
    state: &State,
    op: &Op,
    session: Arc<Session>,
    wanted: &ProjectFile,
    headers: &HeaderMap,
) -> ApiResult<Option<Response>> {
    let found = documents::find(&session, &Folder(state.config.files.folder.clone()), wanted).await?;
    drop(session);
    op.finish().await?;
    let Some(found) = found else { return Ok(None) };
    let validators = Validators::of_checksum(&found.checksum, Some(found.created_at));
    let mut response = match (&found.path, found.content) {
        (Some(path), _) => file(headers, path, &validators)
            .await
            .map_err(|error| ApiError::fault(format!("{}: {error}", found.name)))?,
        (None, content) => validators.answer(headers, &found.media_type, PRIVATE, content.unwrap_or_default()),
    };
    // A refusal has a type of its own.
    if !response.status().is_client_error() {
        set(&mut response, header::CONTENT_TYPE, &found.media_type);
        set(&mut response, header::CONTENT_DISPOSITION, &disposition(&found.name));
        set(&mut response, header::CACHE_CONTROL, PRIVATE);
    }
    Ok(Some(response))
}

fn op(state: &State, actor: Actor, request_id: String, locale: Locale) -> Op {
    Op::new(state.store.clone(), state.clock.clone(), actor, request_id, locale)
}

/// What a caller's requests take from.
pub(super) fn spending_of(state: &State, caller: &Caller) -> Spending {
    let budget =
        if matches!(caller.actor, Actor::Anonymous) { &state.anonymous_budget } else { &state.signed_in_budget };
    Spending::new(budget.clone(), caller.payer())
}

async fn answer(state: &State, op: &Op, asked: Option<FileRequest>, headers: &HeaderMap) -> Response {
    let actor = if matches!(op.actor, Actor::Anonymous) { "anonymous" } else { "person" };
    let response = match asked {
        Some(asked) => match file_response(state, op, asked, headers).await {
            Ok(response) => response.unwrap_or_else(no_such_file),
            Err(error) => failed(&op.request_id, &error),
        },
        None => no_such_file(),
    };
    crate::http::feeds::with_request_fields(state, response, actor, &op.stats)
}

/// Finds or makes the file, ends reading, records what crosses a boundary, and only then sends anything. None where no
/// such file is visible.
async fn file_response(
    state: &State,
    op: &Op,
    request: FileRequest,
    headers: &HeaderMap,
) -> ApiResult<Option<Response>> {
    let session = op.session().await?;
    let found = find(&session, &state.files, request).await?;
    let (path, validators, name, media, public) = match found {
        FileLookup::Nothing => return Ok(None),
        FileLookup::Gone => return Ok(Some(gone())),
        FileLookup::Original(it) => {
            let validators = Validators::of_checksum(&it.sha256, Some(it.created_at));
            (it.path, validators, it.name, "application/octet-stream", false)
        }
        FileLookup::Table(it) => {
            let made = match state.files.file(&session, &it.content, &it.about, it.format).await? {
                Making::Made(made) => made,
                // The reason comes from the libraries that write the formats, in their words.
                Making::Unfit(_) => {
                    let text = Text::new("http-table-unfit").with("format", it.format.suffix());
                    return Ok(Some(problem(StatusCode::UNPROCESSABLE_ENTITY, text)));
                }
            };
            let question = json!({ "format": it.format.suffix() });
            let rows = if it.format.has_rows() { it.content.row_count } else { 0 };
            reads::remember(op, DataRead::of("export", &it.content, question, rows)).await?;
            let name = named(&it.about.title, request, it.format);
            let validators = Validators::of_checksum(&made.sha256, Some(it.modified));
            (made.path, validators, name, it.format.media_type(), it.public)
        }
    };
    drop(session);
    op.finish().await?;
    reads::keep(op).await?;
    let response = file(headers, &path, &validators).await;
    let mut response = response.map_err(|error| ApiError::fault(format!("{name}: {error}")))?;
    // A refusal has a type of its own.
    if response.status().is_client_error() {
        return Ok(Some(response));
    }
    set(&mut response, header::CONTENT_TYPE, media);
    set(&mut response, header::CONTENT_DISPOSITION, &disposition(&name));
    // What the owner gets here is not what others get.
    let anonymous = matches!(op.actor, Actor::Anonymous);
    set(&mut response, header::CACHE_CONTROL, if public && anonymous { PUBLIC } else { PRIVATE });
    set(&mut response, header::VARY, "authorization");
    if request.form == FileForm::Table(ExportFormat::Csv) {
        let sibling = format!("<{}.{}.{}>", request.major, request.minor, ExportFormat::CsvMetadata.suffix());
        set(&mut response, header::LINK, &format!("{sibling}; rel=\"describedby\"; type=\"application/csvm+json\""));
    }
    Ok(Some(response))
}

/// A name that tells what is in the file.
fn named(title: &str, request: FileRequest, format: ExportFormat) -> String {
    let mut name = String::new();
    for it in kernel::text::fold(title).chars().take(60) {
        match it {
            it if it.is_ascii_alphanumeric() => name.push(it),
            _ if !name.is_empty() && !name.ends_with('-') => name.push('-'),
            _ => {}
        }
    }
    format!("{}-{}.{}.{}", name.trim_end_matches('-'), request.major, request.minor, format.suffix())
}

/// The name of a file in a header: plain, and in full (RFC 6266). Names from the time when paths were taken lose them.
fn disposition(name: &str) -> String {
    let name = kernel::text::last_segment(name);
    let plain: String =
        name.chars().map(|it| if it.is_ascii_graphic() && !"\"\\%;/".contains(it) { it } else { '_' }).collect();
    let full: String = name
        .bytes()
        .map(|it| match it {
            it if it.is_ascii_alphanumeric() || b"-._".contains(&it) => char::from(it).to_string(),
            it => format!("%{it:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}")
}

fn no_such_file() -> Response {
    let endings: Vec<_> = ExportFormat::ALL.into_iter().map(ExportFormat::suffix).collect();
    problem(StatusCode::NOT_FOUND, Text::new("http-no-such-file").with("endings", endings.join(", ")))
}

pub(super) fn gone() -> Response {
    problem(StatusCode::GONE, Text::new("http-withdrawn"))
}

pub(super) fn failed(request_id: &str, error: &ApiError) -> Response {
    tracing::error!(request_id, fault = domain::operator::render(error), "a file could not be sent");
    not_now(request_id)
}

/// Whose requests from an address are counted together.
pub(super) fn of_address(state: &State, address: IpAddr) -> Spending {
    Spending::new(state.anonymous_budget.clone(), address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain_and_whole() {
        let asked = FileRequest::of(uuid::Uuid::nil(), "2.1.csv").unwrap();
        assert_eq!(
            named("Schulabgänge (2023) – Übersicht", asked, ExportFormat::Csv),
            "schulabgaenge-2023-uebersicht-2.1.csv"
        );
        assert_eq!(disposition("a \"b\".csv"), "attachment; filename=\"a__b_.csv\"; filename*=UTF-8''a%20%22b%22.csv");
        assert_eq!(
            disposition("../../etc/passwd.pdf"),
            "attachment; filename=\"passwd.pdf\"; filename*=UTF-8''passwd.pdf"
        );
        assert_eq!(disposition("ä\r\n.csv"), "attachment; filename=\"___.csv\"; filename*=UTF-8''%C3%A4%0D%0A.csv");
    }
}
