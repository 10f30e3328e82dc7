//! Preview of a change of an agreement: what it would show and hide.
//!
//! The policy foresees which scopes are concerned; here the rows in them are counted and listed, as far as the viewer sees
//! them. A new kind of object joins with a member of [`PreviewedType`] and an arm of each match.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::connection::{Connection, Edge};
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, NaiveTime, Utc};
use domain::agreements::service::parties_of;
use domain::calendars::entry_view::EntryField;
use entities::{
    AgreementState, ScopeArea, ShareLevel as Level, TenantStatus, agreement, annual_plan, calendar, calendar_entry,
    coordination_round, dataset, field_of_work, funding, milestone, obligation, project, project_document,
    status_report, tenant, work_package,
};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode, all};
use kernel::global_id::{NodeType, at_most_100};
use kernel::i18n::Text;
use policy::{Action, AgreementChange, Fields, Grant, Object as PolicyObject, Party, ScopeShareFact, VisibilityDiff};
use sea_orm::QueryFilter;
use store::scopes::own_scope_shares;
use store::{Order, Owned, PageRequest, Session, SortValue, page_cost};
use uuid::Uuid;

use crate::agreements::preview_inputs::{
    AgreementChangeInput, AgreementPreviewInput, AgreementStep, AgreementTermsInput,
};
use crate::agreements::types::{Agreement, agreement_by_id};
use crate::connection::{Paged, page};
use crate::context::ContextExt;
use crate::enums::{Area, ShareLevel};
use crate::patch::PatchField;
use crate::tenants::types::{Tenant, tenant_of};

/// Type of an object in a preview.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PreviewedType {
    /// Calendar.
    Calendar,
    /// Calendar entry.
    CalendarEntry,
    /// Annual plan.
    AnnualPlan,
    /// Coordination round.
    CoordinationRound,
    /// Dataset.
    Dataset,
    /// Project.
    Project,
    /// Work package of a project.
    WorkPackage,
    /// Milestone of a project.
    Milestone,
    /// Status report on a project.
    StatusReport,
    /// Document of a project.
    ProjectDocument,
    /// Funding of a project.
    Funding,
    /// Obligation to a funder.
    Obligation,
}

impl PreviewedType {
    const ALL: &[Self] = &[
        Self::Calendar,
        Self::CalendarEntry,
        Self::AnnualPlan,
        Self::CoordinationRound,
        Self::Dataset,
        Self::Project,
        Self::WorkPackage,
        Self::Milestone,
        Self::StatusReport,
        Self::ProjectDocument,
        Self::Funding,
        Self::Obligation,
    ];
}

/// Effect of a change on the visibility of objects to members of a party.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PreviewedEffect {
    /// Objects visible before, hidden after the change.
    Hidden,
    /// Objects visible at a lower level after the change.
    Less,
    /// Objects visible at a higher level after the change.
    More,
    /// Objects hidden before, visible after the change.
    Visible,
}

impl PreviewedEffect {
    fn of(it: &VisibilityDiff) -> Self {
        match (it.before, it.after) {
            (None, _) => Self::Visible,
            (_, None) => Self::Hidden,
            (Some(before), Some(after)) if after < before => Self::Less,
            (Some(_), Some(_)) => Self::More,
        }
    }
}

/// Number of objects of one owner and type with the same effect for one party.
#[derive(SimpleObject)]
pub struct PreviewedCount {
    /// Owner of the objects.
    tenant: Tenant,
    /// Party whose members are affected.
    party: Tenant,
    /// Type of the objects.
    #[graphql(name = "type")]
    kind: PreviewedType,
    /// Effect for members of the party.
    effect: PreviewedEffect,
    /// Number of objects.
    count: i64,
}

/// Object whose visibility changes for at least one party.
#[derive(SimpleObject)]
pub struct PreviewedObject {
    /// Global id of the object.
    object_id: ID,
    /// Type of the object.
    #[graphql(name = "type")]
    kind: PreviewedType,
    /// Name of the object; null if it has none, or if the viewer's level is `BUSY`, at which only calendars have names.
    name: Option<String>,
    /// Owner of the object.
    tenant: Tenant,
    /// Changed levels, by party.
    changes: Vec<PreviewedAccess>,
}

