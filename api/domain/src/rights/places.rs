//! Rights on places, organisations, merge proposals and education offers.

use std::sync::Arc;

use entities::{
    EducationOfferState, MergeProposalState, ScopeArea, education_offer, learning_place, merge_proposal, organisation,
};
use kernel::error::{ApiResult, Problem};
use kernel::global_id::NodeType;
use policy::{Action, Object};
use sea_orm::{ColumnTrait, QueryFilter};
use store::Session;
use uuid::Uuid;

use crate::offers;
use crate::rights::calendars::conflict;
use crate::rights::{Need, Operation, Resource};

/// Operations on a record that can be merged into another.
const RECORD: &[Need] = &[
    Need::of(Operation::Update, Action::Write),
    Need::of(Operation::Archive, Action::Write),
    Need::beside(Operation::Unmerge, Action::Write),
];

fn record_obstacle(operation: Operation, merged_into: Option<Uuid>) -> ApiResult<()> {
    match (operation, merged_into) {
        (Operation::Unmerge, None) => conflict("record-not-merged"),
        (Operation::Unmerge, Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => conflict("record-merged"),
    }
}

macro_rules! record {
    ($($table:ident: $node:ident);+ $(;)?) => {
        $(impl Resource for $table::Entity {
            const NODE: NodeType = NodeType::$node;
            const AREA: ScopeArea = ScopeArea::Places;
            const OPERATIONS: &'static [Need] = RECORD;

            fn object(row: &$table::Model) -> Object {
                Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
            }

            async fn find_visible(session: &Session, id: Uuid) -> ApiResult<Option<Arc<$table::Model>>> {
                // Read anew: what a list has read ahead may be older than a lock.
                let select = session.select::<Self>().filter($table::Column::Id.eq(id));
                Ok(session.one(select).await?.map(Arc::new))
            }

            async fn obstacle(_: &Session, row: &$table::Model, operation: Operation, _: Uuid) -> ApiResult<()> {
                record_obstacle(operation, row.merged_into_id)
            }
        })+
    };
}

record! {
    learning_place: LearningPlace;
    organisation: Organisation;
}

impl Resource for merge_proposal::Entity {
    const NODE: NodeType = NodeType::MergeProposal;
    const AREA: ScopeArea = ScopeArea::Places;
    const OPERATIONS: &'static [Need] = &[
        Need::of(Operation::Accept, Action::Write),
        Need::of(Operation::Decline, Action::Write),
        Need::of(Operation::Withdraw, Action::Write),
    ];

    fn object(row: &merge_proposal::Model) -> Object {
        Object::row(Self::AREA, row.duplicate_tenant_id, row.scope_id, None)
    }

    async fn objects(_: &Session, row: &merge_proposal::Model, operation: Operation) -> ApiResult<Vec<Object>> {
        let tenant = match operation {
            // Only the owner of the record that gives way.
            Operation::Accept => row.duplicate_tenant_id,
            Operation::Decline => row.to_tenant_id,
            _ => row.tenant_id,
        };
        Ok(vec![Object::row(Self::AREA, tenant, row.scope_id, None)])
    }

    async fn obstacle(_: &Session, row: &merge_proposal::Model, operation: Operation, _: Uuid) -> ApiResult<()> {
        if row.state == MergeProposalState::Open {
            return Ok(());
        }
        let wanted = match operation {
            Operation::Accept => MergeProposalState::Accepted,
            Operation::Decline => MergeProposalState::Declined,
            _ => MergeProposalState::Withdrawn,
        };
        Err(Problem::illegal_transition("id", row.state.as_str(), wanted.as_str(), []).into())
    }
}

impl Resource for education_offer::Entity {
    const NODE: NodeType = NodeType::EducationOffer;
    const AREA: ScopeArea = ScopeArea::Places;
    const OPERATIONS: &'static [Need] = &[
        Need::of(Operation::Update, Action::Write),
        Need::of(Operation::Publish, Action::Write),
        Need::of(Operation::Withdraw, Action::Write),
    ];

    fn object(row: &education_offer::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }

    async fn obstacle(session: &Session, row: &education_offer::Model, operation: Operation, _: Uuid) -> ApiResult<()> {
        match operation {
            Operation::Publish => {
                offers::service::leads_to(row.state, EducationOfferState::Published)?;
                offers::service::publishable(session, row).await
            }
            Operation::Withdraw => offers::service::leads_to(row.state, EducationOfferState::Withdrawn),
            _ => Ok(()),
        }
    }
}
