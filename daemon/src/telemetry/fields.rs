//! How the log writes fields. Callers, Mixpanel and files have a say in many of them: whatever is not a plain word is quoted, so that no
//! value looks like another field or another line, and a terminal obeys none.

use std::fmt::{self, Debug};

use mp_proto::visible::{is_unseen, line};
use tracing::field::{Field, Visit};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::Writer;

/// Writes `name=value`, and the message as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quoted;

impl<'a> FormatFields<'a> for Quoted {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'a>, fields: R) -> fmt::Result {
        let mut line = Line { writer, is_begun: false, written: Ok(()) };
        fields.record(&mut line);
        line.written
    }
}

struct Line<'a> {
    writer: Writer<'a>,
    is_begun: bool,
    written: fmt::Result,
}

impl Line<'_> {
    fn add(&mut self, field: &Field, value: &str) {
        let name = field.name();
        // What came by the `log` crate has fields that say where it came from.
        if self.written.is_err() || name.starts_with("log.") {
            return;
        }
        let gap = if self.is_begun { " " } else { "" };
        self.is_begun = true;
        self.written = match name {
            "message" => write!(self.writer, "{gap}{}", line(value)),
            _ => write!(self.writer, "{gap}{}={value}", name.strip_prefix("r#").unwrap_or(name)),
        };
    }
}

impl Visit for Line<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        let quoted = if field.name() == "message" { value.to_owned() } else { format!("{value:?}") };
        self.add(field, &quoted);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = format!("{value:?}");
        if field.name() == "message" || is_word(&text) || is_quoted(&text) {
            self.add(field, &text);
        } else {
            self.add(field, &format!("{text:?}"));
        }
    }
}

/// Whether a text can stand in a line without quotes.
fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || is_unseen(c) || matches!(c, '"' | '=' | '\\'))
}

/// Whether a text is in quotes already, and nothing of it stands outside of them.
fn is_quoted(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return false };
    let mut is_escaped = false;
    for c in inner.chars() {
        if is_unseen(c) || (c == '"' && !is_escaped) {
            return false;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    !is_escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::written::Written;

    fn logged(log: impl FnOnce()) -> String {
        let written = Written::default();
        let sink = written.clone();
        let subscriber =
            tracing_subscriber::fmt().fmt_fields(Quoted).with_ansi(false).without_time().with_target(false);
        tracing::subscriber::with_default(subscriber.with_writer(move || sink.clone()).finish(), log);
        written.text()
    }

    #[test]
    fn a_value_is_one_field_of_one_line_whoever_wrote_it() {
        let hostile = "x/1 account=admin\n\u{1b}[2J\u{202e}";
        let line = logged(|| tracing::info!(client = hostile, pid = 7, account = %"ada", "token was revealed"));
        assert_eq!(
            line,
            " INFO token was revealed client=\"x/1 account=admin\\n\\u{1b}[2J\\u{202e}\" pid=7 account=ada\n"
        );
        for value in [hostile, "a b", "a=b", "\"a\" pid=1 \"b\"", "\"a\\\"", "", "\u{200b}"] {
            let shown = logged(|| tracing::info!(client = %value, pid = 7, "told"));
            let inner = shown.strip_prefix(" INFO told client=").and_then(|rest| rest.strip_suffix(" pid=7\n"));
            assert!(inner.is_some_and(is_quoted), "{shown:?}");
            assert_eq!(shown.lines().count(), 1, "{shown:?}");
        }
        assert_eq!(
            logged(|| tracing::info!(path = ?"/a b", n = ?Some(1), "told")),
            " INFO told path=\"/a b\" n=Some(1)\n"
        );
        let shown = logged(|| tracing::info!("{}", "a\nb\u{9b}"));
        assert_eq!(shown, " INFO a\\nb\\u{9b}\n");
    }

    #[test]
    fn fields_of_spans_are_quoted_too() {
        let shown = logged(|| tracing::info_span!("call", client = %"a }: b").in_scope(|| tracing::info!("told")));
        assert_eq!(shown, " INFO call{client=\"a }: b\"}: told\n");
    }
}
