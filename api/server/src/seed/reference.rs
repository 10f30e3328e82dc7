//! Reference data: common fields of work, regions, indicators, funding programmes, holidays.

use std::collections::{BTreeMap, BTreeSet};

use domain::context::op::Op;
use domain::context::unit_of_work::{ChangeRecord, UnitOfWork};
use domain::holidays;
use domain::holidays::rules;
use domain::operator::{self, teller};
use entities::{PUBLIC_SCOPE, field_of_work, funding_programme, holiday, indicator, region};
use kernel::error::ApiResult;
use kernel::ids::new_id;
use kernel::money::Decimal;
use sea_orm::ActiveModelTrait;
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::seed::files::{Indicators, Programmes, Regions, parse};

const REGIONS: &str = include_str!("../../../seed/regions.toml");
const INDICATORS: &str = include_str!("../../../seed/indicators.toml");
const PROGRAMMES: &str = include_str!("../../../seed/programmes.toml");
const SCHOOL_HOLIDAYS: &str = include_str!("../../../seed/school_holidays.toml");

/// The common fields of work: those that the agreement of the first two authorities names.
const FIELDS: [(&str, &str, &str); 3] = [
    ("counselling", "Bildungsberatung", "Education counselling"),
    ("orientation", "Berufsorientierung", "Vocational orientation"),
    ("newcomers", "Bildungskoordination für Neuzugewanderte", "Coordination of education for newcomers"),
];

/// Loads the reference data of the binary; what is there already stays, and school holidays only give way to a later
/// edition. Tells how many rows were added or renewed.
///
/// # Errors
/// There is no authority yet, in whose trail it could be told; the database fails.
pub async fn reference(op: &Op) -> ApiResult<u64> {
    let mutation = UnitOfWork::begin(op, "import reference").await?;
    let session = mutation.session();
    let tenant = teller(session).await?;
    let grant = operator::grant(op, tenant.id)?;
    let writer = session.writer(&grant).await?;
    let added = rows(session, &writer).await?;
    let change = ChangeRecord {
        object_type: "Tenant",
        object_id: tenant.id,
        version: tenant.version,
        scope: PUBLIC_SCOPE,
        topic: "reference.imported",
        parent: None,
        also: BTreeSet::new(),
        agreement: None,
        before: None,
        after: Some(serde_json::json!({ "rows": added })),
    };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(added)
}

/// The same within a transaction that is under way; tells the common fields by key.
pub(super) async fn insert(session: &Session, writer: &Writer<'_>) -> ApiResult<BTreeMap<String, Uuid>> {
    rows(session, writer).await?;
    writer.common_fields().await
}

async fn rows(session: &Session, writer: &Writer<'_>) -> ApiResult<u64> {
    let mut added = 0;
    let fields = FIELDS.iter().map(|(key, name_de, name_en)| {
        full::<_, field_of_work::ActiveModel>(field_of_work::Model {
            id: new_id(),
            tenant_id: None,
            scope_id: PUBLIC_SCOPE,
            key: (*key).to_owned(),
            name_de: (*name_de).to_owned(),
            name_en: (*name_en).to_owned(),
            version: 1,
            created_at: writer.now(),
            updated_at: writer.now(),
        })
    });
    added += add(writer, fields.collect()).await?;
    let regions: Regions = parse(REGIONS)?;
    // Districts before their municipalities.
    for district in [true, false] {
        let rows = regions.region.iter().filter(|it| it.parent.is_none() == district).map(|it| {
            full::<_, region::ActiveModel>(region::Model {
                ags: it.ags.clone(),
                name: it.name.clone(),
                kind: it.kind,
                parent_ags: it.parent.clone(),
                population: it.population,
                population_date: it.population_date,
                source: regions.source.attribution.clone(),
            })
        });
        added += add(writer, rows.collect()).await?;
    }
    let indicators: Indicators = parse(INDICATORS)?;
    let rows = indicators.indicator.into_iter().map(|it| {
        full::<_, indicator::ActiveModel>(indicator::Model {
            id: new_id(),
            code: it.code,
            area: it.area,
            title: it.title,
            definition: format!("{} je {} {}", it.counted, it.per, it.base),
            formula: Some(format!("{} / {} × {}", it.counted, it.base, it.per)),
            basis: Some(it.basis),
            unit: (it.per == 100).then(|| "Prozent".to_owned()),
            edition: indicators.edition.clone(),
            source: indicators.source.attribution.clone(),
        })
    });
    added += add(writer, rows.collect()).await?;
    let programmes: Programmes = parse(PROGRAMMES)?;
    let mut rows = Vec::new();
    for it in programmes.programme {
        let max_rate = it.max_rate.as_deref().map(|it| Decimal::read(it).and_then(|it| it.units(2)));
        rows.push(full::<_, funding_programme::ActiveModel>(funding_programme::Model {
            id: new_id(),
            key: it.key,
            name: it.name,
            funder: it.funder,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            max_rate: max_rate.flatten().and_then(|it| i32::try_from(it).ok()),
            cost_types: serde_json::to_value(it.cost_types)?,
            rules: serde_json::to_value(it.rule)?,
            retention_years: it.retention_years,
            note: it.note,
            source: it.source,
        }));
    }
    added += add(writer, rows).await?;
    let days = rules::YEARS.flat_map(rules::bavaria).map(|it| {
        full::<_, holiday::ActiveModel>(holiday::Model {
            id: new_id(),
            kind: it.kind,
            region: rules::STATE.to_owned(),
            starts_on: it.day,
            ends_on: it.day,
            name_de: it.name_de.to_owned(),
            name_en: it.name_en.to_owned(),
            extent: it.extent,
            source: rules::SOURCE.to_owned(),
            edition: None,
        })
    });
    added += add(writer, days.collect()).await?;
    let school = holidays::file::parse(SCHOOL_HOLIDAYS)?;
    if !holidays::import::is_as_new(session, &school).await? {
        added += holidays::import::replace(session, writer, &school).await?.touched();
    }
    Ok(added)
}

/// Inserts what is not there yet.
async fn add<A: ActiveModelTrait<Entity: store::Written>>(writer: &Writer<'_>, rows: Vec<A>) -> ApiResult<u64> {
    writer.insert_missing(rows).await
}
