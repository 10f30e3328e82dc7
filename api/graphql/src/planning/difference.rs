//! What of a plan differs from how it stood before: from a snapshot of it, or from the plan of the year before.
//!
//! Against a snapshot, every field is compared that the viewer sees now and could see then. Against another year, entries
//! are matched by their titles, so those that are seen at `BUSY` are left out.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::Enum;
use chrono::{Datelike as _, NaiveDateTime};
use domain::calendars::entry_view::{EntryContent, EntryField, EntryView};
use domain::planning::snapshots::SnapshotEntry;
use kernel::text::fold;
use uuid::Uuid;

/// Kind of difference between two states of an entry.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlanDifferenceKind {
    /// Entry without an earlier counterpart.
    Added,
    /// Entry cancelled, or no longer in the plan.
    Removed,
    /// Entry at another time or with another recurrence; compared with the previous year, in another calendar week.
    Moved,
    /// Entry with other content in a field visible to the viewer. Does not occur in comparisons with the previous year.
    Changed,
    /// Entry without a difference.
    Kept,
}

/// Field of a calendar entry in a comparison.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlanEntryField {
    /// Whole days or clock times.
    AllDay,
    /// Local start.
    Start,
    /// Local end.
    End,
    /// Time zone.
    TimeZone,
    /// Recurrence of a series: its rule, its additional and its excluded starts.
    Recurrence,
    /// Title.
    Title,
    /// Kind of event.
    Kind,
    /// Planning status.
    Status,
    /// Field of work.
    FieldOfWork,
    /// Description.
    Description,
    /// Confidentiality.
    Confidentiality,
    /// Learning place.
    Place,
    /// Location in free text.
    Location,
    /// Organiser.
    Organiser,
    /// Speakers and teachers.
    Speakers,
    /// Responsible office.
    ResponsibleOffice,
    /// Audiences.
    Audiences,
    /// Pillar of the education region.
    Pillar,
    /// Cost.
    Cost,
    /// Target groups in free text.
    TargetGroups,
    /// Web address for registration.
    RegistrationUrl,
    /// Reason for the cancellation.
    CancelReason,
}

impl PlanEntryField {
    /// Field in the schema; none for fields that belong to the record of an entry and are not compared.
    const fn of(field: EntryField) -> Option<Self> {
        Some(match field {
            EntryField::AllDay => Self::AllDay,
            EntryField::Start => Self::Start,
            EntryField::End => Self::End,
            EntryField::TimeZone => Self::TimeZone,
            EntryField::RecurrenceRule | EntryField::ExtraDates | EntryField::ExceptDates => Self::Recurrence,
            EntryField::Title => Self::Title,
            EntryField::Kind => Self::Kind,
            EntryField::Status => Self::Status,
            EntryField::FieldOfWork => Self::FieldOfWork,
            EntryField::Description => Self::Description,
            EntryField::Confidentiality => Self::Confidentiality,
            EntryField::Place => Self::Place,
            EntryField::Location => Self::Location,
            EntryField::Organiser => Self::Organiser,
            EntryField::Speakers => Self::Speakers,
            EntryField::ResponsibleOffice => Self::ResponsibleOffice,
            EntryField::Audiences => Self::Audiences,
            EntryField::Pillar => Self::Pillar,
            EntryField::Cost => Self::Cost,
            EntryField::TargetGroups => Self::TargetGroups,
            EntryField::RegistrationUrl => Self::RegistrationUrl,
            EntryField::CancelReason => Self::CancelReason,
            EntryField::Uid
            | EntryField::Source
            | EntryField::Version
            | EntryField::CreatedAt
            | EntryField::UpdatedAt => return None,
        })
    }
}

/// One entry of a comparison.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Kind of difference.
    pub kind: PlanDifferenceKind,
    /// Entry in its present state; none in comparisons with the previous year if it has no counterpart.
    pub entry: Option<EntryView>,
    /// Entry of the previous year.
    pub before: Option<EntryView>,
    /// Earlier title, if the viewer sees it.
    pub title_before: Option<String>,
    /// Earlier local start.
    pub start_before: Option<NaiveDateTime>,
    /// Fields that differ from the snapshot, as far as the viewer sees them in both.
    pub changed_fields: BTreeSet<PlanEntryField>,
}

