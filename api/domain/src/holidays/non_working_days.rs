//! The days on which an authority's people are not there, of whatever kind: what a plan must look at.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use entities::{HolidayExtent, HolidayKind, holiday, tenant, tenant_closure};
use kernel::error::ApiResult;
use sea_orm::{ColumnTrait, QueryFilter};
use store::Session;
use uuid::Uuid;

use crate::holidays::rules::STATE;

/// Reason for non-working or school-free days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NonWorkingDayKind {
    /// Public holiday by law.
    PublicHoliday,
    /// School holidays.
    SchoolHoliday,
    /// Working day without school ("Buß- und Bettag").
    SchoolFreeDay,
    /// Closure of the authority's office.
    Closure,
}

impl From<HolidayKind> for NonWorkingDayKind {
    fn from(kind: HolidayKind) -> Self {
        match kind {
            HolidayKind::Public => Self::PublicHoliday,
            HolidayKind::SchoolHoliday => Self::SchoolHoliday,
            HolidayKind::SchoolFreeDay => Self::SchoolFreeDay,
        }
    }
}

/// Consecutive non-working or school-free days with one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonWorkingDay {
    /// First day.
    pub first: NaiveDate,
    /// Last day, inclusive.
    pub last: NaiveDate,
    /// Why.
    pub kind: NonWorkingDayKind,
    /// German name; of a closure, its title.
    pub name_de: String,
    /// English name; of a closure, its title.
    pub name_en: String,
}

/// The non-working days of an authority that touch the days from `from` to `to`, as [`non_working_days_of`] has them.
///
/// # Errors
/// The database fails.
pub async fn non_working_days(
    session: &Session,
    tenant: &Arc<tenant::Model>,
    from: NaiveDate,
    to: NaiveDate,
) -> ApiResult<Vec<NonWorkingDay>> {
    let mut days = non_working_days_of(session, std::slice::from_ref(tenant), from, to).await?;
    Ok(days.remove(&tenant.id).unwrap_or_default())
}

/// The non-working days of authorities that touch the days from `from` to `to`, whole, by first day: public holidays as
/// its setting for Assumption Day has them, school holidays, school-free days, and its closures. Closures of one title
/// that overlap or follow each other are one. Two statements, whatever the span and however many authorities.
///
/// # Errors
/// The database fails.
pub async fn non_working_days_of(
    session: &Session,
    tenants: &[Arc<tenant::Model>],
    from: NaiveDate,
    to: NaiveDate,
) -> ApiResult<BTreeMap<Uuid, Vec<NonWorkingDay>>> {
    let holidays = session
        .reference::<holiday::Entity>()
        .filter(holiday::Column::Region.eq(STATE))
        .filter(holiday::Column::StartsOn.lte(to))
        .filter(holiday::Column::EndsOn.gte(from));
    let ids: Vec<_> = tenants.iter().map(|it| it.id).collect();
    let closures = session
        .select::<tenant_closure::Entity>()
        .filter(session.is_one_of(tenant_closure::Column::TenantId, &ids))
        .filter(tenant_closure::Column::StartsOn.lte(to))
        .filter(tenant_closure::Column::EndsOn.gte(from));
    let holidays = session.all(holidays).await?;
    let closures = session.all(closures).await?;
    let mut days = BTreeMap::new();
    for tenant in tenants {
        let closed = closures.iter().filter(|it| it.tenant_id == tenant.id).map(|it| NonWorkingDay {
            first: it.starts_on,
            last: it.ends_on,
            kind: NonWorkingDayKind::Closure,
            name_de: it.title.clone(),
            name_en: it.title.clone(),
        });
        let free = holidays.iter().filter(|it| holds_for(it, tenant)).map(|it| NonWorkingDay {
            first: it.starts_on,
            last: it.ends_on,
            kind: it.kind.into(),
            name_de: it.name_de.clone(),
            name_en: it.name_en.clone(),
        });
        days.insert(tenant.id, merge(free.chain(closed).collect()));
    }
    Ok(days)
}

/// Joins what is free for the same reason without a day between, and sorts by first day, then kind.
fn merge(mut days: Vec<NonWorkingDay>) -> Vec<NonWorkingDay> {
    let reason = |it: &NonWorkingDay| (it.kind, it.name_de.clone(), it.name_en.clone());
    days.sort_by_key(|it| (reason(it), it.first));
    let mut merged: Vec<NonWorkingDay> = Vec::new();
    for it in days {
        match merged.last_mut() {
            Some(last) if reason(last) == reason(&it) && last.last.succ_opt().is_none_or(|next| it.first <= next) => {
                last.last = last.last.max(it.last);
            }
            Some(_) | None => merged.push(it),
        }
    }
    merged.sort_by(|a, b| (a.first, a.kind, a.last, &a.name_de).cmp(&(b.first, b.kind, b.last, &b.name_de)));
    merged
}

/// Whether a holiday of the state holds for an authority: the same for one row.
pub fn holds_for(row: &holiday::Model, tenant: &tenant::Model) -> bool {
    tenant.assumption_day || row.extent == HolidayExtent::Statewide
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(first: &str, last: &str, kind: NonWorkingDayKind, name: &str) -> NonWorkingDay {
        NonWorkingDay {
            first: first.parse().unwrap(),
            last: last.parse().unwrap(),
            kind,
            name_de: name.to_owned(),
            name_en: name.to_owned(),
        }
    }

    #[test]
    fn what_follows_without_a_day_between_is_one_for_one_reason_only() {
        use NonWorkingDayKind::{Closure, PublicHoliday, SchoolHoliday};
        let days = vec![
            free("2027-12-27", "2027-12-31", Closure, "Betriebsruhe"),
            free("2027-12-24", "2027-12-26", Closure, "Betriebsruhe"),
            free("2027-12-24", "2027-12-24", Closure, "Inventur"),
            free("2027-12-25", "2027-12-25", PublicHoliday, "Erster Weihnachtstag"),
            free("2027-12-24", "2028-01-07", SchoolHoliday, "Weihnachtsferien"),
            free("2028-01-02", "2028-01-02", Closure, "Betriebsruhe"),
            free("2027-12-28", "2027-12-29", Closure, "Betriebsruhe"),
        ];
        let expected = [
            free("2027-12-24", "2028-01-07", SchoolHoliday, "Weihnachtsferien"),
            free("2027-12-24", "2027-12-24", Closure, "Inventur"),
            free("2027-12-24", "2027-12-31", Closure, "Betriebsruhe"),
            free("2027-12-25", "2027-12-25", PublicHoliday, "Erster Weihnachtstag"),
            free("2028-01-02", "2028-01-02", Closure, "Betriebsruhe"),
        ];
        assert_eq!(merge(days), expected);
        assert_eq!(merge(Vec::new()), []);
    }
}
