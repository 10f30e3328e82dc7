//! The second wall: what the database itself refuses, whatever the application asks.

use std::collections::BTreeSet;

use entities as e;
use verbund_tests::app::Server;
use verbund_tests::tables_in::draft_of_survey;
use verbund_tests::{Case, Engine, Rows, TestApp, cases, row_of};

pub fn cases() -> Vec<Case> {
    cases!["walls";
        every_owned_table_has_forced_row_level_security,
        the_application_role_owns_nothing_and_bypasses_nothing,
        nothing_is_read_without_scopes,
        rows_of_another_authority_cannot_be_written,
        an_authority_changes_no_row_but_its_own,
        the_server_refuses_to_start_with_an_unsafe_role,
        children_cannot_point_into_another_authority,
        closed_sets_of_store_and_program_are_equal,
        words_outside_a_closed_set_are_refused,
        foreign_keys_are_enforced_in_a_copy,
    ]
}

async fn postgres(app: &TestApp) -> Option<Rows> {
    if app.engine == Engine::Postgres { Some(app.database.rows().await) } else { None }
}

/// Tables with an owner, by their columns.
async fn owned(rows: &Rows) -> Vec<String> {
    let mut owned = Vec::new();
    for table in rows.tables().await {
        let columns = rows.columns(&table).await;
        if columns.contains_key("tenant_id") || columns.contains_key("scope_id") || columns.contains_key("person_id") {
            owned.push(table);
        }
    }
    owned
}

async fn every_owned_table_has_forced_row_level_security(app: TestApp) {
    let Some(rows) = postgres(&app).await else { return };
    let sql = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
               AND relrowsecurity AND relforcerowsecurity ORDER BY 1";
    let mut expected = owned(&rows).await;
    expected.extend(["person".to_owned(), "tenant".to_owned()]);
    expected.sort();
    assert_eq!(expected.len(), 68, "{expected:?}");
    assert_eq!(rows.list(sql).await, expected);
    let sql = "SELECT tablename::text, string_agg(cmd || ' ' || permissive, ', ' ORDER BY cmd) FROM pg_policies \
               WHERE NOT 'verbund_owner' = ANY (roles) GROUP BY tablename ORDER BY 1";
    for (policies, table) in rows.texts(sql).await.iter().zip(&expected) {
        let each = "DELETE PERMISSIVE, INSERT PERMISSIVE, SELECT PERMISSIVE, UPDATE PERMISSIVE";
        assert_eq!(policies, &[table.as_str(), each]);
    }
    let wide = "SELECT tablename || ' ' || policyname FROM pg_policies WHERE NOT 'verbund_owner' = ANY (roles) \
                AND 'true' IN (qual, with_check)";
    assert_eq!(rows.list(wide).await, ["tenant tenant_read"], "no other policy lets everything through");
}

async fn the_application_role_owns_nothing_and_bypasses_nothing(app: TestApp) {
    let Some(rows) = postgres(&app).await else { return };
    let sql = "SELECT rolsuper::text, rolbypassrls::text, rolcreaterole::text, rolcreatedb::text FROM pg_roles WHERE rolname = 'verbund_app'";
    assert_eq!(rows.texts(sql).await, [["false", "false", "false", "false"]]);
    let sql = "SELECT count(*) FROM pg_class WHERE relowner = 'verbund_app'::regrole";
    assert_eq!(rows.number(sql).await, 0);
    let memberships = "SELECT count(*) FROM pg_auth_members WHERE member = 'verbund_app'::regrole";
    assert_eq!(rows.number(memberships).await, 0);
    let application = Rows::open(&app.database.url).await;
    for sql in [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE calendar DISABLE ROW LEVEL SECURITY",
        "DROP POLICY calendar_read ON calendar",
        "SET ROLE verbund_owner",
        "UPDATE tenant SET status = 'ACTIVE'",
        "UPDATE tenant SET slug = 'mine'",
        "INSERT INTO tenant DEFAULT VALUES",
        "DELETE FROM tenant",
        "INSERT INTO holiday SELECT * FROM holiday",
        "DELETE FROM region",
        "DELETE FROM seaql_migrations",
        "TRUNCATE calendar",
    ] {
        let refused = application.try_run(sql).await.map(|_| ()).expect_err(sql).to_string();
        assert!(["permission denied", "must be owner"].iter().any(|it| refused.contains(it)), "{sql}: {refused}");
    }
}

