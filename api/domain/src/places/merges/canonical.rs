//! Records that were merged into others.

use entities::{learning_place, organisation};
use kernel::error::ApiResult;
use sea_orm::EntityTrait;
use store::{ByKey, ByParent, Session};
use uuid::Uuid;

/// The most steps from a record to the one that stands for it.
const STEPS: usize = 16;

/// The records that a place took the place of.
pub enum MergedPlaces {}

impl ByParent for MergedPlaces {
    type Of = learning_place::Entity;
    const PARENT: learning_place::Column = learning_place::Column::MergedIntoId;
    const SORT: learning_place::Column = learning_place::Column::Id;
    fn parent(row: &learning_place::Model) -> Uuid {
        row.merged_into_id.unwrap_or_default()
    }
}

/// The records that an organisation took the place of.
pub enum MergedOrganisations {}

impl ByParent for MergedOrganisations {
    type Of = organisation::Entity;
    const PARENT: organisation::Column = organisation::Column::MergedIntoId;
    const SORT: organisation::Column = organisation::Column::Id;
    fn parent(row: &organisation::Model) -> Uuid {
        row.merged_into_id.unwrap_or_default()
    }
}

/// The records that stand for `records`: themselves, or what they were merged `into`, as far as that is in sight. One
/// statement for each step, however many records.
///
/// # Errors
/// The database fails.
pub async fn canonical_ids<E: ByKey<Key = Uuid>>(
    session: &Session,
    records: Vec<Uuid>,
    into: fn(&<E::Of as EntityTrait>::Model) -> Option<Uuid>,
) -> ApiResult<Vec<Uuid>> {
    let (mut standing, mut pending) = (Vec::new(), records);
    for _ in 0..STEPS {
        if pending.is_empty() {
            break;
        }
        session.load::<E>(pending.iter().copied()).await?;
        let mut further = Vec::new();
        for id in pending {
            match session.get::<E>(id).await?.map(|it| into(&it)) {
                Some(Some(into)) => further.push(into),
                Some(None) => standing.push(id),
                None => {}
            }
        }
        pending = further;
    }
    standing.sort();
    standing.dedup();
    Ok(standing)
}
