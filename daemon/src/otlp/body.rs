//! Spans as the JSON of OTLP. Ids are hexadecimal and 64-bit numbers are texts, as the protocol wants them; everything else is plain
//! protobuf in JSON. Pure.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::trace::context::SpanId;
use crate::trace::{Attribute, Side, Span};

/// The numbers of OTLP.
const SERVER: u8 = 2;
const CLIENT: u8 = 3;
const UNSET: u8 = 0;
const ERROR: u8 = 2;

/// Who has made the spans.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The build.
    pub version: &'static str,
    /// Differs after each start.
    pub instance: String,
}

/// Returns an export of spans.
pub fn export(resource: &Resource, spans: &[Span]) -> Value {
    let about = [
        ("service.name", "mpd".into()),
        ("service.version", resource.version.into()),
        ("service.instance.id", resource.instance.as_str().into()),
        ("process.pid", Value::from(std::process::id())),
    ];
    let about: Vec<Value> = about.iter().map(|(key, value)| attribute(key, value)).collect();
    let spans: Vec<Value> = spans.iter().map(span).collect();
    json!({"resourceSpans": [{
        "resource": {"attributes": about},
        "scopeSpans": [{"scope": {"name": "mpd", "version": resource.version}, "spans": spans}],
    }]})
}

fn span(span: &Span) -> Value {
    let attributes = span.attributes.iter().map(|(key, value)| {
        let value = match value {
            Attribute::Word(word) => Value::from(*word),
            Attribute::Text(text) => text.as_str().into(),
            Attribute::Number(number) => (*number).into(),
        };
        attribute(key, &value)
    });
    let mut body = json!({
        "traceId": span.trace.to_string(),
        "spanId": span.id.to_string(),
        "name": span.name,
        "kind": match span.side { Side::Server => SERVER, Side::Client => CLIENT },
        "startTimeUnixNano": nanos(span.begun),
        "endTimeUnixNano": nanos(span.ended.max(span.begun)),
        "attributes": attributes.collect::<Vec<_>>(),
        "status": {"code": if span.is_error { ERROR } else { UNSET }},
    });
    if span.parent != SpanId(0) {
        body["parentSpanId"] = span.parent.to_string().into();
    }
    body
}

fn attribute(key: &str, value: &Value) -> Value {
    match value {
        Value::Number(number) => json!({"key": key, "value": {"intValue": number.to_string()}}),
        other => json!({"key": key, "value": {"stringValue": other}}),
    }
}

fn nanos(time: SystemTime) -> String {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::context::TraceId;
    use std::time::Duration;

    #[test]
    fn ids_are_hexadecimal_and_long_numbers_texts() {
        let begun = UNIX_EPOCH + Duration::from_nanos(1_700_000_000_123_456_789);
        let one = Span {
            trace: TraceId(0xab),
            id: SpanId(1),
            parent: SpanId(0),
            side: Side::Client,
            name: "GET query".to_owned(),
            begun,
            ended: UNIX_EPOCH,
            attributes: vec![
                ("http.response.status_code", Attribute::Number(200)),
                ("mp.plane", Attribute::Word("query")),
            ],
            is_error: true,
        };
        let body = export(&Resource { version: "1", instance: "i".to_owned() }, &[one]);
        let span = &body["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
        assert_eq!(span["traceId"], "000000000000000000000000000000ab");
        assert_eq!((&span["spanId"], &span["parentSpanId"]), (&json!("0000000000000001"), &Value::Null));
        assert_eq!(
            (&span["startTimeUnixNano"], &span["endTimeUnixNano"]),
            (&json!("1700000000123456789"), &json!("1700000000123456789"))
        );
        assert_eq!((&span["kind"], &span["status"]["code"]), (&json!(3), &json!(2)));
        assert_eq!(span["attributes"][0], json!({"key": "http.response.status_code", "value": {"intValue": "200"}}));
        assert_eq!(span["attributes"][1], json!({"key": "mp.plane", "value": {"stringValue": "query"}}));
    }
}
