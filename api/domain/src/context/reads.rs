//! Records of figures that were read by a share: for both sides, and before the answer goes out.
//!
//! What is read is remembered with the operation. When its reading session has ended, everything is recorded in one
//! transaction; if that fails, there is no answer. The owner's own reading, and that of public figures, leaves nothing.

use std::collections::BTreeSet;

use entities::{ScopeArea, audit_event, dataset_content};
use kernel::error::{ApiError, ApiResult};
use kernel::ids::new_id;
use sea_orm::Set;
use serde_json::{Value as Json, json};
use store::scopes::{Audience, ScopeShare, ensure};
use uuid::Uuid;

use crate::context::op::Op;

/// Figures that somebody read.
#[derive(Clone, Debug)]
pub struct DataRead {
    /// What was done: `rows`, `aggregate`, `export`.
    pub what: &'static str,
    /// The owner of the figures.
    pub owner: Uuid,
    /// Their scope.
    pub scope: Uuid,
    /// Their dataset.
    pub dataset: Uuid,
    /// Their version.
    pub version: Uuid,
    /// What was asked for: columns, filters, format.
    pub question: Json,
    /// How many rows went out.
    pub rows: i64,
}

impl DataRead {
    /// Rows of a content.
    pub fn of(what: &'static str, content: &dataset_content::Model, question: Json, rows: i64) -> Self {
        Self {
            what,
            owner: content.tenant_id,
            scope: content.scope_id,
            dataset: content.dataset_id,
            version: content.version_id,
            question,
            rows,
        }
    }
}

/// Remembers what was read, where it was read by a share.
///
/// # Errors
/// The database fails.
pub async fn remember(op: &Op, read: DataRead) -> ApiResult<()> {
    let session = op.session().await?;
    if session.access().visibility(read.scope).is_some_and(|it| it.because.is_share()) {
        op.read_data(read);
    }
    Ok(())
}

/// Records what the operation read by shares. Called after its reading session has ended, and before anything is answered.
///
/// # Errors
/// The database fails, or a share has ended meanwhile: then there must be no answer.
pub async fn keep(op: &Op) -> ApiResult<()> {
    let reads = op.unrecorded();
    if reads.is_empty() {
        return Ok(());
    }
    let session = op.store.write(&op.actor, op.clock.now(), op.stats.clone()).await?;
    for read in reads {
        let Some(sight) = session.access().visibility(read.scope) else {
            return Err(ApiError::fault("figures went out of sight before they were recorded"));
        };
        if !sight.because.is_share() {
            continue;
        }
        let (grant, agreement, reader) = session
            .access()
            .grant_of_reader(read.scope, read.owner)
            .ok_or_else(|| ApiError::fault("figures were read by a share that is none"))?;
        let writer = session.writer(&grant).await?;
        let scope_share = ScopeShare { grantee: Some(reader), ..ScopeShare::to_parties(agreement) };
        let audience = Audience::Owned {
            tenant: read.owner,
            area: ScopeArea::Audit,
            field: None,
            scope_shares: BTreeSet::from([scope_share]),
        };
        let scope = ensure(&writer, &audience).await?;
        writer
            .insert(audit_event::ActiveModel {
                id: Set(new_id()),
                tenant_id: Set(read.owner),
                scope_id: Set(scope),
                person_id: Set(grant.person()),
                action: Set(format!("dataset.{}", read.what)),
                object_type: Set("DatasetVersion".to_owned()),
                object_id: Set(read.version),
                agreement_id: Set(Some(agreement)),
                before: Set(None),
                after: Set(Some(json!({
                    "dataset": read.dataset, "reader": reader, "question": read.question, "rows": read.rows,
                }))),
                request_id: Set(op.request_id.clone()),
                created_at: Set(writer.now()),
            })
            .await?;
    }
    session.commit().await
}
