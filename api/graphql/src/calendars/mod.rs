//! Calendars and their entries: API types, inputs and resolvers. The rules are in `domain::calendars`.

pub mod agenda;
pub mod busy;
pub mod changes;
pub mod entry_input;
pub mod entry_types;
pub mod external;
pub mod import_mutation;
pub mod mutation;
pub mod query;
pub mod recurrence;
pub mod subscription;
pub mod types;
