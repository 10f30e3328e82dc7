//! Small worlds as rows of a database, many at a time.
//!
//! Each world has authorities, an account and agreements of its own, whose ids are made from the number of the world. Its rows
//! are in the table of their area. Rows of equal definition have one scope, and a scope carries its shares, as the store makes
//! them. Rows of the table `share` are left out: they say what the owner selected, and no access rests on them.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use entities as e;
use entities::{
    AgreementState, Confidentiality, DataClass, DatasetAccess, LearningPlaceKind, PUBLIC_SCOPE, ProjectPhase,
    ProtectionMethod, ScopeArea, TenantKind, TenantStatus,
};
use policy_worlds::{Area, Authority, Caller, Field, Fields, Role, Row, World};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, Insert, Set, TransactionTrait,
};
use serde_json::json;
use store::scopes::{Audience, ScopeShare, scope_share_id};
use uuid::Uuid;

use super::small_values::{agreement_state, border, common, day, field, level, midnight, only, role_key, scope_area};

/// The issuer of the accounts.
pub const ISSUER: &str = "https://verbund.localhost";

/// Rows of one statement: SQLite takes 32,766 values.
const AT_ONCE: usize = 1_000;

/// Accounts that stand for the rows about members. All worlds have them in common.
const COLLEAGUES: u32 = 6;

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
enum Kind {
    Tenant,
    Person,
    Member,
    RoleGrant,
    Agreement,
    Row,
}

/// The id of something in a world.
const fn id(number: u64, kind: Kind, at: usize) -> Uuid {
    Uuid::from_u64_pair(number + 1, (kind as u64) << 32 | at as u64)
}

/// The number of the world to which an id belongs.
pub fn world_of(id: Uuid) -> u64 {
    id.as_u64_pair().0 - 1
}

/// A world with the ids under which it is in the database.
pub struct Numbered<'a> {
    pub number: u64,
    pub world: &'a World,
}

impl Numbered<'_> {
    fn tenant(&self, authority: Authority) -> Uuid {
        id(self.number, Kind::Tenant, authority)
    }

    fn agreement(&self, at: usize) -> Uuid {
        id(self.number, Kind::Agreement, at)
    }

    /// The row at a place.
    pub fn row(&self, at: usize) -> Uuid {
        id(self.number, Kind::Row, at)
    }

    /// `sub` of the account.
    pub fn subject(&self) -> String {
        format!("world-{}", self.number)
    }

    /// The instant for which access is judged.
    pub fn instant(&self) -> DateTime<Utc> {
        midnight() + TimeDelta::minutes(self.world.minute)
    }

    /// Who sees a row.
    pub fn audience(&self, row: &Row) -> Audience {
        if row.public {
            return Audience::Public;
        }
        let share = |at: &usize| {
            let share = &self.world.shares[*at];
            ScopeShare {
                agreement: self.agreement(share.agreement),
                grantee: share.grantee.map(|it| self.tenant(it)),
                role: share.role.map(role_key),
                level: level(share.level),
                from: share.days.from.map(day),
                until: share.days.until.map(day),
            }
        };
        Audience::Owned {
            tenant: self.tenant(row.owner),
            area: scope_area(row.area),
            field: row.field.map(field),
            scope_shares: row.shares.iter().map(share).collect(),
        }
    }
}

/// Rows that wait to be written, in the order in which they refer to each other.
#[derive(Default)]
pub struct Rows {
    tenants: Vec<e::tenant::ActiveModel>,
    persons: Vec<e::person::ActiveModel>,
    scopes: BTreeMap<Uuid, e::scope::ActiveModel>,
    members: Vec<e::member::ActiveModel>,
    role_grants: Vec<e::role_grant::ActiveModel>,
    role_grant_fields: Vec<e::role_grant_field::ActiveModel>,
    agreements: Vec<e::agreement::ActiveModel>,
    parties: Vec<e::agreement_party::ActiveModel>,
    agreement_fields: Vec<e::agreement_field::ActiveModel>,
    scope_shares: BTreeMap<Uuid, e::scope_share::ActiveModel>,
    calendars: Vec<e::calendar::ActiveModel>,
    projects: Vec<e::project::ActiveModel>,
    datasets: Vec<e::dataset::ActiveModel>,
    places: Vec<e::learning_place::ActiveModel>,
    audit_events: Vec<e::audit_event::ActiveModel>,
}

