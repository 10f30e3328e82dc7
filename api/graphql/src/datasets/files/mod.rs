//! Tickets to download files of datasets.

pub mod mutation;
