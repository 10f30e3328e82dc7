//! API type of the recurrence of a series.

use std::collections::BTreeSet;

use async_graphql::Object;
use calendar_time::recurrence::RecurrenceSet;
use calendar_time::time::instant;
use chrono::{DateTime, NaiveDateTime, Utc};
use domain::calendars::entry_view::EntryTimes;

use crate::scalars::LocalDateTime;

/// Recurrence of a series.
pub struct RecurrenceView {
    /// Entry of the series.
    pub times: EntryTimes,
    /// Rule and dates beside it.
    pub set: RecurrenceSet,
    /// Instant up to which occurrences have been computed at most.
    pub computed_until: DateTime<Utc>,
    /// Instant up to which occurrences are shown as known.
    pub until: DateTime<Utc>,
}

fn local(dates: &BTreeSet<NaiveDateTime>) -> Vec<LocalDateTime> {
    dates.iter().map(|it| LocalDateTime(*it)).collect()
}

/// Recurrence of a series.
#[Object(name = "Recurrence")]
impl RecurrenceView {
    /// Recurrence rule (RRULE of RFC 5545), with UNTIL as local time of the entry; null if the series has additional
    /// starts only.
    async fn rule(&self) -> Option<&str> {
        self.set.rule.as_deref()
    }

    /// Additional local starts (RDATE).
    async fn extra_dates(&self) -> Vec<LocalDateTime> {
        local(&self.set.rdate)
    }

    /// Excluded local starts (EXDATE). Changed and cancelled occurrences are entries of their own and not listed here.
    async fn except_dates(&self) -> Vec<LocalDateTime> {
        local(&self.set.exdate)
    }

    /// Instant from which occurrences have been computed: the first occurrence of the series or, where a series has more
    /// than 5,000 occurrences up to `materializedUntil`, the first of the latest 5,000. Earlier ones are not listed.
    #[graphql(complexity = 10)]
    async fn materialized_from(&self) -> DateTime<Utc> {
        let time = self.times.time();
        let last = self.computed_until.with_timezone(&time.zone).naive_local();
        let dates = self.set.dates(time.starts_local, last);
        dates.first().map_or(self.times.starts_at(), |it| instant(*it, time.zone))
    }

    /// Instant up to which occurrences have been computed; at level `BUSY`, up to which they can be asked for.
    async fn materialized_until(&self) -> DateTime<Utc> {
        self.until
    }
}
