//! API types of indicators and of their comparison.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, SimpleObject};
use entities::indicator;
use kernel::global_id::NodeType;

use crate::datasets::enums::CellSymbol;
use crate::datasets::types::Dataset;
use crate::datasets::version_types::DatasetVersion;
use crate::node_row::node_object;

/// Indicator of the catalogue, as its editors define it.
pub struct Indicator(pub Arc<indicator::Model>);

node_object!(Indicator, |row| Self(row));

/// Indicator of the catalogue, as its editors define it.
#[Object]
impl Indicator {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Indicator.id(self.0.id).into()
    }

    /// Code, such as `a_schul_oA`.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Subject area in the catalogue.
    async fn area(&self) -> &str {
        &self.0.area
    }

    /// Short title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Definition of the indicator.
    async fn definition(&self) -> &str {
        &self.0.definition
    }

    /// Formula; null = none.
    async fn formula(&self) -> Option<&str> {
        self.0.formula.as_deref()
    }

    /// Statistics that the indicator is based on; null = not stated.
    async fn basis(&self) -> Option<&str> {
        self.0.basis.as_deref()
    }

    /// Unit of the values; null = not stated.
    async fn unit(&self) -> Option<&str> {
        self.0.unit.as_deref()
    }

    /// Edition of the definition.
    async fn edition(&self) -> &str {
        &self.0.edition
    }

    /// Source of the definition, with its licence.
    async fn source(&self) -> &str {
        &self.0.source
    }
}

/// Comparison of an indicator between regions over time, from datasets visible to the viewer.
#[derive(SimpleObject)]
pub struct IndicatorComparison {
    /// Compared indicator.
    pub indicator: Indicator,
    /// Time series, one for each region and dataset, sorted by region.
    pub series: Vec<IndicatorSeries>,
    /// Warnings that the series are of limited comparability; empty = no limits known.
    pub warnings: Vec<IndicatorWarning>,
}

/// Time series of a region from one dataset.
#[derive(SimpleObject)]
pub struct IndicatorSeries {
    /// Official key of the region.
    pub region: String,
    /// Dataset of the series.
    pub dataset: Dataset,
    /// Dataset version of the series.
    pub dataset_version: DatasetVersion,
    /// Definition in this dataset; null = as in the catalogue.
    pub definition: Option<String>,
    /// Edition of the definition.
    pub edition: String,
    /// True if the values come from the protected table.
    pub protected: bool,
    /// Values, sorted by period.
    pub values: Vec<IndicatorValue>,
}

/// Value of an indicator in one period.
#[derive(SimpleObject)]
pub struct IndicatorValue {
    /// Period in the notation of the dataset.
    pub period: String,
    /// Decimal number such as `7.65`; null = no value.
    pub value: Option<String>,
    /// Symbol in place of the value or beside it; null = none.
    pub symbol: Option<CellSymbol>,
}

/// Code of a warning about an indicator comparison.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IndicatorWarningCode {
    /// Series with different definitions of the indicator.
    DefinitionDiffers,
    /// Series with different editions of the definition.
    EditionDiffers,
    /// Regions of different levels.
    LevelDiffers,
    /// Series with different kinds of periods, or with reference dates on different days of the year.
    ReferenceDateDiffers,
    /// Series with data under disclosure control beside series with exact data.
    ProtectionDiffers,
    /// Dataset left out, because it lacks a column for region, period or value, or has another dimension without a
    /// declared total.
    Ambiguous,
    /// Region without values in the requested years.
    NoValues,
}

/// Warning about an indicator comparison.
#[derive(SimpleObject)]
pub struct IndicatorWarning {
    /// Code of the warning.
    pub code: IndicatorWarningCode,
    /// Message for people, in German or English by `Accept-Language`. Not stable.
    pub message: String,
}
