//! Rules of datasets.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{DataClass, DatasetAccess, Frequency, ProtectionMethod, ScopeArea, dataset, field_of_work, region};
use kernel::error::{ApiError, ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::text;
use serde_json::{Value, json};
use store::scopes::{Audience, ensure};
use store::{Session, Unique, WriteError, Writer, full};
use tabular::licence::Licence;
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork, at_version, stale};
use crate::rights::{self, Operation};

const TITLE: Unique = Unique { name: "dataset_title_key", columns: "dataset.tenant_id, dataset.title" };
/// The least counts that may be chosen.
const MIN_COUNTS: std::ops::RangeInclusive<i32> = 3..=100;
/// The bases of rounding.
const BASES: [i32; 2] = [3, 5];

/// What a dataset says about itself.
#[derive(Clone, Debug)]
pub struct DatasetMetadata {
    /// Title, unique in the authority.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// Whom to ask.
    pub contact_name: Option<String>,
    /// Their address.
    pub contact_email: Option<String>,
    /// Their page.
    pub contact_url: Option<String>,
    /// Code of the licence.
    pub licence: Option<String>,
    /// How its source is to be named.
    pub attribution: Option<String>,
    /// Who collected the figures.
    pub collector: Option<String>,
    /// Where they come from.
    pub source: Option<String>,
    /// Its address.
    pub source_url: Option<String>,
    /// How they were collected.
    pub method: Option<String>,
    /// What they were worked out from.
    pub derived_from: Option<String>,
    /// Official key of the region that it covers.
    pub region: Option<String>,
    /// First day that it covers.
    pub covers_from: Option<NaiveDate>,
    /// Last day that it covers.
    pub covers_until: Option<NaiveDate>,
    /// How often there is a new version.
    pub frequency: Option<Frequency>,
    /// Its page elsewhere.
    pub landing_page: Option<String>,
    /// Language of titles and texts.
    pub language: String,
    /// What it is for.
    pub purpose: Option<String>,
    /// By what law.
    pub legal_basis: Option<String>,
    /// Until when it is kept.
    pub retention_until: Option<NaiveDate>,
}

/// How figures are protected when they leave the authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtectionSettings {
    /// What is done.
    pub method: ProtectionMethod,
    /// The least count, or the base of rounding; the usual one where left out.
    pub parameter: Option<i32>,
    /// The dimensions that may leave.
    pub dimensions: Vec<String>,
    /// Where the figures are public already; needed to be exempt.
    pub exempt_source: Option<String>,
}

/// A dataset to make.
#[derive(Clone, Debug)]
pub struct NewDataset {
    /// The owner.
    pub tenant: Uuid,
    /// Field of work.
    pub field: Option<Uuid>,
    /// What kind of data it holds.
    pub class: DataClass,
    /// What it says about itself.
    pub about: DatasetMetadata,
    /// How it is protected.
    pub protection: ProtectionSettings,
}

