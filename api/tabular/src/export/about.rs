//! What is said about a table in its files.

use chrono::{DateTime, NaiveDate, Utc};

use crate::licence::Licence;

/// A version of a dataset, and whose it is.
#[derive(Clone, Debug)]
pub struct ExportMetadata {
    /// Its id.
    pub id: String,
    /// Where it is described.
    pub url: String,
    /// What it is called.
    pub title: String,
    /// What it is.
    pub description: Option<String>,
    /// `2.1`
    pub version: String,
    /// Language of titles and descriptions: `de`.
    pub language: String,
    /// What it is found by.
    pub keywords: Vec<String>,
    /// Whose it is.
    pub publisher: String,
    /// Who answers questions, and where.
    pub contact_name: Option<String>,
    /// Address for questions.
    pub contact_email: Option<String>,
    /// What may be done with it.
    pub licence: Option<Licence>,
    /// How its source is to be named.
    pub attribution: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// The page of the source.
    pub source_url: Option<String>,
    /// The day that the figures are of.
    pub reference_date: Option<NaiveDate>,
    /// When this version was published.
    pub published_at: Option<DateTime<Utc>>,
    /// How small numbers were protected in it.
    pub protection: Option<String>,
}

impl ExportMetadata {
    /// Name of the file with the rows, without its path: the version and a suffix.
    pub fn file(&self, suffix: &str) -> String {
        format!("{}.{suffix}", self.version)
    }
}
