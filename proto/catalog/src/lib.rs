//! The catalog: every operation of Mixpanel that the daemon can run, as plain rows. The socket route, the command tree and the
//! reference are made from them; code is written only for what a row cannot say.

mod answer;
pub mod ask;
mod binding;
pub mod dates;
pub mod export;
mod line;
mod models;
mod nouns;
mod operation;
mod ops;
#[cfg(test)]
mod rules;
pub mod sample;
mod schema;
mod shape;
mod wire;

pub use mp_proto::plane::Plane;

pub use binding::{bind, typed};
pub use models::BOOKMARK;
pub use nouns::{about, about_path, all, find};
pub use operation::{
    Arrange, Audience, Bound, Call, Check, Confirm, Destroys, Effect, Epoch, Field, Ids, Kind, Least, Method, Model,
    Names, Of, Operation, PROJECT, PROJECT_ID, Param, Reply, ReplyValue, Reshape, Rows, Scope, Sent, Shape, Slot,
    Stage, Text, Through, Touches, Unwrap, Weight, Word, Workflow, results,
};
pub use schema::hoisted;
pub use shape::bundle::{AnalysedRecording, bundle, days_of, fetched, signatures};
pub use shape::business_context::context;
pub use shape::recordings::{
    DayRange, ID as RECORDING_ID, Recording, TrackedEvent, find_recordings, find_tracked, recordings_of, tracked_of,
};
pub use shape::results::of_report;
pub use shape::rrweb::{Action, Analysis, Timeline, rrweb_events};
pub use shape::saved_definitions::metric_kind;
pub use wire::{OperationCall, OperationRow, OperationsBody, PAGE_MARK, PageMark, PagesFrom, ParamRow};
