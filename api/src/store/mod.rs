//! The only way to the database.
//!
//! [`Store`] holds the pools. [`Store::read`] and [`Store::write`] open a [`Session`]: the actor's facts (one
//! statement), then one transaction that carries the visible scopes. A session builds every `SELECT` itself, bound to
//! those scopes; a [`Writer`] needs a [`Grant`](crate::policy::Grant) from the policy. Nothing else in the crate gets
//! a connection.

mod connection;
mod facts;
mod feeds;
mod hub;
mod loaded;
mod owned;
mod page;
mod pools;
pub mod scopes;
mod session;
pub mod tables;
mod tickets;
pub(crate) mod whole;
mod writer;

pub use feeds::FeedKey;
pub use hub::{Hint, Hub, Signal, Waiter, relay};
pub use loaded::{Grouped, Keyed, RoundsOfPlan};
pub use owned::{Owned, Reference};
pub use page::{DEFAULT_PAGE, MAX_PAGE, Order, Page, PageRequest, SortValue, contains_folded, page_cost};
pub(crate) use pools::DueImport;
pub use pools::{DatabaseSettings, Engine, Store};
pub use session::{Session, Stats};
pub use tickets::TicketKey;
pub use writer::{Unique, WriteError, Writer, full};
