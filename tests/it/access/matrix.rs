//! The matrix of rights, obtained by asking the server, kept as a file that a data-protection officer can read.

use std::fmt::Write as _;

use serde_json::{Value, json};
use verbund_tests::{Case, Client, Events, TestApp, cases, row_of};

use crate::walk::{MUTATIONS, Walk};

pub fn cases() -> Vec<Case> {
    cases!["access::matrix"; the_matrix_of_rights_is_the_filed_one]
}

/// Columns: short name, account.
pub const PERSONAS: [(&str, &str); 12] = [
    ("anyone", ""),
    ("LI-adm", "admin@lindau"),
    ("KF-view", "viewer@kaufbeuren"),
    ("KF-plan", "planner@kaufbeuren"),
    ("KF-stew", "steward@kaufbeuren"),
    ("KF-intg", "integrator@kaufbeuren"),
    ("KF-aud", "auditor@kaufbeuren"),
    ("KF-adm", "admin@kaufbeuren"),
    ("OA-plan", "planner@ostallgaeu"),
    ("OA-coun", "counsellor@ostallgaeu"),
    ("OA-adm", "admin@ostallgaeu"),
    ("MM-view", "viewer@memmingen"),
];

/// Rows of the first table: objects of the world.
pub const OBJECTS: [&str; 65] = [
    "tenant.kaufbeuren",
    "tenant.lindau",
    "field.counselling",
    "member.planner@kaufbeuren",
    "member.planner@ostallgaeu",
    "role.planner@kaufbeuren",
    "role.admin@kaufbeuren",
    "role.counsellor@ostallgaeu",
    "agreement.a",
    "agreement.b",
    "share.kf.counselling.a",
    "share.mm.plan.b",
    "share.oal.counselling.a",
    "share.oal.newcomers.b",
    "share.oal.orientation.a",
    "share.oal.orientation.b",
    "share.oal.public.a",
    "calendar.kf.counselling",
    "calendar.mm.plan",
    "calendar.oal.counselling",
    "calendar.oal.newcomers",
    "calendar.oal.office",
    "calendar.oal.orientation",
    "calendar.oal.public",
    "entry.kf.counselling.day",
    "entry.kf.counselling.secret",
    "entry.mm.plan.day",
    "entry.mm.plan.secret",
    "entry.oal.counselling.day",
    "entry.oal.counselling.secret",
    "entry.oal.newcomers.workshop",
    "entry.oal.office.meeting",
    "entry.oal.orientation.fair",
    "entry.oal.orientation.idea",
    "entry.oal.orientation.secret",
    "entry.oal.public.forum",
    "entry.oal.public.partner",
    "entry.oal.public.secret",
    "role.admin@ostallgaeu",
    "role.admin@memmingen",
    "member.viewer@memmingen",
    "member.admin@lindau",
    "tenant.memmingen",
    "tenant.ostallgaeu",
    "closure.oal.inventory",
    "contact.oal.privacy",
    "feed.planner@ostallgaeu",
    "plan.kf",
    "plan.mm",
    "plan.oal",
    "round.b",
    "proposal.b",
    "dataset.kf.care",
    "dataset.oal.leavers",
    "dataset.oal.survey",
    "organisation.oal.agency",
    "organisation.oal.club",
    "organisation.kf.vhs",
    "place.oal.library",
    "place.oal.store",
    "place.kf.library",
    "offer.oal.course",
    "offer.oal.draft",
    "merge.a",
    "place.oal.archive",
];

