//! The whole data of an authority as one file, and back into another installation. README.md of this folder has the format.
//!
//! `registry` says what belongs to an authority, `value` and `container` how it is written (pure), `export` and `import` do
//! it with the rights of the operator; `remap` finds what has another id in the other installation.

pub mod container;
pub mod export;
pub mod import;
pub mod manifest;
pub mod problem;
pub mod progress;
pub mod registry;
pub mod remap;
pub mod value;

use entities::ScopeArea;
use kernel::error::ApiResult;
use store::Session;
use store::scopes::Audience;
use uuid::Uuid;

/// Whether an authority takes part here, and was not only named by the archive of another: then it has scopes of its own.
async fn is_here(session: &Session, tenant: Uuid) -> ApiResult<bool> {
    let scope = Audience::private(tenant, ScopeArea::Members, None).id();
    let found = session.ids_of(&format!("SELECT id FROM scope WHERE id = {}", session.literal(scope))).await?;
    Ok(!found.is_empty())
}
