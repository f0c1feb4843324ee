//! Tells people that the daemon is of another build than this client: once a day, whichever command it is.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use mp_proto::version::BUILD;

use crate::place::Place;
use crate::report;

/// How long it is enough to have said it.
const A_DAY: Duration = Duration::from_secs(24 * 3600);

/// Says it, unless it was said within a day.
pub(crate) fn tell(place: &Place, theirs: &str) {
    if theirs == BUILD {
        return;
    }
    let stamp = place.log().with_file_name("build-told");
    let both = format!("mp {BUILD}, mpd {theirs}\n");
    if was_told(&stamp, &both, SystemTime::now()) {
        return;
    }
    // Where it cannot be noted it is said again, which is better than never.
    let _ = fs::write(&stamp, &both);
    report::note(&format!(
        "the daemon that runs is mpd {theirs}, and this is mp {BUILD}; `mp daemon restart` starts the one that belongs to mp"
    ));
}

/// Returns whether this was said, and how long ago. A stamp from the future is none.
fn was_told(stamp: &Path, both: &str, now: SystemTime) -> bool {
    let said = fs::read_to_string(stamp).is_ok_and(|text| text == both);
    let when = fs::metadata(stamp).and_then(|it| it.modified());
    said && when.is_ok_and(|when| now.duration_since(when).is_ok_and(|ago| ago < A_DAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_once_a_day_and_for_each_pair_of_builds() {
        let dir = tempfile::tempdir().expect("a directory");
        let (stamp, now) = (dir.path().join("stamp"), SystemTime::now() + Duration::from_secs(1));
        assert!(!was_told(&stamp, "a", now));
        fs::write(&stamp, "a").expect("writable");
        assert!(was_told(&stamp, "a", now));
        assert!(!was_told(&stamp, "b", now), "another pair");
        assert!(!was_told(&stamp, "a", now + A_DAY), "the day after");
        assert!(!was_told(&stamp, "a", now - A_DAY), "a clock that was set back");
    }
}
