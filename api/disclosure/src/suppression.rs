//! Suppression: small counts are withheld, and others beside them, until none can be worked out from the totals.
//!
//! Each stratum (one set of the dimensions without totals) and each family of measures is a table of rows and columns by
//! itself. A whole is taken apart into its part and the rest; all of them are withheld in the same cells, except where
//! they are 0, so that each is a table that knows nothing of the others.

use std::collections::{BTreeMap, HashMap};

use tabular::model::Value;

use crate::cube::{Amount, CellKey, Cube, CubeTable};
use crate::flow::{Direction, Edge, FlowGraph, Room};
use crate::hierarchy::{BaseCell, MeasureGroup, MeasureHierarchy};
use crate::shape::Shape;
use crate::{ProtectionRefusal, Summary};

/// Cells of one stratum with its totals; the time that it takes grows with the square of them (20,000: some seconds).
const TOGETHER: usize = 20_000;

pub(super) fn protect(
    shape: &Shape,
    cube: Cube,
    hierarchy: &MeasureHierarchy,
    minimum: u32,
) -> Result<(CubeTable, Summary), ProtectionRefusal> {
    let hierarchies = hierarchy.base_cells(shape, &cube)?;
    let mut table = cube.roll_up(shape)?;
    let mut summary = shape.summary();
    let over = shape.with_totals();
    let mut strata: BTreeMap<CellKey, Vec<(CellKey, &mut Vec<Amount>)>> = BTreeMap::new();
    for (key, amounts) in &mut table.rows {
        let at = over.iter().map(|it| key[*it].clone()).collect();
        let mut stratum = key.clone();
        over.iter().for_each(|it| stratum[*it] = None);
        strata.entry(stratum).or_default().push((at, amounts));
    }
    let totals: Vec<_> = over.iter().map(|it| shape.totals[*it].clone()).collect();
    for mut cells in strata.into_values() {
        if cells.len() > TOGETHER {
            return Err(ProtectionRefusal::Cells { cells: cells.len(), max: TOGETHER });
        }
        let places: Vec<&CellKey> = cells.iter().map(|it| &it.0).collect();
        let lines = CellLines::of(&totals, &places);
        for MeasureGroup { members, base_cells } in &hierarchies {
            let minimum = i64::from(minimum) * shape.measures[members[0]].one;
            let amounts = cells.iter().map(|it| &**it.1).collect::<Vec<_>>();
            let mut grid = Grid::of(&lines, minimum, base_cells, &amounts);
            let small = grid.hidden.clone();
            if !over.is_empty() {
                grid.protect().map_err(|base_cell| {
                    ProtectionRefusal::Open(shape.measures[base_cells[base_cell].of].name.clone())
                })?;
            }
            let hidden = grid.hidden;
            for (at, (_, amounts)) in cells.iter_mut().enumerate().filter(|it| hidden[it.0]) {
                for member in members {
                    if amounts[*member].known().is_some_and(|it| it > 0) {
                        amounts[*member] = Amount::Withheld;
                        *if small[at] { &mut summary.primary_suppressed } else { &mut summary.secondary_suppressed } +=
                            1;
                    }
                }
            }
        }
    }
    Ok((table, summary))
}

/// Which lines cells are in. The first dimension numbers rows, the second columns. One dimension alone is a column:
/// nothing ties its lines together in rows, they are one node.
struct CellLines {
    graph: FlowGraph,
    /// Over how many dimensions a cell is a total.
    totals: Vec<usize>,
}

impl CellLines {
    fn of(totals: &[Option<Value>], places: &[&CellKey]) -> Self {
        let mut nodes: HashMap<(usize, &Option<Value>), usize> = HashMap::new();
        let mut edges = Vec::new();
        let mut sums = Vec::new();
        for at in places {
            let ends = [0, 1].map(|dimension| {
                let code = if at.len() == 2 { &at[dimension] } else { &None };
                let next = nodes.len();
                *nodes.entry((dimension, code)).or_insert(next)
            });
            let total = at.iter().zip(totals).filter(|(code, total)| code == total).count();
            let [from, to] = if total % 2 == 0 { ends } else { [ends[1], ends[0]] };
            edges.push(Edge { from, to, room: Room::default() });
            sums.push(total);
        }
        Self { graph: FlowGraph::of(nodes.len(), edges), totals: sums }
    }
}

/// One table of rows and columns, for the measures of one family.
struct Grid {
    graph: FlowGraph,
    /// Cells that are withheld.
    hidden: Vec<bool>,
    /// What is lost when a cell is withheld.
    loss: Vec<u64>,
    /// What is in the cells, for each atom.
    base_cells: Vec<Vec<CellSlack>>,
    /// How many values less one a withheld cell must have.
    width: i64,
}

/// What a cell is to somebody who knows the method.
#[derive(Clone, Copy)]
enum CellSlack {
    /// 0, or no number in the source: it does not move.
    Fixed,
    /// A total that the source does not let anybody know absorbs everything.
    Free,
    /// It moves so far when it is withheld.
    Count {
        room: Room,
        /// Must be able to use all of its room.
        small: bool,
    },
}

