//! What a refused decision is to the client.

use kernel::error::{ApiError, Problem, UserErrorCode};
use kernel::i18n::Text;

use crate::{AccessDecision, Permission};

/// A refused decision about the object named by `field`.
pub fn refused(decision: AccessDecision, field: &'static str) -> ApiError {
    match decision {
        AccessDecision::Hide => Problem::not_found(field).into(),
        AccessDecision::SignIn => {
            Problem::at(UserErrorCode::Unauthenticated, field, Text::new("unauthenticated")).into()
        }
        AccessDecision::Deny(missing) => {
            let missing = missing.map_or("-", Permission::name);
            Problem::at(UserErrorCode::Forbidden, field, Text::new("forbidden").with("permission", missing)).into()
        }
        AccessDecision::Allow(..) => ApiError::fault("an allowed decision was treated as refused"),
    }
}
