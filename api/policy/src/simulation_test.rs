//! What is foreseen, rule by rule. That it is what happens then is proved over HTTP.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use entities::{AgreementState, Area, RoleKey, ScopeArea, ShareLevel};
use uuid::Uuid;

use super::*;

const OWN: Uuid = Uuid::from_u128(1);
const PARTNER: Uuid = Uuid::from_u128(2);
const THIRD: Uuid = Uuid::from_u128(3);
const ONE: Uuid = Uuid::from_u128(10);
const TWO: Uuid = Uuid::from_u128(11);
const FIELD: Uuid = Uuid::from_u128(20);
const MINE: Uuid = Uuid::from_u128(30);
const THEIRS: Uuid = Uuid::from_u128(31);

fn now() -> DateTime<Utc> {
    "2027-06-15T12:00:00Z".parse().expect("an instant")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn agreement(id: Uuid, state: AgreementState, parties: &[Uuid]) -> AgreementFact {
    AgreementFact {
        id,
        state,
        areas: BTreeSet::from([Area::Calendars]),
        fields: Fields::All,
        parties: parties.iter().copied().collect(),
        from: day("2027-01-01"),
        until: None,
    }
}

fn way(scope: Uuid, tenant: Uuid, agreement: Uuid, level: ShareLevel) -> ScopeShareFact {
    ScopeShareFact {
        scope,
        tenant,
        zone: "Europe/Berlin".to_owned(),
        area: ScopeArea::Calendars,
        field: Some(FIELD),
        agreement,
        grantee: None,
        role: None,
        level,
        from: None,
        until: None,
    }
}

fn access(agreements: Vec<AgreementFact>, scope_shares: Vec<ScopeShareFact>) -> Access {
    Access::evaluate(ActorFacts { agreements, scope_shares, ..ActorFacts::default() }, true, now())
}

fn party(tenant: Uuid) -> Party {
    Party { tenant, zone: "Europe/Berlin".to_owned() }
}

/// What is foreseen, as (scope, party, before, after).
fn simulated(
    access: &Access,
    own: &[ScopeShareFact],
    change: &AgreementChange,
) -> Vec<(Uuid, Uuid, Option<ShareLevel>, Option<ShareLevel>)> {
    let parties = [party(OWN), party(PARTNER), party(THIRD)];
    let seen = access.simulate(OWN, &parties, own, ONE, change, now());
    seen.into_iter().map(|it| (it.scope, it.party, it.before, it.after)).collect()
}

const FULL: Option<ShareLevel> = Some(ShareLevel::Full);
const BUSY: Option<ShareLevel> = Some(ShareLevel::Busy);

#[test]
fn an_end_hides_on_both_sides_and_another_agreement_keeps_its_level() {
    let one = agreement(ONE, AgreementState::Active, &[OWN, PARTNER]);
    let two = agreement(TWO, AgreementState::Active, &[OWN, PARTNER]);
    let access = access(vec![one, two], vec![way(THEIRS, PARTNER, ONE, ShareLevel::Full)]);
    let own = [way(MINE, OWN, ONE, ShareLevel::Full)];
    let both = [(MINE, PARTNER, FULL, None), (THEIRS, OWN, FULL, None)];
    assert_eq!(simulated(&access, &own, &AgreementChange::End), both);
    let own = [way(MINE, OWN, ONE, ShareLevel::Full), way(MINE, OWN, TWO, ShareLevel::Busy)];
    assert_eq!(simulated(&access, &own, &AgreementChange::End)[0], (MINE, PARTNER, FULL, BUSY));
    let own = [way(MINE, OWN, ONE, ShareLevel::Full), way(MINE, OWN, TWO, ShareLevel::Full)];
    assert_eq!(simulated(&access, &own, &AgreementChange::End), both[1..]);
}

#[test]
fn what_comes_into_force_is_told_of_own_rows_only() {
    let one = agreement(ONE, AgreementState::Proposed, &[OWN, PARTNER]);
    let access = access(vec![one], vec![way(THEIRS, PARTNER, ONE, ShareLevel::Full)]);
    let own = [way(MINE, OWN, ONE, ShareLevel::Busy)];
    assert_eq!(simulated(&access, &own, &AgreementChange::Activate), [(MINE, PARTNER, None, BUSY)]);
    assert_eq!(simulated(&access, &own, &AgreementChange::End), []);
}

#[test]
fn terms_are_areas_fields_and_the_last_day() {
    let one = agreement(ONE, AgreementState::Active, &[OWN, PARTNER]);
    let access = access(vec![one], Vec::new());
    let own = [way(MINE, OWN, ONE, ShareLevel::Full)];
    let hidden = [(MINE, PARTNER, FULL, None)];
    let terms = |areas, fields, until| AgreementChange::Terms { areas, fields, until };
    for (change, expected) in [
        (terms(None, None, None), &hidden[..0]),
        (terms(Some(BTreeSet::from([Area::Datasets])), None, None), &hidden),
        (terms(Some(BTreeSet::from([Area::Calendars])), None, None), &hidden[..0]),
        (terms(None, Some(Fields::new(false, [])), None), &hidden),
        (terms(None, Some(Fields::new(false, [FIELD])), None), &hidden[..0]),
        (terms(None, None, Some(Some(day("2027-06-14")))), &hidden),
        (terms(None, None, Some(Some(day("2027-06-15")))), &hidden[..0]),
    ] {
        assert_eq!(simulated(&access, &own, &change), expected, "{change:?}");
    }
}

#[test]
fn who_leaves_loses_and_the_others_keep() {
    let one = agreement(ONE, AgreementState::Active, &[OWN, PARTNER, THIRD]);
    let scope_shares = vec![way(THEIRS, PARTNER, ONE, ShareLevel::Full)];
    let access = access(vec![one], scope_shares);
    let own = [way(MINE, OWN, ONE, ShareLevel::Full)];
    assert_eq!(simulated(&access, &own, &AgreementChange::Leave(THIRD)), [(MINE, THIRD, FULL, None)]);
    let partner = [(MINE, PARTNER, FULL, None), (THEIRS, OWN, FULL, None)];
    assert_eq!(simulated(&access, &own, &AgreementChange::Leave(PARTNER)), partner);
    let all = [(MINE, PARTNER, FULL, None), (MINE, THIRD, FULL, None), (THEIRS, OWN, FULL, None)];
    assert_eq!(simulated(&access, &own, &AgreementChange::Leave(OWN)), all);
}

#[test]
fn a_way_for_one_party_or_one_role_reaches_whoever_has_every_role_there() {
    let one = agreement(ONE, AgreementState::Active, &[OWN, PARTNER, THIRD]);
    let access = access(vec![one], Vec::new());
    let own = [ScopeShareFact {
        grantee: Some(THIRD),
        role: Some(RoleKey::Auditor),
        area: ScopeArea::Calendars,
        ..way(MINE, OWN, ONE, ShareLevel::Full)
    }];
    assert_eq!(simulated(&access, &own, &AgreementChange::End), [], "an auditor reads no calendars");
    let own = [ScopeShareFact {
        grantee: Some(THIRD),
        role: Some(RoleKey::Planner),
        ..way(MINE, OWN, ONE, ShareLevel::Full)
    }];
    assert_eq!(simulated(&access, &own, &AgreementChange::End), [(MINE, THIRD, FULL, None)]);
}
