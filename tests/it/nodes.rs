//! Global ids, `node` and `nodes`, authorities and fields of work.

use kernel::global_id::NodeType;
use serde_json::{Value, json};
use verbund_tests::client::codes;
use verbund_tests::{Case, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["nodes";
        every_id_of_the_world_leads_back_to_its_object,
        a_root_of_one_type_answers_as_node_does,
        nodes_keep_their_order_and_leave_gaps_for_what_is_not_there,
        an_entry_is_of_the_type_of_its_level,
        what_is_no_id_is_refused_by_name,
        an_id_of_another_type_is_refused_by_name,
        authorities_and_fields_of_work_are_public,
        an_authority_adds_its_own_field_of_work,
    ]
}

async fn a_root_of_one_type_answers_as_node_does(app: TestApp) {
    // Every root field whose one argument is an id, but for `node` itself and authorities, which also have a slug.
    let sdl = graphql::schema::sdl();
    for kind in NodeType::ALL {
        let field = root_field(*kind);
        assert!(sdl.contains(&format!("\t{field}(")), "{kind:?} has no root field {field}");
    }
    let ids: Vec<_> = app.world.all("").map(|(_, id)| id).collect();
    assert!(ids.len() > 50, "the world has ids of many types");
    for account in ["", "planner@kaufbeuren", "admin@ostallgaeu", "admin@lindau"] {
        let client = if account.is_empty() { app.server().client(None) } else { app.actor(account) };
        for id in &ids {
            let Some((kind, _)) = kernel::global_id::parse(id) else { continue };
            let query = format!(
                "query($id: ID!) {{ node(id: $id) {{ __typename id }} single: {}(id: $id) {{ __typename id }} }}",
                root_field(kind)
            );
            let answer = client.send(&query, json!({ "id": id })).await.data();
            assert_eq!(answer["single"], answer["node"], "{account} {id}");
        }
    }
    let wrong =
        app.server().client(None).send("query($id: ID!) { project(id: $id) { id } }", json!({ "id": ids[0] })).await;
    assert_eq!(wrong.codes(), ["BAD_USER_INPUT"]);
    assert_eq!(wrong.json()["errors"][0]["extensions"]["field"], "id");
}

/// The root field of a type: its name with a small first letter.
fn root_field(kind: NodeType) -> String {
    let name = format!("{kind:?}");
    name[..1].to_lowercase() + &name[1..]
}

async fn every_id_of_the_world_leads_back_to_its_object(app: TestApp) {
    let types = [
        ("tenant.", "Tenant"),
        ("field.", "FieldOfWork"),
        ("member.", "Member"),
        ("role.", "RoleGrant"),
        ("agreement.", "Agreement"),
        ("share.", "Share"),
        ("calendar.", "Calendar"),
        ("entry.", "CalendarEntryFull"),
        ("closure.", "TenantClosure"),
        ("contact.", "TenantContact"),
        ("feed.", "Feed"),
    ];
    let admin = app.actor("admin@ostallgaeu");
    let single = ["closure.", "contact.", "feed."];
    for (prefix, kind) in types {
        let mut found = 0;
        for (name, id) in app.world.all(prefix) {
            let node =
                admin.send("query($id: ID!) { node(id: $id) { __typename id } }", json!({ "id": id })).await.data();
            if !node["node"].is_null() {
                let kind =
                    if node["node"]["__typename"] == "CalendarEntrySummary" { "CalendarEntrySummary" } else { kind };
                assert_eq!(node["node"], json!({ "__typename": kind, "id": id }), "{name}");
                found += 1;
            }
        }
        assert!(found > usize::from(!single.contains(&prefix)), "{prefix}");
    }
}

async fn nodes_keep_their_order_and_leave_gaps_for_what_is_not_there(app: TestApp) {
    let id = |name: &str| json!(app.world.id(name));
    let unknown = json!("cal_01h455vb4pex5vsknk084sn02q");
    let ids =
        [id("calendar.oal.public"), unknown, id("tenant.lindau"), id("calendar.oal.office"), id("calendar.oal.public")];
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let data = app.anonymous().send(query, json!({ "ids": ids })).await.data();
    let public = json!({ "id": ids[0] });
    assert_eq!(data["nodes"], json!([public, null, { "id": ids[2] }, null, public]));

    let many: Vec<_> = (0..101).map(|_| ids[0].clone()).collect();
    let refused = app.anonymous().send(query, json!({ "ids": many })).await;
    assert_eq!(refused.codes(), ["COST_EXCEEDED"]);
    assert!(refused.text.contains("at most 100"), "{}", refused.text);
}

