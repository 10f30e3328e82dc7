//! Public holidays and school-free days.

use domain::holidays::import::HolidayImport;
use domain::holidays::import::import;
use serde_json::{Value, json};
use verbund_tests::client::{codes, said};
use verbund_tests::{Case, Client, Rows, TestApp, cases};

use super::operations::run;

pub fn cases() -> Vec<Case> {
    cases!["holidays";
        assumption_day_is_a_setting_of_the_authority,
        school_holidays_touch_a_window_at_both_ends,
        repentance_day_is_school_free_but_a_working_day,
        wrong_questions_are_refused_by_name,
        public_holidays_are_known_for_a_century,
        rows_of_an_earlier_version_are_not_doubled,
        a_file_takes_the_place_of_what_is_stored_for_its_days,
        every_problem_of_a_file_is_told_and_nothing_is_stored,
        of_two_imports_at_once_one_does_it,
        a_file_may_not_overlap_what_stays,
        the_reference_import_leaves_a_later_edition_alone,
        the_command_imports_a_file,
        a_closure_is_made_changed_and_deleted,
        wrong_closures_are_refused_by_name,
        closures_are_listed_by_day_for_everybody,
        non_working_days_are_all_kinds_in_one_list,
    ]
}

async fn names(client: &Client, region: Value, first: &str, last: &str, kinds: Value) -> Vec<String> {
    let query = "query($region: HolidayRegion!, $between: DateRange!, $kinds: [HolidayKind!]) {
        holidays(region: $region, between: $between, filter: {kinds: $kinds}, first: 100) { nodes { firstDay nameDe } } }";
    let between = json!({ "firstDay": first, "lastDay": last });
    let data = client.send(query, json!({ "region": region, "between": between, "kinds": kinds })).await.data();
    let nodes = data["holidays"]["nodes"].as_array().expect("nodes").clone();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    nodes.iter().map(|it| format!("{} {}", text(&it["firstDay"]), text(&it["nameDe"]))).collect()
}

async fn assumption_day_is_a_setting_of_the_authority(app: TestApp) {
    let anyone = app.anonymous();
    let august = async |region: Value| names(&anyone, region, "2027-08-15", "2027-08-15", json!(["PUBLIC"])).await;
    let tenant = |slug: &str| json!({ "tenant": app.world.id(&format!("tenant.{slug}")) });
    assert_eq!(august(tenant("kaufbeuren")).await, ["2027-08-15 Mariä Himmelfahrt"]);
    assert_eq!(august(tenant("lindau")).await, Vec::<String>::new());
    assert_eq!(august(json!({ "state": "DE-BY" })).await, ["2027-08-15 Mariä Himmelfahrt"]);
    assert_eq!(august(json!({ "state": "DE-BE" })).await, Vec::<String>::new());
}

async fn school_holidays_touch_a_window_at_both_ends(app: TestApp) {
    let anyone = app.anonymous();
    let state = json!({ "state": "DE-BY" });
    for (first, last, expected) in [
        ("2027-04-02", "2027-04-30", vec!["2027-03-22 Osterferien"]),
        ("2027-04-03", "2027-04-30", vec![]),
        ("2027-03-01", "2027-03-22", vec!["2027-03-22 Osterferien"]),
        ("2027-03-01", "2027-03-21", vec![]),
    ] {
        let found = names(&anyone, state.clone(), first, last, json!(["SCHOOL_HOLIDAY"])).await;
        assert_eq!(found, expected, "{first} to {last}");
    }
}

async fn repentance_day_is_school_free_but_a_working_day(app: TestApp) {
    let query = r#"{ holidays(region: {state: "DE-BY"}, between: {firstDay: "2026-11-18", lastDay: "2026-11-18"}) {
        nodes { kind name nameEn extent firstDay lastDay source } } }"#;
    let data = app.anonymous().speaking("de").ask(query).await.data();
    let nodes = data["holidays"]["nodes"].as_array().expect("nodes").clone();
    assert_eq!(nodes.len(), 1);
    assert_eq!(nodes[0]["kind"], "SCHOOL_FREE_DAY");
    assert_eq!(nodes[0]["name"], "Buß- und Bettag");
    assert!(nodes[0]["source"].as_str().expect("a source").contains("Feiertagsgesetz"));
}

