//! Datasets: tables that authorities have, in versions, shared under protection and published.

mod audience;
pub mod catalogue;
mod cells;
mod content;
mod enums;
pub mod export;
mod figure_inputs;
mod figure_types;
pub mod figures;
pub mod files;
mod import;
pub mod indicators;
mod inputs;
pub mod licence;
pub mod model;
mod mutation;
pub mod protection;
mod query;
pub mod read;
mod release;
mod release_types;
mod request_types;
mod requests;
mod service;
mod types;
mod version_service;
mod version_types;

pub use audience::{rescope_all, selects};
pub use cells::DatasetCell;
pub use enums::DatasetVersionState;
pub use figure_types::visible;
pub use import::{
    DatasetChanges, DatasetImport, DatasetImportMutation, DatasetImportQuery, DatasetSubscription, Importer,
    OperatorImport, Origin, Watched, import_as_operator, may_send, problem_line,
};
pub use mutation::DatasetMutation;
pub use query::DatasetQuery;
pub use release::{Proposal as ReleaseProposal, approve as approve_release, change_access, propose as propose_release};
pub use release_types::{DatasetRelease, ReleaseMutation, ReleaseQuery};
pub use request_types::{DataRequest, RequestMutation, RequestQuery};
pub use service::{About, DatasetWish, Protection, create as make_dataset};
pub use types::{Dataset, object_of};
pub use version_service::publish as publish_version;
pub use version_types::{DatasetColumn, DatasetVersion, stored_columns};
