//! What may be funded twice: other fundings of the same programme at the same time, for the same people or at the same
//! place, as far as the viewer sees them. A hint, no verdict: whether it is, only the notices of grant say.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use domain::calendars::entry_values::read_audiences;
use entities::{FundingState, funding, funding_programme, learning_place, project, tenant};
use kernel::error::{ApiResult, Problem};
use kernel::global_id::NodeType;
use kernel::text;
use sea_orm::{ColumnTrait, QueryFilter};

use crate::context::ContextExt;
use crate::enums::Audience;
use crate::funding::types::{Funding, FundingProgramme, preload};
use crate::projects::types::Project;

/// Common feature of two funded projects, besides programme and period.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FundingOverlap {
    /// At least one audience of the closed set in common.
    Audience,
    /// At least one target group in free text in common; case and umlaut spelling are ignored.
    TargetGroup,
    /// Same learning place.
    Place,
    /// Same field of work.
    FieldOfWork,
}

/// Hint at possible double funding: a funding of the project and one of another project, of the same programme and with
/// overlapping eligible periods.
#[derive(SimpleObject)]
pub struct DoubleFundingHint {
    /// Funding of the given project.
    funding: Funding,
    /// Funding of the other project.
    other: Funding,
    /// Other project.
    other_project: Project,
    /// Programme of both fundings.
    programme: FundingProgramme,
    /// Common features of the two projects; never empty.
    in_common: Vec<FundingOverlap>,
    /// Audiences common to both projects.
    audiences: Vec<Audience>,
}

/// See the module.
#[derive(Default)]
pub struct OverlapQuery;

#[Object]
impl OverlapQuery {
    /// Lists hints at possible double funding of a project, from the fundings and projects visible to the viewer.
    /// Rejected and withdrawn fundings are ignored. Only the notices of grant decide whether a cost is funded twice.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn double_funding_hints(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Project to examine.")] project: ID,
    ) -> ApiResult<Vec<DoubleFundingHint>> {
        let id = NodeType::Project.parse(&project, "project")?;
        let session = ctx.session().await?;
        let Some(here) = session.get::<project::Entity>(id).await? else {
            return Err(Problem::not_found("project").into());
        };
        let pays = |it: &funding::Model| !matches!(it.state, FundingState::Rejected | FundingState::Withdrawn);
        let fundings = session.group::<funding::Entity>(id).await?;
        let mine: Vec<_> = fundings.iter().filter(|it| pays(it)).collect();
        let programmes: Vec<_> = mine.iter().map(|it| it.programme_id).collect();
        let select = session
            .select::<funding::Entity>()
            .filter(funding::Column::ProjectId.ne(id))
            .filter(session.is_one_of(funding::Column::ProgrammeId, &programmes));
        let others = session.all(select).await?;
        session.load::<project::Entity>(others.iter().map(|it| it.project_id)).await?;
        session.load::<funding_programme::Entity>(programmes).await?;
        session.load::<tenant::Entity>(others.iter().map(|it| it.tenant_id)).await?;
        session.load::<learning_place::Entity>(here.place_id).await?;
        let look = ctx.look_ahead();
        let of_fundings = |field: &str| ["funding", "other"].iter().any(|it| look.field(it).field(field).exists());
        let all: Vec<_> = fundings.iter().chain(&others).cloned().collect();
        preload(&session, &all, of_fundings).await?;
        let mut projects = Vec::new();
        for other in &others {
            projects.extend(session.get::<project::Entity>(other.project_id).await?);
        }
        let of_projects = |field: &str| look.field("otherProject").field(field).exists();
        crate::projects::types::preload(&session, &projects, of_projects, |_, _| true).await?;
        let mut hints = Vec::new();
        for one in mine {
            let Some(programme) = session.get::<funding_programme::Entity>(one.programme_id).await? else { continue };
            for other in others.iter().filter(|it| pays(it) && it.programme_id == one.programme_id) {
                if one.eligible_from > other.eligible_until || other.eligible_from > one.eligible_until {
                    continue;
                }
                let Some(there) = session.get::<project::Entity>(other.project_id).await? else { continue };
                let (in_common, audiences) = common(&here, &there);
                if in_common.is_empty() {
                    continue;
                }
                hints.push(DoubleFundingHint {
                    funding: Funding(Arc::new(one.clone())),
                    other: Funding(Arc::new(other.clone())),
                    other_project: Project(there.clone()),
                    programme: FundingProgramme(programme.clone()),
                    in_common,
                    audiences,
                });
            }
        }
        Ok(hints)
    }
}

/// What two projects have in common.
fn common(one: &project::Model, other: &project::Model) -> (Vec<FundingOverlap>, Vec<Audience>) {
    let audiences: Vec<Audience> = read_audiences(one.audiences.as_deref())
        .intersection(&read_audiences(other.audiences.as_deref()))
        .map(|it| (*it).into())
        .collect();
    let groups = |it: &project::Model| -> std::collections::BTreeSet<String> {
        it.target_groups.as_deref().unwrap_or_default().lines().map(text::fold).collect()
    };
    let mut all = Vec::new();
    if !audiences.is_empty() {
        all.push(FundingOverlap::Audience);
    }
    if groups(one).intersection(&groups(other)).next().is_some() {
        all.push(FundingOverlap::TargetGroup);
    }
    if one.place_id.is_some() && one.place_id == other.place_id {
        all.push(FundingOverlap::Place);
    }
    if one.field_of_work_id.is_some() && one.field_of_work_id == other.field_of_work_id {
        all.push(FundingOverlap::FieldOfWork);
    }
    (all, audiences)
}
