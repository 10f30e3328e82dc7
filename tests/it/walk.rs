//! A walk through every mutation of the schema, each with an input that succeeds.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use verbund_tests::TestApp;

/// Every mutation, in the order of the walk; `agreementSign` comes twice.
pub const MUTATIONS: [&str; 20] = [
    "fieldOfWorkCreate",
    "roleGrant",
    "roleRevoke",
    "agreementDraft",
    "agreementPropose",
    "agreementSign",
    "calendarCreate",
    "calendarUpdate",
    "calendarEntryCreate",
    "calendarEntryUpdate",
    "calendarEntryCancel",
    "shareCreate",
    "shareEnd",
    "calendarArchive",
    "agreementEnd",
    "tenantClosureCreate",
    "tenantClosureUpdate",
    "tenantClosureDelete",
    "feedCreate",
    "feedRevoke",
];

/// One mutation, ready to be sent.
pub struct Step {
    pub mutation: &'static str,
    pub subject: &'static str,
    pub input: Value,
    pub selection: &'static str,
}

/// Where the walk is, and what came of it so far.
pub struct Walk<'a> {
    app: &'a TestApp,
    at: usize,
    last: Value,
    agreement: Value,
    calendar: Value,
    share: Value,
}

const ADMIN: &str = "admin@ostallgaeu";
const PLANNER: &str = "planner@ostallgaeu";
const OF_CALENDAR: &str = "calendar { id version }";
const OF_AGREEMENT: &str = "agreement { id version }";
const OF_SHARE: &str = "share { id version }";
const OF_ENTRY: &str = "calendarEntry { id ... on CalendarEntryFull { version } }";
const OF_CLOSURE: &str = "tenantClosure { id version }";
const OF_FEED: &str = "feed { id version }";
const OF_MEMBER: &str = "member { roles { id version } }";

impl<'a> Walk<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, at: 0, last: Value::Null, agreement: Value::Null, calendar: Value::Null, share: Value::Null }
    }

    /// Sends a step, which must succeed.
    pub async fn run(&mut self, step: &Step) -> Value {
        let payload = self.app.actor(step.subject).mutate(step.mutation, step.input.clone(), step.selection).await;
        self.last = payload.clone();
        for (name, slot) in
            [("agreement", &mut self.agreement), ("calendar", &mut self.calendar), ("share", &mut self.share)]
        {
            if payload[name].is_object() {
                *slot = payload[name].clone();
            }
        }
        payload
    }

    /// The next step, made of what came of those before.
    pub fn next(&mut self) -> Option<Step> {
        let id = |name: &str| self.app.world.id(name).to_owned();
        let with = |object: &Value, more: Value| {
            let mut input = json!({ "id": object["id"], "version": object["version"] });
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            input
        };
        let tenant = id("tenant.ostallgaeu");
        let created = |wanted: &str| {
            let mut all = creating(self.app);
            all.swap_remove(all.iter().position(|it| it.0 == wanted).expect("a creating mutation"))
        };
        let entry = &self.last["calendarEntry"];
        let (mutation, subject, input, selection) = match self.at {
            0 => created("fieldOfWorkCreate"),
            1 => created("roleGrant"),
            2 => (
                "roleRevoke",
                ADMIN,
                with(&self.last["member"]["roles"][0], json!({ "reason": "enough" })),
                "roleGrant { id }",
            ),
            3 => created("agreementDraft"),
            4 => ("agreementPropose", ADMIN, with(&self.agreement, json!({})), OF_AGREEMENT),
            5 => ("agreementSign", ADMIN, with(&self.agreement, json!({ "tenant": tenant })), OF_AGREEMENT),
            6 => {
                let input = with(&self.agreement, json!({ "tenant": id("tenant.memmingen") }));
                ("agreementSign", "admin@memmingen", input, OF_AGREEMENT)
            }
            7 => created("calendarCreate"),
            8 => ("calendarUpdate", PLANNER, with(&self.calendar, json!({ "name": "Renamed" })), OF_CALENDAR),
            9 => {
                let mut step = created("calendarEntryCreate");
                step.2["calendar"] = self.calendar["id"].clone();
                step
            }
            10 => ("calendarEntryUpdate", PLANNER, with(entry, json!({ "title": "Renamed" })), OF_ENTRY),
            11 => ("calendarEntryCancel", PLANNER, with(entry, json!({ "reason": "rain" })), OF_ENTRY),
            12 => {
                let mut step = created("shareCreate");
                step.2["object"] = json!({ "calendar": self.calendar["id"] });
                step.2["agreement"] = self.agreement["id"].clone();
                step
            }
            13 => ("shareEnd", ADMIN, with(&self.share, json!({ "reason": "over" })), OF_SHARE),
            14 => ("calendarArchive", PLANNER, with(&self.calendar, json!({})), OF_CALENDAR),
            15 => {
                let input = with(&self.agreement, json!({ "tenant": tenant, "reason": "over" }));
                ("agreementEnd", ADMIN, input, OF_AGREEMENT)
            }
            16 => created("tenantClosureCreate"),
            17 => {
                let input = with(&self.last["tenantClosure"], json!({ "title": "Renamed" }));
                ("tenantClosureUpdate", ADMIN, input, OF_CLOSURE)
            }
            18 => ("tenantClosureDelete", ADMIN, with(&self.last["tenantClosure"], json!({})), OF_CLOSURE),
            19 => created("feedCreate"),
            20 => ("feedRevoke", PLANNER, with(&self.last["feed"], json!({})), OF_FEED),
            _ => return None,
        };
        self.at += 1;
        Some(Step { mutation, subject, input, selection })
    }
}

