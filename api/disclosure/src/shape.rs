//! Which columns of a table leave, and as what.

use tabular::model::{Aggregation, Code, Column, ColumnRole, ColumnType, Disclosure, Value};

use crate::{MAX_MINIMUM, MIN_MINIMUM, Method, Protection, ProtectionRefusal, Summary};

/// What leaves of a table: known from its columns and the profile alone.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The columns of the protected table.
    pub columns: Vec<Column>,
    /// Where the values of those columns come from, in the same order.
    pub inputs: Vec<InputColumn>,
    /// Dimensions that are summed over, and their code of totals, whose rows must be left out.
    pub summed_over: Vec<(String, Option<String>)>,
    pub(super) protection: Protection,
    pub(super) totals: Vec<Option<Value>>,
    pub(super) measures: Vec<Measure>,
    pub(super) withheld: Vec<String>,
}

/// Where values of a column of the protected table come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputColumn {
    /// The column of this name: grouped by.
    Dimension(String),
    /// The column of this name: added up. Without a value as soon as one of the group is without.
    Sum(String),
    /// The column of this name: as it is, where a group is one row.
    AsIs(String),
    /// The number of rows: the table has one row per case.
    Rows,
}

/// A measure that leaves.
#[derive(Clone, Debug)]
pub(super) struct Measure {
    pub(super) name: String,
    /// Says nothing about people: is not protected.
    pub(super) free: bool,
    /// May be added up.
    pub(super) sum: bool,
    /// Units of the last place in 1.
    pub(super) one: i64,
    /// The measure that it is a part of.
    pub(super) whole: Option<usize>,
}

/// Dimensions with totals that suppression knows how to protect: rows and columns.
const TOTALS_SUPPRESSED: usize = 2;

/// Dimensions with totals elsewhere: every row is added to up to 2ⁿ totals.
const TOTALS: usize = 8;

/// The column that counts rows where a table has one row per case.
const CASES: &str = "cases";

impl Shape {
    pub(super) fn of(columns: &[Column], protection: &Protection) -> Result<Self, ProtectionRefusal> {
        match protection.method {
            Method::MinimumCount { minimum } | Method::Suppression { minimum } => {
                if !(MIN_MINIMUM..=MAX_MINIMUM).contains(&minimum) {
                    return Err(ProtectionRefusal::Minimum(minimum));
                }
            }
            Method::Rounding { base } => {
                if !matches!(base, 3 | 5) {
                    return Err(ProtectionRefusal::Base(base));
                }
            }
        }
        let is_dimension = |it: &&Column| it.role == ColumnRole::Dimension;
        for (at, name) in protection.dimensions.iter().enumerate() {
            let known = columns.iter().filter(is_dimension).any(|it| it.name == *name);
            if !known || protection.dimensions[..at].contains(name) {
                return Err(ProtectionRefusal::Dimension(name.clone()));
            }
        }
        let (kept, over): (Vec<_>, Vec<_>) =
            columns.iter().filter(is_dimension).partition(|it| protection.dimensions.contains(&it.name));
        let totals = kept.iter().map(|it| total(it)).collect::<Result<Vec<_>, _>>()?;
        let dimensions: Vec<_> = kept.iter().filter(|it| it.total.is_some()).map(|it| it.name.clone()).collect();
        let max = match protection.method {
            Method::Suppression { .. } => TOTALS_SUPPRESSED,
            Method::MinimumCount { .. } | Method::Rounding { .. } => TOTALS,
        };
        if dimensions.len() > max {
            return Err(ProtectionRefusal::Totals { dimensions, max });
        }
        let summed_over: Vec<_> = over.iter().map(|it| (it.name.clone(), it.total.clone())).collect();

        let mut shape = Self {
            inputs: kept.iter().map(|it| InputColumn::Dimension(it.name.clone())).collect(),
            columns: kept.into_iter().cloned().collect(),
            summed_over,
            protection: protection.clone(),
            totals,
            measures: Vec::new(),
            withheld: Vec::new(),
        };
        shape.take_measures(columns)?;
        Ok(shape)
    }

