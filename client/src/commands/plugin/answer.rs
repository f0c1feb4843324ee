//! What each command answers, as the object of the contract.

use hyper::Method;
use jiff::Timestamp;
use mp_proto::deadline::IDENTITY;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::routes::{
    ACCOUNT_TEST, ACCOUNT_USE, ACCOUNTS, BRIDGE, PROJECTS, SESSION, TARGET_USE, TARGETS, WORKSPACES, fill,
};
use mp_proto::wire::{
    AccountBody, AccountsBody, ActiveBody, BridgeBody, LoginBody, LoginResult, ProjectRow, ProjectsBody, SessionBody,
    SessionPatch, SessionState, Source, SourceKind, TargetBody, TargetsBody, TestBody, WorkspaceRow, WorkspacesBody,
};
use serde_json::{Value, json};

use super::{new_account, object};
use crate::call::Call;
use crate::commands::account::record::record;
use crate::commands::account::test;
use crate::commands::login::{self, course};
use crate::commands::target;
use crate::report;

/// Tells the session, or what is missing for one.
pub(super) async fn session(call: &mut Call<'_>) -> Result<Value, Failure> {
    let session = call.get::<SessionBody>(SESSION).await?;
    let shown = session
        .account
        .as_ref()
        .map(|account| json!({"name": account.name, "type": account.r#type, "region": account.region}));
    Ok(match (session.state, &session.account, shown) {
        (SessionState::NeedsProject, _, Some(shown)) => object::needs_project(&shown),
        (SessionState::Ok, Some(account), Some(shown)) => {
            let of = |source: Option<&Source>| source.map_or("unset", decider);
            let (project, workspace) = (session.project.as_ref(), session.workspace.as_ref());
            object::ok(json!({
                "account": shown,
                "project": project.map(|project| json!({"id": project.id})),
                "workspace": workspace.map(|workspace| json!({"id": workspace.id})),
                "user": session.user.as_ref().map(|user| json!({"id": user.id, "email": user.email})),
                "source": {
                    "account": decider(&account.source),
                    "project": of(project.map(|project| &project.source)),
                    "workspace": of(workspace.map(|workspace| &workspace.source)),
                },
            }))
        }
        _ => {
            if let Some(account) = session.account.filter(|_| !call.quiet) {
                report::say(&format!("The active account '{}' is not configured.", account.name.escape_debug()));
            }
            object::needs_account()
        }
    })
}

/// The contract has three words for who decided. Whatever the caller of this one call said counts as `env`: a variable, or a flag,
/// which the helper of the Python tool did not have.
fn decider(source: &Source) -> &'static str {
    match source.kind {
        SourceKind::Env | SourceKind::Param | SourceKind::Target => "env",
        SourceKind::Bridge => "bridge",
        SourceKind::Config => "config",
    }
}

/// Lists the accounts.
pub(super) async fn accounts(call: &mut Call<'_>) -> Result<Value, Failure> {
    let accounts = call.get::<AccountsBody>(ACCOUNTS).await?.accounts;
    let items: Vec<Value> = accounts.iter().map(record).collect();
    Ok(object::ok(if items.is_empty() {
        json!({"items": items, "next": object::account_steps()})
    } else {
        json!({"items": items})
    }))
}

/// Adds the account on stdin.
pub(super) async fn add_account(call: &mut Call<'_>) -> Result<Value, Failure> {
    let account = new_account::from_stdin()?;
    let answer = call.daemon.call::<AccountBody>(Method::POST, ACCOUNTS, Some(&account)).await?;
    Ok(object::ok(json!({"added": record(&call.body(answer).account)})))
}

/// Makes an account the active one.
pub(super) async fn use_account(call: &mut Call<'_>) -> Result<Value, Failure> {
    let path = fill(ACCOUNT_USE, &call.required("name"));
    apply(call, Method::POST, &path, None).await
}

/// Pins a workspace.
pub(super) async fn use_workspace(call: &mut Call<'_>) -> Result<Value, Failure> {
    let patch = SessionPatch { workspace: call.number("id"), ..SessionPatch::default() };
    apply(call, Method::PATCH, SESSION, Some(patch)).await
}

/// Makes a target the persisted session.
pub(super) async fn use_target(call: &mut Call<'_>) -> Result<Value, Failure> {
    let path = fill(TARGET_USE, &call.required("name"));
    apply(call, Method::POST, &path, None).await
}

/// Asks for a change of what is persisted, and shows what is now.
async fn apply(call: &mut Call<'_>, method: Method, path: &str, patch: Option<SessionPatch>) -> Result<Value, Failure> {
    let answer = call.daemon.call::<ActiveBody>(method, path, patch.as_ref()).await?;
    Ok(active(&call.body(answer)))
}

fn active(body: &ActiveBody) -> Value {
    object::ok(json!({
        "active": {"account": body.account, "project": body.project, "workspace": body.workspace},
    }))
}

/// The project may become that of another account than the active one: then that account is shown, with nothing pinned.
pub(super) async fn use_project(call: &mut Call<'_>) -> Result<Value, Failure> {
    let id = call.required("id");
    let patch = SessionPatch { project: Some(id.clone()), ..SessionPatch::default() };
    let answer = call.daemon.call::<ActiveBody>(Method::PATCH, SESSION, Some(&patch)).await?;
    let body = call.body(answer);
    let wanted = call.text("account").or_else(|| call.environment.get("MP_ACCOUNT").map(str::to_owned));
    Ok(match wanted.filter(|wanted| body.account.as_ref() != Some(wanted)) {
        Some(account) => object::ok(json!({"active": {"account": account, "project": id, "workspace": null}})),
        None => active(&body),
    })
}

/// A refusal is an answer, and so is an account that does not exist.
pub(super) async fn test(call: &mut Call<'_>) -> Result<Value, Failure> {
    call.allow(IDENTITY);
    let name = call.required("name");
    let result = match call.daemon.call::<TestBody>(Method::POST, &fill(ACCOUNT_TEST, &name), None::<&()>).await {
        Ok(answer) => test::record(&call.body(answer)),
        Err(failure) if failure.kind == FailureKind::AccountNotFound => test::record(&TestBody {
            account_name: name,
            ok: false,
            user: None,
            accessible_project_count: None,
            problem: Some(failure.to_body()),
        }),
        Err(failure) => return Err(failure),
    };
    Ok(object::ok(json!({"result": result})))
}

/// Sees a login of an account through. None when the user has interrupted it.
pub(super) async fn log_in(call: &mut Call<'_>) -> Result<Option<Value>, Failure> {
    let followed = course::follow_again(call).await?;
    Ok(followed.map(|(login, result)| object::ok(json!({"logged_in_as": logged_in(&login, &result)}))))
}

fn logged_in(login: &LoginBody, result: &LoginResult) -> Value {
    json!({
        "name": login.account,
        "user": login::user(result),
        "expires_at": result.expires_at.map(offset),
    })
}

/// A time as the helper of the Python tool writes it: with an offset, and with microseconds if there are some.
fn offset(time: Timestamp) -> String {
    let micros = time.subsec_nanosecond() / 1000;
    let text = if micros == 0 { format!("{time:.0}") } else { format!("{time:.6}") };
    format!("{}+00:00", text.trim_end_matches('Z'))
}

/// Works without a project, for it is how one is found.
pub(super) async fn projects(call: &mut Call<'_>) -> Result<Value, Failure> {
    call.allow(IDENTITY);
    let session = call.daemon.get::<SessionBody>(SESSION).await?.body;
    let resolved = session.project.map(|project| project.id);
    let rows = call.get::<ProjectsBody>(PROJECTS).await?.projects;
    let item = |row: &ProjectRow| {
        json!({
            "id": row.id, "name": row.name, "organization_id": row.organization_id,
            "is_active": resolved.as_ref() == Some(&row.id),
        })
    };
    Ok(object::ok(json!({"items": rows.iter().map(item).collect::<Vec<_>>()})))
}

/// Lists the workspaces of the project.
pub(super) async fn workspaces(call: &mut Call<'_>) -> Result<Value, Failure> {
    call.allow(IDENTITY);
    let session = call.daemon.get::<SessionBody>(SESSION).await?.body;
    let resolved = session.workspace.map(|workspace| workspace.id);
    let body = call.get::<WorkspacesBody>(WORKSPACES).await?;
    let item = |row: &WorkspaceRow| {
        json!({
            "id": row.id, "name": row.name, "is_default": row.is_default, "is_active": resolved == Some(row.id),
        })
    };
    Ok(object::ok(json!({
        "project": {"id": body.project, "name": null},
        "items": body.workspaces.iter().map(item).collect::<Vec<_>>(),
    })))
}

/// Lists the targets.
pub(super) async fn targets(call: &mut Call<'_>) -> Result<Value, Failure> {
    let targets = call.get::<TargetsBody>(TARGETS).await?.targets;
    Ok(object::ok(json!({"items": targets.iter().map(target::record).collect::<Vec<_>>()})))
}

/// Saves a target.
pub(super) async fn add_target(call: &mut Call<'_>) -> Result<Value, Failure> {
    let target = target::read_add(call);
    let answer = call.daemon.call::<TargetBody>(Method::POST, TARGETS, Some(&target)).await?;
    Ok(object::ok(json!({"added": target::record(&call.body(answer))})))
}

/// Tells of the bridge file.
pub(super) async fn bridge(call: &mut Call<'_>) -> Result<Value, Failure> {
    let body = call.get::<BridgeBody>(BRIDGE).await?;
    Ok(object::ok(json!({"bridge": body.bridge})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_with_its_offset() {
        let written = |text: &str| offset(text.parse().expect("a time"));
        assert_eq!(written("2026-11-23T04:38:01.567282Z"), "2026-11-23T04:38:01.567282+00:00");
        assert_eq!(written("2026-11-23T04:38:01.5Z"), "2026-11-23T04:38:01.500000+00:00");
        assert_eq!(written("2026-11-23T04:38:01.0000004Z"), "2026-11-23T04:38:01+00:00");
    }

    #[test]
    fn who_decided_has_the_words_of_the_contract() {
        use SourceKind::{Bridge, Config, Env, Param, Target};
        let words = [Env, Param, Target, Bridge, Config].map(|kind| decider(&Source { kind, at: String::new() }));
        assert_eq!(words, ["env", "env", "env", "bridge", "config"]);
    }
}
