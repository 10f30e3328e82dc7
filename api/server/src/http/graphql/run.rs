//! From a request to its execution, the same for every transport: who asks, within which bounds, for what.

use std::net::IpAddr;
use std::sync::Arc;

use async_graphql::{Request, Response as GraphQlResponse};
use axum::http::{HeaderMap, StatusCode, header};
use chrono::{DateTime, Utc};
use domain::context::op::Op;
use domain::context::reads;
use graphql::error::finish_errors;
use graphql::meter;
use graphql::meter::Payer;
use graphql_documents as document;
use graphql_documents::CheckedDocument;
use graphql_documents::limits;
use graphql_documents::limits::Introspection;
use kernel::error::{ApiError, TopLevelCode};
use kernel::i18n::{Locale, Text};
use policy::Actor;
use serde_json::{Map, Value as Json};

use crate::auth::Rejection;
use crate::http::graphql::ask::{Ask, RequestRefusal};
use crate::http::graphql::locale_of;
use crate::http::graphql::reply::codes;
use crate::http::rate::Spending;
use crate::http::state::State;
use crate::telemetry::{RequestFields, RequestOperation};

/// Who asks, once the token is checked.
#[derive(Clone)]
pub(in crate::http) struct Caller {
    /// Who it is.
    pub(in crate::http) actor: Actor,
    /// When the token is over; none for those who did not sign in.
    pub(super) expires: Option<DateTime<Utc>>,
    /// Where the request comes from.
    pub(super) address: IpAddr,
    /// The language of messages.
    pub(in crate::http) locale: Locale,
}

impl Caller {
    /// Checks the token of a request.
    pub(super) async fn of(
        state: &State,
        headers: &HeaderMap,
        address: IpAddr,
        request_id: &str,
    ) -> Result<Self, RequestRefusal> {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let value = match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => value.to_str().map(Some).map_err(|_| Rejection::Header),
            (Some(_), Some(_)) => Err(Rejection::Header),
        };
        Self::with(state, value, address, locale_of(headers), request_id).await
    }

    /// Checks the value of an `Authorization` header, wherever it came from.
    pub(super) async fn with(
        state: &State,
        authorization: Result<Option<&str>, Rejection>,
        address: IpAddr,
        locale: Locale,
        request_id: &str,
    ) -> Result<Self, RequestRefusal> {
        let checked = match authorization {
            Ok(value) => state.verifier.authenticate(value, state.clock.now()).await,
            Err(rejection) => Err(rejection),
        };
        let signed_in = checked.map_err(|rejection| {
            tracing::info!(request_id, reason = rejection.name(), "token refused");
            RequestRefusal::of_token(rejection)
        })?;
        if let Some(arrival) = &signed_in.arrival {
            let (store, clock, actor) = (state.store.clone(), state.clock.clone(), signed_in.actor.clone());
            let op = Op::new(store, clock, actor, request_id.to_owned(), locale);
            if let Err(error) = state.sign_in.welcome(&op, arrival).await {
                tracing::error!(
                    request_id,
                    fault = domain::operator::render(&error),
                    "a person could not be made known"
                );
                let text = Text::new("request-sign-in-unavailable");
                return Err(RequestRefusal::new(StatusCode::SERVICE_UNAVAILABLE, TopLevelCode::Unavailable, text));
            }
        }
        Ok(Self { actor: signed_in.actor, expires: signed_in.expires, address, locale })
    }

    fn is_signed_in(&self) -> bool {
        matches!(self.actor, Actor::Person { .. })
    }

    /// Whether the caller may ask the schema about itself.
    pub(super) fn may_introspect(&self, state: &State) -> bool {
        state.config.graphql.introspection == Introspection::Everyone || self.is_signed_in()
    }

    /// Whose budget is spent: the person's, or that of the address (of the network, in IPv6).
    pub(in crate::http) fn payer(&self) -> String {
        match &self.actor {
            Actor::Person { issuer, subject } => format!("{issuer} {subject}"),
            Actor::Anonymous | Actor::Feed { .. } | Actor::Operator | Actor::Service { .. } => match self.address {
                IpAddr::V4(address) => address.to_string(),
                IpAddr::V6(address) => format!("{:x?}", &address.segments()[..4]),
            },
        }
    }
}

/// An operation that is ready to be executed.
pub(super) struct Prepared {
    /// What the executor gets.
    pub(super) request: Request,
    /// Its context.
    pub(super) op: Arc<Op>,
    /// What it is, for log and transport.
    pub(super) operation: RequestOperation,
    /// What it takes from its caller's budget.
    pub(super) spending: Arc<Spending>,
    /// A query again, to tell its dearest field where it is too dear.
    again: Option<RepeatableQuery>,
}

