//! What this process adds to every request: its flags, its variables and its directory.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::sync::{Arc, OnceLock};

use hyper::header::HeaderValue;
use mp_proto::context::{Context, VARIABLES};
use mp_proto::failure::{Failure, FailureKind, Problem};
use mp_proto::surroundings::Surroundings;

/// The environment of a process, as a value that can be made. It is cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Environment(Arc<Variables>);

#[derive(Default)]
struct Variables {
    /// As they came: a call looks for a few, which costs less than to sort them. Of two with one name, the last counts.
    all: Vec<(OsString, OsString)>,
    /// What they say of the network, as it goes along with each request.
    network: OnceLock<Option<HeaderValue>>,
}

/// Without values: many of them are secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let all = variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self(Arc::new(Variables { all, network: OnceLock::new() }))
    }
}

impl Environment {
    /// Returns the environment of this process.
    pub(crate) fn of_this_process() -> Self {
        std::env::vars_os().collect()
    }

    /// Returns an environment of these variables.
    #[cfg(test)]
    pub(crate) fn of(variables: &[(&str, &str)]) -> Self {
        variables.iter().copied().collect()
    }

    fn find(&self, name: &str) -> Option<&OsString> {
        self.0.all.iter().rfind(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Returns a variable that is set, not empty, and text.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.find(name)?.to_str().filter(|value| !value.is_empty())
    }

    /// Returns a variable that is set, even if it is empty.
    ///
    /// # Errors
    /// When its value is not UTF-8: it could not be sent as it is.
    pub(crate) fn raw(&self, name: &str) -> Result<Option<&str>, Failure> {
        match self.find(name) {
            None => Ok(None),
            Some(value) => value.to_str().map(Some).ok_or_else(|| {
                let problem = Problem::new(name, "its value is not valid UTF-8");
                Failure::new(FailureKind::InvalidArgument, format!("{name} is not valid UTF-8")).errors(vec![problem])
            }),
        }
    }

    /// Returns a variable that is set and not empty, even if it is no text.
    pub(crate) fn os(&self, name: &str) -> Option<&OsStr> {
        self.find(name).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// Returns all variables.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
        self.0.all.iter().map(|(name, value)| (name, value))
    }

    /// Returns a variable that decides something about the network, as a daemon that is started here would get it: it lives in `/`, so a
    /// path must not be relative to this directory. The capitals of `HTTP_PROXY` are not believed in a CGI program, where whoever sends a
    /// request sets them.
    pub(crate) fn of_network(&self, name: &str) -> Option<OsString> {
        let value = self.os(name)?;
        match name {
            "SSL_CERT_FILE" | "SSL_CERT_DIR" => {
                let whole = std::env::split_paths(value).filter(|path| !path.as_os_str().is_empty());
                let whole = whole.map(|path| std::path::absolute(&path).unwrap_or(path));
                std::env::join_paths(whole).ok()
            }
            "HTTP_PROXY" if self.os("REQUEST_METHOD").is_some() => None,
            _ => Some(value.to_owned()),
        }
    }

    /// Returns what these variables say of the network; none when they say nothing.
    pub(crate) fn network(&self) -> Option<HeaderValue> {
        let said = || {
            let value = |name| self.of_network(name).map(OsString::into_encoded_bytes);
            HeaderValue::try_from(Surroundings::of(value).to_header()?).ok()
        };
        self.0.network.get_or_init(said).clone()
    }
}

/// Returns the working directory, if it is text: what else it may be could not be sent.
pub(crate) fn directory() -> Option<String> {
    std::env::current_dir().ok()?.into_os_string().into_string().ok()
}

/// The session flags of a command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SessionFlags {
    /// `--account`.
    pub account: Option<String>,
    /// `--project`.
    pub project: Option<String>,
    /// `--workspace`.
    pub workspace: Option<i64>,
    /// `--target`.
    pub target: Option<String>,
}

impl SessionFlags {
    /// Returns whether they choose something that a target decides: a target stands alone.
    pub(crate) fn decide(&self) -> bool {
        self.account.is_some() || self.project.is_some() || self.workspace.is_some()
    }
}

/// Returns the context of a call.
///
/// # Errors
/// When a variable is not UTF-8, `MP_WORKSPACE_ID` is no integer, or a target comes with what it decides.
pub(crate) fn context(flags: &SessionFlags, environment: &Environment, cwd: Option<&str>) -> Result<Context, Failure> {
    let mut context = Context {
        account: flags.account.clone(),
        project: flags.project.clone(),
        workspace: flags.workspace.map(|id| id.to_string()),
        target: flags.target.clone(),
        cwd: cwd.map(str::to_owned),
        ..Context::default()
    };
    for variable in VARIABLES {
        if let Some(value) = environment.raw(variable.name)? {
            context.env.insert(variable.name, value);
        }
    }
    check(flags, environment)?;
    Ok(context)
}

