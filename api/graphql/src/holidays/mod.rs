//! Days on which people are not there: API types, inputs and resolvers. The rules are in `domain::holidays`.

pub mod closure_mutation;
pub mod closures;
pub mod non_working_day_types;
pub mod query;
pub mod types;
