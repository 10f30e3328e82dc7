//! Members and roles: who sees them, what may be given and taken, and that it holds at once.

use futures_util::future::join;
use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["members";
        admins_and_auditors_list_the_members_of_their_authority,
        everybody_else_gets_an_empty_list_of_members,
        lists_that_a_permission_empties_are_named,
        a_role_given_to_a_member_holds_at_once,
        an_account_that_nobody_knows_is_a_member_at_once,
        an_account_of_another_authority_answers_like_one_that_nobody_knows,
        one_person_has_roles_in_two_authorities_with_one_token,
        a_role_limited_to_a_field_of_work_reaches_that_field_only,
        a_role_for_today_ends_tonight,
        what_is_wrong_with_a_role_is_told_at_once,
        accounts_have_an_issuer_and_an_address_that_can_be,
        the_last_admin_stays_whatever_others_there_are,
        two_admins_who_take_each_others_role_at_once_leave_one,
        nobody_gives_more_fields_or_time_than_they_hold,
        a_foreign_role_is_unknown_and_a_foreign_authority_is_forbidden,
        an_account_is_named_byte_for_byte_or_refused,
        each_authority_names_a_person_for_itself,
        a_second_admin_confirms_or_refuses_the_grant_of_an_admin,
        a_grant_that_nobody_confirms_in_time_is_none,
        nobody_confirms_what_they_granted_or_receive,
        the_operator_grants_directly_and_may_turn_the_confirmation_off,
    ]
}

const MEMBERS: &str = "query($slug: String!) { tenant(slug: $slug) { members(first: 100) { totalCount nodes {
    name roles { role allFields fieldsOfWork { key } } } } } }";

async fn members(client: &Client, slug: &str) -> Value {
    client.send(MEMBERS, json!({ "slug": slug })).await.data()["tenant"]["members"].clone()
}

fn account(subject: &str, name: &str) -> Value {
    json!({ "account": { "issuer": "https://verbund.localhost", "subject": subject, "name": name } })
}

const GIVEN: &str = "roleGrant { id memberId role version }";

/// Gives a role in Ostallgäu as its admin; the new role's id.
async fn give(app: &TestApp, to: Value, role: &str, more: Value) -> String {
    let mut input = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "to": to, "role": role });
    merge(&mut input, more);
    let payload = app.actor("admin@ostallgaeu").mutate("roleGrantCreate", input, GIVEN).await;
    payload["roleGrant"]["id"].as_str().expect("an id").to_owned()
}

fn merge(input: &mut Value, more: Value) {
    let more = more.as_object().cloned().unwrap_or_default();
    input.as_object_mut().expect("an input").extend(more);
}

async fn try_give(app: &TestApp, client: &Client, more: Value) -> Value {
    let mut input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "to": account("somebody", "Somebody"), "role": "VIEWER",
    });
    merge(&mut input, more);
    client.try_mutate("roleGrantCreate", input, GIVEN).await
}

async fn revoke(client: &Client, id: &str) -> Value {
    client.try_mutate("roleGrantRevoke", json!({ "id": id, "version": 1 }), "roleGrant { revokedAt version }").await
}

async fn create_calendar(app: &TestApp, client: &Client, name: &str, field: Option<&str>) -> Vec<String> {
    let field = field.map(|it| app.world.id(&format!("field.{it}")));
    let input = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": name, "fieldOfWork": field });
    said(&client.try_mutate("calendarCreate", input, "calendar { id }").await)
}

async fn admins_and_auditors_list_the_members_of_their_authority(app: TestApp) {
    let unlimited = |role| json!([{ "role": role, "allFields": true, "fieldsOfWork": [] }]);
    let limited = json!([{ "role": "PLANNER", "allFields": false, "fieldsOfWork": [{ "key": "counselling" }] }]);
    let expected = json!({ "totalCount": 7, "nodes": [
        { "name": "admin@ostallgaeu", "roles": unlimited("TENANT_ADMIN") },
        { "name": "auditor@ostallgaeu", "roles": unlimited("AUDITOR") },
        { "name": "counsellor@ostallgaeu", "roles": limited },
        { "name": "integrator@ostallgaeu", "roles": unlimited("INTEGRATOR") },
        { "name": "planner@ostallgaeu", "roles": unlimited("PLANNER") },
        { "name": "steward@ostallgaeu", "roles": unlimited("DATA_STEWARD") },
        { "name": "viewer@ostallgaeu", "roles": unlimited("VIEWER") },
    ] });
    assert_eq!(members(&app.actor("admin@ostallgaeu"), "ostallgaeu").await, expected);
    assert_eq!(members(&app.actor("auditor@ostallgaeu"), "ostallgaeu").await, expected);
}

