//! Codes of what a mutation refused, in the schema.

use async_graphql::Enum;

/// Code of an error that the client can act on: in `userErrors` of payloads, and as `reason` in the extensions of
/// top-level errors.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "UserErrorCode", remote = "kernel::error::UserErrorCode")]
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
