//! API type of proposals.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Days, Utc};
use entities::{change_proposal, learning_place};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::access::abilities::ChangeProposalAbilities;
use crate::calendars::entry_types::CalendarEntry;
use crate::context::ContextExt;
use crate::enums::ProposalState;
use crate::node_row::node_object;
use crate::places::types::LearningPlace;
use crate::planning::round_types::CoordinationRound;
use crate::scalars::{Date, LocalDateTime};
use crate::tenants::types::{Tenant, tenant_of};

/// Proposal of one party in a coordination round to change an entry of another party, or counter-proposal to such a
/// proposal.
pub struct ChangeProposal(pub Arc<change_proposal::Model>);

node_object!(ChangeProposal, |row| Self(row));

/// Proposal of one party in a coordination round to change an entry of another party, or counter-proposal to such a
/// proposal.
#[Object]
impl ChangeProposal {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::ChangeProposal.id(self.0.id).into()
    }

    /// Party that made the proposal.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Party to which the proposal is addressed and that must answer.
    async fn to(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.to_tenant_id).await
    }

    /// Coordination round; null if not visible to the viewer.
    async fn round(&self, ctx: &Context<'_>) -> Option<ApiResult<CoordinationRound>> {
        match ctx.session().await {
            Ok(session) => CoordinationRound::by_id(&session, self.0.round_id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Entry to be changed, in its current state; null if not visible to the viewer.
    async fn entry(&self, ctx: &Context<'_>) -> Option<ApiResult<CalendarEntry>> {
        match ctx.session().await {
            Ok(session) => CalendarEntry::by_id(&session, self.0.entry_id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Local start given by the series to the occurrence in question; null for a whole series and for a single entry.
    async fn occurrence(&self) -> Option<LocalDateTime> {
        self.0.occurrence.map(LocalDateTime)
    }

    /// Global id of the proposal answered by this counter-proposal; null if the proposal is not a counter-proposal.
    async fn counters_id(&self) -> Option<ID> {
        self.0.counters_id.map(|it| NodeType::ChangeProposal.id(it)).map(Into::into)
    }

    /// State of the proposal.
    async fn state(&self) -> ProposalState {
        self.0.state.into()
    }

    /// Proposed local start, in the time zone of the entry; null = no change of time.
    async fn start_local(&self) -> Option<LocalDateTime> {
        self.0.starts_local.map(LocalDateTime)
    }

    /// Proposed local end, exclusive, in the time zone of the entry; null = no change of time.
    async fn end_local(&self) -> Option<LocalDateTime> {
        self.0.ends_local.map(LocalDateTime)
    }

    /// True if the proposed time spans whole days, false for clock times; null = no change of time.
    async fn all_day(&self) -> Option<bool> {
        self.0.all_day
    }

    /// Proposed first day of an all-day entry; null for clock times, and without a change of time.
    async fn first_day(&self) -> Option<Date> {
        self.0.starts_local.filter(|_| self.0.all_day == Some(true)).map(|it| Date(it.date()))
    }

    /// Proposed last day of an all-day entry, inclusive; null for clock times, and without a change of time.
    async fn last_day(&self) -> Option<Date> {
        let end = self.0.ends_local.filter(|_| self.0.all_day == Some(true))?.date();
        Some(Date(end.checked_sub_days(Days::new(1)).unwrap_or(end)))
    }

    /// Proposed learning place; null = no change, or not visible to the viewer.
    async fn place(&self, ctx: &Context<'_>) -> Option<ApiResult<LearningPlace>> {
        let id = self.0.place_id?;
        match ctx.session().await {
            Ok(session) => session.get::<learning_place::Entity>(id).await.transpose().map(|it| it.map(LearningPlace)),
            Err(error) => Some(Err(error)),
        }
    }

    /// Proposed location in free text; null = no change.
    async fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// True if the cancellation of the entry is proposed.
    async fn call_off(&self) -> bool {
        self.0.call_off
    }

    /// Reason for the proposal.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// Requested last day for an answer; null if none was stated.
    async fn answer_until(&self) -> Option<Date> {
        self.0.answer_until.map(Date)
    }

    /// Name of the person who made the proposal, as used by the party.
    async fn created_by(&self) -> &str {
        &self.0.proposed_by
    }

    /// Reason for the refusal of the proposal; null for other answers.
    async fn reason(&self) -> Option<&str> {
        self.0.answer.as_deref()
    }

    /// Name of the person who last answered or withdrew the proposal, as used by the party; null before.
    async fn answered_by(&self) -> Option<&str> {
        self.0.answered_by.as_deref()
    }

    /// Instant of the last answer or the withdrawal; null before.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }

    /// Actions open to the viewer on the proposal at present.
    async fn viewer_can(&self) -> ChangeProposalAbilities {
        ChangeProposalAbilities(self.0.clone())
    }

    /// Version number, raised by one with every answer; answers must state it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Instant of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}
