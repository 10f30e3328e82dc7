//! The rules, one by one. That list and row-level security agree with them is proved over HTTP.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use entities::{AgreementState, Area, PUBLIC_SCOPE, RoleKey, ScopeArea, ShareLevel};
use uuid::Uuid;

use super::*;

const OWNER: Uuid = Uuid::from_u128(10);
const PARTNER: Uuid = Uuid::from_u128(11);
const STRANGER: Uuid = Uuid::from_u128(12);
const AGREEMENT: Uuid = Uuid::from_u128(20);
const FIELD: Uuid = Uuid::from_u128(30);
const OTHER_FIELD: Uuid = Uuid::from_u128(31);
const SCOPE: Uuid = Uuid::from_u128(40);
const OTHER_SCOPE: Uuid = Uuid::from_u128(41);

fn noon() -> DateTime<Utc> {
    "2027-06-15T10:00:00Z".parse().unwrap()
}

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

fn role(tenant: Uuid, role: RoleKey, fields: Fields) -> RoleFact {
    let id = Uuid::from_u128(50);
    RoleFact {
        id,
        member: id,
        member_name: String::new(),
        tenant,
        zone: "Europe/Berlin".to_owned(),
        role,
        fields,
        from: None,
        until: None,
    }
}

fn only(fields: &[Uuid]) -> Fields {
    Fields::new(false, fields.iter().copied())
}

/// A reader in the partner authority, an active agreement for calendars in one field, a scope shared under it.
fn shared() -> ActorFacts {
    let person = PersonFact { id: Uuid::from_u128(1), name: "Somebody".to_owned(), active: true };
    let agreement = AgreementFact {
        id: AGREEMENT,
        state: AgreementState::Active,
        areas: BTreeSet::from([Area::Calendars]),
        fields: only(&[FIELD]),
        parties: BTreeSet::from([OWNER, PARTNER]),
        from: day("2027-01-01").unwrap(),
        until: day("2027-12-31"),
    };
    let scope_share = ScopeShareFact {
        scope: SCOPE,
        tenant: OWNER,
        zone: "Europe/Berlin".to_owned(),
        area: ScopeArea::Calendars,
        field: Some(FIELD),
        agreement: AGREEMENT,
        grantee: None,
        role: None,
        level: ShareLevel::Summary,
        from: None,
        until: None,
    };
    ActorFacts {
        person: Some(person),
        roles: vec![role(PARTNER, RoleKey::Viewer, Fields::All)],
        agreements: vec![agreement],
        scopes: Vec::new(),
        scope_shares: vec![scope_share],
    }
}

fn level(facts: ActorFacts, now: DateTime<Utc>) -> Option<ShareLevel> {
    Access::evaluate(facts, true, now).visibility(SCOPE).map(|it| it.level)
}

/// What is seen after one thing is different.
fn after(change: impl FnOnce(&mut ActorFacts)) -> Option<ShareLevel> {
    let mut facts = shared();
    change(&mut facts);
    level(facts, noon())
}

#[test]
fn a_share_reaches_through_roles_in_one_party() {
    let facts = shared();
    let share = facts.scope_shares[0].clone();
    let access = Access::evaluate(facts, true, noon());
    assert!(access.is_reached(&share, PARTNER, noon()));
    // The actor has its role in the partner alone.
    assert!(!access.is_reached(&share, OWNER, noon()) && !access.is_reached(&share, STRANGER, noon()));
    let narrowed = ScopeShareFact { role: Some(RoleKey::Auditor), ..share.clone() };
    assert!(!access.is_reached(&narrowed, PARTNER, noon()));
    let over = ScopeShareFact { until: day("2027-06-14"), ..share.clone() };
    assert!(!access.is_reached(&over, PARTNER, noon()));
    let elsewhere = ScopeShareFact { agreement: STRANGER, ..share };
    assert!(!access.is_reached(&elsewhere, PARTNER, noon()));
}

