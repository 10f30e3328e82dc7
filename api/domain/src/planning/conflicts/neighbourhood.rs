//! What lies around dates: the entries that take time, their dates, and the non-working days of their owners, as the
//! viewer sees them. From it come conflicts and free slots.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use calendar_time::time::EntryTime;
use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, Weekday};
use entities::{
    ConflictRule, EntryKind, EntryStatus, annual_plan_calendar, calendar, calendar_entry, calendar_occurrence,
    conflict_acknowledgement, tenant,
};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use sha2::{Digest, Sha256};
use store::Session;
use uuid::Uuid;

use crate::calendars::entry_view::EntryView;
use crate::calendars::window::Window;
use crate::holidays::non_working_days::{NonWorkingDay, non_working_days_of};
use crate::planning::conflicts::rules::{
    ConflictSeverity, DateSpan, KnownEntry, TOPIC_DAYS, between, days_around, on_non_working_day,
};

/// The most dates that are looked at together.
const MAX_DATES: u64 = 20_000;
/// How many free slots are suggested.
const SLOTS: usize = 5;
/// How far from the date they may be, in days.
const SLOT_DAYS: u64 = 28;

/// Whose entries are looked at.
#[derive(Clone, Debug)]
pub enum Among {
    /// Plans, and what their owners take over from elsewhere.
    Plans {
        /// The plans.
        plans: Vec<Uuid>,
        /// Their owners.
        owners: Vec<Uuid>,
    },
    /// Everything of authorities.
    Tenants(Vec<Uuid>),
}

/// One date.
#[derive(Clone, Debug)]
struct Dated {
    entry: usize,
    span: DateSpan,
}

/// See the module.
pub struct Neighbourhood {
    entries: Vec<KnownEntry>,
    dates: Vec<Dated>,
    owners: BTreeMap<Uuid, String>,
    free: BTreeMap<Uuid, Vec<NonWorkingDay>>,
    acknowledged: HashMap<Uuid, Vec<conflict_acknowledgement::Model>>,
    days_apart: i64,
    today: NaiveDate,
    known: (NaiveDate, NaiveDate),
}

/// One side of a conflict.
#[derive(Clone, Debug)]
pub struct Side {
    /// The entry, as the viewer sees it.
    pub entry: EntryView,
    /// The first date of it that is concerned.
    pub span: DateSpan,
    index: usize,
}

/// A conflict.
#[derive(Clone, Debug)]
pub struct Clash {
    /// Made from rule, sides and their times.
    pub id: Uuid,
    /// The rule.
    pub rule: ConflictRule,
    /// How much it weighs: the worst of its dates.
    pub severity: ConflictSeverity,
    /// The entries, by id: one, or two.
    pub sides: Vec<Side>,
    /// The non-working days that are the other side.
    pub free: Option<NonWorkingDay>,
    /// How many pairs of dates are concerned.
    pub dates: usize,
    /// Who has taken note, and why it stays.
    pub acknowledged: Vec<conflict_acknowledgement::Model>,
}

impl Neighbourhood {
    /// Reads what lies between two days, in a fixed number of statements.
    ///
    /// # Errors
    /// There are too many dates to look at together; the database fails.
    pub async fn load(
        session: &Session,
        among: &Among,
        (from, to): (NaiveDate, NaiveDate),
        days_apart: i32,
    ) -> ApiResult<Self> {
        // What is near the edges has neighbours beyond them, and free slots have neighbours of their own.
        let margin = Days::new(SLOT_DAYS + u64::try_from(TOPIC_DAYS).unwrap_or_default());
        let known = (
            from.checked_sub_days(margin).unwrap_or(NaiveDate::MIN),
            to.checked_add_days(margin).unwrap_or(NaiveDate::MAX),
        );
        let (entries, dates) = read(session, among, known).await?;
        let mut tenants: Vec<_> = entries.iter().map(|it| it.view.times().tenant_id()).collect();
        tenants.sort_unstable();
        tenants.dedup();
        session.load::<tenant::Entity>(tenants.iter().copied()).await?;
        let mut owners = Vec::new();
        for id in tenants {
            owners.extend(session.get::<tenant::Entity>(id).await?);
        }
        let free = non_working_days_of(session, &owners, known.0, known.1).await?;
        Ok(Self {
            entries,
            dates,
            owners: owners.iter().map(|it| (it.id, it.legal_name.clone())).collect(),
            free,
            acknowledged: HashMap::new(),
            days_apart: days_apart.into(),
            today: session.now().date_naive(),
            known,
        })
    }

    /// Reads also what was acknowledged of the entries.
    ///
    /// # Errors
    /// The database fails.
    pub async fn with_acknowledgements(mut self, session: &Session, of: Option<Uuid>) -> ApiResult<Self> {
        let ids: Vec<_> = match of {
            Some(id) => vec![id],
            None => self.entries.iter().map(|it| it.view.times().id()).collect(),
        };
        let select = session
            .select::<conflict_acknowledgement::Entity>()
            .filter(session.is_one_of(conflict_acknowledgement::Column::EntryId, &ids))
            .order_by_asc(conflict_acknowledgement::Column::CreatedAt)
            .order_by_asc(conflict_acknowledgement::Column::Id);
        for row in session.all(select).await? {
            self.acknowledged.entry(row.conflict_id).or_default().push(row);
        }
        Ok(self)
    }

