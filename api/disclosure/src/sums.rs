//! Sums that nobody declared: a total among the codes of a dimension, a measure that is the sum of others.
//!
//! Protection knows the totals that are declared. One that is not would be protected as if it were a figure of its own,
//! and both together could be worked out. So what adds up in the figures is looked for, and refused by name.
//!
//! Figures are compared by one number each, a fixed combination of them modulo a prime: equal sums have equal numbers,
//! and different ones practically never do.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher as _};

use tabular::model::{Cell, ColumnType, Value};

use crate::ProtectionRefusal;
use crate::cube::{Amount, Cube, text_of};
use crate::hierarchy::MeasureHierarchy;
use crate::shape::Shape;

/// 2⁶¹ − 1.
const PRIME: u128 = (1 << 61) - 1;

/// Figures that must agree before it is no coincidence.
const EVIDENCE: usize = 3;

/// Things of which any sums of others are found. Among more, sums of two and of all others.
const SOLVED: usize = 200;

/// Things of which sums of two are found.
const PAIRED: usize = 2_000;

/// Parts of one whole of which every set is tried.
const TRIED: u32 = 12;

/// Refuses tables with sums that are not declared. What is known to be the sum of its parts is one of them.
pub(super) fn refuse(shape: &Shape, cube: &Cube, hierarchy: &MeasureHierarchy) -> Result<(), ProtectionRefusal> {
    for dimension in 0..shape.totals.len() {
        levels(shape, cube, dimension)?;
        let codes = cube.codes(dimension);
        let found = of_codes(shape, cube, dimension, &codes).find(|_, parts| parts.len() > 1);
        if let Some((sum, parts)) = found {
            let name = |it: usize| text_of(&codes[it]);
            return Err(ProtectionRefusal::SumOfCodes {
                dimension: shape.columns[dimension].name.clone(),
                code: name(sum),
                parts: parts.into_iter().map(name).collect(),
            });
        }
    }
    let measures: Vec<usize> = (0..shape.measures.len()).filter(|it| !hierarchy.is_sum(*it)).collect();
    let found = of_measures(cube, &measures).find(|sum, parts| {
        let free = parts.iter().chain([&sum]).filter(|it| shape.measures[measures[**it]].free).count();
        free <= parts.len() && (parts.len() > 1 || free > 0)
    });
    let name = |it: usize| shape.measures[measures[it]].name.clone();
    match found {
        None => Ok(()),
        Some((sum, parts)) => {
            Err(ProtectionRefusal::SumOfMeasures { measure: name(sum), parts: parts.into_iter().map(name).collect() })
        }
    }
}

/// Which of the parts of a whole are together all of it.
pub(super) fn complete_parts(
    shape: &Shape,
    cube: &Cube,
    whole: usize,
    parts: &[usize],
) -> Result<Vec<usize>, ProtectionRefusal> {
    let figures = of_measures(cube, &[&[whole], parts].concat());
    let counted: Vec<usize> = (1..=parts.len()).filter(|it| figures.evidence[*it] > 0).collect();
    if counted.is_empty() || figures.evidence[0] == 0 {
        return Ok(Vec::new());
    }
    let set = |mask: u32| (0..counted.len()).filter(move |it| mask >> it & 1 == 1).map(|it| counted[it]);
    let mut found: Vec<Vec<usize>> = if counted.len() <= TRIED as usize {
        (1..1_u32 << counted.len()).filter(|mask| figures.adds_up(0, set(*mask))).map(|it| set(it).collect()).collect()
    } else if figures.adds_up(0, counted.iter().copied()) {
        vec![counted]
    } else {
        Vec::new()
    };
    let first = found.pop().unwrap_or_default();
    match found.pop() {
        None => Ok(first.into_iter().map(|it| parts[it - 1]).collect()),
        // Men and women, and at the same time citizens and others: one sum of both, and each would tell of the other.
        Some(other) => Err(ProtectionRefusal::SumOfMeasures {
            measure: shape.measures[whole].name.clone(),
            parts: other.into_iter().map(|it| shape.measures[parts[it - 1]].name.clone()).collect(),
        }),
    }
}

