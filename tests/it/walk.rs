//! A walk through every mutation of the schema, each with an input that succeeds.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use verbund_tests::TestApp;
use verbund_tests::projects::programme;
use verbund_tests::tables_in::draft_of_survey;

mod creating;
mod directory;
mod planning;
mod projects;
mod release;

pub use creating::creating;

/// Every mutation; some come more than once in the walk.
pub const MUTATIONS: &[&str] = &[
    "fieldOfWorkCreate",
    "roleGrantCreate",
    "roleGrantRevoke",
    "roleGrantConfirm",
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
    "tenantContactCreate",
    "tenantContactUpdate",
    "tenantContactDelete",
    "tenantUpdate",
    "memberUpdate",
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
const CONTACT: usize = FEED_UPDATE + 1;
const CONTACT_UPDATE: usize = CONTACT + 1;
const CONTACT_DELETE: usize = CONTACT + 2;
const SECOND_ADMIN: usize = CONTACT_DELETE + 1;
const THIRD_ADMIN: usize = SECOND_ADMIN + 1;
const CONFIRM: usize = THIRD_ADMIN + 1;
const TENANT_UPDATE: usize = CONFIRM + 1;
const MEMBER_UPDATE: usize = CONFIRM + 2;
const ADMIN: &str = "admin@ostallgaeu";
const STEWARD: &str = "steward@ostallgaeu";
const PLANNER: &str = "planner@ostallgaeu";
const OF_CALENDAR: &str = "calendar { id version }";
const OF_AGREEMENT: &str = "agreement { id version }";
const OF_SHARE: &str = "share { id version }";
const OF_ENTRY: &str = "calendarEntry { id ... on CalendarEntryFull { version } }";
const OF_EXTERNAL: &str = "externalCalendar { id version }";
const OF_CLOSURE: &str = "tenantClosure { id version }";
const OF_CONTACT: &str = "tenantContact { id version }";
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
            CONTACT => created("tenantContactCreate"),
            CONTACT_UPDATE => {
                let input = with(&self.last["tenantContact"], json!({ "name": "Renamed" }));
                ("tenantContactUpdate", ADMIN, input, OF_CONTACT)
            }
            CONTACT_DELETE => ("tenantContactDelete", ADMIN, with(&self.last["tenantContact"], json!({})), OF_CONTACT),
            SECOND_ADMIN | THIRD_ADMIN => {
                let subject = if self.at == SECOND_ADMIN { "second@ostallgaeu" } else { "third@ostallgaeu" };
                let mut step = created("roleGrantCreate");
                step.2["to"] = json!({ "account": {
                    "issuer": "https://verbund.localhost", "subject": subject, "name": subject,
                } });
                step.2["role"] = json!("TENANT_ADMIN");
                (step.0, step.1, step.2, OF_ROLE)
            }
            CONFIRM => ("roleGrantConfirm", "second@ostallgaeu", with(&self.last["roleGrant"], json!({})), OF_ROLE),
            TENANT_UPDATE => {
                let input = json!({ "id": tenant, "version": 1, "website": "https://ostallgaeu.example" });
                ("tenantUpdate", ADMIN, input, "tenant { id version }")
            }
            MEMBER_UPDATE => {
                let input = json!({ "id": id("member.viewer@ostallgaeu"), "version": 1, "name": "Renamed" });
                ("memberUpdate", ADMIN, input, "member { id version }")
            }
            _ => return None,
        };
        self.at += 1;
        Some(Step { mutation, subject, input, selection })
    }
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
