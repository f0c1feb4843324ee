//! Changes of JSON as editors have it: with comments and trailing commas, which stay.

use jsonc_parser::ast::{Object, ObjectProp, Value as Node};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::{Map, Value};

use super::text::{Fault, Splice, indent, is_first, line_end, line_start, line_stop, next_line, spliced};

/// Where no line of a file shows how it is indented.
const USUAL: &str = "  ";

/// Comments and trailing commas, and nothing else that is not JSON: no host reads more.
const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

fn parse(body: &str) -> Result<Option<Node<'_>>, Fault> {
    let parsed = parse_to_ast(body, &CollectOptions::default(), &OPTIONS);
    parsed.map(|parsed| parsed.value).map_err(|error| Fault::new(error.range().start, error.kind().to_string()))
}

/// Returns what a text says; nothing at all is an empty object.
///
/// # Errors
/// When it is not JSON.
pub(super) fn read(body: &str) -> Result<Value, Fault> {
    Ok(parse(body)?.map_or_else(|| Value::Object(Map::new()), Value::from))
}

/// Returns the value below keys, if there is one.
///
/// # Errors
/// When the text is not JSON, or something on the way is no object or there twice.
pub(super) fn find(body: &str, keys: &[&str]) -> Result<Option<Value>, Fault> {
    let Some(root) = parse(body)? else { return Ok(None) };
    Ok(descend(&root, keys)?.ok().map(|member| Value::from(member.value.clone())))
}

/// How far one gets with keys: the member they name, or the object that lacks the next of them and how many it is below the root.
type Reached<'a, 'b> = Result<&'b ObjectProp<'a>, (&'b Object<'a>, usize)>;

fn descend<'a, 'b>(root: &'b Node<'a>, keys: &[&str]) -> Result<Reached<'a, 'b>, Fault> {
    let mut object = object_of(root, "the file")?;
    for (depth, key) in keys.iter().enumerate() {
        let Some(member) = member(object, key)? else { return Ok(Err((object, depth))) };
        if depth + 1 == keys.len() {
            return Ok(Ok(member));
        }
        object = object_of(&member.value, &format!("\"{key}\""))?;
    }
    Ok(Err((object, keys.len())))
}

fn object_of<'a, 'b>(node: &'b Node<'a>, what: &str) -> Result<&'b Object<'a>, Fault> {
    node.as_object().ok_or_else(|| Fault::new(node.start(), format!("{what} must be an object")))
}

/// Readers differ in which of two members with one name counts, so nobody can say what a change would do.
fn member<'a, 'b>(object: &'b Object<'a>, key: &str) -> Result<Option<&'b ObjectProp<'a>>, Fault> {
    let mut named = object.properties.iter().filter(|member| member.name.as_str() == key);
    let first = named.next();
    match named.next() {
        Some(second) => Err(Fault::new(second.start(), format!("\"{key}\" is there twice"))),
        None => Ok(first),
    }
}

/// Adds a value below keys that lead nowhere yet.
///
/// # Errors
/// Those of [`find`].
pub(super) fn insert(body: &str, keys: &[&str], value: &Value) -> Result<Vec<Splice>, Fault> {
    let Some(root) = parse(body)? else { return Ok(vec![whole(body, keys, value)]) };
    match descend(&root, keys)? {
        Ok(member) => Err(Fault::new(member.start(), format!("\"{}\" is there already", member.name.as_str()))),
        Err((object, depth)) => {
            let inner = keys[depth + 1..].iter().rev().fold(value.clone(), |value, key| wrapped(key, value));
            Ok(put(body, object, &unit(body, &root), keys[depth], &inner))
        }
    }
}

fn wrapped(key: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(key.to_owned(), value)]))
}

/// Everything, behind what a text without a value may have: blanks and comments.
fn whole(body: &str, keys: &[&str], value: &Value) -> Splice {
    let end = line_end(body);
    let value = keys.iter().rev().fold(value.clone(), |value, key| wrapped(key, value));
    let text = spread(&value, USUAL, "", end);
    if body.is_empty() || body.ends_with('\n') {
        return Splice::put(body.len(), text + end);
    }
    Splice::put(body.len(), end.to_owned() + &text)
}

