//! What operations cost in the database: exact numbers of statements, whatever the size of the answer, and the plan of
//! the statement that matters most.

mod operations;
mod single;
mod typical;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use operations::{MONTH, operations};
use serde_json::{Value, json};
use single::one_object_takes_as_many_statements_with_many_parts;
use typical::typical_queries_take_as_many_statements_with_many_children;
use verbund_tests::tables_in::draft_of_survey;
use verbund_tests::{Case, Engine, Rows, TestApp, cases, row_of};

pub fn cases() -> Vec<Case> {
    cases!["statements";
        every_operation_takes_its_exact_number_of_statements,
        the_number_of_statements_does_not_grow_with_the_answer,
        one_object_takes_as_many_statements_with_many_parts,
        typical_queries_take_as_many_statements_with_many_children,
        the_month_is_read_by_one_index_scan,
    ]
}

/// Puts `count` entries into May 2027, copies of an entry of the world: same calendar, same scope, at a place.
async fn fill(rows: &Rows, app: &TestApp, count: usize, place: Option<&str>) {
    let like = rows.id(row_of(app.world.id("entry.oal.counselling.day")));
    let place =
        place.map_or_else(|| "NULL".to_owned(), |it| format!("(SELECT id FROM learning_place WHERE key = '{it}')"));
    for chunk in (0..count).collect::<Vec<_>>().chunks(250) {
        let ids: Vec<_> = chunk.iter().map(|_| format!("({})", rows.id(kernel::ids::new_id()))).collect();
        rows.run(&format!(
            "INSERT INTO calendar_entry (id, tenant_id, scope_id, calendar_id, title, kind, status, confidentiality, \
             field_of_work_id, all_day, starts_local, ends_local, time_zone, starts_at, ends_at, learning_place_id, \
             search_text, version, created_at, updated_at) \
             SELECT n.column1, tenant_id, scope_id, calendar_id, title, kind, status, confidentiality, field_of_work_id, \
             all_day, {}, {}, time_zone, {}, {}, {place}, search_text, version, created_at, updated_at \
             FROM calendar_entry, (VALUES {}) n WHERE id = {like}",
            moved(rows, "starts_local", "2027-05-10 09:00:00"),
            moved(rows, "ends_local", "2027-05-10 11:00:00"),
            moved(rows, "starts_at", "2027-05-10 07:00:00+00:00"),
            moved(rows, "ends_at", "2027-05-10 09:00:00+00:00"),
            ids.join(", ")
        ))
        .await;
    }
}

/// Another time in the form in which `column` keeps it.
fn moved(rows: &Rows, column: &str, time: &str) -> String {
    match rows.engine {
        Engine::Postgres => {
            format!("CAST('{time}' AS {})", if column.ends_with("_at") { "timestamptz" } else { "timestamp" })
        }
        // The text of the copied row tells the separator.
        Engine::Sqlite => format!("replace('{time}', ' ', substr({column}, 11, 1))"),
    }
}

/// A learning place of Ostallgäu that everybody sees, with two source records, in a region.
async fn place(rows: &Rows, app: &TestApp) {
    let tenant = rows.id(row_of(app.world.id("tenant.ostallgaeu")));
    let public = rows.id(entities::PUBLIC_SCOPE);
    let id = rows.id(kernel::ids::new_id());
    rows.run(&format!(
        "INSERT INTO learning_place (id, tenant_id, scope_id, key, name, kind, region_ags, search_text, version, created_at, \
         updated_at) SELECT {id}, {tenant}, {public}, 'school', 'School', 'OTHER', (SELECT min(ags) FROM region), 'school', 1, \
         created_at, created_at FROM tenant WHERE slug = 'ostallgaeu'"
    ))
    .await;
    for _ in 0..2 {
        let origin = rows.id(kernel::ids::new_id());
        rows.run(&format!(
            "INSERT INTO learning_place_origin (id, tenant_id, scope_id, learning_place_id, name, kind, latitude, longitude, \
             source) VALUES ({origin}, {tenant}, {public}, {id}, 'Record', 'OTHER', 47.8, 10.6, 'test')"
        ))
        .await;
    }
}

