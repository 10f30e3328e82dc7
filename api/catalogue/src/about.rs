//! What a catalogue is made of.

use chrono::{DateTime, NaiveDate, Utc};
use tabular::export::ExportFormat;
use tabular::licence::Licence;

/// The catalogue of a server.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Address of the server, without a slash at its end.
    pub base: String,
    /// What it is called.
    pub title: String,
    /// What is in it.
    pub description: String,
    /// Whose it is.
    pub publisher: Publisher,
    /// `http://dcat-ap.de/def/contributors/…`: who delivers to the portals; some have none, or that of their state.
    pub contributor: Option<String>,
    /// When something in it changed last; none where nothing is in it.
    pub modified: Option<DateTime<Utc>>,
}

impl Catalogue {
    /// Its own address.
    pub fn address(&self) -> String {
        format!("{}/catalog", self.base)
    }

    /// The address of a dataset in it.
    pub fn dataset(&self, id: &str) -> String {
        format!("{}/catalog/datasets/{id}", self.base)
    }
}

/// Somebody who publishes.
#[derive(Clone, Debug)]
pub struct Publisher {
    /// Tells publishers apart.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its own pages.
    pub homepage: Option<String>,
}

/// Which of the datasets, ordered by age.
#[derive(Clone, Copy, Debug)]
pub struct CataloguePage {
    /// From 1 on.
    pub number: u64,
    /// Datasets of a page.
    pub size: u64,
    /// Datasets of all pages.
    pub total: u64,
}

impl CataloguePage {
    /// The last page; there is always one.
    pub fn last(&self) -> u64 {
        self.total.div_ceil(self.size).max(1)
    }
}

/// Who answers questions.
#[derive(Clone, Debug, Default)]
pub struct Contact {
    /// What they are called.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their page.
    pub url: Option<String>,
}

/// A dataset that everybody may see, in its newest version.
#[derive(Clone, Debug)]
pub struct CatalogueDataset {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it is.
    pub description: Option<String>,
    /// Language of both: `de`.
    pub language: String,
    /// What it is found by.
    pub keywords: Vec<String>,
    /// Whose it is.
    pub publisher: Publisher,
    /// Who answers questions.
    pub contact: Contact,
    /// What may be done with it.
    pub licence: Option<Licence>,
    /// How its source is to be named.
    pub attribution: Option<String>,
    /// `2.1`
    pub version: String,
    /// What is new in it.
    pub version_note: Option<String>,
    /// Where it comes from, and how it was made.
    pub provenance: Vec<String>,
    /// The page of its source.
    pub source_url: Option<String>,
    /// The first day that it covers.
    pub covers_from: Option<NaiveDate>,
    /// The last day that it covers.
    pub covers_until: Option<NaiveDate>,
    /// Official key of the region that it covers.
    pub region: Option<String>,
    /// How often it is made anew, as it is kept: `ANNUAL`.
    pub frequency: Option<String>,
    /// A page about it.
    pub landing_page: Option<String>,
    /// When it was published first.
    pub issued: Option<DateTime<Utc>>,
    /// When it changed last.
    pub modified: DateTime<Utc>,
    /// Its files.
    pub distributions: Vec<Distribution>,
}

/// A file of a dataset.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// In which form.
    pub format: ExportFormat,
    /// Where it is.
    pub address: String,
    /// How long it is, where that is known.
    pub bytes: Option<u64>,
    /// SHA-256 of it, in hexadecimal digits.
    pub sha256: Option<String>,
}
