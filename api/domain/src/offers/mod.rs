//! Education offers: what can be learned, for whom, where and by whom. Whoever keeps the directory of an authority writes
//! them; what is published is public, and citizens search it without signing in.

pub mod service;
pub mod sets;
pub mod wish;
