//! A page of profiles: its answer made into lines. Pure.

use std::ops::Range;

use mp_catalog::export::{BAD_LINE, OnBadLine};
use mp_proto::mend::{Odd, Oddity, has_half, may_have_halves, mend};
use mp_proto::wire::LinesTally;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::call::lines::{Manners, profile, raw_profile, shown};

/// A page as Mixpanel sends it.
#[derive(Deserialize)]
struct PageAnswer<'a> {
    #[serde(borrow)]
    results: Vec<&'a RawValue>,
    session_id: Option<String>,
    page_size: Option<u64>,
    total: Option<u64>,
}

/// A page as lines.
#[derive(Debug)]
pub(super) struct PageOfLines {
    pub(super) lines: Vec<u8>,
    /// How many of its profiles were wanted.
    pub(super) taken: u64,
    /// How many it has.
    pub(super) size: u64,
    pub(super) session_id: Option<String>,
    pub(super) page_size: Option<u64>,
    pub(super) total: Option<u64>,
    /// What was mended and left out.
    pub(super) tally: LinesTally,
    /// Stands for its profiles: two pages with the same number are the same.
    pub(super) mark: u64,
}

/// Why an answer is no page.
#[derive(Debug)]
pub(super) enum NoPage {
    /// It has no list of profiles. This is its text.
    Profiles(Vec<u8>),
    /// Something in the list is none: its number, from 1, and how it begins.
    Profile(usize, String),
    /// It has values that would be mended, and that is not wanted: what is odd, and the first such value.
    Odd(Oddity, String),
}

/// Makes lines of a page, of so many profiles at most.
pub(super) fn read_page(body: Vec<u8>, left: u64, manners: Manners) -> Result<PageOfLines, NoPage> {
    let is_half = may_have_halves(&body) && has_half(&body);
    if !is_half && let Ok(page) = serde_json::from_slice::<PageAnswer<'_>>(&body) {
        let originals = page.results.iter().map(|result| result.get().as_bytes()).collect();
        return lines(page, originals, &[], body.as_ptr() as usize, left, manners);
    }
    let mut odds = Vec::new();
    let Some(text) = mend(&body, |odd| odds.push(odd)) else { return Err(NoPage::Profiles(body)) };
    let Ok(page) = serde_json::from_str::<PageAnswer<'_>>(&text) else { return Err(NoPage::Profiles(body)) };
    if let (true, Some(first)) = (manners.strict, odds.first()) {
        return Err(NoPage::Odd(first.what(), shown(&text.as_bytes()[first.at..])));
    }
    let originals: Vec<&[u8]> = results(&body).into_iter().map(|span| &body[span]).collect();
    if originals.len() != page.results.len() {
        // A name that comes twice: what counts is the last, and that is what was read.
        let originals = page.results.iter().map(|result| result.get().as_bytes()).collect();
        return lines(page, originals, &odds, text.as_ptr() as usize, left, manners);
    }
    lines(page, originals, &odds, text.as_ptr() as usize, left, manners)
}

/// Makes lines of the profiles, which begin at `base` in memory. `originals` are those as they were sent.
fn lines(
    page: PageAnswer<'_>,
    originals: Vec<&[u8]>,
    odds: &[Odd],
    base: usize,
    left: u64,
    manners: Manners,
) -> Result<PageOfLines, NoPage> {
    let (mut lines, mut taken, mut tally) = (Vec::new(), 0, LinesTally::default());
    let mut odds = odds.iter().peekable();
    let wanted = usize::try_from(left).unwrap_or(usize::MAX);
    for (number, (result, original)) in page.results.iter().zip(&originals).take(wanted).enumerate() {
        taken += 1;
        let made = if manners.raw { raw_profile(original, &mut lines) } else { profile(result, &mut lines) };
        let end = result.get().as_ptr() as usize - base + result.get().len();
        let before = tally.mended.values;
        while let Some(odd) = odds.next_if(|odd| odd.at < end) {
            tally.mended.add(*odd);
        }
        tally.mended.lines += u64::from(tally.mended.values > before);
        if made.is_some() {
            continue;
        }
        match manners.on_bad_line {
            OnBadLine::Fail => return Err(NoPage::Profile(number + 1, shown(original))),
            OnBadLine::Skip => {}
            OnBadLine::Pass => {
                lines.push(BAD_LINE);
                one_line(original, &mut lines);
            }
        }
        tally.bad += 1;
    }
    if manners.raw {
        tally.mended = Default::default();
    }
    let mark = mark(&originals);
    let (size, PageAnswer { session_id, page_size, total, .. }) = (page.results.len() as u64, page);
    Ok(PageOfLines { lines, taken, size, session_id, page_size, total, tally, mark })
}

