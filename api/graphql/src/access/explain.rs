//! The policy's third verb, in the schema.

use async_graphql::{Context, Enum, ID, SimpleObject};
use domain::rights::{Explained, declaration};
use kernel::error::{ApiResult, Problem};
use kernel::global_id::parse;
use kernel::i18n::Text;
use policy::Because;

use crate::access::operation::Operation;
use crate::agreements::types::{Agreement, agreement_by_id};
use crate::context::ContextExt;
use crate::enums::{Action, Permission, RoleKey, ShareLevel};
use crate::tenants::types::{Tenant, tenant_of};
use crate::user_error_code::UserErrorCode;

/// Rule that allows an action.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessRule {
    /// Public object.
    Public,
    /// Role in the owning authority.
    Role,
    /// Share under an agreement, through a role in a partner authority.
    Share,
}

/// Explanation of the viewer's access to an object.
#[derive(SimpleObject)]
pub struct AccessExplanation {
    /// True if the action is allowed.
    allowed: bool,
    /// Viewer's level of access to the object.
    level: Option<ShareLevel>,
    /// Rule that allows the action; null if the action is not allowed.
    rule: Option<AccessRule>,
    /// Authority in which the viewer holds `role`: the owner, or the partner authority reached by a share. Null for
    /// other rules.
    through: Option<Tenant>,
    /// Role by which the action is allowed; null for other rules than `ROLE` and `SHARE`.
    role: Option<RoleKey>,
    /// Agreement of the share; null for other rules than `SHARE`.
    agreement: Option<Agreement>,
    /// Permission that the viewer lacks in the owning authority; null if the action is allowed, or if no permission
    /// allows it.
    missing: Option<Permission>,
    /// Code that the mutation would answer with, also for a state of the object that forbids the action; null if the
    /// action is allowed, or does not exist for the type of the object.
    reason: Option<UserErrorCode>,
}

pub(super) async fn explain(
    ctx: &Context<'_>,
    node: &ID,
    action: Action,
    operation: Option<Operation>,
) -> ApiResult<Option<AccessExplanation>> {
    let Some((kind, id)) = parse(node) else {
        return Err(Problem::at(
            kernel::error::UserErrorCode::Invalid,
            "node",
            Text::new("no-id").with("value", node.as_str()),
        )
        .into());
    };
    let session = ctx.session().await?;
    let Some(declaration) = declaration(kind) else { return Ok(None) };
    let explained = declaration.explain(&session, id, action.into(), operation.map(Into::into)).await?;
    let Some(Explained { explanation, reason }) = explained else { return Ok(None) };
    let mut answer = AccessExplanation {
        allowed: explanation.allowed,
        level: explanation.level.map(Into::into),
        rule: None,
        through: None,
        role: None,
        agreement: None,
        missing: explanation.missing.map(Into::into),
        reason: reason.map(Into::into),
    };
    match explanation.because {
        None => {}
        // Nobody asks as the server does.
        Some(Because::Service) => {}
        Some(Because::Public) => answer.rule = Some(AccessRule::Public),
        Some(Because::Role { tenant, role }) => {
            answer.rule = Some(AccessRule::Role);
            answer.through = Some(tenant_of(ctx, tenant).await?);
            answer.role = Some(role.into());
        }
        Some(Because::Share { agreement, tenant, role }) => {
            answer.rule = Some(AccessRule::Share);
            answer.through = Some(tenant_of(ctx, tenant).await?);
            answer.role = Some(role.into());
            answer.agreement = agreement_by_id(&session, agreement).await?;
        }
    }
    Ok(Some(answer))
}
