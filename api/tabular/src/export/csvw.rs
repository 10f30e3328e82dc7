//! What the columns of a CSV file are: W3C CSV on the Web.

use serde_json::{Map, Value, json};

use crate::export::ExportMetadata;
use crate::export::fields::{Field, fields, guarded};
use crate::model::{Column, ColumnRole, ColumnType, PeriodKind};

/// `<file>-metadata.json`
pub(super) fn metadata(columns: &[Column], about: &ExportMetadata) -> Value {
    let fields = fields(columns);
    let keys: Vec<_> = fields.iter().filter(|it| it.column.role == ColumnRole::Dimension).map(|it| &it.name).collect();
    let mut schema = json!({ "columns": fields.iter().map(column).collect::<Vec<_>>() });
    if !keys.is_empty() {
        schema["primaryKey"] = json!(keys);
    }
    let facts = [
        ("dc:description", about.description.as_deref().map(Value::from)),
        ("dc:license", about.licence.map(|it| json!({ "@id": it.page() }))),
        ("dc:rights", about.attribution.as_deref().map(Value::from)),
        ("dc:source", about.source_url.as_deref().map(|it| json!({ "@id": it }))),
        ("dc:bibliographicCitation", about.source.as_deref().map(Value::from)),
        ("dc:issued", about.published_at.map(|it| json!({ "@value": it.date_naive(), "@type": "xsd:date" }))),
        ("dc:temporal", about.reference_date.map(|it| json!({ "@value": it, "@type": "xsd:date" }))),
        ("dc:provenance", about.protection.as_deref().map(Value::from)),
    ];
    let mut table = json!({
        "@context": ["http://www.w3.org/ns/csvw", { "@language": about.language }],
        "url": about.file("csv"),
        "dc:identifier": about.id,
        "dc:title": about.title,
        "dc:publisher": about.publisher,
        "dc:isVersionOf": { "@id": about.url },
        "dcat:version": about.version,
        "dcat:keyword": about.keywords,
        "dialect": {
            "encoding": "utf-8",
            "delimiter": ",",
            "quoteChar": "\"",
            "doubleQuote": true,
            "header": true,
            "headerRowCount": 1,
            "lineTerminators": ["\r\n"],
        },
        "tableSchema": schema,
    });
    for (key, value) in facts {
        if let Some(value) = value {
            table[key] = value;
        }
    }
    table
}

fn column(field: &Field) -> Value {
    let mut column = Map::new();
    column.insert("name".to_owned(), json!(field.name));
    // A header is compared with the titles, so the name is one of them.
    column.insert("titles".to_owned(), json!([field.name, field.title()]));
    column.insert("datatype".to_owned(), datatype(field));
    column.insert("null".to_owned(), json!(""));
    if field.column.role == ColumnRole::Dimension {
        column.insert("required".to_owned(), json!(true));
    }
    if let Some(text) = field.column.description.as_ref().filter(|_| !field.symbols) {
        column.insert("dc:description".to_owned(), json!(text));
    }
    if let Some(unit) = field.column.unit.as_ref().filter(|_| !field.symbols) {
        column.insert("schema:unitText".to_owned(), json!(unit));
    }
    let codes = field.codes();
    if !codes.is_empty() {
        let codes: Vec<_> = codes.iter().map(|(code, title)| format!("{code} = {title}")).collect();
        column.insert("rdfs:comment".to_owned(), json!(codes.join("; ")));
    }
    Value::Object(column)
}

fn datatype(field: &Field) -> Value {
    let pattern = |it: &str| json!({ "base": "string", "format": it });
    if field.symbols || !field.column.codes.is_empty() && field.column.kind == ColumnType::Text {
        let guard = |it: &str| if field.symbols { it.to_owned() } else { guarded(it).into_owned() };
        let codes: Vec<_> = field.codes().iter().map(|(code, _)| escaped(&guard(code))).collect();
        return pattern(&codes.join("|"));
    }
    match field.column.kind {
        ColumnType::Text => json!("string"),
        ColumnType::Integer => json!("integer"),
        ColumnType::Decimal => json!("decimal"),
        ColumnType::Boolean => json!({ "base": "boolean", "format": "true|false" }),
        ColumnType::Date => json!({ "base": "date", "format": "yyyy-MM-dd" }),
        ColumnType::Region => pattern("DG|[0-9]{2,12}"),
        ColumnType::Period => match field.column.period {
            Some(PeriodKind::Year) => json!("gYear"),
            Some(PeriodKind::Month) => json!("gYearMonth"),
            Some(PeriodKind::ReferenceDate) => json!({ "base": "date", "format": "yyyy-MM-dd" }),
            Some(PeriodKind::SchoolYear) => pattern("[0-9]{4}/[0-9]{2}"),
            Some(PeriodKind::Quarter) => pattern("[0-9]{4}-Q[1-4]"),
            None => json!("string"),
        },
    }
}

/// Text as a regular expression that matches just it.
fn escaped(text: &str) -> String {
    text.chars().flat_map(|it| r"\.+*?()|[]{}^$-".contains(it).then_some('\\').into_iter().chain([it])).collect()
}
