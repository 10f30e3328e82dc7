//! API types of imports.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::datasets::import::changes::texts;
use domain::datasets::import::note_text;
use domain::datasets::import::problem_text::text;
use entities::{dataset, dataset_import, dataset_version};
use kernel::error::{ApiError, ApiResult};
use kernel::global_id::NodeType;
use kernel::i18n::Locale;
use tabular::model::{Cell, Column, Symbol, Value, number_text};
use tabular::read::{Note, NoteCode, ProblemCode, ProfileProposal, ReadReport, TableProblem};

use crate::access::abilities::DatasetImportAbilities;
use crate::context::ContextExt;
use crate::datasets::enums::DatasetImportState;
use crate::datasets::import::problem_code::DatasetProblemCode;
use crate::datasets::import::profile_types::DatasetProfile;
use crate::datasets::types::Dataset;
use crate::datasets::version_types::DatasetVersion;
use crate::node_row::node_object;

/// Problems of a page.
const PAGE: usize = 100;

/// Import of a file into a dataset. Visible to the owning authority only.
pub struct DatasetImport(pub Arc<dataset_import::Model>);

node_object!(DatasetImport, |row| Self(row));

impl DatasetImport {
    fn report(&self) -> ApiResult<ReadReport> {
        Ok(self.0.report.clone().map(serde_json::from_value).transpose()?.unwrap_or_default())
    }
}

/// Problem in a file, or warning about one.
#[derive(SimpleObject)]
pub struct DatasetImportProblem {
    /// Kind of problem.
    code: DatasetProblemCode,
    /// Line of a text file or row of a sheet, from 1; null = the whole file.
    row: Option<i32>,
    /// Name of the column; null = none in particular.
    column: Option<String>,
    /// Content of the field, cut after 80 characters; null = none.
    value: Option<String>,
    /// Message for people, in German or English by `Accept-Language`. Not stable.
    message: String,
}

impl DatasetImportProblem {
    pub(super) fn new(problem: TableProblem, locale: Locale) -> Self {
        Self {
            message: text(&problem).render(locale),
            code: problem.code.into(),
            row: problem.row.map(|it| i32::try_from(it).unwrap_or(i32::MAX)),
            column: problem.column,
            value: problem.value,
        }
    }
}

/// Number of occurrences of a problem or warning.
#[derive(SimpleObject)]
pub struct DatasetImportCount {
    /// Kind of problem.
    code: DatasetProblemCode,
    /// True for a warning, which does not reject the file.
    warning: bool,
    /// Number of occurrences, listed or not.
    count: i64,
}

/// Import of a file into a dataset. Visible to the owning authority only.
#[Object]
impl DatasetImport {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::DatasetImport.id(self.0.id).into()
    }

    /// Dataset that receives the file.
    async fn dataset(&self, ctx: &Context<'_>) -> ApiResult<Dataset> {
        let row = ctx.session().await?.get::<dataset::Entity>(self.0.dataset_id).await?;
        row.map(Dataset).ok_or_else(|| ApiError::fault("the dataset of an import is out of sight"))
    }

    /// State of the import.
    async fn state(&self) -> DatasetImportState {
        self.0.state.into()
    }

    /// True for a check of the file only, after which no data are kept.
    async fn dry_run(&self) -> bool {
        self.0.dry_run
    }

    /// Remark on the version; null = none.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Import profile of the file.
    async fn profile(&self) -> ApiResult<DatasetProfile> {
        Ok(DatasetProfile(serde_json::from_value(self.0.profile.clone())?))
    }

    /// Number of rows of the table read so far.
    async fn rows_done(&self) -> i64 {
        self.0.rows_done
    }

    /// Number of bytes of the file read so far; 0 for a workbook until the end.
    async fn bytes_done(&self) -> i64 {
        self.0.bytes_done
    }

    /// Size of the file in bytes.
    async fn bytes_total(&self) -> i64 {
        self.0.bytes_total
    }

    /// Number of problems, listed or not. A single problem rejects the file.
    async fn problem_count(&self) -> i64 {
        self.0.problem_count
    }

    /// Number of warnings, listed or not. Warnings do not reject the file.
    async fn warning_count(&self) -> i64 {
        self.0.warning_count
    }

    /// Numbers of occurrences of each problem and each warning.
    async fn counts(&self) -> ApiResult<Vec<DatasetImportCount>> {
        let count = |(code, count): (ProblemCode, u64)| DatasetImportCount {
            code: code.into(),
            warning: code.is_warning(),
            count: i64::try_from(count).unwrap_or(i64::MAX),
        };
        Ok(self.report()?.counts.into_iter().map(count).collect())
    }

    /// Problems in the order in which they were found: at most 100 at a time, of the first 1,000.
    #[graphql(complexity = "PAGE * child_complexity")]
    async fn problems(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of problems to skip.", default)] skip: u32,
    ) -> ApiResult<Vec<DatasetImportProblem>> {
        Ok(listed(self.report()?.problems, skip, ctx.op()?.locale))
    }

    /// Warnings in the order in which they were found: at most 100 at a time, of the first 200.
    #[graphql(complexity = "PAGE * child_complexity")]
    async fn warnings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of warnings to skip.", default)] skip: u32,
    ) -> ApiResult<Vec<DatasetImportProblem>> {
        Ok(listed(self.report()?.warnings, skip, ctx.op()?.locale))
    }

    /// Version that the import created; null = none.
    async fn dataset_version(&self, ctx: &Context<'_>) -> Option<ApiResult<DatasetVersion>> {
        let id = self.0.version_id?;
        let row = match ctx.session().await {
            Ok(session) => session.get::<dataset_version::Entity>(id).await,
            Err(error) => Err(error),
        };
        row.map(|it| it.map(DatasetVersion)).transpose()
    }

    /// Version number of the import for optimistic locking; increases when the import is cancelled and when it ends.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Actions open to the viewer on the import.
    async fn viewer_can(&self) -> DatasetImportAbilities {
        DatasetImportAbilities(self.0.clone())
    }

    /// Instant of the request.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Instant of the end; null = not finished.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }
}

