//! API types of versions and their columns.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::context::reads::remember;
use domain::datasets::import::changes::VersionChanges;
use domain::datasets::version_service::{number, stored_columns};
use domain::rights::{self, Operation};
use entities::{dataset, dataset_version};
use kernel::error::{ApiError, ApiResult};
use kernel::global_id::NodeType;
use serde_json::json;
use tabular::model::Column;
use tabular::query::{GroupsAsked, PageSpan, RowsAsked};

use crate::access::abilities::DatasetVersionAbilities;
use crate::context::ContextExt;
use crate::datasets::enums::{Aggregation, ColumnRole, ColumnType, DatasetVersionState, Disclosure, PeriodKind};
use crate::datasets::figure_inputs::{FigureFilter, FigureHaving, FigureMeasure, FigureOrder};
use crate::datasets::figure_types::{FigureGroups, FigureRows};
use crate::datasets::import::change_types::DatasetChanges;
use crate::datasets::types::Dataset;
use crate::node_row::node_object;
use crate::scalars::Date;

/// Version of a dataset. Columns and data never change, only the state does.
pub struct DatasetVersion(pub Arc<dataset_version::Model>);

node_object!(DatasetVersion, |row| Self(row));

/// Code of a dimension with its title.
#[derive(SimpleObject)]
pub struct DatasetCode {
    /// Code as in the rows.
    code: String,
    /// Title for readers.
    title: String,
}

/// Column of a table.
#[derive(SimpleObject)]
pub struct DatasetColumn {
    /// Name in filters, exports and results.
    name: String,
    /// Title for readers.
    title: String,
    /// Description; null = none.
    description: Option<String>,
    /// Type of the values.
    #[graphql(name = "type")]
    kind: ColumnType,
    /// Role in the table.
    role: ColumnRole,
    /// Unit of a measure; null = not stated.
    unit: Option<String>,
    /// Number of decimals; null unless the type is `DECIMAL`.
    decimals: Option<i32>,
    /// Kind of the periods; null unless the type is `PERIOD`.
    period: Option<PeriodKind>,
    /// Permitted codes of a dimension; empty = any value.
    codes: Vec<DatasetCode>,
    /// Code of a dimension for the total over all others; null = none declared.
    total: Option<String>,
    /// Permitted aggregation of a measure.
    aggregation: Aggregation,
    /// Treatment of a measure when data leave the owning authority.
    disclosure: Disclosure,
    /// Name of the measure that this one is part of, such as all pupils for female pupils; null = none declared.
    part_of: Option<String>,
    /// Code of the indicator that the measure represents; null = none declared.
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
    PageSpan::cost(first, columns).saturating_add(200).saturating_add(of_answer)
}

