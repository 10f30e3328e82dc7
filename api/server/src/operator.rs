//! The operator at the command line, on the configured database.

use domain::context::op::Op;
use kernel::clock::Clock;
use secrecy::ExposeSecret as _;

use crate::config::{Config, operator_locale};

/// The operator's operation on the configured database, with the rights of its owner and in the language of the terminal.
///
/// # Errors
/// The database is not configured, cannot be reached, or is not migrated.
pub async fn operation(config: &Config, clock: &Clock) -> Result<Op, String> {
    let url = config.database.owner_url()?.expose_secret().to_owned();
    let mut op = domain::operator::operation(url, clock).await?;
    let pending = migration::pending(&op.store.unscoped()).await.map_err(|error| format!("database: {error}"))?;
    if let Some(next) = pending.first() {
        let count = pending.len();
        op.store.close().await;
        return Err(format!(
            "{count} migrations are pending (next: {next}). Run `verbund migrate` with the same configuration first."
        ));
    }
    op.locale = operator_locale();
    Ok(op)
}
