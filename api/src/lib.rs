//! Verbund: one GraphQL API for partner authorities in education management.
//!
//! In reading order: [`policy`] decides who may see and do what; [`store`] is the only way to rows, bound to the
//! policy; [`context`] carries an operation; [`graphql`] holds what every domain's schema is built from; the domain
//! folders hold rules and API types.

pub mod access;
pub mod agreements;
pub mod app;
pub mod archive;
pub mod audit;
pub mod auth;
pub mod calendars;
pub mod cli;
pub mod config;
pub mod context;
pub mod datasets;
pub mod doctor;
pub mod error;
pub mod feeds;
pub mod files;
pub mod funding;
pub mod graphql;
pub mod holidays;
mod http;
pub mod i18n;
pub mod ics;
pub mod jobs;
mod live;
pub mod members;
pub mod money;
pub mod offers;
pub mod operator;
pub mod places;
pub mod planning;
pub mod policy;
pub mod projects;
pub mod seed;
pub mod store;
pub mod telemetry;
pub mod tenants;
mod text;
