//! The only way to the database.
//!
//! [`Store`] holds the pools. [`Store::read`] and [`Store::write`] open a [`Session`]: the actor's facts (one
//! statement), then one transaction that carries the visible scopes. A session builds every `SELECT` itself, bound to
//! those scopes; a [`Writer`] needs a [`Grant`](policy::Grant) from the policy. Nothing else in the workspace gets a
//! connection.
//!
//! **Scopes.** Each owned row carries `scope_id`: the class of rows with the same audience. A scope is defined by
//! owner, area, field of work and shares (agreement, grantee, role, level, dates); equal definitions are one scope,
//! and its id is made from the definition. Everything public is one constant scope. Reading is always `scope_id = ANY
//! (visible scopes)`, in the statement and again in row-level security. Creating or ending a share moves rows to
//! another scope in the same transaction; the end of an agreement or a role moves nothing.
//!
//! **Row-level security** reads three settings of the transaction: `app.scopes`, `app.tenant` (the acting authority,
//! set with the grant) and `app.person`. An unset one matches nothing. It is forced on tables with an owner; the
//! application role owns nothing and cannot bypass it, and `serve` refuses any other role.
//!
//! **Databases.** SQLite is embedded: one writer and up to four read-only connections, WAL, foreign keys, writes with
//! `BEGIN IMMEDIATE`. PostgreSQL 15 or newer is for production: `verbund_owner` migrates, `verbund_app` serves;
//! `BEGIN` and the settings are one message. Both keep ids as UUIDs, instants in microseconds UTC, dates as dates,
//! closed sets as text with a CHECK.

mod connection;
mod facts;
mod fault;
mod feeds;
mod hub;
mod idempotency;
mod members;
mod name_sort;
mod owned;
mod page;
mod pools;
pub mod raw_table;
mod relay;
mod row_cache;
pub mod scopes;
mod session;
pub mod tables;
mod tickets;
mod writer;

pub use crate::fault::database_error;
pub use crate::feeds::FeedKey;
pub use crate::hub::{ChangeHint, Hub, Signal, Waiter};
pub use crate::members::MemberRows;
pub use crate::owned::{Owned, Reference, ScopeBinding, Written};
pub use crate::page::{DEFAULT_PAGE, MAX_PAGE, Order, Page, PageRequest, SortValue, contains_folded, page_cost};
pub use crate::pools::{DatabaseSettings, DueImport, Engine, PoolConnections, Store};
pub use crate::relay::relay;
pub use crate::row_cache::{ByKey, ByParent, RoundsOfPlan};
pub use crate::session::{Session, Stats};
pub use crate::tickets::TicketKey;
pub use crate::writer::{Unique, WriteError, Writer, full};
