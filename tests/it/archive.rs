//! Archives of authorities: out of one installation, into another, and out again.

mod damaged;
mod shape;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use archive::export::{Exported, export_tenant};
use archive::import::{ArchiveImport, import_tenant};
use archive::problem::ArchiveError;
use archive::progress::ArchiveProgress;
use kernel::clock::Clock;
use serde_json::{Value, json};
use server::config::Config;
use server::operator::operation;
use tempfile::TempDir;
use verbund_tests::app::{Server, token};
use verbund_tests::database::TestDatabase;
use verbund_tests::{Case, Client, Engine, Rows, TestApp, cases};

use crate::operations::run;

pub fn cases() -> Vec<Case> {
    let mut cases = cases!["archive";
        what_goes_out_comes_back_the_same_on_the_other_database,
        partners_who_both_moved_see_each_other_as_before,
        people_and_fields_that_have_other_ids_here_are_found,
        records_that_were_merged_come_back_as_far_as_the_other_is_there,
        nobody_joins_an_agreement_by_a_file,
        the_binary_moves_an_authority,
        that_it_went_out_is_in_the_trail_and_not_in_the_archive,
    ];
    cases.extend(damaged::cases());
    cases.extend(shape::cases());
    cases
}

/// An installation: a database and a folder of files of its own.
struct Place {
    engine: Engine,
    database: TestDatabase,
    config: Config,
    clock: Clock,
    folder: TempDir,
}

impl Place {
    /// An empty one.
    async fn empty(app: &TestApp, engine: Engine) -> Self {
        let database = app.fixture.blank(engine).await.expect("a migrated database");
        Self::of(app, engine, database)
    }

    fn of(app: &TestApp, engine: Engine, database: TestDatabase) -> Self {
        let mut config = app.fixture.config(&database).expect("a configuration");
        let folder = tempfile::tempdir().expect("a folder");
        config.files.folder = folder.path().join("files");
        Self { engine, database, config, clock: app.clock.clone(), folder }
    }

    /// One with the demo's data.
    async fn demo(app: &TestApp) -> Self {
        let place = Self::empty(app, app.engine).await;
        server::seed::demo(&place.config, &place.clock).await.expect("the demo loads");
        place
    }

    /// The world of the other tests.
    fn world(app: &TestApp) -> Self {
        let mut place = Self::of(app, app.engine, app.database.clone());
        place.config.files.folder = app.config.files.folder.clone();
        place
    }

    /// The engine that is not this one's, where there is one.
    fn other(app: &TestApp) -> Engine {
        let engines = app.fixture.engines();
        engines.iter().copied().find(|it| *it != app.engine).unwrap_or(app.engine)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn try_export(&self, slug: &str, name: &str) -> Result<Exported, String> {
        let op = operation(&self.config, &self.clock).await.expect("the operator");
        let out = self.path(name);
        let done = export_tenant(&op, slug, &self.config.files.folder, &out, &ArchiveProgress::default()).await;
        op.store.close().await;
        done.map_err(|it| it.render())
    }

    async fn export(&self, slug: &str, name: &str) -> PathBuf {
        self.try_export(slug, name).await.unwrap_or_else(|told| panic!("{told}"));
        self.path(name)
    }

    async fn try_import(&self, file: &Path) -> Result<ArchiveImport, ArchiveError> {
        let op = operation(&self.config, &self.clock).await.expect("the operator");
        let done = import_tenant(&op, file, &self.config.files.folder, &Default::default()).await;
        op.store.close().await;
        done
    }

    async fn import(&self, file: &Path) -> ArchiveImport {
        self.try_import(file).await.unwrap_or_else(|error| panic!("{}", error.render()))
    }

    async fn rows(&self) -> Rows {
        self.database.rows().await
    }

    async fn serve(&self) -> Server {
        Server::start(self.config.clone(), self.clock.clone()).await.expect("a server")
    }

    fn actor(&self, server: &Server, subject: &str) -> Client {
        server.client(Some(token(&self.config, subject, self.clock.now())))
    }
}

/// The entries of an archive.
fn entries(file: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(file).expect("a file")).expect("an archive");
    let mut entries = BTreeMap::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).expect("an entry");
        let mut bytes = Vec::new();
        std::io::copy(&mut entry, &mut bytes).expect("bytes");
        entries.insert(entry.name().expect("a name").into_owned(), bytes);
    }
    entries
}