async fn wrong_questions_are_refused_by_name(app: TestApp) {
    let query = r#"{ holidays(region: {state: "DE-BY"}, between: {firstDay: "2027-02-01", lastDay: "2027-01-01"}) { totalCount } }"#;
    let reply = app.anonymous().ask(query).await;
    assert_eq!(reply.codes(), ["BAD_USER_INPUT"]);
    assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "between.lastDay");
    let no_date = r#"{ holidays(region: {state: "DE-BY"}, between: {firstDay: "01.02.2027", lastDay: "2027-13-01"}) { totalCount } }"#;
    let reply = app.anonymous().ask(no_date).await;
    assert!(reply.text.contains("01.02.2027"), "{}", reply.text);
    assert!(reply.status < 500);
}

async fn public_holidays_are_known_for_a_century(app: TestApp) {
    let anyone = app.anonymous();
    for year in [2000, 2027, 2100] {
        let found = names(
            &anyone,
            json!({ "state": "DE-BY" }),
            &format!("{year}-01-01"),
            &format!("{year}-12-31"),
            json!(["PUBLIC", "SCHOOL_FREE_DAY"]),
        )
        .await;
        assert_eq!(found.len(), 14, "{year}: {found:?}");
    }
    let monday = names(&anyone, json!({ "state": "DE-BY" }), "2100-03-29", "2100-03-29", Value::Null).await;
    assert_eq!(monday, ["2100-03-29 Ostermontag"]);
    let once = names(&anyone, json!({ "state": "DE-BY" }), "2017-10-31", "2017-10-31", Value::Null).await;
    assert_eq!(once, ["2017-10-31 Reformationstag"]);
}

/// Runs the reference import as the operator; how many rows it touched.
async fn reference(app: &TestApp) -> u64 {
    let op = server::operator::operation(&app.config, &app.clock).await.expect("the operator's way in");
    let done = server::seed::reference(&op).await.map_err(|error| domain::operator::render(&error));
    op.store.close().await;
    done.expect("imported")
}

async fn rows_of_an_earlier_version_are_not_doubled(app: TestApp) {
    let rows = app.database.rows().await;
    assert_eq!(reference(&app).await, 0, "once more changes nothing");
    let all = rows.count("holiday").await;
    let ids = format!(
        "SELECT {} FROM holiday WHERE ends_on >= '2024-01-01' AND starts_on < '2029-01-01' ORDER BY 1",
        rows.hex("id")
    );
    let known = rows.list(&ids).await;
    // What the files of the version before have left: five years, without an edition, of other sources.
    rows.run("DELETE FROM holiday WHERE ends_on < '2023-12-01' OR starts_on >= '2029-01-01'").await;
    rows.run("UPDATE holiday SET edition = NULL, source = 'holidays 0.109, MIT' WHERE kind = 'PUBLIC'").await;
    rows.run("UPDATE holiday SET edition = NULL, source = 'ODbL' WHERE kind <> 'PUBLIC'").await;
    let touched = reference(&app).await;
    assert_eq!(rows.count("holiday").await, all);
    assert_eq!(rows.list(&ids).await, known, "they keep their ids");
    assert!(touched > 1_300, "{touched}");
    let editions = rows.list("SELECT DISTINCT edition FROM holiday WHERE kind = 'SCHOOL_HOLIDAY'").await;
    assert_eq!(editions, ["2026-11"]);
    let doubled =
        "SELECT count(*) FROM (SELECT starts_on FROM holiday GROUP BY starts_on, name_de HAVING count(*) > 1) d";
    assert_eq!(rows.number(doubled).await, 0);
    assert_eq!(reference(&app).await, 0);
}

/// A file that covers 2027 and holds these holidays: first day, last day, German name.
fn file(edition: &str, holidays: &[(&str, &str, &str)]) -> String {
    use std::fmt::Write as _;
    let mut text = format!(
        "[source]\nedition = \"{edition}\"\nattribution = \"The ministry\"\n\n\
         [covers]\nregion = \"DE-BY\"\nfrom = 2027-01-09\nto = 2028-01-08\n"
    );
    for (from, to, name) in holidays {
        let _ = write!(
            text,
            "\n[[holiday]]\nkind = \"SCHOOL_HOLIDAY\"\nfrom = {from}\nto = {to}\nname_de = \"{name}\"\n\
             name_en = \"Some Holidays\"\nextent = \"STATEWIDE\"\n"
        );
    }
    text
}