/// Level at which members of a party with all roles see an object, before and after the change.
#[derive(SimpleObject)]
pub struct PreviewedAccess {
    /// Party whose members are affected.
    party: Tenant,
    /// Level before the change; null = hidden.
    before: Option<ShareLevel>,
    /// Level after the change; null = hidden.
    after: Option<ShareLevel>,
}

/// Preview of a hypothetical change of an agreement: objects of the asking party whose visibility to other parties
/// would change, and objects of other parties that the asking party would lose in whole or in part. Only objects
/// visible to the viewer count.
pub struct AgreementPreview {
    agreement: Agreement,
    /// What is foreseen, by scope.
    seen: BTreeMap<Uuid, Vec<VisibilityDiff>>,
    /// Names the question, for cursors.
    question: String,
}

/// See the module.
#[derive(Default)]
pub struct PreviewQuery;

#[Object]
impl PreviewQuery {
    /// Previews the effect of a change of an agreement on the visibility of objects, by the rules of access themselves.
    /// Changes nothing. Requires `AGREEMENTS_MANAGE` or `AGREEMENTS_SIGN` in the asking party.
    async fn preview_agreement_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Agreement and hypothetical change.")] input: AgreementPreviewInput,
    ) -> ApiResult<AgreementPreview> {
        simulate(ctx, input).await
    }
}

/// Preview of a hypothetical change of an agreement: objects of the asking party whose visibility to other parties
/// would change, and objects of other parties that the asking party would lose in whole or in part. Only objects
/// visible to the viewer count.
#[Object]
impl AgreementPreview {
    /// Agreement in its current state.
    async fn agreement(&self) -> Agreement {
        self.agreement.clone()
    }

    /// Numbers of affected objects, by owner, party, type and effect.
    #[graphql(complexity = "100 + child_complexity")]
    async fn counts(&self, ctx: &Context<'_>) -> ApiResult<Vec<PreviewedCount>> {
        let session = ctx.session().await?;
        let scopes: Vec<_> = self.seen.keys().copied().collect();
        let mut sums: BTreeMap<(Uuid, Uuid, PreviewedType, PreviewedEffect), i64> = BTreeMap::new();
        for kind in PreviewedType::ALL.iter().copied() {
            for (scope, count) in count(&session, kind, &scopes).await? {
                for it in self.seen.get(&scope).into_iter().flatten() {
                    *sums.entry((it.owner, it.party, kind, PreviewedEffect::of(it))).or_default() += count;
                }
            }
        }
        let mut counts = Vec::new();
        for ((owner, party, kind, effect), count) in sums {
            let (tenant, party) = (tenant_of(ctx, owner).await?, tenant_of(ctx, party).await?);
            counts.push(PreviewedCount { tenant, party, kind, effect, count });
        }
        Ok(counts)
    }

    /// Affected objects of one type, oldest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn objects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Type of the objects.", name = "type")] kind: PreviewedType,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<PreviewedObject>> {
        let question = format!("previewed {kind:?} {}", self.question);
        let request = PageRequest::new(first, after, last, before, &question)?;
        match kind {
            PreviewedType::Calendar => self.list::<calendar::Entity>(ctx, kind, &request).await,
            PreviewedType::CalendarEntry => self.list::<calendar_entry::Entity>(ctx, kind, &request).await,
            PreviewedType::AnnualPlan => self.list::<annual_plan::Entity>(ctx, kind, &request).await,
            PreviewedType::CoordinationRound => self.list::<coordination_round::Entity>(ctx, kind, &request).await,
            PreviewedType::Dataset => self.list::<dataset::Entity>(ctx, kind, &request).await,
            PreviewedType::Project => self.list::<project::Entity>(ctx, kind, &request).await,
            PreviewedType::WorkPackage => self.list::<work_package::Entity>(ctx, kind, &request).await,
            PreviewedType::Milestone => self.list::<milestone::Entity>(ctx, kind, &request).await,
            PreviewedType::StatusReport => self.list::<status_report::Entity>(ctx, kind, &request).await,
            PreviewedType::ProjectDocument => self.list::<project_document::Entity>(ctx, kind, &request).await,
            PreviewedType::Funding => self.list::<funding::Entity>(ctx, kind, &request).await,
            PreviewedType::Obligation => self.list::<obligation::Entity>(ctx, kind, &request).await,
        }
    }
}

