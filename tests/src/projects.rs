//! A joint project in the world: led by the Landkreis Ostallgäu, with Kaufbeuren as partner under agreement A, in the field
//! of orientation; and a public one of the Landkreis alone.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{Client, TestApp};

/// Who leads the project of the Landkreis.
pub const LEAD: &str = "lead@ostallgaeu";
/// Who works on it in Kaufbeuren.
pub const PARTNER: &str = "lead@kaufbeuren";
/// Who leads projects in Kaufbeuren, in another field of work.
pub const OTHER_FIELD: &str = "other@kaufbeuren";

/// The global id of a funding programme.
pub async fn programme(app: &TestApp, key: &str) -> Value {
    let data = app.anonymous().ask("{ fundingProgrammes(first: 100) { nodes { id key } } }").await.data();
    let all = data["fundingProgrammes"]["nodes"].as_array().expect("programmes").clone();
    all.iter().find(|it| it["key"] == key).expect("the programme")["id"].clone()
}

/// Accounts that lead projects.
pub async fn accounts(app: &TestApp) {
    for (subject, field) in
        [(LEAD, None), (PARTNER, Some("field.orientation")), (OTHER_FIELD, Some("field.counselling"))]
    {
        let slug = subject.split('@').nth(1).expect("an authority");
        let account = json!({ "issuer": "https://verbund.localhost", "subject": subject, "name": subject });
        let input = json!({
            "tenant": app.world.id(&format!("tenant.{slug}")), "to": { "account": account }, "role": "PROJECT_LEAD",
            "fieldsOfWork": field.map(|it| vec![app.world.id(it)]),
        });
        app.actor(&format!("admin@{slug}")).mutate("roleGrantCreate", input, "roleGrant { id }").await;
    }
}

/// Parts of projects by name: `project.joint`, `project.public`, `work.oal`, `work.kf` …
pub struct Parts(BTreeMap<String, Value>);

impl Parts {
    /// The global id of a part.
    pub fn id(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or_else(|| panic!("no part is called {name}"))
    }

    /// Names and ids of all.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, id)| (name.as_str(), id))
    }

    fn put(&mut self, name: impl Into<String>, id: &Value) {
        assert!(id.is_string(), "an id: {id}");
        self.0.insert(name.into(), id.clone());
    }
}

/// Builds both projects with one part of each kind for each party.
pub async fn joint(app: &TestApp) -> Parts {
    accounts(app).await;
    let mut parts = Parts(BTreeMap::new());
    let (lead, partner) = (app.actor(LEAD), app.actor(PARTNER));
    let (oal, kf) = (app.world.id("tenant.ostallgaeu"), app.world.id("tenant.kaufbeuren"));
    let input = json!({
        "tenant": oal, "title": "Secret joint", "summary": "Secret summary", "agreement": app.world.id("agreement.a"),
        "fieldOfWork": app.world.id("field.orientation"), "confidentiality": "INTERNAL", "audiences": ["PUPILS"],
        "targetGroups": ["Secret group"], "startsOn": "2027-01-01", "endsOn": "2028-12-31",
    });
    let made = lead.mutate("projectCreate", input, "project { id }").await;
    parts.put("project.joint", &made["project"]["id"]);
    let input = json!({ "id": parts.id("project.joint"), "version": 1, "partner": kf });
    lead.mutate("projectPartnerAdd", input, "project { id }").await;
    let input = json!({ "id": parts.id("project.joint"), "tenant": kf, "version": 1 });
    partner.mutate("projectPartnerAccept", input, "project { id }").await;
    let input = json!({ "tenant": oal, "title": "Open project", "confidentiality": "PUBLIC" });
    let made = lead.mutate("projectCreate", input, "project { id }").await;
    parts.put("project.public", &made["project"]["id"]);
    for (client, name, tenant) in [(&lead, "oal", oal), (&partner, "kf", kf)] {
        of_party(app, &mut parts, client, ("project.joint", name, tenant)).await;
    }
    of_party(app, &mut parts, &lead, ("project.public", "open", oal)).await;
    parts
}

