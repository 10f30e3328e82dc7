//! The operations that exist on resources.

use policy::Action;

/// An operation on a row that exists. Which ones a resource has is in its declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

impl Operation {
    /// Every operation.
    pub const ALL: &'static [Self] = &[
        Self::Update,
        Self::Archive,
        Self::Unmerge,
        Self::Delete,
        Self::Remove,
        Self::CreateEntries,
        Self::Acknowledge,
        Self::Contribute,
        Self::Share,
        Self::Cancel,
        Self::Refresh,
        Self::Unsubscribe,
        Self::Propose,
        Self::Sign,
        Self::End,
        Self::ManageRoles,
        Self::Revoke,
        Self::Confirm,
        Self::Accept,
        Self::Decline,
        Self::Counter,
        Self::Withdraw,
        Self::TakePart,
        Self::Start,
        Self::SignOff,
        Self::Publish,
        Self::Close,
        Self::Advance,
        Self::AddPartner,
        Self::Join,
        Self::Measure,
        Self::CreateObligations,
        Self::Fulfil,
        Self::Waive,
        Self::Import,
        Self::ChangeAccess,
        Self::ProposeRelease,
        Self::Approve,
        Self::Grant,
        Self::Refuse,
    ];
}

/// The action that an operation takes.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    /// The operation.
    pub operation: Operation,
    /// The action; with the area of the object it says which permission is needed.
    pub action: Action,
    /// Whether the action as a whole counts as allowed where this operation is.
    pub counts: bool,
}

impl Need {
    /// An operation that stands for its action.
    pub const fn of(operation: Operation, action: Action) -> Self {
        Self { operation, action, counts: true }
    }

    /// An operation that only leaves a state in which everything else is forbidden.
    pub const fn beside(operation: Operation, action: Action) -> Self {
        Self { operation, action, counts: false }
    }
}