#[test]
fn a_share_opens_only_while_everything_holds() {
    assert_eq!(after(|_| ()), Some(ShareLevel::Summary));
    for state in [AgreementState::Draft, AgreementState::Proposed, AgreementState::Ended] {
        assert_eq!(after(|it| it.agreements[0].state = state), None, "{state:?}");
    }
    assert_eq!(after(|it| it.agreements[0].areas = BTreeSet::from([Area::Projects])), None);
    assert_eq!(after(|it| it.agreements[0].fields = only(&[OTHER_FIELD])), None);
    assert_eq!(after(|it| it.agreements[0].parties = BTreeSet::from([OWNER, STRANGER])), None);
    assert_eq!(after(|it| it.agreements[0].parties = BTreeSet::from([PARTNER, STRANGER])), None);
    assert_eq!(after(|it| it.agreements.clear()), None);
    assert_eq!(after(|it| it.scope_shares[0].grantee = Some(STRANGER)), None);
    assert_eq!(after(|it| it.scope_shares[0].grantee = Some(PARTNER)), Some(ShareLevel::Summary));
    assert_eq!(after(|it| it.scope_shares[0].role = Some(RoleKey::Planner)), None);
    assert_eq!(after(|it| it.scope_shares[0].role = Some(RoleKey::Viewer)), Some(ShareLevel::Summary));
    assert_eq!(after(|it| it.scope_shares[0].from = day("2027-06-16")), None);
    assert_eq!(after(|it| it.scope_shares[0].until = day("2027-06-14")), None);
    assert_eq!(after(|it| it.roles[0].fields = only(&[OTHER_FIELD])), None);
    assert_eq!(after(|it| it.roles[0].role = RoleKey::Auditor), None);
    assert_eq!(after(|it| it.roles[0].tenant = STRANGER), None);
    assert_eq!(after(|it| it.person.as_mut().unwrap().active = false), None);
}

#[test]
fn a_row_without_a_field_belongs_to_those_who_have_all_fields() {
    assert_eq!(after(|it| it.scope_shares[0].field = None), None, "the agreement covers one field");
    let all = |it: &mut ActorFacts| {
        it.scope_shares[0].field = None;
        it.agreements[0].fields = Fields::All;
    };
    assert_eq!(after(all), Some(ShareLevel::Summary));
    let limited = |it: &mut ActorFacts| {
        all(it);
        it.roles[0].fields = only(&[FIELD]);
    };
    assert_eq!(after(limited), None);
}

#[test]
fn days_end_at_midnight_on_the_owners_clock() {
    let at = |text: &str| level(shared(), text.parse().unwrap());
    assert_eq!(at("2027-12-31T22:59:59Z"), Some(ShareLevel::Summary));
    assert_eq!(at("2027-12-31T23:00:00Z"), None);
    assert_eq!(at("2026-12-31T22:59:59Z"), None);
    assert_eq!(at("2026-12-31T23:00:00Z"), Some(ShareLevel::Summary));
    // A role's dates are judged on the clock of its own authority.
    let mut facts = shared();
    facts.roles[0].zone = "America/New_York".to_owned();
    facts.roles[0].until = day("2027-06-15");
    assert_eq!(level(facts.clone(), "2027-06-16T03:59:59Z".parse().unwrap()), Some(ShareLevel::Summary));
    assert_eq!(level(facts, "2027-06-16T04:00:00Z".parse().unwrap()), None);
}

#[test]
fn the_highest_level_wins() {
    let more = |level| {
        after(|it| {
            let scope_share = ScopeShareFact { level, ..it.scope_shares[0].clone() };
            it.scope_shares.push(scope_share);
        })
    };
    assert_eq!(more(ShareLevel::Busy), Some(ShareLevel::Summary));
    assert_eq!(more(ShareLevel::Contribute), Some(ShareLevel::Contribute));
}

#[test]
fn the_parties_see_an_agreement_whatever_its_state() {
    for state in AgreementState::ALL {
        let seen = after(|it| {
            it.agreements[0].state = *state;
            it.scope_shares[0].area = ScopeArea::Agreements;
            it.scope_shares[0].field = None;
            it.agreements[0].fields = Fields::All;
        });
        assert_eq!(seen, Some(ShareLevel::Summary), "{state:?}");
    }
}

#[test]
fn two_roles_never_combine_into_what_neither_shows() {
    // Reads everything; writes in one field.
    let roles = vec![role(OWNER, RoleKey::Viewer, Fields::All), role(OWNER, RoleKey::Planner, only(&[FIELD]))];
    let scope = |id, field| ScopeFact { id, tenant: OWNER, area: ScopeArea::Calendars, field };
    let scopes = vec![scope(SCOPE, Some(FIELD)), scope(OTHER_SCOPE, Some(OTHER_FIELD))];
    let access = Access::evaluate(ActorFacts { roles, scopes, ..shared() }, true, noon());
    let may = |scope, field| access.can(Action::Write, &Object::row(ScopeArea::Calendars, OWNER, scope, field));
    assert!(may(SCOPE, Some(FIELD)));
    assert!(!may(OTHER_SCOPE, Some(OTHER_FIELD)), "the viewer's fields with the planner's right");
    assert!(access.visibility(OTHER_SCOPE).is_some());
}

