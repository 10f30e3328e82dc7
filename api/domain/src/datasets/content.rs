//! The protected table of a version: made once, in the transaction in which its figures may first be seen by others.

use std::ops::ControlFlow;

use disclosure::{CELLS, InputColumn, Method, Protected, Protection, ProtectionRefusal, Shape};
use entities::{ContentKind, ProtectionMethod, ScopeArea, dataset, dataset_content, dataset_version};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::ids::new_id;
use sea_orm::{ColumnTrait, QueryFilter};
use store::scopes::{Audience, ensure};
use store::tables::{GroupSource, Incoming, TableRef};
use store::{Session, Writer, full};
use tokio::sync::mpsc;

use crate::datasets::service::string_list;
use crate::datasets::version_service::stored_columns;

/// Rows that go to the store at a time.
const BATCH: usize = 1_000;

/// The profile of a dataset; none where its figures leave as they are.
fn profile(row: &dataset::Model) -> Option<Protection> {
    let parameter = u32::try_from(row.protection_parameter.unwrap_or_default()).unwrap_or_default();
    let method = match row.protection_method {
        ProtectionMethod::Exempt => return None,
        ProtectionMethod::MinimumCount => Method::MinimumCount { minimum: parameter },
        ProtectionMethod::Rounding => Method::Rounding { base: parameter },
        ProtectionMethod::Suppression => Method::Suppression { minimum: parameter },
    };
    Some(Protection { method, dimensions: string_list(&row.protection_dimensions) })
}

/// Makes the protected table of a version, if there is none yet. It belongs to the authority alone until the dataset is
/// moved to its scopes.
///
/// # Errors
/// `DISCLOSURE`, when its figures cannot be protected.
pub async fn ensure_protected(
    session: &Session,
    writer: &Writer<'_>,
    dataset: &dataset::Model,
    version: &dataset_version::Model,
) -> ApiResult<()> {
    let Some(protection) = profile(dataset) else { return Ok(()) };
    let of_version =
        session.select::<dataset_content::Entity>().filter(dataset_content::Column::VersionId.eq(version.id));
    let contents = session.all(of_version).await?;
    if contents.iter().any(|it| it.kind == ContentKind::Protected) {
        return Ok(());
    }
    let Some(exact) = contents.iter().find(|it| it.kind == ContentKind::Exact) else { return Ok(()) };
    let shape = protection.shape(&stored_columns(&exact.columns)?).map_err(refused)?;
    let table = session.table(exact)?;
    let (grouped, left_out) = question(&shape, table.columns())?;
    let rows = table.group(&grouped, &left_out, CELLS).await?;
    // Judging every withheld cell takes its time, which belongs to others meanwhile.
    let protected = tokio::task::spawn_blocking(move || shape.protect(rows))
        .await
        .map_err(|error| ApiError::fault(format!("protection ended early: {error}")))?
        .map_err(refused)?;
    store(writer, dataset, version, protected).await
}

/// What is put together, and which rows are left out: a column and a code of it.
type Question = (Vec<GroupSource>, Vec<(usize, String)>);

/// What the store puts together for a shape.
fn question(shape: &Shape, columns: &[tabular::model::Column]) -> ApiResult<Question> {
    let at = |name: &str| {
        let position = columns.iter().position(|it| it.name == name);
        position.ok_or_else(|| ApiError::fault("protection asks for a column that is not there"))
    };
    let grouped = shape.inputs.iter().map(|it| {
        Ok(match it {
            InputColumn::Dimension(name) => GroupSource::Dimension(at(name)?),
            InputColumn::Sum(name) => GroupSource::Sum(at(name)?),
            InputColumn::AsIs(name) => GroupSource::AsIs(at(name)?),
            InputColumn::Rows => GroupSource::Rows,
        })
    });
    let grouped = grouped.collect::<ApiResult<_>>()?;
    let mut left_out = Vec::new();
    for (name, total) in &shape.summed_over {
        if let Some(total) = total {
            left_out.push((at(name)?, total.clone()));
        }
    }
    Ok((grouped, left_out))
}

