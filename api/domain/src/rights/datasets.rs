//! Rights on datasets, their versions, imports and releases, and on data requests. The field of work is the dataset's.

use entities::{
    DataRequestState, DatasetAccess, DatasetReleaseState, DatasetVersionState, ScopeArea, data_request, dataset,
    dataset_import, dataset_release, dataset_version,
};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use policy::{Action, Object};
use store::Session;
use uuid::Uuid;

use crate::datasets::import::uploads::refuse_unit_data;
use crate::datasets::release::{may_be_proposed, may_be_public};
use crate::datasets::version_service::illegal;
use crate::rights::calendars::conflict;
use crate::rights::{Need, Operation, Resource, find_visible};

impl Resource for dataset::Entity {
    const NODE: NodeType = NodeType::Dataset;
    const AREA: ScopeArea = ScopeArea::Datasets;
    const OPERATIONS: &'static [Need] = &[
        Need::of(Operation::Update, Action::Write),
        Need::of(Operation::Import, Action::Write),
        Need::of(Operation::ProposeRelease, Action::Write),
        Need::of(Operation::Share, Action::Share),
        Need::of(Operation::ChangeAccess, Action::Share),
        Need::of(Operation::Withdraw, Action::Publish),
    ];

    fn object(row: &dataset::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, row.field_of_work_id)
    }

    async fn objects(_: &Session, row: &dataset::Model, operation: Operation) -> ApiResult<Vec<Object>> {
        // Releases are decided for the authority as a whole.
        let field = if operation == Operation::Withdraw { None } else { row.field_of_work_id };
        Ok(vec![Object { field, ..Self::object(row) }])
    }

    async fn obstacle(session: &Session, row: &dataset::Model, operation: Operation, _: Uuid) -> ApiResult<()> {
        match operation {
            Operation::Import => refuse_unit_data(row, "id"),
            Operation::ProposeRelease => may_be_proposed(session, row).await,
            Operation::Share if row.access == DatasetAccess::Internal => conflict("dataset-is-internal"),
            Operation::ChangeAccess if row.access == DatasetAccess::Public => {
                let access = row.access.as_str();
                Err(Problem::illegal_transition("access", access, access, []).into())
            }
            Operation::Withdraw if row.access != DatasetAccess::Public || row.withdrawn_at.is_some() => {
                conflict("dataset-not-public")
            }
            _ => Ok(()),
        }
    }
}

impl Resource for dataset_version::Entity {
    const NODE: NodeType = NodeType::DatasetVersion;
    const AREA: ScopeArea = ScopeArea::Datasets;
    const OPERATIONS: &'static [Need] =
        &[Need::of(Operation::Publish, Action::Write), Need::of(Operation::Withdraw, Action::Write)];

    fn object(row: &dataset_version::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }

    async fn objects(session: &Session, row: &dataset_version::Model, _: Operation) -> ApiResult<Vec<Object>> {
        let dataset = find_visible::<dataset::Entity>(session, row.dataset_id, "id").await?;
        Ok(vec![dataset::Entity::object(&dataset)])
    }

    async fn obstacle(session: &Session, row: &dataset_version::Model, operation: Operation, _: Uuid) -> ApiResult<()> {
        let dataset = find_visible::<dataset::Entity>(session, row.dataset_id, "id").await?;
        if dataset.access == DatasetAccess::Public {
            let object = Object::row(Self::AREA, dataset.tenant_id, dataset.scope_id, None);
            session.authorize(Action::Publish, &object, "id")?;
        }
        let (from, to) = match operation {
            Operation::Publish => (DatasetVersionState::Draft, DatasetVersionState::Published),
            _ => (DatasetVersionState::Published, DatasetVersionState::Withdrawn),
        };
        if row.state == from { Ok(()) } else { Err(illegal(row, to)) }
    }
}

impl Resource for dataset_import::Entity {
    const NODE: NodeType = NodeType::DatasetImport;
    const AREA: ScopeArea = ScopeArea::Datasets;
    const OPERATIONS: &'static [Need] = &[Need::of(Operation::Cancel, Action::Write)];

