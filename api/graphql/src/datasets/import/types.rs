//! API types of imports.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::datasets::import::changes::texts;
use domain::datasets::import::words::text;
use entities::{dataset, dataset_import, dataset_version};
use kernel::error::{ApiError, ApiResult};
use kernel::global_id::NodeType;
use kernel::i18n::Locale;
use store::Session;
use tabular::model::{Cell, Column, Symbol, Value, number_text};
use tabular::read::{Note, NoteCode, Problem, ProblemCode, Proposal, Report};
use uuid::Uuid;

use crate::context::ContextExt;
use crate::datasets::import::problem_code::DatasetProblemCode;
use crate::datasets::import::profile_types::DatasetProfile;
use crate::datasets::types::Dataset;
use crate::datasets::version_types::DatasetVersion;
use crate::enums::closed_set;

/// Problems of a page.
const PAGE: usize = 100;

closed_set! {
    /// How far an import is.
    DatasetImportState {
        /// It waits.
        Queued,
        /// The file is read through; nothing is written.
        Checking,
        /// Rows are written.
        Loading,
        /// Done.
        Succeeded,
        /// Nothing was kept.
        Failed,
        /// Somebody stopped it; nothing was kept.
        Cancelled,
    }
}

use entities as e;

/// The import of a file.
pub struct DatasetImport(pub Arc<dataset_import::Model>);

impl DatasetImport {
    /// An import by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<dataset_import::Entity>(id).await?.map(Self))
    }

    fn report(&self) -> ApiResult<Report> {
        Ok(self.0.report.clone().map(serde_json::from_value).transpose()?.unwrap_or_default())
    }
}

/// Something wrong with a file.
#[derive(SimpleObject)]
pub struct DatasetImportProblem {
    /// What.
    code: DatasetProblemCode,
    /// Line of a text, row of a sheet, from 1; null where it is about the whole file.
    row: Option<i32>,
    /// Name of the column.
    column: Option<String>,
    /// What stands there, shortened.
    value: Option<String>,
    /// The same in words, in German or English by `Accept-Language`.
    message: String,
}

impl DatasetImportProblem {
    pub(super) fn new(problem: Problem, locale: Locale) -> Self {
        Self {
            message: text(&problem).say(locale),
            code: problem.code.into(),
            row: problem.row.map(|it| i32::try_from(it).unwrap_or(i32::MAX)),
            column: problem.column,
            value: problem.value,
        }
    }
}

/// How often something was found.
#[derive(SimpleObject)]
pub struct DatasetImportCount {
    /// What.
    code: DatasetProblemCode,
    /// Whether it only warns.
    warning: bool,
    /// How often, listed or not.
    count: i64,
}

/// The import of a file: waiting, at work, or done.
#[Object]
impl DatasetImport {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::DatasetImport.id(self.0.id).into()
    }

    /// The dataset.
    async fn dataset(&self, ctx: &Context<'_>) -> ApiResult<Dataset> {
        let row = ctx.session().await?.get::<dataset::Entity>(self.0.dataset_id).await?;
        row.map(Dataset).ok_or_else(|| ApiError::fault("the dataset of an import is out of sight"))
    }

    /// How far it is.
    async fn state(&self) -> DatasetImportState {
        self.0.state.into()
    }

    /// Whether nothing is kept on purpose.
    async fn dry_run(&self) -> bool {
        self.0.dry_run
    }

    /// What the office says about it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// How the file is read.
    async fn profile(&self) -> ApiResult<DatasetProfile> {
        Ok(DatasetProfile(serde_json::from_value(self.0.profile.clone())?))
    }

    /// Rows of the table so far.
    async fn rows_done(&self) -> i64 {
        self.0.rows_done
    }

    /// Bytes of the file that were read so far.
    async fn bytes_done(&self) -> i64 {
        self.0.bytes_done
    }

    /// Bytes of the file.
    async fn bytes_total(&self) -> i64 {
        self.0.bytes_total
    }

    /// How many problems there are, listed or not. One is enough for nothing to be kept.
    async fn problem_count(&self) -> i64 {
        self.0.problem_count
    }

    /// How many warnings there are, listed or not. They keep nothing from being kept.
    async fn warning_count(&self) -> i64 {
        self.0.warning_count
    }

    /// How often each problem and each warning was found.
    async fn counts(&self) -> ApiResult<Vec<DatasetImportCount>> {
        let count = |(code, count): (ProblemCode, u64)| DatasetImportCount {
            code: code.into(),
            warning: code.is_warning(),
            count: i64::try_from(count).unwrap_or(i64::MAX),
        };
        Ok(self.report()?.counts.into_iter().map(count).collect())
    }

    /// Problems in the order of the file, up to 100 of the first 1,000.
    #[graphql(complexity = "PAGE * child_complexity")]
    async fn problems(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to leave out at the beginning.", default)] skip: u32,
    ) -> ApiResult<Vec<DatasetImportProblem>> {
        Ok(listed(self.report()?.problems, skip, ctx.op()?.locale))
    }

    /// Warnings, up to 100 of the first 200.
    #[graphql(complexity = "PAGE * child_complexity")]
    async fn warnings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to leave out at the beginning.", default)] skip: u32,
    ) -> ApiResult<Vec<DatasetImportProblem>> {
        Ok(listed(self.report()?.warnings, skip, ctx.op()?.locale))
    }

    /// The version that came of it.
    async fn dataset_version(&self, ctx: &Context<'_>) -> Option<ApiResult<DatasetVersion>> {
        let id = self.0.version_id?;
        let row = match ctx.session().await {
            Ok(session) => session.get::<dataset_version::Entity>(id).await,
            Err(error) => Err(error),
        };
        row.map(|it| it.map(DatasetVersion)).transpose()
    }

    /// Grows by one with every change; updates must name it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it came to its end.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }
}

