//! The commands that look after an installation: doctor and healthcheck.

use std::path::PathBuf;

use kernel::clock::Clock;
use serde_json::Value;
use server::doctor::{Check, Verdict, examine};
use tempfile::TempDir;
use verbund_tests::{Case, Engine, TestApp, cases};

use super::operations::{out, run, verbund};

pub fn cases() -> Vec<Case> {
    cases!["doctor";
        a_healthy_installation_passes,
        a_pending_migration_fails,
        an_unreachable_database_fails,
        a_wrong_role_fails,
        a_table_without_its_wall_fails,
        clocks_that_differ_fail,
        a_wrong_configuration_fails,
        a_public_address_without_its_settings_is_a_warning,
        the_health_check_asks_a_running_server,
    ]
}

/// A configuration file for the database of `app` and an address.
fn file(app: &TestApp, listen: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("verbund.toml");
    let text = format!(
        "[database]\nurl = {:?}\nowner_url = {:?}\n[http]\nlisten = {listen:?}\n",
        app.database.url, app.database.owner_url
    );
    std::fs::write(&file, text).expect("written");
    (folder, file)
}

async fn found(app: &TestApp) -> Vec<Check> {
    examine(&app.config, &Clock::System).await
}

fn failures(checks: &[Check]) -> Vec<&'static str> {
    checks.iter().filter(|it| it.verdict == Verdict::Fail).map(|it| it.name).collect()
}

fn text<'a>(checks: &'a [Check], name: &str) -> &'a str {
    checks.iter().find(|it| it.name == name).map_or_else(|| panic!("{name} in {checks:?}"), |it| &it.text)
}

async fn a_healthy_installation_passes(app: TestApp) {
    let names: &[&str] = if app.engine == Engine::Postgres {
        &[
            "configuration",
            "network",
            "local-issuer",
            "database",
            "engine",
            "migrations",
            "role",
            "walls",
            "clock",
            "time-zones",
            "holidays",
        ]
    } else {
        &["configuration", "network", "local-issuer", "database", "engine", "migrations", "time-zones", "holidays"]
    };
    let before = app.database.rows().await.dump().await;
    let (_folder, file) = file(&app, "127.0.0.1:0");
    let (code, said, problem) = run(&file, &["doctor"]).await;
    assert_eq!((code, problem.as_str()), (Some(0), ""), "{said}");
    let lines: Vec<_> = said.lines().map(|it| it.split_whitespace().take(2).collect::<Vec<_>>()).collect();
    assert_eq!(lines.iter().map(|it| it[1]).collect::<Vec<_>>(), names, "{said}");
    assert!(lines.iter().all(|it| it[0] == "ok" || it[1] == "holidays"), "{said}");
    let (code, json, _) = run(&file, &["doctor", "--json"]).await;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let checks = json["checks"].as_array().expect("checks");
    assert_eq!((code, checks.len()), (Some(0), names.len()));
    for (check, line) in checks.iter().zip(said.lines()) {
        assert!(line.ends_with(check["text"].as_str().expect("a text")), "{check} {line}");
        assert_eq!(check["verdict"], line.split_whitespace().next().expect("a word").to_lowercase());
    }
    assert!(app.database.rows().await.dump().await == before, "it only looks");
}

async fn a_pending_migration_fails(app: TestApp) {
    migration::down(&app.database.owner_url, 1).await.expect("one step down");
    let checks = found(&app).await;
    assert!(failures(&checks).contains(&"migrations"), "{checks:?}");
    assert!(text(&checks, "migrations").contains("`verbund migrate`"), "{checks:?}");
    let (_folder, file) = file(&app, "127.0.0.1:0");
    let (code, said, problem) = run(&file, &["doctor"]).await;
    assert!(code == Some(1) && problem.contains("failed"), "{problem}");
    assert!(said.lines().any(|it| it.starts_with("FAIL  migrations ")), "{said}");
}

async fn an_unreachable_database_fails(mut app: TestApp) {
    let gone = if app.engine == Engine::Postgres {
        app.database.url.replace("test_", "gone_")
    } else {
        "sqlite:///nowhere-at-all/verbund.db?mode=rwc".to_owned()
    };
    app.config.set_database(&gone, "");
    let checks = found(&app).await;
    assert_eq!(failures(&checks), ["database"], "{checks:?}");
    assert_eq!(checks.last().map(|it| it.name), Some("database"), "nothing else can be asked");
}

async fn a_wrong_role_fails(mut app: TestApp) {
    if app.engine == Engine::Sqlite {
        return;
    }
    let owner = app.database.owner_url.clone();
    let superuser = app.database.url.replace("verbund_app@", "postgres@");
    for (url, reason) in [(owner, "it owns tables"), (superuser, "it is a superuser")] {
        app.config.set_database(&url, "");
        let checks = found(&app).await;
        assert_eq!(failures(&checks), ["role"], "{checks:?}");
        assert!(text(&checks, "role").contains(reason), "{checks:?}");
    }
    app.config.set_database(&app.database.url, "");
    app.config.database.app_role = "another_role".to_owned();
    let checks = found(&app).await;
    let role = checks.iter().find(|it| it.name == "role").expect("a check");
    assert!(role.verdict == Verdict::Warn && role.text.contains("another_role"), "{role:?}");
}

