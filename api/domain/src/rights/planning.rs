//! Rights on annual plans, coordination rounds and change proposals.

use entities::{
    ProposalState, RoundState, ScopeArea, agreement, annual_plan, calendar_entry, change_proposal, coordination_round,
    round_plan,
};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use policy::{Action, Object};
use store::Session;
use uuid::Uuid;

use crate::agreements::service::parties_of;
use crate::planning::party::in_force;
use crate::planning::proposals::{self, VisibleProposals};
use crate::planning::rounds::{self, not_collecting};
use crate::planning::settlement;
use crate::rights::{Need, Operation, Resource, find_visible, judge_party};

impl Resource for annual_plan::Entity {
    const NODE: NodeType = NodeType::AnnualPlan;
    const AREA: ScopeArea = ScopeArea::Calendars;
    const OPERATIONS: &'static [Need] = &[Need::of(Operation::Update, Action::Write)];

    fn object(row: &annual_plan::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }
}

impl Resource for coordination_round::Entity {
    const NODE: NodeType = NodeType::CoordinationRound;
    const AREA: ScopeArea = ScopeArea::Calendars;
    const OPERATIONS: &'static [Need] = &[
        Need::of(Operation::TakePart, Action::Write),
        Need::of(Operation::Update, Action::Write),
        Need::of(Operation::Start, Action::Write),
        Need::of(Operation::SignOff, Action::Sign),
        Need::of(Operation::Publish, Action::Write),
        Need::of(Operation::Close, Action::Write),
    ];

    fn object(row: &coordination_round::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }

    async fn objects(
        session: &Session,
        row: &coordination_round::Model,
        operation: Operation,
    ) -> ApiResult<Vec<Object>> {
        find_visible::<agreement::Entity>(session, row.agreement_id, "agreement").await?;
        // Planning takes calendars; a signature binds the authority, as the agreement does.
        let area = if operation == Operation::SignOff { ScopeArea::Agreements } else { Self::AREA };
        let mut parties = parties_of(session, row.agreement_id).await?;
        if operation == Operation::Update {
            parties.retain(|it| *it == row.tenant_id);
        }
        Ok(parties.into_iter().map(|it| Object::row(area, it, row.scope_id, None)).collect())
    }

    async fn obstacle(
        session: &Session,
        row: &coordination_round::Model,
        operation: Operation,
        acting: Uuid,
    ) -> ApiResult<()> {
        let agreement = find_visible::<agreement::Entity>(session, row.agreement_id, "agreement").await?;
        in_force(session, &agreement).await?;
        match operation {
            Operation::Update if row.state != RoundState::Collecting => Err(not_collecting("id", row.state)),
            Operation::TakePart if matches!(row.state, RoundState::Published | RoundState::Closed) => {
                Err(rounds::over(row))
            }
            Operation::Start => {
                rounds::leads_to(row, RoundState::InCoordination)?;
                rounds::may_start(session, row, acting).await
            }
            Operation::SignOff => {
                rounds::leads_to(row, RoundState::Agreed)?;
                let plans = session.group::<round_plan::Entity>(row.id).await?;
                rounds::unsigned(&plans, acting)?;
                settlement::check(session, row, acting).await
            }
            Operation::Publish => rounds::leads_to(row, RoundState::Published),
            Operation::Close => rounds::leads_to(row, RoundState::Closed),
            _ => Ok(()),
        }
    }
}

impl Resource for VisibleProposals {
    const NODE: NodeType = NodeType::ChangeProposal;
    const AREA: ScopeArea = ScopeArea::Calendars;
    const OPERATIONS: &'static [Need] = &[
        Need::of(Operation::Accept, Action::Write),
        Need::of(Operation::Decline, Action::Write),
        Need::of(Operation::Counter, Action::Write),
        Need::of(Operation::Withdraw, Action::Write),
    ];

    fn object(row: &change_proposal::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }

    async fn objects(session: &Session, row: &change_proposal::Model, operation: Operation) -> ApiResult<Vec<Object>> {
        let round = find_visible::<coordination_round::Entity>(session, row.round_id, "id").await?;
        let entry = find_visible::<calendar_entry::Entity>(session, row.entry_id, "id").await?;
        find_visible::<agreement::Entity>(session, round.agreement_id, "agreement").await?;
        let acting = match operation {
            Operation::Withdraw => row.tenant_id,
            // What the parties agree on is left to the owner of the entry.
            Operation::Accept | Operation::Decline if row.state == ProposalState::Agreed => entry.tenant_id,
            _ => row.to_tenant_id,
        };
        if !parties_of(session, round.agreement_id).await?.contains(&acting) {
            return Ok(Vec::new());
        }
        Ok(vec![Object::row(Self::AREA, acting, round.scope_id, None)])
    }

    async fn obstacle(
        session: &Session,
        row: &change_proposal::Model,
        operation: Operation,
        acting: Uuid,
    ) -> ApiResult<()> {
        let round = find_visible::<coordination_round::Entity>(session, row.round_id, "id").await?;
        let agreement = find_visible::<agreement::Entity>(session, round.agreement_id, "agreement").await?;
        in_force(session, &agreement).await?;
        if operation != Operation::Withdraw && round.state != RoundState::InCoordination {
            let text = Text::new("round-not-in-coordination").with("state", round.state.as_str());
            return Err(Problem::at(UserErrorCode::Conflict, "id", text).into());
        }
        let wanted = match operation {
            Operation::Accept => {
                let entry = find_visible::<calendar_entry::Entity>(session, row.entry_id, "id").await?;
                if acting == entry.tenant_id { ProposalState::Accepted } else { ProposalState::Agreed }
            }
            Operation::Decline => ProposalState::Declined,
            Operation::Counter => {
                let entry = find_visible::<calendar_entry::Entity>(session, row.entry_id, "id").await?;
                let party = (acting, "id");
                judge_party::<calendar_entry::Entity>(session, (&entry, "id"), Operation::Contribute, party).await?;
                ProposalState::Countered
            }
            _ => ProposalState::Withdrawn,
        };
        proposals::leads_to(row, wanted)
    }
}
