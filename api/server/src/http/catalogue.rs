//! The catalogue of what is public, for open-data portals.

use std::sync::Arc;

use async_graphql::ID;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as Shared};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use catalogue::{Syntax, dataset, page};
use chrono::{DateTime, Utc};
use domain::datasets::catalogue::{Listed, catalogue as catalogue_of, list, listed};
use graphql::meter::Charge as _;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use policy::Actor;
use serde::Deserialize;
use store::Stats;

use crate::http::conditional::Validators;
use crate::http::feeds::with_request_fields;
use crate::http::files::{PUBLIC, failed, gone, of_address};
use crate::http::headers::{ClientAddress, RequestId, text};
use crate::http::problem;
use crate::http::problems::{nothing_public, parameter_twice, repeated};
use crate::http::ranges::set;
use crate::http::rate::too_many_requests;
use crate::http::state::State;

/// Points that one answer takes from the budget of its address.
const POINTS: usize = 200;
/// Which addresses there are.
const ADDRESSES: &str = "/catalog/datasets/dst_…, .ttl, .rdf, .jsonld";

/// Which page.
#[derive(Deserialize)]
pub(super) struct CatalogueParams {
    page: Option<String>,
}

/// `GET /catalog`, also `.ttl`, `.rdf` and `.jsonld`; pages by `?page=`.
pub(super) async fn catalogue(
    shared: Shared<Arc<State>>,
    request_id: Extension<RequestId>,
    address: Extension<ClientAddress>,
    uri: Uri,
    asked: Result<Query<CatalogueParams>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let Ok(Query(asked)) = asked else { return parameter_twice(&uri, &["page"]) };
    let state = shared.0.clone();
    let suffix = uri.path().rsplit_once('.').map(|(_, suffix)| suffix);
    public(shared, request_id, address, &headers, suffix, async |session, base, syntax| {
        let number = match asked.page.as_deref() {
            None => 1,
            Some(text) => match text.parse() {
                Ok(number @ 1..) => number,
                _ => {
                    let text = Text::new("http-no-page").with("value", repeated(text));
                    return Ok(CatalogueAnswer::NoPage(text));
                }
            },
        };
        let (catalogue, part, datasets) = list(session, &state.config.catalogue, &state.files, base, number).await?;
        if number > part.last() {
            let text = Text::new("http-page-beyond").with("value", number).with("last", part.last());
            return Ok(CatalogueAnswer::NoPage(text));
        }
        let address = format!("{base}{}", uri.path());
        let links = [
            ("first", Some(1)),
            ("prev", (number > 1).then(|| number - 1)),
            ("next", (number < part.last()).then(|| number + 1)),
            ("last", Some(part.last())),
        ];
        let links =
            links.into_iter().filter_map(|(name, page)| Some(format!("<{address}?page={}>; rel=\"{name}\"", page?)));
        Ok(CatalogueAnswer::Text {
            body: page(&catalogue, &part, &address, &datasets, syntax),
            modified: catalogue.modified,
            links: links.collect::<Vec<_>>().join(", "),
        })
    })
    .await
}

/// `GET /catalog/datasets/<id>`, also with a suffix. What is hidden looks like what does not exist; what was public once
/// is gone.
pub(super) async fn one(
    shared: Shared<Arc<State>>,
    request_id: Extension<RequestId>,
    address: Extension<ClientAddress>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let state = shared.0.clone();
    let (name, suffix) = match file.split_once('.') {
        Some((name, suffix)) => (name, Some(suffix)),
        None => (file.as_str(), None),
    };
    public(shared, request_id, address, &headers, suffix, async |session, base, syntax| {
        let Ok(id) = NodeType::Dataset.parse(&ID::from(name), "dataset") else { return Ok(CatalogueAnswer::Nothing) };
        let catalogue = catalogue_of(&state.config.catalogue, base, None);
        Ok(match listed(session, &state.files, base, id).await? {
            Listed::There(it) => CatalogueAnswer::Text {
                body: dataset(&catalogue, &it, syntax),
                modified: Some(it.modified),
                links: format!("<{}>; rel=\"collection\"", catalogue.address()),
            },
            Listed::Gone => CatalogueAnswer::Gone,
            Listed::Nothing => CatalogueAnswer::Nothing,
        })
    })
    .await
}

/// What there is to tell.
enum CatalogueAnswer {
    Text {
        body: Vec<u8>,
        modified: Option<DateTime<Utc>>,
        links: String,
    },
    Gone,
    /// There is no such page; why.
    NoPage(Text),
    Nothing,
}

