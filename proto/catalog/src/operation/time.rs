//! How times are spelled in answers.

/// Spells a time in UTC as the Python tool does; a text that is no time with an offset stays as it is.
pub(super) fn spelled(text: String) -> String {
    let Ok(time) = text.parse::<jiff::Timestamp>() else { return text };
    let has_fraction = time.subsec_nanosecond() != 0;
    let format = if has_fraction { "%Y-%m-%dT%H:%M:%S.%6f+00:00" } else { "%Y-%m-%dT%H:%M:%S+00:00" };
    time.strftime(format).to_string()
}