fn listed(problems: Vec<Problem>, skip: u32, locale: Locale) -> Vec<DatasetImportProblem> {
    let rest = problems.into_iter().skip(skip as usize).take(PAGE);
    rest.map(|it| DatasetImportProblem::new(it, locale)).collect()
}

/// What stands in one place of a sample.
#[derive(SimpleObject)]
pub struct DatasetSampleCell {
    /// The value in words; null = none.
    value: Option<String>,
    /// The symbol, as tables write it: `-` `.` `x` `...` `/` `()`.
    symbol: Option<&'static str>,
}

/// What should be looked at in a proposed profile.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatasetProfileNoteCode {
    /// The layout is that of a GENESIS table.
    Genesis,
    /// The column has no header; its name is made up.
    NameMadeUp,
    /// The date of the figures stands above the data.
    DateInHead,
    /// Marks in numbers can be read in two ways.
    MarksUnclear,
    /// No columns tell rows apart; the number of the row does.
    NoKey,
    /// The column has no value in the rows that were looked at.
    Empty,
    /// This code seems to stand for all others.
    Total,
    /// Only the first rows were looked at.
    Sample,
}

impl From<NoteCode> for DatasetProfileNoteCode {
    fn from(it: NoteCode) -> Self {
        match it {
            NoteCode::Genesis => Self::Genesis,
            NoteCode::NameMadeUp => Self::NameMadeUp,
            NoteCode::DateInHead => Self::DateInHead,
            NoteCode::MarksUnclear => Self::MarksUnclear,
            NoteCode::NoKey => Self::NoKey,
            NoteCode::Empty => Self::Empty,
            NoteCode::Total => Self::Total,
            NoteCode::Sample => Self::Sample,
        }
    }
}

/// Something that should be looked at in a proposed profile.
#[derive(SimpleObject)]
pub struct DatasetProfileNote {
    /// What it is about.
    code: DatasetProfileNoteCode,
    /// Name of the column.
    column: Option<String>,
    /// What was found.
    value: Option<String>,
}

impl From<Note> for DatasetProfileNote {
    fn from(it: Note) -> Self {
        Self { code: it.code.into(), column: it.column, value: it.value }
    }
}

/// What an uploaded file seems to be. An import takes the profile that people made of it.
#[derive(SimpleObject)]
pub struct DatasetImportPreview {
    /// A profile that reads it.
    profile: DatasetProfile,
    /// The first rows, read so, in the order of the profile's columns.
    rows: Vec<Vec<DatasetSampleCell>>,
    /// What is wrong in these rows.
    problems: Vec<DatasetImportProblem>,
    /// What should be looked at.
    notes: Vec<DatasetProfileNote>,
}

impl DatasetImportPreview {
    pub(super) fn new(found: Proposal, locale: Locale) -> Self {
        let columns = found.profile.table();
        let rows = found.sample.rows.iter().map(|row| row.iter().zip(&columns).map(sample).collect()).collect();
        Self {
            rows,
            problems: listed(found.report.problems, 0, locale),
            notes: found.notes.into_iter().map(Into::into).collect(),
            profile: DatasetProfile(found.profile),
        }
    }
}

fn sample((cell, column): (&Cell, &Column)) -> DatasetSampleCell {
    let value = match &cell.value {
        Some(Value::Number(units)) => Some(number_text(*units, column.decimals.unwrap_or(0))),
        _ => texts(&vec![cell.clone()]).pop().flatten(),
    };
    DatasetSampleCell { value, symbol: cell.symbol.map(Symbol::as_str) }
}