/// A document with the name of its operation and the values of its variables.
struct RepeatableQuery {
    document: Arc<CheckedDocument>,
    name: Option<String>,
    variables: Option<Map<String, Json>>,
}

/// Bounds, validates and binds a request: after this no value of it is refused by its type. Documents are parsed and
/// validated once and kept.
pub(super) fn prepare(state: &State, caller: &Caller, ask: Ask, request_id: &str) -> Result<Prepared, RequestRefusal> {
    let document = parse(state, &ask.query)?;
    let may_introspect = caller.may_introspect(state);
    if !may_introspect {
        limits::no_introspection(&document.parsed)?;
    }
    let operation = RequestOperation::of(&document.parsed, ask.operation_name.as_deref());
    let is_query = !operation.is_mutation() && !operation.is_subscription();
    let again = is_query.then(|| RepeatableQuery {
        document: document.clone(),
        name: ask.operation_name.clone(),
        variables: ask.variables.clone(),
    });
    let bound = document::bind(&document, ask.operation_name.as_deref(), ask.variables);
    let bound = bound.map_err(|mut problems| {
        if !may_introspect {
            problems.iter_mut().for_each(|it| it.suggestion = None);
        }
        RequestRefusal::of_document(problems)
    })?;
    let op = Arc::new(Op::new(
        state.store.clone(),
        state.clock.clone(),
        caller.actor.clone(),
        request_id.to_owned(),
        caller.locale,
    ));
    let budget = if caller.is_signed_in() { &state.signed_in_budget } else { &state.anonymous_budget };
    let spending = Arc::new(Spending::new(budget.clone(), caller.payer()));
    let payer: Payer = spending.clone();

    let mut request = Request::new(ask.query).data(op.clone()).data(payer);
    request.set_parsed_query(bound);
    Ok(Prepared { request, op, operation, spending, again })
}

fn parse(state: &State, source: &str) -> Result<Arc<CheckedDocument>, RequestRefusal> {
    if let Some(document) = state.documents.get(source) {
        return Ok(document);
    }
    let document = Arc::new(document::parse(source)?);
    state.documents.insert(source.to_owned(), document.clone());
    Ok(document)
}

/// Executes a query or mutation.
pub(super) async fn execute(
    state: &State,
    prepared: Prepared,
    fields: &mut RequestFields,
) -> Result<GraphQlResponse, RequestRefusal> {
    let Prepared { request, op, spending, again, .. } = prepared;
    let execution = async {
        let mut response = state.schema.execute(request).await;
        if let Some(RepeatableQuery { document, name, variables }) = again.filter(|_| meter::is_too_dear(&response))
            && let Ok(document) = document::bind(&document, name.as_deref(), variables)
        {
            meter::tell_dearest(&state.schema, &document, &mut response).await;
        }
        response
    };
    let response = match tokio::time::timeout(state.config.http.request_timeout(), execution).await {
        Ok(response) => Ok(finish(response, &op, &spending).await),
        Err(_late) => Err(RequestRefusal::timeout()),
    };
    note(fields, &op);
    response.and_then(|it| it)
}

/// Notes for the request line what an operation cost and what it refused.
pub(super) fn note(fields: &mut RequestFields, op: &Op) {
    fields.statements = op.stats.statements();
    fields.database = op.stats.time();
    fields.user_errors = op.user_errors();
}

/// Ends what an operation read with and puts its errors into words; also after each event of a subscription.
pub(super) async fn finish(
    mut response: GraphQlResponse,
    op: &Op,
    spending: &Spending,
) -> Result<GraphQlResponse, RequestRefusal> {
    if let Err(ApiError::Fault(fault)) = op.finish().await {
        // It only read: what was answered stands, the connection is gone.
        tracing::warn!(request_id = op.request_id, fault = fault.message, "the reading session did not end well");
    }
    if let Err(error) = reads::keep(op).await {
        tracing::error!(
            request_id = op.request_id,
            fault = domain::operator::render(&error),
            "reading was not recorded"
        );
        let text = Text::new("request-reads-unrecorded");
        return Err(RequestRefusal::new(StatusCode::SERVICE_UNAVAILABLE, TopLevelCode::Unavailable, text));
    }
    if spending.wait().is_some() {
        let text = Text::new("request-points");
        return Err(RequestRefusal::new(StatusCode::TOO_MANY_REQUESTS, TopLevelCode::RateLimited, text));
    }
    finish_errors(&mut response, op);
    if let Some(cost) = spending.cost() {
        response.extensions.insert("cost".to_owned(), cost);
    }
    Ok(response)
}

/// The codes of what an operation came to, for the log.
pub(super) fn outcome(result: &Result<GraphQlResponse, RequestRefusal>) -> String {
    match result {
        Ok(response) => codes(response),
        Err(refusal) => refusal.code.name().to_owned(),
    }
}
