//! Rules of shares. A share lives by its agreement; making or taking one back moves rows to another scope.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entities::{
    AgreementState, Area, Confidentiality, DatasetAccess, EntryKind, EntryStatus, RoleKey, ScopeArea, ShareLevel,
    agreement, agreement_field, agreement_party, calendar, calendar_entry, dataset, field_of_work, project, share,
    tenant,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::text;
use policy::{Action, Fields, Grant, Object, ScopeShareFact, in_force};
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, QueryFilter, Set};
use serde_json::{Value, json};
use store::scopes::{Audience, ScopeShare, ensure, own_shares, scope_shares_of, selects};
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::agreements::service::{obstacles, parties_of};
use crate::context::audited::{AuditHead, Audited, save};
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork};
use crate::rights::{self, Operation, Resource};
use crate::tenants::service::today_of;
use crate::{datasets, projects};

/// Values of a new share.
#[derive(Clone, Debug)]
pub struct NewShare {
    /// Owner.
    pub tenant: Uuid,
    /// Agreement.
    pub agreement: Uuid,
    /// The area.
    pub area: Area,
    /// Single calendar.
    pub calendar: Option<Uuid>,
    /// Single dataset.
    pub dataset: Option<Uuid>,
    /// Single project.
    pub project: Option<Uuid>,
    /// Everything of the area in this field of work.
    pub field: Option<Uuid>,
    /// One party only.
    pub grantee: Option<Uuid>,
    /// Only members with this role there.
    pub grantee_role: Option<RoleKey>,
    /// Level at which the objects are visible.
    pub level: ShareLevel,
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    pub valid_until: Option<NaiveDate>,
    /// Reason.
    pub reason: Option<String>,
}

