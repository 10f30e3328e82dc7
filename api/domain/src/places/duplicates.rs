//! Which records of a directory are the same place, or the same organisation. Pure: it proposes, and merges nothing.
//!
//! The same id in another register is certain. Otherwise names and distance decide together: the farther apart two
//! records are, the more alike their names must be. Names that say another kind of place (a Gymnasium and a Realschule
//! beside each other), or other numbers of schools, are never the same. Organisations have no position: name and town
//! decide, and an equal name where a town is not known.

use std::collections::{BTreeMap, BTreeSet};

use entities::ExternalIdScheme as Scheme;
use uuid::Uuid;

use crate::places::names::Name;
use crate::places::near::Point;

/// The score from which a pair is worth looking at, where nothing else is asked for.
pub const MIN_SCORE: u32 = 70;
/// Records farther apart are other places, in metres.
pub const FAR: u32 = 2_000;
/// Within this, in metres, one name may be a slip of the other.
const NEAR: u32 = 250;
/// Within this, in metres, two of a kind are the same where a name tells no more than the kind.
const BESIDE: u32 = 150;
/// The least likeness of two names, in percent.
const ALIKE: u32 = 80;

/// A record, as far as it matters.
#[derive(Clone, Debug)]
pub struct ComparedRecord {
    /// The place or organisation.
    pub id: Uuid,
    /// Whether pairs with it are wanted: pairs of two others are not.
    pub wanted: bool,
    /// Its name.
    pub name: Name,
    /// Where it is.
    pub position: Option<Point>,
    /// Postal code, where the position is not known.
    pub postal_code: Option<String>,
    /// Town, folded; of organisations only.
    pub town: Option<String>,
    /// Whether it is known by its name, wherever it is: an organisation.
    pub by_name: bool,
    /// Ids in other registers.
    pub ids: BTreeSet<(Scheme, String)>,
}

impl ComparedRecord {
    /// The words of its own by which it is looked for: in its town the town's name tells nothing.
    fn telling(&self) -> impl Iterator<Item = &String> {
        self.name.own.iter().filter(|it| Some(*it) != self.town.as_ref())
    }
}

/// Reason why two records may be duplicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchReason {
    /// Same id in an external register.
    SameExternalId,
    /// Same name, regardless of word order and filler words.
    SameName,
    /// Similar name.
    SimilarName,
    /// Name of one record says no more than the kind of place, and the other record is of that kind.
    SameKind,
    /// Distance of at most 150 metres.
    SamePlace,
    /// Distance of more than 150 metres and at most two kilometres.
    Nearby,
    /// Same postal code, without a position in one of the records.
    SamePostalCode,
    /// Same town; organisations only.
    SameTown,
}

/// Two records that may be the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicatePair {
    /// One: the smaller id.
    pub one: Uuid,
    /// The other.
    pub other: Uuid,
    /// How sure it is, 0 to 100.
    pub score: u32,
    /// Reasons for the match.
    pub reasons: BTreeSet<MatchReason>,
    /// Metres between them, where both positions are known.
    pub metres: Option<u32>,
}

/// Pairs with at least `least` points, the surest first. Looks only at records that are near each other, share an id,
/// share a postal code or a town and a word, or are known by the same name.
pub fn find(records: &[ComparedRecord], min: u32) -> Vec<DuplicatePair> {
    let mut tried: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut pairs = Vec::new();
    let mut look = |a: usize, b: usize| {
        let (a, b) = (a.min(b), a.max(b));
        if a == b || !(records[a].wanted || records[b].wanted) || !tried.insert((a, b)) {
            return;
        }
        pairs.extend(judge(&records[a], &records[b]).filter(|it| it.score >= min));
    };
    let mut same_id: BTreeMap<&(Scheme, String), Vec<usize>> = BTreeMap::new();
    let mut same_word: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    let mut same_name: BTreeMap<&BTreeSet<String>, Vec<usize>> = BTreeMap::new();
    let mut placed = Vec::new();
    for (index, record) in records.iter().enumerate() {
        for id in &record.ids {
            same_id.entry(id).or_default().push(index);
        }
        for area in record.postal_code.iter().chain(&record.town) {
            for word in record.telling() {
                same_word.entry((area, word)).or_default().push(index);
            }
        }
        if record.by_name && !record.name.own.is_empty() {
            same_name.entry(&record.name.own).or_default().push(index);
        }
        placed.extend(record.position.map(|it| (it, index)));
    }
    for group in same_id.values().chain(same_name.values()) {
        every_two(group, &mut look);
    }
    for group in same_word.values() {
        // Those with a position are found by it.
        let (with, without): (Vec<_>, Vec<_>) = group.iter().partition(|it| records[**it].position.is_some());
        every_two(&without, &mut look);
        for one in &without {
            with.iter().for_each(|other| look(*one, *other));
        }
    }
    placed.sort_by(|a, b| a.0.latitude.total_cmp(&b.0.latitude));
    for (at, (here, index)) in placed.iter().enumerate() {
        let [_, north, west, east] = here.around(FAR);
        for (there, other) in placed[at + 1..].iter().take_while(|(there, _)| there.latitude <= north) {
            if (west..=east).contains(&there.longitude) {
                look(*index, *other);
            }
        }
    }
    pairs.sort_by(|a, b| b.score.cmp(&a.score).then(a.one.cmp(&b.one)).then(a.other.cmp(&b.other)));
    pairs
}

