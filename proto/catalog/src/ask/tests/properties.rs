//! Whatever JSON is given: nothing panics, and what is accepted fits the schema that is shown to others.

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{ask, recorded};
use crate::ask::{Family, arguments_schema};

/// Words and keys that lead deep into the declarations.
const WORDS: &[&str] = &[
    "events",
    "event",
    "where",
    "filters",
    "property",
    "op",
    "value",
    "unit",
    "type",
    "items",
    "custom_property",
    "formula",
    "inputs",
    "metrics",
    "metric",
    "funnel",
    "retention",
    "steps",
    "cohort",
    "all_of",
    "any_of",
    "did",
    "within_days",
    "at_least",
    "behavior",
    "group_by",
    "frequency",
    "list_item",
    "sub",
    "equals",
    "between",
    "list_contains",
    "is_set",
    "number",
    "boolean",
    "A",
    "A/B",
    "$session_start",
    "2025-01-01",
    "day",
    "params",
    "limit",
    "overrides",
    "é\u{0}\u{200b}",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![4 => prop::sample::select(WORDS).prop_map(str::to_owned), 1 => any::<String>()]
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-3..40_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(serde_json::from_str("1e999").expect("a number")),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word(), inner), 0..5)
                .prop_map(|pairs| pairs.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// Puts a value in the place of another one that a way leads to.
fn put(into: &mut Value, way: &[prop::sample::Index], value: Value) {
    let Some((first, rest)) = way.split_first() else {
        *into = value;
        return;
    };
    match into {
        Value::Array(list) if !list.is_empty() => {
            let at = first.index(list.len());
            put(&mut list[at], rest, value);
        }
        Value::Object(map) if !map.is_empty() => {
            let at = first.index(map.len());
            if let Some(member) = map.values_mut().nth(at) {
                put(member, rest, value);
            }
        }
        _ => *into = value,
    }
}

/// Arguments of recorded cases, with a part of them replaced.
fn changed() -> impl Strategy<Value = (Family, Value)> {
    let cases = recorded::arguments();
    let way = prop::collection::vec(any::<prop::sample::Index>(), 1..7);
    (prop::sample::select(cases), prop::collection::vec((way, anything()), 1..3)).prop_map(
        |((family, mut arguments), changes)| {
            for (way, value) in changes {
                put(&mut arguments, &way, value);
            }
            (family, arguments)
        },
    )
}

fn validator(family: Family) -> Validator {
    jsonschema::validator_for(&arguments_schema(family)).expect("a schema")
}

/// Builds, and holds what is accepted against the schema.
fn check(family: Family, arguments: &Value, validator: &Validator) -> Result<(), TestCaseError> {
    let answer = ask(family, arguments);
    if let Err(faults) = &answer {
        prop_assert!(!faults.is_empty(), "refused without a reason: {arguments}");
        prop_assert!(
            faults.iter().all(|fault| !fault.detail.is_empty()
                && !["{x}", "{y}", "{n}", "{list}", "{field}", "{kind}", "{unit}", "{type}"]
                    .iter()
                    .any(|place| fault.detail.contains(place))),
            "{faults:?}"
        );
        prop_assert!(faults.iter().all(|fault| fault.detail.len() < 1000 && fault.at.len() < 10_000), "{faults:?}");
    }
    if answer.is_ok() && arguments.is_object() {
        let problem = validator.iter_errors(arguments).next();
        prop_assert!(
            problem.is_none(),
            "{} accepts {arguments}, but its schema does not: {problem:?}",
            family.as_str()
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_json_makes_it_panic(values in prop::collection::vec((word(), anything()), 0..6)) {
        let arguments: Map<String, Value> = values.into_iter().collect();
        for family in Family::ALL {
            let _ = ask(family, &Value::Object(arguments.clone()));
        }
    }
}

#[test]
fn what_is_accepted_fits_the_schema() {
    let validators = Family::ALL.map(|family| (family, validator(family)));
    let of = |family: Family| &validators.iter().find(|(known, _)| *known == family).expect("all are there").1;
    for (family, arguments) in recorded::arguments() {
        check(family, &arguments, of(family)).unwrap_or_else(|e| panic!("{e}"));
    }
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(1000));
    let result = runner.run(&changed(), |(family, arguments)| check(family, &arguments, of(family)));
    result.unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn what_the_schema_refuses_is_refused() {
    let wrong = [
        (Family::Insights, json!({})),
        (Family::Insights, json!({"events": "A", "unit": "fortnight"})),
        (Family::Insights, json!({"events": {"event": {"custom_event": "4"}}})),
        (Family::Funnel, json!({"steps": ["A", "B"], "order": "strict"})),
        (Family::Flow, json!({"event": "A", "time_comparison": {}})),
        (Family::Users, json!({"cohort": {"all_of": [{"did": 5}]}})),
    ];
    for (family, arguments) in wrong {
        assert!(!validator(family).is_valid(&arguments), "{arguments}");
        assert!(ask(family, &arguments).is_err(), "{arguments}");
    }
}
