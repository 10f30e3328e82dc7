//! States: what may be done with an object in each of its states, by a table for each type.
//!
//! The tables say what the states mean in schema and glossary; `viewerCan` and the mutation must both hold to them. Whoever
//! asks has the permission, and sends a valid input with the current version: only the state speaks. Who may do something is
//! in `access`.

use std::collections::BTreeSet;

use domain::rights::{Operation, declarations};
use entities as e;
use kernel::global_id::NodeType;
use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, Client, TestApp, cases};

mod agreements;
mod calendars;
mod datasets;
mod directory;
mod funding;
mod members;
mod planning;
mod projects;

pub fn cases() -> Vec<Case> {
    let own = cases!["states"; every_operation_and_every_state_is_in_a_table];
    [
        own,
        agreements::cases(),
        calendars::cases(),
        datasets::cases(),
        directory::cases(),
        funding::cases(),
        members::cases(),
        planning::cases(),
        projects::cases(),
    ]
    .concat()
}

/// What each operation answers in each state of the objects of a type.
struct Table {
    /// The type of the objects.
    node: NodeType,
    /// The field of `viewerCan` of all columns; none where each column names its own.
    ability: Option<&'static str>,
    /// Words that stand for an answer, beside [`WORDS`].
    words: &'static [(&'static str, &'static str)],
    /// The head, and a row for each state; cells are two spaces apart. A column is a field of `viewerCan`, and behind a colon
    /// what tells it from others of that field; with `!` in front it is a mutation without one. The cells are:
    ///
    /// - `yes`: both allow it;
    /// - `CODE field`: `viewerCan` says no, and the mutation answers that;
    /// - `can, CODE field`: `viewerCan` says yes, and the mutation answers that to the input of this column;
    /// - `no`: `viewerCan` says no, and nothing is sent, because the mutation would do something else.
    rows: &'static str,
}

/// Words that stand for an answer in every table.
const WORDS: [(&str, &str); 2] = [("illegal", "ILLEGAL_TRANSITION id"), ("conflict", "CONFLICT id")];

/// Fields of `viewerCan` for operations that leave the state as it was.
const STEADY: [&str; 9] = [
    "acknowledge",
    "contribute",
    "createEntries",
    "createObligations",
    "import",
    "measure",
    "share",
    "takePart",
    "update",
];

impl Table {
    const fn of(node: NodeType, rows: &'static str) -> Self {
        Self { node, ability: None, words: &[], rows }
    }

    const fn all(self, ability: &'static str) -> Self {
        Self { ability: Some(ability), ..self }
    }

    const fn with(self, words: &'static [(&'static str, &'static str)]) -> Self {
        Self { words, ..self }
    }

    /// Head and rows, as cells.
    fn lines(&self) -> Vec<Vec<&'static str>> {
        let lines = self.rows.lines().filter(|it| !it.trim().is_empty());
        lines.map(|it| it.split("  ").map(str::trim).filter(|it| !it.is_empty()).collect()).collect()
    }

    fn columns(&self) -> Vec<&'static str> {
        self.lines().swap_remove(0).split_off(1)
    }

    fn states(&self) -> Vec<&'static str> {
        self.lines()[1..].iter().map(|it| it[0]).collect()
    }

    /// The field of `viewerCan` that a column is about.
    fn ability(&self, column: &'static str) -> Option<&'static str> {
        let own = column.split(':').next().filter(|it| !it.starts_with('!'));
        self.ability.or(own)
    }

    /// Answer of `viewerCan`, and refusal of the mutation: empty where it succeeds, none where it is not sent.
    fn expected(&self, cell: &'static str) -> (bool, Option<&'static str>) {
        let cell = self.words.iter().chain(&WORDS).find(|it| it.0 == cell).map_or(cell, |it| it.1);
        match cell {
            "yes" => (true, Some("")),
            "no" => (false, None),
            _ => {
                let (can, refusal) = cell.strip_prefix("can, ").map_or((false, cell), |it| (true, it));
                assert!(refusal.contains(' '), "{cell:?} is no answer");
                (can, Some(refusal))
            }
        }
    }
}

