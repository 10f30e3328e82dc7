//! States of coordination rounds, annual plans and change proposals.

use std::cell::Cell;

use kernel::global_id::NodeType;
use serde_json::{Value, json};
use verbund_tests::{Case, Client, TestApp, cases};

use super::agreements::signed;
use super::{Ask, Made, Table, Walked, admin, tenant, version_of, walk, with};

pub fn cases() -> Vec<Case> {
    cases!["states::planning"; coordination_rounds, annual_plans, change_proposals]
}

/// Rounds, for the party that opened them; `start:partner` is another party before the deadline. Two of three parties plan.
/// A party that was asked for a change answers before it signs off.
pub(super) const ROUNDS: Table = Table::of(
    NodeType::CoordinationRound,
    "
    state                takePart        takePart:propose     update    start     start:partner  signOff          publish  close
    COLLECTING, NO PLAN  yes             can, CONFLICT round  yes       conflict  conflict       illegal          illegal  yes
    COLLECTING           yes             can, CONFLICT round  yes       yes       conflict       illegal          illegal  yes
    IN_COORDINATION      yes             yes                  conflict  illegal   illegal        yes              illegal  yes
    ASKED FOR A CHANGE   yes             yes                  conflict  illegal   illegal        conflict         illegal  yes
    SIGNED ONCE          yes             yes                  conflict  illegal   illegal        CONFLICT tenant  illegal  yes
    AGREED               yes             can, CONFLICT round  conflict  illegal   illegal        illegal          yes      yes
    PUBLISHED            CONFLICT round  CONFLICT round       conflict  illegal   illegal        illegal          illegal  illegal
    CLOSED               CONFLICT round  CONFLICT round       conflict  illegal   illegal        illegal          illegal  illegal",
);

/// Annual plans: submitted once, and withdrawn as long as plans are collected. Their calendars are fixed with the
/// coordination, unless the round ended without an outcome.
pub(super) const PLANS: Table = Table::of(
    NodeType::AnnualPlan,
    "
    state            update  update:calendars         !annualPlanSubmit  !annualPlanWithdraw
    DRAFT            yes     yes                      yes                CONFLICT round
    SUBMITTED        yes     yes                      CONFLICT round     yes
    IN_COORDINATION  yes     can, CONFLICT calendars  CONFLICT round     CONFLICT round
    AGREED           yes     can, CONFLICT calendars  CONFLICT round     CONFLICT round
    PUBLISHED        yes     can, CONFLICT calendars  CONFLICT round     CONFLICT round
    CLOSED           yes     yes                      CONFLICT round     CONFLICT round",
);

/// Change proposals, each operation for the party that may do it: the one that was asked answers, the one that asked takes
/// back. An agreed change is left to the owner of the entry. In a round that is over proposals are only taken back.
pub(super) const PROPOSALS: Table = Table::of(
    NodeType::ChangeProposal,
    "
    state             accept    decline   counter   withdraw
    OPEN              yes       yes       yes       yes
    OPEN TO PARTNER   yes       yes       yes       yes
    AGREED            yes       yes       illegal   yes
    ACCEPTED          illegal   illegal   illegal   illegal
    DECLINED          illegal   illegal   illegal   illegal
    COUNTERED         illegal   illegal   illegal   illegal
    WITHDRAWN         illegal   illegal   illegal   illegal
    OF ROUND CLOSED   conflict  conflict  conflict  yes",
);

async fn coordination_rounds(app: TestApp) {
    walk(&ROUNDS, &Rounds(Planning::new(&app).await)).await;
}

async fn annual_plans(app: TestApp) {
    walk(&PLANS, &Plans(Planning::new(&app).await)).await;
}

async fn change_proposals(app: TestApp) {
    walk(&PROPOSALS, &Proposals(&app)).await;
}

/// An agreement of three parties, of which two share a calendar; each round is of a year of its own.
struct Planning<'a> {
    app: &'a TestApp,
    agreement: Value,
    year: Cell<i32>,
}

/// A round that was opened by the Landkreis, and the plan of the Landkreis for its year.
struct Round {
    id: Value,
    version: i32,
    year: i32,
}

