//! States of learning places, organisations, merge proposals and education offers.

use std::cell::Cell;

use kernel::global_id::NodeType;
use serde_json::{Value, json};
use verbund_tests::{Case, Client, TestApp, cases};

use super::{Ask, Made, Table, Walked, tenant, walk};

pub fn cases() -> Vec<Case> {
    cases!["states::directory"; records_and_merges, education_offers]
}

/// Learning places and organisations: changed and archived while they stand for themselves; a merge is undone, and nothing
/// else is done with a merged record.
const RECORDS: &str = "
    state     update    archive   archive:back  unmerge
    IN USE    yes       yes       yes           conflict
    ARCHIVED  yes       yes       yes           conflict
    MERGED    conflict  conflict  conflict      yes";

pub(super) const PLACES: Table = Table::of(NodeType::LearningPlace, RECORDS);
pub(super) const ORGANISATIONS: Table = Table::of(NodeType::Organisation, RECORDS);

/// Merge proposals: each is answered once. A record that was archived meanwhile is found when the proposal is accepted.
pub(super) const PROPOSALS: Table = Table::of(
    NodeType::MergeProposal,
    "
    state               accept            decline  withdraw
    OPEN                yes               yes      yes
    ACCEPTED            illegal           illegal  illegal
    DECLINED            illegal           illegal  illegal
    WITHDRAWN           illegal           illegal  illegal
    OF ARCHIVED RECORD  can, CONFLICT id  yes      yes",
);

/// Education offers: from draft to the public and back, and once more; a public one names nothing that is not public.
pub(super) const OFFERS: Table = Table::of(
    NodeType::EducationOffer,
    "
    state                      update  publish            withdraw
    DRAFT                      yes     yes                illegal
    PUBLISHED                  yes     illegal            yes
    WITHDRAWN                  yes     yes                illegal
    DRAFT OF HIDDEN PROVIDER   yes     CONFLICT provider  illegal
    DRAFT AT HIDDEN PLACE      yes     CONFLICT place     illegal",
);

async fn records_and_merges(app: TestApp) {
    walk(&PLACES, &Records::new(&app, PLACE)).await;
    walk(&ORGANISATIONS, &Records::new(&app, ORGANISATION)).await;
    walk(&PROPOSALS, &Proposals(Records::new(&app, PLACE))).await;
}

async fn education_offers(app: TestApp) {
    walk(&OFFERS, &Offers(&app)).await;
}

fn steward(app: &TestApp) -> Client {
    app.actor("steward@ostallgaeu")
}

/// A kind of records: its field in payloads, its `kind`, and its mutations.
#[derive(Clone, Copy)]
struct Kind {
    object: &'static str,
    kind: &'static str,
    create: &'static str,
    update: &'static str,
    archive: &'static str,
    unmerge: &'static str,
}

const PLACE: Kind = Kind {
    object: "learningPlace",
    kind: "CLUB",
    create: "learningPlaceCreate",
    update: "learningPlaceUpdate",
    archive: "learningPlaceArchive",
    unmerge: "learningPlaceUnmerge",
};

const ORGANISATION: Kind = Kind {
    object: "organisation",
    kind: "FOUNDATION",
    create: "organisationCreate",
    update: "organisationUpdate",
    archive: "organisationArchive",
    unmerge: "organisationUnmerge",
};

struct Records<'a> {
    app: &'a TestApp,
    of: Kind,
    made: Cell<u32>,
}

impl<'a> Records<'a> {
    fn new(app: &'a TestApp, of: Kind) -> Self {
        Self { app, of, made: Cell::default() }
    }

    async fn create(&self) -> Value {
        self.made.set(self.made.get() + 1);
        let input = json!({
            "tenant": tenant(self.app, "ostallgaeu"), "name": format!("Record {}", self.made.get()),
            "kind": self.of.kind, "visibility": "INTERNAL",
        });
        let selection = format!("{} {{ id }}", self.of.object);
        steward(self.app).mutate(self.of.create, input, &selection).await[self.of.object]["id"].clone()
    }

    async fn archive(&self, record: &Value) {
        let input = json!({ "id": record, "version": 1 });
        steward(self.app).mutate(self.of.archive, input, "__typename").await;
    }

