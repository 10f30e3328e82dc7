//! The closed sets of error codes. They are part of the schema: codes are the contract, texts are not.

/// Codes of `userErrors`: what a mutation refused, in terms the client can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserErrorCode {
    /// There is no such object, or none that the viewer may know of.
    NotFound,
    /// The object is visible, but this takes a permission that the viewer does not hold there.
    Forbidden,
    /// This takes signing in.
    Unauthenticated,
    /// The value has the wrong form or contradicts another.
    Invalid,
    /// A value is missing.
    Required,
    /// The text is too long.
    TooLong,
    /// The value is outside its range.
    OutOfRange,
    /// The value is taken.
    NotUnique,
    /// The state of the object does not allow this now.
    Conflict,
    /// Somebody else changed the object; the payload carries its current state.
    StaleVersion,
    /// The idempotency key was used with another input.
    IdempotencyMismatch,
    /// The state of the object does not lead there.
    IllegalTransition,
    /// An authority keeps at least one admin without limits.
    LastAdmin,
    /// Nobody gives what they do not hold.
    NotHeld,
    /// The agreement is not active.
    AgreementNotActive,
    /// The agreement does not cover the area, the field of work or the authority.
    NotCovered,
    /// It would tell what is protected.
    Disclosure,
    /// A limit of the service is reached.
    LimitReached,
    /// The cursor of a synchronisation leads nowhere any more: begin anew without one.
    FullSyncRequired,
}

impl UserErrorCode {
    /// The name in the schema.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::Forbidden => "FORBIDDEN",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Invalid => "INVALID",
            Self::Required => "REQUIRED",
            Self::TooLong => "TOO_LONG",
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::NotUnique => "NOT_UNIQUE",
            Self::Conflict => "CONFLICT",
            Self::StaleVersion => "STALE_VERSION",
            Self::IdempotencyMismatch => "IDEMPOTENCY_MISMATCH",
            Self::IllegalTransition => "ILLEGAL_TRANSITION",
            Self::LastAdmin => "LAST_ADMIN",
            Self::NotHeld => "NOT_HELD",
            Self::AgreementNotActive => "AGREEMENT_NOT_ACTIVE",
            Self::NotCovered => "NOT_COVERED",
            Self::Disclosure => "DISCLOSURE",
            Self::LimitReached => "LIMIT_REACHED",
            Self::FullSyncRequired => "FULL_SYNC_REQUIRED",
        }
    }
}

/// Codes in `extensions.code` of top-level errors: the request as such was not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopLevelCode {
    /// The document is not GraphQL.
    ParseFailed,
    /// The document does not fit the schema.
    ValidationFailed,
    /// An argument has a wrong value.
    BadUserInput,
    /// The request is not a GraphQL request.
    BadRequest,
    /// The bearer token is not accepted, or one is needed.
    Unauthenticated,
    /// The operation is larger than the limits allow.
    CostExceeded,
    /// The caller asked more than its share in this minute.
    RateLimited,
    /// It took too long.
    Timeout,
    /// The store is out of reach; try again.
    Unavailable,
    /// Our fault; the request id leads to the log line.
    InternalServerError,
}

impl TopLevelCode {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::BadRequest => "BAD_REQUEST",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::CostExceeded => "COST_EXCEEDED",
            Self::RateLimited => "RATE_LIMITED",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable => "UNAVAILABLE",
            Self::InternalServerError => "INTERNAL_SERVER_ERROR",
        }
    }
}
