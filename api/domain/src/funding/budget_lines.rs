//! Rules of budget lines: each belongs to the party that plans and spends, and nobody else writes it.

use chrono::Datelike as _;
use entities::{CostType, budget_line, funding, funding_programme, project};
use kernel::error::{ApiError, ApiResult, NothingToDo, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::patch::Patch;
use kernel::text;
use store::Session;
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{UnitOfWork, stale};
use crate::projects::parts;
use crate::projects::parts::insert;
use crate::projects::project_access::{check_part_limit, party_grant, party_scope};
use crate::rights;

/// What a party plans and spends.
#[derive(Clone, Debug)]
pub struct BudgetLineValues {
    /// Funding to which the line belongs.
    pub funding: Option<Uuid>,
    /// Calendar year.
    pub year: i32,
    /// Type of cost.
    pub cost_type: CostType,
    /// Planned, in cents.
    pub planned: Option<i64>,
    /// Spent, in cents.
    pub actual: Option<i64>,
    /// Note.
    pub note: Patch<Option<String>>,
    /// The version that the client saw, where there is such a line.
    pub version: Option<i32>,
}

/// Sets a budget line of a party: there is one for each funding, year and type of cost. Returns it, and why a line that is
/// there stays as it was.
pub async fn set_line(op: &Op, project: Uuid, tenant: Uuid, new: BudgetLineValues) -> ApiResult<(Uuid, ApiResult<()>)> {
    let mutation = UnitOfWork::begin(op, "budgetLineSet").await?;
    let session = mutation.session();
    let project = rights::find_visible::<project::Entity>(session, project, "project").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    check_line(session, &project, &new).await?;
    let note = new.note.try_map(|it| text::optional(it, "note", 1_000))?;
    let writer = session.writer(&grant).await?;
    // Two that set the same line: the second must see the first.
    writer.lock_named(project.id).await?;
    let lines = session.group::<budget_line::Entity>(project.id).await?;
    let same = |it: &&budget_line::Model| {
        (it.tenant_id, it.year, it.cost_type, it.funding_id) == (tenant, new.year, new.cost_type, new.funding)
    };
    let Some(before) = lines.iter().find(same) else {
        check_part_limit(lines.len(), "project")?;
        if let Some(version) = new.version {
            return Err(stale(version));
        }
        let row = budget_line::Model {
            id: kernel::ids::new_id(),
            tenant_id: tenant,
            scope_id: party_scope(&writer, &project).await?,
            project_id: project.id,
            funding_id: new.funding,
            field_of_work_id: project.field_of_work_id,
            year: new.year,
            cost_type: new.cost_type,
            planned: new.planned.unwrap_or(0),
            actual: new.actual.unwrap_or(0),
            note: note.or(None),
            version: 1,
            created_at: writer.now(),
            updated_at: writer.now(),
        };
        let id = row.id;
        let recorded = insert::<budget_line::Entity>(&mutation, &writer, row, &project).await?;
        mutation.commit(recorded).await?;
        return Ok((id, Ok(())));
    };
    let (id, given) = (before.id, new.version);
    let row = budget_line::Model {
        planned: new.planned.unwrap_or(before.planned),
        actual: new.actual.unwrap_or(before.actual),
        note: note.or_clone(&before.note),
        ..before.clone()
    };
    let Some(version) = given else {
        let text = Text::new("line-is-there").with("version", before.version);
        return Ok((id, Err(Problem::at(UserErrorCode::StaleVersion, "version", text).into())));
    };
    if version == before.version && row == *before {
        return Ok((id, Err(ApiError::nothing(NothingToDo::Unchanged))));
    }
    let rows = (before, row);
    let written = parts::update::<budget_line::Entity>(&mutation, &writer, rows, version, project.agreement_id).await;
    match written {
        Ok(recorded) => mutation.commit(recorded).await.map(|()| (id, Ok(()))),
        Err(refused) => Ok((id, Err(refused))),
    }
}

async fn check_line(session: &Session, project: &project::Model, new: &BudgetLineValues) -> ApiResult<()> {
    let mut problems = Problems::default();
    let (mut first, mut last) = (1990, 2100);
    if let (Some(from), Some(until)) = (project.starts_on, project.ends_on) {
        (first, last) = (from.year(), until.year());
    }
    if let Some(id) = new.funding {
        match session.get::<funding::Entity>(id).await?.filter(|it| it.project_id == project.id) {
            None => problems.add(Problem::not_found("funding")),
            Some(funding) => {
                (first, last) = (funding.eligible_from.year(), funding.eligible_until.year());
                let programme = session.get::<funding_programme::Entity>(funding.programme_id).await?;
                let eligible: Vec<CostType> = programme
                    .as_ref()
                    .and_then(|it| serde_json::from_value(it.cost_types.clone()).ok())
                    .unwrap_or_default();
                if !eligible.is_empty() && !eligible.contains(&new.cost_type) {
                    let known: Vec<_> = eligible.iter().map(|it| it.as_str()).collect();
                    let text = Text::new("cost-not-eligible")
                        .with("value", new.cost_type.as_str())
                        .with("known", known.join(", "));
                    problems.add(Problem::at(UserErrorCode::Invalid, "costType", text));
                }
            }
        }
    }
    if !(first..=last).contains(&new.year) {
        let text = Text::new("out-of-range").with("value", new.year).with("min", first).with("max", last);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "year", text));
    }
    problems.done()
}
