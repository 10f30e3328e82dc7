//! The bounds: which worlds there are.
//!
//! Every world has three authorities, at most two roles of one caller, two agreements and two shares, at one of three instants
//! around one border day: before, on and after it in the zone of the first authority. A product of all choices would have more
//! than 10¹⁴ worlds, so there are five parts. Each is the whole product of what it varies, and keeps the rest at one value:
//!
//! - `roles`: two roles of every kind in every area, for every caller; nothing is shared.
//! - `days`: one share; every combination of spans of days of role, agreement and share, zones, instants, states and callers.
//! - `terms`: one share; every combination of all that has no dates.
//! - `shares`: two shares under one agreement, each alone and both together, for two roles.
//! - `agreements`: two agreements with a share of the same rows each.
//!
//! The first authority owns what is shared; the other owners are the same world with other names. Symmetric worlds are counted,
//! and a few worlds are in two parts.
//!
//! Left out: more than two of anything; a change of summer time (a unit test of the policy has one); two shares under two
//! agreements that differ in days as well; feeds and the server's own work, which read by rules of their own; suspended
//! authorities and revoked roles, which are no facts; giving roles, and foresight.

use crate::digits::Digits;
use crate::world::{
    Agreement, Area, Authority, Caller, Day, Days, Field, Fields, Level, Role, RoleName, Row, Share, State, World, Zone,
};

/// How the worlds of a part are made from numbers.
type Make = fn(&mut Digits) -> World;

/// Name and worlds of each part.
pub(crate) const PARTS: [(&str, Make); 5] =
    [("roles", roles), ("days", days), ("terms", terms), ("shares", shares), ("agreements", agreements)];

const OWNER: Authority = 0;
const PARTNER: Authority = 1;
const THIRD: Authority = 2;
const AUTHORITIES: [Authority; 3] = [OWNER, PARTNER, THIRD];

const BERLIN: Zone = Zone { name: "Europe/Berlin", hours: 2 };
const NEW_YORK: Zone = Zone { name: "America/New_York", hours: -4 };
const AUCKLAND: Zone = Zone { name: "Pacific/Auckland", hours: 12 };
/// Every authority has each zone once.
const ZONES: [[Zone; 3]; 3] =
    [[BERLIN, NEW_YORK, AUCKLAND], [NEW_YORK, AUCKLAND, BERLIN], [AUCKLAND, BERLIN, NEW_YORK]];
/// The last minute before the border day in Berlin, the last one in New York, the first one after it in Berlin. It is, in this
/// order, before, on and after the border day in Berlin; before, before and on it in New York; on, on and after it in Auckland.
const INSTANTS: [i64; 3] = [-2 * 60 - 1, 4 * 60 - 1, 22 * 60];

const CALLERS: [Caller; 4] = [Caller::Anonymous, Caller::Unknown, Caller::Inactive, Caller::Active];
const ROLE_NAMES: [RoleName; 8] = [
    RoleName::Viewer,
    RoleName::Planner,
    RoleName::ProjectLead,
    RoleName::DataSteward,
    RoleName::Publisher,
    RoleName::TenantAdmin,
    RoleName::Auditor,
    RoleName::Integrator,
];
const STATES: [State; 4] = [State::Draft, State::Proposed, State::Active, State::Ended];
const LEVELS: [Level; 4] = [Level::Busy, Level::Summary, Level::Full, Level::Contribute];
const AREAS: [Area; 7] =
    [Area::Calendars, Area::Projects, Area::Datasets, Area::Places, Area::Members, Area::Agreements, Area::Audit];
const EVERY_AREA: &[Area] = &[Area::Calendars, Area::Projects, Area::Datasets];
const ANY_AREAS: [&[Area]; 4] = [EVERY_AREA, &[Area::Calendars], &[Area::Projects], &[Area::Datasets]];
const SOME_AREAS: [&[Area]; 2] = [&[Area::Calendars], &[Area::Projects, Area::Datasets]];

