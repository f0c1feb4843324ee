//! What a mistyped command may have been meant to be, the likeliest first: clap has the words, but names them in an order of its own.

use clap::Error;
use clap::error::{ContextKind, ContextValue};

/// No more are named: who reads ten has not been helped.
const MOST: usize = 3;

/// Sorts the commands that an error suggests by how little they are away from what was typed, and leaves out those that are far.
pub(crate) fn sort(error: &mut Error) {
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand) else { return };
    let Some(ContextValue::Strings(words)) = error.get(ContextKind::SuggestedSubcommand) else { return };
    // Whoever has typed the beginning of a word has mistyped nothing.
    let away = |word: &String| if word.starts_with(typed.as_str()) { 1 } else { distance(typed, word) };
    let mut near: Vec<(usize, String)> = words.iter().map(|word| (away(word), word.clone())).collect();
    near.sort();
    let nearest = near.first().map_or(0, |(distance, _)| *distance);
    // Twice as far as the nearest is another word, unless nothing is near.
    let kept = near.into_iter().filter(|(distance, _)| *distance <= nearest.max(1) * 2).take(MOST);
    let kept = kept.map(|(_, word)| word).collect();
    error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(kept));
}

/// Returns how many letters were mistyped, left out, added, or exchanged with their neighbours (optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let is_other = usize::from(one[i - 1] != other[j - 1]);
            let mut least = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + is_other);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::COMMANDS;
    use crate::line::Line;
    use crate::tree::tree;

    fn suggested(line: &str) -> Vec<String> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let tree = tree(COMMANDS, Line::new(COMMANDS, &words).first_word());
        let mut error = tree.try_get_matches_from(std::iter::once("mp".to_owned()).chain(words)).expect_err("mistyped");
        sort(&mut error);
        match error.get(ContextKind::SuggestedSubcommand) {
            Some(ContextValue::Strings(words)) => words.clone(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn what_was_meant_comes_first() {
        for (typed, meant) in [
            ("lgoin", "login"),
            ("logn", "login"),
            ("sesion", "session"),
            ("exprt", "export"),
            ("qurey", "query"),
            ("account lst", "list"),
            ("query segmentaton", "segmentation"),
            ("query segment", "segmentation"),
            ("dashbords", "dashboards"),
        ] {
            assert_eq!(suggested(typed).first().map(String::as_str), Some(meant), "{typed}");
        }
        assert_eq!(suggested("lgoin"), ["login"], "nobody means a plug-in by it");
        assert_eq!(suggested("xyzzy"), [""; 0]);
    }

    #[test]
    fn distances_count_what_fingers_do() {
        for (one, other, expected) in [
            ("lgoin", "login", 1),
            ("", "ab", 2),
            ("abc", "abc", 0),
            ("abc", "adc", 1),
            ("abcd", "acd", 1),
            ("é", "e", 1),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }
}
