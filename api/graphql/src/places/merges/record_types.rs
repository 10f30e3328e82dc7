//! API types of what can be merged.

use async_graphql::{Enum, ID, Interface};
use chrono::{DateTime, Utc};
use domain::places::merges::records::RecordKind;
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::{NodeType, parse};
use kernel::i18n::Text;
use store::Session;
use uuid::Uuid;

use crate::places::external_types::ExternalId;
use crate::places::organisations::types::Organisation;
use crate::places::types::LearningPlace;
use crate::tenants::types::Tenant;

/// Kinds of records that can be merged.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "domain::places::merges::records::RecordKind")]
pub enum DirectoryRecordKind {
    /// Learning places.
    LearningPlace,
    /// Organisations.
    Organisation,
}

/// Record of the directory: learning place or organisation. Two records of one kind can be merged.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Global id."),
    field(name = "tenant", ty = "ApiResult<Tenant>", desc = "The authority that keeps the record."),
    field(name = "name", ty = "&str", desc = "Name."),
    field(name = "street", ty = "Option<&str>", desc = "Street and number."),
    field(name = "postal_code", ty = "Option<&str>", desc = "Postal code, as text."),
    field(name = "city", ty = "Option<&str>", desc = "Town or village."),
    field(name = "external_ids", ty = "ApiResult<Vec<ExternalId>>", desc = "Ids in other registers."),
    field(
        name = "merged_at",
        ty = "Option<ApiResult<DateTime<Utc>>>",
        desc = "Instant at which the record was merged into another that the viewer sees; null where there is none."
    ),
    field(
        name = "archived_at",
        ty = "Option<DateTime<Utc>>",
        desc = "Instant at which the record was archived; null while it is in use."
    ),
    field(name = "version", ty = "i32", desc = "Grows by one with every change.")
)]
pub enum DirectoryRecord {
    /// Learning place.
    LearningPlace(LearningPlace),
    /// Organisation.
    Organisation(Organisation),
}

impl DirectoryRecord {
    /// A record, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, kind: RecordKind, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(match kind {
            RecordKind::LearningPlace => LearningPlace::by_id(session, id).await?.map(Self::LearningPlace),
            RecordKind::Organisation => Organisation::by_id(session, id).await?.map(Self::Organisation),
        })
    }
}

/// Reads records and what was selected of them (paths with dots), in one statement each.
///
/// # Errors
/// The database fails.
pub async fn preload(
    session: &Session,
    records: &[(RecordKind, Uuid)],
    selected: &(dyn Fn(&str) -> bool + Send + Sync),
) -> ApiResult<()> {
    let of = |kind| records.iter().filter(move |it| it.0 == kind).map(|it| it.1).collect::<Vec<_>>();
    crate::places::query::preload(session, &of(RecordKind::LearningPlace), selected).await?;
    crate::places::organisations::query::preload(session, &of(RecordKind::Organisation), selected).await
}

/// Which record an id names.
///
/// # Errors
/// `INVALID` at `field`: it is no id of such a record.
pub fn record(id: &ID, field: &'static str) -> ApiResult<(RecordKind, Uuid)> {
    match parse(id) {
        Some((NodeType::LearningPlace, id)) => Ok((RecordKind::LearningPlace, id)),
        Some((NodeType::Organisation, id)) => Ok((RecordKind::Organisation, id)),
        Some(_) | None => {
            let text = Text::new("no-record-id").with("value", id.chars().take(40).collect::<String>());
            Err(Problem::at(UserErrorCode::Invalid, field, text).into())
        }
    }
}
