//! Rights on projects, their parts, fundings and obligations. The field of work is the project's.

use std::sync::Arc;

use entities::{
    Confidentiality, ObligationState, PartnerState, ScopeArea, budget_line, funding, milestone, obligation, project,
    project_archive, project_document, project_indicator, project_link, project_member, project_partner, status_report,
    work_package,
};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use policy::{Action, Object};
use store::Session;
use uuid::Uuid;

use crate::projects::partners::takes_partners;
use crate::projects::phases;
use crate::projects::project_access::check_visible;
use crate::rights::calendars::conflict;
use crate::rights::{Need, Operation, Resource};

impl Resource for project::Entity {
    const NODE: NodeType = NodeType::Project;
    const AREA: ScopeArea = ScopeArea::Projects;
    const OPERATIONS: &'static [Need] = &[
        Need::of(Operation::Update, Action::Write),
        Need::of(Operation::Advance, Action::Write),
        Need::of(Operation::AddPartner, Action::Write),
        Need::beside(Operation::Join, Action::Write),
        Need::beside(Operation::TakePart, Action::Write),
        Need::of(Operation::Share, Action::Share),
    ];

    fn object(row: &project::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, row.field_of_work_id)
    }

    async fn objects(session: &Session, row: &project::Model, operation: Operation) -> ApiResult<Vec<Object>> {
        let of = |tenant: Uuid| Object { tenant, ..Self::object(row) };
        let lead = match operation {
            Operation::TakePart => Some(of(row.tenant_id)),
            Operation::Join => None,
            _ => return Ok(vec![Self::object(row)]),
        };
        let partners = session.group::<project_partner::Entity>(row.id).await?;
        // Somebody who is a partner already or was one learns that when it joins.
        let present = |it: &&project_partner::Model| lead.is_none() || it.state == PartnerState::Active;
        Ok(lead.into_iter().chain(partners.iter().filter(present).map(|it| of(it.tenant_id))).collect())
    }

    async fn obstacle(session: &Session, row: &project::Model, operation: Operation, acting: Uuid) -> ApiResult<()> {
        match operation {
            Operation::Join => {
                let partners = session.group::<project_partner::Entity>(row.id).await?;
                match partners.iter().find(|it| it.tenant_id == acting).map(|it| it.state) {
                    None | Some(PartnerState::Invited) => Ok(()),
                    Some(state) => Err(Problem::illegal_transition("tenant", state.as_str(), "ACTIVE", []).into()),
                }
            }
            Operation::Advance if phases::next(row.phase).is_empty() => {
                let phase = row.phase.as_str();
                Err(Problem::illegal_transition("phase", phase, phase, []).into())
            }
            Operation::AddPartner => takes_partners(row),
            Operation::TakePart => check_visible(session, row),
            Operation::Share if row.confidentiality == Confidentiality::Internal => conflict("project-is-internal"),
            _ => Ok(()),
        }
    }
}

/// The project of a part. The part is visible, so it is no secret that there is a project: it went out of sight with the
/// agreement.
async fn project_of(session: &Session, id: Uuid) -> ApiResult<Arc<project::Model>> {
    let project = session.get::<project::Entity>(id).await?;
    project
        .ok_or_else(|| Problem::at(UserErrorCode::AgreementNotActive, "id", Text::new("project-out-of-sight")).into())
}

macro_rules! parts {
    ($($table:ident: $node:ident [$($operation:ident),*] $(state $state:ident)?;)+) => {
        $(impl Resource for $table::Entity {
            const NODE: NodeType = NodeType::$node;
            const AREA: ScopeArea = ScopeArea::Projects;
            const OPERATIONS: &'static [Need] = &[$(Need::of(Operation::$operation, Action::Write)),*];

            fn object(row: &$table::Model) -> Object {
                Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
            }

            async fn objects(session: &Session, row: &$table::Model, _: Operation) -> ApiResult<Vec<Object>> {
                let project = project_of(session, row.project_id).await?;
                Ok(vec![Object { field: project.field_of_work_id, ..Self::object(row) }])
            }

            async fn obstacle(
                session: &Session,
                row: &$table::Model,
                operation: Operation,
                _: Uuid,
            ) -> ApiResult<()> {
                let _ = operation;
                check_visible(session, &*project_of(session, row.project_id).await?)?;
                $($state(row, operation)?;)?
                Ok(())
            }
        })+
    };
}

parts! {
    work_package: WorkPackage [Update];
    milestone: Milestone [Update];
    status_report: StatusReport [];
    project_member: ProjectMember [Remove];
    project_indicator: ProjectIndicator [Update, Measure];
    project_link: ProjectLink [Remove];
    project_document: ProjectDocument [Update];
    project_archive: ProjectArchive [];
    funding: Funding [Update, Advance, CreateObligations] state funding_state;
    budget_line: BudgetLine [];
}

fn funding_state(row: &funding::Model, operation: Operation) -> ApiResult<()> {
    if operation == Operation::Advance && crate::funding::service::next(row.state).is_empty() {
        let state = row.state.as_str();
        return Err(Problem::illegal_transition("state", state, state, []).into());
    }
    Ok(())
}

/// An obligation outlasts the sight of its project: it carries the field of work itself.
impl Resource for obligation::Entity {
    const NODE: NodeType = NodeType::Obligation;
    const AREA: ScopeArea = ScopeArea::Projects;
    const OPERATIONS: &'static [Need] =
        &[Need::of(Operation::Fulfil, Action::Write), Need::of(Operation::Waive, Action::Write)];

    fn object(row: &obligation::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, row.field_of_work_id)
    }

    async fn obstacle(_: &Session, row: &obligation::Model, operation: Operation, _: Uuid) -> ApiResult<()> {
        if row.state == ObligationState::Open {
            return Ok(());
        }
        let wanted = if operation == Operation::Fulfil { ObligationState::Fulfilled } else { ObligationState::Waived };
        Err(Problem::illegal_transition("id", row.state.as_str(), wanted.as_str(), []).into())
    }
}
