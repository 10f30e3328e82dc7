//! What is public of the directory, for maps of others.

use std::sync::Arc;

use async_graphql::ID;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Shared};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use domain::places::geojson::{FeatureFilter, FeaturePage, offers, places};
use entities::{LearningPlaceKind, OfferTopic, tenant};
use graphql::meter::Charge as _;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use policy::Actor;
use sea_orm::{ColumnTrait, QueryFilter};
use serde::Deserialize;
use store::{Session, Stats};

use crate::http::conditional::Validators;
use crate::http::feeds::with_request_fields;
use crate::http::files::{PUBLIC, failed, of_address};
use crate::http::headers::{ClientAddress, RequestId, text};
use crate::http::problem;
use crate::http::problems::{parameter_twice, repeated};
use crate::http::ranges::set;
use crate::http::rate::too_many_requests;
use crate::http::state::State;

/// Points that one answer takes from the budget of its address.
const POINTS: usize = 200;
/// RFC 7946.
const MEDIA: &str = "application/geo+json";
/// The names of [`FeatureParams`].
const PARAMETERS: [&str; 4] = ["tenant", "kind", "topic", "after"];

/// Which features.
#[derive(Deserialize)]
pub(super) struct FeatureParams {
    tenant: Option<String>,
    kind: Option<String>,
    topic: Option<String>,
    after: Option<String>,
}

/// `GET /public/places.geojson`, narrowed by `?tenant=<slug>` and `?kind=<KIND>`; further pages by `?after=<id>`, as the
/// link `next` says.
pub(super) async fn public_places(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    uri: Uri,
    asked: Result<Query<FeatureParams>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let Ok(Query(asked)) = asked else { return parameter_twice(&uri, &PARAMETERS) };
    let Ok(kind) = asked.kind.as_deref().map(str::parse::<LearningPlaceKind>).transpose() else {
        let known: Vec<_> = LearningPlaceKind::ALL.iter().map(|it| it.as_str()).collect();
        return none_of("kind", asked.kind.as_deref(), &known);
    };
    let told = FeatureRequest { state: &state, request_id: &request_id, address, uri: &uri, headers: &headers };
    told.answer(&asked, NodeType::LearningPlace, async |session, wanted| places(session, wanted, kind).await).await
}

/// `GET /public/offers.geojson`, narrowed by `?tenant=<slug>` and `?topic=<TOPIC>`; further pages by `?after=<id>`.
pub(super) async fn public_offers(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    uri: Uri,
    asked: Result<Query<FeatureParams>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let Ok(Query(asked)) = asked else { return parameter_twice(&uri, &PARAMETERS) };
    let Ok(topic) = asked.topic.as_deref().map(str::parse::<OfferTopic>).transpose() else {
        let known: Vec<_> = OfferTopic::ALL.iter().map(|it| it.as_str()).collect();
        return none_of("topic", asked.topic.as_deref(), &known);
    };
    let told = FeatureRequest { state: &state, request_id: &request_id, address, uri: &uri, headers: &headers };
    told.answer(&asked, NodeType::EducationOffer, async |session, wanted| offers(session, wanted, topic).await).await
}

/// A value that is none of a closed set.
fn none_of(parameter: &str, value: Option<&str>, known: &[&str]) -> Response {
    let text = Text::new("http-parameter-none-of")
        .with("parameter", parameter)
        .with("value", repeated(value.unwrap_or_default()))
        .with("allowed", known.join(", "))
        .with("example", known.first().copied().unwrap_or_default());
    problem(StatusCode::BAD_REQUEST, text)
}

/// An id that is none of the kind of the list.
fn no_id(value: Option<&str>, kind: NodeType) -> Response {
    let value = repeated(value.unwrap_or_default());
    problem(
        StatusCode::BAD_REQUEST,
        Text::new("http-parameter-no-id").with("value", value).with("prefix", kind.prefix()),
    )
}

/// A short name that no authority has.
fn no_authority(slug: Option<&str>) -> Response {
    let slug = repeated(slug.unwrap_or_default());
    problem(StatusCode::NOT_FOUND, Text::new("http-no-authority").with("value", slug))
}

/// A request, as far as it matters.
struct FeatureRequest<'a> {
    state: &'a State,
    request_id: &'a str,
    address: std::net::IpAddr,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

impl FeatureRequest<'_> {
    /// Answers with what everybody may see, from the budget of the address.
    async fn answer(
        self,
        params: &FeatureParams,
        kind: NodeType,
        render: impl AsyncFnOnce(&Session, &FeatureFilter) -> ApiResult<FeaturePage>,
    ) -> Response {
        let spending = of_address(self.state, self.address);
        if !spending.charge(POINTS) {
            return too_many_requests(&spending);
        }
        let after = match params.after.as_ref().map(|it| kind.parse(&ID::from(it.as_str()), "after")).transpose() {
            Ok(after) => after,
            Err(_) => return no_id(params.after.as_deref(), kind),
        };
        let stats = Arc::<Stats>::default();
        let told = async {
            let session = self.state.store.read(&Actor::Anonymous, self.state.clock.now(), stats.clone()).await?;
            let tenant = match &params.tenant {
                None => None,
                Some(slug) => {
                    let named = session.reference::<tenant::Entity>().filter(tenant::Column::Slug.eq(slug.as_str()));
                    let Some(tenant) = session.one(named).await? else { return Ok(None) };
                    Some(tenant.id)
                }
            };
            let page = render(&session, &FeatureFilter { tenant, after }).await?;
            session.commit().await?;
            ApiResult::Ok(Some(page))
        };
        let response = match told.await {
            Ok(Some(page)) => {
                let next = page.next.map(|it| self.next(params, &kind.id(it)));
                let body = page.body.to_string();
                let mut response = Validators::of(&body, None).answer(self.headers, MEDIA, PUBLIC, body);
                if let Some(next) = next {
                    set(&mut response, header::LINK, &next);
                }
                response
            }
            Ok(None) => no_authority(params.tenant.as_deref()),
            Err(error) => failed(self.request_id, &error),
        };
        with_request_fields(self.state, response, "anonymous", &stats)
    }

    /// The link to the page behind `last`.
    fn next(&self, params: &FeatureParams, last: &str) -> String {
        let base = self.state.config.catalogue.address_for(text(self.headers, header::HOST.as_str()));
        // What was asked for was found, so it has no letter that would have to be quoted.
        let narrowed = [("tenant", &params.tenant), ("kind", &params.kind), ("topic", &params.topic)];
        let narrowed = narrowed.into_iter().filter_map(|(name, value)| Some(format!("{name}={}&", value.as_ref()?)));
        format!("<{base}{}?{}after={last}>; rel=\"next\"", self.uri.path(), narrowed.collect::<String>())
    }
}