/// So many imported and published versions of Ostallgäu's survey, and requests of Kaufbeuren; where there are several, as
/// many further datasets.
async fn figures(app: &TestApp, count: usize) {
    let (steward, asking) = (app.actor("steward@ostallgaeu"), app.actor("steward@kaufbeuren"));
    let id = |name: &str| app.world.id(name).to_owned();
    if count == 1 {
        let contact = json!({ "id": id("dataset.oal.leavers"), "version": 1, "contact": { "email": "a@b.example" } });
        steward.mutate("datasetUpdate", contact, "dataset { id }").await;
        let open = json!({ "id": id("dataset.oal.leavers"), "version": 2, "access": "SHARED" });
        app.actor("admin@ostallgaeu").mutate("datasetAccessChange", open, "dataset { id }").await;
        let place = json!({ "code": "q_sch", "measure": "answers" });
        let places = json!({ "id": id("dataset.oal.survey"), "version": 1, "indicators": [place] });
        steward.mutate("datasetIndicatorsSet", places, "dataset { id }").await;
    }
    for at in 0..count {
        let request = json!({
            "tenant": id("tenant.kaufbeuren"), "to": id("tenant.ostallgaeu"), "agreement": id("agreement.a"),
            "about": format!("Figures {at}"), "purpose": "Planning", "legalBasis": "Agreement A", "level": "FULL",
        });
        let request =
            asking.mutate("dataRequestCreate", request, "dataRequest { id }").await["dataRequest"]["id"].clone();
        let grant = json!({
            "id": request, "version": 1, "dataset": id("dataset.oal.leavers"), "validUntil": format!("2030-{:02}-{:02}", count, at + 1),
        });
        app.actor("admin@ostallgaeu").mutate("dataRequestGrant", grant, "dataRequest { id }").await;
        if count > 1 {
            let input = json!({ "tenant": id("tenant.ostallgaeu"), "title": format!("More {at}"), "fieldOfWork": id("field.counselling") });
            steward.mutate("datasetCreate", input, "dataset { id }").await;
        }
        let draft = draft_of_survey(app).await;
        steward.mutate("datasetVersionPublish", json!({ "id": draft, "version": 1 }), "datasetVersion { id }").await;
    }
}

/// So many further places, organisations and offers of Ostallgäu, with dates, and merge proposals of Kaufbeuren.
async fn directory(app: &TestApp, from: usize, count: usize) {
    let (steward, asking) = (app.actor("steward@ostallgaeu"), app.actor("steward@kaufbeuren"));
    let id = |name: &str| app.world.id(name).to_owned();
    for at in from..from + count {
        let person = json!({ "name": format!("Person {at}") });
        let ids = |scheme: &str| json!([{ "scheme": scheme, "value": format!("Q{}", at + 100) }]);
        let input = json!({
            "tenant": id("tenant.ostallgaeu"), "name": format!("More {}", at / 2), "kind": "OTHER", "contactPerson": person,
            "externalIds": ids("WIKIDATA"),
        });
        let made = steward.mutate("organisationCreate", input, "organisation { id }").await;
        let organisation = made["organisation"]["id"].clone();
        let input = json!({
            "tenant": id("tenant.ostallgaeu"), "name": format!("Library More {}", at / 2), "kind": "LIBRARY", "latitude": 47.88,
            "longitude": 10.62, "organisation": organisation, "externalIds": ids("WIKIDATA"),
        });
        let made = steward.mutate("learningPlaceCreate", input, "learningPlace { id }").await;
        let place = made["learningPlace"]["id"].clone();
        let input = json!({
            "tenant": id("tenant.ostallgaeu"), "title": format!("Title {at}"), "kind": "COURSE", "topic": "MUSIC",
            "provider": organisation, "place": place, "fieldOfWork": id("field.counselling"),
            "dates": [id("entry.oal.public.forum"), id("entry.oal.counselling.day")],
        });
        let made = steward.mutate("educationOfferCreate", input, "educationOffer { id }").await;
        let publish = json!({ "id": made["educationOffer"]["id"], "version": 1 });
        steward.mutate("educationOfferPublish", publish, "educationOffer { id }").await;
        let input = json!({
            "tenant": id("tenant.kaufbeuren"), "duplicate": place, "survivor": id("place.kf.library"), "agreement": id("agreement.a"),
        });
        let made = asking.mutate("mergeProposalCreate", input, "mergeProposal { id }").await;
        let input = json!({
            "tenant": id("tenant.kaufbeuren"), "duplicate": organisation, "survivor": id("organisation.kf.vhs"),
            "agreement": id("agreement.a"),
        });
        let same = asking.mutate("mergeProposalCreate", input, "mergeProposal { id }").await;
        if at % 4 == 0 {
            let accept = json!({ "id": same["mergeProposal"]["id"], "version": 1 });
            steward.mutate("mergeProposalAccept", accept, "mergeProposal { id }").await;
            let accept = json!({ "id": made["mergeProposal"]["id"], "version": 1 });
            steward.mutate("mergeProposalAccept", accept, "mergeProposal { id }").await;
        }
    }
}

