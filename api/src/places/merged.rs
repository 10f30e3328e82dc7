//! Records that were merged into others.

use uuid::Uuid;
use verbund_entities::learning_place;

use crate::error::ApiResult;
use crate::store::{Grouped, Session};

/// The most steps from a record to the one that stands for it.
const STEPS: usize = 16;

/// The records that a place took the place of.
pub enum MergedInto {}

impl Grouped for MergedInto {
    type Of = learning_place::Entity;
    const PARENT: learning_place::Column = learning_place::Column::MergedIntoId;
    const SORT: learning_place::Column = learning_place::Column::Id;
    fn parent(row: &learning_place::Model) -> Uuid {
        row.merged_into_id.unwrap_or_default()
    }
}

/// The records that stand for `places`: themselves, or what they were merged into, as far as that is in sight. One
/// statement for each step, however many places.
///
/// # Errors
/// The database fails.
pub async fn standing_for(session: &Session, places: Vec<Uuid>) -> ApiResult<Vec<Uuid>> {
    let (mut standing, mut asked) = (Vec::new(), places);
    for _ in 0..STEPS {
        if asked.is_empty() {
            break;
        }
        session.load::<learning_place::Entity>(asked.iter().copied()).await?;
        let mut further = Vec::new();
        for id in asked {
            match session.get::<learning_place::Entity>(id).await?.map(|it| it.merged_into_id) {
                Some(Some(into)) => further.push(into),
                Some(None) => standing.push(id),
                None => {}
            }
        }
        asked = further;
    }
    standing.sort();
    standing.dedup();
    Ok(standing)
}
