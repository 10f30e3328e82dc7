//! The sweep over the schema: every argument and input field that takes an id gets one that is hidden and one that nothing
//! has, and answers alike; what is sent is made from the schema, so that a new argument is swept without a word here.
//!
//! Who sends may use everything else in the input, and with an id of its own instead the answer is another: the id decides,
//! and nothing before it. Where an id names what everybody may see, nothing can be hidden; that it is so is asked as well.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value, json};
use verbund_tests::client::unknown;
use verbund_tests::{Case, Client, Events, TestApp, cases};

use super::inputs::{Inputs, PUBLIC, kinds, swept_kinds};
use super::objects::{self, Objects};
use super::routes::{Route, Schema, base};

pub fn cases() -> Vec<Case> {
    cases!["access::id_arguments"; hidden_and_unknown_ids_are_answered_alike_by_every_id_argument]
}

/// Kinds whose ids are no global ids: `node` knows none of them.
const NO_NODES: &[&str] = &["Conflict", "PlanSnapshot"];

/// How long a subscription is listened to before it counts as silent.
const SILENCE: Duration = Duration::from_millis(150);

/// Who sends: its own authority has everything in `own`, and sees nothing of `hidden`.
struct Sweep<'a> {
    app: &'a TestApp,
    schema: Schema,
    own: Objects,
    hidden: Objects,
    /// The account, and two that see nothing of `hidden` either: nobody, and the partner of its authority.
    clients: [(Client, Option<String>); 3],
}

async fn hidden_and_unknown_ids_are_answered_alike_by_every_id_argument(app: TestApp) {
    let own = objects::make(&app, "kaufbeuren", "ostallgaeu").await;
    let hidden = objects::make(&app, "lindau", "memmingen").await;
    let schema = Schema::of(&graphql::schema::sdl());
    let accounts = [Some("kaufbeuren"), None, Some("ostallgaeu")].map(|it| it.map(objects::account));
    let clients = accounts.map(|it| {
        let token = it.map(|it| app.token(&it));
        (app.server().client(token.clone()), token)
    });
    let sweep = Sweep { app: &app, schema, own, hidden, clients };
    sweep.check_what_is_hidden_and_public().await;
    let (mut swept, mut wrong) = (BTreeSet::new(), Vec::new());
    let mut routes = sweep.schema.routes();
    // Reading first: it finds everything as it was made.
    routes.sort_by_key(|it| it.parent == "Mutation");
    for route in &routes {
        let problems = sweep.sweep(route).await;
        if problems.is_empty() {
            swept.insert(route.argument.clone());
        }
        wrong.extend(problems.iter().map(|it| format!("{} by {}.{}: {it}", route.argument, route.parent, route.field)));
    }
    assert!(wrong.is_empty(), "{} of {} routes:\n{}", wrong.len(), routes.len(), wrong.join("\n"));
    let arguments = sweep.schema.arguments();
    let missing: Vec<_> = arguments.difference(&swept).collect();
    assert!(missing.is_empty(), "{} of {} id arguments were not sent: {missing:?}", missing.len(), arguments.len());
}

