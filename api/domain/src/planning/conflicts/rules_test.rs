//! Properties of the rules.

use std::sync::Arc;

use calendar_time::time::EntryTime;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta};
use entities::{Audience, Confidentiality, ConflictRule, EntryKind, EntryStatus, ShareLevel, calendar_entry};
use proptest::prelude::*;
use uuid::Uuid;

use crate::calendars::entry_view::EntryView;
use crate::planning::conflicts::rules::{ConflictSeverity, DateSpan, KnownEntry, between};

fn start() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2027, 5, 3).unwrap().and_hms_opt(9, 0, 0).unwrap()
}

/// What an entry says, as far as a rule looks at it.
#[derive(Clone, Debug)]
struct Words {
    tenant: u8,
    hour: i64,
    hours: i64,
    place: u8,
    speaker: u8,
    organiser: u8,
    audience: Option<Audience>,
    field: u8,
    title: &'static str,
}

fn words() -> impl Strategy<Value = Words> {
    let audience = prop::option::of(prop::sample::select(Audience::ALL.to_vec()));
    let title = prop::sample::select(vec!["Elternabend Übertritt", "Elternabend zum Übertritt", "Messe", "Chor 2027"]);
    (0..2_u8, 0..2_000_i64, 1..30_i64, 0..3_u8, 0..3_u8, 0..3_u8, audience, 0..3_u8, title).prop_map(
        |(tenant, hour, hours, place, speaker, organiser, audience, field, title)| Words {
            tenant,
            hour,
            hours,
            place,
            speaker,
            organiser,
            audience,
            field,
            title,
        },
    )
}

fn entry(words: &Words) -> calendar_entry::Model {
    let some = |name: &str, number: u8| (number > 0).then(|| format!("{name} {number}"));
    let starts_local = start() + TimeDelta::hours(words.hour);
    let time = EntryTime {
        all_day: false,
        starts_local,
        ends_local: starts_local + TimeDelta::hours(words.hours),
        zone: chrono_tz::Europe::Berlin,
    };
    calendar_entry::Model {
        id: kernel::ids::new_id(),
        tenant_id: Uuid::from_u128(words.tenant.into()),
        scope_id: Uuid::nil(),
        calendar_id: Uuid::nil(),
        title: words.title.to_owned(),
        description: None,
        kind: EntryKind::Other,
        status: EntryStatus::Confirmed,
        confidentiality: Confidentiality::Partner,
        field_of_work_id: (words.field > 0).then(|| Uuid::from_u128(words.field.into())),
        all_day: false,
        starts_local: time.starts_local,
        ends_local: time.ends_local,
        time_zone: "Europe/Berlin".to_owned(),
        starts_at: time.starts_at(),
        ends_at: time.ends_at(),
        recurrence_rule: None,
        extra_dates: None,
        except_dates: None,
        expanded_until: None,
        series_id: None,
        series_date: None,
        uid: None,
        source_sequence: None,
        source_modified: None,
        source_digest: None,
        learning_place_id: None,
        location: some("Saal", words.place),
        organiser: some("Amt", words.organiser),
        speakers: some("Frau", words.speaker),
        responsible_office: None,
        pillar: None,
        audiences: words.audience.map(|it| format!(";{};", it.as_str())),
        cost: None,
        target_groups: None,
        registration_url: None,
        search_text: String::new(),
        cancel_reason: None,
        source: None,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

fn rules(
    (one, level): (&calendar_entry::Model, ShareLevel),
    (other, other_level): (&calendar_entry::Model, ShareLevel),
    days: i64,
) -> Vec<(ConflictRule, ConflictSeverity)> {
    let (one, other) = (
        KnownEntry::new(EntryView::at(level, Arc::new(one.clone())), false),
        KnownEntry::new(EntryView::at(other_level, Arc::new(other.clone())), false),
    );
    let spans = (DateSpan::of(&one.view.times().time()), DateSpan::of(&other.view.times().time()));
    between(&one, &other, (&spans.0, &spans.1), days)
}

fn level() -> impl Strategy<Value = ShareLevel> {
    prop::sample::select(ShareLevel::ALL.to_vec())
}

proptest! {
    /// It does not matter who is looked at first.
    #[test]
    fn a_conflict_is_one_of_both_sides(a in words(), b in words(), x in level(), y in level(), days in 0..29_i64) {
        let (one, other) = (entry(&a), entry(&b));
        prop_assert_eq!(rules((&one, x), (&other, y), days), rules((&other, y), (&one, x), days));
    }

    /// Who sees less never learns of more.
    #[test]
    fn less_sight_is_fewer_conflicts(a in words(), b in words(), x in level(), y in level(), days in 0..29_i64) {
        let (one, other) = (entry(&a), entry(&b));
        let all = rules((&one, ShareLevel::Full), (&other, ShareLevel::Full), days);
        let seen = rules((&one, x), (&other, y), days);
        prop_assert!(seen.iter().all(|it| all.contains(it)));
        if x.min(y) == ShareLevel::Busy {
            prop_assert!(seen.is_empty(), "that time is taken is no conflict by itself");
        }
        if x.min(y) == ShareLevel::Summary {
            prop_assert!(seen.iter().all(|it| it.0 == ConflictRule::DuplicateTopic));
        }
    }

    /// More days between are asked for: no conflict goes away.
    #[test]
    fn a_wider_distance_finds_no_less(a in words(), b in words(), days in 0..28_i64) {
        let (one, other) = (entry(&a), entry(&b));
        let full = ShareLevel::Full;
        let near = rules((&one, full), (&other, full), days);
        let wide = rules((&one, full), (&other, full), days + 1);
        prop_assert!(near.iter().all(|it| wide.contains(it)));
    }

    /// What shares nothing but the time is in nobody's way.
    #[test]
    fn places_and_people_make_a_conflict(a in words()) {
        let mut b = a.clone();
        (b.place, b.speaker, b.organiser, b.field, b.audience, b.title) = (0, 0, 0, 0, None, "Anderes Thema");
        let full = ShareLevel::Full;
        prop_assert_eq!(rules((&entry(&a), full), (&entry(&b), full), 3), vec![]);
    }
}
