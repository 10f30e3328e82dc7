//! Education offers: what can be learned, for whom, where and by whom. Whoever keeps the directory of an authority writes
//! them; what is published is public, and citizens search it without signing in.

pub mod enums;
mod filter;
mod inputs;
mod mutation;
mod query;
mod service;
mod sets;
mod types;
mod wish;

pub use mutation::OfferMutation;
pub use query::OfferQuery;
pub use service::{Placed, insert as insert_offer};
pub use types::EducationOffer;
pub use wish::OfferWish;
