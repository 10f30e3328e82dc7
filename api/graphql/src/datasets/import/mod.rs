//! From a file to a version: tickets for uploads, the import and its progress, and the work itself.
//!
//! ticket → `PUT /uploads/<ticket>` → `datasetImport` → check (the whole file is read, nothing is written) → load (one
//! transaction: table, rows, version, change list) → a draft. A dry run is the same, and then undone.

pub mod change_types;
pub mod mutation;
pub mod problem_code;
pub mod profile_input;
pub mod profile_types;
pub mod query;
pub mod subscription;
pub mod types;
