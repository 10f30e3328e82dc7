//! A writing connection: only with a grant, only for the authority that the grant names.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entities::{coordination_round, field_of_work, idempotency_record, member, role_grant, tenant};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use policy::{Access, Grant};
use sea_orm::sea_query::{Expr, OnConflict, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityName as _, EntityTrait,
    FromQueryResult as _, Insert, IntoActiveModel, QueryFilter, RuntimeErr, Select, Statement, Value,
};
use uuid::Uuid;

use crate::connection::SessionConnection;
use crate::fault::{OrFault as _, database_error};
use crate::idempotency::record_of;
use crate::session::in_set;
use crate::{Owned, Reference, ScopeBinding, Written};

/// A unique constraint, as each database names it in an error.
#[derive(Clone, Copy, Debug)]
pub struct Unique {
    /// Name on PostgreSQL.
    pub name: &'static str,
    /// Columns on SQLite: `annual_plan.tenant_id, annual_plan.year`; of an index on expressions its name:
    /// `index 'calendar_name_key'`.
    pub columns: &'static str,
}

/// Why a row was not written.
#[derive(Debug)]
pub enum WriteError {
    /// The value of a unique constraint is taken.
    Taken,
    /// Anything else.
    Failed(ApiError),
}

impl WriteError {
    /// The error for the client: `NOT_UNIQUE` at `field` where its `value` is taken.
    pub fn taken(self, field: &'static str, value: &str) -> ApiError {
        match self {
            Self::Taken => Problem::at(UserErrorCode::NotUnique, field, Text::new("taken").with("value", value)).into(),
            Self::Failed(error) => error,
        }
    }
}

/// Every column of a row, to be written.
pub fn full<M, A>(row: M) -> A
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    row.into_active_model().reset_all()
}

/// The writing side of a session.
pub struct Writer<'a> {
    conn: &'a SessionConnection,
    access: &'a Access,
    grant: &'a Grant,
    now: DateTime<Utc>,
}

impl<'a> Writer<'a> {
    pub(super) async fn open(
        conn: &'a SessionConnection,
        access: &'a Access,
        grant: &'a Grant,
        now: DateTime<Utc>,
    ) -> ApiResult<Self> {
        if conn.get_database_backend() == DbBackend::Postgres {
            let tenant = grant.tenant().to_string();
            set(conn, "app.tenant", tenant).await?;
        }
        Ok(Self { conn, access, grant, now })
    }

    /// The authority for which this writes.
    pub const fn tenant(&self) -> Uuid {
        self.grant.tenant()
    }

    /// The permission behind it.
    pub const fn grant(&self) -> &Grant {
        self.grant
    }

    /// The instant of the operation; the time stamps of its rows.
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Inserts one row.
    ///
    /// # Errors
    /// The database fails.
    pub async fn insert<A>(&self, row: A) -> ApiResult<()>
    where
        A: ActiveModelTrait<Entity: Written>,
    {
        self.check_insert(&row)?;
        Insert::one(row).exec_without_returning(self.conn).await.or_fault()?;
        Ok(())
    }

    /// Inserts one row whose value of `unique` may be taken.
    ///
    /// # Errors
    /// It is taken, or the database fails. The transaction is of no use after either.
    pub async fn insert_unique<A>(&self, row: A, unique: Unique) -> Result<(), WriteError>
    where
        A: ActiveModelTrait<Entity: Written>,
    {
        self.check_insert(&row).map_err(WriteError::Failed)?;
        match Insert::one(row).exec_without_returning(self.conn).await {
            Ok(_) => Ok(()),
            Err(error) if violates(&error, unique) => Err(WriteError::Taken),
            Err(error) => Err(WriteError::Failed(database_error(&error))),
        }
    }

    /// Inserts rows in one statement.
    ///
    /// # Errors
    /// The database fails.
    pub async fn insert_all<A>(&self, rows: Vec<A>) -> ApiResult<()>
    where
        A: ActiveModelTrait<Entity: Written>,
    {
        for row in &rows {
            self.check_insert(row)?;
        }
        if !rows.is_empty() {
            Insert::many(rows).exec_without_returning(self.conn).await.or_fault()?;
        }
        Ok(())
    }

    /// Inserts a row unless it is there already; whether it was inserted.
    ///
    /// # Errors
    /// The database fails.
    pub async fn insert_new<A>(&self, row: A) -> ApiResult<bool>
    where
        A: ActiveModelTrait<Entity: Written>,
    {
        self.check_insert(&row)?;
        let insert = Insert::one(row).on_conflict(OnConflict::new().do_nothing().to_owned());
        match insert.exec_without_returning(self.conn).await {
            Ok(rows) => Ok(rows > 0),
            Err(DbErr::RecordNotInserted) => Ok(false),
            Err(error) => Err(database_error(&error)),
        }
    }

