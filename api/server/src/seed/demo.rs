//! The world of the demo: two authorities under their agreement, an outsider, real places and holidays, both plans.

use std::collections::{BTreeMap, BTreeSet};

use calendar_time::recurrence::RecurrenceSet;
use calendar_time::time::EntryTime;
use chrono::NaiveDate;
use chrono_tz::Europe::Berlin;
use domain::agreements::service::{NewAgreement, rows_of_draft};
use domain::agreements::shares::{NewShare, entry_audience, insert_share};
use domain::calendars::calendar_service::{NewCalendar, calendar_row};
use domain::calendars::entry_service::entry_row;
use domain::calendars::entry_values::NewEntry;
use domain::calendars::series;
use domain::context::op::Op;
use domain::context::unit_of_work::UnitOfWork;
use domain::members::service::{NewRoleGrant, RoleHolder, give_role};
use domain::operator;
use domain::operator::tenants::{NewTenant, insert_tenant};
use domain::places::service::bare;
use entities::{
    AgreementState, Area, PUBLIC_SCOPE, RoleKey, ScopeArea, ShareLevel, TenantKind, Visibility, agreement,
    agreement_signature, calendar, calendar_entry, learning_place, learning_place_origin, share, tenant,
};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::text;
use policy::Grant;
use sea_orm::{ColumnTrait, QueryFilter, Set};
use sha2::{Digest, Sha256};
use store::scopes::{Audience, ScopeShare, ensure, scope_shares_of};
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::config::Config;
use crate::seed::coordination::coordinate;
use crate::seed::datasets::fill;
use crate::seed::files::{Entry, Offers, Places, Plans, parse};
use crate::seed::offers::{SeedIds, offers};
use crate::seed::projects::conduct;

const PLACES: &str = include_str!("../../../seed/learning_places.toml");
const PLANS: &str = include_str!("../../../seed/plans.toml");
const OFFERS: &str = include_str!("../../../seed/offers.toml");

/// What each office shares: calendar, level, reason.
const SHARES: [(&str, ShareLevel, &str); 6] = [
    ("oal-counselling", ShareLevel::Summary, "Abstimmung der Beratungstage"),
    ("oal-orientation", ShareLevel::Contribute, "Gemeinsame Berufsorientierung"),
    ("oal-newcomers", ShareLevel::Busy, "Terminfindung"),
    ("kf-counselling", ShareLevel::Summary, "Abstimmung der Beratungstage"),
    ("kf-orientation", ShareLevel::Busy, "Terminfindung"),
    ("kf-newcomers", ShareLevel::Contribute, "Gemeinsame Planung für Neuzugewanderte"),
];

/// A role account of the demo.
#[derive(Clone, Debug)]
pub struct Account {
    /// `sub` at the local issuer: `planner@kaufbeuren`.
    pub subject: String,
    /// What the account may do, in a few words.
    pub says: Text,
    /// Names of its authorities.
    pub authorities: Vec<String>,
    tenants: &'static [&'static str],
    role: RoleKey,
}

/// The role accounts, in the order in which they are printed.
pub fn accounts() -> Vec<Account> {
    let roles = [
        ("planner", RoleKey::Planner, "demo-planner"),
        ("lead", RoleKey::ProjectLead, "demo-lead"),
        ("steward", RoleKey::DataSteward, "demo-steward"),
        ("admin", RoleKey::TenantAdmin, "demo-admin"),
        ("viewer", RoleKey::Viewer, "demo-viewer"),
        ("auditor", RoleKey::Auditor, "demo-auditor"),
    ];
    let names = |tenants: &[&str]| {
        let known = authorities().into_iter().filter(|it| tenants.contains(&it.slug.as_str()));
        known.map(|it| it.legal_name).collect::<Vec<_>>()
    };
    let mut accounts = Vec::new();
    for tenants in [&["kaufbeuren"], &["ostallgaeu"], &["unterallgaeu"]] {
        for (name, role, says) in roles {
            // The outsider has no agreement with anybody.
            if tenants[0] != "unterallgaeu" || matches!(role, RoleKey::Planner | RoleKey::TenantAdmin) {
                let (subject, authorities) = (format!("{name}@{}", tenants[0]), names(tenants));
                accounts.push(Account { subject, says: Text::new(says), authorities, tenants, role });
            }
        }
    }
    accounts.push(Account {
        subject: "integrator".to_owned(),
        says: Text::new("demo-integrator"),
        authorities: names(&["kaufbeuren", "ostallgaeu"]),
        tenants: &["kaufbeuren", "ostallgaeu"],
        role: RoleKey::Integrator,
    });
    accounts
}

