//! Signing in with the authorities' own identity providers.

use std::time::{Duration, Instant};

use domain::members::binding::ClaimRule;
use entities::RoleKey;
use kernel::clock::Clock;
use serde_json::{Value, json};
use server::auth::TokenType;
use server::config::{Config, Issuer};
use verbund_tests::app::{Server, token};
use verbund_tests::node::{self, Provider};
use verbund_tests::{Case, Client, Engine, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["sign_in";
        people_of_each_authority_arrive_through_its_own_provider,
        roles_follow_claims_where_a_rule_says_so,
        keys_rotate_without_a_failed_request,
        an_outage_of_the_provider_ends_nobodys_work,
        wrong_issuers_of_the_configuration_are_told,
    ]
}

const WHO: &str = "{ viewer { signedIn name memberships { tenant { slug } roles { role } } } }";

/// A block of the configuration.
fn issuer(provider: &str, tenants: &[&str], rules: Vec<ClaimRule>) -> Issuer {
    Issuer {
        issuer: provider.to_owned(),
        audience: "verbund".to_owned(),
        algorithms: vec![jsonwebtoken::Algorithm::RS256, jsonwebtoken::Algorithm::ES256],
        token_type: TokenType::AccessToken,
        tenants: tenants.iter().map(|it| (*it).to_owned()).collect(),
        rules,
    }
}

fn config(app: &TestApp, issuers: Vec<Issuer>) -> Config {
    let mut config = app.config.clone();
    config.auth.issuers = issuers;
    config.auth.keys_at_most_every_seconds = 1;
    config.auth.keys_refresh_after_seconds = 1;
    config
}

/// Members of an authority as its admin sees them: name, issuer's subject, roles.
async fn members(server: &Server, config: &Config, slug: &str) -> Vec<(String, usize)> {
    let admin = server.client(Some(token(config, &format!("admin@{slug}"), Clock::System.now())));
    let query = "query($slug: String!) { tenant(slug: $slug) { members(first: 100) { nodes { name roles { id } } } } }";
    let data = admin.send(query, json!({ "slug": slug })).await.data();
    let nodes = data["tenant"]["members"]["nodes"].as_array().expect("members").clone();
    let member =
        |it: &Value| (it["name"].as_str().expect("a name").to_owned(), it["roles"].as_array().expect("roles").len());
    nodes.iter().map(member).collect()
}

async fn people_of_each_authority_arrive_through_its_own_provider(app: TestApp) {
    if !node::are_there() {
        return;
    }
    let mut kaufbeuren =
        Provider::start(&json!({ "4711": { "name": "Anna Amt", "email": "anna@kaufbeuren.example" } })).await;
    let mut ostallgaeu = Provider::start(
        &json!({ "4711": { "preferred_username": "berta", "groups": ["TENANT_ADMIN"], "role": "TENANT_ADMIN" } }),
    )
    .await;
    let config = config(
        &app,
        vec![issuer(&kaufbeuren.issuer, &["kaufbeuren"], vec![]), issuer(&ostallgaeu.issuer, &["ostallgaeu"], vec![])],
    );
    let server = Server::start(config.clone(), Clock::System).await.expect("a server");
    let (access, id_token) = kaufbeuren.login_both("4711").await;
    let anna = server.client(Some(access));
    // Many first requests at once make one account.
    let replies = futures_util::future::join_all((0..8).map(|_| anna.ask(WHO))).await;
    for reply in replies {
        assert_eq!(reply.data(), json!({ "viewer": { "signedIn": true, "name": "Anna Amt", "memberships": [] } }));
    }
    let berta = server.client(Some(ostallgaeu.login("4711").await));
    assert_eq!(berta.ask(WHO).await.data()["viewer"], json!({ "signedIn": true, "name": "berta", "memberships": [] }));
    assert_eq!(server.client(Some(id_token)).ask(WHO).await.status, 401, "an ID token is no access token");

    let of =
        |members: Vec<(String, usize)>, name: &str| members.into_iter().filter(|it| it.0 == name).collect::<Vec<_>>();
    let arrived = |name: &str| vec![(name.to_owned(), 0)];
    assert_eq!(of(members(&server, &config, "kaufbeuren").await, "Anna Amt"), arrived("Anna Amt"));
    assert_eq!(of(members(&server, &config, "ostallgaeu").await, "berta"), arrived("berta"));
    assert_eq!(of(members(&server, &config, "ostallgaeu").await, "Anna Amt"), []);
    assert_eq!(of(members(&server, &config, "memmingen").await, "berta"), []);

    // The admin gives her a role, by the member that appeared; from the next request on she has it.
    let admin = server.client(Some(token(&config, "admin@kaufbeuren", Clock::System.now())));
    let query = r#"{ tenant(slug: "kaufbeuren") { id members(first: 100) { nodes { id name } } } }"#;
    let tenant = admin.ask(query).await.data()["tenant"].clone();
    let member = tenant["members"]["nodes"].as_array().expect("members").iter().find(|it| it["name"] == "Anna Amt");
    let input = json!({ "tenant": tenant["id"], "to": { "member": member.expect("Anna")["id"] }, "role": "PLANNER" });
    admin.mutate("roleGrantCreate", input, "roleGrant { id }").await;
    let memberships = anna.ask(WHO).await.data()["viewer"]["memberships"].clone();
    assert_eq!(memberships, json!([{ "tenant": { "slug": "kaufbeuren" }, "roles": [{ "role": "PLANNER" }] }]));
    // Nothing of that reached the other account with the same subject.
    assert_eq!(berta.ask(WHO).await.data()["viewer"]["memberships"], json!([]));
}

