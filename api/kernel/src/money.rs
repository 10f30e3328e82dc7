//! Decimal numbers and money without floats: whole units of the last place inside, decimal text outside.

use std::borrow::Cow;

use crate::error::{ApiResult, Problem, UserErrorCode};
use crate::i18n::Text;

/// The currency in which all authorities keep their books.
pub const EUR: &str = "EUR";
/// Decimal places of money: all currencies of the European Union have two.
pub const CENTS: u32 = 2;
/// The most decimal places of any number.
pub const MAX_DECIMALS: u32 = 6;
/// The largest amount, in cents: a hundred thousand million. Sums of thousands of them stay far below 64 bits.
pub const MAX_AMOUNT: i64 = 10_000_000_000_000;

/// Decimal number as text, such as `-1234.50`: at most 18 digits, at most 6 of them after the point. Input may also be
/// an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// Units of the last place.
    units: i64,
    /// How many places there are.
    places: u32,
}

impl Decimal {
    /// So many units of the last of `places`.
    pub const fn of(units: i64, places: u32) -> Self {
        Self { units, places }
    }

    /// Reads digits with a point.
    pub fn read(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (digits, ""),
        };
        let all = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
        if whole.is_empty() || !all(whole) || !all(part) || whole.len() + part.len() > 18 {
            return None;
        }
        let places = u32::try_from(part.len()).ok().filter(|it| *it <= MAX_DECIMALS)?;
        let units: i64 = format!("{whole}{part}").parse().ok()?;
        Some(Self { units: if negative { -units } else { units }, places })
    }

    /// The same in units of the last of `places`; none where it has more of them, or is too large.
    pub fn units(self, places: u32) -> Option<i64> {
        if self.places <= places {
            return self.units.checked_mul(10_i64.checked_pow(places - self.places)?);
        }
        let surplus = 10_i64.checked_pow(self.places - places)?;
        (self.units % surplus == 0).then_some(self.units / surplus)
    }

    /// An amount of money in cents.
    ///
    /// # Errors
    /// `INVALID` at `field` with parts of a cent, `OUT_OF_RANGE` below zero or above [`MAX_AMOUNT`].
    pub fn cents(self, field: impl Into<Cow<'static, str>>) -> ApiResult<i64> {
        let Some(cents) = self.units(CENTS) else {
            let text = Text::new("no-cents").with("value", self);
            return Err(Problem::at(UserErrorCode::Invalid, field, text).into());
        };
        if !(0..=MAX_AMOUNT).contains(&cents) {
            let max = Self::of(MAX_AMOUNT, CENTS);
            let text = Text::new("out-of-range").with("value", self).with("min", 0).with("max", max);
            return Err(Problem::at(UserErrorCode::OutOfRange, field, text).into());
        }
        Ok(cents)
    }

    /// A share in hundredths of a per cent, from a number of per cents.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` at `field` outside 0 to 100, `INVALID` with more than two places.
    pub fn rate(self, field: &'static str) -> ApiResult<i32> {
        match self.units(2) {
            Some(rate @ 0..=10_000) => Ok(i32::try_from(rate).unwrap_or_default()),
            Some(_) => {
                let text = Text::new("out-of-range").with("value", self).with("min", 0).with("max", 100);
                Err(Problem::at(UserErrorCode::OutOfRange, field, text).into())
            }
            None => Err(Problem::at(UserErrorCode::Invalid, field, Text::new("no-cents").with("value", self)).into()),
        }
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let digits = self.units.unsigned_abs();
        let scale = 10_u64.pow(self.places);
        let width = self.places as usize;
        if width == 0 {
            return write!(f, "{sign}{digits}");
        }
        write!(f, "{sign}{}.{:0width$}", digits / scale, digits % scale)
    }
}

/// Currencies with hundredths in which a price may be told.
const CURRENCIES: [&str; 9] = ["EUR", "CHF", "CZK", "DKK", "GBP", "NOK", "PLN", "SEK", "USD"];
/// The highest price, in hundredths: ten million.
const MAX_PRICE: i64 = 1_000_000_000;

/// Amount of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// Amount with two decimals: `1234.50`.
    pub amount: Decimal,
    /// Currency by ISO 4217: `EUR`.
    pub currency: String,
}

