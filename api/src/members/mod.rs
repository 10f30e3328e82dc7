//! Members of an authority and the roles they hold.

pub mod mutation;
mod service;
mod sign_in;
mod types;

use crate::store::Hint;

/// Whether a committed change may be one of somebody's access.
pub fn changes_access(hint: &Hint) -> bool {
    matches!(hint.object_type.as_str(), "Agreement" | "Member" | "RoleGrant" | "Share" | "Tenant")
}

pub use mutation::MemberMutation;
pub use service::{RoleWish, WishedMember, give_role};
pub use sign_in::SignIn;
pub use types::{Member, RoleGrant, Viewer, member_by_id, member_page, role_grant_by_id, viewer};