    /// Inserts those rows that are not there yet, and tells how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn insert_missing<A>(&self, rows: Vec<A>) -> ApiResult<u64>
    where
        A: ActiveModelTrait<Entity: Written>,
    {
        for row in &rows {
            self.check_insert(row)?;
        }
        if rows.is_empty() {
            return Ok(0);
        }
        let insert = Insert::many(rows).on_conflict(OnConflict::new().do_nothing().to_owned());
        match insert.exec_without_returning(self.conn).await {
            Ok(rows) => Ok(rows),
            Err(DbErr::RecordNotInserted) => Ok(0),
            Err(error) => Err(database_error(&error)),
        }
    }

    /// The common fields of work by key.
    #[expect(clippy::disallowed_methods, reason = "common fields have no owner")]
    pub async fn common_fields(&self) -> ApiResult<BTreeMap<String, Uuid>> {
        let select = field_of_work::Entity::find().filter(field_of_work::Column::TenantId.is_null());
        Ok(select.all(self.conn).await.or_fault()?.into_iter().map(|it| (it.key, it.id)).collect())
    }

    /// The idempotency record of an account.
    ///
    /// # Errors
    /// The database fails.
    pub async fn own_record(&self, person: Uuid, key: &str) -> ApiResult<Option<idempotency_record::Model>> {
        record_of(self.conn, person, key).await
    }

    /// Changes the rows of an owned table that the actor sees and that meet `condition`.
    ///
    /// # Errors
    /// The database fails.
    #[expect(clippy::disallowed_methods, reason = "bound to the grant and the visible scopes here")]
    pub async fn change<E, A>(&self, condition: impl Into<sea_orm::Condition>, values: A) -> ApiResult<u64>
    where
        E: Owned,
        A: ActiveModelTrait<Entity = E>,
        E::Model: IntoActiveModel<A>,
    {
        let here = E::update_many().set(values).filter(self.bound::<E>(condition));
        Ok(here.exec(self.conn).await.or_fault()?.rows_affected)
    }

    /// Like [`Self::change`], for a value of `unique` that may be taken.
    ///
    /// # Errors
    /// It is taken, or the database fails. The transaction is of no use after either.
    #[expect(clippy::disallowed_methods, reason = "bound to the grant and the visible scopes here")]
    pub async fn change_unique<E, A>(
        &self,
        condition: impl Into<sea_orm::Condition>,
        values: A,
        unique: Unique,
    ) -> Result<u64, WriteError>
    where
        E: Owned,
        A: ActiveModelTrait<Entity = E>,
        E::Model: IntoActiveModel<A>,
    {
        match E::update_many().set(values).filter(self.bound::<E>(condition)).exec(self.conn).await {
            Ok(done) => Ok(done.rows_affected),
            Err(error) if violates(&error, unique) => Err(WriteError::Taken),
            Err(error) => Err(WriteError::Failed(database_error(&error))),
        }
    }

    /// Deletes the rows of an owned table that the actor sees and that meet `condition`; how many they were.
    ///
    /// # Errors
    /// The database fails.
    #[expect(clippy::disallowed_methods, reason = "bound to the grant and the visible scopes here")]
    pub async fn delete<E: Owned>(&self, condition: impl Into<sea_orm::Condition>) -> ApiResult<u64> {
        let here = E::delete_many().filter(self.bound::<E>(condition));
        Ok(here.exec(self.conn).await.or_fault()?.rows_affected)
    }

    /// The same in a table that everybody may read whole; only the operator may.
    ///
    /// # Errors
    /// The database fails.
    #[expect(clippy::disallowed_methods, reason = "reference tables have no owner")]
    pub async fn delete_reference<E: Reference>(&self, condition: impl Into<sea_orm::Condition>) -> ApiResult<u64> {
        Ok(E::delete_many().filter(condition.into()).exec(self.conn).await.or_fault()?.rows_affected)
    }

    /// Overwrites one row of a table that everybody may read whole; only the operator may.
    ///
    /// # Errors
    /// The database fails.
    #[expect(clippy::disallowed_methods, reason = "reference tables have no owner")]
    pub async fn change_reference<E, A>(&self, condition: impl Into<sea_orm::Condition>, values: A) -> ApiResult<u64>
    where
        E: Reference,
        A: ActiveModelTrait<Entity = E>,
        E::Model: IntoActiveModel<A>,
    {
        let here = E::update_many().set(values).filter(condition.into());
        Ok(here.exec(self.conn).await.or_fault()?.rows_affected)
    }

    /// Whether a row of an owned table meets `condition` that the holder of the grant sees in the acting authority.
    ///
    /// # Errors
    /// The database fails.
    #[expect(clippy::disallowed_methods, reason = "bound to the grant and the visible scopes here")]
    pub async fn sees<E: Owned>(&self, condition: impl Into<sea_orm::Condition>) -> ApiResult<bool> {
        let select = E::find().filter(self.bound::<E>(condition));
        Ok(select.one(self.conn).await.or_fault()?.is_some())
    }

