//! Unix seconds as ISO 8601 in UTC, spelled as the Python tool does; no digit of a fraction is lost.

use jiff::civil::date;

/// Seconds of a day: Unix time knows no others.
const DAY: i64 = 86_400;

/// The years 1 to 9999, which are those that ISO 8601 can write with four digits.
const TIMES: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Writes times. It remembers the day of the last one, for most are of the same.
#[derive(Debug, Default)]
pub(super) struct Days {
    number: Option<i64>,
    text: String,
}

/// Returns whether a JSON value is a time: a number of seconds within the years that can be written.
pub(super) fn is_time(value: &str) -> bool {
    parse(value).is_some()
}

impl Days {
    /// Adds a time as a JSON text. What is no time is null.
    pub(super) fn write(&mut self, value: &str, out: &mut Vec<u8>) {
        let Some((seconds, fraction)) = parse(value) else { return out.extend_from_slice(b"null") };
        let (day, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        if self.number != Some(day) {
            let date = jiff::Span::new().try_days(day).and_then(|days| date(1970, 1, 1).checked_add(days));
            (self.number, self.text) = (Some(day), date.unwrap_or_default().to_string());
        }
        out.push(b'"');
        out.extend_from_slice(self.text.as_bytes());
        for (sign, number) in [(b'T', second / 3600), (b':', second / 60 % 60), (b':', second % 60)] {
            // Two digits each.
            let digit = |number: i64| b'0' + u8::try_from(number % 10).unwrap_or(0);
            out.extend_from_slice(&[sign, digit(number / 10), digit(number)]);
        }
        if !fraction.is_empty() {
            out.push(b'.');
            out.extend_from_slice(fraction.as_bytes());
            out.extend(std::iter::repeat_n(b'0', 6_usize.saturating_sub(fraction.len())));
        }
        out.extend_from_slice(b"+00:00\"");
    }
}

/// Returns whole seconds and the digits of the fraction, without zeros at its end.
fn parse(value: &str) -> Option<(i64, std::borrow::Cow<'_, str>)> {
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return within(value.parse().ok()?, "".into());
    }
    if !value.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return None;
    }
    match value.split_once('.') {
        Some((whole, fraction)) if !whole.starts_with('-') && fraction.bytes().all(|byte| byte.is_ascii_digit()) => {
            within(whole.parse().ok()?, fraction.trim_end_matches('0').into())
        }
        _ => rare(value),
    }
}

/// Times before 1970 and those with an exponent, to the nanosecond.
fn rare(value: &str) -> Option<(i64, std::borrow::Cow<'_, str>)> {
    const NANOS: i128 = 1_000_000_000;
    let (mantissa, exponent) = value.split_once(['e', 'E']).unwrap_or((value, "0"));
    let exponent: i32 = exponent.parse().ok().filter(|exponent: &i32| exponent.abs() <= 30)?;
    let (sign, digits) = mantissa.strip_prefix('-').map_or((1, mantissa), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let number: i128 = format!("{whole}{fraction}").parse().ok()?;
    let places = exponent + 9 - i32::try_from(fraction.len()).ok()?;
    let power = 10_i128.checked_pow(places.unsigned_abs())?;
    let nanos = sign * if places < 0 { number / power } else { number.checked_mul(power)? };
    let fraction = format!("{:09}", nanos.rem_euclid(NANOS));
    within(i64::try_from(nanos.div_euclid(NANOS)).ok()?, fraction.trim_end_matches('0').to_owned().into())
}

fn within(seconds: i64, fraction: std::borrow::Cow<'_, str>) -> Option<(i64, std::borrow::Cow<'_, str>)> {
    TIMES.contains(&seconds).then_some((seconds, fraction))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_time() {
        let table = [
            ("0", "1970-01-01T00:00:00+00:00"),
            ("1735689599", "2024-12-31T23:59:59+00:00"),
            ("1735689600", "2025-01-01T00:00:00+00:00"),
            ("1735689600.0", "2025-01-01T00:00:00+00:00"),
            ("1735731045.5", "2025-01-01T11:30:45.500000+00:00"),
            ("1735731045.123456", "2025-01-01T11:30:45.123456+00:00"),
            ("1735731045.1234567890120", "2025-01-01T11:30:45.123456789012+00:00"),
            ("1.735689600123e9", "2025-01-01T00:00:00.123000+00:00"),
            ("17356896E2", "2025-01-01T00:00:00+00:00"),
            ("-1", "1969-12-31T23:59:59+00:00"),
            ("-0.25", "1969-12-31T23:59:59.750000+00:00"),
            ("253402300799", "9999-12-31T23:59:59+00:00"),
            ("-62135596800", "0001-01-01T00:00:00+00:00"),
        ];
        let mut days = Days::default();
        for (value, expected) in table {
            let mut out = Vec::new();
            days.write(value, &mut out);
            assert!(is_time(value));
            assert_eq!(String::from_utf8(out).expect("text"), format!("\"{expected}\""), "{value}");
        }
        let odd = ["\"1735689600\"", "null", "true", "[1]", "{}", "253402300800", "-62135596801", "1e400", "1e-400"];
        for value in odd.into_iter().chain(["99999999999999999999", "1735689600123", "1e29"]) {
            assert!(!is_time(value), "{value}");
        }
    }
}
