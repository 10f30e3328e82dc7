//! Cells by their dimensions, and totals over them.

use std::collections::{BTreeMap, BTreeSet};

use tabular::model::{Cell, Symbol, TableRow, Value};

use crate::shape::{Measure, Shape};
use crate::{CELLS, ProtectionRefusal, Summary};

/// The dimensions of a row. Nothing is a code like any other.
pub(super) type CellKey = Vec<Option<Value>>;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    /// A count, or a number that is no count.
    Known(i64),
    /// A count that does not leave.
    Withheld,
    /// The source has no number.
    Missing(Option<Symbol>),
    /// Neither count nor number; leaves as it is.
    Plain(Cell),
}

impl Amount {
    /// The count.
    pub(super) const fn known(&self) -> Option<i64> {
        match self {
            Self::Known(it) => Some(*it),
            _ => None,
        }
    }

    /// Whether it is part of no sum: blocked cells make no sense, and nobody is counted in them.
    pub(super) const fn is_blocked(&self) -> bool {
        matches!(self, Self::Missing(Some(Symbol::Blocked)))
    }

    /// The sum of both. What is withheld or missing in a part is so in the whole.
    fn plus(&self, other: &Self) -> Option<Self> {
        Some(match (self, other) {
            (a, b) if b.is_blocked() => a.clone(),
            (a, b) if a.is_blocked() => b.clone(),
            (Self::Known(a), Self::Known(b)) => Self::Known(a.checked_add(*b)?),
            (Self::Withheld, _) | (_, Self::Withheld) => Self::Withheld,
            (Self::Missing(a), _) | (_, Self::Missing(a)) => Self::Missing(*a),
            (Self::Plain(_), _) | (_, Self::Plain(_)) => Self::Missing(None),
        })
    }
}

/// The exact table.
#[derive(Clone, Debug)]
pub(super) struct Cube {
    /// Rows that are no totals.
    pub(super) base: BTreeMap<CellKey, Vec<Amount>>,
    /// Rows of totals as the source has them. Counts in them are not used: totals that leave are added up anew.
    inputs: BTreeMap<CellKey, Vec<Amount>>,
}

impl Cube {
    /// Takes rows apart.
    pub(super) fn read(shape: &Shape, rows: Vec<TableRow>) -> Result<Self, ProtectionRefusal> {
        let cells = rows.len().saturating_mul(shape.measures.len());
        if cells > CELLS {
            return Err(ProtectionRefusal::Cells { cells, max: CELLS });
        }
        let mut cube = Self { base: BTreeMap::new(), inputs: BTreeMap::new() };
        for mut row in rows {
            let values = row.split_off(shape.totals.len());
            let key: CellKey = row.into_iter().map(|it| it.value).collect();
            let amounts = shape.measures.iter().zip(values).map(|(it, cell)| amount(it, cell));
            let amounts = amounts.collect::<Result<Vec<_>, _>>()?;
            let is_total = key.iter().zip(&shape.totals).any(|(code, total)| total.is_some() && code == total);
            let into = if is_total { &mut cube.inputs } else { &mut cube.base };
            if into.contains_key(&key) {
                return Err(ProtectionRefusal::Twice(key.iter().map(text_of).collect()));
            }
            into.insert(key, amounts);
        }
        Ok(cube)
    }

    /// The table with its totals.
    pub(super) fn roll_up(self, shape: &Shape) -> Result<CubeTable, ProtectionRefusal> {
        let over = shape.with_totals();
        let max = (CELLS / shape.measures.len()).max(1);
        let mut rows: BTreeMap<CellKey, Vec<Amount>> = BTreeMap::new();
        for (key, amounts) in &self.base {
            for set in 0..1_u64 << over.len().min(32) {
                let mut key = key.clone();
                for (bit, dimension) in over.iter().enumerate() {
                    if set >> bit & 1 == 1 {
                        key[*dimension].clone_from(&shape.totals[*dimension]);
                    }
                }
                let Some(sums) = rows.get_mut(&key) else {
                    rows.insert(key, amounts.clone());
                    continue;
                };
                for ((sum, amount), measure) in sums.iter_mut().zip(amounts).zip(&shape.measures) {
                    let added = if measure.sum { sum.plus(amount) } else { Some(Amount::Missing(None)) };
                    *sum = added.ok_or_else(|| ProtectionRefusal::Large(measure.name.clone()))?;
                }
            }
            if rows.len() > max {
                return Err(ProtectionRefusal::Cells { cells: rows.len() * shape.measures.len(), max: CELLS });
            }
        }
        let mut alone = 0;
        for (key, given) in self.inputs {
            let Some(sums) = rows.get_mut(&key) else {
                alone += 1;
                continue;
            };
            for ((sum, amount), measure) in sums.iter_mut().zip(given).zip(&shape.measures) {
                if measure.free {
                    *sum = amount;
                }
            }
        }
        Ok(CubeTable { rows, alone })
    }

    /// The codes of a dimension.
    pub(super) fn codes(&self, dimension: usize) -> Vec<Option<Value>> {
        self.base.keys().map(|it| it[dimension].clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// Rows with totals.
pub(super) struct CubeTable {
    pub(super) rows: BTreeMap<CellKey, Vec<Amount>>,
    alone: u64,
}

impl CubeTable {
    /// As it leaves.
    pub(super) fn rows(self, shape: &Shape, summary: &mut Summary) -> Vec<TableRow> {
        summary.cells = (self.rows.len() * shape.count_measures().count()) as u64;
        summary.totals_alone = self.alone;
        let row = |(key, amounts): (CellKey, Vec<Amount>)| {
            let key = key.into_iter().map(|value| Cell { value, symbol: None });
            key.chain(amounts.into_iter().map(cell)).collect()
        };
        self.rows.into_iter().map(row).collect()
    }

    /// How many counts are withheld.
    pub(super) fn withheld(&self) -> u64 {
        self.rows.values().flatten().filter(|it| **it == Amount::Withheld).count() as u64
    }
}

fn amount(measure: &Measure, cell: Cell) -> Result<Amount, ProtectionRefusal> {
    if measure.free && !(measure.sum && cell.symbol.is_none()) {
        return Ok(Amount::Plain(cell));
    }
    match (cell.value, cell.symbol) {
        // What a source tells beside saying that it does not is not told on.
        (_, Some(symbol @ (Symbol::Secret | Symbol::Unreliable | Symbol::Blocked | Symbol::Later))) => {
            Ok(Amount::Missing(Some(symbol)))
        }
        (_, Some(Symbol::Protected)) => Ok(Amount::Missing(Some(Symbol::Secret))),
        (_, Some(Symbol::Nothing)) => Ok(Amount::Known(0)),
        (Some(Value::Number(it)), _) if it < 0 && !measure.free => {
            Err(ProtectionRefusal::Negative(measure.name.clone()))
        }
        (Some(Value::Number(it)), _) => Ok(Amount::Known(it)),
        (_, _) => Ok(Amount::Missing(None)),
    }
}

fn cell(amount: Amount) -> Cell {
    match amount {
        Amount::Known(it) => Value::Number(it).into(),
        Amount::Withheld => Cell { value: None, symbol: Some(Symbol::Protected) },
        Amount::Missing(symbol) => Cell { value: None, symbol },
        Amount::Plain(it) => it,
    }
}

/// A code in words.
pub(super) fn text_of(value: &Option<Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::Text(it)) => it.clone(),
        Some(Value::Number(it)) => it.to_string(),
        Some(Value::Boolean(it)) => it.to_string(),
        Some(Value::Date(it)) => it.to_string(),
    }
}
