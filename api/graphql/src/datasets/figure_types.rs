//! Answers with figures of a version: rows, and groups.
//!
//! Whose figures they are is decided once, in [`visible`]: who sees the exact table reads that one, everybody else the
//! protected one, and nothing here reaches further.

use async_graphql::connection::PageInfo;
use async_graphql::{Context, Object, SimpleObject};
use disclosure::{Method, Summary};
use domain::context::reads::DataRead;
use entities::{ContentKind, dataset_content, dataset_version};
use kernel::error::ApiResult;
use store::Session;
use tabular::model::{Column, TableRow};
use tabular::query::{Condition, GroupsAsked, MissingCells, RowsAsked};

use crate::context::ContextExt;
use crate::datasets::cells::DatasetCell;
use crate::datasets::enums::CellSymbol;
use crate::datasets::enums::ProtectionMethod;
use crate::datasets::version_types::DatasetColumn;

/// Disclosure control applied to a protected table.
#[derive(SimpleObject)]
pub struct FigureProtection {
    /// Method of disclosure control.
    method: ProtectionMethod,
    /// Minimum frequency or rounding base.
    parameter: i32,
    /// Names of dimensions that do not leave the owning authority; the data are summed over them.
    summed_over: Vec<String>,
    /// Names of measures that do not leave the owning authority.
    withheld_measures: Vec<String>,
    /// Number of suppressed cells in the whole table. Primary and secondary suppression are not counted apart, and
    /// numbers of rounded cells and dropped rows are not published, because their extreme values would reveal single
    /// cells.
    withheld: i32,
}

impl From<Summary> for FigureProtection {
    fn from(it: Summary) -> Self {
        let (method, parameter) = match it.protection.method {
            Method::MinimumCount { minimum } => (ProtectionMethod::MinimumCount, minimum),
            Method::Rounding { base } => (ProtectionMethod::Rounding, base),
            Method::Suppression { minimum } => (ProtectionMethod::Suppression, minimum),
        };
        let number = |it: u64| i32::try_from(it).unwrap_or(i32::MAX);
        Self {
            method,
            parameter: number(u64::from(parameter)),
            summed_over: it.summed_over,
            withheld_measures: it.withheld_measures,
            withheld: number(it.primary_suppressed.saturating_add(it.secondary_suppressed)),
        }
    }
}

/// The content of a version that the viewer reads: the exact one where it may be seen, else the protected one. None where
/// only what the version is about may be seen.
///
/// # Errors
/// The database fails.
pub async fn visible(session: &Session, version: &dataset_version::Model) -> ApiResult<Option<dataset_content::Model>> {
    let contents = session.group::<dataset_content::Entity>(version.id).await?;
    Ok(contents.iter().min_by_key(|it| it.kind != ContentKind::Exact).cloned())
}

fn protection_of(content: &dataset_content::Model) -> ApiResult<Option<FigureProtection>> {
    let summary = content.summary.clone().filter(|_| content.kind == ContentKind::Protected);
    Ok(summary.map(serde_json::from_value::<Summary>).transpose()?.map(Into::into))
}

fn cells(row: TableRow, columns: &[Column]) -> Vec<DatasetCell> {
    row.into_iter().zip(columns).map(|(cell, column)| DatasetCell::of(cell, column)).collect()
}

fn page_info(cursors: &[String], after: bool, more: bool) -> PageInfo {
    PageInfo {
        has_previous_page: after,
        has_next_page: more,
        start_cursor: cursors.first().cloned(),
        end_cursor: cursors.last().cloned(),
    }
}

/// Page of rows of a dataset version.
pub struct FigureRows {
    content: dataset_content::Model,
    columns: Vec<Column>,
    condition: Option<Condition>,
    rows: Vec<Vec<DatasetCell>>,
    page: PageInfo,
}

impl FigureRows {
    /// What is recorded of it, where it is read by a share.
    pub fn read(&self, question: serde_json::Value) -> DataRead {
        DataRead::of("rows", &self.content, question, i64::try_from(self.rows.len()).unwrap_or(i64::MAX))
    }

    /// Rows of a request; none where the viewer sees no figures of the version.
    ///
    /// # Errors
    /// The request does not fit the columns, or the database fails.
    pub async fn of(
        session: &Session,
        version: &dataset_version::Model,
        request: RowsAsked,
    ) -> ApiResult<Option<Self>> {
        let Some(content) = visible(session, version).await? else { return Ok(None) };
        let table = session.table(&content)?;
        let query = request.resolve(table.columns(), content.id)?;
        let page = table.rows(&query).await?;
        let columns: Vec<_> = query.columns.iter().map(|it| table.columns()[*it].clone()).collect();
        Ok(Some(Self {
            rows: page.rows.into_iter().map(|it| cells(it, &columns)).collect(),
            page: page_info(&page.cursors, query.after.is_some(), page.more),
            columns,
            condition: query.condition,
            content,
        }))
    }
}

