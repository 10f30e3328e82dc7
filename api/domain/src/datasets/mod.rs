//! Datasets: tables of authorities, in versions, shared under protection and published.
//!
//! A dataset is `INTERNAL`, `SHARED` or `PUBLIC`. `datasetAccessChange` opens it to partners (contact, purpose and
//! legal basis are required); shares decide to whom. The public gets a dataset only after one person proposed the
//! release with a checklist and another person with `DATASETS_PUBLISH` approved it. Personal data are never public. A
//! withdrawn dataset stays a public row, so that the catalogue can say that it is gone; its versions and observations
//! become internal. `audience` is the only place that turns access and shares into scopes: of the dataset, of its
//! published versions, and of the tables that may leave the authority.
//!
//! **Protection.** Exact tables never leave their authority, unless the dataset is exempt because its data are public
//! elsewhere. When a published version may first be visible to others, its protected table is made once, in the same
//! transaction; the profile is fixed from then on. All other viewers' rows, groups, counts and exports are computed
//! from that table by statements that cannot reach the exact one: its content is in a scope that they do not see. The
//! README of the crate `disclosure` states what each method resists; a test solves linear programs against the answers
//! over HTTP.
//!
//! **Queries** read the exact content for viewers who see it and the protected one for all others. At level `SUMMARY`
//! neither is readable: `rows` and `aggregate` are null. Each read by a share is one audit record, visible to the
//! auditors of both authorities (`context::reads`): it is collected with the operation and recorded when the reading
//! session has ended; without the record there is no answer. `auditEvents` lists it beside the authority's own audit
//! trail.
//!
//! A **data request** states purpose and legal basis. It is granted as a share with level and expiry, or refused with
//! a reason; it is visible to both authorities only.

pub mod audience;
pub mod catalogue;
pub mod content;
pub mod files;
pub mod import;
pub mod indicators;
pub mod metadata;
pub mod release;
pub mod requests;
pub mod service;
pub mod version_service;
