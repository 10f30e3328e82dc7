//! What a refused decision is to the client.

use kernel::error::{ApiError, Problem, UserErrorCode};
use kernel::i18n::Text;

use crate::{Decision, Permission};

/// A refused decision about the object named by `field`.
pub fn refused(decision: Decision, field: &'static str) -> ApiError {
    match decision {
        Decision::Hide => Problem::not_found(field).into(),
        Decision::SignIn => Problem::at(UserErrorCode::Unauthenticated, field, Text::new("unauthenticated")).into(),
        Decision::Deny(missing) => {
            let missing = missing.map_or("-", Permission::name);
            Problem::at(UserErrorCode::Forbidden, field, Text::new("forbidden").with("permission", missing)).into()
        }
        Decision::Allow(..) => ApiError::fault("an allowed decision was treated as refused"),
    }
}