    /// A proposal that the first of two records is the second.
    async fn propose(&self, duplicate: &Value, survivor: &Value) -> Value {
        let input = json!({
            "tenant": tenant(self.app, "ostallgaeu"), "duplicate": duplicate, "survivor": survivor,
        });
        let made = steward(self.app).mutate("mergeProposalCreate", input, "mergeProposal { id }").await;
        made["mergeProposal"]["id"].clone()
    }
}

impl Walked for Records<'_> {
    async fn make(&self, state: &str) -> Made {
        let record = self.create().await;
        match state {
            "ARCHIVED" => self.archive(&record).await,
            "MERGED" => {
                let proposal = self.propose(&record, &self.create().await).await;
                let input = json!({ "id": proposal, "version": 1 });
                steward(self.app).mutate("mergeProposalAccept", input, "__typename").await;
            }
            _ => {}
        }
        Made::new(&record)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let (mutation, more) = match column {
            "update" => (self.of.update, json!({ "website": "https://a.example" })),
            "archive" => (self.of.archive, json!({})),
            "archive:back" => (self.of.archive, json!({ "archived": false })),
            _ => (self.of.unmerge, json!({})),
        };
        Ask { client: steward(self.app), mutation, input: made.input(more) }
    }
}

/// Proposals about two records of one authority: it proposes and answers.
struct Proposals<'a>(Records<'a>);

impl Walked for Proposals<'_> {
    async fn make(&self, state: &str) -> Made {
        let (duplicate, survivor) = (self.0.create().await, self.0.create().await);
        let id = self.0.propose(&duplicate, &survivor).await;
        let answer = match state {
            "OPEN" => return Made::new(&id),
            "OF ARCHIVED RECORD" => {
                self.0.archive(&survivor).await;
                return Made::new(&id);
            }
            "ACCEPTED" => ("mergeProposalAccept", json!({ "id": id, "version": 1 })),
            "DECLINED" => ("mergeProposalDecline", json!({ "id": id, "version": 1, "reason": "no" })),
            _ => ("mergeProposalWithdraw", json!({ "id": id, "version": 1 })),
        };
        steward(self.0.app).mutate(answer.0, answer.1, "__typename").await;
        Made::new(&id)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let (mutation, more) = match column {
            "accept" => ("mergeProposalAccept", json!({})),
            "decline" => ("mergeProposalDecline", json!({ "reason": "no" })),
            _ => ("mergeProposalWithdraw", json!({})),
        };
        Ask { client: steward(self.0.app), mutation, input: made.input(more) }
    }
}

struct Offers<'a>(&'a TestApp);

impl Walked for Offers<'_> {
    async fn make(&self, state: &str) -> Made {
        let (app, client) = (self.0, steward(self.0));
        let mut input =
            json!({ "tenant": tenant(app, "ostallgaeu"), "title": "Choir", "kind": "COURSE", "topic": "MUSIC" });
        match state {
            "DRAFT OF HIDDEN PROVIDER" => input["provider"] = json!(app.world.id("organisation.oal.club")),
            "DRAFT AT HIDDEN PLACE" => input["place"] = json!(app.world.id("place.oal.store")),
            _ => {}
        }
        let made = client.mutate("educationOfferCreate", input, "educationOffer { id }").await;
        let id = &made["educationOffer"]["id"];
        let steps: &[&str] = match state {
            "PUBLISHED" => &["educationOfferPublish"],
            "WITHDRAWN" => &["educationOfferPublish", "educationOfferWithdraw"],
            _ => &[],
        };
        for (index, step) in steps.iter().enumerate() {
            client.mutate(step, json!({ "id": id, "version": index + 1 }), "__typename").await;
        }
        Made::new(id)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let (mutation, more) = match column {
            "update" => ("educationOfferUpdate", json!({ "title": "Renamed" })),
            "publish" => ("educationOfferPublish", json!({})),
            _ => ("educationOfferWithdraw", json!({ "reason": "over" })),
        };
        Ask { client: steward(self.0), mutation, input: made.input(more) }
    }
}
