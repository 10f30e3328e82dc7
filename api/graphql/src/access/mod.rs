//! Questions about access itself: who am I, and why may I (not) do this.

pub mod explain;
pub mod query;
pub mod subscription;
