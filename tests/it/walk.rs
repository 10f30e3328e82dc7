//! A walk through every mutation of the schema, each with an input that succeeds.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use verbund_tests::TestApp;
use verbund_tests::projects::programme;
use verbund_tests::tables_in::draft_of_survey;

mod projects;

/// Every mutation; some come more than once in the walk.
pub const MUTATIONS: &[&str] = &[
    "fieldOfWorkCreate",
    "roleGrantCreate",
    "roleGrantRevoke",
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
    "annualPlanCreate",
    "annualPlanUpdate",
    "coordinationRoundOpen",
    "coordinationRoundUpdate",
    "annualPlanSubmit",
    "annualPlanWithdraw",
    "coordinationRoundStart",
    "changeProposalCreate",
    "changeProposalWithdraw",
    "changeProposalDecline",
    "changeProposalCounter",
    "changeProposalAccept",
    "coordinationCommentCreate",
    "conflictAcknowledge",
    "coordinationRoundSignOff",
    "coordinationRoundPublish",
    "coordinationRoundClose",
    "externalCalendarSubscribe",
    "externalCalendarUpdate",
    "externalCalendarRefresh",
    "externalCalendarUnsubscribe",
    "calendarImport",
    "feedCreate",
    "feedUpdate",
    "feedRevoke",
    "datasetCreate",
    "datasetUpdate",
    "datasetAccessChange",
    "dataRequestCreate",
    "dataRequestWithdraw",
    "dataRequestRefuse",
    "dataRequestGrant",
    "datasetIndicatorsSet",
    "datasetUploadTicket",
    "datasetImport",
    "datasetImportCancel",
    "datasetVersionPublish",
    "datasetDownloadTicket",
    "datasetReleasePropose",
    "datasetReleaseDecline",
    "datasetReleaseApprove",
    "datasetVersionWithdraw",
    "datasetWithdraw",
    "projectCreate",
    "projectUpdate",
    "projectPartnerAdd",
    "projectPartnerAccept",
    "workPackageCreate",
    "workPackageUpdate",
    "milestoneCreate",
    "milestoneUpdate",
    "statusReportCreate",
    "projectMemberAdd",
    "projectMemberRemove",
    "projectIndicatorCreate",
    "projectIndicatorUpdate",
    "indicatorMeasurementAdd",
    "projectLinkAdd",
    "projectLinkRemove",
    "projectDocumentCreate",
    "projectDocumentUploadTicket",
    "fundingCreate",
    "fundingUpdate",
    "ownShareSet",
    "fundingAdvance",
    "projectAdvance",
    "budgetLineSet",
    "obligationCreate",
    "obligationFulfil",
    "obligationWaive",
    "projectArchiveCreate",
    "projectDownloadTicket",
    "projectPartnerRemove",
    "learningPlaceCreate",
    "learningPlaceUpdate",
    "learningPlaceArchive",
    "learningPlaceUnmerge",
    "organisationCreate",
    "organisationUpdate",
    "organisationArchive",
    "organisationUnmerge",
    "mergeProposalCreate",
    "mergeProposalAccept",
    "mergeProposalDecline",
    "mergeProposalWithdraw",
    "educationOfferCreate",
    "educationOfferUpdate",
    "educationOfferPublish",
    "educationOfferWithdraw",
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
    plans: [Value; 2],
    round: Value,
    proposal: Value,
    conflict: Value,
    draft: Value,
    project: Value,
    programme: Value,
    funding: Value,
}