async fn everybody_else_gets_an_empty_list_of_members(app: TestApp) {
    let nothing = json!({ "totalCount": 0, "nodes": [] });
    for subject in ["planner@ostallgaeu", "viewer@ostallgaeu", "admin@kaufbeuren", "auditor@memmingen", "admin@lindau"]
    {
        assert_eq!(members(&app.actor(subject), "ostallgaeu").await, nothing, "{subject}");
    }
    assert_eq!(members(&app.anonymous(), "ostallgaeu").await, nothing);
}

async fn lists_that_a_permission_empties_are_named(app: TestApp) {
    let query = "{ own: tenant(slug: \"ostallgaeu\") { people: members { totalCount } feeds { totalCount } }
        other: tenant(slug: \"kaufbeuren\") { members { totalCount } } auditEvents { totalCount } }";
    let tenants = json!([app.world.id("tenant.ostallgaeu")]);
    let told = |path: Value, permission: &str, words: &str| {
        json!({
            "path": path, "code": "FORBIDDEN", "permission": permission, "tenants": tenants,
            "message": format!("Die Liste ist leer oder unvollständig: Ihnen fehlt das Recht „{words}“."),
        })
    };
    let answer = app.actor("planner@ostallgaeu").speaking("de").ask(query).await.json();
    let expected = json!([
        told(json!(["auditEvents"]), "AUDIT_READ", "Protokoll lesen"),
        told(json!(["own", "feeds"]), "MEMBERS_READ", "Mitglieder lesen"),
        told(json!(["own", "people"]), "MEMBERS_READ", "Mitglieder lesen"),
    ]);
    assert_eq!(answer["extensions"]["refused"], expected);
    assert_eq!(answer["data"]["own"]["people"]["totalCount"], 0);
    // Whoever may, and whoever has no role in the authority, is told nothing.
    for subject in ["auditor@ostallgaeu", "admin@ostallgaeu"] {
        let answer = app.actor(subject).ask(query).await.json();
        assert_eq!(answer["extensions"]["refused"], Value::Null, "{subject}");
    }
    assert_eq!(app.anonymous().ask(query).await.json()["extensions"]["refused"], Value::Null);
}

async fn a_role_given_to_a_member_holds_at_once(app: TestApp) {
    let viewer = app.actor("viewer@ostallgaeu");
    assert_eq!(create_calendar(&app, &viewer, "Mine", None).await, ["FORBIDDEN tenant"]);
    let member = json!({ "member": app.world.id("member.viewer@ostallgaeu") });
    let role = give(&app, member, "PLANNER", json!({ "reason": "Vertretung" })).await;
    assert!(create_calendar(&app, &viewer, "Mine", None).await.is_empty());
    let taken = revoke(&app.actor("admin@ostallgaeu"), &role).await;
    assert_eq!(taken["roleGrant"], json!({ "revokedAt": "2027-01-15T10:00:00+00:00", "version": 2 }));
    assert_eq!(create_calendar(&app, &viewer, "Not mine", None).await, ["FORBIDDEN tenant"]);
    let again = app.actor("admin@ostallgaeu");
    let again = again.try_mutate("roleGrantRevoke", json!({ "id": role, "version": 2 }), "roleGrant { id }").await;
    assert_eq!(said(&again), ["CONFLICT id"], "it was taken already");
}

const VIEWER: &str =
    "{ viewer { signedIn name memberships { name tenant { slug } roles { role allFields validUntil } } } }";

async fn an_account_that_nobody_knows_is_a_member_at_once(app: TestApp) {
    let newcomer = app.actor("anna");
    let unknown = json!({ "viewer": { "signedIn": true, "name": null, "memberships": [] } });
    assert_eq!(newcomer.ask(VIEWER).await.data(), unknown);
    give(&app, account("anna", "Anna Zuber"), "VIEWER", json!({ "validUntil": "2027-03-31" })).await;
    let known = json!({ "viewer": { "signedIn": true, "name": null, "memberships": [
        { "name": "Anna Zuber", "tenant": { "slug": "ostallgaeu" },
          "roles": [{ "role": "VIEWER", "allFields": true, "validUntil": "2027-03-31" }] },
    ] } });
    assert_eq!(newcomer.ask(VIEWER).await.data(), known);
    let other = app.anonymous().ask(VIEWER).await.data();
    assert_eq!(other, json!({ "viewer": { "signedIn": false, "name": null, "memberships": [] } }));
}

async fn an_account_of_another_authority_answers_like_one_that_nobody_knows(app: TestApp) {
    let admin = app.actor("admin@ostallgaeu");
    let query = "query($id: ID!) { member(id: $id) { name email version createdAt tenant { slug }
        roles { role version reason } } }";
    let answer = async |subject: &str| {
        let mut to = account(subject, "Given Name");
        to["account"]["email"] = json!("given@example.org");
        let input = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "to": to, "role": "VIEWER" });
        let made = admin.mutate("roleGrantCreate", input, "roleGrant { memberId role version reason }").await;
        let mut grant = made["roleGrant"].clone();
        let member = grant["memberId"].take();
        let member = admin.send(query, json!({ "id": member })).await.data()["member"].clone();
        json!({ "grant": grant, "member": member })
    };
    let known = answer("planner@lindau").await;
    assert_eq!(known, answer("nobody@anywhere").await);
    assert_eq!(known["member"]["name"], "Given Name");
    let lindau = members(&app.actor("admin@lindau"), "lindau").await;
    assert!(!lindau.to_string().contains("Given Name"), "{lindau}");
    let here = members(&admin, "ostallgaeu").await;
    assert!(!here.to_string().contains("@lindau"), "{here}");
}

