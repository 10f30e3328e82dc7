//! Rights: for each resource one declaration of the operations on it, of the permission that each takes, and of the states
//! that forbid it.
//!
//! Mutations, `viewerCan` and `explainAccess` ask the same declaration, so that they cannot disagree. [`find_for`] is the way
//! from an id to a row for writing: `NOT_FOUND` where the row is hidden, `UNAUTHENTICATED` or `FORBIDDEN` where a permission
//! is missing, and what the state of the row answers after that. [`may`] tells the same of a row that is known, and
//! [`Declaration::explain`] says why.

mod agreements;
mod audit;
mod calendars;
pub mod datasets;
mod explain;
pub mod members;
pub mod nodes;
mod operation;
mod places;
mod planning;
mod projects;

use std::future::Future;
use std::sync::Arc;

use entities::{ScopeArea, tenant};
use kernel::error::{ApiError, ApiResult, Problem};
use kernel::global_id::NodeType;
use policy::{Action, Grant, Object, refused};
use sea_orm::EntityTrait;
use store::{ByKey, Session};
use uuid::Uuid;

pub use crate::rights::explain::{Declaration, Explained, declaration, declarations};
pub use crate::rights::operation::{Need, Operation};

/// The row of a resource.
pub type Row<R> = <<R as ByKey>::Of as EntityTrait>::Model;

/// Something with a global id on which operations exist.
pub trait Resource: ByKey<Key = Uuid> + Sized + Send + Sync {
    /// The type of its global ids.
    const NODE: NodeType;
    /// What it is about.
    const AREA: ScopeArea;
    /// The operations and the action that each takes.
    const OPERATIONS: &'static [Need];

    /// What the policy decides on when the row is read.
    fn object(row: &Row<Self>) -> Object;

    /// The row, if the actor may see it.
    fn find_visible(session: &Session, id: Uuid) -> impl Future<Output = ApiResult<Option<Arc<Row<Self>>>>> + Send {
        session.get::<Self>(id)
    }

    /// What the policy decides on for an operation: one object for each authority that may do it.
    ///
    /// # Errors
    /// The row on which that depends is out of sight, or the database fails.
    fn objects(
        session: &Session,
        row: &Row<Self>,
        operation: Operation,
    ) -> impl Future<Output = ApiResult<Vec<Object>>> + Send {
        let _ = (session, operation);
        std::future::ready(Ok(vec![Self::object(row)]))
    }

    /// The state of the row that forbids an operation to the authority `acting`. Problems with the row itself are at `id`.
    ///
    /// # Errors
    /// What the mutation answers, or the database fails.
    fn obstacle(
        session: &Session,
        row: &Row<Self>,
        operation: Operation,
        acting: Uuid,
    ) -> impl Future<Output = ApiResult<()>> + Send {
        let _ = (session, row, operation, acting);
        std::future::ready(Ok(()))
    }

    /// The account to which the row belongs in person, and which needs no permission.
    fn person(row: &Row<Self>) -> Option<Uuid> {
        let _ = row;
        None
    }
}

/// The action that an operation on a resource takes.
///
/// # Errors
/// The resource does not declare the operation.
fn action_of<R: Resource>(operation: Operation) -> ApiResult<Action> {
    let need = R::OPERATIONS.iter().find(|it| it.operation == operation);
    need.map(|it| it.action).ok_or_else(|| ApiError::fault(format!("{operation:?} is not declared for {:?}", R::NODE)))
}

/// The row that `id` names. `field` is the input that names it.
///
/// # Errors
/// `NOT_FOUND` where there is none or it is hidden.
pub async fn find_visible<R: Resource>(session: &Session, id: Uuid, field: &'static str) -> ApiResult<Arc<Row<R>>> {
    R::find_visible(session, id).await?.ok_or_else(|| Problem::not_found(field).into())
}

/// The row that `id` names, and the grant for an operation on it. `field` is the input that names the row.
///
/// # Errors
/// `NOT_FOUND`, `UNAUTHENTICATED`, `FORBIDDEN`, or what the state of the row answers.
pub async fn find_for<R: Resource>(
    session: &Session,
    id: Uuid,
    operation: Operation,
    field: &'static str,
) -> ApiResult<(Grant, Arc<Row<R>>)> {
    let row = find_visible::<R>(session, id, field).await?;
    Ok((judge::<R>(session, &row, operation, field).await?, row))
}

