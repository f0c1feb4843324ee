//! What a prompt looks like: text, fields, and groups that are left out where one of their fields is empty.

use std::iter::Peekable;
use std::str::CharIndices;

/// Declares the fields: the word, what it is, and its colour.
macro_rules! fields {
    ($($field:ident = $name:literal, $colour:expr, $about:literal;)+) => {
        /// What may stand in a template.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Field { $($field,)+ }

        impl Field {
            /// All of them.
            pub(super) const ALL: [Self; [$($name),+].len()] = [$(Self::$field,)+];

            /// Returns its word.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$field => $name,)+ }
            }

            /// Returns what it is.
            pub(super) const fn about(self) -> &'static str {
                match self { $(Self::$field => $about,)+ }
            }

            /// Returns its colour, by the number that it has on a screen.
            pub(super) const fn colour(self) -> Option<usize> {
                match self { $(Self::$field => $colour,)+ }
            }
        }
    };
}

fields! {
    Account = "account", Some(0), "the account";
    Project = "project", Some(1), "the project by its name, where that is known, else its id";
    ProjectId = "project_id", Some(1), "the project by its id";
    Workspace = "workspace", Some(2), "the pinned workspace by its name, else by its id";
    WorkspaceId = "workspace_id", Some(2), "the pinned workspace by its id";
    Target = "target", Some(3), "the target that this shell has chosen (MP_TARGET)";
    Region = "region", None, "us, eu or in";
    State = "state", None, "ok, needs_account, needs_project, login_required, off (no daemon), slow, or a code";
    Mark = "mark", Some(5), "the text of --mark where somebody has to log in, or something is wrong";
}

/// A part of a line, and the field that it is the value of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) field: Option<Field>,
    pub(super) text: String,
}

/// A template that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(Field),
    Group(Vec<Part>),
}

/// Why a template was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Wrong {
    /// A field that there is not.
    #[error("column {0}: there is no field {{{1}}}; there are {fields}", fields = names())]
    Unknown(usize, String),
    /// Something was begun and not ended, or ended and not begun.
    #[error("column {0}: a `{1}` without its `{2}`; write `{1}{1}` for the character itself")]
    Alone(usize, char, char),
    /// A group in a group.
    #[error("column {0}: a group `[…]` cannot stand in another one; write `[[` for the character itself")]
    Nested(usize),
    /// More than a line.
    #[error("column {0}: a prompt is one line, without control characters")]
    Control(usize),
}

fn names() -> String {
    Field::ALL.map(|field| format!("{{{}}}", field.name())).join(", ")
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// When it is none; with the column, from 1.
    pub(super) fn read(text: &str) -> Result<Self, Wrong> {
        if let Some(at) = text.chars().position(char::is_control) {
            return Err(Wrong::Control(at + 1));
        }
        let mut reader = Reader { text, rest: text.char_indices().peekable() };
        reader.parts(None).map(Self)
    }

    /// Fills in the fields. A line of which no field is known says nothing, and is empty.
    pub(super) fn fill(&self, value: impl Fn(Field) -> String) -> Vec<Piece> {
        let mut pieces = Vec::new();
        fill(&self.0, &value, &mut pieces);
        let has_fields = self.0.iter().any(|part| !matches!(part, Part::Text(_)));
        if has_fields && pieces.iter().all(|piece| piece.field.is_none()) {
            return Vec::new();
        }
        // A group that was left out leaves the space before the next one.
        if let Some(first) = pieces.first_mut() {
            first.text = first.text.trim_start().to_owned();
        }
        pieces
    }
}

