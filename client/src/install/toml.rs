//! Changes of TOML: a section of its own at the end, or a pair in the inline table where the file has one.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::text::{Fault, Splice, line_end, line_start, next_line, spliced};

fn parse(body: &str) -> Result<Spanned<DeTable<'_>>, Fault> {
    DeTable::parse(body)
        .map_err(|error| Fault::new(error.span().map_or(0, |span| span.start), error.message().to_owned()))
}

/// Returns what a text says. Times and numbers come as they are written.
///
/// # Errors
/// When it is not TOML.
pub(super) fn read(body: &str) -> Result<Value, Fault> {
    Ok(members(parse(body)?.get_ref()))
}

fn members(table: &DeTable<'_>) -> Value {
    Value::Object(table.iter().map(|(key, value)| (key.get_ref().to_string(), value_of(value.get_ref()))).collect())
}

fn value_of(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Array(elements) => elements.iter().map(|element| value_of(element.get_ref())).collect(),
        DeValue::Table(table) => members(table),
        DeValue::Integer(number) => Value::from(format!("{} of {}", number.as_str(), number.radix())),
        DeValue::Float(number) => Value::from(number.as_str()),
        DeValue::Datetime(time) => Value::from(time.to_string()),
    }
}

/// Returns the value below keys, if there is one.
///
/// # Errors
/// When the text is not TOML, or something on the way is no table.
pub(super) fn find(body: &str, keys: &[&str]) -> Result<Option<Value>, Fault> {
    let root = parse(body)?;
    let mut table = root.get_ref();
    for (depth, key) in keys.iter().enumerate() {
        let Some(value) = table.get(*key) else { return Ok(None) };
        if depth + 1 == keys.len() {
            return Ok(Some(value_of(value.get_ref())));
        }
        table = table_of(value, key)?;
    }
    Ok(Some(members(table)))
}

fn table_of<'a, 'b>(value: &'b Spanned<DeValue<'a>>, key: &str) -> Result<&'b DeTable<'a>, Fault> {
    value.get_ref().as_table().ok_or_else(|| Fault::new(value.span().start, format!("{key} must be a table")))
}

/// Adds a table below two keys, of which the second leads nowhere yet.
///
/// # Errors
/// Those of [`find`].
pub(super) fn insert(body: &str, keys: [&str; 2], value: &Value) -> Result<Vec<Splice>, Fault> {
    let root = parse(body)?;
    let above = root.get_ref().get(keys[0]);
    if let Some(above) = above.filter(|above| body[above.span()].starts_with('{')) {
        let pair = format!("{} = {}", word(keys[1]), inline(value));
        let table = table_of(above, keys[0])?;
        let end = table.iter().map(|(_, value)| value.span().end).max();
        return Ok(vec![match end {
            Some(end) => Splice::put(end, format!(", {pair}")),
            None => Splice::put(above.span().start + 1, format!(" {pair} ")),
        }]);
    }
    if let Some(above) = above {
        table_of(above, keys[0])?;
    }
    let end = line_end(body);
    let section = section(keys, value, end);
    Ok(vec![Splice::put(
        body.len(),
        match body {
            "" => section + end,
            _ if body.ends_with('\n') => format!("{end}{section}{end}"),
            _ => format!("{end}{end}{section}"),
        },
    )])
}

/// Puts another table in the place of one.
///
/// # Errors
/// Those of [`find`].
pub(super) fn replace(body: &str, keys: [&str; 2], value: &Value) -> Result<Vec<Splice>, Fault> {
    let root = parse(body)?;
    let found = root.get_ref().get(keys[0]).and_then(|above| above.get_ref().get(keys[1]));
    if let Some(found) = found.filter(|found| body[found.span()].starts_with('{')) {
        return Ok(vec![Splice { out: found.span(), with: inline(value) }]);
    }
    let lines = lines(body, keys)?;
    let Some((first, rest)) = lines.split_first() else { return Err(Fault::new(0, "it is not there")) };
    let end = line_end(body);
    let has_end = body[first.clone()].ends_with('\n');
    let section = section(keys, value, end) + if has_end { end } else { "" };
    let mut splices = vec![Splice { out: first.clone(), with: section }];
    splices.extend(rest.iter().cloned().map(Splice::cut));
    Ok(splices)
}

