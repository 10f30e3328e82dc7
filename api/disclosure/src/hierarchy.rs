//! Parts and wholes among measures.

use crate::cube::{Amount, Cube};
use crate::shape::Shape;
use crate::{ProtectionRefusal, sums};

/// For every measure, the parts that together are all of it, in every row. Empty where there are none: then parts overlap
/// or leave something over.
#[derive(Clone, Debug)]
pub(super) struct MeasureHierarchy {
    pub(super) parts: Vec<Vec<usize>>,
    /// Measures, every whole after its parts.
    pub(super) parts_first: Vec<usize>,
}

impl MeasureHierarchy {
    /// Finds out which parts add up to their whole; what does so is the sum of what leaves of its parts.
    pub(super) fn of(shape: &Shape, cube: &Cube) -> Result<Self, ProtectionRefusal> {
        for measure in shape.count_measures() {
            let Some(whole) = shape.measures[measure].whole else { continue };
            let above = |it: &Vec<Amount>| it[measure].known().zip(it[whole].known()).is_some_and(|(it, all)| it > all);
            if cube.base.values().any(above) {
                let [measure, whole] = [measure, whole].map(|it| shape.measures[it].name.clone());
                return Err(ProtectionRefusal::Above { measure, whole });
            }
        }
        let mut parts = vec![Vec::new(); shape.measures.len()];
        for whole in shape.count_measures() {
            let candidates: Vec<usize> =
                shape.count_measures().filter(|it| shape.measures[*it].whole == Some(whole)).collect();
            parts[whole] = sums::complete_parts(shape, cube, whole, &candidates)?;
        }
        for measure in shape.count_measures().filter(|it| !parts[*it].is_empty()) {
            let Some(whole) = shape.measures[measure].whole else { continue };
            if !parts[whole].contains(&measure) {
                let [measure, whole] = [measure, whole].map(|it| shape.measures[it].name.clone());
                return Err(ProtectionRefusal::Linked { measure, whole });
            }
        }
        let mut parts_first: Vec<usize> = shape.count_measures().collect();
        parts_first.sort_by_key(|it| std::cmp::Reverse(shape.wholes(*it).count()));
        Ok(Self { parts, parts_first })
    }

    /// Whether a measure is the sum of its parts.
    pub(super) fn is_sum(&self, measure: usize) -> bool {
        !self.parts[measure].is_empty()
    }

    /// Families of measures, each with the atoms that it is made of: parts, and what is left of a whole beside its part.
    ///
    /// # Errors
    /// When parts of a whole overlap, or one is not known where the other is.
    pub(super) fn base_cells(&self, shape: &Shape, cube: &Cube) -> Result<Vec<MeasureGroup>, ProtectionRefusal> {
        let mut hierarchies = Vec::new();
        for root in shape.count_measures().filter(|it| shape.measures[*it].whole.is_none()) {
            let members: Vec<usize> =
                shape.count_measures().filter(|it| *it == root || shape.wholes(*it).any(|it| it == root)).collect();
            let mut base_cells = Vec::new();
            for of in members.iter().copied() {
                let parts: Vec<usize> =
                    shape.count_measures().filter(|it| shape.measures[*it].whole == Some(of)).collect();
                let name = |it: usize| shape.measures[it].name.clone();
                match &parts[..] {
                    [] => base_cells.push(BaseCell { of, beside: None }),
                    _ if parts.iter().all(|it| self.parts[of].contains(it)) => {}
                    [part] => base_cells.push(BaseCell { of, beside: Some(*part) }),
                    _ => {
                        return Err(ProtectionRefusal::Overlap {
                            whole: name(of),
                            parts: parts.into_iter().map(name).collect(),
                        });
                    }
                }
                if let Some(whole) = shape.measures[of].whole {
                    let gap = |it: &Vec<Amount>| it[of].known().is_some() != it[whole].known().is_some();
                    if cube.base.values().any(gap) {
                        return Err(ProtectionRefusal::Gap { measure: name(of), whole: name(whole) });
                    }
                }
            }
            hierarchies.push(MeasureGroup { members, base_cells });
        }
        Ok(hierarchies)
    }

    /// Puts the sums of parts in the place of wholes that are such.
    pub(super) fn add_up(&self, amounts: &mut [Amount]) {
        for whole in &self.parts_first {
            let parts = &self.parts[*whole];
            if let Some(sum) = parts.iter().map(|it| amounts[*it].known()).sum::<Option<i64>>()
                && !parts.is_empty()
                && amounts[*whole].known().is_some()
            {
                amounts[*whole] = Amount::Known(sum);
            }
        }
    }
}

/// Measures that are parts of each other.
pub(super) struct MeasureGroup {
    pub(super) members: Vec<usize>,
    /// What they are made of.
    pub(super) base_cells: Vec<BaseCell>,
}

/// A measure, or what is left of it beside its only part.
#[derive(Clone, Copy, Debug)]
pub(super) struct BaseCell {
    pub(super) of: usize,
    beside: Option<usize>,
}

impl BaseCell {
    pub(super) fn count(self, amounts: &[Amount]) -> Option<i64> {
        Some(amounts[self.of].known()? - self.beside.map_or(Some(0), |it| amounts[it].known())?)
    }
}