impl<'a> Planning<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let agreement = signed(app, "ostallgaeu", &["kaufbeuren", "memmingen"], "CALENDARS").await;
        for slug in ["ostallgaeu", "kaufbeuren"] {
            let input = json!({
                "tenant": tenant(app, slug), "agreement": agreement, "area": "CALENDARS", "level": "CONTRIBUTE",
                "object": { "calendar": calendar(app, slug) },
            });
            admin(app, slug).mutate("shareCreate", input, "__typename").await;
        }
        Self { app, agreement, year: Cell::new(2030) }
    }

    async fn open(&self) -> Round {
        let year = self.year.get() + 1;
        self.year.set(year);
        let input = json!({
            "agreement": self.agreement, "tenant": tenant(self.app, "ostallgaeu"), "year": year,
            "submitUntil": "2027-12-31",
        });
        let client = admin(self.app, "ostallgaeu");
        let made = client.mutate("coordinationRoundOpen", input, "coordinationRound { id }").await;
        Round { id: made["coordinationRound"]["id"].clone(), version: 1, year }
    }

    async fn plan(&self, round: &Round, slug: &str) -> Value {
        let input = json!({
            "tenant": tenant(self.app, slug), "year": round.year, "title": "Plan", "calendars": [calendar(self.app, slug)],
        });
        let made = admin(self.app, slug).mutate("annualPlanCreate", input, "annualPlan { id }").await;
        made["annualPlan"]["id"].clone()
    }

    async fn submit(&self, round: &Round, slug: &str, plan: &Value) {
        let input = json!({ "id": plan, "round": round.id, "version": 1 });
        admin(self.app, slug).mutate("annualPlanSubmit", input, "__typename").await;
    }

    /// A step of a round, on behalf of an authority.
    async fn step(&self, round: &mut Round, mutation: &str, slug: &str, more: Value) {
        let input = json!({ "id": round.id, "tenant": tenant(self.app, slug), "version": round.version });
        admin(self.app, slug).mutate(mutation, with(input, more), "__typename").await;
        round.version += 1;
    }

    /// Change that a party of a round asks the other for.
    fn wish(&self, round: &Value, slug: &str) -> Value {
        let entry = if slug == "ostallgaeu" { "entry.kf.counselling.day" } else { "entry.oal.newcomers.workshop" };
        json!({
            "round": round, "tenant": tenant(self.app, slug), "entry": self.app.world.id(entry),
            "change": { "location": "There" }, "message": "Please.",
        })
    }

    /// Takes a round with the plan of the Landkreis as far as a state.
    async fn advance(&self, round: &mut Round, state: &str) {
        let kaufbeuren = self.plan(round, "kaufbeuren").await;
        self.submit(round, "kaufbeuren", &kaufbeuren).await;
        let steps = [
            ("COLLECTING", "coordinationRoundStart", "ostallgaeu"),
            ("IN_COORDINATION", "coordinationRoundSignOff", "ostallgaeu"),
            ("SIGNED ONCE", "coordinationRoundSignOff", "kaufbeuren"),
            ("AGREED", "coordinationRoundPublish", "ostallgaeu"),
        ];
        let asked = state == "ASKED FOR A CHANGE";
        let last = if asked { "IN_COORDINATION" } else { state };
        for (_, mutation, slug) in steps.into_iter().take_while(|it| it.0 != last) {
            self.step(round, mutation, slug, json!({})).await;
        }
        if asked {
            let wish = self.wish(&round.id, "kaufbeuren");
            admin(self.app, "kaufbeuren").mutate("changeProposalCreate", wish, "__typename").await;
        }
    }

    async fn close(&self, round: &mut Round) {
        self.step(round, "coordinationRoundClose", "ostallgaeu", json!({ "reason": "over" })).await;
    }
}

fn calendar(app: &TestApp, slug: &str) -> Value {
    let name = if slug == "ostallgaeu" { "calendar.oal.newcomers" } else { "calendar.kf.counselling" };
    json!(app.world.id(name))
}

struct Rounds<'a>(Planning<'a>);

impl Walked for Rounds<'_> {
    async fn make(&self, state: &str) -> Made {
        let mut round = self.0.open().await;
        match state {
            "COLLECTING, NO PLAN" => {}
            "CLOSED" => self.0.close(&mut round).await,
            _ => {
                let plan = self.0.plan(&round, "ostallgaeu").await;
                self.0.submit(&round, "ostallgaeu", &plan).await;
                self.0.advance(&mut round, state).await;
            }
        }
        Made::new(&round.id)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let app = self.0.app;
        let of = |slug: &str, more: Value| with(made.input(json!({ "tenant": tenant(app, slug) })), more);
        let (slug, mutation, input) = match column {
            "takePart" => {
                let input = json!({ "round": made.id, "tenant": tenant(app, "ostallgaeu"), "text": "New" });
                ("ostallgaeu", "coordinationCommentCreate", input)
            }
            "takePart:propose" => ("ostallgaeu", "changeProposalCreate", self.0.wish(&made.id, "ostallgaeu")),
            "update" => ("ostallgaeu", "coordinationRoundUpdate", made.input(json!({ "daysApart": 5 }))),
            "start" => ("ostallgaeu", "coordinationRoundStart", of("ostallgaeu", json!({}))),
            "start:partner" => ("kaufbeuren", "coordinationRoundStart", of("kaufbeuren", json!({}))),
            "signOff" => ("ostallgaeu", "coordinationRoundSignOff", of("ostallgaeu", json!({}))),
            "publish" => ("ostallgaeu", "coordinationRoundPublish", of("ostallgaeu", json!({}))),
            _ => ("ostallgaeu", "coordinationRoundClose", of("ostallgaeu", json!({ "reason": "over" }))),
        };
        Ask { client: admin(app, slug), mutation, input }
    }
}

