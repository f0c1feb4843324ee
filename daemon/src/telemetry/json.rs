//! The log as JSON: one object a line, for collectors. The names are a promise:
//!
//! `timestamp` (RFC 3339, UTC), `level`, `target`, `message`, `fields` (what belongs to the message), and inside of a call `call` (what
//! belongs to it), `trace_id` and `span_id`. Fields are an object of their own, so that none can take the place of a name above.

use std::fmt::{self, Debug};

use mp_proto::json::unarmed_text;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// Longest text of a field, in characters: journald cuts a line of 48 KiB in two, and half an object is none.
const LONGEST: usize = 4096;

/// What a text that was cut ends with.
const CUT: &str = "…";

/// The names of a trace's ids, wherever they are logged.
const OF_TRACE: [&str; 2] = ["trace_id", "span_id"];

/// Writes events and the fields of spans as JSON.
#[derive(Debug, Clone, Copy)]
pub(super) struct Json;

/// The fields of an event or a span.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn add(&mut self, field: &Field, value: Value) {
        let name = field.name();
        // What came by the `log` crate has fields that say where it came from.
        if !name.starts_with("log.") {
            self.0.insert(name.strip_prefix("r#").unwrap_or(name).to_owned(), value);
        }
    }
}

fn cut(text: &str) -> Value {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}{CUT}", &text[..at]).into(),
        None => text.into(),
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, cut(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, cut(&format!("{value:?}")));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value.into());
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.add(field, u64::try_from(value).map_or_else(|_| value.to_string().into(), Value::from));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value.into());
    }
}

impl<'a> FormatFields<'a> for Json {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'a>, fields: R) -> fmt::Result {
        let mut found = Fields::default();
        fields.record(&mut found);
        write!(writer, "{}", Value::Object(found.0))
    }
}

impl<S, N> FormatEvent<S, N> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let message = fields.0.remove("message").unwrap_or_else(|| "".into());
        let mut call = Map::new();
        for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
            let extensions = span.extensions();
            let written = extensions.get::<FormattedFields<N>>().map_or("", |fields| fields.fields.as_str());
            call.extend(serde_json::from_str::<Map<String, Value>>(written).unwrap_or_default());
        }
        let about = event.metadata();
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), jiff::Timestamp::now().to_string().into());
        line.insert("level".to_owned(), about.level().as_str().into());
        line.insert("target".to_owned(), about.target().into());
        line.insert("message".to_owned(), message);
        for name in OF_TRACE {
            line.extend(call.shift_remove(name).map(|value| (name.to_owned(), value)));
        }
        line.insert("fields".to_owned(), fields.0.into());
        if !call.is_empty() {
            line.insert("call".to_owned(), call.into());
        }
        writeln!(writer, "{}", unarmed_text(Value::Object(line).to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::written::Written;

    fn logged(log: impl FnOnce()) -> Value {
        let written = Written::default();
        let sink = written.clone();
        let subscriber =
            tracing_subscriber::fmt().fmt_fields(Json).event_format(Json).with_writer(move || sink.clone());
        tracing::subscriber::with_default(subscriber.finish(), log);
        let text = written.text();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{text}");
        serde_json::from_str(&text).expect("JSON")
    }

    #[test]
    fn a_line_is_an_object_whatever_its_fields_are_called() {
        let line = logged(|| {
            tracing::info!(
                level = "x",
                timestamp = 1,
                target = true,
                f = f64::NAN,
                n = u64::MAX,
                w = 7_u128,
                "a\nb\u{1b}[2J"
            );
        });
        assert_eq!((&line["level"], &line["message"]), (&"INFO".into(), &"a\nb\u{1b}[2J".into()));
        let expected =
            serde_json::json!({"level": "x", "timestamp": 1, "target": true, "f": null, "n": u64::MAX, "w": 7});
        assert_eq!(line["fields"], expected);
        assert!(line["timestamp"].as_str().is_some_and(|time| time.ends_with('Z')), "{line}");
    }

    #[test]
    fn a_call_stands_beside_the_fields_and_its_trace_on_top() {
        let line = logged(|| {
            let span = tracing::info_span!("call", method = %"GET", number = 7, trace_id = %"ab", span_id = %"cd");
            span.in_scope(|| tracing::warn!(client = %"x/1 \u{202e}\u{9b}", "told"));
        });
        assert_eq!((&line["trace_id"], &line["span_id"]), (&"ab".into(), &"cd".into()));
        assert_eq!(line["call"], serde_json::json!({"method": "GET", "number": 7}));
        assert_eq!(line["fields"], serde_json::json!({"client": "x/1 \u{202e}\u{9b}"}));
        let names: Vec<&String> = line.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["timestamp", "level", "target", "message", "trace_id", "span_id", "fields", "call"]);
    }

    #[test]
    fn a_long_field_is_cut() {
        let line = logged(|| tracing::info!(detail = "é".repeat(100_000), "told"));
        let detail = line["fields"]["detail"].as_str().expect("a text");
        assert!(detail.ends_with(CUT) && detail.chars().count() == LONGEST + 1);
    }
}
