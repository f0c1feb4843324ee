//! The path of a request that is passed on: taken apart as it came, checked, and put together anew. Pure.
//!
//! Nothing of the caller's spelling is left in the result, so nothing in it can lead out of the plane that it is joined to: not for
//! us, and not for a server that decodes once more than it should.

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::encode_segment;

use crate::session::Session;

/// Stands for the session's project.
const PROJECT: &str = "{project_id}";

/// Stands for the session's workspace.
const WORKSPACE: &str = "{workspace_id}";

/// A checked path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    /// Decoded; only the last one may be empty.
    Text(String),
    Project,
    Workspace,
}

/// A path that is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("segment {number} of the path, '{}', {why}", shown(text))]
pub(crate) struct PathError {
    /// Which segment, counted from 1.
    number: usize,
    /// As it came.
    text: String,
    why: Why,
}

/// What is wrong with a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Why {
    #[error("is empty")]
    Empty,
    #[error("leads to another directory")]
    Dots,
    #[error("has a % that is not followed by two hexadecimal digits")]
    Escape,
    #[error("is not UTF-8")]
    Encoding,
    #[error("is encoded twice")]
    Twice,
    #[error("has an encoded slash")]
    Slash,
    #[error("has a backslash")]
    Backslash,
    #[error("has a control character")]
    Control,
    #[error("has a ? or #, which end a path")]
    Mark,
}

impl From<PathError> for Failure {
    fn from(error: PathError) -> Self {
        Self::new(FailureKind::InvalidArgument, error.to_string())
    }
}

/// Reads what follows `/v1/api/{plane}/` in the target of a request.
///
/// # Errors
/// Says which segment cannot be passed on, and why.
pub(crate) fn parse(raw: &str) -> Result<Path, PathError> {
    let count = raw.split('/').count();
    let read = |(at, text): (usize, &str)| match segment(text) {
        // The end of a path that has a beginning: Mixpanel has such paths, and they differ from those without the slash.
        Err(Why::Empty) if count > 1 && at + 1 == count => Ok(Segment::Text(String::new())),
        read => read.map_err(|why| PathError { number: at + 1, text: text.to_owned(), why }),
    };
    raw.split('/').enumerate().map(read).collect::<Result<_, _>>().map(Path)
}

impl Path {
    /// Returns the path with every segment encoded and a slash at its start.
    ///
    /// # Errors
    /// When it has a placeholder for something that the session does not have.
    pub(crate) fn fill(&self, session: &Session) -> Result<String, Failure> {
        let workspace = || match session.workspace {
            Some(workspace) => Ok(workspace.to_string()),
            None => Err(needs_workspace()),
        };
        self.join(|| session.project().map(|project| project.as_str().to_owned()), workspace)
    }

    fn join(
        &self,
        project: impl Fn() -> Result<String, Failure>,
        workspace: impl Fn() -> Result<String, Failure>,
    ) -> Result<String, Failure> {
        let mut joined = String::new();
        for segment in &self.0 {
            let text = match segment {
                Segment::Text(text) => encode_segment(text),
                Segment::Project => encode_segment(&project()?),
                Segment::Workspace => encode_segment(&workspace()?),
            };
            joined.push('/');
            joined.push_str(&text);
        }
        Ok(joined)
    }
}

fn needs_workspace() -> Failure {
    let detail = format!("the path has {WORKSPACE}, and no workspace is pinned: add -w WORKSPACE, or write its id");
    Failure::new(FailureKind::InvalidArgument, detail)
        .next("mp workspace list", "list the workspaces of the project")
        .next("mp workspace use WORKSPACE", "pin one for all calls")
}

fn segment(raw: &str) -> Result<Segment, Why> {
    let text = String::from_utf8(decode(raw)?).map_err(|_| Why::Encoding)?;
    match text.as_str() {
        "" => Err(Why::Empty),
        "." | ".." => Err(Why::Dots),
        PROJECT => Ok(Segment::Project),
        WORKSPACE => Ok(Segment::Workspace),
        _ => match text.char_indices().find_map(|(at, one)| objection(one, &text[at..])) {
            Some(why) => Err(why),
            None => Ok(Segment::Text(text)),
        },
    }
}

/// Says what is wrong with a character, which begins the rest of its segment.
fn objection(one: char, rest: &str) -> Option<Why> {
    match one {
        '/' => Some(Why::Slash),
        '\\' => Some(Why::Backslash),
        '?' | '#' => Some(Why::Mark),
        '%' => escaped(rest.as_bytes()).map(|_| Why::Twice),
        _ => one.is_control().then_some(Why::Control),
    }
}

fn decode(raw: &str) -> Result<Vec<u8>, Why> {
    let (mut rest, mut decoded) = (raw.as_bytes(), Vec::with_capacity(raw.len()));
    while let Some((&first, after)) = rest.split_first() {
        if first == b'%' {
            decoded.push(escaped(rest).ok_or(Why::Escape)?);
            rest = &rest[3..];
        } else {
            decoded.push(first);
            rest = after;
        }
    }
    Ok(decoded)
}

