//! What of a plan differs from how it stood before: from a snapshot of it, or from the plan of the year before.
//!
//! Entries that are seen as BUSY have no words to compare by: against a snapshot only their times are compared, against
//! another year they are left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::Enum;
use chrono::{Datelike as _, NaiveDateTime};
use domain::planning::snapshots::Kept;
use entities::{EntryStatus, ShareLevel, calendar_entry};
use kernel::text::fold;
use uuid::Uuid;

/// Kind of difference between two states of an entry.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlanDifferenceKind {
    /// Entry without an earlier counterpart.
    Added,
    /// Entry cancelled, or no longer in the plan.
    Removed,
    /// Entry at another time or with another recurrence rule; compared with the previous year, in another calendar
    /// week.
    Moved,
    /// Entry with other content. Does not occur in comparisons with the previous year.
    Changed,
    /// Entry without a difference.
    Kept,
}

/// One entry of a comparison.
#[derive(Clone, Debug)]
pub struct Difference {
    /// How it differs.
    pub kind: PlanDifferenceKind,
    /// The entry as it is; none where it is gone.
    pub entry: Option<Arc<calendar_entry::Model>>,
    /// The entry of the year before, where two years are compared.
    pub before: Option<Arc<calendar_entry::Model>>,
    /// How it was called, where the viewer may know.
    pub title_before: Option<String>,
    /// When it was.
    pub start_before: Option<NaiveDateTime>,
}

/// How much of an entry is seen.
pub(super) type Level<'a> = &'a dyn Fn(&calendar_entry::Model) -> Option<ShareLevel>;

/// A plan as it is against a snapshot of it.
pub(super) fn to_snapshot(now: Vec<calendar_entry::Model>, kept: Vec<Kept>) -> Vec<Difference> {
    let mut before: BTreeMap<Uuid, Kept> = kept.into_iter().map(|it| (it.row.entry_id, it)).collect();
    let mut found = Vec::new();
    for entry in now {
        let was = before.remove(&entry.id);
        let off = entry.status == EntryStatus::Cancelled;
        let kind = match &was {
            None if off => continue,
            None => PlanDifferenceKind::Added,
            Some(it) if off && it.row.status != EntryStatus::Cancelled => PlanDifferenceKind::Removed,
            Some(it) if is_moved(&entry, it) => PlanDifferenceKind::Moved,
            Some(it) if it.level >= ShareLevel::Summary && says_else(&entry, it) => PlanDifferenceKind::Changed,
            Some(_) => PlanDifferenceKind::Kept,
        };
        found.push(against(kind, Some(Arc::new(entry)), was));
    }
    // Out of the plan: moved to another year or calendar.
    found.extend(before.into_values().map(|it| {
        let entry = it.now.clone();
        against(PlanDifferenceKind::Removed, Some(entry), Some(it))
    }));
    found
}

fn against(kind: PlanDifferenceKind, entry: Option<Arc<calendar_entry::Model>>, was: Option<Kept>) -> Difference {
    let seen = was.as_ref().filter(|it| it.level >= ShareLevel::Summary);
    Difference {
        kind,
        entry,
        before: None,
        title_before: seen.map(|it| it.row.title.clone()),
        start_before: was.map(|it| it.row.starts_local),
    }
}

fn is_moved(entry: &calendar_entry::Model, was: &Kept) -> bool {
    let row = &was.row;
    let rule = was.level >= ShareLevel::Summary && entry.recurrence_rule != row.recurrence_rule;
    (entry.starts_local, entry.ends_local, &entry.time_zone) != (row.starts_local, row.ends_local, &row.time_zone)
        || rule
}

fn says_else(entry: &calendar_entry::Model, was: &Kept) -> bool {
    let row = &was.row;
    let outline = (&entry.title, entry.kind, entry.status, entry.field_of_work_id)
        != (&row.title, row.kind, row.status, row.field_of_work_id);
    let details = (&entry.organiser, &entry.audiences) != (&row.organiser, &row.audiences);
    outline || (was.level >= ShareLevel::Full && details)
}

/// A plan against that of the year before. Entries belong together that have the same words, but for years and numbers;
/// of several with the same words, the one nearest in the year.
pub(super) fn to_year_before(
    now: Vec<calendar_entry::Model>,
    before: Vec<calendar_entry::Model>,
    level: Level<'_>,
) -> Vec<Difference> {
    let readable = |it: &calendar_entry::Model| {
        it.status != EntryStatus::Cancelled && level(it).is_some_and(|it| it >= ShareLevel::Summary)
    };
    let mut by_words: BTreeMap<String, Vec<Arc<calendar_entry::Model>>> = BTreeMap::new();
    for entry in before.into_iter().filter(&readable) {
        by_words.entry(words(&entry.title)).or_default().push(Arc::new(entry));
    }
    let mut found = Vec::new();
    for entry in now.into_iter().filter(&readable) {
        let same = by_words.entry(words(&entry.title)).or_default();
        let nearest = (0..same.len()).min_by_key(|it| weeks_between(&entry, &same[*it]));
        let was = nearest.map(|it| same.remove(it));
        let kind = match &was {
            None => PlanDifferenceKind::Added,
            Some(it) if weeks_between(&entry, it) > 0 => PlanDifferenceKind::Moved,
            Some(_) => PlanDifferenceKind::Kept,
        };
        found.push(difference(kind, Some(Arc::new(entry)), was));
    }
    let gone = by_words.into_values().flatten();
    found.extend(gone.map(|it| difference(PlanDifferenceKind::Removed, None, Some(it))));
    found
}

fn difference(
    kind: PlanDifferenceKind,
    entry: Option<Arc<calendar_entry::Model>>,
    before: Option<Arc<calendar_entry::Model>>,
) -> Difference {
    Difference {
        kind,
        entry,
        title_before: before.as_ref().map(|it| it.title.clone()),
        start_before: before.as_ref().map(|it| it.starts_local),
        before,
    }
}

/// The words of a title without numbers, so that "Bildungsfest 2026" is "Bildungsfest 2027".
fn words(title: &str) -> String {
    let folded = fold(title);
    let words = folded.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.chars().all(|it| it.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

/// How many calendar weeks lie between two dates of two years.
fn weeks_between(one: &calendar_entry::Model, other: &calendar_entry::Model) -> u32 {
    one.starts_local.iso_week().week().abs_diff(other.starts_local.iso_week().week())
}
