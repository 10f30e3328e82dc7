//! What leaves, and what is refused.

use tabular::model::{Aggregation, Column, ColumnRole, ColumnType, Disclosure};

use crate::testing::{METHODS, column, count, dimension, protect, released_rows, row};
use crate::{CELLS, InputColumn, Method, Protection, ProtectionRefusal};

const MINIMUM: Method = Method::MinimumCount { minimum: 3 };
const ROUNDING: Method = Method::Rounding { base: 5 };
const SUPPRESSION: Method = Method::Suppression { minimum: 3 };

fn region(total: Option<&str>) -> Column {
    Column { total: total.map(str::to_owned), ..column("region", ColumnType::Region, ColumnRole::Dimension) }
}

fn free(name: &str) -> Column {
    Column { disclosure: Disclosure::Free, ..count(name, None) }
}

#[test]
fn small_counts_and_their_totals_are_withheld() {
    let columns = [dimension("school", true), count("pupils", None)];
    let rows = || vec![row(&["a"], &["2"]), row(&["b"], &["14"]), row(&["c"], &["0"]), row(&["T"], &["16"])];
    let protected = protect(&columns, MINIMUM, rows()).unwrap();
    assert_eq!(released_rows(&protected), ["T *", "a *", "b 14", "c 0"]);
    let summary = protected.summary;
    assert_eq!((summary.cells, summary.primary_suppressed, summary.secondary_suppressed), (4, 1, 1));
    let protected = protect(&columns, SUPPRESSION, rows()).unwrap();
    assert_eq!(released_rows(&protected), ["T 16", "a *", "b *", "c 0"]);
    assert_eq!((protected.summary.primary_suppressed, protected.summary.secondary_suppressed), (1, 1));
    let protected = protect(&columns, ROUNDING, rows()).unwrap();
    assert_eq!(released_rows(&protected), ["T 15", "b 15"]);
    assert_eq!((protected.summary.rounded, protected.summary.rows_left_out), (2, 2));
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let columns = [dimension("a", true), dimension("b", true), count("n", None)];
    let figure = |it: u32| (it * 7919 % 31).to_string();
    let row = |it: u32| row(&[&format!("a{}", it / 6), &format!("b{}", it % 6)], &[&figure(it)]);
    for method in METHODS {
        let forth = protect(&columns, method, (0..36).map(row).collect()).unwrap();
        let back = protect(&columns, method, (0..36).rev().map(row).collect()).unwrap();
        assert_eq!(forth, back);
        assert_eq!(forth.summary.protection.method, method);
    }
}

#[test]
fn what_is_left_of_a_whole_is_protected_as_its_part_is() {
    let columns = [dimension("school", false), count("all", None), count("women", Some("all"))];
    let rows = || vec![row(&["a"], &["20", "19"]), row(&["b"], &["20", "20"]), row(&["c"], &["20", "10"])];
    assert_eq!(released_rows(&protect(&columns, MINIMUM, rows()).unwrap()), ["a 20 *", "b 20 20", "c 20 10"]);
    assert_eq!(released_rows(&protect(&columns, SUPPRESSION, rows()).unwrap()), ["a * *", "b 20 20", "c 20 10"]);
    // With both parts, the whole is their sum, rounded or not.
    let columns = [&columns[..], &[count("men", Some("all"))]].concat();
    let rows = || vec![row(&["a"], &["6", "3", "3"]), row(&["b"], &["16", "8", "8"]), row(&["c"], &["9", "8", "1"])];
    assert_eq!(released_rows(&protect(&columns, ROUNDING, rows()).unwrap()), ["a 10 5 5", "b 20 10 10", "c 10 10 0"]);
    assert_eq!(released_rows(&protect(&columns, MINIMUM, rows()).unwrap()), ["a 6 3 3", "b 16 8 8", "c * 8 *"]);
    assert_eq!(released_rows(&protect(&columns, SUPPRESSION, rows()).unwrap()), ["a 6 3 3", "b 16 8 8", "c * * *"]);
}

