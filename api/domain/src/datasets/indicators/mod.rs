//! Indicators: the catalogue, where they stand in datasets, and the comparison of authorities.

pub mod service;
