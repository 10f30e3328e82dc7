//! Rows of any table as values, past the policy: what the operator's archives are made of. On PostgreSQL only a connection
//! of the owner sees anything this way.

use std::marker::PhantomData;

use kernel::error::ApiResult;
use sea_orm::sea_query::{Alias, ArrayType, Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, IdenStatic, Insert,
    Iterable, ModelTrait, PaginatorTrait, PrimaryKeyToColumn, QueryFilter, QueryOrder, QuerySelect, Statement, Value,
};
use uuid::Uuid;

use crate::fault::OrFault as _;
use crate::tables::SqlTables;
use crate::{Session, Writer};

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Text, words of closed sets among it.
    Text,
    /// An id.
    Id,
    /// Yes or no.
    Flag,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits.
    Long,
    /// A number with a fraction: positions on the map, nothing else.
    Double,
    /// A date.
    Date,
    /// A time on some clock.
    Local,
    /// An instant.
    Instant,
    /// JSON.
    Json,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawColumn {
    /// Its name.
    pub name: &'static str,
    /// What its values are.
    pub kind: ValueKind,
    /// Whether it may be empty.
    pub nullable: bool,
}

/// A row: a value for each column, in their order.
pub type RawRow = Vec<Value>;

/// What becomes of a row that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnConflict {
    /// That is an error.
    Fail,
    /// It stays as it is.
    Keep,
}

