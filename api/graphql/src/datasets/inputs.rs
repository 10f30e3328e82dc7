//! Inputs of mutations of datasets.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::datasets::metadata::DatasetMetadata;
use domain::datasets::service::{NewDataset, ProtectionSettings};
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;
use kernel::patch::Patch;

use crate::datasets::enums::{DataClass, Frequency, ProtectionMethod};
use crate::patch::{PatchField, optional_id};
use crate::scalars::Date;

/// Contact point for questions about a dataset. Sharing and release require an e-mail address or a web page.
#[derive(InputObject, Default)]
pub struct DatasetContactInput {
    /// Name of an office or a person, at most 200 characters.
    name: Option<String>,
    /// E-mail address, at most 200 characters.
    email: Option<String>,
    /// Address of a web page, `http` or `https`, at most 2,000 characters.
    url: Option<String>,
}

/// Provenance of the data of a dataset.
#[derive(InputObject, Default)]
pub struct ProvenanceInput {
    /// Body that collected the data, at most 200 characters.
    collector: Option<String>,
    /// System or publication that the data come from, at most 500 characters.
    source: Option<String>,
    /// Web address of the source, `http` or `https`, at most 2,000 characters.
    source_url: Option<String>,
    /// Method of collection, at most 4,000 characters.
    method: Option<String>,
    /// Data from which these data were derived, at most 1,000 characters.
    derived_from: Option<String>,
}

/// Period of time covered by a dataset.
#[derive(InputObject, Default)]
pub struct CoverageInput {
    /// First day covered.
    first_day: Option<Date>,
    /// Last day covered, not before the first.
    last_day: Option<Date>,
}

/// Statistical disclosure control applied to data that leave the owning authority.
#[derive(InputObject)]
pub struct DatasetProtectionInput {
    /// Method of disclosure control.
    method: ProtectionMethod,
    /// Minimum frequency, 3 to 100, by default 3 (`MINIMUM_COUNT`, `SUPPRESSION`), or rounding base, 3 or 5, by default
    /// 5 (`ROUNDING`). Ignored for `EXEMPT`.
    parameter: Option<i32>,
    /// Names of the dimensions that may leave the owning authority; the data are summed over all others.
    #[graphql(default)]
    dimensions: Vec<String>,
    /// Publication in which the data are already public, at most 500 characters. Required for `EXEMPT`.
    exempt_source: Option<String>,
}

impl From<DatasetProtectionInput> for ProtectionSettings {
    fn from(it: DatasetProtectionInput) -> Self {
        Self {
            method: it.method.into(),
            parameter: it.parameter,
            dimensions: it.dimensions,
            exempt_source: it.exempt_source,
        }
    }
}

