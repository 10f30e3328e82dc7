//! Which tables have an owner, and which are common knowledge.

use entities as e;
use sea_orm::EntityTrait;

/// A table whose rows belong to an authority and carry a scope.
pub trait Owned: EntityTrait {
    /// The column that every reading statement is bound by.
    const SCOPE: Self::Column;
    /// The column of the person whose own the row is, if there is one: it sees the row whatever its scope.
    const PERSON: Option<Self::Column> = None;
}

/// A table that everybody may read whole: authorities, regions, holidays.
pub trait Reference: EntityTrait {}

macro_rules! owned {
    ($($table:ident),+ $(,)?) => {
        $(impl Owned for e::$table::Entity {
            const SCOPE: e::$table::Column = e::$table::Column::ScopeId;
        })+
    };
}

owned!(
    agreement,
    agreement_field,
    agreement_party,
    agreement_signature,
    annual_plan,
    annual_plan_calendar,
    audit_event,
    budget_line,
    calendar,
    calendar_entry,
    calendar_occurrence,
    change_proposal,
    conflict_acknowledgement,
    coordination_comment,
    coordination_round,
    data_request,
    dataset,
    dataset_content,
    dataset_import,
    dataset_indicator,
    dataset_release,
    dataset_version,
    document_version,
    directory_revision,
    education_offer,
    education_offer_date,
    external_calendar,
    external_id,
    field_of_work,
    funding,
    indicator_measurement,
    learning_place,
    learning_place_origin,
    member,
    milestone,
    obligation,
    merge_proposal,
    organisation,
    organisation_person,
    outbox_event,
    own_share,
    plan_snapshot,
    plan_snapshot_entry,
    project,
    project_archive,
    project_document,
    project_indicator,
    project_link,
    project_member,
    project_partner,
    project_step,
    role_grant,
    role_grant_field,
    round_plan,
    share,
    status_report,
    tenant_closure,
    work_package,
    work_package_dependency,
);

impl Owned for e::feed::Entity {
    const SCOPE: e::feed::Column = e::feed::Column::ScopeId;
    const PERSON: Option<e::feed::Column> = Some(e::feed::Column::PersonId);
}

impl Owned for e::file_ticket::Entity {
    const SCOPE: e::file_ticket::Column = e::file_ticket::Column::ScopeId;
    const PERSON: Option<e::file_ticket::Column> = Some(e::file_ticket::Column::PersonId);
}

impl Reference for e::tenant::Entity {}
impl Reference for e::region::Entity {}
impl Reference for e::holiday::Entity {}
impl Reference for e::indicator::Entity {}
impl Reference for e::funding_programme::Entity {}
