//! One indicator side by side: where it stands in the datasets that the viewer sees, and what keeps it from being compared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::context::op::Op;
use domain::context::reads::{DataRead, remember};
use entities::{
    ContentKind, DatasetVersionState, ProtectionMethod, dataset, dataset_content, dataset_indicator, dataset_version,
    indicator,
};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use store::Session;
use tabular::model::{Cell, Column, ColumnRole, ColumnType, PeriodKind, Value, number_text};
use tabular::query::{Comparison, Condition, PageSpan, RowsAsked, Sort, Test};
use uuid::Uuid;

use crate::datasets::indicators::types::{
    Indicator, IndicatorComparison, IndicatorSeries, IndicatorValue, IndicatorWarning, IndicatorWarningCode as Code,
};
use crate::datasets::types::Dataset;
use crate::datasets::version_types::DatasetVersion;

/// The most datasets that are laid side by side: each is a statement.
const DATASETS: u64 = 10;
/// The most regions.
pub const REGIONS: usize = 30;
/// The most values of a dataset.
const VALUES: i32 = 1_000;

/// What is asked for.
pub struct ComparisonRequest {
    /// Code of the indicator.
    pub code: String,
    /// Official keys.
    pub regions: Vec<String>,
    /// First and last year.
    pub years: (i32, i32),
}

/// What keeps a line apart from others.
struct SeriesKind {
    definition: Option<String>,
    edition: String,
    period: Option<PeriodKind>,
    /// Month and day of reference dates.
    days: BTreeSet<String>,
    protected: bool,
}

