//! GraphQL over server-sent events, distinct connections: one request, one stream of `next` events, then `complete`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use futures_util::stream::{BoxStream, StreamExt as _};
use kernel::error::TopLevelCode;
use kernel::i18n::{Locale, Text};
use serde_json::json;

use crate::http::graphql::ask::RequestRefusal;
use crate::http::graphql::run::{Caller, Prepared};
use crate::http::graphql::{reply, run};
use crate::http::state::State;
use crate::telemetry::{LiveFields, RequestFields};

/// Answers with a stream: the one answer of a query or mutation, or the events of a subscription.
pub(super) fn stream(state: Arc<State>, caller: Caller, prepared: Prepared, mut fields: RequestFields) -> Response {
    let Ok(permit) = state.streams.clone().try_acquire_owned() else {
        let text = Text::new("request-streams");
        let refusal = RequestRefusal::new(StatusCode::SERVICE_UNAVAILABLE, TopLevelCode::Unavailable, text);
        let id = prepared.op.request_id.clone();
        let outcome = reply::ReplyOutcome::Refused(refusal);
        let mut response = reply::respond(reply::Media::Any, &outcome, (&id, caller.locale), None, &mut fields);
        response.extensions_mut().insert(fields);
        return response;
    };
    let until = end_of(&state, &caller);
    let keep_alive = KeepAlive::new().interval(state.config.live.keep_alive());
    let stopping = state.stopping.clone();
    let fields = LiveFields::new(fields);
    let answers = answers(state, prepared, fields.clone())
        .map(|answer| Event::default().event("next").data(answer))
        // Whoever signed in again comes back with a new token.
        .take_until(async move {
            tokio::select! {
                () = sleep(until) => {}
                () = stopping.cancelled() => {}
            }
        })
        .chain(stream::once(async { Event::default().event("complete").data("") }))
        .map(move |event| {
            let _held = &permit;
            Ok::<_, Infallible>(event)
        });
    let response = Sse::new(answers).keep_alive(keep_alive).into_response();
    let mut response = reply::finish(response, None);
    response.extensions_mut().insert(fields);
    response
}

/// Tells within a stream what is wrong with a document, as clients of event streams expect it.
pub(super) fn refused(refusal: &RequestRefusal, request_id: &str, locale: Locale, fields: RequestFields) -> Response {
    let body = json!({ "errors": refusal.errors(request_id, locale) }).to_string();
    let events = [Event::default().event("next").data(body), Event::default().event("complete").data("")];
    let response = Sse::new(stream::iter(events.map(Ok::<_, Infallible>))).into_response();
    let mut response = reply::finish(response, None);
    response.extensions_mut().insert(fields);
    response
}

/// The answers to one operation, as text; `fields` say at each what it came to.
fn answers(state: Arc<State>, prepared: Prepared, fields: LiveFields) -> BoxStream<'static, String> {
    let request_id = prepared.op.request_id.clone();
    let locale = prepared.op.locale;
    let refused = move |refusal: &RequestRefusal| json!({ "errors": refusal.errors(&request_id, locale) }).to_string();
    if prepared.operation.is_subscription() {
        let Prepared { request, op, spending, .. } = prepared;
        let running = state.metrics.subscription();
        let events = state.schema.execute_stream(request);
        return events
            .then(move |response| {
                let (op, spending, fields) = (op.clone(), spending.clone(), fields.clone());
                // Whatever was read for the event is ended before it is sent: a slow client holds no connection.
                async move {
                    let result = run::finish(response, &op, &spending).await;
                    fields.update(|it| {
                        it.errors = run::outcome(&result);
                        run::note(it, &op);
                    });
                    result
                }
            })
            .map(move |result| {
                let _running = &running;
                state.metrics.event();
                match result {
                    Ok(response) => reply::body(&response),
                    Err(refusal) => refused(&refusal),
                }
            })
            .boxed();
    }
    stream::once(async move {
        let mut told = fields.fields();
        let result = run::execute(&state, prepared, &mut told).await;
        told.errors = run::outcome(&result);
        fields.update(|it| *it = told);
        match result {
            Ok(response) => reply::body(&response),
            Err(refusal) => refused(&refusal),
        }
    })
    .boxed()
}

/// How long the caller's token is still good; none without one.
pub(super) fn end_of(state: &State, caller: &Caller) -> Option<Duration> {
    caller.expires.map(|it| (it - state.clock.now()).to_std().unwrap_or_default())
}

/// Sleeps for a time, or for ever.
pub(super) async fn sleep(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}
