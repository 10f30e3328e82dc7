//! Which tables have an owner, and which are common knowledge.

use entities as e;
use sea_orm::EntityTrait;

/// Who writes the rows of a table: what row-level security says on PostgreSQL, for both databases.
#[derive(Clone, Copy, Debug)]
pub enum ScopeBinding<C> {
    /// The acting authority, in scopes visible to the actor.
    Owner {
        /// Column of the owner.
        tenant: C,
        /// Column of the scope.
        scope: C,
    },
    /// The acting authority, its own rows in whatever scope: shares decide into which scope it writes.
    OwnerInAnyScope {
        /// Column of the owner.
        tenant: C,
        /// Column of the scope.
        scope: C,
    },
    /// The acting authority adds rows, also where the actor may not read them; nobody changes them.
    Log {
        /// Column of the owner.
        tenant: C,
    },
    /// Any party of an agreement to which the row is visible.
    Party {
        /// Column of the scope.
        scope: C,
    },
    /// The person whose own the row is, for the acting authority.
    Person {
        /// Column of the owner.
        tenant: C,
    },
    /// A table without owner: accounts, keys of retries, and reference data, which only the operator writes.
    Unowned,
}

/// A table that is written through a [`Writer`](super::Writer).
pub trait Written: EntityTrait {
    /// Who writes its rows.
    const BINDING: ScopeBinding<Self::Column>;
}

/// A table whose rows belong to an authority and carry a scope.
pub trait Owned: Written {
    /// The column that every reading statement is bound by.
    const SCOPE: Self::Column;
    /// The column of the person whose own the row is, if there is one: it sees the row whatever its scope.
    const PERSON: Option<Self::Column> = None;
}

/// A table that everybody may read whole: authorities, regions, holidays.
pub trait Reference: EntityTrait {}

macro_rules! owned {
    ($($table:ident $(: $binding:ident)?),+ $(,)?) => {
        $(impl Owned for e::$table::Entity {
            const SCOPE: e::$table::Column = e::$table::Column::ScopeId;
        }

        impl Written for e::$table::Entity {
            const BINDING: ScopeBinding<e::$table::Column> = binding!($table $($binding)?);
        })+
    };
}

macro_rules! binding {
    ($table:ident) => {
        ScopeBinding::Owner { tenant: e::$table::Column::TenantId, scope: e::$table::Column::ScopeId }
    };
    ($table:ident own_any_scope) => {
        ScopeBinding::OwnerInAnyScope { tenant: e::$table::Column::TenantId, scope: e::$table::Column::ScopeId }
    };
    ($table:ident log) => {
        ScopeBinding::Log { tenant: e::$table::Column::TenantId }
    };
    ($table:ident party) => {
        ScopeBinding::Party { scope: e::$table::Column::ScopeId }
    };
    ($table:ident person) => {
        ScopeBinding::Person { tenant: e::$table::Column::TenantId }
    };
}

macro_rules! unowned {
    ($($table:ident),+ $(,)?) => {
        $(impl Written for e::$table::Entity {
            const BINDING: ScopeBinding<e::$table::Column> = ScopeBinding::Unowned;
        })+
    };
}

unowned!(funding_programme, holiday, idempotency_record, indicator, person, region, tenant);

owned!(
    agreement: party,
    agreement_field: party,
    agreement_party: party,
    agreement_signature,
    annual_plan,
    annual_plan_calendar,
    audit_event: log,
    budget_line,
    calendar,
    calendar_entry,
    calendar_occurrence,
    change_proposal: party,
    conflict_acknowledgement,
    coordination_comment,
    coordination_round: party,
    data_request: party,
    dataset,
    dataset_content,
    dataset_import,
    dataset_indicator,
    dataset_release,
    dataset_version,
    document_version,
    directory_revision: log,
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
    merge_proposal: party,
    organisation,
    organisation_person,
    outbox_event: log,
    own_share,
    plan_snapshot,
    plan_snapshot_entry,
    project,
    project_archive,
    project_document,
    project_indicator,
    project_link,
    project_member,
    project_partner: party,
    project_step,
    role_grant,
    role_grant_field,
    round_plan,
    share: own_any_scope,
    status_report,
    tenant_closure,
    work_package,
    work_package_dependency,
);

impl Written for e::feed::Entity {
    const BINDING: ScopeBinding<e::feed::Column> = binding!(feed person);
}

impl Owned for e::feed::Entity {
    const SCOPE: e::feed::Column = e::feed::Column::ScopeId;
    const PERSON: Option<e::feed::Column> = Some(e::feed::Column::PersonId);
}

impl Written for e::file_ticket::Entity {
    const BINDING: ScopeBinding<e::file_ticket::Column> = binding!(file_ticket person);
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
