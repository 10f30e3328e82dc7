//! Nothing enters the schema without a row here that says where its access is proved.

use std::collections::BTreeSet;

use verbund_tests::{Case, TestApp, cases};

use super::matrix::{LISTS, OBJECTS};
use super::routes::Schema;
use super::sdl::blocks;

pub fn cases() -> Vec<Case> {
    cases!["access::coverage"; every_root_field_and_node_type_is_proved, what_is_not_proved_is_reported]
}

/// Root fields that are no lists: where they are proved.
const SINGLE: &[(&str, &str)] = &[
    ("viewer", "demo, members: says nothing about others"),
    ("node", "matrix: every object, sweep"),
    ("nodes", "sweep: answers as node does"),
    ("tenant", "matrix: authorities are public"),
    ("calendarChanges", "changes: the same as the list, tombstones only of what was in sight; sweep"),
    ("freeBusy", "busy: levels, and the same as the agenda"),
    ("explainAccess", "matrix: every object, sweep"),
    ("duplicateCandidates", "merges: places in sight, for those who may write; sweep"),
    ("directoryHistory", "directory: the owner's own people; sweep"),
    ("conflicts", "sweep; planning: never tells more than its sides"),
    ("changeProposals", "sweep; planning: seen by those who may know the entry"),
    ("coordinationComments", "sweep; planning: seen by those who may know the entry"),
    ("annualPlanComparison", "sweep; planning"),
    ("compareIndicator", "datasets: what datasets in sight say"),
    ("previewAgreementChange", "preview: who may ask, and of whose objects; worlds; sweep"),
    ("auditEvents", "sharing: own trail, and reads of both sides; no one else's"),
    ("dataRequests", "sharing: both sides and nobody else"),
    ("datasetReleases", "sharing: the owner alone; sweep"),
    ("datasetImports", "dataset_imports: of one's own datasets; sweep"),
    ("datasetImportPreview", "dataset_imports: only who sent the file, and may change the dataset"),
    ("projectArchives", "projects: those of one's own house"),
    ("financialOverview", "projects: sums of lines in sight"),
    ("doubleFundingHints", "projects: fundings in sight"),
    ("datasetVersions", "datasets: those of a dataset in sight, drafts only of one's own; sweep"),
];

/// Lists below types that are no objects: where they are proved.
const BELOW: [(&str, &str); 1] = [("agreementpreview.objects", "preview: what is told to whom; worlds")];

/// Subscriptions: where they are proved.
const SUBSCRIPTIONS: &[(&str, &str)] = &[
    ("calendarEntryChanged", "matrix: what each account hears; live"),
    ("coordinationRoundChanged", "planning: who hears of a round; sweep"),
    ("datasetImportProgress", "dataset_imports: as the import itself; sweep"),
    ("projectChanged", "projects: who hears of a part; sweep"),
    ("viewerAccessChanged", "live: says nothing about others"),
];

/// Types with a global id: the objects of the matrix that stand for them.
const NODE_TYPES: &[(&str, &str)] = &[
    ("Tenant", "tenant."),
    ("FieldOfWork", "field."),
    ("Member", "member."),
    ("RoleGrant", "role."),
    ("Agreement", "agreement."),
    ("Share", "share."),
    ("Calendar", "calendar."),
    ("CalendarEntryFull", "entry."),
    ("CalendarEntrySummary", "entry."),
    ("CalendarEntryBusy", "entry."),
    ("LearningPlace", "place."),
    ("Organisation", "organisation."),
    ("EducationOffer", "offer."),
    ("MergeProposal", "merge."),
    // Reference data that everybody may read whole.
    ("Holiday", ""),
    ("TenantClosure", "closure."),
    ("TenantContact", "contact."),
    // sharing: seen as the list is.
    ("AuditEvent", ""),
    ("AnnualPlan", "plan."),
    ("CoordinationRound", "round."),
    ("ChangeProposal", "proposal."),
    // external: who sees one, and who sees its address.
    ("ExternalCalendar", ""),
    ("Feed", "feed."),
    ("Dataset", "dataset."),
    // Reference data.
    ("Indicator", ""),
    // datasets: seen with its dataset, a draft by its owner.
    ("DatasetVersion", ""),
    // sharing: seen by the owner alone; by both sides and nobody else.
    ("DatasetRelease", ""),
    ("DataRequest", ""),
    // dataset_imports: seen by the owner of the dataset.
    ("DatasetImport", ""),
    // projects: a matrix of their own, for each kind of part.
    ("Project", ""),
    ("WorkPackage", ""),
    ("Milestone", ""),
    ("StatusReport", ""),
    ("ProjectMember", ""),
    ("ProjectIndicator", ""),
    ("ProjectLink", ""),
    ("ProjectDocument", ""),
    ("ProjectArchive", ""),
    ("Funding", ""),
    ("BudgetLine", ""),
    ("Obligation", ""),
    // Reference data.
    ("FundingProgramme", ""),
];

