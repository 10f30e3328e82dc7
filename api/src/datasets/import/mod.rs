//! From a file to a version: tickets for uploads, the import and its progress, and the work itself.
//!
//! ticket → `PUT /uploads/<ticket>` → `datasetImport` → check (the whole file is read, nothing is written) → load (one
//! transaction: table, rows, version, change list) → a draft. A dry run is the same, and then undone.

mod changes;
mod columns;
mod job;
mod load;
mod mutation;
mod operator;
mod profile_input;
mod profile_types;
mod query;
mod reading;
mod service;
mod subscription;
mod types;
mod uploads;
mod words;

pub use changes::DatasetChanges;
pub use job::Importer;
pub use load::Origin;
pub use mutation::DatasetImportMutation;
pub use operator::{OperatorImport, import_as_operator};
pub use query::DatasetImportQuery;
pub use reading::Watched;
pub use subscription::DatasetSubscription;
pub use types::DatasetImport;
pub use uploads::may_send;
pub use words::line as problem_line;
