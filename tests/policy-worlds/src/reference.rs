//! The access rules, written a second time from their description and not from the code that is tested.
//!
//! A row is visible when it is public; to who may read its area and field of work in the authority that owns it; and to who may
//! read them in a partner, by a share. Changing anything takes a permission in the authority for which one acts. What may not
//! be read does not exist; what may be read but not done is forbidden, or takes signing in.

use crate::world::{Action, Agreement, Area, Authority, Caller, Days, Field, Fields, Level, Role, RoleName};
use crate::world::{Row, Share, State, World};

/// How much of a row is visible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visibility {
    /// The highest level that a rule gives.
    pub level: Level,
    /// The rules that give this level. One of them must be the named one.
    pub rules: Vec<Rule>,
}

/// A rule that makes a row visible or permits an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum Rule {
    Public,
    OwnRole { authority: Authority, role: RoleName },
    SharedWith { agreement: usize, authority: Authority, role: RoleName },
}

/// What is asked: may the caller do `action`, acting for an authority?
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What is to be done.
    pub action: Action,
    /// The authority for which the caller acts.
    pub acting: Authority,
    /// What it is about.
    pub area: Area,
    /// Field of work.
    pub field: Option<Field>,
    /// What it is done to.
    pub subject: Subject<'a>,
}

