//! Values of small worlds in the words of the product.

use chrono::{DateTime, Days, NaiveDate, Utc};
use entities::{AgreementState, RoleKey, ScopeArea, ShareLevel};
use policy_worlds::{Area, BORDER, Day, Field, Fields, Level, RoleName, State};
use uuid::Uuid;

/// An id that no world has.
pub const fn common(at: u32) -> Uuid {
    Uuid::from_u64_pair(0, 1_000 + at as u64)
}

pub const fn only(fields: Fields) -> &'static [Field] {
    match fields {
        Fields::All => &[],
        Fields::Only(some) => some,
    }
}

pub const fn field(field: Field) -> Uuid {
    common(match field {
        Field::Counselling => 0,
        Field::Orientation => 1,
    })
}

/// A level in the words of the product.
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

pub const fn role_key(name: RoleName) -> RoleKey {
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

pub const fn agreement_state(state: State) -> AgreementState {
    match state {
        State::Draft => AgreementState::Draft,
        State::Proposed => AgreementState::Proposed,
        State::Active => AgreementState::Active,
        State::Ended => AgreementState::Ended,
    }
}

pub fn border() -> NaiveDate {
    let (year, month, day) = BORDER;
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

pub fn midnight() -> DateTime<Utc> {
    border().and_hms_opt(0, 0, 0).expect("a time").and_utc()
}

pub fn day(day: Day) -> NaiveDate {
    let distance = Days::new(day.unsigned_abs());
    if day < 0 { border() - distance } else { border() + distance }
}
