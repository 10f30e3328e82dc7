//! Inputs of projects and their parts.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};

use crate::enums::{Audience, Confidentiality, Pillar};
use crate::money::Decimal;
use crate::projects::enums::{DocumentKind, MilestoneStatus, ProjectPhase, ProjectRole, TrafficLight, WorkStatus};
use crate::scalars::Date;

/// Values of a new project. Its phase is `IDEA`.
#[derive(InputObject)]
pub struct ProjectCreateInput {
    /// Lead authority, on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Title, unique among the projects of the authority that the viewer sees, at most 200 characters.
    pub(super) title: String,
    /// Summary for everybody to whom the project is visible, at most 10,000 characters.
    pub(super) summary: Option<String>,
    /// Cooperation agreement under which partners take part; the authority must be a party of it. Without one the
    /// project cannot have partners.
    pub(super) agreement: Option<ID>,
    /// Field of work; none = general.
    pub(super) field_of_work: Option<ID>,
    /// Visibility of the project beyond lead and partners: `INTERNAL` none, `PARTNER` as far as shares allow, `PUBLIC`
    /// the project without its parts to everybody.
    #[graphql(default_with = "Confidentiality::Internal")]
    pub(super) confidentiality: Confidentiality,
    /// Pillar of the education region.
    pub(super) pillar: Option<Pillar>,
    /// Audiences, from the closed set.
    pub(super) audiences: Option<Vec<Audience>>,
    /// Target groups in free text, at most 100 of at most 200 characters each.
    pub(super) target_groups: Option<Vec<String>>,
    /// Learning place of most activities; must be visible to the viewer.
    pub(super) place: Option<ID>,
    /// First day of the project.
    pub(super) starts_on: Option<Date>,
    /// Last day of the project; not before the first.
    pub(super) ends_on: Option<Date>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Changes to a project. Omitted fields keep their values; null clears an optional field.
#[derive(InputObject)]
pub struct ProjectUpdateInput {
    /// Project to change.
    pub(super) id: ID,
    /// Version of the project that the client last read; `STALE_VERSION` if it has changed since.
    pub(super) version: i32,
    /// Title, unique among the projects of the authority that the viewer sees, at most 200 characters.
    pub(super) title: MaybeUndefined<String>,
    /// Summary, at most 10,000 characters.
    pub(super) summary: MaybeUndefined<String>,
    /// Cooperation agreement; `CONFLICT` as soon as a partner has been invited.
    pub(super) agreement: MaybeUndefined<ID>,
    /// Field of work; null = general. `CONFLICT` as soon as a partner has been invited.
    pub(super) field_of_work: MaybeUndefined<ID>,
    /// Visibility of the project beyond lead and partners.
    pub(super) confidentiality: MaybeUndefined<Confidentiality>,
    /// Pillar of the education region.
    pub(super) pillar: MaybeUndefined<Pillar>,
    /// Audiences, from the closed set; replaces the previous ones.
    pub(super) audiences: MaybeUndefined<Vec<Audience>>,
    /// Target groups in free text, at most 100 of at most 200 characters each; replaces the previous ones.
    pub(super) target_groups: MaybeUndefined<Vec<String>>,
    /// Learning place of most activities; must be visible to the viewer.
    pub(super) place: MaybeUndefined<ID>,
    /// First day of the project.
    pub(super) starts_on: MaybeUndefined<Date>,
    /// Last day of the project; not before the first.
    pub(super) ends_on: MaybeUndefined<Date>,
}

/// Move of a project to another phase.
#[derive(InputObject)]
pub struct ProjectAdvanceInput {
    /// Project to move.
    pub(super) id: ID,
    /// Version of the project that the client last read; `STALE_VERSION` if it has changed since.
    pub(super) version: i32,
    /// Phase to enter, one of `Project.nextPhases`. `APPLIED` requires a funding that has been applied for or approved,
    /// `APPROVED` one that has been approved.
    pub(super) phase: ProjectPhase,
    /// Note on the step, at most 1,000 characters.
    pub(super) note: Option<String>,
}

/// Invitation of an authority as partner of a project.
#[derive(InputObject)]
pub struct ProjectPartnerAddInput {
    /// Project to which the authority is invited.
    pub(super) id: ID,
    /// Version of the project that the client last read; `STALE_VERSION` if it has changed since.
    pub(super) version: i32,
    /// Authority to invite; another party of the project's agreement.
    pub(super) partner: ID,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Acceptance of an invitation to a project.
#[derive(InputObject)]
pub struct ProjectPartnerAcceptInput {
    /// Project with the invitation.
    pub(super) id: ID,
    /// Invited authority, on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Version of the partnership (`ProjectPartner.version`) that the client last read; `STALE_VERSION` if it has
    /// changed since.
    pub(super) version: i32,
}

/// End of a partnership in a project.
#[derive(InputObject)]
pub struct ProjectPartnerRemoveInput {
    /// Project of the partnership.
    pub(super) id: ID,
    /// Partner authority whose partnership ends.
    pub(super) partner: ID,
    /// Authority on whose behalf the viewer acts: the lead or the partner.
    pub(super) tenant: ID,
    /// Version of the partnership (`ProjectPartner.version`) that the client last read; `STALE_VERSION` if it has
    /// changed since.
    pub(super) version: i32,
    /// Reason, at most 1,000 characters.
    pub(super) reason: String,
}

/// Values of a new member of a project team.
#[derive(InputObject)]
pub struct ProjectMemberAddInput {
    /// Project to which the member belongs.
    pub(super) project: ID,
    /// Party for which the person works; the viewer acts on its behalf.
    pub(super) tenant: ID,
    /// Name of the person, at most 200 characters.
    pub(super) name: String,
    /// Function of the person, at most 200 characters.
    pub(super) function: Option<String>,
    /// Role in the project.
    pub(super) role: ProjectRole,
    /// E-mail address, preferably of the function, at most 320 characters.
    pub(super) email: Option<String>,
    /// True if the person consents that the other parties see this record. Without consent only the own party sees it.
    #[graphql(default)]
    pub(super) consent: bool,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Removal of a member from a project team.
#[derive(InputObject)]
pub struct ProjectMemberRemoveInput {
    /// Member to remove.
    pub(super) id: ID,
}

/// Values of a new work package.
#[derive(InputObject)]
pub struct WorkPackageCreateInput {
    /// Project to which the work package belongs.
    pub(super) project: ID,
    /// Responsible party, on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Title, at most 200 characters.
    pub(super) title: String,
    /// Description of the work, at most 10,000 characters.
    pub(super) description: Option<String>,
    /// Progress.
    #[graphql(default_with = "WorkStatus::Planned")]
    pub(super) status: WorkStatus,
    /// First day of work.
    pub(super) starts_on: Option<Date>,
    /// Last day of work; not before the first.
    pub(super) ends_on: Option<Date>,
    /// Preceding work packages of the same project, at most 100.
    pub(super) after: Option<Vec<ID>>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Changes to a work package. Omitted fields keep their values; null clears an optional field.
#[derive(InputObject)]
pub struct WorkPackageUpdateInput {
    /// Work package to change.
    pub(super) id: ID,
    /// Version of the work package that the client last read; `STALE_VERSION` if it has changed since.
    pub(super) version: i32,
    /// Title, at most 200 characters.
    pub(super) title: MaybeUndefined<String>,
    /// Description of the work, at most 10,000 characters.
    pub(super) description: MaybeUndefined<String>,
    /// Progress.
    pub(super) status: MaybeUndefined<WorkStatus>,
    /// First day of work.
    pub(super) starts_on: MaybeUndefined<Date>,
    /// Last day of work; not before the first.
    pub(super) ends_on: MaybeUndefined<Date>,
    /// Preceding work packages of the same project, at most 100; replaces the previous ones. `CONFLICT` if the work
    /// package would precede itself.
    pub(super) after: MaybeUndefined<Vec<ID>>,
}

/// Values of a new milestone. Its status is `OPEN`.
#[derive(InputObject)]
pub struct MilestoneCreateInput {
    /// Project to which the milestone belongs.
    pub(super) project: ID,
    /// Responsible party, on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Title, at most 200 characters.
    pub(super) title: String,
    /// Due date.
    pub(super) due_on: Date,
    /// Work package of the same project to which the milestone belongs.
    pub(super) work_package: Option<ID>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Changes to a milestone. Omitted fields keep their values; null clears an optional field.
#[derive(InputObject)]
pub struct MilestoneUpdateInput {
    /// Milestone to change.
    pub(super) id: ID,
    /// Version of the milestone that the client last read; `STALE_VERSION` if it has changed since.
    pub(super) version: i32,
    /// Title, at most 200 characters.
    pub(super) title: MaybeUndefined<String>,
    /// Due date.
    pub(super) due_on: MaybeUndefined<Date>,
    /// Status.
    pub(super) status: MaybeUndefined<MilestoneStatus>,
    /// Day on which the milestone was reached; only with status `REACHED`. Default for a milestone just reached: today
    /// in the party's time zone.
    pub(super) reached_on: MaybeUndefined<Date>,
    /// Work package of the same project to which the milestone belongs.
    pub(super) work_package: MaybeUndefined<ID>,
}

/// Values of a new status report.
#[derive(InputObject)]
pub struct StatusReportCreateInput {
    /// Project of the report.
    pub(super) project: ID,
    /// Reporting party, on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Overall status.
    pub(super) light: TrafficLight,
    /// Text of the report, not empty, at most 10,000 characters.
    pub(super) text: String,
    /// First day of the reporting period.
    pub(super) period_from: Date,
    /// Last day of the reporting period; not before the first.
    pub(super) period_until: Date,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Values of a new project indicator.
#[derive(InputObject)]
pub struct ProjectIndicatorCreateInput {
    /// Project of the indicator.
    pub(super) project: ID,
    /// Responsible party, on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Code in the catalogue of indicators; none = an indicator of this project only.
    pub(super) code: Option<String>,
    /// Title: the quantity measured, at most 200 characters.
    pub(super) title: String,
    /// Unit of the values, at most 60 characters.
    pub(super) unit: Option<String>,
    /// Decimal places of the values, 0 to 6.
    #[graphql(default)]
    pub(super) decimals: i32,
    /// Baseline value.
    pub(super) baseline: Option<Decimal>,
    /// Day of the baseline value.
    pub(super) baseline_on: Option<Date>,
    /// Target value.
    pub(super) target: Decimal,
    /// Day by which the target should be reached.
    pub(super) target_on: Option<Date>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Changes to a project indicator. Omitted fields keep their values; null clears an optional field.
#[derive(InputObject)]
pub struct ProjectIndicatorUpdateInput {
    /// Project indicator to change.
    pub(super) id: ID,
    /// Version of the indicator that the client last read; `STALE_VERSION` if it has changed since.
    pub(super) version: i32,
    /// Baseline value.
    pub(super) baseline: MaybeUndefined<Decimal>,
    /// Day of the baseline value.
    pub(super) baseline_on: MaybeUndefined<Date>,
    /// Target value.
    pub(super) target: MaybeUndefined<Decimal>,
    /// Day by which the target should be reached.
    pub(super) target_on: MaybeUndefined<Date>,
}

/// Values of a new measurement of a project indicator.
#[derive(InputObject)]
pub struct IndicatorMeasurementAddInput {
    /// Project indicator; the viewer acts on behalf of its responsible party.
    pub(super) indicator: ID,
    /// Reference date of the measured value.
    pub(super) measured_on: Date,
    /// Measured value, with at most as many decimal places as the indicator.
    pub(super) value: Decimal,
    /// Note on the measurement, such as its method, at most 1,000 characters.
    pub(super) note: Option<String>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Target of a new project link. Exactly one field.
#[derive(OneofObject)]
pub enum LinkTargetInput {
    /// Id of a calendar entry.
    CalendarEntry(ID),
    /// Id of a dataset.
    Dataset(ID),
    /// Id of a learning place.
    LearningPlace(ID),
}

/// Values of a new project link.
#[derive(InputObject)]
pub struct ProjectLinkAddInput {
    /// Project of the link.
    pub(super) project: ID,
    /// Linking party, on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Target of the link; must be visible to the viewer.
    pub(super) to: LinkTargetInput,
    /// Note on the link, such as its reason, at most 1,000 characters.
    pub(super) note: Option<String>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Removal of a project link.
#[derive(InputObject)]
pub struct ProjectLinkRemoveInput {
    /// Project link to remove.
    pub(super) id: ID,
}

/// Values of a new project document, without a file. Files are uploaded with a ticket of `projectDocumentUploadTicket`.
#[derive(InputObject)]
pub struct ProjectDocumentCreateInput {
    /// Project of the document.
    pub(super) project: ID,
    /// Owning party, on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Title, at most 200 characters.
    pub(super) title: String,
    /// Kind of the document.
    pub(super) kind: DocumentKind,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Request for a ticket to upload a new version of a document.
#[derive(InputObject)]
pub struct ProjectDocumentUploadTicketInput {
    /// Document that receives the version.
    pub(super) document: ID,
    /// File name, at most 200 characters. Its extension sets the media type: `pdf`, `docx`, `xlsx`, `pptx`, `odt`,
    /// `ods`, `odp`, `png`, `jpg`, `jpeg`, `txt` or `csv`.
    pub(super) file_name: String,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input creates no further ticket and
    /// returns null as `ticket`.
    pub(super) idempotency_key: Option<String>,
}

/// Version of a project document.
#[derive(InputObject)]
pub struct DocumentVersionInput {
    /// Document that has the version.
    pub(super) document: ID,
    /// Version number, from 1.
    pub(super) number: i32,
}

/// File named in the archive copy of a project.
#[derive(InputObject)]
pub struct ArchivedFileInput {
    /// Archive copy that names the file.
    pub(super) archive: ID,
    /// SHA-256 checksum of the file as stated in the archive copy, lower-case hex.
    pub(super) checksum: String,
}

/// File of a project. Exactly one field.
#[derive(OneofObject)]
pub enum ProjectFileInput {
    /// Version of a document.
    Version(DocumentVersionInput),
    /// Id of an archive copy of a project, downloaded as JSON.
    Archive(ID),
    /// File named in an archive copy.
    File(ArchivedFileInput),
}

/// Request for an address to download a file without a token.
#[derive(InputObject)]
pub struct ProjectDownloadTicketInput {
    /// File to download; must be visible to the viewer.
    pub(super) of: ProjectFileInput,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input creates no further ticket and
    /// returns null as `path`.
    pub(super) idempotency_key: Option<String>,
}

/// Request for an archive copy of a project.
#[derive(InputObject)]
pub struct ProjectArchiveCreateInput {
    /// Project to copy.
    pub(super) project: ID,
    /// Party that keeps the copy, on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}
