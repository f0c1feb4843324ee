//! What the caller adds to a request: its flags, its own `MP_*` variables and its working directory.
//!
//! The daemon resolves with this and never with its own environment, so that two tools with different environments share one
//! daemon. It travels as ASCII JSON in the header `Mp-Context`; secrets in it live for that one request.

use std::collections::BTreeMap;
use std::fmt;

use crate::json::ascii_json;
use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// Longest `Mp-Context` header that the daemon reads, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

/// A variable that a caller passes on.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it does, for the help text and the reference.
    pub about: &'static str,
}

/// The variables that travel with every request when they are set. Absent and empty differ on the wire.
pub const VARIABLES: &[Variable] = &[
    Variable { name: "MP_ACCOUNT", about: "Account to use, like --account" },
    Variable { name: "MP_PROJECT_ID", about: "Project to use; wins over --project" },
    Variable { name: "MP_WORKSPACE_ID", about: "Workspace to use; wins over --workspace" },
    Variable { name: "MP_TARGET", about: "Saved target to use, like --target" },
    Variable { name: "MP_REGION", about: "Region of the credentials in the environment: us, eu or in" },
    Variable { name: "MP_USERNAME", about: "Service account user name" },
    Variable { name: "MP_SECRET", about: "Service account secret" },
    Variable { name: "MP_OAUTH_TOKEN", about: "Bearer token" },
    Variable { name: "MP_AUTH_FILE", about: "Bridge file to use in place of the default ones" },
    Variable { name: "MP_CONFIG_PATH", about: "Config file to use in place of config.toml in the storage root" },
    Variable { name: "MP_CUSTOM_HEADER_NAME", about: "Name of a header to add to Mixpanel requests" },
    Variable { name: "MP_CUSTOM_HEADER_VALUE", about: "Value of that header" },
    Variable { name: "MP_API_BASE_URL", about: "Base URL in place of Mixpanel's, on loopback hosts only" },
    Variable { name: "MP_APP_BASE_URL", about: "The same for the App API alone, on loopback hosts only" },
    Variable { name: "MP_MCP_BASE_URL", about: "The same for the hosted MCP server, on loopback hosts only" },
];

/// Variables that only the client and the daemon's start read; they never travel.
pub const LOCAL_VARIABLES: &[Variable] = &[
    Variable { name: "MP_STORAGE_DIR", about: "Storage root in place of ~/.mp; one daemon serves each" },
    Variable { name: "MP_OAUTH_STORAGE_DIR", about: "Older name of MP_STORAGE_DIR" },
    Variable { name: "MP_FORMAT", about: "Format of lists at a terminal, in place of tables" },
    Variable { name: "MPD_SOCKET", about: "Socket of the daemon, like --socket" },
    Variable { name: "MPD_BIN", about: "Daemon to start, in place of the one that came with mp" },
    Variable { name: "MPD_AUTOSTART", about: "0 never starts a daemon, like --no-autostart" },
    Variable { name: "MPD_UPSTREAM", about: "Loopback URL that a daemon uses in place of Mixpanel, for tests" },
    Variable { name: "MPD_LOG", about: "Log filter of the daemon, such as debug or mp_daemon=trace" },
    Variable { name: "MPD_LOG_FORMAT", about: "Format of the daemon's log: text or json, one object a line" },
];

/// Why a context could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// Larger than [`MAX_BYTES`].
    #[error("the context has {0} bytes, more than the {MAX_BYTES} allowed")]
    TooLong(usize),
    /// Not printable ASCII, as a header must be.
    #[error("the context is not printable ASCII; write other characters as \\u escapes")]
    NotAscii,
    /// Not the expected JSON. The text is left out, for it may hold a secret.
    #[error("the context is not the expected JSON object (line {line}, column {column})")]
    Json {
        /// Line of the fault, from 1.
        line: usize,
        /// Column of the fault, from 1.
        column: usize,
    },
    /// One of [`LOCAL_VARIABLES`], which decide about the daemon itself and so cannot be part of a call.
    #[error("the context passes on {0}, which only the start of a daemon reads")]
    Variable(&'static str),
}

/// The caller's variables. Every value counts as secret: which of them are is the caller's business.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct CallerEnv(BTreeMap<String, Secret>);

impl CallerEnv {
    /// Adds a variable.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), Secret::new(value));
    }

    /// Returns a variable that is set and not empty; almost every reader treats the two alike.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// Returns a variable that is set, be it empty.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(Secret::expose)
    }

    /// Returns a variable as a secret, if it is set and not empty.
    pub fn secret(&self, name: &str) -> Option<Secret> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// Returns the names that are set.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for CallerEnv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Flags, environment and working directory of a caller.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// `--account`.
    pub account: Option<String>,
    /// `--project`.
    pub project: Option<String>,
    /// `--workspace`, as text: the resolver reports a bad one together with the rest.
    #[cfg_attr(feature = "openapi", schema(pattern = "^0*[1-9][0-9]{0,17}$"))]
    pub workspace: Option<String>,
    /// `--target`.
    pub target: Option<String>,
    /// The caller's variables, of those that [`VARIABLES`] lists and those that the daemon asked for.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, String>))]
    pub env: CallerEnv,
    /// Absolute working directory, for relative paths and the bridge file beside it.
    pub cwd: Option<String>,
    /// Whether a workspace that is not given is none, whatever is pinned: the caller holds on to a session that had none.
    #[serde(default)]
    pub exact: bool,
}

