//! `[settings.telemetry]`: where spans go, for those who collect traces.

use toml::de::{DeTable, DeValue};
use url::Url;

/// What the settings say.
#[derive(Debug, Clone, PartialEq)]
pub struct TelemetrySettings {
    /// The base address of a collector that takes OTLP over HTTP. An empty text means none, whatever the variables say.
    pub otlp_endpoint: Option<String>,
    /// The share of calls that become spans, of those whose callers trace nothing themselves.
    pub otlp_sample: f64,
}

impl Default for TelemetrySettings {
    fn default() -> Self {
        Self { otlp_endpoint: None, otlp_sample: 1.0 }
    }
}

/// Reads the table. What is wrong is left out; each problem comes with its place in the text.
pub(super) fn read(block: &DeTable<'_>) -> (TelemetrySettings, Vec<(usize, String)>) {
    let (mut settings, mut problems) = (TelemetrySettings::default(), Vec::new());
    for (key, value) in block.iter() {
        let expected = match (key.get_ref().as_ref(), value.get_ref()) {
            ("otlp_endpoint", DeValue::String(text)) if text.is_empty() || endpoint(text).is_some() => {
                settings.otlp_endpoint = Some(text.to_string());
                continue;
            }
            ("otlp_endpoint", _) => "http:// or https:// with a host and no user, such as \"http://127.0.0.1:4318\"",
            ("otlp_sample", value) => match share(value) {
                Some(share) => {
                    settings.otlp_sample = share;
                    continue;
                }
                None => "a number from 0 to 1",
            },
            // Of a later release.
            _ => continue,
        };
        problems.push((value.span().start, format!("{} is not what it must be: expected {expected}", key.get_ref())));
    }
    (settings, problems)
}

/// Returns a number from 0 to 1.
fn share(value: &DeValue<'_>) -> Option<f64> {
    let number: f64 = match value {
        DeValue::Float(number) => number.as_str().replace('_', "").parse().ok()?,
        DeValue::Integer(number) => number.as_str().parse().ok()?,
        _ => return None,
    };
    (0.0..=1.0).contains(&number).then_some(number)
}

/// Reads the address of a collector. One with a user is none: its password would stand in places that are shown.
pub fn endpoint(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_user_and_a_share_is_a_share() {
        let read = |text: &str| read(DeTable::parse(text).expect("TOML").get_ref());
        let (good, problems) = read("otlp_endpoint = \"http://[::1]:4318/otlp\"\notlp_sample = 1\nlater = 1\n");
        assert_eq!((good.otlp_sample, problems.len()), (1.0, 0));
        assert_eq!(read("otlp_sample = 0.25").0.otlp_sample, 0.25);
        for bad in [
            "otlp_endpoint = \"127.0.0.1:4318\"",
            "otlp_endpoint = \"http://user:hunter2@collector\"",
            "otlp_endpoint = \"ftp://collector\"",
            "otlp_endpoint = 4318",
            "otlp_sample = 1.5",
            "otlp_sample = nan",
            "otlp_sample = -1",
            "otlp_sample = \"0.5\"",
        ] {
            let (settings, problems) = read(bad);
            assert_eq!((settings, problems.len()), (TelemetrySettings::default(), 1), "{bad}");
            assert!(!problems[0].1.contains("hunter2"), "{problems:?}");
        }
    }
}