/// Makes a share.
pub async fn create(op: &Op, new: NewShare, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let new = NewShare { reason: text::optional(new.reason, "reason", 1_000)?, ..new };
    let mutation = UnitOfWork::begin(op, "shareCreate").await?;
    let session = mutation.session();
    let grant = authorize(session, &new).await?;
    check(session, &new).await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let (row, also) = make(session, &writer, &new, id).await?;
    let change = ChangeRecord { also, ..row.change_record("share.created", None) };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Writes a share and moves what it means to where it is seen; the caller has checked it. Also returns whom it reaches.
pub async fn make(
    session: &Session,
    writer: &Writer<'_>,
    new: &NewShare,
    id: Uuid,
) -> ApiResult<(share::Model, BTreeSet<Uuid>)> {
    // Two shares of the same authority at once must each see the other when they compute scopes.
    writer.lock_named(new.tenant).await?;
    let row = insert_share(writer, new, id).await?;
    let also = move_shared(session, writer, &row, None).await?;
    Ok((row, also))
}

/// Moves what a share means to the scopes that the shares of the owner give it, and returns those across the boundary:
/// also those of a share that has `ended`.
async fn move_shared(
    session: &Session,
    writer: &Writer<'_>,
    row: &share::Model,
    ended: Option<&share::Model>,
) -> ApiResult<BTreeSet<Uuid>> {
    let mut shares = own_shares(writer, row.area).await?;
    if row.area == Area::Datasets {
        let select = session.select::<dataset::Entity>().filter(dataset::Column::TenantId.eq(row.tenant_id));
        let shared = select.filter(dataset::Column::Access.eq(DatasetAccess::Shared));
        let datasets: Vec<_> =
            session.all(shared).await?.into_iter().filter(|it| datasets::audience::selects(row, it)).collect();
        let before: BTreeSet<Uuid> = datasets.iter().map(|it| it.scope_id).collect();
        let now = datasets::audience::rescope_all(writer, &datasets, &shares).await?;
        return Ok(if ended.is_some() { before } else { now });
    }
    if row.area == Area::Projects {
        let projects = projects::project_access::selected(session, row).await?;
        let before: BTreeSet<Uuid> = projects.iter().map(|it| it.scope_id).collect();
        let now = projects::project_access::rescope_all(session, writer, &projects, &shares).await?;
        return Ok(if ended.is_some() { before } else { now });
    }
    let calendars = calendars_of(session, row).await?;
    rescope_calendars(writer, &calendars, &shares).await?;
    // Those are told who saw it until now.
    shares.extend(ended.cloned());
    audiences_of(writer, &calendars, &shares).await
}

/// Whether a party may contribute to a calendar of another authority: comment on its entries, and propose changes of them. A
/// share at level `CONTRIBUTE` must reach the actor through a role in the party. That a calendar or an entry is public lets
/// everybody read, and nobody contribute.
///
/// # Errors
/// The database fails.
pub async fn may_contribute(session: &Session, calendar: &calendar::Model, party: Uuid) -> ApiResult<bool> {
    let Some(owner) = session.get::<tenant::Entity>(calendar.tenant_id).await? else { return Ok(false) };
    let shares = session.group::<share::Entity>(owner.id).await?;
    let mut contributing = shares
        .iter()
        .filter(|it| it.area == Area::Calendars && it.level == ShareLevel::Contribute && it.ended_at.is_none())
        .filter(|it| selects(it, calendar));
    Ok(contributing.any(|it| {
        let fact = ScopeShareFact {
            scope: calendar.scope_id,
            tenant: owner.id,
            zone: owner.time_zone.clone(),
            area: ScopeArea::Calendars,
            field: calendar.field_of_work_id,
            agreement: it.agreement_id,
            grantee: it.grantee_tenant_id,
            role: it.grantee_role,
            level: it.level,
            from: it.valid_from,
            until: it.valid_until,
        };
        session.access().is_reached(&fact, party, session.now())
    }))
}

/// Whether the actor may make this share.
///
/// # Errors
/// Something is out of sight, or a permission is missing.
pub async fn authorize(session: &Session, new: &NewShare) -> ApiResult<Grant> {
    if session.get::<tenant::Entity>(new.tenant).await?.is_none() {
        return Err(Problem::not_found("tenant").into());
    }
    if let Some(id) = new.dataset {
        return of_owner::<dataset::Entity>(session, id, new.tenant, "dataset").await;
    }
    if let Some(id) = new.project {
        return of_owner::<project::Entity>(session, id, new.tenant, "project").await;
    }
    if let Some(id) = new.calendar {
        return of_owner::<calendar::Entity>(session, id, new.tenant, "calendar").await;
    }
    let object = Object::new_in(area_scope(new.area), new.tenant, new.field);
    session.authorize(Action::Share, &object, "tenant")
}

/// The grant to share a row, which `owner` must own.
async fn of_owner<R: Resource>(session: &Session, id: Uuid, owner: Uuid, field: &'static str) -> ApiResult<Grant> {
    let row = rights::find_visible::<R>(session, id, field).await?;
    if R::object(&row).tenant != owner {
        return Err(Problem::at(UserErrorCode::Forbidden, field, Text::new("not-the-owner")).into());
    }
    rights::judge::<R>(session, &row, Operation::Share, field).await
}

const fn area_scope(area: Area) -> ScopeArea {
    match area {
        Area::Calendars => ScopeArea::Calendars,
        Area::Projects => ScopeArea::Projects,
        Area::Datasets => ScopeArea::Datasets,
    }
}

/// What the agreement and the shared object allow.
///
/// # Errors
/// All that they do not.
pub async fn check(session: &Session, new: &NewShare) -> ApiResult<()> {
    let Some(agreement) = session.get::<agreement::Entity>(new.agreement).await? else {
        return Err(Problem::not_found("agreement").into());
    };
    let parties = parties_of(session, agreement.id).await?;
    if !parties.contains(&new.tenant) {
        return Err(Problem::not_found("agreement").into());
    }
    let mut problems = Problems::default();
    for problem in obstacles(&agreement, new.area) {
        problems.add(problem);
    }
    if new.grantee.is_some_and(|it| it == new.tenant || !parties.contains(&it)) {
        problems.add(Problem::at(UserErrorCode::NotCovered, "grantee", Text::new("no-other-party")));
    }
    if let (Some(from), Some(until)) = (new.valid_from, new.valid_until)
        && from > until
    {
        let text = Text::new("ends-before-start").with("from", from).with("until", until);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "validUntil", text));
    }
    let fields =
        session.select::<agreement_field::Entity>().filter(agreement_field::Column::AgreementId.eq(agreement.id));
    let fields = session.all(fields).await?.into_iter().map(|it| it.field_of_work_id);
    let covered = Fields::new(agreement.all_fields, fields);
    if let Some(field) = new.field {
        if session.get::<field_of_work::Entity>(field).await?.is_none() {
            problems.add(Problem::not_found("fieldOfWork"));
        } else if !covered.covers(Some(field)) {
            problems.add(Problem::at(UserErrorCode::NotCovered, "fieldOfWork", Text::new("field-not-covered")));
        }
    }
    if new.area == Area::Datasets && new.level == ShareLevel::Busy {
        problems.add(Problem::at(UserErrorCode::OutOfRange, "level", Text::new("no-busy-of-datasets")));
    }
    if let Some(id) = new.dataset
        && let Some(dataset) = session.get::<dataset::Entity>(id).await?
    {
        if new.area != Area::Datasets {
            problems.add(Problem::at(UserErrorCode::Invalid, "area", Text::new("dataset-in-datasets")));
        }
        if !covered.covers(dataset.field_of_work_id) {
            problems.add(Problem::at(UserErrorCode::NotCovered, "dataset", Text::new("field-not-covered")));
        }
    }
    if new.area == Area::Projects && new.level == ShareLevel::Busy {
        problems.add(Problem::at(UserErrorCode::OutOfRange, "level", Text::new("no-busy-of-projects")));
    }
    if let Some(id) = new.project
        && let Some(project) = session.get::<project::Entity>(id).await?
    {
        if new.area != Area::Projects {
            problems.add(Problem::at(UserErrorCode::Invalid, "area", Text::new("project-in-projects")));
        }
        if !covered.covers(project.field_of_work_id) {
            problems.add(Problem::at(UserErrorCode::NotCovered, "project", Text::new("field-not-covered")));
        }
    }
    if let Some(id) = new.calendar
        && let Some(calendar) = session.get::<calendar::Entity>(id).await?
    {
        if new.area != Area::Calendars {
            problems.add(Problem::at(UserErrorCode::Invalid, "area", Text::new("calendar-in-calendars")));
        }
        if !covered.covers(calendar.field_of_work_id) {
            problems.add(Problem::at(UserErrorCode::NotCovered, "calendar", Text::new("field-not-covered")));
        }
    }
    problems.done()
}

