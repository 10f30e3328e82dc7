//! The joint projects of the demo: one that is over and of which a last obligation is left, one that runs. Programmes, times and
//! topics are those of the region; amounts are examples. Made by the role accounts, through the same services as anybody's.

use chrono::NaiveDate;
use domain::context::op::Op;
use domain::funding::budget_lines::{BudgetLineValues, set_line};
use domain::funding::obligations::{Fulfilment, fulfil};
use domain::funding::service::{FunderDecision, NewFunding, set_own_share};
use domain::projects::members::{NewMember, add_member};
use domain::projects::reports::NewReport;
use domain::projects::service::NewProject;
use domain::projects::work::{NewMilestone, NewWorkPackage, create_milestone};
use entities::{
    Audience, Confidentiality, CostType, FundingState, ObligationKind, ObligationState, Pillar, ProjectPhase,
    ProjectRole, TrafficLight, WorkStatus, agreement, field_of_work, funding, funding_programme, obligation, project,
};
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Locale;
use kernel::ids::new_id;
use kernel::patch::Patch;
use policy::Actor;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::seed::coordination::tenant_of;
use domain::projects;
use domain::projects::partners;
use domain::projects::reports;
use domain::projects::work;

/// A project of the demo.
struct SeedProject {
    lead: &'static str,
    partner: &'static str,
    title: &'static str,
    summary: &'static str,
    field: &'static str,
    confidentiality: Confidentiality,
    pillar: Pillar,
    audience: Audience,
    programme: &'static str,
    reference: &'static str,
    /// Hundredths of a per cent.
    rate: i32,
    years: (i32, i32),
    /// Eligible cost, what was asked for and granted, own share of the partner; in cents.
    money: (i64, i64, i64, i64),
    /// Work packages: of the lead, of the partner.
    work: (&'static str, &'static str),
    phases: &'static [ProjectPhase],
    light: TrafficLight,
    report: &'static str,
}

const PROJECTS: [SeedProject; 2] = [
    SeedProject {
        lead: "ostallgaeu",
        partner: "kaufbeuren",
        title: "Bildung integriert: datenbasiertes Bildungsmanagement",
        summary: "Aufbau eines gemeinsamen Bildungsmonitorings. Beträge sind Beispiele.",
        field: "counselling",
        confidentiality: Confidentiality::Public,
        pillar: Pillar::Networking,
        audience: Audience::Professionals,
        programme: "bildung-integriert",
        reference: "Beispiel 01 JL 1600",
        rate: 5_000,
        years: (2016, 2018),
        money: (24_000_000, 12_000_000, 11_500_000, 4_000_000),
        work: ("Bildungsmonitoring aufbauen", "Daten der Stadt erschließen"),
        phases: &[
            ProjectPhase::Concept,
            ProjectPhase::Applied,
            ProjectPhase::Approved,
            ProjectPhase::Running,
            ProjectPhase::Completed,
        ],
        light: TrafficLight::Green,
        report: "Abgeschlossen; der Verwendungsnachweis ist vorgelegt. Die Unterlagen werden aufbewahrt.",
    },
    SeedProject {
        lead: "kaufbeuren",
        partner: "ostallgaeu",
        title: "Bildungskommune: Bildung für nachhaltige Entwicklung",
        summary: "Lernorte beider Behörden für nachhaltige Entwicklung vernetzen. Beträge sind Beispiele.",
        field: "orientation",
        confidentiality: Confidentiality::Public,
        pillar: Pillar::NoTalentLost,
        audience: Audience::Pupils,
        programme: "bildungskommunen",
        reference: "Beispiel 01 BK 2400",
        rate: 4_000,
        years: (2024, 2027),
        money: (30_000_000, 12_000_000, 12_000_000, 6_000_000),
        work: ("Netzwerk der Lernorte", "Lernorte im Landkreis gewinnen"),
        phases: &[ProjectPhase::Concept, ProjectPhase::Applied, ProjectPhase::Approved, ProjectPhase::Running],
        light: TrafficLight::Yellow,
        report: "Im Plan bis auf eine Stelle, die seit September nicht besetzt ist.",
    },
];

/// Loads the projects.
///
/// # Errors
/// A step is refused, or the database fails.
pub(super) async fn conduct(op: &Op, issuer: &str) -> ApiResult<()> {
    let lead = |slug: &str| {
        let actor = Actor::Person { issuer: issuer.to_owned(), subject: format!("lead@{slug}") };
        Op::new(op.store.clone(), op.clock.clone(), actor, format!("demo-{}", new_id()), Locale::De)
    };
    for joint in &PROJECTS {
        let (lead, partner) = (lead(joint.lead), lead(joint.partner));
        conduct_one(&lead, &partner, joint).await?;
        lead.finish().await?;
        partner.finish().await?;
    }
    Ok(())
}