const COUNSELLING: Fields = Fields::Only(&[Field::Counselling]);
const ORIENTATION: Fields = Fields::Only(&[Field::Orientation]);
const BOTH: Fields = Fields::Only(&[Field::Counselling, Field::Orientation]);
const NO_FIELD: Option<Field> = None;
const IN_COUNSELLING: Option<Field> = Some(Field::Counselling);
const IN_ORIENTATION: Option<Field> = Some(Field::Orientation);

const OPEN: Days = Days { from: None, until: None };
const ON_BORDER: Days = Days { from: Some(0), until: Some(0) };
const SPANS: [Days; 4] = [OPEN, Days { from: Some(0), until: None }, Days { from: None, until: Some(0) }, ON_BORDER];
/// The first day of an agreement is always set: long before, where it is of no concern.
const LONG_AGO: Option<Day> = Some(-100);
const LASTING: Days = Days { from: LONG_AGO, until: None };
const TERMS: [Days; 4] =
    [LASTING, Days { from: Some(0), until: None }, Days { from: LONG_AGO, until: Some(0) }, ON_BORDER];

const EVERYBODY: &[Authority] = &AUTHORITIES;
const PARTIES: [&[Authority]; 4] = [EVERYBODY, &[OWNER, PARTNER], &[OWNER, THIRD], &[PARTNER, THIRD]];

fn roles(digits: &mut Digits) -> World {
    let area = digits.pick(&AREAS);
    let first = |digits: &mut Digits| Role {
        authority: digits.pick(&AUTHORITIES),
        name: digits.pick(&ROLE_NAMES),
        fields: digits.pick(&[Fields::All, COUNSELLING, ORIENTATION, BOTH]),
        days: digits.pick(&SPANS),
    };
    let second = |digits: &mut Digits| Role {
        authority: digits.pick(&[OWNER, PARTNER]),
        name: digits.pick(&ROLE_NAMES),
        fields: digits.pick(&[Fields::All, COUNSELLING, ORIENTATION]),
        days: OPEN,
    };
    let held = digits.optional(|digits| (first(digits), digits.optional(second)));
    let roles = held.map_or_else(Vec::new, |(first, second)| [first].into_iter().chain(second).collect());
    World {
        roles,
        minute: digits.pick(&INSTANTS),
        zones: digits.pick(&ZONES),
        caller: digits.pick(&CALLERS),
        agreements: Vec::new(),
        shares: Vec::new(),
        rows: rows(area, [&[], &[], &[]]),
    }
}

fn days(digits: &mut Digits) -> World {
    let area = digits.pick(&[Area::Calendars, Area::Agreements, Area::Audit]);
    let role = Role {
        authority: digits.pick(&AUTHORITIES),
        name: digits.pick(&[RoleName::TenantAdmin, RoleName::Auditor]),
        fields: Fields::All,
        days: digits.pick(&SPANS),
    };
    let agreement = Agreement {
        state: digits.pick(&STATES),
        areas: EVERY_AREA,
        fields: Fields::All,
        parties: digits.pick(&PARTIES),
        days: digits.pick(&TERMS),
    };
    let share = Share {
        agreement: 0,
        grantee: digits.pick(&[None, Some(PARTNER), Some(THIRD)]),
        role: None,
        level: Level::Full,
        days: digits.pick(&SPANS),
    };
    World {
        minute: digits.pick(&INSTANTS),
        zones: digits.pick(&ZONES),
        caller: digits.pick(&CALLERS),
        roles: vec![role],
        agreements: vec![agreement],
        shares: vec![share],
        rows: rows(area, [&[0]; 3]),
    }
}

fn terms(digits: &mut Digits) -> World {
    let area = digits.pick(&AREAS);
    let role = Role {
        authority: digits.pick(&AUTHORITIES),
        name: digits.pick(&ROLE_NAMES),
        fields: digits.pick(&[Fields::All, COUNSELLING, ORIENTATION, BOTH]),
        days: OPEN,
    };
    let agreement = Agreement {
        state: digits.pick(&STATES),
        areas: digits.pick(&ANY_AREAS),
        fields: digits.pick(&[Fields::All, COUNSELLING, BOTH]),
        parties: digits.pick(&PARTIES),
        days: LASTING,
    };
    let share = Share {
        agreement: 0,
        grantee: digits.pick(&[None, Some(OWNER), Some(PARTNER), Some(THIRD)]),
        role: digits.optional(|digits| digits.pick(&ROLE_NAMES)),
        level: digits.pick(&LEVELS),
        days: OPEN,
    };
    World {
        minute: INSTANTS[1],
        zones: ZONES[0],
        caller: Caller::Active,
        roles: vec![role],
        agreements: vec![agreement],
        shares: vec![share],
        rows: rows(area, [&[0]; 3]),
    }
}

