//! One object of every kind that an id can name, made by an authority together with a partner of its own: what they have
//! is hidden from all others.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use verbund_tests::projects::programme;
use verbund_tests::tables_in::{put, run_jobs, told, uploaded};
use verbund_tests::{Client, TestApp};

/// Global ids by kind: the name of the type, `Type.other` for a second one, `Type.partner` for one of the partner. Beside
/// them the ticket of a file that has come for the dataset, and the checksum of the file in the copy of the project.
pub type Objects = BTreeMap<String, String>;

/// The account with every role in an authority.
pub fn account(slug: &str) -> String {
    format!("everything@{slug}")
}

/// Makes them for the authority `own` and its partner.
pub async fn make(app: &TestApp, own: &str, partner: &str) -> Objects {
    for slug in [own, partner] {
        let account = json!({ "issuer": "https://verbund.localhost", "subject": account(slug), "name": account(slug) });
        for role in ["TENANT_ADMIN", "PLANNER", "PROJECT_LEAD", "DATA_STEWARD", "PUBLISHER"] {
            let input = json!({
                "tenant": app.world.id(&format!("tenant.{slug}")), "to": { "account": account }, "role": role,
            });
            app.actor(&format!("admin@{slug}")).mutate("roleGrantCreate", input, "__typename").await;
        }
    }
    let tenant = |slug: &str| app.world.id(&format!("tenant.{slug}")).to_owned();
    let ids = [("Tenant", tenant(own)), ("Tenant.partner", tenant(partner))];
    let mut maker = Maker {
        app,
        slug: own.to_owned(),
        own: app.actor(&account(own)),
        partner: app.actor(&account(partner)),
        ids: ids.map(|(kind, id)| (kind.to_owned(), id)).into(),
    };
    maker.agreement().await;
    maker.calendars().await;
    maker.planning().await;
    maker.directory().await;
    maker.dataset().await;
    maker.project().await;
    maker.ids
}

struct Maker<'a> {
    app: &'a TestApp,
    slug: String,
    own: Client,
    partner: Client,
    ids: Objects,
}

