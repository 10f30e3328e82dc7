//! Where indicators stand in a dataset: declared by its owner, and by the columns of its versions.

use std::collections::BTreeSet;

use entities::{dataset, dataset_indicator, indicator};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::text;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;
use store::{Session, Writer, full};
use tabular::model::Column;
use uuid::Uuid;

use crate::context::audited::{Audited as _, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, UnitOfWork};
use crate::rights::{self, Operation};

/// The most indicators of one dataset.
const MAX: usize = 100;

/// Column of an indicator in a dataset.
#[derive(Clone, Debug)]
pub struct IndicatorColumn {
    /// Code of the indicator.
    pub code: String,
    /// Name of the column with its values.
    pub measure: String,
    /// Column and code that select its rows; none = the column holds no other.
    pub selector: Option<(String, String)>,
    /// Definition, where it differs from the catalogue.
    pub definition: Option<String>,
    /// Edition of the definition, where it differs from the catalogue.
    pub edition: Option<String>,
}

/// Replaces the declared indicators of a dataset by `places`.
///
/// # Errors
/// The dataset may not be changed; a code is unknown or comes twice.
pub async fn set(op: &Op, id: Uuid, version: i32, places: Vec<IndicatorColumn>) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "datasetIndicatorsSet").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<dataset::Entity>(session, id, Operation::Update, "id").await?;
    let places = checked(session, places).await?;
    let writer = session.writer(&grant).await?;
    let mut row = (*before).clone();
    save_row(&writer, &mut row, version).await?;
    writer.delete::<dataset_indicator::Entity>(dataset_indicator::Column::DatasetId.eq(id)).await?;
    let codes: Vec<_> = places.iter().map(|it| it.code.clone()).collect();
    writer.insert_all(places.into_iter().map(|it| full(stored(&row, it))).collect()).await?;
    let after = Some(json!({ "indicators": codes }));
    let change = ChangeRecord { after, ..row.change_record("dataset.updated", None) };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

fn stored(row: &dataset::Model, place: IndicatorColumn) -> dataset_indicator::Model {
    let (selector_column, selector_code) = place.selector.unzip();
    dataset_indicator::Model {
        id: new_id(),
        tenant_id: row.tenant_id,
        scope_id: row.scope_id,
        dataset_id: row.id,
        code: place.code,
        measure: place.measure,
        selector_column,
        selector_code,
        definition: place.definition,
        edition: place.edition,
    }
}

async fn checked(session: &Session, places: Vec<IndicatorColumn>) -> ApiResult<Vec<IndicatorColumn>> {
    if places.len() > MAX {
        let text = Text::new("list-too-long").with("length", places.len()).with("max", MAX);
        return Err(Problem::at(UserErrorCode::LimitReached, "indicators", text).into());
    }
    let codes: BTreeSet<_> = places.iter().map(|it| it.code.clone()).collect();
    let known = session.reference::<indicator::Entity>().filter(indicator::Column::Code.is_in(codes.clone()));
    let known: BTreeSet<_> = session.all(known).await?.into_iter().map(|it| it.code).collect();
    let mut problems = Problems::default();
    for code in codes.difference(&known) {
        let text = Text::new("no-indicator").with("value", code);
        problems.add(Problem::at(UserErrorCode::NotFound, "indicators.code", text));
    }
    if codes.len() < places.len() {
        problems.add(Problem::at(UserErrorCode::NotUnique, "indicators.code", Text::new("indicator-twice")));
    }
    let mut checked = Vec::new();
    for place in places {
        let texts = all((
            text::line(&place.measure, "indicators.measure", 63),
            text::optional(place.definition, "indicators.definition", 1_000),
            text::optional(place.edition, "indicators.edition", 200),
        ));
        if let Some((measure, definition, edition)) = problems.take(texts)? {
            checked.push(IndicatorColumn { measure, definition, edition, ..place });
        }
    }
    problems.done()?;
    Ok(checked)
}

/// Notes the indicators that the columns of a version are, where the owner has declared nothing else.
///
/// # Errors
/// The database fails.
pub async fn of_columns(writer: &Writer<'_>, row: &dataset::Model, columns: &[Column]) -> ApiResult<()> {
    let places = columns.iter().filter_map(|it| {
        let code = it.indicator.clone()?;
        Some(IndicatorColumn { code, measure: it.name.clone(), selector: None, definition: None, edition: None })
    });
    let rows: Vec<dataset_indicator::ActiveModel> = places.map(|it| full(stored(row, it))).collect();
    if !rows.is_empty() {
        writer.insert_missing(rows).await?;
    }
    Ok(())
}