/// Loads the demo's data; nothing when it is there already. Tells the secret of the feed that was made.
///
/// # Errors
/// The database fails.
pub async fn demo(config: &Config, clock: &Clock) -> Result<Option<String>, String> {
    let op = crate::operator::operation(config, clock).await?;
    let issuer = &config.auth.local.issuer;
    let done = async {
        Ok(if load(&op, issuer).await? {
            fill(&op, config).await?;
            conduct(&op, issuer).await?;
            Some(coordinate(&op, issuer).await?)
        } else {
            None
        })
    };
    let done = done.await.map_err(|error| operator::render(&error));
    op.store.close().await;
    done
}

/// Both authorities, their agreement, places and calendars; false when they are there already. All of it or nothing.
async fn load(op: &Op, issuer: &str) -> ApiResult<bool> {
    let mutation = UnitOfWork::begin(op, "demo").await?;
    let session = mutation.session();
    if session.one(session.reference::<tenant::Entity>().filter(tenant::Column::Slug.eq("kaufbeuren"))).await?.is_some()
    {
        return Ok(false);
    }
    let tenants: BTreeMap<&str, Uuid> =
        ["kaufbeuren", "ostallgaeu", "unterallgaeu"].into_iter().map(|slug| (slug, new_id())).collect();
    let grants: BTreeMap<&str, Grant> =
        tenants.iter().map(|(slug, id)| Ok((*slug, operator::grant(op, *id)?))).collect::<ApiResult<_>>()?;
    let mut recorded = None;
    for wish in authorities() {
        let writer = writer(session, &grants, &wish.slug).await?;
        let id = writer.tenant();
        let change = insert_tenant(session, &writer, wish, id).await?;
        recorded = Some(mutation.record(&writer, change).await?);
    }
    let fields = crate::seed::reference::insert(session, &writer(session, &grants, "kaufbeuren").await?).await?;
    let agreement = agreement(session, &grants, &tenants, &fields).await?;
    let places = places(session, &grants).await?;
    let plans: Plans = parse(PLANS)?;
    let (dates, public): (Plans, Offers) = (parse(OFFERS)?, parse(OFFERS)?);
    for slug in ["kaufbeuren", "ostallgaeu"] {
        let writer = writer(session, &grants, slug).await?;
        plan(&writer, slug, &plans, &fields, &places, agreement).await?;
        let entries = plan(&writer, slug, &dates, &fields, &places, agreement).await?;
        offers(&writer, slug, &public, &SeedIds { fields: &fields, places: &places, entries: &entries }).await?;
    }
    for account in accounts() {
        for slug in account.tenants {
            let writer = writer(session, &grants, slug).await?;
            let wish = role(&account, issuer, writer.tenant());
            let (_, change) = give_role(&writer, None, &wish, (new_id(), None)).await?;
            recorded = Some(mutation.record(&writer, change).await?);
        }
    }
    let recorded = recorded.ok_or_else(|| ApiError::fault("the demo has no authorities"))?;
    mutation.commit(recorded).await?;
    Ok(true)
}

async fn writer<'a>(session: &'a Session, grants: &'a BTreeMap<&str, Grant>, slug: &str) -> ApiResult<Writer<'a>> {
    let grant = grants.get(slug).ok_or_else(|| ApiError::fault(format!("no authority {slug:?} in the demo")))?;
    session.writer(grant).await
}

fn authorities() -> [NewTenant; 3] {
    let wish = |slug: &str, name: &str, kind, ags: &str, website: &str| NewTenant {
        slug: slug.to_owned(),
        legal_name: name.to_owned(),
        kind,
        ags: Some(ags.to_owned()),
        time_zone: Berlin.name().to_owned(),
        assumption_day: true,
        website: Some(website.to_owned()),
    };
    [
        wish("kaufbeuren", "Stadt Kaufbeuren", TenantKind::DistrictFreeCity, "09762", "https://www.kaufbeuren.de"),
        wish(
            "ostallgaeu",
            "Landkreis Ostallgäu",
            TenantKind::RuralDistrict,
            "09777",
            "https://www.landkreis-ostallgaeu.de",
        ),
        wish(
            "unterallgaeu",
            "Landkreis Unterallgäu",
            TenantKind::RuralDistrict,
            "09778",
            "https://www.landratsamt-unterallgaeu.de",
        ),
    ]
}

