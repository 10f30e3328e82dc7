//! States of datasets, their imports and releases, and of data requests. Those of versions are walked in `datasets`.

use std::cell::Cell;

use kernel::global_id::NodeType;
use serde_json::{Value, json};
use verbund_tests::tables_in::{profile_input, published_survey, release_of_survey, run_jobs, told, uploaded};
use verbund_tests::{Case, Client, Rows, TestApp, cases, row_of};

use super::agreements::signed;
use super::{Ask, Made, Table, Walked, admin, tenant, version_of, walk, with};
use crate::dataset_imports::{FIRST, PROFILE};

pub fn cases() -> Vec<Case> {
    cases!["states::datasets"; datasets_and_releases, dataset_imports, data_requests]
}

/// Datasets: opened to partners and closed again by their authority, public by a release alone, and taken back by a
/// withdrawal. A release takes a published version, and no other open proposal; unit records neither come in nor leave.
pub(super) const DATASETS: Table = Table::of(
    NodeType::Dataset,
    "
    state                        update  import              proposeRelease              share    changeAccess:INTERNAL  changeAccess:SHARED        changeAccess:PUBLIC  withdraw
    INTERNAL, NOTHING PUBLISHED  yes     yes                 CONFLICT dataset            private  there                  yes                        by release           conflict
    UNIT RECORDS                 yes     DISCLOSURE dataset  DISCLOSURE dataClass        private  there                  can, DISCLOSURE dataClass  by release           conflict
    INTERNAL                     yes     yes                 yes                         private  there                  yes                        by release           conflict
    INTERNAL, PROPOSED           yes     yes                 can, CONFLICT dataset       private  there                  yes                        by release           conflict
    SHARED                       yes     yes                 yes                         yes      yes                    there                      by release           conflict
    PUBLIC                       yes     yes                 ILLEGAL_TRANSITION dataset  yes      fixed                  fixed                      fixed                yes
    PUBLIC, WITHDRAWN            yes     yes                 yes                         yes      fixed                  fixed                      fixed                conflict",
)
.with(&[
    ("private", "CONFLICT dataset"),
    ("there", "can, ILLEGAL_TRANSITION access"),
    ("by release", "can, ILLEGAL_TRANSITION access"),
    ("fixed", "ILLEGAL_TRANSITION access"),
]);

/// Releases, for an account with every permission: another one's proposal is approved or declined, the own one withdrawn, by
/// the same mutation as declined.
pub(super) const RELEASES: Table = Table::of(
    NodeType::DatasetRelease,
    "
    state           approve       decline  withdraw
    PROPOSED        yes           yes      no
    PROPOSED BY ME  FORBIDDEN id  no       yes
    APPROVED        illegal       illegal  illegal
    DECLINED        illegal       illegal  illegal
    WITHDRAWN       illegal       illegal  illegal",
);

/// Imports: cancelled as long as they have not ended, once.
pub(super) const IMPORTS: Table = Table::of(
    NodeType::DatasetImport,
    "
    state                 cancel
    QUEUED                yes
    CANCELLED             illegal
    SUCCEEDED             illegal
    FAILED                illegal
    CHECKING              yes
    LOADING               yes
    LOADING, TO BE ENDED  illegal",
);

/// Data requests: answered once by the authority that was asked, or taken back by the one that asked.
pub(super) const REQUESTS: Table = Table::of(
    NodeType::DataRequest,
    "
    state      grant     refuse    withdraw
    OPEN       yes       yes       yes
    GRANTED    conflict  conflict  conflict
    REFUSED    conflict  conflict  conflict
    WITHDRAWN  conflict  conflict  conflict",
);

async fn datasets_and_releases(app: TestApp) {
    let survey = Survey::new(&app).await;
    walk(&DATASETS, &survey).await;
    walk(&RELEASES, &Releases(survey)).await;
}

async fn dataset_imports(app: TestApp) {
    let rows = app.database.rows().await;
    walk(&IMPORTS, &Imports { app: &app, rows }).await;
}

async fn data_requests(app: TestApp) {
    let (steward, dataset) = (steward(&app), app.world.id("dataset.oal.leavers"));
    let contact = json!({ "id": dataset, "version": 1, "contact": { "email": "a@b.example" } });
    steward.mutate("datasetUpdate", contact, "__typename").await;
    let open = json!({ "id": dataset, "version": 2, "access": "SHARED" });
    admin(&app, "ostallgaeu").mutate("datasetAccessChange", open, "__typename").await;
    walk(&REQUESTS, &Requests(&app)).await;
}

fn steward(app: &TestApp) -> Client {
    app.actor("steward@ostallgaeu")
}

/// One dataset with published figures, brought from state to state; once it was public, it is never internal again.
struct Survey<'a> {
    app: &'a TestApp,
    id: Value,
    /// An agreement about datasets of every field of work.
    agreement: Value,
    made: Cell<u32>,
}

