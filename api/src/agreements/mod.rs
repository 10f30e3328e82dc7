//! Cooperation agreements, and what is shared under them.

pub mod mutation;
mod preview;
mod query;
mod service;
pub mod share_mutation;
mod share_types;
mod shares;
mod types;

pub use mutation::AgreementMutation;
pub use preview::PreviewQuery;
pub use query::AgreementQuery;
pub use service::{Draft, obstacles, parties_of, rows_of_draft, show_to_parties};
pub use share_mutation::ShareMutation;
pub use share_types::{Share, share_by_id, share_page};
pub use shares::{
    ShareWish, authorize as authorize_share, check as check_share, create as create_share, entry_audience,
    insert_share, make as make_share, rescope_calendars,
};
pub use types::{Agreement, agreement_by_id, agreements_by_id};
