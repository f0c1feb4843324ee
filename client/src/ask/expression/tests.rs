//! What is read, what is refused and where, and what holds for all texts.

use mp_catalog::ask::words::SPANS;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::model::{HOW_OFTEN, OPERATORS, Operand, Property, Takes, Test, operator_of};
use super::parse;

fn read(text: &str) -> Value {
    match parse(text) {
        Ok(tests) => tests.iter().map(Test::json).collect(),
        Err(mistake) => panic!("{}", mistake.shown(text)),
    }
}

fn filter(property: &str, op: &str, value: Value) -> Value {
    json!({"property": property, "op": op, "value": value})
}

fn bare(property: &str, op: &str) -> Value {
    json!({"property": property, "op": op})
}

fn number(op: &str, value: Value) -> Value {
    json!({"property": "a", "op": op, "type": "number", "value": value})
}

fn span(op: &str, count: u64, unit: &str) -> Value {
    json!({"property": "seen", "op": op, "unit": unit, "value": count})
}

#[track_caller]
fn check(cases: &[(&str, Value)]) {
    for (text, expected) in cases {
        assert_eq!(read(text), json!([expected]), "{text}");
    }
}

#[test]
fn a_test_of_texts_and_numbers_is_a_filter() {
    check(&[
        (r#"plan = "pro""#, filter("plan", "equals", json!("pro"))),
        (r#"plan == 'pro'"#, filter("plan", "equals", json!("pro"))),
        (r#"plan="pro""#, filter("plan", "equals", json!("pro"))),
        (r#"plan != "pro""#, filter("plan", "not_equals", json!("pro"))),
        (r#"plan in ("pro", "team")"#, filter("plan", "equals", json!(["pro", "team"]))),
        (r#"plan IN ("pro")"#, filter("plan", "equals", json!("pro"))),
        (r#"plan not in ("pro", "team")"#, filter("plan", "not_equals", json!(["pro", "team"]))),
        (r#"plan = "a" or plan = "b" or plan in ("c", "d")"#, filter("plan", "equals", json!(["a", "b", "c", "d"]))),
        (r#"(plan = "a")"#, filter("plan", "equals", json!("a"))),
        ("a = 5", number("equals", json!(5))),
        ("a != -5", number("not_equals", json!(-5))),
        ("a in (1, 2)", number("equals", json!([1, 2]))),
        ("a = 1 or a = 2", number("equals", json!([1, 2]))),
        ("a > 30", filter("a", "greater_than", json!(30))),
        ("a>=30", filter("a", "at_least", json!(30))),
        ("a < 1_000", filter("a", "less_than", json!(1000))),
        ("a <= 007", filter("a", "at_most", json!(7))),
        ("a between 1 and 5", filter("a", "between", json!([1, 5]))),
        ("a not between -1 and 1", filter("a", "not_between", json!([-1, 1]))),
        (r#"a contains "x""#, filter("a", "contains", json!("x"))),
        (r#"a not contains "x""#, filter("a", "not_contains", json!("x"))),
        (r#"a Starts With "x""#, filter("a", "starts_with", json!("x"))),
        (r#"a ends with "x""#, filter("a", "ends_with", json!("x"))),
        ("a is set", bare("a", "is_set")),
    ]);
}

#[test]
fn a_test_of_sets_and_days_is_a_filter() {
    check(&[
        ("a is not set", bare("a", "is_not_set")),
        ("a is true", bare("a", "is_true")),
        ("a is false", bare("a", "is_false")),
        ("a = true", bare("a", "is_true")),
        ("a != TRUE", bare("a", "is_false")),
        ("a != false", bare("a", "is_true")),
        ("seen on 2025-01-31", filter("seen", "on", json!("2025-01-31"))),
        ("seen = 2025-01-31", filter("seen", "on", json!("2025-01-31"))),
        ("seen not on 2025-01-31", filter("seen", "not_on", json!("2025-01-31"))),
        ("seen != 2025-01-31", filter("seen", "not_on", json!("2025-01-31"))),
        ("seen before 2025-01-31", filter("seen", "before", json!("2025-01-31"))),
        ("seen < 2025-01-31", filter("seen", "before", json!("2025-01-31"))),
        ("seen <= 2025-01-31", filter("seen", "before", json!("2025-02-01"))),
        ("seen since 2025-01-31", filter("seen", "since", json!("2025-01-31"))),
        ("seen >= 2025-01-31", filter("seen", "since", json!("2025-01-31"))),
        ("seen > 2024-02-28", filter("seen", "since", json!("2024-02-29"))),
        ("seen between 2025-01-01 and 2025-01-31", filter("seen", "date_between", json!(["2025-01-01", "2025-01-31"]))),
        (
            "seen not between 2025-01-01 and 2025-01-31",
            filter("seen", "date_not_between", json!(["2025-01-01", "2025-01-31"])),
        ),
        ("seen in last 7 days", span("in_the_last", 7, "day")),
        ("seen in the last 1 day", span("in_the_last", 1, "day")),
        ("seen not in last 4 weeks", span("not_in_the_last", 4, "week")),
        ("seen not in the last 4 weeks", span("not_in_the_last", 4, "week")),
        ("seen in next 12 hours", span("in_the_next", 12, "hour")),
        ("seen in the next 2 months", span("in_the_next", 2, "month")),
    ]);
}

#[test]
fn a_test_of_others_is_a_filter() {
    check(&[
        ("in cohort 12", json!({"cohort": 12})),
        ("not in cohort 12", json!({"cohort": 12, "negated": true})),
        (r#"did "Login" >= 5"#, json!({"frequency": {"event": "Login", "operator": "is at least", "value": 5}})),
        ("did Login", json!({"frequency": {"event": "Login", "operator": "is at least", "value": 1}})),
        ("did Login = 0", json!({"frequency": {"event": "Login", "operator": "is equal to", "value": 0}})),
        (
            r#"cart any (brand = "x" and price > 5)"#,
            json!({"property": "cart", "op": "list_contains", "quantifier": "any", "items": [
                {"property": "brand", "op": "equals", "value": "x"}, {"property": "price", "op": "greater_than", "value": 5}]}),
        ),
        (
            "cart all (price is set)",
            json!({"property": "cart", "op": "list_contains", "quantifier": "all", "items": [{"property": "price", "op": "is_set"}]}),
        ),
        ("$browser is set", bare("$browser", "is_set")),
        ("utm-source.x2 is set", bare("utm-source.x2", "is_set")),
        (r#""first name" is set"#, bare("first name", "is_set")),
        (r#"'in' is set"#, bare("in", "is_set")),
        ("is is set", bare("is", "is_set")),
        ("custom is set", bare("custom", "is_set")),
        ("straße is set", bare("straße", "is_set")),
        ("日本語 = \"東京\"", filter("日本語", "equals", json!("東京"))),
        ("user.plan = \"pro\"", json!({"property": "plan", "resource_type": "people", "op": "equals", "value": "pro"})),
        ("user.$email is set", json!({"property": "$email", "resource_type": "people", "op": "is_set"})),
        ("user.\"a b\" is set", json!({"property": "a b", "resource_type": "people", "op": "is_set"})),
        ("\"user.plan\" is set", bare("user.plan", "is_set")),
        ("custom(42) > 1", json!({"property": {"custom_property": 42}, "op": "greater_than", "value": 1})),
        (r#"a = "\"\\\n\t'""#, filter("a", "equals", json!("\"\\\n\t'"))),
        (r#"a = """#, filter("a", "equals", json!(""))),
    ]);
}

#[test]
fn numbers_keep_their_digits() {
    for (typed, digits) in
        [("12345678901234567890", "12345678901234567890"), (".50", "0.50"), ("-1.10", "-1.10"), ("1e3", "1e+3")]
    {
        assert_eq!(read(&format!("a > {typed}"))[0]["value"].to_string(), digits);
    }
}

#[test]
fn tests_joined_by_and_are_filters_side_by_side() {
    let filters = read(r#"plan = "pro" and age > 30 AND (city = "x" or city = "y") and (a is set and (b is set))"#);
    let ops: Vec<&Value> = filters.as_array().expect("a list").iter().map(|filter| &filter["op"]).collect();
    assert_eq!(ops, ["equals", "greater_than", "equals", "is_set", "is_set"]);
    assert_eq!(filters[2]["value"], json!(["x", "y"]));
    assert_eq!(read("a is set\n\tand b is set").as_array().map(Vec::len), Some(2));
}

/// The column at which a text is refused, and some of what is said.
const MISTAKES: &[(&str, usize, &str)] = &[
    ("", 1, "expected a property"),
    ("   ", 4, "expected a property"),
    ("plan", 5, "expected an operator (=, !=, in"),
    (
        "plan =",
        7,
        "expected a text in quotes, a number, true, false or a day such as 2025-01-31 behind `=`, found the end",
    ),
    ("plan = pro", 8, "a text stands in quotes: \"pro\""),
    ("plan is", 6, "expected an operator"),
    ("plan is nice", 6, "found `is`"),
    ("plan contain \"x\"", 6, "found `contain`"),
    ("= 5", 1, "expected a property, as in plan = \"pro\", found `=`"),
    ("5 = a", 1, "expected a property"),
    ("plan = \"pro", 8, "no closing \""),
    ("plan = 'pro", 8, "no closing '"),
    ("plan = \"a\\qb\"", 10, "what follows a backslash"),
    ("plan = \"a\\", 8, "no closing"),
    ("plan = \u{201c}pro\u{201d}", 8, "straight quotes"),
    ("a = 1 && b = 2", 7, "write `and`"),
    ("a = 1 || a = 2", 7, "write `or`"),
    ("a <> 1", 3, "write `!=`"),
    ("!a", 1, "write `!=`"),
    ("a =~ \"x\"", 3, "no patterns"),
    ("properties[\"plan\"] == \"pro\"", 11, "lists stand in parentheses"),
    ("a = 1 ; b = 2", 7, "has no meaning here"),
    ("a = 1 b = 2", 7, "expected `and`, or the end, found `b`"),
    ("a = 1 and", 10, "expected a property"),
    ("a = 1 or b = 2", 7, "`or` joins values of one property"),
    ("a = 1 or a = \"x\"", 7, "`or` joins"),
    ("a > 1 or a > 2", 7, "`or` joins"),
    ("a != 1 or a != 2", 8, "`or` joins"),
    ("a = \"x\" or user.a = \"y\"", 9, "`or` joins"),
    ("a = 1 and b = 2 or b = 3", 17, "side by side need parentheses"),
    ("a = 1 or a = 2 and b = 3", 16, "side by side need parentheses"),
    ("(a = 1 and b = 2) or a = 3", 19, "`or` joins"),
    ("(a = 1", 1, "is not closed"),
    ("a = 1)", 6, "no ( that this ) would close"),
    ("()", 2, "expected a property"),
    ("not a = 1", 1, "expected a property; one that is named not stands in quotes"),
    ("and = 1", 1, "found `and`"),
    ("a in \"x\"", 6, "expected a list such as (\"x\", \"y\") behind `in`"),
    ("a in ()", 7, "expected a text in quotes or a number, found `)`"),
    ("a in (\"x\" \"y\")", 11, "expected , or )"),
    ("a in (\"x\", 5)", 12, "texts or numbers, and not both"),
    ("a in (\"x\",", 11, "expected a text in quotes or a number"),
    ("a in (\"x\"", 6, "is not closed"),
    ("a > \"x\"", 5, "expected a number or a day such as 2025-01-31 behind `>`, found a text"),
    ("a contains 5", 12, "expected a text in quotes behind `contains`, found the number 5"),
    ("a between 1", 12, "expected `and`"),
    ("a between 1 and", 16, "expected a number, as the other end is"),
    ("a between 1 and 2025-01-01", 17, "expected a number"),
    ("a between 2025-01-01 and 5", 26, "expected a day"),
    ("a on 2025-02-30", 6, "there is no 2025-02-30"),
    ("a on 2025-13-01", 6, "there is no 2025-13-01"),
    ("a since 2025-01-01T10:00:00", 9, "is no day: write 2025-01-01"),
    ("a since yesterday", 9, "a text stands in quotes"),
    ("a before 5", 10, "expected a day such as 2025-01-31 behind `before`"),
    ("a > 9999-12-31", 5, "expected a number"),
    ("a > 5apples", 5, "5apples is neither a number nor a day"),
    ("a > 1.2.3", 5, "neither a number"),
    ("a > 1e", 5, "neither a number"),
    ("a > -", 5, "has no meaning here"),
    ("a in last 7", 12, "expected hours, days, weeks or months, found the end"),
    ("a in last 7 fortnights", 13, "found `fortnights`"),
    ("a in last 1.5 days", 11, "whole number"),
    ("a in last days", 11, "a text stands in quotes"),
    ("in cohort VIP", 11, "expected the id of a cohort, a whole number, found `VIP`"),
    ("in cohort -5", 11, "a whole number, found the number -5"),
    ("did >= 5", 5, "expected an event"),
    ("did Login != 5", 11, "expected one of >= <= > < ="),
    ("did Login >= many", 14, "expected how often"),
    ("custom(x) = 1", 8, "expected the id of a custom property"),
    ("custom(5 = 1", 10, "expected )"),
    ("user. = 1", 7, "the name of a property of the user"),
    ("\"\" = 1", 1, "a property has a name"),
    ("cart any price > 5", 10, "expected (, found `price`"),
    ("cart any (in cohort 5)", 1, "tests of fields alone"),
    ("cart any (x any (y = 1))", 1, "tests of fields alone"),
    ("日本 = 東京", 6, "a text stands in quotes: \"東京\""),
];

#[test]
fn a_mistake_has_its_column_and_says_what_was_expected() {
    for (text, column, said) in MISTAKES.iter().copied() {
        let mistake = parse(text).expect_err(text);
        assert!(mistake.what.contains(said), "{text}: {}", mistake.what);
        assert_eq!(mistake.column(text), column, "{text}: {}", mistake.what);
    }
}

#[test]
fn a_caret_stands_under_the_column_whatever_stands_before_it() {
    let shown = |text: &str| parse(text).expect_err("a mistake").shown(text);
    assert_eq!(shown("日本語 = pro"), "column 7: a text stands in quotes: \"pro\"\n  日本語 = pro\n           ^");
    assert_eq!(shown("a =\n\tpro"), "column 6: a text stands in quotes: \"pro\"\n  a =  pro\n       ^");
    let long = format!("name = \"{}\" and plan = pro and {}", "x".repeat(200), "city is set and ".repeat(20));
    let told = shown(&long);
    let lines: Vec<&str> = told.lines().collect();
    let caret = lines[2].chars().count() - 1;
    assert!(lines[1].chars().skip(caret).collect::<String>().starts_with("pro and"), "{told}");
    assert!(lines[1].starts_with("  …") && lines[1].ends_with('…') && lines[1].chars().count() <= 66, "{told}");
    let sly = parse("\u{1b}[2J = 1").expect_err("a control character");
    assert!(!sly.shown("\u{1b}[2J = 1").contains('\u{1b}'));
}

#[test]
fn parentheses_are_counted_and_not_believed() {
    let deep = |depth: usize| format!("{}a is set{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(parse(&deep(32)).map(|tests| tests.len()), Ok(1));
    assert!(parse(&deep(100_000)).is_err_and(|mistake| mistake.what.contains("too deep")));
    assert!(parse(&"a any (".repeat(100_000)).is_err());
    let many = vec!["a = 1"; 20_000].join(" or ");
    assert_eq!(read(&many)[0]["value"].as_array().map(Vec::len), Some(20_000));
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z_$][a-zA-Z0-9_$.-]{0,8}",
        Just("in".to_owned()),
        Just("user.x".to_owned()),
        Just("custom".to_owned()),
        Just("any".to_owned()),
        Just("日本 語".to_owned()),
        "\\PC{1,12}".prop_filter("a name is not blank", |name| !name.trim().is_empty()),
    ]
}

fn property() -> impl Strategy<Value = Property> {
    prop_oneof![
        name().prop_map(Property::Event),
        name().prop_map(Property::User),
        any::<u64>().prop_map(Property::Custom)
    ]
}

fn digits() -> impl Strategy<Value = String> {
    prop_oneof![any::<i64>().prop_map(|number| number.to_string()), "-?(0|[1-9][0-9]{0,20})\\.[0-9]{1,9}"]
}

fn day() -> impl Strategy<Value = jiff::civil::Date> {
    (1_i16..=9998, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| jiff::civil::date(year, month, day))
}

fn operand(takes: Takes) -> BoxedStrategy<Operand> {
    match takes {
        Takes::Nothing => Just(Operand::Nothing).boxed(),
        Takes::Values => prop_oneof![
            prop::collection::vec(".{0,9}", 1..4).prop_map(Operand::Texts),
            prop::collection::vec(digits(), 1..4).prop_map(Operand::Numbers),
        ]
        .boxed(),
        Takes::Text => any::<String>().prop_map(Operand::Text).boxed(),
        Takes::Number => digits().prop_map(Operand::Number).boxed(),
        Takes::Range => (digits(), digits()).prop_map(|(low, high)| Operand::Range(low, high)).boxed(),
        Takes::Day => day().prop_map(Operand::Day).boxed(),
        Takes::Days => (day(), day()).prop_map(|(from, to)| Operand::Days(from, to)).boxed(),
        Takes::Span => (any::<u64>(), 0..SPANS.len()).prop_map(|(count, at)| Operand::Span(count, SPANS[at])).boxed(),
    }
}

fn value(property: impl Strategy<Value = Property>) -> impl Strategy<Value = Test> {
    (property, 0..OPERATORS.len()).prop_flat_map(|(property, at)| {
        let operator = operator_of(OPERATORS[at].op, OPERATORS[at].takes);
        operand(operator.takes).prop_map(move |operand| Test::Value { property: property.clone(), operator, operand })
    })
}

fn test() -> impl Strategy<Value = Test> {
    prop_oneof![
        4 => value(property()),
        1 => (property(), any::<bool>(), prop::collection::vec(value(name().prop_map(Property::Event)), 1..4))
            .prop_map(|(property, all, tests)| Test::Items { property, all, tests }),
        1 => (any::<u64>(), any::<bool>()).prop_map(|(id, negated)| Test::Cohort { id, negated }),
        1 => (any::<String>(), 0..HOW_OFTEN.len(), any::<u64>())
            .prop_map(|(event, at, times)| Test::Did { event, operator: &HOW_OFTEN[at], times }),
    ]
}

/// Texts of pieces that mean something, in an order that mostly does not.
fn soup() -> impl Strategy<Value = String> {
    const PIECES: [&str; 34] = [
        "a",
        "user.",
        "user.b",
        "custom(",
        ")",
        "(",
        "in",
        "not",
        "and",
        "or",
        "any",
        "all",
        "did",
        "cohort",
        "last",
        "the",
        "7",
        "days",
        "2025-01-31",
        "2025-99-99",
        "\"x\"",
        "'",
        "\"",
        "\\",
        "=",
        "!=",
        ">",
        "<=",
        "is",
        "set",
        "between",
        ",",
        "日本",
        "-",
    ];
    prop::collection::vec((0..PIECES.len(), any::<bool>()), 0..24).prop_map(|all| {
        all.into_iter().map(|(at, apart)| format!("{}{}", PIECES[at], if apart { " " } else { "" })).collect()
    })
}

proptest! {
    #[test]
    fn what_is_written_down_is_read_as_it_was(tests in prop::collection::vec(test(), 1..5)) {
        let text = tests.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
        match parse(&text) {
            Ok(again) => prop_assert_eq!(again, tests),
            Err(mistake) => prop_assert!(false, "{}", mistake.shown(&text)),
        }
    }

    #[test]
    fn no_text_is_too_odd(text in prop_oneof![any::<String>(), soup(), "[ -~]{0,40}"]) {
        match parse(&text) {
            Ok(tests) => prop_assert!(!tests.is_empty()),
            Err(mistake) => {
                prop_assert!(mistake.at <= text.len() && text.is_char_boundary(mistake.at));
                prop_assert_eq!(mistake.shown(&text).lines().count(), 3);
            }
        }
    }
}
