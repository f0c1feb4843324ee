//! What is made of an answer.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::model::{Model, Names};
use super::time::spelled;

/// What is left when the envelope is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// An object.
    One,
    /// A list of objects.
    List,
    /// A list of texts.
    Words,
    /// A list of anything.
    Values,
    /// Any JSON.
    Any,
    /// Bytes, however many, as they come.
    Bytes,
    /// A stream of JSON Lines: one object a line, however many.
    Lines,
    /// Nothing of interest.
    Empty,
}

/// The envelope of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwrap {
    /// There is none.
    Body,
    /// `{"status": …, "results": …}`, as the App API has it; an answer without it is itself.
    Results,
}

/// Makes what callers get of an answer without its envelope; `arguments` are those of [`super::bound::Bound`]. What callers should be told
/// beside it goes to the notes. The error names what is missing, as the end of a sentence. Pure.
pub type Reshape = fn(arguments: &Map<String, Value>, answer: Value, notes: &mut Vec<String>) -> Result<Value, String>;

/// Makes the rows of a table of what callers get. Pure.
pub type Rows = fn(&Value) -> Vec<Map<String, Value>>;

/// Returns the word that stands for an entry, where that is not its name; none of an entry that has none. Pure.
pub type Word = fn(&Value) -> Option<String>;

/// How a number tells a time: since the beginning of 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Epoch {
    /// In seconds.
    Seconds,
    /// In their thousandth parts.
    Millis,
}

impl Epoch {
    /// Returns how many of its units a second has.
    pub const fn per_second(self) -> u32 {
        match self {
            Self::Seconds => 1,
            Self::Millis => 1000,
        }
    }
}

/// What is made of an answer, and how a table shows it.
#[derive(Debug, Clone, Copy)]
pub struct Reply {
    /// What surrounds it.
    pub unwrap: Unwrap,
    /// What it must be in the end.
    pub shape: Shape,
    /// The fields that callers get of each object, all when empty. One that is missing is an error, or null if its name has a `?`
    /// behind it.
    pub fields: &'static [&'static str],
    /// What each object is.
    pub model: Option<(&'static Model, Names)>,
    /// What each object is where code makes it. It is only told: nothing of the answer depends on it.
    pub described: Option<&'static Model>,
    /// The field by which a list is sorted.
    pub sort: Option<&'static str>,
    /// What a row cannot say.
    pub reshape: Option<Reshape>,
    /// The columns of a table, where they are not those of the model.
    pub columns: &'static [&'static str],
    /// The rows of a table, where they are not the entries of a list.
    pub rows: Option<Rows>,
    /// The word that stands for an entry where each is one word, where that is not its name.
    pub word: Option<Word>,
    /// The fields that hold a time as a number: a table shows the time.
    pub epochs: &'static [(&'static str, Epoch)],
    /// The fields of each object that hold a time: they are shown with `+00:00`, however Mixpanel spells them.
    pub times: &'static [&'static str],
    /// Whether the answer changes so rarely that it may be kept for a while.
    pub kept: bool,
    /// Its readers, where it is not shown as a whole.
    pub audience: Option<Audience>,
    /// What a person is told when it is done and there is nothing to show; `{name}` stands for an argument.
    pub done: &'static str,
}

/// The readers of an answer: which of its fields is for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audience {
    /// The one that is a text for people and shells.
    pub text: &'static str,
    /// The one that is data; all of them when there is none such.
    pub data: Option<&'static str>,
    /// Whether a command shows the text unless another format is asked for.
    pub is_usual: bool,
    /// The one that goes into the file that was named. An object whose field this is `files` goes into a folder, a file for each name;
    /// then the text is that of the field `written`.
    pub file: Option<&'static str>,
}

/// What callers get, and what they should be told beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplyValue {
    /// The value.
    pub value: Value,
    /// The notes.
    pub notes: Vec<String>,
}

impl Reply {
    /// An object.
    pub const ONE: Self = Self {
        unwrap: Unwrap::Results,
        shape: Shape::One,
        fields: &[],
        model: None,
        described: None,
        sort: None,
        reshape: None,
        columns: &[],
        rows: None,
        word: None,
        epochs: &[],
        times: &[],
        kept: false,
        audience: None,
        done: "",
    };
    /// A list of objects.
    pub const LIST: Self = Self { shape: Shape::List, ..Self::ONE };
    /// A list of texts.
    pub const WORDS: Self = Self { shape: Shape::Words, columns: &["value"], ..Self::ONE };
    /// Nothing of interest.
    pub const EMPTY: Self = Self { shape: Shape::Empty, ..Self::ONE };
    /// Bytes as they come.
    pub const BYTES: Self = Self { shape: Shape::Bytes, ..Self::ONE };
    /// A list of anything.
    pub const VALUES: Self = Self { shape: Shape::Values, ..Self::ONE };
    /// Anything.
    pub const ANY: Self = Self { shape: Shape::Any, ..Self::ONE };
    /// A stream of lines.
    pub const LINES: Self = Self { shape: Shape::Lines, ..Self::ONE };