    fn take_measures(&mut self, columns: &[Column]) -> Result<(), ProtectionRefusal> {
        let measures: Vec<_> = columns.iter().filter(|it| it.role == ColumnRole::Measure).collect();
        if measures.is_empty() {
            self.columns.push(cases(&self.columns));
            self.inputs.push(InputColumn::Rows);
            self.measures.push(Measure { name: CASES.to_owned(), free: false, sum: true, one: 1, whole: None });
        }
        for column in &measures {
            let free = column.disclosure == Disclosure::Free;
            let sum = column.aggregation == Aggregation::Sum && column.kind.is_number();
            let leaves = match column.disclosure {
                // A count is added up. What is declared one and is not is a rate that nobody thought about.
                Disclosure::Count => sum,
                Disclosure::Free => sum || self.summed_over.is_empty(),
                Disclosure::Withheld => false,
            };
            if !leaves {
                self.withheld.push(column.name.clone());
                continue;
            }
            let from = if sum { InputColumn::Sum } else { InputColumn::AsIs };
            self.inputs.push(from(column.name.clone()));
            self.columns.push((*column).clone());
            let one = 10_i64.pow(u32::from(column.decimals.unwrap_or(0)));
            self.measures.push(Measure { name: column.name.clone(), free, sum, one, whole: None });
        }
        if self.measures.is_empty() {
            return Err(ProtectionRefusal::Nothing);
        }
        for at in 0..self.measures.len() {
            let Some(whole) = self.columns[self.totals.len() + at].part_of.clone() else { continue };
            let measure = self.measures[at].name.clone();
            if self.withheld.contains(&whole) {
                continue;
            }
            let found = self.measures.iter().position(|it| it.name == whole);
            let alike = |it: &usize| {
                let (part, whole) = (&self.measures[at], &self.measures[*it]);
                part.free == whole.free && part.one == whole.one && part.sum && whole.sum
            };
            let Some(found) = found.filter(alike) else { return Err(ProtectionRefusal::Whole { measure, whole }) };
            if !self.measures[at].free {
                self.measures[at].whole = Some(found);
            }
        }
        for at in 0..self.measures.len() {
            if self.wholes(at).any(|it| it == at) {
                let measure = self.measures[at].name.clone();
                return Err(ProtectionRefusal::Whole { whole: measure.clone(), measure });
            }
        }
        Ok(())
    }

    /// The whole that a measure is a part of, the whole of that, and so on; at most as many as there are measures.
    pub(super) fn wholes(&self, measure: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.measures[measure].whole, |it| self.measures[*it].whole).take(self.measures.len())
    }

    /// Counts: what is protected.
    pub(super) fn count_measures(&self) -> impl Iterator<Item = usize> {
        (0..self.measures.len()).filter(|it| !self.measures[*it].free)
    }

    /// Dimensions with a code of totals.
    pub(super) fn with_totals(&self) -> Vec<usize> {
        (0..self.totals.len()).filter(|it| self.totals[*it].is_some()).collect()
    }

    pub(super) fn summary(&self) -> Summary {
        Summary {
            protection: self.protection.clone(),
            summed_over: self.summed_over.iter().map(|it| it.0.clone()).collect(),
            withheld_measures: self.withheld.clone(),
            cells: 0,
            primary_suppressed: 0,
            secondary_suppressed: 0,
            rounded: 0,
            rows_left_out: 0,
            totals_alone: 0,
        }
    }
}

/// The code of totals of a dimension.
fn total(column: &Column) -> Result<Option<Value>, ProtectionRefusal> {
    match (&column.total, column.kind) {
        (None, _) => Ok(None),
        (Some(code), ColumnType::Text | ColumnType::Region) => Ok(Some(Value::Text(code.clone()))),
        (Some(_), _) => Err(ProtectionRefusal::Total(column.name.clone())),
    }
}

/// The column of the number of rows, by a name that is still free.
fn cases(dimensions: &[Column]) -> Column {
    let mut name = CASES.to_owned();
    while dimensions.iter().any(|it| it.name == name) {
        name.push('_');
    }
    Column {
        name,
        title: "Fälle".to_owned(),
        description: None,
        kind: ColumnType::Integer,
        role: ColumnRole::Measure,
        unit: Some("Anzahl".to_owned()),
        decimals: None,
        period: None,
        codes: Vec::<Code>::new(),
        total: None,
        aggregation: Aggregation::Sum,
        disclosure: Disclosure::Count,
        part_of: None,
        indicator: None,
    }
}
