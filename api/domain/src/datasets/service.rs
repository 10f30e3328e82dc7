//! Rules of datasets.

use entities::{DataClass, DatasetAccess, ProtectionMethod, ScopeArea, dataset, field_of_work};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::patch::Patch;
use kernel::text;
use serde_json::{Value, json};
use store::scopes::{Audience, ensure};
use store::{Session, Unique, Writer, full};
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, check_free, save_unique, touch};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::datasets::metadata::DatasetMetadata;
use crate::rights::{self, Operation};

const TITLE: Unique = Unique { name: "dataset_title_key", columns: "index 'dataset_title_key'" };
/// Minimum frequencies that may be chosen.
const MIN_COUNTS: std::ops::RangeInclusive<i32> = 3..=100;
/// Rounding bases that may be chosen.
const BASES: [i32; 2] = [3, 5];

/// Disclosure control applied to data that leave the authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtectionSettings {
    /// Method.
    pub method: ProtectionMethod,
    /// Minimum frequency or rounding base; none = the default of the method.
    pub parameter: Option<i32>,
    /// Dimensions that may leave the authority.
    pub dimensions: Vec<String>,
    /// Publication in which the data are already public; required for `EXEMPT`.
    pub exempt_source: Option<String>,
}

/// Values of a new dataset.
#[derive(Clone, Debug)]
pub struct NewDataset {
    /// Owning authority.
    pub tenant: Uuid,
    /// Field of work.
    pub field: Option<Uuid>,
    /// Class of the data under data protection.
    pub class: DataClass,
    /// Metadata.
    pub about: DatasetMetadata,
    /// Disclosure control.
    pub protection: ProtectionSettings,
}

/// Creates a dataset.
pub async fn create(op: &Op, new: NewDataset, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "datasetCreate").await?;
    let session = mutation.session();
    let (grant, _) = rights::create_in::<dataset::Entity>(session, new.tenant, new.field).await?;
    let ((), about, protection) = all((
        check_field(session, new.field).await,
        new.about.checked(session).await,
        checked_protection(new.protection),
    ))?;
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
    about.store_in(&mut row);
    protect(&mut row, protection);
    check_title(&writer, &row).await?;
    match writer.insert_unique(full(row.clone()), TITLE).await {
        Ok(()) => {}
        Err(error) => return Err(error.taken("title", &row.title)),
    }
    let recorded = mutation.record(&writer, row.change_record("dataset.created", None)).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Changes metadata and disclosure control of a dataset.
pub async fn update(
    op: &Op,
    id: Uuid,
    version: i32,
    patch: impl FnOnce(DatasetMetadata) -> DatasetMetadata + Send,
    protection: Patch<ProtectionSettings>,
) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "datasetUpdate").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<dataset::Entity>(session, id, Operation::Update, "id").await?;
    let (about, protection) = all((
        patch(DatasetMetadata::of(&before)).checked(session).await,
        protection.try_map(|it| changed_protection(&before, it)),
    ))?;
    let writer = session.writer(&grant).await?;
    let mut row = (*before).clone();
    about.store_in(&mut row);
    if let Patch::Set(protection) = protection {
        protect(&mut row, protection);
    }
    if row.title != before.title {
        check_title(&writer, &row).await?;
    }
    save(&writer, &mut row, version).await?;
    let recorded = mutation.record(&writer, row.change_record("dataset.updated", Some(&before))).await?;
    mutation.commit(recorded).await
}

/// Refuses the title of another dataset in sight.
async fn check_title(writer: &Writer<'_>, row: &dataset::Model) -> ApiResult<()> {
    let (id, title) = ((dataset::Column::Id, row.id), (dataset::Column::Title, row.title.as_str()));
    check_free::<dataset::Entity>(writer, id, title, "title").await
}

/// Writes a dataset that was read at `version`.
///
/// # Errors
/// `STALE_VERSION`, or `NOT_UNIQUE` on the title.
pub async fn save(writer: &Writer<'_>, row: &mut dataset::Model, version: i32) -> ApiResult<()> {
    touch(writer, row, version)?;
    save_unique::<dataset::Entity>(writer, full(row.clone()), version, TITLE, ("title", &row.title)).await
}

/// Texts of a stored list.
pub fn string_list(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

async fn check_field(session: &Session, field: Option<Uuid>) -> ApiResult<()> {
    if let Some(field) = field
        && session.get::<field_of_work::Entity>(field).await?.is_none()
    {
        return Err(Problem::not_found("fieldOfWork").into());
    }
    Ok(())
}

/// Current disclosure control of a dataset.
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

fn changed_protection(before: &dataset::Model, new: ProtectionSettings) -> ApiResult<ProtectionSettings> {
    let new = checked_protection(new)?;
    // Two ways of hiding the same figures would tell more than each alone; and while others read the exact ones, saying
    // that they are protected would be untrue.
    let fixed = before.protection_fixed_at.is_some() || before.access != DatasetAccess::Internal;
    if fixed && new != protection(before) {
        return Err(Problem::at(UserErrorCode::Disclosure, "protection", Text::new("protection-is-fixed")).into());
    }
    Ok(new)
}

fn checked_protection(new: ProtectionSettings) -> ApiResult<ProtectionSettings> {
    let exempt_source = text::optional(new.exempt_source, "protection.exemptSource", 500)?;
    let out_of = |value: i32, allowed: String| {
        let text = Text::new("none-of").with("value", value).with("allowed", allowed);
        ApiError::from(Problem::at(UserErrorCode::OutOfRange, "protection.parameter", text))
    };
    let parameter = match (new.method, new.parameter) {
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
    Ok(ProtectionSettings { parameter, exempt_source, ..new })
}

impl Audited for dataset::Model {
    const TYPE: &'static str = "Dataset";

    fn audit_head(&self) -> AuditHead {
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        json!({
            "title": self.title, "description": self.description, "fieldOfWork": self.field_of_work_id,
            "access": self.access, "dataClass": self.data_class, "protection": {
                "method": self.protection_method, "parameter": self.protection_parameter,
                "dimensions": self.protection_dimensions, "exemptSource": self.exempt_source,
            },
            "licence": self.licence, "purpose": self.purpose, "legalBasis": self.legal_basis,
            "retentionUntil": self.retention_until, "withdrawnReason": self.withdrawn_reason,
        })
    }
}
