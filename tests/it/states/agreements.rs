//! States of agreements and shares.

use kernel::global_id::NodeType;
use serde_json::{Value, json};
use verbund_tests::{Case, TestApp, cases};

use super::{Ask, Made, Table, Walked, admin, tenant, walk, with};

pub fn cases() -> Vec<Case> {
    cases!["states::agreements"; agreements_and_shares]
}

/// Agreements, for the authority that drafted them: proposed once, signed once by each party while proposed, and ended from
/// every state but the end.
pub(super) const AGREEMENTS: Table = Table::of(
    NodeType::Agreement,
    "
    state                propose  sign             end
    DRAFT                yes      illegal          yes
    PROPOSED             illegal  yes              yes
    PROPOSED AND SIGNED  illegal  CONFLICT tenant  yes
    ACTIVE               illegal  illegal          yes
    ENDED                illegal  illegal          illegal",
);

/// Shares: each ends once; the end of its agreement is no end of the share.
pub(super) const SHARES: Table = Table::of(
    NodeType::Share,
    "
    state               end
    STANDING            yes
    ENDED               conflict
    OF ENDED AGREEMENT  yes",
);

async fn agreements_and_shares(app: TestApp) {
    walk(&AGREEMENTS, &Agreements(&app)).await;
    walk(&SHARES, &Shares(&app)).await;
}

struct Agreements<'a>(&'a TestApp);

impl Agreements<'_> {
    /// A step with an agreement: mutation, authority, and what its input has beside id and version.
    fn step(&self, step: &str) -> (&'static str, &'static str, Value) {
        let of = |slug: &str| json!({ "tenant": tenant(self.0, slug) });
        match step {
            "propose" => ("agreementPropose", "ostallgaeu", json!({})),
            "sign" => ("agreementSign", "ostallgaeu", of("ostallgaeu")),
            "countersign" => ("agreementSign", "kaufbeuren", of("kaufbeuren")),
            _ => ("agreementEnd", "ostallgaeu", with(of("ostallgaeu"), json!({ "reason": "over" }))),
        }
    }
}

impl Walked for Agreements<'_> {
    async fn make(&self, state: &str) -> Made {
        let id = draft(self.0, "ostallgaeu", &["kaufbeuren"], "CALENDARS").await;
        let steps: &[&str] = match state {
            "DRAFT" => &[],
            "PROPOSED" => &["propose"],
            "PROPOSED AND SIGNED" => &["propose", "sign"],
            "ACTIVE" => &["propose", "sign", "countersign"],
            _ => &["propose", "end"],
        };
        for (index, step) in steps.iter().enumerate() {
            let (mutation, slug, more) = self.step(step);
            let input = with(json!({ "id": id, "version": index + 1 }), more);
            admin(self.0, slug).mutate(mutation, input, "__typename").await;
        }
        Made::new(&id)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let (mutation, slug, more) = self.step(column);
        Ask { client: admin(self.0, slug), mutation, input: made.input(more) }
    }
}

/// An agreement that an authority drafts with others, about one area and every field of work; its id.
async fn draft(app: &TestApp, drafter: &str, others: &[&str], area: &str) -> Value {
    let others: Vec<_> = others.iter().map(|it| tenant(app, it)).collect();
    let input = json!({
        "tenant": tenant(app, drafter), "parties": others, "title": "Agreement C", "areas": [area],
        "validFrom": "2027-01-01",
    });
    admin(app, drafter).mutate("agreementDraft", input, "agreement { id }").await["agreement"]["id"].clone()
}

/// An agreement as [`draft`] makes one, signed by all; its id.
pub(super) async fn signed(app: &TestApp, drafter: &str, others: &[&str], area: &str) -> Value {
    let id = draft(app, drafter, others, area).await;
    admin(app, drafter).mutate("agreementPropose", json!({ "id": id, "version": 1 }), "__typename").await;
    for (index, slug) in [drafter].iter().chain(others).enumerate() {
        let input = json!({ "id": id, "tenant": tenant(app, slug), "version": index + 2 });
        admin(app, slug).mutate("agreementSign", input, "__typename").await;
    }
    id
}

struct Shares<'a>(&'a TestApp);

impl Walked for Shares<'_> {
    async fn make(&self, state: &str) -> Made {
        let (app, client) = (self.0, admin(self.0, "ostallgaeu"));
        let owner = tenant(app, "ostallgaeu");
        let input = json!({
            "tenant": owner, "agreement": app.world.id("agreement.b"), "area": "CALENDARS", "level": "FULL",
            "object": { "calendar": app.world.id("calendar.oal.counselling") },
        });
        let id = client.mutate("shareCreate", input, "share { id }").await["share"]["id"].clone();
        match state {
            "STANDING" => {}
            "ENDED" => {
                client.mutate("shareEnd", json!({ "id": id, "version": 1 }), "__typename").await;
            }
            _ => {
                let agreement = app.world.id("agreement.b");
                let input = json!({ "id": agreement, "tenant": owner, "version": 4, "reason": "over" });
                client.mutate("agreementEnd", input, "__typename").await;
            }
        }
        Made::new(&id)
    }

    async fn ask(&self, _: &str, _: &str, made: &Made) -> Ask {
        Ask { client: admin(self.0, "ostallgaeu"), mutation: "shareEnd", input: made.input(json!({})) }
    }
}
