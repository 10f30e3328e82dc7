//! What is foreseen of the end of an agreement is what happens, in random worlds.

use std::collections::BTreeMap;

use entities::{AgreementState, ShareLevel};
use kernel::global_id::NodeType;
use serde_json::json;
use uuid::Uuid;
use verbund_tests::TestApp;
use verbund_tests::app::token;

use super::random::Random;
use super::{Placed, Seen};

const WORLDS: u64 = 24;

/// Entries with what becomes of them for each party.
type Changes = BTreeMap<(Uuid, usize), (Option<ShareLevel>, Option<ShareLevel>)>;

pub async fn what_is_foreseen_is_what_happens(app: TestApp) {
    let mut foreseen = 0;
    for seed in 0..WORLDS {
        let mut random = Random::new(2_000 + seed);
        let everybody = random.add_everybody();
        let world = Placed::new(&app, &random).await;
        let rows = world.database.rows().await;
        let before = all(&world, &random, &everybody).await;
        for (at, agreement) in random.agreements.iter().enumerate().filter(|it| it.1.state == AgreementState::Active) {
            // In these worlds an agreement is known to who drafted it.
            let asking = agreement.parties[0];
            let told = ask(&world, &random, everybody[asking], asking, at).await;
            let id = rows.id(agreement.id);
            rows.run(&format!("UPDATE agreement SET state = 'ENDED' WHERE id = {id}")).await;
            let after = all(&world, &random, &everybody).await;
            rows.run(&format!("UPDATE agreement SET state = 'ACTIVE' WHERE id = {id}")).await;
            let mut happened = Changes::new();
            for entry in &random.entries {
                let owner = random.calendars[entry.calendar].tenant;
                for party in agreement.parties.iter().copied() {
                    let level = |of: &[Seen]| of[party].get(&entry.id).copied();
                    let (before, after) = (level(&before), level(&after));
                    // Of its own what others lose, and of others' what it loses itself.
                    if before != after && ((owner == asking) != (party == asking)) {
                        happened.insert((entry.id, party), (before, after));
                    }
                }
            }
            foreseen += happened.len();
            assert_eq!(told, happened, "world {seed}, agreement {at}, asked by {asking}");
        }
    }
    assert!(foreseen > 30, "a proof over worlds in which nothing is lost would prove nothing: {foreseen}");
}

/// What somebody with every role in each authority sees.
async fn all(world: &Placed, random: &Random, everybody: &[usize]) -> Vec<Seen> {
    let mut all = Vec::new();
    for person in everybody {
        all.push(world.by_policy(random, *person).await);
    }
    all
}

/// What is foreseen of entries when an agreement ends.
async fn ask(world: &Placed, random: &Random, person: usize, tenant: usize, agreement: usize) -> Changes {
    let client = world.server.client(Some(token(&world.config, &random.subject(person), random.now)));
    let input = json!({
        "agreement": NodeType::Agreement.id(random.agreements[agreement].id),
        "tenant": NodeType::Tenant.id(random.tenants[tenant].id), "change": { "step": "END" },
    });
    let query = "query($input: AgreementPreviewInput!, $after: String) { previewAgreementChange(input: $input) {
        objects(type: CALENDAR_ENTRY, first: 50, after: $after) { pageInfo { hasNextPage endCursor }
        nodes { objectId changes { party { slug } before after } } } } }";
    let (mut changes, mut after) = (Changes::new(), json!(null));
    loop {
        let data = client.send(query, json!({ "input": input, "after": after })).await.data();
        let page = &data["previewAgreementChange"]["objects"];
        for node in page["nodes"].as_array().expect("nodes") {
            let id = node["objectId"].as_str().expect("an id");
            let id = NodeType::CalendarEntry.parse(id, "object").expect("an id");
            for change in node["changes"].as_array().expect("changes") {
                let slug = change["party"]["slug"].as_str().expect("a slug");
                let party = slug.trim_start_matches("tenant-").parse().expect("a number");
                let level = |it: &serde_json::Value| it.as_str().map(|it| it.parse().expect("a level"));
                changes.insert((id, party), (level(&change["before"]), level(&change["after"])));
            }
        }
        if page["pageInfo"]["hasNextPage"] == false {
            return changes;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}
