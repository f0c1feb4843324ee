//! The time zone of a project: which day it is there, and when a day of it is over.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use mp_proto::routes::PROJECTS;
use mp_proto::wire::{ProjectsBody, SessionBody};

use crate::call::Call;

/// After the end of a day, Mixpanel may need so long until what came in its last minute is exported.
const MARGIN: SignedDuration = SignedDuration::from_hours(1);

/// Where a day ends last, and where it begins first, for a project whose zone is not known.
const LAST_ZONE: Offset = Offset::constant(-12);
const FIRST_ZONE: Offset = Offset::constant(14);

/// The zone of a project.
#[derive(Debug, Clone, Default)]
pub(super) struct Zone {
    /// Its name, as Mixpanel has it.
    pub(super) name: Option<String>,
    zone: Option<TimeZone>,
}

impl Zone {
    /// Returns the zone of this name. One that this machine does not know is as good as none.
    pub(super) fn named(name: Option<String>) -> Self {
        let zone = name.as_deref().and_then(|name| TimeZone::get(name).ok());
        Self { name, zone }
    }

    /// Returns the zone of the session's project. Mixpanel is asked only if it is `needed`; else what was heard before has to do.
    pub(super) async fn of(call: &mut Call<'_>, session: &SessionBody, needed: bool) -> Self {
        let path = if needed { PROJECTS.to_owned() } else { format!("{PROJECTS}?cached=true") };
        // Without an answer the zone is unknown, which costs a day that is fetched again, but no export.
        let known: Option<ProjectsBody> = call.get(&path).await.ok();
        let project = session.project.as_ref().map(|project| &project.id);
        let row = known.and_then(|known| known.projects.into_iter().find(|row| Some(&row.id) == project));
        Self::named(row.and_then(|row| row.timezone))
    }

    /// Whether what was asked for at some time has all of a day. A project that was made since 2023 has days of UTC, an older one those
    /// of its zone, and nobody says which it is: so the day must have ended in both.
    pub(super) fn is_final(&self, day: Date, asked: Timestamp) -> bool {
        let zone = self.zone.clone().unwrap_or_else(|| TimeZone::fixed(LAST_ZONE));
        let ended = |zone: TimeZone| {
            let end = day.tomorrow().ok()?.to_zoned(zone).ok()?.timestamp();
            Some(end.checked_add(MARGIN).ok()? <= asked)
        };
        ended(zone).unwrap_or(false) && ended(TimeZone::UTC).unwrap_or(false)
    }

    /// Returns the last day that Mixpanel may have anything of.
    pub(super) fn last_begun(&self, now: Timestamp) -> Date {
        let zone = self.zone.clone().unwrap_or_else(|| TimeZone::fixed(FIRST_ZONE));
        zone.to_datetime(now).date().max(TimeZone::UTC.to_datetime(now).date())
    }

    /// Returns which day it is.
    pub(super) fn today(&self, now: Timestamp) -> Date {
        self.zone.clone().unwrap_or(TimeZone::UTC).to_datetime(now).date()
    }

    /// Returns its name, or that it is not known.
    pub(super) fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or("a time zone that is not known")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_is_final_when_it_has_ended_in_the_zone_and_in_utc_and_an_hour_has_passed() {
        let day = date(2025, 7, 1);
        for (zone, last_partial, first_final) in [
            (Some("US/Pacific"), "2025-07-02T07:59:59Z", "2025-07-02T08:00:00Z"),
            (Some("UTC"), "2025-07-02T00:59:59Z", "2025-07-02T01:00:00Z"),
            (Some("Asia/Tokyo"), "2025-07-02T00:59:59Z", "2025-07-02T01:00:00Z"),
            (Some("Nowhere/Land"), "2025-07-02T12:59:59Z", "2025-07-02T13:00:00Z"),
            (None, "2025-07-02T12:59:59Z", "2025-07-02T13:00:00Z"),
        ] {
            let zone = Zone::named(zone.map(str::to_owned));
            let at = |time: &str| zone.is_final(day, time.parse().expect("a time"));
            assert_eq!((at(last_partial), at(first_final)), (false, true), "{zone:?}");
        }
        assert!(!Zone::default().is_final(Date::MAX, Timestamp::MAX), "the last day never ends");
    }

    #[test]
    fn a_day_has_begun_where_it_begins_first() {
        let now = "2025-07-01T22:00:00Z".parse().expect("a time");
        for (zone, today, last) in [
            (Some("US/Pacific"), "2025-07-01", "2025-07-01"),
            (Some("Asia/Tokyo"), "2025-07-02", "2025-07-02"),
            (None, "2025-07-01", "2025-07-02"),
        ] {
            let zone = Zone::named(zone.map(str::to_owned));
            assert_eq!((zone.today(now).to_string(), zone.last_begun(now).to_string()), (today.into(), last.into()));
        }
    }
}