impl Rows {
    /// Adds a world.
    pub fn add(&mut self, it: &Numbered<'_>) {
        let now = it.instant();
        for (at, zone) in it.world.zones.iter().enumerate() {
            self.tenants.push(e::tenant::ActiveModel {
                id: Set(it.tenant(at)),
                slug: Set(format!("authority-{}-{at}", it.number)),
                legal_name: Set("An authority".to_owned()),
                kind: Set(TenantKind::Other),
                time_zone: Set(zone.name.to_owned()),
                locale: Set("de".to_owned()),
                assumption_day: Set(true),
                status: Set(TenantStatus::Active),
                version: Set(1),
                created_at: Set(now),
                updated_at: Set(now),
                ..Default::default()
            });
        }
        if matches!(it.world.caller, Caller::Inactive | Caller::Active) {
            let person = id(it.number, Kind::Person, 0);
            self.add_person(person, it.subject(), it.world.caller == Caller::Active);
            for (at, role) in it.world.roles.iter().enumerate() {
                self.add_role(it, at, role, person);
            }
        }
        for at in 0..it.world.agreements.len() {
            self.add_agreement(it, at);
        }
        for (at, row) in it.world.rows.iter().enumerate() {
            self.add_row(it, at, row);
        }
    }

    fn add_person(&mut self, id: Uuid, subject: String, active: bool) {
        self.persons.push(e::person::ActiveModel {
            id: Set(id),
            issuer: Set(ISSUER.to_owned()),
            subject: Set(subject),
            name: Set("Somebody".to_owned()),
            active: Set(active),
            created_at: Set(midnight()),
        });
    }

    fn add_member(&mut self, id: Uuid, tenant: Uuid, scope: Uuid, person: Uuid) {
        self.members.push(e::member::ActiveModel {
            id: Set(id),
            tenant_id: Set(tenant),
            scope_id: Set(scope),
            person_id: Set(person),
            name: Set("Somebody".to_owned()),
            version: Set(1),
            created_at: Set(midnight()),
            updated_at: Set(midnight()),
            ..Default::default()
        });
    }

    fn add_role(&mut self, it: &Numbered<'_>, at: usize, role: &Role, person: Uuid) {
        let (tenant, member) = (it.tenant(role.authority), id(it.number, Kind::Member, role.authority));
        let scope = self.scope(&Audience::private(tenant, ScopeArea::Members, None));
        if it.world.roles[..at].iter().all(|other| other.authority != role.authority) {
            self.add_member(member, tenant, scope, person);
        }
        let grant = id(it.number, Kind::RoleGrant, at);
        self.role_grants.push(e::role_grant::ActiveModel {
            id: Set(grant),
            tenant_id: Set(tenant),
            scope_id: Set(scope),
            member_id: Set(member),
            role: Set(role_key(role.name)),
            all_fields: Set(role.fields == Fields::All),
            valid_from: Set(role.days.from.map(day)),
            valid_until: Set(role.days.until.map(day)),
            by_claim: Set(false),
            version: Set(1),
            created_at: Set(midnight()),
            updated_at: Set(midnight()),
            ..Default::default()
        });
        self.role_grant_fields.extend(only(role.fields).iter().map(|it| e::role_grant_field::ActiveModel {
            role_grant_id: Set(grant),
            field_of_work_id: Set(field(*it)),
            tenant_id: Set(tenant),
            scope_id: Set(scope),
        }));
    }

