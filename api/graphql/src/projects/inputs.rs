//! Inputs of projects and their parts.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};

use crate::enums::{Audience, Confidentiality, Pillar};
use crate::money::Decimal;
use crate::projects::enums::{DocumentKind, MilestoneStatus, ProjectPhase, ProjectRole, TrafficLight, WorkStatus};
use crate::scalars::Date;

/// A project to make: an idea of the authority that will lead it.
#[derive(InputObject)]
pub struct ProjectCreateInput {
    /// The authority that leads, for which one acts.
    pub(super) tenant: ID,
    /// Title, unique in the authority, at most 200 characters.
    pub(super) title: String,
    /// What it is about, for everybody who may know of it.
    pub(super) summary: Option<String>,
    /// The agreement that partners will take part under.
    pub(super) agreement: Option<ID>,
    /// Field of work.
    pub(super) field_of_work: Option<ID>,
    /// How far the project itself goes beyond lead and partners: `INTERNAL` no further, `PARTNER` as far as shares take it,
    /// `PUBLIC` its outline to everybody.
    #[graphql(default_with = "Confidentiality::Internal")]
    pub(super) confidentiality: Confidentiality,
    /// Pillar of the education region.
    pub(super) pillar: Option<Pillar>,
    /// For whom.
    pub(super) audiences: Option<Vec<Audience>>,
    /// For whom, in words.
    pub(super) target_groups: Option<Vec<String>>,
    /// Learning place where most of it happens.
    pub(super) place: Option<ID>,
    /// First day.
    pub(super) starts_on: Option<Date>,
    /// Last day.
    pub(super) ends_on: Option<Date>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}

/// What shall change of a project. What is left out stays as it is.
#[derive(InputObject)]
pub struct ProjectUpdateInput {
    /// The project.
    pub(super) id: ID,
    /// The version that the client saw.
    pub(super) version: i32,
    /// Title.
    pub(super) title: MaybeUndefined<String>,
    /// What it is about.
    pub(super) summary: MaybeUndefined<String>,
    /// The agreement; not once there are partners.
    pub(super) agreement: MaybeUndefined<ID>,
    /// Field of work; not once there are partners.
    pub(super) field_of_work: MaybeUndefined<ID>,
    /// How far the project itself goes beyond lead and partners.
    pub(super) confidentiality: MaybeUndefined<Confidentiality>,
    /// Pillar of the education region.
    pub(super) pillar: MaybeUndefined<Pillar>,
    /// For whom.
    pub(super) audiences: MaybeUndefined<Vec<Audience>>,
    /// For whom, in words.
    pub(super) target_groups: MaybeUndefined<Vec<String>>,
    /// Learning place where most of it happens.
    pub(super) place: MaybeUndefined<ID>,
    /// First day.
    pub(super) starts_on: MaybeUndefined<Date>,
    /// Last day.
    pub(super) ends_on: MaybeUndefined<Date>,
}

/// A step of a project.
#[derive(InputObject)]
pub struct ProjectAdvanceInput {
    /// The project.
    pub(super) id: ID,
    /// The version that the client saw.
    pub(super) version: i32,
    /// The phase to enter. `APPLIED` takes a funding that is applied for, `APPROVED` one that is granted.
    pub(super) phase: ProjectPhase,
    /// What is said about it.
    pub(super) note: Option<String>,
}

/// A party of the agreement to ask.
#[derive(InputObject)]
pub struct ProjectPartnerAddInput {
    /// The project.
    pub(super) id: ID,
    /// The version of the project that the client saw.
    pub(super) version: i32,
    /// The authority that shall take part.
    pub(super) partner: ID,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}

/// A part to take.
#[derive(InputObject)]
pub struct ProjectPartnerAcceptInput {
    /// The project.
    pub(super) id: ID,
    /// The authority that was asked, for which one acts.
    pub(super) tenant: ID,
    /// The version of the partner that the client saw.
    pub(super) version: i32,
}

/// A part to end.
#[derive(InputObject)]
pub struct ProjectPartnerRemoveInput {
    /// The project.
    pub(super) id: ID,
    /// The partner whose part ends.
    pub(super) partner: ID,
    /// The authority for which one acts: the lead, or the partner itself.
    pub(super) tenant: ID,
    /// The version of the partner that the client saw.
    pub(super) version: i32,
    /// Why.
    pub(super) reason: String,
}