    /// Name of the authority that owns the entry of a side.
    pub fn owner(&self, side: &Side) -> &str {
        self.owners.get(&side.entry.times().tenant_id()).map(String::as_str).unwrap_or_default()
    }

    /// Every conflict of a date between two days.
    pub fn between_days(&self, from: NaiveDate, to: NaiveDate) -> Vec<Clash> {
        let mut found = ConflictPairs::default();
        let inside = |it: &Dated| it.span.first() <= to && it.span.last() >= from;
        for (index, date) in self.dates.iter().enumerate() {
            if inside(date) {
                self.non_working_days(date, &mut found);
            }
            // Sorted by start: nothing after that is near.
            let near = date.span.ends_at + TimeDelta::days(TOPIC_DAYS.max(self.days_apart) + 1);
            for other in self.dates[index + 1..].iter().take_while(|it| it.span.starts_at <= near) {
                if inside(date) || inside(other) {
                    self.pair(date, other, &mut found);
                }
            }
        }
        self.clashes(found)
    }

    /// Every conflict of one entry.
    pub fn of(&self, entry: Uuid) -> Vec<Clash> {
        let mut found = ConflictPairs::default();
        for date in self.dates.iter().filter(|it| self.id_of(it) == entry) {
            self.non_working_days(date, &mut found);
            for other in self.dates.iter().filter(|it| it.entry != date.entry) {
                self.pair(date, other, &mut found);
            }
        }
        self.clashes(found)
    }

    fn id_of(&self, date: &Dated) -> Uuid {
        self.entries[date.entry].view.times().id()
    }

    fn non_working_days(&self, date: &Dated, pairs: &mut ConflictPairs) {
        let known = &self.entries[date.entry];
        for (index, free) in self.free.get(&known.view.times().tenant_id()).into_iter().flatten().enumerate() {
            if let Some((rule, severity)) = on_non_working_day(known, &date.span, free) {
                pairs.add((rule, date.entry, Other::Free(index)), severity, (date.span, date.span));
            }
        }
    }

    fn pair(&self, one: &Dated, other: &Dated, pairs: &mut ConflictPairs) {
        if one.entry == other.entry {
            return;
        }
        let (one, other) = if self.id_of(one) < self.id_of(other) { (one, other) } else { (other, one) };
        let spans = (&one.span, &other.span);
        for (rule, severity) in between(&self.entries[one.entry], &self.entries[other.entry], spans, self.days_apart) {
            pairs.add((rule, one.entry, Other::Entry(other.entry)), severity, (one.span, other.span));
        }
    }

    /// Conflicts in order: the worst first, then by date.
    fn clashes(&self, pairs: ConflictPairs) -> Vec<Clash> {
        let side = |index: usize, span| Side { entry: self.entries[index].view.clone(), span, index };
        let mut clashes: Vec<_> = pairs
            .0
            .into_iter()
            .map(|((rule, one, other), Pairs { severity, first, dates })| {
                let mut sides = vec![side(one, first.0)];
                let mut free = None;
                match other {
                    Other::Entry(other) => sides.push(side(other, first.1)),
                    Other::Free(index) => {
                        let tenant = self.entries[one].view.times().tenant_id();
                        free = self.free.get(&tenant).and_then(|it| it.get(index)).cloned();
                    }
                }
                let id = named(rule, &sides, free.as_ref());
                let acknowledged = self.acknowledged.get(&id).cloned().unwrap_or_default();
                Clash { id, rule, severity, sides, free, dates, acknowledged }
            })
            .collect();
        let start = |it: &Clash| it.sides.first().map(|it| it.span.starts_at);
        clashes.sort_by(|a, b| (b.severity, start(a), a.rule, a.id).cmp(&(a.severity, start(b), b.rule, b.id)));
        clashes
    }

    /// Up to five days near, at the same time of day, on which the date of a side would meet nothing: no non-working
    /// day, and no other entry but of the same topic. Working days for a date on one; none in the past.
    pub fn free_slots(&self, side: &Side) -> Vec<DateSpan> {
        let known = &self.entries[side.index];
        let time = known.view.times().time();
        let is_weekend = |day: NaiveDate| matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let wants_weekend = is_weekend(side.span.first());
        let near: Vec<_> = self.dates.iter().filter(|it| it.entry != side.index).collect();
        let own: Vec<_> = self.dates.iter().filter(|it| it.entry == side.index && it.span != side.span).collect();
        days_around(side.span.first(), SLOT_DAYS)
            .filter(|(_, day)| *day > self.today && *day > self.known.0 && *day < self.known.1)
            .filter(|(_, day)| is_weekend(*day) == wants_weekend)
            .map(|(days, _)| DateSpan::of(&time.at(side.span.starts_local + TimeDelta::days(days))))
            .filter(|span| {
                let free = self.free.get(&known.view.times().tenant_id()).into_iter().flatten();
                free.into_iter().all(|it| on_non_working_day(known, span, it).is_none())
            })
            .filter(|span| own.iter().all(|it| it.span.first() != span.first()))
            .filter(|span| {
                near.iter().all(|it| {
                    let found = between(known, &self.entries[it.entry], (span, &it.span), self.days_apart);
                    found.iter().all(|(rule, _)| *rule == ConflictRule::DuplicateTopic)
                })
            })
            .take(SLOTS)
            .collect()
    }
}

