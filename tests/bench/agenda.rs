//! `cargo bench -p verbund-tests --bench agenda [-- <entries> …]`: what the month of a planner takes among ten thousand and
//! five million entries, on PostgreSQL, through the real server. Takes some minutes and 4 GB of disk.

#![expect(clippy::print_stdout, reason = "what is measured goes to standard output")]

use std::sync::Arc;

use verbund_tests::database::Fixture;
use verbund_tests::{Engine, TestApp, plenty};

#[tokio::main]
async fn main() {
    let wanted: Vec<usize> = std::env::args().filter_map(|it| it.parse().ok()).collect();
    let wanted = if wanted.is_empty() { vec![10_000, 5_000_000] } else { wanted };
    let fixture = Arc::new(Fixture::start().expect("PostgreSQL"));
    fixture.prepare(Engine::Postgres).await.expect("PostgreSQL is installed");
    let mut first = None;
    println!("{:>10} {:>6} {:>11} {:>12} {:>10}", "entries", "dates", "statements", "database ms", "whole ms");
    for count in wanted {
        let app = TestApp::start(fixture.clone(), Engine::Postgres).await.expect("a server");
        plenty::fill(&app, count).await;
        let measured = plenty::measure(&app.actor("planner@ostallgaeu"), 200).await;
        let millis = |it: std::time::Duration| it.as_secs_f64() * 1_000.0;
        println!(
            "{count:>10} {:>6} {:>11} {:>12.2} {:>10.2}   {:?}",
            measured.dates,
            measured.statements,
            millis(measured.database),
            millis(measured.whole),
            plenty::scanned(&app, false).await
        );
        let first = first.get_or_insert_with(|| measured.clone());
        println!(
            "{:>10} database {:.2} times, whole {:.2} times",
            "",
            measured.database.as_secs_f64() / first.database.as_secs_f64(),
            measured.whole.as_secs_f64() / first.whole.as_secs_f64()
        );
    }
}