/// The same for the authority `acting`, where several may do it. `party` is the input that names the authority.
///
/// # Errors
/// As [`find_for`]; `NOT_FOUND` at `party` where the authority is none of them.
pub async fn find_for_party<R: Resource>(
    session: &Session,
    (id, field): (Uuid, &'static str),
    operation: Operation,
    (acting, party): (Uuid, &'static str),
) -> ApiResult<(Grant, Arc<Row<R>>)> {
    let row = find_visible::<R>(session, id, field).await?;
    Ok((judge_party::<R>(session, (&row, field), operation, (acting, party)).await?, row))
}

/// The grant for an operation on a row that is known. `field` is the input that names the row.
///
/// # Errors
/// As [`find_for`].
pub async fn judge<R: Resource>(
    session: &Session,
    row: &Row<R>,
    operation: Operation,
    field: &'static str,
) -> ApiResult<Grant> {
    let action = action_of::<R>(operation)?;
    let mut refusal = None;
    let objects = R::objects(session, row, operation).await.map_err(|it| it.renamed("id", field))?;
    for object in objects {
        match granted::<R>(session, row, action, &object) {
            Ok(grant) => match R::obstacle(session, row, operation, object.tenant).await {
                Ok(()) => return Ok(grant),
                Err(error @ ApiError::Fault(_)) => return Err(error),
                // The state says more than that another authority lacks a permission.
                Err(error) => refusal = Some(error.renamed("id", field)),
            },
            Err(decision) => refusal = refusal.or_else(|| Some(refused(decision, field))),
        }
    }
    Err(refusal.unwrap_or_else(|| Problem::not_found(field).into()))
}

/// The same for the authority `acting`.
///
/// # Errors
/// As [`find_for_party`].
pub async fn judge_party<R: Resource>(
    session: &Session,
    (row, field): (&Row<R>, &'static str),
    operation: Operation,
    (acting, party): (Uuid, &'static str),
) -> ApiResult<Grant> {
    let action = action_of::<R>(operation)?;
    let objects = R::objects(session, row, operation).await.map_err(|it| it.renamed("id", field))?;
    let Some(object) = objects.into_iter().find(|it| it.tenant == acting) else {
        return Err(Problem::not_found(party).into());
    };
    let grant = granted::<R>(session, row, action, &object).map_err(|decision| refused(decision, party))?;
    R::obstacle(session, row, operation, acting).await.map_err(|it| it.renamed("id", field))?;
    Ok(grant)
}

/// The authority `owner`, and the grant to create a row there in a field of work. The input `tenant` names the authority.
///
/// # Errors
/// `NOT_FOUND`, `UNAUTHENTICATED` or `FORBIDDEN` at `tenant`.
pub async fn create_in<R: Resource>(
    session: &Session,
    owner: Uuid,
    field_of_work: Option<Uuid>,
) -> ApiResult<(Grant, Arc<tenant::Model>)> {
    let Some(tenant) = session.get::<tenant::Entity>(owner).await? else {
        return Err(Problem::not_found("tenant").into());
    };
    let grant = session.authorize(Action::Write, &Object::new_in(R::AREA, owner, field_of_work), "tenant")?;
    Ok((grant, tenant))
}

/// Whether the actor may do the operation with a row that is known.
///
/// # Errors
/// The database fails.
pub async fn may<R: Resource>(session: &Session, row: &Row<R>, operation: Operation) -> ApiResult<bool> {
    match judge::<R>(session, row, operation, "id").await {
        Ok(_) => Ok(true),
        Err(ApiError::Problems(_)) => Ok(false),
        Err(fault @ ApiError::Fault(_)) => Err(fault),
    }
}

fn granted<R: Resource>(
    session: &Session,
    row: &Row<R>,
    action: Action,
    object: &Object,
) -> Result<Grant, policy::AccessDecision> {
    let own = R::person(row).and_then(|it| session.access().grant_of_owner(object.tenant, it));
    own.map_or_else(|| session.access().grant(action, object), Ok)
}
