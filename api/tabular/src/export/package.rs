//! The CSV file of a table as a Data Package (Frictionless, version 2).

use serde_json::{Map, Value, json};

use crate::export::ExportMetadata;
use crate::export::fields::{Field, fields, guarded};
use crate::model::{Column, ColumnRole, ColumnType, PeriodKind};

/// `datapackage.json`
pub(super) fn package(columns: &[Column], about: &ExportMetadata) -> Value {
    let fields = fields(columns);
    let keys: Vec<_> = fields.iter().filter(|it| it.column.role == ColumnRole::Dimension).map(|it| &it.name).collect();
    let mut schema = json!({
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": fields.iter().map(field).collect::<Vec<_>>(),
        "missingValues": [""],
    });
    if !keys.is_empty() {
        schema["primaryKey"] = json!(keys);
    }
    let name = about.id.replace('_', "-");
    let mut publisher = json!({ "title": about.publisher, "roles": ["publisher"] });
    if let Some(email) = &about.contact_email {
        publisher["email"] = json!(email);
    }
    let facts = [
        ("description", about.description.as_deref().map(Value::from)),
        ("created", about.published_at.map(|it| json!(it.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)))),
        ("keywords", (!about.keywords.is_empty()).then(|| json!(about.keywords))),
        ("licenses", about.licence.map(|it| json!([{ "name": it.name(), "path": it.page(), "title": it.title() }]))),
        ("attribution", about.attribution.as_deref().map(Value::from)),
        ("protection", about.protection.as_deref().map(Value::from)),
        ("sources", source(about)),
    ];
    let mut package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name,
        "id": about.url,
        "title": about.title,
        "version": about.version,
        "homepage": about.url,
        "contributors": [publisher],
        "resources": [{
            "$schema": "https://datapackage.org/profiles/2.0/dataresource.json",
            "name": name,
            "type": "table",
            "path": about.file("csv"),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "dialect": {
                "$schema": "https://datapackage.org/profiles/2.0/tabledialect.json",
                "header": true,
                "delimiter": ",",
                "lineTerminator": "\r\n",
                "quoteChar": "\"",
                "doubleQuote": true,
            },
            "schema": schema,
        }],
    });
    for (key, value) in facts {
        if let Some(value) = value {
            package[key] = value;
        }
    }
    package
}

fn source(about: &ExportMetadata) -> Option<Value> {
    let title = about.source.as_ref().or(about.source_url.as_ref())?;
    let mut source = json!({ "title": title });
    if let Some(url) = &about.source_url {
        source["path"] = json!(url);
    }
    Some(json!([source]))
}

fn field(field: &Field) -> Value {
    let mut it = Map::new();
    it.insert("name".to_owned(), json!(field.name));
    it.insert("title".to_owned(), json!(field.title()));
    let (kind, format) = kind(field);
    it.insert("type".to_owned(), json!(kind));
    if let Some(format) = format {
        it.insert("format".to_owned(), json!(format));
    }
    if let Some(text) = field.column.description.as_ref().filter(|_| !field.symbols) {
        it.insert("description".to_owned(), json!(text));
    }
    if let Some(unit) = field.column.unit.as_ref().filter(|_| !field.symbols) {
        it.insert("unit".to_owned(), json!(unit));
    }
    let mut constraints = Map::new();
    if field.column.role == ColumnRole::Dimension {
        constraints.insert("required".to_owned(), json!(true));
    }
    let codes = field.codes();
    if kind == "string" && !codes.is_empty() {
        let guard = |it: &str| if field.symbols { it.to_owned() } else { guarded(it).into_owned() };
        let categories: Vec<_> =
            codes.iter().map(|(code, title)| json!({ "value": guard(code), "label": title })).collect();
        it.insert("categories".to_owned(), json!(categories));
        constraints.insert("enum".to_owned(), codes.iter().map(|(code, _)| guard(code)).collect());
    } else if let Some(pattern) = pattern(field) {
        constraints.insert("pattern".to_owned(), json!(pattern));
    }
    if !constraints.is_empty() {
        it.insert("constraints".to_owned(), Value::Object(constraints));
    }
    Value::Object(it)
}

fn kind(field: &Field) -> (&'static str, Option<&'static str>) {
    if field.symbols {
        return ("string", None);
    }
    match field.column.kind {
        ColumnType::Text | ColumnType::Region => ("string", None),
        ColumnType::Integer => ("integer", None),
        ColumnType::Decimal => ("number", None),
        ColumnType::Boolean => ("boolean", None),
        ColumnType::Date => ("date", None),
        ColumnType::Period => match field.column.period {
            Some(PeriodKind::Year) => ("year", None),
            Some(PeriodKind::Month) => ("yearmonth", None),
            Some(PeriodKind::ReferenceDate) => ("date", None),
            _ => ("string", None),
        },
    }
}

fn pattern(field: &Field) -> Option<&'static str> {
    match (field.column.kind, field.column.period) {
        (ColumnType::Region, _) => Some("DG|[0-9]{2,12}"),
        (ColumnType::Period, Some(PeriodKind::SchoolYear)) => Some("[0-9]{4}/[0-9]{2}"),
        (ColumnType::Period, Some(PeriodKind::Quarter)) => Some("[0-9]{4}-Q[1-4]"),
        _ => None,
    }
}