/// The step before which there is a draft of a dataset.
const RELEASE: usize = 66;
/// The steps of a joint project.
const PROJECT: usize = 95;
const PROJECT_END: usize = PROJECT + projects::STEPS;
const FEED_UPDATE: usize = PROJECT_END + 1;
const ADMIN: &str = "admin@ostallgaeu";
const STEWARD: &str = "steward@ostallgaeu";
const PLANNER: &str = "planner@ostallgaeu";
const OF_CALENDAR: &str = "calendar { id version }";
const OF_AGREEMENT: &str = "agreement { id version }";
const OF_SHARE: &str = "share { id version }";
const OF_ENTRY: &str = "calendarEntry { id ... on CalendarEntryFull { version } }";
const OF_EXTERNAL: &str = "externalCalendar { id version }";
const OF_CLOSURE: &str = "tenantClosure { id version }";
const MEMMINGEN: &str = "planner@memmingen";
const OF_PLAN: &str = "annualPlan { id version tenant { slug } }";
const OF_ROUND: &str = "coordinationRound { id version }";
const OF_PROPOSAL: &str = "changeProposal { id version }";
const OF_REQUEST: &str = "dataRequest { id version }";
const OF_DATASET: &str = "dataset { id version }";
const OF_IMPORT: &str = "datasetImport { id version }";
const OF_VERSION: &str = "datasetVersion { id version }";
const OF_RELEASE: &str = "datasetRelease { id version }";
const OF_FEED: &str = "feed { id version }";
const OF_PLACE: &str = "learningPlace { id version }";
const OF_ORGANISATION: &str = "organisation { id version }";
const OF_MERGE: &str = "mergeProposal { id version }";
const OF_OFFER: &str = "educationOffer { id version }";
const OF_ROLE: &str = "roleGrant { id version }";