async fn nothing_is_read_without_scopes(app: TestApp) {
    let Some(rows) = postgres(&app).await else { return };
    let application = Rows::open(&app.database.url).await;
    for settings in ["", "SET app.scopes = ''; SET app.tenant = ''; SET app.person = ''", "SET app.scopes = '{}'"] {
        application.run(settings).await;
        for table in owned(&rows).await {
            assert_eq!(application.count(&table).await, 0, "{table} with {settings:?}");
        }
        assert_eq!(application.count("person").await, 0);
    }
    assert!(rows.count("calendar_entry").await >= 14, "the owner sees them");
    // Each scope opens its rows and no others.
    for scope in rows.list("SELECT DISTINCT scope_id::text FROM calendar_entry").await {
        application.run(&format!("SET app.scopes = '{{{scope}}}'")).await;
        let expected = rows.number(&format!("SELECT count(*) FROM calendar_entry WHERE scope_id = '{scope}'")).await;
        assert_eq!(application.count("calendar_entry").await, expected);
    }
}

async fn an_authority_changes_no_row_but_its_own(app: TestApp) {
    let Some(_) = postgres(&app).await else { return };
    let application = Rows::open(&app.database.url).await;
    let change = "UPDATE tenant SET legal_name = legal_name || ' (renamed)'";
    assert_eq!(application.run(change).await, 0, "nobody acts");
    application.run(&format!("SET app.tenant = '{}'", row_of(app.world.id("tenant.lindau")))).await;
    assert_eq!(application.run(change).await, 1);
    let renamed = application.list("SELECT slug FROM tenant WHERE legal_name LIKE '%(renamed)'").await;
    assert_eq!(renamed, ["lindau"]);
}

async fn rows_of_another_authority_cannot_be_written(app: TestApp) {
    let Some(rows) = postgres(&app).await else { return };
    let application = Rows::open(&app.database.url).await;
    let id = |name: &str| row_of(app.world.id(name));
    let scope =
        rows.list(&format!("SELECT scope_id::text FROM calendar WHERE id = '{}'", id("calendar.oal.office"))).await;
    let acting = format!(
        "SET app.tenant = '{}'; SET app.scopes = '{{{},00000000-0000-0000-0000-000000000001}}'",
        id("tenant.lindau"),
        scope[0]
    );
    application.run(&acting).await;
    let insert = |tenant: &str, scope: &str| {
        format!(
            "INSERT INTO calendar (id, tenant_id, scope_id, name, time_zone, confidentiality, version, created_at, updated_at) \
             VALUES (gen_random_uuid(), '{}', '{scope}', 'Smuggled', 'Europe/Berlin', 'INTERNAL', 1, now(), now())",
            id(tenant)
        )
    };
    let refused =
        application.try_run(&insert("tenant.ostallgaeu", &scope[0])).await.expect_err("another's").to_string();
    assert!(refused.contains("row-level security policy for table \"calendar\""), "{refused}");
    let unseen = rows.list("SELECT id::text FROM scope WHERE area = 'MEMBERS' LIMIT 1").await;
    let refused =
        application.try_run(&insert("tenant.lindau", &unseen[0])).await.expect_err("an unseen scope").to_string();
    assert!(refused.contains("row-level security policy for table \"calendar\""), "{refused}");
    let before = rows.dump().await;
    assert_eq!(application.count("calendar").await, 2, "it is seen, and the public one");
    for sql in
        ["UPDATE calendar SET name = 'Taken over'", "DELETE FROM calendar_entry", "UPDATE share SET reason = 'Nothing'"]
    {
        assert_eq!(application.run(sql).await, 0, "{sql}");
    }
    assert_eq!(rows.dump().await, before);
    // Giving one's own row away is refused as well.
    application.run(&insert("tenant.lindau", "00000000-0000-0000-0000-000000000001")).await;
    let give = format!("UPDATE calendar SET tenant_id = '{}' WHERE name = 'Smuggled'", id("tenant.ostallgaeu"));
    let refused = application.try_run(&give).await.expect_err("given away").to_string();
    assert!(refused.contains("row-level security policy for table \"calendar\""), "{refused}");
}

