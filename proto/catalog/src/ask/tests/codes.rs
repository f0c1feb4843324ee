//! Every code is reached: by a recorded case, or by a line here.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ask, recorded};
use crate::ask::Family;
use crate::ask::codes::ALL;

/// Codes of the Python library that typed arguments cannot reach here, and why. They are not in the table of codes.
const UNREACHED: &[(&str, &str)] = &[
    ("F2_CONTROL_CHAR_STEP_EVENT", "steps by name are checked as objects are: EV2 comes first"),
    ("R1_CONTROL_CHAR_BORN_EVENT", "the same"),
    ("R2_CONTROL_CHAR_RETURN_EVENT", "the same"),
    ("FL2_EMPTY_STEP_EVENT", "the same, by EV1"),
    ("FL2_CONTROL_CHAR_STEP_EVENT", "the same"),
    ("U24", "whatever JSON defines a cohort can be written"),
    ("B15_INVALID_FILTER_OPERATOR", "an unknown operator is refused: FO1"),
    ("B16_INVALID_RESOURCE_TYPE", "an unknown resource type is refused: ASK_WORD"),
    ("B17_INVALID_PROPERTY_TYPE", "an unknown type of a breakdown is refused: ASK_WORD"),
    ("B19_INVALID_FILTERS_DETERMINER", "an unknown combinator is refused: ASK_WORD"),
];