#[test]
fn symbols_stay_and_have_no_totals() {
    let columns = [dimension("year", false), dimension("school", true), count("n", None)];
    let rows = || {
        vec![
            row(&["1", "a"], &["."]),
            row(&["1", "b"], &["7"]),
            row(&["2", "a"], &["-"]),
            row(&["2", "b"], &["x"]),
            row(&["2", "c"], &["8"]),
            row(&["3", "a"], &["..."]),
            row(&["3", "b"], &[""]),
            row(&["4", "T"], &["9"]),
        ]
    };
    let expected = |seven, eight, nothing: &[&str]| {
        let mut rows = vec![format!("1 a ."), format!("1 b {seven}"), format!("1 T .")];
        rows.extend(nothing.iter().map(|it| (*it).to_owned()));
        rows.extend(["2 b x".to_owned(), format!("2 c {eight}"), format!("2 T {eight}")]);
        rows.extend(["3 a ...", "3 b ?", "3 T ..."].map(str::to_owned));
        rows.sort();
        rows
    };
    for (method, seven, eight, nothing) in
        [(MINIMUM, 7, 8, &["2 a 0"][..]), (SUPPRESSION, 7, 8, &["2 a 0"]), (ROUNDING, 5, 10, &[])]
    {
        let protected = protect(&columns, method, rows()).unwrap();
        let mut told = released_rows(&protected);
        told.sort();
        let expected = expected(seven, eight, nothing);
        let without_empty = expected.iter().filter(|it| method != ROUNDING || *it != "3 b ?");
        assert!(told.iter().eq(without_empty), "{told:?}");
        assert_eq!(protected.summary.totals_alone, 1);
    }
}

#[test]
fn free_measures_leave_as_they_are_and_rates_stay() {
    let rate = Column { kind: ColumnType::Decimal, aggregation: Aggregation::None, ..count("rate", None) };
    let mean = Column { aggregation: Aggregation::Average, ..free("mean") };
    let withheld = Column { disclosure: Disclosure::Withheld, ..count("secret", None) };
    let columns = [dimension("school", true), count("n", None), rate, free("places"), mean, withheld];
    let all = Protection { method: MINIMUM, dimensions: vec!["school".to_owned()] };
    let shape = all.shape(&columns).unwrap();
    let names: Vec<_> = shape.columns.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["school", "n", "places", "mean"]);
    assert_eq!(shape.inputs[3], InputColumn::AsIs("mean".to_owned()));
    let rows = vec![row(&["a"], &["1", "2", "7"]), row(&["b"], &["9", "30", "8"]), row(&["T"], &["10", "33", "9"])];
    let protected = shape.protect(rows).unwrap();
    assert_eq!(released_rows(&protected), ["T * 33 9", "a * 2 7", "b 9 30 8"]);
    assert_eq!(protected.summary.withheld_measures, ["rate", "secret"]);
    // Over what is summed, a mean says nothing.
    let none = Protection { method: MINIMUM, dimensions: Vec::new() }.shape(&columns).unwrap();
    assert_eq!(none.inputs, [InputColumn::Sum("n".to_owned()), InputColumn::Sum("places".to_owned())]);
    assert_eq!(none.summed_over, [("school".to_owned(), Some("T".to_owned()))]);
    assert_eq!(released_rows(&none.protect(vec![row(&[], &["10", "33"])]).unwrap()), ["10 33"]);
}

#[test]
fn cases_become_counts() {
    let columns = [dimension("case", false), dimension("school", true)];
    let protection = Protection { method: MINIMUM, dimensions: vec!["school".to_owned()] };
    let shape = protection.shape(&columns).unwrap();
    assert_eq!(shape.inputs, [InputColumn::Dimension("school".to_owned()), InputColumn::Rows]);
    assert_eq!((shape.columns[1].name.as_str(), shape.columns[1].kind), ("cases", ColumnType::Integer));
    let protected = shape.protect(vec![row(&["a"], &["4"]), row(&["b"], &["1"])]).unwrap();
    assert_eq!(released_rows(&protected), ["T *", "a 4", "b *"]);
}

#[test]
fn decimals_are_counted_in_whole_ones() {
    let places = Column { kind: ColumnType::Decimal, decimals: Some(1), ..count("posts", None) };
    let columns = [dimension("school", true), places];
    let rows = || vec![row(&["a"], &["29"]), row(&["b"], &["30"]), row(&["c"], &["124"]), row(&["d"], &["24"])];
    assert_eq!(released_rows(&protect(&columns, MINIMUM, rows()).unwrap()), ["T *", "a *", "b 30", "c 124", "d *"]);
    assert_eq!(released_rows(&protect(&columns, ROUNDING, rows()).unwrap()), ["T 200", "a 50", "b 50", "c 100"]);
}

