//! Feeds: secrets by which programs subscribe to calendars in the name of a person, one authority each.
//!
//! A secret (`vbf_…`, 244 random bits) is stored as SHA-256 and returned only once. Each request loads the person's
//! facts anew; only the roles in the feed's authority count, and every level is limited to that of the feed before
//! anything is read, for files, free/busy times and CalDAV alike. An unknown, revoked or expired secret and a person
//! without a role get the same answer, 404. Feeds are visible to their person and to those who may read the members of
//! the authority. The store finds the person of a secret by its hash alone (`verbund_feed`). The time of the last use
//! is written without audit row and event, at most once an hour.
//!
//! A date of a series that is changed or cancelled by an entry hidden from the viewer is left out of the series, as in
//! the agenda. `freeBusy` merges the times that entries take; a tentative time is marked as such from level `SUMMARY`
//! on.
//!
//! `calendarChanges` and the `sync-collection` of CalDAV read the outbox from a cursor that carries a fingerprint of
//! the viewer's rights and calendars. While the fingerprint is unchanged, each event concerns an entry that is or was
//! visible to the viewer, and a deletion contains the id only. After a change of the fingerprint the client must start
//! again without a cursor.

pub mod open;
pub mod service;
