//! Names that must be unique tell nothing of rows out of sight: who works in one field of work may use what a row of another
//! field is called, and whoever sees both is told.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::projects::programme;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["unique_names";
        calendars_may_be_called_like_one_out_of_sight,
        datasets_may_be_called_like_one_out_of_sight,
        projects_may_be_called_like_one_out_of_sight,
        fundings_may_have_the_number_of_one_out_of_sight,
    ]
}

const NONE: [&str; 0] = [];

/// An account of the Landkreis with a role for the field "counselling" only.
async fn limited(app: &TestApp, role: &str) -> Client {
    let account = json!({ "issuer": "https://verbund.localhost", "subject": "limited", "name": "Limited" });
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "to": { "account": account }, "role": role,
        "fieldsOfWork": [app.world.id("field.counselling")],
    });
    app.actor("admin@ostallgaeu").mutate("roleGrantCreate", input, "roleGrant { id }").await;
    app.actor("limited")
}

/// Creates something of that name in a field of work of the Landkreis; what was refused, and the id of what was made.
async fn create(app: &TestApp, client: &Client, object: &str, name: (&str, &str), field: &str) -> (Vec<String>, Value) {
    let mut input =
        json!({ "tenant": app.world.id("tenant.ostallgaeu"), "fieldOfWork": app.world.id(&format!("field.{field}")) });
    input[name.0] = json!(name.1);
    let payload = client.try_mutate(&format!("{object}Create"), input, &format!("{object} {{ id }}")).await;
    (said(&payload), payload[object]["id"].clone())
}

/// A row of another field is in nobody's way who does not see it; one in sight is, and so are all for who sees all.
async fn hidden_and_visible(app: &TestApp, role: &str, object: &str, field: &'static str) {
    let (limited, admin) = (limited(app, role).await, app.actor("admin@ostallgaeu"));
    let taken = [format!("NOT_UNIQUE {field}")];
    let (said, hidden) = create(app, &admin, object, (field, "A secret plan"), "orientation").await;
    assert_eq!(said, NONE);
    let query = "query($id: ID!) { node(id: $id) { id } }";
    assert_eq!(limited.send(query, json!({ "id": hidden })).await.data()["node"], Value::Null);
    // Whoever sees the first is told.
    assert_eq!(create(app, &admin, object, (field, "A secret plan"), "counselling").await.0, taken);
    // Like a name that nothing has.
    let (unknown, _) = create(app, &limited, object, (field, "An unknown plan"), "counselling").await;
    let (said, made) = create(app, &limited, object, (field, "A secret plan"), "counselling").await;
    assert_eq!((said, unknown), (Vec::new(), Vec::new()));
    // In sight it is unique as ever.
    assert_eq!(create(app, &limited, object, (field, "A secret plan"), "counselling").await.0, taken);
    assert_eq!(create(app, &admin, object, (field, "A secret plan"), "newcomers").await.0, taken);
    // The same for a new name of a row that is there.
    let (_, other) = create(app, &limited, object, (field, "Another plan"), "counselling").await;
    let (_, hidden) = create(app, &admin, object, (field, "One more secret"), "orientation").await;
    let rename = async |id: &Value, name: &str| {
        let mut input = json!({ "id": id, "version": 1 });
        input[field] = json!(name);
        said_of(&limited, object, input).await
    };
    assert_eq!(rename(&other, "A secret plan").await, taken);
    assert_eq!(rename(&other, "One more secret").await, NONE);
    // A change that leaves the name is no question of names, also where somebody sees it twice.
    assert_eq!(said_of(&admin, object, json!({ "id": made, "version": 1, field: "A secret plan" })).await, NONE);
    assert!(hidden.is_string());
}

async fn said_of(client: &Client, object: &str, input: Value) -> Vec<String> {
    said(&client.try_mutate(&format!("{object}Update"), input, "__typename").await)
}

async fn calendars_may_be_called_like_one_out_of_sight(app: TestApp) {
    hidden_and_visible(&app, "PLANNER", "calendar", "name").await;
}

async fn datasets_may_be_called_like_one_out_of_sight(app: TestApp) {
    hidden_and_visible(&app, "DATA_STEWARD", "dataset", "title").await;
}

async fn projects_may_be_called_like_one_out_of_sight(app: TestApp) {
    hidden_and_visible(&app, "PROJECT_LEAD", "project", "title").await;
}

async fn fundings_may_have_the_number_of_one_out_of_sight(app: TestApp) {
    let (limited, admin) = (limited(&app, "PROJECT_LEAD").await, app.actor("admin@ostallgaeu"));
    let (_, hidden) = create(&app, &admin, "project", ("title", "A secret plan"), "orientation").await;
    let (_, own) = create(&app, &limited, "project", ("title", "A plan"), "counselling").await;
    let programme = programme(&app, "bildungskommunen").await;
    let fund = async |client: &Client, project: &Value, number: &str| {
        let input = json!({
            "project": project, "tenant": app.world.id("tenant.ostallgaeu"), "programme": programme, "rate": "10",
            "eligibleFrom": "2027-01-01", "eligibleUntil": "2027-12-31", "eligibleCost": { "amount": "10" },
            "requested": { "amount": "1" }, "referenceNumber": number,
        });
        said(&client.try_mutate("fundingCreate", input, "__typename").await)
    };
    assert_eq!(fund(&admin, &hidden, "01BK-1").await, NONE);
    assert_eq!(fund(&admin, &own, "01BK-1").await, ["NOT_UNIQUE referenceNumber"], "whoever sees the first is told");
    assert_eq!(fund(&limited, &own, "01BK-unknown").await, NONE);
    assert_eq!(fund(&limited, &own, "01BK-1").await, NONE);
    assert_eq!(fund(&limited, &own, "01BK-1").await, ["NOT_UNIQUE referenceNumber"]);
}
