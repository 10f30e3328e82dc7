//! Search texts without accents: names with `ç`, `š` or `ő` are found however they are typed.

use std::iter::once;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::Uuid;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::ddl::run_on_postgres;

const TABLES: [&str; 6] = ["calendar_entry", "dataset", "education_offer", "learning_place", "organisation", "project"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (db, backend) = (manager.get_connection(), manager.get_database_backend());
        let beyond_ascii = match backend {
            DbBackend::Postgres => "search_text ~ '[^\\u0001-\\u007f]'",
            _ => "search_text GLOB '*[^' || char(1) || '-' || char(127) || ']*'",
        };
        for table in TABLES {
            // An owner that is no superuser is bound by forced row-level security, too.
            run_on_postgres(manager, &format!("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")).await?;
            let select = format!("SELECT id, search_text FROM {table} WHERE {beyond_ascii}");
            for row in db.query_all_raw(Statement::from_string(backend, select)).await? {
                let id: Uuid = row.try_get("", "id")?;
                let text: String = row.try_get("", "search_text")?;
                let update = format!("UPDATE {table} SET search_text = $1 WHERE id = $2");
                let values = [without_accents(&text).into(), id.into()];
                db.execute_raw(Statement::from_sql_and_values(backend, update, values)).await?;
            }
            run_on_postgres(manager, &format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY")).await?;
        }
        Ok(())
    }

    /// The accents are in the columns from which the text was made; older releases find what they find.
    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}

/// A text that was folded without regard to accents, as it is folded now. A copy: migrations do not move on with the code.
fn without_accents(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkc().flat_map(char::to_lowercase) {
        match letter {
            'ä' | 'æ' => folded.push_str("ae"),
            'ö' | 'œ' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'þ' => folded.push_str("th"),
            other => folded.extend(once(other).nfkd().filter(|it| !is_combining_mark(*it))),
        }
    }
    folded
}