/// Lays the indicator side by side.
///
/// # Errors
/// There is no such indicator; too much is asked for; the database fails.
pub async fn compare(op: &Op, request: &ComparisonRequest) -> ApiResult<IndicatorComparison> {
    let (session, locale) = (&*op.session().await?, op.locale);
    let select = session.reference::<indicator::Entity>().filter(indicator::Column::Code.eq(&request.code));
    let Some(known) = session.one(select).await? else {
        return Err(Problem::at(UserErrorCode::NotFound, "code", Text::new("not-found")).into());
    };
    let places = session
        .select::<dataset_indicator::Entity>()
        .filter(dataset_indicator::Column::Code.eq(&request.code))
        .order_by_asc(dataset_indicator::Column::DatasetId)
        .limit(DATASETS);
    let places = session.all(places).await?;
    let contents = contents(session, places.iter().map(|it| it.dataset_id)).await?;
    let (mut series, mut kinds, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    let mut warn = |code, text: Text| warnings.push(IndicatorWarning { code, message: text.render(locale) });
    for place in &places {
        let Some((version, content)) = contents.get(&place.dataset_id) else { continue };
        let Some(dataset) = session.get::<dataset::Entity>(place.dataset_id).await? else { continue };
        let table = session.table(content)?;
        let Some(columns) = IndicatorColumns::of(place, table.columns()) else {
            warn(Code::Ambiguous, Text::new("indicator-ambiguous").with("dataset", &dataset.title));
            continue;
        };
        let question = RowsAsked {
            columns: Some(columns.names.clone()),
            filter: None,
            order: vec![Sort { column: columns.names[1].clone(), descending: false }],
            span: PageSpan { first: Some(VALUES), after: None },
        };
        let mut query = question.resolve(table.columns(), table.content())?;
        query.condition = Some(columns.condition(place, request));
        let rows = table.rows(&query).await?.rows;
        let question = json!({ "indicator": request.code, "regions": request.regions, "years": [request.years.0, request.years.1] });
        let read = DataRead::of("comparison", content, question, i64::try_from(rows.len()).unwrap_or(i64::MAX));
        remember(op, read).await?;
        let mut lines: BTreeMap<String, Vec<IndicatorValue>> = BTreeMap::new();
        for row in rows {
            let [region, period, value] = row.as_slice() else { continue };
            let (Some(Value::Text(region)), Some(Value::Text(period))) = (&region.value, &period.value) else {
                continue;
            };
            lines.entry(region.clone()).or_default().push(indicator_value(period, value, columns.decimals));
        }
        let edition = place.edition.clone().unwrap_or_else(|| known.edition.clone());
        let protected = content.kind == ContentKind::Protected;
        for (region, values) in lines {
            kinds.push(SeriesKind {
                definition: place.definition.clone(),
                edition: edition.clone(),
                period: columns.period,
                days: values.iter().filter_map(|it| it.period.get(5..).map(str::to_owned)).collect(),
                protected: protected && dataset.protection_method != ProtectionMethod::Exempt,
            });
            series.push(IndicatorSeries {
                region,
                dataset: Dataset(dataset.clone()),
                dataset_version: DatasetVersion(version.clone()),
                definition: place.definition.clone(),
                edition: edition.clone(),
                protected,
                values,
            });
        }
    }
    series.sort_by(|a, b| a.region.cmp(&b.region));
    for region in request.regions.iter().collect::<BTreeSet<_>>() {
        if !series.iter().any(|it| it.region == *region) {
            warn(Code::NoValues, Text::new("indicator-no-values").with("region", region));
        }
    }
    let levels: BTreeSet<_> = series.iter().map(|it| level(&it.region)).collect();
    for (code, text) in differing(&kinds, levels.len() > 1) {
        warn(code, text);
    }
    Ok(IndicatorComparison { indicator: Indicator(Arc::new(known)), series, warnings })
}

/// How many digits a key of the level has; Germany is wider than all.
fn level(region: &str) -> usize {
    if region == "DG" { 0 } else { region.len() }
}

fn differing(kinds: &[SeriesKind], levels: bool) -> Vec<(Code, Text)> {
    let several = |count: usize| count > 1;
    let definitions: BTreeSet<_> = kinds.iter().map(|it| &it.definition).collect();
    let editions: BTreeSet<_> = kinds.iter().map(|it| &it.edition).collect();
    let periods: BTreeSet<_> = kinds.iter().map(|it| it.period.map(|it| it as u8)).collect();
    let dated = kinds.iter().filter(|it| it.period == Some(PeriodKind::ReferenceDate));
    let days: BTreeSet<_> = dated.flat_map(|it| &it.days).collect();
    let protected: BTreeSet<_> = kinds.iter().map(|it| it.protected).collect();
    let all = [
        (several(definitions.len()), Code::DefinitionDiffers, Text::new("indicator-definition-differs")),
        (several(editions.len()), Code::EditionDiffers, Text::new("indicator-edition-differs")),
        (levels, Code::LevelDiffers, Text::new("indicator-level-differs")),
        (
            several(periods.len()) || several(days.len()),
            Code::ReferenceDateDiffers,
            Text::new("indicator-date-differs"),
        ),
        (several(protected.len()), Code::ProtectionDiffers, Text::new("indicator-protection-differs")),
    ];
    all.into_iter().filter(|it| it.0).map(|(_, code, text)| (code, text)).collect()
}

/// The newest published version of each dataset, and what the viewer sees of its figures: as they are where it may.
async fn contents(
    session: &Session,
    datasets: impl Iterator<Item = Uuid> + Clone,
) -> ApiResult<BTreeMap<Uuid, (Arc<dataset_version::Model>, dataset_content::Model)>> {
    session.load::<dataset::Entity>(datasets.clone()).await?;
    session.load_groups::<dataset_version::Entity>(datasets.clone()).await?;
    let mut newest = BTreeMap::new();
    for id in datasets {
        let versions = session.group::<dataset_version::Entity>(id).await?;
        let published = versions.iter().filter(|it| it.state == DatasetVersionState::Published);
        if let Some(version) = published.max_by_key(|it| (it.major, it.minor)) {
            newest.insert(version.id, Arc::new(version.clone()));
        }
    }
    let ids: Vec<_> = newest.keys().copied().collect();
    let select = session
        .select::<dataset_content::Entity>()
        .filter(session.is_one_of(dataset_content::Column::VersionId, &ids))
        .order_by_desc(dataset_content::Column::Kind);
    // EXACT comes after PROTECTED and takes its place.
    let rows = session.all(select).await?.into_iter();
    Ok(rows.filter_map(|it| newest.get(&it.version_id).map(|version| (it.dataset_id, (version.clone(), it)))).collect())
}

/// Where region, time and value stand in a table.
struct IndicatorColumns {
    /// Names of the three columns.
    names: Vec<String>,
    region: usize,
    time: usize,
    period: Option<PeriodKind>,
    decimals: u8,
    /// The column that tells indicators apart.
    selector: Option<usize>,
    /// Dimensions beside those, and their code for everything.
    totals: Vec<(usize, String)>,
}

impl IndicatorColumns {
    /// None where more than region, time and selector would have to be chosen.
    fn of(place: &dataset_indicator::Model, columns: &[Column]) -> Option<Self> {
        let at = |name: &str| columns.iter().position(|it| it.name == name);
        let dimension =
            |kind: ColumnType| columns.iter().position(|it| it.role == ColumnRole::Dimension && it.kind == kind);
        let (region, time) = (dimension(ColumnType::Region)?, dimension(ColumnType::Period)?);
        let measure = at(&place.measure).filter(|it| columns[*it].kind.is_number())?;
        let selector = match &place.selector_column {
            Some(name) => Some(at(name)?),
            None => None,
        };
        let mut totals = Vec::new();
        for (position, column) in columns.iter().enumerate() {
            let chosen = [Some(region), Some(time), selector].contains(&Some(position));
            if column.role == ColumnRole::Dimension && !chosen {
                totals.push((position, column.total.clone()?));
            }
        }
        Some(Self {
            names: [region, time, measure].map(|it| columns[it].name.clone()).to_vec(),
            region,
            time,
            period: columns[time].period,
            decimals: columns[measure].decimals.unwrap_or(0),
            selector,
            totals,
        })
    }

    fn condition(&self, place: &dataset_indicator::Model, request: &ComparisonRequest) -> Condition {
        let text = |it: &String| Value::Text(it.clone());
        let mut all = vec![
            Condition::Is(self.region, Test::OneOf(request.regions.iter().map(text).collect())),
            // Whatever a period is, it begins with its year.
            Condition::Is(self.time, Test::Compare(Comparison::AtLeast, Value::Text(request.years.0.to_string()))),
            Condition::Is(
                self.time,
                Test::Compare(Comparison::Less, Value::Text(request.years.1.saturating_add(1).to_string())),
            ),
        ];
        if let (Some(selector), Some(code)) = (self.selector, &place.selector_code) {
            all.push(Condition::Is(selector, Test::OneOf(vec![text(code)])));
        }
        all.extend(self.totals.iter().map(|(at, code)| Condition::Is(*at, Test::OneOf(vec![text(code)]))));
        Condition::All(all)
    }
}

fn indicator_value(period: &str, cell: &Cell, decimals: u8) -> IndicatorValue {
    let value = match &cell.value {
        Some(Value::Number(units)) => Some(number_text(*units, decimals)),
        Some(Value::Text(_) | Value::Boolean(_) | Value::Date(_)) | None => None,
    };
    IndicatorValue { period: period.to_owned(), value, symbol: cell.symbol.map(Into::into) }
}
