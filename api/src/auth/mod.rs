//! From the `Authorization` header to an [`Actor`]. A token says who somebody is, never what they may do.

mod local;
mod verify;

pub use local::{LocalIssuer, TokenRequest};
pub use verify::{Rejection, TrustedIssuer, Verifier};

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
    /// The operator at the command line. It reaches the database with the owner's rights, never over HTTP.
    Operator,
}

impl Actor {
    /// The kind, for the log.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Person { .. } => "person",
            Self::Operator => "operator",
        }
    }
}