#[test]
fn a_profile_fits_its_table() {
    let columns = [dimension("school", true), count("n", None)];
    let of = |method, dimensions: &[&str], columns: &[Column]| {
        let dimensions = dimensions.iter().map(|it| (*it).to_owned()).collect();
        Protection { method, dimensions }.shape(columns).map(|_| ()).unwrap_err()
    };
    let school = &["school"][..];
    assert_eq!(of(Method::MinimumCount { minimum: 2 }, school, &columns), ProtectionRefusal::Minimum(2));
    assert_eq!(of(Method::Suppression { minimum: 1_001 }, school, &columns), ProtectionRefusal::Minimum(1_001));
    assert_eq!(of(Method::Rounding { base: 4 }, school, &columns), ProtectionRefusal::Base(4));
    assert_eq!(of(MINIMUM, &["n"], &columns), ProtectionRefusal::Dimension("n".to_owned()));
    assert_eq!(of(MINIMUM, &["school", "school"], &columns), ProtectionRefusal::Dimension("school".to_owned()));
    let year = Column { total: Some("T".to_owned()), ..column("year", ColumnType::Period, ColumnRole::Dimension) };
    assert_eq!(of(MINIMUM, &["year"], &[year, count("n", None)]), ProtectionRefusal::Total("year".to_owned()));
    let rates = [dimension("school", true), Column { disclosure: Disclosure::Withheld, ..count("rate", None) }];
    assert_eq!(of(MINIMUM, school, &rates), ProtectionRefusal::Nothing);
    let three = ["a", "b", "c"].map(|it| dimension(it, true));
    let columns = [&three[..], &[count("n", None)]].concat();
    let dimensions = ["a", "b", "c"].map(str::to_owned).to_vec();
    assert_eq!(of(SUPPRESSION, &["a", "b", "c"], &columns), ProtectionRefusal::Totals { dimensions, max: 2 });
    let whole =
        |measure: &str, whole: &str| ProtectionRefusal::Whole { measure: measure.to_owned(), whole: whole.to_owned() };
    let circle = [count("a", Some("b")), count("b", Some("a"))];
    assert_eq!(of(MINIMUM, &[], &circle), whole("a", "a"));
    assert_eq!(of(MINIMUM, &[], &[count("a", Some("nowhere"))]), whole("a", "nowhere"));
    assert_eq!(of(MINIMUM, &[], &[count("a", Some("b")), free("b")]), whole("a", "b"));
}

#[test]
fn sums_that_nobody_declared_are_found() {
    let columns = [dimension("year", false), dimension("kind", false), count("n", None)];
    let rows = || {
        (1..14_i64).flat_map(|year| {
            let figures = [year * year + 3, 2 * year + 1, year * 3 % 7 + 2, 50 - year, year % 3 + 4];
            let kinds = ["primary", "middle", "grammar", "vocational", "special"];
            let sum: i64 = figures[..4].iter().sum();
            let figures = kinds.into_iter().zip(figures).chain([("general", sum)]);
            figures.map(|(kind, it)| row(&[&year.to_string(), kind], &[&it.to_string()])).collect::<Vec<_>>()
        })
    };
    for method in METHODS {
        let Err(ProtectionRefusal::SumOfCodes { dimension, code, mut parts }) =
            protect(&columns, method, rows().collect())
        else {
            panic!("{method:?} protects a total that it does not know");
        };
        parts.sort();
        assert_eq!((dimension.as_str(), code.as_str()), ("kind", "general"));
        assert_eq!(parts, ["grammar", "middle", "primary", "vocational"]);
    }
    // The same among measures, whether they count people or not.
    let rows = |last: fn(i64) -> i64| {
        let figures = move |it: i64| [it * it + 3, it * 5 % 11, last(it)].map(|it| it.to_string());
        (1..9).map(move |it| row(&[&it.to_string()], &figures(it).each_ref().map(String::as_str))).collect::<Vec<_>>()
    };
    for last in [count("c", None), free("c")] {
        let columns = [dimension("year", false), count("a", None), count("b", None), last];
        let found = protect(&columns, ROUNDING, rows(|it| it * it + 3 + it * 5 % 11));
        let sum =
            ProtectionRefusal::SumOfMeasures { measure: "c".to_owned(), parts: vec!["a".to_owned(), "b".to_owned()] };
        assert_eq!(found.unwrap_err(), sum);
        assert!(protect(&columns, ROUNDING, rows(|it| it * it + 4)).is_ok());
    }
    let columns = [dimension("year", false), count("a", None), count("b", None), free("c")];
    let copy = protect(&columns, ROUNDING, rows(|it| it * it + 3)).unwrap_err();
    assert!(matches!(copy, ProtectionRefusal::SumOfMeasures { parts, .. } if parts.len() == 1));
}