impl Context {
    /// Returns whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.account.is_none()
            && self.project.is_none()
            && self.workspace.is_none()
            && self.target.is_none()
            && self.cwd.is_none()
            && !self.exact
            && self.env.is_empty()
    }

    /// Returns the value of the header `Mp-Context`.
    ///
    /// # Errors
    /// When it would be longer than [`MAX_BYTES`].
    pub fn to_header(&self) -> Result<String, ContextError> {
        #[derive(Serialize)]
        struct Sent<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            account: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            project: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            workspace: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            target: Option<&'a str>,
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            env: BTreeMap<&'a str, &'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            cwd: Option<&'a str>,
            // A daemon that does not know it is asked only by those who need it.
            #[serde(skip_serializing_if = "std::ops::Not::not")]
            exact: bool,
        }
        let sent = Sent {
            account: self.account.as_deref(),
            project: self.project.as_deref(),
            workspace: self.workspace.as_deref(),
            target: self.target.as_deref(),
            env: self.env.0.iter().map(|(name, value)| (name.as_str(), value.expose())).collect(),
            cwd: self.cwd.as_deref(),
            exact: self.exact,
        };
        let text = ascii_json(&serde_json::to_string(&sent).expect("texts and maps of texts always serialise"));
        if text.len() > MAX_BYTES { Err(ContextError::TooLong(text.len())) } else { Ok(text) }
    }

    /// Reads the value of the header `Mp-Context`.
    ///
    /// # Errors
    /// When it is too long, not ASCII, not the expected JSON, or passes on one of [`LOCAL_VARIABLES`].
    pub fn from_header(value: &[u8]) -> Result<Self, ContextError> {
        if value.len() > MAX_BYTES {
            return Err(ContextError::TooLong(value.len()));
        }
        if !value.iter().all(|byte| (0x20..0x7f).contains(byte)) {
            return Err(ContextError::NotAscii);
        }
        // serde would read a list as the fields in their order.
        if value.trim_ascii_start().first() != Some(&b'{') {
            return Err(ContextError::Json { line: 1, column: 1 });
        }
        let context: Self = serde_json::from_slice(value)
            .map_err(|error| ContextError::Json { line: error.line(), column: error.column() })?;
        match LOCAL_VARIABLES.iter().find(|local| context.env.raw(local.name).is_some()) {
            Some(local) => Err(ContextError::Variable(local.name)),
            None => Ok(context),
        }
    }
}

/// Returns whether a target stands alone, as it must: it brings its own account, project and workspace, so a choice that names a target
/// names none of them. Whoever takes such a choice, by flags or in a body, asks here.
pub const fn target_stands_alone<T, A, P, W>(
    target: &Option<T>,
    account: &Option<A>,
    project: &Option<P>,
    workspace: &Option<W>,
) -> bool {
    target.is_none() || (account.is_none() && project.is_none() && workspace.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_comes_with_nothing_that_it_decides() {
        let (some, none) = (Some(1), None::<u8>);
        assert!(target_stands_alone(&some, &none, &none, &none));
        assert!(target_stands_alone(&none, &some, &some, &some));
        for (account, project, workspace) in [(some, none, none), (none, some, none), (none, none, some)] {
            assert!(!target_stands_alone(&some, &account, &project, &workspace));
        }
    }

    #[test]
    fn a_context_survives_the_header() {
        let mut context =
            Context { account: Some("team".into()), cwd: Some("/tmp/é😀".into()), ..Context::default() };
        context.env.insert("MP_SECRET", "pä\"ss");
        context.env.insert("MP_REGION", "");
        let header = context.to_header().expect("short enough");
        assert!(header.is_ascii(), "{header}");
        let read = Context::from_header(header.as_bytes()).expect("our own header");
        assert_eq!(read.account.as_deref(), Some("team"));
        assert_eq!(read.cwd.as_deref(), Some("/tmp/é😀"));
        assert_eq!(read.env.get("MP_SECRET"), Some("pä\"ss"));
        assert_eq!((read.env.raw("MP_REGION"), read.env.get("MP_REGION")), (Some(""), None));
    }

    #[test]
    fn bad_headers_are_refused_without_their_text() {
        let error = |text: &str| Context::from_header(text.as_bytes()).expect_err("is refused").to_string();
        assert!(error("{\"env\":{\"MP_SECRET\":\"hunter2\"},\"x\":1}").contains("not the expected JSON"));
        assert!(!error("{\"env\":{\"MP_SECRET\":\"hunter2\"},\"x\":1}").contains("hunter2"));
        assert!(error("[]").contains("not the expected JSON"));
        assert!(error("{\"cwd\":\"/é\"}").contains("ASCII"));
        assert!(error(&"x".repeat(MAX_BYTES + 1)).contains("16385 bytes"));
        assert!(error("{\"env\":{\"MP_STORAGE_DIR\":\"/x\"}}").contains("MP_STORAGE_DIR"));
    }

    #[test]
    fn debug_shows_names_and_no_values() {
        let mut context = Context::default();
        context.env.insert("MP_SECRET", "hunter2");
        let shown = format!("{context:?}");
        assert!(shown.contains("MP_SECRET") && !shown.contains("hunter2"), "{shown}");
    }
}
