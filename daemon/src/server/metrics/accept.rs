//! Which of the formats somebody wants who asks for the metrics (RFC 9110, 12.5.1). Pure.

use crate::meter::page::Format;

/// What can be accepted of a format, from the weakest: the media range that names it decides, however it is weighed elsewhere.
const TEXT: [&str; 3] = ["*/*", "text/*", "text/plain"];
const OPEN_METRICS: [&str; 3] = ["*/*", "application/*", "application/openmetrics-text"];

/// One of the ranges of an `Accept`.
struct Range<'a> {
    name: &'a str,
    version: Option<&'a str>,
    /// In thousandths.
    weight: u32,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().filter(|name| name.contains('/'))?;
        let mut range = Self { name, version: None, weight: 1000 };
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().trim_matches('"');
            if key.trim().eq_ignore_ascii_case("q") {
                range.weight = weight(value);
            } else if key.trim().eq_ignore_ascii_case("version") {
                range.version = Some(value);
            }
        }
        Some(range)
    }
}

/// Reads a weight; one that cannot be read is none.
fn weight(text: &str) -> u32 {
    let weight = text.parse::<f64>().ok().filter(|weight| (0.0..=1.0).contains(weight)).unwrap_or(0.0);
    // Between 0 and 1000, so nothing is cut off.
    (weight * 1000.0).round() as u32
}

/// Returns the format for an `Accept`. OpenMetrics is for those alone who name it, and want it no less than text; all others get text, also
/// those who want neither: a page that can be read is better than a refusal.
pub(super) fn format(accept: Option<&str>) -> Format {
    let ranges: Vec<Range<'_>> =
        accept.unwrap_or_default().split(',').filter_map(|part| Range::parse(part.trim())).collect();
    let is_named = ranges.iter().any(|range| range.name.eq_ignore_ascii_case(OPEN_METRICS[2]));
    let open_metrics = weight_of(&ranges, &OPEN_METRICS, |version| version.starts_with("1.") || version == "1");
    let text = weight_of(&ranges, &TEXT, |version| version.starts_with("0."));
    if is_named && open_metrics > 0 && open_metrics >= text { Format::OpenMetrics } else { Format::Text }
}

/// Returns how much a format is wanted: by the range that names it best, and of several such by the highest weight.
fn weight_of(ranges: &[Range<'_>], names: &[&str; 3], knows: impl Fn(&str) -> bool) -> u32 {
    let fits = |range: &&Range<'_>| range.version.is_none_or(&knows);
    let of = |name: &&str| {
        let named = ranges.iter().filter(|range| range.name.eq_ignore_ascii_case(name)).filter(fits);
        named.map(|range| range.weight).max()
    };
    names.iter().rev().find_map(of).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_names_open_metrics_gets_it() {
        // What Prometheus 2 and 3, Grafana Alloy, Telegraf and curl send.
        for (accept, expected) in [
            ("application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", Format::Text),
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                Format::OpenMetrics,
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,\
                 text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                Format::OpenMetrics,
            ),
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain;version=0.0.4;q=0.3",
                Format::Text,
            ),
            ("application/openmetrics-text", Format::OpenMetrics),
            ("Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=1", Format::OpenMetrics),
            ("application/openmetrics-text;q=0", Format::Text),
            ("application/openmetrics-text;q=0.1, text/plain;q=0.9", Format::Text),
            ("application/openmetrics-text;version=2.0.0", Format::Text),
            ("text/*, application/openmetrics-text", Format::OpenMetrics),
            ("*/*", Format::Text),
            ("application/*", Format::Text),
            ("", Format::Text),
            (",;q=,/,;;=, application/openmetrics-text;q=nan", Format::Text),
            ("image/png", Format::Text),
        ] {
            assert_eq!(format(Some(accept)), expected, "{accept}");
        }
        assert_eq!(format(None), Format::Text);
    }
}
