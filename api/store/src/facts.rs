//! The facts statement: everything access is decided from, in one round trip.

use kernel::error::ApiResult;
use policy::ActorFacts;
use sqlx::{PgConnection, SqliteConnection};

/// A fact: its kind, and its data as JSON.
type FactRow = (String, String);

pub(super) async fn on_postgres(conn: &mut PgConnection, issuer: &str, subject: &str) -> sqlx::Result<Vec<FactRow>> {
    sqlx::query_as("SELECT kind, data FROM verbund_facts($1, $2)").bind(issuer).bind(subject).fetch_all(conn).await
}

pub(super) async fn on_sqlite(conn: &mut SqliteConnection, issuer: &str, subject: &str) -> sqlx::Result<Vec<FactRow>> {
    sqlx::query_as("SELECT kind, data FROM verbund_facts WHERE issuer = ? AND subject = ?")
        .bind(issuer)
        .bind(subject)
        .fetch_all(conn)
        .await
}

pub(super) fn collect(rows: Vec<FactRow>) -> ApiResult<ActorFacts> {
    let mut facts = ActorFacts::default();
    for (kind, data) in rows {
        facts.add(&kind, &data)?;
    }
    Ok(facts)
}