async fn roles_follow_claims_where_a_rule_says_so(app: TestApp) {
    if !node::are_there() {
        return;
    }
    let rule = |value: &str, role| ClaimRule {
        claim: "groups".to_owned(),
        value: value.to_owned(),
        tenant: "kaufbeuren".to_owned(),
        role,
    };
    let rules = vec![rule("planung", RoleKey::Planner), rule("alle", RoleKey::Viewer)];
    let mut provider = Provider::start(&json!({ "7": { "groups": ["alle", "planung", "TENANT_ADMIN"] } })).await;
    let with_rules = config(&app, vec![issuer(&provider.issuer, &["kaufbeuren", "memmingen"], rules.clone())]);
    let token = provider.login("7").await;
    let roles = |data: &Value| -> Vec<String> {
        let memberships = data["viewer"]["memberships"].as_array().expect("memberships");
        let roles = memberships.iter().flat_map(|it| {
            let slug = it["tenant"]["slug"].as_str().expect("a name");
            it["roles"].as_array().expect("roles").iter().map(move |role| format!("{slug} {}", role["role"]))
        });
        let mut roles: Vec<_> = roles.collect();
        roles.sort();
        roles
    };
    let ask = |config: Config| {
        let token = token.clone();
        async move {
            let server = Server::start(config, Clock::System).await.expect("a server");
            let data = server.client(Some(token)).ask(WHO).await.data();
            server.stop().await.expect("it stops");
            data
        }
    };
    let both = vec!["kaufbeuren \"PLANNER\"".to_owned(), "kaufbeuren \"VIEWER\"".to_owned()];
    assert_eq!(roles(&ask(with_rules.clone()).await), both);
    assert_eq!(roles(&ask(with_rules.clone()).await), both, "the second time changes nothing");
    // The rule is gone, and with it what it gave; roles given by people stay.
    let fewer = config(&app, vec![issuer(&provider.issuer, &["kaufbeuren", "memmingen"], rules[1..].to_vec())]);
    assert_eq!(roles(&ask(fewer).await), both[1..]);
    let rows = app.database.rows().await;
    let trail = rows.list("SELECT action FROM audit_event WHERE action = 'signIn'").await;
    assert_eq!(trail.len(), 3, "arrivals in two authorities, and one change");
}

/// Asks until `done`, and counts the requests; each must be answered well.
async fn keep_asking(clients: &[&Client], done: impl Fn() -> bool) -> usize {
    let mut asked = 0;
    while !done() {
        for client in clients {
            let reply = client.ask(WHO).await;
            assert_eq!(reply.status, 200, "request {asked}: {}", reply.text);
            asked += 1;
        }
    }
    asked
}