/// Refuses regions within regions.
fn levels(shape: &Shape, cube: &Cube, dimension: usize) -> Result<(), ProtectionRefusal> {
    let column = &shape.columns[dimension];
    if column.kind != ColumnType::Region {
        return Ok(());
    }
    let codes = cube.codes(dimension);
    let text = |it: &Option<Value>| if let Some(Value::Text(it)) = it { Some(it.clone()) } else { None };
    let codes: Vec<String> = codes.iter().filter_map(text).collect();
    let whole =
        codes.iter().find(|it| *it == GERMANY).and_then(|it| Some((it, codes.iter().find(|it| *it != GERMANY)?)));
    // In the order of text, a region comes right before those within it.
    let within = codes.iter().zip(codes.iter().skip(1)).find(|(outer, inner)| inner.starts_with(outer.as_str()));
    match whole.or(within) {
        None => Ok(()),
        Some((outer, inner)) => Err(ProtectionRefusal::NestedRegions {
            dimension: column.name.clone(),
            outer: outer.clone(),
            inner: inner.clone(),
        }),
    }
}

/// The region that all others are in.
const GERMANY: &str = "DG";

/// Figures of the codes of a dimension, by measure and by the other dimensions.
fn of_codes(shape: &Shape, cube: &Cube, dimension: usize, codes: &[Option<Value>]) -> Figures {
    let at: HashMap<_, _> = codes.iter().enumerate().map(|(at, code)| (code, at)).collect();
    let contexts = || {
        cube.base.iter().flat_map(|(key, amounts)| {
            let context = |measure| (measure, &key[..dimension], &key[dimension + 1..]);
            shape.count_measures().map(move |it| (fingerprint(&context(it)), &key[dimension], &amounts[it]))
        })
    };
    // Where one figure is missing, nothing is known of sums.
    let unclear: HashSet<u64> =
        contexts().filter(|it| it.2.known().is_none() && !it.2.is_blocked()).map(|it| it.0).collect();
    let mut figures = Figures::of(codes.len());
    for (context, code, amount) in contexts() {
        if !unclear.contains(&context) {
            figures.add(context, at[code], amount.known().unwrap_or(0));
        }
    }
    figures
}

/// Figures of measures, row by row.
fn of_measures(cube: &Cube, measures: &[usize]) -> Figures {
    let mut figures = Figures::of(measures.len());
    for (key, amounts) in &cube.base {
        let number = |it: &usize| match &amounts[*it] {
            Amount::Known(it) => Some(*it),
            Amount::Plain(Cell { value: Some(Value::Number(it)), .. }) => Some(*it),
            it if it.is_blocked() => Some(0),
            _ => None,
        };
        let Some(numbers) = measures.iter().map(number).collect::<Option<Vec<_>>>() else { continue };
        for (at, number) in numbers.into_iter().enumerate() {
            figures.add(fingerprint(key), at, number);
        }
    }
    figures
}

