//! A TOML document that is edited in place: comments, order, unknown keys and line ends stay as they are.
//!
//! What `toml_edit` does not keep is kept here: a byte order mark, CRLF line ends, a missing end of the last line. A file that mixes
//! both line ends keeps them in comments and strings only.
//!
//! A comment belongs to what follows it without a blank line between, and goes when that goes. One that stands apart stays.

use toml_edit::{DocumentMut, InlineTable, Item, Key, Table, TableLike, Value};

pub(super) struct Document {
    doc: DocumentMut,
    bom: bool,
    crlf: bool,
    /// The last line has no end.
    open: bool,
    /// The first line is blank.
    blank_start: bool,
}

impl Document {
    pub(super) fn parse(text: &str) -> Result<Self, toml_edit::TomlError> {
        let (bom, body) = match text.strip_prefix('\u{feff}') {
            Some(body) => (true, body),
            None => (false, text),
        };
        let crlf = body.contains("\r\n") && body.matches('\n').count() == body.matches("\r\n").count();
        let open = !body.is_empty() && !body.ends_with('\n');
        let blank_start = body.starts_with(['\n', '\r']);
        let doc = if crlf { body.replace("\r\n", "\n").parse()? } else { body.parse()? };
        Ok(Self { doc, bom, crlf, open, blank_start })
    }

    pub(super) fn into_text(self) -> String {
        let mut body = self.doc.to_string();
        if self.open && body.ends_with('\n') {
            body.pop();
        }
        if !self.blank_start {
            // The blank line before a block that is the first one now.
            body.drain(..body.len() - body.trim_start_matches('\n').len());
        }
        if self.crlf {
            body = body.replace('\n', "\r\n");
        }
        if self.bom { format!("\u{feff}{body}") } else { body }
    }

    /// Returns the blocks of a table: names and those entries that are tables.
    pub(super) fn blocks(&self, parent: &str) -> impl Iterator<Item = (&str, &dyn TableLike)> {
        let table = self.doc.get(parent).and_then(Item::as_table_like);
        table.into_iter().flat_map(|table| table.iter()).filter_map(|(name, item)| Some((name, item.as_table_like()?)))
    }

    /// Returns whether there is an entry of that name, be it good or bad.
    pub(super) fn contains(&self, parent: &str, name: &str) -> bool {
        self.doc.get(parent).and_then(Item::as_table_like).is_some_and(|table| table.contains_key(name))
    }

    /// Returns the string at a path.
    pub(super) fn text(&self, path: &[&str]) -> Option<&str> {
        let mut item = self.doc.as_item();
        for key in path {
            item = item.as_table_like()?.get(key)?;
        }
        item.as_str()
    }

    /// Sets a key of the table at a path, which must exist.
    pub(super) fn set(&mut self, path: &[&str], key: &str, value: impl Into<Value>) {
        if let Some(table) = self.at(path) {
            set(table, key, value.into());
        }
    }

    /// Replaces a key by another one in its place, with the comments of the old one.
    pub(super) fn replace_key(&mut self, path: &[&str], old: &str, new: &str, value: impl Into<Value>) {
        let Some(item) = self.at(path) else { return };
        let mut value = value.into();
        let Some(table) = item.as_table_like_mut() else { return };
        let Some((key, kept)) = table.get_key_value(old) else { return set(item, new, value) };
        let mut renamed = Key::new(new).with_leaf_decor(key.leaf_decor().clone());
        *renamed.dotted_decor_mut() = key.dotted_decor().clone();
        if let Some(kept) = kept.as_value() {
            *value.decor_mut() = kept.decor().clone();
        }
        table.remove(old);
        table.entry_format(&renamed).or_insert(Item::Value(value));
    }

    /// Removes a key of the table at a path.
    pub(super) fn remove(&mut self, path: &[&str], key: &str) {
        let Some(item) = self.at(path) else { return };
        let comment = match item {
            Item::Table(table) => remove_from_table(table, key),
            Item::Value(Value::InlineTable(table)) => {
                remove_from_inline(table, key);
                None
            }
            _ => None,
        };
        if let Some((comment, position)) = comment {
            self.keep_comment(comment, position);
        }
    }

    /// Makes sure that there is a table at the root.
    pub(super) fn ensure_table(&mut self, name: &str) {
        if !self.doc.contains_key(name) {
            let table = self.new_table();
            self.doc.insert(name, Item::Table(table));
        }
    }

