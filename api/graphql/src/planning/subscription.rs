//! What happens in a round, as it happens, each seen with rights judged anew.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, SimpleObject, Subscription};
use domain::live::{Followed, follow};
use domain::members::changes_access;
use domain::planning::comments;
use entities::{
    annual_plan_calendar, calendar, calendar_entry, coordination_comment, coordination_round, outbox_event, round_plan,
};
use futures_util::stream::Stream;
use kernel::error::{ApiError, ApiResult, Problem};
use kernel::global_id::NodeType;
use sea_orm::{ColumnTrait, QueryFilter, Select};
use store::{ChangeHint, Session};
use uuid::Uuid;

use crate::calendars::entry_types::CalendarEntry;
use crate::context::ContextExt;
use crate::planning::comment_types::CoordinationComment;
use crate::planning::proposal_types::ChangeProposal;
use crate::planning::round_types::CoordinationRound;

/// Kind of an event in a coordination round.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoordinationRoundChangeKind {
    /// Start of the subscription; all events after this cursor follow.
    Ready,
    /// Round changed, moved to another state, or signed off by a party. An agreed round returns to `IN_COORDINATION` if
    /// an entry of its plans changes.
    Round,
    /// Annual plan submitted or withdrawn.
    Plan,
    /// Change proposal created, answered or withdrawn.
    Proposal,
    /// Comment created.
    Comment,
    /// Entry of the plans changed. Conflicts may differ; until the publication the sign-offs are reset unless the entry is
    /// `INTERNAL`.
    Entry,
}

/// Event in a coordination round. Objects are delivered in their current state, which may be newer than the event.
#[derive(SimpleObject)]
pub struct CoordinationRoundChange {
    /// Cursor of the event; pass it as `after` to resume after this event.
    cursor: String,
    /// Kind of event.
    kind: CoordinationRoundChangeKind,
    /// Coordination round.
    round: CoordinationRound,
    /// Change proposal, with kind `PROPOSAL`; otherwise null.
    proposal: Option<ChangeProposal>,
    /// Comment, with kind `COMMENT`; otherwise null.
    comment: Option<CoordinationComment>,
    /// Global id of the entry, with kind `ENTRY`; otherwise null.
    entry_id: Option<ID>,
    /// Entry at the viewer's level of access, with kind `ENTRY`; null if no longer visible to the viewer, and with
    /// other kinds.
    entry: Option<CalendarEntry>,
}

/// See the module.
#[derive(Default)]
pub struct PlanningSubscription;

#[Subscription]
impl PlanningSubscription {
    /// Reports events of a coordination round in commit order, each at least once: steps of the round, plans, change
    /// proposals, comments, and changes of the entries of its plans. The first event is `READY`; with `after`, delivery
    /// resumes after that cursor instead. Ends with an error as soon as the round is not visible to the viewer.
    async fn coordination_round_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Coordination round to follow.")] id: ID,
        #[graphql(desc = "Cursor of the last event received; delivery resumes after it.")] after: Option<String>,
    ) -> Result<impl Stream<Item = ApiResult<CoordinationRoundChange>>, ApiError> {
        let op = ctx.op_shared()?;
        let id = NodeType::CoordinationRound.parse(&id, "id")?;
        let Some(row) = op.session().await?.get::<coordination_round::Entity>(id).await? else {
            return Err(Problem::not_found("id").into());
        };
        follow(op, Round { id, seen: row }, after).await
    }
}

/// The round that is followed.
struct Round {
    id: Uuid,
    /// As it was when the subscription began.
    seen: Arc<coordination_round::Model>,
}

impl Followed for Round {
    type Change = CoordinationRoundChange;

    async fn events(&self, session: &Session) -> ApiResult<Select<outbox_event::Entity>> {
        if session.get::<coordination_round::Entity>(self.id).await?.is_none() {
            return Err(Problem::not_found("id").into());
        }
        let plans: Vec<_> = session.group::<round_plan::Entity>(self.id).await?.iter().map(|it| it.plan_id).collect();
        session.load_groups::<annual_plan_calendar::Entity>(plans.iter().copied()).await?;
        let mut calendars = Vec::new();
        for plan in plans {
            calendars
                .extend(session.group::<annual_plan_calendar::Entity>(plan).await?.iter().map(|it| it.calendar_id));
        }
        session.load::<calendar::Entity>(calendars.iter().copied()).await?;
        let mut parents = vec![self.id];
        for id in calendars {
            parents.extend(session.get::<calendar::Entity>(id).await?.map(|it| it.id));
        }
        Ok(session.select::<outbox_event::Entity>().filter(session.is_one_of(outbox_event::Column::ParentId, &parents)))
    }

    fn concerns(&self, hint: &ChangeHint) -> bool {
        match hint.object_type.as_str() {
            // Which calendars belong to it is read anew: a plan may have come.
            "CalendarEntry" | "Calendar" => true,
            _ => hint.parent == Some(self.id) || changes_access(hint),
        }
    }

    fn ready(&self, cursor: String) -> CoordinationRoundChange {
        change(cursor, CoordinationRoundChangeKind::Ready, self.seen.clone())
    }

    async fn change_of(
        &self,
        session: &Session,
        event: &outbox_event::Model,
        cursor: String,
    ) -> ApiResult<Option<CoordinationRoundChange>> {
        use CoordinationRoundChangeKind as Kind;
        let Some(row) = session.get::<coordination_round::Entity>(self.id).await? else { return Ok(None) };
        let of_kind = |kind| change(cursor, kind, row);
        Ok(match event.object_type.as_str() {
            "CoordinationRound" => Some(of_kind(Kind::Round)),
            "AnnualPlan" => Some(of_kind(Kind::Plan)),
            "ChangeProposal" => ChangeProposal::by_id(session, event.object_id)
                .await?
                .map(|it| CoordinationRoundChange { proposal: Some(it), ..of_kind(Kind::Proposal) }),
            "CoordinationComment" => {
                let select =
                    comments::of_round(session, self.id).filter(coordination_comment::Column::Id.eq(event.object_id));
                let comment = session.one(select).await?;
                comment.map(|it| CoordinationRoundChange { comment: Some(it.into()), ..of_kind(Kind::Comment) })
            }
            "CalendarEntry" => {
                let row = session.get::<calendar_entry::Entity>(event.object_id).await?;
                // It left one audience and is seen in the other: that has an event of its own.
                if event.topic == "calendar_entry.moved" && row.is_some() {
                    return Ok(None);
                }
                let entry = row.and_then(|row| CalendarEntry::seen(session, row));
                let entry_id = Some(NodeType::CalendarEntry.id(event.object_id));
                Some(CoordinationRoundChange { entry_id: entry_id.map(Into::into), entry, ..of_kind(Kind::Entry) })
            }
            _ => None,
        })
    }
}

fn change(
    cursor: String,
    kind: CoordinationRoundChangeKind,
    round: Arc<coordination_round::Model>,
) -> CoordinationRoundChange {
    let round = CoordinationRound(round);
    CoordinationRoundChange { cursor, kind, round, proposal: None, comment: None, entry_id: None, entry: None }
}