/// Values of a new dataset. Its access is `INTERNAL`.
#[derive(InputObject)]
pub struct DatasetCreateInput {
    /// Owning authority.
    tenant: ID,
    /// Field of work, fixed at creation; left out = general.
    field_of_work: Option<ID>,
    /// Class of the data under data protection, fixed at creation.
    #[graphql(default_with = "DataClass::Aggregated")]
    data_class: DataClass,
    /// Title, unique among the datasets of the authority that the viewer sees, at most 200 characters.
    title: String,
    /// Description of the content, at most 4,000 characters. Required for a release.
    description: Option<String>,
    /// Keywords for the search, each at most 60 characters.
    #[graphql(default)]
    keywords: Vec<String>,
    /// Contact point.
    contact: Option<DatasetContactInput>,
    /// Code of a licence in the list of DCAT-AP.de: `dl-zero-de/2.0`, `dl-by-de/2.0`, `cc-zero`, `cc-by/4.0`,
    /// `cc-by-sa/4.0` or `odbl`. Required for a release.
    licence: Option<String>,
    /// Text with which users must name the source, at most 1,000 characters. Required by all licences except
    /// `dl-zero-de/2.0` and `cc-zero`.
    attribution: Option<String>,
    /// Provenance of the data.
    provenance: Option<ProvenanceInput>,
    /// Official key (AGS) of the region covered, or `DG` for Germany.
    region: Option<String>,
    /// Period of time covered.
    covers: Option<CoverageInput>,
    /// Frequency of new versions.
    frequency: Option<Frequency>,
    /// Address of a web page about the dataset outside this service, `http` or `https`, at most 2,000 characters.
    landing_page: Option<String>,
    /// Language of title and texts: `de` or `en`.
    #[graphql(default_with = "\"de\".to_owned()")]
    language: String,
    /// Purpose for which the data are processed, at most 1,000 characters. Required for sharing and release.
    purpose: Option<String>,
    /// Legal basis of the processing, at most 1,000 characters. Required for sharing and release.
    legal_basis: Option<String>,
    /// Last day of the retention period.
    retention_until: Option<Date>,
    /// Disclosure control applied to data that leave the owning authority; left out = `MINIMUM_COUNT` with a minimum
    /// frequency of 3 and without dimensions.
    protection: Option<DatasetProtectionInput>,
    /// Idempotency key, at most 128 bytes. Repeating the call with the same key and input returns the first result and
    /// changes nothing.
    pub idempotency_key: Option<String>,
}

