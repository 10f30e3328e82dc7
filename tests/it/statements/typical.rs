//! Typical queries of frontends and programs: as many statements with many children as with few, whoever of the resolvers
//! comes first.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::json;
use verbund_tests::projects::{LEAD, Parts, joint};
use verbund_tests::{Client, Rows, TestApp, amount, row_of};

use super::{directory, figures, place};

/// Who asks: an account of the world, or nobody.
const PLANNER: &str = "planner@ostallgaeu";
const ADMIN: &str = "admin@ostallgaeu";
const STEWARD: &str = "steward@ostallgaeu";
const NOBODY: &str = "";

const MAY: &str = "between: {start: \"2027-05-01T00:00:00Z\", end: \"2027-06-01T00:00:00Z\"}";

/// Asker and query. `$MAY` and names in angle brackets are filled in.
const TYPICAL: [(&str, &str); 60] = [
    (
        PLANNER,
        "{ viewer { name signedIn memberships { tenant { slug } permissions roles { role fieldsOfWork { key } } } } }",
    ),
    (
        PLANNER,
        "{ agenda($MAY, first: 100) { nodes { key start end entry { __typename id tenant { slug } calendar { name } } } } }",
    ),
    (
        PLANNER,
        "{ agenda($MAY, first: 100) { totalCount pageInfo { endCursor hasNextPage } edges { cursor node { key entry { ... on CalendarEntryFull { title place { name region { name } } } } } } } }",
    ),
    (
        NOBODY,
        "{ agenda($MAY, first: 100) { nodes { start entry { ... on CalendarEntryFull { title place { name tenant { slug } } } } } } }",
    ),
    (
        PLANNER,
        "{ calendarEntries($MAY, first: 100) { nodes { id start tenant { slug } ... on CalendarEntrySummary { title fieldOfWork { key } } ... on CalendarEntryFull { title viewerCan { update cancel } place { name organisation { name } } acknowledgements { reason } } } } }",
    ),
    (PLANNER, "{ calendarEntries($MAY, first: 100, filter: {text: \"counselling\"}) { totalCount nodes { id } } }"),
    (
        PLANNER,
        "{ agenda($MAY, first: 100) { nodes { key } } calendars(first: 100) { nodes { name color } } tenant(slug: \"ostallgaeu\") { nonWorkingDays(between: {firstDay: \"2027-05-01\", lastDay: \"2027-05-31\"}) { name } } coordinationRounds(first: 20) { nodes { year state } } }",
    ),
    (
        PLANNER,
        "{ calendarEntry(id: \"<entry.oal.counselling.day>\") { id start calendar { name tenant { slug } } ... on CalendarEntryFull { title place { name } fieldOfWork { key } } } }",
    ),
    (
        PLANNER,
        "{ calendar(id: \"<calendar.oal.counselling>\") { name viewerLevel viewerCan { update createEntries } fieldOfWork { key } project { title } } }",
    ),
    (
        PLANNER,
        "{ calendars(first: 100) { nodes { name tenant { slug legalName } fieldOfWork { key name } viewerLevel viewerCan { update } } } }",
    ),
    (
        PLANNER,
        "{ calendarChanges(calendars: [\"<calendar.oal.counselling>\"], first: 100) { cursor nodes { entryId entry { id calendar { name } tenant { slug } } } } }",
    ),
    (PLANNER, "{ freeBusy($MAY, tenants: [\"<tenant.ostallgaeu>\"]) { start end tenant { slug } } }"),
    (
        PLANNER,
        "{ conflicts(of: {round: \"<round.b>\"}, first: 100) { nodes { rule severity sides { start entry { id calendar { name } tenant { slug } } freeSlots { start } } acknowledgements { tenant { slug } } } } }",
    ),
    (
        PLANNER,
        "{ annualPlans(first: 20) { nodes { year title tenant { slug } calendars { name tenant { slug } } rounds { year state } snapshots { step takenAt } viewerCan { update } } } }",
    ),
    (
        PLANNER,
        "{ annualPlan(id: \"<plan.oal>\") { title calendars { name fieldOfWork { key } } rounds { plans { tenant { slug } plan { title } } } } }",
    ),
    (
        PLANNER,
        "{ annualPlanComparison(plan: \"<plan.oal>\", first: 100) { nodes { kind titleBefore entry { id calendar { name } } } } }",
    ),
    (
        PLANNER,
        "{ coordinationRounds(first: 20) { nodes { year state tenant { slug } plans { tenant { slug } signedAt plan { title calendars { name } } } viewerCan { publish } } } }",
    ),
    (
        PLANNER,
        "{ coordinationRound(id: \"<round.b>\") { state plans { tenant { slug } plan { title tenant { slug } } } } }",
    ),
    (
        PLANNER,
        "{ coordinationComments(round: \"<round.b>\", first: 100) { nodes { text createdBy tenant { slug } } } }",
    ),
    (
        PLANNER,
        "{ changeProposals(round: \"<round.b>\", first: 100) { nodes { state tenant { slug } to { slug } entry { id calendar { name } } round { year } place { name } viewerCan { accept } } } }",
    ),
    (
        ADMIN,
        "{ agreements(first: 20) { nodes { title state tenant { slug } fieldsOfWork { key } parties { tenant { slug } signature { signedBy } } viewerCan { end } } } }",
    ),
    (
        ADMIN,
        "{ agreement(id: \"<agreement.a>\") { title parties { tenant { slug legalName } } fieldsOfWork { key } } }",
    ),
    (
        ADMIN,
        "{ tenant(slug: \"ostallgaeu\") { members(first: 100) { nodes { name email roles { role fieldsOfWork { key } validUntil viewerCan { revoke } } viewerCan { manageRoles } } } } }",
    ),
    (
        ADMIN,
        "{ tenant(slug: \"ostallgaeu\") { outgoingShares(first: 100) { nodes { level agreement { title } calendar { name } dataset { title } project { title } fieldOfWork { key } grantee { slug } } } } }",
    ),
    (
        ADMIN,
        "{ tenant(slug: \"ostallgaeu\") { incomingShares(first: 100) { nodes { level tenant { slug } calendar { name } agreement { title } } } } }",
    ),
    (
        ADMIN,
        "{ auditEvents(first: 100) { nodes { action createdAt member { name tenant { slug } } tenant { slug } before after } } }",
    ),
    (
        ADMIN,
        "{ tenants(first: 20) { nodes { slug legalName regions { ags name } viewerCan { seeMembers } closures(first: 5) { nodes { title } } contacts(first: 5) { nodes { name } } } } }",
    ),
    (
        PLANNER,
        "{ tenant(slug: \"ostallgaeu\") { feeds(first: 100) { nodes { name calendars { name } subscriberName viewerCan { revoke } } } } }",
    ),
    (
        NOBODY,
        "{ tenants(first: 20) { nodes { slug website } } holidays(between: {firstDay: \"2027-01-01\", lastDay: \"2027-12-31\"}, region: {state: \"DE-BY\"}, first: 50) { nodes { name firstDay } } }",
    ),
    (
        NOBODY,
        "{ learningPlaces(first: 100) { nodes { name city region { name } tenant { slug } organisation { name } origins { source } } } }",
    ),
    (
        NOBODY,
        "{ learningPlaces(first: 100, filter: {near: {from: {position: {latitude: 47.88, longitude: 10.62}}}}) { totalCount nodes { name latitude } } }",
    ),
    (
        STEWARD,
        "{ learningPlaces(first: 100, filter: {includeMerged: true, includeArchived: true}) { nodes { name externalIds { scheme value } mergedInto { name } mergedFrom { name } viewerCan { update } } } }",
    ),
    (
        NOBODY,
        "{ learningPlace(id: \"<place.oal.library>\") { name region { name } organisation { name tenant { slug } } } }",
    ),
    (
        STEWARD,
        "{ organisations(first: 100) { nodes { name kind tenant { slug } contactPerson { name } externalIds { value } viewerCan { update } } } }",
    ),
    (
        STEWARD,
        "{ directoryHistory(of: \"<place.oal.library>\", first: 100) { nodes { action changedAt changes { field } } } }",
    ),
    (
        NOBODY,
        "{ educationOffers(first: 100) { nodes { title provider { name } place { name region { name } } dates { start title calendar { name } } fieldOfWork { key } } } }",
    ),
    (
        STEWARD,
        "{ educationOffers(first: 100, filter: {text: \"title\"}) { totalCount nodes { title state viewerCan { publish } tenant { slug } } } }",
    ),
    (
        NOBODY,
        "{ educationOffers(first: 100, orderBy: DISTANCE_METERS, filter: {near: {from: {position: {latitude: 47.88, longitude: 10.62}}, radiusKm: 50}}) { nodes { title distanceMeters } } }",
    ),
    (
        STEWARD,
        "{ datasets(first: 100) { totalCount nodes { title tenant { slug } fieldOfWork { key } currentVersion { number columns { name } } viewerCan { update } } } }",
    ),
    (
        STEWARD,
        "{ dataset(id: \"<dataset.oal.survey>\") { title currentVersion { number } tenant { slug } } datasetVersions(dataset: \"<dataset.oal.survey>\", first: 20) { nodes { number state dataset { title } } } }",
    ),
    (
        STEWARD,
        "{ datasetImports(dataset: \"<dataset.oal.survey>\", first: 20) { nodes { state rowsDone problems { row message } datasetVersion { number } } } datasetReleases(dataset: \"<dataset.oal.survey>\", first: 20) { nodes { state createdBy } } }",
    ),
    (
        STEWARD,
        "{ dataRequests(first: 100) { nodes { about state tenant { slug } to { slug } agreement { title } dataset { title } share { level } viewerCan { withdraw } } } }",
    ),
    (NOBODY, "{ indicators(first: 100) { nodes { code title area } } }"),
    (NOBODY, "{ fundingProgrammes(first: 20) { nodes { key name maxRate rules { title } } } }"),
    (
        LEAD,
        "{ projects(first: 100) { totalCount nodes { title phase tenant { slug } fieldOfWork { key } partners { state tenant { slug } } light } } }",
    ),
    (
        LEAD,
        "{ projects(first: 20) { nodes { title milestones { title dueOn tenant { slug } viewerCan { update } } fundings { programme { name } granted { amount } } } } }",
    ),
    (
        LEAD,
        "{ project(id: \"<project.joint>\") { title phase nextPhases summary tenant { slug } place { name } fieldOfWork { key } viewerCan { update } steps { phase enteredBy } } }",
    ),
    (
        LEAD,
        "{ project(id: \"<project.joint>\") { milestones { title dueOn late tenant { slug } project { title } viewerCan { update } } } }",
    ),
    (
        LEAD,
        "{ project(id: \"<project.joint>\") { workPackages { title afterIds tenant { slug } project { title } viewerCan { update } } } }",
    ),
    (
        LEAD,
        "{ project(id: \"<project.joint>\") { budgetLines { year planned { amount } actual { amount } tenant { slug } project { title } } finances { planned { amount } byYear { year planned { amount } } } } }",
    ),
    (
        LEAD,
        "{ project(id: \"<project.joint>\") { obligations { title dueOn state tenant { slug } funding { referenceNumber programme { name } } document { title } viewerCan { fulfil } } } }",
    ),
    (
        LEAD,
        "{ project(id: \"<project.joint>\") { fundings { programme { name rules { title } } checks { code amount { amount } } ownShares { tenant { slug } amount { amount } } obligations { title } tenant { slug } } } }",
    ),
    (
        LEAD,
        "{ project(id: \"<project.joint>\") { members { name role tenant { slug } viewerCan { remove } } statusReports { text createdBy tenant { slug } } documents { title versions { number fileName } tenant { slug } } } }",
    ),
    (
        LEAD,
        "{ project(id: \"<project.joint>\") { links { note tenant { slug } target { __typename ... on Dataset { title } ... on LearningPlace { name } ... on CalendarEntryFull { title calendar { name } } } } indicators { title measurements { value } tenant { slug } } } }",
    ),
    (
        LEAD,
        "{ project(id: \"<project.joint>\") { title partners { tenant { slug } state } milestones { title } workPackages { title } obligations { title funding { programme { name } } } budgetLines { planned { amount } } fundings { programme { name } } members { name } statusReports { text } documents { title } } }",
    ),
    (
        LEAD,
        "{ obligations(first: 100) { nodes { title dueOn project { title tenant { slug } } funding { programme { name } } tenant { slug } } } }",
    ),
    (
        LEAD,
        "{ node(id: \"<milestone.oal>\") { id ... on Milestone { title project { title tenant { slug } milestones { title tenant { slug } } } } } }",
    ),
    (
        LEAD,
        "{ doubleFundingHints(project: \"<project.joint>\") { inCommon otherProject { title tenant { slug } } programme { name } funding { referenceNumber } } }",
    ),
    (
        PLANNER,
        "{ nodes(ids: [\"<tenant.ostallgaeu>\", \"<calendar.oal.counselling>\", \"<entry.oal.counselling.day>\", \"<place.oal.library>\", \"<dataset.oal.survey>\"]) { __typename id ... on Calendar { tenant { slug } } ... on LearningPlace { region { name } } } }",
    ),
    (
        PLANNER,
        "{ explainAccess(node: \"<calendar.oal.counselling>\", action: WRITE) { allowed rule missing agreement { title } through { slug } } }",
    ),
];

