//! Mutations about indicators.

use async_graphql::{Context, ID, InputObject, Object};
use domain::datasets::indicators::service;
use domain::datasets::indicators::service::Place;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::datasets::mutation::DatasetPayload;
use crate::payload::Payload;

/// Tells indicators apart that stand in one column.
#[derive(InputObject)]
pub struct IndicatorSelectorInput {
    /// Name of the column.
    column: String,
    /// The code that the indicator has there.
    code: String,
}

/// Where an indicator stands in a dataset.
#[derive(InputObject)]
pub struct IndicatorPlaceInput {
    /// Code of the indicator.
    code: String,
    /// Name of the column with its values.
    measure: String,
    /// What tells it from others in that column; left out = the column has no other.
    selector: Option<IndicatorSelectorInput>,
    /// What it tells here, where that differs from the catalogue.
    definition: Option<String>,
    /// Edition of the definition, where that differs.
    edition: Option<String>,
}

/// Where indicators stand in a dataset, all of them.
#[derive(InputObject)]
pub struct DatasetIndicatorsSetInput {
    /// The dataset.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// The indicators; they take the place of those declared before.
    indicators: Vec<IndicatorPlaceInput>,
}

/// See the module.
#[derive(Default)]
pub struct IndicatorMutation;

#[Object]
impl IndicatorMutation {
    /// Declares where indicators stand in a dataset, so that `compareIndicator` finds them. Takes `DATASETS_WRITE` in the
    /// owner.
    async fn dataset_indicators_set(
        &self,
        ctx: &Context<'_>,
        input: DatasetIndicatorsSetInput,
    ) -> ApiResult<DatasetPayload> {
        let op = ctx.op()?;
        let id = match NodeType::Dataset.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return DatasetPayload::refused(op, error),
        };
        let places = input.indicators.into_iter().map(|it| Place {
            code: it.code,
            measure: it.measure,
            selector: it.selector.map(|it| (it.column, it.code)),
            definition: it.definition,
            edition: it.edition,
        });
        let done = service::set(op, id, input.version, places.collect()).await;
        DatasetPayload::changed(op, id, done).await
    }
}
