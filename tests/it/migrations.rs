//! Migrations: up, down and up again, several at once, and a server that waits for them.

use std::collections::BTreeMap;

use entities as e;
use migration::{down, latest, migrate, pending};
use sea_orm::{ColumnTrait, EntityTrait, IdenStatic as _, Iterable};
use serde_json::json;
use verbund_tests::app::Server;
use verbund_tests::database::TestDatabase;
use verbund_tests::projects::joint;
use verbund_tests::{Case, Engine, Rows, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["migrations";
        up_down_and_up_again_gives_the_same_schema,
        two_at_once_apply_each_migration_once,
        the_server_refuses_a_database_that_is_behind,
        the_application_role_may_ask_but_not_migrate,
        the_schema_has_every_column_of_every_entity,
        migrating_twice_changes_nothing,
        an_installation_keeps_what_it_has,
        search_texts_of_an_installation_lose_their_accents,
    ]
}

const ROLE: &str = "verbund_app";
/// Number of migrations.
const ALL: usize = 30;

async fn empty(app: &TestApp) -> TestDatabase {
    app.fixture.empty(app.engine).await.expect("an empty database")
}

async fn applied(database: &TestDatabase) -> usize {
    migrate(&database.owner_url, ROLE).await.expect("migrations").applied.len()
}

/// Undoes a migration and all later ones; their number.
async fn down_with(database: &TestDatabase, migration: &str) -> usize {
    let rows = database.rows().await;
    let sql = format!("SELECT version FROM seaql_migrations WHERE version >= '{migration}'");
    let steps = rows.list(&sql).await.len();
    down(&database.owner_url, steps as u32).await.expect("steps down");
    steps
}

/// Everything that makes up the schema, in words.
async fn schema(rows: &Rows) -> Vec<String> {
    let sql = match rows.engine {
        Engine::Sqlite => "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1",
        Engine::Postgres => {
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns \
               WHERE table_schema = 'public' \
             UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
               WHERE connamespace = 'public'::regnamespace \
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
             UNION ALL SELECT tablename || ' ' || policyname || ' ' || cmd || coalesce(qual, '') || coalesce(with_check, '') FROM pg_policies \
             UNION ALL SELECT relname || ' ' || relrowsecurity || relforcerowsecurity || coalesce(relacl::text, '') FROM pg_class \
               WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
             UNION ALL SELECT proname || ' ' || prosrc || coalesce(proacl::text, '') FROM pg_proc WHERE pronamespace = 'public'::regnamespace \
             ORDER BY 1"
        }
    };
    rows.list(sql).await
}

async fn up_down_and_up_again_gives_the_same_schema(app: TestApp) {
    let database = empty(&app).await;
    assert_eq!(applied(&database).await, ALL);
    let rows = database.rows().await;
    let first = schema(&rows).await;
    assert_eq!(first, schema(&app.database.rows().await).await, "as in every other database");
    down(&database.owner_url, ALL as u32).await.expect("all the way down");
    assert_eq!(rows.tables().await, Vec::<String>::new());
    assert_eq!(applied(&database).await, ALL);
    assert_eq!(schema(&rows).await, first);
    // Every step alone leads back as well.
    for step in 1..=ALL {
        down(&database.owner_url, 1).await.unwrap_or_else(|error| panic!("step {step} down: {error}"));
    }
    assert_eq!(rows.tables().await, Vec::<String>::new());
    assert_eq!(applied(&database).await, ALL);
    assert_eq!(schema(&rows).await, first);
}

async fn two_at_once_apply_each_migration_once(app: TestApp) {
    let database = empty(&app).await;
    let run = || migrate(&database.owner_url, ROLE);
    let (one, two) = tokio::join!(run(), run());
    let mut names = [one.expect("the first").applied, two.expect("the second").applied].concat();
    names.sort();
    assert_eq!(names.len(), ALL);
    let rows = database.rows().await;
    assert_eq!(names, rows.list("SELECT version FROM seaql_migrations ORDER BY 1").await);
    assert_eq!(schema(&rows).await, schema(&app.database.rows().await).await);
}

async fn the_server_refuses_a_database_that_is_behind(app: TestApp) {
    let database = empty(&app).await;
    // On SQLite the file must be there before it can be opened.
    database.rows().await.run("SELECT 1").await;
    let config = app.fixture.config(&database).expect("a configuration");
    let refused = |config| async { Server::start(config, app.clock.clone()).await.map(|_| ()).expect_err("behind") };
    let text = refused(config.clone()).await;
    assert!(text.contains(&format!("{ALL} migrations are pending")) && text.contains("`verbund migrate`"), "{text}");
    assert!(text.contains("m20261123_000001_directory"), "{text}");
    applied(&database).await;
    let steps = down_with(&database, "m20261128_000018").await;
    let text = refused(config.clone()).await;
    assert!(text.contains(&format!("{steps} migrations are pending")) && text.contains("`verbund migrate`"), "{text}");
    assert!(text.contains("m20261128_000018_merges_and_circles"), "{text}");
    assert_eq!(applied(&database).await, steps);
    let server = Server::start(config, app.clock.clone()).await.expect("now it starts");
    assert_eq!(server.get("/readyz").await.0, 200);
    server.stop().await.expect("and stops");
}

