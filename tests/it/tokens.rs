//! Bearer tokens: who is accepted, and that everything else is refused in the same words.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use verbund_tests::{Case, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["tokens";
        without_a_token_one_is_anonymous,
        a_token_of_the_issuer_is_accepted_in_its_usual_spellings,
        every_wrong_token_is_refused_in_the_same_words,
        a_token_that_expired_is_told_from_a_wrong_one,
        clocks_may_differ_by_a_minute,
        an_unknown_subject_sees_only_what_is_public,
        a_suspended_person_loses_every_right_at_the_next_request,
        the_members_of_a_suspended_authority_lose_their_rights_at_the_next_request,
    ]
}

const FEBRUARY: &str = r#"{ calendarEntries(between: {start: "2027-02-01T00:00:00Z", end: "2027-03-01T00:00:00Z"}, first: 100) {
    nodes { __typename id } } }"#;

/// 2027-01-15T10:00:00Z, where the clock stands.
const NOW: i64 = 1_800_007_200;

/// A forger's workbench: the issuer's key, and everything a token says.
struct Bench {
    key: Ed25519KeyPair,
    head: Value,
    claims: Value,
}

impl Bench {
    fn new(app: &TestApp) -> Self {
        let text = std::fs::read_to_string(&app.config.auth.local.key_file).expect("the key file");
        let key = Ed25519KeyPair::from_pkcs8(&STANDARD.decode(text.trim()).expect("base64")).expect("a key");
        let token = app.token("planner@ostallgaeu");
        let part = |index| {
            let part = token.split('.').nth(index).expect("a part");
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
        };
        Self { head: part(0), claims: part(1), key }
    }

    /// A token with some words of the head and of the claims replaced; null takes a word away.
    fn token(&self, head: Value, claims: Value) -> String {
        let text = unsigned(&patched(&self.head, head), &patched(&self.claims, claims));
        signed(&text, self.key.sign(text.as_bytes()).as_ref())
    }

    /// As [`Self::token`], signed by another key.
    fn by(&self, key: &Ed25519KeyPair, head: Value) -> String {
        let text = unsigned(&patched(&self.head, head), &self.claims);
        signed(&text, key.sign(text.as_bytes()).as_ref())
    }
}