/// One part of each kind.
async fn of_party(app: &TestApp, parts: &mut Parts, client: &Client, (project, name, tenant): (&str, &str, &str)) {
    let project = parts.id(project).clone();
    let with = |more: Value| {
        let mut input = json!({ "project": project, "tenant": tenant });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        input
    };
    let secret = |what: &str| format!("Secret {what} of {name}");
    let programme = programme(app, "bildungskommunen").await;
    let made = [
        ("work", "workPackageCreate", "workPackage", with(json!({ "title": secret("work") }))),
        (
            "milestone",
            "milestoneCreate",
            "milestone",
            with(json!({ "title": secret("milestone"), "dueOn": "2028-06-30" })),
        ),
        (
            "report",
            "statusReportCreate",
            "statusReport",
            with(json!({
                "light": "YELLOW", "text": secret("report"), "periodFrom": "2027-01-01", "periodUntil": "2027-01-14",
            })),
        ),
        (
            "person",
            "projectMemberAdd",
            "projectMember",
            with(json!({ "name": secret("person"), "role": "CONTACT", "consent": true })),
        ),
        ("shy", "projectMemberAdd", "projectMember", with(json!({ "name": secret("shy person"), "role": "MEMBER" }))),
        (
            "goal",
            "projectIndicatorCreate",
            "projectIndicator",
            with(json!({ "title": secret("goal"), "target": "12.5", "decimals": 1 })),
        ),
        (
            "link",
            "projectLinkAdd",
            "projectLink",
            with(json!({ "to": { "calendarEntry": app.world.id("entry.oal.public.forum") }, "note": secret("link") })),
        ),
        (
            "document",
            "projectDocumentCreate",
            "projectDocument",
            with(json!({ "title": secret("document"), "kind": "OTHER" })),
        ),
        (
            "funding",
            "fundingCreate",
            "funding",
            with(json!({
                "programme": programme, "rate": "40", "eligibleFrom": "2027-01-01", "eligibleUntil": "2028-12-31",
                "eligibleCost": { "amount": "1000.00" }, "requested": { "amount": "400.00" }, "referenceNumber": secret("funding"),
            })),
        ),
        (
            "line",
            "budgetLineSet",
            "budgetLine",
            with(
                json!({ "year": 2027, "costType": "STAFF", "planned": { "amount": "600.00" }, "note": secret("line") }),
            ),
        ),
    ];
    for (kind, mutation, object, input) in made {
        let selection = format!("{object} {{ id }}");
        let payload = client.mutate(mutation, input, &selection).await;
        parts.put(format!("{kind}.{name}"), &payload[object]["id"]);
    }
    let input = json!({
        "funding": parts.id(&format!("funding.{name}")), "kind": "OTHER", "title": secret("obligation"), "dueOn": "2028-12-31",
    });
    let payload = client.mutate("obligationCreate", input, "obligation { id }").await;
    parts.put(format!("obligation.{name}"), &payload["obligation"]["id"]);
    let payload = client.mutate("projectArchiveCreate", with(json!({})), "projectArchive { id }").await;
    parts.put(format!("archive.{name}"), &payload["projectArchive"]["id"]);
}

/// A page of projects as frontends ask for it: partners, milestones, funding.
pub const LEAN: &str = "{ projects(first: 20) { nodes { id title phase tenant { slug } partners { tenant { slug } }
    milestones { title dueOn status } fundings { requested { amount } granted { amount } programme { name } } } } }";

/// A joint project with ten milestones, a partner, funding, and a line in the budget.
pub async fn one_more(app: &TestApp, number: usize, programme: &Value) {
    let (lead, partner) = (app.actor(LEAD), app.actor(PARTNER));
    let (oal, kf) = (app.world.id("tenant.ostallgaeu"), app.world.id("tenant.kaufbeuren"));
    let input = json!({
        "tenant": oal, "title": format!("Project {number}"), "agreement": app.world.id("agreement.a"),
        "fieldOfWork": app.world.id("field.orientation"), "audiences": ["PUPILS"],
    });
    let project = lead.mutate("projectCreate", input, "project { id }").await["project"]["id"].clone();
    lead.mutate("projectPartnerAdd", json!({ "id": project, "version": 1, "partner": kf }), "__typename").await;
    partner.mutate("projectPartnerAccept", json!({ "id": project, "tenant": kf, "version": 1 }), "__typename").await;
    for at in 0..10 {
        let (client, tenant) = if at % 2 == 0 { (&lead, oal) } else { (&partner, kf) };
        let input = json!({
            "project": project, "tenant": tenant, "title": format!("Milestone {at}"), "dueOn": format!("2028-{:02}-01", at + 1),
        });
        client.mutate("milestoneCreate", input, "__typename").await;
    }
    let part = |more: Value| {
        let mut input = json!({ "project": project, "tenant": oal });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        input
    };
    let input = part(json!({
        "programme": programme, "rate": "40", "eligibleFrom": "2027-01-01", "eligibleUntil": "2028-12-31",
        "eligibleCost": { "amount": "1000" }, "requested": { "amount": "400" },
    }));
    let funding = lead.mutate("fundingCreate", input, "funding { id }").await["funding"]["id"].clone();
    let input = json!({ "funding": funding, "tenant": kf, "amount": { "amount": "100" } });
    partner.mutate("ownShareSet", input, "__typename").await;
    lead.mutate("fundingAdvance", json!({ "id": funding, "version": 1, "state": "APPLIED" }), "__typename").await;
    let approved = json!({ "id": funding, "version": 2, "state": "APPROVED", "granted": { "amount": "400" } });
    lead.mutate("fundingAdvance", approved, "__typename").await;
    let input = part(json!({ "year": 2027, "costType": "STAFF", "planned": { "amount": "500" }, "funding": funding }));
    lead.mutate("budgetLineSet", input, "__typename").await;
    lead.mutate(
        "projectLinkAdd",
        part(json!({ "to": { "dataset": app.world.id("dataset.oal.leavers") } })),
        "__typename",
    )
    .await;
    lead.mutate("projectArchiveCreate", part(json!({})), "__typename").await;
}
