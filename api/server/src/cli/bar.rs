//! A bar on a terminal: how far long work is.

use std::convert::Infallible;
use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

/// Width of the bar.
const BAR: usize = 30;

/// How far it is.
pub(super) struct Reached {
    /// What is done.
    pub done: u64,
    /// What is to be done.
    pub total: u64,
    /// What stands beside the bar.
    pub words: String,
}

/// Draws how far it is, until dropped; on a terminal only.
pub(super) async fn draw(look: impl Fn() -> Reached) -> Infallible {
    if !std::io::stderr().is_terminal() {
        std::future::pending::<()>().await;
    }
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let text = format!("\r{}", line(&look()));
        let mut out = std::io::stderr().lock();
        let _closed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

fn line(reached: &Reached) -> String {
    let done = usize::try_from(reached.done.saturating_mul(BAR as u64) / reached.total.max(1)).unwrap_or(BAR).min(BAR);
    format!("[{}{}] {}", "#".repeat(done), "-".repeat(BAR - done), reached.words)
}

/// Takes the bar away.
pub(super) fn clear() {
    if std::io::stderr().is_terminal() {
        let mut out = std::io::stderr().lock();
        let _closed = out.write_all(b"\r\x1b[2K").and_then(|()| out.flush());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_never_longer_than_it_is() {
        for (done, total, hashes) in [(0, 0, 0), (0, 10, 0), (5, 10, 15), (10, 10, 30), (20, 10, 30), (u64::MAX, 1, 30)]
        {
            let said = line(&Reached { done, total, words: "rows".to_owned() });
            assert_eq!((said.matches('#').count(), said.chars().count()), (hashes, BAR + 7), "{said}");
        }
    }
}
