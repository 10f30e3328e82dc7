//! Indicators: the catalogue, where datasets contain them, and the comparison of authorities.
//!
//! An indicator is reference data (`api/seed/indicators.toml`: numerator and denominator). Its column in a dataset is
//! declared by the owner of the dataset, or by a column of a published version. `compareIndicator` reads the newest
//! published version of at most ten datasets visible to the viewer, one statement each, from the same contents as
//! `rows`; reads by a share are recorded alike. Periods are compared by the year in which they begin. Warnings name
//! differences of definitions, editions, levels of regions, reference dates and protection, and dimensions beside
//! region and time that would need a choice.

pub mod service;
