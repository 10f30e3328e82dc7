//! API type of proposals.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Days, Utc};
use domain::planning::proposals::VisibleProposals;
use domain::planning::rounds::WRITE;
use entities::{ProposalState as State, calendar_entry, change_proposal, coordination_round, learning_place};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use policy::Object as PolicyObject;
use store::Session;
use uuid::Uuid;

use crate::calendars::entry_types::CalendarEntry;
use crate::context::ContextExt;
use crate::enums::ProposalState;
use crate::places::types::LearningPlace;
use crate::planning::round_types::CoordinationRound;
use crate::scalars::{Date, LocalDateTime};
use crate::tenants::types::{Tenant, tenant_of};

/// What one party of a round proposes for an entry of another, or the owner offers instead.
pub struct ChangeProposal(pub Arc<change_proposal::Model>);

impl ChangeProposal {
    /// A proposal by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<VisibleProposals>(id).await?.map(Self))
    }
}

/// What the viewer may do with a proposal.
#[derive(SimpleObject)]
pub struct ChangeProposalAbilities {
    /// Accept or decline it.
    answer: bool,
    /// Take it back.
    withdraw: bool,
}

/// What one party of a round proposes for an entry of another, or the owner offers instead.
#[Object]
impl ChangeProposal {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::ChangeProposal.id(self.0.id).into()
    }

    /// The party that proposes.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// The party that must answer.
    async fn to(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.to_tenant_id).await
    }

    /// The round.
    async fn round(&self, ctx: &Context<'_>) -> Option<ApiResult<CoordinationRound>> {
        match ctx.session().await {
            Ok(session) => CoordinationRound::by_id(&session, self.0.round_id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// The entry, as it is now.
    async fn entry(&self, ctx: &Context<'_>) -> Option<ApiResult<CalendarEntry>> {
        match ctx.session().await {
            Ok(session) => CalendarEntry::by_id(&session, self.0.entry_id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Start that the series gives to the date that is meant; null = all of it, or a single entry.
    async fn occurrence(&self) -> Option<LocalDateTime> {
        self.0.occurrence.map(LocalDateTime)
    }

    /// Global id of the proposal that it counters.
    async fn counters(&self) -> Option<ID> {
        self.0.counters_id.map(|it| NodeType::ChangeProposal.id(it)).map(Into::into)
    }

    /// Where it stands.
    async fn state(&self) -> ProposalState {
        self.0.state.into()
    }

    /// Proposed start on the clock of the entry's zone; null = the time stays.
    async fn start_local(&self) -> Option<LocalDateTime> {
        self.0.starts_local.map(LocalDateTime)
    }

    /// Proposed end, exclusive.
    async fn end_local(&self) -> Option<LocalDateTime> {
        self.0.ends_local.map(LocalDateTime)
    }

    /// Whole days instead of clock times; null = the time stays.
    async fn all_day(&self) -> Option<bool> {
        self.0.all_day
    }

    /// Proposed first day, of whole days.
    async fn first_day(&self) -> Option<Date> {
        self.0.starts_local.filter(|_| self.0.all_day == Some(true)).map(|it| Date(it.date()))
    }

    /// Proposed last day, inclusive, of whole days.
    async fn last_day(&self) -> Option<Date> {
        let end = self.0.ends_local.filter(|_| self.0.all_day == Some(true))?.date();
        Some(Date(end.checked_sub_days(Days::new(1)).unwrap_or(end)))
    }

    /// Proposed learning place.
    async fn place(&self, ctx: &Context<'_>) -> Option<ApiResult<LearningPlace>> {
        let id = self.0.place_id?;
        match ctx.session().await {
            Ok(session) => session.get::<learning_place::Entity>(id).await.transpose().map(|it| it.map(LearningPlace)),
            Err(error) => Some(Err(error)),
        }
    }

    /// Proposed place in words.
    async fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// To call it off.
    async fn call_off(&self) -> bool {
        self.0.call_off
    }

    /// Why.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// By when an answer is wanted.
    async fn answer_until(&self) -> Option<Date> {
        self.0.answer_until.map(Date)
    }

    /// Who proposed, by the name the party uses.
    async fn proposed_by(&self) -> &str {
        &self.0.proposed_by
    }

    /// Why it was answered so.
    async fn answer(&self) -> Option<&str> {
        self.0.answer.as_deref()
    }

    /// Who answered, by the name the party uses.
    async fn answered_by(&self) -> Option<&str> {
        self.0.answered_by.as_deref()
    }

    /// When.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }

    /// What the viewer may do with it now.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<ChangeProposalAbilities> {
        let session = ctx.session().await?;
        let can =
            |tenant: Uuid| session.access().can(WRITE.0, &PolicyObject::row(WRITE.1, tenant, self.0.scope_id, None));
        let answers = match self.0.state {
            State::Open => Some(self.0.to_tenant_id),
            State::Agreed => session.get::<calendar_entry::Entity>(self.0.entry_id).await?.map(|it| it.tenant_id),
            State::Accepted | State::Declined | State::Countered | State::Withdrawn => None,
        };
        let round = session.get::<coordination_round::Entity>(self.0.round_id).await?;
        let goes_on = round.is_some_and(|it| it.state == entities::RoundState::InCoordination);
        Ok(ChangeProposalAbilities {
            answer: goes_on && answers.is_some_and(can),
            withdraw: matches!(self.0.state, State::Open | State::Agreed) && can(self.0.tenant_id),
        })
    }

    /// Grows by one with every answer; updates must name it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}
