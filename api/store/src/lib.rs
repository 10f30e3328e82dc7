//! The only way to the database.
//!
//! [`Store`] holds the pools. [`Store::read`] and [`Store::write`] open a [`Session`]: the actor's facts (one
//! statement), then one transaction that carries the visible scopes. A session builds every `SELECT` itself, bound to
//! those scopes; a [`Writer`] needs a [`Grant`](policy::Grant) from the policy. Nothing else in the crate gets
//! a connection.

mod connection;
mod facts;
mod fault;
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
pub mod whole;
mod writer;

pub use crate::fault::database_error;
pub use crate::feeds::FeedKey;
pub use crate::hub::{Hint, Hub, Signal, Waiter, relay};
pub use crate::loaded::{Grouped, Keyed, RoundsOfPlan};
pub use crate::owned::{Binding, Owned, Reference, Written};
pub use crate::page::{DEFAULT_PAGE, MAX_PAGE, Order, Page, PageRequest, SortValue, contains_folded, page_cost};
pub use crate::pools::{DatabaseSettings, DueImport, Engine, PoolConnections, Store};
pub use crate::session::{Session, Stats};
pub use crate::tickets::TicketKey;
pub use crate::writer::{Unique, WriteError, Writer, full};