fn fill(parts: &[Part], value: &impl Fn(Field) -> String, pieces: &mut Vec<Piece>) {
    for part in parts {
        match part {
            Part::Text(text) => pieces.push(Piece { field: None, text: text.clone() }),
            Part::Field(field) => {
                let text = value(*field);
                if !text.is_empty() {
                    pieces.push(Piece { field: Some(*field), text });
                }
            }
            Part::Group(inside) => {
                let is_empty = |part: &Part| matches!(part, Part::Field(field) if value(*field).is_empty());
                if !inside.iter().any(is_empty) {
                    fill(inside, value, pieces);
                }
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
}

impl Reader<'_> {
    /// Reads parts up to the end of the text, or of the group that began at an index.
    fn parts(&mut self, group: Option<usize>) -> Result<Vec<Part>, Wrong> {
        let (mut parts, mut text) = (Vec::new(), String::new());
        let settle = |text: &mut String, parts: &mut Vec<Part>| {
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(text)));
            }
        };
        while let Some((at, c)) = self.rest.next() {
            if matches!(c, '{' | '}' | '[' | ']') && self.rest.next_if(|(_, next)| *next == c).is_some() {
                text.push(c);
                continue;
            }
            match (c, group) {
                ('{', _) => {
                    settle(&mut text, &mut parts);
                    parts.push(Part::Field(self.field(at)?));
                }
                ('[', Some(_)) => return Err(Wrong::Nested(self.column(at))),
                ('[', None) => {
                    settle(&mut text, &mut parts);
                    parts.push(Part::Group(self.parts(Some(at))?));
                }
                (']', Some(_)) => {
                    settle(&mut text, &mut parts);
                    return Ok(parts);
                }
                (']', None) => return Err(Wrong::Alone(self.column(at), ']', '[')),
                ('}', _) => return Err(Wrong::Alone(self.column(at), '}', '{')),
                (c, _) => text.push(c),
            }
        }
        settle(&mut text, &mut parts);
        match group {
            Some(at) => Err(Wrong::Alone(self.column(at), '[', ']')),
            None => Ok(parts),
        }
    }

    /// Reads the rest of a field that began at an index.
    fn field(&mut self, at: usize) -> Result<Field, Wrong> {
        let rest = &self.text[at + 1..];
        let Some(length) = rest.find('}') else { return Err(Wrong::Alone(self.column(at), '{', '}')) };
        let name = &rest[..length];
        let known = Field::ALL.into_iter().find(|field| field.name() == name.trim());
        while self.rest.next().is_some_and(|(_, c)| c != '}') {}
        known.ok_or_else(|| Wrong::Unknown(self.column(at), name.to_owned()))
    }

    fn column(&self, at: usize) -> usize {
        self.text[..at].chars().count() + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(template: &str, known: &[(Field, &str)]) -> String {
        let value = |field| known.iter().find(|(name, _)| *name == field).map_or("", |(_, value)| value).to_owned();
        let template = Template::read(template).unwrap_or_else(|wrong| panic!("{template}: {wrong}"));
        template.fill(value).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn groups_go_with_their_fields() {
        let all = [(Field::Account, "team"), (Field::Project, "Acme [x] {y}"), (Field::Mark, "!")];
        let usual = "{account}[ · {project}][ {mark}]";
        assert_eq!(line(usual, &all), "team · Acme [x] {y} !");
        assert_eq!(line(usual, &all[..2]), "team · Acme [x] {y}");
        assert_eq!(line(usual, &all[..1]), "team");
        assert_eq!(line(usual, &all[2..]), "!", "what stands alone has no space before it");
        assert_eq!(line(usual, &[]), "", "nothing is known");
        assert_eq!(line("[{account} of {region}]x", &all), "", "of no field anything is known");
        assert_eq!(line("{ account }é{{}}[[]]%F", &all), "teamé{}[]%F");
        assert_eq!(line("only text", &[]), "only text");
        assert_eq!(line("", &all), "");
    }

    #[test]
    fn what_is_no_template_is_told_by_its_column() {
        let wrong = |text: &str| Template::read(text).expect_err(text).to_string();
        for (text, said) in [
            ("é{acount}", "column 2: there is no field {acount}; there are {account}, {project},"),
            ("{}", "column 1: there is no field {}"),
            ("x {account", "column 3: a `{` without its `}`"),
            ("x}", "column 2: a `}` without its `{`"),
            ("[{account}", "column 1: a `[` without its `]`"),
            ("]", "column 1: a `]` without its `[`"),
            ("[a[b]]", "column 3: a group"),
            ("a\u{1b}[1m", "column 2: a prompt is one line"),
            ("a\nb", "column 2: a prompt is one line"),
        ] {
            assert!(wrong(text).starts_with(said), "{text}: {}", wrong(text));
        }
    }
}
