//! What is cut into lines, watched and normalised, whatever the network does.

use std::collections::VecDeque;

use bytes::Bytes;
use mp_catalog::export::OnBadLine;
use mp_proto::wire::LinesTally;
use proptest::prelude::*;

use super::line::LONGEST;
use super::*;

const RAW: Manners = Manners { raw: true, strict: false, on_bad_line: OnBadLine::Fail };
const NORMAL: Manners = Manners { raw: false, ..RAW };

/// Takes a body in parts that end at these places, and returns what comes out and how it ended.
fn through(manners: Manners, body: &[u8], cuts: &[usize]) -> (Vec<u8>, Result<(), LineError>) {
    let (out, result, _) = counted(manners, body, cuts);
    (out, result)
}

/// As [`through`], with what was mended and left out.
fn counted(manners: Manners, body: &[u8], cuts: &[usize]) -> (Vec<u8>, Result<(), LineError>, LinesTally) {
    let (mut events, mut out) = (Events::new(manners), VecDeque::new());
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (body.len() + 1)).chain([body.len()]).collect();
    ends.sort_unstable();
    let mut begin = 0;
    let mut result = Ok(());
    for end in ends {
        result = result.and_then(|()| events.take(Bytes::copy_from_slice(&body[begin..end]), &mut out));
        begin = end;
    }
    let result = result.and_then(|()| events.end(&mut out));
    assert!(out.iter().all(|part| part.ends_with(b"\n") || part.is_empty()), "only whole lines leave");
    (out.into_iter().flatten().collect(), result, events.tally())
}

/// Returns the number and the text of what is no event.
fn no_event(result: Result<(), LineError>) -> Option<(u64, String)> {
    match result {
        Err(LineError::NoEvent { number, text, .. }) => Some((number, text)),
        _ => None,
    }
}

fn raw(body: &str) -> (String, Result<(), LineError>) {
    let (out, result) = through(RAW, body.as_bytes(), &[]);
    (String::from_utf8(out).expect("text"), result)
}

fn normalised(body: &str) -> (String, Result<(), LineError>) {
    let (out, result) = through(NORMAL, body.as_bytes(), &[]);
    (String::from_utf8(out).expect("text"), result)
}

const GOOD: &str = concat!(
    r#"{"event":"Sign Up","properties":{"time":1735689600,"distinct_id":"u1","$insert_id":"i1","plan":"Pro","n":1.50}}"#,
    "\n",
    r#"{"event": "Käse \u00fc \n", "properties": {"a": [1, {"time": 2}], "time": 1735689600.25, "big": 12345678901234567890123}}"#,
    "\n",
);

#[test]
fn raw_lines_stay_as_they_are() {
    assert_eq!(raw(GOOD), (GOOD.to_owned(), Ok(())));
    assert_eq!(raw(GOOD.trim_end()), (GOOD.to_owned(), Ok(())), "the last line gets its newline");
    assert_eq!(raw(""), (String::new(), Ok(())));
    assert_eq!(raw("\n\r\n"), ("\n\r\n".to_owned(), Ok(())));
    let turned = "{\"properties\":{},\"event\":\"x\"}\n { \"event\":1,\"properties\":{}}\r\n";
    assert_eq!(raw(turned), (turned.to_owned(), Ok(())));
}

#[test]
fn an_event_is_normalised_without_a_change_of_its_values() {
    let expected = concat!(
        r#"{"event_name":"Sign Up","event_time":"2025-01-01T00:00:00+00:00","distinct_id":"u1","insert_id":"i1","properties":{"plan":"Pro","n":1.50}}"#,
        "\n",
        r#"{"event_name":"Käse \u00fc \n","event_time":"2025-01-01T00:00:00.250000+00:00","distinct_id":null,"insert_id":null,"properties":{"a": [1, {"time": 2}],"big": 12345678901234567890123}}"#,
        "\n",
    );
    assert_eq!(normalised(GOOD), (expected.to_owned(), Ok(())));
}

