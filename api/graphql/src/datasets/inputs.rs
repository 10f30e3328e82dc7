//! Inputs of mutations of datasets.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::datasets::service::{About, DatasetWish, Protection};
use kernel::error::{ApiResult, Problems};
use kernel::global_id::NodeType;

use crate::calendars::entry_input::{optional, required};
use crate::datasets::enums::{DataClass, Frequency, ProtectionMethod};
use crate::scalars::Date;

/// Whom to ask about a dataset.
#[derive(InputObject, Default)]
pub struct DatasetContactInput {
    /// Name of an office, or of a person.
    name: Option<String>,
    /// E-mail address.
    email: Option<String>,
    /// Page.
    url: Option<String>,
}

/// Where the figures of a dataset come from.
#[derive(InputObject, Default)]
pub struct ProvenanceInput {
    /// Who collected them.
    collector: Option<String>,
    /// The system or publication that they are from.
    source: Option<String>,
    /// Its address.
    source_url: Option<String>,
    /// How they were collected.
    method: Option<String>,
    /// What they were worked out from.
    derived_from: Option<String>,
}

/// The time that a dataset covers.
#[derive(InputObject, Default)]
pub struct CoverageInput {
    /// First day.
    from: Option<Date>,
    /// Last day.
    until: Option<Date>,
}

/// How figures are protected when they leave the authority.
#[derive(InputObject)]
pub struct DatasetProtectionInput {
    /// What is done to them.
    method: ProtectionMethod,
    /// The least count (3 to 100, else 3), or the base of rounding (5 or 3, else 5).
    parameter: Option<i32>,
    /// Names of the dimensions that may leave the authority.
    #[graphql(default)]
    dimensions: Vec<String>,
    /// Where figures that are exempt are public already.
    exempt_source: Option<String>,
}

impl From<DatasetProtectionInput> for Protection {
    fn from(it: DatasetProtectionInput) -> Self {
        Self {
            method: it.method.into(),
            parameter: it.parameter,
            dimensions: it.dimensions,
            exempt_source: it.exempt_source,
        }
    }
}

/// A dataset to make. It begins within the authority alone.
#[derive(InputObject)]
pub struct DatasetCreateInput {
    /// The owner, for which one acts.
    tenant: ID,
    /// Field of work, for good; left out = general.
    field_of_work: Option<ID>,
    /// What kind of data it holds, for good.
    #[graphql(default_with = "DataClass::Aggregated")]
    data_class: DataClass,
    /// Title, unique in the authority, at most 200 characters.
    title: String,
    /// What it is about.
    description: Option<String>,
    /// Words to find it by.
    #[graphql(default)]
    keywords: Vec<String>,
    /// Whom to ask.
    contact: Option<DatasetContactInput>,
    /// Code of the licence, as DCAT-AP.de lists them, such as `dl-by-de/2.0`.
    licence: Option<String>,
    /// How the source is to be named.
    attribution: Option<String>,
    /// Where the figures come from.
    provenance: Option<ProvenanceInput>,
    /// Official key of the region that it covers.
    region: Option<String>,
    /// The time that it covers.
    covers: Option<CoverageInput>,
    /// How often there is a new version.
    frequency: Option<Frequency>,
    /// Its page elsewhere.
    landing_page: Option<String>,
    /// Language of titles and texts, `de` or `en`.
    #[graphql(default_with = "\"de\".to_owned()")]
    language: String,
    /// What it is for.
    purpose: Option<String>,
    /// By what law.
    legal_basis: Option<String>,
    /// Until when it is kept.
    retention_until: Option<Date>,
    /// How figures are protected when they leave the authority; left out = counts below 3 are withheld.
    protection: Option<DatasetProtectionInput>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub idempotency_key: Option<String>,
}

impl DatasetCreateInput {
    /// What is wished for.
    ///
    /// # Errors
    /// An id is none.
    pub fn wish(self) -> ApiResult<DatasetWish> {
        let mut problems = Problems::default();
        let tenant = problems.take(NodeType::Tenant.parse(&self.tenant, "tenant"))?.unwrap_or_default();
        let field = self.field_of_work.map(|it| NodeType::FieldOfWork.parse(&it, "fieldOfWork")).transpose();
        let field = problems.take(field)?.flatten();
        problems.done()?;
        let contact = self.contact.unwrap_or_default();
        let provenance = self.provenance.unwrap_or_default();
        let covers = self.covers.unwrap_or_default();
        let usual = Protection {
            method: entities::ProtectionMethod::MinimumCount,
            parameter: None,
            dimensions: Vec::new(),
            exempt_source: None,
        };
        Ok(DatasetWish {
            tenant,
            field,
            class: self.data_class.into(),
            about: About {
                title: self.title,
                description: self.description,
                keywords: self.keywords,
                contact_name: contact.name,
                contact_email: contact.email,
                contact_url: contact.url,
                licence: self.licence,
                attribution: self.attribution,
                collector: provenance.collector,
                source: provenance.source,
                source_url: provenance.source_url,
                method: provenance.method,
                derived_from: provenance.derived_from,
                region: self.region,
                covers_from: covers.from.map(|it| it.0),
                covers_until: covers.until.map(|it| it.0),
                frequency: self.frequency.map(Into::into),
                landing_page: self.landing_page,
                language: self.language,
                purpose: self.purpose,
                legal_basis: self.legal_basis,
                retention_until: self.retention_until.map(|it| it.0),
            },
            protection: self.protection.map_or(usual, Into::into),
        })
    }
}

