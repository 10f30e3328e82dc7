//! What lies around dates: the entries that take time, their dates, and the non-working days of their owners, as the
//! viewer sees them. From it come conflicts and free slots.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike as _, NaiveDate, TimeDelta, Weekday};
use entities::{ConflictRule, conflict_acknowledgement, tenant};
use kernel::error::{ApiError, ApiResult};
use sea_orm::{QueryFilter, QueryOrder};
use sha2::{Digest, Sha256};
use store::Session;
use uuid::Uuid;

use crate::calendars::entry_view::EntryView;
use crate::holidays::non_working_days::{NonWorkingDay, non_working_days_of};
use crate::planning::conflicts::rules::{
    ConflictSeverity, DateSpan, KnownEntry, TOPIC_DAYS, between, days_around, on_non_working_day,
};
use crate::planning::conflicts::surroundings::{MAX_DATES, Surroundings, read, too_many};

/// How many free slots are suggested.
const SLOTS: usize = 5;
/// How far from the date they may be, in days.
pub(super) const SLOT_DAYS: u64 = 28;

/// One date.
#[derive(Clone, Debug)]
pub(super) struct Dated {
    /// Index of its entry.
    pub(super) entry: usize,
    /// When it is.
    pub(super) span: DateSpan,
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

impl Clash {
    /// True while an authority still has to settle the conflict: it has a side, and has not acknowledged it. The one
    /// definition of an open conflict; sign-offs take those of severity `HIGH` to be settled.
    pub fn is_open_for(&self, tenant: Uuid) -> bool {
        self.sides.iter().any(|it| it.entry.times().tenant_id() == tenant)
            && self.acknowledged.iter().all(|it| it.tenant_id != tenant)
    }
}

impl Neighbourhood {
    /// Reads what lies around, in a fixed number of statements.
    ///
    /// # Errors
    /// There are too many dates to look at together; the database fails.
    pub async fn load(session: &Session, around: Surroundings) -> ApiResult<Self> {
        Self::load_all(session, vec![around]).await?.pop().flatten().ok_or_else(too_many)
    }

    /// Reads several neighbourhoods, in the same number of statements; none in the place of one with too many dates.
    ///
    /// # Errors
    /// The database fails.
    pub async fn load_all(session: &Session, all: Vec<Surroundings>) -> ApiResult<Vec<Option<Self>>> {
        let Some((entries, dates)) = read(session, &all).await? else {
            return Ok(all.iter().map(|_| None).collect());
        };
        let mut tenants: Vec<_> = entries.iter().map(|it| it.view.times().tenant_id()).collect();
        tenants.sort_unstable();
        tenants.dedup();
        session.load::<tenant::Entity>(tenants.iter().copied()).await?;
        let mut owners = Vec::new();
        for id in tenants {
            owners.extend(session.get::<tenant::Entity>(id).await?);
        }
        let from = all.iter().map(|it| it.read_days().0).min().unwrap_or_default();
        let to = all.iter().map(|it| it.read_days().1).max().unwrap_or_default();
        let free = non_working_days_of(session, &owners, from, to).await?;
        let today = session.now().date_naive();
        let names: BTreeMap<_, _> = owners.iter().map(|it| (it.id, it.legal_name.clone())).collect();
        let part = |around: Surroundings| {
            let window = around.window();
            let mut places = HashMap::new();
            let mut part = Self {
                entries: Vec::new(),
                dates: Vec::new(),
                owners: names.clone(),
                free: free.clone(),
                acknowledged: HashMap::new(),
                days_apart: around.days_apart.into(),
                today,
                known: around.read_days(),
            };
            for date in dates.iter().filter(|it| it.span.starts_at < window.end && it.span.ends_at > window.start) {
                let entry = &entries[date.entry];
                if !around.among.has(entry) {
                    continue;
                }
                let place = *places.entry(date.entry).or_insert_with(|| {
                    part.entries.push(entry.clone());
                    part.entries.len() - 1
                });
                part.dates.push(Dated { entry: place, span: date.span });
            }
            (part.dates.len() as u64 <= MAX_DATES).then_some(part)
        };
        Ok(all.into_iter().map(part).collect())
    }

    /// Reads also what was acknowledged of the entries.
    ///
    /// # Errors
    /// The database fails.
    pub async fn with_acknowledgements(self, session: &Session, of: Option<Uuid>) -> ApiResult<Self> {
        let of: Option<BTreeSet<Uuid>> = of.map(|it| [it].into());
        let mut all = with_acknowledgements(session, vec![self], of).await?;
        all.pop().ok_or_else(|| ApiError::fault("a neighbourhood was lost"))
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

/// Reads also what was acknowledged of the entries of neighbourhoods, or of some of them, in one statement.
///
/// # Errors
/// The database fails.
pub async fn with_acknowledgements(
    session: &Session,
    mut all: Vec<Neighbourhood>,
    of: Option<BTreeSet<Uuid>>,
) -> ApiResult<Vec<Neighbourhood>> {
    let entries = all.iter().flat_map(|it| &it.entries).map(|it| it.view.times().id());
    let ids: Vec<_> = of.unwrap_or_else(|| entries.collect()).into_iter().collect();
    let select = session
        .select::<conflict_acknowledgement::Entity>()
        .filter(session.is_one_of(conflict_acknowledgement::Column::EntryId, &ids))
        .order_by_asc(conflict_acknowledgement::Column::CreatedAt)
        .order_by_asc(conflict_acknowledgement::Column::Id);
    let mut acknowledged: HashMap<Uuid, Vec<conflict_acknowledgement::Model>> = HashMap::new();
    for row in session.all(select).await? {
        acknowledged.entry(row.conflict_id).or_default().push(row);
    }
    for it in &mut all {
        it.acknowledged.clone_from(&acknowledged);
    }
    Ok(all)
}
