//! Projects and their money: a whole life, who sees and writes which part, every door to a hidden one, and the arithmetic.

mod files;
mod hidden;
mod life;
mod money;
mod parts;
mod rights;
mod statements;

use serde_json::Value;
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

/// What a payload refused, in words: `field: message`.
fn words(payload: &Value) -> Vec<String> {
    let errors = payload["userErrors"].as_array().expect("userErrors").iter();
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    errors.map(|it| format!("{}: {}", text(&it["field"]), text(&it["message"]))).collect()
}

/// Mutations that need a project and take a key; tried in `parts`.
pub const KEYED: [&str; 15] = [
    "fundingCreate",
    "indicatorMeasurementAdd",
    "milestoneCreate",
    "obligationCreate",
    "projectArchiveCreate",
    "projectCreate",
    "projectDocumentCreate",
    "projectDocumentUploadTicket",
    "projectDownloadTicket",
    "projectIndicatorCreate",
    "projectLinkAdd",
    "projectMemberAdd",
    "projectPartnerAdd",
    "statusReportCreate",
    "workPackageCreate",
];
