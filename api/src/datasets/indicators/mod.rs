//! Indicators: the catalogue, where they stand in datasets, and the comparison of authorities.

mod compare;
mod mutation;
mod query;
mod service;
mod types;

pub use mutation::IndicatorMutation;
pub use query::IndicatorQuery;
pub use service::of_columns;
pub use types::Indicator;
