//! Odd answers, each in a project of its own: whoever has a credential may see these projects, so that what is made of an answer can be
//! tried with the real programs. `sandbox --odd-projects` lists them.
//!
//! Events (`export events -p ID`) are three a request, less or more where the oddity says so; profiles come on pages of three.

use std::io::Write;

use bytes::Bytes;
use flate2::{Compression, GzBuilder};
use serde_json::{Value, json};

use super::reply::Reply;
use super::server::Received;

/// A project whose answers are odd.
#[derive(Debug, Clone, Copy)]
pub struct Oddity {
    /// The id.
    pub project: u64,
    /// What is odd.
    pub what: &'static str,
    answer: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// A body of events.
    Lines(&'static [u8]),
    /// The good events in a compressed body, made so.
    Packed(fn(&[Bytes]) -> Vec<Bytes>),
    /// Pages of profiles: the answer to the page of this number.
    Pages(fn(u64) -> Value),
    /// A page of profiles as bytes.
    Page(&'static [u8]),
    /// The same compressed, whatever is asked for.
    PackedAnswer(fn(&[Bytes]) -> Vec<Bytes>),
    /// Any answer of the query API.
    Answer(&'static [u8]),
}

/// The events of every odd project: what is right comes out as these.
pub const GOOD: [&str; 3] = [
    r#"{"event":"One","properties":{"time":1735689600,"distinct_id":"u1","$insert_id":"i1","city":"Köln"}}"#,
    r#"{"event":"Two","properties":{"time":1735689601,"distinct_id":"u2","$insert_id":"i2","note":"a \"quoted\" text"}}"#,
    r#"{"event":"Three","properties":{"time":1735689602,"distinct_id":"u3","$insert_id":"i3","emoji":"\ud83d\ude00"}}"#,
];

/// All of them.
pub const ODDITIES: [Oddity; 42] = [
    lines(910_001, "control characters in names and values", b"{\"event\":\"One\",\"properties\":{\"time\":1735689600,\"a\tb\":\"c\x00\x1b[31md\"}}\n"),
    lines(910_002, "bytes that are no UTF-8", b"{\"event\":\"One\",\"properties\":{\"time\":1735689600,\"k\xff\":\"v\xf0\x9f\x98\"}}\n"),
    lines(910_003, "halves of surrogate pairs in names and values", br#"{"event":"One\ud83d","properties":{"time":1735689600,"\uDE00k":"v\ud83d!","good":"\ud83d\ude00"}}"#),
    lines(910_004, "NaN and infinities", b"{\"event\":\"One\",\"properties\":{\"time\":1735689600,\"a\":NaN,\"b\":[-Infinity,Infinity],\"c\":\"NaN\"}}\n"),
    lines(910_005, "a byte order mark", b"\xef\xbb\xbf{\"event\":\"One\",\"properties\":{\"time\":1735689600}}\n"),
    lines(910_006, "good lines around one with all of it", b"{\"event\":\"One\",\"properties\":{}}\n{\"event\":\"T\xffwo\",\"properties\":{\"a\":\"\x01\",\"b\":NaN,\"c\":\"\\udc00\"}}\n{\"event\":\"Three\",\"properties\":{}}\n"),
    lines(910_007, "returns and escapes that only some terminals obey", "{\"event\":\"One\",\"properties\":{\"a\":\"x\ry\u{9b}31m\u{2028}\u{85}\"}}\r\n".as_bytes()),
    lines(910_011, "a line of garbage between good ones", b"{\"event\":\"One\",\"properties\":{}}\n\x1b[2J<garbage>\xff\n{\"event\":\"Three\",\"properties\":{}}\n"),
    lines(910_012, "an event without properties", b"{\"event\":\"One\",\"properties\":{}}\n{\"event\":\"Two\"}\n{\"event\":\"Three\",\"properties\":{}}\n"),
    lines(910_013, "half an event between good ones", b"{\"event\":\"One\",\"properties\":{}}\n{\"event\":\"Two\",\"prop\n{\"event\":\"Three\",\"properties\":{}}\n"),
    lines(910_014, "an event on two lines", b"{\"event\":\"One\",\"properties\":{}}\n{\"event\":\"Two\",\"properties\":{\"a\":\"first\nsecond\"}}\n{\"event\":\"Three\",\"properties\":{}}\n"),
    lines(910_015, "an event on four lines", b"{\"event\":\"One\",\"properties\":{}}\n{\"event\":\"Two\",\"properties\":{\"a\":\"1\n\n{\n4\"}}\n{\"event\":\"Three\",\"properties\":{}}\n"),
    lines(910_016, "a footer in words", b"{\"event\":\"One\",\"properties\":{}}\nterminated early\n"),
    lines(910_017, "a footer in JSON", b"{\"event\":\"One\",\"properties\":{}}\n{\"error\": \"export terminated early: too many events\"}\n"),
    lines(910_018, "a body that ends in the middle of a line", b"{\"event\":\"One\",\"properties\":{}}\n{\"event\":\"Two\",\"properties\":{\"a\":\"b"),
    lines(910_019, "lists and numbers as lines", b"{\"event\":\"One\",\"properties\":{}}\n[1,2]\n7\n{\"event\":\"Three\",\"properties\":{}}\n"),
    packed(910_021, "two gzip members", |good| vec![member(&good[..1]), member(&good[1..])]),
    packed(910_022, "a gzip member for each line", |good| good.iter().map(|line| member(std::slice::from_ref(line))).collect()),
    packed(910_023, "an empty gzip member first", |good| vec![member(&[]), member(good)]),
    packed(910_024, "empty gzip members in the middle and at the end", |good| vec![member(&good[..2]), member(&[]), member(&good[2..]), member(&[])]),
    packed(910_025, "gzip headers with name, comment and extra field", |good| good.iter().map(named).collect()),
    packed(910_026, "a gzip header with a checksum of its own", |good| vec![member(&good[..1]), summed(&good[1..])]),
    packed(910_027, "gzip members that are stored, not deflated", |good| good.iter().map(stored).collect()),
    packed(910_028, "gzip members that end in the middle of a line", |good| {
        let all = good.concat();
        all.chunks(37).map(|part| member(&[Bytes::copy_from_slice(part)])).collect()
    }),
    packed(910_029, "gzip members in chunks of one byte", |good| {
        let all = [member(&good[..1]), member(&good[1..])].concat();
        all.iter().map(|byte| Bytes::copy_from_slice(&[*byte])).collect()
    }),
    packed(910_030, "garbage after the last gzip member", |good| vec![member(&good[..1]), member(&good[1..]), Bytes::from_static(b"garbage")]),
    packed(910_031, "zeros after the last gzip member", |good| vec![member(good), Bytes::from_static(&[0; 16])]),
    packed(910_032, "a last gzip member that is cut off", |good| vec![member(&good[..1]), cut(&member(&good[1..]), 5)]),
    packed(910_033, "a gzip member with a wrong checksum", |good| vec![member(&good[..1]), spoilt(&member(&good[1..2])), member(&good[2..])]),
    packed(910_034, "a gzip header that is cut off", |good| vec![member(good), cut(&member(good), usize::MAX)]),
    pages(920_001, "a short page though more were announced", |page| of_page(page, &[3, 1, 3], 7)),
    pages(920_002, "the same page again and again", |_| of_page(0, &[3], 9)),
    pages(920_003, "pages that never end, and a growing number", |page| of_page(page, &[], (page + 2) * 3)),
    pages(920_004, "pages that never end, and a shrinking number", |page| of_page(page, &[], 9_u64.saturating_sub(page))),
    pages(920_005, "a short page without a session though more were announced", |page| without_session(of_page(page, &[2], 7))),
    pages(920_006, "empty pages though more were announced", |page| of_page(page, &[3, 0, 0, 0, 0, 0, 0, 0], 7)),
    Oddity { project: 920_007, what: "odd values on a page of profiles", answer: Kind::Page(
        b"{\"page\":0,\"page_size\":3,\"total\":2,\"session_id\":\"s\",\"status\":\"ok\",\"results\":[{\"$distinct_id\":\"a\tb\",\"$properties\":{\"n\xff\":NaN}},\
          {\"$distinct_id\":\"u2\",\"$properties\":{\"e\":\"\\ud83d\",\"l\":\"x\ny\"}}]}") },
    pages(920_008, "something else between profiles", |page| {
        let mut answer = of_page(page, &[2], 3);
        let results = answer["results"].as_array_mut().expect("a list");
        if page == 0 {
            results.insert(1, json!("gone"));
        }
        answer
    }),
    Oddity { project: 920_009, what: "a page of profiles in two gzip members", answer: Kind::PackedAnswer(|good| vec![member(&good[..1]), member(&good[1..])]) },
    Oddity { project: 930_001, what: "odd values in any answer", answer: Kind::Answer(b"[\"One\",\"T\x01wo\",\"Th\xffree\",\"\\ud83d\"]") },
    Oddity { project: 930_002, what: "any answer after a byte order mark", answer: Kind::Answer(b"\xef\xbb\xbf[\"One\",\"Two\"]") },
    Oddity { project: 930_003, what: "garbage after the last gzip member of any answer", answer: Kind::PackedAnswer(|good| vec![member(good), Bytes::from_static(b"x")]) },
];

const fn lines(project: u64, what: &'static str, body: &'static [u8]) -> Oddity {
    Oddity { project, what, answer: Kind::Lines(body) }
}

const fn packed(project: u64, what: &'static str, make: fn(&[Bytes]) -> Vec<Bytes>) -> Oddity {
    Oddity { project, what, answer: Kind::Packed(make) }
}

const fn pages(project: u64, what: &'static str, make: fn(u64) -> Value) -> Oddity {
    Oddity { project, what, answer: Kind::Pages(make) }
}

/// Answers for a project that is odd; none for any other.
pub(crate) fn answer(plane: &str, received: &Received) -> Option<Reply> {
    let project: u64 = received.parameter("project_id")?.parse().ok()?;
    let oddity = ODDITIES.iter().find(|one| one.project == project)?;
    match (plane, oddity.answer) {
        ("export", Kind::Lines(body)) => Some(
            Reply::stream(200, move || std::iter::once(Bytes::from_static(body))).header("Content-Type", "text/plain"),
        ),
        ("export", Kind::Packed(make)) => {
            Some(compressed(make, &GOOD.map(|line| Bytes::from(format!("{line}\n"))), "text/plain"))
        }
        ("engage", Kind::Pages(make)) => {
            let page = received.json()["page"].as_u64().unwrap_or_default();
            Some(Reply::json(200, &make(page)))
        }
        ("engage", Kind::Page(body)) | ("query", Kind::Answer(body)) => {
            Some(Reply::new(200).header("Content-Type", "application/json").body(body))
        }
        ("engage" | "query", Kind::PackedAnswer(make)) => {
            let text = if plane == "engage" { of_page(0, &[2], 2).to_string() } else { r#"["One","Two"]"#.to_owned() };
            let (begin, end) = text.split_at(text.len() / 2);
            Some(compressed(make, &[begin, end].map(|part| Bytes::from(part.to_owned())), "application/json"))
        }
        _ => None,
    }
}

fn compressed(make: fn(&[Bytes]) -> Vec<Bytes>, parts: &[Bytes], kind: &str) -> Reply {
    let chunks = make(parts);
    let reply = Reply::stream(200, move || chunks.clone().into_iter().filter(|chunk| !chunk.is_empty()));
    reply.header("Content-Type", kind).header("Content-Encoding", "gzip")
}

fn gzip(head: GzBuilder, level: Compression, parts: &[Bytes]) -> Bytes {
    let mut encoder = head.write(Vec::new(), level);
    parts.iter().for_each(|part| encoder.write_all(part).expect("a vector takes everything"));
    encoder.finish().expect("a vector takes everything").into()
}

fn member(parts: &[Bytes]) -> Bytes {
    gzip(GzBuilder::new(), Compression::default(), parts)
}

fn named(part: &Bytes) -> Bytes {
    let head =
        GzBuilder::new().filename("events.jsonl").comment("of a day").extra(&b"\x01\x02\x03\x00abc"[..]).mtime(7);
    gzip(head, Compression::best(), std::slice::from_ref(part))
}

fn stored(part: &Bytes) -> Bytes {
    gzip(GzBuilder::new(), Compression::none(), std::slice::from_ref(part))
}

/// Adds the checksum of the header.
fn summed(parts: &[Bytes]) -> Bytes {
    let mut made = member(parts).to_vec();
    made[3] |= 2;
    let sum = crc32fast::hash(&made[..10]).to_le_bytes();
    made.splice(10..10, [sum[0], sum[1]]);
    made.into()
}

/// Returns the beginning of a member: all but so many bytes, and four at least.
fn cut(member: &Bytes, less: usize) -> Bytes {
    member.slice(..member.len().saturating_sub(less).max(4))
}

fn spoilt(member: &Bytes) -> Bytes {
    let mut made = member.to_vec();
    let at = made.len() - 8;
    made[at] ^= 0xff;
    made.into()
}

/// Returns a page: so many profiles as it says, none after these, and three where it says nothing at all.
fn of_page(page: u64, sizes: &[u64], total: u64) -> Value {
    let size = |page: u64| match usize::try_from(page) {
        Ok(at) if !sizes.is_empty() => sizes.get(at).copied().unwrap_or(0),
        _ => 3,
    };
    let first: u64 = (0..page).map(size).sum();
    let results: Vec<Value> = (first..first + size(page)).map(profile).collect();
    json!({"page": page, "page_size": 3, "total": total, "session_id": "s", "status": "ok", "results": results})
}

fn without_session(mut page: Value) -> Value {
    page["session_id"] = Value::Null;
    page
}

fn profile(number: u64) -> Value {
    json!({"$distinct_id": format!("u{number}"), "$properties": {"n": number}})
}