    /// Removes a table at the root when nothing is left in it.
    pub(super) fn remove_if_empty(&mut self, name: &str) {
        if self.doc.get(name).and_then(Item::as_table_like).is_some_and(TableLike::is_empty) {
            let comment = remove_from_table(self.doc.as_table_mut(), name);
            if let Some((comment, position)) = comment {
                self.keep_comment(comment, position);
            }
        }
    }

    /// Adds a block `[parent.name]`, in the way in which the parent is written.
    pub(super) fn add_block(&mut self, parent: &str, name: &str, fields: Vec<(&str, Value)>) {
        let mut block = self.new_table();
        if !self.doc.contains_key(parent) {
            let mut table = Table::new();
            table.set_implicit(true);
            self.doc.insert(parent, Item::Table(table));
        }
        for (key, value) in fields {
            block.insert(key, Item::Value(value));
        }
        let key = quoted_key(name);
        match self.doc.get_mut(parent) {
            Some(Item::Table(table)) => {
                table.insert_formatted(&key, Item::Table(block));
            }
            Some(Item::Value(Value::InlineTable(table))) => {
                insert_inline(table, &key, Value::InlineTable(block.into_inline_table()));
            }
            _ => {}
        }
    }

    /// Removes a block with its own comment.
    pub(super) fn remove_block(&mut self, parent: &str, name: &str) {
        self.remove(&[parent], name);
    }

    fn at(&mut self, path: &[&str]) -> Option<&mut Item> {
        let mut item = self.doc.as_item_mut();
        for key in path {
            item = item.as_table_like_mut()?.get_mut(key)?;
        }
        Some(item)
    }

    /// Returns an empty table with the blank line that goes before it. A file of comments only keeps them at its top.
    fn new_table(&mut self) -> Table {
        let mut table = Table::new();
        if self.doc.is_empty() {
            let mut comments = self.doc.trailing().as_str().unwrap_or_default().to_owned();
            self.doc.set_trailing("");
            if !comments.is_empty() && !comments.ends_with('\n') {
                comments.push('\n');
            }
            if !comments.trim().is_empty() && !comments.ends_with("\n\n") {
                comments.push('\n');
            }
            self.open = false;
            table.decor_mut().set_prefix(comments);
        } else {
            table.decor_mut().set_prefix("\n");
        }
        table
    }

    /// Puts a comment before the first table after a position, or at the end of the file.
    fn keep_comment(&mut self, comment: String, position: isize) {
        let mut next = None;
        visit(self.doc.as_table_mut(), &mut |table| {
            if let Some(found) =
                table.position().filter(|found| *found > position && next.is_none_or(|next| *found < next))
            {
                next = Some(found);
            }
        });
        let Some(next) = next else {
            let trailing = self.doc.trailing().as_str().unwrap_or_default().to_owned();
            return self.doc.set_trailing(comment + &trailing);
        };
        visit(self.doc.as_table_mut(), &mut |table| {
            if table.position() == Some(next) {
                let prefix = text_of(table.decor().prefix());
                table.decor_mut().set_prefix(format!("{comment}{prefix}"));
            }
        });
    }
}

/// Returns a string as a basic one: the only form that the Python tool writes, with escapes that TOML 1.0 knows.
pub(super) fn string(text: &str) -> Value {
    basic(text).parse().expect("an escaped basic string is a TOML value")
}

fn basic(text: &str) -> String {
    use std::fmt::Write as _;
    let mut result = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            '\u{8}' => result.push_str("\\b"),
            '\u{c}' => result.push_str("\\f"),
            c if c.is_control() => {
                let _ = write!(result, "\\u{:04X}", u32::from(c));
            }
            c => result.push(c),
        }
    }
    result.push('"');
    result
}

fn quoted_key(name: &str) -> Key {
    let is_bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if is_bare {
        return Key::new(name);
    }
    let parsed = Key::parse(&basic(name)).ok().and_then(|keys| keys.into_iter().next());
    parsed.unwrap_or_else(|| Key::new(name))
}

fn set(item: &mut Item, key: &str, mut value: Value) {
    if let Some(present) = item.as_table_like_mut().and_then(|table| table.get_mut(key)) {
        if let Some(old) = present.as_value() {
            *value.decor_mut() = old.decor().clone();
        }
        *present = Item::Value(value);
        return;
    }
    match item {
        Item::Table(table) => {
            table.insert(key, Item::Value(value));
        }
        Item::Value(Value::InlineTable(table)) => insert_inline(table, &quoted_key(key), value),
        _ => {}
    }
}