/// Names of entries that differ.
fn differing(one: &Path, two: &Path) -> Vec<String> {
    let (one, two) = (entries(one), entries(two));
    let mut names: Vec<_> = one.keys().chain(two.keys()).filter(|it| one.get(*it) != two.get(*it)).cloned().collect();
    names.sort();
    names.dedup();
    names
}

/// What its admin sees of an authority's own, and of what it has with others.
async fn seen(client: &Client, slug: &str) -> Value {
    let queries = [
        "query($slug: String!) { tenant(slug: $slug) { id legalName ags
            members(first: 100) { nodes { id name email roles { role validFrom validUntil } } } } }",
        "query($slug: String!) { shares: tenant(slug: $slug) {
            outgoingShares(first: 100) { nodes { id level reason effective calendar { id } agreement { id } } } } }",
        "{ calendars(first: 100) { nodes { id version name tenant { slug } fieldOfWork { id key } confidentiality } } }",
        "{ agreements(first: 100) { nodes { id title state version validFrom validUntil fieldsOfWork { key }
            parties { tenant { id slug legalName } signature { signedBy signedAt } } } } }",
        "{ coordinationRounds(first: 100) { nodes { id year state version agreementId } }
            annualPlans(first: 100) { nodes { id title state tenant { slug } } } }",
        "{ datasets(first: 20) { nodes { id title access version tenant { slug }
            currentVersion { id number changes { rowsAdded } rows(first: 20) { columns { name } rows } } } } }",
    ];
    let mut data = json!({});
    for query in queries {
        let variables = if query.contains("$slug") { json!({ "slug": slug }) } else { json!({}) };
        let answer = client.send(query, variables).await.data();
        data.as_object_mut().expect("an object").extend(answer.as_object().expect("an object").clone());
    }
    for list in ["calendars", "annualPlans", "datasets"] {
        let nodes = data[list]["nodes"].as_array_mut().expect("nodes");
        nodes.retain(|it| it["tenant"]["slug"] == slug);
        assert!(!nodes.is_empty(), "{list}");
    }
    let (mut entries, mut after) = (Vec::new(), Value::Null);
    loop {
        let query = r#"query($after: String) { calendarEntries(first: 100, after: $after,
            between: {start: "2026-01-01T00:00:00Z", end: "2029-01-01T00:00:00Z"}) {
            pageInfo { hasNextPage endCursor } nodes { id tenant { slug } ... on CalendarEntryFull {
                version title description status start end location organiser confidentiality fieldOfWork { id key } } } } }"#;
        let page = client.send(query, json!({ "after": after })).await.data()["calendarEntries"].clone();
        entries
            .extend(page["nodes"].as_array().expect("nodes").iter().filter(|it| it["tenant"]["slug"] == slug).cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert!(entries.len() > 20, "{}", entries.len());
    data["entries"] = entries.into();
    data
}

