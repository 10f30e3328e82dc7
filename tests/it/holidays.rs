//! Public holidays and school-free days.

use serde_json::{Value, json};
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["holidays";
        assumption_day_is_a_setting_of_the_authority,
        school_holidays_touch_a_window_at_both_ends,
        repentance_day_is_school_free_but_a_working_day,
        wrong_questions_are_refused_by_name,
    ]
}

async fn names(client: &Client, region: Value, first: &str, last: &str, kinds: Value) -> Vec<String> {
    let query = "query($region: HolidayRegion!, $between: DateRange!, $kinds: [HolidayKind!]) {
        holidays(region: $region, between: $between, kinds: $kinds, first: 100) { nodes { firstDay nameDe } } }";
    let between = json!({ "firstDay": first, "lastDay": last });
    let data = client.send(query, json!({ "region": region, "between": between, "kinds": kinds })).await.data();
    let nodes = data["holidays"]["nodes"].as_array().expect("nodes").clone();
    nodes.iter().map(|it| format!("{} {}", it["firstDay"].as_str().unwrap(), it["nameDe"].as_str().unwrap())).collect()
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
    assert!(nodes[0]["source"].as_str().expect("a source").contains("ODbL"));
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
