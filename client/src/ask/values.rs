//! Values of flags as they are typed, and what they are in the arguments of a query. Pure.

use mp_catalog::ask::words;
use serde_json::{Value, json};

use super::flag::Made;

/// The way to measure that needs a number; it is typed as `p95`.
const PERCENTILE: &str = "percentile";

/// How many days a letter stands for.
const DAYS: [(char, u64, &str); 5] =
    [('d', 1, "day"), ('w', 7, "week"), ('m', 30, "month"), ('q', 90, "quarter"), ('y', 365, "year")];

/// What a window is counted in: as it is typed, and as the arguments have it.
const WINDOWS: [(&str, &str); 9] = [
    ("s", "second"),
    ("min", "minute"),
    ("h", "hour"),
    ("d", "day"),
    ("w", "week"),
    ("m", "month"),
    ("mo", "month"),
    ("session", "session"),
    ("sec", "second"),
];

/// Returns a whole number.
pub(super) fn whole(text: &str) -> Result<Value, String> {
    let number = text.trim().replace('_', "").parse::<i64>();
    number.map(Value::from).map_err(|_| format!("must be a whole number, and is {text:?}"))
}

/// Returns a number as it was typed.
pub(super) fn number(text: &str) -> Result<Value, String> {
    let read = serde_json::from_str::<Value>(text.trim()).ok().filter(Value::is_number);
    read.ok_or_else(|| format!("must be a number, and is {text:?}"))
}

/// Returns a property: a name, or `custom(42)`.
pub(super) fn property(text: &str) -> Value {
    let id = text.strip_prefix("custom(").and_then(|rest| rest.strip_suffix(')')).and_then(|id| id.parse::<u64>().ok());
    id.map_or_else(|| text.into(), |id| json!({"custom_property": id}))
}

/// Sets one argument to a property.
pub(super) fn of_property(text: &str) -> Result<Made, String> {
    Ok((vec![("math_property", property(text))], None))
}

/// Returns a way to measure: of `p95` it is a percentile, and which.
fn measured(word: &str) -> Option<(Value, Option<Value>)> {
    if words::MATHS.contains(&word) && word != PERCENTILE {
        return Some((word.into(), None));
    }
    let percentile = word.strip_prefix('p').and_then(|digits| number(digits).ok())?;
    Some((PERCENTILE.into(), Some(percentile)))
}

/// Reads `--math`, which may be `p95`.
pub(super) fn math(text: &str) -> Result<Made, String> {
    Ok(match measured(text) {
        Some((math, Some(percentile))) => (vec![("math", math), ("percentile_value", percentile)], None),
        _ => (vec![("math", text.into())], None),
    })
}

/// Reads `EVENT`, `EVENT:MATH` or `EVENT:MATH(PROPERTY)`. An event may have colons of its own: what counts is the last before a word for
/// a way to measure.
pub(super) fn metric(text: &str) -> Result<Value, String> {
    for (at, _) in text.rmatch_indices(':') {
        let (event, behind) = (&text[..at], &text[at + 1..]);
        let (word, inside) = behind.split_once('(').map_or((behind, None), |(word, rest)| (word, Some(rest)));
        let Some((math, percentile)) = measured(word) else { continue };
        let mut metric = json!({"event": event, "math": math});
        if let Some(inside) = inside {
            let Some(of) = inside.strip_suffix(')').filter(|of| !of.is_empty()) else {
                return Err(format!("{text:?}: behind {word} stands a property in parentheses, as in {word}(amount)"));
            };
            metric["property"] = property(of);
        }
        if let Some(percentile) = percentile {
            metric["percentile_value"] = percentile;
        }
        return Ok(metric);
    }
    Ok(text.into())
}

/// Returns a saved metric.
pub(super) fn saved_metric(text: &str) -> Result<Value, String> {
    Ok(json!({"metric": whole(text)?}))
}

/// Returns the size of a saved cohort.
pub(super) fn cohort_size(text: &str) -> Result<Value, String> {
    Ok(json!({"cohort": whole(text)?}))
}