async fn what_goes_out_comes_back_the_same_on_the_other_database(app: TestApp) {
    let there = Place::demo(&app).await;
    let server = there.serve().await;
    for slug in ["ostallgaeu", "kaufbeuren"] {
        let mut before = seen(&there.actor(&server, &format!("admin@{slug}")), slug).await;
        let first = there.export(slug, &format!("{slug}.zip")).await;
        let second = there.export(slug, &format!("{slug}-again.zip")).await;
        assert_eq!(std::fs::read(&first).expect("bytes"), std::fs::read(&second).expect("bytes"), "{slug}: twice");

        let here = Place::empty(&app, Place::other(&app)).await;
        let done = here.import(&first).await;
        assert_eq!((done.slug.as_str(), done.there, done.other_ids), (slug, 0, 0));
        // Each pays a share of a funding of the other's; Kaufbeuren also proposed something about an entry of Ostallgäu's.
        // Neither is in its archive.
        assert_eq!(done.outside, 1 + u64::from(slug == "kaufbeuren"));
        let back = here.export(slug, "back.zip").await;
        if slug == "ostallgaeu" {
            assert_eq!(differing(&first, &back), ["manifest.json", "outside/own_share.jsonl"]);
        } else {
            assert_eq!(
                differing(&first, &back),
                ["manifest.json", "outside/change_proposal.jsonl", "outside/own_share.jsonl"]
            );
            // What Ostallgäu drafted and opened is there, and out of sight until Ostallgäu is here itself.
            for list in ["agreements", "coordinationRounds"] {
                assert!(before[list]["nodes"].as_array().is_some_and(|it| !it.is_empty()), "{list}");
                before[list]["nodes"] = json!([]);
            }
            for plan in before["annualPlans"]["nodes"].as_array_mut().expect("plans") {
                assert_eq!(plan["state"], "IN_COORDINATION");
                plan["state"] = json!("DRAFT");
            }
            assert_ne!(before["shares"]["outgoingShares"]["nodes"], json!([]));
            before["shares"]["outgoingShares"]["nodes"] = json!([]);
        }
        let moved = here.serve().await;
        let after = seen(&here.actor(&moved, &format!("admin@{slug}")), slug).await;
        assert_eq!(after, before, "{slug}");
        // It goes on from there: an entry is made, and the trail is one.
        let planner = here.actor(&moved, &format!("planner@{slug}"));
        let entry = json!({
            "calendar": after["calendars"]["nodes"][0]["id"], "title": "Nach dem Umzug",
            "time": { "allDay": { "firstDay": "2027-04-01" } },
        });
        planner.mutate("calendarEntryCreate", entry, "calendarEntry { id }").await;
        moved.stop().await.expect("stopped");
        let op = operation(&here.config, &here.clock).await.expect("the operator");
        server::seed::reference(&op).await.unwrap_or_else(|error| panic!("{}", domain::operator::render(&error)));
        op.store.close().await;
    }
    server.stop().await.expect("stopped");
}

/// What a client sees in March, of everybody.
async fn march(client: &Client) -> Value {
    let query = r#"{ calendarEntries(first: 100, between: {start: "2027-03-01T00:00:00Z", end: "2027-04-01T00:00:00Z"}) {
        nodes { __typename id tenant { slug legalName } ... on CalendarEntryFull { title } ... on CalendarEntrySummary { title } } }
        changeProposals: coordinationRounds { nodes { id plans { tenant { slug } plan { id title } } } } }"#;
    client.ask(query).await.data()
}

async fn partners_who_both_moved_see_each_other_as_before(app: TestApp) {
    let there = Place::demo(&app).await;
    let server = there.serve().await;
    let here = Place::empty(&app, Place::other(&app)).await;
    let slugs = ["kaufbeuren", "ostallgaeu"];
    let mut before = Vec::new();
    for slug in slugs {
        let mut data = march(&there.actor(&server, &format!("planner@{slug}"))).await;
        // A third authority stayed where it was.
        let nodes = data["calendarEntries"]["nodes"].as_array_mut().expect("nodes");
        nodes.retain(|it| slugs.contains(&it["tenant"]["slug"].as_str().expect("a slug")));
        before.push(data);
    }
    let mut archives = Vec::new();
    for slug in slugs {
        archives.push(there.export(slug, &format!("{slug}.zip")).await);
    }
    let first = here.import(&archives[0]).await;
    assert_eq!(first.there, 0);
    let one = here.serve().await;
    let alone = march(&here.actor(&one, "planner@kaufbeuren")).await;
    let foreign = alone["calendarEntries"]["nodes"].as_array().expect("nodes").iter();
    assert_eq!(foreign.filter(|it| it["tenant"]["slug"] != "kaufbeuren").count(), 0, "the partner is but a name here");
    one.stop().await.expect("stopped");
    let second = here.import(&archives[1]).await;
    assert!(second.there > 0, "{second:?}");
    let both = here.serve().await;
    for (slug, before) in slugs.iter().zip(before) {
        assert_eq!(march(&here.actor(&both, &format!("planner@{slug}"))).await, before, "{slug}");
    }
    both.stop().await.expect("stopped");
    // What was outside of the first archive came with the second.
    let again = here.export("kaufbeuren", "again.zip").await;
    assert_eq!(differing(&archives[0], &again), Vec::<String>::new());
    assert_eq!(differing(&archives[1], &here.export("ostallgaeu", "other.zip").await), Vec::<String>::new());
    server.stop().await.expect("stopped");
}