/// Answers with what everybody may see, from the budget of the address.
async fn public(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    headers: &HeaderMap,
    suffix: Option<&str>,
    render: impl AsyncFnOnce(&store::Session, &str, Syntax) -> ApiResult<CatalogueAnswer>,
) -> Response {
    let spending = of_address(&state, address);
    if !spending.charge(POINTS) {
        return too_many_requests(&spending);
    }
    let syntax = match suffix {
        Some(suffix) => Syntax::ALL.into_iter().find(|it| it.suffix() == suffix),
        None => negotiated(text(headers, header::ACCEPT.as_str())),
    };
    let Some(syntax) = syntax else {
        return match suffix {
            Some(_) => nothing_public(ADDRESSES),
            None => {
                let accept = text(headers, header::ACCEPT.as_str()).unwrap_or_default();
                let media = Syntax::ALL.into_iter().map(Syntax::media_type).collect::<Vec<_>>().join(", ");
                let text = Text::new("http-not-acceptable").with("value", repeated(accept)).with("allowed", media);
                problem(StatusCode::NOT_ACCEPTABLE, text)
            }
        };
    };
    let base = state.config.catalogue.address_for(text(headers, header::HOST.as_str()));
    let stats = Arc::<Stats>::default();
    let told = async {
        let session = state.store.read(&Actor::Anonymous, state.clock.now(), stats.clone()).await?;
        let told = render(&session, &base, syntax).await?;
        session.commit().await?;
        Ok(told)
    };
    let response = match told.await {
        Ok(CatalogueAnswer::Text { body, modified, links }) => answer(headers, syntax, body, modified, &links),
        Ok(CatalogueAnswer::Gone) => gone(),
        Ok(CatalogueAnswer::NoPage(text)) => problem(StatusCode::NOT_FOUND, text),
        Ok(CatalogueAnswer::Nothing) => nothing_public(ADDRESSES),
        Err(error) => failed(&request_id, &error),
    };
    with_request_fields(&state, response, "anonymous", &stats)
}

/// The text, or what the conditions of the portal ask instead.
fn answer(
    headers: &HeaderMap,
    syntax: Syntax,
    body: Vec<u8>,
    modified: Option<DateTime<Utc>>,
    links: &str,
) -> Response {
    let media = format!("{}; charset=utf-8", syntax.media_type());
    let mut response = Validators::of(&body, modified).answer(headers, &media, PUBLIC, body);
    set(&mut response, header::VARY, "accept");
    set(&mut response, header::LINK, links);
    response
}

/// The syntax that a client likes best; Turtle where it likes any. Browsers, which like HTML, get Turtle too.
fn negotiated(accept: Option<&str>) -> Option<Syntax> {
    let Some(accept) = accept.map(str::trim).filter(|it| !it.is_empty()) else { return Some(Syntax::Turtle) };
    let mut best = None;
    for part in accept.split(',') {
        let mut pieces = part.split(';').map(str::trim);
        let media = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let weight = pieces.find_map(|it| it.strip_prefix("q=")).map_or(Some(1.0), |it| it.parse::<f32>().ok());
        let Some(weight) = weight.filter(|it| *it > 0.0) else { continue };
        let (syntax, exact) = match media.as_str() {
            "text/turtle" | "application/x-turtle" => (Syntax::Turtle, true),
            "application/rdf+xml" | "application/xml" | "text/xml" => (Syntax::RdfXml, true),
            "application/ld+json" | "application/json" => (Syntax::JsonLd, true),
            "*/*" | "text/*" | "text/html" => (Syntax::Turtle, false),
            "application/*" => (Syntax::JsonLd, false),
            _ => continue,
        };
        // What is named goes before what is only covered.
        let rank = (weight, exact);
        if best.is_none_or(|(known, _)| rank > known) {
            best = Some((rank, syntax));
        }
    }
    best.map(|(_, syntax)| syntax)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_syntax_is_negotiated() {
        for (accept, syntax) in [
            (None, Some(Syntax::Turtle)),
            (Some("*/*"), Some(Syntax::Turtle)),
            (Some("text/turtle"), Some(Syntax::Turtle)),
            (Some("application/rdf+xml"), Some(Syntax::RdfXml)),
            (Some("application/ld+json, */*;q=0.1"), Some(Syntax::JsonLd)),
            (Some("text/turtle;q=0.4, application/rdf+xml;q=0.9"), Some(Syntax::RdfXml)),
            (Some("*/*, application/ld+json"), Some(Syntax::JsonLd)),
            (Some("text/html,application/xhtml+xml,*/*;q=0.8"), Some(Syntax::Turtle)),
            (Some("image/png"), None),
            (Some("text/turtle;q=0"), None),
        ] {
            assert_eq!(negotiated(accept), syntax, "{accept:?}");
        }
    }
}
