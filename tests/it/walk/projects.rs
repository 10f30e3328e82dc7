//! The part of the walk through a joint project: from the idea to the end of the partnership.

use serde_json::{Value, json};

use super::{ADMIN, Walk};

const OF_PROJECT: &str = "project { id version }";
const OF_WORK: &str = "workPackage { id version }";
const OF_MILESTONE: &str = "milestone { id version }";
const OF_FUNDING: &str = "funding { id version }";
const OF_GOAL: &str = "projectIndicator { id version }";
const OF_OBLIGATION: &str = "obligation { id version }";
const KAUFBEUREN: &str = "admin@kaufbeuren";

/// How many steps there are.
pub(super) const STEPS: usize = 32;

impl Walk<'_> {
    pub(super) fn project(&self, at: usize) -> (&'static str, &'static str, Value, &'static str) {
        let id = |name: &str| self.app.world.id(name).to_owned();
        let (tenant, partner) = (id("tenant.ostallgaeu"), id("tenant.kaufbeuren"));
        let project = &self.project["id"];
        let part = |more: Value| with(&json!({ "project": project, "tenant": tenant }), more);
        let versioned =
            |object: &Value, more: Value| with(&json!({ "id": object["id"], "version": object["version"] }), more);
        let last = |name: &str| self.last[name].clone();
        match at {
            0 => {
                let input = json!({
                    "tenant": tenant, "title": "Walk", "agreement": id("agreement.a"),
                    "fieldOfWork": id("field.orientation"), "startsOn": "2027-01-01", "endsOn": "2028-12-31",
                });
                ("projectCreate", ADMIN, input, OF_PROJECT)
            }
            1 => ("projectUpdate", ADMIN, versioned(&self.project, json!({ "summary": "On foot." })), OF_PROJECT),
            2 => ("projectPartnerAdd", ADMIN, versioned(&self.project, json!({ "partner": partner })), OF_PROJECT),
            3 => {
                let input = json!({ "id": project, "tenant": partner, "version": 1 });
                ("projectPartnerAccept", KAUFBEUREN, input, OF_PROJECT)
            }
            4 => ("workPackageCreate", ADMIN, part(json!({ "title": "Prepare" })), OF_WORK),
            5 => {
                let input = versioned(&last("workPackage"), json!({ "status": "IN_PROGRESS" }));
                ("workPackageUpdate", ADMIN, input, OF_WORK)
            }
            6 => {
                let input = part(json!({ "title": "Begin", "dueOn": "2027-06-30" }));
                ("milestoneCreate", ADMIN, input, OF_MILESTONE)
            }
            7 => {
                let input = versioned(&last("milestone"), json!({ "dueOn": "2027-07-31" }));
                ("milestoneUpdate", ADMIN, input, OF_MILESTONE)
            }
            8 => {
                let more = json!({
                    "light": "GREEN", "text": "As planned.", "periodFrom": "2027-01-01", "periodUntil": "2027-01-14",
                });
                ("statusReportCreate", ADMIN, part(more), "statusReport { id }")
            }
            9 => {
                let input = part(json!({ "name": "Somebody", "role": "MEMBER", "consent": true }));
                ("projectMemberAdd", ADMIN, input, "projectMember { id }")
            }
            10 => {
                let input = json!({ "id": self.last["projectMember"]["id"] });
                ("projectMemberRemove", ADMIN, input, "projectMember { id }")
            }
            11 => {
                let input = part(json!({ "title": "Visitors", "target": "100" }));
                ("projectIndicatorCreate", ADMIN, input, OF_GOAL)
            }
            12 => {
                let input = versioned(&last("projectIndicator"), json!({ "target": "120" }));
                ("projectIndicatorUpdate", ADMIN, input, OF_GOAL)
            }
            13 => {
                let input = json!({
                    "indicator": self.last["projectIndicator"]["id"], "measuredOn": "2027-01-10", "value": "7",
                });
                ("indicatorMeasurementAdd", ADMIN, input, OF_GOAL)
            }
            14 => {
                let input = part(json!({ "to": { "calendarEntry": id("entry.oal.public.forum") } }));
                ("projectLinkAdd", ADMIN, input, "projectLink { id }")
            }
            15 => {
                let input = json!({ "id": self.last["projectLink"]["id"] });
                ("projectLinkRemove", ADMIN, input, "projectLink { id }")
            }
            16 => {
                let input = part(json!({ "title": "Concept", "kind": "CONCEPT" }));
                ("projectDocumentCreate", ADMIN, input, "projectDocument { id }")
            }
            17 => {
                let input = json!({ "document": self.last["projectDocument"]["id"], "fileName": "concept.pdf" });
                ("projectDocumentUploadTicket", ADMIN, input, "uploadTicket { expiresAt maxBytes }")
            }
            18 => {
                let more = json!({
                    "programme": self.programme, "rate": "40", "eligibleFrom": "2027-01-01",
                    "eligibleUntil": "2028-12-31", "eligibleCost": { "amount": "1000.00" }, "requested": { "amount": "400.00" },
                });
                ("fundingCreate", ADMIN, part(more), OF_FUNDING)
            }
            19 => {
                let input = versioned(&self.funding, json!({ "referenceNumber": "01 W 27" }));
                ("fundingUpdate", ADMIN, input, OF_FUNDING)
            }
            20 => {
                let input =
                    json!({ "funding": self.funding["id"], "tenant": tenant, "amount": { "amount": "600.00" } });
                ("ownShareSet", ADMIN, input, OF_FUNDING)
            }
            21 => ("fundingAdvance", ADMIN, versioned(&self.funding, json!({ "state": "APPLIED" })), OF_FUNDING),
            22 => ("projectAdvance", ADMIN, versioned(&self.project, json!({ "phase": "CONCEPT" })), OF_PROJECT),
            23 => {
                let input = part(json!({ "year": 2027, "costType": "STAFF", "planned": { "amount": "500.00" } }));
                ("budgetLineSet", ADMIN, input, "budgetLine { id }")
            }
            24 | 26 => {
                let input = json!({
                    "funding": self.funding["id"], "kind": "OTHER", "title": "Poster", "dueOn": "2027-03-31",
                });
                ("obligationCreate", ADMIN, input, OF_OBLIGATION)
            }
            25 => ("obligationFulfil", ADMIN, versioned(&last("obligation"), json!({})), OF_OBLIGATION),
            27 => (
                "obligationWaive",
                ADMIN,
                versioned(&last("obligation"), json!({ "note": "Not asked for." })),
                OF_OBLIGATION,
            ),
            28 => ("projectArchiveCreate", ADMIN, part(json!({})), "projectArchive { id }"),
            29 => {
                let input = json!({ "of": { "archive": self.last["projectArchive"]["id"] } });
                ("projectDownloadTicket", ADMIN, input, "downloadTicket { path }")
            }
            30 => {
                let input = part(json!({ "title": "Own concept", "kind": "CONCEPT" }));
                let mut input = input;
                input["tenant"] = json!(partner);
                ("projectDocumentCreate", KAUFBEUREN, input, "projectDocument { id }")
            }
            _ => {
                let input =
                    json!({ "id": project, "partner": partner, "tenant": tenant, "version": 2, "reason": "over" });
                ("projectPartnerRemove", ADMIN, input, OF_PROJECT)
            }
        }
    }
}

fn with(base: &Value, more: Value) -> Value {
    let mut input = base.clone();
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    input
}
