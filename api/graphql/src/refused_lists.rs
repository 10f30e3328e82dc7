//! Lists that are empty because the viewer lacks a permission in an authority of its own: `extensions.refused` of the answer
//! says so. Rows stay as they are: one that is hidden looks like one that does not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::extensions::{ExtensionContext, NextExecute};
use async_graphql::{Context, Data, Name, Response, Value};
use kernel::error::{ApiResult, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use policy::Permission;
use uuid::Uuid;

use crate::context::ContextExt;

/// Lists refused in one operation, by path.
type RefusedLists = Arc<Mutex<BTreeMap<Vec<String>, Value>>>;

/// Executes an operation, whose lists may be noted, and tells them with the answer.
pub(super) async fn execute(ctx: &ExtensionContext<'_>, operation: Option<&str>, next: NextExecute<'_>) -> Response {
    let refused = RefusedLists::default();
    let mut data = Data::default();
    data.insert(refused.clone());
    let response = next.run_with_data(ctx, operation, data).await;
    let lists = std::mem::take(&mut *refused.lock().unwrap_or_else(PoisonError::into_inner));
    if lists.is_empty() {
        return response;
    }
    response.extension("refused", Value::List(lists.into_values().collect()))
}

/// Notes that the list being resolved leaves out what takes a permission which the viewer lacks: in the authority `of`, if it
/// is one of the viewer's own, or without one in every own authority.
///
/// # Errors
/// The database fails.
pub async fn note_missing(ctx: &Context<'_>, permission: Permission, of: Option<Uuid>) -> ApiResult<()> {
    let Some(lists) = ctx.data_opt::<RefusedLists>() else { return Ok(()) };
    let session = ctx.session().await?;
    let access = session.access();
    let own: BTreeSet<Uuid> = access.roles().iter().map(|it| it.tenant).collect();
    let lacks = |tenant: &Uuid| access.grant_of_member(permission, *tenant).is_err();
    let missing: Vec<Uuid> = match of {
        Some(tenant) if own.contains(&tenant) && lacks(&tenant) => vec![tenant],
        None if own.iter().all(lacks) => own.into_iter().collect(),
        Some(_) | None => return Ok(()),
    };
    if missing.is_empty() {
        return Ok(());
    }
    let path = ctx.path_node.map(|it| it.to_string_vec()).unwrap_or_default();
    let message = Text::new("list-refused").with("permission", permission.name()).render(ctx.op()?.locale);
    let list = |texts: Vec<String>| Value::List(texts.into_iter().map(Value::from).collect());
    let tenants: Vec<String> = missing.into_iter().map(|it| NodeType::Tenant.id(it).into()).collect();
    let told = [
        ("path", list(path.clone())),
        ("code", Value::from(UserErrorCode::Forbidden.name())),
        ("permission", Value::from(permission.name().replace(':', "_").to_uppercase())),
        ("tenants", list(tenants)),
        ("message", Value::from(message)),
    ];
    let told = Value::Object(told.into_iter().map(|(name, value)| (Name::new(name), value)).collect());
    lists.lock().unwrap_or_else(PoisonError::into_inner).insert(path, told);
    Ok(())
}
