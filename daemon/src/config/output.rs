//! `[settings.output]`: how answers are shown. The daemon shows nothing; it tells its clients, who leave the file to it.

use toml::de::{DeTable, DeValue};

/// What the settings say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutputSettings {
    /// The format in which lists are shown at a terminal.
    pub format: Option<&'static str>,
}

/// The formats that there are.
const FORMATS: [&str; 5] = ["json", "jsonl", "table", "csv", "plain"];

/// Reads the table. What is wrong is left out; each problem comes with its place in the text.
pub(super) fn read(block: &DeTable<'_>) -> (OutputSettings, Vec<(usize, String)>) {
    let (mut settings, mut problems) = (OutputSettings::default(), Vec::new());
    // Others are of a later release.
    let Some(value) = block.get("format") else { return (settings, problems) };
    let found = match value.get_ref() {
        DeValue::String(text) => {
            settings.format = FORMATS.into_iter().find(|format| format == text);
            format!("{text:?}")
        }
        _ => super::value::kind(value).to_owned(),
    };
    if settings.format.is_none() {
        problems.push((value.span().start, format!("format is {found}: expected one of {}", FORMATS.join(", "))));
    }
    (settings, problems)
}
