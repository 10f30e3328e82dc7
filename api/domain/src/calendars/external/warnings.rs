//! Warnings of a fetch: what was assumed for the events of a file, and which of them were left out and why. They are kept
//! with the external calendar, in words of no language, until the next file is taken over.

use entities::external_calendar;
use kernel::i18n::Text;
use serde_json::{Value, json};

use crate::calendars::import::{ImportAction, ImportProblem, ImportReport};

/// The most warnings that are kept; of more, those about events that were left out come first.
pub const MAX_KEPT: usize = 100;

/// Warnings of the file that was last taken over.
#[derive(Clone, Debug, Default)]
pub struct FetchWarnings {
    /// Warnings in the order of the file, as many as are kept.
    pub kept: Vec<ImportProblem>,
    /// Number of warnings.
    pub count: usize,
    /// Number of events that were left out.
    pub left_out: usize,
}

impl FetchWarnings {
    /// Warnings about what an import did.
    pub(super) fn of_report(report: &ImportReport) -> Self {
        let mut kept = report.problems.clone();
        let outdated = report.done.iter().filter(|it| it.action == ImportAction::Outdated);
        kept.extend(outdated.map(|it| ImportProblem {
            line: it.line.unwrap_or(1),
            component: "VEVENT".to_owned(),
            uid: Some(it.uid.clone()),
            reason: Text::new("import-outdated"),
            fatal: true,
        }));
        let count = kept.len();
        kept.sort_by_key(|it| !it.fatal);
        kept.truncate(MAX_KEPT);
        kept.sort_by_key(|it| it.line);
        Self { kept, count, left_out: report.rejected + report.count(ImportAction::Outdated) }
    }

    /// Warnings as they are kept; none where there are none.
    pub(super) fn stored(&self) -> Option<Value> {
        let warning = |it: &ImportProblem| {
            json!({
                "line": it.line, "component": it.component, "uid": it.uid, "reason": it.reason.stored(),
                "fatal": it.fatal,
            })
        };
        let kept: Vec<_> = self.kept.iter().map(warning).collect();
        (self.count > 0).then(|| json!({ "count": self.count, "leftOut": self.left_out, "kept": kept }))
    }

    /// Warnings that are kept with an external calendar.
    pub fn of(row: &external_calendar::Model) -> Self {
        let Some(stored) = &row.warnings else { return Self::default() };
        let size = |value: &Value| usize::try_from(value.as_u64().unwrap_or_default()).unwrap_or(usize::MAX);
        let warning = |it: &Value| {
            Some(ImportProblem {
                line: size(&it["line"]),
                component: it["component"].as_str()?.to_owned(),
                uid: it["uid"].as_str().map(str::to_owned),
                reason: Text::restored(&it["reason"])?,
                fatal: it["fatal"].as_bool()?,
            })
        };
        Self {
            kept: stored["kept"].as_array().into_iter().flatten().filter_map(warning).collect(),
            count: size(&stored["count"]),
            left_out: size(&stored["leftOut"]),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use kernel::i18n::Locale;
    use uuid::Uuid;

    use super::*;
    use crate::calendars::import::ImportedEvent;

    fn problem(line: usize, fatal: bool) -> ImportProblem {
        let reason = Text::new("ics-bad-start").with("value", format!("soon {line}"));
        ImportProblem { line, component: "VEVENT".to_owned(), uid: Some(format!("uid {line}")), reason, fatal }
    }

    fn kept_by(report: &ImportReport) -> FetchWarnings {
        let warnings = FetchWarnings::of_report(report).stored();
        FetchWarnings::of(&external_calendar::Model {
            id: Uuid::nil(),
            tenant_id: Uuid::nil(),
            scope_id: Uuid::nil(),
            calendar_id: Uuid::nil(),
            url: String::new(),
            refresh_minutes: 60,
            etag: None,
            last_modified: None,
            fetched_at: None,
            outcome: None,
            detail: None,
            warnings,
            failures: 0,
            next_fetch_at: DateTime::UNIX_EPOCH,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn warnings_are_kept_and_put_into_words_later() {
        let outdated = ImportedEvent {
            line: Some(9),
            uid: "old".to_owned(),
            occurrence: None,
            title: String::new(),
            action: ImportAction::Outdated,
            entry: None,
        };
        let problems = vec![problem(3, true), problem(5, false)];
        let report = ImportReport { problems, done: vec![outdated], rejected: 1, ..ImportReport::default() };
        let kept = kept_by(&report);
        assert_eq!((kept.count, kept.left_out), (3, 2));
        let told: Vec<_> = kept.kept.iter().map(|it| (it.line, it.uid.as_deref(), it.code(), it.fatal)).collect();
        let bad = || "BAD_START".to_owned();
        assert_eq!(
            told,
            [
                (3, Some("uid 3"), bad(), true),
                (5, Some("uid 5"), bad(), false),
                (9, Some("old"), "IMPORT_OUTDATED".to_owned(), true)
            ]
        );
        let words = kept.kept[0].reason.render(Locale::De);
        assert_eq!(words, report.problems[0].reason.render(Locale::De));
        assert!(words.contains("soon 3"), "{words}");
    }

    #[test]
    fn of_many_warnings_those_that_cost_an_event_are_kept() {
        let mut problems: Vec<_> = (1..=300).map(|line| problem(line, false)).collect();
        problems.extend((301..=350).map(|line| problem(line, true)));
        let kept = kept_by(&ImportReport { problems, rejected: 50, ..ImportReport::default() });
        assert_eq!((kept.count, kept.left_out, kept.kept.len()), (350, 50, MAX_KEPT));
        assert_eq!(kept.kept.iter().filter(|it| it.fatal).count(), 50);
        assert!(kept.kept.is_sorted_by_key(|it| it.line));
        assert_eq!(kept_by(&ImportReport::default()).count, 0);
    }
}
