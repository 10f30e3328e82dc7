//! Rules against dates that others give, and against looking at every single day.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;

fn dates(rule: &str, start: &str, until: &str) -> Vec<String> {
    let start = start.parse().unwrap();
    let dates = Expansion::new(rule, start).unwrap().between(start, until.parse().unwrap());
    dates.iter().map(|it| it.format("%Y-%m-%d").to_string()).collect()
}

#[test]
fn positions_are_within_the_whole_week() {
    assert_eq!(
        dates("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,3", "2027-01-06T09:00:00", "2027-01-20T23:00:00"),
        ["2027-01-06", "2027-01-11", "2027-01-13", "2027-01-18", "2027-01-20"]
    );
    assert_eq!(
        dates("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2027-01-06T09:00:00", "2027-01-16T00:00:00"),
        ["2027-01-06", "2027-01-08", "2027-01-15"],
        "the start is the first date, also beside the rule"
    );
}

#[test]
fn weeks_of_the_year_have_the_weekday_of_the_start() {
    assert_eq!(
        dates("FREQ=YEARLY;BYWEEKNO=20", "2026-05-13T09:00:00", "2029-01-01T00:00:00"),
        ["2026-05-13", "2027-05-19", "2028-05-17"]
    );
    // The first week of 2026 begins in 2025, the last one of 2026 ends in 2027.
    assert_eq!(
        dates("FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO", "2025-12-29T09:00:00", "2031-01-01T00:00:00"),
        ["2025-12-29", "2028-01-03", "2029-12-31"]
    );
    assert_eq!(
        dates("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU", "2027-01-03T09:00:00", "2029-01-01T00:00:00"),
        ["2027-01-03", "2028-01-02", "2028-12-31"]
    );
}

