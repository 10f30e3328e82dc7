//! Rules of vCalendar 1.0, which phones and groupware of the nineties write: `W2 MO WE #10`.

/// The same rule as RFC 5545 writes it; none where it is no such rule, or has times within a day.
pub fn rule(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let first = words.next()?.to_ascii_uppercase();
    let (kind, interval) = first.split_at(first.find(|it: char| it.is_ascii_digit())?);
    let interval: u32 = interval.parse().ok()?;
    let (frequency, list) = match kind {
        "D" => ("DAILY", ""),
        "W" => ("WEEKLY", "BYDAY"),
        "MP" => ("MONTHLY", "BYDAY"),
        "MD" => ("MONTHLY", "BYMONTHDAY"),
        "YM" => ("YEARLY", "BYMONTH"),
        "YD" => ("YEARLY", "BYYEARDAY"),
        _ => return None,
    };
    let (mut items, mut places) = (Vec::new(), Vec::new());
    let (mut count, mut until) = (None, None);
    let mut after_day = false;
    for word in words.map(str::to_ascii_uppercase) {
        if let Some(number) = word.strip_prefix('#') {
            count = Some(number.parse::<u32>().ok()?);
        } else if word.len() >= 8 && word.as_bytes()[..8].iter().all(u8::is_ascii_digit) {
            until = Some(word);
        } else if kind == "MP" && word.ends_with(['+', '-']) {
            if std::mem::take(&mut after_day) {
                places.clear();
            }
            let (number, sign) = word.split_at(word.len() - 1);
            places.push(format!("{}{number}", sign.replace('+', "")));
        } else if list == "BYDAY" {
            after_day = true;
            let places = if places.is_empty() { &[String::new()][..] } else { &places };
            items.extend(places.iter().map(|it| format!("{it}{word}")));
        } else if word == "LD" {
            items.push("-1".to_owned());
        } else if let Some(number) = word.strip_suffix('-').filter(|_| !list.is_empty()) {
            items.push(format!("-{number}"));
        } else if !list.is_empty() {
            items.push(word.trim_end_matches('+').to_owned());
        } else {
            return None;
        }
    }
    let mut rule = format!("FREQ={frequency};INTERVAL={interval}");
    match (until, count) {
        (Some(until), _) => rule.push_str(&format!(";UNTIL={until}")),
        (None, Some(0)) => {}
        // Who says nothing means twice.
        (None, count) => rule.push_str(&format!(";COUNT={}", count.unwrap_or(2))),
    }
    if !items.is_empty() {
        rule.push_str(&format!(";{list}={}", items.join(",")));
    }
    Some(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_rules_are_rules() {
        for (old, new) in [
            ("D1 #10", "FREQ=DAILY;INTERVAL=1;COUNT=10"),
            ("D2 #0", "FREQ=DAILY;INTERVAL=2"),
            ("d7", "FREQ=DAILY;INTERVAL=7;COUNT=2"),
            ("W2 MO WE 20271224T000000Z", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20271224T000000Z;BYDAY=MO,WE"),
            ("MP1 1+ 2- FR MO 3+ TU #0", "FREQ=MONTHLY;INTERVAL=1;BYDAY=1FR,-2FR,1MO,-2MO,3TU"),
            ("MD1 15 LD 2- #4", "FREQ=MONTHLY;INTERVAL=1;COUNT=4;BYMONTHDAY=15,-1,-2"),
            ("YM1 6 7 #0", "FREQ=YEARLY;INTERVAL=1;BYMONTH=6,7"),
            ("YD1 1 100 #0", "FREQ=YEARLY;INTERVAL=1;BYYEARDAY=1,100"),
        ] {
            assert_eq!(rule(old).as_deref(), Some(new), "{old}");
        }
        for none in ["", "FREQ=DAILY", "X1", "W", "D1 0600", "D1 #x", "M20 5M"] {
            assert_eq!(rule(none), None, "{none}");
        }
    }
}
