//! Names of places, taken apart: what kind of place a name says, and which words are its own. Pure.

use std::collections::{BTreeMap, BTreeSet};

use entities::LearningPlaceKind as Kind;
use kernel::text::fold;

/// What a name says of the kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Before school.
    Early,
    /// The first four years.
    Primary,
    /// Mittelschule, Hauptschule.
    LowerSecondary,
    /// Realschule.
    Intermediate,
    /// Gymnasium.
    Grammar,
    /// Berufsschule.
    Vocational,
    /// Wirtschaftsschule.
    Commercial,
    /// FOS and BOS.
    UpperVocational,
    /// Förderschule.
    SpecialNeeds,
    /// Fachschule and academies.
    Technical,
    /// Volkshochschule.
    Adults,
    /// Music.
    Music,
    /// Books.
    Books,
    /// Sports.
    Sports,
    /// Advice.
    Advice,
}

/// Words that say a kind, folded.
const STAGES: [(&str, Stage); 40] = [
    ("kindergarten", Stage::Early),
    ("kindertagesstaette", Stage::Early),
    ("kita", Stage::Early),
    ("kinderkrippe", Stage::Early),
    ("kinderhaus", Stage::Early),
    ("grund", Stage::Primary),
    ("grundschule", Stage::Primary),
    ("gs", Stage::Primary),
    ("mittel", Stage::LowerSecondary),
    ("mittelschule", Stage::LowerSecondary),
    ("ms", Stage::LowerSecondary),
    ("haupt", Stage::LowerSecondary),
    ("hauptschule", Stage::LowerSecondary),
    ("teilhauptschule", Stage::LowerSecondary),
    ("realschule", Stage::Intermediate),
    ("rs", Stage::Intermediate),
    ("gymnasium", Stage::Grammar),
    ("gym", Stage::Grammar),
    ("berufsschule", Stage::Vocational),
    ("wirtschaftsschule", Stage::Commercial),
    ("fos", Stage::UpperVocational),
    ("bos", Stage::UpperVocational),
    ("fachoberschule", Stage::UpperVocational),
    ("berufsoberschule", Stage::UpperVocational),
    ("foerderschule", Stage::SpecialNeeds),
    ("foerderzentrum", Stage::SpecialNeeds),
    ("fachschule", Stage::Technical),
    ("fachakademie", Stage::Technical),
    ("akademie", Stage::Technical),
    ("vhs", Stage::Adults),
    ("volkshochschule", Stage::Adults),
    ("musikschule", Stage::Music),
    ("bibliothek", Stage::Books),
    ("buecherei", Stage::Books),
    ("stadtbibliothek", Stage::Books),
    ("stadtbuecherei", Stage::Books),
    ("turnhalle", Stage::Sports),
    ("sporthalle", Stage::Sports),
    ("beratungsstelle", Stage::Advice),
    ("fruehfoerderstelle", Stage::Advice),
];

/// Words that tell nothing of one place apart from another, folded.
const EMPTY: [&str; 37] = [
    "a",
    "am",
    "an",
    "bei",
    "das",
    "der",
    "des",
    "die",
    "e",
    "ev",
    "fuer",
    "gemeinde",
    "gmde",
    "haus",
    "im",
    "in",
    "landkreis",
    "lkr",
    "markt",
    "mit",
    "ob",
    "oeffentliche",
    "schule",
    "schulen",
    "st",
    "staatl",
    "staatliche",
    "staatlicher",
    "staatliches",
    "stadt",
    "staedt",
    "staedtische",
    "staedtisches",
    "und",
    "v",
    "von",
    "zum",
];

/// A name, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// All words that say something, in order: equal names are equal here.
    pub whole: String,
    /// What kind of place it is; none = not told.
    pub stages: BTreeSet<Stage>,
    /// The words of its own: neither kind nor town.
    pub own: BTreeSet<String>,
}

impl Name {
    /// Takes a name apart. The town's name is none of its own words; the kind counts where the name tells none.
    pub fn of(name: &str, town: Option<&str>, kind: Kind) -> Self {
        let town: BTreeSet<_> = town.map(name_words).unwrap_or_default().into_iter().collect();
        let all = name_words(name);
        let known: BTreeMap<_, _> = STAGES.into_iter().collect();
        let mut stages: BTreeSet<_> = all.iter().filter_map(|it| known.get(it.as_str()).copied()).collect();
        // A Volksschule has both, if it does not say which.
        let elementary = all.iter().any(|it| it == "volksschule");
        if stages.is_empty() && elementary {
            stages = BTreeSet::from([Stage::Primary, Stage::LowerSecondary]);
        }
        if stages.is_empty() {
            stages = of_kind(kind);
        }
        let is_own = |it: &&String| {
            !known.contains_key(it.as_str())
                && it.as_str() != "volksschule"
                && !EMPTY.contains(&it.as_str())
                && !town.contains(it.as_str())
        };
        let whole: Vec<_> = all.iter().filter(|it| !EMPTY.contains(&it.as_str())).map(String::as_str).collect();
        Self { whole: whole.join(" "), stages, own: all.iter().filter(is_own).cloned().collect() }
    }

    /// Whether both may be the same kind of place: where one does not say, they may.
    pub fn may_be(&self, other: &Self) -> bool {
        self.stages.is_empty() || other.stages.is_empty() || !self.stages.is_disjoint(&other.stages)
    }

