//! Rights on the audit trail, which is only read.

use entities::{ScopeArea, audit_event};
use kernel::global_id::NodeType;
use policy::Object;

use crate::rights::{Need, Resource};

impl Resource for audit_event::Entity {
    const NODE: NodeType = NodeType::AuditEvent;
    const AREA: ScopeArea = ScopeArea::Audit;
    const OPERATIONS: &'static [Need] = &[];

    fn object(row: &audit_event::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }
}
