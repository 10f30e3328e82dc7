//! The policy's third verb, in the schema.

use async_graphql::{Context, Enum, ID, SimpleObject};
use domain::planning::proposals::VisibleProposals;
use domain::projects::parts::Part;
use entities::{
    ScopeArea, agreement, annual_plan, budget_line, calendar, calendar_entry, coordination_round, data_request,
    dataset, dataset_import, dataset_release, dataset_version, education_offer, external_calendar, funding,
    learning_place, member, merge_proposal, milestone, obligation, organisation, project, project_archive,
    project_document, project_indicator, project_link, project_member, role_grant, share, status_report, work_package,
};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::{NodeType, parse};
use kernel::i18n::Text;
use policy::{Because, Object};
use store::Session;
use uuid::Uuid;

use crate::agreements::types::{Agreement, agreement_by_id};
use crate::context::ContextExt;
use crate::enums::{Action, Permission, RoleKey, ShareLevel};
use crate::tenants::types::{Tenant, tenant_of};

/// Rule that allows an action.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessRule {
    /// Public object.
    Public,
    /// Role in the owning authority.
    Role,
    /// Share under an agreement, through a role in a partner authority.
    Share,
}

/// Explanation of the viewer's access to an object.
#[derive(SimpleObject)]
pub struct AccessExplanation {
    /// True if the action is allowed.
    allowed: bool,
    /// Viewer's level of access to the object.
    level: Option<ShareLevel>,
    /// Rule that allows the action; null if the action is not allowed.
    rule: Option<AccessRule>,
    /// Authority in which the viewer holds `role`: the owner, or the partner authority reached by a share. Null for
    /// other rules.
    through: Option<Tenant>,
    /// Role by which the action is allowed; null for other rules than `ROLE` and `SHARE`.
    role: Option<RoleKey>,
    /// Agreement of the share; null for other rules than `SHARE`.
    agreement: Option<Agreement>,
    /// Permission that the viewer lacks in the owning authority; null if the action is allowed, or if no permission
    /// allows it.
    missing: Option<Permission>,
}

pub(super) async fn explain(ctx: &Context<'_>, node: &ID, action: Action) -> ApiResult<Option<AccessExplanation>> {
    let Some((kind, id)) = parse(node) else {
        return Err(Problem::at(UserErrorCode::Invalid, "node", Text::new("no-id").with("value", node.as_str())).into());
    };
    let session = ctx.session().await?;
    let Some(object) = object(&session, kind, id).await? else { return Ok(None) };
    let explanation = session.access().explain(action.into(), &object);
    let mut answer = AccessExplanation {
        allowed: explanation.allowed,
        level: explanation.level.map(Into::into),
        rule: None,
        through: None,
        role: None,
        agreement: None,
        missing: explanation.missing.map(Into::into),
    };
    match explanation.because {
        None => {}
        // Nobody asks as the server does.
        Some(Because::Service) => {}
        Some(Because::Public) => answer.rule = Some(AccessRule::Public),
        Some(Because::Role { tenant, role }) => {
            answer.rule = Some(AccessRule::Role);
            answer.through = Some(tenant_of(ctx, tenant).await?);
            answer.role = Some(role.into());
        }
        Some(Because::Share { agreement, tenant, role }) => {
            answer.rule = Some(AccessRule::Share);
            answer.through = Some(tenant_of(ctx, tenant).await?);
            answer.role = Some(role.into());
            answer.agreement = agreement_by_id(&session, agreement).await?;
        }
    }
    Ok(Some(answer))
}

