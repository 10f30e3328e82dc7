//! What an authority says of itself, and what it records of its members: changed by its admins.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["authorities";
        admins_change_what_their_authority_says_of_itself,
        wrong_values_of_an_authority_are_refused_by_name,
        admins_correct_names_and_addresses_of_members,
        changes_take_as_many_statements_with_many_roles,
    ]
}

const TENANT: &str =
    "tenant { id slug legalName kind ags timeZone assumptionDay website version viewerCan { update } }";
const MEMBER: &str = "member { id name email version viewerCan { update manageRoles } }";

async fn update(client: &Client, id: &str, version: i32, more: Value) -> Value {
    let mut input = json!({ "id": id, "version": version });
    input.as_object_mut().expect("an input").extend(more.as_object().cloned().expect("an object"));
    client.try_mutate("tenantUpdate", input, TENANT).await
}

async fn admins_change_what_their_authority_says_of_itself(app: TestApp) {
    let (admin, id) = (app.actor("admin@ostallgaeu"), app.world.id("tenant.ostallgaeu"));
    let others = "{ tenants(first: 10) { nodes { slug legalName version } } }";
    let before = app.anonymous().ask(others).await.data();
    let change = json!({
        "legalName": " Landkreis Ostallgäu ", "kind": "RURAL_DISTRICT", "ags": "09777", "timeZone": "Europe/Vienna",
        "assumptionDay": false, "website": "https://ostallgaeu.example",
    });
    let changed = update(&admin, id, 1, change).await;
    let expected = json!({
        "id": id, "slug": "ostallgaeu", "legalName": "Landkreis Ostallgäu", "kind": "RURAL_DISTRICT", "ags": "09777",
        "timeZone": "Europe/Vienna", "assumptionDay": false, "website": "https://ostallgaeu.example", "version": 2,
        "viewerCan": { "update": true },
    });
    assert_eq!((&changed["tenant"], &changed["userErrors"]), (&expected, &json!([])));
    let late = update(&admin, id, 1, json!({ "legalName": "Later" })).await;
    assert_eq!((said(&late), &late["tenant"]), (vec!["STALE_VERSION version".to_owned()], &expected));
    let cleared = update(&admin, id, 2, json!({ "ags": null, "website": null, "timeZone": "Europe/Berlin" })).await;
    assert_eq!((&cleared["tenant"]["ags"], &cleared["tenant"]["website"]), (&Value::Null, &Value::Null));
    assert_eq!(cleared["tenant"]["legalName"], "Landkreis Ostallgäu", "what is left out stays");
    // Only the one row is another.
    let after = app.anonymous().ask(others).await.data();
    let of = |data: &Value, slug: &str| {
        let nodes = data["tenants"]["nodes"].as_array().expect("authorities");
        nodes.iter().find(|it| it["slug"] == slug).expect("an authority").clone()
    };
    for slug in ["kaufbeuren", "lindau", "memmingen"] {
        assert_eq!(of(&before, slug), of(&after, slug));
    }
    for (subject, refused) in [
        ("planner@ostallgaeu", "FORBIDDEN id"),
        ("auditor@ostallgaeu", "FORBIDDEN id"),
        ("admin@kaufbeuren", "FORBIDDEN id"),
    ] {
        let payload = update(&app.actor(subject), id, 3, json!({ "legalName": "Mine" })).await;
        assert_eq!(said(&payload), [refused], "{subject}");
    }
    let payload = update(&app.anonymous(), id, 3, json!({ "legalName": "Mine" })).await;
    assert_eq!(said(&payload), ["UNAUTHENTICATED -"]);
}

