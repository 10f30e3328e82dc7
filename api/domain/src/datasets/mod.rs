//! Datasets: tables that authorities have, in versions, shared under protection and published.

pub mod audience;
pub mod catalogue;
pub mod content;
pub mod files;
pub mod import;
pub mod indicators;
pub mod release;
pub mod requests;
pub mod resource;
pub mod service;
pub mod version_service;