/// Family, arguments, and the codes of all problems that they have.
const REFUSED: &str = r#"
insights | {"events":"A","from_date":"2025-1-1","to_date":"x"} | V8_DATE_FORMAT
insights | {"events":"A","to_date":"2025-01-01"} | V9_TO_REQUIRES_FROM
insights | {"events":"A","group_by":{"property":"x","bucket_min":1}} | V11_BUCKET_REQUIRES_SIZE
insights | {"events":"A","group_by":{"property":"x","type":"number","bucket_size":0,"bucket_min":1,"bucket_max":2}} | V12_BUCKET_SIZE_POSITIVE
insights | {"events":"A","group_by":{"property":"x","bucket_size":1,"bucket_min":1,"bucket_max":2}} | V12B_BUCKET_REQUIRES_NUMBER
insights | {"events":"A","group_by":{"property":"x","type":"number","bucket_size":1}} | V12C_BUCKET_REQUIRES_BOUNDS
insights | {"events":"A","group_by":{"property":"x","type":"number","bucket_size":1e999,"bucket_min":1,"bucket_max":2}} | V24_BUCKET_NOT_FINITE
insights | {"events":"A","data_group_id":0} | DG1_INVALID_DATA_GROUP_ID
flow | {"event":"A","data_group_id":1.5} | DG1_INVALID_DATA_GROUP_ID
insights | {"events":"A","group_by":{"property":{"custom_property":{"formula":"a","inputs":{"a":{"name":"x"},"AA":{"name":" "}}}}}} | CP4_INVALID_INPUT_KEY CP6_EMPTY_INPUT_NAME
insights | {"events":{"event":"A\u0001"}} | EV2_CONTROL_CHAR_EVENT
retention | {"born_event":"A\u0001","return_event":""} | EV1_EMPTY_EVENT EV2_CONTROL_CHAR_EVENT
insights | {"events":"A","group_by":{"property":" "}} | GB1_EMPTY_PROPERTY
insights | {"events":"A","group_by":["a"," "]} | GB1_EMPTY_PROPERTY
insights | {"events":"A","group_by":{"property":{"custom_property":4},"list_item":{"sub":" ","type":"list"},"bucket_size":1}} | GB4_LIST_ITEM_BUCKETING GB5_LIST_ITEM_PROPERTY_TYPE LG1_EMPTY_SUB LG2_INVALID_SUB_TYPE
insights | {"events":"A","where":{"property":"x","op":"list_contains","items":[],"quantifier":"some"}} | LC4_INVALID_QUANTIFIER LC7_NO_CONDITIONS
insights | {"events":"A","where":{"property":"x","op":"list_contains","items":[{"property":"y","op":"list_contains","items":[]}]}} | LC8_NESTED_LIST_CONTAINS
insights | {"events":"A","group_by":{"frequency":{"event":" ","bucket_size":0,"bucket_min":-1,"bucket_max":-1}}} | FB1_EMPTY_EVENT FB2_BUCKET_SIZE_NOT_POSITIVE FB3_BUCKET_ORDER FB4_BUCKET_MIN_NEGATIVE
insights | {"events":"A","where":{"frequency":{"event":"","value":-0.5,"date_range_value":0}}} | FF1_EMPTY_EVENT FF3_VALUE_NEGATIVE FF4_DATE_RANGE_PAIR FF5_DATE_RANGE_VALUE_NOT_POSITIVE
insights | {"events":"A","where":{"cohort":0,"name":" "},"group_by":{"cohort":-1,"name":""}} | CF1_COHORT_ID_NOT_POSITIVE CF2_COHORT_NAME_EMPTY CB1_COHORT_ID_NOT_POSITIVE CB2_COHORT_NAME_EMPTY
users | {"cohort":{"all_of":[{"did":" ","at_least":-1,"within_days":0}]}} | CD2_FREQUENCY_NEGATIVE CD3_WINDOW_NOT_POSITIVE CD4_EMPTY_EVENT
users | {"cohort":{"all_of":[{"did_not":"A","from_date":"2025-01-01"},{"did_not":"A","to_date":"x"}]}} | CD5_FROM_REQUIRES_TO CD5_TO_REQUIRES_FROM CD6_DATE_FORMAT
users | {"cohort":{"all_of":[{"did_not":"A","from_date":"2025-02-01","to_date":"2025-01-01"},{"did_not":"A","from_date":"2025-02-30","to_date":"2025-03-01"}]}} | CD6_DATE_INVALID CD6_DATE_ORDER
users | {"cohort":{"any_of":[{"has_property":" ","value":1},{"in_cohort":0},{"not_in_cohort":-1},{"all_of":[]}]}} | CD7_EMPTY_PROPERTY CD8_COHORT_ID_NOT_POSITIVE CD9_EMPTY_CRITERIA
users | {"cohort":{"any_of":[{"did":"A","exactly":1,"within_days":1,"where":{"property":"x","op":"at_least","value":5},"aggregation_property":" "}]}} | CD10_UNSUPPORTED_FILTER_OPERATOR CA1_AGGREGATION_PAIR CA2_EMPTY_AGGREGATION_PROPERTY
users | {"cohort":{"any_of":[{"did":"A","exactly":1,"within_days":1,"within_weeks":1}]}} | CD3_TIME_CONSTRAINT_REQUIRED
insights | {"events":"A","time_comparison":{"type":"before"}} | TC0_INVALID_TYPE TC2_REQUIRES_DATE
insights | {"events":"A","time_comparison":{"type":"relative"}} | TC1_REQUIRES_UNIT
insights | {"events":"A","time_comparison":{"type":"relative","unit":"hour","date":"2025-01-01"}} | TC1B_INVALID_UNIT TC1_REJECTS_DATE
insights | {"events":"A","time_comparison":{"type":"absolute-end","unit":"day"}} | TC2_REQUIRES_DATE TC2_REJECTS_UNIT
insights | {"events":"A","time_comparison":{"type":"absolute-end","date":"2025-1-1"}} | TC3_DATE_FORMAT
insights | {"events":"A","time_comparison":{"type":"absolute-end","date":"2025-02-29"}} | TC3B_DATE_INVALID
insights | {"events":"A","group_by":["x",5,{"propert":"y"}]} | BB1_GROUP_BY_ELEMENT_TYPE
insights | {"events":"A","where":[{"property":"x","op":"like","value":"y"},{"property":"x","op":"is_true","value":true}]} | FO1_UNKNOWN_OPERATOR FO3_BOOLEAN_VALUE
insights | {"events":"A","limit":0} | QL1_LIMIT_RANGE
funnel | {"steps":["A","B"],"limit":50001} | QL1_LIMIT_RANGE
retention | {"born_event":"A","return_event":"B","limit":50001} | QL1_LIMIT_RANGE
insights | {"events":"A","last":"7","limt":5,"where":{"property":"x","op":"equals"},"mode":"pie"} | ASK_TYPE ASK_UNKNOWN ASK_MISSING ASK_WORD
insights | {"events":"A","where":{"property":"x","op":"equals","value":"y","type":"text"}} | B14_INVALID_FILTER_TYPE
insights | {"events":"A","where":{"property":"","op":"greater_than","value":1e999}} | B18_MISSING_FILTER_PROPERTY B20B_FILTER_VALUE_NOT_FINITE
insights | {"events":"A","where":"plan","last":0} | V25_INVALID_FILTER_TYPE
insights | {"events":5,"last":0} | V21_INVALID_EVENT_TYPE
insights | {"events":["", "A\u0001"]} | V17_EMPTY_EVENT V22_CONTROL_CHAR_EVENT
insights | {"events":"A","math_property":"x","math":"dau"} | V2_MATH_REJECTS_PROPERTY
insights | {"events":["A",{"event":"B","math":"percentile","property":"x"}],"math":"percentile","math_property":"x"} | V26_PERCENTILE_REQUIRES_VALUE
insights | {"events":["A",{"event":"B","math":"histogram","property":"x"}],"math":"histogram","math_property":"x"} | V27_HISTOGRAM_REQUIRES_PER_USER
insights | {"events":"A","rolling":0,"cumulative":true} | V5_ROLLING_CUMULATIVE_EXCLUSIVE V6_ROLLING_POSITIVE
insights | {"events":["A","B"],"formula":"C+"} | V19_FORMULA_BOUNDS
insights | {"events":["A","B"],"formula":"A+"} | FM4_SYNTAX
insights | {"events":["A","B"],"formula":" "} | FM1_EMPTY_EXPRESSION
insights | {"events":{"formula":"C*1E3","metrics":[{"event":"A"},{"formula":"A"},{"metric":1,"type":"warehouse"}]}} | FM5_UPPER_E FM3_NESTED_FORMULA FM7_WAREHOUSE_OPERAND
insights | {"events":{"formula":"B","metrics":[{"metric":3,"type":"formula"}]}} | FM2_UNKNOWN_LETTER FM3_NESTED_FORMULA
insights | {"events":{"formula":"1+","metrics":[{"event":"A"}]}} | FM4_SYNTAX
insights | {"events":{"formula":"1","metrics":["A"]}} | V16_FORMULA_SYNTAX V21_INVALID_EVENT_TYPE
insights | {"events":[{"cohort":0,"name":" "},{"cohort":{"all_of":[{"in_cohort":1}]}}]} | CM1_COHORT_ID_NOT_POSITIVE CM2_COHORT_NAME_EMPTY CM5_INLINE_COHORT_METRIC
insights | {"events":{"event":{"any_of":["A"]},"filters":[{"property":"x","op":"is_set"}]}} | MT3_FILTERS_WITH_BEHAVIOR
insights | {"events":{"event":{"behavior":0,"type":"funnel"},"filters":{"property":"x","op":"is_set"}}} | MT3_FILTERS_WITH_BEHAVIOR BR1_INVALID_ID BH5_BEHAVIOR_REF_TYPE
insights | {"events":[{"event":5},{"event":["A",6]},{"event":[]},{"event":{"any_of":["",{"custom_event":0}]}}]} | MT5_INVALID_EVENT_TYPE BH1_STEP_COUNT BH2_EMPTY_EVENT CE1_INVALID_ID
insights | {"events":{"event":{"behavior":1,"type":"flow"}}} | BR2_INVALID_TYPE BH5_BEHAVIOR_REF_TYPE
insights | {"events":{"funnel":{"steps":["A"]},"step_index":-1,"math":"average"}} | BH1_STEP_COUNT MT4_INVALID_INDEX F10_MATH_MISSING_PROPERTY
insights | {"events":{"funnel":{"behavior":1,"type":"simple"},"property":"x"}} | BH5_BEHAVIOR_REF_TYPE F11_MATH_REJECTS_PROPERTY
insights | {"events":{"retention":{"born_event":"","return_event":"\u200b"},"bucket_index":-1,"property":"x"}} | BH2_EMPTY_EVENT R2_INVISIBLE_RETURN_EVENT MT4_INVALID_INDEX BH3_PROPERTY_MATH
insights | {"events":{"retention":{"behavior":1,"type":"simple"},"math":"mean"}} | BH5_BEHAVIOR_REF_TYPE B9_INVALID_MATH
insights | {"events":[{"metric":1,"type":"saved"},{"metric":1,"type":"formula","math":"total","funnel_order":"any"}]} | MR5_INVALID_TYPE MR6_OVERRIDE_NOT_APPLICABLE
insights | {"events":{"metric":1,"label":" ","math":"mean","step_index":-1,"bucket_index":1.5,"hidden":1,"overrides":[]}} | MR7_INVALID_OVERRIDE
insights | {"events":{"metric":1,"math":"dau","per_user":"total","property":"x","overrides":{"a":[{"filter":1}]}}} | V3_PER_USER_INCOMPATIBLE V14_METRIC_REJECTS_PROPERTY MR1_FILTER_OVERRIDE
funnel | {"steps":["A",["B","C"],{"custom_event":4}],"conversion_window":2.5} | F2_EMPTY_STEP_EVENT F3_CONVERSION_WINDOW_TYPE
funnel | {"steps":["A","B"],"conversion_window":1,"conversion_window_unit":"second"} | F7_SECOND_MIN_WINDOW
funnel | {"steps":["A","B"],"conversion_window_unit":"year"} | F7_INVALID_WINDOW_UNIT
funnel | {"steps":{"behavior":7,"type":"retention"},"order":"strict","exclusions":["X"]} | F13_BEHAVIOR_REF_TYPE F14_BEHAVIOR_REF_SETTINGS
funnel | {"steps":["A","B"],"exclusions":[{"event":"X","from_step":-1},{"event":"X","from_step":1,"to_step":0}]} | EX1_FROM_STEP_NEGATIVE EX2_STEP_ORDER
funnel | {} | F1_MIN_STEPS
retention | {"born_event":"\u200b","return_event":"\u200b"} | R1_INVISIBLE_BORN_EVENT R2_INVISIBLE_RETURN_EVENT
retention | {"born_event":"A","return_event":"B","bucket_sizes":[0,2.5,1],"group_by":" "} | R5_BUCKET_SIZES_INTEGER R5_BUCKET_SIZES_POSITIVE R12_EMPTY_GROUP_BY
retention | {"born_event":{"any_of":["A"]},"return_event":["B"],"last":0,"mode":"x"} | R1_EMPTY_BORN_EVENT R2_EMPTY_RETURN_EVENT
retention | {} | R1_EMPTY_BORN_EVENT R2_EMPTY_RETURN_EVENT
flow | {"event":[]} | FL1_EMPTY_STEPS
flow | {} | FL1_EMPTY_STEPS
flow | {"event":["\u200b",{"event":"A","forward":6}],"reverse":-1} | FL2_INVISIBLE_STEP_EVENT FL3_FORWARD_RANGE FL4_REVERSE_RANGE
flow | {"event":"A","conversion_window_unit":"session"} | FL10_SESSION_WINDOW_REQUIRES_ONE
flow | {"event":{"event":"A","reverse":1.5,"filters":{"property":"a\u0001","op":"is_set"}},"forward":true,"hidden_events":["B",5],"last":0} | FL_TYPE_FORWARD FL_TYPE_REVERSE FL_FILTER_CONTROL_CHAR FL_INVALID_HIDDEN_EVENT_TYPE
flow | {"event":"A","time_comparison":{"type":"relative","unit":"day"}} | FL_TIME_COMPARISON_NOT_SUPPORTED
flow | {"event":{"event":"A","filters":[{"property":"x","op":"starts_with","value":"a","type":"number"},{"cohort":5},{"property":"x","op":"list_contains","items":[{"property":"y","op":"is_set"}]}]}} | SG2_UNKNOWN_NUMBER_OPERATOR SG4_UNSUPPORTED_PROPERTY_TYPE
flow | {"event":{"event":"A","filters":[{"property":{"custom_property":4},"op":"is_set"}]}} | SG4_UNSUPPORTED_PROPERTY_TYPE
flow | {"event":"A","where":[{"cohort":1},{"cohort":2}]} | BB5_FLOW_MULTIPLE_COHORT_FILTERS
flow | {"event":"A","where":[{"frequency":{"event":"B","value":1}}],"limit":5} | ASK_MISSING ASK_UNKNOWN
users | {"where":["x",5,{"frequency":{"event":"B","value":1}}]} | U0
users | {"where":5,"limit":0} | U9
users | {"where":[{"cohort":1},{"cohort":2}],"cohort":3} | U2 U13
users | {"mode":"profiles","distinct_ids":[],"sort_by":" ","as_of":"2025-02-30","properties":[]} | U4 U5 U6 U29
users | {"mode":"profiles","as_of":"2025-06-16","include_all_users":true,"properties":["a"," "]} | U7 U8 U11
users | {"aggregate":"extremes","percentile":100} | U14 U27 U28
users | {"aggregate_property":"x","segment_by":[1,0]} | U15 U17
users | {"aggregate":"percentile","aggregate_property":"x"} | U26
users | {"parallel":true,"sort_by":"x","search":"y","distinct_id":"z","properties":["p"],"as_of":5} | U18 U19 U20 U21 U22 U30
users | {"where":[{"property":"x","op":"in_the_last","value":601,"unit":"month"},{"property":"x","op":"ends_with","value":"y"}]} | U_FILTER
users | {"mode":"profile"} | ASK_WORD
users | {"aggregate":"extremes","aggregate_property":""} | UP4
"#;