async fn the_server_refuses_to_start_with_an_unsafe_role(app: TestApp) {
    if app.engine == Engine::Sqlite {
        return;
    }
    let superuser = app.database.url.replace("verbund_app@", "postgres@");
    for (url, reason) in [(&app.database.owner_url, "it owns tables"), (&superuser, "it is a superuser")] {
        assert_ne!(url, &app.database.url);
        let mut config = app.config.clone();
        config.set_database(url, &app.database.owner_url);
        let refused = Server::start(config, app.clock.clone()).await.map(|_| ()).expect_err("an unsafe role");
        assert!(refused.contains("not safe") && refused.contains(reason), "{refused}");
    }
    let rows = app.database.rows().await;
    rows.run("ALTER TABLE calendar NO FORCE ROW LEVEL SECURITY").await;
    let refused = app.replica().await.map(|_| ()).expect_err("an open wall");
    assert!(refused.contains("a table with an owner has no forced row-level security"), "{refused}");
    rows.run("ALTER TABLE calendar FORCE ROW LEVEL SECURITY").await;
    // Tables of figures are held to the same.
    draft_of_survey(&app).await;
    let table =
        rows.list("SELECT relname::text FROM pg_class WHERE relnamespace = 'ds'::regnamespace AND relkind = 'r'").await;
    assert_eq!(migration::wall_problems(rows.db()).await.expect("an answer"), [""; 0]);
    rows.run(&format!("ALTER TABLE ds.{} NO FORCE ROW LEVEL SECURITY", table[0])).await;
    let open = format!("ds.{} does not force row-level security", table[0]);
    assert_eq!(migration::wall_problems(rows.db()).await.expect("an answer"), [open]);
    let refused = app.replica().await.map(|_| ()).expect_err("an open wall");
    assert!(refused.contains("a table of figures has no forced row-level security"), "{refused}");
}

