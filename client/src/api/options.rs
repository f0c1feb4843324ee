//! Where a connection leads, what goes along with each request, and who watches.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hyper::Method;
use hyper::header::HeaderValue;
use mp_proto::context::Context;

use crate::caller::Environment;
use crate::output::Preference;
use crate::place::Place;

/// Takes a note of the daemon.
pub(crate) type Told = Arc<dyn Fn(&str) + Send + Sync>;

/// Where to connect and what to send along.
#[derive(Clone)]
pub(crate) struct Options {
    /// The daemon's place.
    pub place: Place,
    /// The context of every call.
    pub context: Context,
    /// The environment that answers when the daemon asks for a variable.
    pub environment: Environment,
    /// Longest time for one call.
    pub deadline: Duration,
    /// Is called after every exchange with the daemon.
    pub observer: Option<fn(&Exchange<'_>)>,
    /// Is told the build of the daemon, where that is for a person.
    pub build: Option<fn(&Place, &str)>,
    /// Is told what the daemon says beside its answers, refusals and streams, as they come.
    pub told: Option<Told>,
    /// Is told what a call waits for at Mixpanel, while it does.
    pub waits: Option<Told>,
    /// The id of every call, for who asks the status for it; none where one is made up when it is needed.
    pub call: Option<HeaderValue>,
    /// Takes what the daemon tells of the format that its user prefers.
    pub preference: Option<Preference>,
    /// Who asks, `name/version`, if it is not `mp`.
    pub tool: Option<HeaderValue>,
}

/// One exchange with the daemon, for those who watch.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    /// GET, POST, …
    pub method: &'a Method,
    /// Path and query.
    pub path: &'a str,
    /// The status of the answer; none when there was no answer.
    pub status: Option<u16>,
    /// The id under which the daemon's log knows it.
    pub request_id: Option<&'a str>,
    /// How long it took, without connecting.
    pub took: Duration,
}

/// In one line, for `--verbose`.
impl fmt::Display for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        let id = self.request_id.map(|id| format!(", request {id}")).unwrap_or_default();
        write!(f, "{} {}: {status} in {:.1?}{id}", self.method, self.path, self.took)
    }
}