fn listed(problems: Vec<TableProblem>, skip: u32, locale: Locale) -> Vec<DatasetImportProblem> {
    let rest = problems.into_iter().skip(skip as usize).take(PAGE);
    rest.map(|it| DatasetImportProblem::new(it, locale)).collect()
}

/// Cell of a sample.
#[derive(SimpleObject)]
pub struct DatasetSampleCell {
    /// Value as text; null = none.
    value: Option<String>,
    /// Symbol in the notation of tables: `-` `.` `x` `...` `/` `()` `*`; null = none.
    symbol: Option<&'static str>,
}

/// Code of a note on a proposed profile.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatasetProfileNoteCode {
    /// Layout of a GENESIS table.
    Genesis,
    /// Column without header, whose name was generated.
    NameMadeUp,
    /// Date in the rows above the data, taken as a column.
    DateInHead,
    /// Decimal and thousands separators that could be interchanged.
    MarksUnclear,
    /// Table without key columns: the row number is the key.
    NoKey,
    /// Column without values in the rows examined.
    Empty,
    /// Code that is probably the total over all others.
    Total,
    /// Proposal from the first rows of the file only.
    Sample,
    /// Sheets of the workbook; the profile names the one that was examined.
    Sheets,
    /// Column of text that holds numbers but for a few texts; the note names the first of them.
    NotAllNumbers,
    /// Cell of a workbook with an error value, or with a formula whose value is not stored.
    CellWithoutValue,
    /// Numbers with more decimals than are stored, which are rounded to this number of decimals.
    Rounded,
    /// Unit behind the numbers in the cells, which is removed.
    UnitInCells,
    /// Keys without their leading zero, padded to this length.
    ZeroLost,
    /// Beginning of the row that ends the data.
    Footer,
    /// Number of columns beyond the maximum of a table, which the profile leaves out.
    ColumnsLeftOut,
    /// Encoding that was detected by unusual characters, to be checked.
    EncodingUnclear,
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
            NoteCode::Sheets => Self::Sheets,
            NoteCode::NotAllNumbers => Self::NotAllNumbers,
            NoteCode::CellWithoutValue => Self::CellWithoutValue,
            NoteCode::Rounded => Self::Rounded,
            NoteCode::UnitInCells => Self::UnitInCells,
            NoteCode::ZeroLost => Self::ZeroLost,
            NoteCode::Footer => Self::Footer,
            NoteCode::ColumnsLeftOut => Self::ColumnsLeftOut,
            NoteCode::EncodingUnclear => Self::EncodingUnclear,
        }
    }
}

/// Note on a proposed profile, for a person to check.
#[derive(SimpleObject)]
pub struct DatasetProfileNote {
    /// Code of the note.
    code: DatasetProfileNoteCode,
    /// Name of the column; null = none in particular.
    column: Option<String>,
    /// Date, code, text, unit, decimal separator, names of sheets or number that the note is about; null = none.
    value: Option<String>,
    /// Line of a text file or row of a sheet, from 1; null = none in particular.
    row: Option<i32>,
    /// Explanation, in German or English by `Accept-Language`.
    message: String,
}

impl DatasetProfileNote {
    fn new(it: Note, locale: Locale) -> Self {
        let row = it.row.map(|it| i32::try_from(it).unwrap_or(i32::MAX));
        let message = note_text::text(&it).render(locale);
        Self { code: it.code.into(), column: it.column, value: it.value, row, message }
    }
}

/// Proposed profile for an uploaded file, with a sample. An import does not use it unless it is passed as input.
#[derive(SimpleObject)]
pub struct DatasetImportPreview {
    /// Proposed profile.
    profile: DatasetProfile,
    /// First rows, at most 20 of the file, read with the profile. Cells are in the order of its columns.
    rows: Vec<Vec<DatasetSampleCell>>,
    /// Problems in these rows, at most 100.
    problems: Vec<DatasetImportProblem>,
    /// Notes for a person to check.
    notes: Vec<DatasetProfileNote>,
}

impl DatasetImportPreview {
    pub(super) fn new(proposal: ProfileProposal, locale: Locale) -> Self {
        let columns = proposal.profile.table();
        let rows = proposal.sample.rows.iter().map(|row| row.iter().zip(&columns).map(sample).collect()).collect();
        Self {
            rows,
            problems: listed(proposal.report.problems, 0, locale),
            notes: proposal.notes.into_iter().map(|it| DatasetProfileNote::new(it, locale)).collect(),
            profile: DatasetProfile(proposal.profile),
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
