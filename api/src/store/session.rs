//! A reading connection bound to what one actor may see.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, Select, Value,
};
use uuid::Uuid;
use verbund_entities::ShareLevel;

pub use super::connection::Stats;
use super::connection::Connection;
use super::writer::Writer;
use super::{Owned, Reference};
use crate::error::{ApiError, ApiResult};
use crate::policy::{Access, Action, Grant, Object};

/// One transaction and the access that it carries.
pub struct Session {
    conn: Connection,
    access: Arc<Access>,
    now: DateTime<Utc>,
}

impl Session {
    pub(super) fn new(conn: Connection, access: Access, now: DateTime<Utc>) -> Self {
        Self { conn, access: Arc::new(access), now }
    }

    /// What the actor may see and do.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// The instant for which access was judged.
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Rows of an owned table that the actor may see. The only way to read one.
    #[expect(clippy::disallowed_methods, reason = "the one place that adds the policy's filter")]
    pub fn select<E: Owned>(&self) -> Select<E> {
        E::find().filter(self.in_scopes(E::SCOPE, self.access.visible()))
    }

    /// Rows of a table that everybody may read.
    #[expect(clippy::disallowed_methods, reason = "reference tables have no owner")]
    #[expect(clippy::unused_self, reason = "reading takes a session, whatever is read")]
    pub fn reference<E: Reference>(&self) -> Select<E> {
        E::find()
    }

    /// Condition that a row is seen at least at `level`: a filter on a redacted column must not tell what is redacted.
    pub fn seen_from<E: Owned>(&self, level: ShareLevel) -> SimpleExpr {
        self.in_scopes(E::SCOPE, self.access.visible_from(level))
    }

    /// All rows of a selection.
    ///
    /// # Errors
    /// The database fails.
    pub async fn all<E: EntityTrait>(&self, select: Select<E>) -> ApiResult<Vec<E::Model>>
    where
        E::Model: FromQueryResult,
    {
        Ok(select.all(&self.conn).await?)
    }

    /// The first row of a selection.
    ///
    /// # Errors
    /// The database fails.
    pub async fn one<E: EntityTrait>(&self, select: Select<E>) -> ApiResult<Option<E::Model>>
    where
        E::Model: FromQueryResult,
    {
        Ok(select.one(&self.conn).await?)
    }

    /// How many rows a selection has.
    ///
    /// # Errors
    /// The database fails.
    pub async fn count<E>(&self, select: Select<E>) -> ApiResult<u64>
    where
        E: EntityTrait,
        E::Model: FromQueryResult + Sized + Send + Sync,
    {
        Ok(select.count(&self.conn).await?)
    }

    /// **Checked lookup**: decides whether the actor may do `action` to the row that `object` describes.
    ///
    /// # Errors
    /// `NOT_FOUND`, `FORBIDDEN` or `UNAUTHENTICATED` on `field`.
    pub fn authorize(&self, action: Action, object: &Object, field: &'static str) -> ApiResult<Grant> {
        self.access.grant(action, object).map_err(|refused| ApiError::refused(refused, field))
    }

    /// The writing side of this session, for the authority that the grant names.
    ///
    /// # Errors
    /// The database fails.
    pub async fn writer<'a>(&'a self, grant: &'a Grant) -> ApiResult<Writer<'a>> {
        Writer::open(&self.conn, &self.access, grant, self.now).await
    }

    /// Ends the transaction and keeps what it did.
    ///
    /// # Errors
    /// The database fails; then nothing was kept.
    pub async fn commit(self) -> ApiResult<()> {
        Ok(self.conn.commit().await?)
    }

    fn in_scopes<C: ColumnTrait>(&self, column: C, scopes: impl Iterator<Item = Uuid>) -> SimpleExpr {
        in_set(self.conn.get_database_backend(), column, scopes)
    }
}

/// `column` is one of `ids`: one array parameter on PostgreSQL, so that the statement stays the same however many
/// there are; a list on SQLite, which has no arrays.
fn in_set<C: ColumnTrait>(backend: DbBackend, column: C, ids: impl Iterator<Item = Uuid>) -> SimpleExpr {
    if backend == DbBackend::Postgres {
        let ids: Vec<_> = ids.map(|it| it.to_string()).collect();
        let array = Value::from(format!("{{{}}}", ids.join(",")));
        Expr::col(column.as_column_ref()).eq(Expr::cust_with_values("ANY ((SELECT $1::uuid[])::uuid[])", [array]))
    } else {
        column.is_in(ids)
    }
}