/// An object in some state.
struct Made {
    id: Value,
    /// Other values that its operations need.
    more: Value,
}

impl Made {
    fn new(id: &Value) -> Self {
        Self { id: id.clone(), more: Value::Null }
    }

    fn with(self, more: Value) -> Self {
        Self { more, ..self }
    }

    /// An input that names the object, at the version that it has, and more.
    fn input(&self, more: Value) -> Value {
        with(json!({ "id": self.id, "version": CURRENT }), more)
    }
}

/// Placeholder for the version that the object has.
const CURRENT: &str = "current";

/// An operation as it is tried: who sends what.
struct Ask {
    client: Client,
    mutation: &'static str,
    input: Value,
}

/// Objects that are brought into their states.
trait Walked {
    /// An object in a state.
    async fn make(&self, state: &str) -> Made;
    /// The operation of a column, for an object in a state.
    async fn ask(&self, state: &str, column: &str, made: &Made) -> Ask;
}

/// Compares every cell of a table.
async fn walk(table: &Table, walked: &impl Walked) {
    for state in table.states() {
        walk_state(table, state, walked).await;
    }
}

/// Compares the cells of a state, on one object as long as nothing changes its state.
async fn walk_state(table: &Table, state: &'static str, walked: &impl Walked) {
    let lines = table.lines();
    let cells = lines[1..].iter().find(|it| it[0] == state).unwrap_or_else(|| panic!("no row is called {state}"));
    let mut made = None;
    for (column, cell) in table.columns().into_iter().zip(cells[1..].iter().copied()) {
        let object = match made.take() {
            Some(object) => object,
            None => walked.make(state).await,
        };
        let ask = walked.ask(state, column, &object).await;
        let place = format!("{:?} {state}, {column}", table.node);
        let (can, refusal) = table.expected(cell);
        let ability = table.ability(column);
        probe(table.node, ability, (can, refusal), (&object, ask), &place).await;
        let steady = ability.is_some_and(|it| STEADY.contains(&it));
        if refusal != Some("") || steady {
            made = Some(object);
        }
    }
}

/// Asks `viewerCan` and sends the mutation.
async fn probe(
    node: NodeType,
    ability: Option<&str>,
    (can, refusal): (bool, Option<&str>),
    (made, ask): (&Made, Ask),
    place: &str,
) {
    let Ask { client, mutation, mut input } = ask;
    let version = if [NodeType::ProjectMember, NodeType::ProjectLink].contains(&node) { "" } else { "version" };
    let abilities = ability.map(|it| format!("viewerCan {{ {it} }}")).unwrap_or_default();
    let query = format!(
        "query($id: ID!) {{ node(id: $id) {{ __typename ... on {} {{ {version} {abilities} }} }} }}",
        type_of(node)
    );
    let stands = client.send(&query, json!({ "id": made.id })).await.data()["node"].clone();
    if let Some(ability) = ability {
        assert_eq!(stands["viewerCan"][ability] == true, can, "{place}: viewerCan, {stands}");
    }
    let Some(refusal) = refusal else { return };
    if input["version"] == CURRENT {
        // What is out of sight has no version that could be right.
        input["version"] = json!(stands["version"].as_i64().unwrap_or(1));
    }
    let payload = client.try_mutate(mutation, input, "__typename").await;
    assert_eq!(said(&payload).join(", "), refusal, "{place}: {mutation}, {payload}");
}

/// The type of the schema that says what the viewer can do with an object.
fn type_of(node: NodeType) -> String {
    match node {
        NodeType::CalendarEntry => "CalendarEntryFull".to_owned(),
        _ => format!("{node:?}"),
    }
}

/// An input with more fields.
fn with(mut input: Value, more: Value) -> Value {
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    input
}

/// The version that an object has.
async fn version_of(client: &Client, node: NodeType, id: &Value) -> i64 {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on {} {{ version }} }} }}", type_of(node));
    let data = client.send(&query, json!({ "id": id })).await.data();
    data["node"]["version"].as_i64().unwrap_or_else(|| panic!("a version: {data}"))
}

