//! Names of others: prefixes, and codes of the closed lists.

use tabular::export::ExportFormat;

/// Prefixes, in order.
pub(super) const PREFIXES: [(&str, &str); 13] = [
    ("adms", "http://www.w3.org/ns/adms#"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dcatap", "http://data.europa.eu/r5r/"),
    ("dcatde", "http://dcat-ap.de/def/dcatde/"),
    ("dct", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("hydra", "http://www.w3.org/ns/hydra/core#"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("spdx", "http://spdx.org/rdf/terms#"),
    ("vcard", "http://www.w3.org/2006/vcard/ns#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

const RDF_TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const POLITICAL: &str = "http://dcat-ap.de/def/politicalGeocoding";

/// A name with its prefix in full; `a` is the type.
///
/// # Panics
/// The prefix is not in the list; names are written in this crate only.
pub(super) fn name(short: &str) -> String {
    if short == "a" {
        return RDF_TYPE.to_owned();
    }
    let (prefix, rest) = short.split_once(':').expect("names have a prefix");
    let (_, space) = PREFIXES.iter().find(|(it, _)| *it == prefix).expect("prefixes are in the list");
    format!("{space}{rest}")
}

/// An entry of a table of the Publications Office of the EU.
pub(super) fn authority(table: &str, code: &str) -> String {
    format!("http://publications.europa.eu/resource/authority/{table}/{code}")
}

/// How often something is made anew.
pub(super) fn frequency(kept: &str) -> Option<String> {
    let code = match kept {
        "DAILY" | "MONTHLY" | "QUARTERLY" | "ANNUAL" | "BIENNIAL" | "NEVER" => kept,
        "BIANNUAL" => "ANNUAL_2",
        "IRREGULAR" => "IRREG",
        _ => return None,
    };
    Some(authority("frequency", code))
}

/// A language.
pub(super) fn language(tag: &str) -> Option<String> {
    let code = match tag.split('-').next()? {
        "de" => "DEU",
        "en" => "ENG",
        "fr" => "FRA",
        "it" => "ITA",
        "tr" => "TUR",
        _ => return None,
    };
    Some(authority("language", code))
}

/// What a file is in the table of the EU, and in that of IANA.
pub(super) fn file_type(format: ExportFormat) -> (String, Option<&'static str>) {
    let (code, media) = match format {
        ExportFormat::Csv => ("CSV", Some("text/csv")),
        ExportFormat::Xlsx => ("XLSX", Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
        ExportFormat::Parquet => ("PARQUET", Some("application/vnd.apache.parquet")),
        // IANA knows no lines of JSON.
        ExportFormat::JsonLines => ("JSON", None),
        ExportFormat::Json | ExportFormat::CsvMetadata | ExportFormat::DataPackage => {
            ("JSON", Some("application/json"))
        }
    };
    (authority("file-type", code), media)
}

/// The address of a region, by its official key.
pub(super) fn region(key: &str) -> Option<String> {
    let list = match key.len() {
        _ if key == "DG" => return Some(authority("country", "DEU")),
        _ if !key.bytes().all(|it| it.is_ascii_digit()) => return None,
        2 => "stateKey",
        3 => "governmentDistrictKey",
        5 => "districtKey",
        8 => "municipalityKey",
        9 => "municipalAssociationKey",
        12 => "regionalKey",
        _ => return None,
    };
    Some(format!("{POLITICAL}/{list}/{key}"))
}

/// The level of a region, by its official key.
pub(super) fn level(key: &str) -> Option<String> {
    let level = match key.len() {
        _ if key == "DG" => "federal",
        2 => "state",
        5 => "administrativeDistrict",
        8 | 12 => "municipality",
        _ => return None,
    };
    Some(format!("{POLITICAL}/Level/{level}"))
}
