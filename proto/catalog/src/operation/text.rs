//! What a text must be beside a text: how long, and whether white space counts.

/// What a text must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Text {
    /// Whether white space around it is taken off.
    pub trimmed: bool,
    /// How much must be in it.
    pub least: Least,
    /// Most characters.
    pub most: Option<usize>,
}

/// How much must be in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Least {
    /// It may be empty.
    #[default]
    Nothing,
    /// A character, if only a space.
    Something,
    /// A character that is seen.
    Seen,
}

impl Text {
    /// Any text.
    pub const ANY: Self = Self { trimmed: false, least: Least::Nothing, most: None };

    /// Returns a text as it is sent.
    ///
    /// # Errors
    /// When it is too long or nothing is in it: what it must be, as the end of a sentence.
    pub fn checked(self, given: &str) -> Result<String, String> {
        let text = if self.trimmed { given.trim() } else { given };
        match self.least {
            Least::Something if text.is_empty() => return Err("must not be empty".to_owned()),
            Least::Seen if text.trim().is_empty() => return Err("must not be blank".to_owned()),
            _ => {}
        }
        let length = text.chars().count();
        match self.most {
            Some(most) if length > most => {
                Err(format!("must not be longer than {most} characters; this one has {length}"))
            }
            _ => Ok(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_as_long_as_it_may_be() {
        let name = Text { trimmed: true, least: Least::Seen, most: Some(3) };
        assert_eq!(name.checked(" ü ").as_deref(), Ok("ü"));
        assert_eq!(name.checked("üüü").as_deref(), Ok("üüü"), "characters count, not bytes");
        assert_eq!(name.checked("abcd"), Err("must not be longer than 3 characters; this one has 4".to_owned()));
        assert_eq!(name.checked(" \t"), Err("must not be blank".to_owned()));
        let some = Text { least: Least::Something, ..Text::ANY };
        assert_eq!((some.checked(" ").as_deref(), some.checked("").is_err()), (Ok(" "), true));
        assert_eq!(Text::ANY.checked("").as_deref(), Ok(""));
    }
}
