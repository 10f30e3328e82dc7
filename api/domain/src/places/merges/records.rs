//! What can be merged: two learning places, or two organisations.

use entities::{learning_place, merge_proposal, organisation};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, Condition, QueryFilter};
use store::{Session, Unique, Writer};
use uuid::Uuid;

use crate::context::unit_of_work::{AuditReceipt, UnitOfWork};
use crate::places::record;

/// Kind of directory records that can be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// Learning places.
    LearningPlace,
    /// Organisations.
    Organisation,
}

impl RecordKind {
    /// Type of the global ids of the records.
    pub const fn node(self) -> NodeType {
        match self {
            Self::LearningPlace => NodeType::LearningPlace,
            Self::Organisation => NodeType::Organisation,
        }
    }
}

/// Two records of one kind.
#[derive(Clone, Copy, Debug)]
pub struct RecordPair {
    /// Kind of both records.
    pub kind: RecordKind,
    /// Record to be merged.
    pub duplicate: Uuid,
    /// Record that remains.
    pub survivor: Uuid,
}

impl RecordPair {
    /// Records of a proposal.
    pub fn of(row: &merge_proposal::Model) -> Self {
        let (kind, pair) = match (row.duplicate_place_id, row.survivor_place_id) {
            (None, None) => (RecordKind::Organisation, (row.duplicate_organisation_id, row.survivor_organisation_id)),
            pair => (RecordKind::LearningPlace, pair),
        };
        Self { kind, duplicate: pair.0.unwrap_or_default(), survivor: pair.1.unwrap_or_default() }
    }

    /// Both records.
    pub fn records(self) -> [(RecordKind, Uuid); 2] {
        [(self.kind, self.duplicate), (self.kind, self.survivor)]
    }

    /// Proposals about the two, this way or the other.
    pub fn either_way(self) -> Condition {
        let (duplicate, survivor) = columns(self.kind);
        let pair = |one: Uuid, other: Uuid| Condition::all().add(duplicate.eq(one)).add(survivor.eq(other));
        Condition::any().add(pair(self.duplicate, self.survivor)).add(pair(self.survivor, self.duplicate))
    }

    /// Key that refuses a second open proposal for the pair.
    pub const fn open_once(self) -> Unique {
        match self.kind {
            RecordKind::LearningPlace => Unique {
                name: "merge_proposal_open_places_key",
                columns: "merge_proposal.duplicate_place_id, merge_proposal.survivor_place_id",
            },
            RecordKind::Organisation => Unique {
                name: "merge_proposal_open_organisations_key",
                columns: "merge_proposal.duplicate_organisation_id, merge_proposal.survivor_organisation_id",
            },
        }
    }
}

/// Proposals about a record.
pub fn about((kind, id): (RecordKind, Uuid)) -> Condition {
    let (duplicate, survivor) = columns(kind);
    Condition::any().add(duplicate.eq(id)).add(survivor.eq(id))
}

const fn columns(kind: RecordKind) -> (merge_proposal::Column, merge_proposal::Column) {
    use merge_proposal::Column as C;
    match kind {
        RecordKind::LearningPlace => (C::DuplicatePlaceId, C::SurvivorPlaceId),
        RecordKind::Organisation => (C::DuplicateOrganisationId, C::SurvivorOrganisationId),
    }
}

/// The row of a record.
pub enum MergeRecord {
    /// A learning place.
    Place(learning_place::Model),
    /// Organisation.
    Organisation(organisation::Model),
}

impl MergeRecord {
    /// A record in sight that stands for itself, read anew.
    ///
    /// # Errors
    /// It is out of sight, was merged or put away; the database fails.
    pub async fn standing(session: &Session, (kind, id): (RecordKind, Uuid), field: &'static str) -> ApiResult<Self> {
        let record = match kind {
            RecordKind::LearningPlace => {
                let select = session.select::<learning_place::Entity>().filter(learning_place::Column::Id.eq(id));
                session.one(select).await?.map(Self::Place)
            }
            RecordKind::Organisation => {
                let select = session.select::<organisation::Entity>().filter(organisation::Column::Id.eq(id));
                session.one(select).await?.map(Self::Organisation)
            }
        };
        let Some(record) = record else { return Err(Problem::not_found(field).into()) };
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

    /// Authority that keeps the record.
    pub const fn tenant(&self) -> Uuid {
        match self {
            Self::Place(row) => row.tenant_id,
            Self::Organisation(row) => row.tenant_id,
        }
    }

    /// Marks the record as another record of `survivor`; none where somebody else changed the record meanwhile.
    ///
    /// # Errors
    /// The database fails.
    pub async fn merge(
        &self,
        mutation: &UnitOfWork,
        writer: &Writer<'_>,
        survivor: Uuid,
        by: &str,
    ) -> ApiResult<Option<AuditReceipt>> {
        match self {
            Self::Place(row) => record::merge::<learning_place::Entity>(mutation, writer, row, survivor, by).await,
            Self::Organisation(row) => record::merge::<organisation::Entity>(mutation, writer, row, survivor, by).await,
        }
    }
}
