//! The services of Verbund, one folder for each domain: rules and transactions over scoped sessions. Nothing here
//! knows HTTP or GraphQL.
//!
//! A service takes parsed ids and inputs. The authority of a write comes from the object or from an explicit input,
//! never from a guess.

pub mod agreements;
pub mod calendars;
pub mod context;
pub mod datasets;
pub mod deletion;
pub mod feeds;
pub mod files;
pub mod former_publications;
pub mod funding;
pub mod holidays;
pub mod live;
pub mod members;
pub mod offers;
pub mod operator;
pub mod places;
pub mod planning;
pub mod projects;
pub mod rights;
pub mod tenants;
mod values;