/// The other side of a conflict.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Other {
    Entry(usize),
    Free(usize),
}

/// The dates of one conflict.
struct Pairs {
    severity: ConflictSeverity,
    first: (DateSpan, DateSpan),
    dates: usize,
}

#[derive(Default)]
struct ConflictPairs(BTreeMap<(ConflictRule, usize, Other), Pairs>);

impl ConflictPairs {
    fn add(&mut self, key: (ConflictRule, usize, Other), severity: ConflictSeverity, spans: (DateSpan, DateSpan)) {
        let pairs = self.0.entry(key).or_insert(Pairs { severity, first: spans, dates: 0 });
        pairs.dates += 1;
        if (spans.0.starts_at, spans.1.starts_at) < (pairs.first.0.starts_at, pairs.first.1.starts_at) {
            pairs.first = spans;
        }
        pairs.severity = pairs.severity.max(severity);
    }
}

/// The id of a conflict. With the times of its sides: what was moved is another conflict, and wants another reason.
fn named(rule: ConflictRule, sides: &[Side], free: Option<&NonWorkingDay>) -> Uuid {
    let mut digest = Sha256::new().chain_update(rule.as_str());
    for Side { entry, .. } in sides {
        let entry = entry.times();
        let times = (entry.starts_at(), entry.ends_at(), entry.recurrence_rule(), entry.extra_dates());
        digest.update(format!("/{} {times:?}", entry.id()));
    }
    if let Some(free) = free {
        digest.update(format!("/{:?} {} {} {}", free.kind, free.first, free.last, free.name_de));
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Entries that take time, and their dates, between two days: single entries, dates of series, and the series.
async fn read(
    session: &Session,
    among: &Among,
    days: (NaiveDate, NaiveDate),
) -> ApiResult<(Vec<KnownEntry>, Vec<Dated>)> {
    use calendar_entry::Column as Entry;
    let of_whom = |select: sea_orm::Select<calendar_entry::Entity>| {
        let select = select
            .filter(Entry::Status.is_in([EntryStatus::Tentative, EntryStatus::Confirmed]))
            // A last day takes no time.
            .filter(Entry::Kind.ne(EntryKind::Deadline));
        match among {
            Among::Plans { plans, owners } => {
                let planned = session
                    .select::<annual_plan_calendar::Entity>()
                    .filter(session.is_one_of(annual_plan_calendar::Column::PlanId, plans))
                    .select_only()
                    .column(annual_plan_calendar::Column::CalendarId);
                let external = session
                    .select::<calendar::Entity>()
                    .filter(session.is_one_of(calendar::Column::TenantId, owners))
                    .filter(calendar::Column::External.eq(true))
                    .select_only()
                    .column(calendar::Column::Id);
                select.filter(
                    Condition::any()
                        .add(Entry::CalendarId.in_subquery(planned.into_query()))
                        .add(Entry::CalendarId.in_subquery(external.into_query())),
                )
            }
            Among::Tenants(tenants) => select.filter(session.is_one_of(Entry::TenantId, tenants)),
        }
    };
    let start = days.0.and_time(NaiveTime::MIN).and_utc();
    let window = Window { start, end: days.1.and_time(NaiveTime::MIN).and_utc() + TimeDelta::days(1) };
    let singles = of_whom(session.select::<calendar_entry::Entity>())
        .filter(Entry::ExpandedUntil.is_null())
        .filter(window.overlaps(Entry::StartsAt, Entry::EndsAt)?)
        .limit(MAX_DATES + 1);
    let singles = session.all(singles).await?;
    let series = of_whom(session.select::<calendar_entry::Entity>()).filter(Entry::ExpandedUntil.is_not_null());
    let dates = session
        .select::<calendar_occurrence::Entity>()
        .filter(window.overlaps(calendar_occurrence::Column::StartsAt, calendar_occurrence::Column::EndsAt)?)
        .filter(calendar_occurrence::Column::EntryId.in_subquery(series.select_only().column(Entry::Id).into_query()))
        .limit(MAX_DATES + 1);
    let occurrences = session.all(dates).await?;
    if (singles.len() + occurrences.len()) as u64 > MAX_DATES {
        let text = Text::new("too-many-to-compare").with("max", MAX_DATES);
        return Err(Problem::whole(UserErrorCode::LimitReached, text).into());
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
    Ok((entries, dates))
}
