//! Whoever collects answers as equations over the cells of the table, and solves them.

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome};
use serde_json::Value as Json;

use super::table::{Asked, CELLS};

/// 2⁶¹ − 1: what follows from whole numbers follows modulo a prime, and practically never else.
const PRIME: u128 = (1 << 61) - 1;

/// Independent equations, each solved for its leading cell.
#[derive(Default)]
pub struct Attacker {
    rows: Vec<(usize, Vec<u128>)>,
    /// The same as they were told: cells and their sum.
    pub told: Vec<(Vec<usize>, f64)>,
}

impl Attacker {
    /// Takes the sums out of an answer; how many there were.
    pub fn learn(&mut self, question: &Asked, answer: &Json) -> usize {
        let sums = question.sums(answer);
        for (cells, sum) in &sums {
            let mut row = vec![0; CELLS];
            cells.iter().for_each(|it| row[*it] = 1);
            self.reduce(&mut row);
            if let Some(lead) = row.iter().position(|it| *it != 0) {
                let inverse = power(row[lead], PRIME - 2);
                row.iter_mut().for_each(|it| *it = *it * inverse % PRIME);
                for (_, other) in &mut self.rows {
                    subtract(other, &row, lead);
                }
                self.rows.push((lead, row));
                self.told.push((cells.clone(), *sum));
            }
        }
        sums.len()
    }

    fn reduce(&self, row: &mut [u128]) {
        for (lead, known) in &self.rows {
            subtract(row, known, *lead);
        }
    }

    /// Whether the first cell, less the others, follows from the equations.
    pub fn knows(&self, cells: &[usize]) -> bool {
        let mut row = vec![0; CELLS];
        for (at, cell) in cells.iter().enumerate() {
            row[*cell] = if at == 0 { 1 } else { PRIME - 1 };
        }
        self.reduce(&mut row);
        row.iter().all(|it| *it == 0)
    }

    /// The range of the first cell, less the others, when every cell lies within `bounds`.
    pub fn range(&self, cells: &[usize], bounds: &[(f64, f64)]) -> (f64, f64) {
        let end = |direction| {
            let mut problem = Problem::new(direction);
            let weight = |it: usize| match cells.iter().position(|cell| *cell == it) {
                None => 0.0,
                Some(0) => 1.0,
                Some(_) => -1.0,
            };
            let variables: Vec<_> =
                bounds.iter().enumerate().map(|(at, range)| problem.add_var(weight(at), *range)).collect();
            for (of, sum) in &self.told {
                let terms: Vec<_> = of.iter().map(|it| (variables[*it], 1.0)).collect();
                problem.add_constraint(&terms[..], ComparisonOp::Eq, *sum);
            }
            match problem.solve() {
                Ok(SolveOutcome::Solution(found)) => found.objective(),
                other => panic!("the truth is a solution: {other:?}"),
            }
        };
        (end(OptimizationDirection::Minimize), end(OptimizationDirection::Maximize))
    }
}

fn subtract(row: &mut [u128], known: &[u128], lead: usize) {
    let factor = row[lead];
    if factor != 0 {
        row.iter_mut().zip(known).for_each(|(it, one)| *it = (*it + (PRIME - factor) * one) % PRIME);
    }
}

fn power(base: u128, exponent: u128) -> u128 {
    match exponent {
        0 => 1,
        it => {
            let half = power(base * base % PRIME, it / 2);
            if it % 2 == 1 { half * base % PRIME } else { half }
        }
    }
}