    /// It has no envelope.
    pub const fn bare(mut self) -> Self {
        self.unwrap = Unwrap::Body;
        self
    }

    /// Callers get these fields; they are the columns of a table, too, unless others are named.
    pub const fn fields(mut self, fields: &'static [&'static str]) -> Self {
        self.fields = fields;
        self
    }

    /// Each object is of this model, and shows the model's own names.
    pub const fn of(mut self, model: &'static Model) -> Self {
        self.model = Some((model, Names::Callers));
        self
    }

    /// Each object is of this model, and shows Mixpanel's names.
    pub const fn of_wire(mut self, model: &'static Model) -> Self {
        self.model = Some((model, Names::Mixpanels));
        self
    }

    /// Code makes objects of this model.
    pub const fn described(mut self, model: &'static Model) -> Self {
        self.described = Some(model);
        self
    }

    /// Its fields are for different readers.
    pub const fn audience(mut self, audience: Audience) -> Self {
        self.audience = Some(audience);
        self
    }

    /// A person is told this when it is done.
    pub const fn done(mut self, text: &'static str) -> Self {
        self.done = text;
        self
    }

    /// It is sorted by a field.
    pub const fn sort(mut self, field: &'static str) -> Self {
        self.sort = Some(field);
        self
    }

    /// Code makes it.
    pub const fn reshape(mut self, reshape: Reshape) -> Self {
        self.reshape = Some(reshape);
        self
    }

    /// A table has these columns.
    pub const fn columns(mut self, columns: &'static [&'static str]) -> Self {
        self.columns = columns;
        self
    }

    /// A table has these rows.
    pub const fn rows(mut self, rows: Rows) -> Self {
        self.rows = Some(rows);
        self
    }

    /// This word stands for an entry.
    pub const fn word(mut self, word: Word) -> Self {
        self.word = Some(word);
        self
    }

    /// These fields hold times as numbers.
    pub const fn epochs(mut self, epochs: &'static [(&'static str, Epoch)]) -> Self {
        self.epochs = epochs;
        self
    }

    /// These fields hold times.
    pub const fn times(mut self, times: &'static [&'static str]) -> Self {
        self.times = times;
        self
    }

    /// It may be kept.
    pub const fn kept(mut self) -> Self {
        self.kept = true;
        self
    }

    /// Returns what each object is, for those who write types, and whose names it shows.
    pub fn object(&self) -> Option<(&'static Model, Names)> {
        self.model.or(self.described.map(|model| (model, Names::Callers)))
    }

    /// Returns the columns of a table, all when empty: its own, else those of its model.
    pub fn shown_columns(&self) -> Vec<&'static str> {
        match self.model {
            Some((model, names)) if self.columns.is_empty() => {
                model.columns.iter().map(|name| model.shown_name(name, names)).collect()
            }
            _ => self.columns.to_vec(),
        }
    }

    /// Makes what callers get of an answer.
    ///
    /// # Errors
    /// When it is something else than was expected: what, as the end of a sentence.
    pub fn take(&self, arguments: &Map<String, Value>, answer: Value) -> Result<ReplyValue, String> {
        let mut notes = Vec::new();
        let mut value = match self.unwrap {
            Unwrap::Body => answer,
            Unwrap::Results => results(answer),
        };
        if let Some(reshape) = self.reshape {
            value = reshape(arguments, value, &mut notes)?;
        }
        let mut value = self.shape.check(value)?;
        for object in objects(&mut value) {
            if let Some((model, names)) = self.model {
                *object = model.shown(std::mem::take(object), names)?;
            }
            self.pick(object)?;
            self.spell_times(object);
        }
        if let (Some(field), Value::Array(list)) = (self.sort, &mut value) {
            list.sort_by(|one, other| one[field].as_str().cmp(&other[field].as_str()));
        }
        Ok(ReplyValue { value, notes })
    }

    fn pick(&self, object: &mut Map<String, Value>) -> Result<(), String> {
        if self.fields.is_empty() {
            return Ok(());
        }
        let mut picked = Map::new();
        for field in self.fields {
            let (name, value) = match field.strip_suffix('?') {
                Some(name) => (name, object.swap_remove(name).unwrap_or_default()),
                None => (*field, object.swap_remove(*field).ok_or_else(|| format!("an entry without '{field}'"))?),
            };
            picked.insert(name.to_owned(), value);
        }
        *object = picked;
        Ok(())
    }

    fn spell_times(&self, object: &mut Map<String, Value>) {
        for name in self.times {
            if let Some(Value::String(text)) = object.get_mut(*name) {
                *text = spelled(std::mem::take(text));
            }
        }
    }
}

