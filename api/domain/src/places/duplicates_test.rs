//! Tests of the finder of duplicates: what is found by looking at what is near is what comparing all with all finds.

use std::collections::BTreeSet;

use entities::{ExternalIdScheme as Scheme, LearningPlaceKind as Kind};
use proptest::prelude::*;
use uuid::Uuid;

use crate::places::duplicates::{ComparedRecord, DuplicatePair, MIN_SCORE, MatchReason, find, judge};
use crate::places::names::Name;
use crate::places::near::Point;

fn record(index: usize, name: &str, position: Option<(f64, f64)>) -> ComparedRecord {
    ComparedRecord {
        id: Uuid::from_u128(index as u128),
        wanted: true,
        name: Name::of(name, None, Kind::Other),
        position: position.map(|(latitude, longitude)| Point { latitude, longitude }),
        postal_code: Some("87600".to_owned()),
        town: None,
        by_name: false,
        ids: BTreeSet::new(),
    }
}

fn all_with_all(records: &[ComparedRecord], min: u32) -> Vec<DuplicatePair> {
    let mut pairs = Vec::new();
    for (at, one) in records.iter().enumerate() {
        for other in &records[at + 1..] {
            if one.wanted || other.wanted {
                pairs.extend(judge(one, other).filter(|it| it.score >= min));
            }
        }
    }
    pairs.sort_by(|a, b| b.score.cmp(&a.score).then(a.one.cmp(&b.one)).then(a.other.cmp(&b.other)));
    pairs
}

fn reasons(pair: Option<DuplicatePair>) -> Vec<MatchReason> {
    pair.map(|it| it.reasons.into_iter().collect()).unwrap_or_default()
}

const HERE: Option<(f64, f64)> = Some((47.88, 10.62));
/// 75 metres east of it.
const BESIDE: Option<(f64, f64)> = Some((47.88, 10.621));
/// 1.1 kilometres north of it.
const NORTH: Option<(f64, f64)> = Some((47.89, 10.62));

#[test]
fn the_same_id_is_certain_wherever_it_is() {
    let mut one = record(1, "Stadtbücherei", HERE);
    let mut other = record(2, "Bibliothek am Markt", Some((51.0, 7.0)));
    assert_eq!(judge(&one, &other), None);
    for it in [&mut one, &mut other] {
        it.ids.insert((Scheme::Isil, "DE-1".to_owned()));
    }
    let pair = judge(&one, &other).unwrap();
    assert_eq!((pair.score, reasons(Some(pair))), (100, vec![MatchReason::SameExternalId]));
    assert_eq!(find(&[one, other], MIN_SCORE).len(), 1);
}

#[test]
fn other_numbers_of_schools_are_other_schools() {
    let (mut one, mut other) = (record(1, "Comenius-Grundschule", HERE), record(2, "Comenius-Grundschule", HERE));
    assert_eq!(judge(&one, &other).unwrap().score, 100);
    one.ids.insert((Scheme::SchoolNumber, "1".to_owned()));
    other.ids.insert((Scheme::Osm, "node/1".to_owned()));
    assert!(judge(&one, &other).is_some());
    other.ids.insert((Scheme::SchoolNumber, "2".to_owned()));
    assert_eq!(judge(&one, &other), None);
}

#[test]
fn names_and_distance_decide_together() {
    let judged =
        |one: &str, other: &str, there| judge(&record(1, one, HERE), &record(2, other, there)).map(|it| it.score);
    assert_eq!(judged("Marien-Gymnasium", "Marien-Realschule", BESIDE), None, "another kind");
    assert_eq!(
        judged("Grundschule", "Volksschule (Grundschule) Ebenhofen", BESIDE),
        Some(80),
        "a name that tells its kind"
    );
    assert_eq!(judged("Grundschule", "Volksschule (Grundschule) Ebenhofen", NORTH), None);
    assert_eq!(
        judged("Jakob-Brucker-Gymnasium", "Jakob-Bruker-Gymnasium", HERE).map(|it| it >= 80),
        Some(true),
        "a slip"
    );
    assert_eq!(
        judged("Comenius-Grundschule", "Comenius-Grundschule", NORTH),
        Some(60),
        "same name, too far to be sure"
    );
    assert_eq!(judged("Comenius-Grundschule", "Meinrad-Spieß-Grundschule", HERE), None);
    assert_eq!(judged("Turnverein", "Schützenverein", HERE), None, "nothing says that they are the same");
    assert_eq!(judged("Comenius-Grundschule", "Grundschule Comenius", None), Some(80), "by postal code");
}

