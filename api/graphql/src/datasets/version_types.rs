//! API types of versions and their columns.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::context::reads::remember;
use domain::datasets::import::changes::VersionChanges;
use domain::datasets::resource::object_of;
use domain::datasets::version_service::{number, stored_columns};
use entities::{dataset, dataset_version};
use kernel::error::{ApiError, ApiResult};
use kernel::global_id::NodeType;
use policy::Action;
use serde_json::json;
use store::Session;
use tabular::figures::{GroupsAsked, RowsAsked, Span};
use tabular::model::Column;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::datasets::enums::{Aggregation, ColumnRole, ColumnType, DatasetVersionState, Disclosure, PeriodKind};
use crate::datasets::figure_inputs::{FigureFilter, FigureHaving, FigureMeasure, FigureOrder};
use crate::datasets::figure_types::{FigureGroups, FigureRows};
use crate::datasets::import::change_types::DatasetChanges;
use crate::datasets::types::Dataset;
use crate::scalars::Date;

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

/// Columns of a table where the question does not tell how many.
const USUAL_COLUMNS: usize = 20;

/// Points of a question to figures: a table of its own, and its cells. A hundred plain cells are a point.
fn figures_cost(first: Option<i32>, columns: usize, of_answer: usize) -> usize {
    Span::cost(first, columns).saturating_add(200).saturating_add(of_answer)
}

/// One state of a dataset. What it holds never changes.
#[Object]
impl DatasetVersion {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::DatasetVersion.id(self.0.id).into()
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

    /// Rows of the table, as the viewer may see them: the owner exactly, everybody else as they may leave the authority.
    /// Null where only what the version is about may be seen.
    #[graphql(complexity = "figures_cost(first, columns.as_ref().map_or(USUAL_COLUMNS, Vec::len), child_complexity)")]
    async fn rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Names of columns; left out = all.")] columns: Option<Vec<String>>,
        #[graphql(desc = "Which rows.")] filter: Option<FigureFilter>,
        #[graphql(desc = "In which order; then as in the file.", default)] order_by: Vec<FigureOrder>,
        #[graphql(desc = "How many, 1 to 1,000; left out = 100.")] first: Option<i32>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Option<ApiResult<FigureRows>> {
        let order = order_by.into_iter().map(Into::into).collect();
        let span = Span { first, after };
        let asked = RowsAsked { columns, filter: filter.map(Into::into), order, span };
        let question = json!({
            "columns": asked.columns, "filter": asked.filter.as_ref().map(|it| format!("{it:?}")),
            "orderBy": asked.order.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>(), "first": asked.span.first,
        });
        let answer = async {
            let answer = FigureRows::of(&*ctx.session().await?, &self.0, asked).await?;
            if let Some(answer) = &answer {
                remember(ctx.op()?, answer.read(question)).await?;
            }
            Ok(answer)
        };
        answer.await.transpose()
    }

    /// Groups of rows, and what is measured in each; seen as `rows`. A dimension that declares a total and is neither
    /// grouped by nor filtered is taken by its total. Regions of several levels, and rates, are not added up.
    #[graphql(complexity = "figures_cost(first, USUAL_COLUMNS, child_complexity)")]
    async fn aggregate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Names of dimensions and attributes; none = all rows are one group.", default)] group_by: Vec<
            String,
        >,
        #[graphql(desc = "What is measured, 1 to 20.")] measures: Vec<FigureMeasure>,
        #[graphql(desc = "Of which rows.")] filter: Option<FigureFilter>,
        #[graphql(desc = "Which groups; all of these are true.", default)] having: Vec<FigureHaving>,
        #[graphql(desc = "In which order; then by what makes the groups.", default)] order_by: Vec<FigureOrder>,
        #[graphql(desc = "How many, 1 to 1,000; left out = 100.")] first: Option<i32>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Option<ApiResult<FigureGroups>> {
        let asked = GroupsAsked {
            by: group_by,
            measures: measures.into_iter().map(Into::into).collect(),
            filter: filter.map(Into::into),
            having: having.into_iter().map(Into::into).collect(),
            order: order_by.into_iter().map(Into::into).collect(),
            span: Span { first, after },
        };
        let question = json!({
            "groupBy": asked.by, "measures": asked.measures.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>(),
            "filter": asked.filter.as_ref().map(|it| format!("{it:?}")),
            "having": asked.having.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>(), "first": asked.span.first,
        });
        let answer = async {
            let answer = FigureGroups::of(&*ctx.session().await?, &self.0, asked).await?;
            if let Some(answer) = &answer {
                remember(ctx.op()?, answer.read(question)).await?;
            }
            Ok(answer)
        };
        answer.await.transpose()
    }

    /// What is new against the version before; null for the first one, and for everybody but those who may change the
    /// dataset.
    async fn changes(&self, ctx: &Context<'_>) -> Option<ApiResult<DatasetChanges>> {
        let changes = self.0.changes.clone()?;
        let told = async {
            let session = ctx.session().await?;
            let dataset = session.get::<dataset::Entity>(self.0.dataset_id).await?;
            let may = dataset.is_some_and(|it| session.access().can(Action::Write, &object_of(&it)));
            Ok(if may { Some(serde_json::from_value::<VersionChanges>(changes)?.into()) } else { None })
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
