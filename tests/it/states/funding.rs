//! States of fundings and obligations.

use kernel::global_id::NodeType;
use serde_json::{Value, json};
use verbund_tests::projects::programme;
use verbund_tests::{Case, TestApp, cases};

use super::{Ask, Made, Table, Walked, admin, tenant, walk, with};

pub fn cases() -> Vec<Case> {
    cases!["states::funding"; fundings_and_obligations]
}

/// Steps of fundings, from the states on the left to those on top.
pub(super) const STEPS: Table = Table::of(
    NodeType::Funding,
    "
    state      PREPARED  APPLIED  APPROVED  REJECTED  WITHDRAWN
    PREPARED   ·         yes      ·         ·         yes
    APPLIED    yes       ·        yes       yes       yes
    APPROVED   ·         ·        ·         ·         yes
    REJECTED   yes       ·        ·         ·         ·
    WITHDRAWN  over      over     over      over      over",
)
.all("advance")
.with(&[("·", "can, ILLEGAL_TRANSITION state"), ("over", "ILLEGAL_TRANSITION state")]);

/// Fundings: the application stays as it was decided; the funder may let an approved funding run longer.
pub(super) const FUNDINGS: Table = Table::of(
    NodeType::Funding,
    "
    state      update  update:eligibleFrom  update:eligibleCost  update:requested  update:rate  update:eligibleUntil         createObligations
    PREPARED   yes     yes                  yes                  yes               yes          yes                          yes
    APPLIED    yes     yes                  yes                  yes               yes          yes                          yes
    APPROVED   yes     eligibleFrom         eligibleCost         requested         rate         yes                          yes
    REJECTED   yes     eligibleFrom         eligibleCost         requested         rate         can, CONFLICT eligibleUntil  yes
    WITHDRAWN  yes     eligibleFrom         eligibleCost         requested         rate         can, CONFLICT eligibleUntil  yes",
)
.with(&[
    ("eligibleFrom", "can, CONFLICT eligibleFrom"),
    ("eligibleCost", "can, CONFLICT eligibleCost"),
    ("requested", "can, CONFLICT requested"),
    ("rate", "can, CONFLICT rate"),
]);

/// Obligations: each is met or waived, once.
pub(super) const OBLIGATIONS: Table = Table::of(
    NodeType::Obligation,
    "
    state      fulfil   waive
    OPEN       yes      yes
    FULFILLED  illegal  illegal
    WAIVED     illegal  illegal",
);

async fn fundings_and_obligations(app: TestApp) {
    let fundings = Fundings::new(&app).await;
    walk(&STEPS, &fundings).await;
    walk(&FUNDINGS, &fundings).await;
    walk(&OBLIGATIONS, &Obligations { of: fundings.make("PREPARED").await.id, app: &app }).await;
}

/// A funding for a project of the Landkreis.
pub(super) async fn apply(app: &TestApp, project: &Value, programme: &Value) -> Value {
    let input = json!({
        "project": project, "tenant": tenant(app, "ostallgaeu"), "programme": programme, "rate": "40",
        "eligibleFrom": "2027-01-01", "eligibleUntil": "2028-12-31", "eligibleCost": { "amount": "1000" },
        "requested": { "amount": "400" },
    });
    admin(app, "ostallgaeu").mutate("fundingCreate", input, "funding { id }").await["funding"]["id"].clone()
}

/// Input of the step into a state.
pub(super) fn entering(state: &str) -> Value {
    match state {
        "APPROVED" => json!({ "state": state, "granted": { "amount": "300" } }),
        _ => json!({ "state": state }),
    }
}

struct Fundings<'a> {
    app: &'a TestApp,
    project: Value,
    programme: Value,
}

impl<'a> Fundings<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let programme = programme(app, "bildungskommunen").await;
        let input = json!({ "tenant": tenant(app, "ostallgaeu"), "title": "Fundings" });
        let made = admin(app, "ostallgaeu").mutate("projectCreate", input, "project { id }").await;
        Self { app, project: made["project"]["id"].clone(), programme }
    }
}

impl Walked for Fundings<'_> {
    async fn make(&self, state: &str) -> Made {
        let id = apply(self.app, &self.project, &self.programme).await;
        let steps: &[&str] = match state {
            "PREPARED" => &[],
            "APPLIED" => &["APPLIED"],
            "APPROVED" => &["APPLIED", "APPROVED"],
            "REJECTED" => &["APPLIED", "REJECTED"],
            _ => &["WITHDRAWN"],
        };
        for (index, step) in steps.iter().enumerate() {
            let input = with(json!({ "id": id, "version": index + 1 }), entering(step));
            admin(self.app, "ostallgaeu").mutate("fundingAdvance", input, "__typename").await;
        }
        Made::new(&id)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let (mutation, input) = match column {
            "update" => ("fundingUpdate", made.input(json!({ "note": "New" }))),
            "update:rate" => ("fundingUpdate", made.input(json!({ "rate": "39" }))),
            "update:eligibleFrom" => ("fundingUpdate", made.input(json!({ "eligibleFrom": "2027-02-01" }))),
            "update:eligibleCost" => ("fundingUpdate", made.input(json!({ "eligibleCost": { "amount": "1100" } }))),
            "update:requested" => ("fundingUpdate", made.input(json!({ "requested": { "amount": "390" } }))),
            "update:eligibleUntil" => ("fundingUpdate", made.input(json!({ "eligibleUntil": "2028-11-30" }))),
            "createObligations" => {
                let input = json!({
                    "funding": made.id, "kind": "OTHER", "title": "Poster", "dueOn": "2027-06-30",
                });
                ("obligationCreate", input)
            }
            state => ("fundingAdvance", made.input(entering(state))),
        };
        Ask { client: admin(self.app, "ostallgaeu"), mutation, input }
    }
}

struct Obligations<'a> {
    app: &'a TestApp,
    of: Value,
}

impl Walked for Obligations<'_> {
    async fn make(&self, state: &str) -> Made {
        let client = admin(self.app, "ostallgaeu");
        let input = json!({ "funding": self.of, "kind": "OTHER", "title": "Poster", "dueOn": "2027-06-30" });
        let made = client.mutate("obligationCreate", input, "obligation { id }").await;
        let id = &made["obligation"]["id"];
        match state {
            "FULFILLED" => {
                client.mutate("obligationFulfil", json!({ "id": id, "version": 1 }), "__typename").await;
            }
            "WAIVED" => {
                let input = json!({ "id": id, "version": 1, "note": "Not asked for." });
                client.mutate("obligationWaive", input, "__typename").await;
            }
            _ => {}
        }
        Made::new(id)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let (mutation, more) = match column {
            "fulfil" => ("obligationFulfil", json!({})),
            _ => ("obligationWaive", json!({ "note": "Not asked for." })),
        };
        Ask { client: admin(self.app, "ostallgaeu"), mutation, input: made.input(more) }
    }
}