async fn one_person_has_roles_in_two_authorities_with_one_token(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let query = "query($a: ID!, $b: ID!) { a: node(id: $a) { ...C } b: node(id: $b) { ...C } }
        fragment C on Calendar { name viewerLevel viewerCan { update } }";
    let ids = json!({ "a": app.world.id("calendar.oal.office"), "b": app.world.id("calendar.kf.counselling") });
    let input = json!({
        "tenant": app.world.id("tenant.kaufbeuren"), "to": account("planner@ostallgaeu", "Gast"), "role": "VIEWER",
    });
    app.actor("admin@kaufbeuren").mutate("roleGrantCreate", input, GIVEN).await;
    let seen = planner.send(query, ids).await.data();
    let calendar = |name, update| json!({ "name": name, "viewerLevel": "FULL", "viewerCan": { "update": update } });
    assert_eq!(seen, json!({ "a": calendar("oal.office", true), "b": calendar("kf.counselling", false) }));
    // What no share would show: an internal entry.
    let secret = json!({ "id": app.world.id("entry.kf.counselling.secret") });
    let seen = planner.send("query($id: ID!) { node(id: $id) { __typename } }", secret).await.data();
    assert_eq!(seen, json!({ "node": { "__typename": "CalendarEntryFull" } }));

    let viewer = planner.ask(VIEWER).await.data()["viewer"].clone();
    assert_eq!(viewer["name"], "planner@ostallgaeu", "the account keeps its name");
    let mut held: Vec<_> = viewer["memberships"].as_array().expect("memberships").clone();
    held.sort_by_key(|it| it["tenant"]["slug"].to_string());
    let role = |role| json!([{ "role": role, "allFields": true, "validUntil": null }]);
    assert_eq!(
        held,
        [
            json!({ "name": "Gast", "tenant": { "slug": "kaufbeuren" }, "roles": role("VIEWER") }),
            json!({ "name": "planner@ostallgaeu", "tenant": { "slug": "ostallgaeu" }, "roles": role("PLANNER") }),
        ]
    );
}

