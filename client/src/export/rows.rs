//! Lines as rows of CSV: one column for each name, wherever in a line its value stands.

use std::collections::BTreeMap;

use mp_proto::failure::{Failure, FailureKind};
use serde_json::Value;

/// Columns of events and of profiles when nobody names any: what every line has.
const OF_EVENTS: [&str; 5] = ["event_name", "event_time", "distinct_id", "insert_id", "properties"];
const OF_PROFILES: [&str; 3] = ["distinct_id", "last_seen", "properties"];

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    /// What it is called in the file.
    name: String,
    /// The property, or the field of a line.
    of: String,
}

/// Makes rows of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rows {
    columns: Vec<Column>,
    /// Whether a person reads them: there, a line break in a cell would look like another row.
    is_watched: bool,
}

impl Rows {
    /// Returns the rows with some columns, and what is to be said of their names. With `snake`, names are those of a database: small
    /// letters, digits and underscores.
    ///
    /// # Errors
    /// When a column has no name.
    pub(super) fn new(given: Option<&str>, is_events: bool, snake: bool) -> Result<(Self, Vec<String>), Failure> {
        let usual = if is_events { &OF_EVENTS[..] } else { &OF_PROFILES[..] };
        let names: Vec<String> = match given {
            None => usual.iter().map(|name| (*name).to_owned()).collect(),
            Some(text) => named(text),
        };
        if names.is_empty() || names.iter().any(String::is_empty) {
            let detail = "--columns must be names with commas between them, or a JSON list of names";
            return Err(Failure::new(FailureKind::InvalidArgument, detail));
        }
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        let mut notes = Vec::new();
        let mut columns: Vec<Column> = Vec::new();
        for of in names {
            let wanted = if snake { snaked(&of) } else { of.clone() };
            let mut name = wanted.clone();
            while taken.contains_key(&name) {
                let count = taken.entry(wanted.clone()).or_insert(1);
                *count += 1;
                name = format!("{wanted}_{count}");
            }
            taken.insert(name.clone(), 1);
            if name != wanted {
                notes.push(format!("the column of {of} is called {name}, for {wanted} is there already"));
            }
            columns.push(Column { name, of });
        }
        Ok((Self { columns, is_watched: false }, notes))
    }

    /// Returns them for a person or for a program.
    pub(super) fn watched(self, is_watched: bool) -> Self {
        Self { is_watched, ..self }
    }

    fn cell(&self, line: &Value, of: &str) -> String {
        let text = cell(line, of);
        if self.is_watched { text.replace('\r', "\\r").replace('\n', "\\n") } else { text }
    }

    /// Returns what the columns are made of, as it stands in a journal.
    pub(super) fn described(&self) -> Value {
        self.columns.iter().map(|column| Value::from(vec![column.name.clone(), column.of.clone()])).collect()
    }

    /// Returns the first line of the file.
    pub(super) fn header(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory does not fail, nor does a record of one length.
        writer.write_record(self.columns.iter().map(|column| &column.name)).ok();
        writer.into_inner().unwrap_or_default()
    }

    /// Adds the rows of whole lines.
    ///
    /// # Errors
    /// When a line is no JSON object.
    pub(super) fn add(&self, lines: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
        let mut writer = csv::Writer::from_writer(out);
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let value: Value = serde_json::from_slice(line).map_err(|error| {
                Failure::new(FailureKind::UpstreamInvalid, format!("a line is no JSON, and cannot be a row: {error}"))
            })?;
            writer.write_record(self.columns.iter().map(|column| self.cell(&value, &column.of))).ok();
        }
        writer.flush().ok();
        Ok(())
    }
}

/// Reads names: a JSON list, or a text with commas.
fn named(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_else(|_| text.split(',').map(|name| name.trim().to_owned()).collect())
}