/// Reads `PROPERTY`, `PROPERTY:TYPE`, `PROPERTY:number:SIZE,MIN,MAX` or `cohort:ID`.
pub(super) fn breakdown(text: &str) -> Result<Value, String> {
    if let Some(id) = text.strip_prefix("cohort:") {
        return Ok(json!({"cohort": whole(id)?}));
    }
    if text.starts_with("user.") {
        return Err(format!("{text:?}: breakdowns are by properties of events; --params takes any other query"));
    }
    if let Some((before, sizes)) = text.rsplit_once(':')
        && let Some(of) = before.strip_suffix(":number")
    {
        let numbers: Vec<Value> = sizes.split(',').map(number).collect::<Result<_, _>>().unwrap_or_default();
        let [size, min, max] = numbers.as_slice() else {
            return Err(format!("{text:?}: buckets are three numbers, SIZE,MIN,MAX, as in {of}:number:10,0,100"));
        };
        let property = property(of);
        return Ok(
            json!({"property": property, "type": "number", "bucket_size": size, "bucket_min": min, "bucket_max": max}),
        );
    }
    if let Some((of, kind)) = text.rsplit_once(':').filter(|(_, kind)| words::SCALARS.contains(kind)) {
        return Ok(json!({"property": property(of), "type": kind}));
    }
    Ok(match property(text) {
        Value::String(name) => name.into(),
        custom => json!({"property": custom}),
    })
}

/// Splits `30d` into a number and what follows it.
fn counted(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, text[end..].trim()))
}

/// Reads `30d`, `4w`, `12m`, `1q` or `1y`: ranges count days.
pub(super) fn last(text: &str) -> Result<Made, String> {
    let refused = || format!("must be a length such as 30d, 4w, 12m, 1q or 1y, and is {text:?}");
    let (count, unit) = counted(text).ok_or_else(refused)?;
    let fits = |(letter, _, word): &&(char, u64, &str)| {
        unit.is_empty() && *letter == 'd'
            || unit.chars().eq([*letter])
            || unit == *word
            || unit.strip_suffix('s') == Some(word)
    };
    let (_, each, word) = DAYS.iter().find(fits).ok_or_else(refused)?;
    let days = count.checked_mul(*each).ok_or_else(refused)?;
    let said = (*each > 1).then(|| format!("--last {text} is {days} days: a {word} counts {each}"));
    Ok((vec![("last", days.into())], said))
}

/// Reads `7d`, `30min`, `1session`.
pub(super) fn within(text: &str) -> Result<Made, String> {
    let refused = || format!("must be a length such as 30s, 15min, 12h, 7d, 4w, 1m or 1session, and is {text:?}");
    let (count, unit) = counted(text).ok_or_else(refused)?;
    let whole = unit.strip_suffix('s').filter(|unit| unit.len() > 1).unwrap_or(unit);
    let known = WINDOWS.iter().find(|(short, long)| unit == *short || whole == *short || whole == *long);
    let (_, unit) = known.ok_or_else(refused)?;
    Ok((vec![("conversion_window", count.into()), ("conversion_window_unit", (*unit).into())], None))
}

/// Reads `month`, `start=DAY` or `end=DAY`.
pub(super) fn compare(text: &str) -> Result<Made, String> {
    let with = match text.split_once('=') {
        Some(("start", day)) => json!({"type": "absolute-start", "date": day}),
        Some(("end", day)) => json!({"type": "absolute-end", "date": day}),
        Some(_) => return Err(format!("must be a unit, start=DAY or end=DAY, and is {text:?}")),
        None => json!({"type": "relative", "unit": text}),
    };
    Ok((vec![("time_comparison", with)], None))
}

/// Reads `EVENT` or `EVENT:FROM-TO`, where the steps of a funnel count from 1; without `TO`, up to the last one.
pub(super) fn exclusion(text: &str) -> Result<Value, String> {
    let is_steps = |steps: &str| steps.contains('-') && steps.bytes().all(|c| c.is_ascii_digit() || c == b'-');
    let Some((event, steps)) = text.rsplit_once(':').filter(|(_, steps)| is_steps(steps)) else {
        return Ok(text.into());
    };
    let refused = || format!("{text:?}: steps count from 1 and are FROM-TO, as in {event}:1-2, or FROM-");
    let step = |text: &str| text.parse::<u64>().ok().and_then(|step| step.checked_sub(1)).ok_or_else(refused);
    let (from, to) = steps.split_once('-').ok_or_else(refused)?;
    let mut exclusion = json!({"event": event, "from_step": step(from)?});
    if !to.is_empty() {
        exclusion["to_step"] = step(to)?.into();
    }
    Ok(exclusion)
}

