//! The rule of access to calendar entries, written down again without the code that it checks.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{AgreementState, Confidentiality, RoleKey, ShareLevel};
use uuid::Uuid;

use super::random::{Entry, Random, Role};

/// Entries that a person sees, with the level.
pub fn seen(world: &Random, person: usize) -> BTreeMap<Uuid, ShareLevel> {
    world.entries.iter().filter_map(|entry| Some((entry.id, level(world, person, None, entry)?))).collect()
}

/// What the feed of a person tells that it has in one authority; none where the person has no role there any more.
pub fn told(world: &Random, tenant: usize, person: usize) -> Option<BTreeMap<Uuid, ShareLevel>> {
    world.roles.iter().find(|it| it.person == person && it.tenant == tenant && holds(world, it))?;
    let max = world.feed_level(tenant, person);
    let told = world.entries.iter().filter_map(|entry| {
        let level = level(world, person, Some(tenant), entry)?.min(max);
        (level > ShareLevel::Busy || entry.status.takes_time()).then_some((entry.id, level))
    });
    Some(told.collect())
}

fn level(world: &Random, person: usize, only: Option<usize>, entry: &Entry) -> Option<ShareLevel> {
    let calendar = &world.calendars[entry.calendar];
    let owner = calendar.tenant;
    let mut best = (entry.confidentiality == Confidentiality::Public).then_some(ShareLevel::Full);
    let held = world.roles.iter().filter(|it| it.person == person && only.is_none_or(|only| only == it.tenant));
    for role in held.filter(|it| holds(world, it)) {
        if !reads(role.role) || !covers(role.fields.as_deref(), calendar.field) {
            continue;
        }
        if role.tenant == owner {
            best = best.max(Some(ShareLevel::Full));
        }
        if entry.confidentiality != Confidentiality::Partner || role.tenant == owner {
            continue;
        }
        for share in world.shares.iter().filter(|it| it.tenant == owner && !it.ended) {
            let agreement = &world.agreements[share.agreement];
            let today = world.today(owner);
            let means = share.calendar.is_none_or(|it| it == entry.calendar)
                && (share.field.is_none() || share.field == calendar.field);
            let lives = agreement.state == AgreementState::Active
                && agreement.calendars
                && between(today, Some(agreement.from), agreement.until)
                && between(today, share.from, share.until)
                && covers(agreement.fields.as_deref(), calendar.field)
                && agreement.parties.contains(&owner);
            let reaches = agreement.parties.contains(&role.tenant)
                && share.grantee.is_none_or(|it| it == role.tenant)
                && share.grantee_role.is_none_or(|it| it == role.role);
            let shows = share.level > ShareLevel::Busy || entry.status.takes_time();
            if means && lives && reaches && shows {
                best = best.max(Some(share.level));
            }
        }
    }
    best
}

pub fn holds(world: &Random, role: &Role) -> bool {
    world.persons[role.person].active && !role.revoked && between(world.today(role.tenant), role.from, role.until)
}

pub const fn reads(role: RoleKey) -> bool {
    !matches!(role, RoleKey::Auditor)
}

pub fn covers(only: Option<&[Uuid]>, field: Option<Uuid>) -> bool {
    match (only, field) {
        (None, _) => true,
        (Some(only), Some(field)) => only.contains(&field),
        (Some(_), None) => false,
    }
}

pub fn between(day: NaiveDate, from: Option<NaiveDate>, until: Option<NaiveDate>) -> bool {
    from.is_none_or(|it| it <= day) && until.is_none_or(|it| day <= it)
}