/// The account with every permission in an authority.
fn admin(app: &TestApp, slug: &str) -> Client {
    app.actor(&format!("admin@{slug}"))
}

fn tenant(app: &TestApp, slug: &str) -> Value {
    json!(app.world.id(&format!("tenant.{slug}")))
}

/// Operations whose objects have no states: they are there, or they are gone.
const WITHOUT_STATES: [(NodeType, &[&str]); 6] = [
    (NodeType::Tenant, &["update"]),
    (NodeType::Member, &["update", "manageRoles"]),
    (NodeType::ExternalCalendar, &["update", "refresh", "unsubscribe"]),
    (NodeType::TenantClosure, &["update", "delete"]),
    (NodeType::TenantContact, &["update", "delete"]),
    // Their states are walked in `datasets`, with the right to release public ones.
    (NodeType::DatasetVersion, &["publish", "withdraw"]),
];

/// Every table, beside those of the parts of projects.
const TABLES: [&Table; 25] = [
    &agreements::AGREEMENTS,
    &agreements::SHARES,
    &calendars::CALENDARS,
    &calendars::ENTRIES,
    &calendars::CONTRIBUTIONS,
    &datasets::DATASETS,
    &datasets::IMPORTS,
    &datasets::RELEASES,
    &datasets::REQUESTS,
    &directory::PLACES,
    &directory::ORGANISATIONS,
    &directory::PROPOSALS,
    &directory::OFFERS,
    &funding::STEPS,
    &funding::FUNDINGS,
    &funding::OBLIGATIONS,
    &members::ROLES,
    &members::FEEDS,
    &planning::ROUNDS,
    &planning::PLANS,
    &planning::PROPOSALS,
    &projects::PHASES,
    &projects::PROJECTS,
    &projects::SHARED,
    &projects::PARTNERS,
];

async fn every_operation_and_every_state_is_in_a_table(_app: TestApp) {
    let name = |node: NodeType, ability: &str| format!("{node:?}.{ability}");
    let mut told = BTreeSet::new();
    for table in TABLES.into_iter().chain(&projects::PARTS) {
        let (lines, columns) = (table.lines(), table.columns());
        assert!(lines.iter().all(|it| it.len() == columns.len() + 1), "a cell is missing: {}", table.rows);
        told.extend(columns.into_iter().filter_map(|it| table.ability(it)).map(|it| name(table.node, it)));
    }
    for (node, abilities) in WITHOUT_STATES {
        told.extend(abilities.iter().map(|it| name(node, it)));
    }
    let ability = |operation: Operation| {
        let name = format!("{operation:?}");
        name[..1].to_lowercase() + &name[1..]
    };
    let declared: BTreeSet<_> = declarations()
        .flat_map(|it| it.operations.iter().map(move |need| (it.node, need.operation)))
        .map(|(node, operation)| name(node, &ability(operation)))
        .collect();
    assert_eq!(told, declared);

    macro_rules! rows {
        ($($table:expr => $set:ident;)+) => {
            $(for state in e::$set::ALL {
                let state = state.as_str();
                assert!($table.states().contains(&state), "{:?} has no row {state}", $table.node);
            })+
        };
    }
    rows! {
        agreements::AGREEMENTS => AgreementState;
        calendars::ENTRIES => EntryStatus;
        datasets::DATASETS => DatasetAccess;
        datasets::IMPORTS => DatasetImportState;
        datasets::RELEASES => DatasetReleaseState;
        datasets::REQUESTS => DataRequestState;
        directory::PROPOSALS => MergeProposalState;
        directory::OFFERS => EducationOfferState;
        funding::STEPS => FundingState;
        funding::FUNDINGS => FundingState;
        funding::OBLIGATIONS => ObligationState;
        planning::ROUNDS => RoundState;
        planning::PROPOSALS => ProposalState;
        projects::PHASES => ProjectPhase;
        projects::PROJECTS => ProjectPhase;
        projects::SHARED => Confidentiality;
        projects::PARTNERS => PartnerState;
    }
}
