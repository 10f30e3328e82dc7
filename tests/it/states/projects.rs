//! States of projects, their partners and their parts.

use std::cell::Cell;

use kernel::global_id::NodeType;
use serde_json::{Value, json};
use verbund_tests::projects::{LEAD, PARTNER, Parts, joint, programme};
use verbund_tests::{Case, Rows, TestApp, cases, row_of};

use super::funding::{apply, entering};
use super::{Ask, Made, Table, Walked, admin, tenant, version_of, walk, walk_state, with};

pub fn cases() -> Vec<Case> {
    cases!["states::projects"; phases, projects, partners, parts]
}

/// Steps of projects, from the phases on the left to those on top. A phase that says something of a funding takes a funding
/// that says so.
pub(super) const PHASES: Table = Table::of(
    NodeType::Project,
    "
    state                 IDEA  CONCEPT  APPLIED    APPROVED   RUNNING  COMPLETED  EVALUATED  CANCELLED  REJECTED
    IDEA                  ·     yes      ·          ·          ·        ·          ·          yes        ·
    CONCEPT               yes   ·        yes        ·          yes      ·          ·          yes        ·
    CONCEPT, NO FUNDING   yes   ·        unfounded  ·          yes      ·          ·          yes        ·
    APPLIED               ·     yes      ·          yes        ·        ·          ·          yes        yes
    APPLIED, NO FUNDING   ·     yes      ·          unfounded  ·        ·          ·          yes        yes
    APPROVED              ·     ·        ·          ·          yes      ·          ·          yes        ·
    RUNNING               ·     ·        ·          ·          ·        yes        ·          yes        ·
    COMPLETED             ·     ·        ·          ·          yes      ·          yes        ·          ·
    EVALUATED             over  over     over       over       over     over       over       over       over
    CANCELLED             over  over     over       over       over     over       over       over       over
    REJECTED              ·     yes      ·          ·          ·        ·          ·          yes        ·",
)
.all("advance")
.with(&[
    ("·", "can, ILLEGAL_TRANSITION phase"),
    ("over", "ILLEGAL_TRANSITION phase"),
    ("unfounded", "can, CONFLICT phase"),
]);

/// Projects: one under no agreement and one that is over take no more partners.
pub(super) const PROJECTS: Table = Table::of(
    NodeType::Project,
    "
    state               update  takePart  addPartner
    IDEA                yes     yes       yes
    IDEA, NO AGREEMENT  yes     yes       conflict
    CONCEPT             yes     yes       yes
    APPLIED             yes     yes       yes
    APPROVED            yes     yes       yes
    RUNNING             yes     yes       yes
    COMPLETED           yes     yes       yes
    EVALUATED           yes     yes       conflict
    CANCELLED           yes     yes       conflict
    REJECTED            yes     yes       conflict",
);

/// Projects that are shared: an internal one is not.
pub(super) const SHARED: Table = Table::of(
    NodeType::Project,
    "
    state     share
    INTERNAL  CONFLICT project
    PARTNER   yes
    PUBLIC    yes",
);

/// Partnerships: an invitation is accepted once, and only then the partner takes part; a partner whose part ended may be
/// invited again, and sees no more of the former invitation.
pub(super) const PARTNERS: Table = Table::of(
    NodeType::Project,
    "
    state    join                       takePart          addPartner             !projectPartnerRemove
    INVITED  yes                        FORBIDDEN tenant  can, CONFLICT partner  yes
    ACTIVE   ILLEGAL_TRANSITION tenant  yes               can, CONFLICT partner  yes
    ENDED    NOT_FOUND tenant           FORBIDDEN tenant  yes                    ILLEGAL_TRANSITION partner",
);