async fn a_role_limited_to_a_field_of_work_reaches_that_field_only(app: TestApp) {
    let fields = json!({ "fieldsOfWork": [app.world.id("field.orientation")] });
    give(&app, account("olga", "Olga"), "PLANNER", fields).await;
    let olga = app.actor("olga");
    let seen = olga.ask("{ calendars { nodes { name } } }").await.data();
    assert_eq!(seen, json!({ "calendars": { "nodes": [{ "name": "oal.orientation" }, { "name": "oal.public" }] } }));
    assert!(create_calendar(&app, &olga, "Orientation", Some("orientation")).await.is_empty());
    assert_eq!(create_calendar(&app, &olga, "Counselling", Some("counselling")).await, ["FORBIDDEN tenant"]);
    assert_eq!(create_calendar(&app, &olga, "General", None).await, ["FORBIDDEN tenant"]);
}

async fn a_role_for_today_ends_tonight(app: TestApp) {
    let today = json!({ "validFrom": "2027-01-15", "validUntil": "2027-01-15" });
    give(&app, account("toni", "Toni"), "PLANNER", today).await;
    app.at("2027-01-15T22:59:59Z");
    assert!(create_calendar(&app, &app.actor("toni"), "Tonight", None).await.is_empty());
    app.at("2027-01-15T23:00:00Z");
    assert_eq!(create_calendar(&app, &app.actor("toni"), "Tomorrow", None).await, ["FORBIDDEN tenant"]);
}

async fn what_is_wrong_with_a_role_is_told_at_once(app: TestApp) {
    let admin = app.actor("admin@ostallgaeu");
    let answer = try_give(
        &app,
        &admin,
        json!({
            "to": account(" ", &"n".repeat(201)), "fieldsOfWork": [], "reason": "r".repeat(1_001),
            "validFrom": "2027-01-15", "validUntil": "2027-01-14",
        }),
    )
    .await;
    assert_eq!(
        said(&answer),
        [
            "OUT_OF_RANGE validUntil",
            "OUT_OF_RANGE validUntil",
            "REQUIRED fieldsOfWork",
            "REQUIRED to.account.subject",
            "TOO_LONG to.account.name",
            "TOO_LONG reason",
        ]
    );
    assert_eq!(answer["roleGrant"], Value::Null);
    let german = try_give(&app, &admin.speaking("de"), json!({ "validUntil": "2027-01-14" })).await;
    let words = json!({ "code": "OUT_OF_RANGE", "field": "validUntil", "message": "14.01.2027 ist schon vorbei." });
    assert_eq!(german["userErrors"], json!([words]));
}

async fn accounts_have_an_issuer_and_an_address_that_can_be(app: TestApp) {
    let admin = app.actor("admin@ostallgaeu");
    let with = |field: &str, value: &str| {
        let mut to = account("somebody", "Somebody");
        to["account"][field] = json!(value);
        json!({ "to": to })
    };
    for (field, value, refused) in [
        ("issuer", "irgendwas", "INVALID to.account.issuer"),
        ("issuer", "http://login.example", "INVALID to.account.issuer"),
        ("issuer", "https:login.example", "INVALID to.account.issuer"),
        ("issuer", " ", "REQUIRED to.account.issuer"),
        ("email", "nomail", "INVALID to.account.email"),
    ] {
        let payload = try_give(&app, &admin, with(field, value)).await;
        assert_eq!(said(&payload), [refused], "{payload}");
    }
    let german = try_give(&app, &admin.speaking("de"), with("email", "nomail")).await;
    assert_eq!(german["userErrors"][0]["message"], "nomail ist keine E-Mail-Adresse wie name@example.org.");
    assert_eq!(said(&try_give(&app, &admin, with("email", " a@b.example ")).await), Vec::<String>::new());
    let stored = members(&admin, "ostallgaeu").await;
    assert!(stored.to_string().contains("Somebody"), "{stored}");
}

