//! The part of the walk through a coordination round, from open to published, and one that is closed.

use serde_json::{Value, json};

use super::{ADMIN, MEMMINGEN, OF_ENTRY, OF_PLAN, OF_PROPOSAL, OF_ROUND, PLANNER, Walk, creating};

impl Walk<'_> {
    /// A round of the walk's agreement, from open to published, and one that is closed.
    pub(super) fn planning(&self, at: usize) -> (&'static str, &'static str, Value, &'static str) {
        let id = |name: &str| self.app.world.id(name).to_owned();
        let with = |object: &Value, more: Value| {
            let mut input = json!({ "id": object["id"], "version": object["version"] });
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            input
        };
        let created = |wanted: &str, more: Value| {
            let mut all = creating(self.app);
            let mut step = all.swap_remove(all.iter().position(|it| it.0 == wanted).expect("a creating mutation"));
            step.2.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            step
        };
        let (own, other) = (json!({ "tenant": id("tenant.ostallgaeu") }), id("tenant.memmingen"));
        let in_round = json!({ "round": self.round["id"] });
        let [plan, their_plan] = &self.plans;
        // What Memmingen asks of the Landkreis, whose entry it sees.
        let asked = || {
            let mut step = created("changeProposalCreate", in_round.clone());
            (step.2["tenant"], step.2["entry"]) = (json!(other), json!(id("entry.oal.newcomers.workshop")));
            (step.0, MEMMINGEN, step.2, step.3)
        };
        let reason = json!({ "reason": "no" });
        match at {
            0 => created("annualPlanCreate", json!({})),
            1 => ("annualPlanUpdate", PLANNER, with(plan, json!({ "title": "Renamed" })), OF_PLAN),
            2 => created("coordinationRoundOpen", json!({ "agreement": self.agreement["id"], "year": 2027 })),
            3 => ("coordinationRoundUpdate", PLANNER, with(&self.round, json!({ "daysApart": 5 })), OF_ROUND),
            4 | 6 => ("annualPlanSubmit", PLANNER, with(plan, in_round), OF_PLAN),
            5 => ("annualPlanWithdraw", PLANNER, with(plan, in_round), OF_PLAN),
            7 => {
                let more = json!({ "tenant": other, "calendars": [id("calendar.mm.plan")] });
                let step = created("annualPlanCreate", more);
                (step.0, MEMMINGEN, step.2, step.3)
            }
            8 => ("annualPlanSubmit", MEMMINGEN, with(their_plan, in_round), OF_PLAN),
            9 => ("coordinationRoundStart", PLANNER, with(&self.round, own), OF_ROUND),
            10 => created("changeProposalCreate", in_round),
            11 => ("changeProposalWithdraw", PLANNER, with(&self.proposal, json!({})), OF_PROPOSAL),
            12 | 14 | 17 => asked(),
            13 => ("changeProposalDecline", PLANNER, with(&self.proposal, reason), OF_PROPOSAL),
            15 => {
                let more = json!({ "change": { "location": "There" }, "message": "Rather there." });
                ("changeProposalCounter", PLANNER, with(&self.proposal, more), OF_PROPOSAL)
            }
            16 => ("changeProposalDecline", MEMMINGEN, with(&self.proposal, reason), OF_PROPOSAL),
            18 => ("changeProposalAccept", PLANNER, with(&self.proposal, json!({})), OF_PROPOSAL),
            19 => created("coordinationCommentCreate", in_round),
            // On a day on which the office is closed.
            20 => created("calendarEntryCreate", json!({ "title": "Closed" })),
            21 => {
                let input = json!({ "entry": self.conflict["entry"], "conflict": self.conflict["id"], "reason": "so" });
                ("conflictAcknowledge", PLANNER, input, OF_ENTRY)
            }
            22 => ("coordinationRoundSignOff", ADMIN, with(&self.round, own), OF_ROUND),
            23 => {
                ("coordinationRoundSignOff", "admin@memmingen", with(&self.round, json!({ "tenant": other })), OF_ROUND)
            }
            24 => ("coordinationRoundPublish", PLANNER, with(&self.round, own), OF_ROUND),
            _ => {
                let more = json!({ "tenant": own["tenant"], "reason": "over" });
                let mut closed = with(&self.round, more);
                (closed["id"], closed["version"]) = (json!(id("round.b")), json!(2));
                ("coordinationRoundClose", PLANNER, closed, OF_ROUND)
            }
        }
    }
}