/// Reads a property that stays the same: `user.NAME` is one of the profile.
pub(super) fn held(text: &str) -> Result<Value, String> {
    Ok(match text.strip_prefix("user.").filter(|name| !name.is_empty()) {
        Some(name) => json!({"property": name, "resource_type": "people"}),
        None => text.into(),
    })
}

/// Reads a property to sort by; with `-` before it, the largest come first.
pub(super) fn sort(text: &str) -> Result<Made, String> {
    let (name, order) = text.strip_prefix('-').map_or((text, "ascending"), |name| (name, "descending"));
    Ok((vec![("sort_by", name.into()), ("sort_order", order.into())], None))
}

/// Returns a reader of a property whose values are aggregated in a way.
macro_rules! aggregated {
    ($name:ident, $how:literal) => {
        #[doc = concat!("Reads the property of `", $how, "`.")]
        pub(super) fn $name(text: &str) -> Result<Made, String> {
            Ok((vec![("aggregate", $how.into()), ("aggregate_property", text.into())], None))
        }
    };
}

aggregated!(extremes, "extremes");
aggregated!(summary, "numeric_summary");

/// Reads a percentile and its property.
pub(super) fn quantile(percentile: &str, of: &str) -> Result<Made, String> {
    let percentile = number(percentile)?;
    let made = [("aggregate", "percentile".into()), ("aggregate_property", of.into()), ("percentile", percentile)];
    Ok((made.into(), None))
}

/// Reads a time: a day, or seconds.
pub(super) fn as_of(text: &str) -> Result<Made, String> {
    let seconds = text.parse::<i64>().ok().map(Value::from);
    Ok((vec![("as_of", seconds.unwrap_or_else(|| text.into()))], None))
}

