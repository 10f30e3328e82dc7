//! What every layer stands on: error codes and texts in two languages, text folding, money, the clock, ids and secrets. Nothing
//! here knows a database, HTTP or GraphQL.

pub mod clock;
pub mod error;
pub mod field_name;
pub mod forms;
pub mod global_id;
pub mod i18n;
#[cfg(test)]
mod i18n_test;
pub mod ids;
mod locale;
pub mod money;
pub mod name_order;
mod node_types;
pub mod patch;
pub mod secret;
pub mod text;