fn shares(digits: &mut Digits) -> World {
    let area = digits.pick(&[Area::Calendars, Area::Agreements]);
    let role = |digits: &mut Digits| Role {
        authority: digits.pick(&AUTHORITIES),
        name: digits.pick(&[RoleName::Viewer, RoleName::Auditor]),
        fields: digits.pick(&[Fields::All, COUNSELLING]),
        days: OPEN,
    };
    let share = |digits: &mut Digits| Share {
        agreement: 0,
        grantee: digits.pick(&[None, Some(PARTNER), Some(THIRD)]),
        role: digits.pick(&[None, Some(RoleName::Viewer), Some(RoleName::Auditor)]),
        level: digits.pick(&LEVELS),
        days: digits.pick(&[OPEN, ON_BORDER]),
    };
    let agreement = Agreement {
        state: digits.pick(&[State::Active, State::Ended]),
        areas: EVERY_AREA,
        fields: Fields::All,
        parties: digits.pick(&[EVERYBODY, &[OWNER, PARTNER], &[OWNER, THIRD]]),
        days: LASTING,
    };
    World {
        roles: [Some(role(digits)), digits.optional(role)].into_iter().flatten().collect(),
        agreements: vec![agreement],
        shares: vec![share(digits), share(digits)],
        minute: digits.pick(&INSTANTS),
        zones: ZONES[0],
        caller: Caller::Active,
        rows: rows(area, [&[0], &[0, 1], &[1]]),
    }
}

fn agreements(digits: &mut Digits) -> World {
    let area = digits.pick(&[Area::Calendars, Area::Projects, Area::Agreements]);
    let role = Role {
        authority: digits.pick(&AUTHORITIES),
        name: digits.pick(&[RoleName::Planner, RoleName::TenantAdmin]),
        fields: digits.pick(&[Fields::All, COUNSELLING]),
        days: OPEN,
    };
    let agreement = |digits: &mut Digits| Agreement {
        state: digits.pick(&[State::Proposed, State::Active]),
        areas: digits.pick(&SOME_AREAS),
        fields: digits.pick(&[Fields::All, COUNSELLING, ORIENTATION]),
        parties: digits.pick(&PARTIES),
        days: digits.pick(&[LASTING, ON_BORDER]),
    };
    let share = |digits: &mut Digits, agreement| Share {
        agreement,
        grantee: digits.pick(&[None, Some(PARTNER)]),
        role: None,
        level: digits.pick(&[Level::Summary, Level::Full]),
        days: OPEN,
    };
    World {
        agreements: vec![agreement(digits), agreement(digits)],
        shares: vec![share(digits, 0), share(digits, 1)],
        minute: digits.pick(&INSTANTS),
        zones: ZONES[0],
        caller: Caller::Active,
        roles: vec![role],
        rows: rows(area, [&[0, 1], &[0, 1], &[1]]),
    }
}

/// Rows of one area: the owner's with and without a field of work, included in shares; its other one and another authority's,
/// which are in none; and a public one.
fn rows(area: Area, [without, counselling, orientation]: [&'static [usize]; 3]) -> Vec<Row> {
    let row = |owner, field, shares| Row { owner, area, field, public: false, shares };
    vec![
        row(OWNER, NO_FIELD, without),
        row(OWNER, IN_COUNSELLING, counselling),
        row(OWNER, IN_ORIENTATION, orientation),
        row(OWNER, IN_COUNSELLING, &[]),
        row(PARTNER, IN_COUNSELLING, &[]),
        Row { public: true, ..row(OWNER, IN_COUNSELLING, &[]) },
    ]
}
