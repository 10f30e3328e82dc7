//! The roots of the schema, and the limits of its executor.

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, Schema, SchemaBuilder, ValidationMode};
use domain::files::folder::Folder;
use domain::files::settings::FileSettings;
use graphql_documents::limits::QueryLimits;

use crate::access::query::AccessQuery;
use crate::access::subscription::AccessSubscription;
use crate::agreements::mutation::AgreementMutation;
use crate::agreements::preview::PreviewQuery;
use crate::agreements::query::AgreementQuery;
use crate::agreements::share_mutation::ShareMutation;
use crate::audit::query::AuditQuery;
use crate::calendars::agenda::AgendaQuery;
use crate::calendars::busy::BusyQuery;
use crate::calendars::changes::ChangesQuery;
use crate::calendars::external::mutation::ExternalMutation;
use crate::calendars::external::query::ExternalQuery;
use crate::calendars::import_mutation::ImportMutation;
use crate::calendars::mutation::CalendarMutation;
use crate::calendars::query::CalendarQuery;
use crate::calendars::subscription::CalendarSubscription;
use crate::datasets::files::mutation::FileMutation;
use crate::datasets::import::mutation::DatasetImportMutation;
use crate::datasets::import::query::DatasetImportQuery;
use crate::datasets::import::subscription::DatasetSubscription;
use crate::datasets::indicators::mutation::IndicatorMutation;
use crate::datasets::indicators::query::IndicatorQuery;
use crate::datasets::mutation::DatasetMutation;
use crate::datasets::query::DatasetQuery;
use crate::datasets::release_types::{ReleaseMutation, ReleaseQuery};
use crate::datasets::request_types::{RequestMutation, RequestQuery};
use crate::feeds::mutation::FeedMutation;
use crate::feeds::query::FeedQuery;
use crate::funding::mutation::FundingMutation;
use crate::funding::overlaps::OverlapQuery;
use crate::funding::overview::OverviewQuery;
use crate::funding::query::FundingQuery;
use crate::holidays::closure_mutation::ClosureMutation;
use crate::holidays::query::HolidayQuery;
use crate::members::mutation::MemberMutation;
use crate::meter::Meter;
use crate::mutation_root::MutationRoot;
use crate::node::NodeQuery;
use crate::offers::mutation::OfferMutation;
use crate::offers::query::OfferQuery;
use crate::places::candidates::CandidateQuery;
use crate::places::history::HistoryQuery;
use crate::places::merges::types::{MergeMutation, MergeQuery};
use crate::places::mutation::PlaceMutation;
use crate::places::organisations::mutation::OrganisationMutation;
use crate::places::organisations::query::OrganisationQuery;
use crate::places::query::PlaceQuery;
use crate::planning::comparison::ComparisonQuery;
use crate::planning::conflicts::query::ConflictQuery;
use crate::planning::mutation::PlanningMutation;
use crate::planning::query::PlanningQuery;
use crate::planning::subscription::PlanningSubscription;
use crate::projects::document_mutation::ProjectDocumentMutation;
use crate::projects::mutation::ProjectMutation;
use crate::projects::query::ProjectQuery;
use crate::projects::subscription::ProjectSubscription;
use crate::scalars::scalar_problem;
use crate::single::SingleQuery;
use crate::tenants::mutation::TenantMutation;
use crate::tenants::query::TenantQuery;

/// Read operations.
#[derive(MergedObject, Default)]
pub struct Query(
    AccessQuery,
    NodeQuery,
    SingleQuery,
    TenantQuery,
    AgreementQuery,
    PreviewQuery,
    CalendarQuery,
    AgendaQuery,
    ExternalQuery,
    BusyQuery,
    ChangesQuery,
    PlaceQuery,
    OrganisationQuery,
    CandidateQuery,
    MergeQuery,
    HistoryQuery,
    OfferQuery,
    HolidayQuery,
    FeedQuery,
    PlanningQuery,
    ComparisonQuery,
    ConflictQuery,
    DatasetQuery,
    DatasetImportQuery,
    ReleaseQuery,
    RequestQuery,
    AuditQuery,
    IndicatorQuery,
    ProjectQuery,
    FundingQuery,
    OverviewQuery,
    OverlapQuery,
);

/// Write operations. Every mutation is one transaction that also writes an audit record and an event.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct Mutations(
    TenantMutation,
    MemberMutation,
    AgreementMutation,
    ShareMutation,
    CalendarMutation,
    ImportMutation,
    ExternalMutation,
    ClosureMutation,
    PlaceMutation,
    OrganisationMutation,
    MergeMutation,
    OfferMutation,
    FeedMutation,
    PlanningMutation,
    DatasetMutation,
    FileMutation,
    DatasetImportMutation,
    ReleaseMutation,
    RequestMutation,
    IndicatorMutation,
    ProjectMutation,
    ProjectDocumentMutation,
    FundingMutation,
);

/// Event streams. Access is evaluated again before every event.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    AccessSubscription,
    CalendarSubscription,
    PlanningSubscription,
    DatasetSubscription,
    ProjectSubscription,
);

/// The schema that serves all authorities.
pub type ApiSchema = Schema<Query, MutationRoot, Subscription>;

fn builder() -> SchemaBuilder<Query, MutationRoot, Subscription> {
    Schema::build(Query::default(), MutationRoot::default(), Subscription::default())
}

/// Builds the schema with its limits, and with what it says about files.
pub fn build(limits: QueryLimits, files: &FileSettings) -> ApiSchema {
    graphql_documents::learn(sdl, scalar_problem);
    builder()
        .data(files.clone())
        .data(Folder(files.folder.clone()))
        // Documents are validated before (see [`graphql_documents`]).
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(32)
        .limit_directives(5)
        .extension(Meter(limits))
        .finish()
}

/// The schema in words, as it is committed and compared in a test.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by();
    builder().finish().sdl_with_options(options)
}
