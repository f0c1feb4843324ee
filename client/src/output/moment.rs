//! Times: people read them by their own clock, programs in UTC.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::view::Reader;

/// Returns a time as its reader wants it.
pub(crate) fn moment(time: Timestamp, reader: Reader) -> String {
    match reader {
        Reader::Program => format!("{time:.0}"),
        Reader::Person => local(time, TimeZone::try_system().unwrap_or(TimeZone::UTC)),
    }
}

/// Returns a text by the clock of a person, if it is a time that says what it is before or after UTC. One that does not is a time of the
/// project, and stays as it is.
pub(super) fn local_text(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    // What is no time is told from one without an attempt to read it.
    if bytes.len() < "2025-01-01T00:00Z".len() || bytes[4] != b'-' || !matches!(bytes[10], b'T' | b' ') {
        return None;
    }
    text.parse::<Timestamp>().ok().map(|time| moment(time, Reader::Person))
}

/// The zone stands there, for half of the year it is another one.
fn local(time: Timestamp, zone: TimeZone) -> String {
    time.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_reads_local_time_and_a_program_utc() {
        let time: Timestamp = "2025-07-01T22:30:15.25Z".parse().expect("a time");
        let zone = |rule: &str| TimeZone::posix(rule).expect("a zone");
        assert_eq!(local(time, zone("CET-1CEST,M3.5.0,M10.5.0/3")), "2025-07-02 00:30:15 CEST");
        assert_eq!(local(time, zone("<-0330>3:30")), "2025-07-01 19:00:15 -0330");
        assert_eq!(moment(time, Reader::Program), "2025-07-01T22:30:15Z");
    }

    #[test]
    fn only_a_time_with_an_offset_is_moved() {
        assert!(local_text("2025-01-10T12:30:00+00:00").is_some() && local_text("2025-01-10T12:30:00.5Z").is_some());
        for text in
            ["2025-01-10", "2025-01-10T12:30:00", "2025-01-10 and so on, Z", "", "1736935200000", "é2025-01-10T00:00Z"]
        {
            assert_eq!(local_text(text), None, "{text}");
        }
    }
}
