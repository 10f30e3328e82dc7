//! Statements in order, and how they are written.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use oxjsonld::JsonLdSerializer;
use oxrdf::{GraphNameRef, Literal, NamedNode, Term, Triple};
use oxrdfxml::RdfXmlSerializer;
use oxttl::TurtleSerializer;

use crate::Syntax;
use crate::vocabulary::{PREFIXES, name};

/// Statements, in the order in which they were made.
#[derive(Default)]
pub(super) struct RdfGraph {
    triples: Vec<Triple>,
    known: HashSet<Triple>,
    /// What names of others are, at the end: those who check do not have to look it up.
    others: BTreeSet<(String, &'static str)>,
}

impl RdfGraph {
    /// Says something about a subject.
    pub fn about<'a>(&'a mut self, subject: &'a str) -> Subject<'a> {
        Subject { graph: self, subject }
    }

    fn push(&mut self, subject: &str, predicate: &str, object: Term) {
        // A subject that is no address is not told at all.
        let Ok(subject) = NamedNode::new(subject) else { return };
        let triple = Triple::new(subject, NamedNode::new_unchecked(name(predicate)), object);
        if self.known.insert(triple.clone()) {
            self.triples.push(triple);
        }
    }

    /// The statements as text. Writing to memory does not fail, and all names are whole addresses.
    pub fn write(mut self, syntax: Syntax) -> Vec<u8> {
        for (iri, class) in std::mem::take(&mut self.others) {
            self.about(&iri).iri("a", &name(class));
        }
        let written = match syntax {
            Syntax::Turtle => {
                let serializer = PREFIXES.iter().fold(TurtleSerializer::new(), |it, (prefix, space)| {
                    it.with_prefix(*prefix, *space).unwrap_or_default()
                });
                let mut out = serializer.for_writer(Vec::new());
                self.triples.iter().try_for_each(|it| out.serialize_triple(it)).and_then(|()| out.finish())
            }
            Syntax::RdfXml => {
                let serializer = PREFIXES.iter().fold(RdfXmlSerializer::new(), |it, (prefix, space)| {
                    it.with_prefix(*prefix, *space).unwrap_or_default()
                });
                let mut out = serializer.for_writer(Vec::new());
                self.triples.iter().try_for_each(|it| out.serialize_triple(it)).and_then(|()| out.finish())
            }
            Syntax::JsonLd => {
                let serializer = PREFIXES.iter().fold(JsonLdSerializer::new(), |it, (prefix, space)| {
                    it.with_prefix(*prefix, *space).unwrap_or_default()
                });
                let mut out = serializer.for_writer(Vec::new());
                let quads = self.triples.iter().map(|it| it.as_ref().in_graph(GraphNameRef::DefaultGraph));
                { quads }.try_for_each(|it| out.serialize_quad(it)).and_then(|()| out.finish())
            }
        };
        written.unwrap_or_default()
    }
}

/// What is being spoken of.
pub(super) struct Subject<'a> {
    graph: &'a mut RdfGraph,
    subject: &'a str,
}

impl Subject<'_> {
    /// Another thing; one whose address is none is left out.
    pub fn iri(&mut self, predicate: &str, object: &str) -> &mut Self {
        if let Ok(object) = NamedNode::new(object) {
            self.graph.push(self.subject, predicate, object.into());
        }
        self
    }

    /// A class.
    pub fn a(&mut self, class: &str) -> &mut Self {
        self.iri("a", &name(class))
    }

    /// An entry of a list of others, which is of a class.
    pub fn entry(&mut self, predicate: &str, object: &str, class: &'static str) -> &mut Self {
        if NamedNode::new(object).is_ok() {
            self.graph.others.insert((object.to_owned(), class));
        }
        self.iri(predicate, object)
    }

    /// Words without a language.
    pub fn plain(&mut self, predicate: &str, text: &str) -> &mut Self {
        self.graph.push(self.subject, predicate, Literal::new_simple_literal(text).into());
        self
    }

    /// Words in a language.
    pub fn text(&mut self, predicate: &str, text: &str, language: &str) -> &mut Self {
        match Literal::new_language_tagged_literal(text, language) {
            Ok(literal) => self.graph.push(self.subject, predicate, literal.into()),
            Err(_) => {
                self.plain(predicate, text);
            }
        }
        self
    }

    /// A value of a type.
    pub fn typed(&mut self, predicate: &str, value: &str, datatype: &str) -> &mut Self {
        let literal = Literal::new_typed_literal(value, NamedNode::new_unchecked(name(datatype)));
        self.graph.push(self.subject, predicate, literal.into());
        self
    }

    /// A whole number.
    pub fn number(&mut self, predicate: &str, value: u64, datatype: &str) -> &mut Self {
        self.typed(predicate, &value.to_string(), datatype)
    }

    /// An instant.
    pub fn instant(&mut self, predicate: &str, value: DateTime<Utc>) -> &mut Self {
        self.typed(predicate, &value.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), "xsd:dateTime")
    }

    /// A day.
    pub fn day(&mut self, predicate: &str, value: NaiveDate) -> &mut Self {
        self.typed(predicate, &value.to_string(), "xsd:date")
    }
}
