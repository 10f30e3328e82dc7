//! What was found wrong with a file, in terms that whoever sent it can act on.

use kernel::i18n::{Locale, Text};
use kernel::text::clip;

/// Something wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadProblem {
    /// Where, counted from 1 in the file as it came.
    pub line: usize,
    /// In which component: `VEVENT`.
    pub component: String,
    /// UID of the event, where it has one.
    pub uid: Option<String>,
    /// What is wrong.
    pub reason: ReadProblemReason,
}

impl ReadProblem {
    /// Whether an event, or everything, was left out because of it. Else it says what was assumed.
    pub const fn fatal(&self) -> bool {
        self.reason.fatal()
    }

    /// Whether events may be missing because of it that nobody can name.
    pub fn hides_events(&self) -> bool {
        matches!(
            self.reason,
            ReadProblemReason::CalendarUnclosed | ReadProblemReason::TooManyEvents { .. } | ReadProblemReason::Unclosed
        ) || (self.fatal() && self.uid.is_none())
    }

    /// Whether nothing could be read because of it.
    pub const fn is_of_all(&self) -> bool {
        matches!(self.reason, ReadProblemReason::NotACalendar | ReadProblemReason::TooLarge { .. })
    }

    /// The whole problem in words.
    pub fn render(&self, locale: Locale) -> String {
        Text::new("ics-problem")
            .with("line", self.line)
            .with("component", &self.component)
            .with("reason", self.reason.text().render(locale))
            .render(locale)
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadProblemReason {
    /// The file is no calendar.
    NotACalendar,
    /// It has more bytes than are read.
    TooLarge {
        /// So many MiB are read.
        max: usize,
    },
    /// It has more events than are read; this and all behind it are left out.
    TooManyEvents {
        /// So many are read.
        max: usize,
    },
    /// The event has no DTSTART.
    NoStart,
    /// DTSTART cannot be understood.
    BadStart(String),
    /// DTEND or DURATION cannot be understood: the event was taken as if it had none.
    BadEnd(String),
    /// RECURRENCE-ID cannot be understood.
    BadOccurrence(String),
    /// The event ends before it starts.
    EndsBeforeStart,
    /// RRULE says nothing: the event was taken without.
    RuleEmpty,
    /// This part of the rule cannot be understood: the event was taken without the rule.
    RuleBroken(String),
    /// The rule ends, at this UNTIL, before the event starts: the event was taken without it.
    RuleEndsBeforeStart(String),
    /// This part of the rule is more than we repeat by.
    RuleUnsupported(String),
    /// The event does not end before the next one begins, or the file ends.
    Unclosed,
    /// There is no event in the calendar.
    Empty,
    /// Bytes that mean no letter; a mark stands in their place.
    LettersLost,
    /// The file is not in UTF-8, but was read as this.
    ReadAs(String),
    /// A line without a name or a value.
    Unreadable,
    /// An END that does not belong to what was begun.
    StrayEnd(String),
    /// The calendar does not end before the file does: a part may be missing.
    CalendarUnclosed,
    /// A value of this property that cannot be understood: it was left out.
    BadValue {
        /// The property.
        name: String,
        /// Its value.
        value: String,
    },
    /// Properties that are not kept.
    Dropped {
        /// The property.
        name: String,
        /// So many.
        count: usize,
    },
    /// Dates that are left out by a rule (EXRULE): they were not.
    ExceptionRule,
    /// Times without a zone: the zone that the file names for them was taken, which is not that of the calendar.
    ZoneOfFile(&'static str),
    /// A zone that nobody knows: the default zone was taken.
    ZoneUnknown(String),
    /// A zone that only the file knows: the one whose clocks are nearest to it was taken.
    ZoneNearest {
        /// Its name in the file.
        name: String,
        /// The zone that was taken.
        taken: &'static str,
    },
    /// A zone that only this file knows: times were converted to UTC.
    ZoneConverted(String),
    /// More than one rule: the first one was taken.
    SeveralRules,
    /// An occurrence that repeats on its own: its rule was left out.
    RuleOfOccurrence,
    /// No duration: one minute was taken.
    ZeroLength,
    /// From midnight to midnight: whole days were taken.
    Midnights,
    /// A whole day that ends on the day it begins: one day was taken.
    EndsOnFirstDay,
    /// Start and end are not both days or both times: the end was taken as the start is.
    TypesDiffer,
    /// A date of RDATE or EXDATE that cannot be understood: it was left out.
    BadDate(String),
    /// A period of RDATE: only its start was taken.
    OnlyStartOfPeriod,
    /// A change of an occurrence and all after it: only the one was changed.
    OnlyOneOccurrence,
    /// An occurrence that a newer version of its series does not have: it was left out.
    SupersededOccurrence,
    /// Another version of an event is in the file, and this one is not the newest.
    Duplicate(String),
    /// The event has no UID: one was made from its content.
    NoUid,
    /// The event has more lines than are read.
    TooManyLines,
    /// Components that are not read.
    Ignored {
        /// So many.
        count: usize,
    },
    /// So many more problems are not listed.
    More {
        /// How many.
        count: usize,
    },
}

impl ReadProblemReason {
    const fn fatal(&self) -> bool {
        match self {
            Self::NotACalendar
            | Self::TooLarge { .. }
            | Self::TooManyEvents { .. }
            | Self::NoStart
            | Self::BadStart(_)
            | Self::BadOccurrence(_)
            | Self::EndsBeforeStart
            | Self::RuleUnsupported(_)
            | Self::Unclosed => true,
            Self::BadEnd(_)
            | Self::RuleEmpty
            | Self::RuleBroken(_)
            | Self::RuleEndsBeforeStart(_)
            | Self::Empty
            | Self::LettersLost
            | Self::ReadAs(_)
            | Self::BadValue { .. }
            | Self::Dropped { .. }
            | Self::ExceptionRule
            | Self::Unreadable
            | Self::StrayEnd(_)
            | Self::CalendarUnclosed
            | Self::ZoneOfFile(_)
            | Self::ZoneUnknown(_)
            | Self::ZoneNearest { .. }
            | Self::ZoneConverted(_)
            | Self::SeveralRules
            | Self::RuleOfOccurrence
            | Self::ZeroLength
            | Self::Midnights
            | Self::EndsOnFirstDay
            | Self::TypesDiffer
            | Self::BadDate(_)
            | Self::OnlyStartOfPeriod
            | Self::OnlyOneOccurrence
            | Self::SupersededOccurrence
            | Self::Duplicate(_)
            | Self::NoUid
            | Self::TooManyLines
            | Self::Ignored { .. }
            | Self::More { .. } => false,
        }
    }

    /// The reason in words, without its place.
    pub fn text(&self) -> Text {
        match self {
            Self::NotACalendar => Text::new("ics-not-a-calendar"),
            Self::TooLarge { max } => Text::new("ics-too-large").with("max", max),
            Self::TooManyEvents { max } => Text::new("ics-too-many-events").with("max", max),
            Self::NoStart => Text::new("ics-no-start"),
            Self::BadStart(value) => Text::new("ics-bad-start").with("value", shown(value)),
            Self::BadEnd(value) => Text::new("ics-bad-end").with("value", shown(value)),
            Self::BadOccurrence(value) => Text::new("ics-bad-occurrence").with("value", shown(value)),
            Self::EndsBeforeStart => Text::new("ics-ends-before-start"),
            Self::RuleEmpty => Text::new("ics-rule-empty"),
            Self::RuleEndsBeforeStart(until) => Text::new("ics-rule-ends-before-start").with("end", shown(until)),
            Self::RuleBroken(value) => Text::new("ics-rule-broken").with("value", shown(value)),
            Self::RuleUnsupported(value) => Text::new("ics-rule-unsupported").with("value", shown(value)),
            Self::Unclosed => Text::new("ics-unclosed"),
            Self::Empty => Text::new("ics-empty"),
            Self::LettersLost => Text::new("ics-letters-lost"),
            Self::ReadAs(charset) => Text::new("ics-read-as").with("charset", charset),
            Self::BadValue { name, value } => {
                Text::new("ics-bad-value").with("name", shown(name)).with("value", shown(value))
            }
            Self::Dropped { name, count } => Text::new("ics-dropped").with("name", name).with("count", count),
            Self::ExceptionRule => Text::new("ics-exception-rule"),
            Self::Unreadable => Text::new("ics-unreadable"),
            Self::StrayEnd(value) => Text::new("ics-stray-end").with("value", shown(value)),
            Self::CalendarUnclosed => Text::new("ics-calendar-unclosed"),
            Self::ZoneOfFile(zone) => Text::new("ics-zone-of-file").with("zone", zone),
            Self::ZoneUnknown(value) => Text::new("ics-zone-unknown").with("value", shown(value)),
            Self::ZoneNearest { name, taken } => {
                Text::new("ics-zone-nearest").with("value", shown(name)).with("taken", taken)
            }
            Self::ZoneConverted(value) => Text::new("ics-zone-converted").with("value", shown(value)),
            Self::SeveralRules => Text::new("ics-several-rules"),
            Self::RuleOfOccurrence => Text::new("ics-rule-of-occurrence"),
            Self::ZeroLength => Text::new("ics-zero-length"),
            Self::Midnights => Text::new("ics-midnights"),
            Self::EndsOnFirstDay => Text::new("ics-ends-on-first-day"),
            Self::TypesDiffer => Text::new("ics-types-differ"),
            Self::BadDate(value) => Text::new("ics-bad-date").with("value", shown(value)),
            Self::OnlyStartOfPeriod => Text::new("ics-only-start-of-period"),
            Self::OnlyOneOccurrence => Text::new("ics-only-one-occurrence"),
            Self::SupersededOccurrence => Text::new("ics-superseded-occurrence"),
            Self::Duplicate(value) => Text::new("ics-duplicate").with("value", shown(value)),
            Self::NoUid => Text::new("ics-no-uid"),
            Self::TooManyLines => Text::new("ics-too-many-lines"),
            Self::Ignored { count } => Text::new("ics-ignored").with("count", count),
            Self::More { count } => Text::new("ics-more").with("count", count),
        }
    }
}

/// A value from the file, short enough for a message.
fn shown(value: &str) -> String {
    clip(&value.replace(|it: char| it.is_control(), " "), 80)
}

/// The problems of a file, as many as somebody may want to read.
#[derive(Debug)]
pub struct ProblemLog {
    kept: Vec<ReadProblem>,
    /// Where the first one was that is not kept, and how many there were.
    more: Option<(usize, usize)>,
}

/// So many problems are listed.
const MAX: usize = 1_000;

impl ProblemLog {
    /// Without problems.
    pub const fn new() -> Self {
        Self { kept: Vec::new(), more: None }
    }

    /// Adds one.
    pub fn add(&mut self, line: usize, component: &str, reason: ReadProblemReason) {
        if self.kept.len() < MAX {
            let component = shown(component);
            self.kept.push(ReadProblem { line, component, uid: None, reason });
        } else {
            self.more.get_or_insert((line, 0)).1 += 1;
        }
    }

    /// Adds one of an event.
    pub fn event(&mut self, line: usize, reason: ReadProblemReason) {
        self.add(line, "VEVENT", reason);
    }

    /// How many are listed.
    pub const fn len(&self) -> usize {
        self.kept.len()
    }

    /// Names the event of those that were added after the first `known`.
    pub fn name(&mut self, known: usize, uid: Option<&str>) {
        for problem in self.kept.iter_mut().skip(known) {
            problem.uid = uid.map(str::to_owned);
        }
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// All of them, in the order of the file.
    pub fn finish(mut self) -> Vec<ReadProblem> {
        self.kept.sort_by_key(|it| it.line);
        if let Some((line, count)) = self.more {
            let component = "VCALENDAR".to_owned();
            self.kept.push(ReadProblem { line, component, uid: None, reason: ReadProblemReason::More { count } });
        }
        self.kept
    }
}
