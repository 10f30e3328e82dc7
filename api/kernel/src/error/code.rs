//! The closed sets of error codes. They are part of the schema: codes are the contract, texts are not.

/// Code of an error that the client can act on: in `userErrors` of payloads, and as `reason` in the extensions of
/// top-level errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserErrorCode {
    /// Object that does not exist or is not visible to the viewer.
    NotFound,
    /// Action on a visible object that the viewer is not permitted: for lack of a permission, or because it is reserved
    /// to another authority or person.
    Forbidden,
    /// Action that requires signing in.
    Unauthenticated,
    /// Value in the wrong format, or in contradiction to another one.
    Invalid,
    /// Missing value.
    Required,
    /// Text that is too long.
    TooLong,
    /// Value outside its permitted range.
    OutOfRange,
    /// Value that must be unique and is used already.
    NotUnique,
    /// Action that the current state of an object does not permit.
    Conflict,
    /// Outdated version: somebody else has changed the object. The payload contains its current state.
    StaleVersion,
    /// Idempotency key that was used with another input.
    IdempotencyMismatch,
    /// State that does not follow from the current state of the object.
    IllegalTransition,
    /// Removal of the last permanent admin of an authority for all fields of work.
    LastAdmin,
    /// Role, fields of work or duration that the viewer does not hold and so cannot grant or revoke.
    NotHeld,
    /// Agreement that is not active, or not valid today.
    AgreementNotActive,
    /// Area, field of work or authority that the agreement does not cover.
    NotCovered,
    /// Violation of data protection or of statistical disclosure control.
    Disclosure,
    /// Number or size beyond a limit of the service.
    LimitReached,
    /// Cursor of a synchronisation that is not valid any more: the client must start again without one.
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
    /// The request names a document by its hash; it must send the document itself.
    PersistedQueryNotSupported,
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
            Self::PersistedQueryNotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::CostExceeded => "COST_EXCEEDED",
            Self::RateLimited => "RATE_LIMITED",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable => "UNAVAILABLE",
            Self::InternalServerError => "INTERNAL_SERVER_ERROR",
        }
    }
}
