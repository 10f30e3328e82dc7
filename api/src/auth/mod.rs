//! From the `Authorization` header to an [`Actor`]. A token says who somebody is, never what they may do.

mod binding;
mod keys;
mod local;
mod provider;
mod verify;

pub use binding::{Arrival, Binding, ClaimRule};
pub use keys::{KeySet, PublicKey};
pub use local::{LocalIssuer, TokenRequest};
pub use provider::{Pace, Provider, safe_address};
pub use verify::{Keys, Rejection, TokenType, TrustedIssuer, Verifier};

use chrono::{DateTime, Utc};
use uuid::Uuid;
use verbund_entities::ShareLevel;

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody signed in: sees what is public.
    Anonymous,
    /// A person, by the words of an identity provider.
    Person {
        /// `iss`.
        issuer: String,
        /// `sub`.
        subject: String,
    },
    /// A program with the secret of a feed. It only reads: what the person sees through its roles in one authority.
    Feed {
        /// `iss` of the person.
        issuer: String,
        /// `sub` of the person.
        subject: String,
        /// The authority.
        tenant: Uuid,
        /// The most that it sees of anything.
        most: ShareLevel,
    },
    /// The operator at the command line. It reaches the database with the owner's rights, never over HTTP.
    Operator,
    /// The server itself, at work for one authority; never from a request.
    Service {
        /// The authority.
        tenant: uuid::Uuid,
    },
}

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

impl Actor {
    /// The kind, for the log.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Person { .. } => "person",
            Self::Feed { .. } => "feed",
            Self::Operator => "operator",
            Self::Service { .. } => "service",
        }
    }
}
