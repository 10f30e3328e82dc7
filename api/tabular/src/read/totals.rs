//! Totals that a table says it has, against what stands beside them. They need not add up: some states round, and double
//! counts are taken out; so this only warns.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::{Aggregation, Cell, Column, ColumnRole, ColumnType, Value, number_text};
use crate::read::problem::{ProblemCode, ReadReport, TableProblem};

/// Sums that are kept at once; a table that needs more is not checked.
const MAX_SUMS: usize = 400_000;

/// The checks of a table.
pub struct Totals {
    parts: Vec<(usize, usize)>,
    dimensions: Vec<usize>,
    measures: Vec<usize>,
    decimals: Vec<u8>,
    names: Vec<String>,
    totals: Vec<TotalRow>,
}

struct TotalRow {
    dimension: usize,
    code: String,
    groups: Option<HashMap<u64, TotalGroup>>,
}

struct TotalGroup {
    total: Option<(u64, Vec<Option<i64>>)>,
    sums: Vec<Option<i64>>,
    parts: u64,
}

impl Totals {
    /// The checks that columns ask for.
    pub fn of(columns: &[Column]) -> Self {
        let place = |name: &str| columns.iter().position(|it| it.name == name);
        let indices = |keep: &dyn Fn(&Column) -> bool| -> Vec<usize> {
            columns.iter().enumerate().filter(|(_, it)| keep(it)).map(|(index, _)| index).collect()
        };
        let parts = columns.iter().enumerate().filter_map(|(part, it)| Some((part, place(it.part_of.as_deref()?)?)));
        let dimensions = indices(&|it| it.role == ColumnRole::Dimension);
        // Regions lie within each other at several levels, so that their sum says nothing.
        let totals = dimensions.iter().filter(|it| columns[**it].kind != ColumnType::Region).filter_map(|dimension| {
            let code = columns[*dimension].total.clone()?;
            Some(TotalRow { dimension: *dimension, code, groups: Some(HashMap::new()) })
        });
        Self {
            parts: parts.collect(),
            totals: totals.collect(),
            dimensions,
            measures: indices(&|it| it.role == ColumnRole::Measure && it.aggregation == Aggregation::Sum),
            decimals: columns.iter().map(|it| it.decimals.unwrap_or(0)).collect(),
            names: columns.iter().map(|it| it.name.clone()).collect(),
        }
    }

    /// Looks at a row.
    pub fn see(&mut self, line: u64, row: &[Cell], report: &mut ReadReport) {
        for (part, whole) in &self.parts {
            if let (Some(part_value), Some(whole_value)) = (number(&row[*part]), number(&row[*whole]))
                && part_value > whole_value
            {
                let text = |units, column: usize| number_text(units, self.decimals[column]);
                report.add(
                    TableProblem::at(ProblemCode::PartExceedsWhole, line)
                        .column(&self.names[*part])
                        .value(&text(part_value, *part))
                        .with("whole", text(whole_value, *whole)),
                );
            }
        }
        for total in &mut self.totals {
            total.see(line, row, &self.dimensions, &self.measures);
        }
    }

    /// What does not add up, when all rows were seen.
    pub fn end(&mut self, report: &mut ReadReport) {
        for total in &mut self.totals {
            let mut groups: Vec<TotalGroup> = total.groups.take().unwrap_or_default().into_values().collect();
            groups.retain(|it| it.parts > 0 && it.total.is_some());
            groups.sort_by_key(|it| it.total.as_ref().map(|(line, _)| *line));
            for group in groups {
                let Some((line, values)) = group.total else { continue };
                for ((value, sum), column) in values.into_iter().zip(group.sums).zip(&self.measures) {
                    if let (Some(value), Some(sum)) = (value, sum)
                        && value != sum
                    {
                        let text = |units| number_text(units, self.decimals[*column]);
                        report.add(
                            TableProblem::at(ProblemCode::TotalDiffers, line)
                                .column(&self.names[*column])
                                .value(&text(value))
                                .with("sum", text(sum))
                                .with("dimension", &self.names[total.dimension]),
                        );
                    }
                }
            }
        }
    }
}

impl TotalRow {
    fn see(&mut self, line: u64, row: &[Cell], dimensions: &[usize], measures: &[usize]) {
        let Some(groups) = &mut self.groups else { return };
        let mut hasher = DefaultHasher::new();
        for other in dimensions.iter().filter(|it| **it != self.dimension) {
            row[*other].hash(&mut hasher);
        }
        let group = groups.entry(hasher.finish()).or_insert_with(|| TotalGroup {
            total: None,
            sums: vec![Some(0); measures.len()],
            parts: 0,
        });
        let values = measures.iter().map(|it| number(&row[*it]));
        if matches!(&row[self.dimension].value, Some(Value::Text(code)) if *code == self.code) {
            group.total = Some((line, values.collect()));
        } else {
            group.parts += 1;
            for (sum, value) in group.sums.iter_mut().zip(values) {
                *sum = sum.zip(value).and_then(|(sum, value)| sum.checked_add(value));
            }
        }
        if groups.len() * (measures.len() + 4) > MAX_SUMS {
            self.groups = None;
        }
    }
}

const fn number(cell: &Cell) -> Option<i64> {
    match cell.value {
        Some(Value::Number(value)) => Some(value),
        _ => None,
    }
}