    /// How alike the words of their own are, 0 to 100; the same words in another order are the same. None where one of
    /// them has no word of its own.
    pub fn likeness(&self, other: &Self) -> Option<u32> {
        if self.own.is_empty() || other.own.is_empty() {
            return None;
        }
        let total: usize = self.own.iter().chain(&other.own).map(|it| it.chars().count()).sum();
        let (mine, theirs) = (covered(&self.own, &other.own), covered(&other.own, &self.own));
        let total = u32::try_from(total).unwrap_or(u32::MAX).max(1);
        Some(mine.saturating_add(theirs) / total)
    }
}

/// The letters of the words of `one`, each word times how far some word of `other` is like it, in percent.
fn covered(one: &BTreeSet<String>, other: &BTreeSet<String>) -> u32 {
    let part = |word: &String| {
        let best = other.iter().map(|it| alike(word, it)).max().unwrap_or_default();
        // Words with half their letters alike are other words.
        let best = if best < 60 { 0 } else { best };
        u32::try_from(word.chars().count()).unwrap_or(u32::MAX).saturating_mul(best)
    };
    one.iter().map(part).fold(0, u32::saturating_add)
}

/// How alike two words are in percent: the trigrams that they share (Dice), each word with an edge.
fn alike(one: &str, other: &str) -> u32 {
    if one == other {
        return 100;
    }
    let (mut left, right) = (trigrams(one), trigrams(other));
    let total = left.len() + right.len();
    let mut shared = 0_usize;
    for gram in right {
        if let Some(at) = left.iter().position(|it| *it == gram) {
            left.swap_remove(at);
            shared += 1;
        }
    }
    u32::try_from(200 * shared / total.max(1)).unwrap_or(100)
}

fn trigrams(word: &str) -> Vec<[char; 3]> {
    let letters: Vec<_> = [' ', ' '].into_iter().chain(word.chars()).chain([' ']).collect();
    letters.windows(3).filter_map(|it| it.try_into().ok()).collect()
}

/// Folded words, in order.
fn name_words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let split = folded.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty());
    split.map(|it| if it == "sankt" { "st".to_owned() } else { it.to_owned() }).collect()
}

fn of_kind(kind: Kind) -> BTreeSet<Stage> {
    let stages: &[Stage] = match kind {
        Kind::Kindergarten => &[Stage::Early],
        Kind::PrimarySchool => &[Stage::Primary],
        Kind::LowerSecondarySchool => &[Stage::LowerSecondary],
        Kind::PrimaryAndLowerSecondarySchool => &[Stage::Primary, Stage::LowerSecondary],
        Kind::IntermediateSchool => &[Stage::Intermediate],
        Kind::GrammarSchool => &[Stage::Grammar],
        Kind::VocationalSchool => &[Stage::Vocational],
        Kind::CommercialSchool => &[Stage::Commercial],
        Kind::UpperVocationalSchool => &[Stage::UpperVocational],
        Kind::SpecialNeedsSchool => &[Stage::SpecialNeeds],
        Kind::TechnicalCollege => &[Stage::Technical],
        Kind::AdultEducation => &[Stage::Adults],
        Kind::MusicSchool => &[Stage::Music],
        Kind::Library => &[Stage::Books],
        Kind::SportsFacility => &[Stage::Sports],
        Kind::CounsellingCentre => &[Stage::Advice],
        Kind::Club | Kind::Leisure | Kind::Company | Kind::Other => &[],
    };
    stages.iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::of(text, None, Kind::Other)
    }

    #[test]
    fn kind_and_own_words_are_taken_apart() {
        let school = name("Staatliche Realschule Obergünzburg");
        assert_eq!(school.stages, BTreeSet::from([Stage::Intermediate]));
        assert_eq!(school.own, BTreeSet::from(["oberguenzburg".to_owned()]));
        let both = name("Volksschule Friesenried (Grund- und Hauptschule)");
        assert_eq!(both.stages, BTreeSet::from([Stage::Primary, Stage::LowerSecondary]));
        let bare = Name::of("VHS Marktoberdorf", Some("Marktoberdorf"), Kind::Other);
        assert_eq!((bare.own.len(), bare.stages), (0, BTreeSet::from([Stage::Adults])));
    }

    #[test]
    fn what_is_written_otherwise_is_alike() {
        for (one, other) in [
            ("Meinrad-Spieß-Grundschule", "Grundschule Meinrad Spiess"),
            ("Jörg-Lederer-Mittelschule", "Joerg Lederer MS"),
            ("Gustav-Leutelt-Schule", "Gustav Leutelt Grund- und Mittelschule"),
        ] {
            assert!(name(one).likeness(&name(other)) >= Some(95), "{one} {other}");
        }
        assert!(name("Jakob-Brucker-Gymnasium").likeness(&name("Jakob-Bruker-Gymnasium")) >= Some(80), "a slip");
    }

    #[test]
    fn other_names_are_not() {
        for (one, other) in [
            ("Comenius-Grundschule", "Meinrad-Spieß-Grundschule"),
            ("Grundschule Aitrang-Ruderatshofen", "Grundschule Ruderatshofen"),
            ("Montessori Grundschule Füssen", "Staatliches Gymnasium Füssen"),
        ] {
            assert!(name(one).likeness(&name(other)) < Some(80), "{one} {other}");
        }
        assert!(!name("Marien-Gymnasium").may_be(&name("Marien-Realschule")));
        assert!(name("Adalbert-Stifter-Volksschule").may_be(&name("Grundschule Adalbert Stifter")));
    }
}
