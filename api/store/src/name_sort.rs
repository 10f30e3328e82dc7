//! Columns of names, which lists sort as people sort names.

use sea_orm::sea_query::{Alias, Expr, SimpleExpr};
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, IdenStatic as _};

/// The collation of names on SQLite: a query that sorts by it runs on connections of [`Store`](crate::Store) only.
pub(crate) const NAME_COLLATION: &str = "VERBUND_NAMES";

/// Columns that are sorted as people sort names. On PostgreSQL each has a column with its key beside it: `title_order`.
const NAMES: [(&str, &str); 11] = [
    ("calendar", "name"),
    ("dataset", "title"),
    ("education_offer", "title"),
    ("funding_programme", "name"),
    ("learning_place", "city"),
    ("learning_place", "name"),
    ("member", "name"),
    ("organisation", "name"),
    ("project", "title"),
    ("tenant", "legal_name"),
    ("tenant_contact", "name"),
];

/// Whether a column is sorted as people sort names.
pub(crate) fn is_name<E: EntityTrait>(column: E::Column) -> bool {
    let table = E::default();
    NAMES.iter().any(|it| *it == (table.table_name(), column.as_str()))
}

/// Expression by which rows are sorted by a column: names as in German lists, everything else by its value.
pub(crate) fn sort_expression<E: EntityTrait>(backend: DbBackend, column: E::Column) -> SimpleExpr {
    let value = Expr::col(column.as_column_ref());
    if !is_name::<E>(column) {
        return value;
    }
    match backend {
        DbBackend::Sqlite => Expr::cust_with_exprs(format!("? COLLATE {NAME_COLLATION}"), [value]),
        _ => {
            let key = Alias::new(format!("{}_order", column.as_str()));
            Expr::col((Alias::new(E::default().table_name().to_owned()), key))
        }
    }
}
