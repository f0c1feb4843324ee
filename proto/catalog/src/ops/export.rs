//! Exports: streams of lines, which code makes of the answers ([`crate::export`]).

use mp_proto::plane::Plane;

use crate::operation::{Call, Effect, Kind, Of, Operation, Param, Reply, Scope, Workflow};
use crate::shape::exports;

/// The operations that export.
pub(crate) const ROWS: &[Operation] = &[EVENTS, PROFILES];

/// What becomes of what is no event or profile. A command line names a file in place of `pass`.
const ON_BAD_LINE: Param = Param::local(
    "on_bad_line",
    Kind::OneOf(&["fail", "skip", "pass"]),
    "Lines that are no events: fail (default), skip, or pass (after U+001E)",
);

/// A command line has it for every command.
const STRICT: Param = Param::local("strict", Kind::Flag, "Refuse lines that would have to be mended");

/// Raw events.
pub(crate) const EVENTS: Operation = Operation {
    id: "export.events",
    command: &["export", "events"],
    summary: "Export raw events of a range of days as JSON Lines",
    detail: "Days begin and end in the time zone of the project, and words such as yesterday mean days there. Times are as Mixpanel \
             stores them: UTC for projects made since 2023. For older ones they are the local time of the project, though event_time \
             says +00:00.",
    effect: Effect::Read,
    scope: Scope::Project,
    params: &[
        Param::query("from", Kind::Date, "First day: 2025-01-31, yesterday, -7d, 2025-W05, 2025-01, last-month")
            .wire("from_date")
            .required(),
        Param::query("to", Kind::Date, "Last day, in the same words; yesterday if it is left out").wire("to_date"),
        Param::query("event", Kind::List, "Only events of this name; may be given more than once").repeats(),
        Param::query("where", Kind::Str, "Only events for which this expression is true"),
        Param::query("limit", Kind::Int, "At most so many events, 1 to 100000").through(exports::limit_of_events),
        Param::local("raw", Kind::Flag, "Lines as Mixpanel sends them, byte for byte"),
        Param::local("timezone", Kind::Str, "Show event_time in this time zone: Europe/Berlin, project, utc"),
        Param::local("stored_in", Kind::Str, "Times are stored in this zone: utc, or project for one before 2023"),
        ON_BAD_LINE,
        STRICT,
    ],
    call: Call::get(Plane::Export, "export").check(exports::events).by(Workflow::ExportEvents),
    reply: Reply::LINES,
    ..Operation::READ
};

/// Profiles.
pub(crate) const PROFILES: Operation = Operation {
    id: "export.profiles",
    command: &["export", "profiles"],
    summary: "Export user or group profiles as JSON Lines",
    detail: "$last_seen, by which --since selects, moves with updates of a profile. Edits in Mixpanel's own pages, updates with $ignore_time, \
             events and deletions do not move it: export all profiles now and then.",
    effect: Effect::Read,
    scope: Scope::Project,
    params: &[
        Param::body("where", Kind::Str, "Only profiles for which this expression is true"),
        Param::local("since", Kind::Date, "Only profiles whose $last_seen is since this day"),
        Param::body("cohort_id", Kind::Id, "Only members of this cohort")
            .wire("filter_by_cohort")
            .through(exports::cohort),
        Param::body("properties", Kind::List, "Only this property; may be given more than once")
            .repeats()
            .wire("output_properties")
            .through(exports::json_text),
        Param::body("distinct_id", Kind::Str, "Only the profile of this id"),
        Param::body("distinct_ids", Kind::List, "Only this id; may be given more than once")
            .repeats()
            .or_none()
            .through(exports::ids),
        Param::body("group_id", Kind::Id, "Group profiles of this data group in place of users").wire("data_group_id"),
        Param::body("behaviors", Kind::Json(Of::Any), "Behaviors that --where refers to, a JSON list")
            .through(exports::behaviors),
        Param::body("as_of_timestamp", Kind::Int, "Profiles as of this time, in Unix seconds"),
        Param::body("include_all_users", Kind::Flag, "With a cohort: members that have no profile, too"),
        Param::body("limit", Kind::Int, "At most so many profiles").through(exports::limit_of_profiles),
        Param::body("page_size", Kind::Int, "So many profiles a request; fewer requests are fewer of the hour's")
            .through(exports::page_size),
        Param::local("raw", Kind::Flag, "Profiles as Mixpanel sends them"),
        ON_BAD_LINE,
        STRICT,
    ],
    call: Call::post(Plane::Engage, "")
        .check(exports::profiles)
        .arrange(exports::whole_cohort)
        .by(Workflow::ExportProfiles),
    reply: Reply::LINES,
    ..Operation::READ
};
