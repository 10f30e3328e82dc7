//! Verbund: one GraphQL API for partner authorities in education management.
//!
//! In reading order: [`policy`] decides who may see and do what; [`store`] is the only way to rows, bound to the
//! policy; [`context`] carries an operation; the domain folders hold rules and API types.

pub mod auth;
pub mod context;
pub mod error;
pub mod i18n;
pub mod policy;
pub mod store;