#[test]
fn a_partner_never_writes_however_much_it_sees() {
    for level in ShareLevel::ALL {
        let mut facts = shared();
        facts.roles[0] = role(PARTNER, RoleKey::TenantAdmin, Fields::All);
        facts.scope_shares[0].level = *level;
        let access = Access::evaluate(facts, true, noon());
        let object = Object::row(ScopeArea::Calendars, OWNER, SCOPE, Some(FIELD));
        assert_eq!(access.decide(Action::Write, &object), AccessDecision::Deny(Some(Permission::CalendarsWrite)));
        assert_eq!(access.decide(Action::Share, &object), AccessDecision::Deny(Some(Permission::SharesManage)));
    }
}

#[test]
fn nobody_gives_what_they_do_not_hold() {
    let admin = |fields, until| {
        let held = RoleFact { until, ..role(OWNER, RoleKey::TenantAdmin, fields) };
        Access::evaluate(ActorFacts { roles: vec![held], ..shared() }, true, noon())
    };
    let whole = admin(Fields::All, None);
    for key in RoleKey::ALL {
        assert!(whole.may_give(OWNER, *key, &Fields::All, None, None), "{key:?}");
        assert!(!whole.may_give(PARTNER, *key, &Fields::All, None, None), "{key:?}");
    }
    let limited = admin(only(&[FIELD]), None);
    assert!(limited.may_give(OWNER, RoleKey::Planner, &only(&[FIELD]), None, None));
    assert!(!limited.may_give(OWNER, RoleKey::Planner, &only(&[FIELD, OTHER_FIELD]), None, None));
    assert!(!limited.may_give(OWNER, RoleKey::Viewer, &Fields::All, None, None));
    let passing = admin(Fields::All, day("2027-12-31"));
    assert!(passing.may_give(OWNER, RoleKey::Viewer, &Fields::All, None, day("2027-12-31")));
    assert!(!passing.may_give(OWNER, RoleKey::Viewer, &Fields::All, None, day("2028-01-01")));
    assert!(!passing.may_give(OWNER, RoleKey::Viewer, &Fields::All, None, None));
}

#[test]
fn decide_filter_and_explain_agree() {
    let scope = ScopeFact { id: OTHER_SCOPE, tenant: PARTNER, area: ScopeArea::Calendars, field: None };
    let signed_in = Access::evaluate(ActorFacts { scopes: vec![scope], ..shared() }, true, noon());
    for access in [signed_in, Access::anonymous()] {
        for (tenant, scope) in [(OWNER, SCOPE), (PARTNER, OTHER_SCOPE), (OWNER, PUBLIC_SCOPE), (STRANGER, AGREEMENT)] {
            let object = Object::row(ScopeArea::Calendars, tenant, scope, None);
            for action in Action::ALL {
                let decision = access.decide(*action, &object);
                let explanation = access.explain(*action, &object);
                let visible = access.visible().any(|it| it == scope);
                assert_eq!(matches!(decision, AccessDecision::Hide), !visible);
                assert_eq!(matches!(decision, AccessDecision::Allow(..)), explanation.allowed);
                assert_eq!(explanation.allowed, explanation.because.is_some());
                assert_eq!(explanation.level.is_some(), visible);
                assert_eq!(access.grant(*action, &object).is_ok(), explanation.allowed);
            }
        }
    }
}

#[test]
fn somebody_who_did_not_sign_in_sees_what_is_public_and_may_sign_in() {
    let access = Access::anonymous();
    assert_eq!(access.visible().collect::<Vec<_>>(), [PUBLIC_SCOPE]);
    let object = Object::row(ScopeArea::Calendars, OWNER, PUBLIC_SCOPE, None);
    assert_eq!(access.decide(Action::Read, &object), AccessDecision::Allow(ShareLevel::Full, Because::Public));
    assert_eq!(access.decide(Action::Write, &object), AccessDecision::SignIn);
}

#[test]
fn what_nobody_may_do_is_forbidden_to_whoever_signed_in_and_takes_signing_in_before() {
    let object = Object::row(ScopeArea::Calendars, OWNER, PUBLIC_SCOPE, None);
    assert_eq!(Access::anonymous().decide(Action::Sign, &object), AccessDecision::SignIn);
    assert_eq!(Access::evaluate(shared(), true, noon()).decide(Action::Sign, &object), AccessDecision::Deny(None));
}
