//! A page of projects takes the same statements however many there are and however much is in them.

use verbund_tests::projects::{LEAD, LEAN, joint, one_more, programme};
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["projects::statements"; a_page_of_projects_takes_a_constant_number_of_statements]
}

/// Everything that a page of projects can show.
const PAGE: &str = "{ projects(first: 20) { nodes { title phase light tenant { slug } fieldOfWork { key } partners { state tenant { slug } }
    milestones { title dueOn status late tenant { slug } viewerCan { update } } workPackages { title status afterIds }
    fundings { rate called { amount } gap { amount } programme { name } ownShares { amount { amount } tenant { slug } } checks { code } obligations { title } }
    finances { planned { amount } byYear { year } } members { name } documents { title versions { number } }
    links { note target { __typename } } indicators { title measurements { value } } viewerCan { update takePart } } } }";

const OBLIGATIONS: &str = "{ obligations(first: 50) { nodes { title late project { title light finances { gap { amount } } }
    funding { called { amount } checks { code } programme { name } } document { title versions { number } } viewerCan { update } } } }";

const ARCHIVES: &str = "{ projectArchives(first: 50) { nodes { title tenant { slug } project { title } } } }";
const OVERVIEW: &str =
    "{ financialOverview(by: [PROJECT, TENANT, YEAR, PROGRAMME, COST_TYPE]) { planned { amount } project { title }
    tenant { slug } programme { name } } }";

/// Statements of a page of projects, obligations, copies, the sums, and a page as frontends ask for it.
const PINNED: [u32; 5] = [24, 12, 4, 5, 7];

async fn statements(client: &Client) -> [u32; 5] {
    let mut all = [0; 5];
    for (index, query) in [PAGE, OBLIGATIONS, ARCHIVES, OVERVIEW, LEAN].into_iter().enumerate() {
        let reply = client.ask(query).await;
        let data = reply.data();
        assert!(!data.to_string().contains("\"code\":\"INTERNAL"), "{data}");
        all[index] = reply.statements();
    }
    all
}

async fn a_page_of_projects_takes_a_constant_number_of_statements(app: TestApp) {
    joint(&app).await;
    let lead = app.actor(LEAD);
    let programme = programme(&app, "bildungskommunen").await;
    one_more(&app, 18, &programme).await;
    let few = statements(&lead).await;
    for number in 0..17 {
        one_more(&app, number, &programme).await;
    }
    let many = statements(&lead).await;
    assert_eq!(many, few, "twenty projects take what three take");
    assert_eq!(many, PINNED);
    let data = lead.ask(PAGE).await.data();
    assert_eq!(data["projects"]["nodes"].as_array().expect("projects").len(), 20);
    assert_eq!(data["projects"]["nodes"][0]["milestones"].as_array().expect("milestones").len(), 10);
}
