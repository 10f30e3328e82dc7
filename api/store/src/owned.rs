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

/// Writers of the rows of a table, by their name in the lists.
macro_rules! binding {
    ($table:ident owner) => {
        ScopeBinding::Owner { tenant: e::$table::Column::TenantId, scope: e::$table::Column::ScopeId }
    };
    ($table:ident owner_in_any_scope) => {
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
    ($table:ident unowned) => {
        ScopeBinding::Unowned
    };
}

/// The column of the person whose own the rows are.
macro_rules! person {
    ($table:ident person) => {
        Some(e::$table::Column::PersonId)
    };
    ($table:ident $writer:ident) => {
        None
    };
}

/// Declares who writes and who reads a table.
macro_rules! table {
    ($table:ident reference) => {
        impl Reference for e::$table::Entity {}
        table!($table unowned);
    };
    ($table:ident unowned) => {
        impl Written for e::$table::Entity {
            const BINDING: ScopeBinding<e::$table::Column> = binding!($table unowned);
        }
    };
    ($table:ident $writer:ident) => {
        impl Owned for e::$table::Entity {
            const SCOPE: e::$table::Column = e::$table::Column::ScopeId;
            const PERSON: Option<e::$table::Column> = person!($table $writer);
        }

        impl Written for e::$table::Entity {
            const BINDING: ScopeBinding<e::$table::Column> = binding!($table $writer);
        }
    };
}

/// Declares the tables of types with a global id.
macro_rules! node_tables {
    ($($section:ident { $($node:ident $prefix:literal $table:ident $about:literal $writer:ident $rights:ident;)+ })+) => {
        $($(table!($table $writer);)+)+
    };
}

kernel::for_each_node_type!(node_tables);

/// Declares tables without a global id.
macro_rules! tables {
    ($($table:ident: $writer:ident),+ $(,)?) => {
        $(table!($table $writer);)+
    };
}

tables!(
    agreement_field: party,
    agreement_party: party,
    agreement_signature: owner,
    annual_plan_calendar: owner,
    calendar_occurrence: owner,
    conflict_acknowledgement: owner,
    coordination_comment: owner,
    dataset_content: owner,
    dataset_indicator: owner,
    directory_revision: log,
    document_version: owner,
    education_offer_date: owner,
    external_id: owner,
    file_ticket: person,
    former_publication: log,
    idempotency_record: unowned,
    indicator_measurement: owner,
    learning_place_origin: owner,
    organisation_person: owner,
    outbox_event: log,
    own_share: owner,
    person: unowned,
    plan_snapshot: owner,
    plan_snapshot_entry: owner,
    project_partner: party,
    project_step: owner,
    region: reference,
    role_grant_field: owner,
    round_plan: owner,
    work_package_dependency: owner,
);
