//! Events of `GET /v1/events`: what changed, never a secret.

use serde::{Deserialize, Serialize};

use crate::failure::Problem;
use crate::ids::{AccountType, Region};

/// How many events a stream can be resumed over.
pub const RING: usize = 1024;

/// How many events wait for one slow reader before it is cut off with `lagged`.
pub const QUEUE: usize = 256;

/// How a new token came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TokenCause {
    /// The daemon refreshed it.
    Refreshed,
    /// Another program wrote it, or somebody logged in.
    Adopted,
    /// A file brought a spent grant back and was corrected.
    Restored,
}

/// Declares the events, each with its name. That is a `tt`: as a `literal` it would reach utoipa in a wrapping that utoipa does not look
/// into.
macro_rules! events {
    ($($(#[$doc:meta])* $event:ident = $name:tt { $($fields:tt)+ })+) => {
        /// One event. The name on the stream is the word in `type`.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(tag = "type")]
        pub enum Event {
            $($(#[$doc])* #[serde(rename = $name)] $event { $($fields)+ },)+
        }

        impl Event {
            /// The words in `type`, all there are.
            pub const NAMES: [&'static str; [$($name),+].len()] = [$($name),+];

            /// Returns the word in `type`, the event's name on the stream.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$event { .. } => $name,)+ }
            }
        }
    };
}

events! {
    /// First on every stream that does not resume: the state from which the later ones count.
    Snapshot = "snapshot" {
        /// Revision of the config.
        revision: u64,
        /// The persisted account.
        active_account: Option<String>,
        /// Names of all accounts.
        accounts: Vec<String>,
        /// Names of all targets.
        targets: Vec<String>,
        /// Problems of the config file, empty when it is good.
        problems: Vec<Problem>,
    }
    /// The persisted account, its project or the workspace pin moved.
    SessionChanged = "session.changed" {
        /// Revision of the config.
        revision: u64,
        /// The persisted account.
        account: Option<String>,
        /// Its default project.
        project: Option<String>,
        /// The pinned workspace.
        workspace: Option<u64>,
    }
    /// The config file has new, good content.
    ConfigChanged = "config.changed" {
        /// Revision of the config.
        revision: u64,
    }
    /// The config file cannot be used; the last good state stays for status and events.
    ConfigInvalid = "config.invalid" {
        /// Revision of the config.
        revision: u64,
        /// What is wrong, and where.
        problems: Vec<Problem>,
    }
    /// An account appeared.
    AccountAdded = "account.added" {
        /// Its name.
        name: String,
        /// Its type.
        account_type: AccountType,
        /// Its region.
        region: Region,
    }
    /// An account's settings changed.
    AccountChanged = "account.changed" {
        /// Its name.
        name: String,
    }
    /// An account is gone.
    AccountRemoved = "account.removed" {
        /// Its name.
        name: String,
    }
    /// A browser account has a new token.
    TokenRefreshed = "token.refreshed" {
        /// The account.
        account: String,
        /// Counts the account's tokens since the daemon started.
        generation: u64,
        /// When it ends.
        expires_at: jiff::Timestamp,
        /// How it came.
        cause: TokenCause,
    }
    /// A token could not be refreshed; it will be tried again.
    TokenFailed = "token.failed" {
        /// The account.
        account: String,
        /// Why, for a person.
        detail: String,
        /// Not before then.
        retry_at: jiff::Timestamp,
    }
    /// A person has to log in again.
    LoginRequired = "login.required" {
        /// The account.
        account: String,
        /// Why, for a person.
        detail: String,
        /// What to run.
        command: String,
    }
    /// A login waits for a person.
    LoginStarted = "login.started" {
        /// Its id.
        id: String,
        /// The account, if it is known yet.
        account: Option<String>,
    }
    /// A login has ended.
    LoginCompleted = "login.completed" {
        /// Its id.
        id: String,
        /// The account, if it is known.
        account: Option<String>,
        /// Why it failed; none when it did not.
        problem: Option<String>,
    }
    /// Mixpanel's answer about an account's user was stored.
    MeChanged = "me.changed" {
        /// The account.
        account: String,
    }
    /// A call waits at Mixpanel for longer than a person would expect: for its turn, for the end of a refusal, before another try.
    CallWaiting = "call.waiting" {
        /// The account that it asks as.
        account: String,
        /// What it waits for, for a person.
        detail: String,
        /// Until then, where that is known.
        until: Option<jiff::Timestamp>,
    }
    /// The stream could not be resumed; a snapshot follows.
    Reset = "reset" {
        /// Why.
        reason: String,
    }
    /// The reader was too slow; the stream ends here.
    Lagged = "lagged" {
        /// How many events it missed.
        missed: u64,
    }
    /// The daemon stops; the stream ends here.
    DaemonStopping = "daemon.stopping" {
        /// Why.
        reason: String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_tag() {
        let event = Event::AccountRemoved { name: "team".into() };
        let json = serde_json::to_value(&event).expect("serialises");
        assert_eq!(json, serde_json::json!({"type": event.name(), "name": "team"}));
    }

    #[test]
    fn an_event_with_numbers_is_read_again() {
        let event = Event::Snapshot {
            revision: 7,
            active_account: None,
            accounts: vec!["team".into()],
            targets: Vec::new(),
            problems: vec![Problem::new("config.toml:3:1", "odd")],
        };
        let text = serde_json::to_string(&event).expect("serialises");
        assert_eq!(serde_json::from_str::<Event>(&text).expect("is read"), event);
        let moved = r#"{"type":"session.changed","revision":8,"account":"a","project":"7","workspace":12}"#;
        assert!(matches!(serde_json::from_str(moved), Ok(Event::SessionChanged { workspace: Some(12), .. })));
    }
}