/// Takes an answer out of its envelope; an answer without one is itself.
pub fn results(answer: Value) -> Value {
    match answer {
        Value::Object(mut fields) if fields.contains_key("results") => {
            fields.swap_remove("results").unwrap_or_default()
        }
        other => other,
    }
}

fn objects(value: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let entries = match value {
        Value::Array(rows) => rows.as_mut_slice(),
        other => std::slice::from_mut(other),
    };
    entries.iter_mut().filter_map(Value::as_object_mut)
}

impl Shape {
    fn check(self, value: Value) -> Result<Value, String> {
        let (fits, expected) = match (self, &value) {
            (Self::One, value) => (value.is_object(), "an object"),
            (Self::List, Value::Array(rows)) => (rows.iter().all(Value::is_object), "a list of objects"),
            (Self::Words, Value::Array(rows)) => (rows.iter().all(Value::is_string), "a list of texts"),
            (Self::Values, value) => (value.is_array(), "a list"),
            (Self::List | Self::Words, _) => (false, "a list"),
            // Lines are never taken as a whole.
            (Self::Lines, _) => (false, "lines"),
            (Self::Bytes, _) => (false, "bytes"),
            (Self::Any, _) => return Ok(value),
            (Self::Empty, _) => return Ok(Value::Null),
        };
        if fits { Ok(value) } else { Err(format!("something else than {expected}")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn taken(reply: Reply, answer: Value) -> Result<Value, String> {
        reply.take(&Map::new(), answer).map(|taken| taken.value)
    }

    #[test]
    fn times_are_spelled_alike() {
        let reply = Reply::LIST.times(&["created", "modified", "missing"]);
        let answer = json!([{"created": "2025-01-10T12:30:00Z", "modified": "2025-02-11T08:15:30.25Z", "pinned": "2025-01-01T00:00:00Z"},
            {"created": null, "modified": "2025-02-01T00:00:00"}]);
        let expected = json!([{"created": "2025-01-10T12:30:00+00:00", "modified": "2025-02-11T08:15:30.250000+00:00",
            "pinned": "2025-01-01T00:00:00Z"}, {"created": null, "modified": "2025-02-01T00:00:00"}]);
        assert_eq!(taken(reply, answer), Ok(expected));
    }

    #[test]
    fn an_answer_must_have_its_shape() {
        assert_eq!(taken(Reply::LIST, json!({"status": "ok", "results": [{"id": 1}]})), Ok(json!([{"id": 1}])));
        assert_eq!(taken(Reply::LIST, json!([])), Ok(json!([])));
        assert!(taken(Reply::LIST, json!({})).is_err() && taken(Reply::LIST, json!([1])).is_err());
        assert_eq!(taken(Reply::ONE, json!({})), Ok(json!({})));
        assert_eq!(taken(Reply::ONE.bare(), json!({"results": 1})), Ok(json!({"results": 1})));
        assert!(taken(Reply::ONE, json!([])).is_err() && taken(Reply::WORDS, json!([1])).is_err());
        assert_eq!(taken(Reply { shape: Shape::Empty, ..Reply::ONE }, json!({"status": "ok"})), Ok(Value::Null));
    }

    #[test]
    fn fields_are_picked_and_lists_sorted() {
        let reply = Reply::LIST.fields(&["id", "name"]).sort("name");
        assert_eq!(taken(reply.fields(&["id", "note?"]), json!([{"id": 1}])), Ok(json!([{"id": 1, "note": null}])));
        let answer = json!([{"name": "b", "x": 0, "id": 1}, {"id": 2, "name": "a"}]);
        assert_eq!(
            taken(reply, answer).map(|value| value.to_string()),
            Ok(r#"[{"id":2,"name":"a"},{"id":1,"name":"b"}]"#.into())
        );
        assert_eq!(taken(reply, json!([{"id": 1}])), Err("an entry without 'name'".to_owned()));
    }
}