    fn add_agreement(&mut self, it: &Numbered<'_>, at: usize) {
        let agreement = &it.world.agreements[at];
        let owner = it.tenant(agreement.parties[0]);
        let scope = self.scope(&Audience::private(owner, ScopeArea::Agreements, None));
        let covers = |area: Area| Set(agreement.areas.contains(&area));
        self.agreements.push(e::agreement::ActiveModel {
            id: Set(it.agreement(at)),
            tenant_id: Set(owner),
            scope_id: Set(scope),
            title: Set("An agreement".to_owned()),
            covers_calendars: covers(Area::Calendars),
            covers_projects: covers(Area::Projects),
            covers_datasets: covers(Area::Datasets),
            all_fields: Set(agreement.fields == Fields::All),
            valid_from: Set(agreement.days.from.map(day).expect("an agreement has a first day")),
            valid_until: Set(agreement.days.until.map(day)),
            state: Set(agreement_state(agreement.state)),
            version: Set(1),
            created_at: Set(midnight()),
            updated_at: Set(midnight()),
            ..Default::default()
        });
        self.parties.extend(agreement.parties.iter().map(|party| e::agreement_party::ActiveModel {
            agreement_id: Set(it.agreement(at)),
            tenant_id: Set(it.tenant(*party)),
            scope_id: Set(scope),
        }));
        self.agreement_fields.extend(only(agreement.fields).iter().map(|one| e::agreement_field::ActiveModel {
            agreement_id: Set(it.agreement(at)),
            field_of_work_id: Set(field(*one)),
            tenant_id: Set(owner),
            scope_id: Set(scope),
        }));
    }

    /// The scope of an audience, once.
    fn scope(&mut self, audience: &Audience) -> Uuid {
        let scope_id = audience.id();
        let Audience::Owned { tenant, area, field, scope_shares } = audience else { return scope_id };
        self.scopes.entry(scope_id).or_insert_with(|| e::scope::ActiveModel {
            id: Set(scope_id),
            tenant_id: Set(Some(*tenant)),
            area: Set(*area),
            field_of_work_id: Set(*field),
            confidentiality: Set(Confidentiality::Partner),
            definition: Set(scope_id.to_string()),
            created_at: Set(midnight()),
        });
        for share in scope_shares {
            let id = scope_share_id(scope_id, share);
            self.scope_shares.entry(id).or_insert_with(|| e::scope_share::ActiveModel {
                id: Set(id),
                tenant_id: Set(*tenant),
                scope_id: Set(scope_id),
                agreement_id: Set(share.agreement),
                grantee_tenant_id: Set(share.grantee),
                grantee_role: Set(share.role),
                level: Set(share.level),
                valid_from: Set(share.from),
                valid_until: Set(share.until),
            });
        }
        scope_id
    }

