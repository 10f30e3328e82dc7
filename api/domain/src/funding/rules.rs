//! What a programme asks for, and when: from its rules to obligations with due dates. Pure.

use chrono::{Datelike as _, Days, Months, NaiveDate};
use entities::ObligationKind;
use serde::{Deserialize, Serialize};

/// A rule of a programme. Exactly one of the three says when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Kind of the obligation.
    pub kind: ObligationKind,
    /// Title.
    pub title: String,
    /// Every so many months within the eligible period, on the last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_months: Option<u32>,
    /// So many months after the end of each calendar year that the period goes beyond.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_each_year_months: Option<u32>,
    /// Months after the end of the eligible period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_end_months: Option<u32>,
}

/// An obligation that follows from a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Kind of the obligation.
    pub kind: ObligationKind,
    /// In words, with what tells it from others of the same rule.
    pub title: String,
    /// Due date.
    pub due_on: NaiveDate,
}

/// Everything that the rules ask for in an eligible period, in the order of days; at the end, how long it is kept.
pub fn planned(rules: &[Rule], from: NaiveDate, until: NaiveDate, retention_years: i32) -> Vec<Planned> {
    let mut all = Vec::new();
    for rule in rules {
        let one = |title: String, due_on| Planned { kind: rule.kind, title, due_on };
        if let Some(months) = rule.every_months.filter(|it| *it > 0) {
            let mut number = 1_u32;
            while let Some(due) = months.checked_mul(number).and_then(|it| last_of(from, it)).filter(|it| *it < until) {
                all.push(one(format!("{} {number}", rule.title), due));
                number += 1;
            }
            all.push(one(format!("{} {number}", rule.title), until));
        }
        if let Some(months) = rule.after_each_year_months {
            // What ends within the year is part of the proof of use.
            for year in from.year()..until.year() {
                let end = NaiveDate::from_ymd_opt(year, 12, 31);
                if let Some(due) = end.and_then(|it| after(it, months)) {
                    all.push(one(format!("{} {year}", rule.title), due));
                }
            }
        }
        if let Some(due) = rule.after_end_months.and_then(|it| after(until, it)) {
            all.push(one(rule.title.clone(), due));
        }
    }
    let proven = all.iter().filter(|it| it.kind == ObligationKind::ProofOfUse).map(|it| it.due_on).max();
    let years = u32::try_from(retention_years).unwrap_or_default().saturating_mul(12);
    if let Some(due_on) = after(proven.unwrap_or(until), years).filter(|_| years > 0) {
        all.push(Planned { kind: ObligationKind::Retention, title: "Aufbewahrung".to_owned(), due_on });
    }
    all.sort_by(|one, other| (one.due_on, one.kind, &one.title).cmp(&(other.due_on, other.kind, &other.title)));
    all
}

/// The last day of so many months from a first day on.
fn last_of(from: NaiveDate, months: u32) -> Option<NaiveDate> {
    from.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))
}

/// So many months after a day; what is the end of its month stays that.
fn after(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    let next = day.checked_add_days(Days::new(1))?;
    if next.day() == 1 {
        return next.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1));
    }
    day.checked_add_months(Months::new(months))
}

/// When somebody is reminded: a month and a week before, on the day, and each week after it, four times.
const REMINDERS: [i64; 7] = [-30, -7, 0, 7, 14, 21, 28];

/// The first reminder of an obligation that comes after `day`.
pub fn reminder(due_on: NaiveDate, day: NaiveDate) -> Option<NaiveDate> {
    let days = |it: &i64| due_on.checked_add_signed(chrono::TimeDelta::days(*it));
    REMINDERS.iter().filter_map(days).find(|it| *it > day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rules() -> Vec<Rule> {
        let rule = |kind, title: &str| Rule {
            kind,
            title: title.to_owned(),
            every_months: None,
            after_each_year_months: None,
            after_end_months: None,
        };
        vec![
            Rule { every_months: Some(6), ..rule(ObligationKind::CallForFunds, "Mittelabruf") },
            Rule { after_each_year_months: Some(4), ..rule(ObligationKind::InterimReport, "Zwischennachweis") },
            Rule { after_end_months: Some(6), ..rule(ObligationKind::ProofOfUse, "Verwendungsnachweis") },
        ]
    }

    #[test]
    fn two_years_of_a_project_ask_for_this() {
        let told: Vec<_> = planned(&rules(), day("2016-07-01"), day("2018-06-30"), 10)
            .into_iter()
            .map(|it| format!("{} {}", it.due_on, it.title))
            .collect();
        assert_eq!(
            told,
            [
                "2016-12-31 Mittelabruf 1",
                "2017-04-30 Zwischennachweis 2016",
                "2017-06-30 Mittelabruf 2",
                "2017-12-31 Mittelabruf 3",
                "2018-04-30 Zwischennachweis 2017",
                "2018-06-30 Mittelabruf 4",
                "2018-12-31 Verwendungsnachweis",
                "2028-12-31 Aufbewahrung",
            ]
        );
    }

    #[test]
    fn reminders_come_before_and_after_the_day() {
        let due = day("2027-04-30");
        let mut told = Vec::new();
        let mut here = day("2027-01-01");
        while let Some(next) = reminder(due, here) {
            told.push(next.to_string());
            here = next;
        }
        assert_eq!(
            told,
            ["2027-03-31", "2027-04-23", "2027-04-30", "2027-05-07", "2027-05-14", "2027-05-21", "2027-05-28"]
        );
    }

    proptest! {
        #[test]
        fn every_period_asks_for_one_proof_and_nothing_before_it_begins(start in 0_u64..4_000, length in 0_u64..2_000) {
            let from = day("2015-01-01") + Days::new(start);
            let until = from + Days::new(length);
            let all = planned(&rules(), from, until, 5);
            let of = |kind| all.iter().filter(move |it| it.kind == kind).count();
            prop_assert_eq!(of(ObligationKind::ProofOfUse), 1);
            prop_assert_eq!(of(ObligationKind::Retention), 1);
            prop_assert_eq!(i32::try_from(of(ObligationKind::InterimReport)).unwrap(), until.year() - from.year());
            prop_assert!(of(ObligationKind::CallForFunds) >= 1);
            prop_assert!(all.iter().all(|it| it.due_on >= from));
            // Names tell them apart.
            let mut names: Vec<_> = all.iter().map(|it| &it.title).collect();
            names.sort();
            names.dedup();
            prop_assert_eq!(names.len(), all.len());
        }
    }
}
