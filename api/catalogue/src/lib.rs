//! Catalogue of public datasets for open-data portals: DCAT-AP.de 3.0, in pages (Hydra), in three syntaxes.
//!
//! What is in it is read by `domain`, with a session of `Anonymous`. Every node is named and statements keep their order: the same content gives
//! the same text and the same entity tag, so that a portal that has it already gets 304. Sizes and checksums are
//! stated for files made already. Pages are ordered by age; new datasets appear on the last page.

pub mod about;
mod graph;
mod nodes;
#[cfg(test)]
mod tests;
mod vocabulary;

use crate::about::{Catalogue, CatalogueDataset, CataloguePage};
use crate::graph::RdfGraph;

/// In which syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// Turtle
    Turtle,
    /// RDF/XML
    RdfXml,
    /// JSON-LD 1.1
    JsonLd,
}

impl Syntax {
    /// Every syntax; the first is told where any will do.
    pub const ALL: [Self; 3] = [Self::Turtle, Self::RdfXml, Self::JsonLd];

    /// How an address asks for it.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Turtle => "ttl",
            Self::RdfXml => "rdf",
            Self::JsonLd => "jsonld",
        }
    }

    /// How a header asks for it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Turtle => "text/turtle",
            Self::RdfXml => "application/rdf+xml",
            Self::JsonLd => "application/ld+json",
        }
    }
}

/// A page of the catalogue: the catalogue, some of its datasets, and where the others are. `address` is where it was
/// asked for, without its query, so that pages lead to pages of the same syntax.
pub fn page(
    catalogue: &Catalogue,
    page: &CataloguePage,
    address: &str,
    datasets: &[CatalogueDataset],
    syntax: Syntax,
) -> Vec<u8> {
    let mut graph = RdfGraph::default();
    nodes::catalogue(&mut graph, catalogue, datasets);
    nodes::paging(&mut graph, catalogue, page, address);
    for dataset in datasets {
        nodes::dataset(&mut graph, catalogue, dataset);
    }
    graph.write(syntax)
}

/// One dataset of the catalogue.
pub fn dataset(catalogue: &Catalogue, dataset: &CatalogueDataset, syntax: Syntax) -> Vec<u8> {
    let mut graph = RdfGraph::default();
    nodes::dataset(&mut graph, catalogue, dataset);
    graph.write(syntax)
}