async fn imported(app: &TestApp, text: &str) -> Result<HolidayImport, Vec<String>> {
    let op = server::operator::operation(&app.config, &app.clock).await.expect("the operator's way in");
    let done = import(&op, text).await;
    op.store.close().await;
    done.map_err(|error| domain::operator::render(&error).split("; ").map(str::to_owned).collect())
}

/// First day, last day, edition and id of the school holidays that begin in 2027.
async fn stored(rows: &Rows) -> Vec<Vec<String>> {
    let sql = format!(
        "SELECT CAST(starts_on AS text), CAST(ends_on AS text), edition, {} FROM holiday \
         WHERE kind = 'SCHOOL_HOLIDAY' AND starts_on >= '2027-01-01' AND starts_on < '2028-01-01' ORDER BY starts_on",
        rows.hex("id")
    );
    rows.texts(&sql).await
}

async fn a_file_takes_the_place_of_what_is_stored_for_its_days(app: TestApp) {
    let rows = app.database.rows().await;
    let before = stored(&rows).await;
    let (all, trail) = (rows.count("holiday").await, rows.count("audit_event").await);
    let easter = before.iter().find(|it| it[0] == "2027-03-22").expect("Easter holidays").clone();
    let text = file(
        "2027-02",
        &[
            ("2027-12-24", "2028-01-07", "Weihnachtsferien"),
            ("2027-03-22", "2027-04-03", "Osterferien"),
            ("2027-06-01", "2027-06-02", "Neue"),
        ],
    );
    let done = imported(&app, &text).await.expect("imported");
    assert_eq!((done.region.as_str(), done.edition.as_str(), done.holidays), ("DE-BY", "2027-02", 3));
    assert_eq!(done.touched(), done.added + done.changed + done.removed);
    let after = stored(&rows).await;
    let days: Vec<_> = after.iter().map(|it| it[..3].join(" ")).collect();
    assert_eq!(
        days,
        ["2027-03-22 2027-04-03 2027-02", "2027-06-01 2027-06-02 2027-02", "2027-12-24 2028-01-07 2027-02"]
    );
    assert_eq!(after[0][3], easter[3], "what is in both keeps its id");
    assert_eq!(
        rows.count("holiday").await,
        all - i64::try_from(before.len()).expect("a number") + 3,
        "other years stay"
    );
    assert_eq!(rows.count("audit_event").await, trail + 1);
    let told = rows.list("SELECT CAST(after AS text) FROM audit_event ORDER BY id DESC LIMIT 1").await;
    let told: Value = serde_json::from_str(&told[0]).expect("JSON");
    assert_eq!(
        (&told["edition"], &told["from"], &told["to"]),
        (&json!("2027-02"), &json!("2027-01-09"), &json!("2028-01-08"))
    );

    let whole = rows.dump().await;
    let again = imported(&app, &text).await.expect("imported");
    assert_eq!(again.touched(), 0);
    assert!(again.render().contains("nothing changed"), "{}", again.render());
    assert_eq!(rows.dump().await, whole);

    let query = r#"{ holidays(region: {state: "DE-BY"}, between: {firstDay: "2027-06-01", lastDay: "2027-06-01"}) {
        nodes { name source edition } } tenant(slug: "kaufbeuren") { schoolHolidaysKnownUntil } }"#;
    let data = app.anonymous().ask(query).await.data();
    assert_eq!(
        data["holidays"]["nodes"],
        json!([{ "name": "Some Holidays", "source": "The ministry", "edition": "2027-02" }])
    );
    assert_eq!(data["tenant"]["schoolHolidaysKnownUntil"], "2029-01-05");
}

