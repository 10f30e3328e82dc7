//! The table that is attacked, and questions to it.

use std::collections::{BTreeMap, BTreeSet};

use entities::ContentKind;
use serde_json::{Value as Json, json};
use tabular::model::{Column, ColumnRole, ColumnType, TableRow, Value};
use verbund_tests::tables::{Tables, column};
use verbund_tests::{Client, Dice, TestApp};

use super::attacker::Attacker;

/// Dimensions, how many codes they have, and whether they have a total.
const DIMENSIONS: [(&str, usize, bool); 3] = [("school", 6, true), ("grade", 4, true), ("year", 2, false)];
const MEASURES: [&str; 2] = ["pupils", "girls"];
const TOTAL: &str = "T";
const PLACES: usize = 6 * 4 * 2;
/// Cells of the table that are no totals.
pub const CELLS: usize = PLACES * MEASURES.len();

type Key = [String; 3];

fn codes(dimension: usize) -> Vec<String> {
    let first = if dimension == 2 { 2024 } else { 1 };
    (0..DIMENSIONS[dimension].1)
        .map(
            |it| {
                if dimension == 2 {
                    (first + it).to_string()
                } else {
                    format!("{}{}", ["s", "g"][dimension], it + first)
                }
            },
        )
        .collect()
}

/// Every place of the table, in the order of its cells.
fn places() -> Vec<Key> {
    let [schools, grades, years] = [0, 1, 2].map(codes);
    let mut places = Vec::new();
    for school in &schools {
        for grade in &grades {
            places.extend(years.iter().map(|year| [school.clone(), grade.clone(), year.clone()]));
        }
    }
    places
}

/// The exact figures.
pub struct Secret {
    figures: Vec<[i64; 2]>,
}

impl Secret {
    /// With about that many small figures of a hundred.
    pub fn of(dice: &mut Dice, small: usize) -> Self {
        let figures = (0..PLACES).map(|_| {
            let max = if dice.chance(small) { 9 } else { 60 };
            let pupils = dice.below(max);
            let girls = dice.below(pupils + 1);
            [pupils, girls].map(|it| i64::try_from(it).expect("a small number"))
        });
        Self { figures: figures.collect() }
    }

    fn rows(&self) -> Vec<TableRow> {
        let text = |it: &String| Value::Text(it.clone()).into();
        let row = |(key, figures): (&Key, &[i64; 2])| {
            key.iter().map(text).chain(figures.iter().map(|it| Value::Number(*it).into())).collect()
        };
        places().iter().zip(&self.figures).map(row).collect()
    }

    /// Cells that nobody outside may know.
    pub fn protected(&self, minimum: i64) -> impl Iterator<Item = usize> {
        let small = move |it: &i64| (1..minimum).contains(it);
        let cells = self.figures.iter().flatten().enumerate();
        cells.filter(move |it| small(it.1)).map(|it| it.0).collect::<Vec<_>>().into_iter()
    }

    /// Every told cell is the nearest multiple, so that each may be one of several figures; totals are theirs.
    pub fn check_rounding(&self, published: &Published, base: i64) {
        for (place, figures) in places().iter().zip(&self.figures) {
            let rounded = figures.map(|it| (it + base / 2) / base * base);
            let told = published.cells.get(place).map_or([Some(0); 2], |it| [it[0], it[1]]);
            assert_eq!(told, rounded.map(Some), "{place:?}");
        }
        for (key, cells) in &published.cells {
            let parts = |measure: usize| {
                let of = places().into_iter().filter(|it| covers(key, it));
                of.map(|it| published.cells.get(&it).map_or(0, |it| it[measure].unwrap_or(0))).sum::<i64>()
            };
            assert_eq!(*cells, vec![Some(parts(0)), Some(parts(1))], "{key:?}");
        }
    }