async fn an_entry_is_of_the_type_of_its_level(app: TestApp) {
    let planner = app.actor("planner@kaufbeuren");
    for (name, kind) in [
        ("entry.oal.orientation.fair", "CalendarEntryBusy"),
        ("entry.oal.counselling.day", "CalendarEntrySummary"),
        ("entry.oal.public.partner", "CalendarEntryFull"),
        ("entry.kf.counselling.secret", "CalendarEntryFull"),
    ] {
        let query = "query($id: ID!) { node(id: $id) { __typename ... on CalendarEntry { start end allDay timeZone calendar { name } } } }";
        let node = planner.send(query, json!({ "id": app.world.id(name) })).await.data()["node"].clone();
        assert_eq!(node["__typename"], kind, "{name}");
        assert_eq!(node["timeZone"], "Europe/Berlin");
        assert_ne!(node["calendar"]["name"], Value::Null);
    }
}

async fn what_is_no_id_is_refused_by_name(app: TestApp) {
    for wrong in [
        "",
        "1",
        "cal_",
        "xyz_01h455vb4pex5vsknk084sn02q",
        "CAL_01h455vb4pex5vsknk084sn02q",
        "cal_01h455vb4pex5vsknk084sn02q ",
    ] {
        let reply = app.anonymous().send("query($id: ID!) { node(id: $id) { id } }", json!({ "id": wrong })).await;
        assert_eq!(reply.codes(), ["BAD_USER_INPUT"], "{wrong:?}");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "id");
        assert_eq!(reply.json()["data"], json!({ "node": null }), "an error does not null its parent");
    }
}

async fn an_id_of_another_type_is_refused_by_name(app: TestApp) {
    let input = json!({ "calendar": app.world.id("agreement.a"), "title": "x", "time": { "allDay": { "firstDay": "2027-03-01" } } });
    let planner = app.actor("planner@kaufbeuren");
    let payload = planner.try_mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    assert_eq!(payload["userErrors"][0]["code"], "INVALID");
    assert_eq!(payload["userErrors"][0]["field"], "calendar");
    assert!(payload["userErrors"][0]["message"].as_str().expect("words").contains("cal_"), "{payload}");
}

async fn authorities_and_fields_of_work_are_public(app: TestApp) {
    let query = r#"{ tenants { nodes { slug legalName timeZone } } tenant(slug: "kaufbeuren") { slug kind viewerCan { share } }
        fieldsOfWork { nodes { key name nameEn tenant { slug } } } none: tenant(slug: "nowhere") { id } }"#;
    let data = app.anonymous().speaking("de").ask(query).await.data();
    let slugs: Vec<_> =
        data["tenants"]["nodes"].as_array().expect("nodes").iter().map(|it| it["slug"].clone()).collect();
    assert_eq!(slugs, ["lindau", "ostallgaeu", "kaufbeuren", "memmingen"], "by legal name");
    assert_eq!(data["tenant"], json!({ "slug": "kaufbeuren", "kind": "OTHER", "viewerCan": { "share": false } }));
    assert_eq!(data["none"], Value::Null);
    let field =
        json!({ "key": "counselling", "name": "Bildungsberatung", "nameEn": "Education counselling", "tenant": null });
    assert_eq!(data["fieldsOfWork"]["nodes"][0], field);
    let both = app.anonymous().ask(r#"{ tenant(slug: "a", id: "b") { id } }"#).await;
    assert_eq!(both.codes(), ["BAD_USER_INPUT"]);
}

async fn an_authority_adds_its_own_field_of_work(app: TestApp) {
    let admin = app.actor("admin@kaufbeuren");
    let input = json!({ "tenant": app.world.id("tenant.kaufbeuren"), "key": "bne", "nameDe": "Nachhaltigkeit", "nameEn": "Sustainability" });
    let made = admin.mutate("fieldOfWorkCreate", input.clone(), "fieldOfWork { key name tenant { slug } }").await;
    assert_eq!(
        made["fieldOfWork"],
        json!({ "key": "bne", "name": "Sustainability", "tenant": { "slug": "kaufbeuren" } })
    );
    let again = admin.try_mutate("fieldOfWorkCreate", input, "fieldOfWork { key }").await;
    assert_eq!(codes(&again), ["NOT_UNIQUE"]);
    let wrong = json!({ "tenant": app.world.id("tenant.kaufbeuren"), "key": "Not a key", "nameDe": " ", "nameEn": "" });
    let refused = admin.try_mutate("fieldOfWorkCreate", wrong, "fieldOfWork { key }").await;
    assert_eq!(codes(&refused), ["REQUIRED", "REQUIRED", "INVALID"], "all problems at once");
}