async fn every_problem_of_a_file_is_told_and_nothing_is_stored(app: TestApp) {
    let rows = app.database.rows().await;
    let before = rows.dump().await;
    let text = file(
        "November",
        &[
            ("2027-03-22", "2027-04-02", "Osterferien"),
            ("2027-04-02", "2027-04-05", "Mehr Osterferien"),
            ("2027-08-20", "2027-08-02", "Sommerferien"),
            ("2028-01-03", "2028-01-09", "Weihnachtsferien"),
            ("2027-05-01T10:00:00", "\"2027-05-02\"", "Keine Tage"),
        ],
    )
    .replace("region = \"DE-BY\"", "region = \"Bayern\"\nland = 1")
        + "\n[[holiday]]\nkind = \"PUBLIC\"\nfrom = 2027-10-03\nto = 2027-10-03\nname_de = \" \"\nextent = \"EVERYWHERE\"\n";
    let expected = [
        "source.edition (line 2): \"November\" is no edition like 2026-11 or 2026-11-24.",
        "covers.land (line 7): Nothing here is called land.",
        "covers.region (line 6): \"Bayern\" is no ISO 3166-2 code of a state like DE-BY.",
        "holiday[3].to (line 30): The end (2027-08-02) is not after the start (2027-08-20).",
        "holiday[4] (line 35): 2028-01-03 to 2028-01-09 is not within what the file covers: 2027-01-09 to 2028-01-08.",
        "holiday[5].from (line 45): 2027-05-01T10:00:00 is no date like 2027-03-22.",
        "holiday[5].to (line 46): \"2027-05-02\" is no date like 2027-03-22.",
        "holiday[6].kind (line 52): \"PUBLIC\" does not come in this file, only SCHOOL_HOLIDAY does",
        "public holidays and Buß- und Bettag come by rule.",
        "holiday[6].extent (line 56): \"EVERYWHERE\" is neither STATEWIDE nor CATHOLIC_MUNICIPALITIES.",
        "holiday[6].name_de (line 55): A value is required.",
        "holiday[6].name_en (line 51): A value is required.",
        "holiday[2] (line 19): 2027-04-02 to 2027-04-05 overlaps Osterferien (2027-03-22 to 2027-04-02).",
    ];
    assert_eq!(imported(&app, &text).await.map(|_| ()).expect_err("problems"), expected);
    for (text, expected) in [
        ("", vec!["source (line 1)", "covers (line 1)", "holiday (line 1)"]),
        (
            "holiday = []\nsource = 1\ncovers = { region = \"DE-BY\" }",
            vec!["source (line 2)", "covers.from (line 3)", "covers.to (line 3)", "holiday (line 1)"],
        ),
        ("[source]\nedition = \n", vec!["file (line 2)"]),
        ("[[holiday]]\nfrom = 2027-02-30", vec!["file (line 2)"]),
        ("\u{0}", vec!["file (line 1)"]),
    ] {
        let found = imported(&app, text).await.map(|_| ()).expect_err("problems");
        let places: Vec<_> = found.iter().map(|it| it.split(": ").next().unwrap_or_default()).collect();
        assert_eq!(places, expected, "{text:?}: {found:?}");
    }
    assert_eq!(rows.dump().await, before);
}

async fn of_two_imports_at_once_one_does_it(app: TestApp) {
    let rows = app.database.rows().await;
    let trail = rows.count("audit_event").await;
    let text = file("2027-02", &[("2027-06-01", "2027-06-02", "Neue")]);
    let (one, two) = tokio::join!(imported(&app, &text), imported(&app, &text));
    let mut touched = [one.expect("imported").touched(), two.expect("imported").touched()];
    touched.sort_unstable();
    assert!(touched[0] == 0 && touched[1] > 0, "{touched:?}");
    assert_eq!(stored(&rows).await.len(), 1);
    assert_eq!(rows.count("audit_event").await, trail + 1);
}

async fn a_file_may_not_overlap_what_stays(app: TestApp) {
    let rows = app.database.rows().await;
    let before = rows.dump().await;
    // The Christmas holidays before the span last until 8 January 2027 and stay.
    let text = file("2027-02", &[("2027-01-09", "2027-01-10", "Neue")]);
    rows.run("UPDATE holiday SET ends_on = '2027-01-09' WHERE starts_on = '2026-12-24' AND kind = 'SCHOOL_HOLIDAY'")
        .await;
    let moved = rows.dump().await;
    assert_ne!(before, moved, "they are there");
    let found = imported(&app, &text).await.map(|_| ()).expect_err("an overlap");
    assert!(
        found[0].starts_with("holiday[1] (line 10): ") && found[0].contains("2026-12-24 to 2027-01-09"),
        "{found:?}"
    );
    assert_eq!(rows.dump().await, moved);
}

