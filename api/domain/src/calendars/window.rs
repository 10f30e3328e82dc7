//! A window in time, and which rows overlap it.

use calendar_time::time::MAX_DAYS;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, Condition};

/// A window in time: what overlaps it is inside.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Start.
    pub start: DateTime<Utc>,
    /// End, exclusive; at most five years after the start.
    pub end: DateTime<Utc>,
}

impl Window {
    /// Condition that a row overlaps the window.
    ///
    /// # Errors
    /// The window is none, or too long.
    pub fn overlaps<C: ColumnTrait>(&self, starts_at: C, ends_at: C) -> ApiResult<Condition> {
        let Self { start, end } = *self;
        if start >= end {
            let text = Text::new("ends-before-start").with("from", start).with("until", end);
            return Err(Problem::at(UserErrorCode::OutOfRange, "between.end", text).into());
        }
        if end - start > TimeDelta::days(5 * 366) {
            let text = Text::new("window-too-long").with("max", 5);
            return Err(Problem::at(UserErrorCode::OutOfRange, "between.end", text).into());
        }
        let earliest = start - TimeDelta::days(MAX_DAYS + 1);
        Ok(Condition::all().add(starts_at.lt(end)).add(starts_at.gte(earliest)).add(ends_at.gt(start)))
    }
}
