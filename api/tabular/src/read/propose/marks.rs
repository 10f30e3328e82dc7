//! Which marks numbers have.

/// The marks in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// Before decimals.
    pub decimal: char,
    /// Between thousands.
    pub thousands: Option<char>,
    /// Whether it could be the other way round.
    pub unclear: bool,
}

/// How often a mark stands where.
#[derive(Default)]
struct Use {
    /// Once, and not before three digits: before decimals.
    surely_decimal: usize,
    /// Several times, or before the other mark: between thousands.
    surely_thousands: usize,
    /// Once, before three digits.
    either: usize,
}

impl Marks {
    /// What the values say.
    pub fn of(rows: &[Vec<String>]) -> Self {
        let (mut comma, mut dot) = (Use::default(), Use::default());
        for text in rows.iter().flatten() {
            look(text, ',', '.', &mut comma);
            look(text, '.', ',', &mut dot);
        }
        let dot_is_decimal = dot.surely_decimal > 0 && comma.surely_decimal == 0 || comma.surely_thousands > 0;
        let (decimal, thousands, used, other) =
            if dot_is_decimal { ('.', ',', &comma, &dot) } else { (',', '.', &dot, &comma) };
        let has_thousands = used.surely_thousands + used.either > 0;
        Self {
            decimal,
            thousands: has_thousands.then_some(thousands),
            unclear: has_thousands && used.surely_thousands == 0 && other.surely_decimal == 0,
        }
    }
}

fn look(text: &str, mark: char, other: char, used: &mut Use) {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let right = text.starts_with(|it: char| it.is_ascii_digit())
        && text.ends_with(|it: char| it.is_ascii_digit())
        && text.chars().all(|it| it.is_ascii_digit() || it == mark || it == other);
    let Some(last) = text.rfind(mark).filter(|_| right) else { return };
    let groups: Vec<&str> = text.split(mark).collect();
    let behind = &text[last + 1..];
    if let Some(at) = text.rfind(other) {
        // `1.234,5`: the first is between thousands.
        if at > last && groups.last().is_some_and(|it| it.find(other) == Some(3)) {
            used.surely_thousands += 1;
        } else if at < last && groups.len() == 2 {
            used.surely_decimal += 1;
        }
    } else if groups.len() > 2 {
        let grouped = groups[0].len() <= 3 && groups[1..].iter().all(|it| it.len() == 3);
        used.surely_thousands += usize::from(grouped);
    } else if behind.len() == 3 && (1..=3).contains(&groups[0].len()) && groups[0] != "0" {
        used.either += 1;
    } else {
        used.surely_decimal += 1;
    }
}