async fn a_table_without_its_wall_fails(app: TestApp) {
    if app.engine == Engine::Sqlite {
        return;
    }
    let rows = app.database.rows().await;
    for (spoil, mend, told) in [
        (
            "ALTER TABLE calendar DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE calendar ENABLE ROW LEVEL SECURITY",
            "calendar has no row-level security",
        ),
        (
            "ALTER TABLE person NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE person FORCE ROW LEVEL SECURITY",
            "person does not force row-level security",
        ),
        (
            "DROP POLICY share_delete ON share",
            "CREATE POLICY share_delete ON share FOR DELETE USING (false)",
            "share lacks policies",
        ),
    ] {
        rows.run(spoil).await;
        let checks = found(&app).await;
        assert!(failures(&checks).contains(&"walls"), "{spoil}: {checks:?}");
        assert!(text(&checks, "walls").contains(told), "{spoil}: {checks:?}");
        rows.run(mend).await;
        assert_eq!(failures(&found(&app).await), Vec::<&str>::new(), "{mend}");
    }
    rows.run("ALTER TABLE calendar DISABLE ROW LEVEL SECURITY").await;
    let (_folder, file) = file(&app, "127.0.0.1:0");
    let (code, said, _) = run(&file, &["doctor"]).await;
    assert!(code == Some(1) && said.contains("FAIL  walls  "), "{said}");
}

async fn clocks_that_differ_fail(app: TestApp) {
    let expected: &[&str] = if app.engine == Engine::Postgres { &["clock"] } else { &[] };
    app.at("2020-01-01T00:00:00Z");
    assert_eq!(failures(&examine(&app.config, &app.clock).await), expected);
}

async fn a_wrong_configuration_fails(mut app: TestApp) {
    app.config.http.body_limit_kib = 0;
    let checks = found(&app).await;
    assert_eq!(failures(&checks), ["configuration"]);
    assert!(text(&checks, "configuration").contains("http.body_limit_kib"), "{checks:?}");
    let (folder, file) = file(&app, "nowhere");
    let (code, said, _) = run(&file, &["doctor"]).await;
    assert!(code == Some(1) && said.starts_with("FAIL  configuration ") && said.lines().count() == 1, "{said}");
    drop(folder);
}

async fn a_public_address_without_its_settings_is_a_warning(mut app: TestApp) {
    let network = |checks: &[Check]| checks.iter().find(|it| it.name == "network").expect("a check").clone();
    app.config.http.listen = "0.0.0.0:8080".parse().expect("an address");
    let check = network(&found(&app).await);
    assert_eq!(check.verdict, Verdict::Warn);
    for key in ["http.client_address_header", "catalogue.base_url"] {
        assert!(check.text.contains(key), "{check:?}");
    }
    app.config.http.client_address_header = "x-forwarded-for".to_owned();
    app.config.catalogue.base_url = "https://daten.example".to_owned();
    assert_eq!(network(&found(&app).await).verdict, Verdict::Ok);
}

async fn the_health_check_asks_a_running_server(app: TestApp) {
    let server = app.replica().await.expect("a second server");
    let (_folder, file) = file(&app, server.base.trim_start_matches("http://"));
    let ready = (Some(0), "ready\n".to_owned(), String::new());
    assert_eq!(run(&file, &["healthcheck"]).await, ready, "at the configured address");
    let (_folder, elsewhere) = self::file(&app, "127.0.0.1:1");
    let at_another = verbund(None, &["healthcheck", "--url", &server.base]).output().await.expect("the binary runs");
    assert_eq!(out(&at_another), ready, "or at another");
    let ignored = run(&elsewhere, &["healthcheck", "--url", &server.base]).await;
    assert_eq!((ignored.0, ignored.1.as_str()), (Some(2), ""), "the address of a configuration would be ignored");
    migration::down(&app.database.owner_url, 1).await.expect("one step down");
    let (code, said, problem) = run(&file, &["healthcheck"]).await;
    assert_eq!((code, said.as_str(), problem.lines().count()), (Some(1), "", 1), "{problem}");
    assert!(problem.contains("503") && problem.contains("Migrations are pending"), "{problem}");
    server.stop().await.expect("stopped");
    let (code, said, problem) = run(&file, &["healthcheck"]).await;
    assert_eq!((code, said.as_str(), problem.lines().count()), (Some(1), "", 1), "{problem}");
    assert!(problem.contains("/readyz: "), "{problem}");
}