impl Sweep<'_> {
    /// Everybody sees what is public; the sender sees its own, and nothing of the others.
    async fn check_what_is_hidden_and_public(&self) {
        let query = "query($id: ID!) { node(id: $id) { id } }";
        let [(me, _), (nobody, _), _] = &self.clients;
        let sees =
            async |client: &Client, id: &str| !client.send(query, json!({ "id": id })).await.data()["node"].is_null();
        for kind in swept_kinds() {
            let (own, hidden) = (&self.own[kind], &self.hidden[kind]);
            if PUBLIC.contains(&kind) {
                assert!(sees(nobody, own).await && sees(nobody, hidden).await, "{kind} is not public");
            } else if !NO_NODES.contains(&kind) {
                assert!(sees(me, own).await, "the own {kind} is not seen");
                assert!(!sees(me, hidden).await, "{kind} is not hidden");
            }
        }
    }

    /// Sends a hidden, an unknown and an own id by a route, for every kind of object that the id can name; what is wrong.
    async fn sweep(&self, route: &Route) -> Vec<String> {
        let owner = route.argument.split('.').next().unwrap_or_default();
        let name = route.path.last().map(String::as_str).unwrap_or_default();
        let Some(kinds) = kinds(&route.argument, owner, name) else {
            return vec!["no kind of object is known for it".to_owned()];
        };
        let version = self.version(route).await;
        let mut wrong = Vec::new();
        for kind in kinds {
            let inputs = Inputs { schema: &self.schema, own: &self.own, version, swept: kind };
            wrong.extend(self.sweep_kind(route, &inputs).await.err());
        }
        wrong
    }

    async fn sweep_kind(&self, route: &Route, inputs: &Inputs<'_>) -> Result<(), String> {
        let kind = inputs.swept;
        let (own, hidden) = (&self.own[kind], &self.hidden[kind]);
        let unknown = if hidden.contains('_') { unknown(hidden) } else { hidden.chars().rev().collect() };
        let [me, others @ ..] = &self.clients;
        let nothing = self.answer(me, route, inputs, &unknown).await;
        if !PUBLIC.contains(&kind) {
            let there = self.answer(me, route, inputs, hidden).await;
            if there != nothing {
                return Err(format!("{kind} of others: {there}, unknown: {nothing}"));
            }
            if route.parent == "Mutation" && !there.contains("NOT_FOUND") {
                return Err(format!("{kind} of others: {there}"));
            }
            for other in others {
                let there = self.answer(other, route, inputs, hidden).await;
                let nothing = self.answer(other, route, inputs, &unknown).await;
                if there != nothing {
                    return Err(format!("{kind} of others: {there}, unknown: {nothing}, to another account"));
                }
            }
        }
        let mine = self.answer(me, route, inputs, own).await;
        if mine == nothing || mine.contains("NOT_FOUND") {
            return Err(format!("own {kind}: {mine}, unknown: {nothing}"));
        }
        Ok(())
    }

    /// What an account is answered, without what must differ: the id itself and the id of the request.
    async fn answer(&self, by: &(Client, Option<String>), route: &Route, inputs: &Inputs<'_>, id: &str) -> String {
        let mut variables = inputs.arguments(route, id);
        let given: Vec<_> = variables.keys().cloned().collect();
        let names: Vec<_> = given.iter().map(String::as_str).collect();
        let operation = self.schema.operation(route, &names);
        if operation.contains("$at: ID!") {
            variables.insert("at".to_owned(), json!(self.own[&route.parent]));
        }
        if route.parent == "Subscription" {
            let event = self.first_event(by.1.as_deref(), &operation, variables).await.replace(id, "ID");
            return match event.split_once("\"requestId\":\"") {
                Some((before, after)) => format!("{before}{}", after.split_once('"').unwrap_or_default().1),
                None => event,
            };
        }
        let reply = by.0.send(&operation, Value::Object(variables)).await;
        let text = reply.text.replace(id, "ID");
        let text = match reply.headers.get("x-request-id") {
            Some(request) => text.replace(request, "REQUEST"),
            None => text,
        };
        format!("{} {text}", reply.status)
    }

    /// The first event of a subscription, or that there is none.
    async fn first_event(&self, token: Option<&str>, operation: &str, variables: Map<String, Value>) -> String {
        let base = &self.app.server().base;
        let mut events = Events::open(base, token, operation, Value::Object(variables)).await;
        match tokio::time::timeout(SILENCE, events.next()).await {
            Ok(Some((name, data))) => format!("{name} {data}"),
            Ok(None) => "the end".to_owned(),
            Err(_) => "silence".to_owned(),
        }
    }

    /// The version of the own object that a mutation is about.
    async fn version(&self, route: &Route) -> Option<i64> {
        let input = self.schema.arguments_of(&route.parent, &route.field).next()?;
        let input = base(&input.ty.node);
        let kind = kinds(&format!("{input}.id"), input, "id").filter(|_| route.parent == "Mutation")?[0];
        let of = if kind == "CalendarEntry" { "CalendarEntryFull" } else { kind.split('.').next()? };
        if !self.schema.has_field(of, "version") {
            return None;
        }
        let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on {of} {{ version }} }} }}");
        let data = self.clients[0].0.send(&query, json!({ "id": self.own[kind] })).await.data();
        data["node"]["version"].as_i64()
    }
}
