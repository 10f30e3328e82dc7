//! The roots of the schema, and the limits of its executor.

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, Schema, SchemaBuilder};
use serde::Deserialize;

use super::meter::Meter;
use super::node::NodeQuery;
use crate::access::{AccessQuery, AccessSubscription};
use crate::agreements::{AgreementMutation, AgreementQuery, PreviewQuery, ShareMutation};
use crate::audit::AuditQuery;
use crate::calendars::{
    AgendaQuery, BusyQuery, CalendarMutation, CalendarQuery, CalendarSubscription, ChangesQuery, ExternalMutation,
    ExternalQuery, ImportMutation,
};
use crate::config::Files;
use crate::datasets::files::FileMutation;
use crate::datasets::indicators::{IndicatorMutation, IndicatorQuery};
use crate::datasets::{
    DatasetImportMutation, DatasetImportQuery, DatasetMutation, DatasetQuery, DatasetSubscription, ReleaseMutation,
    ReleaseQuery, RequestMutation, RequestQuery,
};
use crate::feeds::{FeedMutation, FeedQuery};
use crate::files::Folder;
use crate::funding::{FundingMutation, FundingQuery, OverlapQuery, OverviewQuery};
use crate::holidays::{ClosureMutation, HolidayQuery};
use crate::members::MemberMutation;
use crate::offers::{OfferMutation, OfferQuery};
use crate::places::{
    CandidateQuery, HistoryQuery, MergeMutation, MergeQuery, OrganisationMutation, OrganisationQuery, PlaceMutation,
    PlaceQuery,
};
use crate::planning::{ComparisonQuery, ConflictQuery, PlanningMutation, PlanningQuery, PlanningSubscription};
use crate::projects::{ProjectMutation, ProjectQuery, ProjectSubscription};
use crate::tenants::{TenantMutation, TenantQuery};

/// Read operations.
#[derive(MergedObject, Default)]
pub struct Query(
    AccessQuery,
    NodeQuery,
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
pub struct Mutation(
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
pub type ApiSchema = Schema<Query, Mutation, Subscription>;

/// Limits of one operation.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Deepest selection.
    pub max_depth: usize,
    /// Most points: a field is one, a list is its rows times what is selected of each.
    pub max_complexity: usize,
}

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
}

/// Builds the schema with its limits, and with what it says about files.
pub fn build(limits: Limits, files: &Files) -> ApiSchema {
    builder()
        .data(files.clone())
        .data(Folder(files.folder.clone()))
        .limit_depth(limits.max_depth)
        .limit_complexity(limits.max_complexity)
        .limit_recursive_depth(32)
        .limit_directives(5)
        .extension(Meter)
        .finish()
}

/// The schema in words, as it is committed and compared in a test.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by();
    builder().finish().sdl_with_options(options)
}
