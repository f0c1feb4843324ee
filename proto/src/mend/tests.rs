//! What is mended, found and counted.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn mended(text: &[u8]) -> (Option<String>, Mended) {
    let mut count = Mended::default();
    let text = mend(text, |odd| count.add(odd));
    (text, count)
}

fn value(text: &[u8]) -> Option<Value> {
    read(text).ok().map(|(value, _)| value)
}

#[test]
fn every_oddity_is_mended_in_names_and_values() {
    let cases: [(&[u8], Value); 13] = [
        (b"\xef\xbb\xbf{\"a\":1}", json!({"a": 1})),
        (b"{\"a\tb\":\"c\nd\r\x00\x1f\"}", json!({"a\tb": "c\nd\r\0\u{1f}"})),
        (b"{\"a\xff\":\"\xf0\x9f\x98b\"}", json!({"a\u{fffd}": "\u{fffd}b"})),
        (b"{\"\xc3\":\"\xed\xa0\xbd\"}", json!({"\u{fffd}": "\u{fffd}\u{fffd}\u{fffd}"})),
        (br#"{"\ud83d":"x\uDE00y"}"#, json!({"\u{fffd}": "x\u{fffd}y"})),
        (br#"["\ud83d\ude00\ud83d","\ud83d\ud83d\ude00"]"#, json!(["\u{1f600}\u{fffd}", "\u{fffd}\u{1f600}"])),
        (br#"["\uD83d\uDE00", "\ud83D\ude00"]"#, json!(["\u{1f600}", "\u{1f600}"])),
        (br#"["\\ud83d", "\\\ud83d", "\ud7ff\ue000"]"#, json!(["\\ud83d", "\\\u{fffd}", "\u{d7ff}\u{e000}"])),
        (br#"{"a": NaN, "b": [-Infinity,Infinity]}"#, json!({"a": null, "b": [null, null]})),
        (br#"["NaN", "Infinity -Infinity", -1]"#, json!(["NaN", "Infinity -Infinity", -1])),
        (b"[\"a\\\n\"]", json!(["a\\\n"])),
        (b"[\"\\u00\xff\"]", Value::Null),
        ("[\"e\u{301} \u{7f}\u{85}\u{2028}\"]".as_bytes(), json!(["e\u{301} \u{7f}\u{85}\u{2028}"])),
    ];
    for (text, read) in cases {
        let expected = if read.is_null() { None } else { Some(read) };
        assert_eq!(value(text), expected, "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn what_is_no_json_for_another_reason_stays_none() {
    for text in ["{\"a\": NaN", "[nan]", "NaNa", "\"\\", "-NaN", "", "[\u{1}]", "{'a': 1}", "[1,]", "[\"\\x41\"]"] {
        assert_eq!(value(text.as_bytes()), None, "{text}");
    }
    assert_eq!(value(b"[1, \xff]"), None, "bytes between values are no value");
}

#[test]
fn values_are_counted_once_and_kinds_by_themselves() {
    let (_, count) = mended(b"{\"a\x01\":\"\x02\xff\x03\",\"b\":NaN,\"c\":\"good\",\"d\":\"\\ud800\"}");
    assert_eq!(
        count.note().as_deref(),
        Some(
            "4 values were mended (raw control character: 2, not UTF-8: 1, half a surrogate pair: 1, NaN or infinity: 1)"
        )
    );
    let (_, mut one) = mended(b"[NaN]");
    one.lines = 1;
    assert_eq!(one.note().as_deref(), Some("1 value of 1 line was mended (NaN or infinity: 1)"));
    one.join(&count);
    assert_eq!((one.values, one.lines, Mended::default().note()), (5, 1, None));
    assert_eq!(mended(br#"{"a": "\ud83d\ude00", "b": -1.5e-3}"#), (None, Mended::default()));
}

#[test]
fn a_place_is_that_in_the_mended_text() {
    let mut places = Vec::new();
    let text = mend(b"\xef\xbb\xbf[\"a\",\"\x01\", NaN]", |odd| places.push((odd.what(), odd.at))).expect("odd");
    assert_eq!(text, "[\"a\",\"\\u0001\", null]");
    assert_eq!(places, [(Oddity::Mark, 0), (Oddity::Control, 5), (Oddity::Number, 15)]);
}

#[test]
fn a_half_is_found_whatever_its_case_and_company() {
    for (text, expected) in [
        (r#""\ud83d""#, true),
        (r#""\uDE00""#, true),
        (r#""\uDE00\uD83D""#, true),
        (r#""\ud83d\ude00""#, false),
        (r#""\ud83d\uDE00\uD83D\ude00""#, false),
        (r#""\uD83D\ude00\ude00""#, true),
        (r#""\\ud83d""#, false),
        (r#""\\\ud83d""#, true),
        (r#""\\\ud83d\ude00""#, false),
        (r#""\ud7ff \uD7FF""#, false),
        (r#""\\\\uDE00""#, false),
        (r#""\ud83d\\ude00""#, true),
    ] {
        assert_eq!(has_half(text.as_bytes()), expected, "{text}");
        let may = may_have_halves(text.as_bytes());
        assert!(may == may_be_odd(text.as_bytes()) && (may || !expected), "{text}");
        assert!(
            may_be_odd(format!("{text}\r\n\n").as_bytes())
                && may_have_halves(&[&[b'x'; 5000], br"\ud8".as_slice()].concat())
        );
    }
}

proptest! {
    #[test]
    fn what_was_mended_is_read_by_a_strict_reader(body in prop::collection::vec(
        prop_oneof![
            Just(b"\\ud83d".to_vec()), Just(b"\\ude00".to_vec()), Just(b"\\uD83D".to_vec()), Just(b"\\uDE00".to_vec()),
            Just(b"\\\\".to_vec()), Just(b"\\n".to_vec()), Just("\u{e9}".as_bytes().to_vec()), any::<u8>().prop_map(|byte| {
                if matches!(byte, b'"' | b'\\') { b"x".to_vec() } else { vec![byte] }
            }),
        ], 0..24,
    )) {
        let text = [&b"{\"k\":[\""[..], &body.concat(), b"\"]}"].concat();
        let (made, count) = mended(&text);
        let made = made.map_or(text.clone(), String::into_bytes);
        prop_assert!(serde_json::from_slice::<Value>(&made).is_ok(), "{:?}", String::from_utf8_lossy(&made));
        prop_assert_eq!(mended(&made), (None, Mended::default()), "once is enough");
        prop_assert_eq!(count.values <= 1, true);
        if std::str::from_utf8(&text).is_ok() && !text.iter().any(|byte| *byte < 0x20) {
            prop_assert_eq!(has_half(&text), count.values == 1);
        }
    }
}
