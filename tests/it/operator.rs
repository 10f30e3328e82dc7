//! Commands of the operator: authorities, members, settings in effect; what is refused, and how it is said.

use std::net::TcpListener;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;
use verbund_tests::{Case, TestApp, cases};

use super::operations::{out, run, verbund};

pub fn cases() -> Vec<Case> {
    cases!["operator";
        values_of_an_authority_are_checked_as_in_the_api,
        values_of_an_account_are_checked_as_in_the_api,
        the_language_is_that_of_the_terminal,
        authorities_are_changed_and_listed,
        members_are_listed_and_their_roles_revoked,
        the_first_command_says_that_the_database_is_not_migrated,
        settings_in_effect_name_their_source,
        settings_that_do_not_exist_are_refused_with_the_nearest,
        a_port_that_is_taken_has_a_way_out,
        shells_get_their_completions,
    ]
}

/// A configuration file for the database of `app`.
fn file(app: &TestApp) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("verbund.toml");
    let (url, owner) = (&app.database.url, &app.database.owner_url);
    std::fs::write(&file, format!("[database]\nurl = {url:?}\nowner_url = {owner:?}\n")).expect("written");
    (folder, file)
}

/// A command line with the value of one option replaced, or the option added.
fn with<'a>(line: &[&'a str], option: &'a str, value: &'a str) -> Vec<&'a str> {
    let mut line = line.to_vec();
    match line.iter().position(|it| *it == option) {
        Some(at) => line[at + 1] = value,
        None => line.extend([option, value]),
    }
    line
}

async fn values_of_an_authority_are_checked_as_in_the_api(app: TestApp) {
    let (_folder, config) = file(&app);
    let rows = app.database.rows().await;
    let before = rows.dump().await;
    let create = ["tenant", "create", "--slug", "fuessen", "--name", "Stadt Füssen", "--kind", "municipality"];
    for (option, value, words) in [
        ("--ags", "9777129", "9777129 lacks its leading zero. Right would be 09777129."),
        ("--ags", "9762", "9762 lacks its leading zero. Right would be 09762."),
        ("--ags", "abc", "abc is no official municipality key of an authority"),
        ("--ags", "09777999", "09777999 is no official key of a known region."),
        ("--ags", "09762000", "Right would be 09762."),
        ("--website", "nix", "nix is no address that begins with https:// or http://."),
        ("--time-zone", "Europe/Kaufbeuren", "Right would be \"Europe/Berlin\""),
        ("--name", " ", "A value is required."),
        ("--name", "Stadt\u{7}", "the control character U+0007"),
        ("--slug", "Füssen", "Füssen is no short name"),
    ] {
        let (code, said, problem) = run(&config, &with(&create, option, value)).await;
        assert_eq!((code, said.as_str()), (Some(2), ""), "{option} {value}: {problem}");
        assert!(problem.starts_with(&format!("verbund: {option} {value:?}: ")), "{problem}");
        assert!(problem.contains(words), "{problem}");
    }
    // All of them at once.
    let (code, _, problem) = run(&config, &with(&with(&create, "--ags", "1"), "--website", "nix")).await;
    assert_eq!((code, problem.lines().count()), (Some(2), 2), "{problem}");
    let (code, _, problem) = run(&config, &with(&create, "--kind", "village")).await;
    assert!(code == Some(2) && problem.contains("district-free-city"), "{problem}");
    assert!(rows.dump().await == before, "nothing was stored");
    let fine = with(&with(&create, "--ags", "09777129"), "--website", "https://fuessen.example");
    assert_eq!(run(&config, &fine).await, (Some(0), "added fuessen\n".to_owned(), String::new()));
    // A short name that is taken is no mistake of the command line.
    let (code, _, problem) = run(&config, &fine).await;
    assert!(code == Some(1) && problem.contains("--slug \"fuessen\""), "{problem}");
}

async fn values_of_an_account_are_checked_as_in_the_api(app: TestApp) {
    let (_folder, config) = file(&app);
    let rows = app.database.rows().await;
    let before = rows.dump().await;
    let grant = [
        "member",
        "grant",
        "--tenant",
        "lindau",
        "--issuer",
        "https://login.example",
        "--subject",
        "4711",
        "--name",
        "Erika Muster",
        "--role",
        "viewer",
    ];
    for (option, value, code, words) in [
        ("--issuer", "", 2, "A value is required."),
        ("--issuer", "notanurl", 2, "notanurl is no address of an identity provider"),
        ("--issuer", "http://login.example", 2, "https://login.example.org/realms/city"),
        ("--subject", "", 2, "A value is required."),
        ("--name", "", 2, "A value is required."),
        ("--email", "nomail", 2, "nomail is no e-mail address such as name@example.org."),
        ("--tenant", "nowhere", 1, "nowhere"),
    ] {
        let (found, said, problem) = run(&config, &with(&grant, option, value)).await;
        assert_eq!((found, said.as_str()), (Some(code), ""), "{option} {value}: {problem}");
        assert!(problem.starts_with(&format!("verbund: {option} {value:?}: ")), "{problem}");
        assert!(problem.contains(words), "{problem}");
    }
    assert!(rows.dump().await == before, "nothing was stored");
    let said = "Erika Muster is VIEWER in lindau\n".to_owned();
    assert_eq!(run(&config, &grant).await, (Some(0), said, String::new()));
}

