//! Rounding: every count to the nearest multiple of a base. Totals, and wholes that are the sum of their parts, are sums
//! of what was rounded: rounded by themselves, they would narrow their parts down, sometimes to one number.

use crate::cube::{Amount, Cube, CubeTable};
use crate::hierarchy::MeasureHierarchy;
use crate::shape::Shape;
use crate::{ProtectionRefusal, Summary};

pub(super) fn protect(
    shape: &Shape,
    mut cube: Cube,
    hierarchy: &MeasureHierarchy,
    base: u32,
) -> Result<(CubeTable, Summary), ProtectionRefusal> {
    let mut summary = shape.summary();
    for amounts in cube.base.values_mut() {
        let before = amounts.clone();
        for measure in shape.count_measures() {
            let Some(count) = amounts[measure].known() else { continue };
            let base = i64::from(base) * shape.measures[measure].one;
            let rounded =
                (count.checked_add(base / 2)).ok_or_else(|| ProtectionRefusal::Large(name(shape, measure)))?;
            amounts[measure] = Amount::Known(rounded / base * base);
        }
        hierarchy.add_up(amounts);
        // A part must not be more than its whole: where two small parts are nothing, so is what overlaps them.
        for measure in hierarchy.parts_first.iter().rev() {
            let whole = shape.measures[*measure].whole.filter(|it| !hierarchy.parts[*it].contains(measure));
            if let (Some(part), Some(whole)) = (amounts[*measure].known(), whole.and_then(|it| amounts[it].known())) {
                amounts[*measure] = Amount::Known(part.min(whole));
            }
        }
        summary.rounded += shape.count_measures().filter(|it| before[*it] != amounts[*it]).count() as u64;
    }
    // That a row is there would tell that its count is not 0.
    let rows = cube.base.len();
    cube.base.retain(|_, amounts| amounts.iter().any(|it| !is_nothing(it)));
    summary.rows_left_out = (rows - cube.base.len()) as u64;
    Ok((cube.roll_up(shape)?, summary))
}

fn is_nothing(amount: &Amount) -> bool {
    match amount {
        Amount::Known(it) => *it == 0,
        Amount::Missing(symbol) => symbol.is_none(),
        Amount::Plain(it) => it.value.is_none() && it.symbol.is_none(),
        Amount::Withheld => false,
    }
}

fn name(shape: &Shape, measure: usize) -> String {
    shape.measures[measure].name.clone()
}
