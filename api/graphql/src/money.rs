//! Decimal numbers and money in the schema.

use std::ops::Deref;

use async_graphql::{InputObject, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value};
use kernel::error::{ApiResult, UserErrorCode};
use kernel::i18n::Text;
use kernel::money;
use kernel::money::{CENTS, EUR};

use crate::inputs::InputField;

/// Decimal number as text, such as `-1234.50`: at most 18 digits, at most 6 of them after the point. Input may also be
/// an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal(pub money::Decimal);

impl Decimal {
    /// So many units of the last of `places`.
    pub const fn of(units: i64, places: u32) -> Self {
        Self(money::Decimal::of(units, places))
    }
}

impl Deref for Decimal {
    type Target = money::Decimal;

    fn deref(&self) -> &money::Decimal {
        &self.0
    }
}

/// Decimal number as text, such as `-1234.50`: at most 18 digits, at most 6 of them after the point. Input may also be
/// an integer.
#[Scalar(specified_by_url = "https://www.w3.org/TR/xmlschema-2/#decimal")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let wrong = |text: &str| InputValueError::custom(format!("{text:?} is no decimal number like \"1234.50\""));
        match &value {
            Value::String(text) => money::Decimal::read(text).map(Self).ok_or_else(|| wrong(text)),
            Value::Number(number) if !number.is_f64() => {
                money::Decimal::read(&number.to_string()).map(Self).ok_or_else(|| wrong(&number.to_string()))
            }
            _ => Err(InputValueError::custom("expected a decimal number as text, like \"1234.50\"")),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Why a value is no [`Decimal`], with a right example.
pub fn decimal_problem(value: &Value, shown: &str) -> Option<(UserErrorCode, Text)> {
    if Decimal::parse(value.clone()).is_ok() {
        return None;
    }
    let problem = |code, key, example: &str| Some((code, Text::new(key).with("value", shown).with("example", example)));
    match value {
        Value::Number(number) if number.is_f64() => {
            problem(UserErrorCode::Invalid, "value-decimal-unquoted", &number.to_string())
        }
        Value::Number(_) => problem(UserErrorCode::OutOfRange, "value-decimal-digits", "1234.50"),
        Value::String(text) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            if !digits.is_empty()
                && digits.bytes().all(|it| it.is_ascii_digit() || it == b'.')
                && digits.matches('.').count() < 2
            {
                return problem(UserErrorCode::OutOfRange, "value-decimal-digits", "1234.50");
            }
            // As people in Germany write it: 1.234,50 €.
            let plain: String = text.chars().filter(|it| it.is_ascii_digit() || matches!(it, ',' | '-')).collect();
            let meant = money::Decimal::read(&plain.replace(',', "."));
            let example = meant.map_or("1234.50".to_owned(), |it| it.to_string());
            problem(UserErrorCode::Invalid, "value-no-decimal", &example)
        }
        _ => problem(UserErrorCode::Invalid, "value-no-decimal", "1234.50"),
    }
}

/// Amount of money.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// Amount with two decimals: `1234.50`.
    pub amount: Decimal,
    /// Currency by ISO 4217: `EUR`.
    pub currency: String,
}

impl Money {
    /// So many cents.
    pub fn of(cents: i64) -> Self {
        Self::in_currency(cents, EUR)
    }

    /// So many hundredths of a currency.
    pub fn in_currency(hundredths: i64, currency: &str) -> Self {
        Self { amount: Decimal::of(hundredths, CENTS), currency: currency.to_owned() }
    }
}

/// Amount of money, the input of [`Money`].
///
/// Every amount in an input has this form; the description of the field states its range. Amounts of the books are in
/// EUR, prices may be in other currencies.
#[derive(InputObject, Clone, Debug)]
pub struct MoneyInput {
    /// Amount with at most two decimals: `1234.50`.
    pub amount: Decimal,
    /// Currency by ISO 4217: `EUR`. Prices also in `CHF`, `CZK`, `DKK`, `GBP`, `NOK`, `PLN`, `SEK` or `USD`.
    #[graphql(default_with = "EUR.to_owned()")]
    pub currency: String,
}

impl InputField for MoneyInput {
    /// Hundredths and currency of a price.
    type Value = (i64, String);

    /// # Errors
    /// As [`money::price`].
    fn value(self, field: &'static str) -> ApiResult<Self::Value> {
        Ok((money::price(self.amount.0, &self.currency, field)?, self.currency))
    }
}

impl MoneyInput {
    /// An amount of the books in cents; `field` is the path of the input.
    ///
    /// # Errors
    /// As [`money::booked`].
    pub fn cents(&self, field: &'static str) -> ApiResult<i64> {
        money::booked(self.amount.0, &self.currency, field)
    }
}