/// Version of a dataset. Columns and data never change, only the state does.
#[Object]
impl DatasetVersion {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::DatasetVersion.id(self.0.id).into()
    }

    /// Dataset of the version.
    async fn dataset(&self, ctx: &Context<'_>) -> ApiResult<Dataset> {
        let session = ctx.session().await?;
        let row = session.get::<dataset::Entity>(self.0.dataset_id).await?;
        row.map(Dataset).ok_or_else(|| ApiError::fault("the dataset of a version is out of sight"))
    }

    /// Number in the form `MAJOR.MINOR`. `MAJOR` increases if a column was removed or changed its type, role, decimals
    /// or kind of period, else `MINOR`.
    async fn number(&self) -> String {
        number(&self.0)
    }

    /// State of the version.
    async fn state(&self) -> DatasetVersionState {
        self.0.state.into()
    }

    /// Columns of the exact table, in order. In the protected table, and so in `rows`, some may be missing or replaced.
    async fn columns(&self) -> ApiResult<Vec<DatasetColumn>> {
        Ok(stored_columns(&self.0.columns)?.into_iter().map(Into::into).collect())
    }

    /// Rows of the exact table where it is visible to the viewer (owning authority, or method `EXEMPT`), else of the
    /// protected table. Null if only metadata are visible to the viewer.
    #[graphql(complexity = "figures_cost(first, columns.as_ref().map_or(USUAL_COLUMNS, Vec::len), child_complexity)")]
    async fn rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Names of columns, at least one; left out = all.")] columns: Option<Vec<String>>,
        #[graphql(desc = "Condition on rows; left out = all rows.")] filter: Option<FigureFilter>,
        #[graphql(desc = "Sort columns, at most 8; then the order of the file.", default)] order_by: Vec<FigureOrder>,
        #[graphql(desc = "Number of rows, 1 to 1,000; 100 where left out.")] first: Option<i32>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Option<ApiResult<FigureRows>> {
        let order = order_by.into_iter().map(Into::into).collect();
        let span = PageSpan { first, after };
        let request = RowsAsked { columns, filter: filter.map(Into::into), order, span };
        let question = json!({
            "columns": request.columns, "filter": request.filter.as_ref().map(|it| format!("{it:?}")),
            "orderBy": request.order.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>(),
            "first": request.span.first,
        });
        let answer = async {
            let answer = FigureRows::of(&*ctx.session().await?, &self.0, request).await?;
            if let Some(answer) = &answer {
                remember(ctx.op()?, answer.read(question)).await?;
            }
            Ok(answer)
        };
        answer.await.transpose()
    }

    /// Groups of rows with measures aggregated in each, from the same table as `rows`. A dimension with a declared
    /// total that is neither grouped by nor filtered is restricted to its total. Fails with `INVALID` if regions of
    /// different levels would be added up, or measures that do not permit it. Null if only metadata are visible to the
    /// viewer.
    #[graphql(complexity = "figures_cost(first, USUAL_COLUMNS, child_complexity)")]
    async fn aggregate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Names of dimensions and attributes, at most 8; empty = one group of all rows.", default)]
        group_by: Vec<String>,
        #[graphql(desc = "Measures to compute in each group, 1 to 20.")] measures: Vec<FigureMeasure>,
        #[graphql(desc = "Condition on rows; left out = all rows.")] filter: Option<FigureFilter>,
        #[graphql(desc = "Conditions on groups, at most 8; all must hold.", default)] having: Vec<FigureHaving>,
        #[graphql(desc = "Sort columns, at most 8; then the grouping columns.", default)] order_by: Vec<FigureOrder>,
        #[graphql(desc = "Number of rows, 1 to 1,000; 100 where left out.")] first: Option<i32>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Option<ApiResult<FigureGroups>> {
        let request = GroupsAsked {
            by: group_by,
            measures: measures.into_iter().map(Into::into).collect(),
            filter: filter.map(Into::into),
            having: having.into_iter().map(Into::into).collect(),
            order: order_by.into_iter().map(Into::into).collect(),
            span: PageSpan { first, after },
        };
        let question = json!({
            "groupBy": request.by, "measures": request.measures.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>(),
            "filter": request.filter.as_ref().map(|it| format!("{it:?}")),
            "having": request.having.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>(),
            "first": request.span.first,
        });
        let answer = async {
            let answer = FigureGroups::of(&*ctx.session().await?, &self.0, request).await?;
            if let Some(answer) = &answer {
                remember(ctx.op()?, answer.read(question)).await?;
            }
            Ok(answer)
        };
        answer.await.transpose()
    }

    /// Changes against the preceding version; null for the first version, and for viewers without `DATASETS_WRITE` in
    /// the owning authority.
    async fn changes(&self, ctx: &Context<'_>) -> Option<ApiResult<DatasetChanges>> {
        let changes = self.0.changes.clone()?;
        let visible = async {
            let session = ctx.session().await?;
            let may = match session.get::<dataset::Entity>(self.0.dataset_id).await? {
                Some(dataset) => rights::may::<dataset::Entity>(&session, &dataset, Operation::Update).await?,
                None => false,
            };
            Ok(if may { Some(serde_json::from_value::<VersionChanges>(changes)?.into()) } else { None })
        };
        visible.await.transpose()
    }

    /// Latest reference date in the table; null if no column holds reference dates.
    async fn reference_date(&self) -> Option<Date> {
        self.0.reference_date.map(Date)
    }

    /// Remark of the owning authority; null = none.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Instant of publication; null = never published.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// Instant of the withdrawal; null = not withdrawn.
    async fn withdrawn_at(&self) -> Option<DateTime<Utc>> {
        self.0.withdrawn_at
    }

    /// Reason for the withdrawal; null = not withdrawn.
    async fn withdraw_reason(&self) -> Option<&str> {
        self.0.withdrawn_reason.as_deref()
    }

    /// Version number of the record for optimistic locking; increases by one with every change of state. Unrelated to
    /// `number`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Actions open to the viewer on the version.
    async fn viewer_can(&self) -> DatasetVersionAbilities {
        DatasetVersionAbilities(self.0.clone())
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Instant of the last change of state.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}
