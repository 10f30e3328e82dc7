//! The operator at the command line, on the configured database.

use domain::context::op::Op;
use kernel::clock::Clock;
use secrecy::ExposeSecret as _;

use crate::config::Config;

/// The operator's operation on the configured database, with the rights of its owner.
///
/// # Errors
/// The database is not configured, or cannot be reached.
pub async fn operation(config: &Config, clock: &Clock) -> Result<Op, String> {
    let url = config.database.owner_url()?.expose_secret().to_owned();
    domain::operator::operation(url, clock).await
}
