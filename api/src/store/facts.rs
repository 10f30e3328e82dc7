//! The facts statement: everything access is decided from, in one round trip.

use sqlx::{PgConnection, SqliteConnection};

use crate::error::ApiResult;
use crate::policy::Facts;

pub(super) async fn on_postgres(conn: &mut PgConnection, issuer: &str, subject: &str) -> ApiResult<Facts> {
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT kind, data FROM verbund_facts($1, $2)")
        .bind(issuer)
        .bind(subject)
        .fetch_all(conn)
        .await?;
    collect(rows)
}

pub(super) async fn on_sqlite(conn: &mut SqliteConnection, issuer: &str, subject: &str) -> ApiResult<Facts> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT kind, data FROM verbund_facts WHERE issuer = ? AND subject = ?")
            .bind(issuer)
            .bind(subject)
            .fetch_all(conn)
            .await?;
    collect(rows)
}

fn collect(rows: Vec<(String, String)>) -> ApiResult<Facts> {
    let mut facts = Facts::default();
    for (kind, data) in rows {
        facts.add(&kind, &data)?;
    }
    Ok(facts)
}