async fn the_reference_import_leaves_a_later_edition_alone(app: TestApp) {
    let rows = app.database.rows().await;
    imported(&app, &file("2027-02", &[("2027-06-01", "2027-06-02", "Neue")])).await.expect("imported");
    let before = rows.dump().await["holiday"].clone();
    assert_eq!(reference(&app).await, 0);
    assert_eq!(rows.dump().await["holiday"], before);
    // An earlier edition of the same days gives way.
    rows.run("UPDATE holiday SET edition = '2026-10' WHERE kind = 'SCHOOL_HOLIDAY'").await;
    assert!(reference(&app).await > 0);
    let editions = rows.list("SELECT DISTINCT edition FROM holiday WHERE kind = 'SCHOOL_HOLIDAY'").await;
    assert_eq!(editions, ["2026-11"]);
}

async fn the_command_imports_a_file(app: TestApp) {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("verbund.toml");
    let text = format!("[database]\nurl = {:?}\nowner_url = {:?}\n", app.database.url, app.database.owner_url);
    std::fs::write(&config, text).expect("written");
    let data = folder.path().join("holidays.toml");
    let path = data.to_str().expect("a path");
    std::fs::write(&data, file("2027-02", &[("2027-06-01", "2027-06-02", "Neue")])).expect("written");
    let (code, said, problem) = run(&config, &["import", "holidays", path]).await;
    assert!(
        code == Some(0) && said.starts_with("DE-BY: edition 2027-02 with 1 school holidays; 1 added"),
        "{said}{problem}"
    );
    let (code, said, _) = run(&config, &["import", "holidays", path]).await;
    assert_eq!((code, said.as_str()), (Some(0), "DE-BY: edition 2027-02 is stored already, nothing changed\n"));
    std::fs::write(&data, file("2027-02", &[("2027-06-01", "2027-05-02", "a"), ("2026-06-01", "2026-06-02", "b")]))
        .expect("written");
    let (code, said, problem) = run(&config, &["import", "holidays", path]).await;
    assert_eq!((code, said.as_str()), (Some(1), ""));
    let lines: Vec<_> = problem.lines().collect();
    assert!(
        lines.len() == 3 && lines[0].ends_with("nothing was stored") && lines[2].starts_with("holiday[2] (line 18): "),
        "{problem}"
    );
    let (code, _, problem) = run(&config, &["import", "holidays", "/nowhere/at/all.toml"]).await;
    assert!(code == Some(1) && problem.contains("/nowhere/at/all.toml"), "{problem}");
}

const CLOSURE: &str = "tenantClosure { id title firstDay lastDay version tenant { slug } viewerCan { update } }";

async fn a_closure_is_made_changed_and_deleted(app: TestApp) {
    let admin = app.actor("admin@kaufbeuren");
    let input =
        json!({ "tenant": app.world.id("tenant.kaufbeuren"), "title": " Betriebsausflug ", "firstDay": "2027-07-09" });
    let made = admin.mutate("tenantClosureCreate", input, CLOSURE).await["tenantClosure"].clone();
    let id = made["id"].clone();
    assert!(id.as_str().is_some_and(|it| it.starts_with("clo_")), "{made}");
    let expected = json!({
        "id": id, "title": "Betriebsausflug", "firstDay": "2027-07-09", "lastDay": "2027-07-09", "version": 1,
        "tenant": { "slug": "kaufbeuren" }, "viewerCan": { "update": true },
    });
    assert_eq!(made, expected);
    let node = "query($id: ID!) { node(id: $id) { ... on TenantClosure { title viewerCan { update } } } }";
    let seen = app.actor("admin@lindau").send(node, json!({ "id": id })).await.data();
    assert_eq!(seen["node"], json!({ "title": "Betriebsausflug", "viewerCan": { "update": false } }));

    let change = json!({ "id": id, "version": 1, "lastDay": "2027-07-10" });
    let changed = admin.mutate("tenantClosureUpdate", change, CLOSURE).await["tenantClosure"].clone();
    assert_eq!(
        (&changed["title"], &changed["lastDay"], &changed["version"]),
        (&json!("Betriebsausflug"), &json!("2027-07-10"), &json!(2))
    );
    let late = admin.try_mutate("tenantClosureDelete", json!({ "id": id, "version": 1 }), CLOSURE).await;
    assert_eq!((codes(&late), &late["tenantClosure"]), (vec!["STALE_VERSION"], &changed));
    let gone = admin.mutate("tenantClosureDelete", json!({ "id": id, "version": 2 }), CLOSURE).await;
    assert_eq!(gone["tenantClosure"], Value::Null);
    assert_eq!(admin.send(node, json!({ "id": id })).await.data(), json!({ "node": null }));
    let again = admin.try_mutate("tenantClosureDelete", json!({ "id": id, "version": 3 }), CLOSURE).await;
    assert_eq!(said(&again), ["NOT_FOUND id"]);
}

