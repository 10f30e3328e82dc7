//! Members of an authority and the roles they hold.

pub mod binding;
pub mod service;
pub mod sign_in;

use entities::member;
use kernel::error::ApiResult;
use store::{ChangeHint, Session};
use uuid::Uuid;

/// Whether a committed change may be one of somebody's access.
pub fn changes_access(hint: &ChangeHint) -> bool {
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
