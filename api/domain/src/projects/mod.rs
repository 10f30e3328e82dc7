//! Projects: joint conception and implementation. `circle` says who sees what and who may write it; `service` and `partners`
//! are the project itself, `work` and `around` its parts, `calendar` their dates, `documents` and `archive` its files.
//! What it costs and who pays is in `funding`.

pub mod archive;
pub mod around;
pub mod calendar;
pub mod circle;
pub mod dependencies;
pub mod documents;
pub mod file_kinds;
pub mod partners;
pub mod parts;
pub mod phases;
pub mod service;
pub mod work;