async fn keys_rotate_without_a_failed_request(app: TestApp) {
    if !node::are_there() {
        return;
    }
    let mut provider = Provider::start(&json!({ "1": {}, "2": {} })).await;
    let config = config(&app, vec![issuer(&provider.issuer, &["kaufbeuren"], vec![])]);
    let server = Server::start(config, Clock::System).await.expect("a server");
    let old = server.client(Some(provider.login("1").await));
    assert_eq!(old.ask(WHO).await.status, 200);
    for _ in 0..2 {
        // The last question to the provider is a second ago, or it would not be asked again yet.
        let since = Instant::now();
        keep_asking(&[&old], || since.elapsed() > Duration::from_millis(1_050)).await;
        let rotating = async {
            assert!(provider.tell(json!({ "do": "rotate" })).await["keys"].as_u64() > Some(1));
            provider.login("2").await
        };
        let finished = std::cell::Cell::new(false);
        let asking = [&old];
        let (new, _) = tokio::join!(
            async {
                let token = rotating.await;
                finished.set(true);
                token
            },
            keep_asking(&asking, || finished.get())
        );
        let new = server.client(Some(new));
        let since = Instant::now();
        assert!(keep_asking(&[&new, &old], || since.elapsed() > Duration::from_millis(300)).await > 2);
    }
}

async fn an_outage_of_the_provider_ends_nobodys_work(app: TestApp) {
    if !node::are_there() {
        return;
    }
    let mut provider = Provider::start(&json!({ "1": {} })).await;
    let config = config(&app, vec![issuer(&provider.issuer, &["kaufbeuren"], vec![])]);
    let server = Server::start(config, Clock::System).await.expect("a server");
    let known = server.client(Some(provider.login("1").await));
    assert_eq!(known.ask(WHO).await.status, 200);
    assert_eq!(provider.tell(json!({ "do": "stop" })).await, json!({ "running": false }));
    // Long enough that the keys would be asked for again more than once; for a whole minute on one of the engines.
    let minute = Duration::from_secs(if app.engine == Engine::Postgres { 61 } else { 3 });
    let (since, mut pace, mut asked) = (Instant::now(), tokio::time::interval(Duration::from_millis(50)), 0);
    while since.elapsed() < minute {
        pace.tick().await;
        assert_eq!(known.ask(WHO).await.status, 200, "request {asked}");
        asked += 1;
    }
    assert!(asked > 10, "{asked}");
    assert_eq!(provider.tell(json!({ "do": "start" })).await, json!({ "running": true }));
    provider.tell(json!({ "do": "rotate" })).await;
    let new = server.client(Some(provider.login("1").await));
    let since = Instant::now();
    while new.ask(WHO).await.status != 200 {
        assert!(since.elapsed() < Duration::from_secs(10), "after the outage new keys are found");
    }
}

async fn wrong_issuers_of_the_configuration_are_told(app: TestApp) {
    type Change = fn(&mut Issuer);
    let refused = |change: Change| {
        let mut wrong = issuer("https://login.example", &["kaufbeuren"], vec![]);
        change(&mut wrong);
        let config = config(&app, vec![wrong]);
        let clock = app.clock.clone();
        async move { Server::start(config, clock).await.map(|_| ()).expect_err("a wrong configuration") }
    };
    let cases: [(Change, &str); 9] = [
        (|it| it.issuer = "http://login.example".to_owned(), "https://"),
        (|it| it.issuer = "login.example".to_owned(), "auth.issuers \"login.example\""),
        (|it| it.issuer = "https://verbund.localhost".to_owned(), "twice"),
        (|it| it.audience.clear(), "audience"),
        (|it| it.issuer = "https://login.example/ ".to_owned(), "blanks"),
        (|it| it.audience = "verbund\u{200b}".to_owned(), "cannot be seen"),
        (|it| it.tenants.clear(), "tenants"),
        (|it| it.algorithms = vec![jsonwebtoken::Algorithm::HS256], "HS256"),
        (
            |it| {
                it.rules = vec![ClaimRule {
                    claim: "groups".to_owned(),
                    value: "x".to_owned(),
                    tenant: "memmingen".to_owned(),
                    role: RoleKey::Viewer,
                }];
            },
            "memmingen",
        ),
    ];
    for (change, word) in cases {
        let told = refused(change).await;
        assert!(told.contains(word), "{word}: {told}");
    }
}