fn every_two(group: &[usize], look: &mut impl FnMut(usize, usize)) {
    for (at, one) in group.iter().enumerate() {
        for other in &group[at + 1..] {
            look(*one, *other);
        }
    }
}

/// Whether their names share a word that tells something.
fn share_a_word(a: &ComparedRecord, b: &ComparedRecord) -> bool {
    let theirs: BTreeSet<_> = b.telling().collect();
    a.telling().any(|it| theirs.contains(it))
}

/// What two records say together; none where nothing speaks for the same place or organisation.
pub fn judge(a: &ComparedRecord, b: &ComparedRecord) -> Option<DuplicatePair> {
    let metres = a.position.zip(b.position).map(|(a, b)| a.metres_to(b));
    let mut reasons = BTreeSet::new();
    if metres.is_some_and(|it| it <= BESIDE) {
        reasons.insert(MatchReason::SamePlace);
    } else if metres.is_some_and(|it| it <= FAR) {
        reasons.insert(MatchReason::Nearby);
    }
    let pair =
        |score, reasons| Some(DuplicatePair { one: a.id.min(b.id), other: a.id.max(b.id), score, reasons, metres });
    if !a.ids.is_disjoint(&b.ids) {
        reasons.insert(MatchReason::SameExternalId);
        return pair(100, reasons);
    }
    if contradict(&a.ids, &b.ids) || !a.name.may_be(&b.name) {
        return None;
    }
    let likeness = a.name.likeness(&b.name);
    let known_by_name = a.by_name && b.by_name;
    let same_words = likeness.is_some() && (share_a_word(a, b) || (known_by_name && a.name.own == b.name.own));
    let (by_name, reason) = match likeness {
        Some(_) if a.name.own == b.name.own => (100, MatchReason::SameName),
        Some(percent) if percent >= ALIKE => (percent, MatchReason::SimilarName),
        Some(_) => return None,
        None if a.name.stages.is_empty() || b.name.stages.is_empty() => return None,
        None if a.name.whole == b.name.whole => (90, MatchReason::SameName),
        None => (80, MatchReason::SameKind),
    };
    reasons.insert(reason);
    let by_distance = match metres {
        Some(far) if likeness.is_none() && far > BESIDE => return None,
        Some(0..=NEAR) => 100,
        // Farther away a slip is another name.
        Some(_) if !same_words => return None,
        Some(..=500) => 90,
        Some(..=1_000) => 70,
        Some(..=FAR) => 60,
        Some(_) => return None,
        None if same_words && by_name >= 90 && a.postal_code.is_some() && a.postal_code == b.postal_code => {
            reasons.insert(MatchReason::SamePostalCode);
            80
        }
        None if !(known_by_name && same_words && by_name >= 90) => return None,
        None => match (&a.town, &b.town) {
            (Some(one), Some(other)) if one == other => {
                reasons.insert(MatchReason::SameTown);
                80
            }
            (Some(_), Some(_)) => return None,
            _ if by_name == 100 => 70,
            _ => return None,
        },
    };
    pair(by_name * by_distance / 100, reasons)
}

/// Two numbers in a register that has one for each place.
fn contradict(a: &BTreeSet<(Scheme, String)>, b: &BTreeSet<(Scheme, String)>) -> bool {
    let number = |ids: &BTreeSet<(Scheme, String)>, scheme| ids.iter().any(|it| it.0 == scheme);
    [Scheme::SchoolNumber, Scheme::Isil].into_iter().any(|it| number(a, it) && number(b, it))
}
