//! What is cut into lines, watched and normalised, whatever the network does.

use std::collections::VecDeque;

use bytes::Bytes;
use proptest::prelude::*;

use super::line::LONGEST;
use super::*;

/// Takes a body in parts that end at these places, and returns what comes out and how it ended.
fn through(mut events: Events, body: &[u8], cuts: &[usize]) -> (Vec<u8>, Result<(), LineError>) {
    let mut out = VecDeque::new();
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
    (out.into_iter().flatten().collect(), result)
}

fn raw(body: &str) -> (String, Result<(), LineError>) {
    let (out, result) = through(Events::raw(), body.as_bytes(), &[]);
    (String::from_utf8(out).expect("text"), result)
}

fn normalised(body: &str) -> (String, Result<(), LineError>) {
    let (out, result) = through(Events::normalised(), body.as_bytes(), &[]);
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
    assert_eq!(through(Events::raw(), body, &[]).0, body);
    let (out, result) = through(Events::normalised(), body, &[]);
    assert!(result.is_ok() && String::from_utf8(out).expect("text").contains("a\u{fffd}"));
}

#[test]
fn what_is_no_event_ends_the_body_after_the_lines_before_it() {
    let odd =
        ["{\"error\":\"gone\"}", "terminated early", "[]", "null", "{\"event\":\"x\"}", "{\"properties\":{},\"event\""];
    for line in odd.into_iter().chain(["{\"properties\":[],\"event\":1}", "{}"]) {
        let begins_well = line.starts_with("{\"event\"");
        let body = format!("{GOOD}{line}\n{GOOD}");
        let error = LineError::NoEvent { number: 3, text: line.to_owned() };
        let (out, result) = normalised(&body);
        assert_eq!((out.lines().count(), result), (2, Err(error.clone())), "{line}");
        if !begins_well {
            assert_eq!(raw(&body), (GOOD.to_owned(), Err(error)), "{line}");
        }
    }
}

#[test]
fn half_a_line_at_the_end_is_told_from_other_words() {
    for events in [Events::raw, Events::normalised] {
        let end = |last: &str| through(events(), format!("{GOOD}{last}").as_bytes(), &[]).1;
        for half in ["{", "{\"event\":\"x\",\"prop", "{\"event\":\"x\",\"properties\":{\"a\":1}"] {
            assert_eq!(end(half), Err(LineError::Half { number: 3, text: half.to_owned() }), "{half}");
        }
        for other in ["{\"error\":\"x\"}", "terminated early", "{\"event\":\"x\"}"] {
            assert_eq!(end(other), Err(LineError::NoEvent { number: 3, text: other.to_owned() }), "{other}");
        }
    }
}

#[test]
fn a_line_has_a_limit() {
    let mut events = Events::raw();
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
        lines in prop::collection::vec("(\\{\"event\":\"[aé\\\\\\\\]{0,3}\",\"properties\":\\{(\"(time|distinct_id|a)\":(1|\"x\"|null|\\[\\{\\}\\]))?\\}\\}|\\{\"error\":1\\}|oops|)", 0..6),
        has_end in any::<bool>(),
    ) {
        let mut body = lines.join("\n").into_bytes();
        if has_end {
            body.push(b'\n');
        }
        for events in [Events::raw, Events::normalised] {
            let whole = through(events(), &body, &[]);
            prop_assert_eq!(&through(events(), &body, &cuts), &whole);
        }
    }
}

#[test]
fn every_single_cut_gives_the_same() {
    let body = GOOD.as_bytes();
    for events in [Events::raw, Events::normalised] {
        let whole = through(events(), body, &[]);
        for cut in 0..=body.len() {
            assert_eq!(through(events(), body, &[cut]), whole, "cut at {cut}");
        }
        let bytes: Vec<usize> = (0..body.len()).collect();
        assert_eq!(through(events(), body, &bytes), whole, "byte by byte");
    }
}
