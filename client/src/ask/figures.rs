//! Numbers as people read them.

/// Returns a part of a whole in percent.
pub(super) fn percent(part: f64) -> String {
    format!("{:.1}%", part * 100.0)
}

/// Returns a number with as many digits as a person reads.
pub(super) fn rounded(number: f64) -> String {
    if number != 0.0 && (number.abs() < 0.001 || number.abs() >= 1e15) {
        return format!("{number:.3e}");
    }
    let text = format!("{number:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Returns seconds as a length of time, to its two largest parts.
pub(super) fn length(seconds: f64) -> String {
    const PARTS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    if !(0.0..1e12).contains(&seconds) {
        return rounded(seconds);
    }
    let mut left = seconds.round() as u64;
    let mut said = Vec::new();
    for (length, unit) in PARTS {
        if left >= length && said.len() < 2 {
            said.push(format!("{} {unit}", left / length));
        } else if !said.is_empty() {
            break;
        }
        left %= length;
    }
    if said.is_empty() { format!("{} s", rounded(seconds)) } else { said.join(" ") }
}

/// Returns digits in groups of three.
pub(super) fn grouped(number: &str) -> String {
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    let (whole, rest) = number.split_at(end);
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_two_parts() {
        for (seconds, expected) in [
            (0.0, "0 s"),
            (0.25, "0.25 s"),
            (59.0, "59 s"),
            (61.0, "1 min 1 s"),
            (3600.0, "1 h"),
            (90_000.0, "1 d 1 h"),
            (86_401.0, "1 d"),
            (-1.0, "-1"),
            (1e300, "1.000e300"),
        ] {
            assert_eq!(length(seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn numbers_are_rounded_and_not_made_whole() {
        for (number, expected) in
            [(0.0, "0"), (1.5, "1.5"), (2.0, "2"), (0.12345, "0.123"), (1234.5678, "1234.568"), (1e-9, "1.000e-9")]
        {
            assert_eq!(rounded(number), expected);
        }
        assert_eq!(percent(0.41666), "41.7%");
    }

    #[test]
    fn digits_are_grouped() {
        for (digits, expected) in [("1", "1"), ("1234", "1,234"), ("-1234567.5", "-1,234,567.5"), ("123", "123")] {
            assert_eq!(grouped(digits), expected);
        }
    }
}
