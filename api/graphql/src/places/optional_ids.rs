//! Ids in inputs that may be left out or cleared.

use async_graphql::{ID, MaybeUndefined};
use kernel::error::{ApiResult, Problems};
use kernel::global_id::NodeType;
use uuid::Uuid;

/// An id that may be left out.
pub fn id(value: Option<&ID>, kind: NodeType, field: &'static str, problems: &mut Problems) -> ApiResult<Option<Uuid>> {
    match value {
        Some(id) => problems.take(kind.parse(id, field)),
        None => Ok(None),
    }
}

/// An id that may be left out, or cleared.
pub fn changed_id(
    value: &MaybeUndefined<ID>,
    kind: NodeType,
    field: &'static str,
    problems: &mut Problems,
) -> ApiResult<Option<Option<Uuid>>> {
    Ok(match value {
        MaybeUndefined::Value(id) => problems.take(kind.parse(id, field))?.map(Some),
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Undefined => None,
    })
}
