//! Projects: joint conception and implementation. `circle` says who sees what and who may write it; `service` and `partners`
//! are the project itself, `work` and `around` its parts, `calendar` their dates, `documents` and `archive` its files.
//! What it costs and who pays is in `funding`.

mod archive;
mod around;
pub mod calendar;
pub mod circle;
mod dependencies;
mod document_types;
pub mod documents;
pub mod enums;
mod file_kinds;
pub mod inputs;
pub mod mutation;
mod part_types;
mod partners;
pub mod parts;
mod phases;
mod query;
mod service;
mod subscription;
mod types;
mod wishes;
mod work;

pub use archive::{files_of_copy, keep_all as keep_copies};
pub use around::{MemberWish, ReportWish, add_member, report as make_report};
pub use circle::{rescope_all, selected};
pub use document_types::{ProjectArchive, ProjectDocument};
pub use documents::{DOCUMENTS, MAX_BYTES, Refused, arrived, may_send};
pub use mutation::ProjectMutation;
pub use part_types::{
    Milestone, PartAbilities, ProjectIndicator, ProjectLink, ProjectMember, StatusReport, WorkPackage,
    abilities as part_abilities,
};
pub use partners::{accept as join, add as ask_partner};
pub use query::ProjectQuery;
pub use service::{ProjectWish, advance as advance_project, create as make_project};
pub use subscription::ProjectSubscription;
pub use types::{Project, read_ahead};
pub use work::{MilestoneWish, WorkWish, create as make_work_package, create_milestone as make_milestone};