async fn wrong_closures_are_refused_by_name(app: TestApp) {
    let admin = app.actor("admin@ostallgaeu");
    let tenant = app.world.id("tenant.ostallgaeu");
    for (input, expected) in [
        (
            json!({ "tenant": tenant, "title": " ", "firstDay": "2027-07-09", "lastDay": "2027-07-08" }),
            vec!["REQUIRED title", "OUT_OF_RANGE lastDay"],
        ),
        (
            json!({ "tenant": tenant, "title": "x".repeat(201), "firstDay": "2027-01-01", "lastDay": "2028-01-02" }),
            vec!["TOO_LONG title", "OUT_OF_RANGE lastDay"],
        ),
        (
            json!({ "tenant": tenant, "title": "a\nb", "firstDay": "2027-01-01", "lastDay": "2028-01-01" }),
            vec!["INVALID title"],
        ),
        (
            json!({ "tenant": "ten_01h455vb4pex5vsknk084sn02q", "title": "a", "firstDay": "2027-01-01" }),
            vec!["NOT_FOUND tenant"],
        ),
        (
            json!({ "tenant": app.world.id("calendar.oal.office"), "title": "a", "firstDay": "2027-01-01" }),
            vec!["INVALID tenant"],
        ),
        (
            json!({ "tenant": app.world.id("tenant.lindau"), "title": "a", "firstDay": "2027-01-01" }),
            vec!["FORBIDDEN tenant"],
        ),
    ] {
        let payload = admin.try_mutate("tenantClosureCreate", input, CLOSURE).await;
        assert_eq!(said(&payload), expected, "{payload}");
    }
    let id = app.world.id("closure.oal.inventory");
    for (change, expected) in [
        (json!({ "id": id, "version": 1, "firstDay": "2027-03-03" }), vec!["OUT_OF_RANGE lastDay"]),
        (json!({ "id": id, "version": 1, "title": null, "lastDay": null }), vec!["REQUIRED title", "REQUIRED lastDay"]),
        (json!({ "id": tenant, "version": 1 }), vec!["INVALID id"]),
    ] {
        let payload = admin.try_mutate("tenantClosureUpdate", change, CLOSURE).await;
        assert_eq!(said(&payload), expected, "{payload}");
    }
    for mutation in ["tenantClosureUpdate", "tenantClosureDelete"] {
        let payload =
            app.actor("admin@kaufbeuren").try_mutate(mutation, json!({ "id": id, "version": 1 }), CLOSURE).await;
        assert_eq!(said(&payload), ["FORBIDDEN id"], "another authority's admin");
        let payload =
            app.actor("planner@ostallgaeu").try_mutate(mutation, json!({ "id": id, "version": 1 }), CLOSURE).await;
        assert_eq!(said(&payload), ["FORBIDDEN id"], "a planner");
    }
}