/// What the policy decides on for a node; none for what is hidden and for what nobody owns.
async fn object(session: &Session, kind: NodeType, id: Uuid) -> ApiResult<Option<Object>> {
    let row = |area, tenant, scope, field| Some(Object::row(area, tenant, scope, field));
    Ok(match kind {
        NodeType::Calendar => session
            .get::<calendar::Entity>(id)
            .await?
            .and_then(|it| row(ScopeArea::Calendars, it.tenant_id, it.scope_id, it.field_of_work_id)),
        NodeType::ExternalCalendar => match session.get::<external_calendar::Entity>(id).await? {
            Some(external) => session
                .get::<calendar::Entity>(external.calendar_id)
                .await?
                .and_then(|it| row(ScopeArea::Calendars, it.tenant_id, external.scope_id, it.field_of_work_id)),
            None => None,
        },
        NodeType::CalendarEntry => match session.get::<calendar_entry::Entity>(id).await? {
            Some(entry) => {
                let calendar = session.get::<calendar::Entity>(entry.calendar_id).await?;
                let field = calendar.and_then(|it| it.field_of_work_id);
                row(ScopeArea::Calendars, entry.tenant_id, entry.scope_id, field)
            }
            None => None,
        },
        NodeType::Member => session
            .get::<member::Entity>(id)
            .await?
            .and_then(|it| row(ScopeArea::Members, it.tenant_id, it.scope_id, None)),
        NodeType::RoleGrant => session
            .get::<role_grant::Entity>(id)
            .await?
            .and_then(|it| row(ScopeArea::Members, it.tenant_id, it.scope_id, None)),
        NodeType::Agreement => session
            .get::<agreement::Entity>(id)
            .await?
            .and_then(|it| row(ScopeArea::Agreements, it.tenant_id, it.scope_id, None)),
        NodeType::Share => session
            .get::<share::Entity>(id)
            .await?
            .and_then(|it| row(ScopeArea::Agreements, it.tenant_id, it.scope_id, None)),
        NodeType::LearningPlace => session
            .get::<learning_place::Entity>(id)
            .await?
            .and_then(|it| row(ScopeArea::Places, it.tenant_id, it.scope_id, None)),
        NodeType::Organisation => session
            .get::<organisation::Entity>(id)
            .await?
            .and_then(|it| row(ScopeArea::Places, it.tenant_id, it.scope_id, None)),
        NodeType::MergeProposal => session
            .get::<merge_proposal::Entity>(id)
            .await?
            .and_then(|it| row(ScopeArea::Places, it.duplicate_tenant_id, it.scope_id, None)),
        NodeType::EducationOffer => session
            .get::<education_offer::Entity>(id)
            .await?
            .and_then(|it| row(ScopeArea::Places, it.tenant_id, it.scope_id, None)),
        // What a person has of its own is not decided by the policy of rows.
        NodeType::Feed => None,
        NodeType::AnnualPlan => session
            .get::<annual_plan::Entity>(id)
            .await?
            .and_then(|it| row(ScopeArea::Calendars, it.tenant_id, it.scope_id, None)),
        NodeType::CoordinationRound => session
            .get::<coordination_round::Entity>(id)
            .await?
            .and_then(|it| row(ScopeArea::Calendars, it.tenant_id, it.scope_id, None)),
        NodeType::ChangeProposal => session
            .get::<VisibleProposals>(id)
            .await?
            .and_then(|it| row(ScopeArea::Calendars, it.tenant_id, it.scope_id, None)),
        NodeType::Dataset => {
            session.get::<dataset::Entity>(id).await?.map(|it| domain::datasets::resource::object_of(&it))
        }
        NodeType::DatasetImport => match session.get::<dataset_import::Entity>(id).await? {
            Some(import) => {
                let dataset = session.get::<dataset::Entity>(import.dataset_id).await?;
                let field = dataset.and_then(|it| it.field_of_work_id);
                row(ScopeArea::Datasets, import.tenant_id, import.scope_id, field)
            }
            None => None,
        },
        NodeType::DatasetRelease => session
            .get::<dataset_release::Entity>(id)
            .await?
            .and_then(|it| row(ScopeArea::Datasets, it.tenant_id, it.scope_id, None)),
        NodeType::DataRequest => session
            .get::<data_request::Entity>(id)
            .await?
            .and_then(|it| row(ScopeArea::Agreements, it.tenant_id, it.scope_id, None)),
        NodeType::DatasetVersion => match session.get::<dataset_version::Entity>(id).await? {
            Some(version) => {
                let dataset = session.get::<dataset::Entity>(version.dataset_id).await?;
                let field = dataset.and_then(|it| it.field_of_work_id);
                row(ScopeArea::Datasets, version.tenant_id, version.scope_id, field)
            }
            None => None,
        },
        NodeType::Project => {
            session.get::<project::Entity>(id).await?.map(|it| domain::projects::circle::object_of(&it))
        }
        NodeType::WorkPackage => part::<work_package::Entity>(session, id).await?,
        NodeType::Milestone => part::<milestone::Entity>(session, id).await?,
        NodeType::StatusReport => part::<status_report::Entity>(session, id).await?,
        NodeType::ProjectMember => part::<project_member::Entity>(session, id).await?,
        NodeType::ProjectIndicator => part::<project_indicator::Entity>(session, id).await?,
        NodeType::ProjectLink => part::<project_link::Entity>(session, id).await?,
        NodeType::ProjectDocument => part::<project_document::Entity>(session, id).await?,
        NodeType::ProjectArchive => part::<project_archive::Entity>(session, id).await?,
        NodeType::Funding => part::<funding::Entity>(session, id).await?,
        NodeType::BudgetLine => part::<budget_line::Entity>(session, id).await?,
        NodeType::Obligation => {
            session.get::<obligation::Entity>(id).await?.map(|it| domain::funding::obligations::object_of(&it))
        }
        NodeType::Tenant
        | NodeType::FieldOfWork
        | NodeType::Holiday
        | NodeType::TenantClosure
        | NodeType::Indicator
        | NodeType::FundingProgramme => None,
    })
}

/// What the policy decides on for a part of a project: the field of work is the project's.
async fn part<P: Part>(session: &Session, id: Uuid) -> ApiResult<Option<Object>>
where
    P::Model: sea_orm::IntoActiveModel<P::Written>,
{
    let Some(row) = session.get::<P>(id).await? else { return Ok(None) };
    let facts = P::facts(&row);
    let field = session.get::<project::Entity>(facts.project).await?.and_then(|it| it.field_of_work_id);
    Ok(Some(Object::row(ScopeArea::Projects, facts.tenant, facts.scope, field)))
}
