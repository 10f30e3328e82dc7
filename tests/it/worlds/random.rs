//! Random worlds: authorities, people, roles, agreements, shares, calendars, entries, and an instant to judge them at.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use domain::agreements::shares::entry_audience;
use entities as e;
use entities::{
    AgreementState, Area, Confidentiality, EntryKind, EntryStatus, PUBLIC_SCOPE, RoleKey, ScopeArea, ShareLevel,
    TenantKind, TenantStatus,
};
use kernel::ids::new_id;
use sea_orm::{ActiveModelTrait, DatabaseConnection, EntityTrait, Insert, IntoActiveModel};
use store::scopes::{Audience, ScopeShare};
use uuid::Uuid;
use verbund_tests::Dice;

/// Authorities: id and time zone. Zones differ, so that "today" does.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub id: Uuid,
    pub zone: Tz,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub id: Uuid,
    pub active: bool,
}

#[derive(Clone, Debug)]
pub struct Role {
    pub person: usize,
    pub tenant: usize,
    pub role: RoleKey,
    pub fields: Option<Vec<Uuid>>,
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub revoked: bool,
}

#[derive(Clone, Debug)]
pub struct Agreement {
    pub id: Uuid,
    pub parties: Vec<usize>,
    pub state: AgreementState,
    pub calendars: bool,
    pub projects: bool,
    pub fields: Option<Vec<Uuid>>,
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
}

#[derive(Clone, Debug)]
pub struct Calendar {
    pub id: Uuid,
    pub tenant: usize,
    pub field: Option<Uuid>,
    pub confidentiality: Confidentiality,
}

#[derive(Clone, Debug)]
pub struct Share {
    pub tenant: usize,
    pub agreement: usize,
    pub calendar: Option<usize>,
    pub field: Option<Uuid>,
    pub grantee: Option<usize>,
    pub grantee_role: Option<RoleKey>,
    pub level: ShareLevel,
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub ended: bool,
}

#[derive(Clone, Debug)]
pub struct Entry {
    pub id: Uuid,
    pub calendar: usize,
    pub confidentiality: Confidentiality,
    pub status: EntryStatus,
    pub scope: Uuid,
    pub starts: NaiveDateTime,
}

/// A world.
#[derive(Clone, Debug)]
pub struct Random {
    dice: Dice,
    ids: u128,
    pub now: DateTime<Utc>,
    pub fields: Vec<Uuid>,
    pub tenants: Vec<Tenant>,
    pub persons: Vec<Person>,
    pub roles: Vec<Role>,
    pub agreements: Vec<Agreement>,
    pub calendars: Vec<Calendar>,
    pub shares: Vec<Share>,
    pub entries: Vec<Entry>,
}

/// Roles that are given, and to whom something is shared.
pub const ROLES: [RoleKey; 6] = [
    RoleKey::Viewer,
    RoleKey::Planner,
    RoleKey::Auditor,
    RoleKey::DataSteward,
    RoleKey::TenantAdmin,
    RoleKey::Integrator,
];

