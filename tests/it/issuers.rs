//! Tokens of an outside issuer: which keys and algorithms count, how often its keys are asked for, what the log says.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaEncoding,
};
use aws_lc_rs::{hmac, signature::EcdsaSigningAlgorithm};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::clock::Clock;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use verbund_tests::app::Server;
use verbund_tests::stub::Answer;
use verbund_tests::{Case, Engine, Stub, TestApp, cases};

use super::operations::verbund;
use super::tokens::{patched, signed, unsigned};

pub fn cases() -> Vec<Case> {
    cases!["issuers";
        wrong_tokens_ask_for_keys_once_and_leave_nothing_in_the_log,
        who_hangs_up_does_not_make_it_be_asked_again,
        a_provider_that_sends_plain_jwt_is_taken_only_where_it_is_said_so,
        odd_answers_of_a_provider_are_no_keys,
        an_older_token_brings_no_role_back,
        the_provider_names_an_account_and_no_foreign_admin,
    ]
}

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// An issuer's keys, and the words of its tokens.
struct Bench {
    ec: EcdsaKeyPair,
    rsa: RsaKeyPair,
    p384: EcdsaKeyPair,
    /// Of nobody.
    own: EcdsaKeyPair,
    claims: Value,
}

fn ec(algorithm: &'static EcdsaSigningAlgorithm) -> EcdsaKeyPair {
    EcdsaKeyPair::generate(algorithm).expect("a key")
}

fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The public half as a JWK.
fn ec_jwk(key: &EcdsaKeyPair, kid: &str, curve: &str) -> Value {
    let point = &key.public_key().as_ref()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    json!({ "kty": "EC", "crv": curve, "kid": kid, "use": "sig", "x": b64(x), "y": b64(y) })
}

impl Bench {
    fn new(issuer: &str) -> Self {
        let now = Clock::System.now().timestamp();
        let claims = json!({
            "iss": issuer, "sub": "anna.amt", "aud": "verbund", "client_id": "frontend", "jti": "1",
            "iat": now, "nbf": now, "exp": now + 600,
        });
        Self {
            ec: ec(&ECDSA_P256_SHA256_FIXED_SIGNING),
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"),
            p384: ec(&ECDSA_P384_SHA384_FIXED_SIGNING),
            own: ec(&ECDSA_P256_SHA256_FIXED_SIGNING),
            claims,
        }
    }

    fn modulus(&self) -> Vec<u8> {
        self.rsa.public_key().modulus().big_endian_without_leading_zero().to_vec()
    }

    /// What the issuer publishes, with some keys that must not be used.
    fn jwks(&self) -> Value {
        let shared = b64(b"a secret that everybody can read, long enough for HS256");
        json!({ "keys": [
            { "kty": "oct", "kid": "oct", "k": shared, "alg": "HS256", "use": "sig" },
            ec_jwk(&self.ec, "ec", "P-256"),
            ec_jwk(&self.p384, "p384", "P-384"),
            patched(&ec_jwk(&self.own, "enc", "P-256"), json!({ "use": "enc" })),
            { "kty": "RSA", "kid": "rsa", "use": "sig", "alg": "RS256", "n": b64(&self.modulus()), "e": "AQAB" },
            "no key",
        ] })
    }

    fn publish(&self, stub: &Stub) {
        stub.say(DISCOVERY, &json!({ "issuer": stub.base, "jwks_uri": format!("{}/jwks", stub.base) }));
        stub.say("/jwks", &self.jwks());
    }

    /// A token with words of head and claims replaced, signed by `key`.
    fn by(&self, key: &EcdsaKeyPair, head: Value, claims: Value) -> String {
        let text = unsigned(
            &patched(&json!({ "alg": "ES256", "typ": "at+jwt", "kid": "ec" }), head),
            &patched(&self.claims, claims),
        );
        signed(&text, key.sign(&SystemRandom::new(), text.as_bytes()).expect("signed").as_ref())
    }

    fn token(&self, head: Value, claims: Value) -> String {
        self.by(&self.ec, head, claims)
    }

    fn by_rsa(&self, encoding: &'static dyn RsaEncoding, head: Value) -> String {
        let text = unsigned(&patched(&json!({ "alg": "RS256", "typ": "at+jwt", "kid": "rsa" }), head), &self.claims);
        let mut signature = vec![0; self.rsa.public_modulus_len()];
        self.rsa.sign(encoding, &SystemRandom::new(), text.as_bytes(), &mut signature).expect("signed");
        signed(&text, &signature)
    }