impl<'a> Walk<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        let (last, agreement, calendar, share) = (Value::Null, Value::Null, Value::Null, Value::Null);
        let (plans, round, proposal) = ([Value::Null, Value::Null], Value::Null, Value::Null);
        Self {
            app,
            at: 0,
            last,
            agreement,
            calendar,
            share,
            plans,
            round,
            proposal,
            conflict: Value::Null,
            draft: Value::Null,
            project: Value::Null,
            programme: Value::Null,
            funding: Value::Null,
        }
    }

    /// Sends a step, which must succeed.
    pub async fn run(&mut self, step: &Step) -> Value {
        let payload = self.app.actor(step.subject).mutate(step.mutation, step.input.clone(), step.selection).await;
        self.last = payload.clone();
        for (name, slot) in [
            ("agreement", &mut self.agreement),
            ("calendar", &mut self.calendar),
            ("share", &mut self.share),
            ("coordinationRound", &mut self.round),
            ("changeProposal", &mut self.proposal),
            ("project", &mut self.project),
            ("funding", &mut self.funding),
        ] {
            if payload[name].is_object() {
                *slot = payload[name].clone();
            }
        }
        if payload["annualPlan"].is_object() {
            let own = payload["annualPlan"]["tenant"]["slug"] == "ostallgaeu";
            self.plans[usize::from(!own)] = payload["annualPlan"].clone();
        }
        if step.mutation == "calendarEntryCreate" {
            let query = "query($id: ID!) { conflicts(of: {entry: $id}) { nodes { id } } }";
            let of = json!({ "id": payload["calendarEntry"]["id"] });
            let found = self.app.actor(step.subject).send(query, of).await.data();
            self.conflict =
                json!({ "entry": payload["calendarEntry"]["id"], "id": found["conflicts"]["nodes"][0]["id"] });
        }
        payload
    }

    /// The next step, made of what came of those before.
    pub async fn next(&mut self) -> Option<Step> {
        if self.at == RELEASE {
            self.draft = draft_of_survey(self.app).await;
        }
        if self.at == PROJECT {
            self.programme = programme(self.app, "bildungskommunen").await;
        }
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
            1 => created("roleGrantCreate"),
            2 => (
                "roleGrantRevoke",
                ADMIN,
                with(&self.last["roleGrant"], json!({ "reason": "enough" })),
                "roleGrant { id }",
            ),
            3 => created("agreementDraft"),
            4 => ("agreementPropose", ADMIN, with(&self.agreement, json!({})), OF_AGREEMENT),
            5 => ("agreementSign", ADMIN, with(&self.agreement, json!({ "tenant": tenant })), OF_AGREEMENT),
            6 => {
                let input = with(&self.agreement, json!({ "tenant": id("tenant.memmingen") }));
                ("agreementSign", "admin@memmingen", input, OF_AGREEMENT)
            }
            7 => {
                let input = with(&self.agreement, json!({ "tenant": id("tenant.kaufbeuren") }));
                ("agreementSign", "admin@kaufbeuren", input, OF_AGREEMENT)
            }
            8 => created("calendarCreate"),
            9 => ("calendarUpdate", PLANNER, with(&self.calendar, json!({ "name": "Renamed" })), OF_CALENDAR),
            10 => {
                let mut step = created("calendarEntryCreate");
                step.2["calendar"] = self.calendar["id"].clone();
                step
            }
            11 => ("calendarEntryUpdate", PLANNER, with(entry, json!({ "title": "Renamed" })), OF_ENTRY),
            12 => ("calendarEntryCancel", PLANNER, with(entry, json!({ "reason": "rain" })), OF_ENTRY),
            13 => {
                let mut step = created("shareCreate");
                step.2["object"] = json!({ "calendar": self.calendar["id"] });
                step.2["agreement"] = self.agreement["id"].clone();
                step
            }
            14 => ("shareEnd", ADMIN, with(&self.share, json!({ "reason": "over" })), OF_SHARE),
            15..=40 => self.planning(self.at - 15),
            41 => ("calendarArchive", PLANNER, with(&self.calendar, json!({})), OF_CALENDAR),
            42 => {
                let input = with(&self.agreement, json!({ "tenant": tenant, "reason": "over" }));
                ("agreementEnd", ADMIN, input, OF_AGREEMENT)
            }
            43 => created("tenantClosureCreate"),
            44 => {
                let input = with(&self.last["tenantClosure"], json!({ "title": "Renamed" }));
                ("tenantClosureUpdate", ADMIN, input, OF_CLOSURE)
            }
            45 => ("tenantClosureDelete", ADMIN, with(&self.last["tenantClosure"], json!({})), OF_CLOSURE),
            46 => created("externalCalendarSubscribe"),
            47 => {
                let input = with(&self.last["externalCalendar"], json!({ "refreshMinutes": 120 }));
                ("externalCalendarUpdate", PLANNER, input, OF_EXTERNAL)
            }
            48 => {
                let input = json!({ "id": self.last["externalCalendar"]["id"] });
                ("externalCalendarRefresh", PLANNER, input, OF_EXTERNAL)
            }
            49 => {
                let input = with(&self.last["externalCalendar"], json!({}));
                ("externalCalendarUnsubscribe", PLANNER, input, "externalCalendar { id }")
            }
            50 => created("feedCreate"),
            51 => ("feedRevoke", PLANNER, with(&self.last["feed"], json!({})), OF_FEED),
            52 => created("datasetCreate"),
            53 => ("datasetUpdate", STEWARD, with(&self.last["dataset"], json!({ "title": "Renamed" })), OF_DATASET),
            54 => {
                let places = json!({ "indicators": [{ "code": "q_sch", "measure": "pupils" }] });
                ("datasetIndicatorsSet", STEWARD, with(&self.last["dataset"], places), OF_DATASET)
            }
            55 => {
                let contact =
                    json!({ "id": id("dataset.oal.leavers"), "version": 1, "contact": { "email": "a@b.example" } });
                ("datasetUpdate", STEWARD, contact, OF_DATASET)
            }
            56 => {
                ("datasetAccessChange", ADMIN, with(&self.last["dataset"], json!({ "access": "SHARED" })), OF_DATASET)
            }
            57 => created("dataRequestCreate"),
            58 => ("dataRequestWithdraw", STEWARD, with(&self.last["dataRequest"], json!({})), OF_REQUEST),
            59 | 61 => {
                let mut step = created("dataRequestCreate");
                let (from, to) = (step.2["tenant"].clone(), step.2["to"].clone());
                (step.2["tenant"], step.2["to"]) = (to, from);
                (step.0, "steward@kaufbeuren", step.2, step.3)
            }
            60 => ("dataRequestRefuse", ADMIN, with(&self.last["dataRequest"], json!({ "reason": "no" })), OF_REQUEST),
            62 => {
                let more = json!({ "dataset": id("dataset.oal.leavers"), "answer": "Here." });
                ("dataRequestGrant", ADMIN, with(&self.last["dataRequest"], more), OF_REQUEST)
            }
            63 => created("datasetUploadTicket"),
            64 => created("datasetImport"),
            65 => ("datasetImportCancel", STEWARD, with(&self.last["datasetImport"], json!({})), OF_IMPORT),
            RELEASE..=74 => self.release(self.at - RELEASE),
            75 => {
                let ics = "BEGIN:VEVENT\nUID:x\nSUMMARY:X\nDTSTART:20270301T090000Z\nEND:VEVENT";
                ("calendarImport", PLANNER, json!({ "calendar": id("calendar.oal.office"), "ics": ics }), OF_CALENDAR)
            }
            76..=94 => self.directory(self.at - 76),
            PROJECT..PROJECT_END => self.project(self.at - PROJECT),
            PROJECT_END => created("feedCreate"),
            FEED_UPDATE => ("feedUpdate", PLANNER, with(&self.last["feed"], json!({ "name": "Renamed" })), OF_FEED),
            _ => return None,
        };
        self.at += 1;
        Some(Step { mutation, subject, input, selection })
    }
}