async fn wrong_values_of_an_authority_are_refused_by_name(app: TestApp) {
    let (admin, id) = (app.actor("admin@ostallgaeu"), app.world.id("tenant.ostallgaeu"));
    for (change, expected) in [
        (
            json!({ "legalName": " ", "website": "nix", "ags": "9777" }),
            vec!["REQUIRED legalName", "INVALID website", "INVALID ags"],
        ),
        (json!({ "legalName": null, "kind": null }), vec!["REQUIRED legalName", "REQUIRED kind"]),
        (json!({ "ags": "09777999" }), vec!["INVALID ags"]),
        (json!({ "ags": "DG" }), vec!["INVALID ags"]),
        (json!({ "legalName": "x".repeat(201) }), vec!["TOO_LONG legalName"]),
    ] {
        let payload = update(&admin, id, 1, change).await;
        assert_eq!(said(&payload), expected, "{payload}");
    }
    let german = update(&admin.speaking("de"), id, 1, json!({ "ags": "9777129" })).await;
    assert_eq!(german["userErrors"][0]["message"], "Bei 9777129 fehlt die führende Null. Richtig wäre 09777129.");
}

async fn admins_correct_names_and_addresses_of_members(app: TestApp) {
    let (admin, id) = (app.actor("admin@ostallgaeu"), app.world.id("member.viewer@ostallgaeu"));
    let change = json!({ "id": id, "version": 1, "name": " Vera Vogel ", "email": "vera.vogel@ostallgaeu.example" });
    let changed = admin.mutate("memberUpdate", change.clone(), MEMBER).await["member"].clone();
    let expected = json!({
        "id": id, "name": "Vera Vogel", "email": "vera.vogel@ostallgaeu.example", "version": 2,
        "viewerCan": { "update": true, "manageRoles": true },
    });
    assert_eq!(changed, expected);
    let late = admin.try_mutate("memberUpdate", change, MEMBER).await;
    assert_eq!((said(&late), &late["member"]), (vec!["STALE_VERSION version".to_owned()], &expected));
    for (more, refused) in [
        (json!({ "name": " ", "email": "nomail" }), vec!["REQUIRED name", "INVALID email"]),
        (json!({ "name": null }), vec!["REQUIRED name"]),
        (json!({ "name": "Vera\u{7}" }), vec!["INVALID name"]),
    ] {
        let mut input = json!({ "id": id, "version": 2 });
        input.as_object_mut().expect("an input").extend(more.as_object().cloned().expect("an object"));
        assert_eq!(said(&admin.try_mutate("memberUpdate", input, MEMBER).await), refused, "{more}");
    }
    let cleared = json!({ "id": id, "version": 2, "email": null });
    assert_eq!(admin.mutate("memberUpdate", cleared, MEMBER).await["member"]["email"], Value::Null);
    for (subject, refused) in [
        ("auditor@ostallgaeu", "FORBIDDEN id"),
        ("viewer@ostallgaeu", "NOT_FOUND id"),
        ("admin@kaufbeuren", "NOT_FOUND id"),
    ] {
        let input = json!({ "id": id, "version": 3, "name": "Mine" });
        let payload = app.actor(subject).try_mutate("memberUpdate", input, MEMBER).await;
        assert_eq!(said(&payload), [refused], "{subject}");
    }
}

async fn changes_take_as_many_statements_with_many_roles(app: TestApp) {
    let (admin, id) = (app.actor("admin@ostallgaeu"), app.world.id("member.viewer@ostallgaeu"));
    let update = "mutation M($input: MemberUpdateInput!) { memberUpdate(input: $input) {
        member { name roles { role fieldsOfWork { key } } } userErrors { code } } }";
    let mut counts = Vec::new();
    for version in 1..=4 {
        let fields = json!([app.world.id("field.counselling")]);
        let role = json!({
            "tenant": app.world.id("tenant.ostallgaeu"), "to": { "member": id }, "role": "PLANNER", "fieldsOfWork": fields,
        });
        admin.mutate("roleGrantCreate", role, "roleGrant { id }").await;
        let input = json!({ "id": id, "version": version, "name": format!("Name {version}") });
        let reply = admin.send(update, json!({ "input": input })).await;
        assert_eq!(reply.data()["memberUpdate"]["userErrors"], json!([]));
        counts.push(reply.statements());
    }
    assert!(counts.iter().all(|it| *it == counts[0] && *it <= 12), "{counts:?}");
}
