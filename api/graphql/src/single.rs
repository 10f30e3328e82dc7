//! One root field for each type with a global id: `project(id:)`, `calendar(id:)` and so on, each the same as `node` with
//! the type already known.

use async_graphql::{Context, ID, Object};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::agreements::share_types::Share;
use crate::agreements::types::Agreement;
use crate::calendars::entry_types::CalendarEntry;
use crate::calendars::external::types::ExternalCalendar;
use crate::calendars::types::Calendar;
use crate::context::ContextExt;
use crate::datasets::import::types::DatasetImport;
use crate::datasets::indicators::types::Indicator;
use crate::datasets::release_types::DatasetRelease;
use crate::datasets::request_types::DataRequest;
use crate::datasets::types::Dataset;
use crate::datasets::version_types::DatasetVersion;
use crate::feeds::types::Feed;
use crate::funding::obligation_types::Obligation;
use crate::funding::types::{BudgetLine, Funding, FundingProgramme};
use crate::holidays::closures::TenantClosure;
use crate::holidays::types::Holiday;
use crate::members::types::{Member, RoleGrant};
use crate::node::{Node, by_type};
use crate::offers::types::EducationOffer;
use crate::places::merges::types::MergeProposal;
use crate::places::organisations::types::Organisation;
use crate::places::types::LearningPlace;
use crate::planning::plan_types::AnnualPlan;
use crate::planning::proposal_types::ChangeProposal;
use crate::planning::round_types::CoordinationRound;
use crate::projects::document_types::{ProjectArchive, ProjectDocument};
use crate::projects::part_types::{Milestone, ProjectIndicator, ProjectLink, ProjectMember, StatusReport, WorkPackage};
use crate::projects::types::Project;
use crate::tenants::types::FieldOfWork;

/// An object of the type that `kind` names, if the viewer may know of it.
async fn one(ctx: &Context<'_>, kind: NodeType, id: &ID) -> ApiResult<Option<Node>> {
    by_type(&*ctx.session().await?, kind, kind.parse(id, "id")?).await
}

/// Declares the root fields: for each type its description, field name and type.
macro_rules! single_roots {
    ($($(#[$doc:meta])* $field:ident: $object:ident),+ $(,)?) => {
        /// Root fields of single objects.
        #[derive(Default)]
        pub struct SingleQuery;

        #[Object]
        impl SingleQuery {
            /// A calendar entry by its global id, at the viewer's level of access. Null where there is none, or none visible to the viewer.
            async fn calendar_entry(
                &self,
                ctx: &Context<'_>,
                #[graphql(desc = "Global id.")] id: ID,
            ) -> Option<ApiResult<CalendarEntry>> {
                let found = async {
                    let id = NodeType::CalendarEntry.parse(&id, "id")?;
                    CalendarEntry::by_id(&*ctx.session().await?, id).await
                };
                found.await.transpose()
            }

            $(
                $(#[$doc])*
                async fn $field(
                    &self,
                    ctx: &Context<'_>,
                    #[graphql(desc = "Global id.")] id: ID,
                ) -> Option<ApiResult<$object>> {
                    match one(ctx, NodeType::$object, &id).await {
                        Ok(Some(Node::$object(it))) => Some(Ok(it)),
                        Ok(_) => None,
                        Err(error) => Some(Err(error)),
                    }
                }
            )+
        }
    };
}

single_roots! {
    /// A cooperation agreement by its global id. Null where there is none, or none visible to the viewer.
    agreement: Agreement,
    /// An annual plan by its global id. Null where there is none, or none visible to the viewer.
    annual_plan: AnnualPlan,
    /// A budget line by its global id. Null where there is none, or none visible to the viewer.
    budget_line: BudgetLine,
    /// A calendar by its global id. Null where there is none, or none visible to the viewer.
    calendar: Calendar,
    /// A change proposal by its global id. Null where there is none, or none visible to the viewer.
    change_proposal: ChangeProposal,
    /// A coordination round by its global id. Null where there is none, or none visible to the viewer.
    coordination_round: CoordinationRound,
    /// A data request by its global id. Null where there is none, or none visible to the viewer.
    data_request: DataRequest,
    /// A dataset by its global id. Null where there is none, or none visible to the viewer.
    dataset: Dataset,
    /// The import of a file into a dataset by its global id. Null where there is none, or none visible to the viewer.
    dataset_import: DatasetImport,
    /// The release of a dataset to the public by its global id. Null where there is none, or none visible to the viewer.
    dataset_release: DatasetRelease,
    /// A version of a dataset by its global id. Null where there is none, or none visible to the viewer.
    dataset_version: DatasetVersion,
    /// An education offer by its global id. Null where there is none, or none visible to the viewer.
    education_offer: EducationOffer,
    /// An external calendar by its global id. Null where there is none, or none visible to the viewer.
    external_calendar: ExternalCalendar,
    /// A feed by its global id. Null where there is none, or none visible to the viewer.
    feed: Feed,
    /// A field of work by its global id. Null where there is none, or none visible to the viewer.
    field_of_work: FieldOfWork,
    /// A funding by its global id. Null where there is none, or none visible to the viewer.
    funding: Funding,
    /// A funding programme by its global id. Null where there is none, or none visible to the viewer.
    funding_programme: FundingProgramme,
    /// A holiday by its global id. Null where there is none, or none visible to the viewer.
    holiday: Holiday,
    /// An indicator by its global id. Null where there is none, or none visible to the viewer.
    indicator: Indicator,
    /// A learning place by its global id. Null where there is none, or none visible to the viewer.
    learning_place: LearningPlace,
    /// A member by its global id. Null where there is none, or none visible to the viewer.
    member: Member,
    /// A merge proposal by its global id. Null where there is none, or none visible to the viewer.
    merge_proposal: MergeProposal,
    /// A milestone by its global id. Null where there is none, or none visible to the viewer.
    milestone: Milestone,
    /// An obligation towards a funder by its global id. Null where there is none, or none visible to the viewer.
    obligation: Obligation,
    /// An organisation by its global id. Null where there is none, or none visible to the viewer.
    organisation: Organisation,
    /// A project by its global id. Null where there is none, or none visible to the viewer.
    project: Project,
    /// An archived copy of a project by its global id. Null where there is none, or none visible to the viewer.
    project_archive: ProjectArchive,
    /// A document of a project by its global id. Null where there is none, or none visible to the viewer.
    project_document: ProjectDocument,
    /// An indicator of a project by its global id. Null where there is none, or none visible to the viewer.
    project_indicator: ProjectIndicator,
    /// A link of a project by its global id. Null where there is none, or none visible to the viewer.
    project_link: ProjectLink,
    /// A member of a project by its global id. Null where there is none, or none visible to the viewer.
    project_member: ProjectMember,
    /// A role grant by its global id. Null where there is none, or none visible to the viewer.
    role_grant: RoleGrant,
    /// A share by its global id. Null where there is none, or none visible to the viewer.
    share: Share,
    /// A status report by its global id. Null where there is none, or none visible to the viewer.
    status_report: StatusReport,
    /// A closure of an authority by its global id. Null where there is none, or none visible to the viewer.
    tenant_closure: TenantClosure,
    /// A work package by its global id. Null where there is none, or none visible to the viewer.
    work_package: WorkPackage,
}
