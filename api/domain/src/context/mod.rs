//! Context of an operation: actor, clock, language, and the session that reads for it.
//!
//! A query is one read-only transaction, opened with the first read. A mutation is one transaction per root field:
//! facts of its own, grant, idempotency key, write, audit row and outbox event, commit. Its payload is read
//! afterwards, with facts loaded anew. Not mutations: the bookkeeping of jobs (last fetch, extent of computed dates),
//! the last use of a feed, and the record of reads by a share.

pub mod audited;
pub mod op;
pub mod reads;
pub mod references;
pub mod unit_of_work;
