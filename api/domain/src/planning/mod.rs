//! Annual plans and their coordination between the parties of an agreement.
//!
//! A **plan** is a set of calendars of an authority for one year. It has no state of its own: its state follows from
//! the rounds in which it takes part. A **round** belongs to all parties of its agreement (`COLLECTING →
//! IN_COORDINATION → AGREED → PUBLISHED`, or `CLOSED`). Each party writes its own data and the steps of the round.
//! Every step requires an agreement in force and `CALENDARS_WRITE` in the acting party; a sign-off requires
//! `AGREEMENTS_SIGN`. Until the publication, a change of an entry of the plans revokes the sign-offs and takes an agreed
//! round back to `IN_COORDINATION`, by a trigger of the database and so for every way of changing it; after it, the round
//! tells that its plans differ from what was published. Entries internal to the authority do not count. Publication keeps
//! what was signed as snapshots and makes round and plans public, by a trigger; no entry becomes wider than its owner
//! decided.
//!
//! **Proposals** are answered by the other party; only the owner's acceptance changes the entry, by the same service
//! as any other change. Proposals and comments are visible with their entry: `proposals::visible` is the only function
//! that decides to whom.
//!
//! **Snapshots** keep entries with the scope that they had. An entry of a snapshot is shown to those who see the entry
//! now and could see it then, at the lower of both levels.

pub mod comments;
pub mod conflicts;
pub mod party;
pub mod plans;
pub mod proposals;
pub mod published;
pub mod rounds;
pub mod settlement;
pub mod snapshots;
