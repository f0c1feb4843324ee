//! Unix seconds as ISO 8601, in UTC unless another zone is wanted, spelled as the Python tool does; no digit of a fraction is lost.

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

/// Seconds of a day: Unix time knows no others.
const DAY: i64 = 86_400;

/// The years 1 to 9999, which are those that ISO 8601 can write with four digits.
const TIMES: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Which zone times are stored in, and which they are shown in; UTC where none is named.
#[derive(Debug, Clone, Default)]
pub(crate) struct Zones {
    /// Projects of before 2023 have local times, written as if they were UTC.
    pub(crate) stored: Option<TimeZone>,
    /// Where the reader's clock is.
    pub(crate) shown: Option<TimeZone>,
}

impl Zones {
    /// Returns what a clock shows at some time, as if it were UTC, and how far it is ahead of UTC. What no clock can show stays.
    fn shown(&self, seconds: i64) -> (i64, i64) {
        if self.stored.is_none() && self.shown.is_none() {
            return (seconds, 0);
        }
        let shown = || {
            let as_if = Timestamp::from_second(seconds).ok()?;
            let time = match &self.stored {
                None => as_if,
                Some(zone) => zone.to_timestamp(TimeZone::UTC.to_datetime(as_if)).ok()?,
            };
            let ahead = self.shown.as_ref().map_or(0, |zone| i64::from(zone.to_offset(time).seconds()));
            Some((time.as_second() + ahead, ahead)).filter(|(seconds, _)| TIMES.contains(seconds))
        };
        shown().unwrap_or((seconds, 0))
    }
}

/// Writes times. It remembers the day of the last one, for most are of the same.
#[derive(Debug, Default)]
pub(super) struct Days {
    zones: Zones,
    number: Option<i64>,
    text: String,
}

/// Returns whether a JSON value is a time: a number of seconds within the years that can be written.
pub(super) fn is_time(value: &str) -> bool {
    parse(value).is_some()
}

impl Days {
    /// Shows times in another zone from now on.
    pub(super) fn set_zones(&mut self, zones: Zones) {
        self.zones = zones;
    }

    /// Adds a time as a JSON text. What is no time is null.
    pub(super) fn write(&mut self, value: &str, out: &mut Vec<u8>) {
        let Some((seconds, fraction)) = parse(value) else { return out.extend_from_slice(b"null") };
        let (seconds, ahead) = self.zones.shown(seconds);
        let (day, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        if self.number != Some(day) {
            let date = jiff::Span::new().try_days(day).and_then(|days| date(1970, 1, 1).checked_add(days));
            (self.number, self.text) = (Some(day), date.unwrap_or_default().to_string());
        }
        out.push(b'"');
        out.extend_from_slice(self.text.as_bytes());
        pairs([(b'T', second / 3600), (b':', second / 60 % 60), (b':', second % 60)], out);
        if !fraction.is_empty() {
            out.push(b'.');
            out.extend_from_slice(fraction.as_bytes());
            out.extend(std::iter::repeat_n(b'0', 6_usize.saturating_sub(fraction.len())));
        }
        let (sign, minutes) = (if ahead < 0 { b'-' } else { b'+' }, ahead.abs() / 60);
        pairs([(sign, minutes / 60), (b':', minutes % 60)], out);
        out.push(b'"');
    }
}

/// Adds numbers of two digits, each after its sign.
fn pairs<const N: usize>(numbers: [(u8, i64); N], out: &mut Vec<u8>) {
    let digit = |number: i64| b'0' + u8::try_from(number % 10).unwrap_or(0);
    for (sign, number) in numbers {
        out.extend_from_slice(&[sign, digit(number / 10), digit(number)]);
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
    fn times_are_shown_in_the_zone_that_is_wanted() {
        let zone = |name: &str| Some(TimeZone::get(name).expect("a zone"));
        let (berlin, pacific, india) = (zone("Europe/Berlin"), zone("US/Pacific"), zone("Asia/Kolkata"));
        for (stored, shown, value, expected) in [
            (None, &berlin, "1735689600.25", "2025-01-01T01:00:00.250000+01:00"),
            (None, &berlin, "1751328000", "2025-07-01T02:00:00+02:00"),
            (None, &pacific, "1735689600", "2024-12-31T16:00:00-08:00"),
            (None, &india, "1735689600", "2025-01-01T05:30:00+05:30"),
            (Some(&pacific), &None, "1735689600", "2025-01-01T08:00:00+00:00"),
            (Some(&pacific), &pacific, "1735689600", "2025-01-01T00:00:00-08:00"),
            (None, &pacific, "-62135596800", "0001-01-01T00:00:00+00:00"),
        ] {
            let mut days = Days::default();
            days.set_zones(Zones { stored: stored.cloned().flatten(), shown: shown.clone() });
            let mut out = Vec::new();
            days.write(value, &mut out);
            assert_eq!(String::from_utf8(out).expect("text"), format!("\"{expected}\""), "{value}");
        }
    }

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