/// Somebody to put down for a project.
#[derive(InputObject)]
pub struct ProjectMemberAddInput {
    /// The project.
    pub(super) project: ID,
    /// The party, for which one acts.
    pub(super) tenant: ID,
    /// Name.
    pub(super) name: String,
    /// What the person does.
    pub(super) function: Option<String>,
    /// Part in the project.
    pub(super) role: ProjectRole,
    /// Address, preferably of the function.
    pub(super) email: Option<String>,
    /// The person agreed that the other parties see this; without it they do not.
    #[graphql(default)]
    pub(super) consented: bool,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}

/// Somebody to take off a project.
#[derive(InputObject)]
pub struct ProjectMemberRemoveInput {
    /// Who.
    pub(super) id: ID,
}

/// A work package to add.
#[derive(InputObject)]
pub struct WorkPackageCreateInput {
    /// The project.
    pub(super) project: ID,
    /// The party that answers for it, for which one acts.
    pub(super) tenant: ID,
    /// Title, at most 200 characters.
    pub(super) title: String,
    /// What is to be done.
    pub(super) description: Option<String>,
    /// How far it is.
    #[graphql(default_with = "WorkStatus::Planned")]
    pub(super) status: WorkStatus,
    /// First day.
    pub(super) starts_on: Option<Date>,
    /// Last day.
    pub(super) ends_on: Option<Date>,
    /// Work packages of the same project that come before it.
    pub(super) after: Option<Vec<ID>>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}

/// What shall change of a work package. What is left out stays as it is.
#[derive(InputObject)]
pub struct WorkPackageUpdateInput {
    /// The work package.
    pub(super) id: ID,
    /// The version that the client saw.
    pub(super) version: i32,
    /// Title.
    pub(super) title: MaybeUndefined<String>,
    /// What is to be done.
    pub(super) description: MaybeUndefined<String>,
    /// How far it is.
    pub(super) status: MaybeUndefined<WorkStatus>,
    /// First day.
    pub(super) starts_on: MaybeUndefined<Date>,
    /// Last day.
    pub(super) ends_on: MaybeUndefined<Date>,
    /// Work packages of the same project that come before it; never in a circle.
    pub(super) after: MaybeUndefined<Vec<ID>>,
}

/// A milestone to add.
#[derive(InputObject)]
pub struct MilestoneCreateInput {
    /// The project.
    pub(super) project: ID,
    /// The party that answers for it, for which one acts.
    pub(super) tenant: ID,
    /// Title, at most 200 characters.
    pub(super) title: String,
    /// When it shall be reached.
    pub(super) due_on: Date,
    /// The work package that it belongs to.
    pub(super) work_package: Option<ID>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}

/// What shall change of a milestone. What is left out stays as it is.
#[derive(InputObject)]
pub struct MilestoneUpdateInput {
    /// The milestone.
    pub(super) id: ID,
    /// The version that the client saw.
    pub(super) version: i32,
    /// Title.
    pub(super) title: MaybeUndefined<String>,
    /// When it shall be reached.
    pub(super) due_on: MaybeUndefined<Date>,
    /// Whether it is.
    pub(super) status: MaybeUndefined<MilestoneStatus>,
    /// When it was reached; today where left out.
    pub(super) reached_on: MaybeUndefined<Date>,
    /// The work package that it belongs to.
    pub(super) work_package: MaybeUndefined<ID>,
}

/// How a project stands.
#[derive(InputObject)]
pub struct StatusReportCreateInput {
    /// The project.
    pub(super) project: ID,
    /// The party that reports, for which one acts.
    pub(super) tenant: ID,
    /// In one word.
    pub(super) light: TrafficLight,
    /// In more words.
    pub(super) text: String,
    /// First day that it is about.
    pub(super) period_from: Date,
    /// Last day that it is about.
    pub(super) period_until: Date,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}

