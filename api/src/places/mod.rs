//! Learning places: schools, kindergartens, adult education, clubs …

mod query;
mod types;

pub use query::{PlaceQuery, read_ahead};
pub use types::LearningPlace;
