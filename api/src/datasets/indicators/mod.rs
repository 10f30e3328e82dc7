//! Indicators: the catalogue, where they stand in datasets, and the comparison of authorities.

mod compare;
mod mutation;
mod query;
mod service;
mod types;

pub use mutation::IndicatorMutation;
pub use query::IndicatorQuery;
pub use service::{Place as IndicatorPlace, of_columns, set as set_indicators};
pub use types::Indicator;
