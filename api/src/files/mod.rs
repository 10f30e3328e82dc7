//! Files beside the database: where they lie, and the tickets by which one is sent or fetched without a token. What a
//! ticket opens is said by the domain that made it (`datasets`, `projects`).

mod folder;
mod tickets;
mod uploads;

pub use folder::Folder;
pub use tickets::{Draft, Drafted, NewTicket, Opened, download, keeper, open, upload};
pub use uploads::{Receiving, Upload, file_of, receive, uploaded};