    /// Changes the row of the acting authority itself where it is still at `version`; whether it was.
    ///
    /// # Errors
    /// The database fails.
    #[expect(clippy::disallowed_methods, reason = "bound to the authority of the grant here")]
    pub async fn change_authority(&self, version: i32, values: tenant::ActiveModel) -> ApiResult<bool> {
        let own = tenant::Entity::update_many()
            .set(values)
            .filter(tenant::Column::Id.eq(self.tenant()))
            .filter(tenant::Column::Version.eq(version));
        Ok(own.exec(self.conn).await.or_fault()?.rows_affected > 0)
    }

    /// Narrows a condition to the rows that the holder of the grant may write.
    fn bound<E: Owned>(&self, condition: impl Into<sea_orm::Condition>) -> sea_orm::Condition {
        let bound = sea_orm::Condition::all().add(condition.into());
        let own = |tenant: E::Column| tenant.eq(self.tenant());
        match E::BINDING {
            ScopeBinding::Owner { tenant, scope } => bound.add(own(tenant)).add_option(self.visible(scope)),
            ScopeBinding::OwnerInAnyScope { tenant, .. } | ScopeBinding::Person { tenant } => bound.add(own(tenant)),
            ScopeBinding::Party { scope } => bound.add_option(self.visible(scope)),
            // Nobody changes these.
            ScopeBinding::Log { .. } | ScopeBinding::Unowned => bound.add(Expr::val(false)),
        }
    }

    /// Condition that a row is in a scope visible to the actor, or made in this transaction; none for the operator.
    fn visible<C: ColumnTrait>(&self, scope: C) -> Option<SimpleExpr> {
        if self.grant.any_scope() {
            return None;
        }
        let scopes = self.access.visible().chain(self.conn.added_scopes());
        Some(in_set(self.conn.get_database_backend(), scope, scopes))
    }

    /// Refuses a row of another authority, or in a scope that the actor does not see: a fault of ours.
    fn check_insert<A>(&self, row: &A) -> ApiResult<()>
    where
        A: ActiveModelTrait<Entity: Written>,
    {
        let value = |column| match row.get(column) {
            ActiveValue::Set(Value::Uuid(id)) | ActiveValue::Unchanged(Value::Uuid(id)) => id,
            _ => None,
        };
        // The operator also keeps what all authorities have in common: common fields of work.
        let own = |tenant| value(tenant).map_or(self.grant.any_scope(), |it| it == self.tenant());
        let seen = |scope| {
            value(scope).is_some_and(|it| {
                self.grant.any_scope() || self.access.visibility(it).is_some() || self.conn.added_scopes().contains(&it)
            })
        };
        let (is_own, is_seen) = match <A::Entity as Written>::BINDING {
            ScopeBinding::Owner { tenant, scope } | ScopeBinding::OwnerInAnyScope { tenant, scope } => {
                (own(tenant), seen(scope))
            }
            ScopeBinding::Log { tenant } | ScopeBinding::Person { tenant } => (own(tenant), true),
            ScopeBinding::Party { scope } => (true, seen(scope)),
            ScopeBinding::Unowned => (true, true),
        };
        if is_own && is_seen {
            return Ok(());
        }
        let reason = if is_own { "in a scope that the actor does not see" } else { "of another authority" };
        Err(ApiError::fault(format!("a row of {} {reason} was about to be written", A::Entity::default().table_name())))
    }

    /// Rows of a table that is the machinery of access itself, of the acting authority.
    pub(super) fn conn(&self) -> &SessionConnection {
        self.conn
    }

    /// What the actor may see.
    pub(super) const fn access(&self) -> &Access {
        self.access
    }

    /// Locks a selection's rows until the end of the transaction, so that two operations judge one after the other.
    /// On SQLite the one writer does that by itself.
    ///
    /// # Errors
    /// The database fails.
    pub async fn lock<E: EntityTrait>(&self, select: Select<E>) -> ApiResult<Vec<E::Model>> {
        use sea_orm::QuerySelect as _;
        let select =
            if self.conn.get_database_backend() == DbBackend::Postgres { select.lock_exclusive() } else { select };
        select.all(self.conn).await.or_fault()
    }

    /// A lock with a name instead of rows, held until the end of the transaction.
    ///
    /// # Errors
    /// The database fails.
    pub async fn lock_named(&self, name: Uuid) -> ApiResult<()> {
        lock_named(self.conn, name).await
    }

