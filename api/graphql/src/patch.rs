//! Fields of inputs that change something: left out, null or a value.

use async_graphql::{ID, MaybeUndefined};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use kernel::patch::Patch;
use uuid::Uuid;

/// The change that an input field asks for. Left out = no change.
pub trait PatchField<T> {
    /// The change of a value that null clears.
    fn clearable(self) -> Patch<Option<T>>;

    /// The change of a value that there always is.
    ///
    /// # Errors
    /// Null: `REQUIRED` at `field`.
    fn required(self, field: &'static str) -> ApiResult<Patch<T>>;

    /// The change of a value that has a default, such as an empty list; null sets that.
    fn defaulted(self) -> Patch<T>
    where
        T: Default,
        Self: Sized,
    {
        self.clearable().map(Option::unwrap_or_default)
    }
}

impl<T> PatchField<T> for MaybeUndefined<T> {
    fn clearable(self) -> Patch<Option<T>> {
        match self {
            Self::Undefined => Patch::Keep,
            Self::Null => Patch::Set(None),
            Self::Value(value) => Patch::Set(Some(value)),
        }
    }

    fn required(self, field: &'static str) -> ApiResult<Patch<T>> {
        match self {
            Self::Undefined => Ok(Patch::Keep),
            Self::Null => Err(Problem::at(UserErrorCode::Required, field, Text::new("required")).into()),
            Self::Value(value) => Ok(Patch::Set(value)),
        }
    }
}

/// The change of a reference to another object, which null clears.
///
/// # Errors
/// The id is none of a `node`: `INVALID` at `field`.
pub fn clearable_id(id: MaybeUndefined<ID>, node: NodeType, field: &'static str) -> ApiResult<Patch<Option<Uuid>>> {
    id.clearable().try_map(|id| optional_id(id.as_ref(), node, field))
}

/// The change of a reference to another object that there always is.
///
/// # Errors
/// Null: `REQUIRED` at `field`; the id is none of a `node`: `INVALID` at `field`.
pub fn required_id(id: MaybeUndefined<ID>, node: NodeType, field: &'static str) -> ApiResult<Patch<Uuid>> {
    id.required(field)?.try_map(|id| node.parse(&id, field))
}

/// The row that an optional id names.
///
/// # Errors
/// The id is none of a `node`: `INVALID` at `field`.
pub fn optional_id(id: Option<&ID>, node: NodeType, field: &'static str) -> ApiResult<Option<Uuid>> {
    id.map(|id| node.parse(id, field)).transpose()
}