/// Adds to an inline table; the space before its closing brace stays there.
fn insert_inline(table: &mut InlineTable, key: &Key, mut value: Value) {
    if let Some((_, last)) = table.iter_mut().last() {
        let suffix = text_of(last.decor().suffix());
        if suffix.trim().is_empty() {
            last.decor_mut().set_suffix("");
            value.decor_mut().set_prefix(" ");
            value.decor_mut().set_suffix(suffix);
        }
    }
    table.insert_formatted(key, value);
}

fn remove_from_inline(table: &mut InlineTable, key: &str) {
    let was_last = table.iter().last().is_some_and(|(last, _)| last == key);
    let removed = table.remove(key);
    if let (true, Some(removed), Some((_, last))) = (was_last, removed, table.iter_mut().last()) {
        last.decor_mut().set_suffix(text_of(removed.decor().suffix()));
    }
}

/// Removes an entry. A comment that stands apart from it goes to the next key; without one, it is returned with the position after
/// which it belongs.
fn remove_from_table(table: &mut Table, name: &str) -> Option<(String, isize)> {
    let following = table.iter().skip_while(|(key, _)| *key != name).nth(1).filter(|(_, item)| item.is_value());
    let following = following.map(|(key, _)| key.to_owned());
    let own_position = table.position().unwrap_or(-1);
    let (key, item) = table.remove_entry(name)?;
    let (prefix, position, is_line) = match &item {
        Item::Table(removed) if !removed.is_dotted() => {
            (text_of(removed.decor().prefix()), removed.position().unwrap_or(isize::MAX), false)
        }
        _ => (text_of(key.leaf_decor().prefix()), own_position, true),
    };
    let comment = detached(&prefix)?;
    if let (true, Some(mut next)) = (is_line, following.and_then(|next| table.key_mut(&next))) {
        let prefix = text_of(next.leaf_decor().prefix());
        next.leaf_decor_mut().set_prefix(format!("{comment}{prefix}"));
        return None;
    }
    Some((comment, position))
}

/// Returns the comments in front of something that a blank line keeps apart from it.
fn detached(prefix: &str) -> Option<String> {
    let mut apart = String::new();
    let mut pending = String::new();
    for line in prefix.split_inclusive('\n') {
        if line.trim().is_empty() {
            apart.push_str(&std::mem::take(&mut pending));
        }
        pending.push_str(line);
    }
    (!apart.trim().is_empty()).then_some(apart)
}

fn text_of(raw: Option<&toml_edit::RawString>) -> String {
    raw.and_then(|raw| raw.as_str()).unwrap_or_default().to_owned()
}

fn visit(table: &mut Table, f: &mut impl FnMut(&mut Table)) {
    f(table);
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(table) => visit(table, f),
            Item::ArrayOfTables(tables) => tables.iter_mut().for_each(|table| visit(table, f)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_basic_ones_that_toml_1_0_reads() {
        let table = [
            ("a\"b\\", r#""a\"b\\""#),
            ("\n\r\t\u{8}\u{c}", r#""\n\r\t\b\f""#),
            ("\u{1b}\u{7f}\u{85}é", r#""\u001B\u007F\u0085é""#),
        ];
        for (text, expected) in table {
            assert_eq!(string(text).to_string(), expected);
            assert_eq!(string(text).as_str(), Some(text));
        }
    }

    #[test]
    fn only_comments_that_stand_apart_are_kept() {
        for (prefix, expected) in [
            ("", None),
            ("\n", None),
            ("\n# own\n", None),
            ("# section\n\n# own\n", Some("# section\n")),
            ("\n# a\n\n# b\n\n", Some("\n# a\n\n# b\n")),
        ] {
            assert_eq!(detached(prefix).as_deref(), expected, "{prefix:?}");
        }
    }

    #[test]
    fn an_untouched_document_keeps_each_byte() {
        for text in [
            "",
            "\u{feff}# c\r\n[a]\r\nx = 1 # y\r\n",
            "a = { b = 1 , c=2 }",
            "[a]\nx = '''\n y'''\n\n[b.c]\n\n# end",
            "[[a]]\n[a.b]\n[[a]]\nx.y.z = 1\nx.w = 2\n",
        ] {
            assert_eq!(Document::parse(text).unwrap().into_text(), text);
        }
    }
}