    /// What is told is exact, what is small is not told, and neither equations nor bounds lead to what is withheld.
    pub fn check_withheld(&self, published: &Published, attacker: &Attacker, minimum: i64) {
        let mut bounds = Vec::new();
        let mut withheld = BTreeSet::new();
        for (place, figures) in places().iter().zip(&self.figures) {
            for (measure, figure) in figures.iter().enumerate() {
                match published.cells.get(place).map(|it| it[measure]) {
                    Some(None) => {
                        withheld.insert(bounds.len());
                        // Nothing is told of what is 0 being withheld: it never is.
                        bounds.push((1.0, 1e4));
                    }
                    told => {
                        assert_eq!(told.flatten(), Some(*figure), "{place:?}");
                        assert!(!(1..minimum).contains(figure), "{place:?} is told");
                        bounds.push((*figure as f64, *figure as f64));
                    }
                }
            }
        }
        assert!(self.protected(minimum).count() > 5);
        assert!(self.protected(minimum).all(|it| withheld.contains(&it)));
        for cell in &withheld {
            assert!(!attacker.knows(&[*cell]), "cell {cell} follows");
            let (min, max) = attacker.range(&[*cell], &bounds);
            assert!(max - min > 0.99, "cell {cell} lies between {min} and {max}");
        }
        // What is left of a whole is protected as well.
        for (at, [pupils, girls]) in self.figures.iter().enumerate() {
            if (1..minimum).contains(&(pupils - girls)) {
                let (all, part) = (at * 2, at * 2 + 1);
                assert!(!attacker.knows(&[all, part]) && (withheld.contains(&all) || withheld.contains(&part)));
            }
        }
    }

    /// What a service answers that withholds small answers and nothing else.
    pub fn careless_answer(&self, question: &Asked, minimum: i64) -> Json {
        let mut all = Published { cells: BTreeMap::new() };
        for (place, figures) in places().into_iter().zip(&self.figures) {
            for set in 0..4 {
                let mut key = place.clone();
                (0..2).filter(|it| set >> it & 1 == 1).for_each(|it| key[it] = TOTAL.to_owned());
                let sums = all.cells.entry(key).or_insert_with(|| vec![Some(0); 2]);
                sums.iter_mut().zip(figures).for_each(|(sum, it)| *sum = sum.map(|sum| sum + it));
            }
        }
        let mut answer = all.answer(question);
        for cell in answer.as_array_mut().into_iter().flatten().flat_map(|it| it.as_array_mut().into_iter().flatten()) {
            if cell.as_i64().is_some_and(|it| (1..minimum).contains(&it)) {
                *cell = json!({ "symbol": "PROTECTED" });
            }
        }
        answer
    }
}

/// Whether a row with totals counts a place.
fn covers(key: &Key, place: &Key) -> bool {
    key.iter().zip(place).all(|(code, it)| code == TOTAL || code == it)
}

/// Shares the table under a method; the version that the partner sees. None where its figures cannot be protected so, and
/// stay where they are.
pub async fn share(app: &TestApp, secret: &Secret, method: &str, parameter: i64, attempt: usize) -> Option<String> {
    let (steward, admin) = (app.actor("steward@kaufbeuren"), app.actor("admin@kaufbeuren"));
    let tenant = app.world.id("tenant.kaufbeuren");
    let input = json!({
        "tenant": tenant, "title": format!("Pupils {method} {parameter} {attempt}"), "fieldOfWork": app.world.id("field.counselling"),
        "purpose": "Planning", "legalBasis": "Agreement A", "contact": { "email": "office@kaufbeuren.example" },
        "protection": { "method": method, "parameter": parameter, "dimensions": DIMENSIONS.map(|it| it.0) },
    });
    let made = steward.mutate("datasetCreate", input, "dataset { id version }").await["dataset"].clone();
    let dataset = made["id"].as_str().expect("an id");
    let tables = Tables::of(app, "steward@kaufbeuren").await;
    let content = tables.put(dataset, ContentKind::Exact, &columns(), secret.rows().into_iter()).await.expect("loaded");
    let input = json!({ "id": dataset, "version": made["version"], "access": "SHARED" });
    let opened = admin.try_mutate("datasetAccessChange", input, "dataset { id }").await;
    if opened["userErrors"] != json!([]) {
        assert_eq!(opened["userErrors"][0]["code"], "DISCLOSURE", "{opened}");
        return None;
    }
    let input = json!({
        "tenant": tenant, "agreement": app.world.id("agreement.a"), "area": "DATASETS", "level": "FULL",
        "object": { "dataset": dataset },
    });
    admin.mutate("shareCreate", input, "share { id }").await;
    Some(kernel::global_id::NodeType::DatasetVersion.id(content.version_id).to_string())
}

