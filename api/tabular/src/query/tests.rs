use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Locale;
use uuid::Uuid;

use super::*;
use crate::model::{Aggregation, Cell, Column, ColumnRole, ColumnType, Disclosure, PeriodKind, Value};

fn column(name: &str, kind: ColumnType, role: ColumnRole) -> Column {
    Column {
        name: name.to_owned(),
        title: name.to_owned(),
        description: None,
        kind,
        role,
        unit: None,
        decimals: (kind == ColumnType::Decimal).then_some(2),
        period: (kind == ColumnType::Period).then_some(PeriodKind::Year),
        codes: Vec::new(),
        total: None,
        aggregation: Aggregation::Sum,
        disclosure: Disclosure::Count,
        part_of: None,
        indicator: None,
    }
}

fn columns() -> Vec<Column> {
    use ColumnRole as Role;
    use ColumnType as Kind;
    let mut columns = vec![
        column("region", Kind::Region, Role::Dimension),
        column("year", Kind::Period, Role::Dimension),
        column("sex", Kind::Text, Role::Dimension),
        column("name", Kind::Text, Role::Attribute),
        column("pupils", Kind::Integer, Role::Measure),
        column("rate", Kind::Decimal, Role::Measure),
        column("age", Kind::Decimal, Role::Measure),
        column("day", Kind::Date, Role::Attribute),
        column("open", Kind::Boolean, Role::Attribute),
    ];
    columns[2].total = Some("t".to_owned());
    columns[5].aggregation = Aggregation::None;
    columns[6].aggregation = Aggregation::Average;
    columns
}

fn said<T>(result: ApiResult<T>) -> String {
    match result {
        Ok(_) => "nothing".to_owned(),
        Err(ApiError::Problems(of)) => {
            let say = |it: &kernel::error::Problem| {
                format!("{} at {}: {}", it.code.name(), it.field.as_deref().unwrap_or("-"), it.text.render(Locale::En))
            };
            of.iter().map(say).collect::<Vec<_>>().join("; ")
        }
        Err(ApiError::Fault(fault)) => panic!("{}", fault.message),
    }
}

fn text(text: &str) -> Operand {
    Operand::Text(text.to_owned())
}

fn is(column: &str, values: &[&str]) -> Filter {
    Filter::Column(column.to_owned(), ColumnTest::OneOf(values.iter().map(|it| text(it)).collect()))
}

fn sum_of(column: &str, by: &[&str], filter: Option<Filter>) -> ApiResult<GroupQuery> {
    measured(column, Function::Sum, by, filter)
}

fn measured(column: &str, function: Function, by: &[&str], filter: Option<Filter>) -> ApiResult<GroupQuery> {
    let measure = AskedMeasure { column: Some(column.to_owned()), function, name: None };
    let by = by.iter().map(|it| (*it).to_owned()).collect();
    GroupsAsked { by, measures: vec![measure], filter, ..GroupsAsked::default() }.resolve(&columns(), Uuid::nil())
}

#[test]
fn numbers_are_exact_or_refused() {
    for (text, decimals, units) in [
        ("7.65", 2, Some(765)),
        ("-0.05", 2, Some(-5)),
        ("7", 2, Some(700)),
        ("7.650", 2, Some(765)),
        ("7.655", 2, None),
        ("7.", 2, None),
        (".5", 2, None),
        ("-", 0, None),
        ("", 0, None),
        ("1e3", 0, None),
        ("+1", 0, None),
        ("9223372036854775807", 0, Some(i64::MAX)),
        ("-9223372036854775808", 0, Some(i64::MIN)),
        ("9223372036854775808", 0, None),
        ("٣", 0, None),
    ] {
        assert_eq!(parse_number(text, decimals), units, "{text}");
    }
}

#[test]
fn errors_name_field_value_reason_and_what_is_near() {
    let resolve = |filter: Filter| said(filter.resolve(&columns(), "filter"));
    assert_eq!(
        resolve(Filter::All(vec![is("sex", &["m"]), is("regoin", &["09"])])),
        "INVALID at filter.and[1]: There is no column regoin; there are: region."
    );
    assert_eq!(
        resolve(is("pupils", &["many"])),
        "INVALID at filter: The column pupils is of the type \"integer\": this is not possible with it."
    );
    assert_eq!(
        resolve(Filter::Not(Box::new(is("region", &["09777'; DROP TABLE x"])))),
        "INVALID at filter.not: 09777'; DROP TABLE x is no official key of a region: digits such as 09, 09777 or \
         09777129, or DG for Germany."
    );
    assert_eq!(
        resolve(is("year", &["2023/24"])),
        "INVALID at filter: 2023/24 is no period as this column has them: 2023."
    );
    assert_eq!(
        resolve(Filter::Column("rate".to_owned(), ColumnTest::OneOf(vec![Operand::Number("7,65".to_owned())]))),
        "INVALID at filter: 7,65 is no number with at most 2 decimals that fits into 64 bits."
    );
    let many = Filter::All(vec![Filter::Any(vec![is("sex", &["m"]); 60]); 2]);
    assert_eq!(
        said(many.resolve(&columns(), "filter")),
        "LIMIT_REACHED at filter.and[1].or[37]: At most 100 are possible."
    );
}