impl<'a> Survey<'a> {
    async fn new(app: &'a TestApp) -> Self {
        published_survey(app).await;
        let agreement = signed(app, "ostallgaeu", &["kaufbeuren"], "DATASETS").await;
        Self { app, id: json!(app.world.id("dataset.oal.survey")), agreement, made: Cell::default() }
    }

    /// Another dataset, with all that a release takes but figures.
    async fn without_figures(&self, class: &str) -> Value {
        self.made.set(self.made.get() + 1);
        let input = json!({
            "tenant": tenant(self.app, "ostallgaeu"), "title": format!("Dataset {}", self.made.get()),
            "description": "Who left.", "purpose": "Planning", "legalBasis": "Law", "dataClass": class,
            "contact": { "email": "a@b.example" }, "licence": "dl-zero-de/2.0",
        });
        let made = steward(self.app).mutate("datasetCreate", input, "dataset { id }").await;
        made["dataset"]["id"].clone()
    }

    /// A step of the survey at the version that it has.
    async fn step(&self, mutation: &str, more: Value) {
        let client = admin(self.app, "ostallgaeu");
        let version = version_of(&client, NodeType::Dataset, &self.id).await;
        client.mutate(mutation, with(json!({ "id": self.id, "version": version }), more), "__typename").await;
    }

    async fn propose(&self, client: &Client) -> Value {
        let input = release_of_survey(self.app);
        let made = client.mutate("datasetReleasePropose", input, "datasetRelease { id }").await;
        made["datasetRelease"]["id"].clone()
    }

    async fn decide(&self, client: &Client, mutation: &str, release: &Value) {
        let more = if mutation == "datasetReleaseDecline" { json!({ "reason": "no" }) } else { json!({}) };
        client.mutate(mutation, with(json!({ "id": release, "version": 1 }), more), "__typename").await;
    }

    async fn release(&self) {
        let release = self.propose(&steward(self.app)).await;
        self.decide(&admin(self.app, "ostallgaeu"), "datasetReleaseApprove", &release).await;
    }

    async fn withdraw(&self) {
        self.step("datasetWithdraw", json!({ "reason": "over" })).await;
    }

    /// Declines open proposals. Returns the access of the survey, and whether it was withdrawn.
    async fn settled(&self) -> (String, bool) {
        let client = admin(self.app, "ostallgaeu");
        let query = "query($id: ID!) { node(id: $id) { ... on Dataset { access withdrawnAt } }
            datasetReleases(dataset: $id, first: 100) { nodes { id state } } }";
        let data = client.send(query, json!({ "id": self.id })).await.data();
        for release in data["datasetReleases"]["nodes"].as_array().expect("nodes") {
            if release["state"] == "PROPOSED" {
                self.decide(&client, "datasetReleaseDecline", &release["id"]).await;
            }
        }
        let access = data["node"]["access"].as_str().expect("an access").to_owned();
        (access, data["node"]["withdrawnAt"].is_string())
    }
}

impl Walked for Survey<'_> {
    async fn make(&self, state: &str) -> Made {
        match state {
            "INTERNAL, NOTHING PUBLISHED" => return Made::new(&self.without_figures("AGGREGATED").await),
            "UNIT RECORDS" => return Made::new(&self.without_figures("OFFICIAL_UNIT_DATA").await),
            _ => {}
        }
        let (access, withdrawn) = self.settled().await;
        let wanted = state.split(',').next().expect("an access");
        match (access.as_str(), wanted) {
            ("PUBLIC", "PUBLIC") if !withdrawn => {}
            (_, "PUBLIC") => self.release().await,
            (access, wanted) if access == wanted => {}
            (_, wanted) => self.step("datasetAccessChange", json!({ "access": wanted })).await,
        }
        match state {
            "INTERNAL, PROPOSED" => {
                self.propose(&steward(self.app)).await;
            }
            "PUBLIC, WITHDRAWN" => self.withdraw().await,
            _ => {}
        }
        Made::new(&self.id)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let id = &made.id;
        let (mutation, input) = match column {
            "update" => ("datasetUpdate", made.input(json!({ "frequency": "ANNUAL" }))),
            "import" => ("datasetUploadTicket", json!({ "dataset": id, "fileName": "table.csv" })),
            "proposeRelease" => ("datasetReleasePropose", with(release_of_survey(self.app), json!({ "dataset": id }))),
            "share" => {
                let input = json!({
                    "tenant": tenant(self.app, "ostallgaeu"), "agreement": self.agreement, "area": "DATASETS",
                    "level": "SUMMARY", "object": { "dataset": id },
                });
                ("shareCreate", input)
            }
            "withdraw" => ("datasetWithdraw", made.input(json!({ "reason": "over" }))),
            _ => {
                let access = column.strip_prefix("changeAccess:").expect("an access");
                ("datasetAccessChange", made.input(json!({ "access": access })))
            }
        };
        Ask { client: admin(self.app, "ostallgaeu"), mutation, input }
    }
}