async fn people_and_fields_that_have_other_ids_here_are_found(app: TestApp) {
    let there = Place::demo(&app).await;
    let server = there.serve().await;
    let before = seen(&there.actor(&server, "admin@ostallgaeu"), "ostallgaeu").await;
    let archive = there.export("ostallgaeu", "out.zip").await;
    server.stop().await.expect("stopped");
    // The world has the same common fields of work, by other ids, and people of the same accounts.
    let here = Place::empty(&app, Place::other(&app)).await;
    let op = operation(&here.config, &here.clock).await.expect("the operator");
    let wish = domain::operator::tenants::NewTenant {
        slug: "lindau".to_owned(),
        legal_name: "Lindau".to_owned(),
        kind: entities::TenantKind::Other,
        ags: None,
        time_zone: "Europe/Berlin".to_owned(),
        assumption_day: true,
        website: None,
    };
    let said = |error| domain::operator::render(&error);
    domain::operator::tenants::create_tenant(&op, wish).await.map_err(said).expect("an authority");
    server::seed::reference(&op).await.map_err(said).expect("reference data");
    let account = domain::members::service::RoleHolder::Account {
        issuer: here.config.auth.local.issuer.clone(),
        subject: "planner@ostallgaeu".to_owned(),
        name: "Known here".to_owned(),
        email: None,
    };
    let role = entities::RoleKey::Viewer;
    domain::operator::grant_role(&op, "lindau", role, account).await.map_err(said).expect("a role");
    op.store.close().await;

    let done = here.import(&archive).await;
    assert!(done.other_ids > 4, "a person, three fields, and the scopes with them: {done:?}");
    let moved = here.serve().await;
    let fields = here.rows().await.list("SELECT key FROM field_of_work ORDER BY key").await;
    assert_eq!(fields, ["counselling", "newcomers", "orientation"], "none twice");
    let mut after = seen(&here.actor(&moved, "admin@ostallgaeu"), "ostallgaeu").await;
    let mut expected = before;
    let mut fields = 0;
    for data in [&mut after, &mut expected] {
        for list in ["/calendars/nodes", "/entries"] {
            for node in data.pointer_mut(list).and_then(Value::as_array_mut).expect("nodes") {
                if let Some(field) = node["fieldOfWork"].as_object_mut() {
                    field.remove("id");
                    fields += 1;
                }
            }
        }
    }
    assert!(fields > 20, "{fields}");
    assert_eq!(after, expected);
    // Scopes are made of their definitions: a share that is taken back finds the rows that it opened.
    let share = &after["shares"]["outgoingShares"]["nodes"][0];
    let admin = here.actor(&moved, "admin@ostallgaeu");
    let scopes = "SELECT CAST(count(*) AS text) FROM scope";
    let known = here.rows().await.list(scopes).await;
    let input = json!({ "id": share["id"], "version": 1, "reason": "Umzug" });
    admin.mutate("shareEnd", input, "share { id }").await;
    let grown: i64 = here.rows().await.list(scopes).await[0].parse::<i64>().expect("a number")
        - known[0].parse::<i64>().expect("a number");
    assert!(grown <= 2, "no scope is made a second time: {grown}");
    let viewer = here.actor(&moved, "planner@ostallgaeu");
    let both = viewer.ask("{ viewer { memberships { tenant { slug } } } }").await.data();
    assert_eq!(both["viewer"]["memberships"].as_array().map(Vec::len), Some(2), "one person, two authorities: {both}");
    let back = here.export("ostallgaeu", "back.zip").await;
    let differing = differing(&archive, &back);
    assert!(differing.contains(&"reference/field_of_work.jsonl".to_owned()), "{differing:?}");
    assert!(!differing.iter().any(|it| it.starts_with("figures/") || it.starts_with("files/")), "{differing:?}");
    moved.stop().await.expect("stopped");
}