/// Returns by what the lines of a file are indented: as its first member is.
fn unit(body: &str, root: &Node<'_>) -> String {
    let first = root.as_object().and_then(|root| root.properties.first());
    let shown = first.filter(|member| is_first(body, member.start())).map(|member| indent(body, member.start()));
    shown.filter(|indent| !indent.is_empty()).unwrap_or(USUAL).to_owned()
}

fn put(body: &str, object: &Object<'_>, unit: &str, key: &str, value: &Value) -> Vec<Splice> {
    let (open, close) = (object.start() + 1, object.end() - 1);
    let outer = indent(body, object.start());
    let end = line_end(body);
    let Some(last) = object.properties.last() else {
        let at = behind(body, open);
        let inner = format!("{outer}{unit}");
        let closing = if body[at..close].contains('\n') { String::new() } else { format!("{end}{outer}") };
        let member = member_text(key, &spread(value, unit, &inner, end));
        return vec![Splice::put(at, format!("{end}{inner}{member}{closing}"))];
    };
    let (stop, first) = (last.end(), object.properties[0].start());
    let comma = comma(body, stop);
    let tail = if comma.is_some() { "," } else { "" };
    let is_spread = is_first(body, first) && line_start(body, first) > open || body[stop..close].contains('\n');
    if !is_spread {
        let member = member_text(key, &dense(value));
        return vec![match comma {
            Some(comma) => Splice::put(comma, format!(" {member}{tail}")),
            None => Splice::put(stop, format!(", {member}")),
        }];
    }
    let inner =
        if is_first(body, last.start()) { indent(body, last.start()).to_owned() } else { format!("{outer}{unit}") };
    let member = member_text(key, &spread(value, unit, &inner, end));
    let at = behind(body, comma.unwrap_or(stop));
    let line = Splice::put(at, format!("{end}{inner}{member}{tail}"));
    if comma.is_some() { vec![line] } else { vec![Splice::put(stop, ","), line] }
}

/// Puts another value in the place of one.
///
/// # Errors
/// Those of [`find`], and when there is none.
pub(super) fn replace(body: &str, keys: &[&str], value: &Value) -> Result<Vec<Splice>, Fault> {
    let root = parse(body)?.ok_or_else(|| Fault::new(0, "there is nothing"))?;
    let member = descend(&root, keys)?.map_err(|(object, _)| Fault::new(object.start(), "it is not there"))?;
    let old = &member.value;
    let is_spread = is_first(body, member.start()) || body[old.start()..old.end()].contains('\n');
    let text = if is_spread {
        spread(value, &unit(body, &root), indent(body, member.start()), line_end(body))
    } else {
        dense(value)
    };
    Ok(vec![Splice { out: old.start()..old.end(), with: text }])
}

/// Removes the value below keys, and of the objects that led to it, from the inside, as many as are named and empty then.
///
/// # Errors
/// Those of [`find`], and when there is none.
pub(super) fn remove(body: &str, keys: &[&str], containers: usize) -> Result<String, Fault> {
    let mut text = spliced(body, &cut(body, keys)?);
    for depth in (keys.len().saturating_sub(containers + 1)..keys.len() - 1).rev() {
        let keys = &keys[..=depth];
        if find(&text, keys)?.is_none_or(|value| value.as_object().is_none_or(|members| !members.is_empty())) {
            break;
        }
        text = spliced(&text, &cut(&text, keys)?);
    }
    Ok(text)
}

fn cut(body: &str, keys: &[&str]) -> Result<Vec<Splice>, Fault> {
    let root = parse(body)?.ok_or_else(|| Fault::new(0, "there is nothing"))?;
    let (name, above) = keys.split_last().ok_or_else(|| Fault::new(0, "there are no keys"))?;
    let object = match above {
        [] => object_of(&root, "the file")?,
        _ => match descend(&root, above)? {
            Ok(member) => object_of(&member.value, "what is above it")?,
            Err((object, _)) => return Err(Fault::new(object.start(), "it is not there")),
        },
    };
    let member = member(object, name)?.ok_or_else(|| Fault::new(object.start(), "it is not there"))?;
    let index = object.properties.iter().position(|other| other.start() == member.start()).unwrap_or_default();
    let end = comma(body, member.end());
    if index + 1 < object.properties.len() {
        return Ok(vec![Splice::cut(middle(body, member, end.unwrap_or(member.end())))]);
    }
    let mut splices = Vec::new();
    if let Some(before) = index.checked_sub(1).map(|before| &object.properties[before]) {
        // Without a trailing comma, the one before would become one.
        if let (None, Some(comma)) = (end, comma(body, before.end())) {
            splices.push(Splice::cut(comma - 1..comma));
        }
    }
    splices.push(Splice::cut(last(body, object, member, end.unwrap_or(member.end()))));
    Ok(splices)
}

