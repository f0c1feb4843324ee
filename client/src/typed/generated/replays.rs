//! The operations of `replays`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::Workspace;
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::{Replay, ReplayAnalysis, ReplayBundle, ReplayEvent, ReplaySummary, SignedReplay};

calls! {
    /// Summarise what happened in one recording.
    ///
    /// * `replay_id`: Id of the recording.
    analyze_replay AnalyzeReplayCall = "replays.analyze" -> ReplayAnalysis, answer {
        first replay_id: text = "replay_id";
    }

    /// List the tracked events inside a recording.
    ///
    /// * `replay_id`: Id of the recording.
    events_for_replay EventsForReplayCall = "replays.events" -> Vec<ReplayEvent>, answer {
        first replay_id: text = "replay_id";
        /// Properties to show, separated by commas.
        option event_properties: texts = "properties";
        /// First day, YYYY-MM-DD.
        option from_date: text = "from";
        /// Last day, YYYY-MM-DD.
        option to_date: text = "to";
    }

    /// Download one recording.
    ///
    /// * `replay_id`: Id of the recording.
    fetch_replay FetchReplayCall = "replays.fetch" -> Replay, answer {
        first replay_id: text = "replay_id";
        /// With the tracked events.
        option include_mixpanel_events: flag = "include_events";
        /// Which recordings; else prod: `prod`, `dev`.
        option env: text = "env";
        /// At most so many files; else 500.
        option max_files: int = "max_files";
    }

    /// Fetch and summarise the recordings of a user.
    ///
    /// * `distinct_id`: Distinct id of the user.
    /// * `from_date`: First day, YYYY-MM-DD.
    /// * `to_date`: Last day, YYYY-MM-DD.
    replays_for_user ReplaysForUserCall = "replays.for-user" -> ReplayBundle, answer {
        first distinct_id: text = "user";
        first from_date: text = "from";
        first to_date: text = "to";
        /// With the tracked events; else true.
        option include_mixpanel_events: flag = "mixpanel_events";
        /// Only this of all that is told.
        option include: texts = "include";
        /// At most so many; else 100.
        option limit: int = "limit";
    }

    /// Find session recordings of a user, or hydrate given ids.
    list_replays ListReplaysCall = "replays.list" -> Vec<ReplaySummary>, answer {
        /// Distinct id of the user.
        option distinct_id: text = "user";
        /// Id of a recording.
        option replay_ids: texts = "replay_id";
        /// First day, YYYY-MM-DD.
        option from_date: text = "from";
        /// Last day, YYYY-MM-DD.
        option to_date: text = "to";
        /// At most so many; else 100.
        option limit: int = "limit";
    }

    /// Sign recordings for download.
    ///
    /// * `replay_ids`: Ids of recordings.
    sign_replays SignReplaysCall = "replays.sign" -> Vec<SignedReplay>, answer {
        first replay_ids: texts = "replay_ids";
        /// Which recordings; else prod: `prod`, `dev`.
        option env: text = "env";
        /// Show the secret part of the URLs, too.
        option reveal_signed_urls: flag = "reveal_signed_urls";
    }
}