impl Walk<'_> {
    /// A dataset on its way to the public and back.
    fn release(&self, at: usize) -> (&'static str, &'static str, Value, &'static str) {
        let id = |name: &str| self.app.world.id(name).to_owned();
        let (dataset, draft) = (json!(id("dataset.oal.survey")), &self.draft);
        let release = &self.last["datasetRelease"];
        let decided = |more: Value| {
            let mut input = json!({ "id": release["id"], "version": release["version"] });
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            input
        };
        let names = ["licence", "contact", "purpose", "legalBasis", "retention", "disclosure"];
        let checklist: serde_json::Map<_, _> = names.map(|it| (it.to_owned(), json!(true))).into_iter().collect();
        match at {
            0 => ("datasetVersionPublish", STEWARD, json!({ "id": draft, "version": 1 }), OF_VERSION),
            1 => (
                "datasetDownloadTicket",
                STEWARD,
                json!({ "datasetVersion": draft, "format": "CSV" }),
                "downloadTicket { path }",
            ),
            2 => {
                let input = json!({
                    "id": dataset, "version": 1, "contact": { "email": "a@b.example" }, "licence": "dl-zero-de/2.0",
                    "protection": { "method": "ROUNDING", "dimensions": ["ags", "year"] },
                });
                ("datasetUpdate", STEWARD, input, OF_DATASET)
            }
            3 | 5 => {
                let input = json!({ "dataset": dataset, "checklist": checklist });
                ("datasetReleasePropose", STEWARD, input, OF_RELEASE)
            }
            4 => ("datasetReleaseDecline", ADMIN, decided(json!({ "reason": "no" })), OF_RELEASE),
            6 => ("datasetReleaseApprove", ADMIN, decided(json!({})), OF_RELEASE),
            7 => {
                let input = json!({ "id": draft, "version": 2, "reason": "wrong" });
                ("datasetVersionWithdraw", ADMIN, input, OF_VERSION)
            }
            _ => {
                let input = json!({ "id": dataset, "version": 3, "reason": "over" });
                ("datasetWithdraw", ADMIN, input, OF_DATASET)
            }
        }
    }

    /// Places, organisations, merges that are taken back, and an offer on its way to the public and back.
    fn directory(&self, at: usize) -> (&'static str, &'static str, Value, &'static str) {
        let id = |name: &str| self.app.world.id(name).to_owned();
        let created = |wanted: &str| {
            let mut all = creating(self.app);
            all.swap_remove(all.iter().position(|it| it.0 == wanted).expect("a creating mutation"))
        };
        let with = |object: &str, more: Value| {
            let mut input = json!({ "id": self.last[object]["id"], "version": self.last[object]["version"] });
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            input
        };
        let renamed = || json!({ "name": "Renamed" });
        match at {
            0 => created("learningPlaceCreate"),
            1 => ("learningPlaceUpdate", STEWARD, with("learningPlace", renamed()), OF_PLACE),
            2 => ("learningPlaceArchive", STEWARD, with("learningPlace", json!({})), OF_PLACE),
            3 => created("organisationCreate"),
            4 => ("organisationUpdate", STEWARD, with("organisation", renamed()), OF_ORGANISATION),
            5 => ("organisationArchive", STEWARD, with("organisation", json!({})), OF_ORGANISATION),
            6 => created("mergeProposalCreate"),
            7 => ("mergeProposalWithdraw", STEWARD, with("mergeProposal", json!({})), OF_MERGE),
            8 => {
                let mut step = created("mergeProposalCreate");
                step.2["tenant"] = json!(id("tenant.kaufbeuren"));
                (step.0, "steward@kaufbeuren", step.2, step.3)
            }
            9 => {
                let input = with("mergeProposal", json!({ "reason": "no" }));
                ("mergeProposalDecline", STEWARD, input, OF_MERGE)
            }
            10 => ("mergeProposalAccept", STEWARD, json!({ "id": id("merge.a"), "version": 1 }), OF_MERGE),
            11 => {
                let input = json!({ "id": id("place.oal.library"), "version": 2 });
                ("learningPlaceUnmerge", STEWARD, input, OF_PLACE)
            }
            12 => {
                let mut step = created("mergeProposalCreate");
                step.2["duplicate"] = json!(id("organisation.oal.agency"));
                step.2["survivor"] = json!(id("organisation.kf.vhs"));
                step
            }
            13 => ("mergeProposalAccept", STEWARD, with("mergeProposal", json!({})), OF_MERGE),
            14 => {
                let input = json!({ "id": id("organisation.oal.agency"), "version": 2 });
                ("organisationUnmerge", STEWARD, input, OF_ORGANISATION)
            }
            15 => created("educationOfferCreate"),
            16 => {
                let input = with("educationOffer", json!({ "title": "Renamed" }));
                ("educationOfferUpdate", STEWARD, input, OF_OFFER)
            }
            17 => ("educationOfferPublish", STEWARD, with("educationOffer", json!({})), OF_OFFER),
            _ => {
                let input = with("educationOffer", json!({ "reason": "over" }));
                ("educationOfferWithdraw", STEWARD, input, OF_OFFER)
            }
        }
    }

    /// A round of the walk's agreement, from open to published, and one that is closed.
    fn planning(&self, at: usize) -> (&'static str, &'static str, Value, &'static str) {
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
        (
            "roleGrantCreate",
            ADMIN,
            json!({ "tenant": tenant, "role": "VIEWER", "to": { "account": account } }),
            OF_ROLE,
        ),
        (
            "agreementDraft",
            ADMIN,
            json!({
                "tenant": tenant, "parties": [id("tenant.memmingen"), id("tenant.kaufbeuren")], "title": "Agreement C", "areas": ["CALENDARS"],
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
            "externalCalendarSubscribe",
            PLANNER,
            json!({ "tenant": tenant, "name": "Theatre", "url": "https://theatre.example/plan.ics" }),
            OF_EXTERNAL,
        ),
        (
            "tenantClosureCreate",
            ADMIN,
            json!({ "tenant": tenant, "title": "New", "firstDay": "2027-05-03" }),
            OF_CLOSURE,
        ),
        (
            "annualPlanCreate",
            PLANNER,
            json!({ "tenant": tenant, "year": 2027, "title": "New", "calendars": [id("calendar.oal.newcomers")] }),
            OF_PLAN,
        ),
        (
            "coordinationRoundOpen",
            PLANNER,
            json!({ "tenant": tenant, "agreement": id("agreement.b"), "year": 2029, "submitUntil": "2027-12-31" }),
            OF_ROUND,
        ),
        (
            "changeProposalCreate",
            PLANNER,
            json!({
                "tenant": tenant, "round": id("round.b"), "entry": id("entry.mm.plan.day"),
                "change": { "location": "Here" }, "message": "Please.",
            }),
            OF_PROPOSAL,
        ),
        (
            "coordinationCommentCreate",
            PLANNER,
            json!({ "tenant": tenant, "round": id("round.b"), "text": "New" }),
            OF_ROUND,
        ),
        (
            "dataRequestCreate",
            STEWARD,
            json!({
                "tenant": tenant, "to": id("tenant.kaufbeuren"), "agreement": id("agreement.a"), "about": "Care",
                "purpose": "Planning", "legalBasis": "Agreement A", "level": "FULL",
            }),
            OF_REQUEST,
        ),
        ("datasetCreate", STEWARD, json!({ "tenant": tenant, "title": "New" }), OF_DATASET),
        (
            "datasetUploadTicket",
            STEWARD,
            json!({ "dataset": id("dataset.oal.leavers"), "fileName": "new.csv" }),
            "uploadTicket { expiresAt maxBytes }",
        ),
        (
            "datasetImport",
            STEWARD,
            json!({
                "dataset": id("dataset.oal.leavers"), "ticket": id("upload.oal"), "profile": { "format": "CSV", "columns": [{
                    "column": { "name": "ags", "title": "AGS", "type": "REGION", "role": "DIMENSION" },
                    "from": { "column": { "position": 1 } },
                }] },
            }),
            OF_IMPORT,
        ),
        ("feedCreate", PLANNER, json!({ "tenant": tenant, "name": "New", "level": "SUMMARY" }), OF_FEED),
        (
            "learningPlaceCreate",
            STEWARD,
            json!({
                "tenant": tenant, "name": "New", "kind": "CLUB", "latitude": 47.9, "longitude": 10.7,
                "externalIds": [{ "scheme": "OSM", "value": "node/1" }],
            }),
            OF_PLACE,
        ),
        (
            "organisationCreate",
            STEWARD,
            json!({ "tenant": tenant, "name": "New", "kind": "FOUNDATION", "contactPerson": { "name": "New" } }),
            OF_ORGANISATION,
        ),
        (
            "mergeProposalCreate",
            STEWARD,
            json!({
                "tenant": tenant, "duplicate": id("place.oal.archive"), "survivor": id("place.kf.library"),
                "agreement": id("agreement.a"), "message": "The same.",
            }),
            OF_MERGE,
        ),
        (
            "educationOfferCreate",
            STEWARD,
            json!({
                "tenant": tenant, "title": "New", "kind": "COURSE", "topic": "MUSIC", "place": id("place.oal.library"),
                "provider": id("organisation.oal.agency"), "dates": [id("entry.oal.public.forum")],
            }),
            OF_OFFER,
        ),
    ]
}

/// Names of the mutations in the schema.
pub fn in_schema() -> BTreeSet<String> {
    let sdl = graphql::schema::sdl();
    let fields =
        sdl.split("type Mutation {").nth(1).and_then(|it| it.split("\n}").next()).expect("mutations").to_owned();
    // Fields are one tab in, their arguments and descriptions further.
    let names = fields.lines().filter_map(|it| it.strip_prefix('\t')?.split_once('(')).map(|it| it.0.to_owned());
    names.filter(|it| it.chars().all(char::is_alphanumeric)).collect()
}