    fn object(row: &dataset_import::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }

    async fn objects(session: &Session, row: &dataset_import::Model, _: Operation) -> ApiResult<Vec<Object>> {
        let dataset = find_visible::<dataset::Entity>(session, row.dataset_id, "id").await?;
        Ok(vec![dataset::Entity::object(&dataset)])
    }

    async fn obstacle(_: &Session, row: &dataset_import::Model, _: Operation, _: Uuid) -> ApiResult<()> {
        if row.finished_at.is_some() || row.cancel_requested {
            return Err(Problem::illegal_transition("id", row.state.as_str(), "CANCELLED", []).into());
        }
        Ok(())
    }
}

impl Resource for dataset_release::Entity {
    const NODE: NodeType = NodeType::DatasetRelease;
    const AREA: ScopeArea = ScopeArea::Datasets;
    const OPERATIONS: &'static [Need] = &[
        Need::of(Operation::Approve, Action::Publish),
        Need::of(Operation::Decline, Action::Publish),
        Need::of(Operation::Withdraw, Action::Write),
    ];

    fn object(row: &dataset_release::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }

    async fn objects(session: &Session, row: &dataset_release::Model, operation: Operation) -> ApiResult<Vec<Object>> {
        if operation == Operation::Withdraw {
            let dataset = find_visible::<dataset::Entity>(session, row.dataset_id, "id").await?;
            return Ok(vec![dataset::Entity::object(&dataset)]);
        }
        Ok(vec![Self::object(row)])
    }

    async fn obstacle(session: &Session, row: &dataset_release::Model, operation: Operation, _: Uuid) -> ApiResult<()> {
        if row.state != DatasetReleaseState::Proposed {
            let wanted = match operation {
                Operation::Approve => DatasetReleaseState::Approved,
                Operation::Decline => DatasetReleaseState::Declined,
                _ => DatasetReleaseState::Withdrawn,
            };
            let wanted = wanted.as_str();
            return Err(Problem::illegal_transition("id", row.state.as_str(), wanted, []).into());
        }
        // Who proposed it withdraws it; another approves or declines it.
        if is_own(session, row) != (operation == Operation::Withdraw) {
            return Err(Problem::at(UserErrorCode::Forbidden, "id", Text::new("four-eyes")).into());
        }
        if operation == Operation::Approve {
            // What was there when it was proposed may be gone.
            let dataset = find_visible::<dataset::Entity>(session, row.dataset_id, "id").await?;
            may_be_public(session, &dataset).await?;
        }
        Ok(())
    }
}

/// Whether the actor proposed the release.
pub fn is_own(session: &Session, row: &dataset_release::Model) -> bool {
    session.access().person().is_some_and(|it| it.id == row.proposer_id)
}

impl Resource for data_request::Entity {
    const NODE: NodeType = NodeType::DataRequest;
    const AREA: ScopeArea = ScopeArea::Datasets;
    const OPERATIONS: &'static [Need] = &[
        Need::of(Operation::Grant, Action::Share),
        Need::of(Operation::Refuse, Action::Share),
        Need::of(Operation::Withdraw, Action::Write),
    ];

    fn object(row: &data_request::Model) -> Object {
        Object::row(ScopeArea::Agreements, row.tenant_id, row.scope_id, None)
    }

    async fn objects(_: &Session, row: &data_request::Model, operation: Operation) -> ApiResult<Vec<Object>> {
        let tenant = if operation == Operation::Withdraw { row.tenant_id } else { row.to_tenant_id };
        Ok(vec![Object::row(Self::AREA, tenant, row.scope_id, None)])
    }

    async fn obstacle(_: &Session, row: &data_request::Model, _: Operation, _: Uuid) -> ApiResult<()> {
        if row.state == DataRequestState::Open {
            return Ok(());
        }
        let text = Text::new("request-decided").with("state", row.state.as_str());
        Err(Problem::at(UserErrorCode::Conflict, "id", text).into())
    }
}
