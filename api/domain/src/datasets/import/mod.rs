//! From a file to a version: tickets for uploads, the import and its progress, and the work itself.
//!
//! ticket → `PUT /uploads/<ticket>` → `datasetImport` → check (the whole file is read, nothing is written) → load (one
//! transaction: table, rows, version, change list) → a draft. A dry run is the same, and then undone.

pub mod changes;
pub mod columns;
pub mod job;
pub mod load;
pub mod operator;
pub mod reading;
pub mod service;
pub mod uploads;
pub mod words;
