//! What of a table leaves its authority.
//!
//! From the exact table and the protection profile of its dataset comes *one* protected table. Everybody outside gets
//! answers that are computed from it and from nothing else; so whatever is asked, however often and however it
//! overlaps, says no more than that table. What must hold of the table itself is in `README.md` beside this file, and is
//! attacked in the tests.

#[cfg(test)]
mod attack_test;
mod cube;
mod flow;
mod hierarchy;
mod minimum;
mod rounding;
mod shape;
mod sums;
mod suppression;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use tabular::model::{Column, TableRow};

use crate::cube::Cube;
use crate::hierarchy::MeasureHierarchy;

pub use crate::shape::{InputColumn, Shape};

/// How a table is protected where it leaves its authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Protection {
    /// What is done with small numbers.
    #[serde(flatten)]
    pub method: Method,
    /// The dimensions that may leave. Over all others is summed.
    pub dimensions: Vec<String>,
}

/// What is done with small numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Method {
    /// Counts from 1 to below the minimum are withheld, and every total that one of them is in.
    MinimumCount {
        /// The smallest count that is told, at least [`MIN_MINIMUM`].
        minimum: u32,
    },
    /// Every count is rounded to the nearest multiple; totals are sums of rounded counts.
    Rounding {
        /// 3 or 5.
        base: u32,
    },
    /// Counts from 1 to below the minimum are withheld, and as many others as it takes that none can be worked out from
    /// the totals, which are exact where they are told.
    Suppression {
        /// The smallest count that is told, at least [`MIN_MINIMUM`].
        minimum: u32,
    },
}

/// With 2, a withheld count would be known: it is 1.
pub const MIN_MINIMUM: u32 = 3;

/// Nothing is gained by more.
pub const MAX_MINIMUM: u32 = 1_000;

/// Cells of counts, with totals, that are protected in one go.
pub const CELLS: usize = 500_000;

/// The table that everybody outside gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protected {
    /// Dimensions that may leave, then measures that may.
    pub columns: Vec<Column>,
    /// In the order of their dimensions; with rows of totals where a dimension declares a code for them.
    pub rows: Vec<TableRow>,
    /// What was done.
    pub summary: Summary,
}

/// What was done; goes with every answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// How it was protected.
    pub protection: Protection,
    /// Dimensions that were summed over.
    pub summed_over: Vec<String>,
    /// Measures that do not leave.
    pub withheld_measures: Vec<String>,
    /// Cells of counts in the table, with totals.
    pub cells: u64,
    /// Cells withheld because they, or what is left of the whole they are a part of, are small.
    pub primary_suppressed: u64,
    /// Cells withheld so that none of the small ones can be worked out.
    pub secondary_suppressed: u64,
    /// Cells that rounding changed, without totals.
    pub rounded: u64,
    /// Rows that are not in the table because nothing was left of them.
    pub rows_left_out: u64,
    /// Rows of totals in the source that have no rows below them; they do not leave.
    pub totals_alone: u64,
}

/// Why a table cannot be protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProtectionRefusal {
    /// The smallest count told is out of range.
    Minimum(u32),
    /// Rounding is to 3 or 5.
    Base(u32),
    /// Not a dimension of the table, or named twice.
    Dimension(String),
    /// Its total is a code that it cannot have, or one over periods: who is counted in one year is counted again in the
    /// next.
    Total(String),
    /// No measure may leave.
    Nothing,
    /// The whole is no count that leaves, or a part of its part.
    Whole {
        /// The part.
        measure: String,
        /// What it is said to be a part of.
        whole: String,
    },
    /// A measure is the sum of others and does not say so.
    SumOfMeasures {
        /// The sum.
        measure: String,
        /// What it is the sum of.
        parts: Vec<String>,
    },
    /// A measure that is the sum of its parts is itself one part among overlapping ones.
    Linked {
        /// The sum of its parts.
        measure: String,
        /// What it is a part of.
        whole: String,
    },
    /// A code is the sum of others and is not the declared total.
    SumOfCodes {
        /// The dimension.
        dimension: String,
        /// The sum.
        code: String,
        /// What it is the sum of.
        parts: Vec<String>,
    },
    /// Regions of several levels in one dimension: the inner ones add up to the outer one.
    NestedRegions {
        /// The dimension.
        dimension: String,
        /// The outer region.
        outer: String,
        /// One within.
        inner: String,
    },
    /// Suppression knows totals over at most this many dimensions.
    Totals {
        /// Dimensions with totals.
        dimensions: Vec<String>,
        /// How many there may be.
        max: usize,
    },
    /// More cells than are protected in one go.
    Cells {
        /// With totals.
        cells: usize,
        /// How many there may be.
        max: usize,
    },
    /// A count below zero.
    Negative(String),
    /// A part that is more than its whole.
    Above {
        /// The part.
        measure: String,
        /// What it is a part of.
        whole: String,
    },
    /// Suppression knows one part of a whole, or parts that add up to it.
    Overlap {
        /// The whole.
        whole: String,
        /// Its parts.
        parts: Vec<String>,
    },
    /// Suppression must know a part wherever it knows the whole, and the other way round.
    Gap {
        /// The part.
        measure: String,
        /// What it is a part of.
        whole: String,
    },
    /// No way was found to protect a measure.
    Open(String),
    /// A number too large to be added up.
    Large(String),
    /// Two rows with the same dimensions.
    Twice(Vec<String>),
}

impl Protection {
    /// What leaves of a table of these columns.
    ///
    /// # Errors
    /// When the profile does not fit the columns.
    pub fn shape(&self, columns: &[Column]) -> Result<Shape, ProtectionRefusal> {
        Shape::of(columns, self)
    }
}

impl Shape {
    /// Protects rows that are grouped by the dimensions of this shape, in the order of its columns.
    ///
    /// # Errors
    /// When they cannot be protected; nothing leaves then.
    pub fn protect(&self, rows: Vec<TableRow>) -> Result<Protected, ProtectionRefusal> {
        let cube = Cube::read(self, rows)?;
        let hierarchy = MeasureHierarchy::of(self, &cube)?;
        sums::refuse(self, &cube, &hierarchy)?;
        let (table, mut summary) = match self.protection.method {
            Method::MinimumCount { minimum } => minimum::protect(self, cube, &hierarchy, minimum)?,
            Method::Rounding { base } => rounding::protect(self, cube, &hierarchy, base)?,
            Method::Suppression { minimum } => suppression::protect(self, cube, &hierarchy, minimum)?,
        };
        let rows = table.rows(self, &mut summary);
        Ok(Protected { columns: self.columns.clone(), rows, summary })
    }
}