/// The query with names and times filled in.
fn filled(app: &TestApp, parts: &Parts, query: &str) -> String {
    let mut query = query.replace("$MAY", MAY);
    while let Some((before, rest)) = query.split_once('<') {
        let (name, after) = rest.split_once('>').expect("a name ends");
        let part = parts.all().find(|(it, _)| *it == name).and_then(|(_, id)| id.as_str());
        let id = part.unwrap_or_else(|| app.world.id(name));
        query = format!("{before}{id}{after}");
    }
    query
}

/// The numbers of statements of each query.
async fn counts(app: &TestApp, parts: &Parts) -> Vec<BTreeSet<u32>> {
    // More often by hand.
    let runs = amount("VERBUND_RUNS").unwrap_or(3);
    let mut counts = Vec::new();
    for (who, query) in TYPICAL {
        let query = filled(app, parts, query);
        let client: Client = if who.is_empty() { app.anonymous() } else { app.actor(who) };
        let mut seen = BTreeSet::new();
        for _ in 0..runs {
            let reply = client.ask(&query).await;
            reply.data();
            seen.insert(reply.statements());
        }
        counts.push(seen);
    }
    counts
}

/// Copies a row of a table: every copy has an id of its own, and other values in the columns of `changes`, where `n.number`
/// is the number of the copy.
async fn copies(rows: &Rows, table: &str, like: &str, numbers: std::ops::Range<usize>, changes: &[(&str, &str)]) {
    let columns: Vec<_> = rows.columns(table).await.into_keys().collect();
    let value = |column: &String| match changes.iter().find(|(name, _)| name == column) {
        Some((_, change)) => (*change).to_owned(),
        None if column == "id" => "n.id".to_owned(),
        None => format!("t.{column}"),
    };
    let mut new = String::new();
    for number in numbers {
        let comma = if new.is_empty() { "" } else { " UNION ALL " };
        let _ = write!(new, "{comma}SELECT {} AS id, {number} AS number", rows.id(kernel::ids::new_id()));
    }
    let made = rows
        .run(&format!(
            "INSERT INTO {table} ({}) SELECT {} FROM {table} t, ({new}) n WHERE t.id = (SELECT id FROM {table} WHERE {like} LIMIT 1)",
            columns.join(", "),
            columns.iter().map(value).collect::<Vec<_>>().join(", ")
        ))
        .await;
    assert!(made > 0, "{table} has no row where {like}");
}