fn lines() -> impl Iterator<Item = (Family, Value, BTreeSet<&'static str>)> {
    REFUSED.lines().filter(|line| !line.is_empty()).map(|line| {
        let parts: Vec<&str> = line.split(" | ").collect();
        let [family, arguments, codes] = parts.as_slice() else { panic!("{line}") };
        let family = Family::ALL.into_iter().find(|known| known.as_str() == *family).expect("a family");
        (
            family,
            serde_json::from_str(arguments).unwrap_or_else(|e| panic!("{arguments}: {e}")),
            codes.split(' ').collect(),
        )
    })
}

fn codes_of(family: Family, arguments: &Value) -> BTreeSet<&'static str> {
    ask(family, arguments).err().unwrap_or_default().iter().map(|fault| fault.code).collect()
}

#[test]
fn arguments_have_all_the_problems_that_they_should_and_no_others() {
    for (family, arguments, codes) in lines() {
        assert_eq!(codes_of(family, &arguments), codes, "{} {arguments}", family.as_str());
    }
}

#[test]
fn what_takes_many_words_is_refused_when_it_is_too_long() {
    let many = |count: usize| (0..count).map(|step| step.to_string()).collect::<Vec<_>>();
    assert_eq!(codes_of(Family::Funnel, &json!({"steps": many(101)})), BTreeSet::from(["F1_MAX_STEPS"]));
    let formula = json!({"custom_property": {"formula": "é".repeat(20_001), "inputs": {"A": {"name": "x"}}}});
    let arguments = json!({"events": "A", "group_by": {"property": formula}});
    assert_eq!(codes_of(Family::Insights, &arguments), BTreeSet::from(["CP5_FORMULA_TOO_LONG"]));
}