async fn the_last_admin_stays_whatever_others_there_are(app: TestApp) {
    let admin = app.actor("admin@ostallgaeu");
    let own = app.world.id("role.admin@ostallgaeu");
    let german = revoke(&admin.speaking("de"), own).await;
    let words = "Eine Behörde behält mindestens eine dauerhafte Administration für alle Arbeitsfelder.";
    assert_eq!(german["userErrors"], json!([{ "code": "LAST_ADMIN", "field": "id", "message": words }]));
    // None of these can stand in: for one field, for a while, not yet.
    let field = json!({ "fieldsOfWork": [app.world.id("field.counselling")] });
    give(&app, account("limited", "Limited"), "TENANT_ADMIN", field).await;
    give(&app, account("dated", "Dated"), "TENANT_ADMIN", json!({ "validUntil": "2099-12-31" })).await;
    give(&app, account("later", "Later"), "TENANT_ADMIN", json!({ "validFrom": "2027-01-16" })).await;
    assert_eq!(said(&revoke(&admin, own).await), ["LAST_ADMIN id"]);

    let second = give(&app, account("second", "Second"), "TENANT_ADMIN", json!({})).await;
    assert_eq!(revoke(&admin, own).await["userErrors"], json!([]), "now there is another");
    assert_eq!(said(&revoke(&admin, &second).await), ["NOT_FOUND id"], "and this one is none any more");
    assert_eq!(said(&revoke(&app.actor("second"), &second).await), ["LAST_ADMIN id"]);
}

async fn two_admins_who_take_each_others_role_at_once_leave_one(app: TestApp) {
    let replica = app.replica().await.expect("a second server");
    let theirs = give(&app, account("second", "Second"), "TENANT_ADMIN", json!({})).await;
    let own = app.world.id("role.admin@ostallgaeu").to_owned();
    let (first, second) = (app.actor("admin@ostallgaeu"), replica.client(Some(app.token("second"))));
    let (one, two) = join(revoke(&first, &theirs), revoke(&second, &own)).await;
    let (left, refused) = match (said(&one).as_slice(), said(&two).as_slice()) {
        ([], [refused]) => (first, refused.clone()),
        ([refused], []) => (second, refused.clone()),
        other => panic!("exactly one wins: {other:?}"),
    };
    // Who comes too late is stopped by the rule, or is no admin any more when asking.
    assert!(["LAST_ADMIN id", "NOT_FOUND id"].contains(&refused.as_str()), "{refused}");
    let admins = members(&left, "ostallgaeu").await.to_string().matches("TENANT_ADMIN").count();
    assert_eq!(admins, 1);
}

async fn nobody_gives_more_fields_or_time_than_they_hold(app: TestApp) {
    let world = |name: &str| app.world.id(&format!("field.{name}")).to_owned();
    let (counselling, orientation) = (world("counselling"), world("orientation"));
    give(&app, account("limited", "Limited"), "TENANT_ADMIN", json!({ "fieldsOfWork": [counselling] })).await;
    let limited = app.actor("limited");
    // Members belong to no field of work: who manages some fields only neither sees nor revokes a role, and gives none.
    let wished =
        [json!([counselling]), json!(null), json!([counselling, orientation]), json!([orientation, counselling])];
    for fields in wished {
        let answer = try_give(&app, &limited, json!({ "fieldsOfWork": fields })).await;
        assert_eq!(said(&answer), ["FORBIDDEN tenant"], "{fields}");
    }
    give(&app, account("dated", "Dated"), "TENANT_ADMIN", json!({ "validUntil": "2027-06-30" })).await;
    let dated = app.actor("dated");
    let until = |day| json!({ "validUntil": day });
    assert!(said(&try_give(&app, &dated, until(Some("2027-06-30"))).await).is_empty());
    assert_eq!(said(&try_give(&app, &dated, until(Some("2027-07-01"))).await), ["NOT_HELD role"]);
    assert_eq!(said(&try_give(&app, &dated, until(None)).await), ["NOT_HELD role"]);
    // Taking is bounded as giving is.
    let unlimited = app.world.id("role.planner@ostallgaeu");
    assert_eq!(said(&revoke(&dated, unlimited).await), ["NOT_HELD id"]);
}

async fn a_foreign_role_is_unknown_and_a_foreign_authority_is_forbidden(app: TestApp) {
    let role = app.world.id("role.planner@ostallgaeu");
    for subject in ["admin@kaufbeuren", "admin@lindau", "planner@ostallgaeu"] {
        let client = app.actor(subject);
        assert_eq!(said(&revoke(&client, role).await), ["NOT_FOUND id"], "{subject}");
        assert_eq!(said(&try_give(&app, &client, json!({})).await), ["FORBIDDEN tenant"], "{subject}");
    }
    let auditor = app.actor("auditor@ostallgaeu");
    assert_eq!(said(&revoke(&auditor, role).await), ["FORBIDDEN id"], "seen, but not theirs to take");
    assert_eq!(said(&try_give(&app, &app.anonymous(), json!({})).await), ["UNAUTHENTICATED -"]);
    let foreign = json!({ "to": { "member": app.world.id("member.viewer@lindau") } });
    assert_eq!(said(&try_give(&app, &app.actor("admin@ostallgaeu"), foreign).await), ["NOT_FOUND to.member"]);
}