/// What goes with a member that has others behind it: its line, unless there is more on it.
fn middle(body: &str, member: &ObjectProp<'_>, end: usize) -> std::ops::Range<usize> {
    let rest = &body[end..line_stop(body, end)];
    let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    match (is_first(body, member.start()), blank == rest.len()) {
        (true, true) => line_start(body, member.start())..next_line(body, end),
        (true, false) => member.start()..end + blank,
        (false, true) => body[..member.start()].trim_end_matches([' ', '\t']).len()..end,
        (false, false) => member.start()..end + blank,
    }
}

/// What goes with a member that has none behind it: the end of the line before, unless that would draw what follows into a comment there.
fn last(body: &str, object: &Object<'_>, member: &ObjectProp<'_>, end: usize) -> std::ops::Range<usize> {
    let rest = body[end..line_stop(body, end)].trim_matches([' ', '\t']);
    let is_alone = rest.is_empty() || rest.starts_with("//");
    let open = object.start() + 1;
    if object.properties.len() == 1 {
        let close = object.end() - 1;
        if body[open..member.start()].trim().is_empty() && body[end..close].trim().is_empty() {
            return open..close;
        }
    }
    let before = body[..member.start()].trim_end_matches([' ', '\t']).len();
    if is_first(body, member.start()) && before > open {
        if !is_alone {
            return member.start()..end;
        }
        let line = before - 1;
        return if body[..line].ends_with('\r') { line - 1..end } else { line..end };
    }
    before.max(open)..end
}

/// Returns where what belongs to the line of a place ends: the comments behind it. The place is between values.
fn behind(body: &str, at: usize) -> usize {
    let mut end = at;
    loop {
        let rest = &body[end..];
        let from = end + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
        let rest = &body[from..];
        if rest.starts_with("//") {
            return line_stop(body, from);
        }
        let Some(length) = rest.strip_prefix("/*").and_then(|rest| rest.find("*/")) else { return end };
        end = from + length + 4;
        if body[from..end].contains('\n') {
            return end;
        }
    }
}

/// Returns where the comma behind a value ends, if there is one.
fn comma(body: &str, at: usize) -> Option<usize> {
    let mut at = at;
    loop {
        let rest = &body[at..];
        at += rest.len() - rest.trim_start().len();
        let rest = &body[at..];
        if rest.starts_with("//") {
            at = next_line(body, at);
        } else if let Some(inside) = rest.strip_prefix("/*") {
            at += inside.find("*/")? + 4;
        } else {
            return rest.starts_with(',').then_some(at + 1);
        }
    }
}

fn member_text(key: &str, value: &str) -> String {
    format!("{}: {value}", Value::from(key))
}

/// Writes a value over lines: objects, and lists on one line.
pub(super) fn spread(value: &Value, unit: &str, outer: &str, end: &str) -> String {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let inner = format!("{outer}{unit}");
            let line = |(key, value): (&String, &Value)| {
                format!("{inner}{}", member_text(key, &spread(value, unit, &inner, end)))
            };
            let lines: Vec<String> = members.iter().map(line).collect();
            format!("{{{end}{}{end}{outer}}}", lines.join(&format!(",{end}")))
        }
        _ => dense(value),
    }
}

/// Writes a value on one line.
fn dense(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<String> = members.iter().map(|(key, value)| member_text(key, &dense(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(elements) => format!("[{}]", elements.iter().map(dense).collect::<Vec<_>>().join(", ")),
        _ => value.to_string(),
    }
}