/// Children of everything that the queries ask for.
async fn children(app: &TestApp, rows: &Rows, parts: &Parts, numbers: std::ops::Range<usize>) {
    let of = |column: &str, id: &str| format!("{column} = {}", rows.id(row_of(id)));
    let project = of("project_id", parts.id("project.joint").as_str().expect("an id"));
    let tenant = of("tenant_id", app.world.id("tenant.ostallgaeu"));
    let own = format!("{project} AND {tenant}");
    for table in [
        "milestone",
        "work_package",
        "obligation",
        "project_member",
        "status_report",
        "project_document",
        "project_link",
    ] {
        copies(rows, table, &own, numbers.clone(), &[]).await;
    }
    copies(rows, "budget_line", &own, numbers.clone(), &[("year", "t.year + n.number + 1")]).await;
    copies(rows, "funding", &own, numbers.clone(), &[("reference_number", "'REF ' || n.number")]).await;
    copies(
        rows,
        "learning_place",
        &format!("key = 'school' AND {tenant}"),
        numbers.clone(),
        &[("key", "'more' || n.number")],
    )
    .await;
    copies(rows, "organisation", &of("id", app.world.id("organisation.oal.club")), numbers.clone(), &[]).await;
    copies(rows, "education_offer", &of("id", app.world.id("offer.oal.course")), numbers.clone(), &[]).await;
    copies(rows, "audit_event", &tenant, numbers.clone(), &[]).await;
    copies(rows, "tenant_contact", &tenant, numbers.clone(), &[]).await;
    copies(rows, "tenant_closure", &tenant, numbers.clone(), &[]).await;
    copies(rows, "change_proposal", "round_id IS NOT NULL", numbers.clone(), &[]).await;
    copies(rows, "coordination_comment", "round_id IS NOT NULL", numbers.clone(), &[]).await;
    copies(rows, "data_request", "id IS NOT NULL", numbers.clone(), &[]).await;
    let survey = of("id", app.world.id("dataset.oal.survey"));
    copies(rows, "dataset", &survey, numbers.clone(), &[("title", "t.title || n.number")]).await;
    super::fill(rows, app, numbers.len(), Some("school")).await;
}

pub async fn typical_queries_take_as_many_statements_with_many_children(app: TestApp) {
    let rows = app.database.rows().await;
    place(&rows, &app).await;
    figures(&app, 1).await;
    directory(&app, 0, 4).await;
    let parts = joint(&app).await;
    let tenant = app.world.id("tenant.ostallgaeu");
    let admin = app.actor(ADMIN);
    let closure = json!({ "tenant": tenant, "title": "Closed", "firstDay": "2027-12-27", "lastDay": "2027-12-31" });
    admin.mutate("tenantClosureCreate", closure, "__typename").await;
    children(&app, &rows, &parts, 0..9).await;
    let few = counts(&app, &parts).await;
    children(&app, &rows, &parts, 9..199).await;
    let many = counts(&app, &parts).await;
    for (((_, query), few), many) in TYPICAL.iter().zip(&few).zip(&many) {
        // A page that is full of copies may refer to less than one of all kinds.
        let as_many = few.len() == 1 && many.len() == 1 && many <= few;
        assert!(as_many, "{few:?} with 10 children, {many:?} with 200: {query}");
    }
}