/// Differences between a plan and a snapshot of it.
pub(super) fn to_snapshot(now: Vec<EntryView>, kept: Vec<SnapshotEntry>) -> Vec<Difference> {
    let mut before: BTreeMap<Uuid, SnapshotEntry> = kept.into_iter().map(|it| (it.now.times().id(), it)).collect();
    let mut differences = Vec::new();
    for entry in now {
        let was = before.remove(&entry.times().id());
        let off = entry.is_cancelled();
        let kind = match &was {
            None if off => continue,
            None => PlanDifferenceKind::Added,
            Some(it) if off && !it.content.is_cancelled() => PlanDifferenceKind::Removed,
            Some(it) => change_kind(&it.content, &EntryContent::of(&entry)),
        };
        differences.push(against(kind, entry, was));
    }
    // Out of the plan: moved to another year or calendar.
    differences.extend(before.into_values().map(|it| against(PlanDifferenceKind::Removed, it.now.clone(), Some(it))));
    differences
}

fn against(kind: PlanDifferenceKind, entry: EntryView, was: Option<SnapshotEntry>) -> Difference {
    let now = EntryContent::of(&entry);
    let changed = was.iter().flat_map(|it| it.content.differing(&now));
    Difference {
        kind,
        changed_fields: changed.filter_map(PlanEntryField::of).collect(),
        entry: Some(entry),
        before: None,
        title_before: was.as_ref().and_then(|it| it.content.title()).map(str::to_owned),
        start_before: was.map(|it| it.starts_local),
    }
}

/// Kind of difference between two contents of an entry.
fn change_kind(was: &EntryContent, now: &EntryContent) -> PlanDifferenceKind {
    let fields: Vec<_> = was.differing(now).collect();
    if fields.iter().copied().any(EntryField::is_time) {
        PlanDifferenceKind::Moved
    } else if fields.is_empty() {
        PlanDifferenceKind::Kept
    } else {
        PlanDifferenceKind::Changed
    }
}

/// Differences between a plan and that of the year before. Entries belong together if their titles are the same but for
/// years and numbers; of several with the same title, the nearest in the year.
pub(super) fn to_year_before(now: Vec<EntryView>, before: Vec<EntryView>) -> Vec<Difference> {
    let mut by_title: BTreeMap<String, Vec<EntryView>> = BTreeMap::new();
    for (title, entry) in before.into_iter().filter_map(readable) {
        by_title.entry(title).or_default().push(entry);
    }
    let mut differences = Vec::new();
    for (title, entry) in now.into_iter().filter_map(readable) {
        let same = by_title.entry(title).or_default();
        let nearest = (0..same.len()).min_by_key(|it| weeks_between(&entry, &same[*it]));
        let was = nearest.map(|it| same.remove(it));
        let kind = match &was {
            None => PlanDifferenceKind::Added,
            Some(it) if weeks_between(&entry, it) > 0 => PlanDifferenceKind::Moved,
            Some(_) => PlanDifferenceKind::Kept,
        };
        differences.push(difference(kind, Some(entry), was));
    }
    let gone = by_title.into_values().flatten();
    differences.extend(gone.map(|it| difference(PlanDifferenceKind::Removed, None, Some(it))));
    differences
}

/// An entry that takes place, with the key of its title; none if the viewer does not see the title.
fn readable(entry: EntryView) -> Option<(String, EntryView)> {
    let title = title_key(entry.outline()?.title());
    (!entry.is_cancelled()).then_some((title, entry))
}

fn difference(kind: PlanDifferenceKind, entry: Option<EntryView>, before: Option<EntryView>) -> Difference {
    Difference {
        kind,
        entry,
        title_before: before.as_ref().and_then(EntryView::outline).map(|it| it.title().to_owned()),
        start_before: before.as_ref().map(|it| it.times().starts_local()),
        before,
        changed_fields: BTreeSet::new(),
    }
}

/// The words of a title without numbers, so that "Bildungsfest 2026" is "Bildungsfest 2027".
fn title_key(title: &str) -> String {
    let folded = fold(title);
    let words = folded.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.chars().all(|it| it.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

/// How many calendar weeks lie between two dates of two years.
fn weeks_between(one: &EntryView, other: &EntryView) -> u32 {
    let week = |it: &EntryView| it.times().starts_local().iso_week().week();
    week(one).abs_diff(week(other))
}