#[test]
fn regions_are_of_one_level() {
    let rows = |codes: &[&str]| codes.iter().map(|it| row(&[it], &["20"])).collect::<Vec<_>>();
    let nested = |outer: &str, inner: &str| ProtectionRefusal::NestedRegions {
        dimension: "region".to_owned(),
        outer: outer.to_owned(),
        inner: inner.to_owned(),
    };
    for method in METHODS {
        let of = |total, codes| protect(&[region(total), count("n", None)], method, rows(codes));
        assert_eq!(of(None, &["09762", "09777", "09777129"]).unwrap_err(), nested("09777", "09777129"));
        assert_eq!(of(None, &["09", "DG"]).unwrap_err(), nested("DG", "09"));
        assert!(of(Some("097"), &["09762", "09777", "097"]).is_ok());
    }
}

#[test]
fn parts_that_overlap_are_rounded_but_not_suppressed() {
    let columns = ["women", "young"].map(|it| count(it, Some("all")));
    let columns = [&[dimension("school", true), count("all", None)], &columns[..]].concat();
    let rows =
        || vec![row(&["a"], &["20", "9", "13"]), row(&["b"], &["31", "11", "12"]), row(&["c"], &["8", "7", "2"])];
    assert_eq!(
        released_rows(&protect(&columns, ROUNDING, rows()).unwrap())[1..],
        ["a 20 10 15", "b 30 10 10", "c 10 5 0"]
    );
    let parts = vec!["women".to_owned(), "young".to_owned()];
    let refused = protect(&columns, SUPPRESSION, rows()).unwrap_err();
    assert_eq!(refused, ProtectionRefusal::Overlap { whole: "all".to_owned(), parts });
    let above = protect(&columns, ROUNDING, vec![row(&["a"], &["5", "6", "1"])]).unwrap_err();
    assert_eq!(above, ProtectionRefusal::Above { measure: "women".to_owned(), whole: "all".to_owned() });
    let gap = protect(&columns[..3], SUPPRESSION, vec![row(&["a"], &["5", "."])]).unwrap_err();
    assert_eq!(gap, ProtectionRefusal::Gap { measure: "women".to_owned(), whole: "all".to_owned() });
}

#[test]
fn figures_that_cannot_be_are_refused() {
    let columns = [dimension("school", true), count("n", None)];
    for method in METHODS {
        let of = |rows| protect(&columns, method, rows).unwrap_err();
        assert_eq!(of(vec![row(&["a"], &["-56"])]), ProtectionRefusal::Negative("n".to_owned()));
        let twice = vec![row(&["a"], &["5"]), row(&["a"], &["6"])];
        assert_eq!(of(twice), ProtectionRefusal::Twice(vec!["a".to_owned()]));
        let large = (i64::MAX - 1).to_string();
        assert_eq!(of(vec![row(&["a"], &[&large]), row(&["b"], &[&large])]), ProtectionRefusal::Large("n".to_owned()));
        let many = (0..=CELLS).map(|it| row(&[&it.to_string()], &["5"])).collect();
        assert_eq!(of(many), ProtectionRefusal::Cells { cells: CELLS + 1, max: CELLS });
    }
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let columns = [&names.map(|it| dimension(it, true))[..], &[count("n", None)]].concat();
    let rows = (0..2_000).map(|it| row(&[it.to_string().as_str(); 8], &["5"])).collect();
    assert!(matches!(protect(&columns, ROUNDING, rows), Err(ProtectionRefusal::Cells { max: CELLS, .. })));
}
