//! Education offers: subject, audience, place and provider. Written with the directory's permission of the authority;
//! published ones can be searched without signing in.
//!
//! An offer is `DRAFT`, `PUBLISHED` or `WITHDRAWN`. Published offers are in the public scope and refer to public
//! records only. Their dates are calendar entries, shown to viewers who see these at level `FULL`. A search by radius
//! selects a bounding box in the database and measures in the program (haversine), so that both databases return the
//! same rows and pages stay keysets; at most 2,000 offers are sorted by distance, in memory. `/public/places.geojson`
//! and `/public/offers.geojson` are read by a session of `Anonymous`.

pub mod service;
pub mod sets;
pub mod values;