#[test]
fn a_total_is_taken_where_nothing_is_said_and_never_beside_its_parts() {
    let all = ["region", "year"];
    let total = Condition::Is(2, Test::OneOf(vec![Value::Text("t".to_owned())]));
    assert_eq!(sum_of("pupils", &all, None).unwrap().condition, Some(total));
    assert_eq!(sum_of("pupils", &["region", "year", "sex"], None).unwrap().condition, None);
    let parts = is("sex", &["m", "w"]);
    let condition = sum_of("pupils", &all, Some(parts.clone())).unwrap().condition;
    assert_eq!(condition, Some(parts.resolve(&columns(), "").unwrap()));
    let both = "INVALID at filter: The filter on sex lets the total t and its parts through; together they would count \
                twice. Leave the total out, or ask for it alone.";
    assert_eq!(said(sum_of("pupils", &all, Some(Filter::Not(Box::new(is("sex", &["m"])))))), both);
    assert_eq!(said(sum_of("pupils", &all, Some(is("sex", &["m", "t"])))), both);
    let mixed = Filter::Any(vec![is("sex", &["m"]), is("region", &["09"])]);
    assert_eq!(said(sum_of("pupils", &all, Some(mixed))), both);
    assert_eq!(said(sum_of("pupils", &all, Some(is("sex", &["t"])))), "nothing");
}

#[test]
fn rates_are_not_added_up() {
    let refused = "INVALID at measures[0].function: Values of rate say nothing when they are put together. Group by these, \
                   or choose one value of each: region.";
    assert_eq!(said(sum_of("rate", &["year"], None)), refused);
    assert_eq!(said(measured("rate", Function::Average, &["year"], None)), refused);
    assert_eq!(said(measured("rate", Function::Max, &["year"], None)), "nothing");
    assert_eq!(said(sum_of("rate", &["year", "region"], None)), "nothing");
    assert_eq!(said(sum_of("rate", &["year"], Some(is("region", &["09777"])))), "nothing");
    assert!(said(sum_of("age", &["year"], None)).contains("only a mean of it makes sense"));
    assert_eq!(said(measured("age", Function::Average, &["year"], None)), "nothing");
}

#[test]
fn nested_regions_are_looked_for_where_they_would_count_twice() {
    assert_eq!(sum_of("pupils", &["year"], None).unwrap().one_level, [0]);
    assert!(sum_of("pupils", &["region"], None).unwrap().one_level.is_empty());
    assert!(sum_of("pupils", &["year"], Some(is("region", &["09777"]))).unwrap().one_level.is_empty());
    assert!(measured("pupils", Function::Max, &["year"], None).unwrap().one_level.is_empty());
}

#[test]
fn measures_have_names_and_types() {
    let query = measured("rate", Function::Average, &["region", "year"], None).unwrap();
    let average = query.columns.last().unwrap();
    assert_eq!((average.name.as_str(), average.decimals), ("rate_average", Some(4)));
    assert!(said(sum_of("name", &[], None)).contains("of the type \"text\""));
    assert!(said(measured("day", Function::Min, &[], None)).contains("nothing"));
    assert!(said(sum_of("pupils", &["pupils"], None)).contains("is a measure"));
    assert!(said(sum_of("pupils", &["year", "year"], None)).contains("named twice"));
}

#[test]
fn cursors_are_bound_to_table_filter_and_order() {
    let asked = |descending, after| RowsAsked {
        order: vec![Sort { column: "pupils".to_owned(), descending }],
        span: PageSpan { first: None, after },
        ..RowsAsked::default()
    };
    let query = asked(false, None).resolve(&columns(), Uuid::nil()).unwrap();
    let at = Position { values: vec![Some(Value::Number(7))], row: Some(3) };
    let cursor = query.cursor(&at).unwrap();
    let again = asked(false, Some(cursor.clone())).resolve(&columns(), Uuid::nil()).unwrap();
    assert_eq!(again.after, Some(at));
    for other in [
        asked(true, Some(cursor.clone())).resolve(&columns(), Uuid::nil()),
        asked(false, Some(cursor.clone())).resolve(&columns(), Uuid::max()),
        asked(false, Some("e30".to_owned())).resolve(&columns(), Uuid::nil()),
        asked(false, Some("' OR 1=1".to_owned())).resolve(&columns(), Uuid::nil()),
    ] {
        assert!(said(other).starts_with("INVALID at after"));
    }
}

#[test]
fn not_is_the_opposite_also_of_nothing() {
    let row = vec![Cell::default(); columns().len()];
    let condition = is("sex", &["m"]).resolve(&columns(), "").unwrap();
    assert!(!condition.holds(&row));
    assert!(Condition::Not(Box::new(condition)).holds(&row));
}