/// Mutations that make something, with who sends them and an input that succeeds in the world.
pub fn creating(app: &TestApp) -> Vec<(&'static str, &'static str, Value, &'static str)> {
    let id = |name: &str| app.world.id(name).to_owned();
    let tenant = id("tenant.ostallgaeu");
    let account = json!({ "issuer": "https://verbund.localhost", "subject": "new@ostallgaeu", "name": "New" });
    vec![
        (
            "fieldOfWorkCreate",
            ADMIN,
            json!({ "tenant": tenant, "key": "own-field", "nameDe": "Eigenes", "nameEn": "Own" }),
            "fieldOfWork { id key }",
        ),
        ("roleGrant", ADMIN, json!({ "tenant": tenant, "role": "VIEWER", "to": { "account": account } }), OF_MEMBER),
        (
            "agreementDraft",
            ADMIN,
            json!({
                "tenant": tenant, "parties": [id("tenant.memmingen")], "title": "Agreement C", "areas": ["CALENDARS"],
                "validFrom": "2027-01-01",
            }),
            OF_AGREEMENT,
        ),
        (
            "calendarCreate",
            PLANNER,
            json!({ "tenant": tenant, "name": "New", "confidentiality": "PARTNER" }),
            OF_CALENDAR,
        ),
        (
            "calendarEntryCreate",
            PLANNER,
            json!({
                "calendar": id("calendar.oal.office"), "title": "New",
                "time": { "allDay": { "firstDay": "2027-03-01" } },
            }),
            OF_ENTRY,
        ),
        (
            "shareCreate",
            ADMIN,
            json!({
                "tenant": tenant, "agreement": id("agreement.b"), "area": "CALENDARS", "level": "FULL",
                "object": { "calendar": id("calendar.oal.counselling") },
            }),
            OF_SHARE,
        ),
        (
            "tenantClosureCreate",
            ADMIN,
            json!({ "tenant": tenant, "title": "New", "firstDay": "2027-05-03" }),
            OF_CLOSURE,
        ),
        ("feedCreate", PLANNER, json!({ "tenant": tenant, "name": "New", "level": "SUMMARY" }), OF_FEED),
    ]
}

/// Names of the mutations in the schema.
pub fn in_schema() -> BTreeSet<String> {
    let sdl = verbund::graphql::sdl();
    let fields =
        sdl.split("type Mutation {").nth(1).and_then(|it| it.split("\n}").next()).expect("mutations").to_owned();
    let names = fields.lines().filter_map(|it| it.trim().split_once("(input:")).map(|it| it.0.to_owned());
    names.collect()
}
