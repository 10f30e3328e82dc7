//! Codes of what a mutation refused, in the schema.

use async_graphql::Enum;

/// Codes of `userErrors`: what a mutation refused, in terms the client can act on.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "UserErrorCode", remote = "kernel::error::UserErrorCode")]
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
