//! What the catalogue says of itself.

use std::net::SocketAddr;

use serde::Deserialize;

/// Section `catalogue`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueSettings {
    /// Address of this server from outside; empty = as requests name it.
    pub base_url: String,
    /// What it is called.
    pub title: String,
    /// What is in it.
    pub description: String,
    /// Who publishes it.
    pub publisher: String,
    /// The pages of the publisher; empty = none.
    pub publisher_url: String,
    /// Who delivers to GovData; empty = none.
    pub contributor_id: String,
    /// Datasets of a page.
    pub page_size: u64,
}

impl CatalogueSettings {
    /// Address of this server for what does not depend on who asks.
    pub fn address(&self, listen: SocketAddr) -> String {
        if self.base_url.is_empty() { format!("http://{listen}") } else { self.base_url.clone() }
    }

    /// Address of this server for whoever named it so.
    pub fn address_for(&self, host: Option<&str>) -> String {
        let is_host =
            |it: &&str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || b".-:[]".contains(&it));
        match host.filter(is_host) {
            Some(host) if self.base_url.is_empty() => format!("http://{host}"),
            _ if self.base_url.is_empty() => "http://localhost".to_owned(),
            _ => self.base_url.clone(),
        }
    }

    /// What is wrong with it, for the operator.
    pub fn problems(&self) -> Vec<String> {
        let is_address = |it: &str| {
            let url = reqwest::Url::parse(it).ok();
            url.is_some_and(|it| {
                matches!(it.scheme(), "http" | "https") && it.query().is_none() && it.fragment().is_none()
            })
        };
        let mut problems = Vec::new();
        for (key, value) in [("base_url", &self.base_url), ("publisher_url", &self.publisher_url)] {
            if !(value.is_empty() || is_address(value)) {
                problems.push(format!("catalogue.{key} is {value:?}, must be an address of HTTP, or empty"));
            }
        }
        if self.base_url.ends_with('/') {
            problems.push(format!("catalogue.base_url is {:?}, must not end with a slash", self.base_url));
        }
        let contributor = &self.contributor_id;
        if !(contributor.is_empty() || contributor.starts_with("http://dcat-ap.de/def/contributors/")) {
            problems.push(format!(
                "catalogue.contributor_id is {contributor:?}, must begin with http://dcat-ap.de/def/contributors/, or be empty"
            ));
        }
        for (key, value) in [("title", &self.title), ("description", &self.description), ("publisher", &self.publisher)]
        {
            if value.trim().is_empty() {
                problems.push(format!("catalogue.{key} must not be empty"));
            }
        }
        problems
    }
}
