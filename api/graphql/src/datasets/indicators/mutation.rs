//! Mutations about indicators.

use async_graphql::{Context, ID, InputObject, Object};
use domain::datasets::indicators::service;
use domain::datasets::indicators::service::IndicatorColumn;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::datasets::mutation::DatasetPayload;
use crate::payload::Payload;

/// Selector of an indicator in a table whose column holds several.
#[derive(InputObject)]
pub struct IndicatorSelectorInput {
    /// Name of the column that tells the indicators apart.
    column: String,
    /// Code of the indicator in that column.
    code: String,
}

/// Location of an indicator in a dataset.
#[derive(InputObject)]
pub struct IndicatorPlaceInput {
    /// Code of the indicator in the catalogue.
    code: String,
    /// Name of the column with the values, at most 63 characters.
    measure: String,
    /// Selector of the rows of the indicator; left out = the column holds no other.
    selector: Option<IndicatorSelectorInput>,
    /// Definition in this dataset, at most 1,000 characters; left out = as in the catalogue.
    definition: Option<String>,
    /// Edition of the definition, at most 200 characters; left out = as in the catalogue.
    edition: Option<String>,
}

/// Complete list of the indicators in a dataset.
#[derive(InputObject)]
pub struct DatasetIndicatorsSetInput {
    /// Dataset to change.
    id: ID,
    /// Version number of the dataset as last read by the client; an outdated one fails with `STALE_VERSION`.
    version: i32,
    /// Locations of the indicators, at most 100, each indicator once. Replaces the previous list.
    indicators: Vec<IndicatorPlaceInput>,
}

/// See the module.
#[derive(Default)]
pub struct IndicatorMutation;

#[Object]
impl IndicatorMutation {
    /// Declares the indicators in a dataset for `compareIndicator`, in place of previous declarations. Requires
    /// `DATASETS_WRITE` in the owning authority.
    async fn dataset_indicators_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Dataset with the complete list of its indicators.")] input: DatasetIndicatorsSetInput,
    ) -> ApiResult<DatasetPayload> {
        let op = ctx.op()?;
        let places = input.indicators.into_iter().map(|it| IndicatorColumn {
            code: it.code,
            measure: it.measure,
            selector: it.selector.map(|it| (it.column, it.code)),
            definition: it.definition,
            edition: it.edition,
        });
        let work = |id| service::set(op, id, input.version, places.collect());
        DatasetPayload::changed(op, NodeType::Dataset.parse(&input.id, "id"), work).await
    }
}