/// Parts of a partner, while the agreement is in force and after its end: the joint plan is out of sight, the partner's own
/// stays as it is, and what it owes can be met.
pub(super) static PARTS: [Table; 9] = [
    Table::of(
        NodeType::Project,
        "
        state     takePart
        IN FORCE  yes
        ENDED     AGREEMENT_NOT_ACTIVE project",
    ),
    Table::of(
        NodeType::WorkPackage,
        "
        state     update
        IN FORCE  yes
        ENDED     NOT_FOUND id",
    ),
    Table::of(
        NodeType::Milestone,
        "
        state     update
        IN FORCE  yes
        ENDED     NOT_FOUND id",
    ),
    Table::of(
        NodeType::ProjectIndicator,
        "
        state     update        measure
        IN FORCE  yes           yes
        ENDED     NOT_FOUND id  NOT_FOUND indicator",
    ),
    Table::of(
        NodeType::ProjectLink,
        "
        state     remove
        IN FORCE  yes
        ENDED     NOT_FOUND id",
    ),
    Table::of(
        NodeType::ProjectMember,
        "
        state     remove
        IN FORCE  yes
        ENDED     AGREEMENT_NOT_ACTIVE project",
    ),
    Table::of(
        NodeType::ProjectDocument,
        "
        state     update
        IN FORCE  yes
        ENDED     AGREEMENT_NOT_ACTIVE document",
    ),
    Table::of(
        NodeType::Funding,
        "
        state     update                        createObligations             advance
        IN FORCE  yes                           yes                           yes
        ENDED     AGREEMENT_NOT_ACTIVE project  AGREEMENT_NOT_ACTIVE funding  AGREEMENT_NOT_ACTIVE project",
    ),
    Table::of(
        NodeType::Obligation,
        "
        state     fulfil
        IN FORCE  yes
        ENDED     yes",
    ),
];

async fn phases(app: TestApp) {
    let (funded, alone) = (create(&app, "Funded", json!({})).await, create(&app, "Alone", json!({})).await);
    let funding = apply(&app, &funded, &programme(&app, "bildungskommunen").await).await;
    for (version, state) in [(1, "APPLIED"), (2, "APPROVED")] {
        let input = with(json!({ "id": funding, "version": version }), entering(state));
        admin(&app, "ostallgaeu").mutate("fundingAdvance", input, "__typename").await;
    }
    let rows = app.database.rows().await;
    walk(&PHASES, &Phases { app: &app, rows, project: funded, other: alone }).await;
}

async fn projects(app: TestApp) {
    let under = create(&app, "Under an agreement", under_agreement(&app)).await;
    let alone = create(&app, "Alone", json!({})).await;
    let rows = app.database.rows().await;
    walk(&PROJECTS, &Phases { app: &app, rows, project: under, other: alone }).await;
    walk(&SHARED, &Shared(&app)).await;
}

async fn partners(app: TestApp) {
    walk(&PARTNERS, &Partners { app: &app, made: Cell::default() }).await;
}

async fn parts(app: TestApp) {
    let made = joint(&app).await;
    let (lead, partner, project) = (app.actor(LEAD), app.actor(PARTNER), made.id("project.joint"));
    let version = version_of(&lead, NodeType::Project, project).await;
    let open = json!({ "id": project, "version": version, "confidentiality": "PUBLIC" });
    lead.mutate("projectUpdate", open, "__typename").await;
    let input = json!({ "funding": made.id("funding.kf"), "kind": "OTHER", "title": "Poster", "dueOn": "2028-12-31" });
    let obligation = partner.mutate("obligationCreate", input, "obligation { id }").await["obligation"]["id"].clone();
    let input = json!({
        "project": project, "tenant": tenant(&app, "kaufbeuren"), "to": { "learningPlace": app.world.id("place.kf.library") },
    });
    let link = partner.mutate("projectLinkAdd", input, "projectLink { id }").await["projectLink"]["id"].clone();
    let of = |node| Part { app: &app, made: &made, obligation: &obligation, link: &link, node };
    for table in &PARTS {
        walk_state(table, "IN FORCE", &of(table.node)).await;
    }
    let end = json!({
        "id": app.world.id("agreement.a"), "tenant": tenant(&app, "ostallgaeu"), "version": 4, "reason": "over",
    });
    admin(&app, "ostallgaeu").mutate("agreementEnd", end, "__typename").await;
    for table in &PARTS {
        walk_state(table, "ENDED", &of(table.node)).await;
    }
}

/// A project of the Landkreis.
async fn create(app: &TestApp, title: &str, more: Value) -> Value {
    let input = with(json!({ "tenant": tenant(app, "ostallgaeu"), "title": title }), more);
    let made = admin(app, "ostallgaeu").mutate("projectCreate", input, "project { id }").await;
    made["project"]["id"].clone()
}