/// Returns a name as databases like it.
fn snaked(name: &str) -> String {
    let mut out = String::new();
    let mut before: Option<char> = None;
    for c in name.chars() {
        match c {
            c if c.is_ascii_uppercase() => {
                if before.is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit()) {
                    out.push('_');
                }
                out.push(c.to_ascii_lowercase());
            }
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ if out.is_empty() || out.ends_with('_') => {}
            _ => out.push('_'),
        }
        before = Some(c);
    }
    let trimmed = out.trim_end_matches('_');
    match trimmed.chars().next() {
        None => "column".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{trimmed}"),
        Some(_) => trimmed.to_owned(),
    }
}

/// Returns what stands in a cell: the field of the line of this name, else the property, else what a path with dots leads to.
fn cell(line: &Value, of: &str) -> String {
    let properties = line.get("properties").or_else(|| line.get("$properties"));
    let deep = || of.split('.').try_fold(properties?, |value, name| value.get(name));
    match line.get(of).or_else(|| properties?.get(of)).or_else(deep) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(columns: Option<&str>, snake: bool, lines: &str) -> (String, Vec<String>) {
        let (rows, notes) = Rows::new(columns, true, snake).expect("good names");
        let mut out = rows.header();
        rows.add(lines.as_bytes(), &mut out).expect("lines");
        (String::from_utf8(out).expect("text"), notes)
    }

    const LINE: &str = r#"{"event_name":"a, \"b\"","event_time":"2025-01-01T00:00:00+00:00","distinct_id":null,"insert_id":"i","properties":{"$city":"Köln","city":"x\ny","n":1.50,"big":12345678901234567890,"tags":["a",{"b":null}],"cart":{"total":5},"event_name":"inner","ok":false}}"#;

    #[test]
    fn a_row_has_a_cell_for_each_name() {
        let columns = r#"["event_name", "distinct_id", "$city", "n", "big", "tags", "cart.total", "none", "ok"]"#;
        let expected = "event_name,distinct_id,$city,n,big,tags,cart.total,none,ok\n\
            \"a, \"\"b\"\"\",,Köln,1.50,12345678901234567890,\"[\"\"a\"\",{\"\"b\"\":null}]\",5,,false\n";
        assert_eq!(made(Some(columns), false, &format!("{LINE}\n")).0, expected);
        let (all, _) = made(None, false, &format!("{LINE}\n\n{LINE}\n"));
        assert!(all.starts_with("event_name,event_time,distinct_id,insert_id,properties\n"), "{all}");
        assert_eq!(csv::Reader::from_reader(all.as_bytes()).records().filter(Result::is_ok).count(), 2);
        let (rows, _) = Rows::new(None, false, false).expect("good names");
        assert_eq!(rows.header(), b"distinct_id,last_seen,properties\n");
        assert!(rows.add(b"no line\n", &mut Vec::new()).is_err());
    }

    #[test]
    fn names_that_would_be_the_same_are_numbered_and_told() {
        let columns = "$city,city,City,mp_lib,$osVersion,my prop!,2nd,City_2,$";
        let (text, notes) = made(Some(columns), true, "");
        assert_eq!(text, "city,city_2,city_3,mp_lib,os_version,my_prop,_2nd,city_2_2,column\n");
        assert_eq!(notes.len(), 3, "{notes:?}");
        assert_eq!(notes[0], "the column of city is called city_2, for city is there already");
        assert_eq!(made(Some("a,a, b"), false, "").0, "a,a_2,b\n");
        for wrong in ["", "a,,b", "[]", "[\"\"]"] {
            assert!(Rows::new(Some(wrong), true, false).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_line_break_in_a_cell_looks_like_no_other_row_to_a_person() {
        let line = b"{\"event_name\":\"nl\\nforged\"}\n";
        for (is_watched, expected) in [(true, "nl\\nforged\n"), (false, "\"nl\nforged\"\n")] {
            let rows = Rows::new(Some("event_name"), true, false).expect("good names").0.watched(is_watched);
            let mut out = Vec::new();
            rows.add(line, &mut out).expect("a line");
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }
}
