//! Functions of one's own that pass on what they get: named by settings, for nothing in a file tells what they do.

/// Such a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapper {
    /// Its name, behind those of what it is on.
    path: Vec<String>,
    /// Which argument the event is.
    pub event: usize,
    /// Which argument the properties are.
    pub properties: Option<usize>,
}

impl Wrapper {
    /// Reads a name such as `trackEvent` or `analytics.track`, for a function that takes event and properties at these places.
    ///
    /// # Errors
    /// When it is no name.
    pub fn new(name: &str, event: usize, properties: Option<usize>) -> Result<Self, String> {
        let path: Vec<String> = name.replace("::", ".").replace("->", ".").split('.').map(str::to_owned).collect();
        let is_letter = |one: char| one.is_ascii_alphanumeric() || "_$@".contains(one) || !one.is_ascii();
        let is_word = |part: &String| {
            !part.is_empty() && part.chars().all(is_letter) && !part.starts_with(|one: char| one.is_ascii_digit())
        };
        if !path.iter().all(is_word) {
            let shown: String = name.chars().take(80).collect();
            return Err(format!(
                "{shown:?} is no name of a function: expected one such as trackEvent or analytics.track"
            ));
        }
        Ok(Self { path, event, properties })
    }

    /// Returns its last name.
    pub fn method(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// Whether it is called by this name on what has these names. A function that is named alone may be on anything.
    pub(crate) fn is_called(&self, on: &[&str], name: &str) -> bool {
        let (last, before) = self.path.split_last().map_or(("", &[][..]), |(last, before)| (last.as_str(), before));
        let ends = on.len() >= before.len()
            && on[on.len() - before.len()..]
                .iter()
                .zip(before)
                .all(|(given, own)| super::hints::plain(given) == super::hints::plain(own));
        last == name && ends
    }
}