async fn the_language_is_that_of_the_terminal(app: TestApp) {
    let (_folder, config) = file(&app);
    let create = ["tenant", "create", "--slug", "fuessen", "--name", "", "--kind", "MUNICIPALITY", "--ags", "9762"];
    let mut command = verbund(Some(&config), &create);
    let (code, _, problem) = out(&command.env("LANG", "de_DE.UTF-8").output().await.expect("the binary runs"));
    let expected = "verbund: --name \"\": Hier fehlt ein Wert.\n\
                    --ags \"9762\": Bei 9762 fehlt die führende Null. Richtig wäre 09762.\n";
    assert_eq!((code, problem.as_str()), (Some(2), expected));
}

async fn authorities_are_changed_and_listed(app: TestApp) {
    let (_folder, config) = file(&app);
    let update = ["tenant", "update", "--tenant", "lindau", "--name", "Landkreis Lindau (Bodensee)", "--ags", "09776"];
    assert_eq!(run(&config, &update).await, (Some(0), "changed lindau\n".to_owned(), String::new()));
    let more =
        ["tenant", "update", "--tenant", "lindau", "--website", "https://lindau.example", "--assumption-day", "true"];
    assert_eq!(run(&config, &more).await.0, Some(0));
    let (code, said, _) = run(&config, &["tenant", "list", "--json"]).await;
    let listed: Value = serde_json::from_str(&said).expect("JSON");
    let listed = listed["tenants"].as_array().expect("authorities");
    let slugs: Vec<_> = listed.iter().map(|it| it["slug"].as_str().expect("a slug")).collect();
    assert_eq!((code, slugs), (Some(0), vec!["kaufbeuren", "lindau", "memmingen", "ostallgaeu"]));
    let expected = json!({
        "id": app.world.id("tenant.lindau"), "slug": "lindau", "legalName": "Landkreis Lindau (Bodensee)",
        "kind": "OTHER", "ags": "09776", "timeZone": "Europe/Berlin", "assumptionDay": true,
        "website": "https://lindau.example", "secondAdmin": true, "status": "ACTIVE", "version": 3,
    });
    assert_eq!(listed[1], expected);
    let seen =
        app.anonymous().ask(r#"{ tenant(slug: "lindau") { legalName ags website assumptionDay version } }"#).await;
    assert_eq!(seen.data()["tenant"]["legalName"], "Landkreis Lindau (Bodensee)");
    let empty = ["tenant", "update", "--tenant", "lindau", "--website", ""];
    assert_eq!(run(&config, &empty).await.0, Some(0));
    let (_, said, _) = run(&config, &["tenant", "list"]).await;
    assert!(said.lines().any(|it| it == "lindau  OTHER  09776  ACTIVE  Landkreis Lindau (Bodensee)"), "{said}");
    for (arguments, code, words) in [
        (["tenant", "update", "--tenant", "lindau", "--website", "nix"], 2, "--website \"nix\""),
        (["tenant", "update", "--tenant", "lindau", "--name", ""], 2, "--name \"\""),
        (["tenant", "update", "--tenant", "nowhere", "--name", "X"], 1, "--tenant \"nowhere\""),
    ] {
        let (found, _, problem) = run(&config, &arguments).await;
        assert!(found == Some(code) && problem.contains(words), "{found:?} {problem}");
    }
    let rows = app.database.rows().await;
    let trail = "SELECT action || ' ' || object_type || ' ' || CASE WHEN person_id IS NULL THEN 'operator' ELSE 'person' END \
                 FROM audit_event ORDER BY id DESC LIMIT 3";
    assert_eq!(rows.list(trail).await, vec!["tenant update Tenant operator"; 3]);
}

async fn members_are_listed_and_their_roles_revoked(app: TestApp) {
    let (_folder, config) = file(&app);
    let list = ["member", "list", "--tenant", "ostallgaeu", "--json"];
    let members = async || {
        let (code, said, problem) = run(&config, &list).await;
        assert_eq!(code, Some(0), "{problem}");
        serde_json::from_str::<Value>(&said).expect("JSON")["members"].as_array().expect("members").clone()
    };
    let all = members().await;
    let names: Vec<_> = all.iter().map(|it| it["name"].as_str().expect("a name")).collect();
    let accounts = ["admin", "auditor", "counsellor", "integrator", "planner", "steward", "viewer"];
    assert_eq!(names, accounts.map(|it| format!("{it}@ostallgaeu")));
    let planner = &all[4];
    assert_eq!(planner["id"], app.world.id("member.planner@ostallgaeu"));
    assert_eq!((&planner["issuer"], &planner["subject"]), (&json!("https://verbund.localhost"), &planner["name"]));
    let role = &planner["roles"][0];
    assert_eq!((&role["role"], &role["allFields"]), (&json!("PLANNER"), &json!(true)));
    assert_eq!(all[2]["roles"][0]["fieldsOfWork"], json!(["counselling"]));
    let role = app.world.id("role.planner@ostallgaeu");
    let (_, said, _) = run(&config, &list[..4]).await;
    assert!(said.contains(&format!("\n  {role}  PLANNER\n")), "{said}");
    let revoke = |tenant: &'static str, role: &str| {
        ["member", "revoke", role, "--tenant", tenant, "--reason", "moved"].map(str::to_owned)
    };
    let revoke = async |tenant: &'static str, role: &str| {
        let line = revoke(tenant, role);
        run(&config, &line.iter().map(String::as_str).collect::<Vec<_>>()).await
    };
    for (tenant, role, code, words) in [
        ("ostallgaeu", app.world.id("role.admin@ostallgaeu"), 1, "At least one"),
        ("lindau", role, 1, "ROLE"),
        ("ostallgaeu", "rgr_x", 2, "ROLE \"rgr_x\""),
        ("ostallgaeu", app.world.id("member.planner@ostallgaeu"), 2, "rgr_"),
    ] {
        let (found, _, problem) = revoke(tenant, role).await;
        assert_eq!(found, Some(code), "{problem}");
        assert!(code == 1 || problem.contains(words), "{problem}");
    }
    let can = "{ viewer { memberships { permissions } } }";
    assert_ne!(app.actor("planner@ostallgaeu").ask(can).await.data()["viewer"]["memberships"], json!([]));
    let (code, said, problem) = revoke("ostallgaeu", role).await;
    assert_eq!((code, problem.as_str()), (Some(0), ""));
    assert_eq!(said, format!("planner@ostallgaeu is no longer PLANNER in ostallgaeu by {role}\n"));
    assert_eq!(app.actor("planner@ostallgaeu").ask(can).await.data()["viewer"]["memberships"], json!([]));
    assert_eq!(members().await[4]["roles"], json!([]));
    assert_eq!(revoke("ostallgaeu", role).await.0, Some(1), "it is revoked already");
    let rows = app.database.rows().await;
    let trail = "SELECT action || ' ' || CAST(after AS text) FROM audit_event ORDER BY id DESC LIMIT 1";
    let last = rows.list(trail).await.remove(0);
    assert!(last.starts_with("member revoke ") && last.contains("moved"), "{last}");
}

