//! Feeds: secrets by which programs subscribe to calendars in the name of a person, one authority each.

mod mutation;
mod open;
mod query;
mod service;
mod types;

pub use mutation::FeedMutation;
pub use open::{OpenFeed, open};
pub use query::{FeedQuery, feed_page};
pub use service::{FeedWish, create as make_feed};
pub use types::Feed;
