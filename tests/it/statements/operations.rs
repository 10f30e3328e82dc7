//! The operations whose statements are counted.

use std::collections::BTreeMap;

use verbund_tests::TestApp;

/// A month of entries, as a calendar shows it.
pub const MONTH: &str = r#"{ calendarEntries(between: {start: "2027-05-01T00:00:00Z", end: "2027-06-01T00:00:00Z"}, first: 100) {
    nodes { __typename id start end calendar { name tenant { slug } fieldOfWork { key } } tenant { slug }
    ... on CalendarEntrySummary { title fieldOfWork { key } }
    ... on CalendarEntryFull { title fieldOfWork { key } place { name region { name } tenant { slug } origins { name } } } } } }"#;

const AGENDA: &str = r#"{ agenda(between: {start: "2027-05-01T00:00:00Z", end: "2027-06-01T00:00:00Z"}, first: 100) {
    nodes { key start end occurrence entry { __typename id calendar { name tenant { slug } } tenant { slug }
    ... on CalendarEntrySummary { title fieldOfWork { key } }
    ... on CalendarEntryFull { title fieldOfWork { key } place { name region { name } tenant { slug } origins { name } } } } } } }"#;

const CONFLICT: &str = "nodes { rule nonWorkingDay { name } acknowledgements { tenant { slug } } sides { freeSlots { start } \
    entry { id calendar { name tenant { slug } } tenant { slug } ... on CalendarEntryFull { place { name } acknowledgements { reason } } } } }";