async fn closures_are_listed_by_day_for_everybody(app: TestApp) {
    let admin = app.actor("admin@ostallgaeu");
    let tenant = app.world.id("tenant.ostallgaeu");
    for (title, first, last) in
        [("C", "2027-12-24", "2027-12-31"), ("A", "2027-01-04", "2027-01-05"), ("B", "2027-03-01", "2027-03-01")]
    {
        let input = json!({ "tenant": tenant, "title": title, "firstDay": first, "lastDay": last });
        admin.mutate("tenantClosureCreate", input, CLOSURE).await;
    }
    let titles = async |client: Client, arguments: &str| {
        let query = format!(
            "{{ tenant(slug: \"ostallgaeu\") {{ closures({arguments}) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ title }} }} }} }}"
        );
        let closures = client.ask(&query).await.data()["tenant"]["closures"].clone();
        let titles: Vec<_> = closures["nodes"]
            .as_array()
            .expect("nodes")
            .iter()
            .map(|it| it["title"].as_str().expect("a title").to_owned())
            .collect();
        (titles.join(" "), closures)
    };
    for client in [app.anonymous(), app.actor("viewer@lindau"), app.actor("planner@ostallgaeu")] {
        assert_eq!(titles(client, "first: 10").await.0, "A Inventory B C");
    }
    let (page, closures) = titles(app.anonymous(), "first: 3").await;
    assert_eq!((page.as_str(), &closures["totalCount"]), ("A Inventory B", &json!(4)));
    let after = format!("first: 3, after: {}", closures["pageInfo"]["endCursor"]);
    assert_eq!(titles(app.anonymous(), &after).await.0, "C");
    for (first, last, expected) in [
        ("2027-03-02", "2027-12-24", "Inventory C"),
        ("2027-03-03", "2027-12-23", ""),
        ("2027-01-05", "2027-03-01", "A Inventory B"),
    ] {
        let between = format!("filter: {{between: {{firstDay: \"{first}\", lastDay: \"{last}\"}}}}");
        assert_eq!(titles(app.anonymous(), &between).await.0, expected, "{first} to {last}");
    }
    let query = r#"{ tenant(slug: "ostallgaeu") { closures(filter: {between: {firstDay: "2027-02-01", lastDay: "2027-01-01"}}) { totalCount } } }"#;
    let reply = app.anonymous().ask(query).await;
    assert_eq!(reply.refusals(), ["BAD_USER_INPUT OUT_OF_RANGE filter.between.lastDay"]);
}

async fn non_working_days_are_all_kinds_in_one_list(app: TestApp) {
    let query = "query($slug: String!, $between: DateRange!) { tenant(slug: $slug) { nonWorkingDays(between: $between) { kind firstDay lastDay name } } }";
    let free = async |slug: &str, first: &str, last: &str| {
        let between = json!({ "firstDay": first, "lastDay": last });
        app.anonymous().speaking("de").send(query, json!({ "slug": slug, "between": between })).await
    };
    let words = |reply: verbund_tests::client::Reply| -> Vec<String> {
        let days = reply.data()["tenant"]["nonWorkingDays"].as_array().expect("days").clone();
        let text = |it: &Value, name: &str| it[name].as_str().expect("a text").to_owned();
        days.iter().map(|it| ["kind", "firstDay", "lastDay", "name"].map(|name| text(it, name)).join(" ")).collect()
    };
    for (title, first, last) in [("Umbau", "2027-08-16", "2027-08-20"), ("Umbau", "2027-08-21", "2027-08-27")] {
        for slug in ["kaufbeuren", "lindau"] {
            let input = json!({ "tenant": app.world.id(&format!("tenant.{slug}")), "title": title, "firstDay": first, "lastDay": last });
            app.actor(&format!("admin@{slug}")).mutate("tenantClosureCreate", input, CLOSURE).await;
        }
    }
    let mut expected = vec![
        "SCHOOL_HOLIDAY 2027-08-02 2027-09-13 Sommerferien",
        "PUBLIC_HOLIDAY 2027-08-15 2027-08-15 Mariä Himmelfahrt",
        "CLOSURE 2027-08-16 2027-08-27 Umbau",
    ];
    assert_eq!(
        words(free("kaufbeuren", "2027-08-15", "2027-08-20").await),
        expected[..2].iter().chain(["CLOSURE 2027-08-16 2027-08-20 Umbau"].iter()).copied().collect::<Vec<_>>(),
        "what touches the span"
    );
    assert_eq!(words(free("kaufbeuren", "2027-08-15", "2027-09-30").await), expected);
    expected.remove(1);
    assert_eq!(words(free("lindau", "2027-08-15", "2027-09-30").await), expected, "no Assumption Day there");
    assert_eq!(
        words(free("ostallgaeu", "2026-11-18", "2026-11-18").await),
        ["SCHOOL_FREE_DAY 2026-11-18 2026-11-18 Buß- und Bettag"]
    );
    let years = words(free("ostallgaeu", "2027-01-01", "2028-12-31").await);
    assert!(years.len() > 40 && years.contains(&"CLOSURE 2027-03-01 2027-03-02 Inventory".to_owned()), "{years:?}");
    for (first, last) in [("2027-01-01", "2029-01-01"), ("2027-01-02", "2027-01-01")] {
        let reply = free("kaufbeuren", first, last).await;
        assert_eq!(reply.refusals(), ["BAD_USER_INPUT OUT_OF_RANGE between.lastDay"], "{}", reply.text);
    }
}