async fn count(session: &Session, kind: PreviewedType, scopes: &[Uuid]) -> ApiResult<Vec<(Uuid, i64)>> {
    match kind {
        PreviewedType::Calendar => session.count_by_scope::<calendar::Entity>(scopes).await,
        PreviewedType::CalendarEntry => session.count_by_scope::<calendar_entry::Entity>(scopes).await,
        PreviewedType::AnnualPlan => session.count_by_scope::<annual_plan::Entity>(scopes).await,
        PreviewedType::CoordinationRound => session.count_by_scope::<coordination_round::Entity>(scopes).await,
        PreviewedType::Dataset => session.count_by_scope::<dataset::Entity>(scopes).await,
        PreviewedType::Project => session.count_by_scope::<project::Entity>(scopes).await,
        PreviewedType::WorkPackage => session.count_by_scope::<work_package::Entity>(scopes).await,
        PreviewedType::Milestone => session.count_by_scope::<milestone::Entity>(scopes).await,
        PreviewedType::StatusReport => session.count_by_scope::<status_report::Entity>(scopes).await,
        PreviewedType::ProjectDocument => session.count_by_scope::<project_document::Entity>(scopes).await,
        PreviewedType::Funding => session.count_by_scope::<funding::Entity>(scopes).await,
        PreviewedType::Obligation => session.count_by_scope::<obligation::Entity>(scopes).await,
    }
}

/// Row of an object that is seen otherwise after the change.
struct AffectedRow {
    id: ID,
    owner: Uuid,
    scope: Uuid,
    name: Option<String>,
}

/// A table whose rows are previewed.
trait Previewed: Owned<Model: Send + Sync> {
    const ID: Self::Column;
    const CREATED: Self::Column;
    fn key(row: &Self::Model) -> (DateTime<Utc>, Uuid);
    fn affected_row(row: Self::Model) -> AffectedRow;
}

macro_rules! previewed {
    ($($table:ident: $node:ident, $name:expr);+ $(;)?) => {
        $(impl Previewed for $table::Entity {
            const ID: $table::Column = $table::Column::Id;
            const CREATED: $table::Column = $table::Column::CreatedAt;
            fn key(row: &$table::Model) -> (DateTime<Utc>, Uuid) {
                (row.created_at, row.id)
            }
            fn affected_row(row: $table::Model) -> AffectedRow {
                let name: fn(&$table::Model) -> Option<String> = $name;
                AffectedRow { id: NodeType::$node.id(row.id).into(), owner: row.tenant_id, scope: row.scope_id, name: name(&row) }
            }
        })+
    };
}

previewed! {
    annual_plan: AnnualPlan, |it| Some(it.title.clone());
    calendar: Calendar, |it| Some(it.name.clone());
    calendar_entry: CalendarEntry, |it| Some(it.title.clone());
    coordination_round: CoordinationRound, |it| Some(it.year.to_string());
    dataset: Dataset, |it| Some(it.title.clone());
    project: Project, |it| Some(it.title.clone());
    work_package: WorkPackage, |it| Some(it.title.clone());
    milestone: Milestone, |it| Some(it.title.clone());
    status_report: StatusReport, |_| None;
    project_document: ProjectDocument, |it| Some(it.title.clone());
    funding: Funding, |it| it.reference_number.clone();
    obligation: Obligation, |it| Some(it.title.clone());
}

