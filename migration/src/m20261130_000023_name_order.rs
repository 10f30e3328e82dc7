//! Order of names as in German lists (DIN 5007, variant 1): on PostgreSQL a generated column with the key of each name that
//! lists are sorted by. SQLite compares names by a collation of the application.

use sea_orm_migration::prelude::*;

use crate::ddl::run_on_postgres;

/// Tables and columns of names, and the index that sorts by the column.
const NAMES: [(&str, &str, Option<&str>); 11] = [
    ("calendar", "name", Some("calendar_scope_idx")),
    ("dataset", "title", None),
    ("education_offer", "title", Some("education_offer_scope_idx")),
    ("funding_programme", "name", None),
    ("learning_place", "city", None),
    ("learning_place", "name", Some("learning_place_scope_idx")),
    ("member", "name", Some("member_scope_idx")),
    ("organisation", "name", Some("organisation_scope_idx")),
    ("project", "title", None),
    ("tenant", "legal_name", None),
    ("tenant_contact", "name", None),
];

/// Letters that are sorted as several. A copy of the application's table, as are the next: migrations do not move on with the
/// code.
const SEVERAL: [(&str, &str); 8] =
    [("æ", "ae"), ("Æ", "ae"), ("œ", "oe"), ("Œ", "oe"), ("ß", "ss"), ("ẞ", "ss"), ("þ", "th"), ("Þ", "th")];
/// Letters that are sorted as another, then those that are sorted as nothing.
const LETTERS: &str = "äÄàÀáÁâÂãÃåÅāĀăĂąĄçÇćĆčČďĎđĐðÐéÉèÈêÊëËēĒėĖęĘěĚğĞħĦíÍìÌîÎïÏīĪıİłŁľĽñÑńŃňŇöÖóÓòÒôÔõÕøØőŐřŘśŚšŠşŞșȘťŤţŢțȚüÜúÚùÙûÛůŮűŰūŪýÝÿŸźŹżŻžŽ–—\u{a0}\u{202f}\
    \u{300}\u{301}\u{302}\u{303}\u{304}\u{306}\u{307}\u{308}\u{30a}\u{30b}\u{30c}\u{327}\u{328}„“”‚‘’«»";
/// What [`LETTERS`] are sorted as, in their order.
const SORTED_AS: &str = "aaaaaaaaaaaaaaaaaaccccccddddddeeeeeeeeeeeeeeeegghhiiiiiiiiiiiillllnnnnnnoooooooooooooorrssssssssttttttuuuuuuuuuuuuuuyyyyzzzzzz--  ";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column, index) in NAMES {
            let mut key = format!("lower({column} COLLATE \"C\")");
            for (letter, several) in SEVERAL {
                key = format!("replace({key}, '{letter}', '{several}')");
            }
            let add = format!(
                "ALTER TABLE {table} ADD COLUMN {column}_order text COLLATE \"C\" \
                 GENERATED ALWAYS AS (translate({key}, '{LETTERS}', '{SORTED_AS}')) STORED"
            );
            run_on_postgres(manager, &add).await?;
            if let Some(index) = index {
                run_on_postgres(manager, &index_on(index, table, &format!("{column}_order"))).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column, index) in NAMES {
            if let Some(index) = index {
                run_on_postgres(manager, &index_on(index, table, column)).await?;
            }
            run_on_postgres(manager, &format!("ALTER TABLE {table} DROP COLUMN {column}_order")).await?;
        }
        Ok(())
    }
}

/// Statements that make an index sort by another column.
fn index_on(index: &str, table: &str, column: &str) -> String {
    format!("DROP INDEX {index}\n;;\nCREATE INDEX {index} ON {table} (scope_id, {column}, id)")
}
