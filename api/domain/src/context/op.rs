//! One GraphQL operation.

use std::sync::{Arc, PoisonError};

use kernel::clock::Clock;
use kernel::error::{ApiResult, UserErrorCode};
use kernel::i18n::Locale;
use policy::Actor;
use store::{Session, Stats, Store};
use tokio::sync::Mutex;

use crate::context::reads::DataRead;
use crate::context::unit_of_work::MutationTerms;

/// The context of one operation. Its session is opened when something is first read, so that a query which touches no
/// table costs the database nothing.
pub struct Op {
    /// The store.
    pub store: Store,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Who is asking.
    pub actor: Actor,
    /// Names the request in errors, audit rows and log.
    pub request_id: String,
    /// Language of texts.
    pub locale: Locale,
    /// What it costs in the database.
    pub stats: Arc<Stats>,
    session: Mutex<Option<Arc<Session>>>,
    reads: std::sync::Mutex<Vec<DataRead>>,
    terms: std::sync::Mutex<MutationTerms>,
    user_errors: std::sync::Mutex<Vec<UserErrorCode>>,
}

impl Op {
    /// A new operation.
    pub fn new(store: Store, clock: Clock, actor: Actor, request_id: String, locale: Locale) -> Self {
        Self {
            store,
            clock,
            actor,
            request_id,
            locale,
            stats: Arc::default(),
            session: Mutex::new(None),
            reads: std::sync::Mutex::default(),
            terms: std::sync::Mutex::default(),
            user_errors: std::sync::Mutex::default(),
        }
    }

    /// The reading session of this operation: facts once, one transaction.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn session(&self) -> ApiResult<Arc<Session>> {
        let mut session = self.session.lock().await;
        if let Some(session) = &*session {
            return Ok(session.clone());
        }
        let opened = Arc::new(self.store.read(&self.actor, self.clock.now(), self.stats.clone()).await?);
        *session = Some(opened.clone());
        Ok(opened)
    }

    /// Remembers figures that were read; the answer goes out when [`reads::keep`](super::reads::keep) has recorded them.
    pub fn read_data(&self, read: DataRead) {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner).push(read);
    }

    /// Says under which terms the next mutation runs; those of the one before end with that.
    pub fn set_terms(&self, terms: MutationTerms) {
        *self.terms.lock().unwrap_or_else(PoisonError::into_inner) = terms;
    }

    /// The terms of the mutation that begins.
    pub(super) fn take_terms(&self) -> MutationTerms {
        std::mem::take(&mut *self.terms.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Figures that were read and are not recorded yet.
    pub(super) fn unrecorded(&self) -> Vec<DataRead> {
        std::mem::take(&mut self.reads.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes the code of a refusal that the client can act on, for the log of the operator.
    pub fn note_user_error(&self, code: UserErrorCode) {
        let mut codes = self.user_errors.lock().unwrap_or_else(PoisonError::into_inner);
        if !codes.contains(&code) {
            codes.push(code);
        }
    }

    /// Codes of the refusals so far, each once and separated by commas.
    pub fn user_errors(&self) -> String {
        let codes = self.user_errors.lock().unwrap_or_else(PoisonError::into_inner);
        codes.iter().map(|it| it.name()).collect::<Vec<_>>().join(",")
    }

    /// Ends the reading session, if there is one. Called at the end, and before a mutation: what is read after it must
    /// see what it did, and what it took away.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn finish(&self) -> ApiResult<()> {
        let session = self.session.lock().await.take();
        if let Some(session) = session.and_then(Arc::into_inner) {
            session.commit().await?;
        }
        Ok(())
    }
}