async fn children_cannot_point_into_another_authority(app: TestApp) {
    let rows = app.database.rows().await;
    let id = |name: &str| rows.id(row_of(app.world.id(name)));
    let lindau = id("tenant.lindau");
    let new = rows.id(kernel::ids::new_id());
    let of = |table: &str, columns: &str, from: &str| format!("INSERT INTO {table} ({columns}) SELECT {from}");
    let entry = of(
        "calendar_entry",
        "id, tenant_id, scope_id, calendar_id, title, kind, status, confidentiality, all_day, starts_local, ends_local, \
         time_zone, starts_at, ends_at, search_text, version, created_at, updated_at",
        &format!(
            "{new}, {lindau}, scope_id, calendar_id, title, kind, status, confidentiality, all_day, starts_local, ends_local, \
             time_zone, starts_at, ends_at, search_text, version, created_at, updated_at FROM calendar_entry WHERE id = {}",
            id("entry.oal.office.meeting")
        ),
    );
    let role = of(
        "role_grant",
        "id, tenant_id, scope_id, member_id, role, all_fields, version, created_at, updated_at",
        &format!(
            "{new}, {lindau}, scope_id, member_id, role, all_fields, version, created_at, updated_at FROM role_grant WHERE id = {}",
            id("role.planner@ostallgaeu")
        ),
    );
    let field = of(
        "role_grant_field",
        "role_grant_id, field_of_work_id, tenant_id, scope_id",
        &format!(
            "id, {}, {lindau}, scope_id FROM role_grant WHERE id = {}",
            id("field.counselling"),
            id("role.planner@ostallgaeu")
        ),
    );
    let share = |tenant: &str, grantee: &str, calendar: &str| {
        of(
            "share",
            "id, tenant_id, scope_id, agreement_id, area, calendar_id, grantee_tenant_id, level, version, created_at, updated_at",
            &format!(
                "{new}, {tenant}, scope_id, agreement_id, area, {calendar}, {grantee}, level, version, created_at, updated_at \
                 FROM share WHERE id = {}",
                id("share.oal.public.a")
            ),
        )
    };
    let (ostallgaeu, kaufbeuren) = (id("tenant.ostallgaeu"), id("tenant.kaufbeuren"));
    let (own, other) = (id("calendar.oal.public"), id("calendar.kf.counselling"));
    for (name, sql) in [
        ("calendar_entry_calendar_fk", entry),
        ("role_grant_member_fk", role),
        ("role_grant_field_grant_fk", field),
        ("share_owner_fk", share(&lindau, "NULL", "NULL")),
        ("share_grantee_fk", share(&ostallgaeu, &lindau, &own)),
        ("share_calendar_fk", share(&ostallgaeu, &kaufbeuren, &other)),
    ] {
        let refused = rows.try_run(&sql).await.map(|_| ()).expect_err(name).to_string();
        let told = if rows.engine == Engine::Postgres { name } else { "FOREIGN KEY constraint failed" };
        assert!(refused.contains(told), "{name}: {refused}");
    }
    // The same row within the authority is taken.
    assert_eq!(rows.run(&share(&ostallgaeu, &kaufbeuren, &own)).await, 1);
}

fn words<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> BTreeSet<String> {
    all.iter().map(|it| word(*it).to_owned()).collect()
}