/// Rows of the second table: name, selection of the list whose `totalCount` is shown.
pub const LISTS: &[(&str, &str)] = &[
    ("tenants", "tenants { totalCount }"),
    ("fieldsOfWork", "fieldsOfWork { totalCount }"),
    ("agreements", "agreements { totalCount }"),
    ("calendars", "calendars { totalCount }"),
    (
        "calendarEntries",
        r#"calendarEntries(between: {start: "2027-02-01T00:00:00Z", end: "2027-03-01T00:00:00Z"}) { totalCount }"#,
    ),
    ("agenda", r#"agenda(between: {start: "2027-02-01T00:00:00Z", end: "2027-03-01T00:00:00Z"}) { totalCount }"#),
    ("externalCalendars", "externalCalendars { totalCount }"),
    ("learningPlaces", "learningPlaces { totalCount }"),
    ("organisations", "organisations { totalCount }"),
    ("educationOffers", "educationOffers { totalCount }"),
    ("mergeProposals", "mergeProposals { totalCount }"),
    ("indicators", "indicators { totalCount }"),
    ("datasets", "datasets { totalCount }"),
    ("annualPlans", "annualPlans { totalCount }"),
    ("coordinationRounds", "coordinationRounds { totalCount }"),
    ("projects", "projects { totalCount }"),
    ("obligations", "obligations { totalCount }"),
    ("fundingProgrammes", "fundingProgrammes { totalCount }"),
    (
        "holidays",
        r#"holidays(region: {state: "DE-BY"}, between: {firstDay: "2027-01-01", lastDay: "2027-12-31"}) { totalCount }"#,
    ),
    ("tenant.members", r#"tenant(slug: "kaufbeuren") { members { totalCount } }"#),
    ("tenant.pendingRoleGrants", r#"tenant(slug: "ostallgaeu") { pendingRoleGrants { totalCount } }"#),
    ("tenant.incomingShares", r#"tenant(slug: "kaufbeuren") { incomingShares { totalCount } }"#),
    ("tenant.outgoingShares", r#"tenant(slug: "ostallgaeu") { outgoingShares { totalCount } }"#),
    ("feeds", "feeds { totalCount }"),
    ("tenant.feeds", r#"tenant(slug: "ostallgaeu") { feeds { totalCount } }"#),
    ("tenant.contacts", r#"tenant(slug: "ostallgaeu") { contacts { totalCount } }"#),
    ("tenant.closures", r#"tenant(slug: "ostallgaeu") { closures { totalCount } }"#),
];

/// Mutations that the owner never sends.
const BY_PARTNERS: [&str; 1] = ["projectPartnerAccept"];

const LEGEND: &str = "\
RIGHTS MATRIX / RECHTEMATRIX
Obtained by asking the running server as each account; the same on SQLite and PostgreSQL.

Accounts / Konten: anyone = not signed in; LI = Landkreis Lindau (bound by no agreement); KF = Stadt Kaufbeuren;
OA = Landkreis Ostallgäu; MM = Stadt Memmingen. view = viewer, plan = planner, stew = data steward, intg = integrator,
aud = auditor, adm = tenant admin, coun = planner for the field of work \"counselling\" only.
Agreement A binds KF and OA: all areas, fields counselling and orientation. Agreement B binds OA and MM:
calendars, all fields.
";

async fn the_matrix_of_rights_is_the_filed_one(app: TestApp) {
    let clients: Vec<_> = PERSONAS
        .iter()
        .map(|(_, subject)| if subject.is_empty() { app.anonymous() } else { app.actor(subject) })
        .collect();
    let mut text = String::from(LEGEND);

    text.push_str(
        "\nWhat each account sees of an object, and what it may do with it\n\
         ·  hidden: like an object that does not exist   B  only that the time is taken   S  summary   F  everything\n\
         w  may change it   s  may share it   g  may sign it for the owning authority\n\n",
    );
    heading(&mut text);
    for object in OBJECTS {
        let mut cells = Vec::new();
        for client in &clients {
            cells.push(seen(client, app.world.id(object)).await);
        }
        row(&mut text, object, &cells);
    }

    text.push_str("\nHow many objects each list shows\n\n");
    heading(&mut text);
    for (name, selection) in LISTS {
        let mut cells = Vec::new();
        for client in &clients {
            let data = client.ask(&format!("{{ {selection} }}")).await.data();
            let count = data.pointer(&format!("/{}/totalCount", path(name))).expect("a count").clone();
            cells.push(count.to_string());
        }
        row(&mut text, name, &cells);
    }

    text.push_str(
        "\nWhich calendars programs may subscribe to at their public address, whoever asks\n         ·  no   F  everything that is public\n\n",
    );
    heading(&mut text);
    for name in OBJECTS.iter().filter(|it| it.starts_with("calendar.")) {
        let mut cells = Vec::new();
        for (_, subject) in PERSONAS {
            let url = format!("{}/public/calendars/{}.ics", app.server().base, app.world.id(name));
            let mut request = reqwest::Client::new().get(url);
            if !subject.is_empty() {
                request = request.bearer_auth(app.token(subject));
            }
            let status = request.send().await.expect("an answer").status();
            cells.push(if status == 200 { "F" } else { "·" }.to_owned());
        }
        row(&mut text, name, &cells);
    }

    text.push_str(
        "\nWhat a program sees with the secret of a feed of each account, of everything, without a limit of its level\n\
         ·  nothing   B  that a time is taken   S  summary   F  everything   no  the account may not make a feed\n\n",
    );
    heading(&mut text);
    let told = feeds(&app, &clients).await;
    for name in OBJECTS.iter().filter(|it| it.starts_with("entry.")) {
        let uid = format!("UID:{}", row_of(app.world.id(name)));
        let cells: Vec<_> = told.iter().map(|feed| of_feed(feed.as_deref(), &uid)).collect();
        row(&mut text, name, &cells);
    }

    text.push_str(
        "\nWhat each account hears when an entry of the Landkreis Ostallgäu changes, following every calendar it may\n\
         ·  nothing   B  that a time is taken   S  summary   F  everything\n\n",
    );
    heading(&mut text);
    for (entry, heard) in heard(&app, &clients).await {
        row(&mut text, &entry, &heard);
    }

    text.push_str(
        "\nWhich mutations each account may send, for the Landkreis Ostallgäu and what it owns\n\
         yes  permitted   no  FORBIDDEN   ·  NOT_FOUND: the object is hidden   login  UNAUTHENTICATED\n\n",
    );
    heading(&mut text);
    for (mutation, answers) in mutations(&app, &clients).await {
        row(&mut text, &mutation, &answers);
    }

    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("rights", text);
    });
}

/// `tenant.members` → `tenant/members`.
fn path(name: &str) -> String {
    name.replace('.', "/")
}

fn heading(text: &mut String) {
    let names: Vec<_> = PERSONAS.iter().map(|it| it.0.to_owned()).collect();
    row(text, "", &names);
}

fn row(text: &mut String, name: &str, cells: &[String]) {
    let mut line = format!("{name:<30}");
    for cell in cells {
        let _ = write!(line, " {cell:<7}");
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

/// What a client sees of an object, and which actions are explained as allowed.
async fn seen(client: &Client, id: &str) -> String {
    let query = "query($id: ID!) { node(id: $id) { __typename }
        read: explainAccess(node: $id) { allowed level }
        write: explainAccess(node: $id, action: WRITE) { allowed }
        share: explainAccess(node: $id, action: SHARE) { allowed }
        sign: explainAccess(node: $id, action: SIGN) { allowed } }";
    let data = client.send(query, json!({ "id": id })).await.data();
    let Some(kind) = data["node"]["__typename"].as_str() else {
        for action in ["read", "write", "share", "sign"] {
            assert_eq!(data[action], Value::Null, "what is hidden is not explained either");
        }
        return "·".to_owned();
    };
    let level = match kind {
        "CalendarEntryBusy" => "B",
        "CalendarEntrySummary" => "S",
        _ => "F",
    };
    let letters = [("write", "w"), ("share", "s"), ("sign", "g")];
    let allowed: String = letters.iter().filter(|it| data[it.0]["allowed"] == true).map(|it| it.1).collect();
    format!("{level}{}{allowed}", if allowed.is_empty() { "" } else { " " })
}

/// What the feeds of everything tell; none where the account may not make one.
async fn feeds(app: &TestApp, clients: &[Client]) -> Vec<Option<String>> {
    let mut told = Vec::new();
    for (index, (_, subject)) in PERSONAS.iter().enumerate() {
        let slug = subject.split('@').nth(1).unwrap_or("kaufbeuren");
        let input = json!({ "tenant": app.world.id(&format!("tenant.{slug}")), "name": "All", "level": "FULL" });
        let made = clients[index].try_mutate("feedCreate", input, "secret").await;
        told.push(match made["secret"].as_str() {
            Some(secret) => Some(app.server().get(&format!("/feeds/{secret}.ics")).await.2),
            None => None,
        });
    }
    told
}

/// How much a feed tells of an event.
fn of_feed(feed: Option<&str>, uid: &str) -> String {
    let Some(feed) = feed else { return "no".to_owned() };
    let event = feed.split("BEGIN:VEVENT").find(|it| it.contains(uid));
    let level = event.map(|it| match (it.contains("CLASS:CONFIDENTIAL"), it.contains("DESCRIPTION:")) {
        (_, true) => "F",
        (false, false) => "S",
        (true, false) => "B",
    });
    level.unwrap_or("·").to_owned()
}

/// Every entry of one owner is renamed while every persona listens; the last one is public, so everybody hears the end.
async fn heard(app: &TestApp, clients: &[Client]) -> Vec<(String, Vec<String>)> {
    let query = "subscription($calendars: [ID!]!) { calendarEntryChanged(calendars: $calendars) {
        kind entryId entry { __typename } } }";
    let mut streams = Vec::new();
    for (index, (_, subject)) in PERSONAS.iter().enumerate() {
        let data = clients[index].ask("{ calendars(first: 100) { nodes { id } } }").await.data();
        let calendars: Vec<_> =
            data["calendars"]["nodes"].as_array().expect("calendars").iter().map(|it| it["id"].clone()).collect();
        let token = (!subject.is_empty()).then(|| app.token(subject));
        let variables = json!({ "calendars": calendars });
        let mut events = Events::open(&app.server().base, token.as_deref(), query, variables).await;
        assert_eq!(events.event().await["calendarEntryChanged"]["kind"], "READY");
        streams.push(events);
    }
    let last = "entry.oal.public.forum";
    let mut entries: Vec<_> = OBJECTS.into_iter().filter(|it| it.starts_with("entry.oal.") && *it != last).collect();
    entries.push(last);
    let planner = app.actor("planner@ostallgaeu");
    for entry in &entries {
        let input = json!({ "id": app.world.id(entry), "version": 1, "title": format!("{entry} renamed") });
        planner.mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
    }
    let mut heard = vec![vec!["·".to_owned(); PERSONAS.len()]; entries.len()];
    for (persona, stream) in streams.iter_mut().enumerate() {
        loop {
            let change = stream.event().await["calendarEntryChanged"].clone();
            let index = entries.iter().position(|it| change["entryId"] == json!(app.world.id(it))).expect("an entry");
            let kind = change["entry"]["__typename"].as_str().expect("a type");
            kind.trim_start_matches("CalendarEntry")[..1].clone_into(&mut heard[index][persona]);
            if index + 1 == entries.len() {
                break;
            }
        }
    }
    entries.into_iter().map(str::to_owned).zip(heard).collect()
}

/// Every mutation as every persona. Versions are wrong on purpose, so that what is permitted still changes nothing.
async fn mutations(app: &TestApp, clients: &[Client]) -> Vec<(String, Vec<String>)> {
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    let mut walk = Walk::new(app);
    while let Some(step) = walk.next().await {
        let mut input = step.input.clone();
        if input["version"].is_number() {
            input["version"] = json!(9_999);
        }
        // What a permitted persona makes must not stand in the way of the walk.
        match step.mutation {
            "fieldOfWorkCreate" => input["key"] = json!("walked-on"),
            "calendarCreate" | "externalCalendarSubscribe" => input["name"] = json!("Walked on"),
            "datasetReleasePropose" => input["checklist"]["licence"] = json!(false),
            "datasetCreate" => input["title"] = json!("Walked on"),
            "annualPlanCreate" | "coordinationRoundOpen" => input["year"] = json!(2031),
            "changeProposalCreate" => input["message"] = json!(" "),
            "projectCreate" => input["title"] = json!("Walked on"),
            "budgetLineSet" => input["year"] = json!(1900),
            "learningPlaceCreate" => input["externalIds"] = json!([]),
            "mergeProposalCreate" => input["survivor"] = input["duplicate"].clone(),
            _ => {}
        }
        if !rows.iter().any(|it| it.0 == step.mutation) && step.subject.ends_with("ostallgaeu") {
            let mut cells = Vec::new();
            for client in clients {
                let payload = client.try_mutate(step.mutation, input.clone(), step.selection).await;
                let code = payload["userErrors"][0]["code"].as_str().unwrap_or("-").to_owned();
                cells.push(
                    match code.as_str() {
                        "FORBIDDEN" => "no",
                        "NOT_FOUND" => "·",
                        "UNAUTHENTICATED" => "login",
                        _ => "yes",
                    }
                    .to_owned(),
                );
            }
            rows.push((step.mutation.to_owned(), cells));
            // It is done once, and a persona that may has done it.
            if ["conflictAcknowledge", "projectMemberRemove", "projectLinkRemove"].contains(&step.mutation) {
                continue;
            }
        }
        walk.run(&step).await;
    }
    // What only a partner sends is in the matrix of projects.
    assert_eq!(rows.len() + BY_PARTNERS.len(), MUTATIONS.len());
    rows
}
