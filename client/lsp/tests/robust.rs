//! Real files, cut and damaged: nothing makes the scanner panic, and twice the text takes about twice the time.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use mp_lsp::code::{Use, uses};
use mp_lsp::help::place::place;
use mp_lsp::scan::Language;
use mp_lsp::text::floor;
use proptest::prelude::*;

fn samples() -> &'static [(Language, String)] {
    static SAMPLES: OnceLock<Vec<(Language, String)>> = OnceLock::new();
    SAMPLES.get_or_init(read_samples)
}

fn read_samples() -> Vec<(Language, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("readable").flatten() {
            let path = entry.path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut paths = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/lint"), &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let language = Language::of_extension(path.extension()?.to_str()?)?;
        Some((language, std::fs::read_to_string(path).ok()?))
    };
    paths.iter().filter_map(read).collect()
}

/// Looks at a text as an editor does, and checks that all places are in it.
fn look(text: &str, language: Language, offset: usize) -> Vec<Use> {
    let found = uses(text, language, &[]);
    for one in &found {
        let named = one.event.iter().flat_map(|event| [Some(&event.at), event.written.as_ref()]).flatten();
        let entries = one.properties.iter().flat_map(|entry| [&entry.name.at, &entry.value_at]);
        for range in named.chain(entries).chain(&one.rooms).chain(&one.event_at).chain([&one.method]) {
            assert!(text.get(range.clone()).is_some(), "{range:?} of {language:?} in {text:?}");
        }
    }
    let _ = place(text, &found, floor(text, offset));
    found
}

#[test]
fn a_file_can_be_cut_anywhere() {
    for (language, text) in samples() {
        for at in (0..text.len()).step_by(11) {
            let at = floor(text, at);
            look(&text[..at], *language, at);
            look(&text[at..], *language, 0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn damage_does_no_harm(number in 0usize..64, at in 0usize..4000, drop in 0usize..40, put in "[\\PC\n\"'`{}()\\[\\]<>$#@\\\\/=:,]{0,12}") {
        let (_, text) = &samples()[number % samples().len()];
        let from = floor(text, at % (text.len() + 1));
        let to = floor(text, (from + drop).min(text.len()));
        let damaged = format!("{}{put}{}", &text[..from], &text[to..]);
        for language in Language::ALL {
            look(&damaged, language, from);
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let text = format!("mixpanel {}", String::from_utf8_lossy(&bytes));
        for language in Language::ALL {
            look(&text, language, text.len() / 2);
        }
    }
}

/// What would take its square in time if anything were looked for again and again.
#[test]
fn time_grows_with_the_text_and_not_with_its_square() {
    let pieces = [
        "(",
        "[",
        "{",
        "mixpanel.track(",
        "mixpanel.track('a', {",
        "\"",
        "'",
        "`${",
        "/[",
        "/* ",
        "<<~A\n",
        "<<<A\n",
        "f\"{",
        "$\"{",
        "\"\\(",
        "a.",
        "x = y.",
        "mixpanel.track(p);\n",
        "mixpanel.people.set({a: ",
        "p = {a: 1};\n",
        "<a, ",
        "#\"",
        "=> ",
        "}\n",
        "@\"",
        "\\",
        "mixpanel.track('a', p); p.put('b', 1);\n",
        "const a = 'b';\n",
        "enum A { a = 'b' }\n",
        "%w[",
        "=begin\n",
        "<?php ",
        "<script>",
    ];
    let taken = |text: &str, language: Language| {
        let begun = Instant::now();
        uses(text, language, &[]);
        begun.elapsed()
    };
    for piece in pieces {
        let text = |times: usize| format!("mixpanel {}", piece.repeat(times));
        let (small, large) = (text(600), text(4_800));
        for language in Language::ALL {
            // Eight times the text; sixty-four times would be its square. A processor that is busy elsewhere gets another try.
            let is_square = || {
                let (first, second) = (taken(&small, language), taken(&large, language));
                second > first * 30 && second > Duration::from_millis(100)
            };
            assert!(!(is_square() && is_square() && is_square()), "{language:?} {piece:?}");
        }
    }
}
