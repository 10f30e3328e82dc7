//! `cargo bench -p verbund-tests --bench projects`: what a page of twenty projects, each with ten milestones, a partner and
//! funding, takes on both databases through the real server, beside one project by its id.

#![expect(clippy::print_stdout, reason = "what is measured goes to standard output")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use verbund_tests::app::Server;
use verbund_tests::database::Fixture;
use verbund_tests::projects::{LEAD, LEAN, joint, one_more, programme};
use verbund_tests::{Client, TestApp};

/// How many senders there are, and how many requests each sends.
const SENDERS: usize = 2;
const REQUESTS: usize = 300;

#[tokio::main]
async fn main() {
    let fixture = Arc::new(Fixture::start().expect("PostgreSQL"));
    println!(
        "{:>10} {:>14} {:>11} {:>10} {:>8} {:>8}",
        "database", "what", "statements", "per second", "p50 ms", "p99 ms"
    );
    for engine in fixture.engines() {
        fixture.prepare(engine).await.expect("a database");
        let app = TestApp::start(fixture.clone(), engine).await.expect("a server");
        let parts = joint(&app).await;
        let programme = programme(&app, "bildungskommunen").await;
        for number in 0..18 {
            one_more(&app, number, &programme).await;
        }
        // Whoever measures asks more than its share.
        let mut config = app.config.clone();
        config.graphql.points_per_minute = 0;
        let server = Server::start(config, app.clock.clone()).await.expect("a server");
        let lead = server.client(Some(app.token(LEAD)));
        let by_id =
            format!("{{ node(id: {}) {{ ... on Project {{ title phase }} }} }}", json!(parts.id("project.joint")));
        let mut rates = Vec::new();
        for (what, query) in [("by id", by_id.as_str()), ("page of 20", LEAN)] {
            let (rate, mut each) = measure(&lead, query).await;
            each.sort_unstable();
            let at = |share: usize| each[(each.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
            let statements = lead.ask(query).await.statements();
            println!(
                "{:>10} {what:>14} {statements:>11} {rate:>10.0} {:>8.2} {:>8.2}",
                format!("{engine:?}"),
                at(50),
                at(99)
            );
            rates.push(rate);
        }
        println!("{:>10} a page is {:.1} lookups", "", rates[0] / rates[1]);
    }
}

/// Requests per second, and how long each took.
async fn measure(client: &Client, query: &str) -> (f64, Vec<Duration>) {
    for _ in 0..20 {
        client.ask(query).await.data();
    }
    let begun = Instant::now();
    let senders = (0..SENDERS).map(|_| async {
        let mut each = Vec::new();
        for _ in 0..REQUESTS {
            let sent = Instant::now();
            client.ask(query).await.data();
            each.push(sent.elapsed());
        }
        each
    });
    let each: Vec<_> = futures_util::future::join_all(senders).await.concat();
    (each.len() as f64 / begun.elapsed().as_secs_f64(), each)
}
