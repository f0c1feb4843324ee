//! What is said of pauses: why there is one, how long it is, and when all will be done.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mp_proto::failure::Failure;

use super::part::Part;
use super::patience::TRIES;

/// Says that a part is tried again.
pub(super) fn again(part: Part, failure: &Failure, pause: Duration, number: u32) -> String {
    let what = part.map_or_else(String::new, |days| format!("{days}: "));
    format!("{what}{}; trying again in {} (try {number} of {TRIES})", failure.detail, time(pause))
}

/// Says that an export waits for the hour: why, for how long, how far it is and when it will be done, if that can be told.
pub(super) fn waiting(
    why: &str,
    pause: Duration,
    until: Timestamp,
    (done, parts): (usize, usize),
    end: Option<Timestamp>,
) -> String {
    let zone = TimeZone::system();
    let moment = |at: Timestamp| {
        let (at, now) = (at.to_zoned(zone.clone()), Timestamp::now().to_zoned(zone.clone()));
        let form = if at.date() == now.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M" };
        at.strftime(form).to_string()
    };
    let end = end.map_or_else(String::new, |end| format!(", and all will be about {}", moment(end)));
    format!("{why}; waiting {}, until {}; {done} of {parts} parts are complete{end}", time(pause), moment(until))
}

/// Returns a time for people.
fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0..10) => format!("{:.1} s", time.as_secs_f64()),
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_for_people() {
        let told =
            [0.34, 59.0, 60.0, 61.5, 3599.0, 3600.0, 90_061.0].map(|seconds| time(Duration::from_secs_f64(seconds)));
        assert_eq!(told, ["0.3 s", "59 s", "1 min", "1 min 1 s", "59 min 59 s", "1 h 0 min", "25 h 1 min"]);
    }

    #[test]
    fn a_wait_tells_why_how_long_how_far_and_when_it_ends() {
        let (now, soon) = (Timestamp::now(), Duration::from_secs(120));
        let told = waiting("full", soon, now + soon, (3, 10), Some(now + soon * 1000));
        assert!(
            told.starts_with("full; waiting 2 min, until ") && told.contains("; 3 of 10 parts are complete, and all"),
            "{told}"
        );
        assert!(waiting("full", soon, now, (3, 10), None).ends_with("parts are complete"));
    }
}
