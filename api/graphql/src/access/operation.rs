//! Operations on objects, in the schema.

use async_graphql::Enum;

/// Operation on an existing object. The fields of `viewerCan` bear the same names.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "Operation", remote = "domain::rights::Operation")]
pub enum Operation {
    /// Change of its fields.
    Update,
    /// Archiving and the return from the archive.
    Archive,
    /// Reversal of a merge.
    Unmerge,
    /// Deletion.
    Delete,
    /// Removal from a project.
    Remove,
    /// Creation of entries in a calendar.
    CreateEntries,
    /// Acknowledgement of a conflict.
    Acknowledge,
    /// Comments and proposals of changes in a coordination round.
    Contribute,
    /// Sharing with partner authorities.
    Share,
    /// Cancellation.
    Cancel,
    /// Fetch at the next opportunity.
    Refresh,
    /// End of a subscription.
    Unsubscribe,
    /// Proposal to the parties.
    Propose,
    /// Signature for a party.
    Sign,
    /// End for all parties.
    End,
    /// Grant and revocation of roles.
    ManageRoles,
    /// Revocation.
    Revoke,
    /// Confirmation by a second person.
    Confirm,
    /// Acceptance.
    Accept,
    /// Refusal.
    Decline,
    /// Answer with another proposal.
    Counter,
    /// Withdrawal.
    Withdraw,
    /// Contributions of a party.
    TakePart,
    /// Start of the coordination.
    Start,
    /// Signature of the outcome for a party.
    SignOff,
    /// Publication.
    Publish,
    /// End without an outcome.
    Close,
    /// Step to another phase or state.
    Advance,
    /// Invitation of a partner.
    AddPartner,
    /// Acceptance of an invitation to take part.
    Join,
    /// Addition of a measured value.
    Measure,
    /// Addition of obligations.
    CreateObligations,
    /// Fulfilment of an obligation.
    Fulfil,
    /// Waiver of an obligation.
    Waive,
    /// Import of a file.
    Import,
    /// Opening to partner authorities, and the reverse.
    ChangeAccess,
    /// Proposal of a release to the public.
    ProposeRelease,
    /// Approval of a release.
    Approve,
    /// Grant of a request.
    Grant,
    /// Refusal of a request.
    Refuse,
}