async fn an_account_is_named_byte_for_byte_or_refused(app: TestApp) {
    let admin = app.actor("admin@ostallgaeu");
    let wrong = [
        " boss",
        "boss ",
        "boss\u{a0}",
        "bo\u{200b}ss",
        "\u{feff}boss",
        "\u{202e}ssob",
        "boss\n",
        "boss\u{0}",
        "bo\u{ad}ss",
    ];
    for subject in wrong {
        let answer = try_give(&app, &admin, json!({ "to": account(subject, "Boss") })).await;
        assert_eq!(said(&answer), ["INVALID to.account.subject"], "{subject:?}");
        let mut to = account("boss", "Boss");
        to["account"]["issuer"] = json!(subject);
        assert_eq!(
            said(&try_give(&app, &admin, json!({ "to": to })).await),
            ["INVALID to.account.issuer"],
            "{subject:?}"
        );
    }
    for (language, subject, text) in [
        (
            "de",
            " boss",
            "Eine Kennung hat an ihren Enden keine Leerzeichen: Übernehmen Sie sie genau so, wie der Identitätsanbieter \
                         sie angibt.",
        ),
        (
            "en",
            "boss ",
            "An identifier has no blanks at its ends: take it over exactly as the identity provider states it.",
        ),
        ("de", "bo\u{200b}ss", "Der Text enthält Zeichen, die man nicht sieht oder die die Schreibrichtung ändern."),
        (
            "en",
            "bo\u{200b}ss",
            "The text contains characters that cannot be seen or that change the direction of writing.",
        ),
    ] {
        let answer = try_give(&app, &admin.speaking(language), json!({ "to": account(subject, "Boss") })).await;
        assert_eq!(answer["userErrors"][0]["message"], text);
    }
    let answer = try_give(&app, &admin, json!({ "to": account("boss", "Boss\u{202e}ssoB") })).await;
    assert_eq!(said(&answer), ["INVALID to.account.name"]);
    // What is within an identifier is left as it is, and two that differ are two accounts.
    give(&app, account("Anna Amt", "Anna"), "VIEWER", json!({})).await;
    give(&app, account("anna amt", "Another"), "VIEWER", json!({})).await;
    let names: Vec<_> =
        app.database.rows().await.list("SELECT subject FROM person WHERE lower(subject) = 'anna amt'").await;
    assert_eq!(names.len(), 2, "{names:?}");
}

async fn each_authority_names_a_person_for_itself(app: TestApp) {
    let rude = json!({
        "tenant": app.world.id("tenant.lindau"), "to": account("anna", "Trottel vom Dienst"), "role": "VIEWER",
    });
    app.actor("admin@lindau").mutate("roleGrantCreate", rude, GIVEN).await;
    give(&app, account("anna", "Anna Zuber"), "PLANNER", json!({})).await;
    let anna = app.actor("anna");
    let viewer = anna.ask("{ viewer { name memberships { name tenant { slug } } } }").await.data()["viewer"].clone();
    assert_eq!(viewer["name"], Value::Null, "no provider has said it");
    let mut names: Vec<_> = viewer["memberships"].as_array().expect("memberships").iter().collect();
    names.sort_by_key(|it| it["tenant"]["slug"].to_string());
    let name = |slug: &str, name: &str| json!({ "name": name, "tenant": { "slug": slug } });
    assert_eq!(names, [&name("lindau", "Trottel vom Dienst"), &name("ostallgaeu", "Anna Zuber")]);
    // She acts under the name that the authority uses for which she acts, also where she sees no members.
    give(&app, account("anna", "ignored"), "DATA_STEWARD", json!({})).await;
    let place = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "name": "Turm", "kind": "OTHER", "visibility": "INTERNAL",
        "latitude": 47.5, "longitude": 10.5,
    });
    let made = anna.mutate("learningPlaceCreate", place, "learningPlace { id }").await;
    let query = "query($of: ID!) { directoryHistory(of: $of) { nodes { changedBy } } }";
    let history = anna.send(query, json!({ "of": made["learningPlace"]["id"] })).await.data();
    assert_eq!(history["directoryHistory"]["nodes"], json!([{ "changedBy": "Anna Zuber" }]));
}