/// What is lost when a cell is withheld that is a total over none, one or both dimensions. It must not depend on the
/// figure: if the smallest one were taken, that would tell that the others are greater.
const LOSS: [u64; 3] = [1, 1 << 20, 1 << 40];

impl Grid {
    fn of(lines: &CellLines, minimum: i64, base_cells: &[BaseCell], amounts: &[&[Amount]]) -> Self {
        let place = |(amounts, totals): (&&[Amount], &usize), base_cell: &BaseCell| {
            let is_total = *totals > 0;
            match base_cell.count(amounts) {
                None if is_total && !amounts[base_cell.of].is_blocked() => CellSlack::Free,
                None | Some(0) => CellSlack::Fixed,
                // Whether a total was withheld for itself or beside others cannot be seen.
                Some(it) if is_total => CellSlack::Count { room: Room { up: i64::MAX, down: it - 1 }, small: false },
                Some(it) if it < minimum => {
                    CellSlack::Count { room: Room { up: minimum - 1 - it, down: it - 1 }, small: true }
                }
                Some(it) => CellSlack::Count { room: Room { up: i64::MAX, down: it - minimum }, small: false },
            }
        };
        let is_small =
            |amounts: &&[Amount]| base_cells.iter().filter_map(|it| it.count(amounts)).any(|it| 0 < it && it < minimum);
        let cells = || amounts.iter().zip(&lines.totals);
        Self {
            graph: lines.graph.clone(),
            hidden: amounts.iter().map(is_small).collect(),
            loss: lines.totals.iter().map(|it| LOSS[*it]).collect(),
            base_cells: base_cells.iter().map(|base_cell| cells().map(|it| place(it, base_cell)).collect()).collect(),
            width: minimum - 2,
        }
    }

    /// Withholds more cells until every withheld one can have enough values. More withheld cells never narrow others.
    /// An error is the atom that this does not work for.
    fn protect(&mut self) -> Result<(), usize> {
        let base_cells = std::mem::take(&mut self.base_cells);
        let mut judged = vec![vec![false; self.hidden.len()]; base_cells.len()];
        let mut before = None;
        while before != Some(self.hidden.clone()) {
            before = Some(self.hidden.clone());
            for (at, (places, judged)) in base_cells.iter().zip(&mut judged).enumerate() {
                self.judge(places, judged).ok_or(at)?;
            }
        }
        Ok(())
    }

    /// The same for one atom, in those cells that were not judged before.
    fn judge(&mut self, places: &[CellSlack], judged: &mut [bool]) -> Option<()> {
        (0..self.hidden.len()).for_each(|it| self.open(places, it));
        let mut waiting: Vec<usize> = (0..self.hidden.len()).rev().filter(|it| self.hidden[*it]).collect();
        while let Some(cell) = waiting.pop() {
            let CellSlack::Count { room, small } = places[cell] else { continue };
            if !std::mem::replace(&mut judged[cell], true) {
                if small {
                    self.reach(places, (cell, Direction::Up), room.up, &mut waiting)?;
                    self.reach(places, (cell, Direction::Down), room.down, &mut waiting)?;
                } else {
                    let down = self.graph.push(cell, Direction::Down, room.down.min(self.width)).by;
                    let up = self.reach(places, (cell, Direction::Up), self.width - down, &mut waiting);
                    up.or_else(|| self.reach(places, (cell, Direction::Down), self.width, &mut waiting))?;
                }
            }
        }
        Some(())
    }

    /// Withholds more cells until one can move so far, losing as little as possible.
    fn reach(
        &mut self,
        places: &[CellSlack],
        to: (usize, Direction),
        far: i64,
        waiting: &mut Vec<usize>,
    ) -> Option<()> {
        loop {
            let moved = self.graph.push(to.0, to.1, far);
            let missing = far - moved.by;
            if missing <= 0 {
                return Some(());
            }
            let open = |it: usize| match places[it] {
                CellSlack::Fixed => None,
                CellSlack::Free => Some((0, self.graph.edges[it].room)),
                CellSlack::Count { .. } if self.hidden[it] => Some((0, self.graph.edges[it].room)),
                CellSlack::Count { .. } => Some((self.loss[it], Room { up: i64::MAX, down: i64::MAX })),
            };
            let found = [missing, 1].into_iter().find_map(|it| self.graph.further(to, &moved, it, open))?;
            for cell in found {
                if matches!(places[cell], CellSlack::Count { .. }) && !self.hidden[cell] {
                    self.hidden[cell] = true;
                    self.open(places, cell);
                    waiting.push(cell);
                }
            }
        }
    }

    /// Lets a cell move, if it does.
    fn open(&mut self, places: &[CellSlack], cell: usize) {
        self.graph.edges[cell].room = match places[cell] {
            CellSlack::Count { room, .. } if self.hidden[cell] => room,
            CellSlack::Free => Room { up: i64::MAX, down: i64::MAX },
            CellSlack::Count { .. } | CellSlack::Fixed => Room::default(),
        };
    }
}
