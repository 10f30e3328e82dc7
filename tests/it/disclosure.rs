//! The partner asks ten thousand questions and works out no protected cell; a careless service would give cells away.

mod attacker;
mod table;

use attacker::Attacker;
use serde_json::{Value as Json, json};
use table::{Asked, Published, Secret};
use verbund_tests::app::Server;
use verbund_tests::{Case, Client, Dice, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["disclosure"; ten_thousand_questions_give_no_protected_cell_away]
}

/// Methods with their parameter.
const METHODS: [(&str, i64); 5] =
    [("MINIMUM_COUNT", 3), ("ROUNDING", 3), ("ROUNDING", 5), ("SUPPRESSION", 3), ("SUPPRESSION", 5)];
/// Questions to each dataset.
const QUESTIONS: usize = 2_000;
/// Tables that are tried for each method.
const ATTEMPTS: usize = 20;
/// Questions in one request.
const AT_ONCE: usize = 40;

async fn ten_thousand_questions_give_no_protected_cell_away(app: TestApp) {
    let mut config = app.config.clone();
    config.graphql.points_per_minute = 0;
    let server = Server::start(config, app.clock.clone()).await.expect("a server without budgets");
    let partner = server.client(Some(app.token("viewer@ostallgaeu")));
    let mut dice = Dice::new(20_261_125);
    let mut asked = 0;
    for (method, parameter) in METHODS {
        // Not every table can be protected by withholding; one that cannot is refused, and another is taken.
        let small = if method == "SUPPRESSION" { 5 } else { 50 };
        let mut shared = None;
        for attempt in 0..ATTEMPTS {
            let secret = Secret::of(&mut dice, small);
            if let Some(version) = table::share(&app, &secret, method, parameter, attempt).await {
                shared = Some((secret, version));
                break;
            }
        }
        let (secret, version) = shared.unwrap_or_else(|| panic!("{method} {parameter} protects nothing"));
        let published = Published::read(&partner, &version).await;
        let mut attacker = Attacker::default();
        let mut told = 0;
        let questions: Vec<Asked> =
            table::systematic().into_iter().chain(table::random(&mut dice)).take(QUESTIONS).collect();
        for chunk in questions.chunks(AT_ONCE) {
            let answers = ask(&partner, &version, chunk).await;
            for (question, answer) in chunk.iter().zip(&answers) {
                // Every answer follows from the one published table.
                assert_eq!(*answer, published.answer(question), "{method} {parameter}: {question:?}");
                told += attacker.learn(question, answer);
            }
        }
        asked += questions.len();
        assert!(told > 500, "{method}: {told} sums");
        match method {
            "ROUNDING" => secret.check_rounding(&published, parameter),
            _ => secret.check_withheld(&published, &attacker, parameter),
        }
        // A service that looks only at what it answers is found out by the same questions.
        if method != "ROUNDING" {
            let mut attacker = Attacker::default();
            for question in &questions {
                attacker.learn(question, &secret.careless_answer(question, parameter));
            }
            let found = secret.protected(parameter).filter(|it| attacker.knows(&[*it])).count();
            assert!(found > 0, "the solver proves nothing");
        }
    }
    assert_eq!(asked, 10_000);
    every_question_is_on_record(&app, asked + METHODS.len()).await;
}

/// Answers to questions, in one request.
async fn ask(partner: &Client, version: &str, questions: &[Asked]) -> Vec<Json> {
    let fields: Vec<_> = questions.iter().enumerate().map(|(at, it)| format!("a{at}: {}", it.words())).collect();
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on DatasetVersion {{ {} }} }} }}", fields.join("\n"));
    let data = partner.send(&query, json!({ "id": version })).await.data();
    (0..questions.len()).map(|at| data["node"][format!("a{at}")]["rows"].clone()).collect()
}

/// One record for each question, for the auditors of both sides and of nobody else.
async fn every_question_is_on_record(app: &TestApp, asked: usize) {
    let query = "{ auditEvents(first: 1) { nodes { action tenant { slug } reader { slug } rows question agreementId } }
        rows: auditEvents(filter: {actions: [\"dataset.rows\"]}) { totalCount }
        groups: auditEvents(filter: {actions: [\"dataset.aggregate\"]}) { totalCount } }";
    for (auditor, sees) in [("auditor@kaufbeuren", true), ("auditor@ostallgaeu", true), ("auditor@memmingen", false)] {
        let data = app.actor(auditor).ask(query).await.data();
        let count = |name: &str| data[name]["totalCount"].as_u64().expect("a count");
        let expected = if sees { asked as u64 } else { 0 };
        assert_eq!(count("rows") + count("groups"), expected, "{auditor}");
        if sees {
            let newest = &data["auditEvents"]["nodes"][0];
            assert_eq!(newest["action"], "dataset.aggregate");
            assert_eq!(
                (&newest["tenant"]["slug"], &newest["reader"]["slug"]),
                (&json!("kaufbeuren"), &json!("ostallgaeu"))
            );
            assert_eq!(newest["agreementId"], json!(app.world.id("agreement.a")));
            assert!(newest["question"]["measures"].is_array(), "{newest}");
        }
    }
    for other in ["viewer@kaufbeuren", "planner@ostallgaeu", ""] {
        let client = if other.is_empty() { app.anonymous() } else { app.actor(other) };
        let data = client.ask("{ auditEvents { totalCount } }").await.data();
        assert_eq!(data["auditEvents"]["totalCount"], 0, "{other}");
    }
}