struct Releases<'a>(Survey<'a>);

impl Walked for Releases<'_> {
    async fn make(&self, state: &str) -> Made {
        let (me, other) = (admin(self.0.app, "ostallgaeu"), steward(self.0.app));
        if self.0.settled().await == ("PUBLIC".to_owned(), false) {
            self.0.withdraw().await;
        }
        let release = self.0.propose(if state == "PROPOSED BY ME" { &me } else { &other }).await;
        match state {
            "APPROVED" => self.0.decide(&me, "datasetReleaseApprove", &release).await,
            "DECLINED" => self.0.decide(&me, "datasetReleaseDecline", &release).await,
            "WITHDRAWN" => self.0.decide(&other, "datasetReleaseDecline", &release).await,
            _ => {}
        }
        Made::new(&release)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let (mutation, more) = match column {
            "approve" => ("datasetReleaseApprove", json!({})),
            _ => ("datasetReleaseDecline", json!({ "reason": "no" })),
        };
        Ask { client: admin(self.0.app, "ostallgaeu"), mutation, input: made.input(more) }
    }
}

struct Imports<'a> {
    app: &'a TestApp,
    rows: Rows,
}

impl Walked for Imports<'_> {
    async fn make(&self, state: &str) -> Made {
        let (client, dataset) = (steward(self.app), self.app.world.id("dataset.oal.leavers"));
        let file = if state == "FAILED" { "ags;jahr;zahl\n09762;2023;many\n" } else { FIRST };
        let upload = uploaded(&self.app.server().base, &client, dataset, file.as_bytes()).await;
        let input = json!({ "dataset": dataset, "ticket": upload, "profile": profile_input(PROFILE) });
        let made = client.mutate("datasetImport", input, "datasetImport { id }").await;
        let id = &made["datasetImport"]["id"];
        let cancel = json!({ "id": id, "version": 1 });
        match state {
            "QUEUED" => {}
            "CANCELLED" => {
                client.mutate("datasetImportCancel", cancel, "__typename").await;
            }
            "SUCCEEDED" | "FAILED" => {
                run_jobs(self.app, &self.app.config).await;
            }
            _ => {
                // A server that is gone works on it.
                let (begun, row) = (state.split(',').next().expect("a state"), row_of(id.as_str().expect("an id")));
                let here = self.rows.id(row);
                self.rows.run(&format!("UPDATE dataset_import SET state = '{begun}' WHERE id = {here}")).await;
                if begun != state {
                    client.mutate("datasetImportCancel", cancel, "__typename").await;
                }
            }
        }
        let stands = told(&client, id).await;
        assert!(stands["state"].as_str().is_some_and(|it| state.starts_with(it)), "{state}: {stands}");
        Made::new(id)
    }

    async fn ask(&self, _: &str, _: &str, made: &Made) -> Ask {
        Ask { client: steward(self.app), mutation: "datasetImportCancel", input: made.input(json!({})) }
    }
}

struct Requests<'a>(&'a TestApp);

impl Requests<'_> {
    /// An answer to a request: who gives it, by which mutation, and what its input has beside id and version.
    fn answer(&self, answer: &str) -> (Client, &'static str, Value) {
        let (asked, asking) = (admin(self.0, "ostallgaeu"), self.0.actor("steward@kaufbeuren"));
        let dataset = json!({ "dataset": self.0.world.id("dataset.oal.leavers") });
        match answer {
            "grant" | "GRANTED" => (asked, "dataRequestGrant", dataset),
            "refuse" | "REFUSED" => (asked, "dataRequestRefuse", json!({ "reason": "no" })),
            _ => (asking, "dataRequestWithdraw", json!({})),
        }
    }
}

impl Walked for Requests<'_> {
    async fn make(&self, state: &str) -> Made {
        let app = self.0;
        let input = json!({
            "tenant": tenant(app, "kaufbeuren"), "to": tenant(app, "ostallgaeu"), "agreement": app.world.id("agreement.a"),
            "about": "Leavers", "purpose": "Planning", "legalBasis": "Agreement A", "level": "FULL",
        });
        let client = app.actor("steward@kaufbeuren");
        let made = client.mutate("dataRequestCreate", input, "dataRequest { id }").await;
        let id = &made["dataRequest"]["id"];
        if state != "OPEN" {
            let (client, mutation, more) = self.answer(state);
            client.mutate(mutation, with(json!({ "id": id, "version": 1 }), more), "__typename").await;
        }
        Made::new(id)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let (client, mutation, more) = self.answer(column);
        Ask { client, mutation, input: made.input(more) }
    }
}
