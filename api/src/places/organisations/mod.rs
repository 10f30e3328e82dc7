//! Organisations: who runs places and holds offers.

mod inputs;
mod mutation;
mod query;
mod service;
mod types;

pub use mutation::OrganisationMutation;
pub use query::{OrganisationQuery, read_ahead};
pub(super) use service::merge;
pub use service::{OrganisationWish, insert as insert_organisation};
pub use types::Organisation;
