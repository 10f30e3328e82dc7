//! Where an operation uses its variables.

use async_graphql::parser::types::Type;
use async_graphql::{Name, Pos};

/// One use of a variable as a value, or within one.
#[derive(Clone, Debug)]
pub(super) struct VariableUse {
    /// The variable.
    pub(super) name: Name,
    /// Where it stands.
    pub(super) at: Pos,
    /// The type that is wanted there.
    pub(super) wanted: Type,
    /// Whether that has a default, which a variable that is left out takes.
    pub(super) has_default: bool,
    /// Whether it stands in a field of which exactly one is given.
    pub(super) in_one_of: bool,
    /// Path of the value, as errors tell it.
    pub(super) path: String,
}

/// Whether values of type `given` may stand where `wanted` is (GraphQL specification, section 5.8.5).
pub(super) fn fits(given: &Type, wanted: &Type) -> bool {
    use async_graphql::parser::types::BaseType::{List, Named};
    if given.nullable && !wanted.nullable {
        return false;
    }
    match (&given.base, &wanted.base) {
        (Named(given), Named(wanted)) => given == wanted,
        (List(given), List(wanted)) => fits(given, wanted),
        (Named(_), List(_)) | (List(_), Named(_)) => false,
    }
}
