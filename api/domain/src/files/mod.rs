//! Files beside the database: their folder, and tickets to send or fetch one without a token. The domain that made a
//! ticket (`datasets`, `projects`) decides what it opens.
//!
//! A download ticket (`vbd_…`, stored as SHA-256) opens one file of a version, a document or an archive copy for 15
//! minutes in the name of a person, whose facts are loaded anew at each use. It is valid for several requests, so that
//! a download can be resumed.

pub mod folder;
pub mod receiving;
pub mod settings;
pub mod tickets;
pub mod uploads;
