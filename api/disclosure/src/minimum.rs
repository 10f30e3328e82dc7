//! Minimum count: small counts are withheld, and every total that one of them is in.

use crate::cube::{Amount, Cube, CubeTable};
use crate::hierarchy::MeasureHierarchy;
use crate::shape::Shape;
use crate::{ProtectionRefusal, Summary};

pub(super) fn protect(
    shape: &Shape,
    mut cube: Cube,
    hierarchy: &MeasureHierarchy,
    minimum: u32,
) -> Result<(CubeTable, Summary), ProtectionRefusal> {
    for amounts in cube.base.values_mut() {
        withhold(shape, hierarchy, minimum, amounts);
    }
    let mut summary = shape.summary();
    let small: usize = cube.base.values().map(|it| it.iter().filter(|it| **it == Amount::Withheld).count()).sum();
    let table = cube.roll_up(shape)?;
    summary.primary_suppressed = small as u64;
    summary.secondary_suppressed = table.withheld() - summary.primary_suppressed;
    Ok((table, summary))
}

/// Withholds what is small, and parts beside which little is left of a whole, or whose whole is withheld.
fn withhold(shape: &Shape, hierarchy: &MeasureHierarchy, minimum: u32, amounts: &mut [Amount]) {
    for measure in &hierarchy.parts_first {
        let hidden_part = hierarchy.parts[*measure].iter().any(|it| amounts[*it] == Amount::Withheld);
        if amounts[*measure].known().is_some_and(|it| hidden_part || is_small(shape, *measure, it, minimum)) {
            amounts[*measure] = Amount::Withheld;
        }
    }
    for measure in hierarchy.parts_first.iter().rev() {
        // Where parts are all of a whole, what is left of it is the other parts; they are withheld if they are small.
        let is_rest = shape.measures[*measure].whole.is_some_and(|it| hierarchy.parts[it].contains(measure));
        let Some(count) = amounts[*measure].known().filter(|it| *it > 0 && !is_rest) else { continue };
        // A withheld whole is at least as much as its part.
        let tells = |whole: usize| match &amounts[whole] {
            Amount::Known(it) => is_small(shape, *measure, it - count, minimum),
            it => *it == Amount::Withheld,
        };
        if shape.wholes(*measure).any(tells) {
            amounts[*measure] = Amount::Withheld;
        }
    }
}

/// Whether a count is told to nobody.
pub(super) fn is_small(shape: &Shape, measure: usize, count: i64, minimum: u32) -> bool {
    0 < count && count < i64::from(minimum) * shape.measures[measure].one
}