impl AgreementPreview {
    async fn list<E: Previewed>(
        &self,
        ctx: &Context<'_>,
        kind: PreviewedType,
        request: &PageRequest,
    ) -> ApiResult<Paged<PreviewedObject>> {
        let session = ctx.session().await?;
        let scopes: Vec<_> = self.seen.keys().copied().collect();
        let select = session.select::<E>().filter(session.is_one_of(E::SCOPE, &scopes));
        let order = Order {
            column: E::CREATED,
            id: E::ID,
            descending: false,
            nullable: false,
            key: |row: &E::Model| (SortValue::Instant(E::key(row).0), E::key(row).1),
        };
        let (frame, rows) = page(ctx, &session, request, select, &order).await?;
        let mut connection =
            Connection::with_additional_fields(frame.has_previous_page, frame.has_next_page, frame.additional_fields);
        for (cursor, row) in rows {
            let affected = E::affected_row(row);
            // The name of a calendar is shown at every level, as everywhere.
            let least = if kind == PreviewedType::Calendar { Level::Busy } else { EntryField::Title.least() };
            let is_named = session.access().visibility(affected.scope).is_some_and(|it| it.level >= least);
            let mut changes = Vec::new();
            for it in self.seen.get(&affected.scope).into_iter().flatten() {
                let party = tenant_of(ctx, it.party).await?;
                changes.push(PreviewedAccess {
                    party,
                    before: it.before.map(Into::into),
                    after: it.after.map(Into::into),
                });
            }
            let tenant = tenant_of(ctx, affected.owner).await?;
            let name = affected.name.filter(|_| is_named);
            connection
                .edges
                .push(Edge::new(cursor, PreviewedObject { object_id: affected.id, kind, name, tenant, changes }));
        }
        Ok(connection)
    }
}

async fn simulate(ctx: &Context<'_>, input: AgreementPreviewInput) -> ApiResult<AgreementPreview> {
    let (id, asking, change) = all((
        NodeType::Agreement.parse(&input.agreement, "agreement"),
        NodeType::Tenant.parse(&input.tenant, "tenant"),
        change_of(input.change),
    ))?;
    let session = ctx.session().await?;
    let Some(row) = session.get::<agreement::Entity>(id).await? else {
        return Err(Problem::not_found("agreement").into());
    };
    let parties = parties_of(&session, id).await?;
    if !parties.contains(&asking) {
        return Err(Problem::not_found("tenant").into());
    }
    let grant = may_ask(&session, asking, &row)?;
    check(&session, &row, &parties, &change).await?;
    let own = scope_shares(&session, &grant, asking).await?;
    session.load::<tenant::Entity>(parties.iter().copied()).await?;
    let mut taking_part = Vec::new();
    for party in parties {
        let row = session.get::<tenant::Entity>(party).await?;
        if let Some(row) = row.filter(|it| it.status == TenantStatus::Active) {
            taking_part.push(Party { tenant: party, zone: row.time_zone.clone() });
        }
    }
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
    let at = input.effective_on.map_or(session.now(), |it| it.0.and_time(noon).and_utc());
    let mut seen: BTreeMap<Uuid, Vec<VisibilityDiff>> = BTreeMap::new();
    for it in session.access().simulate(asking, &taking_part, &own, id, &change, at) {
        seen.entry(it.scope).or_default().push(it);
    }
    let agreement = agreement_by_id(&session, id).await?.ok_or_else(|| ApiError::fault("the agreement is gone"))?;
    Ok(AgreementPreview { agreement, seen, question: format!("{id} {asking} {change:?} {at}") })
}

/// Whoever manages agreements of a party, or signs them, may ask.
fn may_ask(session: &Session, asking: Uuid, row: &agreement::Model) -> ApiResult<Grant> {
    let object = PolicyObject::row(ScopeArea::Agreements, asking, row.scope_id, None);
    let sign = session.authorize(Action::Sign, &object, "tenant");
    sign.or_else(|_| session.authorize(Action::Write, &object, "tenant"))
}

