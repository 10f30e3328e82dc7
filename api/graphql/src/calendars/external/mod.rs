//! External calendars: API types, inputs and resolvers. The rules are in `domain::calendars::external`.

pub mod mutation;
pub mod query;
pub mod types;
