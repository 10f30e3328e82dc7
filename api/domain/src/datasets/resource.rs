//! What the policy decides on.

use entities::{ScopeArea, dataset};
use policy::Object as PolicyObject;

/// What the policy decides on for a dataset and all that belongs to it.
pub fn object_of(row: &dataset::Model) -> PolicyObject {
    PolicyObject::row(ScopeArea::Datasets, row.tenant_id, row.scope_id, row.field_of_work_id)
}
