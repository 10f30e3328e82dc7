//! `serve`: run until told to stop.

use kernel::clock::Clock;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::config::Config;
use crate::telemetry;

pub(super) async fn run(config: Config) -> Result<(), String> {
    config.check()?;
    telemetry::start(&config.log)?;
    let app = App::build(config, Clock::System).await?;
    let stop = stop_signal()?;
    tracing::info!(address = %app.address()?, "listening");
    app.run_until(stop).await
}

/// Ends at SIGINT or SIGTERM; they are caught from this call on, not only when the future is polled.
pub(super) fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, String> {
    let failed = |error: std::io::Error| format!("cannot listen for signals: {error}");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
