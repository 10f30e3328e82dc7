//! A reading connection bound to what one actor may see.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entities::ShareLevel;
use kernel::error::{ApiError, ApiResult};
use policy::{Access, Action, Grant, Object, Permission, refused};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Value,
};
use uuid::Uuid;

use crate::connection::SessionConnection;
use crate::fault::OrFault as _;
use crate::name_sort::sort_expression;
use crate::row_cache::{ByKey, ByParent, RowCache};
use crate::writer::{Writer, lock_named};
use crate::{Owned, Reference};

pub use crate::connection::Stats;

/// One transaction and the access that it carries.
pub struct Session {
    conn: SessionConnection,
    access: Arc<Access>,
    now: DateTime<Utc>,
    loaded: RowCache,
}

impl Session {
    pub(super) fn new(conn: SessionConnection, access: Access, now: DateTime<Utc>) -> Self {
        Self { conn, access: Arc::new(access), now, loaded: RowCache::default() }
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
        let visible = self.in_scopes(E::SCOPE, self.access.visible());
        E::find().filter(match (E::PERSON, self.access.person()) {
            (Some(column), Some(person)) => visible.or(column.eq(person.id)),
            (Some(_) | None, _) => visible,
        })
    }

    /// Rows of a table that everybody may read.
    #[expect(clippy::disallowed_methods, reason = "reference tables have no owner")]
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
        select.all(&self.conn).await.or_fault()
    }

    /// The rows of a selection that adds up: not those of a table.
    ///
    /// # Errors
    /// The database fails.
    pub async fn grouped<E: EntityTrait, M: FromQueryResult>(&self, select: Select<E>) -> ApiResult<Vec<M>> {
        select.into_model::<M>().all(&self.conn).await.or_fault()
    }

    /// The first row of a selection.
    ///
    /// # Errors
    /// The database fails.
    pub async fn one<E: EntityTrait>(&self, select: Select<E>) -> ApiResult<Option<E::Model>>
    where
        E::Model: FromQueryResult,
    {
        select.one(&self.conn).await.or_fault()
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
        select.count(&self.conn).await.or_fault()
    }

    /// How many rows of some scopes the actor may see, by scope.
    ///
    /// # Errors
    /// The database fails.
    pub async fn count_by_scope<E: Owned>(&self, scopes: &[Uuid]) -> ApiResult<Vec<(Uuid, i64)>> {
        let counts = self.select::<E>().filter(self.is_one_of(E::SCOPE, scopes)).select_only();
        let counts = counts.column(E::SCOPE).column_as(E::SCOPE.count(), "rows").group_by(E::SCOPE);
        counts.into_tuple().all(&self.conn).await.or_fault()
    }

    /// Loads rows by key in one statement and remembers them, so that [`Self::get`] takes none. Rows that may not be
    /// seen are remembered as missing. List resolvers call this with what was selected. Loads under way at the same time are
    /// joined, so that the number of statements depends neither on the number of rows nor on chance.
    ///
    /// # Errors
    /// The database fails.
    pub async fn load<E: ByKey>(&self, keys: impl IntoIterator<Item = E::Key>) -> ApiResult<()> {
        let keys: BTreeSet<_> = keys.into_iter().collect();
        loop {
            let missing = self.loaded.missing::<E>(&keys);
            let Some(queue) = self.loaded.queue::<E>().filter(|_| !missing.is_empty()) else { return Ok(()) };
            let (wanted, _turn) = queue.turn(missing).await;
            // Some were named while those before loaded them.
            let wanted = self.loaded.missing::<E>(&wanted);
            if !wanted.is_empty() {
                let rows = self.all(E::select(self).filter(self.is_one_of(E::KEY, &wanted))).await?;
                self.loaded.add::<E>(wanted, rows);
            }
            // Once more where others took these keys and failed.
        }
    }

    /// A row by key, if it may be seen.
    ///
    /// # Errors
    /// The database fails.
    pub async fn get<E: ByKey>(&self, key: E::Key) -> ApiResult<Option<Arc<<E::Of as EntityTrait>::Model>>> {
        self.load::<E>([key.clone()]).await?;
        Ok(self.loaded.get::<E>(&key))
    }

    /// Loads the children of parents in one statement and remembers them, so that [`Self::group`] takes none.
    ///
    /// # Errors
    /// The database fails.
    pub async fn load_groups<E: ByParent>(&self, parents: impl IntoIterator<Item = Uuid>) -> ApiResult<()> {
        let parents: BTreeSet<_> = parents.into_iter().collect();
        loop {
            let missing = self.loaded.missing_groups::<E>(&parents);
            let Some(queue) = self.loaded.queue_of_groups::<E>().filter(|_| !missing.is_empty()) else {
                return Ok(());
            };
            let (wanted, _turn) = queue.turn(missing).await;
            let wanted = self.loaded.missing_groups::<E>(&wanted);
            if !wanted.is_empty() {
                let select = self.select::<E::Of>().filter(self.is_one_of(E::PARENT, &wanted)).order_by_asc(E::SORT);
                let rows = self.all(select).await?;
                self.loaded.add_groups::<E>(wanted, rows);
            }
        }
    }

    /// The children of a parent that may be seen.
    ///
    /// # Errors
    /// The database fails.
    pub async fn group<E: ByParent>(&self, parent: Uuid) -> ApiResult<Arc<Vec<<E::Of as EntityTrait>::Model>>> {
        self.load_groups::<E>([parent]).await?;
        Ok(self.loaded.group::<E>(parent))
    }

    /// Database of the session.
    pub(crate) fn backend(&self) -> DbBackend {
        self.conn.get_database_backend()
    }

    /// Expression by which rows are sorted by a column: names as in German lists, everything else by its value.
    pub fn sorted_by<E: EntityTrait>(&self, column: E::Column) -> SimpleExpr {
        sort_expression::<E>(self.backend(), column)
    }

    /// A value that is computed for a key once in the session. `compute` returns the values of several keys: those that
    /// siblings want at the same time are computed together, as rows are loaded.
    ///
    /// # Errors
    /// As `compute`.
    pub async fn computed<T, F>(&self, key: Uuid, compute: impl Fn(Vec<Uuid>) -> F + Send) -> ApiResult<Arc<T>>
    where
        T: Send + Sync + 'static,
        F: Future<Output = ApiResult<Vec<(Uuid, T)>>> + Send,
    {
        let missing = || ApiError::fault("a value was not computed");
        loop {
            if let Some(value) = self.loaded.value::<T>(key) {
                return Ok(value);
            }
            let queue = self.loaded.queue_of_values::<T>().ok_or_else(missing)?;
            let (wanted, _turn) = queue.turn(vec![key]).await;
            let wanted: Vec<_> = wanted.into_iter().filter(|it| self.loaded.value::<T>(*it).is_none()).collect();
            if wanted.is_empty() {
                continue;
            }
            let is_own = wanted.contains(&key);
            self.loaded.add_values(compute(wanted).await?);
            if is_own && self.loaded.value::<T>(key).is_none() {
                return Err(missing());
            }
        }
    }

    /// Condition that a column is one of `keys`.
    pub fn is_one_of<C, K>(&self, column: C, keys: &[K]) -> SimpleExpr
    where
        C: ColumnTrait,
        K: ToString + Clone + Into<Value>,
    {
        in_set(self.conn.get_database_backend(), column, keys.iter().cloned())
    }

    /// **Checked lookup**: decides whether the actor may do `action` to the row that `object` describes.
    ///
    /// # Errors
    /// `NOT_FOUND`, `FORBIDDEN` or `UNAUTHENTICATED` on `field`.
    pub fn authorize(&self, action: Action, object: &Object, field: &'static str) -> ApiResult<Grant> {
        self.access.grant(action, object).map_err(|decision| refused(decision, field))
    }

    /// The same for something that concerns a whole authority.
    ///
    /// # Errors
    /// `FORBIDDEN` or `UNAUTHENTICATED` on `field`.
    pub fn authorize_in(&self, permission: Permission, tenant: Uuid, field: &'static str) -> ApiResult<Grant> {
        self.access.grant_in(permission, tenant).map_err(|decision| refused(decision, field))
    }

    /// Takes a lock with a name, as [`Writer::lock_named`], before anything is read and judged.
    ///
    /// # Errors
    /// The database fails.
    pub async fn lock_named(&self, name: Uuid) -> ApiResult<()> {
        lock_named(&self.conn, name).await
    }

    /// The writing side of this session, for the authority that the grant names.
    ///
    /// # Errors
    /// The database fails.
    pub async fn writer<'a>(&'a self, grant: &'a Grant) -> ApiResult<Writer<'a>> {
        Writer::open(&self.conn, &self.access, grant, self.now).await
    }

    pub(super) const fn conn(&self) -> &SessionConnection {
        &self.conn
    }

    /// Ends the transaction and keeps what it did.
    ///
    /// # Errors
    /// The database fails; then nothing was kept.
    pub async fn commit(self) -> ApiResult<()> {
        self.conn.commit().await.or_fault()
    }

    fn in_scopes<C: ColumnTrait>(&self, column: C, scopes: impl Iterator<Item = Uuid>) -> SimpleExpr {
        in_set(self.conn.get_database_backend(), column, scopes)
    }
}

/// `column` is one of `keys`: one array parameter on PostgreSQL, so that the statement stays the same however many
/// there are; a list on SQLite, which has no arrays. Keys are ids or official keys, never free text.
pub(crate) fn in_set<C, K>(backend: DbBackend, column: C, keys: impl Iterator<Item = K>) -> SimpleExpr
where
    C: ColumnTrait,
    K: ToString + Into<Value>,
{
    if backend == DbBackend::Postgres {
        let array = keys.map(|it| it.to_string()).collect::<Vec<_>>().join(",");
        let array = Value::from(format!("{{{array}}}"));
        let is_any = match column.def().get_column_type() {
            sea_orm::ColumnType::Uuid => "$1 = ANY ((SELECT $2::uuid[])::uuid[])",
            _ => "$1 = ANY ((SELECT $2::text[])::text[])",
        };
        Expr::cust_with_exprs(is_any, [Expr::col(column.as_column_ref()), Expr::val(array)])
    } else {
        column.is_in(keys.map(Into::into))
    }
}
