//! Which work package comes after which: never in a circle. Pure.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

/// What comes before each work package.
pub type Before = BTreeMap<Uuid, BTreeSet<Uuid>>;

/// The circle that would arise if `package` came after `first`: from `package` back to itself. None where there is none.
pub fn find_cycle(before: &Before, package: Uuid, first: Uuid) -> Option<Vec<Uuid>> {
    let mut came_from: BTreeMap<Uuid, Uuid> = BTreeMap::new();
    let mut open = vec![first];
    let mut seen = BTreeSet::from([first]);
    while let Some(here) = open.pop() {
        if here == package {
            let mut cycle = vec![package];
            let mut at = package;
            while let Some(from) = came_from.get(&at) {
                cycle.push(*from);
                at = *from;
            }
            cycle.push(package);
            cycle.reverse();
            return Some(cycle);
        }
        for earlier in before.get(&here).into_iter().flatten() {
            if seen.insert(*earlier) {
                came_from.insert(*earlier, here);
                open.push(*earlier);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: u8) -> Uuid {
        Uuid::from_u128(u128::from(number))
    }

    #[test]
    fn a_package_does_not_come_after_itself() {
        assert_eq!(find_cycle(&Before::new(), id(1), id(1)), Some(vec![id(1), id(1)]));
    }

    #[test]
    fn a_circle_is_told_by_its_way() {
        let before = Before::from([(id(2), BTreeSet::from([id(1)])), (id(3), BTreeSet::from([id(2)]))]);
        assert_eq!(find_cycle(&before, id(1), id(3)), Some(vec![id(1), id(3), id(2), id(1)]));
        assert_eq!(find_cycle(&before, id(3), id(1)), None);
    }

    /// Whether work packages can be put into an order in which each comes after what is before it.
    fn has_order(before: &Before, count: u8) -> bool {
        let mut left: BTreeSet<Uuid> = (0..count).map(id).collect();
        while let Some(free) = left
            .iter()
            .copied()
            .find(|it| before.get(it).is_none_or(|earlier| earlier.iter().all(|it| !left.contains(it))))
        {
            left.remove(&free);
        }
        left.is_empty()
    }

    proptest! {
        #[test]
        fn whatever_is_let_in_has_an_order_and_nothing_else_is_refused(
            requested in prop::collection::vec((0_u8..8, 0_u8..8), 0..40),
        ) {
            let mut before = Before::new();
            for (package, first) in requested {
                let (package, first) = (id(package), id(first));
                let mut after = before.clone();
                after.entry(package).or_default().insert(first);
                prop_assert_eq!(find_cycle(&before, package, first).is_none(), has_order(&after, 8));
                if has_order(&after, 8) {
                    before = after;
                }
            }
        }
    }
}