async fn records_that_were_merged_come_back_as_far_as_the_other_is_there(app: TestApp) {
    let steward = app.actor("steward@ostallgaeu");
    let id = |name: &str| json!(app.world.id(name));
    let extra = json!({ "tenant": id("tenant.ostallgaeu"), "name": "The third", "kind": "OTHER" });
    let third = steward.mutate("organisationCreate", extra, "organisation { id }").await["organisation"]["id"].clone();
    // Each stands for the one before, and at last another authority's for all of them.
    let chains = [
        vec![id("place.oal.library"), id("place.oal.archive"), id("place.oal.store"), id("place.kf.library")],
        vec![id("organisation.oal.agency"), id("organisation.oal.club"), third, id("organisation.kf.vhs")],
    ];
    for pair in chains.iter().flat_map(|it| it.windows(2)) {
        let input = json!({
            "tenant": id("tenant.ostallgaeu"), "duplicate": pair[0], "survivor": pair[1], "agreement": id("agreement.a"),
        });
        let made = steward.mutate("mergeProposalCreate", input, "mergeProposal { id }").await["mergeProposal"].clone();
        steward.mutate("mergeProposalAccept", json!({ "id": made["id"], "version": 1 }), "mergeProposal { id }").await;
    }
    let there = Place::world(&app);
    let archive = there.export("ostallgaeu", "out.zip").await;
    let here = Place::empty(&app, Place::other(&app)).await;
    here.import(&archive).await;
    let back = here.export("ostallgaeu", "back.zip").await;
    let records: Vec<_> = differing(&archive, &back).into_iter().filter(|it| !it.starts_with("outside/")).collect();
    assert_eq!(records, ["manifest.json"]);
    let moved = here.serve().await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) {
        ... on LearningPlace { mergedAt mergedInto { id } } ... on Organisation { mergedAt mergedInto { id } } } }";
    for chain in &chains {
        let told = here.actor(&moved, "steward@ostallgaeu").send(query, json!({ "ids": chain[..3] })).await.data();
        let (merged, standing) = (&told["nodes"], json!({ "mergedAt": null, "mergedInto": null }));
        assert_eq!(merged[0]["mergedInto"]["id"], chain[1]);
        assert_eq!(merged[1]["mergedInto"]["id"], chain[2]);
        assert_eq!(merged[2], standing, "what was another authority's is not there");
    }
    moved.stop().await.expect("stopped");
}