/// Makes a dataset.
pub async fn create(op: &Op, new: NewDataset, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "datasetCreate").await?;
    let session = mutation.session();
    let (grant, _) = rights::create_in::<dataset::Entity>(session, new.tenant, new.field).await?;
    let mut problems = Problems::default();
    if let Some(field) = new.field
        && session.get::<field_of_work::Entity>(field).await?.is_none()
    {
        problems.add(Problem::not_found("fieldOfWork"));
    }
    let about = checked(session, new.about, &mut problems).await?;
    let protection = problems.take(checked_protection(new.protection))?;
    problems.done()?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let scope = ensure(&writer, &Audience::private(new.tenant, ScopeArea::Datasets, new.field)).await?;
    let mut row = dataset::Model {
        id,
        tenant_id: new.tenant,
        scope_id: scope,
        field_of_work_id: new.field,
        title: String::new(),
        description: None,
        search_text: String::new(),
        access: DatasetAccess::Internal,
        data_class: new.class,
        protection_method: ProtectionMethod::MinimumCount,
        protection_parameter: None,
        protection_dimensions: json!([]),
        protection_fixed_at: None,
        exempt_source: None,
        profile: None,
        keywords: json!([]),
        contact_name: None,
        contact_email: None,
        contact_url: None,
        licence: None,
        attribution: None,
        collector: None,
        source: None,
        source_url: None,
        method: None,
        derived_from: None,
        region: None,
        covers_from: None,
        covers_until: None,
        frequency: None,
        landing_page: None,
        language: String::new(),
        purpose: None,
        legal_basis: None,
        retention_until: None,
        published_at: None,
        withdrawn_at: None,
        withdrawn_reason: None,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    set_metadata(&mut row, about);
    if let Some(protection) = protection {
        protect(&mut row, protection);
    }
    match writer.insert_unique(full(row.clone()), TITLE).await {
        Ok(()) => {}
        Err(error) => return Err(title_taken(error, &row.title)),
    }
    let recorded = mutation.record(&writer, change_record(&row, "dataset.created", None)).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Changes what a dataset says, and how it is protected.
pub async fn update(
    op: &Op,
    id: Uuid,
    version: i32,
    change: impl FnOnce(&mut DatasetMetadata) + Send,
    wish: Option<ProtectionSettings>,
) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "datasetUpdate").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<dataset::Entity>(session, id, Operation::Update, "id").await?;
    let mut row = (*before).clone();
    let mut problems = Problems::default();
    let mut about = about(&before);
    change(&mut about);
    let about = checked(session, about, &mut problems).await?;
    if let Some(wish) = wish
        && let Some(wish) = problems.take(checked_protection(wish))?
    {
        let now = protection(&before);
        // Two ways of hiding the same figures would tell more than each alone; and while others read the exact ones,
        // saying that they are protected would be no more than words.
        let fixed = before.protection_fixed_at.is_some() || before.access != DatasetAccess::Internal;
        if wish != now && fixed {
            problems.add(Problem::at(UserErrorCode::Disclosure, "protection", Text::new("protection-is-fixed")));
        }
        protect(&mut row, wish);
    }
    problems.done()?;
    let writer = session.writer(&grant).await?;
    set_metadata(&mut row, about);
    row.version = version.saturating_add(1);
    row.updated_at = writer.now();
    save(&writer, &row, version).await?;
    let recorded = mutation.record(&writer, change_record(&row, "dataset.updated", Some(&before))).await?;
    mutation.commit(recorded).await
}

/// Writes a dataset that was read at `version`.
///
/// # Errors
/// `STALE_VERSION`, or `NOT_UNIQUE` on the title.
pub async fn save(writer: &Writer<'_>, row: &dataset::Model, version: i32) -> ApiResult<()> {
    let here = at_version(dataset::Column::Id, row.id, dataset::Column::Version, version);
    match writer.change_unique::<dataset::Entity, _>(here, full(row.clone()), TITLE).await {
        Ok(0) => Err(stale(version)),
        Ok(_) => Ok(()),
        Err(error) => Err(title_taken(error, &row.title)),
    }
}

fn title_taken(error: WriteError, title: &str) -> ApiError {
    match error {
        WriteError::Taken => {
            Problem::at(UserErrorCode::NotUnique, "title", Text::new("taken").with("value", title)).into()
        }
        WriteError::Failed(error) => error,
    }
}

/// What a dataset says about itself now.
fn about(row: &dataset::Model) -> DatasetMetadata {
    let row = row.clone();
    DatasetMetadata {
        title: row.title,
        description: row.description,
        keywords: string_list(&row.keywords),
        contact_name: row.contact_name,
        contact_email: row.contact_email,
        contact_url: row.contact_url,
        licence: row.licence,
        attribution: row.attribution,
        collector: row.collector,
        source: row.source,
        source_url: row.source_url,
        method: row.method,
        derived_from: row.derived_from,
        region: row.region,
        covers_from: row.covers_from,
        covers_until: row.covers_until,
        frequency: row.frequency,
        landing_page: row.landing_page,
        language: row.language,
        purpose: row.purpose,
        legal_basis: row.legal_basis,
        retention_until: row.retention_until,
    }
}