async fn the_first_command_says_that_the_database_is_not_migrated(app: TestApp) {
    let database = app.fixture.empty(app.engine).await.expect("an empty database");
    database.rows().await.run("SELECT 1").await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("verbund.toml");
    let text = format!("[database]\nurl = {:?}\nowner_url = {:?}\n", database.url, database.owner_url);
    std::fs::write(&config, text).expect("written");
    for arguments in [
        &["tenant", "create", "--slug", "fuessen", "--name", "Stadt Füssen", "--kind", "MUNICIPALITY"] as &[&str],
        &["tenant", "list"],
        &["import", "reference"],
    ] {
        let (code, _, problem) = run(&config, arguments).await;
        assert!(code == Some(1) && problem.contains("Run `verbund migrate`"), "{problem}");
        assert!(!problem.contains("no such table"), "{problem}");
    }
}

async fn settings_in_effect_name_their_source(app: TestApp) {
    let (_folder, config) = file(&app);
    let named = |name: &str| std::fs::OpenOptions::new().append(true).open(name).expect("the file");
    let text = "[http]\nbody_limit_kib = 512\nexplorer = false\n";
    std::io::Write::write_all(&mut named(config.to_str().expect("a path")), text.as_bytes()).expect("written");
    let mut command = verbund(Some(&config), &["config", "--effective", "--json", "--listen", "localhost:9999"]);
    command.env("VERBUND__HTTP__EXPLORER", "true").env("DATABASE_URL", "postgres://app:geheim@db.example/verbund");
    let (code, said, problem) = out(&command.output().await.expect("the binary runs"));
    assert_eq!((code, problem.as_str()), (Some(0), ""));
    assert!(!said.contains("geheim"), "{said}");
    let settings: Value = serde_json::from_str(&said).expect("JSON");
    let settings = settings["settings"].as_array().expect("settings");
    let of = |key: &str| settings.iter().find(|it| it["key"] == key).unwrap_or_else(|| panic!("{key}: {said}")).clone();
    let setting = |key: &str, value: Value, source: &str, name: Value| {
        assert_eq!(of(key), json!({ "key": key, "value": value, "source": source, "name": name }));
    };
    let path = config.to_str().expect("a path");
    setting("http.body_limit_kib", json!(512), "file", json!(path));
    setting("http.explorer", json!(true), "environment", json!("VERBUND__HTTP__EXPLORER"));
    setting("http.listen", json!("127.0.0.1:9999"), "option", json!("--listen"));
    setting("graphql.max_depth", json!(15), "default", Value::Null);
    setting("database.url", json!("postgres://app:***@db.example/verbund"), "environment", json!("DATABASE_URL"));
    let (code, said, _) = run(&config, &["config", "--effective"]).await;
    assert_eq!((code, said.lines().count()), (Some(0), settings.len()));
    assert!(said.contains(&format!("\nhttp.body_limit_kib = 512  # file {path}\n")), "{said}");
    // A file with a secret and the secret itself, both from the environment: neither is taken silently.
    let mut command = verbund(None, &["config", "--effective"]);
    command.env("VERBUND__DATABASE__URL_FILE", "/run/secrets/url").env("DATABASE_URL", "sqlite:///a.db");
    let (code, _, problem) = out(&command.output().await.expect("the binary runs"));
    assert_eq!(code, Some(1));
    assert!(problem.contains("VERBUND__DATABASE__URL_FILE") && problem.contains("DATABASE_URL"), "{problem}");
    // Of different layers the later one counts.
    let mut command = verbund(Some(&config), &["config", "--effective"]);
    let secret = config.with_extension("secret");
    std::fs::write(&secret, "postgres://b:geheim@db/other\n").expect("written");
    let (code, said, problem) =
        out(&command.env("VERBUND__DATABASE__URL_FILE", &secret).output().await.expect("the binary runs"));
    assert_eq!(code, Some(0), "{problem}");
    assert!(said.contains("database.url = \"postgres://b:***@db/other\"  # secret file "), "{said}");
}