#[test]
fn warnings_refuse_nothing() {
    let warned = [
        (
            Family::Retention,
            json!({"born_event": "A", "return_event": "B", "math": "average"}),
            "B10_MATH_MISSING_PROPERTY",
        ),
        (
            Family::Insights,
            json!({"events": {"metric": 9, "type": "warehouse"}, "group_by": "c"}),
            "V28_WAREHOUSE_BREAKDOWN",
        ),
        (
            Family::Flow,
            json!({"event": {"event": "A", "filters": {"property": "x", "op": "in_the_last", "value": 1, "unit": "day"}}}),
            "SG3_UNKNOWN_DATETIME_OPERATOR",
        ),
    ];
    for (family, arguments, code) in warned {
        let warnings = ask(family, &arguments).expect("it is built").warnings;
        assert_eq!(warnings.iter().map(|fault| fault.code).collect::<Vec<_>>(), [code], "{arguments}");
    }
}

#[test]
fn every_code_is_reached() {
    let mut reached = recorded::codes();
    reached.extend(lines().flat_map(|(_, _, codes)| codes).map(str::to_owned));
    reached.extend(
        ["F1_MAX_STEPS", "CP5_FORMULA_TOO_LONG", "B10_MATH_MISSING_PROPERTY", "V28_WAREHOUSE_BREAKDOWN"]
            .map(str::to_owned),
    );
    let missing: Vec<&str> = ALL.iter().map(|code| code.name).filter(|name| !reached.contains(*name)).collect();
    assert!(missing.is_empty(), "no test reaches {missing:?}");
    // All 245 that there are.
    assert_eq!(ALL.len() + UNREACHED.len(), 245);
    assert!(UNREACHED.iter().all(|(name, _)| !reached.contains(*name)));
}
