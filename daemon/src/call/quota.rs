//! What Mixpanel says of its limits beside an answer: how much a project may ask in an hour, and which limit a 429 is about. Pure.

use reqwest::header::HeaderMap;

/// What was said of the limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Quota {
    /// Requests of a project in an hour.
    pub(crate) hourly: Option<u64>,
    /// The limit that was hit, where one is named.
    pub(crate) hit: Option<Hit>,
}

/// Which limit a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hit {
    /// What may be asked in an hour.
    Hour,
    /// What may run at once.
    AtOnce,
}

impl Quota {
    /// Reads the headers `RateLimit-Policy` and `RateLimit`:
    /// `"project";q=60;w=3600, "project-concurrency";q=5;qu="concurrent-requests"` and `"project";r=0;t=3600`.
    pub(crate) fn of_headers(headers: &HeaderMap) -> Self {
        let all = |name: &str| {
            let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            values.flat_map(|value| value.split(',')).filter_map(Item::read).collect::<Vec<_>>()
        };
        let policy = all("ratelimit-policy");
        let of_project = policy.iter().find(|item| item.name == "project");
        let hourly = of_project.or_else(|| policy.iter().find(|item| !item.is_of_concurrency()));
        let left = all("ratelimit");
        let hit = left.iter().find(|item| item.number("r").or_else(|| item.number("a")) == Some(0));
        Self {
            hourly: hourly.and_then(|item| item.number("q")).filter(|limit| *limit > 0),
            hit: hit.map(|item| if item.is_of_concurrency() { Hit::AtOnce } else { Hit::Hour }),
        }
    }

    /// Reads the words of a refusal, too: `(61/60 queries running in the last hour)`. Headers say more.
    pub(crate) fn of_refusal(headers: &HeaderMap, words: &str) -> Self {
        let (of_headers, hour) = (Self::of_headers(headers), counted(words, "queries running in the last hour"));
        let is_over = |(used, most): &(u64, u64)| used >= most && *most > 0;
        let by_words = if hour.as_ref().is_some_and(is_over) {
            Some(Hit::Hour)
        } else {
            counted(words, "queries running concurrently").filter(is_over).map(|_| Hit::AtOnce)
        };
        let limit = hour.filter(is_over).map(|(_, most)| most);
        Self { hourly: of_headers.hourly.or(limit), hit: of_headers.hit.or(by_words) }
    }
}

/// Returns the two numbers before some words: how many, of how many.
fn counted(text: &str, what: &str) -> Option<(u64, u64)> {
    let before = text.split_once(what)?.0.trim_end();
    let word = before.rsplit([' ', '(', '"']).next()?;
    let (used, most) = word.split_once('/')?;
    Some((used.parse().ok()?, most.parse().ok()?))
}

/// `"name";key=value;key=value`.
struct Item<'a> {
    name: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> Item<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut words = text.split(';').map(str::trim);
        let name = words.next()?.trim_matches('"');
        let parameters = words.filter_map(|word| word.split_once('=')).collect();
        (!name.is_empty()).then_some(Self { name, parameters })
    }

    fn number(&self, key: &str) -> Option<u64> {
        self.parameters.iter().find(|(known, _)| *known == key)?.1.parse().ok()
    }

    fn is_of_concurrency(&self) -> bool {
        let is_of_unit = |(key, value): &(&str, &str)| *key == "qu" && value.contains("concurrent");
        self.name.contains("concurrency") || self.parameters.iter().any(is_of_unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let of = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("ASCII"))
        };
        pairs.iter().map(of).collect()
    }

    const POLICY: (&str, &str) =
        ("ratelimit-policy", r#""project";q=60;w=3600, "project-concurrency";q=5;qu="concurrent-requests""#);

    #[test]
    fn headers_tell_the_limit_and_which_one_was_hit() {
        let read = |left: &str| Quota::of_headers(&headers(&[POLICY, ("ratelimit", left)]));
        let quota = |hit| Quota { hourly: Some(60), hit };
        assert_eq!(read(r#""project";r=0;t=3600, "project-concurrency";r=3"#), quota(Some(Hit::Hour)));
        assert_eq!(read(r#""project";r=12, "project-concurrency";r=0;t=10"#), quota(Some(Hit::AtOnce)));
        assert_eq!(read(r#""project";a=0"#), quota(Some(Hit::Hour)));
        assert_eq!(read(r#""project";r=12"#), quota(None));
        assert_eq!(read(";;,=,\"\";r=0"), quota(None));
        let other = headers(&[("ratelimit-policy", r#""x-concurrency";q=5, "organisation";q=900"#)]);
        assert_eq!(Quota::of_headers(&other).hourly, Some(900));
        assert_eq!(Quota::of_headers(&headers(&[("ratelimit-policy", r#""project";q=0"#)])).hourly, None);
    }

    #[test]
    fn words_tell_it_where_there_are_no_headers() {
        let read = |words: &str| Quota::of_refusal(&HeaderMap::new(), words);
        let hour = Quota { hourly: Some(60), hit: Some(Hit::Hour) };
        assert_eq!(read("limit reached (61/60 queries running in the last hour)"), hour);
        let both = "5/5 queries running concurrently and 60/60 queries running in the last hour";
        assert_eq!(read(both), hour);
        let at_once = Quota { hourly: None, hit: Some(Hit::AtOnce) };
        assert_eq!(read("(6/5 queries running concurrently)"), at_once);
        assert_eq!(read("5/5 queries running concurrently and 3/unlimited queries running in the last hour"), at_once);
        for nothing in ["", "too busy", "queries running in the last hour", "x/60 queries running in the last hour"] {
            assert_eq!(read(nothing), Quota::default(), "{nothing}");
        }
    }
}
