//! What the words in headers and values say. Whole words count, or the last part of a compound, never the first letters:
//! a `Gesamtschule` is no total.

use kernel::text::fold;

/// Last parts of the names of columns that hold keys, not numbers.
const KEYS: [&str; 12] = [
    "plz",
    "postleitzahl",
    "zip",
    "postal",
    "nummer",
    "schluessel",
    "key",
    "code",
    "kennziffer",
    "ags",
    "telefon",
    "kennung",
];
const REGIONS: [&str; 8] =
    ["ags", "kreis", "gemeinde", "region", "kennziffer", "schluessel", "raumeinheit", "community"];
const TIMES: [&str; 9] = ["jahr", "year", "zeit", "zeitbezug", "zeitraum", "periode", "period", "stichtag", "time"];
/// Words of which one alone, or at the beginning before other words, means all others together.
const TOTALS: [&str; 4] = ["insgesamt", "zusammen", "gesamt", "total"];
/// Last parts of the names of figures that are not added up.
const RATIOS: [&str; 22] = [
    "quote",
    "quoten",
    "anteil",
    "anteile",
    "durchschnitt",
    "mittelwert",
    "median",
    "rate",
    "raten",
    "ziffer",
    "index",
    "quotient",
    "dichte",
    "grad",
    "prozent",
    "promille",
    "verhaeltnis",
    "mean",
    "average",
    "share",
    "ratio",
    "percentage",
];
const COORDINATES: [&str; 14] = [
    "lat",
    "lon",
    "lng",
    "latitude",
    "longitude",
    "breitengrad",
    "laengengrad",
    "rechtswert",
    "hochwert",
    "ostwert",
    "nordwert",
    "easting",
    "northing",
    "koordinate",
];

/// The words of a text, folded.
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// What place and name of a column say.
pub struct HeaderHint {
    words: Vec<String>,
    /// Whether it has no name.
    pub is_unnamed: bool,
    /// Whether it is the first one.
    pub is_first: bool,
}

impl HeaderHint {
    /// Of a column with this header.
    pub fn of(header: &str, column: usize) -> Self {
        Self { words: words(header), is_unnamed: header.is_empty(), is_first: column == 0 }
    }

    /// Whether it tells of a time.
    pub fn is_time(&self) -> bool {
        self.ends_with(&TIMES)
    }

    /// Whether it tells of a region.
    pub fn is_region(&self) -> bool {
        self.ends_with(&REGIONS) || self.words.iter().any(|it| it.starts_with("gemeinde") || it.starts_with("region"))
    }

    /// Whether it tells of keys, numbers of things, or ids.
    pub fn is_key(&self) -> bool {
        let is = |word: Option<&String>, ids: &[&str]| word.is_some_and(|it| ids.contains(&it.as_str()));
        self.ends_with(&KEYS)
            || is(self.words.last(), &["id", "nr", "lfdnr", "schulnr", "fid", "objectid", "uuid"])
            || is(self.words.first(), &["id", "lfd"])
    }

    /// Whether it tells of one half of a place on the map.
    pub fn is_coordinate(&self) -> bool {
        self.ends_with(&COORDINATES) || matches!(self.words.as_slice(), [only] if only == "x" || only == "y")
    }

    fn ends_with(&self, list: &[&str]) -> bool {
        // Short words are found in many others: `ags` in `Mittags`.
        let is = |own: &str, word: &str| own == word || (word.len() > 3 && own.ends_with(word));
        self.words.iter().any(|own| list.iter().any(|word| is(own, word) && !is_duration(own)))
    }
}

/// Compounds of `zeit` that are no times but lengths of time.
fn is_duration(word: &str) -> bool {
    word.ends_with("zeit") && word != "zeit" && !word.ends_with("jahreszeit")
}

/// The value that stands for all others together, of values in the order of the file. None where several could.
pub fn total<'a>(values: &[&'a str]) -> Option<&'a str> {
    let alone = values.iter().find(|it| TOTALS.contains(&fold(it).as_str()));
    let mut leading = values.iter().filter(|it| {
        let folded = fold(it);
        let behind = TOTALS.iter().find_map(|word| Some((*word, folded.strip_prefix(word)?)));
        behind.is_some_and(|(word, rest)| match rest.chars().next() {
            Some(' ') => matches!(word, "insgesamt" | "zusammen") || rest.trim_start().starts_with('('),
            Some(letter) => "(,:*".contains(letter),
            None => false,
        })
    });
    let only = leading.next().filter(|_| leading.next().is_none());
    alone.or(only).copied()
}

/// Whether figures under these headers, in this unit, are rates or means.
pub fn is_ratio(headers: &[&str], unit: Option<&str>) -> bool {
    let of_unit = unit.is_some_and(|it| matches!(it, "%" | "‰" | "Prozent" | "Promille" | "Jahre"));
    let all = headers.iter().flat_map(|it| words(it));
    of_unit
        || headers.iter().any(|it| it.contains('%'))
        || all.into_iter().any(|own| {
            matches!(own.as_str(), "je" | "pro" | "per")
                || own.contains("durchschnitt")
                || own.starts_with("mittler")
                || RATIOS.iter().any(|word| own == *word || own.ends_with(word))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_whole_words() {
        for (values, found) in [
            (&["Grundschule", "Gesamtschule", "Insgesamt"][..], Some("Insgesamt")),
            (&["Gesamtschule Mitte", "Gesamtschule West"], None),
            (&["Zusammenarbeit", "Gesamt-Kita"], None),
            (&["Gesamt Nord", "A"], None),
            (&["A", "Insgesamt (ohne Ausland)"], Some("Insgesamt (ohne Ausland)")),
            (&["Insgesamt 2022", "Insgesamt 2023"], None),
            (&["zusammen", "Insgesamt"], Some("zusammen")),
        ] {
            assert_eq!(total(values), found, "{values:?}");
        }
    }

    #[test]
    fn names_of_keys_times_and_places_are_whole_words_or_ends_of_them() {
        let hint = |header: &str| HeaderHint::of(header, 3);
        for key in ["Haltestellen-ID", "_id", "Lfd. Nr.", "lfdnr", "Schulnummer", "PLZ", "Gemeindeschlüssel", "Telefon"]
        {
            assert!(hint(key).is_key(), "{key}");
        }
        for other in ["Schlüsselzuweisungen", "Telefonate", "Nummernschilder", "Idee", "Mittags", "Codes je Schule"] {
            assert!(!hint(other).is_key(), "{other}");
        }
        assert!(["Jahr", "Schuljahr", "time", "Stichtag"].iter().all(|it| hint(it).is_time()));
        assert!(["Vollzeit", "Betreuungszeit", "time_x_y"].iter().filter(|it| hint(it).is_time()).count() == 1);
        assert!(["Latitude", "x", "Geo-Koordinate", "lon"].iter().all(|it| hint(it).is_coordinate()));
        assert!(["Plat", "Max", "x je y"].iter().all(|it| !hint(it).is_coordinate()));
    }

    #[test]
    fn rates_and_means_are_not_added_up() {
        for (headers, unit) in [
            (&["Arbeitslosenquote", "Ausländer"][..], None),
            (&["Durchschnittsalter"], None),
            (&["Jugendquotient"], None),
            (&["Ausgaben_je_Schueler"], Some("EUR")),
            (&["Je Einwohner (in Euro)"], None),
            (&["Frauen"], Some("%")),
        ] {
            assert!(is_ratio(headers, unit), "{headers:?}");
        }
        assert!(!is_ratio(&["Schüler", "weiblich"], Some("Anzahl")));
    }
}