/// Text columns with a closed set: table, column, its words.
fn closed_sets() -> Vec<(&'static str, &'static str, BTreeSet<String>)> {
    let confidentiality = words(e::Confidentiality::ALL, e::Confidentiality::as_str);
    let roles = words(e::RoleKey::ALL, e::RoleKey::as_str);
    let levels = words(e::ShareLevel::ALL, e::ShareLevel::as_str);
    vec![
        ("agreement", "state", words(e::AgreementState::ALL, e::AgreementState::as_str)),
        ("budget_line", "cost_type", words(e::CostType::ALL, e::CostType::as_str)),
        ("calendar", "confidentiality", confidentiality.clone()),
        ("calendar_entry", "confidentiality", confidentiality.clone()),
        ("calendar_entry", "kind", words(e::EntryKind::ALL, e::EntryKind::as_str)),
        ("calendar_entry", "pillar", words(e::Pillar::ALL, e::Pillar::as_str)),
        ("calendar_entry", "status", words(e::EntryStatus::ALL, e::EntryStatus::as_str)),
        ("calendar", "project_calendar", words(e::ProjectCalendar::ALL, e::ProjectCalendar::as_str)),
        ("change_proposal", "state", words(e::ProposalState::ALL, e::ProposalState::as_str)),
        ("conflict_acknowledgement", "rule", words(e::ConflictRule::ALL, e::ConflictRule::as_str)),
        ("coordination_round", "state", words(e::RoundState::ALL, e::RoundState::as_str)),
        ("data_request", "level", levels.clone()),
        ("data_request", "state", words(e::DataRequestState::ALL, e::DataRequestState::as_str)),
        ("dataset", "access", words(e::DatasetAccess::ALL, e::DatasetAccess::as_str)),
        ("dataset_content", "kind", words(e::ContentKind::ALL, e::ContentKind::as_str)),
        ("dataset", "data_class", words(e::DataClass::ALL, e::DataClass::as_str)),
        ("dataset", "frequency", words(e::Frequency::ALL, e::Frequency::as_str)),
        ("dataset_import", "state", words(e::DatasetImportState::ALL, e::DatasetImportState::as_str)),
        ("dataset", "protection_method", words(e::ProtectionMethod::ALL, e::ProtectionMethod::as_str)),
        ("dataset_release", "state", words(e::DatasetReleaseState::ALL, e::DatasetReleaseState::as_str)),
        ("dataset_version", "state", words(e::DatasetVersionState::ALL, e::DatasetVersionState::as_str)),
        ("directory_revision", "subject", words(e::DirectorySubject::ALL, e::DirectorySubject::as_str)),
        ("education_offer", "kind", words(e::OfferKind::ALL, e::OfferKind::as_str)),
        ("education_offer", "pillar", words(e::Pillar::ALL, e::Pillar::as_str)),
        ("education_offer", "state", words(e::EducationOfferState::ALL, e::EducationOfferState::as_str)),
        ("education_offer", "topic", words(e::OfferTopic::ALL, e::OfferTopic::as_str)),
        ("external_calendar", "outcome", words(e::FetchOutcome::ALL, e::FetchOutcome::as_str)),
        ("external_id", "scheme", words(e::ExternalIdScheme::ALL, e::ExternalIdScheme::as_str)),
        ("feed", "level", levels.clone()),
        ("file_ticket", "purpose", words(e::TicketPurpose::ALL, e::TicketPurpose::as_str)),
        ("funding", "state", words(e::FundingState::ALL, e::FundingState::as_str)),
        ("holiday", "extent", words(e::HolidayExtent::ALL, e::HolidayExtent::as_str)),
        ("holiday", "kind", words(e::HolidayKind::ALL, e::HolidayKind::as_str)),
        ("learning_place", "kind", words(e::LearningPlaceKind::ALL, e::LearningPlaceKind::as_str)),
        ("learning_place", "visibility", words(e::Visibility::ALL, e::Visibility::as_str)),
        ("merge_proposal", "state", words(e::MergeProposalState::ALL, e::MergeProposalState::as_str)),
        ("milestone", "status", words(e::MilestoneStatus::ALL, e::MilestoneStatus::as_str)),
        ("obligation", "kind", words(e::ObligationKind::ALL, e::ObligationKind::as_str)),
        ("obligation", "state", words(e::ObligationState::ALL, e::ObligationState::as_str)),
        ("organisation", "kind", words(e::OrganisationKind::ALL, e::OrganisationKind::as_str)),
        ("organisation", "visibility", words(e::Visibility::ALL, e::Visibility::as_str)),
        ("plan_snapshot_entry", "kind", words(e::EntryKind::ALL, e::EntryKind::as_str)),
        ("plan_snapshot_entry", "status", words(e::EntryStatus::ALL, e::EntryStatus::as_str)),
        ("plan_snapshot", "step", words(e::PlanStep::ALL, e::PlanStep::as_str)),
        ("project", "confidentiality", words(e::Confidentiality::ALL, e::Confidentiality::as_str)),
        ("project_document", "kind", words(e::DocumentKind::ALL, e::DocumentKind::as_str)),
        ("project_member", "role", words(e::ProjectRole::ALL, e::ProjectRole::as_str)),
        ("project_partner", "state", words(e::PartnerState::ALL, e::PartnerState::as_str)),
        ("project", "phase", words(e::ProjectPhase::ALL, e::ProjectPhase::as_str)),
        ("project", "pillar", words(e::Pillar::ALL, e::Pillar::as_str)),
        ("project_step", "phase", words(e::ProjectPhase::ALL, e::ProjectPhase::as_str)),
        ("region", "kind", words(e::RegionKind::ALL, e::RegionKind::as_str)),
        ("role_grant", "role", roles.clone()),
        ("scope", "area", words(e::ScopeArea::ALL, e::ScopeArea::as_str)),
        ("scope", "confidentiality", confidentiality.clone()),
        ("scope_share", "grantee_role", roles.clone()),
        ("scope_share", "level", levels.clone()),
        ("share", "area", words(e::Area::ALL, e::Area::as_str)),
        ("share", "grantee_role", roles.clone()),
        ("share", "level", levels.clone()),
        ("status_report", "light", words(e::TrafficLight::ALL, e::TrafficLight::as_str)),
        ("tenant", "kind", words(e::TenantKind::ALL, e::TenantKind::as_str)),
        ("tenant", "status", words(e::TenantStatus::ALL, e::TenantStatus::as_str)),
        ("work_package", "status", words(e::WorkStatus::ALL, e::WorkStatus::as_str)),
    ]
}