async fn nobody_joins_an_agreement_by_a_file(app: TestApp) {
    // Lindau's archive says that it is a party to the agreement of others, as nobody signed.
    let there = Place::world(&app);
    let rows = there.rows().await;
    let lindau = rows.id(verbund_tests::row_of(app.world.id("tenant.lindau")));
    let agreement = rows.id(verbund_tests::row_of(app.world.id("agreement.a")));
    let here = Place::empty(&app, Place::other(&app)).await;
    here.import(&there.export("ostallgaeu", "oal.zip").await).await;
    here.import(&there.export("kaufbeuren", "kf.zip").await).await;
    rows.run(&format!(
        "INSERT INTO agreement_party SELECT agreement_id, {lindau}, scope_id FROM agreement_party \
         WHERE agreement_id = {agreement} LIMIT 1"
    ))
    .await;
    let archive = there.export("lindau", "lindau.zip").await;
    let before = here.rows().await.dump().await;
    let told = here.try_import(&archive).await.map(|_| ()).expect_err("refused").render();
    assert!(told.starts_with("tables/agreement_party.jsonl, line "), "{told}");
    assert!(told.contains("belongs to what is here already"), "{told}");
    assert!(here.rows().await.dump().await == before, "nothing was stored");
    // In an installation where nobody knows better it is what it says.
    let elsewhere = Place::empty(&app, Place::other(&app)).await;
    assert_eq!(elsewhere.import(&archive).await.slug, "lindau");
}

async fn the_binary_moves_an_authority(app: TestApp) {
    let there = Place::world(&app);
    let here = Place::empty(&app, Place::other(&app)).await;
    let config = |place: &Place| {
        let file = place.path("verbund.toml");
        let text = format!(
            "[database]\nurl = {:?}\nowner_url = {:?}\n[files]\nfolder = {:?}\n",
            place.database.url, place.database.owner_url, place.config.files.folder
        );
        std::fs::write(&file, text).expect("written");
        file
    };
    let (out, here_config, there_config) = (there.path("kf.zip"), config(&here), config(&there));
    let out_text = out.to_str().expect("a path");
    let export = ["export", "tenant", "kaufbeuren", "--out", out_text];
    let (code, said, problem) = run(&there_config, &export).await;
    assert_eq!((code, problem.as_str()), (Some(0), ""), "{said}");
    assert!(said.starts_with(&format!("{out_text}: ")) && said.contains(" rows, 0 files"), "{said}");
    let (code, _, problem) = run(&there_config, &export).await;
    assert_eq!((code, problem), (Some(1), format!("verbund: {out_text} is there already\n")));
    let (code, _, problem) = run(&there_config, &["export", "tenant", "nowhere", "--out", "/nowhere.zip"]).await;
    assert_eq!((code, problem.as_str()), (Some(1), "verbund: there is no authority \"nowhere\"\n"));
    let import = ["import", "tenant", out_text];
    let (code, said, problem) = run(&here_config, &import).await;
    assert_eq!((code, problem.as_str()), (Some(0), ""), "{said}");
    assert!(said.starts_with("kaufbeuren is here: "), "{said}");
    let (code, _, problem) = run(&here_config, &import).await;
    let expected = format!("verbund: {out_text}: nothing was stored\nthe authority \"kaufbeuren\" is here already\n");
    assert_eq!((code, problem), (Some(1), expected));
    // Of the partner there is no more than a name.
    let (code, _, problem) = run(&here_config, &["export", "tenant", "ostallgaeu", "--out", "/nowhere.zip"]).await;
    assert!(code == Some(1) && problem.contains("does not take part here"), "{problem}");
}

async fn that_it_went_out_is_in_the_trail_and_not_in_the_archive(app: TestApp) {
    let there = Place::world(&app);
    there.export("kaufbeuren", "kf.zip").await;
    let query = "{ auditEvents(first: 1) { nodes { action tenant { slug } member { name } after } } }";
    let event = app.actor("auditor@kaufbeuren").ask(query).await.data()["auditEvents"]["nodes"][0].clone();
    assert_eq!((&event["action"], &event["tenant"]["slug"]), (&json!("export tenant"), &json!("kaufbeuren")));
    assert!(event["after"]["rows"].as_u64() > Some(50), "{event}");
    let trail = entries(&there.path("kf.zip")).remove("tables/audit_event.jsonl").expect("a trail");
    assert!(!String::from_utf8_lossy(&trail).contains("export tenant"));
    let others = app.actor("auditor@ostallgaeu").ask(query).await.data();
    assert_ne!(others["auditEvents"]["nodes"][0]["action"], "export tenant");
}