/// What a schema has that no table names.
fn unproved(sdl: &str) -> Vec<String> {
    let types = blocks(sdl, "type");
    let mut missing = Vec::new();
    let lists: BTreeSet<_> = LISTS.iter().map(|it| it.0).collect();
    for field in types["Query"].fields.keys() {
        // nodes: each answers as `node` does, whoever asks.
        let is_single = kernel::global_id::NodeType::ALL.iter().any(|it| format!("{it:?}").eq_ignore_ascii_case(field));
        if !is_single && !lists.contains(field.as_str()) && !SINGLE.iter().any(|it| it.0 == field) {
            missing.push(format!("Query.{field}"));
        }
    }
    for field in types["Subscription"].fields.keys() {
        if !SUBSCRIPTIONS.iter().any(|it| it.0 == field) {
            missing.push(format!("Subscription.{field}"));
        }
    }
    for field in types["Mutation"].fields.keys() {
        if !crate::walk::MUTATIONS.contains(&field.as_str()) {
            missing.push(format!("Mutation.{field}"));
        }
    }
    for (name, block) in &types {
        let node = block.implements.split([' ', '&']).any(|it| it == "Node");
        if node && !NODE_TYPES.iter().any(|it| it.0 == name) {
            missing.push(name.clone());
        }
        // Lists below a type are doors as well.
        for (field, line) in &block.fields {
            let list = line.rsplit(": ").next().is_some_and(|it| it.trim_end_matches('!').ends_with("Connection"));
            let door = format!("{}.{field}", name.to_lowercase());
            if list
                && !matches!(name.as_str(), "Query" | "Mutation")
                && !lists.contains(door.as_str())
                && !BELOW.iter().any(|it| it.0 == door)
            {
                missing.push(door);
            }
        }
    }
    // `id_arguments` sends an id by every route there is; it reaches no argument to which none leads.
    let schema = Schema::of(sdl);
    let reached: BTreeSet<_> = schema.routes().into_iter().map(|it| it.argument).collect();
    missing.extend(schema.arguments().difference(&reached).cloned());
    missing
}

async fn every_root_field_and_node_type_is_proved(_app: TestApp) {
    let sdl = graphql::schema::sdl();
    assert_eq!(unproved(&sdl), Vec::<String>::new(), "without a row in the access tables");
    // The other way round: no row for what is gone.
    let types = blocks(&sdl, "type");
    for (name, _) in SINGLE {
        assert!(types["Query"].fields.contains_key(*name), "{name}");
    }
    for (name, stands) in NODE_TYPES {
        assert!(types.contains_key(*name), "{name}");
        assert!(stands.is_empty() || OBJECTS.iter().any(|it| it.starts_with(*stands)), "no object for {name}");
    }
}

async fn what_is_not_proved_is_reported(_app: TestApp) {
    let sdl = graphql::schema::sdl();
    let more = sdl
        .replace("type Query {", "type Query {\n\tsecrets: [String!]!")
        .replace("type Subscription {", "type Subscription {\n\tsecretChanged: String!")
        .replace("type Mutation {", "type Mutation {\n\tsecretCreate(input: SecretInput!): String!")
        + "\ntype Secret implements Node {\n\tid: ID!\n}\ninput SecretInput {\n\tsecret: ID!\n}\n"
        + "input SecretFilter {\n\tothers: [ID!]\n}\n";
    let expected =
        ["Query.secrets", "Subscription.secretChanged", "Mutation.secretCreate", "Secret", "SecretFilter.others"];
    assert_eq!(unproved(&more), expected);
    assert!(Schema::of(&more).routes().iter().any(|it| it.argument == "SecretInput.secret"), "it is swept");
}
