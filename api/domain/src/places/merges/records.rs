//! What can be merged: two learning places, or two organisations.

use entities::{learning_place, merge_proposal, organisation};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, Condition, QueryFilter};
use store::{Session, Unique, Writer};
use uuid::Uuid;

<<<<<<< HEAD:api/domain/src/places/merges/records.rs
use crate::context::mutation::Change;
use crate::places::{organisations, service};

/// Kinds of records that can be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
=======
use crate::context::Change;
use crate::error::{ApiResult, Problem, UserErrorCode};
use crate::graphql::id::{NodeType, parse};
use crate::i18n::Text;
use crate::places::externals::ExternalId;
use crate::places::{LearningPlace, Organisation, organisations, service};
use crate::store::{Session, Unique, Writer};
use crate::tenants::Tenant;

/// Record of the directory: learning place or organisation. Two records of one kind can be merged.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Global id."),
    field(name = "tenant", ty = "ApiResult<Tenant>", desc = "Authority that keeps the record."),
    field(name = "name", ty = "&str", desc = "Name."),
    field(name = "street", ty = "Option<&str>", desc = "Street and number."),
    field(name = "postal_code", ty = "Option<&str>", desc = "Postal code, as text."),
    field(name = "city", ty = "Option<&str>", desc = "Town or village."),
    field(name = "external_ids", ty = "ApiResult<Vec<ExternalId>>", desc = "Ids in external registers."),
    field(
        name = "merged_at",
        ty = "Option<DateTime<Utc>>",
        desc = "Instant of the merge into another record; null = not merged."
    ),
    field(name = "archived_at", ty = "Option<DateTime<Utc>>", desc = "Instant of archiving; null = in use."),
    field(name = "version", ty = "i32", desc = "Version number, raised by one with every change.")
)]
pub enum DirectoryRecord {
    /// Learning place.
    LearningPlace(LearningPlace),
    /// Organisation.
    Organisation(Organisation),
}

/// Kind of directory records that can be merged.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "DirectoryRecordKind")]
>>>>>>> 0406632 (places: describe fields in the terms of the field):api/src/places/merges/records.rs
pub enum Kind {
    /// Learning places.
    LearningPlace,
    /// Organisations.
    Organisation,
}

/// Two records of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    /// Of which kind.
    pub kind: Kind,
    /// The one that would give way.
    pub duplicate: Uuid,
    /// The one that stays.
    pub survivor: Uuid,
}

impl Pair {
    /// What a proposal is about.
    pub fn of(row: &merge_proposal::Model) -> Self {
        let (kind, pair) = match (row.duplicate_place_id, row.survivor_place_id) {
            (None, None) => (Kind::Organisation, (row.duplicate_organisation_id, row.survivor_organisation_id)),
            pair => (Kind::LearningPlace, pair),
        };
        Self { kind, duplicate: pair.0.unwrap_or_default(), survivor: pair.1.unwrap_or_default() }
    }

    /// Both records.
    pub fn records(self) -> [(Kind, Uuid); 2] {
        [(self.kind, self.duplicate), (self.kind, self.survivor)]
    }

    /// Proposals about the two, this way or the other.
    pub fn either_way(self) -> Condition {
        let (duplicate, survivor) = columns(self.kind);
        let pair = |one: Uuid, other: Uuid| Condition::all().add(duplicate.eq(one)).add(survivor.eq(other));
        Condition::any().add(pair(self.duplicate, self.survivor)).add(pair(self.survivor, self.duplicate))
    }

    /// What keeps a pair from being proposed twice.
    pub const fn open_once(self) -> Unique {
        match self.kind {
            Kind::LearningPlace => Unique {
                name: "merge_proposal_open_places_key",
                columns: "merge_proposal.duplicate_place_id, merge_proposal.survivor_place_id",
            },
            Kind::Organisation => Unique {
                name: "merge_proposal_open_organisations_key",
                columns: "merge_proposal.duplicate_organisation_id, merge_proposal.survivor_organisation_id",
            },
        }
    }
}

/// Proposals about a record.
pub fn about((kind, id): (Kind, Uuid)) -> Condition {
    let (duplicate, survivor) = columns(kind);
    Condition::any().add(duplicate.eq(id)).add(survivor.eq(id))
}

const fn columns(kind: Kind) -> (merge_proposal::Column, merge_proposal::Column) {
    use merge_proposal::Column as C;
    match kind {
        Kind::LearningPlace => (C::DuplicatePlaceId, C::SurvivorPlaceId),
        Kind::Organisation => (C::DuplicateOrganisationId, C::SurvivorOrganisationId),
    }
}

/// The row of a record.
pub enum Record {
    /// A learning place.
    Place(learning_place::Model),
    /// An organisation.
    Organisation(organisation::Model),
}

impl Record {
    /// A record in sight that stands for itself, read anew.
    ///
    /// # Errors
    /// It is out of sight, was merged or put away; the database fails.
    pub async fn standing(session: &Session, (kind, id): (Kind, Uuid), field: &'static str) -> ApiResult<Self> {
        let found = match kind {
            Kind::LearningPlace => {
                let select = session.select::<learning_place::Entity>().filter(learning_place::Column::Id.eq(id));
                session.one(select).await?.map(Self::Place)
            }
            Kind::Organisation => {
                let select = session.select::<organisation::Entity>().filter(organisation::Column::Id.eq(id));
                session.one(select).await?.map(Self::Organisation)
            }
        };
        let Some(record) = found else { return Err(Problem::not_found(field).into()) };
        let (merged, archived) = match &record {
            Self::Place(row) => (row.merged_into_id, row.archived_at),
            Self::Organisation(row) => (row.merged_into_id, row.archived_at),
        };
        if merged.is_some() {
            return Err(Problem::at(UserErrorCode::Conflict, field, Text::new("record-merged")).into());
        }
        if archived.is_some() {
            return Err(Problem::at(UserErrorCode::Conflict, field, Text::new("record-archived")).into());
        }
        Ok(record)
    }

    /// Who keeps it.
    pub const fn tenant(&self) -> Uuid {
        match self {
            Self::Place(row) => row.tenant_id,
            Self::Organisation(row) => row.tenant_id,
        }
    }

    /// Marks it as another record of `survivor`; none when somebody else changed it meanwhile.
    ///
    /// # Errors
    /// The database fails.
    pub async fn merge(&self, writer: &Writer<'_>, survivor: Uuid, by: &str) -> ApiResult<Option<Change>> {
        match self {
            Self::Place(row) => service::merge(writer, row, survivor, by).await,
            Self::Organisation(row) => organisations::service::merge(writer, row, survivor, by).await,
        }
    }
}