fn columns() -> Vec<Column> {
    let mut columns = vec![
        column("school", ColumnType::Text, ColumnRole::Dimension),
        column("grade", ColumnType::Text, ColumnRole::Dimension),
        column("year", ColumnType::Period, ColumnRole::Dimension),
        column("pupils", ColumnType::Integer, ColumnRole::Measure),
        column("girls", ColumnType::Integer, ColumnRole::Measure),
    ];
    for at in [0, 1] {
        columns[at].total = Some(TOTAL.to_owned());
    }
    columns[4].part_of = Some("pupils".to_owned());
    columns
}

/// The table that the partner gets.
pub struct Published {
    /// Figures by their codes; none where they are withheld.
    pub cells: BTreeMap<Key, Vec<Option<i64>>>,
}

impl Published {
    pub async fn read(partner: &Client, version: &str) -> Self {
        let query = "query($id: ID!) { node(id: $id) { ... on DatasetVersion {
            rows(first: 1000) { rows columns { name } pageInfo { hasNextPage } protection { method } } } } }";
        let data = partner.send(query, json!({ "id": version })).await.data()["node"]["rows"].clone();
        assert_eq!(data["pageInfo"]["hasNextPage"], false);
        let cells = data["rows"].as_array().expect("rows").iter().map(|row| {
            let code = |it: usize| row[it].as_str().expect("a code").to_owned();
            ([code(0), code(1), code(2)], vec![row[3].as_i64(), row[4].as_i64()])
        });
        Self { cells: cells.collect() }
    }

    /// What must be answered when nothing else is known.
    pub fn answer(&self, question: &Asked) -> Json {
        let mut groups: BTreeMap<Vec<&String>, (Vec<Option<i64>>, i64)> = BTreeMap::new();
        for (key, cells) in self.cells.iter().filter(|it| question.takes(it.0, it.1)) {
            let group = question.by.iter().map(|it| &key[*it]).collect();
            let (sums, rows) = groups.entry(group).or_insert_with(|| (vec![Some(0); 2], 0));
            *rows += 1;
            sums.iter_mut().zip(cells).for_each(|(sum, it)| *sum = sum.zip(*it).map(|(sum, it)| sum + it));
        }
        if groups.is_empty() && question.by.is_empty() {
            return json!([[null, null, 0]]);
        }
        let cell = |it: &Option<i64>| it.map_or_else(|| json!({ "symbol": "PROTECTED" }), |it| json!(it));
        let rows = groups.iter().map(|(group, (sums, rows))| {
            let codes = group.iter().map(|it| json!(it));
            Json::from(codes.chain(sums.iter().map(cell)).chain([json!(rows)]).collect::<Vec<_>>())
        });
        Json::from(rows.collect::<Vec<_>>())
    }
}

/// A question for sums.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Dimensions that make groups.
    by: Vec<usize>,
    /// Codes that rows must have.
    only: [Option<Vec<String>>; 3],
    /// Only rows in which there are fewer pupils.
    fewer: Option<i64>,
}

