//! Formulas: arithmetic over letters that name metrics.

use std::collections::BTreeSet;

use super::codes as c;
use super::fault::{At, Rank, Report, Said};

/// A formula taken apart.
#[derive(Debug, Default)]
struct Parsed<'a> {
    /// The variables, and where each is first.
    names: BTreeSet<&'a str>,
    /// Numbers with an exponent that begins with a capital letter.
    upper: Option<&'a str>,
}

/// What one part of a formula is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    Name(&'a str),
    Number(&'a str),
    Sign(char),
}

/// Checks a formula over the list of metrics.
pub(in crate::ask) fn check_over_list(formula: &str, count: usize, at: At<'_>, report: &mut Report) {
    let letters: BTreeSet<char> = formula.chars().filter(char::is_ascii_uppercase).collect();
    if letters.is_empty() {
        return report.add(at, c::V16_FORMULA_SYNTAX);
    }
    let is_past = |letter: &char| (*letter as usize) - ('A' as usize) >= count;
    if let Some(past) = letters.into_iter().find(is_past).filter(|_| count > 0) {
        return report.add(at, c::V19_FORMULA_BOUNDS.with("x", past).with("n", count));
    }
    if let Err(place) = parse(formula) {
        report.add(at, wrong(place));
    }
}

/// Checks a formula over operands of its own.
pub(in crate::ask) fn check_over_operands(formula: &str, count: usize, at: At<'_>, report: &mut Report) {
    let parsed = match parse(formula) {
        Ok(parsed) => parsed,
        Err(place) => return report.add_as(Rank::Value, at, wrong(place)),
    };
    if let Some(number) = parsed.upper {
        report.add_as(Rank::Value, at, c::FM5_UPPER_E.with("x", number));
    }
    let is_unknown = |name: &&str| index(name).is_none_or(|index| index >= count);
    if let Some(name) = parsed.names.iter().copied().find(is_unknown) {
        report.add_as(Rank::Value, at, c::FM2_UNKNOWN_LETTER.with("x", name).with("n", count));
    }
    if parsed.names.is_empty() {
        report.add_as(Rank::Value, at, c::V16_FORMULA_SYNTAX);
    }
}

fn wrong(place: usize) -> Said {
    c::FM4_SYNTAX.with("n", place + 1)
}

/// Returns which operand letters name: A is the first, Z the 26th, BA the 27th.
fn index(letters: &str) -> Option<usize> {
    if letters.is_empty() || !letters.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    if letters.len() > 1 && letters.starts_with('A') {
        return None;
    }
    letters.bytes().try_fold(0_usize, |index, byte| index.checked_mul(26)?.checked_add(usize::from(byte - b'A')))
}

/// Takes a formula apart; an error is the place of the first character that is wrong, counted from 0.
fn parse(formula: &str) -> Result<Parsed<'_>, usize> {
    let mut parsed = Parsed::default();
    let (mut at, mut depth, mut chars) = (0, 0_usize, 0);
    // What may come: an operand with signs before it, an operand alone (after ^), or what follows an operand.
    let (mut wants_operand, mut takes_minus) = (true, true);
    while let Some(first) = formula[at..].chars().next() {
        let (part, length) = match first {
            ' ' | '\t' => (None, 1),
            '+' | '-' | '*' | '/' | '^' | '(' | ')' => (Some(Part::Sign(first)), 1),
            _ => operand(&formula[at..]).map(|(part, length)| (Some(part), length)).ok_or(chars)?,
        };
        match part {
            None => {}
            Some(Part::Sign('(')) if wants_operand => {
                depth += 1;
                takes_minus = true;
            }
            Some(Part::Sign('-')) if wants_operand && takes_minus => {}
            Some(Part::Sign(')')) if !wants_operand && depth > 0 => depth -= 1,
            Some(Part::Sign(sign)) if !wants_operand && "+-*/^".contains(sign) => {
                (wants_operand, takes_minus) = (true, sign != '^');
            }
            Some(Part::Name(name)) if wants_operand => {
                parsed.names.insert(name);
                wants_operand = false;
            }
            Some(Part::Number(number)) if wants_operand => {
                parsed.upper = parsed.upper.or(Some(number).filter(|number| number.contains('E')));
                wants_operand = false;
            }
            Some(_) => return Err(chars),
        }
        // All parts are ASCII: bytes are characters.
        (at, chars) = (at + length, chars + length);
    }
    if wants_operand || depth > 0 { Err(chars) } else { Ok(parsed) }
}

/// Returns the name or the number that a text begins with, and its length.
fn operand(text: &str) -> Option<(Part<'_>, usize)> {
    let bytes = text.as_bytes();
    if bytes[0].is_ascii_alphabetic() || bytes[0] == b'_' {
        let is_in = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let length = bytes.iter().take_while(|byte| is_in(byte)).count();
        return Some((Part::Name(&text[..length]), length));
    }
    let whole = digits(bytes, 0);
    let mut end = whole;
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(bytes, end + 1);
        if fraction > end + 1 {
            end = fraction;
        }
    }
    if end == 0 {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(bytes, signed);
        if exponent > signed {
            end = exponent;
        }
    }
    Some((Part::Number(&text[..end]), end))
}

/// Returns the end of the digits that begin at a place; single underscores may stand between them.
fn digits(bytes: &[u8], from: usize) -> usize {
    let mut end = from;
    loop {
        let next = if end > from && bytes.get(end) == Some(&b'_') { end + 1 } else { end };
        if !bytes.get(next).is_some_and(u8::is_ascii_digit) {
            return end;
        }
        end = next + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_arithmetic_passes() {
        for good in
            ["A", "A+B", "-A", "--A", "A^(-B)", "(A)", "A*1_000", ".5*A", "1e3*A", "1.5e-3*A", "A\t/ B", "A - -B"]
        {
            assert!(parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn what_is_not_is_wrong_at_its_place() {
        let bad = [
            ("", 0),
            ("A+", 2),
            ("A B", 2),
            ("A^-B", 2),
            ("(A", 2),
            ("A)", 1),
            ("A $ B", 2),
            ("A\nB", 1),
            ("1._5", 1),
            ("A+é", 2),
            ("1__0", 1),
            ("+A", 0),
            ("A*", 2),
            ("()", 1),
        ];
        for (formula, place) in bad {
            assert_eq!(parse(formula).err(), Some(place), "{formula:?}");
        }
    }

    #[test]
    fn letters_count_as_digits_of_a_number_to_26() {
        assert_eq!(
            ["A", "Z", "BA", "BB", "AA", "a", ""].map(index),
            [Some(0), Some(25), Some(26), Some(27), None, None, None]
        );
        assert_eq!(index(&"Z".repeat(1000)), None);
    }

    #[test]
    fn a_formula_without_end_is_no_recursion() {
        let deep = format!("{}A{}", "(".repeat(1_000_000), ")".repeat(1_000_000));
        assert!(parse(&deep).is_ok());
    }
}
