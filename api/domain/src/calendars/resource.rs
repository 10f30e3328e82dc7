//! What the policy decides on.

use entities::{ScopeArea, calendar};
use policy::Object as PolicyObject;

/// What the policy decides on for a calendar and its entries.
pub fn object_of(row: &calendar::Model) -> PolicyObject {
    PolicyObject::row(ScopeArea::Calendars, row.tenant_id, row.scope_id, row.field_of_work_id)
}
