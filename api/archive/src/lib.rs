//! The whole data of an authority as one file (`verbund export tenant`), and its import into another installation
//! (`verbund import tenant`). README.md of this folder has the format.
//!
//! `registry` is the list of which rows of which table belong to an authority. `value` and `container` write them
//! (pure); reading and writing rows is generic over the entities of the store. `export` and `import` use the owner's
//! connection without the policy: only the operator can call them. `remap` finds rows that have another id in the
//! other installation. An export reads one snapshot; an import is one transaction and one audit row. Rows that decide
//! on access to the data of authorities present in the target installation are not taken from a file
//! (`import::guard`).

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
