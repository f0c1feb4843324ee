//! Exports: streams of lines, which code makes of the answers. All parameters are read by that code ([`crate::export`]).

use mp_proto::plane::Plane;

use crate::operation::{Call, Effect, Kind, Operation, Param, Reply, Scope, Workflow};

/// The operations that export.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "export.events",
        command: &["export", "events"],
        summary: "Export raw events of a range of days as JSON Lines",
        detail: "",
        effect: Effect::Read,
        scope: Scope::Project,
        params: &[
            Param::local("from", Kind::Date, "First day, YYYY-MM-DD").required(),
            Param::local("to", Kind::Date, "Last day, YYYY-MM-DD").required(),
            Param::local("event", Kind::List, "Only events of this name; may be given more than once").repeats(),
            Param::local("where", Kind::Str, "Only events for which this expression is true"),
            Param::local("limit", Kind::Int, "At most so many events, 1 to 100000"),
            Param::local("raw", Kind::Flag, "Lines as Mixpanel sends them, byte for byte"),
        ],
        call: Call::get(Plane::Export, "export").by(Workflow::ExportEvents),
        reply: Reply::LINES,
        ..Operation::READ
    },
    Operation {
        id: "export.profiles",
        command: &["export", "profiles"],
        summary: "Export user or group profiles as JSON Lines",
        detail: "",
        effect: Effect::Read,
        scope: Scope::Project,
        params: &[
            Param::local("where", Kind::Str, "Only profiles for which this expression is true"),
            Param::local("cohort_id", Kind::Str, "Only members of this cohort"),
            Param::local("properties", Kind::List, "Only this property; may be given more than once").repeats(),
            Param::local("distinct_id", Kind::Str, "Only the profile of this id"),
            Param::local("distinct_ids", Kind::List, "Only this id; may be given more than once").repeats(),
            Param::local("group_id", Kind::Str, "Group profiles of this data group in place of users"),
            Param::local("behaviors", Kind::Str, "Behaviors that --where refers to, a JSON list"),
            Param::local("as_of_timestamp", Kind::Int, "Profiles as of this time, in Unix seconds"),
            Param::local("include_all_users", Kind::Flag, "With a cohort: members that have no profile, too"),
            Param::local("limit", Kind::Int, "At most so many profiles"),
            Param::local("raw", Kind::Flag, "Profiles as Mixpanel sends them"),
        ],
        call: Call::post(Plane::Engage, "").by(Workflow::ExportProfiles),
        reply: Reply::LINES,
        ..Operation::READ
    },
];