const PENDING: &str = r#"{ tenant(slug: "ostallgaeu") { pendingRoleGrants(first: 10) { totalCount nodes {
    id role confirmationExpiresAt viewerCan { confirm revoke } } } } }"#;

async fn pending(client: &Client) -> Value {
    client.ask(PENDING).await.data()["tenant"]["pendingRoleGrants"].clone()
}

async fn confirm(client: &Client, id: &str) -> Value {
    let input = json!({ "id": id, "version": 1 });
    client.try_mutate("roleGrantConfirm", input, "roleGrant { confirmationExpiresAt version }").await
}

async fn is_admin(app: &TestApp, subject: &str) -> bool {
    members(&app.actor(subject), "ostallgaeu").await["totalCount"] != 0
}

async fn a_second_admin_confirms_or_refuses_the_grant_of_an_admin(app: TestApp) {
    let admin = app.actor("admin@ostallgaeu");
    // Nobody could confirm the first one.
    give(&app, account("second", "Second"), "TENANT_ADMIN", json!({})).await;
    assert!(is_admin(&app, "second").await);
    let second = app.actor("second");
    let third = give(&app, account("third", "Third"), "TENANT_ADMIN", json!({})).await;
    assert!(!is_admin(&app, "third").await, "it has no effect yet");
    let listed = |confirm: bool| {
        json!({ "totalCount": 1, "nodes": [{
            "id": third, "role": "TENANT_ADMIN", "confirmationExpiresAt": "2027-01-29T10:00:00+00:00",
            "viewerCan": { "confirm": confirm, "revoke": true },
        }] })
    };
    assert_eq!((pending(&admin).await, pending(&second).await), (listed(false), listed(true)));
    assert_eq!(pending(&app.actor("viewer@ostallgaeu")).await["totalCount"], 0);
    // Other roles take nobody else.
    give(&app, account("planner", "Planner"), "PLANNER", json!({})).await;
    assert_eq!(pending(&admin).await["totalCount"], 1);

    let done = confirm(&second, &third).await;
    assert_eq!(done, json!({ "roleGrant": { "confirmationExpiresAt": null, "version": 2 }, "userErrors": [] }));
    assert!(is_admin(&app, "third").await);
    assert_eq!(pending(&admin).await["totalCount"], 0);
    let rows = app.database.rows().await;
    let trail = "SELECT action FROM audit_event WHERE object_type = 'RoleGrant' ORDER BY id DESC LIMIT 1";
    assert_eq!(rows.list(trail).await, ["roleGrantConfirm"]);
    let again = second.try_mutate("roleGrantConfirm", json!({ "id": third, "version": 2 }), "__typename").await;
    assert_eq!(said(&again), ["CONFLICT id"]);

    // Refused: it never had an effect, and it cannot be confirmed any more.
    let fourth = give(&app, account("fourth", "Fourth"), "TENANT_ADMIN", json!({})).await;
    assert_eq!(revoke(&second, &fourth).await["userErrors"], json!([]));
    let late = second.try_mutate("roleGrantConfirm", json!({ "id": fourth, "version": 2 }), "__typename").await;
    assert_eq!(said(&late), ["CONFLICT id"]);
    assert!(!is_admin(&app, "fourth").await);
}

