//! From what is in the catalogue to statements of DCAT-AP.de.

use tabular::export::ExportFormat;

use crate::about::{Catalogue, CatalogueDataset, CataloguePage, Distribution, Publisher};
use crate::graph::RdfGraph;
use crate::vocabulary::{authority, file_type, frequency, language, level, region};

const THEME: (&str, &str) = ("data-theme", "EDUC");
const LANGUAGE: &str = "de";

/// The catalogue itself.
pub(super) fn catalogue(graph: &mut RdfGraph, catalogue: &Catalogue, datasets: &[CatalogueDataset]) {
    let address = catalogue.address();
    let publisher = publisher(graph, catalogue, &catalogue.publisher);
    let mut it = graph.about(&address);
    it.a("dcat:Catalog").a("hydra:Collection");
    it.text("dct:title", &catalogue.title, LANGUAGE).text("dct:description", &catalogue.description, LANGUAGE);
    it.iri("dct:publisher", &publisher);
    it.entry("dcat:themeTaxonomy", "http://publications.europa.eu/resource/authority/data-theme", "skos:ConceptScheme");
    if let Some(language) = language(LANGUAGE) {
        it.entry("dct:language", &language, "dct:LinguisticSystem");
    }
    if let Some(homepage) = &catalogue.publisher.homepage {
        it.entry("foaf:homepage", homepage, "foaf:Document");
    }
    if let Some(modified) = catalogue.modified {
        it.instant("dct:modified", modified);
    }
    for dataset in datasets {
        it.iri("dcat:dataset", &catalogue.dataset(&dataset.id));
    }
}

/// Which part of the catalogue this is, and where the others are. Older harvesters look for the older class.
pub(super) fn paging(graph: &mut RdfGraph, catalogue: &Catalogue, page: &CataloguePage, address: &str) {
    let of = |number: u64| format!("{address}?page={number}");
    let this = of(page.number);
    graph.about(&catalogue.address()).number("hydra:totalItems", page.total, "xsd:integer").iri("hydra:view", &this);
    let mut it = graph.about(&this);
    it.a("hydra:PartialCollectionView").a("hydra:PagedCollection");
    it.number("hydra:totalItems", page.total, "xsd:integer").number("hydra:itemsPerPage", page.size, "xsd:integer");
    it.iri("hydra:first", &of(1)).iri("hydra:last", &of(page.last()));
    if page.number > 1 {
        it.iri("hydra:previous", &of(page.number.min(page.last() + 1) - 1));
    }
    if page.number < page.last() {
        it.iri("hydra:next", &of(page.number + 1));
    }
}

/// Names a publisher, once.
fn publisher(graph: &mut RdfGraph, catalogue: &Catalogue, publisher: &Publisher) -> String {
    let address = format!("{}#{}", catalogue.address(), publisher.id);
    let mut it = graph.about(&address);
    it.a("foaf:Agent").a("foaf:Organization").plain("foaf:name", &publisher.name);
    if let Some(homepage) = &publisher.homepage {
        it.entry("foaf:homepage", homepage, "foaf:Document");
    }
    address
}

