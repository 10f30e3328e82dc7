//! Writing for one authority: rows of another are neither added nor changed, although the actor sees them and may write for
//! their owner as well. On PostgreSQL row-level security says so again; on SQLite nothing else does.

use std::collections::BTreeSet;
use std::sync::Arc;

use entities as e;
use entities::PUBLIC_SCOPE;
use kernel::error::ApiError;
use policy::{Actor, Permission};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveModelTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use store::{Owned, Session, Store, Writer};
use uuid::Uuid;
use verbund_tests::{Case, TestApp, cases, row_of};

use super::objects::{account, make};

pub fn cases() -> Vec<Case> {
    cases!["access::writers"; rows_of_another_authority_are_neither_added_nor_changed]
}

/// Tables whose rows are not the acting authority's alone: joint ones, and the machinery of scopes.
const OTHERS: &[&str] = &[
    "agreement",
    "agreement_field",
    "agreement_party",
    "change_proposal",
    "coordination_round",
    "data_request",
    "merge_proposal",
    "project_partner",
    "scope_share",
];

/// Tables of which the objects of the test have no row that could be changed.
const EMPTY: &[&str] = &[
    "calendar_occurrence",
    "conflict_acknowledgement",
    "coordination_comment",
    "dataset_indicator",
    "former_publication",
    "indicator_measurement",
    "learning_place_origin",
    "own_share",
    "role_grant_field",
    "work_package_dependency",
];

/// What was tried in one table.
struct Tried {
    table: &'static str,
    /// The other authority has a row that the session sees.
    has_row: bool,
    problems: Vec<String>,
}

macro_rules! tables {
    (changed: $($table:ident),+; only_added: $($log:ident),+ $(,)?) => {
        async fn try_all(of: &Attempt<'_>) -> Vec<Tried> {
            vec![
                $(of.table::<e::$table::Entity, e::$table::ActiveModel>(stringify!($table), true).await,)+
                $(of.table::<e::$log::Entity, e::$log::ActiveModel>(stringify!($log), false).await,)+
            ]
        }
    };
}

tables! {
    changed: agreement_signature, annual_plan, annual_plan_calendar, budget_line, calendar, calendar_entry,
        calendar_occurrence, conflict_acknowledgement, coordination_comment, dataset, dataset_content, dataset_import,
        dataset_indicator, dataset_release, dataset_version, document_version, education_offer, education_offer_date,
        external_calendar, external_id, field_of_work, funding, indicator_measurement, learning_place,
        learning_place_origin, member, milestone, obligation, organisation, organisation_person, own_share,
        plan_snapshot, plan_snapshot_entry, project, project_archive, project_document, project_indicator, project_link,
        project_member, project_step, role_grant, role_grant_field, round_plan, share, status_report, tenant_closure,
        tenant_contact,         work_package, work_package_dependency;
    only_added: audit_event, directory_revision, outbox_event, feed, file_ticket, former_publication
}

/// A session that writes for one authority and sees another.
struct Attempt<'a> {
    session: &'a Session,
    writer: &'a Writer<'a>,
    other: Uuid,
}

impl Attempt<'_> {
    async fn table<E, A>(&self, table: &'static str, is_changed: bool) -> Tried
    where
        E: Owned,
        E::Model: IntoActiveModel<A> + Send + Sync,
        A: ActiveModelTrait<Entity = E>,
    {
        let of = |tenant: Uuid| self.session.select::<E>().filter(Expr::col("tenant_id").eq(tenant));
        let mut problems = Vec::new();
        let has_row = self.session.count(of(self.other)).await.expect("a count") > 0;
        // Whose it is decides before anything else that the row lacks.
        let mut row = <A as ActiveModelTrait>::default();
        row.set("tenant_id".parse::<E::Column>().ok().expect("a column of the owner"), self.other.into());
        row.set(E::SCOPE, PUBLIC_SCOPE.into());
        match self.writer.insert(row).await {
            Err(ApiError::Fault(fault)) if fault.message.contains("of another authority") => {}
            other => problems.push(format!("{table}: added: {:?}", other.err())),
        }
        if is_changed && problems.is_empty() {
            let own = self.session.count(of(self.writer.tenant())).await.expect("a count");
            let mut values = <A as ActiveModelTrait>::default();
            values.set(E::SCOPE, PUBLIC_SCOPE.into());
            match self.writer.change::<E, A>(sea_orm::Condition::all(), values).await {
                Ok(changed) if changed == own => {}
                other => problems.push(format!("{table}: {other:?} rows changed, {own} are its own")),
            }
        }
        Tried { table, has_row, problems }
    }
}

async fn rows_of_another_authority_are_neither_added_nor_changed(app: TestApp) {
    make(&app, "kaufbeuren", "ostallgaeu").await;
    make(&app, "lindau", "memmingen").await;
    // Somebody who holds every role in both.
    let subject = account("kaufbeuren");
    let person = json!({ "issuer": "https://verbund.localhost", "subject": subject, "name": subject });
    app.database.rows().await.run("UPDATE tenant SET second_admin = FALSE").await;
    for role in ["TENANT_ADMIN", "PLANNER", "PROJECT_LEAD", "DATA_STEWARD", "PUBLISHER", "AUDITOR"] {
        let input = json!({ "tenant": app.world.id("tenant.lindau"), "to": { "account": person }, "role": role });
        app.actor("admin@lindau").mutate("roleGrantCreate", input, "__typename").await;
    }
    let store = Store::connect(&app.config.database.settings().expect("settings")).await.expect("a store");
    let [own, other] = ["kaufbeuren", "lindau"].map(|it| row_of(app.world.id(&format!("tenant.{it}"))));
    let actor = Actor::Person { issuer: "https://verbund.localhost".to_owned(), subject };
    let mut tried = Vec::new();
    // Both ways: of the world, either may have what the other lacks.
    for (own, other) in [(own, other), (other, own)] {
        let session = store.write(&actor, app.clock.now(), Arc::default()).await.expect("a session");
        let grant = session.authorize_in(Permission::TenantManage, own, "tenant").expect("a grant");
        let writer = session.writer(&grant).await.expect("a writer");
        tried.extend(try_all(&Attempt { session: &session, writer: &writer, other }).await);
    }
    let problems: Vec<_> = tried.iter().flat_map(|it| &it.problems).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    let with_rows: BTreeSet<_> = tried.iter().filter(|it| it.has_row).map(|it| it.table).collect();
    let all: BTreeSet<_> = tried.iter().map(|it| it.table).collect();
    assert_eq!(all.difference(&with_rows).copied().collect::<Vec<_>>(), EMPTY, "tables without a row");
    let rows = app.database.rows().await;
    for table in rows.tables().await {
        let columns = rows.columns(&table).await;
        let is_owned = columns.contains_key("tenant_id") && columns.contains_key("scope_id");
        let is_tried = all.contains(table.as_str());
        assert_eq!(is_owned, is_tried || OTHERS.contains(&table.as_str()), "{table}");
    }
}
