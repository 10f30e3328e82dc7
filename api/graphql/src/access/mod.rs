//! Questions about access itself: who am I, and why may I (not) do this.

pub mod abilities;
pub mod explain;
pub mod operation;
pub mod query;
pub mod subscription;
