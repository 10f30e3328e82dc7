//! Whose entries lie around which dates, and how they are read.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use calendar_time::time::EntryTime;
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use entities::{EntryKind, EntryStatus, calendar, calendar_entry, calendar_occurrence};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};
use store::Session;
use uuid::Uuid;

use crate::calendars::entry_view::EntryView;
use crate::calendars::window::Window;
use crate::planning::conflicts::neighbourhood::{Dated, SLOT_DAYS};
use crate::planning::conflicts::rules::{DateSpan, KnownEntry, TOPIC_DAYS};

/// The most dates that are looked at together.
pub(super) const MAX_DATES: u64 = 20_000;

/// Whose entries are looked at.
#[derive(Clone, Debug)]
pub enum Among {
    /// Calendars, and what authorities take over from elsewhere.
    Calendars {
        /// The calendars.
        calendars: BTreeSet<Uuid>,
        /// The authorities.
        owners: BTreeSet<Uuid>,
    },
    /// Everything of authorities.
    Tenants(Vec<Uuid>),
}

impl Among {
    /// Whether an entry is looked at.
    pub(super) fn has(&self, known: &KnownEntry) -> bool {
        let entry = known.view.times();
        match self {
            Self::Calendars { calendars, owners } => {
                let is_external = known.external && owners.contains(&entry.tenant_id());
                is_external || calendars.contains(&entry.calendar_id())
            }
            Self::Tenants(tenants) => tenants.contains(&entry.tenant_id()),
        }
    }

    /// Both together.
    fn with(self, other: &Self) -> Self {
        match (self, other) {
            (
                Self::Calendars { mut calendars, mut owners },
                Self::Calendars { calendars: more_calendars, owners: more_owners },
            ) => {
                calendars.extend(more_calendars);
                owners.extend(more_owners);
                Self::Calendars { calendars, owners }
            }
            (Self::Tenants(mut tenants), Self::Tenants(more)) => {
                tenants.extend(more);
                Self::Tenants(tenants)
            }
            (one, _) => one,
        }
    }
}

/// What a neighbourhood is read for: whose entries, between which days, and how many days shall lie between those for the
/// same people.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Whose entries.
    pub among: Among,
    /// First and last day.
    pub days: (NaiveDate, NaiveDate),
    /// Days between.
    pub days_apart: i32,
}

impl Surroundings {
    /// The days that are read. What is near the edges has neighbours beyond them, and free slots have neighbours of their
    /// own.
    pub(super) fn read_days(&self) -> (NaiveDate, NaiveDate) {
        let margin = Days::new(SLOT_DAYS + u64::try_from(TOPIC_DAYS).unwrap_or_default());
        (
            self.days.0.checked_sub_days(margin).unwrap_or(NaiveDate::MIN),
            self.days.1.checked_add_days(margin).unwrap_or(NaiveDate::MAX),
        )
    }

    /// The same in instants.
    pub(super) fn window(&self) -> Window {
        let (from, to) = self.read_days();
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        Window { start: midnight(from), end: midnight(to) + TimeDelta::days(1) }
    }
}

/// The refusal of more dates than can be looked at together.
pub fn too_many() -> ApiError {
    Problem::whole(UserErrorCode::LimitReached, Text::new("too-many-to-compare").with("max", MAX_DATES)).into()
}