/// A stored list of words.
pub fn string_list(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

fn set_metadata(row: &mut dataset::Model, about: DatasetMetadata) {
    let found_by = [Some(&about.title), about.description.as_ref(), about.source.as_ref(), about.collector.as_ref()];
    let found_by: Vec<_> = found_by.into_iter().flatten().chain(&about.keywords).map(|it| text::fold(it)).collect();
    row.search_text = found_by.join("\n");
    row.title = about.title;
    row.description = about.description;
    row.keywords = json!(about.keywords);
    row.contact_name = about.contact_name;
    row.contact_email = about.contact_email;
    row.contact_url = about.contact_url;
    row.licence = about.licence;
    row.attribution = about.attribution;
    row.collector = about.collector;
    row.source = about.source;
    row.source_url = about.source_url;
    row.method = about.method;
    row.derived_from = about.derived_from;
    row.region = about.region;
    row.covers_from = about.covers_from;
    row.covers_until = about.covers_until;
    row.frequency = about.frequency;
    row.landing_page = about.landing_page;
    row.language = about.language;
    row.purpose = about.purpose;
    row.legal_basis = about.legal_basis;
    row.retention_until = about.retention_until;
}

async fn checked(session: &Session, about: DatasetMetadata, problems: &mut Problems) -> ApiResult<DatasetMetadata> {
    let mut optional = |value, field, max| problems.take(text::optional(value, field, max)).map(Option::flatten);
    let mut about = DatasetMetadata {
        description: optional(about.description, "description", 4_000)?,
        contact_name: optional(about.contact_name, "contact.name", 200)?,
        contact_email: optional(about.contact_email, "contact.email", 200)?,
        attribution: optional(about.attribution, "attribution", 1_000)?,
        collector: optional(about.collector, "provenance.collector", 200)?,
        source: optional(about.source, "provenance.source", 500)?,
        method: optional(about.method, "provenance.method", 4_000)?,
        derived_from: optional(about.derived_from, "provenance.derivedFrom", 1_000)?,
        purpose: optional(about.purpose, "purpose", 1_000)?,
        legal_basis: optional(about.legal_basis, "legalBasis", 1_000)?,
        ..about
    };
    about.title = problems.take(text::line(&about.title, "title", 200))?.unwrap_or_default();
    for (address, field) in [
        (&mut about.contact_url, "contact.url"),
        (&mut about.source_url, "provenance.sourceUrl"),
        (&mut about.landing_page, "landingPage"),
    ] {
        *address = problems.take(text::web_address(address.take(), field))?.flatten();
    }
    let mut keywords = Vec::new();
    for keyword in &about.keywords {
        keywords.extend(problems.take(text::line(keyword, "keywords", 60))?);
    }
    keywords.dedup();
    about.keywords = keywords;
    if let Some(address) = &about.contact_email
        && !is_address(address)
    {
        let text = Text::new("no-email").with("value", address);
        problems.add(Problem::at(UserErrorCode::Invalid, "contact.email", text));
    }
    match about.licence.as_deref().map(|it| (it, Licence::of(it))) {
        Some((code, None)) => {
            let known: Vec<_> = Licence::ALL.iter().map(|it| it.code()).collect();
            let text = Text::new("no-licence").with("value", code).with("known", known.join(", "));
            problems.add(Problem::at(UserErrorCode::Invalid, "licence", text));
        }
        Some((_, Some(licence))) if licence.needs_attribution() && about.attribution.is_none() => {
            problems.add(Problem::at(UserErrorCode::Required, "attribution", Text::new("licence-needs-attribution")));
        }
        Some(_) | None => {}
    }
    if let Some(ags) = &about.region
        && session.get::<region::Entity>(ags.clone()).await?.is_none()
        && !is_wide_region(ags)
    {
        problems.add(Problem::at(UserErrorCode::Invalid, "region", Text::new("no-region").with("value", ags)));
    }
    if let (Some(from), Some(until)) = (about.covers_from, about.covers_until)
        && from > until
    {
        let text = Text::new("ends-before-start").with("from", from).with("until", until);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "covers.until", text));
    }
    if !matches!(about.language.as_str(), "de" | "en") {
        let text = Text::new("no-language").with("value", &about.language);
        problems.add(Problem::at(UserErrorCode::Invalid, "language", text));
    }
    Ok(about)
}