    fn by_secret(&self, secret: &[u8], kid: &str) -> String {
        let text = unsigned(&json!({ "alg": "HS256", "typ": "at+jwt", "kid": kid }), &self.claims);
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        signed(&text, hmac::sign(&key, text.as_bytes()).as_ref())
    }

    /// Tokens that must be refused, with what is wrong with each.
    fn wrong(&self) -> Vec<(&'static str, String)> {
        let head = |patch: Value| self.token(patch, json!({}));
        let claims = |patch: Value| self.token(json!({}), patch);
        let now = self.claims["iat"].as_i64().expect("a time");
        let right = head(json!({}));
        let (message, signature) = right.rsplit_once('.').expect("a signature");
        let payload = message.split_once('.').expect("a payload").1;
        let none = unsigned(&json!({ "alg": "none", "typ": "at+jwt", "kid": "ec" }), &self.claims);
        let own = || ec_jwk(&self.own, "own", "P-256");
        let mut flipped = URL_SAFE_NO_PAD.decode(signature).expect("base64");
        flipped[10] ^= 1;
        vec![
            ("alg none, no signature", format!("{none}.")),
            ("alg none, two parts", none.clone()),
            ("alg None", head(json!({ "alg": "None" }))),
            ("alg NONE with a signature", head(json!({ "alg": "NONE" }))),
            ("HS256 with the modulus of the RSA key", self.by_secret(&self.modulus(), "rsa")),
            (
                "HS256 with the JWK of the RSA key as text",
                self.by_secret(self.jwks()["keys"][4].to_string().as_bytes(), "rsa"),
            ),
            ("HS256 with the point of the EC key", self.by_secret(self.ec.public_key().as_ref(), "ec")),
            (
                "HS256 with the published oct key",
                self.by_secret(b"a secret that everybody can read, long enough for HS256", "oct"),
            ),
            ("HS256 with no secret", self.by_secret(b"", "oct")),
            ("ES256 under the kid of the oct key", head(json!({ "kid": "oct" }))),
            ("RS256 in the head, signed with ES256", head(json!({ "alg": "RS256" }))),
            ("ES256 under the kid of the RSA key", head(json!({ "kid": "rsa" }))),
            ("RS256 under the kid of the EC key", self.by_rsa(&RSA_PKCS1_SHA256, json!({ "kid": "ec" }))),
            ("PS256, which is not allowed here", self.by_rsa(&RSA_PSS_SHA256, json!({ "alg": "PS256" }))),
            ("PS256 that says RS256", self.by_rsa(&RSA_PSS_SHA256, json!({}))),
            (
                "ES384, which is not allowed here",
                self.by(&self.p384, json!({ "alg": "ES384", "kid": "p384" }), json!({})),
            ),
            ("P-384 key for ES256", self.by(&self.p384, json!({ "kid": "p384" }), json!({}))),
            ("the key for encryption", self.by(&self.own, json!({ "kid": "enc" }), json!({}))),
            ("a key of nobody under a known kid", self.by(&self.own, json!({}), json!({}))),
            ("an unknown kid", self.by(&self.own, json!({ "kid": "own" }), json!({}))),
            ("another unknown kid", self.by(&self.own, json!({ "kid": "../../etc/passwd" }), json!({}))),
            ("a kid with SQL", head(json!({ "kid": "' OR 1=1 --" }))),
            ("an empty kid", head(json!({ "kid": "" }))),
            ("no kid", head(json!({ "kid": null }))),
            ("an own key in jwk", self.by(&self.own, json!({ "kid": "own", "jwk": own() }), json!({}))),
            (
                "an own key at jku",
                self.by(&self.own, json!({ "kid": "own", "jku": "http://127.0.0.1:1/jwks" }), json!({})),
            ),
            (
                "an own key at x5u",
                self.by(&self.own, json!({ "kid": "own", "x5u": "http://127.0.0.1:1/chain" }), json!({})),
            ),
            ("an own key in x5c", self.by(&self.own, json!({ "kid": "own", "x5c": ["AAAA"] }), json!({}))),
            ("a critical extension", head(json!({ "crit": ["exp"], "exp": 1 }))),
            ("typ JWT", head(json!({ "typ": "JWT" }))),
            ("no typ", head(json!({ "typ": null }))),
            ("typ dpop+jwt", head(json!({ "typ": "dpop+jwt" }))),
            ("typ logout+jwt", head(json!({ "typ": "logout+jwt" }))),
            ("another issuer", claims(json!({ "iss": "https://login.example" }))),
            (
                "the issuer with a slash",
                claims(json!({ "iss": format!("{}/", self.claims["iss"].as_str().expect("a text")) })),
            ),
            ("the local issuer's name", claims(json!({ "iss": "https://verbund.localhost" }))),
            ("a list of issuers", claims(json!({ "iss": [self.claims["iss"]] }))),
            ("no issuer", claims(json!({ "iss": null }))),
            ("the client's audience", claims(json!({ "aud": "frontend" }))),
            ("other audiences", claims(json!({ "aud": ["a", "VERBUND"] }))),
            ("no audience", claims(json!({ "aud": [] }))),
            ("expired", claims(json!({ "exp": now - 61 }))),
            ("expired long ago", claims(json!({ "exp": 0 }))),
            ("exp below zero", claims(json!({ "exp": i64::MIN }))),
            ("exp as text", claims(json!({ "exp": "never" }))),
            ("not yet valid", claims(json!({ "nbf": now + 120 }))),
            ("issued in the future", claims(json!({ "iat": now + 120 }))),
            ("no subject", claims(json!({ "sub": null }))),
            ("an empty subject", claims(json!({ "sub": "" }))),
            ("a subject with a line end", claims(json!({ "sub": "a\nb" }))),
            ("a subject with a blank in front", claims(json!({ "sub": " anna.amt" }))),
            ("a subject with a blank behind", claims(json!({ "sub": "anna.amt " }))),
            ("a subject with a wide blank behind", claims(json!({ "sub": "anna.amt\u{a0}" }))),
            ("a subject with a space of no width", claims(json!({ "sub": "anna\u{200b}.amt" }))),
            ("a subject with a mark of direction", claims(json!({ "sub": "\u{202e}tma.anna" }))),
            (
                "the issuer with a blank behind",
                claims(json!({
                    "iss": format!("{} ", self.claims["iss"].as_str().expect("a text")),
                })),
            ),
            ("a subject of 256 characters", claims(json!({ "sub": "s".repeat(256) }))),
            ("larger than 8 KiB", claims(json!({ "more": "x".repeat(9_000) }))),
            ("a flipped bit in the signature", format!("{message}.{}", b64(&flipped))),
            ("a signature of zeros", format!("{message}.{}", b64(&[0; 64]))),
            ("no signature", format!("{message}.")),
            ("somebody else's claims", {
                let other = unsigned(
                    &json!({ "alg": "ES256", "typ": "at+jwt", "kid": "ec" }),
                    &patched(&self.claims, json!({ "sub": "1" })),
                );
                format!("{other}.{signature}")
            }),
            ("an empty head", format!(".{payload}.{signature}")),
            ("a head that is a list", format!("{}.{payload}.{signature}", b64(b"[]"))),
            ("a payload that is no JSON", {
                let text = format!("{}.{}", message.split_once('.').expect("a head").0, b64(b"sub=anna.amt"));
                signed(&text, self.ec.sign(&SystemRandom::new(), text.as_bytes()).expect("signed").as_ref())
            }),
            ("an encrypted token", "a.b.c.d.e".to_owned()),
        ]
    }
}

