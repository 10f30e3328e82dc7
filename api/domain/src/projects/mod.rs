//! Projects: joint conception and implementation. Their money is in `funding`.
//!
//! A project belongs to the lead authority. Each part belongs to the party responsible for it, and only that party
//! writes it. There are three audiences (see `project_access`):
//!
//! - The project itself: as wide as its confidentiality and shares allow.
//! - The joint plan (work packages, milestones, reports, indicators, links, own shares): lead and partners.
//! - Data of one party (fundings, budget lines, obligations, documents, people): those of the lead are visible to the
//!   partners too; those of a partner are visible to the lead, in a scope of the partner.
//!
//! When the agreement ends or a partner leaves, the joint plan is hidden from that partner with the next request. The
//! partner's own parts stay visible to it, so that obligations can still be met. A change of the parties moves the
//! project to another scope; a trigger moves the parts of all owners with it. Invitations not yet accepted and ended
//! partnerships keep the scope of the joint plan, also in a public project. Archive copies are private rows of the
//! party that made them.
//!
//! Milestones and obligations have an entry each in a calendar of their party for the project, kept in step with them.
//! Document files are stored in the folder of files under the SHA-256 of their content, so that archive copies refer
//! to their files by it, and files remain after their document is hidden.

pub mod archive;
pub mod calendar;
pub mod dependencies;
pub mod documents;
pub mod file_kinds;
pub mod indicators;
pub mod links;
pub mod members;
pub mod partners;
pub mod parts;
pub mod phases;
pub mod project_access;
pub mod reports;
pub mod service;
pub mod work;
