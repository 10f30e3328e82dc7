//! Who sees and changes which part of a project: lead, partner, a partner without the field of work, outsiders, anybody.

use std::fmt::Write as _;

use serde_json::{Value, json};
use verbund_tests::client::codes;
use verbund_tests::projects::{LEAD, OTHER_FIELD, PARTNER, Parts, joint};
use verbund_tests::{Case, Client, Engine, Rows, TestApp, cases, row_of};

pub fn cases() -> Vec<Case> {
    cases!["projects::rights";
        the_matrix_of_parts_is_the_filed_one,
        a_partner_changes_its_own_part_and_nothing_else,
        the_second_wall_keeps_parts_apart,
    ]
}

/// Columns: short name, account.
const PERSONAS: [(&str, &str); 8] = [
    ("lead", LEAD),
    ("OA-view", "viewer@ostallgaeu"),
    ("partner", PARTNER),
    ("KF-view", "viewer@kaufbeuren"),
    ("field", OTHER_FIELD),
    ("MM-adm", "admin@memmingen"),
    ("LI-adm", "admin@lindau"),
    ("anyone", ""),
];

const LEGEND: &str = "\
RIGHTS IN PROJECTS / RECHTE IN PROJEKTEN
Obtained by asking the running server as each account; the same on SQLite and PostgreSQL.

Accounts / Konten: lead = project lead in the Landkreis Ostallgäu, which leads the project \"joint\"; OA-view = a reader there;
partner = project lead in the Stadt Kaufbeuren for the project's field of work, the partner; KF-view = a reader there without
limits; field = project lead in Kaufbeuren for another field of work only; MM-adm = admin in Memmingen, bound to Ostallgäu by
another agreement; LI-adm = admin in Lindau, bound to nobody; anyone = not signed in.
Parts end in the party that they belong to: oal = the lead, kf = the partner; open = of a public project that the Landkreis leads
alone.

·  hidden: like an object that does not exist   F  everything   w  may change it
";

fn clients(app: &TestApp) -> Vec<Client> {
    PERSONAS.iter().map(|(_, it)| if it.is_empty() { app.anonymous() } else { app.actor(it) }).collect()
}