/// Writes the row of a share; the caller has checked it.
pub async fn insert_share(writer: &Writer<'_>, new: &NewShare, id: Uuid) -> ApiResult<share::Model> {
    // The parties that a share means see it; with a grantee, only that one.
    let scope_share = ScopeShare { grantee: new.grantee, ..ScopeShare::to_parties(new.agreement) };
    let audience = Audience::Owned {
        tenant: new.tenant,
        area: ScopeArea::Agreements,
        field: None,
        scope_shares: BTreeSet::from([scope_share]),
    };
    let row = share::Model {
        id,
        tenant_id: new.tenant,
        scope_id: ensure(writer, &audience).await?,
        agreement_id: new.agreement,
        area: new.area,
        calendar_id: new.calendar,
        dataset_id: new.dataset,
        project_id: new.project,
        field_of_work_id: new.field,
        grantee_tenant_id: new.grantee,
        grantee_role: new.grantee_role,
        level: new.level,
        valid_from: new.valid_from,
        valid_until: new.valid_until,
        reason: new.reason.clone(),
        ended_at: None,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    writer.insert(full(row.clone())).await?;
    Ok(row)
}

/// Takes a share back.
pub async fn end(op: &Op, id: Uuid, version: i32, reason: Option<String>) -> ApiResult<()> {
    let reason = text::optional(reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "shareEnd").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<share::Entity>(session, id, Operation::End, "id").await?;
    let writer = session.writer(&grant).await?;
    writer.lock_named(row.tenant_id).await?;
    let values = share::ActiveModel { id: Set(id), ended_at: Set(Some(writer.now())), ..Default::default() };
    save::<share::Entity>(&writer, values, version).await?;
    let also = move_shared(session, &writer, &row, Some(&row)).await?;
    let change = ChangeRecord {
        version: version.saturating_add(1),
        also,
        after: Some(json!({ "reason": reason })),
        ..row.change_record("share.ended", Some(&row))
    };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// The calendars that a share means.
async fn calendars_of(session: &Session, share: &share::Model) -> ApiResult<Vec<calendar::Model>> {
    if share.area != Area::Calendars {
        return Ok(Vec::new());
    }
    let select = session.select::<calendar::Entity>().filter(calendar::Column::TenantId.eq(share.tenant_id));
    Ok(session.all(select).await?.into_iter().filter(|it| selects(share, it)).collect())
}

/// Moves calendars and their entries to the scopes that `shares` give them. Calendars with the same scope shares move
/// together, so the statements grow with the audiences, not with the calendars.
pub async fn rescope_calendars(
    writer: &Writer<'_>,
    calendars: &[calendar::Model],
    shares: &[share::Model],
) -> ApiResult<()> {
    let mut groups: BTreeMap<(Option<Uuid>, BTreeSet<ScopeShare>), Vec<&calendar::Model>> = BTreeMap::new();
    for calendar in calendars.iter().filter(|it| it.confidentiality != Confidentiality::Internal) {
        groups.entry((calendar.field_of_work_id, scope_shares_of(shares, calendar))).or_default().push(calendar);
    }
    for ((field, scope_shares), calendars) in groups {
        let audience =
            |takes_time| entry_audience(writer.tenant(), field, Confidentiality::Partner, takes_time, &scope_shares);
        let open = ensure(writer, &audience(true)).await?;
        let idle = ensure(writer, &audience(false)).await?;
        let partner: Vec<_> =
            calendars.iter().filter(|it| it.confidentiality == Confidentiality::Partner).map(|it| it.id).collect();
        let all: Vec<_> = calendars.iter().map(|it| it.id).collect();
        let calendar = calendar::ActiveModel { scope_id: Set(open), ..Default::default() };
        writer
            .change::<calendar::Entity, _>(sea_orm::Condition::all().add(calendar::Column::Id.is_in(partner)), calendar)
            .await?;
        let busy = [EntryStatus::Tentative, EntryStatus::Confirmed];
        for (scope, takes_time) in [(open, true), (idle, false)] {
            // A deadline takes no time.
            let busy =
                calendar_entry::Column::Status.is_in(busy).and(calendar_entry::Column::Kind.ne(EntryKind::Deadline));
            let entries = sea_orm::Condition::all()
                .add(calendar_entry::Column::CalendarId.is_in(all.iter().copied()))
                .add(calendar_entry::Column::Confidentiality.eq(Confidentiality::Partner))
                .add(if takes_time { busy } else { busy.not() });
            let values = calendar_entry::ActiveModel { scope_id: Set(scope), ..Default::default() };
            writer.change::<calendar_entry::Entity, _>(entries, values).await?;
        }
    }
    Ok(())
}

/// The scopes across the boundary in which `shares` put what calendars hold. Their audience is told that the share
/// began or ended: the scopes themselves stay, so that nothing else would tell.
async fn audiences_of(
    writer: &Writer<'_>,
    calendars: &[calendar::Model],
    shares: &[share::Model],
) -> ApiResult<BTreeSet<Uuid>> {
    let mut audiences = BTreeSet::new();
    for calendar in calendars.iter().filter(|it| it.confidentiality != Confidentiality::Internal) {
        let (field, scope_shares) = (calendar.field_of_work_id, scope_shares_of(shares, calendar));
        if !scope_shares.is_empty() {
            let audience = entry_audience(writer.tenant(), field, Confidentiality::Partner, true, &scope_shares);
            if audiences.insert(audience.id()) {
                ensure(writer, &audience).await?;
            }
        }
    }
    Ok(audiences)
}

/// Who may see an entry. What takes no time is nothing to a partner who only learns that time is taken.
pub fn entry_audience(
    tenant: Uuid,
    field: Option<Uuid>,
    confidentiality: Confidentiality,
    takes_time: bool,
    scope_shares: &BTreeSet<ScopeShare>,
) -> Audience {
    let reaching = scope_shares.iter().filter(|it| takes_time || it.level > ShareLevel::Busy).cloned().collect();
    Audience::new(tenant, ScopeArea::Calendars, field, confidentiality, &reaching)
}

/// The agreements that bind an authority, as far as the actor may see them.
pub async fn agreements_of(session: &Session, tenant: Uuid) -> ApiResult<Vec<Uuid>> {
    let select = session.select::<agreement_party::Entity>().filter(agreement_party::Column::TenantId.eq(tenant));
    Ok(session.all(select).await?.into_iter().map(|it| it.agreement_id).collect())
}

/// Condition that a share opens something today, with the agreements that the actor may see. Two statements.
pub async fn effective_today(session: &Session) -> ApiResult<SimpleExpr> {
    let active = session.select::<agreement::Entity>().filter(agreement::Column::State.eq(AgreementState::Active));
    let rows = session.all(active).await?;
    session.load::<tenant::Entity>(rows.iter().map(|it| it.tenant_id)).await?;
    let mut days: BTreeMap<NaiveDate, Vec<Uuid>> = BTreeMap::new();
    for agreement in rows {
        let day = today_of(session, agreement.tenant_id).await?;
        if in_force(agreement.state, agreement.valid_from, agreement.valid_until, day).is_ok() {
            days.entry(day).or_default().push(agreement.id);
        }
    }
    let none: [Uuid; 0] = [];
    let mut open = session.is_one_of(share::Column::AgreementId, &none);
    for (day, agreements) in days {
        let here = session
            .is_one_of(share::Column::AgreementId, &agreements)
            .and(share::Column::ValidFrom.is_null().or(share::Column::ValidFrom.lte(day)))
            .and(share::Column::ValidUntil.is_null().or(share::Column::ValidUntil.gte(day)));
        open = open.or(here);
    }
    Ok(open.and(share::Column::EndedAt.is_null()))
}

/// Whether a share opens something today.
pub async fn is_effective(session: &Session, share: &share::Model) -> ApiResult<bool> {
    let Some(agreement) = session.get::<agreement::Entity>(share.agreement_id).await? else { return Ok(false) };
    let day = today_of(session, share.tenant_id).await?;
    Ok(share.ended_at.is_none()
        && obstacles(&agreement, share.area).is_empty()
        && in_force(agreement.state, agreement.valid_from, agreement.valid_until, day).is_ok()
        && share.valid_from.is_none_or(|it| it <= day)
        && share.valid_until.is_none_or(|it| day <= it))
}

impl Audited for share::Model {
    const TYPE: &'static str = "Share";

    fn audit_head(&self) -> AuditHead {
        let agreement = Some(self.agreement_id);
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement }
    }

    fn audit_snapshot(&self) -> Value {
        json!({
            "agreement": self.agreement_id, "area": self.area, "calendar": self.calendar_id, "dataset": self.dataset_id,
            "project": self.project_id, "fieldOfWork": self.field_of_work_id, "grantee": self.grantee_tenant_id,
            "role": self.grantee_role, "level": self.level, "validFrom": self.valid_from, "validUntil": self.valid_until,
            "reason": self.reason,
        })
    }
}
