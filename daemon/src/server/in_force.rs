//! Says where what was stored is not what calls use: variables and bridge files win over the config. One answer for all who store.

use mp_proto::context::Context;
use mp_proto::ids::{ProjectId, WorkspaceId};
use mp_proto::wire::{Source, SourceKind};

use crate::config::edit::Change;
use crate::config::snapshot::Snapshot;
use crate::resolve::{Origin, Resolved, ResolvedAccount, resolve};
use crate::server::app::App;

/// What somebody has just stored, and takes for what is used from now on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) account: Option<String>,
    pub(crate) project: Option<ProjectId>,
    pub(crate) workspace: Option<WorkspaceId>,
}

impl Stored {
    /// Returns what a change has stored, by the config that contains it.
    pub(crate) fn by(change: &Change, snapshot: &Snapshot) -> Self {
        let now = snapshot.persisted();
        let project_of = |name: &str| {
            let account = snapshot.config.accounts.get(name)?;
            Some(account.default_project.as_ref()?.value.clone())
        };
        match change {
            Change::UseAccount { name } => Self { project: project_of(name), account: now.account, workspace: None },
            // An account that was named for this does not become the one that is used.
            Change::UseProject { account: Some(name), .. } => Self { project: project_of(name), ..Self::default() },
            Change::UseProject { account: None, .. } => Self { project: now.project, ..Self::default() },
            Change::PinWorkspace { .. } => Self { workspace: now.workspace, ..Self::default() },
            Change::UseTarget { .. } => Self { account: now.account, project: now.project, workspace: now.workspace },
            Change::Choose { account, project, workspace } => Self {
                account: account.as_ref().and(now.account),
                project: project.as_ref().and(now.project),
                workspace: workspace.and(now.workspace),
            },
            // The first account becomes the active one.
            Change::AddAccount(added) if added.name == now.account => Self { account: now.account, ..Self::default() },
            _ => Self::default(),
        }
    }
}

/// Returns what to tell a caller who has stored something: each part of it that is not in force where the call came from, and why.
pub(crate) fn notes(app: &App, caller: &Context, stored: &Stored) -> Vec<String> {
    if *stored == Stored::default() {
        return Vec::new();
    }
    match next_call(app, caller) {
        Ok(resolved) => differences(stored, &resolved),
        Err(why) => vec![format!("stored, but calls from here fail: {why}")],
    }
}

/// Returns what to tell a caller who has tested an account: that calls use another one.
pub(crate) fn tested(app: &App, caller: &Context, name: &str) -> Vec<String> {
    let used = match next_call(app, caller) {
        Ok(resolved) => resolved.account,
        Err(why) => return vec![format!("tested '{name}'; calls from here fail: {why}")],
    };
    match used {
        Some(used) if used.name != name => {
            let (by, end) = (because(&used.source), ends(&used.source));
            vec![format!("tested '{name}'; calls from here use the account '{}' {by}{end}", used.name)]
        }
        _ => Vec::new(),
    }
}

/// Resolves what a call from the same place would, that has no flags.
fn next_call(app: &App, caller: &Context) -> Result<Resolved, String> {
    let context = Context { env: caller.env.clone(), cwd: caller.cwd.clone(), ..Context::default() };
    let pinned = app.sessions.pin(&context).map_err(|failure| failure.detail)?;
    let found = app.sessions.bridge(&pinned.snapshot.config, &context).map_err(|failure| failure.detail)?;
    let (snapshot, bridge) = (&pinned.snapshot, found.bridge.as_deref());
    resolve(&snapshot.config, &snapshot.path, bridge, &context).map_err(|error| error.to_string())
}

fn differences(stored: &Stored, used: &Resolved) -> Vec<String> {
    let mut notes = Vec::new();
    let account = used.account.as_ref();
    if let Some(name) = &stored.account
        && let Some(used) = account.filter(|used| !is(used, name))
    {
        notes.push(instead("account", &format!("'{}'", used.name), &format!("'{name}'"), &used.source));
        // The rest follows from it, unless it was stored by itself.
        return notes;
    }
    if let Some(project) = &stored.project {
        match &used.project {
            Some(used) if used.value == *project => {}
            Some(used) => notes.push(instead("project", used.value.as_str(), project.as_str(), &used.source)),
            None => notes.push(unused("project", project.as_str(), account.map(|account| &account.source))),
        }
    }
    if let Some(workspace) = stored.workspace {
        match &used.workspace {
            Some(used) if used.value == workspace => {}
            Some(used) => {
                notes.push(instead("workspace", &used.value.to_string(), &workspace.to_string(), &used.source))
            }
            // A pin belongs to the account and the project that it was made in.
            None => {
                let account = account.map(|account| &account.source).filter(|source| source.kind != SourceKind::Config);
                let cause = account.or(used.project.as_ref().map(|project| &project.source));
                notes.push(unused("workspace", &workspace.to_string(), cause));
            }
        }
    }
    notes
}

/// Returns whether it is the account of that name in the config.
fn is(used: &ResolvedAccount, name: &str) -> bool {
    used.name == name && matches!(used.origin, Origin::Config | Origin::Missing)
}

fn instead(axis: &str, used: &str, stored: &str, by: &Source) -> String {
    format!("stored, but calls from here use the {axis} {used} {}, not {stored}{}", because(by), ends(by))
}

fn unused(axis: &str, stored: &str, by: Option<&Source>) -> String {
    let (because, ends) = by.map_or_else(Default::default, |by| (format!(" {}", because(by)), ends(by)));
    format!("stored, but calls from here do not use the {axis} {stored}{because}{ends}")
}

fn because(by: &Source) -> String {
    match by.kind {
        SourceKind::Target => format!("because of MP_TARGET: {}", by.at),
        SourceKind::Bridge => format!("because of the bridge file {}", by.at),
        SourceKind::Env | SourceKind::Param | SourceKind::Config => format!("because of {}", by.at),
    }
}

/// Returns what ends it. What the config says was put there by choice.
fn ends(by: &Source) -> String {
    match by.kind {
        SourceKind::Env | SourceKind::Param => format!("; `unset {}` ends that", by.at),
        SourceKind::Target => "; `unset MP_TARGET` ends that".to_owned(),
        SourceKind::Bridge => "; `mp session --bridge` shows it".to_owned(),
        SourceKind::Config => "; `mp session --explain` shows it".to_owned(),
    }
}