fn under_agreement(app: &TestApp) -> Value {
    json!({ "agreement": app.world.id("agreement.a"), "fieldOfWork": app.world.id("field.orientation") })
}

/// A status report of a party.
fn report(app: &TestApp, project: &Value, slug: &str) -> Value {
    json!({
        "project": project, "tenant": tenant(app, slug), "light": "GREEN", "text": "As planned.",
        "periodFrom": "2027-01-01", "periodUntil": "2027-01-14",
    })
}

/// Two projects in one phase after the other. The way to each is long and walked in `projects::life`; here the rows are set.
struct Phases<'a> {
    app: &'a TestApp,
    rows: Rows,
    project: Value,
    /// One without funding or agreement.
    other: Value,
}

impl Walked for Phases<'_> {
    async fn make(&self, state: &str) -> Made {
        let phase = state.split(',').next().expect("a phase");
        let id = if phase == state { &self.project } else { &self.other };
        let here = self.rows.id(row_of(id.as_str().expect("an id")));
        assert_eq!(self.rows.run(&format!("UPDATE project SET phase = '{phase}' WHERE id = {here}")).await, 1);
        // Whoever was invited goes.
        let client = admin(self.app, "ostallgaeu");
        let query = "query($id: ID!) { node(id: $id) { ... on Project { partners { state version } } } }";
        let partners = client.send(query, json!({ "id": id })).await.data()["node"]["partners"][0].clone();
        if partners["state"] == "INVITED" {
            let input = json!({
                "id": id, "partner": tenant(self.app, "kaufbeuren"), "tenant": tenant(self.app, "ostallgaeu"),
                "version": partners["version"], "reason": "over",
            });
            client.mutate("projectPartnerRemove", input, "__typename").await;
        }
        Made::new(id)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let (mutation, input) = match column {
            "update" => ("projectUpdate", made.input(json!({ "summary": "New" }))),
            "takePart" => ("statusReportCreate", report(self.app, &made.id, "ostallgaeu")),
            "addPartner" => ("projectPartnerAdd", made.input(json!({ "partner": tenant(self.app, "kaufbeuren") }))),
            phase => ("projectAdvance", made.input(json!({ "phase": phase }))),
        };
        Ask { client: admin(self.app, "ostallgaeu"), mutation, input }
    }
}

struct Shared<'a>(&'a TestApp);

impl Walked for Shared<'_> {
    async fn make(&self, state: &str) -> Made {
        let more = with(under_agreement(self.0), json!({ "confidentiality": state }));
        Made::new(&create(self.0, state, more).await)
    }

    async fn ask(&self, _: &str, _: &str, made: &Made) -> Ask {
        let input = json!({
            "tenant": tenant(self.0, "ostallgaeu"), "agreement": self.0.world.id("agreement.a"), "area": "PROJECTS",
            "level": "SUMMARY", "object": { "project": made.id },
        });
        Ask { client: admin(self.0, "ostallgaeu"), mutation: "shareCreate", input }
    }
}

/// Public projects of the Landkreis, with Kaufbeuren as partner.
struct Partners<'a> {
    app: &'a TestApp,
    made: Cell<u32>,
}

impl Partners<'_> {
    /// A step of the partnership: who does it, by which mutation, and what its input has beside project and version.
    fn step(&self, step: &str) -> (&'static str, &'static str, Value) {
        let (lead, partner) = (tenant(self.app, "ostallgaeu"), tenant(self.app, "kaufbeuren"));
        match step {
            "addPartner" => ("ostallgaeu", "projectPartnerAdd", json!({ "partner": partner })),
            "join" => ("kaufbeuren", "projectPartnerAccept", json!({ "tenant": partner })),
            _ => {
                let more = json!({ "partner": partner, "tenant": lead, "reason": "over" });
                ("ostallgaeu", "projectPartnerRemove", more)
            }
        }
    }
}

