//! Members of an authority and the roles they hold.

pub mod mutation;
mod service;
mod sign_in;
mod types;

use uuid::Uuid;
use verbund_entities::member;

use crate::error::ApiResult;
use crate::store::{Hint, Session};

/// Whether a committed change may be one of somebody's access.
pub fn changes_access(hint: &Hint) -> bool {
    matches!(hint.object_type.as_str(), "Agreement" | "Member" | "RoleGrant" | "Share" | "Tenant")
}

/// The name under which an authority knows the acting person.
///
/// # Errors
/// The database fails.
pub async fn acting_name(session: &Session, tenant: Uuid) -> ApiResult<String> {
    let held = session.access().roles().iter().find(|it| it.tenant == tenant).map(|it| it.member);
    let known = match held {
        Some(member) => session.get::<member::Entity>(member).await?.map(|it| it.name.clone()),
        None => None,
    };
    Ok(known.or_else(|| session.access().person().map(|it| it.name.clone())).unwrap_or_default())
}

pub use mutation::MemberMutation;
pub use service::{RoleWish, WishedMember, give_role};
pub use sign_in::SignIn;
pub use types::{Member, RoleGrant, Viewer, member_by_id, member_page, role_grant_by_id, viewer, with_roles};
