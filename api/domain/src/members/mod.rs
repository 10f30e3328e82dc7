//! Members of an authority and the roles they hold.

pub mod binding;
pub mod confirmation;
pub mod profile;
pub mod service;
pub mod sign_in;

use store::{ChangeHint, Session};
use uuid::Uuid;

/// Whether a committed change may be one of somebody's access.
pub fn changes_access(hint: &ChangeHint) -> bool {
    matches!(hint.object_type.as_str(), "Agreement" | "Member" | "RoleGrant" | "Share" | "Tenant")
}

/// The name under which an authority knows the acting person; the name of the account where it has no role there.
pub fn acting_name(session: &Session, tenant: Uuid) -> String {
    let access = session.access();
    let held = access.roles().iter().find(|it| it.tenant == tenant).map(|it| it.member_name.clone());
    held.or_else(|| access.person().map(|it| it.name.clone())).unwrap_or_default()
}
