//! What every domain's schema is built from: ids, scalars, connections, payloads, errors, limits, and the roots.

pub mod connection;
mod context;
pub mod enums;
mod error;
pub mod id;
pub mod limits;
pub mod lookahead;
mod meter;
pub mod node;
pub mod payload;
pub mod scalars;
mod schema;

pub use context::ContextExt;
pub use error::finish_errors;
pub use meter::{Charge, Payer};
pub use schema::{ApiSchema, Limits, build, sdl};