/// Germany, a state or an administrative region: the list of regions begins with districts.
fn is_wide_region(ags: &str) -> bool {
    ags == "DG" || (matches!(ags.len(), 2 | 3) && ags.bytes().all(|it| it.is_ascii_digit()))
}

fn is_address(address: &str) -> bool {
    address.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !address.contains(char::is_whitespace)
    })
}

/// How a dataset is protected now.
fn protection(row: &dataset::Model) -> ProtectionSettings {
    ProtectionSettings {
        method: row.protection_method,
        parameter: row.protection_parameter,
        dimensions: string_list(&row.protection_dimensions),
        exempt_source: row.exempt_source.clone(),
    }
}

fn protect(row: &mut dataset::Model, protection: ProtectionSettings) {
    row.protection_method = protection.method;
    row.protection_parameter = protection.parameter;
    row.protection_dimensions = json!(protection.dimensions);
    row.exempt_source = protection.exempt_source;
}

fn checked_protection(wish: ProtectionSettings) -> ApiResult<ProtectionSettings> {
    let exempt_source = text::optional(wish.exempt_source, "protection.exemptSource", 500)?;
    let out_of = |value: i32, allowed: String| {
        let text = Text::new("none-of").with("value", value).with("allowed", allowed);
        ApiError::from(Problem::at(UserErrorCode::OutOfRange, "protection.parameter", text))
    };
    let parameter = match (wish.method, wish.parameter) {
        (ProtectionMethod::Exempt, _) if exempt_source.is_none() => {
            let text = Text::new("exempt-needs-source");
            return Err(Problem::at(UserErrorCode::Required, "protection.exemptSource", text).into());
        }
        (ProtectionMethod::Exempt, _) => None,
        (ProtectionMethod::Rounding, parameter) => {
            let base = parameter.unwrap_or(5);
            if !BASES.contains(&base) {
                return Err(out_of(base, "3, 5".to_owned()));
            }
            Some(base)
        }
        (ProtectionMethod::MinimumCount | ProtectionMethod::Suppression, parameter) => {
            let min = parameter.unwrap_or(3);
            if !MIN_COUNTS.contains(&min) {
                return Err(out_of(min, format!("{}–{}", MIN_COUNTS.start(), MIN_COUNTS.end())));
            }
            Some(min)
        }
    };
    Ok(ProtectionSettings { parameter, exempt_source, ..wish })
}

/// What happened to a dataset.
pub fn change_record(row: &dataset::Model, topic: &'static str, before: Option<&dataset::Model>) -> ChangeRecord {
    ChangeRecord {
        object_type: "Dataset",
        object_id: row.id,
        version: row.version,
        scope: row.scope_id,
        topic,
        parent: None,
        also: BTreeSet::new(),
        agreement: None,
        before: before.map(audit_snapshot),
        after: Some(audit_snapshot(row)),
    }
}

/// A dataset in the audit trail.
fn audit_snapshot(row: &dataset::Model) -> Value {
    json!({
        "title": row.title, "description": row.description, "fieldOfWork": row.field_of_work_id, "access": row.access,
        "dataClass": row.data_class, "protection": {
            "method": row.protection_method, "parameter": row.protection_parameter,
            "dimensions": row.protection_dimensions, "exemptSource": row.exempt_source,
        },
        "licence": row.licence, "purpose": row.purpose, "legalBasis": row.legal_basis,
        "retentionUntil": row.retention_until, "withdrawnReason": row.withdrawn_reason,
    })
}
