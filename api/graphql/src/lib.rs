//! The GraphQL schema: what every domain's part of it is built from (ids, scalars, connections, payloads, errors, limits), one
//! folder of types, inputs and resolvers for each domain, and the roots.

pub mod access;
pub mod agreements;
pub mod audit;
pub mod calendars;
pub mod connection;
pub mod context;
pub mod datasets;
pub mod enums;
pub mod error;
pub mod feeds;
pub mod funding;
pub mod holidays;
pub mod limits;
pub mod lookahead;
pub mod members;
pub mod meter;
pub mod money;
pub mod mutation_root;
pub mod node;
pub mod offers;
pub mod payload;
pub mod places;
pub mod planning;
pub mod projects;
pub mod scalars;
pub mod schema;
pub mod single;
pub mod tenants;
pub mod user_error_code;
