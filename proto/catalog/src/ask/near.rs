//! Which of the known words a mistyped one may have been meant to be.

/// No more are named: who reads ten has not been helped.
const MOST: usize = 3;

/// A longer text is no mistyped word.
const LONGEST: usize = 40;

/// Returns the known words that are near a given one, the nearest first.
pub(in crate::ask) fn near<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let letters: Vec<char> = given.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect();
    if letters.is_empty() || letters.len() > LONGEST {
        return Vec::new();
    }
    let away = |word: &str| distance(&letters, &word.chars().flat_map(char::to_lowercase).collect::<Vec<_>>());
    // Half of the letters must be right; of a beginning, all are.
    let is_near =
        |away: usize, word: &str| away * 2 <= letters.len().max(word.chars().count()) || word.starts_with(given);
    let mut found: Vec<(usize, &str)> =
        known.map(|word| (away(word), word)).filter(|(away, word)| is_near(*away, word)).collect();
    found.sort_unstable();
    found.into_iter().take(MOST).map(|(_, word)| word.to_owned()).collect()
}

/// Returns how many letters were mistyped, left out or added.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, against) in other.iter().enumerate() {
            let replaced = before + usize::from(letter != against);
            before = row[j + 1];
            row[j + 1] = replaced.min(before + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_word_finds_the_one_that_was_meant() {
        let units = ["hour", "day", "week", "month", "quarter"];
        assert_eq!(near("weak", units.into_iter()), ["week"]);
        assert_eq!(near("Month", units.into_iter()), ["month"]);
        assert_eq!(near("quar", units.into_iter()).first().map(String::as_str), Some("quarter"));
        assert!(near("fortnight", units.into_iter()).is_empty());
        assert!(near("", units.into_iter()).is_empty());
        assert!(near(&"week".repeat(100_000), units.into_iter()).is_empty());
    }
}
