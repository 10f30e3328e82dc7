//! API types of ids in other registers.

use async_graphql::{InputObject, SimpleObject};
use domain::places::externals;
use entities::{ExternalIdScheme as Scheme, external_id};
use kernel::error::ApiResult;

use crate::inputs::InputField;
use crate::places::enums::ExternalIdScheme;

/// Id of a learning place or organisation in an external register.
#[derive(SimpleObject)]
pub struct ExternalId {
    /// External register.
    scheme: ExternalIdScheme,
    /// Id in the register.
    value: String,
}

/// Id of a learning place or organisation in an external register.
#[derive(InputObject, Clone, Debug)]
pub struct ExternalIdInput {
    /// External register.
    pub scheme: ExternalIdScheme,
    /// Id in the form of the register, see `ExternalIdScheme`.
    pub value: String,
}

/// As they are shown.
pub fn shown(rows: &[external_id::Model]) -> Vec<ExternalId> {
    let mut ids: Vec<_> = rows.iter().map(|it| (it.scheme, &it.value)).collect();
    ids.sort();
    ids.into_iter().map(|(scheme, value)| ExternalId { scheme: scheme.into(), value: value.clone() }).collect()
}

impl InputField for ExternalIdInput {
    type Value = (Scheme, String);

    fn value(self, field: &'static str) -> ApiResult<Self::Value> {
        externals::formed(self.scheme.into(), &self.value, field)
    }
}
