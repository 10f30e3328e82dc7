//! School holidays from a file take the place of what is stored for the same state and span of days.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entities::{HolidayKind, PUBLIC_SCOPE, holiday};
use kernel::error::{ApiResult, Problems};
use kernel::ids::new_id;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder};
use serde_json::json;
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, UnitOfWork};
use crate::holidays::file::{Period, SchoolHolidays, overlap, parse};
use crate::operator::{self, teller};

/// Keeps imports of one moment apart: all take the lock of this name.
const LOCK: Uuid = Uuid::from_u128(0x0686_f6c6_9646_1797);

/// What an import came to.
#[derive(Clone, Debug, Default)]
pub struct HolidayImport {
    /// The state.
    pub region: String,
    /// The edition of the file.
    pub edition: String,
    /// Holidays in the file.
    pub holidays: usize,
    /// Rows that are new.
    pub added: u64,
    /// Rows that changed; they keep their ids.
    pub changed: u64,
    /// Rows that are gone.
    pub removed: u64,
}

impl HolidayImport {
    /// How many rows are not as they were.
    pub const fn touched(&self) -> u64 {
        self.added + self.changed + self.removed
    }

    /// What came of it, for the terminal.
    pub fn render(&self) -> String {
        let Self { region, edition, holidays, added, changed, removed } = self;
        if self.touched() == 0 {
            return format!("{region}: edition {edition} is stored already, nothing changed");
        }
        format!(
            "{region}: edition {edition} with {holidays} school holidays; {added} added, {changed} changed, {removed} removed"
        )
    }
}

/// Puts the school holidays of a file in the place of what is stored for its state and span. All or nothing; a file
/// that changes nothing leaves nothing, also no audit row.
///
/// # Errors
/// Every problem of the file; there is no authority yet, in whose trail it could be told; the database fails.
pub async fn import(op: &Op, text: &str) -> ApiResult<HolidayImport> {
    let file = parse(text)?;
    let mutation = UnitOfWork::begin(op, "import holidays").await?;
    let session = mutation.session();
    let tenant = teller(session).await?;
    let grant = operator::grant(op, tenant.id)?;
    let writer = session.writer(&grant).await?;
    let done = replace(session, &writer, &file).await?;
    if done.touched() == 0 {
        return Ok(done);
    }
    let change = ChangeRecord {
        object_type: "Tenant",
        object_id: tenant.id,
        version: tenant.version,
        scope: PUBLIC_SCOPE,
        topic: "holidays.imported",
        parent: None,
        also: BTreeSet::new(),
        agreement: None,
        before: None,
        after: Some(json!({
            "region": file.region, "edition": file.edition, "source": file.source, "from": file.first_day,
            "to": file.last_day, "added": done.added, "changed": done.changed, "removed": done.removed,
        })),
    };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(done)
}

/// Whether the store holds school holidays of this edition or a later one in the span of the file.
pub async fn is_as_new(session: &Session, file: &SchoolHolidays) -> ApiResult<bool> {
    let rows = stored(session, file, file.first_day).await?;
    Ok(rows.iter().any(|it| it.edition.as_ref().is_some_and(|it| *it >= file.edition)))
}

/// Rows of the file's state that touch its span from `first_day` on, or begin in it.
async fn stored(session: &Session, file: &SchoolHolidays, first_day: NaiveDate) -> ApiResult<Vec<holiday::Model>> {
    let here = Condition::all()
        .add(holiday::Column::Region.eq(&file.region))
        .add(holiday::Column::Kind.eq(HolidayKind::SchoolHoliday))
        .add(holiday::Column::EndsOn.gte(first_day))
        .add(holiday::Column::StartsOn.lte(file.last_day));
    let select = session.reference::<holiday::Entity>().filter(here);
    session.all(select.order_by_asc(holiday::Column::StartsOn).order_by_asc(holiday::Column::Id)).await
}

/// The same within a transaction that is under way. What begins in the span is replaced; what is in both keeps its id.
pub async fn replace(session: &Session, writer: &Writer<'_>, file: &SchoolHolidays) -> ApiResult<HolidayImport> {
    writer.lock_named(LOCK).await?;
    let (before, stored): (Vec<_>, Vec<_>) =
        stored(session, file, file.first_day).await?.into_iter().partition(|it| it.starts_on < file.first_day);
    let mut problems = Problems::default();
    for period in &file.holidays {
        if let Some(it) = before.iter().find(|it| it.ends_on >= period.first_day) {
            problems.add(overlap(period, &it.name_de, it.starts_on, it.ends_on));
        }
    }
    problems.done()?;
    let mut done = HolidayImport {
        region: file.region.clone(),
        edition: file.edition.clone(),
        holidays: file.holidays.len(),
        ..HolidayImport::default()
    };
    let mut known = BTreeMap::new();
    let mut gone = Vec::new();
    for row in stored {
        let wanted = file.holidays.iter().any(|it| it.first_day == row.starts_on);
        if !wanted || known.contains_key(&row.starts_on) {
            gone.push(row.id);
        } else {
            known.insert(row.starts_on, row);
        }
    }
    // Before the rest: a row that goes may have the name and day of one that comes.
    if !gone.is_empty() {
        done.removed =
            writer.delete_reference::<holiday::Entity>(session.is_one_of(holiday::Column::Id, &gone)).await?;
    }
    let mut added = Vec::new();
    for period in &file.holidays {
        let row = row(file, period, known.get(&period.first_day).map_or_else(new_id, |it| it.id));
        match known.get(&period.first_day) {
            None => added.push(full::<_, holiday::ActiveModel>(row)),
            Some(it) if *it == row => {}
            Some(_) => {
                let here = holiday::Column::Id.eq(row.id);
                done.changed +=
                    writer.change_reference::<holiday::Entity, holiday::ActiveModel>(here, full(row)).await?;
            }
        }
    }
    done.added = added.len() as u64;
    writer.insert_all(added).await?;
    Ok(done)
}

fn row(file: &SchoolHolidays, period: &Period, id: Uuid) -> holiday::Model {
    holiday::Model {
        id,
        kind: HolidayKind::SchoolHoliday,
        region: file.region.clone(),
        starts_on: period.first_day,
        ends_on: period.last_day,
        name_de: period.name_de.clone(),
        name_en: period.name_en.clone(),
        extent: period.extent,
        source: file.source.clone(),
        edition: Some(file.edition.clone()),
    }
}
