//! The tools about accounts and the session, but for logins.

use hyper::Method;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{PROJECTS, SESSION, STATUS, TARGETS, WORKSPACES, encode_segment};
use mp_proto::wire::{
    AccountsBody, ActiveBody, ProjectsBody, SessionBody, SessionPatch, StatusBody, TargetsBody, WorkspacesBody,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::conversation::Conversation;
use crate::api::Connection;
use crate::caller::SessionFlags;

/// Arguments of `list_projects` and `list_workspaces`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Listing {
    project: Option<String>,
    refresh: bool,
}

/// Arguments of `use_session`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Use {
    account: Option<String>,
    project: Option<String>,
    workspace: Option<i64>,
    target: Option<String>,
    persist: bool,
}

/// Shows the session.
pub(super) async fn session(daemon: &mut Connection) -> Result<Value, Failure> {
    Ok(crate::output::json(&daemon.get::<SessionBody>(SESSION).await?.body))
}

/// Lists the accounts, each with the state of its token.
pub(super) async fn accounts(daemon: &mut Connection) -> Result<Value, Failure> {
    let accounts = daemon.get::<AccountsBody>(mp_proto::routes::ACCOUNTS).await?.body.accounts;
    let status = daemon.get::<StatusBody>(STATUS).await?.body;
    let rows = accounts.iter().map(|account| {
        let token = status.accounts.iter().find(|known| known.name == account.name);
        json!({
            "name": account.name, "type": account.r#type, "region": account.region, "is_active": account.is_active,
            "default_project": account.default_project, "targets": account.referenced_by_targets,
            "state": token.map(|token| &token.state), "expires_at": token.map(|token| token.expires_at),
        })
    });
    Ok(rows.collect())
}

/// Lists the targets.
pub(super) async fn targets(daemon: &mut Connection) -> Result<Value, Failure> {
    Ok(crate::output::json(&daemon.get::<TargetsBody>(TARGETS).await?.body.targets))
}

/// Lists the projects.
pub(super) async fn projects(daemon: &mut Connection, listing: Listing) -> Result<Value, Failure> {
    if listing.project.is_some() {
        return Err(Failure::new(FailureKind::InvalidArgument, "list_projects takes no project"));
    }
    let query = if listing.refresh { "?refresh=true" } else { "" };
    Ok(crate::output::json(&daemon.get::<ProjectsBody>(&format!("{PROJECTS}{query}")).await?.body.projects))
}

/// Lists the workspaces of a project.
pub(super) async fn workspaces(daemon: &mut Connection, listing: Listing) -> Result<Value, Failure> {
    let project = listing.project.map(|id| format!("&project={}", encode_segment(&id))).unwrap_or_default();
    let path = format!("{WORKSPACES}?refresh={}{project}", listing.refresh);
    Ok(crate::output::json(&daemon.get::<WorkspacesBody>(&path).await?.body))
}

impl Use {
    /// Returns what is wanted, as flags.
    fn flags(&self) -> SessionFlags {
        SessionFlags {
            account: self.account.clone(),
            project: self.project.clone(),
            workspace: self.workspace,
            target: self.target.clone(),
        }
    }

    /// Returns the flags that follow: what depends on something else that is new is dropped.
    ///
    /// # Errors
    /// When a target comes with what it decides.
    fn after(&self, before: &SessionFlags) -> Result<SessionFlags, Failure> {
        let wanted = self.flags();
        if wanted.target.is_some() && wanted.decide() {
            let detail = "target is mutually exclusive with account, project and workspace";
            return Err(Failure::new(FailureKind::InvalidArgument, detail));
        }
        if wanted.target.is_some() {
            return Ok(wanted);
        }
        if !wanted.decide() {
            return Ok(before.clone());
        }
        let keeps_account = wanted.account.is_none();
        let keeps_project = keeps_account && wanted.project.is_none();
        Ok(SessionFlags {
            project: wanted.project.or_else(|| before.project.clone().filter(|_| keeps_account)),
            workspace: wanted.workspace.or(before.workspace.filter(|_| keeps_project)),
            account: wanted.account.or_else(|| before.account.clone()),
            target: None,
        })
    }
}

/// Chooses the session of later calls. One that cannot be resolved is not chosen.
pub(super) async fn use_session(conversation: &Conversation, wanted: Use) -> Result<Value, Failure> {
    let flags = wanted.after(&conversation.flags())?;
    let mut daemon = conversation.connection(&flags)?;
    if wanted.persist {
        let patch = SessionPatch {
            account: wanted.account,
            project: wanted.project,
            workspace: wanted.workspace,
            target: wanted.target,
        };
        // The context of the change is that of the user's other tools: what is stored must not depend on this conversation.
        let mut plain = conversation.connection(&SessionFlags::default())?;
        plain.call::<ActiveBody>(Method::PATCH, SESSION, Some(&patch)).await?;
        conversation.set_flags(SessionFlags::default());
        return session(&mut plain).await;
    }
    let shown = session(&mut daemon).await?;
    conversation.set_flags(flags);
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(account: &str, project: &str, workspace: i64) -> SessionFlags {
        SessionFlags {
            account: Some(account.into()),
            project: Some(project.into()),
            workspace: Some(workspace),
            target: None,
        }
    }

    #[test]
    fn what_hangs_on_something_new_is_dropped() {
        let before = flags("a", "1", 2);
        let after = |wanted: Use| wanted.after(&before).expect("possible");
        assert_eq!(after(Use::default()), before);
        let account = after(Use { account: Some("b".into()), ..Use::default() });
        assert_eq!(account, SessionFlags { account: Some("b".into()), ..SessionFlags::default() });
        let project = after(Use { project: Some("9".into()), ..Use::default() });
        assert_eq!(project, SessionFlags { project: Some("9".into()), workspace: None, ..before.clone() });
        assert_eq!(after(Use { workspace: Some(7), ..Use::default() }), flags("a", "1", 7));
        let target = after(Use { target: Some("t".into()), ..Use::default() });
        assert_eq!(target, SessionFlags { target: Some("t".into()), ..SessionFlags::default() });
        let back = Use { project: Some("3".into()), ..Use::default() }.after(&target).expect("possible");
        assert_eq!(back, SessionFlags { project: Some("3".into()), ..SessionFlags::default() });
        let both = Use { target: Some("t".into()), workspace: Some(1), ..Use::default() };
        assert!(both.after(&before).is_err_and(|failure| failure.detail.contains("mutually exclusive")));
    }
}
