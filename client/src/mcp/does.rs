//! What the tools do that are always there.

use mp_catalog::Effect;
use rmcp::model::JsonObject;
use serde_json::Value;

/// What a tool that is always there does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    Session,
    Accounts,
    Targets,
    Projects,
    Workspaces,
    UseSession,
    Login,
    LoginStatus,
    Events,
    FindOperations,
    /// Runs an operation, if that has this effect.
    Operation(Effect),
    AskSchema,
    ReadAnswer,
}

/// The argument of `use_session` that stores the choice.
pub(super) const PERSIST: &str = "persist";

impl Does {
    /// Returns what a call does to what the user has: to data, to the login, to what is stored.
    pub(super) fn effect_of(self, arguments: &JsonObject) -> Effect {
        let persists =
            || arguments.get(PERSIST).is_some_and(|persist| *persist != Value::Bool(false) && !persist.is_null());
        match self {
            Self::UseSession if persists() => Effect::Write,
            Self::Login => Effect::Write,
            Self::Operation(effect) => effect,
            Self::Session
            | Self::Accounts
            | Self::Targets
            | Self::Projects
            | Self::Workspaces
            | Self::UseSession
            | Self::LoginStatus
            | Self::Events
            | Self::FindOperations
            | Self::AskSchema
            | Self::ReadAnswer => Effect::Read,
        }
    }

    /// Returns the command that the user can run where the tool is refused, and what it is for.
    pub(super) const fn instead(self) -> (&'static str, &'static str) {
        match self {
            Self::Login => ("mp login", "the user can log in at a terminal"),
            Self::Operation(_) => ("mp help", "the user can run every operation at a terminal"),
            _ => (
                "mp session",
                "the user can store a session with `mp account use`, `mp project use` and `mp workspace use`",
            ),
        }
    }
}