async fn conduct_one(lead: &Op, partner: &Op, joint: &SeedProject) -> ApiResult<()> {
    let (own, other) = (tenant_of(lead, joint.lead).await?, tenant_of(lead, joint.partner).await?);
    let (agreement, field, programme) = project_ids(lead, joint).await?;
    let day = |year: i32, month: u32, day: u32| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let (from, until) = (day(joint.years.0, 7, 1), day(joint.years.1, 6, 30));
    let wish = NewProject {
        title: joint.title.to_owned(),
        summary: Some(joint.summary.to_owned()),
        agreement: Some(agreement),
        field: Some(field),
        confidentiality: joint.confidentiality,
        pillar: Some(joint.pillar),
        audiences: [joint.audience].into(),
        target_groups: Vec::new(),
        place: None,
        starts_on: Some(from),
        ends_on: Some(until),
    };
    let project = projects::service::create(lead, own, wish, None).await?;
    partners::add(lead, project, other, 1, None).await?;
    partners::accept(partner, project, other, 1).await?;
    for (op, tenant, title) in [(lead, own, joint.work.0), (partner, other, joint.work.1)] {
        let wish = NewWorkPackage {
            title: title.to_owned(),
            description: None,
            status: WorkStatus::InProgress,
            starts_on: Some(from),
            ends_on: Some(until),
            after: None,
        };
        let package = work::create(op, project, tenant, wish, None).await?;
        if tenant == own {
            let wish = NewMilestone {
                title: format!("{title}: Zwischenstand"),
                due_on: day(joint.years.1, 5, 31),
                status: entities::MilestoneStatus::Open,
                reached_on: None,
                package: Some(package),
            };
            create_milestone(op, project, tenant, wish, None).await?;
        }
        let wish = NewMember {
            name: "Bildungsbüro".to_owned(),
            function: Some("Projektleitung".to_owned()),
            role: ProjectRole::Lead,
            email: None,
            consented: true,
        };
        add_member(op, project, tenant, wish, None).await?;
    }
    let (cost, requested, granted, share) = joint.money;
    let wish =
        NewFunding { programme, reference_number: None, rate: joint.rate, from, until, cost, requested, note: None };
    let funding = domain::funding::service::create(lead, project, own, wish, None).await?;
    set_own_share(lead, funding, own, cost - requested - share).await?;
    set_own_share(partner, funding, other, share).await?;
    let decision = FunderDecision {
        granted: Some(granted),
        decided_on: Some(day(joint.years.0, 6, 15)),
        reference_number: Some(joint.reference.to_owned()),
    };
    domain::funding::service::advance(lead, funding, 1, FundingState::Applied, FunderDecision::default()).await?;
    domain::funding::service::advance(lead, funding, 2, FundingState::Approved, decision).await?;
    // A year on each side of the middle is half a year long.
    let halves = i64::from(joint.years.1 - joint.years.0) * 2;
    for year in joint.years.0..=joint.years.1 {
        let part = if year == joint.years.0 || year == joint.years.1 { 1 } else { 2 };
        for (op, tenant, whole) in [(lead, own, cost - share), (partner, other, share)] {
            let planned = whole / halves * part;
            let line = BudgetLineValues {
                funding: Some(funding),
                year,
                cost_type: CostType::Staff,
                planned: Some(planned),
                actual: Some(if year < 2026 { planned } else { 0 }),
                note: Patch::Keep,
                version: None,
            };
            set_line(op, project, tenant, line).await?.1?;
        }
    }
    for (index, phase) in joint.phases.iter().enumerate() {
        let version = 2 + i32::try_from(index).unwrap_or_default();
        projects::service::advance(lead, project, version, *phase, None).await?;
    }
    meet(lead, funding, granted, day(2026, 6, 30)).await?;
    let wish = NewReport {
        light: joint.light,
        text: joint.report.to_owned(),
        from: day(joint.years.0.max(2017), 1, 1),
        until: day(joint.years.1.min(2026), 6, 30),
    };
    reports::report(lead, project, own, wish, None).await?;
    Ok(())
}

/// Agreement, field of work and programme of a project.
async fn project_ids(op: &Op, joint: &SeedProject) -> ApiResult<(Uuid, Uuid, Uuid)> {
    let session = op.session().await?;
    let missing = |what: &str| ApiError::fault(format!("the demo has no {what}"));
    let agreement = session.one(session.select::<agreement::Entity>().limit(1)).await?;
    let field = session.select::<field_of_work::Entity>().filter(field_of_work::Column::Key.eq(joint.field));
    let programme =
        session.reference::<funding_programme::Entity>().filter(funding_programme::Column::Key.eq(joint.programme));
    Ok((
        agreement.ok_or_else(|| missing("agreement"))?.id,
        session.one(field).await?.ok_or_else(|| missing("field of work"))?.id,
        session.one(programme).await?.ok_or_else(|| missing("programme"))?.id,
    ))
}

/// Meets what was due until a day; calls for funds in equal parts.
async fn meet(op: &Op, of: Uuid, granted: i64, until: NaiveDate) -> ApiResult<()> {
    op.finish().await?;
    let session = op.session().await?;
    let Some(funding) = session.get::<funding::Entity>(of).await? else { return Ok(()) };
    if session.get::<project::Entity>(funding.project_id).await?.is_none() {
        return Ok(());
    }
    let owed = (*session.group::<obligation::Entity>(funding.project_id).await?).clone();
    drop(session);
    let calls = owed.iter().filter(|it| it.kind == ObligationKind::CallForFunds).count().max(1);
    let each = granted / i64::try_from(calls).unwrap_or(1);
    for it in owed.iter().filter(|it| it.state == ObligationState::Open && it.due_on <= until) {
        let call = it.kind == ObligationKind::CallForFunds;
        let how = Fulfilment { on: Some(it.due_on), amount: call.then_some(each), document: None, note: None };
        fulfil(op, it.id, it.version, how).await?;
    }
    Ok(())
}