/// What shall change of a dataset. What is left out stays as it is; null clears what may be empty; an object within takes
/// the place of the one before.
#[derive(InputObject)]
pub struct DatasetUpdateInput {
    /// The dataset.
    pub id: ID,
    /// The version that the client saw.
    pub version: i32,
    /// Title.
    title: MaybeUndefined<String>,
    /// What it is about.
    description: MaybeUndefined<String>,
    /// Words to find it by.
    keywords: MaybeUndefined<Vec<String>>,
    /// Whom to ask.
    contact: MaybeUndefined<DatasetContactInput>,
    /// Code of the licence.
    licence: MaybeUndefined<String>,
    /// How the source is to be named.
    attribution: MaybeUndefined<String>,
    /// Where the figures come from.
    provenance: MaybeUndefined<ProvenanceInput>,
    /// Official key of the region that it covers.
    region: MaybeUndefined<String>,
    /// The time that it covers.
    covers: MaybeUndefined<CoverageInput>,
    /// How often there is a new version.
    frequency: MaybeUndefined<Frequency>,
    /// Its page elsewhere.
    landing_page: MaybeUndefined<String>,
    /// Language of titles and texts.
    language: MaybeUndefined<String>,
    /// What it is for.
    purpose: MaybeUndefined<String>,
    /// By what law.
    legal_basis: MaybeUndefined<String>,
    /// Until when it is kept.
    retention_until: MaybeUndefined<Date>,
    /// How figures are protected when they leave the authority. Cannot be changed once figures protected like this have been
    /// shared.
    protection: MaybeUndefined<DatasetProtectionInput>,
}

impl DatasetUpdateInput {
    /// What shall change, and how it shall be protected.
    pub fn change(self, problems: &mut Problems) -> (impl FnOnce(&mut About) + Send + use<>, Option<Protection>) {
        let title = required(self.title, "title", problems);
        let language = required(self.language, "language", problems);
        let protection = required(self.protection, "protection", problems).map(Into::into);
        let description = optional(self.description);
        let keywords = optional(self.keywords);
        let contact = optional(self.contact).map(Option::unwrap_or_default);
        let licence = optional(self.licence);
        let attribution = optional(self.attribution);
        let provenance = optional(self.provenance).map(Option::unwrap_or_default);
        let region = optional(self.region);
        let covers = optional(self.covers).map(Option::unwrap_or_default);
        let frequency = optional(self.frequency);
        let landing_page = optional(self.landing_page);
        let purpose = optional(self.purpose);
        let legal_basis = optional(self.legal_basis);
        let retention_until = optional(self.retention_until);
        let change = move |about: &mut About| {
            put(&mut about.title, title);
            put(&mut about.language, language);
            put(&mut about.description, description);
            put(&mut about.keywords, keywords.map(Option::unwrap_or_default));
            put(&mut about.licence, licence);
            put(&mut about.attribution, attribution);
            put(&mut about.region, region);
            put(&mut about.frequency, frequency.map(|it| it.map(Into::into)));
            put(&mut about.landing_page, landing_page);
            put(&mut about.purpose, purpose);
            put(&mut about.legal_basis, legal_basis);
            put(&mut about.retention_until, retention_until.map(|it| it.map(|it| it.0)));
            if let Some(it) = contact {
                (about.contact_name, about.contact_email, about.contact_url) = (it.name, it.email, it.url);
            }
            if let Some(it) = provenance {
                (about.collector, about.source, about.source_url) = (it.collector, it.source, it.source_url);
                (about.method, about.derived_from) = (it.method, it.derived_from);
            }
            if let Some(it) = covers {
                (about.covers_from, about.covers_until) = (it.from.map(|it| it.0), it.until.map(|it| it.0));
            }
        };
        (change, protection)
    }
}

/// Puts a new value in the place of another, if there is one.
fn put<T>(here: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *here = value;
    }
}

/// A draft to publish.
#[derive(InputObject)]
pub struct DatasetVersionPublishInput {
    /// The version of the dataset.
    pub id: ID,
    /// The version of the object that the client saw.
    pub version: i32,
}

/// A published version to take back.
#[derive(InputObject)]
pub struct DatasetVersionWithdrawInput {
    /// The version of the dataset.
    pub id: ID,
    /// The version of the object that the client saw.
    pub version: i32,
    /// Why.
    pub reason: String,
}