async fn a_grant_that_nobody_confirms_in_time_is_none(app: TestApp) {
    give(&app, account("second", "Second"), "TENANT_ADMIN", json!({})).await;
    let third = give(&app, account("third", "Third"), "TENANT_ADMIN", json!({})).await;
    app.at("2027-01-29T09:59:59Z");
    assert_eq!(pending(&app.actor("second")).await["totalCount"], 1);
    app.at("2027-01-29T10:00:00Z");
    let second = app.actor("second");
    assert_eq!(pending(&second).await["totalCount"], 0);
    let late = confirm(&second.speaking("de"), &third).await;
    let words = "Die Frist, diese Rolle zu bestätigen, ist vorbei; vergeben Sie sie neu.";
    assert_eq!(late["userErrors"], json!([{ "code": "CONFLICT", "field": "id", "message": words }]));
    assert!(!is_admin(&app, "third").await);
    // One that waits stands in for nobody.
    let first = app.actor("admin@ostallgaeu");
    assert_eq!(revoke(&second, app.world.id("role.admin@ostallgaeu")).await["userErrors"], json!([]));
    assert_eq!(members(&first, "ostallgaeu").await["totalCount"], 0);
    let roles = members(&second, "ostallgaeu").await.to_string();
    assert_eq!(roles.matches("TENANT_ADMIN").count(), 2, "its own, and the one that waits: {roles}");
    let query = "{ viewer { memberships { memberId } } }";
    let member = second.ask(query).await.data()["viewer"]["memberships"][0]["memberId"].clone();
    let data =
        second.send("query($id: ID!) { member(id: $id) { roles { id } } }", json!({ "id": member })).await.data();
    let own = data["member"]["roles"][0]["id"].as_str().expect("a role").to_owned();
    assert_eq!(said(&revoke(&second, &own).await), ["LAST_ADMIN id"]);
}

async fn nobody_confirms_what_they_granted_or_receive(app: TestApp) {
    give(&app, account("second", "Second"), "TENANT_ADMIN", json!({})).await;
    let third = give(&app, account("third", "Third"), "TENANT_ADMIN", json!({})).await;
    let own = confirm(&app.actor("admin@ostallgaeu").speaking("de"), &third).await;
    let words = "Wer eine Rolle vergeben hat oder erhält, bestätigt sie nicht; das tut eine andere Administration.";
    assert_eq!(own["userErrors"], json!([{ "code": "FORBIDDEN", "field": "id", "message": words }]));
    assert_eq!(said(&confirm(&app.actor("third"), &third).await), ["NOT_FOUND id"], "no admin yet");
    assert_eq!(said(&confirm(&app.actor("auditor@ostallgaeu"), &third).await), ["FORBIDDEN id"]);
    assert_eq!(said(&confirm(&app.actor("admin@kaufbeuren"), &third).await), ["NOT_FOUND id"]);
    assert_eq!(said(&confirm(&app.actor("second"), &third).await), Vec::<String>::new());
    // An admin who shall receive another such role, granted by a second one: only the third may confirm it.
    let more = give(&app, account("second", "Second"), "TENANT_ADMIN", json!({ "validUntil": "2027-12-31" })).await;
    assert_eq!(said(&confirm(&app.actor("second"), &more).await), ["FORBIDDEN id"]);
    assert_eq!(said(&confirm(&app.actor("third"), &more).await), Vec::<String>::new());
}

async fn the_operator_grants_directly_and_may_turn_the_confirmation_off(app: TestApp) {
    let op = server::operator::operation(&app.config, &app.clock).await.expect("the operator");
    let to = |subject: &str| domain::members::service::RoleHolder::Account {
        issuer: "https://verbund.localhost".to_owned(),
        subject: subject.to_owned(),
        name: subject.to_owned(),
        email: None,
    };
    for subject in ["second", "third"] {
        let role = entities::RoleKey::TenantAdmin;
        domain::operator::grant_role(&op, "ostallgaeu", role, to(subject)).await.map_err(|_| ()).expect("a role");
        assert!(is_admin(&app, subject).await);
    }
    let role = entities::RoleKey::Viewer;
    let refused = domain::operator::grant_role(&op, "ostallgaeu", role, to(" second")).await.expect_err("a blank");
    assert!(domain::operator::render(&refused).contains("no blanks at its ends"));
    give(&app, account("fourth", "Fourth"), "TENANT_ADMIN", json!({})).await;
    assert!(!is_admin(&app, "fourth").await);
    let off = domain::operator::tenants::set_second_admin(&op, "ostallgaeu", false).await;
    off.map_err(|error| domain::operator::render(&error)).expect("the setting");
    give(&app, account("fifth", "Fifth"), "TENANT_ADMIN", json!({})).await;
    assert!(is_admin(&app, "fifth").await && !is_admin(&app, "fourth").await);
    op.store.close().await;
}
