//! Find and read session recordings.

use mp_proto::plane::Plane;

use crate::models;
use crate::operation::{Audience, Call, Epoch, Kind, Operation, Param, Reply, Scope, Workflow};
use crate::shape::recordings;

const REPLAY_ID: Param = Param::local("replay_id", Kind::Str, "Id of the recording").positional();

const FROM: Param = Param::local("from", Kind::Date, "First day, YYYY-MM-DD");

const TO: Param = Param::local("to", Kind::Date, "Last day, YYYY-MM-DD");

const ENV: Param = Param::local("env", Kind::OneOf(&["prod", "dev"]), "Which recordings").default("prod");

const LIMIT: Param = Param::local("limit", Kind::Int, "At most so many").default("100");

/// The operations on session recordings.
pub(crate) const ROWS: &[Operation] = &[
    Operation {
        id: "replays.analyze",
        command: &["replays", "analyze"],
        summary: "Summarise what happened in one recording",
        scope: Scope::Project,
        params: &[REPLAY_ID],
        call: Call::post(Plane::App, "replays/sign/bulk").by(Workflow::Recording),
        reply: Reply::ONE.described(&models::REPLAY_ANALYSIS).audience(Audience {
            text: "text",
            data: Some("actions"),
            is_usual: true,
            file: None,
        }),
        ..Operation::APP
    },
    Operation {
        id: "replays.events",
        command: &["replays", "events"],
        summary: "List the tracked events inside a recording",
        scope: Scope::Project,
        params: &[
            REPLAY_ID,
            Param::local("properties", Kind::Names, "Properties to show, separated by commas"),
            FROM,
            TO,
        ],
        call: Call::post(Plane::Query, "insights")
            .fixed_body(&[("queryLimits.limit", "3000")])
            .ids_of_workspace()
            .arrange(recordings::events),
        reply: Reply::LIST
            .described(&models::REPLAY_EVENT)
            .bare()
            .reshape(recordings::tracked)
            .epochs(&[("event_time", Epoch::Seconds)]),
        ..Operation::APP
    },
    Operation {
        id: "replays.fetch",
        command: &["replays", "fetch"],
        summary: "Download one recording",
        scope: Scope::Project,
        params: &[
            REPLAY_ID,
            Param::local("output", Kind::Output, "File to write to, instead of standard output").short('o'),
            ENV,
            Param::local("include_events", Kind::Flag, "With the tracked events"),
            Param::local("max_files", Kind::Int, "At most so many files").default("500"),
        ],
        call: Call::post(Plane::App, "replays/sign/bulk").arrange(recordings::fetch).by(Workflow::Recording),
        reply: Reply::ONE.described(&models::REPLAY).audience(Audience {
            text: "summary",
            data: Some("events"),
            is_usual: true,
            file: Some("events"),
        }),
        ..Operation::APP
    },
    Operation {
        id: "replays.for-user",
        command: &["replays", "for-user"],
        summary: "Fetch and summarise the recordings of a user",
        scope: Scope::Project,
        params: &[
            Param::local("user", Kind::Str, "Distinct id of the user").positional(),
            Param::local("from", Kind::Date, "First day, YYYY-MM-DD").required(),
            Param::local("to", Kind::Date, "Last day, YYYY-MM-DD").required(),
            Param::local("include", Kind::OneOf(&["summary", "analyze"]), "Only this of all that is told").repeats(),
            Param::local("mixpanel_events", Kind::Toggle, "With the tracked events").default("true"),
            Param::local("out_dir", Kind::Output, "Folder to write to, instead of standard output"),
            LIMIT,
        ],
        call: Call::post(Plane::App, "replays/sign/bulk").arrange(recordings::of_user).by(Workflow::Recording),
        reply: Reply::ONE.described(&models::REPLAY_BUNDLE).audience(Audience {
            text: "text",
            data: Some("recordings"),
            is_usual: true,
            file: Some("files"),
        }),
        ..Operation::APP
    },
    Operation {
        id: "replays.list",
        command: &["replays", "list"],
        summary: "Find session recordings of a user, or hydrate given ids",
        scope: Scope::Project,
        params: &[
            Param::local("user", Kind::Str, "Distinct id of the user"),
            Param::local("replay_id", Kind::Str, "Id of a recording").repeats(),
            FROM,
            TO,
            LIMIT,
        ],
        call: Call::post(Plane::Query, "insights")
            .fixed_body(&[("queryLimits.limit", "3000")])
            .ids_of_workspace()
            .arrange(recordings::list),
        reply: Reply::LIST
            .described(&models::REPLAY_SUMMARY)
            .bare()
            .reshape(recordings::listed)
            .epochs(&[("start_time", Epoch::Millis)]),
        ..Operation::APP
    },
    Operation {
        id: "replays.sign",
        command: &["replays", "sign"],
        summary: "Sign recordings for download",
        scope: Scope::Project,
        params: &[
            Param::local("replay_ids", Kind::Str, "Ids of recordings").positional().repeats(),
            ENV,
            Param::local("reveal_signed_urls", Kind::Flag, "Show the secret part of the URLs, too"),
        ],
        call: Call::post(Plane::App, "replays/sign/bulk").arrange(recordings::sign).by(Workflow::Recording),
        reply: Reply::LIST.described(&models::SIGNED_REPLAY).word(recordings::signed_url),
        ..Operation::APP
    },
];
