//! Whose the secret of a file is. Whoever comes with one is nobody yet, so this is found before anything may be seen.

use chrono::{DateTime, Utc};
use entities::TicketPurpose;
use kernel::error::{ApiError, ApiResult};
use policy::Actor;
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::fault::OrFault as _;
use crate::{Engine, Store};

/// A ticket, used or not, by the fingerprint of its secret.
#[derive(Clone, Debug)]
pub struct TicketKey {
    /// The ticket.
    pub id: Uuid,
    /// The authority.
    pub tenant: Uuid,
    /// In whose name it is used.
    pub actor: Actor,
    /// What it is good for.
    pub purpose: TicketPurpose,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// Finds a ticket by the SHA-256 of its secret, in hex.
    ///
    /// # Errors
    /// The database fails.
    pub async fn ticket_key(&self, hash: &str) -> ApiResult<Option<TicketKey>> {
        let db = self.unscoped();
        let sql = match self.engine() {
            Engine::Postgres => "SELECT id, tenant_id, issuer, subject, purpose, expires_at FROM verbund_ticket($1)",
            Engine::Sqlite => {
                "SELECT t.id, t.tenant_id, p.issuer, p.subject, t.purpose, t.expires_at FROM file_ticket t \
                 JOIN person p ON p.id = t.person_id WHERE t.secret_hash = ?"
            }
        };
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [hash.into()]);
        let Some(row) = db.query_one_raw(statement).await.or_fault()? else { return Ok(None) };
        let purpose: String = row.try_get("", "purpose").or_fault()?;
        Ok(Some(TicketKey {
            id: row.try_get("", "id").or_fault()?,
            tenant: row.try_get("", "tenant_id").or_fault()?,
            actor: Actor::Person {
                issuer: row.try_get("", "issuer").or_fault()?,
                subject: row.try_get("", "subject").or_fault()?,
            },
            purpose: purpose.parse().map_err(ApiError::fault)?,
            expires_at: row.try_get("", "expires_at").or_fault()?,
        }))
    }
}
