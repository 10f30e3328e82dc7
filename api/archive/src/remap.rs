//! What has another id here than where an archive comes from: people, common fields of work, and the scopes that follow from
//! those. Ids of the authority's own rows never change.

use std::collections::HashMap;

use sea_orm::Value;
use store::raw_table::{RawColumn, RawRow};
use store::scopes::{ScopeShare, scope_share_id, with_field};
use uuid::Uuid;

use crate::registry::refers_to;

/// Ids there and here, by table; only those that differ.
#[derive(Debug, Default)]
pub struct Remap {
    ids: HashMap<&'static str, HashMap<Uuid, Uuid>>,
}

impl Remap {
    /// Notes that a row has another id here.
    pub fn add(&mut self, table: &'static str, there: Uuid, here: Uuid) {
        if there != here {
            self.ids.entry(table).or_default().insert(there, here);
        }
    }

    /// How many rows have another id here.
    pub fn count(&self) -> usize {
        self.ids.values().map(HashMap::len).sum()
    }

    fn here(&self, table: &str, there: Uuid) -> Option<Uuid> {
        self.ids.get(table)?.get(&there).copied()
    }

    /// Lets a row point to what is here. A scope whose field of work has another id is another scope: its id is made of
    /// its definition.
    ///
    /// # Errors
    /// The definition of a scope or a way is none.
    pub fn apply(&mut self, table: &'static str, columns: &[RawColumn], row: &mut RawRow) -> Result<(), String> {
        if self.ids.is_empty() {
            return Ok(());
        }
        let mut is_changed = false;
        for (column, value) in columns.iter().zip(row.iter_mut()) {
            if let (Some(target), Value::Uuid(Some(id))) = (refers_to(column.name), &*value)
                && let Some(here) = self.here(target, *id)
            {
                *value = here.into();
                is_changed = true;
            }
        }
        if !is_changed {
            return Ok(());
        }
        let at = |name: &str| columns.iter().position(|it| it.name == name).ok_or("lacks a column".to_owned());
        if table == "scope" {
            let (id, field, definition) = (at("id")?, at("field_of_work_id")?, at("definition")?);
            let (Value::Uuid(Some(there)), Value::Uuid(Some(field)), Value::String(Some(words))) =
                (row[id].clone(), row[field].clone(), row[definition].clone())
            else {
                return Err("has no definition".to_owned());
            };
            let (here, words) = with_field(&words, field).ok_or("has a definition that is none".to_owned())?;
            row[id] = here.into();
            row[definition] = words.into();
            self.add("scope", there, here);
        } else if table == "scope_share" {
            let scope_share = scope_share(columns, row).ok_or("is no way across".to_owned())?;
            if let Value::Uuid(Some(scope)) = row[at("scope_id")?] {
                row[at("id")?] = scope_share_id(scope, &scope_share).into();
            }
        }
        Ok(())
    }
}

/// The way that a row of `scope_share` stands for.
fn scope_share(columns: &[RawColumn], row: &RawRow) -> Option<ScopeShare> {
    let value = |name: &str| columns.iter().position(|it| it.name == name).and_then(|it| row.get(it));
    let id = |name: &str| match value(name) {
        Some(Value::Uuid(id)) => Some(*id),
        _ => None,
    };
    let text = |name: &str| match value(name) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    let day = |name: &str| match value(name) {
        Some(Value::ChronoDate(day)) => Some(*day),
        _ => None,
    };
    Some(ScopeShare {
        agreement: id("agreement_id")??,
        grantee: id("grantee_tenant_id")?,
        role: text("grantee_role")?.map(|it| it.parse()).transpose().ok()?,
        level: text("level")??.parse().ok()?,
        from: day("valid_from")?,
        until: day("valid_until")?,
    })
}