impl Random {
    /// The world of a seed.
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        // Around midnight somewhere.
        let now =
            dice.one(&["2027-06-15T21:59:59Z", "2027-06-15T22:00:00Z", "2027-06-16T03:59:59Z", "2027-06-16T12:00:00Z"]);
        let mut world = Self {
            dice,
            ids: u128::from(seed + 1) << 64,
            now: now.parse().expect("an instant"),
            fields: Vec::new(),
            tenants: Vec::new(),
            persons: Vec::new(),
            roles: Vec::new(),
            agreements: Vec::new(),
            calendars: Vec::new(),
            shares: Vec::new(),
            entries: Vec::new(),
        };
        world.fields = (0..3).map(|_| world.id()).collect();
        for _ in 0..2 + world.dice.below(4) {
            let tenant = Tenant {
                id: world.id(),
                zone: world.dice.one(&[Tz::Europe__Berlin, Tz::Europe__Berlin, Tz::America__New_York]),
            };
            world.tenants.push(tenant);
        }
        for _ in 0..5 {
            let person = Person { id: world.id(), active: world.dice.chance(90) };
            world.persons.push(person);
            for _ in 0..world.dice.below(4) {
                let role = world.role(world.persons.len() - 1);
                world.roles.push(role);
            }
        }
        for _ in 0..1 + world.dice.below(4) {
            let agreement = world.agreement();
            world.agreements.push(agreement);
        }
        for tenant in 0..world.tenants.len() {
            for _ in 0..2 {
                world.calendar(tenant);
            }
            for _ in 0..3 {
                world.share(tenant);
            }
        }
        world.fill();
        world
    }

    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    /// A day close to now, or none.
    fn day(&mut self, none: usize, back: u64, forth: u64) -> Option<NaiveDate> {
        if self.dice.chance(none) {
            return None;
        }
        let spread = usize::try_from(back + forth + 1).expect("a small number");
        let first = self.now.date_naive() - Days::new(back);
        Some(first + Days::new(u64::try_from(self.dice.below(spread)).expect("a small number")))
    }

    fn field(&mut self) -> Option<Uuid> {
        let fields = self.fields.clone();
        self.dice.chance(70).then(|| self.dice.one(&fields))
    }

    fn only(&mut self, all: usize) -> Option<Vec<Uuid>> {
        let fields = self.fields.clone();
        (!self.dice.chance(all)).then(|| self.dice.some(&fields))
    }

    fn role(&mut self, person: usize) -> Role {
        Role {
            person,
            tenant: self.dice.below(self.tenants.len()),
            role: self.dice.one(&ROLES),
            fields: self.only(60),
            from: self.day(60, 3, 1),
            until: self.day(60, 1, 3).map(|it| it.max(self.now.date_naive() - Days::new(1))),
            revoked: self.dice.chance(10),
        }
    }

    fn agreement(&mut self) -> Agreement {
        let tenants: Vec<_> = (0..self.tenants.len()).collect();
        let mut parties = self.dice.some(&tenants);
        if parties.len() < 2 {
            parties = vec![0, 1];
        }
        let states = [
            AgreementState::Active,
            AgreementState::Active,
            AgreementState::Active,
            AgreementState::Proposed,
            AgreementState::Ended,
        ];
        Agreement {
            id: self.id(),
            parties,
            state: self.dice.one(&states),
            calendars: self.dice.chance(85),
            // No dice, so that the rest of the world stays what it is.
            projects: !self.ids.is_multiple_of(6),
            fields: self.only(50),
            from: self.day(0, 4, 1).expect("a day"),
            until: self.day(50, 0, 3).map(|it| it + Days::new(1)),
        }
    }

    fn calendar(&mut self, tenant: usize) {
        let confidentiality = self.dice.one(&[
            Confidentiality::Internal,
            Confidentiality::Partner,
            Confidentiality::Partner,
            Confidentiality::Public,
        ]);
        let calendar = Calendar { id: self.id(), tenant, field: self.field(), confidentiality };
        self.calendars.push(calendar);
    }

    fn share(&mut self, tenant: usize) {
        let bound: Vec<_> =
            (0..self.agreements.len()).filter(|it| self.agreements[*it].parties.contains(&tenant)).collect();
        if bound.is_empty() {
            return;
        }
        let agreement = self.dice.one(&bound);
        let others: Vec<_> = self.agreements[agreement].parties.iter().copied().filter(|it| *it != tenant).collect();
        let own: Vec<_> = (0..self.calendars.len()).filter(|it| self.calendars[*it].tenant == tenant).collect();
        let calendar = self.dice.chance(60).then(|| self.dice.one(&own));
        let field = if calendar.is_none() { self.field() } else { None };
        let grantee = (!others.is_empty() && self.dice.chance(30)).then(|| self.dice.one(&others));
        let share = Share {
            tenant,
            agreement,
            calendar,
            field,
            grantee,
            grantee_role: self.dice.chance(20).then(|| self.dice.one(&ROLES)),
            level: self.dice.one(ShareLevel::ALL),
            from: self.day(70, 2, 1),
            until: self.day(70, 1, 2).map(|it| it.max(self.now.date_naive())),
            ended: self.dice.chance(15),
        };
        self.shares.push(share);
    }

    /// Puts entries into calendars that have none yet.
    fn fill(&mut self) {
        for calendar in 0..self.calendars.len() {
            if self.entries.iter().any(|it| it.calendar == calendar) {
                continue;
            }
            for _ in 0..4 {
                let widest = self.calendars[calendar].confidentiality;
                let confidentiality = self.dice.one(Confidentiality::ALL).min(widest);
                let day = u32::try_from(self.dice.below(28)).expect("a small number") + 1;
                let entry = Entry {
                    id: self.id(),
                    calendar,
                    confidentiality,
                    status: self.dice.one(EntryStatus::ALL),
                    scope: Uuid::nil(),
                    starts: NaiveDate::from_ymd_opt(2027, 7, day)
                        .and_then(|it| it.and_hms_opt(9, 0, 0))
                        .expect("a time"),
                };
                let scope = self.audience(&entry).id();
                self.entries.push(Entry { scope, ..entry });
            }
        }
    }

    /// Somebody for each authority who holds every role there and none elsewhere; who they are.
    pub fn add_everybody(&mut self) -> Vec<usize> {
        let tenants = 0..self.tenants.len();
        let add = |tenant| {
            let person = Person { id: self.id(), active: true };
            self.persons.push(person);
            let person = self.persons.len() - 1;
            let role = |role| Role { person, tenant, role, fields: None, from: None, until: None, revoked: false };
            self.roles.extend(RoleKey::ALL.iter().copied().map(role));
            person
        };
        tenants.map(add).collect()
    }

    /// An authority that nobody here knows, with a calendar, an agreement among strangers, and somebody who may
    /// everything there.
    pub fn add_strangers(&mut self) {
        let (one, other) = (self.tenants.len(), self.tenants.len() + 1);
        for _ in 0..2 {
            let tenant = Tenant { id: self.id(), zone: Tz::Europe__Berlin };
            self.tenants.push(tenant);
        }
        let mut agreement = self.agreement();
        agreement.parties = vec![one, other];
        self.agreements.push(agreement);
        let person = Person { id: self.id(), active: true };
        self.persons.push(person);
        for tenant in [one, other] {
            let (person, role) = (self.persons.len() - 1, RoleKey::TenantAdmin);
            self.roles.push(Role { person, tenant, role, fields: None, from: None, until: None, revoked: false });
            // Nothing of it is public: what is, is meant for everybody.
            let calendar = Calendar { id: self.id(), tenant, field: None, confidentiality: Confidentiality::Partner };
            self.calendars.push(calendar);
            self.share(tenant);
        }
        self.fill();
    }

    /// The date on the clocks of an authority.
    pub fn today(&self, tenant: usize) -> NaiveDate {
        self.now.with_timezone(&self.tenants[tenant].zone).date_naive()
    }

    /// `sub` of a person.
    pub fn subject(&self, person: usize) -> String {
        format!("person-{}", self.persons[person].id)
    }

    fn scope_shares(&self, calendar: usize) -> BTreeSet<ScopeShare> {
        let here = &self.calendars[calendar];
        self.shares
            .iter()
            .filter(|it| it.tenant == here.tenant && !it.ended)
            .filter(|it| it.calendar.is_none_or(|it| it == calendar) && (it.field.is_none() || it.field == here.field))
            .map(|it| ScopeShare {
                agreement: self.agreements[it.agreement].id,
                grantee: it.grantee.map(|it| self.tenants[it].id),
                role: it.grantee_role,
                level: it.level,
                from: it.from,
                until: it.until,
            })
            .collect()
    }

    fn audience(&self, entry: &Entry) -> Audience {
        let calendar = &self.calendars[entry.calendar];
        let owner = self.tenants[calendar.tenant].id;
        let scope_shares = self.scope_shares(entry.calendar);
        entry_audience(owner, calendar.field, entry.confidentiality, entry.status.takes_time(), &scope_shares)
    }

    /// Writes the world into an empty, migrated database.
    pub async fn insert(&self, db: &DatabaseConnection) {
        let now = self.now;
        put(
            db,
            self.tenants.iter().enumerate().map(|(index, it)| e::tenant::Model {
                id: it.id,
                slug: format!("tenant-{index}"),
                legal_name: format!("Tenant {index}"),
                kind: TenantKind::Other,
                ags: None,
                time_zone: it.zone.name().to_owned(),
                locale: "de".to_owned(),
                assumption_day: true,
                website: None,
                second_admin: true,
                status: TenantStatus::Active,
                version: 1,
                created_at: now,
                updated_at: now,
            }),
        )
        .await;
        put(
            db,
            self.fields.iter().map(|id| e::field_of_work::Model {
                id: *id,
                tenant_id: None,
                scope_id: PUBLIC_SCOPE,
                key: format!("f{id}"),
                name_de: "F".to_owned(),
                name_en: "F".to_owned(),
                version: 1,
                created_at: now,
                updated_at: now,
            }),
        )
        .await;
        put(
            db,
            self.persons.iter().enumerate().map(|(index, it)| e::person::Model {
                id: it.id,
                issuer: "https://verbund.localhost".to_owned(),
                subject: self.subject(index),
                name: "Somebody".to_owned(),
                active: it.active,
                created_at: now,
            }),
        )
        .await;
        let mut scopes: Vec<Audience> = Vec::new();
        for tenant in &self.tenants {
            for area in [ScopeArea::Members, ScopeArea::Agreements] {
                scopes.push(Audience::private(tenant.id, area, None));
            }
        }
        let calendar_audience = |index: usize| {
            let calendar = &self.calendars[index];
            let owner = self.tenants[calendar.tenant].id;
            Audience::new(
                owner,
                ScopeArea::Calendars,
                calendar.field,
                calendar.confidentiality,
                &self.scope_shares(index),
            )
        };
        scopes.extend((0..self.calendars.len()).map(calendar_audience));
        scopes.extend(self.entries.iter().map(|it| self.audience(it)));
        self.insert_scopes(db, &scopes, 0).await;
        self.insert_members(db).await;
        self.insert_agreements(db).await;
        self.insert_scopes(db, &scopes, 1).await;
        put(
            db,
            self.calendars.iter().enumerate().map(|(index, it)| e::calendar::Model {
                id: it.id,
                tenant_id: self.tenants[it.tenant].id,
                scope_id: calendar_audience(index).id(),
                name: format!("Calendar {index}"),
                description: None,
                color: None,
                time_zone: "Europe/Berlin".to_owned(),
                field_of_work_id: it.field,
                confidentiality: it.confidentiality,
                external: false,
                project_id: None,
                project_calendar: None,
                archived_at: None,
                version: 1,
                created_at: now,
                updated_at: now,
            }),
        )
        .await;
        put(
            db,
            self.entries.iter().enumerate().map(|(index, it)| e::calendar_entry::Model {
                id: it.id,
                tenant_id: self.tenants[self.calendars[it.calendar].tenant].id,
                scope_id: it.scope,
                calendar_id: self.calendars[it.calendar].id,
                title: "T".to_owned(),
                description: None,
                kind: EntryKind::Other,
                status: it.status,
                confidentiality: it.confidentiality,
                field_of_work_id: self.calendars[it.calendar].field,
                all_day: false,
                starts_local: it.starts,
                ends_local: it.starts + chrono::TimeDelta::hours(1),
                time_zone: "UTC".to_owned(),
                starts_at: it.starts.and_utc(),
                ends_at: it.starts.and_utc() + chrono::TimeDelta::hours(1),
                recurrence_rule: None,
                extra_dates: None,
                except_dates: None,
                // Every second one is a series, whose dates stand in a table of their own.
                expanded_until: (index % 2 == 1).then_some(now),
                series_id: None,
                series_date: None,

                uid: None,
                source_sequence: None,
                source_modified: None,
                source_digest: None,
                learning_place_id: None,
                location: Some("There".to_owned()),
                organiser: None,
                speakers: None,
                responsible_office: None,
                pillar: None,
                audiences: None,
                cost: None,
                target_groups: None,
                registration_url: None,
                cancel_reason: None,
                source: None,
                search_text: "t".to_owned(),
                version: 1,
                created_at: now,
                updated_at: now,
            }),
        )
        .await;
        put(
            db,
            self.entries.iter().skip(1).step_by(2).map(|it| e::calendar_occurrence::Model {
                id: it.id,
                tenant_id: self.tenants[self.calendars[it.calendar].tenant].id,
                scope_id: it.scope,
                entry_id: it.id,
                starts_local: it.starts,
                ends_local: it.starts + chrono::TimeDelta::hours(1),
                starts_at: it.starts.and_utc(),
                ends_at: it.starts.and_utc() + chrono::TimeDelta::hours(1),
            }),
        )
        .await;
        put(
            db,
            self.shares.iter().map(|it| e::share::Model {
                id: new_id(),
                tenant_id: self.tenants[it.tenant].id,
                scope_id: Audience::private(self.tenants[it.tenant].id, ScopeArea::Agreements, None).id(),
                agreement_id: self.agreements[it.agreement].id,
                area: Area::Calendars,
                calendar_id: it.calendar.map(|it| self.calendars[it].id),
                dataset_id: None,
                project_id: None,
                field_of_work_id: it.field,
                grantee_tenant_id: it.grantee.map(|it| self.tenants[it].id),
                grantee_role: it.grantee_role,
                level: it.level,
                valid_from: None,
                valid_until: None,
                reason: None,
                ended_at: it.ended.then_some(now),
                version: 1,
                created_at: now,
                updated_at: now,
            }),
        )
        .await;
    }

    /// Scopes first, their ways once the agreements are there.
    pub async fn insert_scopes(&self, db: &DatabaseConnection, scopes: &[Audience], pass: u8) {
        let mut done = BTreeSet::from([PUBLIC_SCOPE]);
        for audience in scopes {
            let Audience::Owned { tenant, area, field, scope_shares } = audience else { continue };
            if !done.insert(audience.id()) {
                continue;
            }
            if pass == 0 {
                put(
                    db,
                    [e::scope::Model {
                        id: audience.id(),
                        tenant_id: Some(*tenant),
                        area: *area,
                        field_of_work_id: *field,
                        confidentiality: Confidentiality::Partner,
                        definition: audience.id().to_string(),
                        created_at: self.now,
                    }],
                )
                .await;
            } else {
                put(
                    db,
                    scope_shares.iter().map(|way| e::scope_share::Model {
                        id: new_id(),
                        tenant_id: *tenant,
                        scope_id: audience.id(),
                        agreement_id: way.agreement,
                        grantee_tenant_id: way.grantee,
                        grantee_role: way.role,
                        level: way.level,
                        valid_from: way.from,
                        valid_until: way.until,
                    }),
                )
                .await;
            }
        }
    }

    /// The secret of the feed of a member.
    pub fn secret(&self, tenant: usize, person: usize) -> String {
        format!("vbf_{tenant}_{person}")
    }

    /// The most that it shows.
    pub fn feed_level(&self, tenant: usize, person: usize) -> ShareLevel {
        [ShareLevel::Busy, ShareLevel::Summary, ShareLevel::Full][(tenant + person) % 3]
    }

    async fn insert_members(&self, db: &DatabaseConnection) {
        let scope = |tenant: usize| Audience::private(self.tenants[tenant].id, ScopeArea::Members, None).id();
        let mut members = std::collections::BTreeMap::new();
        for role in &self.roles {
            members.entry((role.tenant, role.person)).or_insert_with(new_id);
        }
        put(
            db,
            members.iter().map(|((tenant, person), id)| e::member::Model {
                id: *id,
                tenant_id: self.tenants[*tenant].id,
                scope_id: scope(*tenant),
                person_id: self.persons[*person].id,
                name: "Somebody".to_owned(),
                email: None,
                claims_at: None,
                version: 1,
                created_at: self.now,
                updated_at: self.now,
            }),
        )
        .await;
        // A feed of everything for each member.
        put(
            db,
            members.iter().map(|((tenant, person), id)| e::feed::Model {
                id: new_id(),
                tenant_id: self.tenants[*tenant].id,
                scope_id: scope(*tenant),
                member_id: *id,
                person_id: self.persons[*person].id,
                name: "Feed".to_owned(),
                calendars: None,
                level: self.feed_level(*tenant, *person),
                secret_hash: hex(digest(&SHA256, self.secret(*tenant, *person).as_bytes()).as_ref()),
                expires_at: None,
                last_used_at: None,
                revoked_at: None,
                version: 1,
                created_at: self.now,
                updated_at: self.now,
            }),
        )
        .await;
        for role in &self.roles {
            let grant = e::role_grant::Model {
                by_claim: false,
                id: new_id(),
                tenant_id: self.tenants[role.tenant].id,
                scope_id: scope(role.tenant),
                member_id: members[&(role.tenant, role.person)],
                role: role.role,
                all_fields: role.fields.is_none(),
                valid_from: role.from,
                valid_until: role.until.map(|it| it.max(role.from.unwrap_or(it))),
                reason: None,
                granted_by: None,
                confirm_until: None,
                confirmed_by: None,
                revoked_at: role.revoked.then_some(self.now),
                version: 1,
                created_at: self.now,
                updated_at: self.now,
            };
            let fields: Vec<_> = role
                .fields
                .iter()
                .flatten()
                .map(|field| e::role_grant_field::Model {
                    role_grant_id: grant.id,
                    field_of_work_id: *field,
                    tenant_id: grant.tenant_id,
                    scope_id: grant.scope_id,
                })
                .collect();
            put(db, [grant]).await;
            put(db, fields).await;
        }
    }

    async fn insert_agreements(&self, db: &DatabaseConnection) {
        for agreement in &self.agreements {
            let owner = self.tenants[agreement.parties[0]].id;
            let scope_id = Audience::private(owner, ScopeArea::Agreements, None).id();
            put(
                db,
                [e::agreement::Model {
                    id: agreement.id,
                    tenant_id: owner,
                    scope_id,
                    title: "A".to_owned(),
                    document_hash: None,
                    covers_calendars: agreement.calendars,
                    covers_projects: agreement.projects,
                    covers_datasets: false,
                    all_fields: agreement.fields.is_none(),
                    valid_from: agreement.from,
                    valid_until: agreement.until.map(|it| it.max(agreement.from)),
                    state: agreement.state,
                    end_reason: None,
                    ended_at: None,
                    version: 1,
                    created_at: self.now,
                    updated_at: self.now,
                }],
            )
            .await;
            put(
                db,
                agreement.parties.iter().map(|party| e::agreement_party::Model {
                    agreement_id: agreement.id,
                    tenant_id: self.tenants[*party].id,
                    scope_id,
                }),
            )
            .await;
            put(
                db,
                agreement.fields.iter().flatten().map(|field| e::agreement_field::Model {
                    agreement_id: agreement.id,
                    field_of_work_id: *field,
                    tenant_id: owner,
                    scope_id,
                }),
            )
            .await;
        }
    }
}

/// Writes rows.
pub async fn put<M, A>(db: &DatabaseConnection, rows: impl IntoIterator<Item = M>)
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    let rows: Vec<A> = rows.into_iter().map(|it| it.into_active_model().reset_all()).collect();
    if !rows.is_empty() {
        Insert::many(rows).exec_without_returning(db).await.expect("rows that fit the schema");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
