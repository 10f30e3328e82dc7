//! Where in a dataset an indicator stands.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "dataset_indicator")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The dataset.
    pub dataset_id: Uuid,
    /// Code of the indicator.
    pub code: String,
    /// Name of the column with its values.
    pub measure: String,
    /// The column that tells indicators apart, where one column holds several.
    pub selector_column: Option<String>,
    /// Its code there.
    pub selector_code: Option<String>,
    /// Where it differs from that of the catalogue.
    pub definition: Option<String>,
    /// Edition of the definition, where it differs.
    pub edition: Option<String>,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