/// Returns the byte that stands at the beginning as `%` and two hexadecimal digits.
fn escaped(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Returns a segment for a message: on one line, and not endless.
fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short.escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use url::Url;

    const BASE: &str = "https://mixpanel.com/api/app";

    fn passed(raw: &str) -> Result<String, PathError> {
        let path = parse(raw)?;
        Ok(path.join(|| Ok("3187654".to_owned()), || Ok("880102".to_owned())).expect("there are both"))
    }

    #[test]
    fn good_paths_are_put_together_anew() {
        for (raw, path) in [
            ("me", "/me"),
            ("projects/3187654/dashboards/", "/projects/3187654/dashboards/"),
            ("projects/{project_id}/x", "/projects/3187654/x"),
            ("workspaces/%7Bworkspace_id%7D/x", "/workspaces/880102/x"),
            ("{project_id}x/{}", "/%7Bproject_id%7Dx/%7B%7D"),
            ("a%20b/%c3%a4/ä", "/a%20b/%C3%A4/%C3%A4"),
            ("100%25/a:b,c@d;e=f&g+h", "/100%25/a%3Ab%2Cc%40d%3Be%3Df%26g%2Bh"),
            ("~a-b_c.d/.../..a/.b", "/~a-b_c.d/.../..a/.b"),
            ("%41", "/A"),
        ] {
            assert_eq!(passed(raw).as_deref(), Ok(path), "{raw}");
        }
    }

    #[test]
    fn bad_paths_are_refused_for_what_is_wrong() {
        use Why::*;
        for (raw, number, why) in [
            ("", 1, Empty),
            ("/", 1, Empty),
            ("/me", 1, Empty),
            ("a//b", 2, Empty),
            ("a//", 2, Empty),
            ("..", 1, Dots),
            ("a/./b", 2, Dots),
            ("a/%2e%2E/b", 2, Dots),
            ("a/.%2e", 2, Dots),
            ("a%2Fb", 1, Slash),
            ("..%2f..", 1, Slash),
            ("a\\b", 1, Backslash),
            ("a/..%5c", 2, Backslash),
            ("a%00", 1, Control),
            ("a%0d%0aHost:x", 1, Control),
            ("a\tb", 1, Control),
            ("a%7f", 1, Control),
            ("a%C2%85", 1, Control),
            ("a%", 1, Escape),
            ("a/%2", 2, Escape),
            ("%zz", 1, Escape),
            ("%+1", 1, Escape),
            ("%ff", 1, Encoding),
            ("%c0%ae%c0%ae", 1, Encoding),
            ("%252e%252e", 1, Twice),
            ("%25%32%65", 1, Twice),
            ("a?b", 1, Mark),
            ("a%3Fb", 1, Mark),
            ("a%23b", 1, Mark),
        ] {
            let error = passed(raw).expect_err(raw);
            assert_eq!((error.number, error.why), (number, why), "{raw}");
        }
    }

    #[test]
    fn a_refusal_is_one_short_line() {
        let failure = Failure::from(parse(&format!("a/{}%0a\n", "x".repeat(5000))).expect_err("bad"));
        assert_eq!(failure.kind, FailureKind::InvalidArgument);
        assert!(failure.detail.starts_with("segment 2 of the path, 'xxx"), "{}", failure.detail);
        assert!(failure.detail.len() < 200 && !failure.detail.contains('\n'), "{}", failure.detail);
    }

    /// Text in which what is dangerous is frequent.
    fn hostile() -> impl Strategy<Value = String> {
        let odd = prop::sample::select(vec![
            "..",
            ".",
            "/",
            "//",
            "%2e",
            "%2E",
            "%2f",
            "%5c",
            "\\",
            "%25",
            "%252e",
            "%00",
            "%0d%0a",
            "?",
            "#",
            ";",
            "@",
            ":",
            "%c0%ae",
            "%ff",
            "%",
            "{project_id}",
            "\u{202e}",
            "http:",
            "\u{ff0f}",
            "\u{ff0e}",
            "\t",
            " ",
            "a",
            "%C3%A4",
        ]);
        let piece = prop_oneof![odd.prop_map(str::to_owned), any::<char>().prop_map(String::from), "[a-z0-9]{0,4}"];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn what_is_passed_stays_below_its_base(raw in hostile()) {
            let Ok(path) = passed(&raw) else { return Ok(()) };
            let text = format!("{BASE}{path}");
            let url = Url::parse(&text).expect("a URL");
            prop_assert_eq!(url.as_str(), text.as_str());
            prop_assert_eq!(url.origin(), Url::parse(BASE).expect("a URL").origin());
            prop_assert!(url.path().starts_with("/api/app/") && url.path().len() > "/api/app/".len());
            prop_assert!(url.query().is_none() && url.fragment().is_none());
            // What was passed once is passed again as it is.
            prop_assert_eq!(passed(&path[1..]), Ok(path));
        }
    }
}