/// What something is done to.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// A row that is still to be made.
    NewRow,
    /// A row, as far as it is visible.
    Row(Option<&'a Visibility>),
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It may be done, by one of the rules.
    Allow(Visibility),
    /// The row is not visible.
    Hide,
    /// Nobody is signed in.
    SignIn,
    /// The permission is missing; none where no permission allows it to anybody.
    Deny(Option<&'static str>),
}

/// What the caller may do.
pub fn answer(world: &World, question: Question<'_>) -> Answer {
    let Question { action, acting, area, field, subject } = question;
    match subject {
        Subject::Row(None) => return Answer::Hide,
        Subject::Row(Some(visibility)) if action == Action::Read => return Answer::Allow(visibility.clone()),
        Subject::Row(Some(_)) | Subject::NewRow => {}
    }
    if world.caller == Caller::Anonymous {
        return Answer::SignIn;
    }
    let rules: Vec<_> = held(world)
        .filter(|it| it.authority == acting && may(it.name, action, area) && includes(it.fields, field))
        .map(|it| Rule::OwnRole { authority: acting, role: it.name })
        .collect();
    if rules.is_empty() {
        return Answer::Deny(permission(action, area));
    }
    Answer::Allow(Visibility { level: Level::Full, rules })
}

/// How much of a row the caller sees; none = it is hidden.
pub fn visibility(world: &World, row: &Row) -> Option<Visibility> {
    let mut given = Vec::new();
    if row.public {
        given.push((Level::Full, Rule::Public));
    }
    for role in held(world).filter(|it| may(it.name, Action::Read, row.area) && includes(it.fields, row.field)) {
        let (authority, name) = (role.authority, role.name);
        if authority == row.owner {
            given.push((Level::Full, Rule::OwnRole { authority, role: name }));
            continue;
        }
        for share in row.shares.iter().map(|it| &world.shares[*it]) {
            if is_open(world, share, row) && reaches(world, share, role) {
                given.push((share.level, Rule::SharedWith { agreement: share.agreement, authority, role: name }));
            }
        }
    }
    let level = given.iter().map(|(level, _)| *level).max()?;
    let rules = given.into_iter().filter(|(it, _)| *it == level).map(|(_, rule)| rule).collect();
    Some(Visibility { level, rules })
}

/// Roles that count now: of an account that may act, on a day that their authority has today.
fn held(world: &World) -> impl Iterator<Item = &Role> {
    let counts = move |it: &&Role| world.caller == Caller::Active && is_valid(world, it.authority, it.days);
    world.roles.iter().filter(counts)
}

/// Whether a share shows anything of a row: its days and those of the agreement are judged by the clock of the owner.
fn is_open(world: &World, share: &Share, row: &Row) -> bool {
    let agreement = &world.agreements[share.agreement];
    if !agreement.parties.contains(&row.owner) || !is_valid(world, row.owner, share.days) {
        return false;
    }
    match row.area {
        Area::Calendars | Area::Projects | Area::Datasets => covers(world, agreement, row),
        // The parties must see an agreement to sign it, and afterwards what was read under it.
        Area::Agreements | Area::Audit => true,
        Area::Places | Area::Members => false,
    }
}

fn covers(world: &World, agreement: &Agreement, row: &Row) -> bool {
    let in_force = agreement.state == State::Active && is_valid(world, row.owner, agreement.days);
    in_force && agreement.areas.contains(&row.area) && includes(agreement.fields, row.field)
}

/// Whether a share is meant for the holder of a role in another authority than the owner.
fn reaches(world: &World, share: &Share, role: &Role) -> bool {
    let is_party = world.agreements[share.agreement].parties.contains(&role.authority);
    let is_meant = share.grantee.is_none_or(|it| it == role.authority);
    let has_role = share.role.is_none_or(|it| it == role.name);
    is_party && is_meant && has_role
}

fn is_valid(world: &World, authority: Authority, days: Days) -> bool {
    let local_minute = world.minute + 60 * world.zones[authority].hours;
    let today = local_minute.div_euclid(24 * 60);
    let has_begun = days.from.is_none_or(|first| first <= today);
    let is_over = days.until.is_some_and(|last| last < today);
    has_begun && !is_over
}

/// Whether a set of fields of work includes a row's. Who is limited to some fields has no right to rows without one.
fn includes(fields: Fields, field: Option<Field>) -> bool {
    match (fields, field) {
        (Fields::All, _) => true,
        (Fields::Only(some), Some(field)) => some.contains(&field),
        (Fields::Only(_), None) => false,
    }
}

/// What the roles may do where they are held.
fn may(role: RoleName, action: Action, area: Area) -> bool {
    use RoleName as R;
    match (action, area) {
        (Action::Read, Area::Calendars | Area::Projects | Area::Datasets | Area::Places) => role != R::Auditor,
        (Action::Read, Area::Agreements) => role != R::Integrator,
        (Action::Read, Area::Members | Area::Audit) => matches!(role, R::TenantAdmin | R::Auditor),
        (Action::Write, Area::Calendars) => matches!(role, R::TenantAdmin | R::Planner | R::ProjectLead),
        (Action::Write, Area::Projects) => matches!(role, R::TenantAdmin | R::ProjectLead),
        (Action::Write, Area::Datasets | Area::Places) => matches!(role, R::TenantAdmin | R::DataSteward),
        (Action::Publish, Area::Datasets) => matches!(role, R::TenantAdmin | R::Publisher),
        _ => role == R::TenantAdmin && permission(action, area).is_some(),
    }
}

/// The permission that an action takes; none where nobody may do it.
pub const fn permission(action: Action, area: Area) -> Option<&'static str> {
    match (action, area) {
        (Action::Read, Area::Calendars) => Some("calendars:read"),
        (Action::Read, Area::Projects) => Some("projects:read"),
        (Action::Read, Area::Datasets) => Some("datasets:read"),
        (Action::Read, Area::Places) => Some("places:read"),
        (Action::Read, Area::Members) => Some("members:read"),
        (Action::Read, Area::Agreements) => Some("agreements:read"),
        (Action::Read, Area::Audit) => Some("audit:read"),
        (Action::Write, Area::Calendars) => Some("calendars:write"),
        (Action::Write, Area::Projects) => Some("projects:write"),
        (Action::Write, Area::Datasets) => Some("datasets:write"),
        (Action::Write, Area::Places) => Some("places:write"),
        (Action::Write, Area::Members) => Some("members:manage"),
        (Action::Write, Area::Agreements) => Some("agreements:manage"),
        (Action::Share, Area::Calendars | Area::Projects | Area::Datasets | Area::Agreements) => Some("shares:manage"),
        (Action::Sign, Area::Agreements) => Some("agreements:sign"),
        (Action::Publish, Area::Datasets) => Some("datasets:publish"),
        (Action::Manage, _) => Some("tenant:manage"),
        (Action::Write, Area::Audit) => None,
        (Action::Share, Area::Places | Area::Members | Area::Audit) => None,
        (Action::Sign | Action::Publish, _) => None,
    }
}