/// Sends each operation: how many statements it took.
async fn measure(app: &TestApp) -> BTreeMap<&'static str, u32> {
    let mut table = BTreeMap::new();
    for (name, (subject, document)) in operations(app) {
        let client = if subject.is_empty() { app.anonymous() } else { app.actor(subject) };
        let reply = client.ask(&document).await;
        let data = reply.data();
        assert!(!data.to_string().contains("\"code\""), "{name}: {data}");
        table.insert(name, reply.statements());
    }
    table
}

/// The facts statement counts as one; opening and closing a transaction does not.
const PINNED: &[(&str, u32, u32)] = &[
    // Operation, on SQLite, on PostgreSQL.
    // Dates of series are read beside the entries; where there are none, their series need not be.
    ("agenda", 9, 9),
    ("agenda, anonymous", 2, 2),
    ("agreements", 7, 7),
    ("audit events", 6, 6),
    ("calendarEntryCreate", 9, 10),
    ("calendarImport, unchanged", 5, 7),
    ("calendars", 4, 4),
    ("changes", 8, 8),
    ("closures", 4, 4),
    ("comments", 4, 4),
    ("compare indicator", 7, 7),
    ("comparison", 3, 3),
    ("conflicts of a round", 9, 9),
    ("conflicts of an entry", 12, 12),
    ("contacts", 4, 4),
    ("data requests", 10, 10),
    ("dataset imports", 4, 4),
    ("dataset releases", 2, 2),
    ("dataset versions", 3, 3),
    ("datasets", 5, 5),
    ("directory history", 2, 2),
    ("duplicate candidates", 7, 7),
    ("duplicate candidates, organisations", 7, 7),
    ("education offers", 12, 12),
    ("education offers, the nearest", 6, 6),
    ("external calendars", 2, 2),
    ("feedCreate", 10, 12),
    ("feeds", 6, 6),
    ("free busy", 4, 4),
    ("non-working days", 4, 4),
    ("holidays", 2, 2),
    ("incoming shares", 9, 9),
    ("indicators", 2, 2),
    ("known until", 3, 3),
    ("learning places", 5, 5),
    ("learning places, by external id", 3, 3),
    ("learning places, everything", 9, 9),
    ("learning places, near", 2, 2),
    ("members", 6, 6),
    ("merge proposals", 10, 10),
    ("month", 8, 8),
    ("month, anonymous", 1, 1),
    ("month, count too", 9, 9),
    ("node", 2, 2),
    ("node, not known", 2, 2),
    ("nodes, 5 types", 7, 7),
    ("nodes, 50 of one type", 2, 2),
    ("nothing of the store", 0, 0),
    ("organisations", 7, 7),
    ("plans", 12, 12),
    ("preview of an end", 22, 23),
    ("proposals", 8, 8),
    ("rounds", 11, 11),
    ("shares", 12, 12),
    ("viewer", 2, 2),
];

