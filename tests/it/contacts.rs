//! Contacts of authorities: whom everybody may write to or call.

use serde_json::{Value, json};
use verbund_tests::client::{codes, said};
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["contacts";
        a_contact_is_made_changed_and_deleted,
        everybody_lists_the_contacts_of_an_authority,
        wrong_contacts_are_refused_by_name,
    ]
}

const CONTACT: &str =
    "tenantContact { id kind name email phone website version tenant { slug } viewerCan { update delete } }";

fn press(app: &TestApp) -> Value {
    json!({
        "tenant": app.world.id("tenant.kaufbeuren"), "kind": "PRESS", "name": " Pressestelle ",
        "email": "presse@kaufbeuren.example", "phone": "08341 437-0",
    })
}

async fn make(client: &Client, input: Value) -> Value {
    client.mutate("tenantContactCreate", input, CONTACT).await["tenantContact"].clone()
}

async fn a_contact_is_made_changed_and_deleted(app: TestApp) {
    let admin = app.actor("admin@kaufbeuren");
    let made = make(&admin, press(&app)).await;
    let id = made["id"].clone();
    assert!(id.as_str().is_some_and(|it| it.starts_with("tct_")), "{made}");
    let mut expected = json!({
        "id": id, "kind": "PRESS", "name": "Pressestelle", "email": "presse@kaufbeuren.example", "phone": "08341 437-0",
        "website": null, "version": 1, "tenant": { "slug": "kaufbeuren" },
        "viewerCan": { "update": true, "delete": true },
    });
    assert_eq!(made, expected);
    let node = "query($id: ID!) { node(id: $id) { ... on TenantContact { name viewerCan { update delete } } } }";
    let seen = app.anonymous().send(node, json!({ "id": id })).await.data();
    let can_nothing = json!({ "update": false, "delete": false });
    assert_eq!(seen["node"], json!({ "name": "Pressestelle", "viewerCan": can_nothing }));

    let change =
        json!({ "id": id, "version": 1, "kind": "OTHER", "email": null, "website": "https://kaufbeuren.example" });
    let changed = admin.mutate("tenantContactUpdate", change, CONTACT).await["tenantContact"].clone();
    let now = json!({ "kind": "OTHER", "email": null, "website": "https://kaufbeuren.example", "version": 2 });
    expected.as_object_mut().expect("an object").extend(now.as_object().cloned().expect("an object"));
    assert_eq!(changed, expected);
    let late = admin.try_mutate("tenantContactDelete", json!({ "id": id, "version": 1 }), CONTACT).await;
    assert_eq!((codes(&late), &late["tenantContact"]), (vec!["STALE_VERSION"], &changed));
    let gone = admin.mutate("tenantContactDelete", json!({ "id": id, "version": 2 }), CONTACT).await;
    assert_eq!(gone["tenantContact"], Value::Null);
    assert_eq!(admin.send(node, json!({ "id": id })).await.data(), json!({ "node": null }));
    let again = admin.try_mutate("tenantContactDelete", json!({ "id": id, "version": 3 }), CONTACT).await;
    assert_eq!(said(&again), ["NOT_FOUND id"]);
}

async fn everybody_lists_the_contacts_of_an_authority(app: TestApp) {
    let admin = app.actor("admin@kaufbeuren");
    for (kind, name) in
        [("PRESS", "Pressestelle"), ("DATA_PROTECTION", "Datenschutz"), ("EDUCATION_OFFICE", "Bildungsbüro")]
    {
        let mut input = press(&app);
        (input["kind"], input["name"]) = (json!(kind), json!(name));
        make(&admin, input).await;
    }
    let list = "query($filter: TenantContactFilter, $after: String) { tenant(slug: \"kaufbeuren\") {
        contacts(filter: $filter, first: 2, after: $after) {
            totalCount nodes { name } pageInfo { hasNextPage endCursor } } } }";
    for client in [app.anonymous(), app.actor("viewer@memmingen")] {
        let page = client.send(list, json!({})).await.data()["tenant"]["contacts"].clone();
        assert_eq!(page["totalCount"], 3);
        assert_eq!(page["nodes"], json!([{ "name": "Bildungsbüro" }, { "name": "Datenschutz" }]));
        let after = json!({ "after": page["pageInfo"]["endCursor"] });
        let page = client.send(list, after).await.data()["tenant"]["contacts"].clone();
        assert_eq!(
            (&page["nodes"], &page["pageInfo"]["hasNextPage"]),
            (&json!([{ "name": "Pressestelle" }]), &json!(false))
        );
        for (kinds, names) in [(json!(["PRESS", "OTHER"]), json!([{ "name": "Pressestelle" }])), (json!([]), json!([]))]
        {
            let page = client.send(list, json!({ "filter": { "kinds": kinds } })).await.data();
            assert_eq!(page["tenant"]["contacts"]["nodes"], names);
        }
    }
}

async fn wrong_contacts_are_refused_by_name(app: TestApp) {
    let admin = app.actor("admin@kaufbeuren");
    let with = |more: Value| {
        let mut input = press(&app);
        input.as_object_mut().expect("an input").extend(more.as_object().cloned().expect("an object"));
        input
    };
    for (more, expected) in [
        (json!({ "email": " ", "phone": null }), vec!["REQUIRED email"]),
        (
            json!({ "name": "", "email": "presse", "phone": "0".repeat(61), "website": "kaufbeuren.de" }),
            vec!["REQUIRED name", "INVALID email", "TOO_LONG phone", "INVALID website"],
        ),
        (json!({ "tenant": app.world.id("tenant.lindau") }), vec!["FORBIDDEN tenant"]),
        (json!({ "tenant": app.world.id("calendar.oal.office") }), vec!["INVALID tenant"]),
    ] {
        let payload = admin.try_mutate("tenantContactCreate", with(more), CONTACT).await;
        assert_eq!(said(&payload), expected, "{payload}");
    }
    let made = make(&admin, press(&app)).await;
    for (change, expected) in [
        (json!({ "email": null, "phone": null }), vec!["REQUIRED email"]),
        (json!({ "kind": null, "name": null }), vec!["REQUIRED kind", "REQUIRED name"]),
    ] {
        let mut input = json!({ "id": made["id"], "version": 1 });
        input.as_object_mut().expect("an input").extend(change.as_object().cloned().expect("an object"));
        let payload = admin.try_mutate("tenantContactUpdate", input, CONTACT).await;
        assert_eq!(said(&payload), expected, "{payload}");
    }
    let theirs = json!({ "id": app.world.id("contact.oal.privacy"), "version": 1 });
    for mutation in ["tenantContactUpdate", "tenantContactDelete"] {
        let payload = admin.try_mutate(mutation, theirs.clone(), CONTACT).await;
        assert_eq!(said(&payload), ["FORBIDDEN id"], "{payload}");
    }
    let german = admin
        .speaking("de")
        .try_mutate("tenantContactCreate", with(json!({ "email": null, "phone": null })), CONTACT)
        .await;
    let message = &german["userErrors"][0]["message"];
    assert_eq!(message, "Nötig ist wenigstens eines von email, phone und website.");
}
