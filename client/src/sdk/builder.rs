//! Making clients: from the environment of the process, or with settings of the program.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use hyper::header::HeaderValue;
use mp_proto::deadline::CALL;
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::routes::CLIENT_HEADER;

use super::client::Client;
use super::link::Link;
use crate::api::Options;
use crate::caller::{Environment, SessionFlags, context, directory};
use crate::place::Place;

impl Client {
    /// Returns a client of the daemon that the environment of this process means, when the daemon has answered. Starts it if none runs.
    ///
    /// # Errors
    /// When a variable is wrong, or no daemon answers and none may or can be started.
    pub async fn connect() -> Result<Self, Failure> {
        Self::builder().connect().await
    }

    /// Returns the settings of a client that differs from what the environment says.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }
}

/// Settings for a new [`Client`]. What is not set comes from the environment of this process, as it does for `mp`.
///
/// ```no_run
/// # async fn example() -> Result<(), mp_client::Failure> {
/// use std::time::Duration;
///
/// let client = mp_client::Client::builder()
///     .name("editor/1.2")
///     .deadline(Duration::from_secs(20))
///     .autostart(false)
///     .connect()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "it does nothing before `connect` or `build`"]
pub struct ClientBuilder {
    root: Option<PathBuf>,
    socket: Option<PathBuf>,
    program: Option<PathBuf>,
    autostart: bool,
    deadline: Option<Duration>,
    name: Option<String>,
    environment: Option<Environment>,
    cwd: Option<PathBuf>,
}

impl ClientBuilder {
    fn new() -> Self {
        Self {
            root: None,
            socket: None,
            program: None,
            autostart: true,
            deadline: None,
            name: None,
            environment: None,
            cwd: None,
        }
    }

    /// Sets the storage root in place of `MP_STORAGE_DIR` or `~/.mp`. One daemon serves each root.
    pub fn storage_root(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = Some(root.into());
        self
    }

    /// Sets the socket in place of `MPD_SOCKET` or the one below the storage root.
    pub fn socket(mut self, socket: impl Into<PathBuf>) -> Self {
        self.socket = Some(socket.into());
        self
    }

    /// Says whether a daemon is started when none runs, which is so unless it is set or `MPD_AUTOSTART=0`.
    ///
    /// A start marks every descriptor of this process above 2 as close-on-exec: the daemon lives longer than its starter, and must keep
    /// nothing of it open.
    pub fn autostart(mut self, autostart: bool) -> Self {
        self.autostart = autostart;
        self
    }

    /// Sets the `mpd` to start, an absolute path, in place of `MPD_BIN` and of the one that came with this program. The search path is
    /// never looked at.
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = Some(program.into());
        self
    }

    /// Sets how long each call may take, its wait for a connection and the start of a daemon included. For a stream it is the time until
    /// it begins.
    ///
    /// Unless it is set, a call has 60 s, 150 s where the daemon asks Mixpanel who somebody is, and 600 s for operations and the
    /// pass-through, of which Mixpanel may take nearly all.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets who asks, `name/version`: the daemon writes it into its log where it reveals a token.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the variables that count as the environment, in place of those of this process: for a program that asks on behalf of
    /// another one.
    pub fn variables<N: Into<OsString>, V: Into<OsString>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.environment = Some(variables.into_iter().collect());
        self
    }

    /// Sets the working directory that counts for relative paths and for the bridge file beside it.
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.cwd = Some(directory.into());
        self
    }

    /// Returns the client without reaching for the daemon; the first call does.
    ///
    /// # Errors
    /// When root or socket cannot be named, a variable is wrong, or the name is none.
    pub fn build(self) -> Result<Client, Failure> {
        let environment = self.environment.unwrap_or_else(Environment::of_this_process);
        let (root, socket) = (self.root.as_deref(), self.socket.as_deref());
        let place = Place::below(root, socket, self.autostart, &environment)?;
        let cwd = match self.cwd {
            Some(cwd) => cwd.into_os_string().into_string().ok(),
            None => directory(),
        };
        let options = Options {
            place: Place { program: self.program, ..place },
            context: context(&SessionFlags::default(), &environment, cwd.as_deref())?,
            environment,
            deadline: self.deadline.unwrap_or(CALL.client),
            observer: None,
            build: None,
            told: None,
            waits: None,
            call: None,
            preference: None,
            tool: self.name.as_deref().map(tool).transpose()?,
        };
        Ok(Client::of(Link::new(options, self.deadline)))
    }

    /// Returns the client when the daemon has answered it.
    ///
    /// # Errors
    /// As [`Self::build`], and when no daemon answers and none may or can be started.
    pub async fn connect(self) -> Result<Client, Failure> {
        let client = self.build()?;
        client.version().await?;
        Ok(client)
    }
}

/// Reads `name/version`.
fn tool(name: &str) -> Result<HeaderValue, Failure> {
    let is_good = name.split_once('/').is_some_and(|(tool, version)| !tool.is_empty() && !version.is_empty())
        && name.len() <= MAX_NAME
        && name.bytes().all(|byte| byte.is_ascii_graphic());
    let value = HeaderValue::from_str(name).ok().filter(|_| is_good);
    value.ok_or_else(|| {
        let shown = name.chars().take(MAX_NAME).collect::<String>().escape_debug().to_string();
        let detail = format!("'{shown}' is no name of a client; expected name/version, such as editor/1.2");
        Failure::new(FailureKind::InvalidArgument, detail)
            .errors(vec![Problem::new(CLIENT_HEADER, "visible ASCII without spaces, 64 characters at most")])
    })
}

/// Longest name of a client: it goes into a line of the log.
const MAX_NAME: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn built(builder: ClientBuilder) -> Result<(), FailureKind> {
        builder.variables([("HOME", "/h")]).build().map(drop).map_err(|failure| failure.kind)
    }

    #[test]
    fn a_name_has_a_version() {
        let named = |name: &str| built(Client::builder().name(name));
        assert_eq!(named("editor/1.2"), Ok(()));
        for bad in ["editor", "editor/", "/1", "a b/1", "a/1\r\nx: y", "ä/1", &format!("{}/1", "x".repeat(64))] {
            assert_eq!(named(bad), Err(FailureKind::InvalidArgument), "{bad:?}");
        }
    }

    #[test]
    fn a_root_and_a_socket_must_be_absolute_and_the_environment_good() {
        assert_eq!(built(Client::builder().storage_root("mp")), Err(FailureKind::InvalidArgument));
        assert_eq!(built(Client::builder().socket("s")), Err(FailureKind::InvalidArgument));
        let both = Client::builder().variables([("HOME", "/h"), ("MP_TARGET", "t"), ("MP_ACCOUNT", "a")]);
        assert!(both.build().is_err_and(|failure| failure.detail.contains("mutually exclusive")));
        let nowhere = Client::builder().variables([("HOME", "ada")]);
        assert!(nowhere.build().is_err_and(|failure| failure.detail.contains("HOME")));
    }
}
