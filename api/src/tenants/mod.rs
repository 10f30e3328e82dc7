//! Authorities, their fields of work, and the official regions.

pub mod mutation;
mod query;
mod service;
mod types;

pub use mutation::TenantMutation;
pub use query::TenantQuery;
pub use types::{FieldOfWork, Region, Tenant, field_by_id, tenant_of, today_of};
