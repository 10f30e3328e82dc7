//! Whether the shapes of DCAT-AP.de hold is asked in the integration tests, which have a validator; here what is ours.

use chrono::{DateTime, NaiveDate};
use tabular::export::ExportFormat;
use tabular::licence::Licence;

use super::about::{Contact, Distribution, Publisher};
use super::*;

pub(super) fn catalogue() -> Catalogue {
    Catalogue {
        base: "https://verbund.example".to_owned(),
        title: "Offene Daten".to_owned(),
        description: "Tabellen zum Nachnutzen".to_owned(),
        publisher: Publisher { id: "operator".to_owned(), name: "Bildungsregion".to_owned(), homepage: None },
        contributor: Some("http://dcat-ap.de/def/contributors/openDataBayern".to_owned()),
        modified: DateTime::from_timestamp(1_764_000_000, 0),
    }
}

pub(super) fn described(id: &str) -> CatalogueDataset {
    let distributions = ExportFormat::ALL.into_iter().filter(|it| it.has_rows()).map(|format| Distribution {
        format,
        address: format!("https://verbund.example/datasets/{id}/versions/1.0.{}", format.suffix()),
        bytes: Some(1234),
        sha256: Some("ab".repeat(32)),
    });
    CatalogueDataset {
        id: id.to_owned(),
        title: "Schulabgänge \"2023\"".to_owned(),
        description: Some("Zeile\nZeile <b>".to_owned()),
        language: "de".to_owned(),
        keywords: vec!["Schule".to_owned(), "Abschluss".to_owned()],
        publisher: Publisher {
            id: "ten_1".to_owned(),
            name: "Stadt Kaufbeuren".to_owned(),
            homepage: Some("https://www.kaufbeuren.example/".to_owned()),
        },
        contact: Contact {
            name: Some("Bildungsbüro".to_owned()),
            email: Some("bildung@kaufbeuren.example".to_owned()),
            url: Some("https://www.kaufbeuren.example/bildung".to_owned()),
        },
        licence: Some(Licence::DlBy),
        attribution: Some("© Statistische Ämter, dl-de/by-2-0".to_owned()),
        version: "1.0".to_owned(),
        version_note: Some("Erste Ausgabe".to_owned()),
        provenance: vec!["Regionaldatenbank 21111".to_owned(), "Zahlen unter 3 sind nicht genannt".to_owned()],
        source_url: Some("https://www.regionalstatistik.de/".to_owned()),
        covers_from: NaiveDate::from_ymd_opt(2023, 1, 1),
        covers_until: NaiveDate::from_ymd_opt(2023, 12, 31),
        region: Some("09762".to_owned()),
        frequency: Some("BIANNUAL".to_owned()),
        landing_page: Some("https://www.kaufbeuren.example/daten".to_owned()),
        issued: DateTime::from_timestamp(1_763_000_000, 0),
        modified: DateTime::from_timestamp(1_764_000_000, 0).unwrap(),
        distributions: distributions.collect(),
    }
}

const PAGE: CataloguePage = CataloguePage { number: 2, size: 2, total: 5 };

fn turtle(page_: CataloguePage, datasets: &[CatalogueDataset]) -> String {
    let text = page(&catalogue(), &page_, "https://verbund.example/catalog.ttl", datasets, Syntax::Turtle);
    String::from_utf8(text).unwrap()
}

#[test]
fn all_syntaxes_say_the_same() {
    let datasets = [described("dst_1"), described("dst_2")];
    let [turtle, xml, json] =
        Syntax::ALL.map(|it| page(&catalogue(), &PAGE, "https://verbund.example/catalog", &datasets, it));
    let read = |it: &mut dyn Iterator<Item = oxrdf::Triple>| {
        it.map(|it| it.to_string()).collect::<std::collections::BTreeSet<_>>()
    };
    let turtle = read(&mut oxttl::TurtleParser::new().for_slice(&turtle).map(|it| it.unwrap()));
    let xml = read(&mut oxrdfxml::RdfXmlParser::new().for_slice(&xml).map(|it| it.unwrap()));
    let json = read(&mut oxjsonld::JsonLdParser::new().for_slice(&json).map(|it| {
        let it = it.unwrap();
        oxrdf::Triple::new(it.subject, it.predicate, it.object)
    }));
    assert!(turtle.len() > 200);
    assert_eq!(turtle, xml);
    assert_eq!(turtle, json);
}

#[test]
fn the_same_content_is_the_same_text() {
    for syntax in Syntax::ALL {
        let text = |datasets: &[CatalogueDataset]| {
            page(&catalogue(), &PAGE, "https://verbund.example/catalog", datasets, syntax)
        };
        assert_eq!(text(&[described("dst_1")]), text(&[described("dst_1")]));
        assert_ne!(text(&[described("dst_1")]), text(&[described("dst_2")]));
    }
}

#[test]
fn pages_lead_to_pages_of_their_syntax() {
    let text = turtle(PAGE, &[]);
    for (link, number) in [("first", 1), ("previous", 1), ("next", 3), ("last", 3)] {
        assert!(text.contains(&format!("hydra:{link} <https://verbund.example/catalog.ttl?page={number}>")), "{text}");
    }
    assert!(text.contains("hydra:totalItems 5"), "{text}");
    let alone = turtle(CataloguePage { number: 1, size: 2, total: 0 }, &[]);
    assert!(!alone.contains("hydra:next") && !alone.contains("hydra:previous"));
    assert!(alone.contains("hydra:last <https://verbund.example/catalog.ttl?page=1>"));
    let beyond = turtle(CataloguePage { number: 9, size: 2, total: 5 }, &[]);
    assert!(
        beyond.contains("hydra:previous <https://verbund.example/catalog.ttl?page=3>")
            && !beyond.contains("hydra:next")
    );
}

#[test]
fn what_is_no_address_is_left_out() {
    let mut odd = described("dst_1");
    odd.landing_page = Some("not an address".to_owned());
    odd.contact.url = Some("javascript alert <>".to_owned());
    odd.region = Some("0976>".to_owned());
    let text = turtle(PAGE, &[odd]);
    assert!(!text.contains("landingPage") && !text.contains("hasURL") && !text.contains("dct:spatial"));
    assert!(text.contains("<mailto:bildung@kaufbeuren.example>"));
}

#[test]
fn a_contributor_is_told_only_where_there_is_one() {
    let mut none = catalogue();
    none.contributor = None;
    let text = |it: &Catalogue| String::from_utf8(dataset(it, &described("dst_1"), Syntax::Turtle)).unwrap();
    assert!(text(&catalogue()).contains("dcatde:contributorID <http://dcat-ap.de/def/contributors/openDataBayern>"));
    assert!(!text(&none).contains("contributorID"));
}