impl Maker<'_> {
    fn id(&self, kind: &str) -> &str {
        self.ids.get(kind).unwrap_or_else(|| panic!("no {kind} yet"))
    }

    fn put(&mut self, kind: &str, id: &Value) {
        self.ids.insert(kind.to_owned(), id.as_str().unwrap_or_else(|| panic!("{kind}: {id}")).to_owned());
    }

    /// Makes an object with an input to which the authority is added; `object` is the field of the payload.
    async fn make(&mut self, kind: &str, mutation: &str, object: &str, mut input: Value) {
        let by_partner = kind.ends_with(".partner");
        let (client, tenant) = if by_partner { (&self.partner, "Tenant.partner") } else { (&self.own, "Tenant") };
        input["tenant"] = json!(self.id(tenant));
        let made = client.mutate(mutation, input, &format!("{object} {{ id }}")).await;
        self.put(kind, &made[object]["id"]);
    }

    async fn agreement(&mut self) {
        let input = json!({
            "parties": [self.id("Tenant.partner")], "title": format!("Agreement of {}", self.slug),
            "areas": ["CALENDARS", "PROJECTS", "DATASETS"], "validFrom": "2026-01-01",
        });
        self.make("Agreement", "agreementDraft", "agreement", input).await;
        let id = self.id("Agreement").to_owned();
        self.own.mutate("agreementPropose", json!({ "id": id, "version": 1 }), "__typename").await;
        for (client, tenant, version) in [(&self.own, "Tenant", 2), (&self.partner, "Tenant.partner", 3)] {
            let input = json!({ "id": id, "tenant": self.id(tenant), "version": version });
            client.mutate("agreementSign", input, "__typename").await;
        }
        let key = format!("own-{}", self.slug);
        let input = json!({ "key": key, "nameDe": "Eigenes", "nameEn": "Own" });
        self.make("FieldOfWork", "fieldOfWorkCreate", "fieldOfWork", input).await;
        let subject = format!("somebody@{}", self.slug);
        let account = json!({ "issuer": "https://verbund.localhost", "subject": subject, "name": subject });
        let input = json!({ "tenant": self.id("Tenant"), "role": "VIEWER", "to": { "account": account } });
        let made = self.own.mutate("roleGrantCreate", input, "roleGrant { id memberId }").await;
        self.put("Member", &made["roleGrant"]["memberId"]);
        self.put("RoleGrant", &made["roleGrant"]["id"]);
        let input = json!({ "title": "Closed", "firstDay": "2029-02-01" });
        self.make("TenantClosure", "tenantClosureCreate", "tenantClosure", input).await;
        let input = json!({ "kind": "PRESS", "name": "Press", "phone": "08342 911-0" });
        self.make("TenantContact", "tenantContactCreate", "tenantContact", input).await;
    }

    /// A calendar with an entry on a day on which the office is closed, and one of the partner; each is shared.
    async fn calendars(&mut self) {
        let place = json!({ "name": "Town hall", "kind": "OTHER", "visibility": "INTERNAL", "latitude": 47.5, "longitude": 10.5 });
        self.make("LearningPlace", "learningPlaceCreate", "learningPlace", place).await;
        for more in ["", ".partner"] {
            let of = |kind: &str| format!("{kind}{more}");
            let name = format!("Calendar of {}{more}", self.slug);
            let input = json!({ "name": name, "confidentiality": "PARTNER", "fieldOfWork": self.id("FieldOfWork") });
            let input = if more.is_empty() { input } else { json!({ "name": name, "confidentiality": "PARTNER" }) };
            self.make(&of("Calendar"), "calendarCreate", "calendar", input).await;
            let mut input = json!({
                "calendar": self.id(&of("Calendar")), "title": "Meeting", "confidentiality": "PARTNER",
                "time": { "timed": { "start": "2029-02-01T09:00", "end": "2029-02-01T10:00" } },
            });
            if more.is_empty() {
                input["place"] = json!(self.id("LearningPlace"));
            }
            let client = if more.is_empty() { &self.own } else { &self.partner };
            let made = client.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
            self.put(&of("CalendarEntry"), &made["calendarEntry"]["id"]);
            let input = json!({
                "agreement": self.id("Agreement"), "area": "CALENDARS", "level": "CONTRIBUTE",
                "object": { "calendar": self.id(&of("Calendar")) },
            });
            self.make(&of("Share"), "shareCreate", "share", input).await;
        }
        let input = json!({ "name": format!("Theatre of {}", self.slug), "url": "https://theatre.example/plan.ics" });
        self.make("ExternalCalendar", "externalCalendarSubscribe", "externalCalendar", input).await;
        let input = json!({ "name": "Feed", "level": "FULL", "calendars": [self.id("Calendar")] });
        self.make("Feed", "feedCreate", "feed", input).await;
    }

    async fn planning(&mut self) {
        for more in ["", ".partner"] {
            let calendars = [self.id(&format!("Calendar{more}"))];
            let input = json!({ "year": 2029, "title": "Plan", "calendars": calendars });
            self.make(&format!("AnnualPlan{more}"), "annualPlanCreate", "annualPlan", input).await;
        }
        let input = json!({ "agreement": self.id("Agreement"), "year": 2029, "submitUntil": "2028-12-31" });
        self.make("CoordinationRound", "coordinationRoundOpen", "coordinationRound", input).await;
        for (client, plan) in [(&self.own, "AnnualPlan"), (&self.partner, "AnnualPlan.partner")] {
            let input = json!({ "id": self.id(plan), "round": self.id("CoordinationRound"), "version": 1 });
            client.mutate("annualPlanSubmit", input, "__typename").await;
        }
        for (kind, entry) in [("ChangeProposal", "CalendarEntry.partner"), ("ChangeProposal.partner", "CalendarEntry")]
        {
            let input = json!({
                "round": self.id("CoordinationRound"), "entry": self.id(entry), "change": { "location": "Elsewhere" },
                "message": "Please.",
            });
            self.make(kind, "changeProposalCreate", "changeProposal", input).await;
        }
        let query = "query($plan: ID!, $entry: ID!) { conflicts(of: {entry: $entry}) { nodes { id } }
            node(id: $plan) { ... on AnnualPlan { snapshots { key } } } }";
        let of = json!({ "plan": self.id("AnnualPlan"), "entry": self.id("CalendarEntry") });
        let data = self.own.send(query, of).await.data();
        self.put("Conflict", &data["conflicts"]["nodes"][0]["id"]);
        self.put("PlanSnapshot", &data["node"]["snapshots"][0]["key"]);
    }

    async fn directory(&mut self) {
        for more in ["", ".other", ".partner"] {
            let visibility = if more == ".partner" { "PUBLIC" } else { "INTERNAL" };
            let input =
                json!({ "name": format!("Club of {}{more}", self.slug), "kind": "OTHER", "visibility": visibility });
            self.make(&format!("Organisation{more}"), "organisationCreate", "organisation", input).await;
        }
        // Two that are alike: candidates for a merge.
        for (kind, visibility) in [
            ("LearningPlace.other", "INTERNAL"),
            ("LearningPlace.public", "PUBLIC"),
            ("LearningPlace.partner", "PUBLIC"),
        ] {
            let mut input = json!({
                "name": format!("Library of {}", self.slug), "kind": "LIBRARY", "visibility": visibility,
                "latitude": 47.5, "longitude": 10.5,
            });
            if kind == "LearningPlace.other" {
                input["organisation"] = json!(self.id("Organisation"));
            }
            self.make(kind, "learningPlaceCreate", "learningPlace", input).await;
        }
        let input = json!({
            "title": "Course", "kind": "OTHER", "topic": "OTHER", "place": self.id("LearningPlace"),
            "provider": self.id("Organisation"), "dates": [self.id("CalendarEntry")],
            "fieldOfWork": self.id("FieldOfWork"),
        });
        self.make("EducationOffer", "educationOfferCreate", "educationOffer", input).await;
        for (kind, record) in [("MergeProposal", "LearningPlace"), ("MergeProposal.other", "Organisation")] {
            let input = json!({
                "duplicate": self.id(record), "survivor": self.id(&format!("{record}.partner")),
                "agreement": self.id("Agreement"),
            });
            self.make(kind, "mergeProposalCreate", "mergeProposal", input).await;
        }
    }

    /// A dataset with an imported draft, a proposed release, and a request of the partner.
    async fn dataset(&mut self) {
        for kind in ["Dataset", "Dataset.partner"] {
            let mut input = json!({
                "title": "Leavers", "description": "Who left.", "purpose": "Planning", "legalBasis": "Law",
                "contact": { "email": "a@b.example" }, "licence": "dl-zero-de/2.0",
                "protection": { "method": "ROUNDING", "dimensions": ["ags"] },
            });
            if kind == "Dataset" {
                input["fieldOfWork"] = json!(self.id("FieldOfWork"));
            }
            self.make(kind, "datasetCreate", "dataset", input).await;
        }
        let shared = json!({ "id": self.id("Dataset.partner"), "version": 1, "access": "SHARED" });
        self.partner.mutate("datasetAccessChange", shared, "__typename").await;
        let input = json!({
            "agreement": self.id("Agreement"), "area": "DATASETS", "level": "SUMMARY",
            "object": { "dataset": self.id("Dataset.partner") },
        });
        self.make("Share.dataset.partner", "shareCreate", "share", input).await;
        let dataset = self.id("Dataset").to_owned();
        let upload = uploaded(&self.app.server().base, &self.own, &dataset, b"09777;12\n09762;30\n").await;
        let column = |position: u32, name: &str, kind: &str, role: &str, aggregation: &str| {
            json!({
                "column": { "name": name, "title": name, "type": kind, "role": role, "aggregation": aggregation },
                "from": { "column": { "position": position } },
            })
        };
        let columns =
            [column(1, "ags", "REGION", "DIMENSION", "NONE"), column(2, "leavers", "INTEGER", "MEASURE", "SUM")];
        let profile = json!({ "format": "CSV", "delimiter": ";", "columns": columns });
        let input = json!({ "dataset": dataset, "ticket": upload, "profile": profile });
        let made = self.own.mutate("datasetImport", input, "datasetImport { id }").await;
        self.put("DatasetImport", &made["datasetImport"]["id"]);
        run_jobs(self.app, &self.app.config).await;
        let done = told(&self.own, &made["datasetImport"]["id"]).await;
        assert_eq!(done["state"], "SUCCEEDED", "{done}");
        self.put("DatasetVersion", &done["datasetVersion"]["id"]);
        let publish = json!({ "id": self.id("DatasetVersion"), "version": 1 });
        self.own.mutate("datasetVersionPublish", publish, "__typename").await;
        let upload = uploaded(&self.app.server().base, &self.own, &dataset, b"09777;13\n").await;
        self.put("upload", &json!(upload));
        let names = ["licence", "contact", "purpose", "legalBasis", "retention", "disclosure"];
        let checklist: serde_json::Map<_, _> = names.map(|it| (it.to_owned(), json!(true))).into_iter().collect();
        let input = json!({ "dataset": dataset, "checklist": checklist });
        let made = self.own.mutate("datasetReleasePropose", input, "datasetRelease { id }").await;
        self.put("DatasetRelease", &made["datasetRelease"]["id"]);
        let input = json!({
            "tenant": self.id("Tenant.partner"), "to": self.id("Tenant"), "agreement": self.id("Agreement"),
            "about": "Leavers", "purpose": "Planning", "legalBasis": "Law", "level": "FULL",
        });
        let made = self.partner.mutate("dataRequestCreate", input, "dataRequest { id }").await;
        self.put("DataRequest", &made["dataRequest"]["id"]);
    }

    async fn project(&mut self) {
        let programme = programme(self.app, "bildungskommunen").await;
        self.put("FundingProgramme", &programme);
        let query = "query($tenant: ID!) { indicators(first: 1) { nodes { id } } holidays(first: 1,
            between: {firstDay: \"2027-01-01\", lastDay: \"2027-12-31\"}, region: {tenant: $tenant}) { nodes { id } } }";
        let data = self.own.send(query, json!({ "tenant": self.id("Tenant") })).await.data();
        self.put("Indicator", &data["indicators"]["nodes"][0]["id"]);
        self.put("Holiday", &data["holidays"]["nodes"][0]["id"]);
        let query = "query($tenants: [ID!]) { auditEvents(filter: { tenants: $tenants }, first: 1) { nodes { id } } }";
        let data = self.own.send(query, json!({ "tenants": [self.id("Tenant")] })).await.data();
        self.put("AuditEvent", &data["auditEvents"]["nodes"][0]["id"]);
        let input = json!({
            "title": "Project", "agreement": self.id("Agreement"), "fieldOfWork": self.id("FieldOfWork"),
            "startsOn": "2027-01-01", "endsOn": "2029-12-31",
        });
        self.make("Project", "projectCreate", "project", input).await;
        let money = json!({
            "programme": programme, "rate": "40", "eligibleFrom": "2027-01-01", "eligibleUntil": "2028-12-31",
            "eligibleCost": { "amount": "1000.00" }, "requested": { "amount": "400.00" },
        });
        for (kind, mutation, object, mut input) in [
            ("WorkPackage", "workPackageCreate", "workPackage", json!({ "title": "Prepare" })),
            ("WorkPackage.other", "workPackageCreate", "workPackage", json!({ "title": "Begin" })),
            ("Milestone", "milestoneCreate", "milestone", json!({ "title": "Begun", "dueOn": "2028-06-30" })),
            (
                "StatusReport",
                "statusReportCreate",
                "statusReport",
                json!({ "light": "GREEN", "text": "Fine.", "periodFrom": "2027-01-01", "periodUntil": "2027-01-14" }),
            ),
            ("ProjectMember", "projectMemberAdd", "projectMember", json!({ "name": "Somebody", "role": "MEMBER" })),
            (
                "ProjectIndicator",
                "projectIndicatorCreate",
                "projectIndicator",
                json!({ "title": "Visitors", "target": "100" }),
            ),
            ("ProjectLink", "projectLinkAdd", "projectLink", json!({ "to": { "dataset": self.id("Dataset") } })),
            (
                "ProjectDocument",
                "projectDocumentCreate",
                "projectDocument",
                json!({ "title": "Concept", "kind": "CONCEPT" }),
            ),
            ("Funding", "fundingCreate", "funding", money),
        ] {
            input["project"] = json!(self.id("Project"));
            self.make(kind, mutation, object, input).await;
        }
        let input = json!({ "funding": self.id("Funding"), "kind": "OTHER", "title": "Poster", "dueOn": "2028-12-31" });
        let made = self.own.mutate("obligationCreate", input, "obligation { id }").await;
        self.put("Obligation", &made["obligation"]["id"]);
        let (project, funding) = (self.id("Project").to_owned(), self.id("Funding").to_owned());
        let input = json!({
            "project": project, "funding": funding, "year": 2028, "costType": "STAFF", "planned": { "amount": "600.00" },
        });
        self.make("BudgetLine", "budgetLineSet", "budgetLine", input).await;
        self.archive(&project).await;
        self.partnership(&project).await;
    }

    /// A copy of the project with a file in it.
    async fn archive(&mut self, project: &str) {
        let input = json!({ "document": self.id("ProjectDocument"), "fileName": "x.csv" });
        let made = self.own.mutate("projectDocumentUploadTicket", input, "uploadTicket { secret }").await;
        let ticket = made["uploadTicket"]["secret"].as_str().expect("a ticket");
        assert_eq!(put(&self.app.server().base, ticket, b"a;b\n1;2\n".to_vec()).await.0, 201);
        self.make("ProjectArchive", "projectArchiveCreate", "projectArchive", json!({ "project": project })).await;
        let query = "query($id: ID!) { node(id: $id) { ... on ProjectArchive { content } } }";
        let data = self.own.send(query, json!({ "id": self.id("ProjectArchive") })).await.data();
        let content = data["node"]["content"].as_str().expect("a text");
        let content: Value = serde_json::from_str(content).expect("JSON");
        self.put("checksum", &content["documents"][0]["versions"][0]["sha256"]);
    }

    /// The partner takes part in the project, and asks for taking part in one of its own.
    async fn partnership(&mut self, project: &str) {
        let [own, partner] = ["Tenant", "Tenant.partner"].map(|it| self.id(it).to_owned());
        let add = json!({ "id": project, "version": 1, "partner": partner });
        self.own.mutate("projectPartnerAdd", add, "__typename").await;
        let accept = json!({ "id": project, "tenant": partner, "version": 1 });
        self.partner.mutate("projectPartnerAccept", accept, "__typename").await;
        let input = json!({ "tenant": partner, "title": "Invitation", "agreement": self.id("Agreement") });
        let made = self.partner.mutate("projectCreate", input, "project { id }").await;
        self.put("Project.partner", &made["project"]["id"]);
        let add = json!({ "id": self.id("Project.partner"), "version": 1, "partner": own });
        self.partner.mutate("projectPartnerAdd", add, "__typename").await;
    }
}