/// The same for the same thing, always.
fn fingerprint(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Figures of several things in the same contexts, as combinations of them.
struct Figures {
    /// One combination of the figures of each thing.
    sums: Vec<u128>,
    /// Others, as many as it takes to find what each thing is made of.
    equations: Vec<Vec<u128>>,
    /// Contexts in which a thing has a figure other than 0.
    evidence: Vec<usize>,
    contexts: HashSet<u64>,
}

impl Figures {
    fn of(things: usize) -> Self {
        let equations = if things <= SOLVED { 2 * things + 16 } else { 0 };
        Self {
            sums: vec![0; things],
            equations: vec![vec![0; things]; equations],
            evidence: vec![0; things],
            contexts: HashSet::new(),
        }
    }

    fn add(&mut self, context: u64, thing: usize, figure: i64) {
        if figure == 0 {
            return;
        }
        self.contexts.insert(context);
        self.evidence[thing] += 1;
        let figure = u128::from(figure.unsigned_abs()) % PRIME * if figure < 0 { PRIME - 1 } else { 1 } % PRIME;
        let term = |salt: u64| figure * (u128::from(fingerprint(&(context, salt))) % PRIME) % PRIME;
        self.sums[thing] = (self.sums[thing] + term(0)) % PRIME;
        let equations = self.equations.len() as u64;
        for salt in (1..=4).filter(|_| equations > 0) {
            let place = &mut self.equations[(fingerprint(&(salt, context)) % equations) as usize][thing];
            *place = (*place + term(salt)) % PRIME;
        }
    }

    fn adds_up(&self, sum: usize, parts: impl Iterator<Item = usize>) -> bool {
        parts.map(|it| self.sums[it]).sum::<u128>() % PRIME == self.sums[sum]
    }

    /// Something that is the sum of others, and those; only what is accepted.
    fn find(self, accept: impl Fn(usize, &[usize]) -> bool) -> Option<(usize, Vec<usize>)> {
        let live: Vec<usize> = (0..self.sums.len()).filter(|it| self.evidence[*it] > 0).collect();
        let holds = |sum: usize, parts: &[usize]| {
            self.evidence[sum] >= EVIDENCE && accept(sum, parts) && self.adds_up(sum, parts.iter().copied())
        };
        let by_sum: HashMap<u128, usize> = live.iter().map(|it| (self.sums[*it], *it)).collect();
        for sum in &live {
            let others: Vec<usize> = live.iter().copied().filter(|it| it != sum).collect();
            let same = by_sum.get(&self.sums[*sum]).filter(|it| *it != sum);
            if let Some(parts) = [others, same.into_iter().copied().collect()].into_iter().find(|it| holds(*sum, it)) {
                return Some((*sum, parts));
            }
        }
        for (at, one) in live.iter().enumerate().filter(|_| live.len() <= PAIRED) {
            for other in &live[at + 1..] {
                if let Some(sum) = by_sum.get(&((self.sums[*one] + self.sums[*other]) % PRIME))
                    && holds(*sum, &[*one, *other])
                {
                    return Some((*sum, vec![*one, *other]));
                }
            }
        }
        // As many figures as things can be made of each other in any case.
        if self.equations.is_empty() || self.contexts.len() < live.len() + EVIDENCE {
            return None;
        }
        let relations = relations(self.equations.clone(), &live);
        relations.into_iter().find(|(sum, parts)| holds(*sum, parts))
    }
}

/// Sums among the columns of a matrix.
fn relations(mut rows: Vec<Vec<u128>>, columns: &[usize]) -> Vec<(usize, Vec<usize>)> {
    let mut leading: Vec<usize> = Vec::new();
    let mut rest: Vec<usize> = Vec::new();
    for column in columns {
        let done = leading.len();
        let Some(found) = (done..rows.len()).find(|it| rows[*it][*column] != 0) else {
            rest.push(*column);
            continue;
        };
        rows.swap(done, found);
        let inverse = power(rows[done][*column], PRIME - 2);
        rows[done].iter_mut().for_each(|it| *it = *it * inverse % PRIME);
        let row = rows[done].clone();
        for (at, other) in rows.iter_mut().enumerate() {
            let factor = other[*column];
            if at != done && factor != 0 {
                other.iter_mut().zip(&row).for_each(|(it, one)| *it = (*it + (PRIME - factor) * one) % PRIME);
            }
        }
        leading.push(*column);
    }
    let relation = |column: usize| {
        let (mut plus, mut minus) = (Vec::new(), vec![column]);
        for (row, lead) in rows.iter().zip(&leading) {
            match row[column] {
                0 => {}
                1 => plus.push(*lead),
                it if it == PRIME - 1 => minus.push(*lead),
                _ => return None,
            }
        }
        match (&plus[..], &minus[..]) {
            (_, [sum]) => Some((*sum, plus)),
            ([sum], _) => Some((*sum, minus)),
            _ => None,
        }
    };
    rest.into_iter().filter_map(relation).collect()
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