/// The id of a calendar of the demo: the same in every demo, so that examples can name it.
pub fn calendar_id(key: &str) -> Uuid {
    let digest = Sha256::digest(format!("demo calendar {key}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The agreement as both sides signed it. Its dates are the demo's own.
async fn agreement(
    session: &Session,
    grants: &BTreeMap<&str, Grant>,
    tenants: &BTreeMap<&str, Uuid>,
    fields: &BTreeMap<String, Uuid>,
) -> ApiResult<Uuid> {
    let writer = &writer(session, grants, "ostallgaeu").await?;
    let id = new_id();
    let parties = ["kaufbeuren", "ostallgaeu"].map(|slug| tenants.get(slug).copied().unwrap_or_default());
    let draft = NewAgreement {
        tenant: writer.tenant(),
        parties: parties.iter().copied().filter(|it| *it != writer.tenant()).collect(),
        title: "Kooperationsvereinbarung über die Zusammenarbeit im Bereich des kommunalen Bildungsmanagements"
            .to_owned(),
        document_hash: None,
        areas: BTreeSet::from([Area::Calendars, Area::Projects, Area::Datasets]),
        fields: Some(fields.values().copied().collect()),
        valid_from: NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default(),
        valid_until: None,
    };
    let scope_shares = BTreeSet::from([ScopeShare::to_parties(id)]);
    let audience = Audience::Owned { tenant: writer.tenant(), area: ScopeArea::Agreements, field: None, scope_shares };
    rows_of_draft(writer, &draft, id).await?;
    domain::agreements::service::show_to_parties(writer, id, ensure(writer, &audience).await?).await?;
    let active = agreement::ActiveModel { state: Set(AgreementState::Active), ..Default::default() };
    let here = sea_orm::Condition::all().add(agreement::Column::Id.eq(id));
    writer.change::<agreement::Entity, _>(here, active).await?;
    let scope = audience.id();
    for party in ["kaufbeuren", "ostallgaeu"] {
        let writer = self::writer(session, grants, party).await?;
        writer
            .insert(agreement_signature::ActiveModel {
                agreement_id: Set(id),
                tenant_id: Set(writer.tenant()),
                scope_id: Set(scope),
                signed_by: Set("Leitung der Verwaltung (Demo)".to_owned()),
                signer_id: Set(None),
                signed_at: Set(writer.now()),
            })
            .await?;
    }
    Ok(id)
}

async fn places(session: &Session, grants: &BTreeMap<&str, Grant>) -> ApiResult<BTreeMap<String, Uuid>> {
    let file: Places = parse(PLACES)?;
    let mut ids = BTreeMap::new();
    for slug in ["kaufbeuren", "ostallgaeu"] {
        let writer = writer(session, grants, slug).await?;
        let (mut rows, mut origins) = (Vec::new(), Vec::new());
        for place in file.place.iter().filter(|it| it.tenant == slug) {
            let id = new_id();
            ids.insert(place.key.clone(), id);
            let words = [Some(place.name.as_str()), place.city.as_deref(), place.postal_code.as_deref()];
            rows.push(full::<_, learning_place::ActiveModel>(learning_place::Model {
                key: place.key.clone(),
                name: place.name.clone(),
                kind: place.kind,
                visibility: Visibility::Public,
                region_ags: place.region.clone(),
                postal_code: place.postal_code.clone(),
                city: place.city.clone(),
                latitude: Some(place.latitude),
                longitude: Some(place.longitude),
                note: place.note.clone(),
                search_text: text::fold(&words.into_iter().flatten().collect::<Vec<_>>().join(" ")),
                ..bare(&writer, id, PUBLIC_SCOPE)
            }));
            origins.extend(place.origin.iter().map(|it| {
                full::<_, learning_place_origin::ActiveModel>(learning_place_origin::Model {
                    id: new_id(),
                    tenant_id: writer.tenant(),
                    scope_id: PUBLIC_SCOPE,
                    learning_place_id: id,
                    name: it.name.clone(),
                    kind: it.kind.clone(),
                    latitude: it.latitude,
                    longitude: it.longitude,
                    source: file.source.attribution.clone(),
                })
            }));
        }
        writer.insert_all(rows).await?;
        writer.insert_all(origins).await?;
    }
    Ok(ids)
}

async fn plan(
    writer: &Writer<'_>,
    slug: &str,
    plans: &Plans,
    fields: &BTreeMap<String, Uuid>,
    places: &BTreeMap<String, Uuid>,
    agreement: Uuid,
) -> ApiResult<BTreeMap<String, Uuid>> {
    let mut made = BTreeMap::new();
    for file in plans.calendar.iter().filter(|it| it.tenant == slug) {
        let wish = NewCalendar {
            tenant: writer.tenant(),
            name: file.name.clone(),
            description: file.description.clone(),
            color: file.color.clone(),
            zone: Some(Berlin),
            field: file.field.as_deref().and_then(|it| fields.get(it).copied()),
            confidentiality: file.confidentiality,
        };
        let mut row = calendar_row(writer, wish, Berlin.name().to_owned(), calendar_id(&file.key));
        // Scopes follow the shares, which refer to the calendar: it is private until both are there.
        ensure(writer, &Audience::private(row.tenant_id, ScopeArea::Calendars, row.field_of_work_id)).await?;
        writer.insert::<calendar::ActiveModel>(full(row.clone())).await?;
        let shares = share(writer, &file.key, &row, agreement).await?;
        let scope_shares = scope_shares_of(&shares, &row);
        let audience = Audience::new(
            row.tenant_id,
            ScopeArea::Calendars,
            row.field_of_work_id,
            row.confidentiality,
            &scope_shares,
        );
        row.scope_id = ensure(writer, &audience).await?;
        let moved = calendar::ActiveModel { scope_id: Set(row.scope_id), ..Default::default() };
        let here = sea_orm::Condition::all().add(calendar::Column::Id.eq(row.id));
        writer.change::<calendar::Entity, _>(here, moved).await?;
        let mut rows: Vec<calendar_entry::ActiveModel> = Vec::new();
        let mut dates = Vec::new();
        for entry in &file.entry {
            let key = entry.key.clone();
            let mut entry = entry_row(writer, &row, new_entry(entry, &row, places)?, new_id());
            made.insert(key, entry.id);
            let takes_time = entry.takes_time();
            let audience =
                entry_audience(row.tenant_id, row.field_of_work_id, entry.confidentiality, takes_time, &scope_shares);
            entry.scope_id = ensure(writer, &audience).await?;
            dates.push((series::plan(&mut entry, writer.now())?, entry.clone()));
            rows.push(full(entry));
        }
        writer.insert_all(rows).await?;
        for (dates, entry) in dates {
            series::write(writer, &entry, dates).await?;
        }
    }
    Ok(made)
}

async fn share(
    writer: &Writer<'_>,
    key: &str,
    calendar: &calendar::Model,
    agreement: Uuid,
) -> ApiResult<Vec<share::Model>> {
    let mut shares = Vec::new();
    for (_, level, reason) in SHARES.iter().filter(|(it, ..)| *it == key) {
        let wish = NewShare {
            dataset: None,
            project: None,
            tenant: writer.tenant(),
            agreement,
            area: Area::Calendars,
            calendar: Some(calendar.id),
            field: None,
            grantee: None,
            grantee_role: None,
            level: *level,
            valid_from: None,
            valid_until: None,
            reason: Some((*reason).to_owned()),
        };
        shares.push(insert_share(writer, &wish, new_id()).await?);
    }
    Ok(shares)
}

fn new_entry(entry: &Entry, calendar: &calendar::Model, places: &BTreeMap<String, Uuid>) -> ApiResult<NewEntry> {
    let time = match (entry.start, entry.end, entry.from) {
        (Some(start), Some(end), None) => EntryTime::timed(start, end, Berlin)?,
        (None, None, Some(first)) => EntryTime::all_day(first, entry.to.unwrap_or(first), Berlin)?,
        _ => return Err(ApiError::fault(format!("plans.toml: {:?} has no clear time", entry.title))),
    };
    let place = match &entry.place {
        Some(key) => Some(*places.get(key).ok_or_else(|| ApiError::fault(format!("plans.toml: no place {key:?}")))?),
        None => None,
    };
    if entry.confidentiality.is_some_and(|it| it > calendar.confidentiality) {
        return Err(ApiError::fault(format!("plans.toml: {:?} is wider than its calendar", entry.title)));
    }
    let rule = entry.repeats.as_deref();
    let recurrence = RecurrenceSet::checked(rule, BTreeSet::new(), BTreeSet::new(), time.all_day, Berlin)?;
    Ok(NewEntry {
        title: entry.title.clone(),
        description: entry.description.clone(),
        kind: entry.kind,
        status: entry.status.unwrap_or(entities::EntryStatus::Confirmed),
        confidentiality: entry.confidentiality.or(Some(calendar.confidentiality)),
        field: calendar.field_of_work_id,
        time,
        place,
        location: entry.location.clone(),
        organiser: entry.organiser.clone(),
        speakers: Vec::new(),
        responsible_office: None,
        audiences: entry.audiences.clone(),
        target_groups: entry.target_groups.clone(),
        pillar: entry.pillar,
        cost: entry.cost.clone(),
        registration_url: entry.registration_url.clone(),
        recurrence,
        uid: None,
        source: entry.source.clone(),
    })
}

fn role(account: &Account, issuer: &str, tenant: Uuid) -> NewRoleGrant {
    NewRoleGrant {
        tenant,
        to: RoleHolder::Account {
            issuer: issuer.to_owned(),
            subject: account.subject.clone(),
            name: account.subject.clone(),
            email: None,
        },
        role: account.role,
        fields: None,
        valid_from: None,
        valid_until: None,
        reason: Some("role account of the demo".to_owned()),
    }
}