#[test]
fn rules_of_the_standard() {
    // The examples of RFC 5545, 3.8.5.3, so far as they are of whole days; all begin in September 1997.
    for (rule, start, until, expected) in [
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=SU;BYDAY=TU,TH", "0902", "1231", "0902 0904 0916 0918"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU", "0902", "1231", "0902 0907 0916 0921"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=SU;BYDAY=TU,SU", "0902", "1231", "0902 0914 0916 0928"),
        ("FREQ=MONTHLY;COUNT=4;BYDAY=1FR", "0905", "1231", "0905 1003 1107 1205"),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU", "0907", "1201", "0907 0928 1102 1130"),
        ("FREQ=MONTHLY;BYDAY=-2MO", "0922", "1231", "0922 1020 1117 1222"),
        ("FREQ=MONTHLY;BYMONTHDAY=-3", "0928", "1231", "0928 1029 1128 1229"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,-1", "0930", "1202", "0930 1001 1031 1101 1130 1201"),
        ("FREQ=MONTHLY;BYMONTHDAY=7,8,9,10,11,12,13;BYDAY=SA", "0913", "1231", "0913 1011 1108 1213"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "0904", "1231", "0904 1007 1106"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "0929", "1231", "0929 1030 1127 1230"),
        ("FREQ=YEARLY;BYYEARDAY=-46,-17", "0901", "1231", "0901 1116 1215"),
        ("FREQ=YEARLY;BYMONTH=10,12;BYMONTHDAY=31,24", "0901", "1231", "0901 1024 1031 1224 1231"),
        ("FREQ=YEARLY;BYDAY=40MO,-1WE", "0901", "1231", "0901 1006 1231"),
        ("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=TU", "0901", "1231", "0901 1104"),
        ("FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", "0902", "1231", "0902"),
        ("FREQ=DAILY;BYMONTH=12;BYMONTHDAY=-1,-2;BYDAY=WE", "0901", "1231", "0901 1231"),
    ] {
        let at = |day: &str| format!("1997-{}-{}T09:00:00", &day[..2], &day[2..]);
        let expected: Vec<_> = expected.split(' ').map(|it| at(it)[..10].to_owned()).collect();
        assert_eq!(dates(rule, &at(start), &at(until)), expected, "{rule}");
    }
    assert_eq!(
        dates("FREQ=YEARLY", "2024-02-29T09:00:00", "2033-01-01T00:00:00"),
        ["2024-02-29", "2028-02-29", "2032-02-29"]
    );
}

/// A rule as a list of its parts, for the oracle.
type Parts = Vec<(&'static str, String)>;

fn rule() -> impl Strategy<Value = (&'static str, Parts)> {
    let day = select(&["MO", "TU", "WE", "TH", "FR", "SA", "SU"][..]);
    let list = |of: Vec<i32>, most: usize| {
        subsequence(of, 0..=most).prop_map(|it| it.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
    };
    let each = proptest::collection::btree_set(day.clone(), 0..4);
    let nth = proptest::collection::btree_set((select(&[-2, -1, 1, 2, 5][..]), day.clone()), 0..3);
    let nth = nth.prop_map(|it| it.iter().map(|(nth, day)| format!("{nth}{day}")).collect::<Vec<_>>().join(","));
    let either = prop_oneof![each.prop_map(|it| it.into_iter().collect::<Vec<_>>().join(",")), nth];
    (
        select(&["DAILY", "WEEKLY", "MONTHLY", "YEARLY"][..]),
        (1..4_u32, select(&["", "1", "2", "7", "40"][..]), day),
        (list((1..=12).collect(), 3), list(vec![1, 2, 13, 29, 31, -1, -2, -31], 3)),
        (list(vec![1, 60, 100, 366, -1, -100], 3), list(vec![1, 9, 20, 52, 53, -1], 3)),
        (either, list(vec![1, 2, 3, -1, -2], 2)),
    )
        .prop_map(
            |(frequency, (interval, count, wkst), (months, month_days), (year_days, weeks), (days, positions))| {
                let yearly = frequency == "YEARLY";
                let plain = |text: &str| text.split(',').all(|it| it.len() < 3);
                let parts = [
                    ("INTERVAL", interval.to_string()),
                    ("COUNT", count.to_owned()),
                    ("WKST", wkst.to_owned()),
                    ("BYMONTH", months),
                    ("BYWEEKNO", if yearly { weeks } else { String::new() }),
                    ("BYYEARDAY", if yearly { year_days } else { String::new() }),
                    ("BYMONTHDAY", if frequency == "WEEKLY" { String::new() } else { month_days }),
                    ("BYDAY", if yearly || frequency == "MONTHLY" || plain(&days) { days } else { String::new() }),
                    ("BYSETPOS", positions),
                ];
                (frequency, parts.into_iter().filter(|(_, value)| !value.is_empty()).collect())
            },
        )
}

/// The dates of a rule, by looking at each day of some years and asking of each whether it is one.
fn oracle(frequency: &str, parts: &Parts, start: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
    let part = |name: &str| parts.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    let name = |day: NaiveDate| day.weekday().to_string()[..2].to_uppercase();
    let week_start = |mut day: NaiveDate| {
        while name(day) != part("WKST").unwrap_or("MO") {
            day = day.pred_opt().unwrap();
        }
        day
    };
    let week_year = |day: NaiveDate| (week_start(day) + Days::new(3)).year();
    let by_weeks = frequency == "YEARLY" && part("BYWEEKNO").is_some();
    // Which period a day is in, counted from that of the start.
    let period = |day: NaiveDate| match frequency {
        "DAILY" => (day - start).num_days(),
        "WEEKLY" => (week_start(day) - week_start(start)).num_days() / 7,
        "MONTHLY" => i64::from((day.year() - start.year()) * 12 + day.month() as i32 - start.month() as i32),
        _ if by_weeks => i64::from(week_year(day) - week_year(start)),
        _ => i64::from(day.year() - start.year()),
    };
    let all: Vec<_> = (start - Days::new(800)).iter_days().take_while(|it| *it <= last + Days::new(800)).collect();
    // The place of a day among those of a list, from the front and from the back.
    let places = |day: NaiveDate, among: &dyn Fn(NaiveDate) -> bool| {
        let place = usize::try_from((day - all[0]).num_days()).unwrap();
        let near = &all[place.saturating_sub(400)..(place + 400).min(all.len())];
        let list: Vec<_> = near.iter().copied().filter(|it| among(*it)).collect();
        let at = list.iter().position(|it| *it == day).unwrap();
        [(at + 1).to_string(), format!("-{}", list.len() - at)]
    };
    let is_in = |name: &str, values: &[String]| {
        part(name).is_none_or(|list| list.split(',').any(|it| values.contains(&it.to_owned())))
    };
    let same_month = |a: NaiveDate, b: NaiveDate| (a.year(), a.month()) == (b.year(), b.month());
    let fits = |day: NaiveDate| {
        let by_day = part("BYDAY").is_none_or(|list| {
            let within_month = frequency == "MONTHLY" || part("BYMONTH").is_some();
            let among = |it: NaiveDate| {
                it.weekday() == day.weekday()
                    && if within_month { same_month(it, day) } else { it.year() == day.year() }
            };
            let nth = places(day, &among);
            list.split(',').any(|it| {
                let (ordinal, weekday) = it.split_at(it.len() - 2);
                weekday == name(day) && (ordinal.is_empty() || by_weeks || nth.contains(&ordinal.to_owned()))
            })
        });
        let some_day = part("BYDAY").is_some() || part("BYMONTHDAY").is_some() || part("BYYEARDAY").is_some();
        let as_start = some_day
            || match frequency {
                "DAILY" => true,
                "WEEKLY" => name(day) == name(start),
                "MONTHLY" => day.day() == start.day(),
                _ if by_weeks => name(day) == name(start),
                _ => day.day() == start.day() && (part("BYMONTH").is_some() || day.month() == start.month()),
            };
        as_start
            && by_day
            && is_in("BYMONTH", &[day.month().to_string()])
            && (part("BYMONTHDAY").is_none() || is_in("BYMONTHDAY", &places(day, &|it| same_month(it, day))))
            && (part("BYYEARDAY").is_none() || is_in("BYYEARDAY", &places(day, &|it| it.year() == day.year())))
            && (!by_weeks
                || is_in(
                    "BYWEEKNO",
                    &places(week_start(day), &|it| it == week_start(it) && week_year(it) == week_year(day)),
                ))
    };
    let interval: i64 = part("INTERVAL").map_or(1, |it| it.parse().unwrap());
    // No period that matters lies further away; the days around are for counting.
    let near = all.iter().copied().filter(|it| *it >= start - Days::new(400) && *it <= last + Days::new(400));
    let fitting: Vec<_> = near.filter(|it| period(*it).rem_euclid(interval) == 0 && fits(*it)).collect();
    let chosen = fitting.iter().copied().filter(|day| {
        part("BYSETPOS").is_none() || {
            let set: Vec<_> = fitting.iter().filter(|it| period(**it) == period(*day)).collect();
            let at = set.iter().position(|it| *it == day).unwrap();
            is_in("BYSETPOS", &[(at + 1).to_string(), format!("-{}", set.len() - at)])
        }
    });
    let all = std::iter::once(start).chain(chosen.filter(|it| *it > start && *it <= last));
    all.take(part("COUNT").map_or(usize::MAX, |it| it.parse().unwrap())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn every_day_is_judged_alike(
        (frequency, parts) in rule(), day in 0..3_000_u64, length in 0..900_u64, skipped in 0..900_u64,
    ) {
        let start = NaiveDate::from_ymd_opt(2023, 6, 1).unwrap() + Days::new(day);
        let last = start + Days::new(length);
        let text = parts.iter().fold(format!("FREQ={frequency}"), |text, (name, value)| format!("{text};{name}={value}"));
        // Nothing that the API would refuse is tried.
        let canonical = crate::rule::canonical(&text, true, chrono_tz::Tz::UTC);
        prop_assume!(canonical.is_ok());
        let rule = Expansion::new(&canonical.unwrap(), start.into()).unwrap();
        let expected: Vec<NaiveDateTime> =
            oracle(frequency, &parts, start, last).into_iter().map(Into::into).collect();
        let given = rule.between(start.into(), last.into());
        prop_assert_eq!(&given, &expected, "{} from {}", text, start);
        // Beginning later gives the same from there on.
        let from: NaiveDateTime = (start + Days::new(skipped)).into();
        let later: Vec<_> = expected.into_iter().filter(|it| *it >= from).collect();
        prop_assert_eq!(rule.between(from, last.into()), later, "{} from {}", text, from);
    }
}