impl Money {
    /// So many hundredths of a currency.
    pub fn in_currency(hundredths: i64, currency: &str) -> Self {
        Self { amount: Decimal::of(hundredths, CENTS), currency: currency.to_owned() }
    }
}

/// A price in hundredths of its currency; `field` is the path of the input.
///
/// # Errors
/// The amount has parts of a cent, is negative or larger than ten million, or the currency is not known.
pub fn price(amount: Decimal, currency: &str, field: &'static str) -> ApiResult<i64> {
    known(currency, &CURRENCIES, field)?;
    amount.units(CENTS).filter(|it| (0..=MAX_PRICE).contains(it)).ok_or_else(|| {
        let text = Text::new("no-amount").with("value", amount);
        Problem::at(UserErrorCode::Invalid, format!("{field}.amount"), text).into()
    })
}

/// An amount of the books in cents; `field` is the path of the input.
///
/// # Errors
/// The currency is not [`EUR`], or the amount is refused by [`Decimal::cents`].
pub fn booked(amount: Decimal, currency: &str, field: &'static str) -> ApiResult<i64> {
    known(currency, &[EUR], field)?;
    amount.cents(format!("{field}.amount"))
}

fn known(currency: &str, known: &[&str], field: &'static str) -> ApiResult<()> {
    if known.contains(&currency) {
        return Ok(());
    }
    let text = Text::new("no-currency")
        .with("value", currency.chars().take(20).collect::<String>())
        .with("known", known.join(", "));
    Err(Problem::at(UserErrorCode::Invalid, format!("{field}.currency"), text).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::ApiError;

    #[test]
    fn what_is_no_number_is_refused() {
        for wrong in ["", ".", "1.", ".5", "1,5", "1e3", "--1", "+1", " 1", "1.1234567", "1234567890123456789", "٣"] {
            assert_eq!(Decimal::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn cents_are_exact_or_refused() {
        let cents = |text: &str| Decimal::read(text).unwrap().cents("amount");
        assert_eq!(cents("12").unwrap(), 1_200);
        assert_eq!(cents("0.07").unwrap(), 7);
        assert_eq!(cents("12.500").unwrap(), 1_250);
        assert!(cents("0.005").is_err());
        assert!(cents("-1").is_err());
        assert!(cents("100000000000.01").is_err());
    }

    #[test]
    fn prices_are_exact_or_refused() {
        let price = |amount: &str| price(Decimal::read(amount).unwrap(), EUR, "cost");
        for (text, hundredths) in [("0", 0), ("12.5", 1_250), ("12.50", 1_250), ("0.07", 7), ("10000000", MAX_PRICE)] {
            assert_eq!(price(text).unwrap(), hundredths, "{text}");
        }
        for wrong in ["-1", "1.505", "10000000.01"] {
            assert!(price(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn amounts_of_the_books_are_in_euro() {
        let amount = Decimal::read("12.50").unwrap();
        assert_eq!(booked(amount, EUR, "planned").unwrap(), 1_250);
        let field = |it: ApiResult<i64>| match it {
            Err(ApiError::Problems(problems)) => problems.first().and_then(|it| it.field.clone()).unwrap_or_default(),
            other => panic!("{other:?}"),
        };
        assert_eq!(field(booked(amount, "CHF", "planned")), "planned.currency");
        assert_eq!(field(booked(Decimal::read("0.005").unwrap(), EUR, "planned")), "planned.amount");
    }

    #[test]
    fn rates_are_per_cents_with_two_places() {
        assert_eq!(Decimal::read("50").unwrap().rate("rate").unwrap(), 5_000);
        assert_eq!(Decimal::read("33.33").unwrap().rate("rate").unwrap(), 3_333);
        assert!(Decimal::read("100.01").unwrap().rate("rate").is_err());
        assert!(Decimal::read("33.333").unwrap().rate("rate").is_err());
    }

    proptest! {
        #[test]
        fn a_number_is_written_as_it_is_read(units in -999_999_999_999_999_999_i64..=999_999_999_999_999_999, places in 0_u32..=6) {
            let number = Decimal::of(units, places);
            prop_assert_eq!(Decimal::read(&number.to_string()), Some(number));
        }
    }
}
