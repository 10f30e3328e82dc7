//! API types of indicators and of their comparison.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, SimpleObject};
use entities::indicator;
use kernel::global_id::NodeType;

use crate::datasets::enums::CellSymbol;
use crate::datasets::types::Dataset;
use crate::datasets::version_types::DatasetVersion;

/// An indicator as its editors define it.
pub struct Indicator(pub Arc<indicator::Model>);

/// An indicator as its editors define it.
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

    /// Area of the catalogue.
    async fn area(&self) -> &str {
        &self.0.area
    }

    /// Short title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What it tells.
    async fn definition(&self) -> &str {
        &self.0.definition
    }

    /// How it is worked out.
    async fn formula(&self) -> Option<&str> {
        self.0.formula.as_deref()
    }

    /// The statistics behind it.
    async fn basis(&self) -> Option<&str> {
        self.0.basis.as_deref()
    }

    /// Unit.
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

/// An indicator in several regions over time, as far as the viewer sees datasets that have it.
#[derive(SimpleObject)]
pub struct IndicatorComparison {
    /// The indicator.
    pub indicator: Indicator,
    /// One line for each region and dataset, by region.
    pub series: Vec<IndicatorSeries>,
    /// What keeps the lines from being compared as they stand; empty = nothing is known of.
    pub warnings: Vec<IndicatorWarning>,
}

/// The values of a region in one dataset.
#[derive(SimpleObject)]
pub struct IndicatorSeries {
    /// Official key of the region.
    pub region: String,
    /// The dataset.
    pub dataset: Dataset,
    /// The version that was read.
    pub dataset_version: DatasetVersion,
    /// What the values tell, where it differs from the catalogue.
    pub definition: Option<String>,
    /// Edition of the definition.
    pub edition: String,
    /// The values are protected, because they have left their authority.
    pub protected: bool,
    /// The values by time.
    pub values: Vec<IndicatorValue>,
}

/// The value of one period.
#[derive(SimpleObject)]
pub struct IndicatorValue {
    /// The period, as the dataset writes it.
    pub period: String,
    /// The value as a decimal number, such as `7.65`.
    pub value: Option<String>,
    /// What stands in its place, or beside it.
    pub symbol: Option<CellSymbol>,
}

/// Why lines cannot be compared as they stand.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IndicatorWarningCode {
    /// They are defined in different ways.
    DefinitionDiffers,
    /// They follow different editions of the definition.
    EditionDiffers,
    /// They are of regions of different levels.
    LevelDiffers,
    /// They are of different days or spans of the year.
    ReferenceDateDiffers,
    /// Some are protected, others are not.
    ProtectionDiffers,
    /// A dataset cannot be read without choosing more than region and time.
    Ambiguous,
    /// A region has no values in the time that was asked for.
    NoValues,
}

/// Something to know before lines are compared.
#[derive(SimpleObject)]
pub struct IndicatorWarning {
    /// What it is.
    pub code: IndicatorWarningCode,
    /// The words for people.
    pub message: String,
}
