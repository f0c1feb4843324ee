//! Which hosts a command line means, where they are, and where the server is already.

use mp_proto::failure::{Failure, FailureKind};
use mp_proto::location::home;
use serde_json::{Value, json};

use crate::call::Call;
use crate::caller::directory;
use crate::install::{HOSTS, Host, Place, Scope, State, Surroundings, own_path};
use crate::output::{View, fitted};

/// What one host shall get.
pub(super) struct Aim {
    pub(super) host: &'static Host,
    pub(super) scope: Scope,
    pub(super) name: String,
}

impl Aim {
    pub(super) fn place<'a>(&'a self, around: &'a Surroundings) -> Place<'a> {
        Place { host: self.host, scope: self.scope, name: &self.name, around }
    }
}

/// Returns what the server is called where nothing else is wanted. Both kinds can stand side by side.
pub(super) fn default_name(is_hosted: bool) -> &'static str {
    if is_hosted { "mixpanel-hosted" } else { "mixpanel" }
}

/// Returns where files are looked for.
///
/// # Errors
/// When there is no home or no directory.
pub(super) fn around(call: &Call<'_>) -> Result<Surroundings, Failure> {
    let missing = |what: &str| Failure::new(FailureKind::Storage, format!("the {what} could not be found"));
    let home = home(call.environment.os("HOME").map(ToOwned::to_owned)).ok_or_else(|| missing("home directory"))?;
    let here = directory().ok_or_else(|| missing("working directory"))?;
    Ok(Surroundings { home: home.into(), here: here.into(), environment: call.environment.clone() })
}

/// Returns what the command line wants.
///
/// # Errors
/// When it names no host, or a name that hosts refuse.
pub(super) fn aims(call: &Call<'_>, around: &Surroundings, verb: &str) -> Result<Vec<Aim>, Failure> {
    let name = call.text("name").unwrap_or_else(|| default_name(call.arguments.get_flag("hosted")).to_owned());
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.is_empty() || name.len() > 64 || !name.bytes().all(is_good) {
        let detail = format!("--name: '{}' is no name; expected letters, digits, - and _", name.escape_debug());
        return Err(Failure::new(FailureKind::InvalidArgument, detail));
    }
    let scope = Scope::of(call.text("scope").as_deref().unwrap_or_default());
    let words: Vec<&String> = call.arguments.get_many("client").into_iter().flatten().collect();
    let found = || HOSTS.iter().filter(|host| host.is_here(around));
    if words.is_empty() {
        return Err(unnamed(&found().map(|host| host.word).collect::<Vec<_>>(), verb));
    }
    let mut hosts: Vec<&'static Host> = Vec::new();
    for word in words {
        let named: Vec<_> = Host::named(word).map_or_else(|| found().collect(), |host| vec![host]);
        hosts.extend(named.into_iter().filter(|host| host.file(scope, around).is_some() || word != "all"));
    }
    if hosts.is_empty() {
        let detail = "--client all: none of the hosts was found here; name one of them".to_owned();
        return Err(Failure::new(FailureKind::InvalidArgument, detail).next("mp mcp install --list", "see all"));
    }
    let mut seen = Vec::new();
    hosts.retain(|host| {
        !seen.contains(&host.word) && {
            seen.push(host.word);
            true
        }
    });
    Ok(hosts.into_iter().map(|host| Aim { host, scope, name: name.clone() }).collect())
}

fn unnamed(found: &[&str], verb: &str) -> Failure {
    let known: Vec<&str> = HOSTS.iter().map(|host| host.word).collect();
    let detail = format!("--client is missing: expected one of {}, or all", known.join(", "));
    let failure = Failure::new(FailureKind::InvalidArgument, detail);
    let offer = |failure: Failure, word: &&str| failure.next(format!("mp mcp {verb} --client {word}"), "found here");
    found.iter().fold(failure, offer)
}

/// Returns the program that an entry names. What a project has is for others, too, who have it elsewhere.
pub(super) fn command(call: &Call<'_>, scope: Scope) -> String {
    let own = || std::env::current_exe().map(|own| own_path(&own, &call.environment).display().to_string());
    match call.text("command") {
        Some(command) => command,
        None if scope == Scope::Project => "mp".to_owned(),
        None => own().unwrap_or_else(|_| "mp".to_owned()),
    }
}

/// Runs `mp mcp install --list`.
///
/// # Errors
/// When stdout does not take it.
pub(super) fn listed(call: &mut Call<'_>, around: &Surroundings) -> Result<(), Failure> {
    let name = call.text("name").unwrap_or_else(|| default_name(call.arguments.get_flag("hosted")).to_owned());
    let mut rows = Vec::new();
    for host in HOSTS {
        for scope in [Scope::User, Scope::Project] {
            let Some(file) = host.file(scope, around) else { continue };
            let place = Place { host, scope, name: &name, around };
            let state = match place.look(&command(call, scope)) {
                Ok(State::Unchanged) => "installed",
                Ok(State::Other) => "another entry",
                Ok(_) => "",
                Err(_) => "unreadable",
            };
            let is_here = host.is_here(around);
            rows.push(json!({
                "client": host.word, "title": host.title, "scope": scope.word(), "found": is_here,
                "state": if state.is_empty() { "absent" } else { state }, "file": file.display().to_string(),
            }));
        }
    }
    call.output.show(&Value::Array(rows.clone()), || {
        let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let row = |row: &Value| {
            let found = if row["found"] == true { "yes" } else { "" };
            vec![text(row, "client"), text(row, "scope"), found.to_owned(), text(row, "state"), text(row, "file")]
        };
        let rows: Vec<_> = rows.iter().map(row).collect();
        fitted(&["CLIENT", "SCOPE", "FOUND", "STATE", "FILE"], &rows, View::of_stdout().width)
    })
}