struct Plans<'a>(Planning<'a>);

impl Walked for Plans<'_> {
    async fn make(&self, state: &str) -> Made {
        let mut round = self.0.open().await;
        let plan = self.0.plan(&round, "ostallgaeu").await;
        if state != "DRAFT" {
            self.0.submit(&round, "ostallgaeu", &plan).await;
        }
        match state {
            "DRAFT" | "SUBMITTED" => {}
            "CLOSED" => self.0.close(&mut round).await,
            _ => self.0.advance(&mut round, state).await,
        }
        Made::new(&plan).with(json!({ "round": round.id }))
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let app = self.0.app;
        let (mutation, more) = match column {
            "update" => ("annualPlanUpdate", json!({ "title": "Renamed" })),
            "update:calendars" => ("annualPlanUpdate", json!({ "calendars": [calendar(app, "ostallgaeu")] })),
            "!annualPlanSubmit" => ("annualPlanSubmit", made.more.clone()),
            _ => ("annualPlanWithdraw", made.more.clone()),
        };
        Ask { client: admin(app, "ostallgaeu"), mutation, input: made.input(more) }
    }
}

/// Proposals of Memmingen to the Landkreis in the round of the world, and counter-proposals of the Landkreis.
struct Proposals<'a>(&'a TestApp);

impl Proposals<'_> {
    fn owner(&self) -> Client {
        self.0.actor("planner@ostallgaeu")
    }

    fn partner(&self) -> Client {
        self.0.actor("planner@memmingen")
    }

    async fn propose(&self) -> Value {
        let app = self.0;
        let input = json!({
            "round": app.world.id("round.b"), "tenant": tenant(app, "memmingen"),
            "entry": app.world.id("entry.oal.newcomers.workshop"), "change": { "location": "There" }, "message": "Please.",
        });
        let made = self.partner().mutate("changeProposalCreate", input, "changeProposal { id }").await;
        made["changeProposal"]["id"].clone()
    }

    async fn counter(&self, id: &Value) -> Value {
        let input = with(json!({ "id": id, "version": 1 }), another());
        let made = self.owner().mutate("changeProposalCounter", input, "changeProposal { id }").await;
        made["changeProposal"]["id"].clone()
    }

    async fn close_round(&self) {
        let id = json!(self.0.world.id("round.b"));
        let version = version_of(&self.partner(), NodeType::CoordinationRound, &id).await;
        let input = json!({ "id": id, "tenant": tenant(self.0, "memmingen"), "version": version, "reason": "over" });
        self.partner().mutate("coordinationRoundClose", input, "__typename").await;
    }
}

/// Another proposal instead.
fn another() -> Value {
    json!({ "change": { "location": "Elsewhere" }, "message": "Rather there." })
}

impl Walked for Proposals<'_> {
    async fn make(&self, state: &str) -> Made {
        let id = self.propose().await;
        let first = |more: Value| with(json!({ "id": id, "version": 1 }), more);
        match state {
            "OPEN TO PARTNER" => return Made::new(&self.counter(&id).await),
            "AGREED" => {
                let id = self.counter(&id).await;
                let input = json!({ "id": id, "version": 1 });
                self.partner().mutate("changeProposalAccept", input, "__typename").await;
                return Made::new(&id);
            }
            "ACCEPTED" => {
                self.owner().mutate("changeProposalAccept", first(json!({})), "__typename").await;
            }
            "DECLINED" => {
                let input = first(json!({ "reason": "no" }));
                self.owner().mutate("changeProposalDecline", input, "__typename").await;
            }
            "COUNTERED" => {
                self.counter(&id).await;
            }
            "WITHDRAWN" => {
                self.partner().mutate("changeProposalWithdraw", first(json!({})), "__typename").await;
            }
            "OF ROUND CLOSED" => self.close_round().await,
            _ => {}
        }
        Made::new(&id)
    }

    async fn ask(&self, state: &str, column: &str, made: &Made) -> Ask {
        let by_owner = ["OPEN TO PARTNER", "AGREED"].contains(&state);
        let (asked, asking) = if by_owner { (self.partner(), self.owner()) } else { (self.owner(), self.partner()) };
        let answering = if state == "AGREED" { self.owner() } else { asked.clone() };
        let (client, mutation, more) = match column {
            "accept" => (answering, "changeProposalAccept", json!({})),
            "decline" => (answering, "changeProposalDecline", json!({ "reason": "no" })),
            "counter" => (asked, "changeProposalCounter", another()),
            _ => (asking, "changeProposalWithdraw", json!({})),
        };
        Ask { client, mutation, input: made.input(more) }
    }
}
