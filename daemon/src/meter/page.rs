//! A page of metrics, in OpenMetrics 1.0 or in the text format of Prometheus 0.0.4. Pure.
//!
//! The two differ in little: OpenMetrics names a counter without its `_total` in the head of its family, knows infos and units, and ends
//! with a mark, so that a page that was cut off is noticed.

use std::fmt::{Display, Write};

use super::instruments::Histogram;

/// The two formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// <https://github.com/prometheus/OpenMetrics>, version 1.0.
    OpenMetrics,
    /// What every Prometheus reads.
    Text,
}

impl Format {
    /// Returns its content type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// What a family is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number that only grows, until the daemon starts again.
    Counter,
    /// A number that grows and shrinks.
    Gauge,
    /// How often values fell between bounds.
    Histogram,
    /// Words that do not change, beside the number 1.
    Info,
}

impl Kind {
    /// Returns its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Info => "info",
        }
    }
}

/// A metric with all its labels.
#[derive(Debug)]
pub struct Family {
    /// Its name, without what its kind adds.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// One sentence, without quotes and backslashes, which the two formats escape in different ways.
    pub help: &'static str,
}

impl Family {
    /// Returns the name under which it is asked for; that of a histogram has a suffix more.
    pub fn sample(&self) -> String {
        let suffix = match self.kind {
            Kind::Counter => "_total",
            Kind::Info => "_info",
            Kind::Gauge | Kind::Histogram => "",
        };
        format!("{}{suffix}", self.name)
    }

    /// Returns the unit that its name ends with.
    fn unit(&self) -> Option<&'static str> {
        ["seconds", "bytes"]
            .into_iter()
            .find(|unit| self.name.strip_suffix(unit).is_some_and(|rest| rest.ends_with('_')))
    }
}

/// A page that is being written. Its families come one after the other, each with all its rows.
#[derive(Debug)]
pub struct Page {
    format: Format,
    text: String,
    family: Option<&'static Family>,
}

impl Page {
    /// Returns an empty page.
    pub fn new(format: Format) -> Self {
        Self { format, text: String::with_capacity(16 * 1024), family: None }
    }

    /// Begins a family.
    pub fn begin(&mut self, family: &'static Family) {
        let (name, kind) = match (self.format, family.kind) {
            (Format::OpenMetrics, kind) => (family.name.to_owned(), kind.as_str()),
            (Format::Text, Kind::Info) => (family.sample(), Kind::Gauge.as_str()),
            (Format::Text, kind) => (family.sample(), kind.as_str()),
        };
        self.put(format_args!("# TYPE {name} {kind}\n"));
        if let (Format::OpenMetrics, Some(unit)) = (self.format, family.unit()) {
            self.put(format_args!("# UNIT {name} {unit}\n"));
        }
        self.put(format_args!("# HELP {name} {}\n", family.help));
        self.family = Some(family);
    }

    /// Adds a row to the family, with a value for each of its labels.
    pub fn row(&mut self, values: &[&str], value: impl Display) {
        let Some(family) = self.family else { return };
        self.line(&family.sample(), &labels(family, values), value);
    }

    /// Adds a family that has one row and no labels.
    pub fn single(&mut self, family: &'static Family, value: impl Display) {
        self.begin(family);
        self.row(&[], value);
    }

    /// Adds the rows of a histogram to the family.
    pub fn histogram(&mut self, values: &[&str], histogram: &Histogram) {
        let Some(family) = self.family else { return };
        let own = labels(family, values);
        let (mut all, name) = (0, family.name);
        for (bound, count) in histogram.cumulative() {
            let bound = bound.map_or_else(|| "+Inf".to_owned(), seconds);
            let gap = if own.is_empty() { "" } else { "," };
            self.line(&format!("{name}_bucket"), &format!("{own}{gap}le=\"{bound}\""), count);
            all = count;
        }
        // The sum of what was seen while the buckets were read may be a little more than they hold, which no reader minds.
        self.line(&format!("{name}_sum"), &own, seconds(histogram.sum()));
        self.line(&format!("{name}_count"), &own, all);
    }

    /// Returns the text.
    pub fn end(mut self) -> String {
        if self.format == Format::OpenMetrics {
            self.text.push_str("# EOF\n");
        }
        self.text
    }

    fn line(&mut self, name: &str, labels: &str, value: impl Display) {
        match labels {
            "" => self.put(format_args!("{name} {value}\n")),
            _ => self.put(format_args!("{name}{{{labels}}} {value}\n")),
        }
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.text.write_fmt(text);
    }
}

fn labels(family: &Family, values: &[&str]) -> String {
    debug_assert_eq!(family.labels.len(), values.len(), "{}", family.name);
    let pairs = family.labels.iter().zip(values).map(|(name, value)| format!("{name}=\"{}\"", escaped(value)));
    pairs.collect::<Vec<_>>().join(",")
}

/// Returns a text as it stands between quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            _ => out.push(c),
        }
    }
    out
}

/// Returns microseconds as seconds, always with a point: a bound is a text to those who compare it.
pub fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    static CALLS: Family = Family { name: "x_calls", kind: Kind::Counter, labels: &["who"], help: "A" };
    static TIME: Family = Family { name: "x_time_seconds", kind: Kind::Histogram, labels: &["who"], help: "T" };
    static BUILD: Family = Family { name: "x_build", kind: Kind::Info, labels: &["version"], help: "B" };

    fn page(format: Format) -> String {
        let mut page = Page::new(format);
        page.begin(&CALLS);
        page.row(&["a\\b\"c\nd\u{e9}"], 7);
        page.begin(&TIME);
        let histogram = Histogram::new(&[1_000, 2_000_000]);
        histogram.observe(Duration::from_millis(1500));
        page.histogram(&["a"], &histogram);
        page.begin(&BUILD);
        page.row(&["1"], 1);
        page.end()
    }

    #[test]
    fn open_metrics_has_units_infos_and_an_end() {
        assert_eq!(
            page(Format::OpenMetrics),
            "# TYPE x_calls counter\n# HELP x_calls A\n\
             x_calls_total{who=\"a\\\\b\\\"c\\nd\u{e9}\"} 7\n\
             # TYPE x_time_seconds histogram\n# UNIT x_time_seconds seconds\n# HELP x_time_seconds T\n\
             x_time_seconds_bucket{who=\"a\",le=\"0.001\"} 0\nx_time_seconds_bucket{who=\"a\",le=\"2.0\"} 1\n\
             x_time_seconds_bucket{who=\"a\",le=\"+Inf\"} 1\nx_time_seconds_sum{who=\"a\"} 1.5\n\
             x_time_seconds_count{who=\"a\"} 1\n\
             # TYPE x_build info\n# HELP x_build B\nx_build_info{version=\"1\"} 1\n# EOF\n"
        );
    }

    #[test]
    fn the_text_format_names_families_as_their_rows() {
        let text = page(Format::Text);
        assert!(text.starts_with("# TYPE x_calls_total counter\n# HELP x_calls_total "), "{text}");
        assert!(text.contains("# TYPE x_build_info gauge\n") && !text.contains("# UNIT"), "{text}");
        assert!(text.ends_with("x_build_info{version=\"1\"} 1\n"), "{text}");
    }

    #[test]
    fn seconds_always_have_a_point() {
        let told = [0, 1, 100, 250_000, 1_000_000, 3_600_000_000, 1_500_001].map(seconds);
        assert_eq!(told, ["0.0", "0.000001", "0.0001", "0.25", "1.0", "3600.0", "1.500001"]);
    }
}
