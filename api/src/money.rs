//! Amounts of money: whole hundredths in the store, decimal text at the edge, never a float.

use async_graphql::{InputObject, SimpleObject};

use crate::error::{ApiResult, Problem, UserErrorCode};
use crate::i18n::Text;

/// Currencies with hundredths that are taken.
const CURRENCIES: [&str; 9] = ["EUR", "CHF", "CZK", "DKK", "GBP", "NOK", "PLN", "SEK", "USD"];

/// An amount of money.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// The amount with two decimals: `12.50`.
    pub amount: String,
    /// The currency (ISO 4217): `EUR`.
    pub currency: String,
}

impl Money {
    /// So many hundredths.
    pub fn of(minor: i64, currency: &str) -> Self {
        let sign = if minor < 0 { "-" } else { "" };
        let (whole, part) = (minor.unsigned_abs() / 100, minor.unsigned_abs() % 100);
        Self { amount: format!("{sign}{whole}.{part:02}"), currency: currency.to_owned() }
    }
}

/// An amount of money, not negative.
#[derive(InputObject, Clone, Debug)]
pub struct MoneyInput {
    /// The amount with at most two decimals: `12.50`.
    pub amount: String,
    /// The currency (ISO 4217).
    #[graphql(default_with = "\"EUR\".to_owned()")]
    pub currency: String,
}

impl MoneyInput {
    /// Hundredths and currency; `field` is the path of the input.
    ///
    /// # Errors
    /// The amount is none, is negative or larger than ten million, or the currency is not known.
    pub fn minor(&self, field: &'static str) -> ApiResult<(i64, String)> {
        if !CURRENCIES.contains(&self.currency.as_str()) {
            let text = Text::new("no-currency")
                .with("value", self.currency.chars().take(20).collect::<String>())
                .with("known", CURRENCIES.join(", "));
            return Err(Problem::at(UserErrorCode::Invalid, format!("{field}.currency"), text).into());
        }
        match hundredths(self.amount.trim()) {
            Some(minor) => Ok((minor, self.currency.clone())),
            None => {
                let text = Text::new("no-amount").with("value", self.amount.chars().take(40).collect::<String>());
                Err(Problem::at(UserErrorCode::Invalid, format!("{field}.amount"), text).into())
            }
        }
    }
}

fn hundredths(amount: &str) -> Option<i64> {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, "00"));
    let digits =
        |text: &str, most: usize| (1..=most).contains(&text.len()) && text.chars().all(|it| it.is_ascii_digit());
    if !digits(whole, 8) || !digits(part, 2) {
        return None;
    }
    let part = if part.len() == 1 { part.parse::<i64>().ok()? * 10 } else { part.parse().ok()? };
    let minor = whole.parse::<i64>().ok()? * 100 + part;
    (minor <= 1_000_000_000).then_some(minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, minor) in [("0", 0), ("12.5", 1_250), ("12.50", 1_250), ("0.07", 7), ("10000000", 1_000_000_000)] {
            assert_eq!(hundredths(text), Some(minor), "{text}");
        }
        for wrong in ["", ".", "1.", ".5", "1,5", "-1", "1.505", "1e3", "10000000.01", "999999999", "+1", "１"] {
            assert_eq!(hundredths(wrong), None, "{wrong}");
        }
        assert_eq!(Money::of(1_250, "EUR").amount, "12.50");
        assert_eq!(Money::of(-7, "EUR").amount, "-0.07");
    }
}