/// The ways from the authority's own scopes.
async fn scope_shares(session: &Session, grant: &Grant, asking: Uuid) -> ApiResult<Vec<ScopeShareFact>> {
    // Nothing is written: a writer is who may read the machinery of access of the authority it acts for.
    let writer = session.writer(grant).await?;
    let rows = own_scope_shares(&writer).await?;
    let zone = session.access().roles().iter().find(|it| it.tenant == asking).map(|it| it.zone.clone());
    let zone = zone.unwrap_or_else(|| "UTC".to_owned());
    let scopes: BTreeMap<_, _> = session.access().scopes_of(asking).map(|it| (it.id, it)).collect();
    let scope_share = |row: entities::scope_share::Model| {
        let scope = scopes.get(&row.scope_id)?;
        Some(ScopeShareFact {
            scope: scope.id,
            tenant: scope.tenant,
            zone: zone.clone(),
            area: scope.area,
            field: scope.field,
            agreement: row.agreement_id,
            grantee: row.grantee_tenant_id,
            role: row.grantee_role,
            level: row.level,
            from: row.valid_from,
            until: row.valid_until,
        })
    };
    Ok(rows.into_iter().filter_map(scope_share).collect())
}

fn change_of(input: AgreementChangeInput) -> ApiResult<AgreementChange> {
    Ok(match input {
        AgreementChangeInput::Step(AgreementStep::End) => AgreementChange::End,
        AgreementChangeInput::Step(AgreementStep::Activate) => AgreementChange::Activate,
        AgreementChangeInput::Leaves(party) => AgreementChange::Leave(NodeType::Tenant.parse(&party, "change.leaves")?),
        AgreementChangeInput::Terms(terms) => terms_of(terms)?,
    })
}

fn terms_of(terms: AgreementTermsInput) -> ApiResult<AgreementChange> {
    let ((), fields) = all((check_areas(terms.areas.as_deref()), terms.fields_of_work.clearable().try_map(fields_of)))?;
    Ok(AgreementChange::Terms {
        areas: terms.areas.map(|it| it.into_iter().map(Into::into).collect()),
        fields: fields.set(),
        until: terms.valid_until.clearable().map(|it| it.map(|it| it.0)).set(),
    })
}

fn fields_of(ids: Option<Vec<ID>>) -> ApiResult<Fields> {
    Ok(match ids {
        None => Fields::All,
        Some(ids) => Fields::new(false, NodeType::FieldOfWork.parse_all(&ids, "change.terms.fieldsOfWork")?),
    })
}

fn check_areas(areas: Option<&[Area]>) -> ApiResult<()> {
    let Some(areas) = areas else { return Ok(()) };
    at_most_100(areas, "change.terms.areas")?;
    if areas.is_empty() {
        return Err(Problem::at(UserErrorCode::Required, "change.terms.areas", Text::new("required")).into());
    }
    Ok(())
}

/// Refuses a change that is not possible.
async fn check(
    session: &Session,
    row: &agreement::Model,
    parties: &BTreeSet<Uuid>,
    change: &AgreementChange,
) -> ApiResult<()> {
    let wanted = match change {
        AgreementChange::Activate => AgreementState::Active,
        AgreementChange::End | AgreementChange::Terms { .. } | AgreementChange::Leave(_) => AgreementState::Ended,
    };
    let is_possible = match change {
        AgreementChange::Activate => matches!(row.state, AgreementState::Draft | AgreementState::Proposed),
        AgreementChange::End | AgreementChange::Terms { .. } | AgreementChange::Leave(_) => {
            row.state != AgreementState::Ended
        }
    };
    if !is_possible {
        return Err(Problem::illegal_transition("change", row.state.as_str(), wanted.as_str(), []).into());
    }
    match change {
        AgreementChange::Leave(party) if !parties.contains(party) => Err(Problem::not_found("change.leaves").into()),
        AgreementChange::Terms { until: Some(Some(until)), .. } if *until < row.valid_from => {
            let text = Text::new("ends-before-start").with("from", row.valid_from).with("until", *until);
            Err(Problem::at(UserErrorCode::OutOfRange, "change.terms.validUntil", text).into())
        }
        AgreementChange::Terms { fields: Some(Fields::Only(fields)), .. } => {
            session.load::<field_of_work::Entity>(fields.iter().copied()).await?;
            for field in fields {
                if session.get::<field_of_work::Entity>(*field).await?.is_none() {
                    return Err(Problem::not_found("change.terms.fieldsOfWork").into());
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