/// Entries that take time, and their dates, of all surroundings: single entries, dates of series, and the series. None
/// where there are more than all of them may have.
pub(super) async fn read(session: &Session, all: &[Surroundings]) -> ApiResult<Option<(Vec<KnownEntry>, Vec<Dated>)>> {
    use calendar_entry::Column as Entry;
    let Some(first) = all.first() else { return Ok(Some((Vec::new(), Vec::new()))) };
    let among = all.iter().skip(1).fold(first.among.clone(), |among, it| among.with(&it.among));
    let max = MAX_DATES.saturating_mul(all.len() as u64);
    let of_whom = |select: sea_orm::Select<calendar_entry::Entity>| {
        let select = select
            .filter(Entry::Status.is_in([EntryStatus::Tentative, EntryStatus::Confirmed]))
            // A last day takes no time.
            .filter(Entry::Kind.ne(EntryKind::Deadline));
        match &among {
            Among::Calendars { calendars, owners } => {
                let (calendars, owners): (Vec<_>, Vec<_>) =
                    (calendars.iter().copied().collect(), owners.iter().copied().collect());
                let external = session
                    .select::<calendar::Entity>()
                    .filter(session.is_one_of(calendar::Column::TenantId, &owners))
                    .filter(calendar::Column::External.eq(true))
                    .select_only()
                    .column(calendar::Column::Id);
                select.filter(
                    Condition::any()
                        .add(session.is_one_of(Entry::CalendarId, &calendars))
                        .add(Entry::CalendarId.in_subquery(external.into_query())),
                )
            }
            Among::Tenants(tenants) => select.filter(session.is_one_of(Entry::TenantId, tenants)),
        }
    };
    let (mut at, mut dates_at) = (Condition::any(), Condition::any());
    for it in all {
        at = at.add(it.window().overlaps(Entry::StartsAt, Entry::EndsAt)?);
        dates_at = dates_at
            .add(it.window().overlaps(calendar_occurrence::Column::StartsAt, calendar_occurrence::Column::EndsAt)?);
    }
    let singles = of_whom(session.select::<calendar_entry::Entity>())
        .filter(Entry::ExpandedUntil.is_null())
        .filter(at)
        .limit(max + 1);
    let singles = session.all(singles).await?;
    let series = of_whom(session.select::<calendar_entry::Entity>()).filter(Entry::ExpandedUntil.is_not_null());
    let dates = session
        .select::<calendar_occurrence::Entity>()
        .filter(dates_at)
        .filter(calendar_occurrence::Column::EntryId.in_subquery(series.select_only().column(Entry::Id).into_query()))
        .limit(max + 1);
    let occurrences = session.all(dates).await?;
    if (singles.len() + occurrences.len()) as u64 > max {
        return Ok(None);
    }
    session.load::<calendar_entry::Entity>(occurrences.iter().map(|it| it.entry_id)).await?;
    let series = occurrences.iter().map(|it| it.entry_id);
    let mut calendars: Vec<_> = singles.iter().map(|it| it.calendar_id).collect();
    for id in series.collect::<BTreeSet<_>>() {
        calendars.extend(session.get::<calendar_entry::Entity>(id).await?.map(|it| it.calendar_id));
    }
    session.load::<calendar::Entity>(calendars.iter().copied()).await?;
    let mut external = BTreeSet::new();
    for id in calendars {
        external.extend(session.get::<calendar::Entity>(id).await?.filter(|it| it.external).map(|it| it.id));
    }
    let mut entries = Vec::new();
    let mut index: HashMap<Uuid, usize> = HashMap::new();
    let mut dates = Vec::new();
    let mut know = |row: Arc<calendar_entry::Model>| {
        let (id, is_external) = (row.id, external.contains(&row.calendar_id));
        let view = EntryView::of(session, row)?;
        Some(*index.entry(id).or_insert_with(|| {
            entries.push(KnownEntry::new(view, is_external));
            entries.len() - 1
        }))
    };
    for row in singles {
        let span = DateSpan::of(&EntryTime::of(&row));
        dates.extend(know(Arc::new(row)).map(|entry| Dated { entry, span }));
    }
    for row in occurrences {
        let Some(series) = session.get::<calendar_entry::Entity>(row.entry_id).await? else { continue };
        let span = DateSpan::of(&EntryTime::of(&series).at(row.starts_local));
        dates.extend(know(series).map(|entry| Dated { entry, span }));
    }
    dates.sort_by_key(|it| (it.span.starts_at, it.entry));
    Ok(Some((entries, dates)))
}
