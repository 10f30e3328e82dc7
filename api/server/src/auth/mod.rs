//! From the `Authorization` header to an [`Actor`]. A token says who somebody is, never what they may do.

mod keys;
mod local;
mod provider;
mod verify;

use chrono::{DateTime, Utc};
use policy::Actor;

pub use crate::auth::keys::{KeySet, PublicKey};
pub use crate::auth::local::{LocalIssuer, TokenRequest};
pub use crate::auth::provider::{Pace, Provider, safe_address};
pub use crate::auth::verify::{Keys, Rejection, TokenType, TrustedIssuer, Verifier};
pub use domain::members::binding::{Arrival, Binding, ClaimRule};

/// What an `Authorization` header came to.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who is asking.
    pub actor: Actor,
    /// When the token is over, tolerance included; none for those who did not sign in.
    pub expires: Option<DateTime<Utc>>,
    /// What the issuer's word means, for issuers that are bound to authorities.
    pub arrival: Option<Arrival>,
}
