//! Files beside the database: where they lie, and the tickets by which one is sent or fetched without a token. What a
//! ticket opens is said by the domain that made it (`datasets`, `projects`).

pub mod folder;
pub mod settings;
pub mod tickets;
pub mod uploads;