/// Reads how many pages are fetched at once, if that is said.
pub(super) fn parallel(text: &str) -> Result<Made, String> {
    let mut made = vec![("parallel", true.into())];
    if !text.is_empty() {
        made.push(("workers", whole(text)?));
    }
    Ok((made, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_may_have_its_own_measure() {
        let cases = [
            ("Sign Up", json!("Sign Up")),
            ("Purchase:average(amount)", json!({"event": "Purchase", "math": "average", "property": "amount"})),
            ("Purchase:unique", json!({"event": "Purchase", "math": "unique"})),
            ("a:b:total", json!({"event": "a:b", "math": "total"})),
            ("a:b", json!("a:b")),
            ("page: total", json!("page: total")),
            ("x:max(a:b(c))", json!({"event": "x", "math": "max", "property": "a:b(c)"})),
            ("x:max(a:min)", json!({"event": "x", "math": "max", "property": "a:min"})),
            ("x:p90(a)", json!({"event": "x", "math": "p90", "property": "a"})),
            ("x:p95(a)", json!({"event": "x", "math": "percentile", "property": "a", "percentile_value": 95})),
            ("x:p99.9(a)", json!({"event": "x", "math": "percentile", "property": "a", "percentile_value": 99.9})),
            ("x:sum(custom(42))", json!("x:sum(custom(42))")),
            ("x:total(custom(42))", json!({"event": "x", "math": "total", "property": {"custom_property": 42}})),
            ("イベント:unique", json!({"event": "イベント", "math": "unique"})),
            ("", json!("")),
        ];
        for (text, expected) in cases {
            assert_eq!(metric(text).as_ref().map(ToString::to_string), Ok(expected.to_string()), "{text}");
        }
        for text in ["x:average(a", "x:average()", "x:average(a)b"] {
            assert!(metric(text).is_err_and(|why| why.contains("in parentheses")), "{text}");
        }
    }

    #[test]
    fn a_breakdown_may_have_a_type_and_buckets() {
        let cases = [
            ("country", json!("country")),
            ("a:b", json!("a:b")),
            ("amount:number", json!({"property": "amount", "type": "number"})),
            (
                "a:b:number:10,-5,99.5",
                json!({"property": "a:b", "type": "number", "bucket_size": 10, "bucket_min": -5, "bucket_max": 99.5}),
            ),
            ("custom(7)", json!({"property": {"custom_property": 7}})),
            ("cohort:5", json!({"cohort": 5})),
        ];
        for (text, expected) in cases {
            assert_eq!(breakdown(text).as_ref().map(ToString::to_string), Ok(expected.to_string()), "{text}");
        }
        for (text, said) in [
            ("amount:number:10", "three numbers"),
            ("amount:number:a,b,c", "three numbers"),
            ("cohort:VIP", "whole number"),
            ("user.plan", "properties of events"),
        ] {
            assert!(breakdown(text).is_err_and(|why| why.contains(said)), "{text}");
        }
    }

    #[test]
    fn lengths_are_days_or_windows() {
        let days = |text| last(text).map(|(made, said)| (made[0].1.as_u64().unwrap_or_default(), said.is_some()));
        for (text, expected) in [("30d", 30), ("7", 7), ("30 days", 30), ("1day", 1)] {
            assert_eq!(days(text), Ok((expected, false)), "{text}");
        }
        for (text, expected) in [("4w", 28), ("12m", 360), ("1q", 90), ("1y", 365), ("2 weeks", 14)] {
            assert_eq!(days(text), Ok((expected, true)), "{text}");
        }
        for text in ["", "d", "30x", "-7d", "7dd", "99999999999999999999d", "9999999999999999999y", "1.5d"] {
            assert!(last(text).is_err_and(|why| why.contains("30d, 4w")), "{text}");
        }
        let window = |text| within(text).map(|(made, _)| format!("{} {}", made[0].1, made[1].1));
        for (text, expected) in [
            ("7d", "7 \"day\""),
            ("1session", "1 \"session\""),
            ("30s", "30 \"second\""),
            ("15min", "15 \"minute\""),
            ("15 minutes", "15 \"minute\""),
            ("2hours", "2 \"hour\""),
            ("3m", "3 \"month\""),
            ("4w", "4 \"week\""),
        ] {
            assert_eq!(window(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["7", "d", "1q", "7ds", "-1d"] {
            assert!(within(text).is_err(), "{text}");
        }
    }

    #[test]
    fn steps_of_an_exclusion_count_from_one() {
        let cases = [
            ("Refund", json!("Refund")),
            ("a:b", json!("a:b")),
            ("Refund:1-2", json!({"event": "Refund", "from_step": 0, "to_step": 1})),
            ("a:b:2-", json!({"event": "a:b", "from_step": 1})),
        ];
        for (text, expected) in cases {
            assert_eq!(exclusion(text).as_ref().map(ToString::to_string), Ok(expected.to_string()), "{text}");
        }
        for text in ["x:0-1", "x:-", "x:-2", "x:1-2-3"] {
            assert!(exclusion(text).is_err_and(|why| why.contains("from 1")), "{text}");
        }
    }

    #[test]
    fn other_values_are_what_they_say() {
        let made = |made: Result<Made, String>| made.map(|(made, _)| json!(made).to_string());
        assert_eq!(made(sort("-ltv")).as_deref(), Ok(r#"[["sort_by","ltv"],["sort_order","descending"]]"#));
        assert_eq!(made(sort("ltv")).as_deref(), Ok(r#"[["sort_by","ltv"],["sort_order","ascending"]]"#));
        assert_eq!(
            made(compare("month")).as_deref(),
            Ok(r#"[["time_comparison",{"type":"relative","unit":"month"}]]"#)
        );
        assert!(made(compare("start=2025-01-01")).is_ok_and(|text| text.contains("absolute-start")));
        assert!(compare("begin=2025-01-01").is_err());
        assert_eq!(made(parallel("3")).as_deref(), Ok(r#"[["parallel",true],["workers",3]]"#));
        assert_eq!(held("user.plan"), Ok(json!({"property": "plan", "resource_type": "people"})));
        assert_eq!(held("user."), Ok(json!("user.")));
        assert_eq!(made(math("p95")).as_deref(), Ok(r#"[["math","percentile"],["percentile_value",95]]"#));
        assert_eq!(made(as_of("1736935200")).as_deref(), Ok(r#"[["as_of",1736935200]]"#));
    }
}
