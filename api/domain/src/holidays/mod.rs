//! Non-working days: public holidays by law, school holidays as data, closures of authorities.
//!
//! Public holidays are computed by rule (`rules`), never listed: the reference import writes 2000–2100 into `holiday`,
//! so that lists have pages and ids are stable. Differences between municipalities are a setting of the authority
//! (Assumption Day). School holidays are data with an edition: `verbund import holidays FILE` replaces the rows that
//! begin within the period of the file, in one transaction; rows present before and after keep their ids. Closures
//! belong to an authority and are public, so that partners can plan around them. `non_working_days` returns all kinds
//! for one authority in two statements.

pub mod closure_service;
pub mod file;
pub mod import;
pub mod non_working_days;
pub mod rules;
