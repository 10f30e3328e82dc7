//! Projects and their money: a whole life, who sees and writes which part, every door to a hidden one, and the arithmetic.

mod files;
mod hidden;
mod life;
mod money;
mod parts;
mod rights;
mod statements;

use verbund_tests::Case;

pub fn cases() -> Vec<Case> {
    [
        files::cases(),
        hidden::cases(),
        life::cases(),
        money::cases(),
        parts::cases(),
        rights::cases(),
        statements::cases(),
    ]
    .concat()
}

/// Mutations that need a project and take a key; tried in `parts`.
pub const KEYED: [&str; 15] = [
    "documentDownloadTicket",
    "documentUploadTicket",
    "fundingCreate",
    "indicatorMeasurementAdd",
    "milestoneCreate",
    "obligationCreate",
    "projectArchiveCreate",
    "projectCreate",
    "projectDocumentCreate",
    "projectIndicatorCreate",
    "projectLinkAdd",
    "projectMemberAdd",
    "projectPartnerAdd",
    "statusReportCreate",
    "workPackageCreate",
];