async fn the_application_role_may_ask_but_not_migrate(app: TestApp) {
    if app.engine == Engine::Sqlite {
        return;
    }
    let database = empty(&app).await;
    applied(&database).await;
    down(&database.owner_url, 1).await.expect("one step down");
    let application = Rows::open(&database.url).await;
    assert_eq!(pending(application.db()).await.expect("an answer"), [latest()]);
    let rows = database.rows().await;
    let before = schema(&rows).await;
    migrate(&database.url, ROLE).await.map(|_| ()).expect_err("the application role does not migrate");
    assert_eq!(schema(&rows).await, before);
    assert_eq!(applied(&database).await, 1);
    assert_eq!(pending(application.db()).await.expect("an answer"), Vec::<String>::new());
}

async fn migrating_twice_changes_nothing(app: TestApp) {
    let rows = app.database.rows().await;
    let (words, content) = (schema(&rows).await, rows.dump().await);
    assert_eq!(applied(&app.database).await, 0);
    assert_eq!((schema(&rows).await, rows.dump().await), (words, content));
}

fn columns<E: EntityTrait>(found: &mut BTreeMap<String, BTreeMap<String, bool>>) {
    let columns = E::Column::iter().map(|it| (it.as_str().to_owned(), it.def().is_null())).collect();
    found.insert(E::default().table_name().to_owned(), columns);
}

async fn the_schema_has_every_column_of_every_entity(app: TestApp) {
    let rows = app.database.rows().await;
    let mut entities = BTreeMap::new();
    macro_rules! every {
        ($($table:ident),+ $(,)?) => { $(columns::<e::$table::Entity>(&mut entities);)+ };
    }
    every!(
        agreement,
        agreement_field,
        agreement_party,
        agreement_signature,
        annual_plan,
        annual_plan_calendar,
        audit_event,
        budget_line,
        calendar,
        calendar_entry,
        calendar_occurrence,
        change_proposal,
        conflict_acknowledgement,
        coordination_comment,
        coordination_round,
        data_request,
        dataset,
        dataset_content,
        dataset_import,
        dataset_indicator,
        dataset_release,
        dataset_version,
        directory_revision,
        document_version,
        education_offer,
        education_offer_date,
        external_calendar,
        external_id,
        feed,
        field_of_work,
        file_ticket,
        former_publication,
        funding,
        funding_programme,
        holiday,
        idempotency_record,
        indicator,
        indicator_measurement,
        learning_place,
        learning_place_origin,
        member,
        merge_proposal,
        milestone,
        obligation,
        organisation,
        organisation_person,
        outbox_event,
        own_share,
        person,
        plan_snapshot,
        plan_snapshot_entry,
        project,
        project_archive,
        project_document,
        project_indicator,
        project_link,
        project_member,
        project_partner,
        project_step,
        region,
        role_grant,
        role_grant_field,
        round_plan,
        scope,
        scope_share,
        share,
        status_report,
        tenant,
        tenant_closure,
        tenant_contact,
        work_package,
        work_package_dependency,
    );
    let mut store = BTreeMap::new();
    for table in rows.tables().await {
        let columns = rows.columns(&table).await;
        store.insert(table, columns);
    }
    for (table, columns) in &store {
        assert_eq!(Some(columns), entities.get(table), "{table}");
    }
    assert_eq!(store, entities);
}

async fn an_installation_keeps_what_it_has(app: TestApp) {
    joint(&app).await;
    let steward = app.actor("steward@ostallgaeu");
    let merge = json!({ "id": app.world.id("merge.a"), "version": 1 });
    steward.mutate("mergeProposalAccept", merge, "mergeProposal { id }").await;
    let rows = app.database.rows().await;
    let seen_with = |scope: &str| {
        format!("UPDATE project_partner SET scope_id = (SELECT p.{scope} FROM project p WHERE p.id = project_id)")
    };
    // The outline of the project goes farther than its plan.
    rows.run("UPDATE project SET scope_id = (SELECT scope_id FROM project WHERE confidentiality = 'PUBLIC')").await;
    rows.run("UPDATE project_partner SET state = 'INVITED', joined_by = NULL, joined_at = NULL").await;
    rows.run(&seen_with("inner_scope_id")).await;
    // What an installation of that time did not have.
    rows.run("UPDATE agreement_signature SET signer_id = NULL").await;
    let mut before = rows.dump().await;
    // As it was when merges were of places only, and who was asked into a project was seen with it.
    let steps = down_with(&app.database, "m20261128_000018").await;
    rows.run(&seen_with("scope_id")).await;
    assert_ne!(rows.dump().await["project_partner"], before["project_partner"], "seen by others than now");
    assert_eq!(applied(&app.database).await, steps);
    let mut after = app.database.rows().await.dump().await;
    assert!(before["merge_proposal"].len() == 1 && !before["project_partner"].is_empty());
    for dump in [&mut before, &mut after] {
        dump.remove("seaql_migrations");
        // What an installation of that time did not have.
        dump.remove("tenant_contact");
        dump.remove("former_publication");
    }
    assert_eq!(after, before);
}

async fn search_texts_of_an_installation_lose_their_accents(app: TestApp) {
    joint(&app).await;
    let rows = app.database.rows().await;
    let tables = ["calendar_entry", "dataset", "education_offer", "learning_place", "organisation", "project"];
    let texts = async |table: &str| rows.list(&format!("SELECT DISTINCT search_text FROM {table}")).await;
    let steps = down_with(&app.database, "m20261130_000020").await;
    for table in tables {
        assert!(!texts(table).await.is_empty(), "{table} has rows");
        rows.run(&format!("UPDATE {table} SET search_text = 'çelik šimić kőszeg schule'")).await;
    }
    assert_eq!(applied(&app.database).await, steps);
    for table in tables {
        assert_eq!(texts(table).await, ["celik simic koszeg schule"], "{table}");
    }
}