/// Lines of the configuration for the issuer at a stub.
fn settings(app: &TestApp, stub: &Stub, more: &str) -> String {
    format!(
        "[database]\nurl = {:?}\nowner_url = {:?}\n[http]\nlisten = \"127.0.0.1:0\"\n[auth]\n\
         keys_at_most_every_seconds = 60\n[[auth.issuers]]\nissuer = {:?}\naudience = \"verbund\"\n\
         algorithms = [\"RS256\", \"ES256\"]\ntenants = [\"kaufbeuren\"]\n{more}",
        app.database.url, app.database.owner_url, stub.base
    )
}

async fn ask(base: &str, token: &str) -> (u16, String, Value) {
    let request = reqwest::Client::new().post(format!("{base}/graphql")).bearer_auth(token);
    let response = request.json(&json!({ "query": "{ viewer { name } }" })).send().await.expect("the server answers");
    let challenge = response.headers().get("www-authenticate").and_then(|it| it.to_str().ok()).unwrap_or("").to_owned();
    (response.status().as_u16(), challenge, response.json().await.expect("JSON"))
}

async fn wrong_tokens_ask_for_keys_once_and_leave_nothing_in_the_log(app: TestApp) {
    let stub = Stub::start().await;
    let bench = Bench::new(&stub.base);
    bench.publish(&stub);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("verbund.toml");
    std::fs::write(&file, settings(&app, &stub, "")).expect("written");
    // The program itself, because its log is looked at.
    let mut process = verbund(Some(&file), &["serve"]).spawn().expect("it starts");
    let mut log = BufReader::new(process.stderr.take().expect("its log"));
    let mut line = String::new();
    log.read_line(&mut line).await.expect("a line");
    let listening: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
    let base = format!("http://{}", listening["address"].as_str().expect("an address"));
    let heard = tokio::spawn(async move {
        let mut text = String::new();
        log.read_to_string(&mut text).await.expect("text");
        text
    });

    let table = bench.wrong();
    assert!(table.len() >= 40, "{}", table.len());
    let mut problems = Vec::new();
    for (name, token) in &table {
        let (status, challenge, mut body) = ask(&base, token).await;
        body["errors"][0]["extensions"]["requestId"].take();
        // Of tokens that are right in all else it is told that they expired.
        let is_over = ["expired", "expired long ago"].contains(name);
        let (message, description) = if is_over {
            ("The access token expired; get a new one and send the request again.", "The access token expired")
        } else {
            ("The access token is not accepted; sign in again.", "The access token is not accepted")
        };
        let expected = json!({ "errors": [{
            "message": message,
            "extensions": { "code": "UNAUTHENTICATED", "requestId": null },
        }] });
        let told = format!("Bearer realm=\"verbund\", error=\"invalid_token\", error_description=\"{description}\"");
        if status != 401 || challenge != told || body != expected {
            problems.push(format!("{name}: {status} {challenge} {body}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!((stub.asked(DISCOVERY), stub.asked("/jwks")), (1, 1), "however many came");
    // The right ones are right all the same.
    for token in [bench.token(json!({}), json!({})), bench.by_rsa(&RSA_PKCS1_SHA256, json!({}))] {
        assert_eq!(ask(&base, &token).await.0, 200);
    }
    process.kill().await.expect("ended");
    let log = heard.await.expect("the log");
    assert!(log.lines().count() >= table.len(), "each is told: {log}");
    for (name, token) in &table {
        for part in token.split('.').filter(|it| it.len() > 12) {
            assert!(!log.contains(part), "{name}: a part of the token is in the log");
        }
    }
    let words = ["form", "issuer", "type", "algorithm", "key", "signature", "expired", "not_yet", "size"];
    for line in log.lines().filter(|it| it.contains("token refused")) {
        let line: Value = serde_json::from_str(line).expect("JSON");
        assert!(words.contains(&line["reason"].as_str().expect("a reason")), "{line}");
        let keys: Vec<_> = line.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys, ["level", "message", "reason", "request_id", "target", "timestamp"], "{line}");
    }
    assert!(!log.contains("anna.amt") && !log.contains("/etc/passwd") && !log.contains("OR 1=1"), "{log}");
}

async fn who_hangs_up_does_not_make_it_be_asked_again(app: TestApp) {
    let stub = Stub::start().await;
    let bench = Bench::new(&stub.base);
    bench.publish(&stub);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("verbund.toml");
    std::fs::write(&file, settings(&app, &stub, "")).expect("written");
    let config = server::config::Config::load(Some(&file)).expect("a configuration");
    let server = Server::start(config, Clock::System).await.expect("a server");
    stub.hold(true);
    let forged = bench.token(json!({ "kid": "unknown" }), json!({}));
    let mut hasty = Box::pin(ask(&server.base, &forged));
    while stub.asked(DISCOVERY) == 0 {
        assert!(futures_util::poll!(&mut hasty).is_pending(), "the provider does not answer yet");
        tokio::task::yield_now().await;
    }
    drop(hasty);
    stub.hold(false);
    assert_eq!(ask(&server.base, &forged).await.0, 401);
    assert_eq!(ask(&server.base, &bench.token(json!({}), json!({}))).await.0, 200);
    assert_eq!((stub.asked(DISCOVERY), stub.asked("/jwks")), (1, 1));
}

async fn a_provider_that_sends_plain_jwt_is_taken_only_where_it_is_said_so(app: TestApp) {
    let stub = Stub::start().await;
    let bench = Bench::new(&stub.base);
    bench.publish(&stub);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("verbund.toml");
    std::fs::write(&file, settings(&app, &stub, "token_type = \"jwt\"\n")).expect("written");
    let config = server::config::Config::load(Some(&file)).expect("a configuration");
    let server = Server::start(config, Clock::System).await.expect("a server");
    for (head, claims, status) in [
        (json!({ "typ": "JWT" }), json!({}), 200),
        (json!({ "typ": null }), json!({ "typ": "Bearer", "azp": "frontend" }), 200),
        (json!({}), json!({}), 200),
        (json!({ "typ": "JWT" }), json!({ "nonce": "n" }), 401),
        (json!({ "typ": "JWT" }), json!({ "at_hash": "h" }), 401),
        (json!({ "typ": "JWT" }), json!({ "typ": "ID" }), 401),
        (json!({ "typ": "JWT" }), json!({ "typ": "Refresh" }), 401),
        (json!({ "typ": "logout+jwt" }), json!({}), 401),
    ] {
        let token = bench.token(head.clone(), claims.clone());
        assert_eq!(ask(&server.base, &token).await.0, status, "{head} {claims}");
    }
}

async fn odd_answers_of_a_provider_are_no_keys(app: TestApp) {
    if app.engine == Engine::Postgres {
        return;
    }
    let answer = |status: &str, headers: &str, body: String| Answer {
        status: status.to_owned(),
        headers: headers.to_owned(),
        body,
    };
    let elsewhere = Stub::start().await;
    type Odd = fn(&Stub, &Bench, &Stub);
    let odd: [(&str, Odd); 7] = [
        ("nothing there", |_, _, _| {}),
        ("another issuer's metadata", |stub, bench, _| {
            bench.publish(stub);
            stub.say(
                DISCOVERY,
                &json!({ "issuer": "https://login.example", "jwks_uri": format!("{}/jwks", stub.base) }),
            );
        }),
        ("keys over plain http elsewhere", |stub, bench, _| {
            bench.publish(stub);
            stub.say(DISCOVERY, &json!({ "issuer": stub.base, "jwks_uri": "http://login.example/jwks" }));
        }),
        ("a document that is no JSON", |stub, bench, _| {
            bench.publish(stub);
            stub.say("/jwks", &json!("keys"));
        }),
        ("only keys that cannot be used", |stub, bench, _| {
            bench.publish(stub);
            stub.say("/jwks", &json!({ "keys": [bench.jwks()["keys"][0], bench.jwks()["keys"][3]] }));
        }),
        ("a private key among them", |stub, bench, _| {
            bench.publish(stub);
            let key = patched(&bench.jwks()["keys"][1], json!({ "d": b64(&[1; 32]) }));
            stub.say("/jwks", &json!({ "keys": [key] }));
        }),
        ("a redirect", |stub, bench, elsewhere| {
            bench.publish(stub);
            bench.publish(elsewhere);
            let headers = format!("location: {}/jwks\r\n", elsewhere.base);
            stub.answer("/jwks", Answer { status: "302 Found".to_owned(), headers, body: String::new() });
        }),
    ];
    for (what, arrange) in odd {
        let stub = Stub::start().await;
        let bench = Bench::new(&stub.base);
        arrange(&stub, &bench, &elsewhere);
        let refused = refused(&app, &stub, &bench).await;
        assert!(refused, "{what}");
    }
    assert_eq!(elsewhere.asked("/jwks"), 0, "redirects are not followed");
    let stub = Stub::start().await;
    let bench = Bench::new(&stub.base);
    bench.publish(&stub);
    let large = patched(&bench.jwks(), json!({ "more": "x".repeat(300 * 1024) }));
    stub.answer("/jwks", answer("200 OK", "", large.to_string()));
    assert!(refused(&app, &stub, &bench).await, "too large");
    bench.publish(&stub);
    assert!(!refused(&app, &stub, &bench).await, "and as it should be, it is accepted");
}

/// Whether a right token of the bench is refused by a new server.
async fn refused(app: &TestApp, stub: &Stub, bench: &Bench) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("verbund.toml");
    std::fs::write(&file, settings(app, stub, "")).expect("written");
    let config = server::config::Config::load(Some(&file)).expect("a configuration");
    let server = Server::start(config, Clock::System).await.expect("a server");
    ask(&server.base, &bench.token(json!({}), json!({}))).await.0 == 401
}

/// A rule that gives a role in Kaufbeuren to a group.
const RULE: &str =
    "[[auth.issuers.rules]]\nclaim = \"groups\"\nvalue = \"planung\"\ntenant = \"kaufbeuren\"\nrole = \"PLANNER\"\n";

async fn an_older_token_brings_no_role_back(app: TestApp) {
    let stub = Stub::start().await;
    let bench = Bench::new(&stub.base);
    bench.publish(&stub);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("verbund.toml");
    std::fs::write(&file, settings(&app, &stub, RULE)).expect("written");
    let config = server::config::Config::load(Some(&file)).expect("a configuration");
    let now = bench.claims["iat"].as_i64().expect("a time");
    let token =
        |seconds: i64, groups: &[&str]| bench.token(json!({}), json!({ "iat": now - seconds, "groups": groups }));
    let (member, left, back) = (token(300, &["planung"]), token(200, &[]), token(100, &["planung"]));
    let roles = async |server: &Server, token: &str| {
        let query = "{ viewer { memberships { roles { role } } } }";
        let data = server.client(Some(token.to_owned())).ask(query).await.data();
        data["viewer"]["memberships"].as_array().expect("memberships").len()
    };
    let server = Server::start(config.clone(), Clock::System).await.expect("a server");
    assert_eq!(roles(&server, &member).await, 1);
    assert_eq!(roles(&server, &left).await, 0, "the group is gone");
    assert_eq!(roles(&server, &member).await, 0, "the token from before is good still, and gives nothing any more");
    // Another server remembers nobody, and knows it all the same.
    let other = Server::start(config.clone(), Clock::System).await.expect("another server");
    assert_eq!(roles(&other, &member).await, 0);
    assert_eq!(roles(&other, &member).await, 0);
    // What a still newer one says counts again, whatever comes late.
    assert_eq!(roles(&other, &back).await, 1);
    assert_eq!(roles(&other, &left).await, 1);
    assert_eq!(roles(&server, &back).await, 1);
    let third = Server::start(config, Clock::System).await.expect("a third server");
    assert_eq!((roles(&third, &left).await, roles(&third, &member).await), (1, 1));
    let gained = app.database.rows().await.list("SELECT request_id FROM audit_event WHERE action = 'signIn'").await;
    assert_eq!(gained.len(), 3, "the arrival with the role, its loss, its return");
}

async fn the_provider_names_an_account_and_no_foreign_admin(app: TestApp) {
    let stub = Stub::start().await;
    let bench = Bench::new(&stub.base);
    bench.publish(&stub);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("verbund.toml");
    std::fs::write(&file, settings(&app, &stub, "")).expect("written");
    let config = server::config::Config::load(Some(&file)).expect("a configuration");
    // Before the person has ever come, an admin of another authority names the account.
    let account = json!({ "issuer": stub.base, "subject": "anna.amt", "name": "Trottel vom Dienst" });
    let input = json!({ "tenant": app.world.id("tenant.lindau"), "to": { "account": account }, "role": "VIEWER" });
    app.actor("admin@lindau").mutate("roleGrantCreate", input, "roleGrant { id }").await;
    let server = Server::start(config, Clock::System).await.expect("a server");
    let name = async |claims: Value| {
        let client = server.client(Some(bench.token(json!({}), claims)));
        let data = client.ask("{ viewer { name memberships { name } } }").await.data();
        assert_eq!(
            data["viewer"]["memberships"],
            json!([{ "name": "Trottel vom Dienst" }]),
            "so it is called in Lindau"
        );
        data["viewer"]["name"].clone()
    };
    assert_eq!(name(json!({ "name": "Anna Amt" })).await, "Anna Amt");
    assert_eq!(name(json!({ "name": "Anna Amt-Berger" })).await, "Anna Amt-Berger", "and so it is called now");
    assert_eq!(
        name(json!({ "name": "Anna\u{202e}tmA" })).await,
        "Anna Amt-Berger",
        "no name that shows itself turned round"
    );
}
