//! Selectors: filters of profiles, written as text.

use serde_json::Value;

use super::codes as c;
use super::fault::Said;
use super::operators::Takes;
use super::test::Test;

/// Longest relative time, in seconds: 50 years.
const LONGEST: i128 = 50 * 365 * DAY;
const DAY: i128 = 86_400;

/// Returns the selector of a test, or why there is none.
pub(in crate::ask) fn of(test: &Test<'_>, name: &str) -> Result<String, Said> {
    let property = property(name);
    let p = property.as_str();
    let words = test.operator;
    Ok(match words.wire {
        "equals" => {
            let tests = each(test, |value| format!("{p} == {value}"))?;
            if tests.len() > 1 { format!("({})", tests.join(" or ")) } else { tests.concat() }
        }
        "does not equal" => each(test, |value| format!("{p} != {value}"))?.join(" and "),
        "contains" => format!("{} in {p}", text(test)?),
        "does not contain" => format!("not {} in {p}", text(test)?),
        "is greater than" => format!("{p} > {}", number(test, &test.value)?),
        "is less than" => format!("{p} < {}", number(test, &test.value)?),
        "is at least" => format!("{p} >= {}", number(test, &test.value)?),
        "is at most" => format!("{p} <= {}", number(test, &test.value)?),
        "is between" => {
            let (least, most) = numbers(test)?;
            format!("{p} >= {least} and {p} <= {most}")
        }
        "not between" => {
            let (least, most) = numbers(test)?;
            format!("({p} < {least} or {p} > {most})")
        }
        "is set" => format!("defined({p})"),
        "is not set" => format!("not defined({p})"),
        "true" => format!("{p} == true"),
        "false" => format!("{p} == false"),
        _ if matches!(words.takes, Takes::Day | Takes::Days) => of_days(test, p)?,
        _ if words.takes == Takes::Span => of_span(test, p)?,
        _ => return Err(c::U_FILTER.with("x", words.name)),
    })
}

/// Returns how a selector names a property.
pub(in crate::ask) fn property(name: &str) -> String {
    format!("properties[{}]", quoted(name))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Says that a value does not fit its test.
fn odd(test: &Test<'_>) -> Said {
    c::U_FILTER.saying(format!("profiles cannot be tested by {} of this value", test.operator.name))
}

fn each(test: &Test<'_>, write: impl Fn(&str) -> String) -> Result<Vec<String>, Said> {
    let values = match &test.value {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    if values.is_empty() {
        return Err(odd(test));
    }
    let value = |value: &Value| match value {
        Value::String(text) => Ok(write(&quoted(text))),
        Value::Bool(is_true) => Ok(write(if *is_true { "true" } else { "false" })),
        number => self::number(test, number).map(|number| write(&number)),
    };
    values.iter().map(value).collect()
}

fn text(test: &Test<'_>) -> Result<String, Said> {
    test.value.as_str().map(quoted).ok_or_else(|| odd(test))
}

/// Returns a number as it is written, but never with an exponent, which selectors do not know.
fn number(test: &Test<'_>, value: &Value) -> Result<String, Said> {
    let written = value.as_number().map(ToString::to_string).ok_or_else(|| odd(test))?;
    let value = value.as_f64().ok_or_else(|| odd(test))?;
    Ok(if written.contains(['e', 'E']) { value.to_string() } else { written })
}

fn numbers(test: &Test<'_>) -> Result<(String, String), Said> {
    match &test.value {
        Value::Array(list) if list.len() == 2 => Ok((number(test, &list[0])?, number(test, &list[1])?)),
        _ => Err(odd(test)),
    }
}

fn of_days(test: &Test<'_>, p: &str) -> Result<String, Said> {
    let (first, last) = match (&test.value, test.operator.takes) {
        (Value::String(day), Takes::Day) => (day, day),
        (Value::Array(list), Takes::Days) => match list.as_slice() {
            [Value::String(first), Value::String(last)] => (first, last),
            _ => return Err(odd(test)),
        },
        _ => return Err(odd(test)),
    };
    let p = format!("datetime({p})");
    let (start, end) = (format!("datetime(\"{first}T00:00:00\")"), format!("datetime(\"{last}T23:59:59\")"));
    Ok(match test.operator.wire {
        "was since" => format!("{p} >= {start}"),
        "was before" => format!("{p} < {start}"),
        "was on" | "was between" => format!("{p} >= {start} and {p} <= {end}"),
        _ => format!("({p} < {start} or {p} > {end})"),
    })
}

fn of_span(test: &Test<'_>, p: &str) -> Result<String, Said> {
    let unit = match test.unit {
        Some("hour") => 3600,
        Some("day") => DAY,
        Some("week") => 7 * DAY,
        Some("month") => 30 * DAY,
        _ => return Err(odd(test)),
    };
    let seconds = super::object::int(&test.value).and_then(|quantity| quantity.checked_mul(unit));
    let Some(seconds) = seconds.filter(|seconds| *seconds <= LONGEST) else {
        return Err(c::U_FILTER.saying("profiles cannot be tested for more than 50 years"));
    };
    let p = format!("datetime({p})");
    Ok(match test.operator.wire {
        "was in the" => format!("{p} >= datetime(NOW - {seconds}) and {p} < datetime(NOW)"),
        "was not in the" => format!("({p} < datetime(NOW - {seconds}) or {p} >= datetime(NOW))"),
        _ => format!("{p} >= datetime(NOW) and {p} < datetime(NOW + {seconds})"),
    })
}