pub(super) fn patched(whole: &Value, patch: Value) -> Value {
    let mut whole = whole.clone();
    let object = whole.as_object_mut().expect("an object");
    for (name, value) in patch.as_object().expect("an object") {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
    whole
}

pub(super) fn unsigned(head: &Value, claims: &Value) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(head.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

pub(super) fn signed(text: &str, signature: &[u8]) -> String {
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// `Authorization` headers that must all be refused, with what is wrong with each.
fn wrong(bench: &Bench) -> Vec<(&'static str, Vec<HeaderValue>)> {
    let own = Ed25519KeyPair::generate().expect("a key");
    let own_public = URL_SAFE_NO_PAD.encode(own.public_key().as_ref());
    let right = bench.token(json!({}), json!({}));
    let (message, signature) = right.rsplit_once('.').expect("a signature");
    let payload = message.split_once('.').expect("a payload").1;
    let none = unsigned(&patched(&bench.head, json!({ "alg": "none" })), &bench.claims);
    let symmetric = unsigned(&patched(&bench.head, json!({ "alg": "HS256" })), &bench.claims);
    let public = hmac::Key::new(hmac::HMAC_SHA256, bench.key.public_key().as_ref());
    let kid = bench.head["kid"].clone();
    let head = |patch: Value| bench.token(patch, json!({}));
    let claims = |patch: Value| bench.token(json!({}), patch);
    let bearer = |token: &str| format!("Bearer {token}");
    let texts = [
        ("alg none, no signature", bearer(&format!("{none}."))),
        ("alg none, two parts", bearer(&none)),
        ("alg none, signed all the same", bearer(&head(json!({ "alg": "none" })))),
        ("HS256 with the public key", bearer(&signed(&symmetric, hmac::sign(&public, symmetric.as_bytes()).as_ref()))),
        ("alg RS256", bearer(&head(json!({ "alg": "RS256" })))),
        ("alg missing", bearer(&head(json!({ "alg": null })))),
        ("another issuer", bearer(&claims(json!({ "iss": "https://elsewhere.example" })))),
        ("the issuer with a slash", bearer(&claims(json!({ "iss": "https://verbund.localhost/" })))),
        ("no issuer", bearer(&claims(json!({ "iss": null })))),
        ("another audience", bearer(&claims(json!({ "aud": "other" })))),
        ("a list of other audiences", bearer(&claims(json!({ "aud": ["other", "verbund2"] })))),
        ("no audience", bearer(&claims(json!({ "aud": null })))),
        ("typ JWT", bearer(&head(json!({ "typ": "JWT" })))),
        ("no typ", bearer(&head(json!({ "typ": null })))),
        ("an ID token's typ", bearer(&head(json!({ "typ": "id+jwt" })))),
        ("expired, signed by another key", {
            let text = unsigned(&bench.head, &patched(&bench.claims, json!({ "exp": NOW - 61 })));
            bearer(&signed(&text, own.sign(text.as_bytes()).as_ref()))
        }),
        ("expired, for another audience", bearer(&claims(json!({ "exp": NOW - 61, "aud": "other" })))),
        ("exp missing", bearer(&claims(json!({ "exp": null })))),
        ("exp is text", bearer(&claims(json!({ "exp": "2027-12-31" })))),
        ("not valid for 61 seconds", bearer(&claims(json!({ "nbf": NOW + 61 })))),
        ("issued 61 seconds from now", bearer(&claims(json!({ "iat": NOW + 61 })))),
        ("iat missing", bearer(&claims(json!({ "iat": null })))),
        ("sub missing", bearer(&claims(json!({ "sub": null })))),
        ("sub empty", bearer(&claims(json!({ "sub": "" })))),
        ("sub is a number", bearer(&claims(json!({ "sub": 7 })))),
        ("longer than 8 KiB", bearer(&claims(json!({ "more": "x".repeat(9_000) })))),
        ("an unknown kid", bearer(&head(json!({ "kid": "elsewhere" })))),
        ("no kid", bearer(&head(json!({ "kid": null })))),
        ("another key under the same kid", bearer(&bench.by(&own, json!({})))),
        ("an own key in jwk", {
            let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": own_public, "kid": kid });
            bearer(&bench.by(&own, json!({ "jwk": jwk })))
        }),
        ("an own key at jku", bearer(&bench.by(&own, json!({ "jku": "https://127.0.0.1:1/keys" })))),
        ("an own key at x5u", bearer(&bench.by(&own, json!({ "x5u": "https://127.0.0.1:1/chain" })))),
        ("an own key in x5c", bearer(&bench.by(&own, json!({ "x5c": [STANDARD.encode([0_u8; 40])] })))),
        ("a critical extension we do not know", bearer(&head(json!({ "crit": ["b64"], "b64": true })))),
        ("signature cut short", bearer(&right[..right.len() - 4])),
        ("signature missing", bearer(message)),
        ("signature empty", bearer(&format!("{message}."))),
        ("payload of somebody else", {
            let other = unsigned(&bench.head, &patched(&bench.claims, json!({ "sub": "admin@ostallgaeu" })));
            bearer(&format!("{other}.{signature}"))
        }),
        ("head is no JSON", bearer(&format!("{}.{payload}.{signature}", URL_SAFE_NO_PAD.encode("{")))),
        ("five parts", bearer(&format!("{right}.a.b"))),
        ("no token at all", bearer("not-a-token")),
        ("only the scheme", "Bearer".to_owned()),
        ("the scheme and a blank", "Bearer ".to_owned()),
        ("two tokens in one header", format!("Bearer {right} {right}")),
        ("two blanks", format!("Bearer  {right}")),
        ("Basic", format!("Basic {}", STANDARD.encode("planner:secret"))),
        ("Basic with the token", format!("Basic {right}")),
        ("no scheme", right.clone()),
        ("empty", String::new()),
    ];
    let value = |text: &str| HeaderValue::from_str(text).expect("a header value");
    let mut wrong: Vec<_> = texts.iter().map(|(name, text)| (*name, vec![value(text)])).collect();
    wrong.push(("the right token twice", vec![value(&bearer(&right)), value(&bearer(&right))]));
    let mut latin = bearer(&right).into_bytes();
    latin.push(0xe9);
    wrong.push(("not ASCII", vec![HeaderValue::from_bytes(&latin).expect("a header value")]));
    wrong
}

/// Sends `{ viewer … }` with these `Authorization` headers: status, challenge, body.
async fn knock(app: &TestApp, authorization: &[HeaderValue]) -> (u16, String, Value) {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    for value in authorization {
        headers.append("authorization", value.clone());
    }
    let url = format!("{}/graphql", app.server().base);
    let request = reqwest::Client::new().post(url).headers(headers).body(json!({ "query": FEBRUARY }).to_string());
    let response = request.send().await.expect("the server answers");
    let challenge = response.headers().get("www-authenticate").and_then(|it| it.to_str().ok()).unwrap_or("").to_owned();
    let status = response.status().as_u16();
    (status, challenge, response.json().await.expect("JSON"))
}

async fn accepted(app: &TestApp, authorization: &str) -> usize {
    let (status, _, body) = knock(app, &[HeaderValue::from_str(authorization).expect("a header value")]).await;
    assert_eq!((status, body.get("errors")), (200, None), "{authorization}");
    body["data"]["calendarEntries"]["nodes"].as_array().expect("nodes").len()
}

async fn seen(app: &TestApp, subject: &str) -> Vec<String> {
    let data = app.actor(subject).ask(FEBRUARY).await.data();
    let nodes = data["calendarEntries"]["nodes"].as_array().expect("nodes");
    nodes.iter().map(|it| it["id"].as_str().expect("an id").to_owned()).collect()
}

fn only_public(app: &TestApp) -> Vec<String> {
    vec![app.world.id("entry.oal.public.forum").to_owned()]
}

async fn without_a_token_one_is_anonymous(app: TestApp) {
    let (status, challenge, body) = knock(&app, &[]).await;
    assert_eq!((status, challenge.as_str()), (200, ""));
    let public = json!([{ "__typename": "CalendarEntryFull", "id": app.world.id("entry.oal.public.forum") }]);
    assert_eq!(body["data"]["calendarEntries"]["nodes"], public);
    let data = app.anonymous().ask("{ viewer { signedIn } }").await.data();
    assert_eq!(data, json!({ "viewer": { "signedIn": false } }));
}

async fn a_token_of_the_issuer_is_accepted_in_its_usual_spellings(app: TestApp) {
    let bench = Bench::new(&app);
    let token = bench.token(json!({}), json!({}));
    let all = seen(&app, "planner@ostallgaeu").await.len();
    assert!(all > 5, "the planner sees more than the public: {all}");
    assert_eq!(accepted(&app, &format!("Bearer {token}")).await, all);
    assert_eq!(accepted(&app, &format!("bearer {token}")).await, all, "the scheme's case does not matter");
    let spelt = [
        (json!({ "typ": "application/at+jwt" }), json!({})),
        (json!({ "typ": "AT+JWT" }), json!({})),
        (json!({}), json!({ "aud": ["other", "verbund"] })),
        (json!({}), json!({ "nbf": null })),
        (json!({}), json!({ "more": "words", "roles": ["TENANT_ADMIN"] })),
    ];
    for (head, claims) in spelt {
        assert_eq!(accepted(&app, &format!("Bearer {}", bench.token(head, claims))).await, all);
    }
}

async fn every_wrong_token_is_refused_in_the_same_words(app: TestApp) {
    let table = wrong(&Bench::new(&app));
    assert!(table.len() >= 25);
    let mut problems = Vec::new();
    for (name, authorization) in table {
        let (status, challenge, mut body) = knock(&app, &authorization).await;
        let id = body.pointer_mut("/errors/0/extensions/requestId").map_or(Value::Null, Value::take);
        let expected = json!({ "errors": [{
            "message": "The access token is not accepted; sign in again.",
            "extensions": { "code": "UNAUTHENTICATED", "requestId": null },
        }] });
        let told =
            "Bearer realm=\"verbund\", error=\"invalid_token\", error_description=\"The access token is not accepted\"";
        if status != 401 || challenge != told || body != expected || id.as_str().is_none_or(str::is_empty) {
            problems.push(format!("{name}: {status} {challenge} {body}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

async fn a_token_that_expired_is_told_from_a_wrong_one(app: TestApp) {
    let token = Bench::new(&app).token(json!({}), json!({ "exp": NOW - 61 }));
    let challenge = "Bearer realm=\"verbund\", error=\"invalid_token\", error_description=\"The access token expired\"";
    let (status, told, body) =
        knock(&app, &[HeaderValue::from_str(&format!("Bearer {token}")).expect("a value")]).await;
    assert_eq!((status, told.as_str()), (401, challenge));
    let error = &body["errors"][0];
    assert_eq!(error["message"], "The access token expired; get a new one and send the request again.");
    assert_eq!(error["extensions"]["code"], "UNAUTHENTICATED");
    // By the other doors, and in German.
    for path in ["/schema.graphql", "/datasets/dst_x/versions/1.0.csv"] {
        let request = reqwest::Client::new().get(format!("{}{path}", app.server().base)).bearer_auth(&token);
        let response = request.header("accept-language", "de").send().await.expect("the server answers");
        let told = response.headers().get("www-authenticate").and_then(|it| it.to_str().ok());
        assert_eq!((response.status().as_u16(), told), (401, Some(challenge)), "{path}");
        let problem: Value = response.json().await.expect("a problem");
        assert!(problem["detail"].as_str().is_some_and(|it| it.contains("abgelaufen")), "{problem}");
    }
}

async fn clocks_may_differ_by_a_minute(app: TestApp) {
    let bench = Bench::new(&app);
    for claims in [json!({ "exp": NOW - 59 }), json!({ "nbf": NOW + 60 }), json!({ "iat": NOW + 60 })] {
        let token = bench.token(json!({}), claims.clone());
        assert!(accepted(&app, &format!("Bearer {token}")).await > 5, "{claims}");
    }
    // The clock decides, not the machine's: a year later the same token is over.
    let token = bench.token(json!({}), json!({}));
    app.at("2028-01-15T10:01:01Z");
    let (status, ..) = knock(&app, &[HeaderValue::from_str(&format!("Bearer {token}")).expect("a header value")]).await;
    assert_eq!(status, 401);
}

async fn an_unknown_subject_sees_only_what_is_public(app: TestApp) {
    assert_eq!(seen(&app, "nobody@nowhere").await, only_public(&app));
    let data = app.actor("nobody@nowhere").ask("{ viewer { signedIn memberships { memberId } } }").await.data();
    assert_eq!(data, json!({ "viewer": { "signedIn": true, "memberships": [] } }));
}

async fn a_suspended_person_loses_every_right_at_the_next_request(app: TestApp) {
    let before = seen(&app, "planner@ostallgaeu").await;
    assert!(before.len() > 5);
    let rows = app.database.rows().await;
    let suspend = |active| format!("UPDATE person SET active = {active} WHERE subject = 'planner@ostallgaeu'");
    assert_eq!(rows.run(&suspend(false)).await, 1);
    assert_eq!(seen(&app, "planner@ostallgaeu").await, only_public(&app));
    let input = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": "Late" });
    let refused = app.actor("planner@ostallgaeu").try_mutate("calendarCreate", input, "calendar { id }").await;
    assert_eq!((&refused["calendar"], verbund_tests::client::codes(&refused)), (&Value::Null, vec!["FORBIDDEN"]));
    assert!(seen(&app, "viewer@ostallgaeu").await.len() > 5, "colleagues keep theirs");
    assert_eq!(rows.run(&suspend(true)).await, 1);
    assert_eq!(seen(&app, "planner@ostallgaeu").await, before);
}

async fn the_members_of_a_suspended_authority_lose_their_rights_at_the_next_request(app: TestApp) {
    let before = seen(&app, "planner@ostallgaeu").await;
    let partner = seen(&app, "planner@kaufbeuren").await;
    assert!(partner.contains(&app.world.id("entry.oal.counselling.day").to_owned()));
    let rows = app.database.rows().await;
    let set = |status| format!("UPDATE tenant SET status = '{status}' WHERE slug = 'ostallgaeu'");
    assert_eq!(rows.run(&set("SUSPENDED")).await, 1);
    assert_eq!(seen(&app, "planner@ostallgaeu").await, only_public(&app));
    let shared: Vec<_> = seen(&app, "planner@kaufbeuren").await;
    assert!(!shared.contains(&app.world.id("entry.oal.counselling.day").to_owned()), "what it shared is hidden");
    assert!(shared.contains(&app.world.id("entry.kf.counselling.day").to_owned()), "what is their own stays");
    assert_eq!(rows.run(&set("ACTIVE")).await, 1);
    assert_eq!(seen(&app, "planner@ostallgaeu").await, before);
    assert_eq!(seen(&app, "planner@kaufbeuren").await, partner);
}