/// Removes the table below keys.
///
/// # Errors
/// Those of [`find`].
pub(super) fn remove(body: &str, keys: [&str; 2]) -> Result<String, Fault> {
    let root = parse(body)?;
    let above = root.get_ref().get(keys[0]).ok_or_else(|| Fault::new(0, "it is not there"))?;
    let table = table_of(above, keys[0])?;
    let found = table.get(keys[1]).ok_or_else(|| Fault::new(above.span().start, "it is not there"))?;
    let is_header = body[found.span()].starts_with('[');
    if body[above.span()].starts_with('{') {
        let key = table.keys().find(|key| key.get_ref() == keys[1]).map_or(found.span(), Spanned::span);
        return Ok(spliced(body, &[Splice::cut(pair(body, above.span(), key.start..found.span().end))]));
    }
    let mut lines = lines(body, keys)?;
    if let Some(first) = lines.first_mut().filter(|_| is_header) {
        first.start = blank_before(body, first);
    }
    Ok(spliced(body, &lines.into_iter().map(Splice::cut).collect::<Vec<_>>()))
}

/// The comma before a pair of an inline table goes with it, or that behind it where it is the first.
fn pair(body: &str, table: Range<usize>, pair: Range<usize>) -> Range<usize> {
    let before = body[..pair.start].trim_end();
    if before.ends_with(',') {
        return before.len() - 1..pair.end;
    }
    let behind = body[pair.end..table.end].trim_start();
    if let Some(rest) = behind.strip_prefix(',') {
        return pair.start..table.end - rest.trim_start().len();
    }
    let is_alone = before.len() == table.start + 1 && behind.len() == 1;
    if is_alone { table.start + 1..table.end - 1 } else { pair }
}

/// The blank line that parts a section from what is before it. Where the file does not end with a line end, neither did it before.
fn blank_before(body: &str, lines: &Range<usize>) -> usize {
    let without = |text: &str| text.len() - usize::from(text.ends_with('\n')) - usize::from(text.ends_with("\r\n"));
    let before = &body[..lines.start];
    let once = without(before);
    if body[lines.clone()].ends_with('\n') {
        let is_blank = once == 0 || before[..once].ends_with('\n');
        return if is_blank { once } else { lines.start };
    }
    without(&before[..once])
}

/// Returns the lines of a table: its headers, its pairs, and the comments between them. They are in order and apart.
fn lines(body: &str, keys: [&str; 2]) -> Result<Vec<Range<usize>>, Fault> {
    let root = parse(body)?;
    let Some(found) = root.get_ref().get(keys[0]).and_then(|above| above.get_ref().get(keys[1])) else {
        return Ok(Vec::new());
    };
    let mut pieces = BTreeSet::new();
    collect(body, found, &mut pieces);
    let mut lines: Vec<Range<usize>> = Vec::new();
    for (start, end) in pieces {
        let (start, end) = (line_start(body, start), next_line(body, end));
        match lines.last_mut() {
            Some(last) if start <= last.end || is_trivia(&body[last.end..start]) => last.end = last.end.max(end),
            _ => lines.push(start..end),
        }
    }
    Ok(lines)
}

/// Collects where headers and values are.
fn collect(body: &str, value: &Spanned<DeValue<'_>>, pieces: &mut BTreeSet<(usize, usize)>) {
    let span = value.span();
    match value.get_ref() {
        DeValue::Table(table) if !body[span.clone()].starts_with('{') => {
            // A dotted key is no line of its own, and one of its values always is.
            if body[span.clone()].starts_with('[') {
                pieces.insert((span.start, span.end));
            }
            table.values().for_each(|value| collect(body, value, pieces));
        }
        DeValue::Array(tables) if body[span.clone()].starts_with("[[") => {
            tables.iter().for_each(|table| collect(body, table, pieces));
        }
        _ => {
            pieces.insert((span.start, span.end));
        }
    }
}

fn is_trivia(text: &str) -> bool {
    text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
}

/// Writes a section, without the end of its last line.
pub(super) fn section(keys: [&str; 2], value: &Value, end: &str) -> String {
    let mut text = format!("[{}.{}]", word(keys[0]), word(keys[1]));
    for (key, value) in value.as_object().into_iter().flatten() {
        text.push_str(&format!("{end}{} = {}", word(key), inline(value)));
    }
    text
}

fn inline(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let pairs: Vec<String> =
                members.iter().map(|(key, value)| format!("{} = {}", word(key), inline(value))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        Value::Array(elements) => format!("[{}]", elements.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::String(text) => quoted(text),
        _ => value.to_string(),
    }
}

/// Writes a key, in quotes where it needs some.
fn word(key: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if !key.is_empty() && key.bytes().all(is_bare) { key.to_owned() } else { quoted(key) }
}

/// Escapes of JSON are escapes of TOML, too, which in addition wants one for DEL.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