#[test]
fn organisations_are_known_by_name_and_town() {
    let judged = |one: (&str, Option<&str>), other: (&str, Option<&str>)| {
        let (one, other) = (organisation(1, one.0, one.1), organisation(2, other.0, other.1));
        let pair = judge(&one, &other);
        assert_eq!(find(&[one, other], 0), pair.iter().cloned().collect::<Vec<_>>());
        pair.map(|it| it.score)
    };
    let (here, there) = (Some("kaufbeuren"), Some("fuessen"));
    assert_eq!(judged(("VHS Kaufbeuren", here), ("Volkshochschule Kaufbeuren e.V.", here)), Some(80));
    assert_eq!(judged(("Caritasverband", here), ("Caritasverband", there)), None, "of another town");
    assert_eq!(judged(("Stiftung Lernen", here), ("Stiftung Lernen", None)), Some(70), "who knows where");
    assert_eq!(judged(("Stiftung Lernen", None), ("Lernen Stiftung", None)), Some(70));
    assert_eq!(judged(("Musikverein Kaufbeuren", here), ("Sportverein Kaufbeuren", here)), None);
    assert_eq!(judged(("Volkshochschule Kaufbeuren", here), ("Musikschule Kaufbeuren", here)), None, "another kind");
}

fn organisation(index: usize, name: &str, town: Option<&str>) -> ComparedRecord {
    let town = town.map(str::to_owned);
    ComparedRecord { postal_code: None, town, by_name: true, ..record(index, name, None) }
}

fn organisations() -> impl Strategy<Value = Vec<ComparedRecord>> {
    let words = ["Marien", "Kaufbeuren", "Stifter", "Marienn", "Kaufbeurenn", ""];
    let kinds = ["Verein", "Volkshochschule", "Stiftung Stifter", "Musikschule", "Kaufbeuren"];
    let towns = [None, Some("kaufbeuren"), Some("fuessen")];
    let one = (0..words.len(), 0..kinds.len(), 0..towns.len(), any::<bool>(), 0..3_u8);
    proptest::collection::vec(one, 2..30).prop_map(move |all| {
        let made = all.into_iter().enumerate().map(|(index, (word, kind, town, wanted, code))| {
            let mut record = organisation(index, &format!("{} {}", words[word], kinds[kind]), towns[town]);
            record.wanted = wanted;
            record.postal_code = (code > 0).then(|| format!("8760{code}"));
            record
        });
        made.collect()
    })
}

fn records() -> impl Strategy<Value = Vec<ComparedRecord>> {
    let words = ["Marien", "Comenius", "Stifter", "Comenjus", "Ebenhofen", ""];
    let kinds = ["Grundschule", "Gymnasium", "Grund- und Mittelschule", "Schule", "Verein"];
    let one = (0..words.len(), 0..kinds.len(), 0..60_u8, 0..60_u8, 0..10_u8, 0..3_u8, any::<bool>(), 0..3_u8);
    proptest::collection::vec(one, 2..40).prop_map(move |all| {
        let made = all.into_iter().enumerate().map(|(index, (word, kind, north, east, place, id, wanted, code))| {
            let at = (47.8 + f64::from(north) * 0.0007, 10.6 + f64::from(east) * 0.0009);
            let mut record = record(index, &format!("{} {}", words[word], kinds[kind]), (place > 1).then_some(at));
            record.wanted = wanted;
            record.postal_code = (code > 0).then(|| format!("8760{code}"));
            if id > 1 {
                record.ids.insert((Scheme::Osm, format!("node/{}", index % 7)));
            }
            record
        });
        made.collect()
    })
}

proptest! {
    #[test]
    fn what_is_near_is_enough(records in records(), min in 0_u32..101) {
        prop_assert_eq!(find(&records, min), all_with_all(&records, min));
    }

    #[test]
    fn what_shares_a_name_is_enough(records in organisations(), min in 0_u32..101) {
        prop_assert_eq!(find(&records, min), all_with_all(&records, min));
    }

    #[test]
    fn neither_order_nor_side_matters(records in records()) {
        let found = find(&records, MIN_SCORE);
        let backwards: Vec<_> = records.iter().rev().cloned().collect();
        prop_assert_eq!(&found, &find(&backwards, MIN_SCORE));
        for pair in found {
            prop_assert!(pair.one < pair.other && pair.score <= 100 && !pair.reasons.is_empty());
        }
    }
}
