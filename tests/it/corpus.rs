//! The seed data against the real input it was made from. These cases do nothing where no corpus was given.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};
use verbund::holidays::rules;
use verbund_entities::{HolidayExtent, HolidayKind};
use verbund_tests::demo::Demo;
use verbund_tests::harness::corpus;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["corpus";
        the_demo_carries_every_fact_of_its_sources,
        public_holidays_by_rule_are_those_of_two_publishers,
    ]
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

async fn all(client: &Client, query: &str, list: &str) -> Vec<Value> {
    let (mut nodes, mut after) = (Vec::new(), Value::Null);
    loop {
        let data = client.send(query, json!({ "after": after })).await.data();
        nodes.extend(data[list]["nodes"].as_array().expect("nodes").iter().cloned());
        if data[list]["pageInfo"]["hasNextPage"] == false {
            return nodes;
        }
        after = data[list]["pageInfo"]["endCursor"].clone();
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

async fn the_demo_carries_every_fact_of_its_sources(app: TestApp) {
    let Some(corpus) = corpus() else { return };
    let demo = Demo::start(&app).await;
    let client = demo.actor(None);

    let mut regions = BTreeSet::new();
    for slug in ["kaufbeuren", "ostallgaeu"] {
        let query = "query($slug: String!) { tenant(slug: $slug) { regions { ags population } } }";
        let data = client.send(query, json!({ "slug": slug })).await.data();
        for region in data["tenant"]["regions"].as_array().expect("regions") {
            regions.insert((text(&region["ags"]), region["population"].to_string()));
        }
    }
    let source = rows(&corpus.join("learning_places/gemeinden_09762_09777.csv"));
    let source: BTreeSet<_> =
        source.iter().map(|it| (it["ags"].clone(), it["population_2015_12_31"].clone())).collect();
    assert_eq!(source.len(), 47);
    assert_eq!(regions, source);

    let query = r#"query($after: String) { holidays(region: {state: "DE-BY"}, between: {firstDay: "2024-01-01", lastDay: "2028-12-31"},
        first: 100, after: $after) { nodes { kind firstDay lastDay nameDe } pageInfo { hasNextPage endCursor } } }"#;
    let holidays: BTreeSet<_> = all(&client, query, "holidays")
        .await
        .iter()
        .map(|it| (it["kind"] == "PUBLIC", text(&it["firstDay"]), text(&it["lastDay"]), text(&it["nameDe"])))
        .collect();
    let public = rows(&corpus.join("holidays/by_public_2024-2028.csv"));
    let school = rows(&corpus.join("holidays/by_school_2024-2028.csv"));
    let source: BTreeSet<_> = public
        .iter()
        .map(|it| (true, it["date"].clone(), it["date"].clone(), it["name_de"].clone()))
        .chain(
            school
                .iter()
                .map(|it| (false, it["start_date"].clone(), it["end_date_inclusive"].clone(), it["name_de"].clone())),
        )
        .collect();
    assert_eq!(source.len(), 101);
    assert_eq!(holidays, source);

    let query = "query($after: String) { learningPlaces(first: 30, after: $after) {
        nodes { name tenant { slug } origins { name latitude longitude } } pageInfo { hasNextPage endCursor } } }";
    let places = all(&client, query, "learningPlaces").await;
    assert_eq!(places.len(), 76, "duplicates are merged");
    let position = |latitude: f64, longitude: f64| format!("{latitude:.7} {longitude:.7}");
    let origins: BTreeSet<_> = places
        .iter()
        .flat_map(|place| place["origins"].as_array().expect("origins").iter().map(move |it| (place, it)))
        .map(|(place, it)| {
            let at = position(it["latitude"].as_f64().expect("a number"), it["longitude"].as_f64().expect("a number"));
            (text(&place["tenant"]["slug"]), text(&it["name"]), at)
        })
        .collect();
    let source: BTreeSet<_> = rows(&corpus.join("learning_places/schulen_osm_2025-06.csv"))
        .iter()
        .map(|it| {
            let tenant = if it["kreis_ags"] == "09762" { "kaufbeuren" } else { "ostallgaeu" };
            let number = |name: &str| it[name].parse::<f64>().expect("a number");
            (tenant.to_owned(), it["name"].clone(), position(number("lat"), number("lon")))
        })
        .collect();
    assert_eq!(source.len(), 81);
    assert_eq!(origins, source, "every source record stays traceable");
}

async fn public_holidays_by_rule_are_those_of_two_publishers(_app: TestApp) {
    let Some(corpus) = corpus() else { return };
    let by_rule = |years: std::ops::RangeInclusive<i32>| -> BTreeSet<_> {
        years
            .flat_map(rules::bavaria)
            .filter(|it| it.kind == HolidayKind::Public)
            .map(|it| (it.day.to_string(), it.name_de.to_owned(), it.extent))
            .collect()
    };
    let one: BTreeSet<_> = rows(&corpus.join("holidays/by_public_2024-2028.csv"))
        .iter()
        .map(|it| {
            let extent =
                if it["scope"] == "public" { HolidayExtent::Statewide } else { HolidayExtent::CatholicMunicipalities };
            (it["date"].clone(), it["name_de"].clone(), extent)
        })
        .collect();
    assert_eq!(one.len(), 65);
    assert_eq!(by_rule(2024..=2028), one);

    // The other publisher has more states and other names, and one day that holds in Augsburg only.
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_path(corpus.join("holidays/openholidays_de_public.csv"))
        .expect("the table of the other publisher");
    let other: Vec<BTreeMap<String, String>> = reader.deserialize().map(|row| row.expect("a row")).collect();
    let other: BTreeSet<_> = other
        .iter()
        .filter(|it| {
            it["Type"] == "Public"
                && (it["Subdivisions"].is_empty() || it["Subdivisions"].split(',').any(|it| it == "BY"))
        })
        .map(|it| it["StartDate"].clone())
        .collect();
    let years: BTreeSet<i32> = other.iter().map(|it| it[..4].parse().expect("a year")).collect();
    let (first, last) = (*years.first().expect("a year"), *years.last().expect("a year"));
    assert!(last - first >= 5, "{years:?}");
    let days: BTreeSet<_> = by_rule(first..=last).into_iter().map(|it| it.0).collect();
    assert_eq!(days, other);
}
