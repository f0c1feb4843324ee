//! The operations of `export`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::{Lines, Workspace};
use crate::typed::call::{Answered, Call, calls, list, sent, taken};

calls! {
    /// Export raw events of a range of days as JSON Lines. Days begin and end in the time zone of the project, and words such as
    /// yesterday mean days there. Times are as Mixpanel stores them: UTC for projects made since 2023. For older ones they are the local
    /// time of the project, though event_time says +00:00.
    ///
    /// * `from_date`: First day: 2025-01-31, yesterday, -7d, 2025-W05, 2025-01, last-month.
    stream_events StreamEventsCall = "export.events" -> Lines, lines {
        first from_date: text = "from";
        /// Only events of this name; may be given more than once.
        option events: texts = "event";
        /// Last day, in the same words; yesterday if it is left out.
        option to_date: text = "to";
        /// Only events for which this expression is true.
        option where_: text = "where";
        /// At most so many events, 1 to 100000.
        option limit: int = "limit";
        /// Lines as Mixpanel sends them, byte for byte.
        option raw: flag = "raw";
        /// Show event_time in this time zone: Europe/Berlin, project, utc.
        option timezone: text = "timezone";
        /// Times are stored in this zone: utc, or project for one before 2023.
        option stored_in: text = "stored_in";
        /// Lines that are no events: fail (default), skip, or pass (after U+001E): `fail`, `skip`, `pass`.
        option on_bad_line: text = "on_bad_line";
        /// Refuse lines that would have to be mended.
        option strict: flag = "strict";
    }

    /// Export user or group profiles as JSON Lines. $last_seen, by which --since selects, moves with updates of a profile. Edits in
    /// Mixpanel's own pages, updates with $ignore_time, events and deletions do not move it: export all profiles now and then.
    stream_profiles StreamProfilesCall = "export.profiles" -> Lines, lines {
        /// Only this property; may be given more than once.
        option output_properties: texts = "properties";
        /// Only profiles for which this expression is true.
        option where_: text = "where";
        /// Only profiles whose $last_seen is since this day.
        option since: text = "since";
        /// Only members of this cohort.
        option cohort_id: text = "cohort_id";
        /// Only the profile of this id.
        option distinct_id: text = "distinct_id";
        /// Only this id; may be given more than once.
        option distinct_ids: texts = "distinct_ids";
        /// Group profiles of this data group in place of users.
        option group_id: text = "group_id";
        /// Behaviors that --where refers to, a JSON list.
        option behaviors: json = "behaviors";
        /// Profiles as of this time, in Unix seconds.
        option as_of_timestamp: int = "as_of_timestamp";
        /// With a cohort: members that have no profile, too.
        option include_all_users: flag = "include_all_users";
        /// At most so many profiles.
        option limit: int = "limit";
        /// So many profiles a request; fewer requests are fewer of the hour's.
        option page_size: int = "page_size";
        /// Profiles as Mixpanel sends them.
        option raw: flag = "raw";
        /// Lines that are no events: fail (default), skip, or pass (after U+001E): `fail`, `skip`, `pass`.
        option on_bad_line: text = "on_bad_line";
        /// Refuse lines that would have to be mended.
        option strict: flag = "strict";
    }
}