async fn settings_that_do_not_exist_are_refused_with_the_nearest(app: TestApp) {
    let (_folder, config) = file(&app);
    for (name, words) in [
        ("VERBUND__HTTP__LISSTEN", "did you mean VERBUND__HTTP__LISTEN?"),
        ("VERBUND_HTTP_LISTEN", "did you mean VERBUND__HTTP__LISTEN?"),
    ] {
        for arguments in [["tenant", "list"], ["config", "--effective"]] {
            let mut command = verbund(Some(&config), &arguments);
            let (code, _, problem) = out(&command.env(name, "x").output().await.expect("the binary runs"));
            assert!(code == Some(1) && problem.contains(name) && problem.contains(words), "{problem}");
        }
    }
    std::fs::write(&config, "[htp]\nlisten = \"x\"\n[graphql]\nmax_dept = 3\n").expect("written");
    let (code, _, problem) = run(&config, &["migrate"]).await;
    assert_eq!(code, Some(1));
    for words in
        ["unknown key htp; did you mean http?", "unknown key graphql.max_dept; did you mean graphql.max_depth?"]
    {
        assert!(problem.contains(words), "{problem}");
    }
    let (code, _, problem) = run(&config, &["schema"]).await;
    assert!(code == Some(2) && problem.contains("--config has no effect here"), "{problem}");
}

async fn a_port_that_is_taken_has_a_way_out(app: TestApp) {
    let (_folder, config) = file(&app);
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let (code, _, problem) = run(&config, &["serve", "--listen", &address]).await;
    assert!(
        code == Some(1) && problem.contains(&address) && problem.contains("choose another with --listen"),
        "{problem}"
    );
    let (code, _, problem) = run(&config, &["serve", "--listen", "nowhere"]).await;
    assert!(code == Some(2) && problem.contains("localhost:8080"), "{problem}");
    let named = address.replace("127.0.0.1", "localhost");
    let (code, _, problem) = run(&config, &["serve", "--listen", &named]).await;
    assert!(code == Some(1) && problem.contains(&address), "{problem}");
}

async fn shells_get_their_completions(_app: TestApp) {
    for shell in ["bash", "zsh", "fish"] {
        let done = verbund(None, &["completions", shell]).output().await.expect("the binary runs");
        let (code, said, problem) = out(&done);
        assert_eq!((code, problem.as_str()), (Some(0), ""), "{shell}");
        for word in ["revoke", "effective", "tenant-admin"] {
            assert!(said.contains(word), "{word} in {shell}");
        }
    }
}
