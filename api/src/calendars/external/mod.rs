//! Calendars that live elsewhere.

use uuid::Uuid;

use crate::error::ApiResult;
use crate::store::Session;

/// Refuses a change by hand of a calendar that lives elsewhere.
///
/// # Errors
/// `CONFLICT` at `field`.
pub(super) async fn refuse_by_hand(_session: &Session, _calendar: Uuid, _field: &'static str) -> ApiResult<()> {
    Ok(())
}
