use std::collections::HashSet;

use super::*;

#[test]
fn every_number_is_a_world_of_its_own() {
    let worlds = Worlds::default();
    for (name, numbers) in worlds.parts() {
        // Neighbours differ in their first digits, numbers far apart in the last ones.
        let first = numbers.start..numbers.end.min(numbers.start + 5_000);
        let spread = numbers.clone().step_by(((numbers.end - numbers.start) / 5_000) as usize);
        let chosen: HashSet<u64> = first.chain(spread).collect();
        let made: HashSet<World> = chosen.iter().map(|number| worlds.world(*number)).collect();
        assert_eq!(made.len(), chosen.len(), "{name}");
    }
}

#[test]
fn slices_are_the_whole_without_overlap() {
    let worlds = Worlds::default();
    for of in [1, 2, 7, 16] {
        let mut next = 0;
        for number in 1..=of {
            let slice = worlds.slice(number, of);
            assert_eq!(slice.start, next);
            next = slice.end;
        }
        assert_eq!(next, worlds.total());
    }
}

#[test]
fn the_bounds_are_kept_and_reached() {
    let worlds = Worlds::default();
    assert!(worlds.total() > 10_000_000, "{}", worlds.total());
    let (mut roles, mut agreements, mut shares, mut instants) = (0, 0, 0, HashSet::new());
    for world in worlds.sample(1_000).map(|number| worlds.world(number)) {
        roles = roles.max(world.roles.len());
        agreements = agreements.max(world.agreements.len());
        shares = shares.max(world.shares.len());
        instants.insert(world.minute);
    }
    assert_eq!((roles, agreements, shares, instants.len()), (2, 2, 2, 3));
}

#[test]
fn a_sample_has_no_number_twice() {
    let worlds = Worlds::default();
    let sample: Vec<_> = worlds.sample(2_000).collect();
    assert_eq!(sample.len(), 2_000 * worlds.parts().count());
    assert_eq!(sample.iter().collect::<HashSet<_>>().len(), sample.len());
}