/// A table, whichever it is.
#[async_trait::async_trait]
pub trait DynTable: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// Its columns, in the order of the entity.
    fn columns(&self) -> Vec<RawColumn>;

    /// Positions of the columns of its key.
    fn key(&self) -> Vec<usize>;

    /// Up to `most` rows that meet a condition, in the order of their keys, after one of them.
    async fn page(
        &self,
        session: &Session,
        condition: &str,
        after: Option<&RawRow>,
        max: u64,
    ) -> ApiResult<Vec<RawRow>>;

    /// How many rows meet a condition.
    async fn count(&self, session: &Session, condition: &str) -> ApiResult<u64>;

    /// The row with these values in some columns, by their positions.
    async fn find(&self, session: &Session, wanted: &[(usize, Value)]) -> ApiResult<Option<RawRow>>;

    /// Whether the entity takes a row; the position of the first value that it does not take.
    fn check(&self, row: &RawRow) -> Result<(), usize>;

    /// Writes rows, which must have passed [`Self::check`]; how many.
    async fn insert(&self, writer: &Writer<'_>, rows: &[RawRow], there: OnConflict) -> Result<u64, DbErr>;

    /// Writes a row in the place of the one with its key.
    async fn replace(&self, writer: &Writer<'_>, row: &RawRow) -> Result<(), DbErr>;
}

/// The table of an entity.
pub struct EntityTable<E>(PhantomData<fn() -> E>);

impl<E> Default for EntityTable<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E> EntityTable<E> {
    /// The table.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<E: EntityTrait> EntityTable<E>
where
    E::ActiveModel: Default,
{
    fn keys() -> Vec<E::Column> {
        E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect()
    }

    fn model(row: &RawRow) -> Result<E::ActiveModel, usize> {
        let mut model = <E::ActiveModel as Default>::default();
        for (at, (column, value)) in E::Column::iter().zip(row).enumerate() {
            model.try_set(column, value.clone()).map_err(|_| at)?;
        }
        Ok(model)
    }

    fn values(model: &E::Model) -> RawRow {
        E::Column::iter().map(|it| model.get(it)).collect()
    }

    /// Condition that a row comes behind another in the order of keys.
    fn behind(row: &RawRow) -> Condition {
        let keys = Self::keys();
        let value_of = |key: &E::Column| {
            let at = E::Column::iter().position(|it| it.as_str() == key.as_str());
            at.and_then(|it| row.get(it)).cloned().unwrap_or(Value::Bool(None))
        };
        let mut any = Condition::any();
        for (at, key) in keys.iter().enumerate() {
            let same = keys.iter().take(at).fold(Condition::all(), |all, it| all.add(it.eq(value_of(it))));
            any = any.add(same.add(key.gt(value_of(key))));
        }
        any
    }
}

fn kind_of(kind: &ArrayType) -> ValueKind {
    match kind {
        ArrayType::Uuid => ValueKind::Id,
        ArrayType::Bool => ValueKind::Flag,
        ArrayType::Int => ValueKind::Int,
        ArrayType::BigInt => ValueKind::Long,
        ArrayType::Double => ValueKind::Double,
        ArrayType::ChronoDate => ValueKind::Date,
        ArrayType::ChronoDateTime => ValueKind::Local,
        ArrayType::ChronoDateTimeUtc => ValueKind::Instant,
        ArrayType::Json => ValueKind::Json,
        _ => ValueKind::Text,
    }
}

#[async_trait::async_trait]
impl<E> DynTable for EntityTable<E>
where
    E: EntityTrait,
    E::Model: Send + Sync,
    E::ActiveModel: Default + Send + Sync,
{
    fn name(&self) -> &'static str {
        E::default().table_name()
    }

    fn columns(&self) -> Vec<RawColumn> {
        let column = |it: E::Column| RawColumn {
            name: it.as_str(),
            kind: kind_of(&<E::Model as ModelTrait>::get_value_type(it)),
            nullable: it.def().is_null(),
        };
        E::Column::iter().map(column).collect()
    }

    fn key(&self) -> Vec<usize> {
        let keys = Self::keys();
        let is_key = |it: &E::Column| keys.iter().any(|key| key.as_str() == it.as_str());
        E::Column::iter().enumerate().filter(|(_, it)| is_key(it)).map(|it| it.0).collect()
    }

    #[expect(clippy::disallowed_methods, reason = "the operator's archive, which has no scopes")]
    async fn page(
        &self,
        session: &Session,
        condition: &str,
        after: Option<&RawRow>,
        max: u64,
    ) -> ApiResult<Vec<RawRow>> {
        let mut select = E::find().filter(Expr::cust(condition.to_owned())).limit(max);
        if let Some(after) = after {
            select = select.filter(Self::behind(after));
        }
        for key in Self::keys() {
            select = select.order_by_asc(key);
        }
        Ok(session.all(select).await?.iter().map(Self::values).collect())
    }

    #[expect(clippy::disallowed_methods, reason = "the operator's archive, which has no scopes")]
    async fn count(&self, session: &Session, condition: &str) -> ApiResult<u64> {
        Ok(E::find().filter(Expr::cust(condition.to_owned())).count(session.conn()).await.or_fault()?)
    }

    #[expect(clippy::disallowed_methods, reason = "the operator's archive, which has no scopes")]
    async fn find(&self, session: &Session, wanted: &[(usize, Value)]) -> ApiResult<Option<RawRow>> {
        let mut select = E::find();
        for (at, value) in wanted {
            let Some(column) = E::Column::iter().nth(*at) else { continue };
            let same: SimpleExpr = if is_null(value) { column.is_null() } else { column.eq(value.clone()) };
            select = select.filter(same);
        }
        Ok(session.one(select).await?.as_ref().map(Self::values))
    }

    fn check(&self, row: &RawRow) -> Result<(), usize> {
        Self::model(row).map(|_| ())
    }

    async fn insert(&self, writer: &Writer<'_>, rows: &[RawRow], there: OnConflict) -> Result<u64, DbErr> {
        let models: Result<Vec<_>, usize> = rows.iter().map(Self::model).collect();
        let models = models.map_err(|at| DbErr::Custom(format!("no value of column {at}")))?;
        if models.is_empty() {
            return Ok(0);
        }
        let insert = Insert::many(models);
        match there {
            OnConflict::Fail => insert.exec_without_returning(writer.conn()).await,
            OnConflict::Keep => {
                let keys = sea_orm::sea_query::OnConflict::columns(Self::keys()).do_nothing().to_owned();
                match insert.on_conflict(keys).exec_without_returning(writer.conn()).await {
                    Err(DbErr::RecordNotInserted) => Ok(0),
                    done => done,
                }
            }
        }
    }

    async fn replace(&self, writer: &Writer<'_>, row: &RawRow) -> Result<(), DbErr> {
        let mut update = sea_orm::sea_query::Query::update();
        update.table(Alias::new(self.name()));
        let keys = Self::keys();
        for (column, value) in E::Column::iter().zip(row) {
            if keys.iter().any(|it| it.as_str() == column.as_str()) {
                update.and_where(Expr::col(Alias::new(column.as_str())).eq(value.clone()));
            } else {
                update.value(Alias::new(column.as_str()), value.clone());
            }
        }
        writer.conn().execute(&update).await.map(|_| ())
    }
}

/// Whether a value is none.
pub fn is_null(value: &Value) -> bool {
    *value == value.as_null()
}

impl Session {
    /// Keeps what this session sees as it is now, until it ends, and lets its statements take their time. To be called first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn stand_still(&self) -> ApiResult<()> {
        if self.conn().get_database_backend() == DbBackend::Postgres {
            self.conn().execute_unprepared("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").await.or_fault()?;
        }
        self.take_time().await
    }

    /// Lets the statements of this session take their time.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_time(&self) -> ApiResult<()> {
        if self.conn().get_database_backend() == DbBackend::Postgres {
            self.conn().execute_unprepared("SET LOCAL statement_timeout = 0").await.or_fault()?;
        }
        Ok(())
    }

    /// Ids that a statement of ours selects in its first column, past the policy.
    ///
    /// # Errors
    /// The database fails.
    pub async fn ids_of(&self, sql: &str) -> ApiResult<Vec<Uuid>> {
        let statement = Statement::from_string(self.conn().get_database_backend(), sql);
        let rows = self.conn().query_all_raw(statement).await.or_fault()?;
        rows.iter().map(|it| it.try_get_by_index(0).or_fault()).collect()
    }

    /// An id as it is written in a statement.
    pub fn literal(&self, id: Uuid) -> String {
        match self.conn().get_database_backend() {
            DbBackend::Postgres => format!("'{id}'::uuid"),
            _ => format!("x'{}'", id.simple()),
        }
    }

    /// The tables of all contents, past the policy.
    pub const fn raw_tables(&self) -> SqlTables<'_> {
        SqlTables::of_everything(self.conn())
    }

    /// A point to which [`Self::rollback_to_savepoint`] leads when something fails.
    ///
    /// # Errors
    /// The database fails.
    pub async fn savepoint(&self) -> ApiResult<()> {
        self.conn().execute_unprepared("SAVEPOINT archive").await.or_fault()?;
        Ok(())
    }

    /// Undoes what was done since the last mark.
    ///
    /// # Errors
    /// The database fails.
    pub async fn rollback_to_savepoint(&self) -> ApiResult<()> {
        self.conn().execute_unprepared("ROLLBACK TO SAVEPOINT archive").await.or_fault()?;
        Ok(())
    }

    /// Forgets the last mark.
    ///
    /// # Errors
    /// The database fails.
    pub async fn release_savepoint(&self) -> ApiResult<()> {
        self.conn().execute_unprepared("RELEASE SAVEPOINT archive").await.or_fault()?;
        Ok(())
    }
}