    /// Adds a row to the table of its area.
    fn add_row(&mut self, it: &Numbered<'_>, at: usize, row: &Row) {
        let (id, tenant, scope) = (it.row(at), it.tenant(row.owner), self.scope(&it.audience(row)));
        let (name, now, field) = (format!("Row {at}"), midnight(), row.field.map(field));
        match row.area {
            Area::Calendars => self.calendars.push(e::calendar::ActiveModel {
                id: Set(id),
                tenant_id: Set(tenant),
                scope_id: Set(scope),
                name: Set(name),
                time_zone: Set("Europe/Berlin".to_owned()),
                field_of_work_id: Set(field),
                confidentiality: Set(Confidentiality::Partner),
                external: Set(false),
                version: Set(1),
                created_at: Set(now),
                updated_at: Set(now),
                ..Default::default()
            }),
            Area::Projects => self.projects.push(e::project::ActiveModel {
                id: Set(id),
                tenant_id: Set(tenant),
                scope_id: Set(scope),
                inner_scope_id: Set(scope),
                field_of_work_id: Set(field),
                title: Set(name),
                search_text: Set(String::new()),
                phase: Set(ProjectPhase::Running),
                confidentiality: Set(Confidentiality::Partner),
                version: Set(1),
                created_at: Set(now),
                updated_at: Set(now),
                ..Default::default()
            }),
            Area::Datasets => self.datasets.push(e::dataset::ActiveModel {
                id: Set(id),
                tenant_id: Set(tenant),
                scope_id: Set(scope),
                field_of_work_id: Set(field),
                title: Set(name),
                search_text: Set(String::new()),
                access: Set(DatasetAccess::Internal),
                data_class: Set(DataClass::Aggregated),
                protection_method: Set(ProtectionMethod::MinimumCount),
                protection_dimensions: Set(json!([])),
                keywords: Set(json!([])),
                language: Set("de".to_owned()),
                version: Set(1),
                created_at: Set(now),
                updated_at: Set(now),
                ..Default::default()
            }),
            Area::Places => self.places.push(e::learning_place::ActiveModel {
                id: Set(id),
                tenant_id: Set(tenant),
                scope_id: Set(scope),
                key: Set(name.clone()),
                name: Set(name),
                kind: Set(LearningPlaceKind::Other),
                visibility: Set(e::Visibility::Internal),
                search_text: Set(String::new()),
                version: Set(1),
                created_at: Set(now),
                updated_at: Set(now),
                ..Default::default()
            }),
            Area::Members => self.add_member(id, tenant, scope, common(10 + at as u32)),
            Area::Agreements => self.agreements.push(e::agreement::ActiveModel {
                id: Set(id),
                tenant_id: Set(tenant),
                scope_id: Set(scope),
                title: Set(name),
                covers_calendars: Set(true),
                covers_projects: Set(false),
                covers_datasets: Set(false),
                all_fields: Set(true),
                valid_from: Set(border()),
                valid_until: Set(None),
                state: Set(AgreementState::Draft),
                version: Set(1),
                created_at: Set(now),
                updated_at: Set(now),
                ..Default::default()
            }),
            Area::Audit => self.audit_events.push(e::audit_event::ActiveModel {
                id: Set(id),
                tenant_id: Set(tenant),
                scope_id: Set(scope),
                action: Set(name),
                object_type: Set("Calendar".to_owned()),
                object_id: Set(id),
                request_id: Set("small-world".to_owned()),
                created_at: Set(now),
                ..Default::default()
            }),
        }
    }

    /// Writes everything in one transaction into an empty, migrated database.
    pub async fn insert(mut self, db: &DatabaseConnection) {
        let db = db.begin().await.expect("a transaction");
        put(&db, fields_of_work()).await;
        for at in 0..COLLEAGUES {
            self.add_person(common(10 + at), format!("colleague-{at}"), true);
        }
        put(&db, self.tenants).await;
        put(&db, self.persons).await;
        put(&db, self.scopes.into_values().collect()).await;
        put(&db, self.members).await;
        put(&db, self.role_grants).await;
        put(&db, self.role_grant_fields).await;
        put(&db, self.agreements).await;
        put(&db, self.parties).await;
        put(&db, self.agreement_fields).await;
        put(&db, self.scope_shares.into_values().collect()).await;
        put(&db, self.calendars).await;
        put(&db, self.projects).await;
        put(&db, self.datasets).await;
        put(&db, self.places).await;
        put(&db, self.audit_events).await;
        db.commit().await.expect("rows that fit together");
    }
}

/// Writes rows of one table.
async fn put<A: ActiveModelTrait>(db: &DatabaseTransaction, rows: Vec<A>) {
    for rows in rows.chunks(AT_ONCE) {
        let insert = Insert::many(rows.to_vec()).exec_without_returning(db);
        insert.await.expect("rows that fit the schema");
    }
}

/// Brings what the planner knows of the tables up to date.
pub async fn analyze(db: &DatabaseConnection) {
    db.execute_unprepared("ANALYZE").await.expect("statistics");
}

fn fields_of_work() -> Vec<e::field_of_work::ActiveModel> {
    let model = |it: Field| e::field_of_work::ActiveModel {
        id: Set(field(it)),
        tenant_id: Set(None),
        scope_id: Set(PUBLIC_SCOPE),
        key: Set(format!("{it:?}").to_lowercase()),
        name_de: Set(format!("{it:?}")),
        name_en: Set(format!("{it:?}")),
        version: Set(1),
        created_at: Set(midnight()),
        updated_at: Set(midnight()),
    };
    vec![model(Field::Counselling), model(Field::Orientation)]
}
