//! What one object with many parts costs: as many statements as with few, whoever of its resolvers comes first.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use verbund_tests::projects::{LEAD, Parts, joint};
use verbund_tests::{Client, TestApp};

/// Questions for one object, with what is below its parts.
const QUESTIONS: &[&str] = &[
    "{ node(id: $id) { ... on Project { milestones { title tenant { slug } workPackageId } } } }",
    "{ node(id: $id) { ... on Project { obligations { title tenant { slug } funding { programme { name } } } } } }",
    "{ node(id: $id) { ... on Project { budgetLines { tenant { slug } fundingId } } } }",
    "{ project(id: $id) { tenant { slug } partners { tenant { slug } } milestones { tenant { slug } viewerCan { update } }
        workPackages { tenant { slug } } members { tenant { slug } } statusReports { tenant { slug } }
        documents { tenant { slug } } fundings { programme { name } tenant { slug } } links { tenant { slug } }
        obligations { tenant { slug } funding { programme { name } } } budgetLines { tenant { slug } } } }",
    "{ node(id: $id) { id } tenant(slug: \"ostallgaeu\") { members(first: 100) { nodes { tenant { slug }
        roles { tenant { slug } fieldsOfWork { key } } } } } }",
];

/// The numbers of statements of each question, asked several times.
async fn counts(client: &Client, id: &Value) -> Vec<BTreeSet<u32>> {
    let mut counts = Vec::new();
    for question in QUESTIONS {
        let document = format!("query Q($id: ID!) {question}");
        let mut seen = BTreeSet::new();
        for _ in 0..5 {
            let reply = client.send(&document, json!({ "id": id })).await;
            reply.data();
            seen.insert(reply.statements());
        }
        counts.push(seen);
    }
    counts.push(of_payloads(client, id).await);
    counts
}

/// The numbers of statements of a mutation whose payload tells the parts.
async fn of_payloads(client: &Client, id: &Value) -> BTreeSet<u32> {
    let version = "query Q($id: ID!) { project(id: $id) { version } }";
    let update = "mutation M($input: ProjectUpdateInput!) { projectUpdate(input: $input) {
        project { milestones { tenant { slug } } obligations { funding { programme { name } } } } userErrors { code } } }";
    let mut seen = BTreeSet::new();
    for number in 0..5 {
        let version = client.send(version, json!({ "id": id })).await.data()["project"]["version"].clone();
        let input = json!({ "id": id, "version": version, "summary": format!("Summary {number}") });
        let reply = client.send(update, json!({ "input": input })).await;
        assert_eq!(reply.data()["projectUpdate"]["userErrors"], json!([]));
        seen.insert(reply.statements());
    }
    seen
}

async fn milestones(app: &TestApp, client: &Client, parts: &Parts, count: usize) {
    for number in 0..count {
        let input = json!({
            "project": parts.id("project.joint"), "tenant": app.world.id("tenant.ostallgaeu"),
            "title": format!("Milestone {number}"), "dueOn": "2027-06-30",
        });
        client.mutate("milestoneCreate", input, "milestone { id }").await;
    }
}

pub async fn one_object_takes_as_many_statements_with_many_parts(app: TestApp) {
    let parts = joint(&app).await;
    let lead = app.actor(LEAD);
    milestones(&app, &lead, &parts, 5).await;
    let few = counts(&lead, parts.id("project.joint")).await;
    milestones(&app, &lead, &parts, 25).await;
    let many = counts(&lead, parts.id("project.joint")).await;
    assert_eq!(few, many);
    for (question, seen) in QUESTIONS.iter().chain(["a payload"].iter()).zip(&many) {
        assert!(seen.len() == 1 && seen.iter().all(|it| *it < 25), "{seen:?}: {question}");
    }
}
