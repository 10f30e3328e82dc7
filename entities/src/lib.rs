//! Rows and closed sets of the store, nothing else: no queries, no rules, no API types.
//!
//! Every row of an authority carries `tenant_id` (its owner) and `scope_id` (its audience).

mod closed_sets;
mod dataset_sets;
mod directory_sets;
mod project_sets;

pub use closed_sets::*;
pub use dataset_sets::*;
pub use directory_sets::*;
pub use project_sets::*;
pub use uuid::Uuid;

pub mod agreement;
pub mod agreement_field;
pub mod agreement_party;
pub mod agreement_signature;
pub mod annual_plan;
pub mod annual_plan_calendar;
pub mod audit_event;
pub mod budget_line;
pub mod calendar;
pub mod calendar_entry;
pub mod calendar_occurrence;
pub mod change_proposal;
pub mod conflict_acknowledgement;
pub mod coordination_comment;
pub mod coordination_round;
pub mod data_request;
pub mod dataset;
pub mod dataset_content;
pub mod dataset_import;
pub mod dataset_indicator;
pub mod dataset_release;
pub mod dataset_version;
pub mod directory_revision;
pub mod document_version;
pub mod education_offer;
pub mod education_offer_date;
pub mod external_calendar;
pub mod external_id;
pub mod feed;
pub mod field_of_work;
pub mod file_ticket;
pub mod funding;
pub mod funding_programme;
pub mod holiday;
pub mod idempotency_record;
pub mod indicator;
pub mod indicator_measurement;
pub mod learning_place;
pub mod learning_place_origin;
pub mod member;
pub mod merge_proposal;
pub mod milestone;
pub mod obligation;
pub mod organisation;
pub mod organisation_person;
pub mod outbox_event;
pub mod own_share;
pub mod person;
pub mod plan_snapshot;
pub mod plan_snapshot_entry;
pub mod project;
pub mod project_archive;
pub mod project_document;
pub mod project_indicator;
pub mod project_link;
pub mod project_member;
pub mod project_partner;
pub mod project_step;
pub mod region;
pub mod role_grant;
pub mod role_grant_field;
pub mod round_plan;
pub mod scope;
pub mod scope_share;
pub mod share;
pub mod status_report;
pub mod tenant;
pub mod tenant_closure;
pub mod tenant_contact;
pub mod work_package;
pub mod work_package_dependency;

/// The one scope of everything public, the same in every installation.
pub const PUBLIC_SCOPE: Uuid = Uuid::from_u128(1);
