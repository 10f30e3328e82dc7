//! From the `Authorization` header to an [`Actor`]. A token says who somebody is, never what they may do.
//!
//! `Bearer` → issuer (by `iss`, before anything is trusted) → type, algorithm and key of that issuer → signature,
//! audience, times → actor. Every failure is 401 `invalid_token`; that a token whose signature is right expired is told, every
//! other reason is in the log only. Keys of a
//! provider come by discovery over https, without redirects, at most 256 KiB and 5 s. An unknown `kid` fetches the
//! keys again, at most once per `auth.keys_at_most_every_seconds` for any number of tokens; while the provider is
//! unreachable the last keys stay valid.
//!
//! An issuer is bound to authorities. A person vouched for by it becomes a member there with the first request
//! (`domain::members::sign_in`), without any right. Claims grant roles only by a rule of the configuration, and revoke
//! them. The store decides on rights: a revoked role has no effect from the next request on.

mod keys;
mod local;
mod provider;
mod verify;

use chrono::{DateTime, Utc};
use policy::Actor;

pub use crate::auth::keys::{KeySet, PublicKey};
pub use crate::auth::local::{LocalIssuer, TokenRequest};
pub use crate::auth::provider::{Pace, Provider};
pub use crate::auth::verify::{KeySource, Rejection, TokenType, TrustedIssuer, Verifier};
pub use domain::members::binding::{Arrival, Binding, ClaimRule, safe_address};

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
