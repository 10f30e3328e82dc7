//! Whose a secret is. Whoever comes with one is nobody yet, so this is found before anything may be seen.

use chrono::{DateTime, Utc};
use entities::ShareLevel;
use kernel::error::{ApiError, ApiResult};
use policy::Actor;
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::fault::OrFault as _;
use crate::{Engine, Store};

/// A feed that was not taken back, by the fingerprint of its secret.
#[derive(Clone, Debug)]
pub struct FeedKey {
    /// The feed.
    pub id: Uuid,
    /// Who reads with it.
    pub actor: Actor,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Finds a feed by the SHA-256 of its secret, in hex.
    ///
    /// # Errors
    /// The database fails.
    pub async fn feed_key(&self, hash: &str) -> ApiResult<Option<FeedKey>> {
        let db = self.unscoped();
        let sql = match self.engine() {
            Engine::Postgres => "SELECT id, tenant_id, issuer, subject, level, expires_at FROM verbund_feed($1)",
            Engine::Sqlite => {
                "SELECT f.id, f.tenant_id, p.issuer, p.subject, f.level, f.expires_at FROM feed f \
                 JOIN person p ON p.id = f.person_id WHERE f.secret_hash = ? AND f.revoked_at IS NULL"
            }
        };
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [hash.into()]);
        let Some(row) = db.query_one_raw(statement).await.or_fault()? else { return Ok(None) };
        let level: String = row.try_get("", "level").or_fault()?;
        let max: ShareLevel = level.parse().map_err(ApiError::fault)?;
        let (issuer, subject) = (row.try_get("", "issuer").or_fault()?, row.try_get("", "subject").or_fault()?);
        let actor = Actor::Feed { issuer, subject, tenant: row.try_get("", "tenant_id").or_fault()?, most: max };
        Ok(Some(FeedKey {
            id: row.try_get("", "id").or_fault()?,
            actor,
            expires_at: row.try_get("", "expires_at").or_fault()?,
        }))
    }
}
