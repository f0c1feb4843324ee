//! Which operations a question is about: every word counts, the rare ones most, and the best come first. Pure.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use mp_catalog::{Effect, Operation, all};

use super::words::{ASKED, EMPTY, MEANS};

/// What a word weighs where it stands.
const IN_ID: f64 = 3.0;
const ASKED_BY: f64 = 3.0;
const IN_SUMMARY: f64 = 2.0;
const IN_ARGUMENTS: f64 = 0.7;

/// What a word weighs that only means another one, and one that only begins like it.
const MEANT: f64 = 0.6;
const BEGUN: f64 = 0.5;

/// So many bytes of a question are read.
const LONGEST: usize = 1_000;

/// Words, by their stems, that ask for a change.
const VERBS: &str =
    "create delete update add remove change set upload duplicate archive restore conclude launch pin clear cancel";

/// An operation, and the weight of each word that it may be found by.
struct Entry {
    operation: &'static Operation,
    weights: HashMap<String, f64>,
}

/// What is looked in.
struct Index {
    entries: Vec<Entry>,
    /// In how many entries a word is.
    common: HashMap<String, usize>,
    means: HashMap<String, Vec<String>>,
    empty: HashSet<&'static str>,
    verbs: HashSet<String>,
}

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

/// Returns the operations that a question is about, the best first. Those that no word leads to are left out.
pub(super) fn ranked(question: &str) -> Vec<&'static Operation> {
    let asked = INDEX.asked(&question[..question.floor_char_boundary(LONGEST)]);
    let mut found: Vec<(f64, &'static Operation)> = INDEX
        .entries
        .iter()
        .map(|entry| (INDEX.score(entry, &asked), entry.operation))
        .filter(|(score, _)| *score > 0.0)
        .collect();
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    found.into_iter().map(|(_, operation)| operation).collect()
}

impl Index {
    fn new() -> Self {
        let entries: Vec<Entry> = all().map(Entry::new).collect();
        let mut common = HashMap::new();
        for word in entries.iter().flat_map(|entry| entry.weights.keys()) {
            *common.entry(word.clone()).or_insert(0) += 1;
        }
        Self {
            entries,
            common,
            means: MEANS.iter().map(|(word, means)| (stem(word), stems(means).collect())).collect(),
            empty: EMPTY.split_whitespace().collect(),
            verbs: stems(VERBS).collect(),
        }
    }

    /// Returns the stems of the words that count; of all words where none does.
    fn asked(&self, question: &str) -> Vec<String> {
        let all = words(question);
        let full: Vec<String> =
            all.iter().filter(|word| !self.empty.contains(word.as_str())).map(|word| stem(word)).collect();
        if full.is_empty() { all.iter().map(|word| stem(word)).collect() } else { full }
    }

    fn score(&self, entry: &Entry, asked: &[String]) -> f64 {
        let found: Vec<f64> = asked.iter().map(|word| self.best(entry, word)).filter(|weight| *weight > 0.0).collect();
        if found.is_empty() {
            return 0.0;
        }
        let share = f64::from(u32::try_from(found.len()).unwrap_or(u32::MAX))
            / f64::from(u32::try_from(asked.len()).unwrap_or(u32::MAX));
        found.iter().sum::<f64>() * (0.5 + 0.5 * share) * self.fit(entry.operation, asked)
    }

    /// Returns what a word weighs in an entry: itself, what it means, or what begins like it.
    fn best(&self, entry: &Entry, word: &str) -> f64 {
        let weight = |word: &str| entry.weights.get(word).map_or(0.0, |weight| weight * self.rarity(word));
        let meant = self.means.get(word).into_iter().flatten().map(|word| MEANT * weight(word));
        let best = meant.fold(weight(word), f64::max);
        if best > 0.0 || word.len() < 4 {
            return best;
        }
        let is_akin = |known: &str| known.starts_with(word) || (known.len() >= 4 && word.starts_with(known));
        let akin = entry.weights.keys().filter(|known| is_akin(known));
        akin.map(|known| BEGUN * weight(known)).fold(0.0, f64::max)
    }

    fn rarity(&self, word: &str) -> f64 {
        let of = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let common = self.common.get(word).copied().unwrap_or_default();
        (1.0 + of(self.entries.len()) / (1.0 + of(common))).ln()
    }