/// A dataset with its files.
pub(super) fn dataset(graph: &mut RdfGraph, catalogue: &Catalogue, dataset: &CatalogueDataset) {
    let address = catalogue.dataset(&dataset.id);
    let part = |name: &str| format!("{address}#{name}");
    let publisher = publisher(graph, catalogue, &dataset.publisher);
    let tag = dataset.language.as_str();
    let mut it = graph.about(&address);
    it.a("dcat:Dataset").text("dct:title", &dataset.title, tag);
    it.text("dct:description", dataset.description.as_ref().unwrap_or(&dataset.title), tag);
    it.plain("dct:identifier", &dataset.id).iri("dct:publisher", &publisher);
    for keyword in &dataset.keywords {
        it.text("dcat:keyword", keyword, tag);
    }
    it.entry("dcat:theme", &authority(THEME.0, THEME.1), "skos:Concept");
    it.entry("dct:accessRights", &authority("access-right", "PUBLIC"), "dct:RightsStatement");
    if let Some(language) = language(tag) {
        it.entry("dct:language", &language, "dct:LinguisticSystem");
    }
    if let Some(frequency) = dataset.frequency.as_deref().and_then(frequency) {
        it.entry("dct:accrualPeriodicity", &frequency, "dct:Frequency");
    }
    if let Some(key) = &dataset.region {
        if let Some(place) = region(key) {
            it.entry("dct:spatial", &place, "dct:Location");
        }
        if let Some(level) = level(key) {
            it.iri("dcatde:politicalGeocodingLevelURI", &level);
        }
    }
    if let Some(contributor) = &catalogue.contributor {
        it.iri("dcatde:contributorID", contributor);
    }
    if let Some(page) = &dataset.landing_page {
        it.entry("dcat:landingPage", page, "foaf:Document");
    }
    if let Some(source) = &dataset.source_url {
        it.iri("prov:wasDerivedFrom", source);
    }
    it.plain("dcat:version", &dataset.version);
    if let Some(note) = &dataset.version_note {
        it.text("adms:versionNotes", note, tag);
    }
    if let Some(issued) = dataset.issued {
        it.instant("dct:issued", issued);
    }
    it.instant("dct:modified", dataset.modified);
    let provenances: Vec<_> = (1..).map(|it| part(&format!("provenance-{it}"))).zip(&dataset.provenance).collect();
    for (node, _) in &provenances {
        it.iri("dct:provenance", node);
    }
    let contact = &dataset.contact;
    let has_contact = contact.email.is_some() || contact.url.is_some();
    if has_contact {
        it.iri("dcat:contactPoint", &part("contact"));
    }
    let covers = dataset.covers_from.is_some() || dataset.covers_until.is_some();
    if covers {
        it.iri("dct:temporal", &part("period"));
    }
    for distribution in &dataset.distributions {
        it.iri("dcat:distribution", &part(distribution.format.suffix()));
    }
    for (node, text) in &provenances {
        graph.about(node).a("dct:ProvenanceStatement").text("rdfs:label", text, tag);
    }
    if has_contact {
        let node = part("contact");
        let mut it = graph.about(&node);
        it.a("vcard:Kind").a("vcard:Organization");
        it.plain("vcard:fn", contact.name.as_ref().unwrap_or(&dataset.publisher.name));
        if let Some(email) = &contact.email {
            it.iri("vcard:hasEmail", &format!("mailto:{email}"));
        }
        if let Some(url) = &contact.url {
            it.iri("vcard:hasURL", url);
        }
    }
    if covers {
        let node = part("period");
        let mut it = graph.about(&node);
        it.a("dct:PeriodOfTime");
        if let Some(start) = dataset.covers_from {
            it.day("dcat:startDate", start);
        }
        if let Some(end) = dataset.covers_until {
            it.day("dcat:endDate", end);
        }
    }
    for file in &dataset.distributions {
        distribution(graph, &part(file.format.suffix()), dataset, file);
    }
}

/// A file: it is got where it is told of.
fn distribution(graph: &mut RdfGraph, node: &str, dataset: &CatalogueDataset, file: &Distribution) {
    let tag = dataset.language.as_str();
    let (file_type, media) = file_type(file.format);
    let mut it = graph.about(node);
    it.a("dcat:Distribution").text("dct:title", &format!("{} ({})", dataset.title, called(file.format)), tag);
    it.iri("dcat:accessURL", &file.address).iri("dcat:downloadURL", &file.address);
    it.entry("dct:format", &file_type, "dct:MediaTypeOrExtent");
    if let Some(media) = media {
        let media = format!("https://www.iana.org/assignments/media-types/{media}");
        it.entry("dcat:mediaType", &media, "dct:MediaType");
    }
    if let Some(licence) = dataset.licence {
        it.entry("dct:license", &licence.uri(), "dct:LicenseDocument");
    }
    if let Some(attribution) = &dataset.attribution {
        it.text("dcatde:licenseAttributionByText", attribution, tag);
    }
    it.entry("dcatap:availability", &authority("planned-availability", "STABLE"), "skos:Concept");
    it.entry("adms:status", &authority("distribution-status", "COMPLETED"), "skos:Concept");
    if let Some(language) = language(tag) {
        it.entry("dct:language", &language, "dct:LinguisticSystem");
    }
    if file.format == ExportFormat::Csv {
        it.entry("foaf:page", &format!("{}-metadata.json", file.address), "foaf:Document");
    }
    it.instant("dct:modified", dataset.modified);
    if let Some(bytes) = file.bytes {
        it.number("dcat:byteSize", bytes, "xsd:nonNegativeInteger");
    }
    if let Some(sha256) = &file.sha256 {
        let checksum = format!("{node}-checksum");
        it.iri("spdx:checksum", &checksum);
        let mut it = graph.about(&checksum);
        it.a("spdx:Checksum");
        it.entry("spdx:algorithm", "http://spdx.org/rdf/terms#checksumAlgorithm_sha256", "spdx:ChecksumAlgorithm");
        it.typed("spdx:checksumValue", sha256, "xsd:hexBinary");
    }
}

const fn called(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "CSV",
        ExportFormat::CsvMetadata => "CSVW",
        ExportFormat::DataPackage => "Data Package",
        ExportFormat::Json => "JSON",
        ExportFormat::JsonLines => "JSON Lines",
        ExportFormat::Xlsx => "Excel",
        ExportFormat::Parquet => "Parquet",
    }
}
