//! What a month costs does not grow with everything else. `tests/bench/agenda.rs` shows it with millions.

use verbund_tests::{Case, Engine, TestApp, cases, plenty};

pub fn cases() -> Vec<Case> {
    cases!["growth"; a_month_costs_the_same_among_fifty_times_as_many_entries]
}

async fn a_month_costs_the_same_among_fifty_times_as_many_entries(app: TestApp) {
    if app.engine == Engine::Sqlite {
        return;
    }
    let more = TestApp::start(app.fixture.clone(), app.engine).await.expect("another server");
    let mut looked = Vec::new();
    let mut measured = Vec::new();
    for (app, count) in [(&app, 2_000), (&more, 100_000)] {
        plenty::fill(app, count).await;
        measured.push(plenty::measure(&app.actor("planner@ostallgaeu"), 3).await);
        looked.push(plenty::scanned(app, true).await.values().sum::<f64>());
    }
    assert_eq!(measured[0].dates, 100, "the first page is full");
    assert_eq!((measured[0].dates, measured[0].statements), (measured[1].dates, measured[1].statements));
    let scans = plenty::scanned(&more, false).await;
    assert!(!scans.contains_key("Seq Scan"), "nothing is read from end to end: {scans:?}");
    // The window looks back a year for what still runs, so the own other entries of that year count a little.
    assert!(looked[1] <= looked[0] * 1.5, "{looked:?}");
}