    /// Returns how well an operation fits who asks: a question without a verb is for reading, and a bare noun for its list.
    fn fit(&self, operation: &Operation, asked: &[String]) -> f64 {
        let is_verb = |word: &String| self.verbs.contains(word);
        let acts = asked
            .iter()
            .any(|word| is_verb(word) || self.means.get(word).is_some_and(|means| means.iter().any(is_verb)));
        let mut fit = 1.0;
        if !acts {
            fit *= match operation.effect {
                Effect::Read => 1.25,
                Effect::Write => 0.85,
                Effect::Destroy => 0.6,
            };
            fit *= match operation.id.rsplit('.').next() {
                Some("list") => 1.12,
                Some("get") => 1.05,
                _ => 1.0,
            };
        }
        if asked.contains(&stem(operation.command[0])) {
            fit *= 1.1;
        }
        // Of what is equally good, the one that is less special.
        fit * if operation.command.len() > 2 { 0.98 } else { 1.0 }
    }
}

impl Entry {
    fn new(operation: &'static Operation) -> Self {
        let mut weights = HashMap::new();
        let asked = ASKED.iter().find(|(id, _)| *id == operation.id).map_or("", |(_, words)| words);
        let arguments: Vec<&str> = operation.params.iter().map(|param| param.name).collect();
        let arguments = arguments.join(" ");
        let parts = [
            (arguments.as_str(), IN_ARGUMENTS),
            (operation.summary, IN_SUMMARY),
            (operation.id, IN_ID),
            (asked, ASKED_BY),
        ];
        for (text, weight) in parts {
            for word in stems(text) {
                let known = weights.entry(word).or_insert(0.0);
                *known = f64::max(*known, weight);
            }
        }
        Self { operation, weights }
    }
}

/// Returns the words of a text in lower case.
fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace("a/b", "ab");
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn stems(text: &str) -> impl Iterator<Item = String> {
    words(text).into_iter().map(|word| stem(&word))
}

/// Returns a word without its English ending, roughly: what counts is that both sides are cut alike.
fn stem(word: &str) -> String {
    let mut word = word.to_owned();
    if word.len() > 4 && word.ends_with("ies") {
        word.replace_range(word.len() - 3.., "y");
    } else if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") {
        word.pop();
    }
    if word.len() > 5 && word.ends_with("ing") {
        word.truncate(word.len() - 3);
    } else if word.len() > 4 && word.ends_with("ed") {
        word.truncate(word.len() - 2);
    }
    if word.len() > 4 && word.ends_with('e') {
        word.pop();
    }
    let mut last = word.chars().rev();
    let is_double = matches!((last.next(), last.next()), (Some(one), Some(other)) if one == other && one != 's');
    if word.len() > 4 && is_double {
        word.pop();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_questions_lead_to_their_operations() {
        let missed: Vec<String> = include_str!("questions.txt")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let (question, wanted) = line.split_once(" | ").expect("a question and what it is about");
                let first: Vec<&str> = ranked(question).iter().take(3).map(|operation| operation.id).collect();
                let is_found = wanted.split_whitespace().any(|id| first.contains(&id));
                (!is_found).then(|| format!("{question}: {first:?}, not {wanted}"))
            })
            .collect();
        assert!(missed.is_empty(), "{}", missed.join("\n"));
    }

    #[test]
    fn words_of_the_tables_lead_somewhere() {
        let known: HashSet<&String> = INDEX.common.keys().collect();
        for (word, means) in MEANS {
            let means: Vec<String> = stems(means).collect();
            assert!(means.iter().any(|word| known.contains(word)), "{word} means nothing: {means:?}");
        }
        for (id, _) in ASKED {
            assert!(mp_catalog::find(id).is_some(), "there is no {id}");
        }
    }

    #[test]
    fn odd_questions_do_no_harm() {
        for odd in ["", "   ", "?!", "Ünïcödé 漢字 🦀", "\u{202e}x\0", &"x".repeat(100_000)] {
            ranked(odd);
        }
        assert!(ranked("zebra").is_empty());
        assert_eq!(stem("Ünïés"), "Ünïé");
        assert_eq!(stem("queries"), stem("query"));
    }
}