/// Checks what the command line alone decides, for every command alike. The variables count as the flags they stand for.
///
/// # Errors
/// When `MP_WORKSPACE_ID` is no integer, or a target comes with what it decides.
pub(crate) fn check(flags: &SessionFlags, environment: &Environment) -> Result<(), Failure> {
    if let Some(text) = environment.get("MP_WORKSPACE_ID")
        && text.trim().parse::<i64>().is_err()
    {
        let detail = format!("MP_WORKSPACE_ID={} is not an integer", text.escape_debug());
        return Err(Failure::new(FailureKind::InvalidArgument, detail));
    }
    let target = flags.target.is_some() || environment.get("MP_TARGET").is_some();
    let decided = flags.decide()
        || ["MP_ACCOUNT", "MP_PROJECT_ID", "MP_WORKSPACE_ID"].iter().any(|name| environment.get(name).is_some());
    if target && decided {
        let detail = "--target is mutually exclusive with --account/--project/--workspace.";
        return Err(Failure::new(FailureKind::InvalidArgument, detail).errors(vec![Problem::new(
            "--target",
            "the variables MP_ACCOUNT, MP_PROJECT_ID, MP_WORKSPACE_ID and MP_TARGET count as the flags",
        )]));
    }
    Ok(())
}

/// Adds the variables that the daemon asked for. One that is unset goes as an empty value: that answers the question too.
pub(crate) fn add_asked(context: &mut Context, names: &[String], environment: &Environment) {
    for name in names {
        context.env.insert(name.clone(), environment.get(name).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(flags: SessionFlags, variables: &[(&str, &str)]) -> Option<FailureKind> {
        context(&flags, &Environment::of(variables), None).err().map(|failure| failure.kind)
    }

    #[test]
    fn only_listed_variables_travel_and_empty_is_not_absent() {
        let environment =
            Environment::of(&[("MP_SECRET", "s"), ("MP_REGION", ""), ("AWS_SECRET", "x"), ("MP_STORAGE_DIR", "/x")]);
        let context = context(&SessionFlags::default(), &environment, Some("/w")).expect("good");
        assert_eq!(context.env.names().collect::<Vec<_>>(), ["MP_REGION", "MP_SECRET"]);
        assert_eq!(context.env.raw("MP_REGION"), Some(""));
        assert_eq!(context.cwd.as_deref(), Some("/w"));
    }

    #[test]
    fn what_the_environment_says_of_the_network_goes_along_without_its_values() {
        assert_eq!(Environment::of(&[("HTTPS_PROXY", ""), ("PATH", "/x")]).network(), None);
        let header = Environment::of(&[("https_proxy", "http://u:secret@p:1"), ("SSL_CERT_FILE", "ca.pem")]).network();
        let header = header.expect("something is set");
        let text = header.to_str().expect("ASCII");
        assert!(
            text.starts_with("https_proxy=") && text.contains(",SSL_CERT_FILE=") && !text.contains("secret"),
            "{text}"
        );
        let relative =
            Environment::of(&[("SSL_CERT_FILE", "ca.pem"), ("HTTP_PROXY", "http://p"), ("REQUEST_METHOD", "GET")]);
        let path = relative.of_network("SSL_CERT_FILE").expect("set");
        assert!(std::path::Path::new(&path).is_absolute());
        assert_eq!(relative.of_network("HTTP_PROXY"), None, "anybody may have sent it");
    }

    #[test]
    fn a_target_is_refused_beside_what_it_decides_flag_or_variable() {
        let target = || SessionFlags { target: Some("t".into()), ..SessionFlags::default() };
        assert_eq!(kind(target(), &[]), None);
        assert_eq!(
            kind(SessionFlags { account: Some("a".into()), ..target() }, &[]),
            Some(FailureKind::InvalidArgument)
        );
        for variable in ["MP_ACCOUNT", "MP_PROJECT_ID", "MP_WORKSPACE_ID"] {
            assert_eq!(kind(target(), &[(variable, "1")]), Some(FailureKind::InvalidArgument), "{variable}");
            assert_eq!(kind(target(), &[(variable, "")]), None, "{variable} is empty");
        }
        let project = SessionFlags { project: Some("1".into()), ..SessionFlags::default() };
        assert_eq!(kind(project, &[("MP_TARGET", "t")]), Some(FailureKind::InvalidArgument));
    }

    #[test]
    fn a_workspace_variable_that_is_no_number_is_refused_for_every_command() {
        assert_eq!(kind(SessionFlags::default(), &[("MP_WORKSPACE_ID", "abc")]), Some(FailureKind::InvalidArgument));
        assert_eq!(kind(SessionFlags::default(), &[("MP_WORKSPACE_ID", "0")]), None, "the resolver's business");
    }

    #[test]
    fn an_asked_variable_is_answered_even_when_it_is_unset() {
        let mut context = Context::default();
        add_asked(&mut context, &["SET".into(), "UNSET".into()], &Environment::of(&[("SET", "v")]));
        assert_eq!((context.env.raw("SET"), context.env.raw("UNSET")), (Some("v"), Some("")));
    }
}
