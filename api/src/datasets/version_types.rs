//! API types of versions and their columns.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use uuid::Uuid;
use verbund_entities::{dataset, dataset_version};

use super::enums::{Aggregation, ColumnRole, ColumnType, DatasetVersionState, Disclosure, PeriodKind};
use super::model::Column;
use super::version_service::number;
use super::{Dataset, DatasetChanges, object_of};
use crate::error::{ApiError, ApiResult};
use crate::graphql::ContextExt;
use crate::graphql::id::NodeType;
use crate::graphql::scalars::Date;
use crate::policy::Action;
use crate::store::Session;

/// One state of a dataset. What it holds never changes.
pub struct DatasetVersion(pub Arc<dataset_version::Model>);

impl DatasetVersion {
    /// A version by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<dataset_version::Entity>(id).await?.map(Self))
    }
}

/// A code of a dimension and what it means.
#[derive(SimpleObject)]
pub struct DatasetCode {
    /// As it stands in the rows.
    code: String,
    /// What people read.
    title: String,
}

/// A column of a table.
#[derive(SimpleObject)]
pub struct DatasetColumn {
    /// Name in filters, exports and answers.
    name: String,
    /// What the office calls it.
    title: String,
    /// What it means.
    description: Option<String>,
    /// What its values are.
    #[graphql(name = "type")]
    kind: ColumnType,
    /// What it is for.
    role: ColumnRole,
    /// Unit of a measure.
    unit: Option<String>,
    /// How many decimals its values have.
    decimals: Option<i32>,
    /// What its periods are.
    period: Option<PeriodKind>,
    /// The only codes of a dimension; empty = any.
    codes: Vec<DatasetCode>,
    /// The code that stands for all others together.
    total: Option<String>,
    /// How values of a measure become one.
    aggregation: Aggregation,
    /// What becomes of a measure where it leaves its authority.
    disclosure: Disclosure,
    /// Name of the measure that this one is a part of.
    part_of: Option<String>,
    /// Code of the indicator that it is.
    indicator: Option<String>,
}

impl From<Column> for DatasetColumn {
    fn from(it: Column) -> Self {
        Self {
            name: it.name,
            title: it.title,
            description: it.description,
            kind: it.kind.into(),
            role: it.role.into(),
            unit: it.unit,
            decimals: it.decimals.map(i32::from),
            period: it.period.map(Into::into),
            codes: it.codes.into_iter().map(|it| DatasetCode { code: it.code, title: it.title }).collect(),
            total: it.total,
            aggregation: it.aggregation.into(),
            disclosure: it.disclosure.into(),
            part_of: it.part_of,
            indicator: it.indicator,
        }
    }
}

/// The columns that are kept with a version or a content.
///
/// # Errors
/// What is kept cannot be read.
pub fn stored_columns(json: &serde_json::Value) -> ApiResult<Vec<Column>> {
    Ok(serde_json::from_value(json.clone())?)
}

/// One state of a dataset. What it holds never changes.
#[Object]
impl DatasetVersion {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::DatasetVersion.id(self.0.id)
    }

    /// The dataset.
    async fn dataset(&self, ctx: &Context<'_>) -> ApiResult<Dataset> {
        let session = ctx.session().await?;
        let row = session.get::<dataset::Entity>(self.0.dataset_id).await?;
        row.map(Dataset).ok_or_else(|| ApiError::fault("the dataset of a version is out of sight"))
    }

    /// `MAJOR.MINOR`. The first grows where columns went away or changed their type.
    async fn number(&self) -> String {
        number(&self.0)
    }

    /// How far it is.
    async fn state(&self) -> DatasetVersionState {
        self.0.state.into()
    }

    /// Its columns, in their order, as the owner has them. Others may find fewer in the rows.
    async fn columns(&self) -> ApiResult<Vec<DatasetColumn>> {
        Ok(stored_columns(&self.0.columns)?.into_iter().map(Into::into).collect())
    }

    /// What is new against the version before; null for the first one, and for everybody but those who may change the
    /// dataset.
    async fn changes(&self, ctx: &Context<'_>) -> Option<ApiResult<DatasetChanges>> {
        let changes = self.0.changes.clone()?;
        let told = async {
            let session = ctx.session().await?;
            let dataset = session.get::<dataset::Entity>(self.0.dataset_id).await?;
            let may = dataset.is_some_and(|it| session.access().can(Action::Write, &object_of(&it)));
            Ok(if may { Some(serde_json::from_value(changes)?) } else { None })
        };
        told.await.transpose()
    }

    /// The day that the figures are of.
    async fn reference_date(&self) -> Option<Date> {
        self.0.reference_date.map(Date)
    }

    /// What the office says about it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was published.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// When it was taken back.
    async fn withdrawn_at(&self) -> Option<DateTime<Utc>> {
        self.0.withdrawn_at
    }

    /// Why.
    async fn withdrawn_reason(&self) -> Option<&str> {
        self.0.withdrawn_reason.as_deref()
    }

    /// Grows by one with every change of its state; updates must name it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When its state was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}