async fn store(
    writer: &Writer<'_>,
    dataset: &dataset::Model,
    version: &dataset_version::Model,
    protected: Protected,
) -> ApiResult<()> {
    let id = new_id();
    let place = TableRef { content: id, columns: &protected.columns };
    let tables = writer.tables();
    tables.create(place).await?;
    let (sender, mut batches) = mpsc::channel(protected.rows.len() / BATCH + 1);
    for batch in protected.rows.chunks(BATCH) {
        sender.try_send(Ok(batch.to_vec())).map_err(|_| ApiError::fault("there is no room for protected rows"))?;
    }
    drop(sender);
    let incoming = Incoming { batches: &mut batches, progress: &mut |_| ControlFlow::Continue(()) };
    let loaded = tables.load(place, incoming).await?;
    let loaded = loaded.ok_or_else(|| ApiError::fault("protected rows were not taken"))?;
    let private = Audience::private(dataset.tenant_id, ScopeArea::Datasets, dataset.field_of_work_id);
    let row = dataset_content::Model {
        id,
        tenant_id: dataset.tenant_id,
        scope_id: ensure(writer, &private).await?,
        dataset_id: dataset.id,
        version_id: version.id,
        kind: ContentKind::Protected,
        columns: serde_json::to_value(&protected.columns)?,
        row_count: loaded.rows,
        checksum: loaded.checksum,
        summary: Some(serde_json::to_value(&protected.summary)?),
        created_at: writer.now(),
    };
    writer.insert(full(row)).await?;
    tables.seal(place).await
}

fn refused(refusal: ProtectionRefusal) -> ApiError {
    Problem::at(UserErrorCode::Disclosure, "protection", refusal_text(refusal)).into()
}

/// Why a table cannot be protected, in words.
fn refusal_text(refusal: ProtectionRefusal) -> Text {
    let list = |of: Vec<String>| of.join(", ");
    match refusal {
        ProtectionRefusal::Minimum(it) => Text::new("protect-minimum").with("value", it),
        ProtectionRefusal::Base(it) => Text::new("protect-base").with("value", it),
        ProtectionRefusal::Dimension(it) => Text::new("protect-dimension").with("name", it),
        ProtectionRefusal::Total(it) => Text::new("protect-total").with("name", it),
        ProtectionRefusal::Nothing => Text::new("protect-nothing"),
        ProtectionRefusal::Whole { measure, whole } => {
            Text::new("protect-whole").with("measure", measure).with("whole", whole)
        }
        ProtectionRefusal::SumOfMeasures { measure, parts } => {
            Text::new("protect-sum-of-measures").with("measure", measure).with("parts", list(parts))
        }
        ProtectionRefusal::Linked { measure, whole } => {
            Text::new("protect-linked").with("measure", measure).with("whole", whole)
        }
        ProtectionRefusal::SumOfCodes { dimension, code, parts } => {
            Text::new("protect-sum-of-codes").with("dimension", dimension).with("code", code).with("parts", list(parts))
        }
        ProtectionRefusal::NestedRegions { dimension, outer, inner } => {
            Text::new("protect-nested-regions").with("dimension", dimension).with("outer", outer).with("inner", inner)
        }
        ProtectionRefusal::Totals { dimensions, max } => {
            Text::new("protect-totals").with("dimensions", list(dimensions)).with("most", max)
        }
        ProtectionRefusal::Cells { cells, max } => Text::new("protect-cells").with("cells", cells).with("most", max),
        ProtectionRefusal::Negative(it) => Text::new("protect-negative").with("name", it),
        ProtectionRefusal::Above { measure, whole } => {
            Text::new("protect-above").with("measure", measure).with("whole", whole)
        }
        ProtectionRefusal::Overlap { whole, parts } => {
            Text::new("protect-overlap").with("whole", whole).with("parts", list(parts))
        }
        ProtectionRefusal::Gap { measure, whole } => {
            Text::new("protect-gap").with("measure", measure).with("whole", whole)
        }
        ProtectionRefusal::Open(it) => Text::new("protect-open").with("name", it),
        ProtectionRefusal::Large(it) => Text::new("protect-large").with("name", it),
        ProtectionRefusal::Twice(key) => Text::new("protect-twice").with("key", list(key)),
    }
}
