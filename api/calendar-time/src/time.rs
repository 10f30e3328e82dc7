//! Wall-clock time and whole days, and the instants they mean.
//!
//! An entry keeps what people wrote: a time on the clock of a zone, or dates. The instants beside it serve sorting and
//! windows. A time that a clock skips in spring is read with the offset before the gap (RFC 5545, 3.3.5): 02:30 means
//! 03:30. One that it shows twice in autumn means the first.

use chrono::{DateTime, Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;

/// The longest entry, in days. Windows look back this far for entries that are still running.
pub const MAX_DAYS: i64 = 366;

/// When an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryTime {
    /// Whole days: both local times are midnights, the end exclusive.
    pub all_day: bool,
    /// Start on the clock of `zone`.
    pub starts_local: NaiveDateTime,
    /// End on the clock of `zone`, exclusive.
    pub ends_local: NaiveDateTime,
    /// The zone.
    pub zone: Tz,
}

impl EntryTime {
    /// Clock times in a zone.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` when the end is not after the start, or too far from it.
    pub fn timed(start: NaiveDateTime, end: NaiveDateTime, zone: Tz) -> ApiResult<Self> {
        let time = Self { all_day: false, starts_local: start, ends_local: end, zone };
        if start >= end {
            let text = Text::new("ends-before-start").with("from", start).with("until", end);
            return Err(Problem::at(UserErrorCode::OutOfRange, "time.timed.end", text).into());
        }
        time.bounded("time.timed.end")
    }

    /// Whole days, the last one inclusive.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` when the last day is before the first, or too far from it.
    pub fn all_day(first: NaiveDate, last: NaiveDate, zone: Tz) -> ApiResult<Self> {
        let after = last.checked_add_days(Days::new(1)).filter(|_| first <= last).ok_or_else(|| {
            let text = Text::new("ends-before-start").with("from", first).with("until", last);
            Problem::at(UserErrorCode::OutOfRange, "time.allDay.lastDay", text)
        })?;
        let time = Self {
            all_day: true,
            starts_local: first.and_time(NaiveTime::MIN),
            ends_local: after.and_time(NaiveTime::MIN),
            zone,
        };
        time.bounded("time.allDay.lastDay")
    }

    /// When an entry is.
    pub fn of(row: &entities::calendar_entry::Model) -> Self {
        Self {
            all_day: row.all_day,
            starts_local: row.starts_local,
            ends_local: row.ends_local,
            zone: row.time_zone.parse().unwrap_or(Tz::UTC),
        }
    }

    /// The same, beginning at another time.
    pub fn at(&self, starts_local: NaiveDateTime) -> Self {
        Self { starts_local, ends_local: starts_local + (self.ends_local - self.starts_local), ..self.clone() }
    }

    fn bounded(self, field: &'static str) -> ApiResult<Self> {
        let year = self.starts_local.date().format("%Y").to_string();
        if self.ends_local - self.starts_local > TimeDelta::days(MAX_DAYS) {
            let text = Text::new("entry-too-long").with("max", MAX_DAYS);
            return Err(Problem::at(UserErrorCode::OutOfRange, field, text).into());
        }
        if !year.parse::<i32>().is_ok_and(|it| (1900..=2200).contains(&it)) {
            let text = Text::new("out-of-range").with("value", year).with("min", 1900).with("max", 2200);
            return Err(Problem::at(UserErrorCode::OutOfRange, field, text).into());
        }
        Ok(self)
    }

    /// The instant of the start.
    pub fn starts_at(&self) -> DateTime<Utc> {
        instant(self.starts_local, self.zone)
    }

    /// The instant of the end, exclusive.
    pub fn ends_at(&self) -> DateTime<Utc> {
        end_instant(self.starts_local, self.ends_local, self.zone)
    }
}

/// The instant that a clock of `zone` shows as `local`.
pub fn instant(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(it) | MappedLocalTime::Ambiguous(it, _) => it.to_utc(),
        // The offset before the gap. Gaps are at most a day: a zone that crossed the date line.
        MappedLocalTime::None => (1..=24 * 4)
            .map(|quarters| TimeDelta::minutes(15 * quarters))
            .find_map(|back| Some(zone.from_local_datetime(&(local - back)).latest()?.to_utc() + back))
            .unwrap_or_else(|| local.and_utc()),
    }
}

/// The instant of an end. Where the clock skips the start but not the end, or shows both twice, the end comes as long
/// after the start as people wrote: it is never before it.
pub fn end_instant(starts_local: NaiveDateTime, ends_local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let (start, end) = (instant(starts_local, zone), instant(ends_local, zone));
    if end > start { end } else { start + (ends_local - starts_local) }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn local(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn the_gap_in_spring_is_read_with_the_offset_before_it() {
        assert_eq!(instant(local("2026-03-29T02:00:00"), Berlin).to_rfc3339(), "2026-03-29T01:00:00+00:00");
        assert_eq!(instant(local("2026-03-29T02:30:00"), Berlin).to_rfc3339(), "2026-03-29T01:30:00+00:00");
        assert_eq!(instant(local("2026-03-29T03:00:00"), Berlin).to_rfc3339(), "2026-03-29T01:00:00+00:00");
    }

    #[test]
    fn the_hour_shown_twice_in_autumn_means_the_first() {
        assert_eq!(instant(local("2026-10-25T02:30:00"), Berlin).to_rfc3339(), "2026-10-25T00:30:00+00:00");
    }

    #[test]
    fn an_end_is_after_its_start_also_in_the_gap() {
        let end = end_instant(local("2026-03-29T02:30:00"), local("2026-03-29T03:00:00"), Berlin);
        assert_eq!(end.to_rfc3339(), "2026-03-29T02:00:00+00:00");
    }

    #[test]
    fn nine_o_clock_stays_nine_o_clock() {
        assert_eq!(instant(local("2026-03-28T09:00:00"), Berlin).to_rfc3339(), "2026-03-28T08:00:00+00:00");
        assert_eq!(instant(local("2026-03-30T09:00:00"), Berlin).to_rfc3339(), "2026-03-30T07:00:00+00:00");
    }

    #[test]
    fn whole_days_end_on_the_next_midnight() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
        let time = EntryTime::all_day(day, day, Berlin).unwrap();
        // The day of the change has 23 hours.
        assert_eq!(time.ends_at() - time.starts_at(), TimeDelta::hours(23));
    }

    #[test]
    fn an_end_that_is_not_after_the_start_is_refused() {
        let nine = local("2027-01-01T09:00:00");
        assert!(EntryTime::timed(nine, nine, Berlin).is_err());
        let day = nine.date();
        assert!(EntryTime::all_day(day, day - Days::new(1), Berlin).is_err());
        assert!(EntryTime::all_day(day, day + Days::new(400), Berlin).is_err());
    }
}
