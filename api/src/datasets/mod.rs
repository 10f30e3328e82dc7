//! Datasets: tables that authorities have, in versions, shared under protection and published.

pub mod figures;
pub mod model;
