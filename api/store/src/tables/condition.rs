//! Conditions and places in an order, as SQL.

use tabular::model::Value;
use tabular::query::{Comparison, Condition, RegionLevel, Test};

use crate::tables::sql::{Sql, column, symbol_column};

/// Adds a condition.
pub(super) fn push(sql: &mut Sql, condition: &Condition) {
    match condition {
        Condition::All(of) => all(sql, of, " AND ", "TRUE"),
        Condition::Any(of) => all(sql, of, " OR ", "FALSE"),
        // A test of nothing is unknown, not false; the opposite of what does not hold must hold.
        Condition::Not(of) => {
            sql.push("NOT coalesce(");
            push(sql, of);
            sql.push(", FALSE)");
        }
        Condition::Is(at, test) => is(sql, *at, test),
    }
}

fn all(sql: &mut Sql, of: &[Condition], between: &str, none: &str) {
    if of.is_empty() {
        sql.push(none);
        return;
    }
    sql.push("(");
    sql.join(of, between, push);
    sql.push(")");
}

fn is(sql: &mut Sql, at: usize, test: &Test) {
    let name = column(at);
    match test {
        Test::OneOf(of) if of.is_empty() => {
            sql.push("FALSE");
        }
        Test::OneOf(of) => {
            sql.push(&name).push(" IN (");
            sql.join(of, ", ", |sql, value| {
                sql.bind_value(value);
            });
            sql.push(")");
        }
        Test::Compare(how, value) => {
            sql.push(&name).push(operator(*how)).bind_value(value);
        }
        Test::Prefix(start) => begins(sql, &name, start),
        Test::Contains(part) => {
            let call = if sql.is_postgres() { "strpos(lower(" } else { "instr(lower(" };
            sql.push(call).push(&name).push("), ").bind(part.as_str()).push(") > 0");
        }
        Test::Level(level) => {
            let (min, max) = level.lengths();
            let is_country = if *level == RegionLevel::Country { " = 'DG'" } else { " <> 'DG'" };
            sql.push("(").push(&name).push(is_country).push(" AND length(").push(&name).push(") BETWEEN ");
            sql.push(&format!("{min} AND {max})"));
        }
        Test::Within(outer) if outer == "DG" => {
            sql.push(&name).push(" <> 'DG'");
        }
        Test::Within(outer) => {
            sql.push("(");
            begins(sql, &name, outer);
            sql.push(" AND ").push(&name).push(" <> ").bind(outer.as_str()).push(")");
        }
        Test::Missing => {
            sql.push(&name).push(" IS NULL");
        }
        Test::Symbol(of) if of.is_empty() => {
            sql.push("FALSE");
        }
        Test::Symbol(of) => {
            sql.push(&symbol_column(at)).push(" IN (");
            sql.join(of, ", ", |sql, symbol| {
                sql.bind(symbol.as_str());
            });
            sql.push(")");
        }
        Test::Marked => {
            sql.push(&symbol_column(at)).push(" IS NOT NULL");
        }
    }
}

pub(super) const fn operator(how: Comparison) -> &'static str {
    match how {
        Comparison::Less => " < ",
        Comparison::AtMost => " <= ",
        Comparison::More => " > ",
        Comparison::AtLeast => " >= ",
    }
}

/// A range instead of a pattern: an index serves it, and no letter has a meaning of its own.
fn begins(sql: &mut Sql, name: &str, start: &str) {
    sql.push("(").push(name).push(" >= ").bind(start);
    if let Some(end) = after_all_with(start) {
        sql.push(" AND ").push(name).push(" < ").bind(end);
    }
    sql.push(")");
}

/// The smallest text that is larger than every text with this beginning, in the order of bytes.
fn after_all_with(start: &str) -> Option<String> {
    let mut letters: Vec<char> = start.chars().collect();
    while let Some(last) = letters.pop() {
        // What lies between is no letter.
        let next = if last == '\u{D7FF}' { Some('\u{E000}') } else { char::from_u32(u32::from(last) + 1) };
        if let Some(next) = next {
            letters.push(next);
            return Some(letters.into_iter().collect());
        }
    }
    None
}

/// A column of an order.
pub(super) struct Ordered {
    /// The column or expression.
    pub name: String,
    /// Largest first.
    pub descending: bool,
    /// Whether it has no value sometimes; nulls are the largest.
    pub nullable: bool,
}

/// Adds ` ORDER BY …`.
pub(super) fn push_order(sql: &mut Sql, order: &[Ordered]) {
    if order.is_empty() {
        return;
    }
    sql.push(" ORDER BY ");
    sql.join(order, ", ", |sql, it| {
        let direction = match (it.descending, it.nullable) {
            (false, false) => "",
            (true, false) => " DESC",
            (false, true) => " ASC NULLS LAST",
            (true, true) => " DESC NULLS FIRST",
        };
        sql.push(&it.name).push(direction);
    });
}

/// Adds the condition that a row comes after those values of the order.
pub(super) fn push_after(sql: &mut Sql, order: &[Ordered], values: &[Option<Value>]) {
    sql.push("(");
    sql.join(0..order.len(), " OR ", |sql, last| {
        sql.push("(");
        for at in 0..last {
            sql.push(&order[at].name);
            match &values[at] {
                Some(value) => sql.push(" = ").bind_value(value),
                None => sql.push(" IS NULL"),
            };
            sql.push(" AND ");
        }
        let Ordered { name, descending, nullable } = &order[last];
        match (&values[last], descending) {
            (Some(value), true) => sql.push(name).push(" < ").bind_value(value),
            (Some(value), false) if *nullable => {
                sql.push("(").push(name).push(" > ").bind_value(value).push(" OR ").push(name).push(" IS NULL)")
            }
            (Some(value), false) => sql.push(name).push(" > ").bind_value(value),
            (None, true) => sql.push(name).push(" IS NOT NULL"),
            (None, false) => sql.push("FALSE"),
        };
        sql.push(")");
    });
    sql.push(")");
}

#[cfg(test)]
mod tests {
    use super::after_all_with;

    #[test]
    fn the_end_of_a_beginning() {
        assert_eq!(after_all_with("097").as_deref(), Some("098"));
        assert_eq!(after_all_with("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(after_all_with("\u{D7FF}").as_deref(), Some("\u{E000}"));
        assert_eq!(after_all_with("\u{10FFFF}"), None);
        assert_eq!(after_all_with(""), None);
    }
}