/// Definitions of constraints `<table>_<column>_check` that list words: name and definition.
async fn checks(rows: &Rows) -> Vec<(String, String)> {
    if rows.engine == Engine::Postgres {
        let sql = "SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace";
        let rows = rows.texts(sql).await;
        return rows.into_iter().map(|it| (it[0].clone(), it[1].clone())).filter(|it| it.1.contains('\'')).collect();
    }
    let tables = rows.list("SELECT sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%_check CHECK%'").await;
    let lines = tables.iter().flat_map(|it| it.split("CONSTRAINT ").skip(1));
    let checks = lines.filter_map(|it| it.split_once(" CHECK ")).filter(|it| it.1.contains(" IN ("));
    checks.map(|it| (it.0.to_owned(), it.1.split("))").next().unwrap_or_default().to_owned())).collect()
}

async fn closed_sets_of_store_and_program_are_equal(app: TestApp) {
    let rows = app.database.rows().await;
    let mut found: Vec<_> = checks(&rows)
        .await
        .into_iter()
        .map(|(name, definition)| {
            let words: BTreeSet<_> = definition.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
            (name, words)
        })
        .collect();
    found.sort();
    let sets = closed_sets().into_iter().map(|(table, column, words)| (format!("{table}_{column}_check"), words));
    let sets: Vec<_> = sets.collect();
    let differing: Vec<_> = found.iter().filter(|it| !sets.contains(it)).collect();
    assert_eq!(differing, Vec::<&(String, BTreeSet<String>)>::new());
    assert_eq!(found, sets);
}

async fn words_outside_a_closed_set_are_refused(app: TestApp) {
    let rows = app.database.rows().await;
    rows.run("UPDATE share SET grantee_role = 'VIEWER'").await;
    rows.run("UPDATE scope_share SET grantee_role = 'VIEWER'").await;
    let mut tried = 0;
    for (table, column, words) in closed_sets() {
        let count = rows.count(table).await;
        if count == 0 {
            continue;
        }
        tried += 1;
        for word in &words {
            assert_eq!(
                rows.run(&format!("UPDATE {table} SET {column} = '{word}'")).await,
                count.unsigned_abs(),
                "{word}"
            );
        }
        for wrong in ["", "viewer", "OTHERS", " PUBLIC"] {
            let refused = rows.try_run(&format!("UPDATE {table} SET {column} = '{wrong}'")).await;
            let refused = refused.map(|_| ()).expect_err("a wrong word").to_string();
            assert!(refused.contains(&format!("{table}_{column}_check")), "{table}.{column} {wrong:?}: {refused}");
        }
    }
    assert!(tried >= 15, "{tried} columns were tried");
}

async fn foreign_keys_are_enforced_in_a_copy(app: TestApp) {
    let rows = app.database.rows().await;
    let nobody = rows.id(kernel::ids::new_id());
    let refused =
        rows.try_run(&format!("UPDATE calendar SET scope_id = {nobody}")).await.map(|_| ()).expect_err("no scope");
    assert!(refused.to_string().to_lowercase().contains("foreign key"), "{refused}");
    if app.engine == Engine::Sqlite {
        assert_eq!(rows.number("SELECT foreign_keys FROM pragma_foreign_keys").await, 1);
        assert_eq!(rows.number("SELECT count(*) FROM pragma_foreign_key_check").await, 0, "and nothing breaks them");
        assert_eq!(rows.list("SELECT integrity_check FROM pragma_integrity_check").await, ["ok"]);
    }
}