    /// The member that an account is in the acting authority, whether the actor may see it or not.
    ///
    /// # Errors
    /// The database fails.
    #[expect(clippy::disallowed_methods, reason = "the operator, who seeds members, has no scopes")]
    pub async fn member(&self, person: Uuid) -> ApiResult<Option<member::Model>> {
        let select = member::Entity::find()
            .filter(member::Column::TenantId.eq(self.tenant()))
            .filter(member::Column::PersonId.eq(person));
        select.one(self.conn).await.or_fault()
    }

    /// Gives the acting account the name that its identity provider says; whether it had another.
    ///
    /// # Errors
    /// The database fails.
    pub async fn name_account(&self, person: Uuid, name: &str) -> ApiResult<bool> {
        let backend = self.conn.get_database_backend();
        let sql = "UPDATE person SET name = $1 WHERE id = $2 AND name <> $1";
        let statement = Statement::from_sql_and_values(backend, sql, [name.into(), person.into()]);
        Ok(self.conn.execute_raw(statement).await.or_fault()?.rows_affected() > 0)
    }

    /// The roles that a member of the acting authority holds by rules for claims.
    #[expect(clippy::disallowed_methods, reason = "who signs in does not see the members of the authority")]
    pub async fn claimed_roles(&self, member: Uuid) -> ApiResult<Vec<role_grant::Model>> {
        let select = role_grant::Entity::find()
            .filter(role_grant::Column::TenantId.eq(self.tenant()))
            .filter(role_grant::Column::MemberId.eq(member))
            .filter(role_grant::Column::ByClaim.eq(true))
            .filter(role_grant::Column::RevokedAt.is_null());
        select.all(self.conn).await.or_fault()
    }

    /// Coordination rounds that entries of the acting authority have taken back from `AGREED` and that are not recorded yet;
    /// from now on they are. The actor need not see them.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_reopened_rounds(&self) -> ApiResult<Vec<coordination_round::Model>> {
        let backend = self.conn.get_database_backend();
        let statement = if backend == DbBackend::Postgres {
            Statement::from_string(backend, "SELECT * FROM verbund_reopened_rounds()")
        } else {
            let sql = "UPDATE coordination_round SET reopened_by = NULL WHERE reopened_by = ? RETURNING *";
            Statement::from_sql_and_values(backend, sql, [self.tenant().into()])
        };
        let rows = self.conn.query_all_raw(statement).await.or_fault()?;
        rows.iter().map(|row| coordination_round::Model::from_query_result(row, "").or_fault()).collect()
    }

    /// The account of an issuer and subject, whether the actor may see it or not; for invitations.
    pub async fn person_id(&self, issuer: &str, subject: &str) -> ApiResult<Option<Uuid>> {
        let backend = self.conn.get_database_backend();
        let sql = if backend == DbBackend::Postgres {
            "SELECT verbund_person($1, $2) AS id"
        } else {
            "SELECT id FROM person WHERE issuer = ? AND subject = ?"
        };
        let statement = Statement::from_sql_and_values(backend, sql, [issuer.into(), subject.into()]);
        let Some(row) = self.conn.query_one_raw(statement).await.or_fault()? else { return Ok(None) };
        row.try_get::<Option<Uuid>>("", "id").or_fault()
    }
}

/// A lock with a name instead of rows, held until the end of the transaction.
pub(super) async fn lock_named(conn: &SessionConnection, name: Uuid) -> ApiResult<()> {
    if conn.get_database_backend() == DbBackend::Postgres {
        let (high, low) = name.as_u64_pair();
        let key = i64::from_ne_bytes((high ^ low).to_ne_bytes());
        let sql = "SELECT pg_advisory_xact_lock($1)::text";
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [key.into()]);
        conn.query_one_raw(statement).await.or_fault()?;
    }
    Ok(())
}

/// Makes new scopes visible to the rest of the transaction.
pub(super) async fn add_scopes(conn: &SessionConnection, scopes: &[Uuid]) -> ApiResult<()> {
    conn.add_scopes(scopes);
    if conn.get_database_backend() == DbBackend::Postgres && !scopes.is_empty() {
        let ids: Vec<_> = scopes.iter().map(Uuid::to_string).collect();
        let sql = "SELECT set_config('app.scopes', (current_setting('app.scopes')::uuid[] || $1::uuid[])::text, true)";
        let list = format!("{{{}}}", ids.join(","));
        conn.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [list.into()])).await.or_fault()?;
    }
    Ok(())
}

async fn set(conn: &SessionConnection, name: &str, value: String) -> ApiResult<()> {
    let sql = "SELECT set_config($1, $2, true)";
    conn.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [name.into(), value.into()]))
        .await
        .or_fault()?;
    Ok(())
}

fn violates(error: &DbErr, unique: Unique) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    let Some(error) = error.as_database_error() else { return false };
    match error.constraint() {
        Some(name) => name == unique.name,
        None => error.is_unique_violation() && error.message().ends_with(unique.columns),
    }
}
