//! Indicators: the catalogue, where they stand in datasets, and the comparison of authorities.

pub mod compare;
pub mod mutation;
pub mod query;
pub mod types;
