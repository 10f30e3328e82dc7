//! Explanation of what the declarations decide, and the declarations by type.

use std::pin::Pin;

use entities::ShareLevel;
use kernel::error::{ApiError, ApiResult, UserErrorCode};
use kernel::global_id::NodeType;
use policy::{AccessDecision, Action, Explanation, Object};
use store::Session;
use uuid::Uuid;

use crate::rights::{Need, Operation, Resource, Row, granted, nodes};

/// Why an action or an operation is allowed or not.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The decision of the policy.
    pub explanation: Explanation,
    /// What the mutation would answer; none where it is allowed, or where the resource has no such operation.
    pub reason: Option<UserErrorCode>,
}

type Explaining<'a> = Pin<Box<dyn Future<Output = ApiResult<Option<Explained>>> + Send + 'a>>;

/// A resource without its Rust type.
#[derive(Clone, Copy)]
pub struct Declaration {
    /// The type of its global ids.
    pub node: NodeType,
    /// The operations and the action that each takes.
    pub operations: &'static [Need],
    explain: for<'a> fn(&'a Session, Uuid, Action, Option<Operation>) -> Explaining<'a>,
}

impl Declaration {
    const fn of<R: Resource>() -> Self {
        Self { node: R::NODE, operations: R::OPERATIONS, explain: explain_boxed::<R> }
    }

    /// Explains an operation, or without one an action, on the row that `id` names; none where the row is hidden.
    ///
    /// # Errors
    /// The database fails.
    pub async fn explain(
        &self,
        session: &Session,
        id: Uuid,
        action: Action,
        operation: Option<Operation>,
    ) -> ApiResult<Option<Explained>> {
        (self.explain)(session, id, action, operation).await
    }
}

macro_rules! declaration_of {
    ($node:ident declared) => {
        Some(Declaration::of::<nodes::$node>())
    };
    ($node:ident undeclared) => {
        None
    };
}

macro_rules! declared_nodes {
    ($($section:ident { $($node:ident $prefix:literal $table:ident $about:literal $writer:ident $rights:ident;)+ })+) => {
        /// The declaration of a type of global ids; none where nobody can do anything with such rows by their ids.
        pub const fn declaration(node: NodeType) -> Option<Declaration> {
            match node { $($(NodeType::$node => declaration_of!($node $rights),)+)+ }
        }
    };
}

kernel::for_each_node_type!(declared_nodes);

/// Every declaration.
pub fn declarations() -> impl Iterator<Item = Declaration> {
    NodeType::ALL.iter().filter_map(|it| declaration(*it))
}

fn explain_boxed<R: Resource>(
    session: &Session,
    id: Uuid,
    action: Action,
    operation: Option<Operation>,
) -> Explaining<'_> {
    Box::pin(explain::<R>(session, id, action, operation))
}

async fn explain<R: Resource>(
    session: &Session,
    id: Uuid,
    action: Action,
    operation: Option<Operation>,
) -> ApiResult<Option<Explained>> {
    let Some(row) = R::find_visible(session, id).await? else { return Ok(None) };
    let seen = R::object(&row);
    if operation.is_none() && action == Action::Read {
        let explanation = match R::person(&row).and_then(|it| session.access().grant_of_owner(seen.tenant, it)) {
            Some(_) => Explanation { allowed: true, level: Some(ShareLevel::Full), because: None, missing: None },
            None => session.access().explain(Action::Read, &seen),
        };
        return Ok(Some(Explained { explanation, reason: None }));
    }
    let level = seen.scope.and_then(|it| session.access().visibility(it)).map(|it| it.level);
    let mut best =
        Explained { explanation: Explanation { allowed: false, level, because: None, missing: None }, reason: None };
    for need in R::OPERATIONS {
        let asked = match operation {
            Some(operation) => need.operation == operation,
            None => need.action == action && need.counts,
        };
        if !asked {
            continue;
        }
        let explained = explain_need::<R>(session, &row, need, best).await?;
        if explained.explanation.allowed {
            return Ok(Some(explained));
        }
        best = explained;
    }
    Ok(Some(best))
}

/// Explains one operation. Of several refusals the state says most, then the first.
async fn explain_need<R: Resource>(
    session: &Session,
    row: &Row<R>,
    need: &Need,
    mut best: Explained,
) -> ApiResult<Explained> {
    let objects = match R::objects(session, row, need.operation).await {
        Ok(objects) => objects,
        Err(ApiError::Problems(problems)) => {
            best.reason = best.reason.or_else(|| problems.first().map(|it| it.code));
            return Ok(best);
        }
        Err(fault @ ApiError::Fault(_)) => return Err(fault),
    };
    if objects.is_empty() {
        best.reason = best.reason.or(Some(UserErrorCode::NotFound));
    }
    for object in objects {
        match granted::<R>(session, row, need.action, &object) {
            Ok(_) => match R::obstacle(session, row, need.operation, object.tenant).await {
                Ok(()) => {
                    return Ok(Explained { explanation: allowed::<R>(session, row, need, &object), reason: None });
                }
                Err(ApiError::Problems(problems)) => {
                    best.reason = problems.first().map(|it| it.code);
                    best.explanation.missing = None;
                }
                Err(fault @ ApiError::Fault(_)) => return Err(fault),
            },
            Err(decision) if best.reason.is_none() => {
                best.explanation.missing = need.action.needs(object.area);
                best.reason = Some(match decision {
                    AccessDecision::Hide => UserErrorCode::NotFound,
                    AccessDecision::SignIn => UserErrorCode::Unauthenticated,
                    AccessDecision::Deny(_) | AccessDecision::Allow(..) => UserErrorCode::Forbidden,
                });
            }
            Err(_) => {}
        }
    }
    Ok(best)
}

fn allowed<R: Resource>(session: &Session, row: &Row<R>, need: &Need, object: &Object) -> Explanation {
    let explanation = session.access().explain(need.action, object);
    if explanation.allowed {
        return explanation;
    }
    // Allowed to the account to which the row belongs.
    let level = R::object(row).scope.and_then(|it| session.access().visibility(it)).map(|it| it.level);
    Explanation { allowed: true, level, because: None, missing: None }
}
