//! The schema of the store: one concern per file, the same on SQLite and PostgreSQL, row-level security included.
//!
//! An applied migration is never edited. Entities are not used here: they move on, migrations do not.

mod columns;
mod ddl;
mod m20261123_000001_directory;
mod m20261123_000002_members;
mod m20261123_000003_places;
mod m20261123_000004_calendars;
mod m20261123_000005_agreements;
mod m20261123_000006_trail;
mod m20261123_000007_facts;
mod m20261123_000008_walls;
mod m20261124_000009_live;
mod m20261124_000010_closures;
mod m20261124_000011_series;
mod m20261124_000012_feeds;
mod m20261124_000013_external_calendars;
mod m20261124_000014_planning;
mod m20261125_000015_datasets;
mod m20261127_000016_projects;
mod m20261127_000017_places_and_offers;
mod m20261128_000018_merges_and_circles;
mod m20261130_000020_search_text;
mod m20261130_000022_tenant_contacts;
mod m20261130_000023_name_order;
mod m20261130_000024_names_by_field;
mod m20261130_000025_second_person;
mod m20261130_000026_former_publications;
mod m20261130_000027_used_tickets;
mod m20261130_000028_sign_offs;
mod m20261201_000030_tenant_changes;
mod rls;
mod run;

pub use run::{Outcome, down, latest, migrate, pending, role_problems, wall_problems};

use sea_orm_migration::prelude::*;

use crate::columns::AddColumn;

/// The ordered list of migrations.
pub(crate) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_directory::Migration),
            Box::new(m20261123_000002_members::Migration),
            Box::new(m20261123_000003_places::Migration),
            Box::new(m20261123_000004_calendars::Migration),
            Box::new(m20261123_000005_agreements::Migration),
            Box::new(m20261123_000006_trail::Migration),
            Box::new(m20261123_000007_facts::Migration),
            Box::new(m20261123_000008_walls::Migration),
            Box::new(m20261124_000009_live::Migration),
            Box::new(m20261124_000010_closures::Migration),
            Box::new(m20261124_000011_series::Migration),
            Box::new(m20261124_000012_feeds::Migration),
            Box::new(m20261124_000013_external_calendars::Migration),
            Box::new(m20261124_000014_planning::Migration),
            Box::new(m20261125_000015_datasets::Migration),
            Box::new(m20261127_000016_projects::Migration),
            Box::new(m20261127_000017_places_and_offers::Migration),
            Box::new(m20261128_000018_merges_and_circles::Migration),
            Box::new(AddColumn("m20261130_000019_snapshot_details", "plan_snapshot_entry", "details {json}")),
            Box::new(m20261130_000020_search_text::Migration),
            Box::new(AddColumn("m20261130_000021_opening_hours", "learning_place", "opening_hours text")),
            Box::new(m20261130_000022_tenant_contacts::Migration),
            Box::new(m20261130_000023_name_order::Migration),
            Box::new(m20261130_000024_names_by_field::Migration),
            Box::new(m20261130_000025_second_person::Migration),
            Box::new(m20261130_000026_former_publications::Migration),
            Box::new(m20261130_000027_used_tickets::Migration),
            Box::new(m20261130_000028_sign_offs::Migration),
            Box::new(AddColumn("m20261130_000029_fetch_warnings", "external_calendar", "warnings {json}")),
            Box::new(m20261201_000030_tenant_changes::Migration),
        ]
    }
}
