//! The whole data of an authority as one file, and back into another installation. README.md of this folder has the format.
//!
//! `registry` says what belongs to an authority, `value` and `container` how it is written (pure), `export` and `import` do
//! it with the rights of the operator; `remap` finds what has another id in the other installation.

mod container;
mod export;
mod import;
mod manifest;
mod problem;
mod progress;
pub mod registry;
mod remap;
mod value;

pub use export::{Exported, export_tenant};
pub use import::{Imported, import_tenant};
pub use manifest::{FORMAT, MANIFEST, Manifest};
pub use problem::{ArchiveError, ArchiveResult};
pub use progress::Progress;

use uuid::Uuid;
use verbund_entities::ScopeArea;

use crate::error::ApiResult;
use crate::store::Session;
use crate::store::scopes::Audience;

/// Whether an authority takes part here, and was not only named by the archive of another: then it has scopes of its own.
async fn is_here(session: &Session, tenant: Uuid) -> ApiResult<bool> {
    let scope = Audience::private(tenant, ScopeArea::Members, None).id();
    let found = session.ids_of(&format!("SELECT id FROM scope WHERE id = {}", session.literal(scope))).await?;
    Ok(!found.is_empty())
}