/// Page of rows of a dataset version.
#[Object]
impl FigureRows {
    /// Columns of the rows, in order.
    async fn columns(&self) -> Vec<DatasetColumn> {
        self.columns.iter().cloned().map(Into::into).collect()
    }

    /// Rows, with one cell for each column.
    async fn rows(&self) -> &[Vec<DatasetCell>] {
        &self.rows
    }

    /// Page information. Cursors are valid for the same table, filter and order only.
    async fn page_info(&self) -> &PageInfo {
        &self.page
    }

    /// Number of rows that meet the filter. Counted only if selected.
    async fn total_count(&self, ctx: &Context<'_>) -> ApiResult<i64> {
        if self.condition.is_none() {
            return Ok(self.content.row_count);
        }
        ctx.session().await?.table(&self.content)?.count(self.condition.as_ref()).await
    }

    /// Disclosure control applied to the table; null = exact data.
    async fn protection(&self) -> ApiResult<Option<FigureProtection>> {
        protection_of(&self.content)
    }
}

/// Number of cells of a group without value, or with a value of limited reliability.
#[derive(SimpleObject)]
pub struct MissingFigures {
    /// Index of the row in the result, from 0.
    row: i32,
    /// Name of the measure.
    measure: String,
    /// Symbol in these cells; null = empty cells.
    symbol: Option<CellSymbol>,
    /// Number of cells.
    cells: i32,
}

/// Page of groups of rows of a dataset version, with measures aggregated in each.
pub struct FigureGroups {
    content: dataset_content::Model,
    columns: Vec<Column>,
    groups: usize,
    rows: Vec<Vec<DatasetCell>>,
    missing: Vec<Vec<MissingCells>>,
    page: PageInfo,
}

impl FigureGroups {
    /// What is recorded of it, where it is read by a share.
    pub fn read(&self, question: serde_json::Value) -> DataRead {
        DataRead::of("aggregate", &self.content, question, i64::try_from(self.rows.len()).unwrap_or(i64::MAX))
    }

    /// Groups of a request; none where the viewer sees no figures of the version.
    ///
    /// # Errors
    /// The request does not fit the columns or would count twice, or the database fails.
    pub async fn of(
        session: &Session,
        version: &dataset_version::Model,
        request: GroupsAsked,
    ) -> ApiResult<Option<Self>> {
        let Some(content) = visible(session, version).await? else { return Ok(None) };
        let table = session.table(&content)?;
        let query = request.resolve(table.columns(), content.id)?;
        let groups = table.aggregate(&query).await?;
        let columns = query.columns;
        Ok(Some(Self {
            rows: groups.rows.into_iter().map(|it| cells(it, &columns)).collect(),
            missing: groups.missing,
            page: page_info(&groups.cursors, query.after.is_some(), groups.more),
            groups: query.by.len(),
            columns,
            content,
        }))
    }
}

/// Page of groups of rows of a dataset version, with measures aggregated in each.
#[Object]
impl FigureGroups {
    /// Columns of the rows: grouping columns, then measures.
    async fn columns(&self) -> Vec<DatasetColumn> {
        self.columns.iter().cloned().map(Into::into).collect()
    }

    /// Rows, one for each group, with one cell for each column. A measure other than a count is suppressed if any of
    /// its cells in the group is suppressed. Other cells without value are left out of the measure, and `missing` gives
    /// their number.
    async fn rows(&self) -> &[Vec<DatasetCell>] {
        &self.rows
    }

    /// Numbers of cells without value, or with a value of limited reliability, by row, measure and symbol.
    async fn missing(&self) -> Vec<MissingFigures> {
        let number = |it: usize| i32::try_from(it).unwrap_or(i32::MAX);
        let each = self.missing.iter().enumerate().flat_map(|(row, of)| of.iter().map(move |it| (row, it)));
        each.map(|(row, it)| MissingFigures {
            row: number(row),
            measure: self.columns[self.groups + it.measure].name.clone(),
            symbol: it.symbol.map(Into::into),
            cells: i32::try_from(it.cells).unwrap_or(i32::MAX),
        })
        .collect()
    }

    /// Page information. Cursors are valid for the same table, filter, groups, measures and order only.
    async fn page_info(&self) -> &PageInfo {
        &self.page
    }

    /// Disclosure control applied to the table; null = exact data.
    async fn protection(&self) -> ApiResult<Option<FigureProtection>> {
        protection_of(&self.content)
    }
}
