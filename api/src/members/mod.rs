//! Members of an authority and the roles they hold.

pub mod mutation;
mod service;
mod types;

pub use mutation::MemberMutation;
pub use service::{RoleWish, WishedMember, give_role};
pub use types::{Member, RoleGrant, Viewer, member_by_id, member_page, role_grant_by_id, viewer};
