//! A page of projects takes the same statements however many there are and however much is in them.

use serde_json::{Value, json};
use verbund_tests::projects::{LEAD, LEAN, joint, one_more, programme};
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["projects::statements";
        a_page_of_projects_takes_a_constant_number_of_statements,
        nodes_take_as_many_however_many_they_are,
    ]
}

/// Everything that a page of projects can show.
const PAGE: &str = "{ projects(first: 20, orderBy: CREATED_AT_DESCENDING) { nodes { title phase light tenant { slug } fieldOfWork { key } partners { state tenant { slug } }
    milestones { title dueOn status late tenant { slug } viewerCan { update } } workPackages { title status afterIds }
    fundings { rate called { amount } gap { amount } programme { name } ownShares { amount { amount } tenant { slug } } checks { code } obligations { title } }
    finances { planned { amount } byYear { year } } members { name } documents { title versions { number } }
    links { note target { __typename } } indicators { title measurements { value } } viewerCan { update takePart } } } }";

const OBLIGATIONS: &str = "{ obligations(first: 50) { nodes { title late project { title light finances { gap { amount } } }
    funding { called { amount } checks { code } programme { name } } document { title versions { number } } viewerCan { fulfil } } } }";

const ARCHIVES: &str = "{ projectArchives(first: 50) { nodes { title tenant { slug } project { title } } } }";
const OVERVIEW: &str =
    "{ financialOverview(by: [PROJECT, TENANT, YEAR, PROGRAMME, COST_TYPE]) { planned { amount } project { title light finances { gap { amount } } partners { tenant { slug } } }
    tenant { slug } programme { name } } }";

/// What may be paid twice, with everything of the other project that a page shows.
const HINTS: &str = "query($project: ID!) { doubleFundingHints(project: $project) { inCommon programme { name }
    funding { called { amount } } other { gap { amount } obligations { title } tenant { slug } }
    otherProject { title light finances { planned { amount } } milestones { title late } partners { tenant { slug } } } } }";

/// Calendars of projects, and their dates.
const CALENDARS: &str = "{ calendars(first: 50) { nodes { name project { title } } } }";
const DATES: &str = r#"{ agenda(between: {start: "2028-01-01T00:00:00Z", end: "2028-12-31T00:00:00Z"}, first: 100) { nodes { entry {
    __typename ... on CalendarEntryFull { title calendar { name project { title } } } } } } }"#;

/// Statements of each query.
const PINNED: [(&str, u32); 8] = [
    ("a page of projects", 24),
    ("obligations", 11),
    ("copies", 4),
    ("sums", 11),
    ("a page as frontends ask for it", 7),
    ("hints", 15),
    ("calendars", 3),
    ("dates", 5),
];

async fn statements(client: &Client, project: &Value) -> Vec<(&'static str, u32)> {
    let mut all = Vec::new();
    let queries = [PAGE, OBLIGATIONS, ARCHIVES, OVERVIEW, LEAN, HINTS, CALENDARS, DATES];
    for (query, (name, _)) in queries.into_iter().zip(PINNED) {
        let reply = client.send(query, json!({ "project": project })).await;
        let data = reply.data();
        assert!(!data.to_string().contains("\"code\":\"INTERNAL"), "{data}");
        all.push((name, reply.statements()));
    }
    all
}

async fn a_page_of_projects_takes_a_constant_number_of_statements(app: TestApp) {
    let parts = joint(&app).await;
    let lead = app.actor(LEAD);
    let programme = programme(&app, "bildungskommunen").await;
    one_more(&app, 18, &programme).await;
    let project = parts.id("project.joint");
    let few = statements(&lead, project).await;
    for number in 0..17 {
        one_more(&app, number, &programme).await;
    }
    let many = statements(&lead, project).await;
    assert_eq!(many, few, "twenty projects take what three take");
    assert_eq!(many, PINNED);
    let data = lead.ask(PAGE).await.data();
    assert_eq!(data["projects"]["nodes"].as_array().expect("projects").len(), 20);
    assert_eq!(data["projects"]["nodes"][0]["milestones"].as_array().expect("milestones").len(), 10);
}

async fn nodes_take_as_many_however_many_they_are(app: TestApp) {
    joint(&app).await;
    let lead = app.actor(LEAD);
    let programme = programme(&app, "bildungskommunen").await;
    for number in 0..3 {
        one_more(&app, number, &programme).await;
    }
    let all =
        "{ projects(first: 3, orderBy: CREATED_AT_DESCENDING) { nodes { id milestones { id } fundings { id } } } }";
    let data = lead.ask(all).await.data()["projects"]["nodes"].clone();
    let of = |project: &Value| {
        let milestones = project["milestones"].as_array().expect("milestones").iter().take(4);
        let fundings = project["fundings"].as_array().expect("fundings").iter();
        milestones.chain(fundings).map(|it| it["id"].clone()).chain([project["id"].clone()]).collect::<Vec<_>>()
    };
    let each: Vec<_> = data.as_array().expect("projects").iter().map(of).collect();
    let query =
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Project { title milestones { title late } partners { state } documents { title versions { number } }
            links { note target { __typename } } fundings { programme { name } } }
        ... on Milestone { title project { title } viewerCan { update } }
        ... on Funding { rate called { amount } checks { code } } } }";
    let ask = async |ids: Vec<Value>| {
        let reply = lead.send(query, json!({ "ids": ids })).await;
        assert_eq!(reply.data()["nodes"].as_array().map(Vec::len), Some(ids.len()));
        reply.statements()
    };
    assert_eq!((ask(each[0].clone()).await, ask(each.concat()).await), (15, 15));
}