/// What a project wants to move.
#[derive(InputObject)]
pub struct ProjectIndicatorCreateInput {
    /// The project.
    pub(super) project: ID,
    /// The party that answers for it, for which one acts.
    pub(super) tenant: ID,
    /// Code in the catalogue of indicators; left out = one of its own.
    pub(super) code: Option<String>,
    /// What is counted.
    pub(super) title: String,
    /// Unit.
    pub(super) unit: Option<String>,
    /// Decimal places of its values, 0 to 6.
    #[graphql(default)]
    pub(super) decimals: i32,
    /// Value before.
    pub(super) baseline: Option<Decimal>,
    /// Of which day.
    pub(super) baseline_on: Option<Date>,
    /// Value that is aimed at.
    pub(super) target: Decimal,
    /// By when.
    pub(super) target_on: Option<Date>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}

/// What shall change of an indicator. What is left out stays as it is.
#[derive(InputObject)]
pub struct ProjectIndicatorUpdateInput {
    /// The indicator of the project.
    pub(super) id: ID,
    /// The version that the client saw.
    pub(super) version: i32,
    /// Value before.
    pub(super) baseline: MaybeUndefined<Decimal>,
    /// Of which day.
    pub(super) baseline_on: MaybeUndefined<Date>,
    /// Value that is aimed at.
    pub(super) target: MaybeUndefined<Decimal>,
    /// By when.
    pub(super) target_on: MaybeUndefined<Date>,
}

/// A measured value.
#[derive(InputObject)]
pub struct IndicatorMeasurementAddInput {
    /// The indicator of the project; one acts for the party that answers for it.
    pub(super) indicator: ID,
    /// Of which day.
    pub(super) measured_on: Date,
    /// The value, with no more places than the indicator has.
    pub(super) value: Decimal,
    /// How it was measured.
    pub(super) note: Option<String>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}

/// What a link shall lead to.
#[derive(OneofObject)]
pub enum LinkTargetInput {
    /// A calendar entry.
    CalendarEntry(ID),
    /// A dataset.
    Dataset(ID),
    /// A learning place.
    LearningPlace(ID),
}

/// Something to link.
#[derive(InputObject)]
pub struct ProjectLinkAddInput {
    /// The project.
    pub(super) project: ID,
    /// The party, for which one acts.
    pub(super) tenant: ID,
    /// What it leads to; something that one sees.
    pub(super) to: LinkTargetInput,
    /// Why.
    pub(super) note: Option<String>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}

/// A link to take away.
#[derive(InputObject)]
pub struct ProjectLinkRemoveInput {
    /// The link.
    pub(super) id: ID,
}

/// A document to open.
#[derive(InputObject)]
pub struct ProjectDocumentCreateInput {
    /// The project.
    pub(super) project: ID,
    /// The party that keeps it, for which one acts.
    pub(super) tenant: ID,
    /// Title, at most 200 characters.
    pub(super) title: String,
    /// What kind of document.
    pub(super) kind: DocumentKind,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}

/// A file that is to be sent.
#[derive(InputObject)]
pub struct DocumentUploadTicketInput {
    /// The document.
    pub(super) document: ID,
    /// What the file is called; its end says what it is.
    pub(super) file_name: String,
    /// Sending the same input with the same key again does nothing more; the ticket is not told again.
    pub(super) idempotency_key: Option<String>,
}

/// A version of a document.
#[derive(InputObject)]
pub struct DocumentVersionInput {
    /// The document.
    pub(super) document: ID,
    /// Number of the version.
    pub(super) number: i32,
}

/// A file that a copy of a project names.
#[derive(InputObject)]
pub struct ArchivedFileInput {
    /// The copy.
    pub(super) archive: ID,
    /// SHA-256 of the file, as the copy tells it.
    pub(super) checksum: String,
}

/// A file of a project.
#[derive(OneofObject)]
pub enum DownloadedInput {
    /// A version of a document.
    Version(DocumentVersionInput),
    /// A copy of a project.
    Archive(ID),
    /// A file that a copy of a project names.
    File(ArchivedFileInput),
}

/// A file to fetch without a token.
#[derive(InputObject)]
pub struct DocumentDownloadTicketInput {
    /// Which file.
    pub(super) of: DownloadedInput,
    /// Sending the same input with the same key again does nothing more; the address is not told again.
    pub(super) idempotency_key: Option<String>,
}

/// A copy to take.
#[derive(InputObject)]
pub struct ProjectArchiveCreateInput {
    /// The project.
    pub(super) project: ID,
    /// The party that keeps it, for which one acts.
    pub(super) tenant: ID,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}
