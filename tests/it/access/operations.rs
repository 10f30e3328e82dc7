//! Every operation on an object, with the mutations that do it.

use domain::rights::Operation;
use kernel::global_id::NodeType;

/// An operation and a mutation that does it.
pub struct Right {
    /// The mutation.
    pub mutation: &'static str,
    /// The type of the object.
    pub node: NodeType,
    /// The operation.
    pub operation: Operation,
    /// Pointer to the id within the input.
    pub at: &'static str,
}

/// A row of the table.
pub const fn right(mutation: &'static str, node: NodeType, operation: Operation, at: &'static str) -> Right {
    Right { mutation, node, operation, at }
}

/// Every operation with the mutations that do it.
pub const RIGHTS: &[Right] = {
    use {NodeType as N, Operation as O};
    &[
        right("calendarUpdate", N::Calendar, O::Update, "/id"),
        right("calendarArchive", N::Calendar, O::Archive, "/id"),
        right("calendarEntryCreate", N::Calendar, O::CreateEntries, "/calendar"),
        right("calendarImport", N::Calendar, O::CreateEntries, "/calendar"),
        right("shareCreate", N::Calendar, O::Share, "/object/calendar"),
        right("calendarEntryUpdate", N::CalendarEntry, O::Update, "/id"),
        right("calendarEntryCancel", N::CalendarEntry, O::Cancel, "/id"),
        right("conflictAcknowledge", N::CalendarEntry, O::Acknowledge, "/entry"),
        right("changeProposalCreate", N::CalendarEntry, O::Contribute, "/entry"),
        right("externalCalendarUpdate", N::ExternalCalendar, O::Update, "/id"),
        right("externalCalendarRefresh", N::ExternalCalendar, O::Refresh, "/id"),
        right("externalCalendarUnsubscribe", N::ExternalCalendar, O::Unsubscribe, "/id"),
        right("learningPlaceUpdate", N::LearningPlace, O::Update, "/id"),
        right("learningPlaceArchive", N::LearningPlace, O::Archive, "/id"),
        right("learningPlaceUnmerge", N::LearningPlace, O::Unmerge, "/id"),
        right("organisationUpdate", N::Organisation, O::Update, "/id"),
        right("organisationArchive", N::Organisation, O::Archive, "/id"),
        right("organisationUnmerge", N::Organisation, O::Unmerge, "/id"),
        right("mergeProposalAccept", N::MergeProposal, O::Accept, "/id"),
        right("mergeProposalDecline", N::MergeProposal, O::Decline, "/id"),
        right("mergeProposalWithdraw", N::MergeProposal, O::Withdraw, "/id"),
        right("educationOfferUpdate", N::EducationOffer, O::Update, "/id"),
        right("educationOfferPublish", N::EducationOffer, O::Publish, "/id"),
        right("educationOfferWithdraw", N::EducationOffer, O::Withdraw, "/id"),
        right("agreementPropose", N::Agreement, O::Propose, "/id"),
        right("agreementSign", N::Agreement, O::Sign, "/id"),
        right("agreementEnd", N::Agreement, O::End, "/id"),
        right("shareEnd", N::Share, O::End, "/id"),
        right("tenantUpdate", N::Tenant, O::Update, "/id"),
        right("memberUpdate", N::Member, O::Update, "/id"),
        right("roleGrantCreate", N::Member, O::ManageRoles, "/to/member"),
        right("roleGrantRevoke", N::RoleGrant, O::Revoke, "/id"),
        right("roleGrantConfirm", N::RoleGrant, O::Confirm, "/id"),
        right("feedUpdate", N::Feed, O::Update, "/id"),
        right("feedRevoke", N::Feed, O::Revoke, "/id"),
        right("tenantClosureUpdate", N::TenantClosure, O::Update, "/id"),
        right("tenantClosureDelete", N::TenantClosure, O::Delete, "/id"),
        right("tenantContactUpdate", N::TenantContact, O::Update, "/id"),
        right("tenantContactDelete", N::TenantContact, O::Delete, "/id"),
        right("projectUpdate", N::Project, O::Update, "/id"),
        right("projectAdvance", N::Project, O::Advance, "/id"),
        right("projectPartnerAdd", N::Project, O::AddPartner, "/id"),
        right("projectPartnerAccept", N::Project, O::Join, "/id"),
        right("workPackageCreate", N::Project, O::TakePart, "/project"),
        right("milestoneCreate", N::Project, O::TakePart, "/project"),
        right("statusReportCreate", N::Project, O::TakePart, "/project"),
        right("projectMemberAdd", N::Project, O::TakePart, "/project"),
        right("projectIndicatorCreate", N::Project, O::TakePart, "/project"),
        right("projectLinkAdd", N::Project, O::TakePart, "/project"),
        right("projectDocumentCreate", N::Project, O::TakePart, "/project"),
        right("fundingCreate", N::Project, O::TakePart, "/project"),
        right("projectArchiveCreate", N::Project, O::TakePart, "/project"),
        right("shareCreate", N::Project, O::Share, "/object/project"),
        right("workPackageUpdate", N::WorkPackage, O::Update, "/id"),
        right("milestoneUpdate", N::Milestone, O::Update, "/id"),
        right("projectMemberRemove", N::ProjectMember, O::Remove, "/id"),
        right("projectIndicatorUpdate", N::ProjectIndicator, O::Update, "/id"),
        right("indicatorMeasurementAdd", N::ProjectIndicator, O::Measure, "/indicator"),
        right("projectLinkRemove", N::ProjectLink, O::Remove, "/id"),
        right("projectDocumentUploadTicket", N::ProjectDocument, O::Update, "/document"),
        right("fundingUpdate", N::Funding, O::Update, "/id"),
        right("fundingAdvance", N::Funding, O::Advance, "/id"),
        right("obligationCreate", N::Funding, O::CreateObligations, "/funding"),
        right("obligationFulfil", N::Obligation, O::Fulfil, "/id"),
        right("obligationWaive", N::Obligation, O::Waive, "/id"),
        right("annualPlanUpdate", N::AnnualPlan, O::Update, "/id"),
        right("coordinationCommentCreate", N::CoordinationRound, O::TakePart, "/round"),
        right("coordinationRoundUpdate", N::CoordinationRound, O::Update, "/id"),
        right("coordinationRoundStart", N::CoordinationRound, O::Start, "/id"),
        right("coordinationRoundSignOff", N::CoordinationRound, O::SignOff, "/id"),
        right("coordinationRoundPublish", N::CoordinationRound, O::Publish, "/id"),
        right("coordinationRoundClose", N::CoordinationRound, O::Close, "/id"),
        right("changeProposalAccept", N::ChangeProposal, O::Accept, "/id"),
        right("changeProposalDecline", N::ChangeProposal, O::Decline, "/id"),
        right("changeProposalCounter", N::ChangeProposal, O::Counter, "/id"),
        right("changeProposalWithdraw", N::ChangeProposal, O::Withdraw, "/id"),
        right("datasetUpdate", N::Dataset, O::Update, "/id"),
        right("datasetIndicatorsSet", N::Dataset, O::Update, "/id"),
        right("datasetUploadTicket", N::Dataset, O::Import, "/dataset"),
        right("datasetImport", N::Dataset, O::Import, "/dataset"),
        right("datasetReleasePropose", N::Dataset, O::ProposeRelease, "/dataset"),
        right("shareCreate", N::Dataset, O::Share, "/object/dataset"),
        right("datasetAccessChange", N::Dataset, O::ChangeAccess, "/id"),
        right("datasetWithdraw", N::Dataset, O::Withdraw, "/id"),
        right("datasetVersionPublish", N::DatasetVersion, O::Publish, "/id"),
        right("datasetVersionWithdraw", N::DatasetVersion, O::Withdraw, "/id"),
        right("datasetImportCancel", N::DatasetImport, O::Cancel, "/id"),
        right("datasetReleaseApprove", N::DatasetRelease, O::Approve, "/id"),
        right("datasetReleaseDecline", N::DatasetRelease, O::Decline, "/id"),
        // The same mutation: who proposed a release withdraws it.
        right("datasetReleaseDecline", N::DatasetRelease, O::Withdraw, "/id"),
        right("dataRequestGrant", N::DataRequest, O::Grant, "/id"),
        right("dataRequestRefuse", N::DataRequest, O::Refuse, "/id"),
        right("dataRequestWithdraw", N::DataRequest, O::Withdraw, "/id"),
    ]
};

/// Mutations on no object that exists, or on several, each of which may have a say: judged for an authority.
pub const ELSEWHERE: [&str; 23] = [
    "agreementDraft",
    "annualPlanCreate",
    "annualPlanSubmit",
    "annualPlanWithdraw",
    "budgetLineSet",
    "calendarCreate",
    "coordinationRoundOpen",
    "dataRequestCreate",
    "datasetCreate",
    "datasetDownloadTicket",
    "projectDownloadTicket",
    "educationOfferCreate",
    "externalCalendarSubscribe",
    "feedCreate",
    "fieldOfWorkCreate",
    "learningPlaceCreate",
    "mergeProposalCreate",
    "organisationCreate",
    "ownShareSet",
    "projectCreate",
    "projectPartnerRemove",
    "tenantClosureCreate",
    "tenantContactCreate",
];

/// Types of objects without a mutation of their own: they have no `viewerCan`.
pub const WITHOUT: [NodeType; 8] = [
    NodeType::FieldOfWork,
    NodeType::Holiday,
    NodeType::Indicator,
    NodeType::FundingProgramme,
    NodeType::StatusReport,
    NodeType::ProjectArchive,
    NodeType::BudgetLine,
    NodeType::AuditEvent,
];