async fn every_operation_takes_its_exact_number_of_statements(app: TestApp) {
    let rows = app.database.rows().await;
    place(&rows, &app).await;
    fill(&rows, &app, 10, Some("school")).await;
    figures(&app, 1).await;
    directory(&app, 0, 4).await;
    let of = |it: &(&'static str, u32, u32)| (it.0, if app.engine == Engine::Sqlite { it.1 } else { it.2 });
    assert_eq!(measure(&app).await, PINNED.iter().map(of).collect::<BTreeMap<_, _>>());
}

async fn the_number_of_statements_does_not_grow_with_the_answer(app: TestApp) {
    let rows = app.database.rows().await;
    place(&rows, &app).await;
    fill(&rows, &app, 10, Some("school")).await;
    figures(&app, 1).await;
    directory(&app, 0, 4).await;
    let small = measure(&app).await;
    let length = |data: &Value| data["calendarEntries"]["nodes"].as_array().map(Vec::len);
    assert_eq!(length(&app.actor("planner@ostallgaeu").ask(MONTH).await.data()), Some(10));
    fill(&rows, &app, 990, Some("school")).await;
    let admin = app.actor("admin@ostallgaeu");
    let tenant = app.world.id("tenant.ostallgaeu");
    for index in 0..27 {
        let account = json!({ "issuer": "https://verbund.localhost", "subject": format!("more{index}"), "name": format!("More {index}") });
        let input = json!({ "tenant": tenant, "role": "VIEWER", "to": { "account": account }, "fieldsOfWork": [app.world.id("field.counselling")] });
        admin.mutate("roleGrantCreate", input, "roleGrant { id }").await;
    }
    for index in 0..18 {
        let input = json!({
            "tenant": tenant, "parties": [app.world.id("tenant.lindau")], "title": format!("More {index}"), "areas": ["CALENDARS"],
            "fieldsOfWork": [app.world.id("field.counselling")], "validFrom": "2027-01-01",
        });
        admin.mutate("agreementDraft", input, "agreement { id }").await;
    }
    for level in ["BUSY", "SUMMARY", "FULL"] {
        for calendar in ["oal.counselling", "oal.orientation", "oal.public"] {
            let input = json!({
                "tenant": tenant, "agreement": app.world.id("agreement.b"), "area": "CALENDARS", "level": level,
                "object": { "calendar": app.world.id(&format!("calendar.{calendar}")) }, "granteeRole": "VIEWER",
            });
            admin.mutate("shareCreate", input, "share { id }").await;
        }
    }
    figures(&app, 12).await;
    directory(&app, 4, 20).await;
    let planner = app.actor("planner@ostallgaeu");
    for year in [2029, 2030, 2031] {
        let input = json!({
            "tenant": tenant, "year": year, "title": "More", "calendars": [app.world.id("calendar.oal.newcomers")],
        });
        let plan = planner.mutate("annualPlanCreate", input, "annualPlan { id }").await["annualPlan"]["id"].clone();
        let input = json!({
            "tenant": tenant, "agreement": app.world.id("agreement.b"), "year": year, "submitUntil": "2027-12-31",
        });
        let round = planner.mutate("coordinationRoundOpen", input, "coordinationRound { id }").await;
        let input = json!({ "id": plan, "round": round["coordinationRound"]["id"], "version": 1 });
        planner.mutate("annualPlanSubmit", input, "annualPlan { id }").await;
    }
    let data = planner.ask(MONTH).await.data();
    assert_eq!(length(&data), Some(100));
    assert_eq!(
        data["calendarEntries"]["nodes"][99]["place"]["origins"],
        json!([{ "name": "Record" }, { "name": "Record" }])
    );
    let members = "{ tenant(slug: \"ostallgaeu\") { members(first: 100) { totalCount } } agreements { totalCount } }";
    let data = admin.ask(members).await.data();
    assert!(data["tenant"]["members"]["totalCount"].as_u64() >= Some(30), "{data}");
    assert_eq!(data["agreements"]["totalCount"], 20);
    let mut large = measure(&app).await;
    // The first entry in a scope of a new share makes that scope; that is once, not per row.
    large.insert(
        "calendarEntryCreate",
        app.actor("planner@ostallgaeu").ask(&operations(&app)["calendarEntryCreate"].1).await.statements(),
    );
    assert_eq!(large, small);
}

async fn the_month_is_read_by_one_index_scan(app: TestApp) {
    if app.engine == Engine::Sqlite {
        return;
    }
    let rows = app.database.rows().await;
    let id = |name: &str| row_of(app.world.id(name));
    // 20,000 entries of 200 other scopes, spread over three years.
    let mut sql = format!(
        "INSERT INTO scope (id, tenant_id, area, confidentiality, definition, created_at) \
         SELECT gen_random_uuid(), '{}', 'CALENDARS', 'INTERNAL', 'plan ' || n, now() FROM generate_series(1, 200) n;",
        id("tenant.lindau")
    );
    let _ = write!(
        sql,
        "INSERT INTO calendar_entry (id, tenant_id, scope_id, calendar_id, title, kind, status, confidentiality, all_day, \
         starts_local, ends_local, time_zone, starts_at, ends_at, search_text, version, created_at, updated_at) \
         SELECT gen_random_uuid(), e.tenant_id, s.id, e.calendar_id, e.title, e.kind, e.status, e.confidentiality, e.all_day, \
         e.starts_local + n * interval '11 days', e.ends_local + n * interval '11 days', e.time_zone, \
         e.starts_at + n * interval '11 days', e.ends_at + n * interval '11 days', e.search_text, 1, now(), now() \
         FROM calendar_entry e, scope s, generate_series(0, 99) n WHERE e.id = '{}' AND s.definition LIKE 'plan %'; \
         ANALYZE calendar_entry, scope",
        id("entry.oal.office.meeting")
    );
    rows.run(&sql).await;
    assert!(rows.count("calendar_entry").await > 20_000);
    // What the server sends for `calendarEntries`: Session::select adds the scopes, `overlapping` the window, the page
    // its order and limit. The scopes stand in the statement and, by the policy, once more in row-level security.
    let scopes = rows.list("SELECT DISTINCT scope_id::text FROM calendar_entry e JOIN scope s ON s.id = scope_id WHERE definition NOT LIKE 'plan %'").await;
    let list = format!("{{{}}}", scopes.join(","));
    let application = Rows::open(&app.database.url).await;
    application.run(&format!("SET app.scopes = '{list}'")).await;
    let columns: Vec<_> =
        rows.columns("calendar_entry").await.into_keys().map(|it| format!("\"calendar_entry\".\"{it}\"")).collect();
    let select = format!(
        "EXPLAIN (FORMAT JSON) SELECT {} FROM \"calendar_entry\" \
         WHERE \"calendar_entry\".\"scope_id\" = ANY ((SELECT '{list}'::uuid[])::uuid[]) \
         AND \"calendar_entry\".\"starts_at\" < '2027-03-01T00:00:00Z' AND \"calendar_entry\".\"starts_at\" >= '2026-01-01T00:00:00Z' \
         AND \"calendar_entry\".\"ends_at\" > '2027-02-01T00:00:00Z' \
         ORDER BY \"calendar_entry\".\"starts_at\" ASC, \"calendar_entry\".\"id\" ASC LIMIT 101",
        columns.join(", ")
    );
    let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, select);
    let row =
        sea_orm::ConnectionTrait::query_one_raw(application.db(), statement).await.expect("a plan").expect("a plan");
    let plan: Value = row.try_get_by_index(0).expect("JSON");
    let mut scans = Vec::new();
    scans_of(&plan[0]["Plan"], &mut scans);
    assert_eq!(scans.len(), 1, "one scan of the entries: {plan:#}");
    let (kind, index, condition) = &scans[0];
    assert!(["Index Scan", "Bitmap Index Scan", "Index Only Scan"].contains(&kind.as_str()), "{plan:#}");
    assert_eq!(index, "calendar_entry_scope_idx");
    assert!(condition.contains("scope_id = ANY") && condition.contains("starts_at <"), "{condition}");
}

/// Scans of the entries: kind, index, condition. The two parts of a bitmap scan count as one.
fn scans_of(plan: &Value, scans: &mut Vec<(String, String, String)>) {
    let text = |key: &str| plan[key].as_str().unwrap_or_default().to_owned();
    let bitmap = text("Node Type") == "Bitmap Heap Scan";
    if (text("Relation Name") == "calendar_entry" && !bitmap) || text("Node Type") == "Bitmap Index Scan" {
        scans.push((text("Node Type"), text("Index Name"), text("Index Cond")));
    }
    for part in plan["Plans"].as_array().into_iter().flatten() {
        scans_of(part, scans);
    }
}