async fn the_matrix_of_parts_is_the_filed_one(app: TestApp) {
    let parts = joint(&app).await;
    let clients = clients(&app);
    let mut text = format!("{LEGEND}\n{:<20}", "");
    for (name, _) in PERSONAS {
        let _ = write!(text, " {name:<7}");
    }
    text = text.trim_end().to_owned();
    text.push('\n');
    for (name, id) in parts.all() {
        let mut line = format!("{name:<20}");
        for client in &clients {
            let _ = write!(line, " {:<7}", seen(client, id).await);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    insta::with_settings!({ snapshot_path => "../access/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("project_rights", text);
    });
}

async fn seen(client: &Client, id: &Value) -> String {
    let query = "query($id: ID!) { node(id: $id) { __typename }
        write: explainAccess(node: $id, action: WRITE) { allowed } }";
    let data = client.send(query, json!({ "id": id })).await.data();
    match (data["node"].is_null(), data["write"]["allowed"] == true) {
        (true, _) => {
            assert_eq!(data["write"], Value::Null, "what is hidden is not explained either");
            "·".to_owned()
        }
        (false, true) => "F w".to_owned(),
        (false, false) => "F".to_owned(),
    }
}

/// What changes a part: mutation, name of the part, input beside id and version, selection.
fn changes(party: &str) -> Vec<(&'static str, String, Value)> {
    vec![
        ("workPackageUpdate", format!("work.{party}"), json!({ "title": "Changed" })),
        ("milestoneUpdate", format!("milestone.{party}"), json!({ "title": "Changed" })),
        ("projectIndicatorUpdate", format!("goal.{party}"), json!({ "target": "1" })),
        ("fundingUpdate", format!("funding.{party}"), json!({ "note": "Changed" })),
        ("obligationFulfil", format!("obligation.{party}"), json!({})),
    ]
}

async fn change(client: &Client, parts: &Parts, change: &(&'static str, String, Value)) -> Value {
    let (mutation, part, more) = change;
    let mut input = json!({ "id": parts.id(part), "version": 1 });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    client.try_mutate(mutation, input, "__typename").await
}

async fn a_partner_changes_its_own_part_and_nothing_else(app: TestApp) {
    let parts = joint(&app).await;
    let (lead, partner) = (app.actor(LEAD), app.actor(PARTNER));
    let rows = app.database.rows().await;
    let before = rows.dump().await;
    for (client, foreign) in [(&partner, "oal"), (&lead, "kf")] {
        for wish in changes(foreign) {
            assert_eq!(codes(&change(client, &parts, &wish).await), ["FORBIDDEN"], "{} of {foreign}", wish.0);
        }
        let taken = json!({ "id": parts.id(&format!("person.{foreign}")) });
        assert_eq!(codes(&client.try_mutate("projectMemberRemove", taken, "__typename").await), ["FORBIDDEN"]);
        let taken = json!({ "id": parts.id(&format!("link.{foreign}")) });
        assert_eq!(codes(&client.try_mutate("projectLinkRemove", taken, "__typename").await), ["FORBIDDEN"]);
        let sent = json!({ "document": parts.id(&format!("document.{foreign}")), "fileName": "a.pdf" });
        assert_eq!(codes(&client.try_mutate("projectDocumentUploadTicket", sent, "__typename").await), ["FORBIDDEN"]);
    }
    // The project itself is the lead's; nobody adds a part in another's name.
    let project = parts.id("project.joint");
    let (oal, kf) = (app.world.id("tenant.ostallgaeu"), app.world.id("tenant.kaufbeuren"));
    for (mutation, input) in [
        ("projectUpdate", json!({ "id": project, "version": 2, "title": "Taken over" })),
        ("projectAdvance", json!({ "id": project, "version": 2, "phase": "CONCEPT" })),
        ("projectPartnerAdd", json!({ "id": project, "version": 2, "partner": app.world.id("tenant.lindau") })),
        ("workPackageCreate", json!({ "project": project, "tenant": oal, "title": "In your name" })),
        ("projectPartnerRemove", json!({ "id": project, "partner": kf, "tenant": oal, "version": 2, "reason": "x" })),
    ] {
        assert_eq!(codes(&partner.try_mutate(mutation, input, "__typename").await), ["FORBIDDEN"], "{mutation}");
    }
    let own = json!({ "project": parts.id("project.public"), "tenant": kf, "title": "Uninvited" });
    assert_eq!(codes(&partner.try_mutate("workPackageCreate", own, "__typename").await), ["FORBIDDEN"]);
    assert_eq!(rows.dump().await, before, "nothing was changed");
    for (client, own) in [(&lead, "oal"), (&partner, "kf")] {
        for wish in changes(own) {
            assert_eq!(codes(&change(client, &parts, &wish).await), Vec::<&str>::new(), "{} of {own}", wish.0);
        }
    }
    // Leaving takes the sight away at once, and leaves what is one's own and a copy.
    let input = json!({ "id": project, "partner": kf, "tenant": kf, "version": 2, "reason": "No time." });
    partner.mutate("projectPartnerRemove", input, "__typename").await;
    for (name, seen_after) in [
        ("project.joint", false),
        ("work.oal", false),
        ("work.kf", false),
        ("funding.oal", false),
        ("funding.kf", true),
        ("line.kf", true),
        ("obligation.kf", true),
        ("document.kf", true),
        ("archive.kf", true),
    ] {
        let data =
            partner.send("query($id: ID!) { node(id: $id) { id } }", json!({ "id": parts.id(name) })).await.data();
        assert_eq!(!data["node"].is_null(), seen_after, "{name}");
    }
    let copies = partner.ask("{ projectArchives { totalCount } }").await.data();
    assert_eq!(copies["projectArchives"]["totalCount"], 2, "one that was taken, one that was left with it");
}

/// On PostgreSQL a transaction that acts for one party changes no part of another, whatever the program does.
async fn the_second_wall_keeps_parts_apart(app: TestApp) {
    if app.engine == Engine::Sqlite {
        return;
    }
    joint(&app).await;
    let (rows, application) = (app.database.rows().await, Rows::open(&app.database.url).await);
    let partner = row_of(app.world.id("tenant.kaufbeuren"));
    // Even with every scope of projects in sight, more than anybody sees.
    let scopes = rows.list("SELECT id::text FROM scope WHERE area = 'PROJECTS'").await.join(",");
    application.run(&format!("SET app.tenant = '{partner}'; SET app.scopes = '{{{scopes}}}'")).await;
    for table in [
        "project",
        "project_step",
        "work_package",
        "milestone",
        "status_report",
        "project_member",
        "project_indicator",
        "project_link",
        "project_document",
        "funding",
        "budget_line",
        "obligation",
        "project_archive",
    ] {
        let own = rows.number(&format!("SELECT count(*) FROM {table} WHERE tenant_id = '{partner}'")).await;
        assert!(rows.count(table).await > own, "{table} has rows of both");
        let changed = application.run(&format!("UPDATE {table} SET scope_id = scope_id")).await;
        assert_eq!(changed, u64::try_from(own).expect("a number"), "{table}");
    }
}
