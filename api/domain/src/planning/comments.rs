//! Comments in a round: on the round, on an entry of its plans, on a proposal.

use std::collections::BTreeSet;

use entities::{calendar_entry, change_proposal, coordination_comment, coordination_round};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::text;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait, Select};
use serde_json::json;
use store::{Session, full};
use uuid::Uuid;

use crate::calendars::entry_view::in_full;
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork};
use crate::members::acting_name;
use crate::planning::proposals;
use crate::planning::proposals::{VisibleProposals, entry_of};
use crate::rights::{self, Operation};

/// The comments of a round that the actor may see: not those about what it does not see, nor about entries that it
/// does not see in full.
pub fn of_round(session: &Session, round: Uuid) -> Select<coordination_comment::Entity> {
    use coordination_comment::Column as C;
    let proposals = proposals::visible(session).select_only().column(change_proposal::Column::Id).into_query();
    let entries = session
        .select::<calendar_entry::Entity>()
        .filter(in_full::<calendar_entry::Entity>(session))
        .select_only()
        .column(calendar_entry::Column::Id)
        .into_query();
    session
        .select::<coordination_comment::Entity>()
        .filter(C::RoundId.eq(round))
        .filter(Condition::any().add(C::ProposalId.is_null()).add(C::ProposalId.in_subquery(proposals)))
        .filter(Condition::any().add(C::EntryId.is_null()).add(C::EntryId.in_subquery(entries)))
}

/// Subject of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentSubject {
    /// The round.
    Round,
    /// A proposal.
    Proposal(Uuid),
    /// An entry.
    Entry(Uuid),
}

/// Comments in a round, for a party.
pub async fn create(
    op: &Op,
    id: Uuid,
    tenant: Uuid,
    about: CommentSubject,
    text: &str,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let text = text::optional(Some(text.to_owned()), "text", 4_000)?
        .ok_or_else(|| Problem::at(UserErrorCode::Required, "text", Text::new("required")))?;
    let mutation = UnitOfWork::begin(op, "coordinationCommentCreate").await?;
    let session = mutation.session();
    let party = (tenant, "tenant");
    let (grant, row) =
        rights::find_for_party::<coordination_round::Entity>(session, (id, "round"), Operation::TakePart, party)
            .await?;
    let (mut proposal_id, mut entry_id) = (None, None);
    match about {
        CommentSubject::Round => {}
        CommentSubject::Proposal(proposal) => match session.get::<VisibleProposals>(proposal).await? {
            Some(proposal) if proposal.round_id == id => {
                let entry = rights::find_visible::<calendar_entry::Entity>(session, proposal.entry_id, "about").await?;
                let about = (&*entry, "about");
                rights::judge_party::<calendar_entry::Entity>(session, about, Operation::Contribute, party).await?;
                proposal_id = Some(proposal.id);
            }
            Some(_) | None => return Err(Problem::not_found("about").into()),
        },
        CommentSubject::Entry(entry) => {
            let entry = entry_of(session, &row, entry).await.map_err(|it| it.renamed("entry", "about"))?;
            let about = (&entry, "about");
            rights::judge_party::<calendar_entry::Entity>(session, about, Operation::Contribute, party).await?;
            entry_id = Some(entry.id);
        }
    }
    let writer = session.writer(&grant).await?;
    let made = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(_) => return Ok(id),
    };
    let comment = coordination_comment::Model {
        id: made,
        tenant_id: tenant,
        scope_id: row.scope_id,
        round_id: id,
        proposal_id,
        entry_id,
        text,
        author: acting_name(session, tenant),
        created_at: writer.now(),
    };
    writer.insert::<coordination_comment::ActiveModel>(full(comment.clone())).await?;
    let recorded = mutation
        .record(
            &writer,
            ChangeRecord {
                object_type: "CoordinationComment",
                object_id: made,
                version: 1,
                scope: row.scope_id,
                topic: "coordination_comment.created",
                parent: Some(id),
                also: BTreeSet::new(),
                agreement: Some(row.agreement_id),
                before: None,
                after: Some(json!({ "round": id, "proposal": proposal_id, "entry": entry_id, "text": comment.text })),
            },
        )
        .await?;
    mutation.commit(recorded).await?;
    Ok(id)
}