fn one_line(text: &[u8], out: &mut Vec<u8>) {
    out.extend(text.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
    out.push(b'\n');
}

/// Returns a number that stands for the profiles of a page.
fn mark(profiles: &[&[u8]]) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    profiles.hash(&mut hasher);
    hasher.finish()
}

/// Returns where the profiles of a page stand in its text, which may hold what no reader of JSON takes: brackets and quotes stand where
/// they stand all the same.
fn results(body: &[u8]) -> Vec<Range<usize>> {
    let (mut spans, mut depth, mut begin) = (Vec::new(), 0_u32, None::<usize>);
    let (mut is_inside, mut string, mut key) = (false, None::<usize>, &b""[..]);
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        match (byte, string) {
            (b'\\', Some(_)) => at += 1,
            (b'"', Some(begun)) => {
                if depth == 1 {
                    key = &body[begun + 1..at];
                }
                string = None;
            }
            (_, Some(_)) => {}
            _ if is_inside
                && depth == 2
                && begin.is_none()
                && !byte.is_ascii_whitespace()
                && !matches!(byte, b',' | b']') =>
            {
                begin = Some(at);
                continue;
            }
            (b'"', None) => string = Some(at),
            (b'{' | b'[', None) => {
                depth += 1;
                is_inside |= depth == 2 && byte == b'[' && key == b"results";
            }
            (b'}' | b']' | b',', None) => {
                if is_inside && depth == 2 && byte != b'}' {
                    spans.extend(begin.take().map(|begin| begin..begin + body[begin..at].trim_ascii_end().len()));
                }
                is_inside &= !(depth == 2 && byte == b']');
                depth = if byte == b',' { depth } else { depth.saturating_sub(1) };
            }
            _ => {}
        }
        at += 1;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    const ODD: &[u8] = b"\xef\xbb\xbf{\"page\": 0, \"results\": [ {\"$distinct_id\": \"a\tb\", \"$properties\": {\"n\xff\": NaN, \"l\": [1, {}]}} ,\n\
        {\"$distinct_id\":\"b]}\\\"\",\"$properties\":{\"e\":\"\\ud83d\", \"f\": \"x\ny\"}},{\"$distinct_id\":\"c\",\"$properties\":{}}],\
        \"session_id\": \"s\", \"page_size\": 3, \"total\": 9}";

    fn read(body: &[u8], left: u64, manners: Manners) -> Result<PageOfLines, NoPage> {
        read_page(body.to_vec(), left, manners)
    }

    fn text(page: &PageOfLines) -> String {
        String::from_utf8(page.lines.clone()).expect("text")
    }

    #[test]
    fn odd_values_are_mended_and_counted_by_profile() {
        let page = read(ODD, u64::MAX, Manners::default()).expect("a page");
        let expected = concat!(
            r#"{"distinct_id":"a\tb","last_seen":null,"properties":{"n"#,
            "\u{fffd}",
            r#"":null,"l":[1, {}]}}"#,
            "\n",
            r#"{"distinct_id":"b]}\"","last_seen":null,"properties":{"e":""#,
            "\u{fffd}",
            r#"","f":"x\ny"}}"#,
            "\n",
            r#"{"distinct_id":"c","last_seen":null,"properties":{}}"#,
            "\n",
        );
        assert_eq!(text(&page), expected);
        assert_eq!((page.taken, page.size, page.total), (3, 3, Some(9)));
        let note = page.tally.mended.note().expect("some were");
        assert!(note.starts_with("6 values of 2 lines were mended ("), "{note}");
        assert_eq!(read(ODD, 1, Manners::default()).expect("a page").tally.mended.values, 4);
    }

    #[test]
    fn raw_profiles_are_those_that_were_sent_but_for_ends_of_line() {
        let page = read(ODD, u64::MAX, Manners { raw: true, ..Manners::default() }).expect("a page");
        let expected = [
            &b"{\"$distinct_id\": \"a\tb\", \"$properties\": {\"n\xff\": NaN, \"l\": [1, {}]}}\n"[..],
            b"{\"$distinct_id\":\"b]}\\\"\",\"$properties\":{\"e\":\"\\ud83d\", \"f\": \"x\\ny\"}}\n",
            b"{\"$distinct_id\":\"c\",\"$properties\":{}}\n",
        ];
        assert_eq!(page.lines, expected.concat());
        assert!(page.tally.is_empty());
    }

    #[test]
    fn strict_refuses_what_would_be_mended() {
        let strict = Manners { strict: true, ..Manners::default() };
        assert!(matches!(read(ODD, 9, strict), Err(NoPage::Odd(Oddity::Mark, _))));
        let half = br#"{"results":[{"$distinct_id":"a","$properties":{"k":"x\uDE00"}}]}"#;
        assert!(matches!(read(half, 9, strict), Err(NoPage::Odd(Oddity::Half, shown)) if shown.starts_with("\"x")));
        assert!(read(br#"{"results":[{"$distinct_id":"\ud83d\ude00"}]}"#, 9, strict).is_ok());
    }

    #[test]
    fn what_is_no_profile_ends_the_page_or_is_left_out_or_passed_on() {
        let body = b"{\"results\":[{\"$distinct_id\":\"a\"},\"gone\",{\"$properties\":[\n1]}],\"total\":3}";
        assert!(matches!(read(body, 9, Manners::default()), Err(NoPage::Profile(2, shown)) if shown == "\"gone\""));
        let with = |on_bad_line| read(body, 9, Manners { on_bad_line, ..Manners::default() }).expect("a page");
        let (skipped, passed) = (with(OnBadLine::Skip), with(OnBadLine::Pass));
        let good = "{\"distinct_id\":\"a\",\"last_seen\":null,\"properties\":{}}\n";
        assert_eq!((text(&skipped), skipped.tally.bad, skipped.taken), (good.to_owned(), 2, 3));
        assert_eq!(text(&passed), format!("{good}\u{1e}\"gone\"\n\u{1e}{{\"$properties\":[ 1]}}\n"));
        for none in [&b"{\"error\":\"x\"}"[..], b"<html>", b"", b"{\"results\":[", b"{\"results\":{}}"] {
            assert!(matches!(read(none, 9, Manners::default()), Err(NoPage::Profiles(_))), "{none:?}");
        }
    }

    #[test]
    fn profiles_are_found_in_any_text() {
        let found = |body: &[u8]| {
            results(body).into_iter().map(|span| String::from_utf8_lossy(&body[span]).into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            found(br#"{"a":{"results":[1]},"b":["results"],"results":[ 1 , {"results":[2,3]},"x,]",[4] ],"c":[5]}"#),
            ["1", r#"{"results":[2,3]}"#, r#""x,]""#, "[4]"]
        );
        assert!(
            found(br#"{"results":[]}"#).is_empty()
                && found(b"").is_empty()
                && found(br#"{"results":"[1]"}"#).is_empty()
        );
    }
}
