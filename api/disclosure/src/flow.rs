//! How far a withheld cell of a table with totals can be moved, so that all totals still hold.
//!
//! Rows and columns are nodes, cells are edges between them: a change of cells that leaves every total right is a flow
//! that goes round. Cells that are told do not move.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

/// An edge; moving it up is a flow from `from` to `to`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) room: Room,
}

/// How far a cell can move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) up: i64,
    pub(super) down: i64,
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
}

/// Cells, and the lines that they are in.
#[derive(Clone, Debug)]
pub(super) struct FlowGraph {
    pub(super) edges: Vec<Edge>,
    at: Vec<Vec<usize>>,
}

/// How far a cell moved, and what moved with it.
pub(super) struct Moved {
    pub(super) by: i64,
    others: HashMap<usize, i64>,
}

impl FlowGraph {
    pub(super) fn of(nodes: usize, edges: Vec<Edge>) -> Self {
        let mut at = vec![Vec::new(); nodes];
        for (index, edge) in edges.iter().enumerate() {
            at[edge.from].push(index);
            at[edge.to].push(index);
        }
        Self { edges, at }
    }

    /// Moves a cell as far as it goes, up to `enough`.
    pub(super) fn push(&self, cell: usize, way: Direction, enough: i64) -> Moved {
        let (from, to) = self.ends(cell, way);
        let mut moved = Moved { by: 0, others: HashMap::new() };
        while moved.by < enough {
            let mut came: HashMap<usize, (usize, usize)> = HashMap::new();
            let mut queue = VecDeque::from([from]);
            while let Some(node) = queue.pop_front().filter(|_| !came.contains_key(&to)) {
                for index in self.at[node].iter().copied().filter(|it| *it != cell) {
                    let other = self.other(index, node);
                    if other != from && !came.contains_key(&other) && self.left(index, node, None, &moved) > 0 {
                        came.insert(other, (node, index));
                        queue.push_back(other);
                    }
                }
            }
            let mut steps = Vec::new();
            let mut node = to;
            while let Some((before, index)) = came.get(&node).copied() {
                steps.push((before, index));
                node = before;
            }
            let min = steps.iter().map(|(node, index)| self.left(*index, *node, None, &moved)).min();
            let Some(by) = min.map(|it| it.min(enough - moved.by)) else { break };
            for (node, index) in steps {
                *moved.others.entry(index).or_default() += if self.edges[index].from == node { by } else { -by };
            }
            moved.by += by;
        }
        moved
    }

    /// The cheapest way to move a cell further by `least`, when cells that do not move yet get the room that `open` makes
    /// of them, at its price; the cells on it.
    pub(super) fn further(
        &self,
        (cell, way): (usize, Direction),
        moved: &Moved,
        min: i64,
        open: impl Fn(usize) -> Option<(u64, Room)>,
    ) -> Option<Vec<usize>> {
        let (from, to) = self.ends(cell, way);
        let mut best: HashMap<usize, (u64, usize, usize)> = HashMap::new();
        let mut heap = BinaryHeap::from([Reverse((0_u64, from))]);
        while let Some(Reverse((cost, node))) = heap.pop().filter(|it| it.0.1 != to) {
            if best.get(&node).is_some_and(|it| it.0 < cost) {
                continue;
            }
            for index in self.at[node].iter().copied().filter(|it| *it != cell) {
                let Some((price, room)) = open(index) else { continue };
                let (other, cost) = (self.other(index, node), cost.saturating_add(price));
                let better = best.get(&other).is_none_or(|it| cost < it.0);
                if other != from && better && self.left(index, node, Some(room), moved) >= min {
                    best.insert(other, (cost, node, index));
                    heap.push(Reverse((cost, other)));
                }
            }
        }
        let mut found = Vec::new();
        let mut node = to;
        while node != from {
            let (_, before, index) = best.get(&node)?;
            found.push(*index);
            node = *before;
        }
        Some(found)
    }

    /// A cell moves one way, the rest of the round goes from one of its ends to the other.
    fn ends(&self, cell: usize, way: Direction) -> (usize, usize) {
        let edge = &self.edges[cell];
        if way == Direction::Up { (edge.to, edge.from) } else { (edge.from, edge.to) }
    }

    fn other(&self, edge: usize, node: usize) -> usize {
        let edge = &self.edges[edge];
        if edge.from == node { edge.to } else { edge.from }
    }

    /// How much more can flow through an edge out of a node.
    fn left(&self, edge: usize, node: usize, room: Option<Room>, moved: &Moved) -> i64 {
        let room = room.unwrap_or(self.edges[edge].room);
        let by = moved.others.get(&edge).copied().unwrap_or(0);
        if self.edges[edge].from == node { room.up.saturating_sub(by) } else { room.down.saturating_add(by) }
    }
}
