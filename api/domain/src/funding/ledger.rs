//! The arithmetic of a funded cost, in cents: what the funder pays, what the parties pay, and whether that is all. Pure.

use entities::{CostType, Uuid};

/// The share of a cost at a rate in hundredths of a per cent, rounded down to the cent: a funder never pays more.
pub fn share_of(cost: i64, rate: i32) -> i64 {
    let share = i128::from(cost) * i128::from(rate) / 10_000;
    i64::try_from(share).unwrap_or(i64::MAX)
}

/// A funded cost as its parts stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Eligible cost.
    pub cost: i64,
    /// The funder's rate, in hundredths of a per cent.
    pub rate: i32,
    /// Requested grant.
    pub requested: i64,
    /// Approved grant.
    pub granted: Option<i64>,
    /// What the parties pay themselves, together.
    pub own: i64,
    /// Sum of the fulfilled calls for funds.
    pub called: i64,
}

impl Ledger {
    /// The most that can be asked for.
    pub fn max_request(&self) -> i64 {
        share_of(self.cost, self.rate)
    }

    /// What the funder pays: what was granted, or as long as that is open, what is asked for.
    pub fn funder(&self) -> i64 {
        self.granted.unwrap_or(self.requested)
    }

    /// What nobody pays yet. Negative = more is paid than it costs.
    pub fn gap(&self) -> i64 {
        self.cost - self.funder() - self.own
    }

    /// What can still be called for.
    pub fn left(&self) -> i64 {
        self.funder() - self.called
    }
}

/// A budget line, as far as sums go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// Party that pays.
    pub tenant: Uuid,
    /// Calendar year.
    pub year: i32,
    /// Type of cost.
    pub cost_type: CostType,
    /// Planned amount.
    pub planned: i64,
    /// Amount spent.
    pub actual: i64,
}

impl From<&entities::budget_line::Model> for LedgerLine {
    fn from(row: &entities::budget_line::Model) -> Self {
        Self {
            tenant: row.tenant_id,
            year: row.year,
            cost_type: row.cost_type,
            planned: row.planned,
            actual: row.actual,
        }
    }
}

/// Planned and spent together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Planned amount.
    pub planned: i64,
    /// Amount spent.
    pub actual: i64,
}

/// The sums of lines by a key, in its order.
pub fn sums<K: Ord>(lines: &[LedgerLine], key: impl Fn(&LedgerLine) -> K) -> std::collections::BTreeMap<K, Sums> {
    let mut all = std::collections::BTreeMap::new();
    for line in lines {
        let sums: &mut Sums = all.entry(key(line)).or_default();
        sums.planned = sums.planned.saturating_add(line.planned);
        sums.actual = sums.actual.saturating_add(line.actual);
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use kernel::money::MAX_AMOUNT;

    #[test]
    fn half_of_an_odd_cent_stays_with_the_parties() {
        assert_eq!(share_of(100_001, 5_000), 50_000);
        let ledger = Ledger { cost: 100_001, rate: 5_000, requested: 50_000, own: 50_001, ..Default::default() };
        assert_eq!(ledger.gap(), 0);
    }

    fn line() -> impl Strategy<Value = LedgerLine> {
        (0_u128..3, 2020_i32..2024, 0_usize..CostType::ALL.len(), 0..=MAX_AMOUNT, 0..=MAX_AMOUNT).prop_map(
            |(tenant, year, cost_type, planned, actual)| LedgerLine {
                tenant: Uuid::from_u128(tenant),
                year,
                cost_type: CostType::ALL[cost_type],
                planned,
                actual,
            },
        )
    }

    proptest! {
        /// Whoever adds up by tenant, by year or by cost type comes to the same total, to the cent.
        #[test]
        fn sums_reconcile_whichever_way_they_are_added_up(lines in prop::collection::vec(line(), 0..200)) {
            let total = |sums: Vec<Sums>| sums.iter().fold((0_i128, 0_i128), |(planned, actual), it| {
                (planned + i128::from(it.planned), actual + i128::from(it.actual))
            });
            let all = lines.iter().fold((0_i128, 0_i128), |(planned, actual), it| {
                (planned + i128::from(it.planned), actual + i128::from(it.actual))
            });
            prop_assert_eq!(total(sums(&lines, |it| it.tenant).into_values().collect()), all);
            prop_assert_eq!(total(sums(&lines, |it| it.year).into_values().collect()), all);
            prop_assert_eq!(total(sums(&lines, |it| it.cost_type).into_values().collect()), all);
            prop_assert_eq!(total(sums(&lines, |_| ()).into_values().collect()), all);
        }

        /// Funder, parties and gap are the cost, to the cent; a share is never above the rate, and less than a cent below it.
        #[test]
        fn what_is_paid_and_what_is_missing_is_the_cost(
            cost in 0..=MAX_AMOUNT, rate in 0_i32..=10_000, asked in 0..=MAX_AMOUNT, less in 0..=MAX_AMOUNT, own in 0..=MAX_AMOUNT,
        ) {
            let max = share_of(cost, rate);
            let requested = asked.min(max);
            let granted = requested - less.min(requested);
            let ledger = Ledger { cost, rate, requested, granted: Some(granted), own, called: 0 };
            prop_assert_eq!(ledger.funder() + ledger.own + ledger.gap(), cost);
            prop_assert_eq!(ledger.left(), granted);
            let exact = i128::from(cost) * i128::from(rate);
            prop_assert!(i128::from(max) * 10_000 <= exact);
            prop_assert!(exact - i128::from(max) * 10_000 < 10_000);
            // What the rates of funder and parties give together is the whole but for one cent.
            let rest = share_of(cost, 10_000 - rate);
            prop_assert!((0..=1).contains(&(cost - max - rest)));
        }
    }
}
