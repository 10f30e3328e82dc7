//! Work of the operator with the owner's rights on the database: authorities, first admins, reference data.
//!
//! The operator is a person at the command line who holds the database anyway. Nothing here is reachable over HTTP.

pub mod tenants;

use entities::{RoleKey, TenantStatus, tenant};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::{Locale, Text};
use kernel::ids::new_id;
use policy::{Actor, Grant};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use store::{DatabaseSettings, Session, Store};
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::UnitOfWork;
use crate::members::service::{NewRoleGrant, RoleHolder, check_account, give_role};

/// The operator's operation on the database at `url`, with the rights of the owner.
///
/// # Errors
/// The database cannot be reached.
pub async fn operation(url: String, clock: &Clock) -> Result<Op, String> {
    let store = Store::connect(&DatabaseSettings { url, max_connections: 1 }).await.map_err(|error| render(&error))?;
    Ok(Op::new(store, clock.clone(), Actor::Operator, format!("cli-{}", new_id()), Locale::En))
}

/// The operator's right to write what an authority owns. Nobody decides on it, so it is made here only, and for nobody else.
///
/// # Errors
/// The operation is not the operator's, which is a mistake of the program.
#[expect(clippy::disallowed_methods, reason = "the one place that makes the operator's grant")]
pub fn grant(op: &Op, tenant: Uuid) -> ApiResult<Grant> {
    match op.actor {
        Actor::Operator => Ok(Grant::operator(tenant)),
        Actor::Anonymous | Actor::Person { .. } | Actor::Feed { .. } | Actor::Service { .. } => {
            Err(ApiError::fault("the operator's grant was asked for by somebody else"))
        }
    }
}

/// An error as text, for the terminal.
pub fn render(error: &ApiError) -> String {
    match error {
        ApiError::Fault(fault) => fault.message.clone(),
        ApiError::Problems(problems) => {
            let lines: Vec<_> = problems
                .iter()
                .map(|it| format!("{}: {}", it.field.as_deref().unwrap_or("input"), it.text.render(Locale::En)))
                .collect();
            lines.join("; ")
        }
    }
}

/// The authority whose audit trail records what concerns all of them: the first that takes part.
///
/// # Errors
/// There is none yet; the database fails.
pub async fn teller(session: &Session) -> ApiResult<tenant::Model> {
    let first = session
        .reference::<tenant::Entity>()
        .filter(tenant::Column::Status.eq(TenantStatus::Active))
        .order_by_asc(tenant::Column::Id)
        .limit(1);
    let none = || Problem::whole(UserErrorCode::Conflict, Text::new("authority-first")).into();
    session.one(first).await?.ok_or_else(none)
}

/// Gives an account a role in the authority `slug`: how the first admin comes in.
///
/// # Errors
/// There is no such authority; the database fails.
pub async fn grant_role(op: &Op, slug: &str, role: RoleKey, to: RoleHolder) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "member grant").await?;
    let session = mutation.session();
    let here = session.reference::<tenant::Entity>().filter(tenant::Column::Slug.eq(slug));
    let Some(tenant) = session.one(here).await? else {
        return Err(Problem::not_found("tenant").into());
    };
    check_account(&to)?;
    let grant = grant(op, tenant.id)?;
    let writer = session.writer(&grant).await?;
    let new = NewRoleGrant {
        tenant: tenant.id,
        to,
        role,
        fields: None,
        valid_from: None,
        valid_until: None,
        reason: Some("given by the operator".to_owned()),
    };
    let (_, change) = give_role(&writer, None, &new, (new_id(), None)).await?;
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}