/// The document of each operation in the table.
pub fn operations(app: &TestApp) -> BTreeMap<&'static str, (&'static str, String)> {
    let id = |name: &str| app.world.id(name).to_owned();
    let ids: Vec<_> = app.world.all("entry.").map(|it| format!("\"{}\"", it.1)).collect();
    let fifty: Vec<_> = ids.iter().cycle().take(50).cloned().collect();
    let mixed = [
        "tenant.ostallgaeu",
        "calendar.oal.office",
        "entry.oal.office.meeting",
        "member.planner@ostallgaeu",
        "share.oal.public.a",
    ];
    let mixed: Vec<_> = mixed.iter().map(|it| format!("\"{}\"", id(it))).collect();
    let entry = format!(
        "mutation {{ calendarEntryCreate(input: {{ calendar: \"{}\", title: \"New\", time: {{ allDay: {{ firstDay: \"2027-07-01\" }} }} }}) \
         {{ calendarEntry {{ id calendar {{ name }} }} userErrors {{ code }} }} }}",
        id("calendar.oal.counselling")
    );
    let planner = "planner@ostallgaeu";
    BTreeMap::from([
        ("nothing of the store", (planner, "{ __typename }".to_owned())),
        ("viewer", (planner, "{ viewer { name memberships { tenant { slug } roles { role } permissions } } }".to_owned())),
        ("node", (planner, format!("{{ node(id: \"{}\") {{ id }} }}", id("entry.oal.office.meeting")))),
        ("node, not known", (planner, format!("{{ node(id: \"{}\") {{ id }} }}", id("entry.mm.plan.secret")))),
        ("nodes, 50 of one type", (planner, format!("{{ nodes(ids: [{}]) {{ id }} }}", fifty.join(", ")))),
        ("nodes, 5 types", (planner, format!("{{ nodes(ids: [{}]) {{ id }} }}", mixed.join(", ")))),
        ("month", (planner, MONTH.to_owned())),
        ("month, anonymous", ("", MONTH.to_owned())),
        ("agenda", (planner, AGENDA.to_owned())),
        ("agenda, anonymous", ("", AGENDA.to_owned())),
        ("month, count too", (planner, MONTH.replace("nodes {", "totalCount nodes {"))),
        ("calendarImport, unchanged", (planner, format!("mutation {{ calendarImport(input: {{ calendar: \"{}\", dryRun: true, ics: \"BEGIN:VEVENT\\nUID:x\\nDTSTART:20270301\\nEND:VEVENT\" }}) {{ report {{ created }} userErrors {{ code }} }} }}", id("calendar.oal.counselling")))),
        ("external calendars", (planner, "{ externalCalendars(first: 100) { nodes { url lastOutcome lastReason warnings { code message } calendar { name } } } }".to_owned())),
        ("calendars", (planner, "{ calendars(first: 100) { nodes { name tenant { slug } fieldOfWork { key } viewerLevel } } }".to_owned())),
        (
            "members",
            (
                "admin@ostallgaeu",
                "{ tenant(slug: \"ostallgaeu\") { members(first: 100) { nodes { name roles { role fieldsOfWork { key } } } } } }".to_owned(),
            ),
        ),
        (
            "agreements",
            (
                "admin@ostallgaeu",
                "{ agreements(first: 100) { nodes { title tenant { slug } fieldsOfWork { key } parties { tenant { slug } signature { signedBy signedAt } } } } }"
                    .to_owned(),
            ),
        ),
        (
            "shares",
            (
                "admin@ostallgaeu",
                "{ tenant(slug: \"ostallgaeu\") { outgoingShares(first: 100) { nodes { level effective calendar { name } fieldOfWork { key } \
                 agreement { title } grantee { slug } } } } }"
                    .to_owned(),
            ),
        ),
        (
            "incoming shares",
            (
                "admin@ostallgaeu",
                "{ tenant(slug: \"ostallgaeu\") { incomingShares(first: 100) { nodes { level calendar { name } tenant { slug } } } } }".to_owned(),
            ),
        ),
        ("learning places", (planner, "{ learningPlaces(first: 100) { nodes { name region { name } tenant { slug } origins { name } } } }".to_owned())),
        (
            "learning places, everything",
            (
                "steward@ostallgaeu",
                "{ learningPlaces(first: 20, filter: {includeMerged: true}) { nodes { name tenant { slug } externalIds { value } viewerCan { update } \
                 organisation { name tenant { slug } contactPerson { name } externalIds { value } } \
                 mergedInto { name } mergedFrom { name externalIds { value } } } } }"
                    .to_owned(),
            ),
        ),
        ("learning places, near", ("", "{ learningPlaces(first: 20, filter: {near: {from: {position: {latitude: 47.88, longitude: 10.62}}}}) { nodes { name } } }".to_owned())),
        (
            "learning places, by external id",
            ("", "{ learningPlaces(first: 20, filter: {externalIds: [{scheme: ISIL, value: \"DE-oal-library\"}]}) { nodes { name } } }".to_owned()),
        ),
        (
            "organisations",
            (
                "steward@ostallgaeu",
                "{ organisations(first: 20, filter: {includeMerged: true}) { nodes { name tenant { slug } contactPerson { name } externalIds { value } viewerCan { update } \
                 mergedInto { name } mergedFrom { name externalIds { value } } } } }"
                    .to_owned(),
            ),
        ),
        (
            "education offers",
            (
                "steward@ostallgaeu",
                "{ educationOffers(first: 20, filter: {text: \"title\", between: {firstDay: \"2027-01-01\", lastDay: \"2027-12-31\"}}) { totalCount nodes { \
                 title tenant { slug } fieldOfWork { key } cost { amount } provider { name tenant { slug } contactPerson { name } } \
                 place { name tenant { slug } organisation { name tenant { slug } } externalIds { value } } \
                 dates { title calendar { name tenant { slug } } place { name } } } } }"
                    .to_owned(),
            ),
        ),
        (
            "education offers, the nearest",
            (
                "",
                "{ educationOffers(first: 20, orderBy: DISTANCE_METERS, filter: {near: {from: {position: {latitude: 47.88, longitude: 10.62}}, radiusKm: 50}}) { \
                 totalCount nodes { title distanceMeters place { name } provider { name } dates { title } } } }"
                    .to_owned(),
            ),
        ),
        (
            "merge proposals",
            (
                "steward@ostallgaeu",
                "{ mergeProposals(first: 20) { nodes { state tenant { slug } to { slug } agreement { title } duplicate { name tenant { slug } } \
                 survivor { name tenant { slug } } } } }"
                    .to_owned(),
            ),
        ),
        (
            "duplicate candidates",
            (
                "steward@ostallgaeu",
                format!(
                    "{{ duplicateCandidates(tenant: \"{}\", filter: {{minScore: 50}}, first: 20) {{ totalCount nodes {{ score one {{ name tenant {{ slug }} }} other {{ name tenant {{ slug }} }} }} }} }}",
                    id("tenant.ostallgaeu")
                ),
            ),
        ),
        (
            "duplicate candidates, organisations",
            (
                "steward@ostallgaeu",
                format!(
                    "{{ duplicateCandidates(tenant: \"{}\", kind: ORGANISATION, filter: {{minScore: 50}}, first: 20) {{ totalCount nodes {{ score one {{ name tenant {{ slug }} }} other {{ name tenant {{ slug }} }} }} }} }}",
                    id("tenant.ostallgaeu")
                ),
            ),
        ),
        (
            "directory history",
            (
                "steward@ostallgaeu",
                format!("{{ directoryHistory(of: \"{}\") {{ nodes {{ action changes {{ field }} }} }} }}", id("place.oal.library")),
            ),
        ),
        (
            "holidays",
            (planner, "{ holidays(between: {firstDay: \"2027-01-01\", lastDay: \"2027-12-31\"}, region: {state: \"DE-BY\"}) { nodes { name } } }".to_owned()),
        ),
        ("calendarEntryCreate", (planner, entry)),
        (
            "closures",
            (planner, "{ tenant(slug: \"ostallgaeu\") { closures(first: 100) { nodes { title tenant { slug } viewerCan { update } } } } }".to_owned()),
        ),
        (
            "contacts",
            (planner, "{ tenant(slug: \"ostallgaeu\") { contacts(first: 100) { nodes { name tenant { slug } viewerCan { update } } } } }".to_owned()),
        ),
        (
            "non-working days",
            (
                planner,
                "{ tenant(slug: \"ostallgaeu\") { nonWorkingDays(between: {firstDay: \"2027-01-01\", lastDay: \"2028-12-31\"}) { kind name } } }".to_owned(),
            ),
        ),
        (
            "plans",
            (
                planner,
                "{ annualPlans(first: 20) { nodes { title state tenant { slug } calendars { name } rounds { year viewerCan { takePart } plans { submittedBy tenant { slug } plan { title } } } snapshots { key } } } }"
                    .to_owned(),
            ),
        ),
        (
            "rounds",
            (
                planner,
                "{ coordinationRounds(first: 20) { nodes { year agreementId tenant { slug } viewerCan { takePart } plans { tenant { slug } \
                 plan { title state calendars { name } } } } } }"
                    .to_owned(),
            ),
        ),
        ("conflicts of a round", (planner, format!("{{ conflicts(of: {{round: \"{}\"}}, first: 50) {{ {CONFLICT} }} }}", id("round.b")))),
        (
            "conflicts of an entry",
            (planner, format!("{{ conflicts(of: {{entry: \"{}\"}}, first: 50) {{ {CONFLICT} }} }}", id("entry.oal.counselling.day"))),
        ),
        (
            "proposals",
            (
                planner,
                format!(
                    "{{ changeProposals(round: \"{}\", first: 50) {{ nodes {{ message tenant {{ slug }} to {{ slug }} viewerCan {{ accept }} \
                     entry {{ calendar {{ name }} tenant {{ slug }} }} place {{ name }} }} }} }}",
                    id("round.b")
                ),
            ),
        ),
        (
            "changes",
            (
                planner,
                "{ calendarChanges(first: 100) { cursor nodes { entryId entry { __typename calendar { name tenant { slug } } tenant { slug } } } } }".to_owned(),
            ),
        ),
        (
            "feeds",
            (
                "admin@ostallgaeu",
                "{ tenant(slug: \"ostallgaeu\") { feeds(first: 100) { nodes { name subscriberName tenant { slug } calendars { name } viewerCan { revoke } } } } }".to_owned(),
            ),
        ),
        (
            "feedCreate",
            (
                planner,
                format!(
                    "mutation {{ feedCreate(input: {{ tenant: \"{}\", name: \"New\", level: BUSY, calendars: [\"{}\"] }}) \
                     {{ feed {{ id calendars {{ name }} }} userErrors {{ code }} }} }}",
                    id("tenant.ostallgaeu"),
                    id("calendar.oal.public")
                ),
            ),
        ),
        (
            "comments",
            (planner, format!("{{ coordinationComments(round: \"{}\") {{ nodes {{ text tenant {{ slug }} }} }} }}", id("round.b"))),
        ),
        (
            "comparison",
            (
                planner,
                format!(
                    "{{ annualPlanComparison(plan: \"{}\", first: 50) {{ nodes {{ kind entry {{ calendar {{ name }} }} }} }} }}",
                    id("plan.oal")
                ),
            ),
        ),
        (
            "free busy",
            (
                planner,
                format!(
                    "{{ freeBusy(tenants: [\"{}\", \"{}\"], between: {{start: \"2027-05-01T00:00:00Z\", end: \"2027-06-01T00:00:00Z\"}}) \
                     {{ start end kind tenant {{ slug }} }} }}",
                    id("tenant.ostallgaeu"),
                    id("tenant.kaufbeuren")
                ),
            ),
        ),
        (
            "datasets",
            (
                "steward@ostallgaeu",
                "{ datasets(first: 100) { nodes { title tenant { slug } fieldOfWork { key } viewerLevel viewerCan { update } \
                 currentVersion { number columns { name } } } } }"
                    .to_owned(),
            ),
        ),
        (
            "dataset versions",
            (
                "steward@ostallgaeu",
                format!(
                    "{{ datasetVersions(dataset: \"{}\") {{ nodes {{ number state columns {{ name }} changes {{ rowsAdded }} dataset {{ title }} }} }} }}",
                    id("dataset.oal.survey")
                ),
            ),
        ),
        (
            "dataset imports",
            (
                "steward@ostallgaeu",
                format!("{{ datasetImports(dataset: \"{}\") {{ nodes {{ state dataset {{ title }} datasetVersion {{ number }} }} }} }}", id("dataset.oal.survey")),
            ),
        ),
        (
            "dataset releases",
            (
                "steward@ostallgaeu",
                format!("{{ datasetReleases(dataset: \"{}\") {{ nodes {{ state dataset {{ title }} }} }} }}", id("dataset.oal.survey")),
            ),
        ),
        (
            "data requests",
            (
                "steward@kaufbeuren",
                "{ dataRequests(first: 100) { nodes { state tenant { slug } to { slug } agreement { title } dataset { title } share { level effective agreement { title } } } } }".to_owned(),
            ),
        ),
        ("indicators", (planner, "{ indicators(first: 100) { nodes { title source } } }".to_owned())),
        (
            "compare indicator",
            (
                "steward@ostallgaeu",
                "{ compareIndicator(code: \"q_sch\", regions: [\"09777\", \"09762\"], between: { firstYear: 2020, lastYear: 2030 }) \
                 { series { region dataset { title } datasetVersion { number } values { value } } warnings { message } } }"
                    .to_owned(),
            ),
        ),
        (
            "audit events",
            (
                "auditor@ostallgaeu",
                "{ auditEvents(first: 100) { nodes { action tenant { slug } member { name } reader { slug } } } }".to_owned(),
            ),
        ),
        (
            "preview of an end",
            (
                "admin@ostallgaeu",
                format!(
                    "{{ previewAgreementChange(input: {{ agreement: \"{}\", tenant: \"{}\", change: {{ step: END }} }}) {{ \
                     agreement {{ title parties {{ tenant {{ slug }} }} }} counts {{ tenant {{ slug }} party {{ slug }} type effect count }} \
                     objects(type: CALENDAR_ENTRY, first: 50) {{ nodes {{ objectId name tenant {{ slug }} changes {{ party {{ slug }} }} }} }} }} }}",
                    id("agreement.a"),
                    id("tenant.ostallgaeu")
                ),
            ),
        ),
        ("known until", (planner, "{ tenant(slug: \"ostallgaeu\") { schoolHolidaysKnownUntil } }".to_owned())),
    ])
}
