//! Worlds in the form of the policy: ids for places in lists, facts for rows.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use entities::{AgreementState, PUBLIC_SCOPE, RoleKey, ScopeArea, ShareLevel};
use policy_worlds::reference::Rule;
use policy_worlds::{Action, Area, Authority, BORDER, Caller, Day, Field, Level, RoleName, Row, State, World};
use uuid::Uuid;
use verbund_policy::{Access, AgreementFact, Because, Fields, PersonFact, RoleFact, ScopeFact, ScopeShareFact};

/// A scope that no world has.
pub const UNKNOWN_SCOPE: Uuid = Uuid::from_u128(999);

/// The account of the caller.
pub const PERSON: Uuid = Uuid::from_u128(2);

/// What the policy makes of a world. The facts are those of everybody, more than the store loads for one caller: no rule may
/// rest on what is not loaded.
pub fn access(world: &World) -> Access {
    if world.caller == Caller::Anonymous {
        return Access::anonymous();
    }
    Access::evaluate(facts(world), true, instant(world))
}

fn facts(world: &World) -> verbund_policy::ActorFacts {
    let mut facts = verbund_policy::ActorFacts {
        person: (world.caller != Caller::Unknown).then(|| PersonFact {
            id: PERSON,
            name: String::new(),
            active: world.caller == Caller::Active,
        }),
        ..verbund_policy::ActorFacts::default()
    };
    for (at, role) in world.roles.iter().enumerate() {
        facts.roles.push(RoleFact {
            id: Uuid::from_u128(50 + at as u128),
            member: Uuid::from_u128(60 + role.authority as u128),
            member_name: String::new(),
            tenant: tenant(role.authority),
            zone: world.zones[role.authority].name.to_owned(),
            role: role_key(role.name),
            fields: fields(role.fields),
            from: role.days.from.map(day),
            until: role.days.until.map(day),
        });
    }
    for (at, agreement) in world.agreements.iter().enumerate() {
        facts.agreements.push(AgreementFact {
            id: agreement_id(at),
            state: match agreement.state {
                State::Draft => AgreementState::Draft,
                State::Proposed => AgreementState::Proposed,
                State::Active => AgreementState::Active,
                State::Ended => AgreementState::Ended,
            },
            areas: agreement.areas.iter().map(|it| area_of_cooperation(*it)).collect(),
            fields: fields(agreement.fields),
            parties: agreement.parties.iter().map(|it| tenant(*it)).collect(),
            from: agreement.days.from.map(day).expect("an agreement has a first day"),
            until: agreement.days.until.map(day),
        });
    }
    for (at, row) in world.rows.iter().enumerate().filter(|(_, row)| !row.public) {
        let (id, owner, area, field) = (scope(at, row), tenant(row.owner), scope_area(row.area), row.field.map(field));
        facts.scopes.push(ScopeFact { id, tenant: owner, area, field });
        for share in row.shares.iter().map(|it| &world.shares[*it]) {
            facts.scope_shares.push(ScopeShareFact {
                scope: id,
                tenant: owner,
                zone: world.zones[row.owner].name.to_owned(),
                area,
                field,
                agreement: agreement_id(share.agreement),
                grantee: share.grantee.map(tenant),
                role: share.role.map(role_key),
                level: level(share.level),
                from: share.days.from.map(day),
                until: share.days.until.map(day),
            });
        }
    }
    facts
}

/// The scope of the row at a place.
pub fn scope(at: usize, row: &Row) -> Uuid {
    if row.public { PUBLIC_SCOPE } else { Uuid::from_u128(40 + at as u128) }
}

pub fn tenant(authority: Authority) -> Uuid {
    Uuid::from_u128(10 + authority as u128)
}

pub fn field(field: Field) -> Uuid {
    Uuid::from_u128(match field {
        Field::Counselling => 30,
        Field::Orientation => 31,
    })
}

pub fn because(rule: Rule) -> Because {
    match rule {
        Rule::Public => Because::Public,
        Rule::OwnRole { authority, role } => Because::Role { tenant: tenant(authority), role: role_key(role) },
        Rule::SharedWith { agreement, authority, role } => {
            Because::Share { agreement: agreement_id(agreement), tenant: tenant(authority), role: role_key(role) }
        }
    }
}

pub const fn level(level: Level) -> ShareLevel {
    match level {
        Level::Busy => ShareLevel::Busy,
        Level::Summary => ShareLevel::Summary,
        Level::Full => ShareLevel::Full,
        Level::Contribute => ShareLevel::Contribute,
    }
}

pub const fn scope_area(area: Area) -> ScopeArea {
    match area {
        Area::Calendars => ScopeArea::Calendars,
        Area::Projects => ScopeArea::Projects,
        Area::Datasets => ScopeArea::Datasets,
        Area::Places => ScopeArea::Places,
        Area::Members => ScopeArea::Members,
        Area::Agreements => ScopeArea::Agreements,
        Area::Audit => ScopeArea::Audit,
    }
}

pub const fn policy_action(action: Action) -> verbund_policy::Action {
    match action {
        Action::Read => verbund_policy::Action::Read,
        Action::Write => verbund_policy::Action::Write,
        Action::Share => verbund_policy::Action::Share,
        Action::Sign => verbund_policy::Action::Sign,
        Action::Publish => verbund_policy::Action::Publish,
        Action::Manage => verbund_policy::Action::Manage,
    }
}

const fn role_key(name: RoleName) -> RoleKey {
    match name {
        RoleName::Viewer => RoleKey::Viewer,
        RoleName::Planner => RoleKey::Planner,
        RoleName::ProjectLead => RoleKey::ProjectLead,
        RoleName::DataSteward => RoleKey::DataSteward,
        RoleName::Publisher => RoleKey::Publisher,
        RoleName::TenantAdmin => RoleKey::TenantAdmin,
        RoleName::Auditor => RoleKey::Auditor,
        RoleName::Integrator => RoleKey::Integrator,
    }
}

fn area_of_cooperation(area: Area) -> entities::Area {
    match area {
        Area::Calendars => entities::Area::Calendars,
        Area::Projects => entities::Area::Projects,
        Area::Datasets => entities::Area::Datasets,
        Area::Places | Area::Members | Area::Agreements | Area::Audit => panic!("no agreement covers {area:?}"),
    }
}

fn fields(fields: policy_worlds::Fields) -> Fields {
    match fields {
        policy_worlds::Fields::All => Fields::All,
        policy_worlds::Fields::Only(some) => Fields::Only(some.iter().map(|it| field(*it)).collect()),
    }
}

const fn agreement_id(at: usize) -> Uuid {
    Uuid::from_u128(20 + at as u128)
}

fn border() -> NaiveDate {
    let (year, month, day) = BORDER;
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

fn day(day: Day) -> NaiveDate {
    let distance = Days::new(day.unsigned_abs());
    if day < 0 { border() - distance } else { border() + distance }
}

fn instant(world: &World) -> DateTime<Utc> {
    border().and_hms_opt(0, 0, 0).expect("a time").and_utc() + TimeDelta::minutes(world.minute)
}
