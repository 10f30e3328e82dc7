//! Rights on agreements and shares.

use entities::{AgreementState, ScopeArea, agreement, share};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use policy::{Action, Object};
use store::Session;
use uuid::Uuid;

use crate::agreements::service::{leads_to, may_sign, parties_of};
use crate::rights::calendars::conflict;
use crate::rights::{Need, Operation, Resource};

impl Resource for agreement::Entity {
    const NODE: NodeType = NodeType::Agreement;
    const AREA: ScopeArea = ScopeArea::Agreements;
    const OPERATIONS: &'static [Need] = &[
        Need::of(Operation::Propose, Action::Write),
        Need::of(Operation::Sign, Action::Sign),
        Need::of(Operation::End, Action::Write),
    ];

    fn object(row: &agreement::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }

    async fn objects(session: &Session, row: &agreement::Model, operation: Operation) -> ApiResult<Vec<Object>> {
        if operation == Operation::Propose {
            return Ok(vec![Self::object(row)]);
        }
        let parties = parties_of(session, row.id).await?;
        Ok(parties.into_iter().map(|it| Object::row(Self::AREA, it, row.scope_id, None)).collect())
    }

    async fn obstacle(session: &Session, row: &agreement::Model, operation: Operation, acting: Uuid) -> ApiResult<()> {
        match operation {
            Operation::Propose => leads_to(row, AgreementState::Proposed),
            Operation::Sign => {
                leads_to(row, AgreementState::Active)?;
                may_sign(session, row.id, acting).await
            }
            _ => leads_to(row, AgreementState::Ended),
        }
    }
}

impl Resource for share::Entity {
    const NODE: NodeType = NodeType::Share;
    const AREA: ScopeArea = ScopeArea::Agreements;
    const OPERATIONS: &'static [Need] = &[Need::of(Operation::End, Action::Share)];

    fn object(row: &share::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }

    async fn obstacle(_: &Session, row: &share::Model, _: Operation, _: Uuid) -> ApiResult<()> {
        if row.ended_at.is_some() { conflict("ended-already") } else { Ok(()) }
    }
}
