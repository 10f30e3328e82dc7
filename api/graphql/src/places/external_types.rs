//! API types of ids in other registers.

use async_graphql::{InputObject, SimpleObject};
use domain::places::externals;
use entities::{ExternalIdScheme as Scheme, external_id};
use kernel::error::ApiResult;
use kernel::global_id::at_most_100;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait, Condition};

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

/// Condition that an id in another register is one of these, at most 100.
///
/// # Errors
/// `LIMIT_REACHED` at `field` for more.
pub fn one_of(ids: &[ExternalIdInput], field: &'static str) -> ApiResult<Condition> {
    at_most_100(ids, field)?;
    // Of none is nothing.
    let none = Condition::any().add(external_id::Column::Id.is_null());
    Ok(ids.iter().fold(none, |any, id| {
        let scheme = external_id::Column::Scheme.eq(Scheme::from(id.scheme));
        any.add(scheme.and(external_id::Column::Value.eq(id.value.trim())))
    }))
}
