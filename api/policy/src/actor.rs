//! Who is asking.

use entities::ShareLevel;
use uuid::Uuid;

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