impl Walked for Partners<'_> {
    async fn make(&self, state: &str) -> Made {
        self.made.set(self.made.get() + 1);
        let more = with(under_agreement(self.app), json!({ "confidentiality": "PUBLIC" }));
        let id = create(self.app, &format!("Project {}", self.made.get()), more).await;
        // The versions are those of the project, and of the partnership.
        let steps: &[(&str, i32)] = match state {
            "INVITED" => &[("addPartner", 1)],
            "ACTIVE" => &[("addPartner", 1), ("join", 1)],
            _ => &[("addPartner", 1), ("join", 1), ("remove", 2)],
        };
        for (step, version) in steps {
            let (slug, mutation, more) = self.step(step);
            let input = with(json!({ "id": id, "version": version }), more);
            admin(self.app, slug).mutate(mutation, input, "__typename").await;
        }
        Made::new(&id).with(json!({ "version": steps.len() }))
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        if column == "takePart" {
            let input = report(self.app, &made.id, "kaufbeuren");
            return Ask { client: admin(self.app, "kaufbeuren"), mutation: "statusReportCreate", input };
        }
        let (slug, mutation, more) = self.step(column);
        let input = match column {
            "addPartner" => made.input(more),
            _ => with(made.input(more), made.more.clone()),
        };
        Ask { client: admin(self.app, slug), mutation, input }
    }
}

/// A kind of parts of Kaufbeuren in a public project of the Landkreis.
struct Part<'a> {
    app: &'a TestApp,
    made: &'a Parts,
    /// A second obligation.
    obligation: &'a Value,
    /// A second link.
    link: &'a Value,
    node: NodeType,
}

impl Walked for Part<'_> {
    async fn make(&self, state: &str) -> Made {
        let first = state == "IN FORCE";
        let id = match self.node {
            NodeType::Project => self.made.id("project.joint"),
            NodeType::WorkPackage => self.made.id("work.kf"),
            NodeType::Milestone => self.made.id("milestone.kf"),
            NodeType::ProjectIndicator => self.made.id("goal.kf"),
            NodeType::ProjectLink if first => self.made.id("link.kf"),
            NodeType::ProjectLink => self.link,
            NodeType::ProjectMember => self.made.id(if first { "shy.kf" } else { "person.kf" }),
            NodeType::ProjectDocument => self.made.id("document.kf"),
            NodeType::Funding => self.made.id("funding.kf"),
            _ if first => self.made.id("obligation.kf"),
            _ => self.obligation,
        };
        Made::new(id)
    }

    async fn ask(&self, state: &str, column: &str, made: &Made) -> Ask {
        let id = &made.id;
        let (mutation, input) = match (self.node, column) {
            (NodeType::Project, _) => ("statusReportCreate", report(self.app, id, "kaufbeuren")),
            (NodeType::WorkPackage, _) => ("workPackageUpdate", made.input(json!({ "title": "Renamed" }))),
            (NodeType::Milestone, _) => ("milestoneUpdate", made.input(json!({ "title": "Renamed" }))),
            (NodeType::ProjectIndicator, "update") => ("projectIndicatorUpdate", made.input(json!({ "target": "20" }))),
            (NodeType::ProjectIndicator, _) => {
                let input = json!({ "indicator": id, "measuredOn": "2027-01-10", "value": "7" });
                ("indicatorMeasurementAdd", input)
            }
            (NodeType::ProjectLink, _) => ("projectLinkRemove", json!({ "id": id })),
            (NodeType::ProjectMember, _) => ("projectMemberRemove", json!({ "id": id })),
            (NodeType::ProjectDocument, _) => {
                ("projectDocumentUploadTicket", json!({ "document": id, "fileName": "concept.pdf" }))
            }
            (NodeType::Funding, "update") => ("fundingUpdate", made.input(json!({ "note": "New" }))),
            (NodeType::Funding, "advance") => {
                let next = if state == "IN FORCE" { "APPLIED" } else { "PREPARED" };
                ("fundingAdvance", made.input(entering(next)))
            }
            (NodeType::Funding, _) => {
                let input = json!({ "funding": id, "kind": "OTHER", "title": "Flyer", "dueOn": "2028-12-31" });
                ("obligationCreate", input)
            }
            _ => ("obligationFulfil", made.input(json!({}))),
        };
        Ask { client: self.app.actor(PARTNER), mutation, input }
    }
}