impl DatasetCreateInput {
    /// Values of the new dataset.
    ///
    /// # Errors
    /// An id is none of the expected type.
    pub fn into_new(self) -> ApiResult<NewDataset> {
        let (tenant, field) = all((
            NodeType::Tenant.parse(&self.tenant, "tenant"),
            optional_id(self.field_of_work.as_ref(), NodeType::FieldOfWork, "fieldOfWork"),
        ))?;
        let contact = self.contact.unwrap_or_default();
        let provenance = self.provenance.unwrap_or_default();
        let covers = self.covers.unwrap_or_default();
        let usual = ProtectionSettings {
            method: entities::ProtectionMethod::MinimumCount,
            parameter: None,
            dimensions: Vec::new(),
            exempt_source: None,
        };
        Ok(NewDataset {
            tenant,
            field,
            class: self.data_class.into(),
            about: DatasetMetadata {
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
                covers_from: covers.first_day.map(|it| it.0),
                covers_until: covers.last_day.map(|it| it.0),
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

/// Changes to a dataset. Fields left out keep their values; null clears optional ones; nested objects replace the
/// former ones as a whole.
#[derive(InputObject)]
pub struct DatasetUpdateInput {
    /// Dataset to change.
    pub id: ID,
    /// Version number of the dataset as last read by the client; an outdated one fails with `STALE_VERSION`.
    pub version: i32,
    /// Title, unique among the datasets of the authority that the viewer sees, at most 200 characters.
    title: MaybeUndefined<String>,
    /// Description of the content, at most 4,000 characters. Required for a release.
    description: MaybeUndefined<String>,
    /// Keywords for the search, each at most 60 characters.
    keywords: MaybeUndefined<Vec<String>>,
    /// Contact point.
    contact: MaybeUndefined<DatasetContactInput>,
    /// Code of a licence in the list of DCAT-AP.de: `dl-zero-de/2.0`, `dl-by-de/2.0`, `cc-zero`, `cc-by/4.0`,
    /// `cc-by-sa/4.0` or `odbl`. Required for a release.
    licence: MaybeUndefined<String>,
    /// Text with which users must name the source, at most 1,000 characters. Required by all licences except
    /// `dl-zero-de/2.0` and `cc-zero`.
    attribution: MaybeUndefined<String>,
    /// Provenance of the data.
    provenance: MaybeUndefined<ProvenanceInput>,
    /// Official key (AGS) of the region covered, or `DG` for Germany.
    region: MaybeUndefined<String>,
    /// Period of time covered.
    covers: MaybeUndefined<CoverageInput>,
    /// Frequency of new versions.
    frequency: MaybeUndefined<Frequency>,
    /// Address of a web page about the dataset outside this service, `http` or `https`, at most 2,000 characters.
    landing_page: MaybeUndefined<String>,
    /// Language of title and texts: `de` or `en`.
    language: MaybeUndefined<String>,
    /// Purpose for which the data are processed, at most 1,000 characters. Required for sharing and release.
    purpose: MaybeUndefined<String>,
    /// Legal basis of the processing, at most 1,000 characters. Required for sharing and release.
    legal_basis: MaybeUndefined<String>,
    /// Last day of the retention period.
    retention_until: MaybeUndefined<Date>,
    /// Disclosure control applied to data that leave the owning authority. Changing it fails with `DISCLOSURE` while
    /// access is not `INTERNAL`, and for good once `Dataset.protection.fixedAt` is set.
    protection: MaybeUndefined<DatasetProtectionInput>,
}

impl DatasetUpdateInput {
    /// Change of the metadata, and that of the disclosure control.
    ///
    /// # Errors
    /// Null for a value that there always is: `REQUIRED`.
    pub fn patch(
        self,
    ) -> ApiResult<(impl FnOnce(DatasetMetadata) -> DatasetMetadata + Send + use<>, Patch<ProtectionSettings>)> {
        let (title, language, protection) = all((
            self.title.required("title"),
            self.language.required("language"),
            self.protection.required("protection"),
        ))?;
        let contact = self.contact.defaulted().map(|it| (it.name, it.email, it.url));
        let provenance = self.provenance.defaulted();
        let provenance = provenance.map(|it| (it.collector, it.source, it.source_url, it.method, it.derived_from));
        let covers = self.covers.defaulted().map(|it| (it.first_day.map(|it| it.0), it.last_day.map(|it| it.0)));
        let patch = move |it: DatasetMetadata| {
            let (contact_name, contact_email, contact_url) =
                contact.or((it.contact_name, it.contact_email, it.contact_url));
            let (collector, source, source_url, method, derived_from) =
                provenance.or((it.collector, it.source, it.source_url, it.method, it.derived_from));
            let (covers_from, covers_until) = covers.or((it.covers_from, it.covers_until));
            DatasetMetadata {
                title: title.or(it.title),
                description: self.description.clearable().or(it.description),
                keywords: self.keywords.defaulted().or(it.keywords),
                contact_name,
                contact_email,
                contact_url,
                licence: self.licence.clearable().or(it.licence),
                attribution: self.attribution.clearable().or(it.attribution),
                collector,
                source,
                source_url,
                method,
                derived_from,
                region: self.region.clearable().or(it.region),
                covers_from,
                covers_until,
                frequency: self.frequency.clearable().map(|it| it.map(Into::into)).or(it.frequency),
                landing_page: self.landing_page.clearable().or(it.landing_page),
                language: language.or(it.language),
                purpose: self.purpose.clearable().or(it.purpose),
                legal_basis: self.legal_basis.clearable().or(it.legal_basis),
                retention_until: self.retention_until.clearable().map(|it| it.map(|it| it.0)).or(it.retention_until),
            }
        };
        Ok((patch, protection.map(Into::into)))
    }
}

/// Dataset version to publish.
#[derive(InputObject)]
pub struct DatasetVersionPublishInput {
    /// Dataset version in the state `DRAFT`.
    pub id: ID,
    /// Version number of the record (`DatasetVersion.version`) as last read by the client; an outdated one fails with
    /// `STALE_VERSION`.
    pub version: i32,
}

/// Dataset version to withdraw.
#[derive(InputObject)]
pub struct DatasetVersionWithdrawInput {
    /// Dataset version in the state `PUBLISHED`.
    pub id: ID,
    /// Version number of the record (`DatasetVersion.version`) as last read by the client; an outdated one fails with
    /// `STALE_VERSION`.
    pub version: i32,
    /// Reason for the withdrawal, at most 1,000 characters.
    pub reason: String,
}
