//! Days on which people are not there: public holidays by rule, school holidays as data, closures of authorities.

pub mod closure_service;
pub mod file;
pub mod free_days;
pub mod import;
pub mod rules;