impl Asked {
    /// Whether a row of the published table is asked for.
    fn takes(&self, key: &Key, cells: &[Option<i64>]) -> bool {
        let codes = (0..3).all(|it| match &self.only[it] {
            Some(only) => only.contains(&key[it]),
            None => self.by.contains(&it) || !DIMENSIONS[it].2 || key[it] == TOTAL,
        });
        codes && self.fewer.is_none_or(|max| cells[0].is_some_and(|it| it < max))
    }

    /// In the words of the API.
    pub fn words(&self) -> String {
        let list = |of: &[String]| of.iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(", ");
        let mut filter: Vec<String> = Vec::new();
        for (at, only) in self.only.iter().enumerate() {
            if let Some(only) = only {
                let kind = if at == 2 { "period" } else { "text" };
                filter.push(format!("{{{kind}: {{column: \"{}\", is: {{in: [{}]}}}}}}", DIMENSIONS[at].0, list(only)));
            }
        }
        filter.extend(self.fewer.map(|it| format!("{{number: {{column: \"pupils\", is: {{lt: {it}}}}}}}")));
        let by: Vec<String> = self.by.iter().map(|it| DIMENSIONS[*it].0.to_owned()).collect();
        format!(
            "aggregate(groupBy: [{}], filter: {{and: [{}]}}, measures: [{{column: \"pupils\", function: SUM}}, \
             {{column: \"girls\", function: SUM}}, {{function: COUNT_ROWS}}]) {{ rows }}",
            list(&by),
            filter.join(", ")
        )
    }

    /// Sums in an answer, with the cells that they are made of.
    pub fn sums(&self, answer: &Json) -> Vec<(Vec<usize>, f64)> {
        if self.fewer.is_some() {
            return Vec::new();
        }
        let mut sums = Vec::new();
        for row in answer.as_array().expect("rows") {
            let within = |place: &Key| {
                (0..3).all(|it| {
                    let group = self.by.iter().position(|by| *by == it).map(|at| row[at].as_str().expect("a code"));
                    let of = |code: &str| code == TOTAL || code == place[it];
                    group.map_or_else(|| self.only[it].as_ref().is_none_or(|only| only.iter().any(|it| of(it))), of)
                })
            };
            for measure in 0..MEASURES.len() {
                if let Some(sum) = row[self.by.len() + measure].as_f64() {
                    let cells =
                        places().iter().enumerate().filter(|it| within(it.1)).map(|it| it.0 * 2 + measure).collect();
                    sums.push((cells, sum));
                }
            }
        }
        sums
    }
}

/// Every way to group, as it is, and for each code of each dimension.
pub fn systematic() -> Vec<Asked> {
    let mut all = Vec::new();
    for set in 0..8_usize {
        let by: Vec<usize> = (0..3).filter(|it| set >> it & 1 == 1).collect();
        all.push(Asked { by: by.clone(), ..Asked::default() });
        for dimension in 0..3 {
            let total = DIMENSIONS[dimension].2.then(|| TOTAL.to_owned());
            for code in codes(dimension).into_iter().chain(total) {
                let mut only = [const { None }; 3];
                only[dimension] = Some(vec![code]);
                all.push(Asked { by: by.clone(), only, fewer: None });
            }
        }
    }
    all
}

/// Whatever else may be asked: overlapping parts, totals, what is below a number.
pub fn random(dice: &mut Dice) -> impl Iterator<Item = Asked> {
    std::iter::from_fn(move || {
        let by = dice.some(&[0, 1, 2]);
        let only = [0, 1, 2].map(|it| {
            let some = dice.some(&codes(it));
            if DIMENSIONS[it].2 && dice.chance(15) {
                Some(vec![TOTAL.to_owned()])
            } else {
                dice.chance(50).then_some(some).filter(|it| !it.is_empty())
            }
        });
        let fewer = dice.chance(10).then(|| i64::try_from(dice.below(40)).expect("a small number"));
        Some(Asked { by, only, fewer })
    })
}