#[test]
fn odd_events_are_normalised_as_far_as_they_go() {
    let properties = |body: &str| normalised(&format!("{{\"event\":\"e\",\"properties\":{body}}}")).0;
    let head = r#"{"event_name":"e","event_time":"#;
    let nothing = r#"null,"distinct_id":null,"insert_id":null,"properties":"#;
    assert_eq!(properties("{}"), format!("{head}{nothing}{{}}}}\n"));
    let text = r#"{"time":"1735689600","x":1}"#;
    assert_eq!(properties(text), format!("{head}{nothing}{text}}}\n"), "a time that is no number stays");
    let escaped = properties(r#"{"\u0074ime":0,"a":1,"distinct_id":7,"b":2,"c":3}"#);
    let expected = r#""1970-01-01T00:00:00+00:00","distinct_id":7,"insert_id":null,"properties":{"a":1,"b":2,"c":3}}"#;
    assert_eq!(escaped, format!("{head}{expected}\n"));
    assert_eq!(normalised("\n\r\n").0, "", "blank lines are no events");
    assert_eq!(normalised("{\"x\":1,\"properties\":{\"a\":2},\"event\":null}").0.matches("\"a\":2").count(), 1);
}

#[test]
fn a_number_that_json_does_not_know_is_null_and_ends_nothing() {
    let line = |value: &str| {
        format!("{{\"event\":\"NaN\",\"properties\":{{\"time\":1,\"x\":{value},\"y\":\"-Infinity\"}}}}\n")
    };
    let (odd, plain) = (normalised(&(line("NaN") + &line("-Infinity"))), normalised(&(line("null") + &line("null"))));
    assert!(odd.1.is_ok() && plain.1.is_ok());
    assert_eq!(odd.0, plain.0);
}

#[test]
fn bytes_that_are_no_text_are_replaced_in_normalised_lines_only() {
    let body = b"{\"event\":\"a\xff\",\"properties\":{}}\n".as_slice();
    assert_eq!(through(RAW, body, &[]).0, body);
    let (out, result) = through(NORMAL, body, &[]);
    assert!(result.is_ok() && String::from_utf8(out).expect("text").contains("a\u{fffd}"));
}

#[test]
fn what_is_no_event_ends_the_body_after_the_lines_before_it() {
    let odd =
        ["{\"error\":\"gone\"}", "terminated early", "[]", "null", "{\"event\":\"x\"}", "{\"properties\":{},\"event\""];
    for line in odd.into_iter().chain(["{\"properties\":[],\"event\":1}", "{}"]) {
        let begins_well = line.starts_with("{\"event\"");
        let body = format!("{GOOD}{line}\n{GOOD}");
        let error = Some((3, line.to_owned()));
        let (out, result) = normalised(&body);
        assert_eq!((out.lines().count(), no_event(result)), (2, error.clone()), "{line}");
        if !begins_well {
            let (out, result) = raw(&body);
            assert_eq!((out, no_event(result)), (GOOD.to_owned(), error), "{line}");
        }
    }
}

#[test]
fn half_a_line_at_the_end_is_told_from_other_words() {
    for manners in [RAW, NORMAL] {
        let end = |last: &str| through(manners, format!("{GOOD}{last}").as_bytes(), &[]).1;
        for half in ["{", "{\"event\":\"x\",\"prop", "{\"event\":\"x\",\"properties\":{\"a\":1}"] {
            assert_eq!(end(half), Err(LineError::Half { number: 3, text: half.to_owned() }), "{half}");
        }
        for other in ["{\"error\":\"x\"}", "terminated early", "{\"event\":\"x\"}"] {
            assert_eq!(no_event(end(other)), Some((3, other.to_owned())), "{other}");
        }
    }
}

#[test]
fn a_line_has_a_limit() {
    let mut events = Events::new(RAW);
    let mut out = VecDeque::new();
    let part = Bytes::from(vec![b'x'; LONGEST / 2]);
    assert_eq!(events.take(part.clone(), &mut out), Ok(()));
    assert_eq!(events.take(part, &mut out), Ok(()));
    let one_more = Bytes::from_static(b"x");
    assert_eq!(events.take(one_more, &mut out), Err(LineError::TooLong { number: 1 }));
    assert!(out.is_empty());
}

proptest! {
    #[test]
    fn where_the_network_cuts_does_not_matter(
        cuts in prop::collection::vec(any::<usize>(), 0..20),
        bad in prop_oneof![Just(OnBadLine::Fail), Just(OnBadLine::Skip), Just(OnBadLine::Pass)],
        lines in prop::collection::vec("(\\{\"event\":\"[aé\\\\\\\\]{0,3}\",\"properties\":\\{(\"(time|distinct_id|a)\":(1|\"x\"|null|\\[\\{\\}\\]))?\\}\\}|\\{\"error\":1\\}|oops||\\{\"event\":\"a|\",\"properties\":\\{\"k\":\"|\"\\}\\}|[\x01\r])", 0..6),
        has_end in any::<bool>(),
    ) {
        let mut body = lines.join("\n").into_bytes();
        if has_end {
            body.push(b'\n');
        }
        for manners in [RAW, NORMAL] {
            let manners = Manners { on_bad_line: bad, ..manners };
            let whole = counted(manners, &body, &[]);
            prop_assert_eq!(&counted(manners, &body, &cuts), &whole);
        }
    }
}

#[test]
fn every_single_cut_gives_the_same() {
    let body = GOOD.as_bytes();
    for manners in [RAW, NORMAL] {
        let whole = through(manners, body, &[]);
        for cut in 0..=body.len() {
            assert_eq!(through(manners, body, &[cut]), whole, "cut at {cut}");
        }
        let bytes: Vec<usize> = (0..body.len()).collect();
        assert_eq!(through(manners, body, &bytes), whole, "byte by byte");
    }
}

/// An event with this text as a value.
fn event(value: &[u8]) -> Vec<u8> {
    [br#"{"event":"e","properties":{"k":""#, value, b"\"}}\n"].concat()
}

/// The same as it comes out.
fn shown(value: &str) -> String {
    format!(
        "{{\"event_name\":\"e\",\"event_time\":null,\"distinct_id\":null,\"insert_id\":null,\"properties\":{{\"k\":\"{value}\"}}}}\n"
    )
}

const ODD: [(&[u8], &str); 6] = [
    (b"a\x01b", "a\\u0001b"),
    (b"tab\there", "tab\\there"),
    (b"\xf0\x9f\x98", "\u{fffd}"),
    (br"\ud83d!", "\u{fffd}!"),
    (br"!\uDE00", "!\u{fffd}"),
    (b"mid\rdle", "mid\\rdle"),
];

#[test]
fn odd_values_are_mended_and_counted_and_the_lines_around_them_stay() {
    for (odd, mended) in ODD {
        let body = [&event(b"before")[..], &event(odd), &event(br"\ud83d\ude00")].concat();
        let (out, result, tally) = counted(NORMAL, &body, &[]);
        let expected = shown("before") + &shown(mended) + &shown(r"\ud83d\ude00");
        assert_eq!((String::from_utf8(out).expect("text"), result), (expected, Ok(())), "{odd:?}");
        assert_eq!((tally.mended.values, tally.mended.lines, tally.bad), (1, 1, 0), "{odd:?}");
        assert_eq!(counted(RAW, &body, &[]), (body.clone(), Ok(()), LinesTally::default()), "raw is untouched");
        for manners in [RAW, NORMAL] {
            let strict = Manners { strict: true, ..manners };
            let refused = through(strict, &body, &[]).1;
            assert!(matches!(refused, Err(LineError::Odd { number: 2, .. })), "{odd:?}: {refused:?}");
            assert_eq!(through(strict, &event(b"\\ud83d\\ude00"), &[]).1, Ok(()));
        }
    }
}

#[test]
fn a_mark_at_the_beginning_and_odd_names_are_mended_too() {
    let body = b"\xef\xbb\xbf{\"event\":\"e\",\"properties\":{\"n\xffa\":NaN,\"time\":1}}\n{\"event\":\"\\uD800\",\"properties\":{}}\n";
    let (out, result, tally) = counted(NORMAL, body, &[]);
    let out = String::from_utf8(out).expect("text");
    assert!(
        result.is_ok() && out.contains("\"n\u{fffd}a\":null") && out.contains("\"event_name\":\"\u{fffd}\""),
        "{out}"
    );
    assert_eq!((tally.mended.values, tally.mended.lines), (4, 2));
    assert_eq!(through(RAW, body, &[]), (body.to_vec(), Ok(())));
}

#[test]
fn a_record_on_several_lines_is_joined_by_the_line_that_completes_it() {
    let record = event(b"one\ntwo\n\n{three}, \\\"four");
    let body = [&event(b"x")[..], &record, &event(b"y")].concat();
    let expected = shown("x") + &shown(r#"one\ntwo\n\n{three}, \"four"#) + &shown("y");
    for cut in 0..body.len() {
        let (out, result, tally) = counted(NORMAL, &body, &[cut]);
        assert_eq!((String::from_utf8(out).expect("text"), result), (expected.clone(), Ok(())), "cut at {cut}");
        assert_eq!((tally.mended.values, tally.mended.lines), (1, 1));
        assert_eq!(through(RAW, &body, &[cut]), (body.clone(), Ok(())), "cut at {cut}");
    }
    let pretty = b"{\n  \"event\": \"e\",\n  \"properties\": {\n    \"k\": \"v\"\n  }\n}\n";
    let (out, result) = through(NORMAL, pretty, &[]);
    let out = String::from_utf8(out).expect("text");
    assert!(result.is_ok() && out.lines().count() == 1 && out.contains("\"k\": \"v\""), "{out}");
}

#[test]
fn what_does_not_complete_a_record_is_judged_by_itself() {
    let broken = "{\"event\":\"e\",\"properties\":{\"k\":\"cut";
    let good = String::from_utf8(event(b"y")).expect("text");
    for (body, bad) in [
        (format!("{good}{broken}\n{good}"), vec![2]),
        (format!("{broken}\nmore\n{good}"), vec![1, 2]),
        (format!("{broken}\n{broken}\n{good}"), vec![1, 2]),
        (format!("{good}{broken}\n"), vec![2]),
        (format!("{broken}\n\"]}}}}\n{good}"), vec![1, 2]),
    ] {
        let number = |result: Result<(), LineError>| no_event(result).map(|(number, _)| number);
        for manners in [RAW, NORMAL] {
            assert_eq!(number(through(manners, body.as_bytes(), &[]).1), Some(bad[0]), "{body}");
            let lines = body.lines().count() - bad.len();
            let skip = Manners { on_bad_line: OnBadLine::Skip, ..manners };
            let (out, result, tally) = counted(skip, body.as_bytes(), &[]);
            assert_eq!(
                (result, tally.bad, out.split(|byte| *byte == b'\n').count() - 1),
                (Ok(()), bad.len() as u64, lines)
            );
            let (out, ..) = counted(Manners { on_bad_line: OnBadLine::Pass, ..manners }, body.as_bytes(), &[]);
            let out = String::from_utf8(out).expect("text");
            let passed: Vec<&str> = out.lines().filter_map(|line| line.strip_prefix('\u{1e}')).collect();
            let expected: Vec<&str> =
                bad.iter().filter_map(|number| body.lines().nth(usize::try_from(*number).expect("few") - 1)).collect();
            assert_eq!(passed, expected, "{body}");
        }
    }
}

#[test]
fn what_says_that_the_answer_is_not_whole_is_an_error_whatever_is_wanted_of_bad_lines() {
    for footer in [
        "terminated early",
        "Export TERMINATED EARLY: too many",
        r#"{"error":"gone"}"#,
        r#"{"error": ["a"], "status": 1}"#,
    ] {
        for body in [format!("{GOOD}{footer}\n"), format!("{GOOD}{footer}"), format!("{GOOD}{footer}\n{GOOD}")] {
            for manners in [RAW, NORMAL] {
                let skip = Manners { on_bad_line: OnBadLine::Skip, ..manners };
                assert_eq!(no_event(through(skip, body.as_bytes(), &[]).1), Some((3, footer.to_owned())), "{footer}");
            }
        }
    }
    let skip = Manners { on_bad_line: OnBadLine::Skip, ..NORMAL };
    let half = format!("{GOOD}{{\"event\":\"x");
    assert!(
        matches!(through(skip, half.as_bytes(), &[]).1, Err(LineError::Half { number: 3, .. })),
        "the answer was cut off"
    );
}

#[test]
fn a_bad_line_is_told_with_its_reason_and_its_beginning_made_visible() {
    for manners in [RAW, NORMAL] {
        let ended = through(manners, b"[\"e\",{\"a\":1}]\n", &[]).1;
        assert!(matches!(ended, Err(LineError::NoEvent { why, .. }) if why == "it is no object"), "a list is no event");
    }
    let Err(LineError::NoEvent { number, why, shown, .. }) =
        through(NORMAL, b"{\"event\":\"\x1b[31m\xff\",\"properties\":[]}\n", &[]).1
    else {
        panic!("it is no event");
    };
    assert_eq!((number, why.as_str()), (1, "its properties are no object"));
    assert_eq!(shown, "{\"event\":\"\\u{1b}[31m\\xff\",\"properties\":[]}");
    let Err(LineError::NoEvent { why, shown, .. }) =
        through(NORMAL, format!("[{}\n", "é".repeat(200)).as_bytes(), &[]).1
    else {
        panic!("it is no event");
    };
    assert!(why.contains("column") && !why.contains("line"), "{why}");
    assert!(shown.ends_with("éé…") && shown.chars().count() < 70, "{shown}");
}

/// A measure by hand: `cargo test --release -p mp-daemon lines -- --nocapture what_it_costs`. It only asserts what holds in any build.
#[test]
fn what_it_costs_to_mend_some_lines_is_little() {
    let clean = GOOD.repeat(2000).into_bytes();
    let mut odd = clean.clone();
    let places: Vec<usize> = memchr::memmem::find_iter(&clean, b"Pro").step_by(100).collect();
    places.iter().for_each(|at| odd[*at] = 1);
    for (name, body) in [("clean", clean), ("1 % odd", odd)] {
        for manners in [RAW, NORMAL] {
            let begun = std::time::Instant::now();
            let (_, result, tally) = counted(manners, &body, &[]);
            let rate = body.len() as f64 / 1e6 / begun.elapsed().as_secs_f64();
            println!("{name}, raw {}: {rate:.0} MB/s", manners.raw);
            let mended = if name == "clean" || manners.raw { 0 } else { places.len() as u64 };
            assert_eq!((result, tally.mended.values), (Ok(()), mended));
        }
    }
}
