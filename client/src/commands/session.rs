//! `mp session`: what a call from here would use, and why.

use mp_proto::failure::Failure;
use mp_proto::routes::{BRIDGE, SESSION};
use mp_proto::wire::{BridgeBody, BridgeStatus, SessionAccount, SessionBody, SessionState, Source};
use serde_json::{Value, json};

use crate::arg::switch;
use crate::call::Call;
use crate::command::{Command, Run, Section};
use crate::output::{self, escaped};
use crate::report;

/// The row of `mp session`.
pub(super) const COMMAND: Command = Command {
    name: "session",
    section: Section::Login,
    about: "Show the resolved account, project and workspace",
    arguments,
    run: Run::Call(|call| Box::pin(run(call))),
    ..Command::ROW
};

fn arguments(command: clap::Command) -> clap::Command {
    command
        .arg(switch("bridge", "Show the bridge file that is found from here"))
        .arg(switch("explain", "Show for each part who decided it, and where").conflicts_with("bridge"))
}

async fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    if call.arguments.get_flag("bridge") {
        return bridge(call).await;
    }
    let session = call.get::<SessionBody>(SESSION).await?;
    let explain = call.arguments.get_flag("explain");
    let value = if explain { output::json(&session) } else { record(&session) };
    call.output.show(&value, || if explain { explained(&session) } else { text(&session) })?;
    if session.state != SessionState::Ok && !call.quiet {
        onboard(&session);
    }
    Ok(())
}

/// The record that the Python tool prints; the socket API tells more.
fn record(session: &SessionBody) -> Value {
    json!({
        "account": session.account.as_ref().map(|account| json!({
            "name": account.name, "type": account.r#type, "region": account.region,
        })),
        "project": session.project.as_ref().map(|project| json!({
            "id": project.id, "name": project.name, "organization": project.organization,
        })),
        "workspace": session.workspace.as_ref().map(|workspace| json!({"id": workspace.id, "name": workspace.name})),
        "user": session.user.as_ref().map(|user| json!({"email": user.email})),
        "me_cached": session.me_cached,
    })
}

fn text(session: &SessionBody) -> String {
    let unnamed = if session.me_cached { "(unknown)" } else { "(uncached)" };
    let or_unnamed = |name: &Option<String>| name.as_deref().map_or_else(|| unnamed.to_owned(), escaped);
    let project = session.project.as_ref().map_or_else(
        || "(none)".to_owned(),
        |project| {
            let organization = project.organization.as_ref().map(|name| format!(" [organization: {}]", escaped(name)));
            format!("{} ({}){}", or_unnamed(&project.name), project.id, organization.unwrap_or_default())
        },
    );
    let workspace = session.workspace.as_ref().map_or_else(
        || "auto-resolved on first workspace-scoped call".to_owned(),
        |workspace| format!("{} ({})", or_unnamed(&workspace.name), workspace.id),
    );
    let user = session.user.as_ref().and_then(|user| user.email.clone());
    format!(
        "Account:   {}\nProject:   {project}\nWorkspace: {workspace}\nUser:      {}\n",
        session.account.as_ref().map_or_else(|| "(none)".to_owned(), account),
        or_unnamed(&user),
    )
}

fn account(account: &SessionAccount) -> String {
    match (account.r#type, account.region) {
        (Some(kind), Some(region)) => format!("{} ({kind}, {region})", escaped(&account.name.to_string())),
        _ => format!("{} (not configured)", escaped(&account.name.to_string())),
    }
}

fn explained(session: &SessionBody) -> String {
    let by = |source: &Source| format!("           from {}: {}\n", source.kind.as_str(), escaped(&source.at));
    let sources = [
        session.account.as_ref().map(|account| by(&account.source)),
        session.project.as_ref().map(|project| by(&project.source)),
        session.workspace.as_ref().map(|workspace| by(&workspace.source)),
        None,
    ];
    let nobody = "           nobody decided\n";
    let mut shown = String::new();
    for (line, source) in text(session).lines().zip(sources) {
        let is_user = line.starts_with("User:");
        shown.push_str(line);
        shown.push('\n');
        shown.push_str(&source.unwrap_or_else(|| if is_user { String::new() } else { nobody.to_owned() }));
    }
    for header in &session.headers {
        shown.push_str(&format!("Header:    {}\n{}", escaped(&header.name), by(&header.source)));
    }
    for note in &session.notes {
        shown.push_str(&format!("Note:      {}\n", escaped(note)));
    }
    shown.push_str(&format!("Revision:  {}\n", session.revision));
    shown
}

/// A first user sees what to do next, on stderr: stdout is the answer.
fn onboard(session: &SessionBody) {
    let missing = match session.state {
        SessionState::NeedsProject => "There is an account, but no project yet.",
        _ if session.account.is_some() => "The active account is not configured.",
        _ => "No account is configured yet.",
    };
    report::say(missing);
    for next in &session.next {
        report::say(&format!("  {}\n      {}", escaped(&next.command), escaped(&next.label)));
    }
}

async fn bridge(call: &mut Call<'_>) -> Result<(), Failure> {
    let body = call.get::<BridgeBody>(BRIDGE).await?;
    let value = json!({"bridge": body.bridge});
    call.output.show(&value, || body.bridge.as_ref().map_or_else(|| "No bridge file found.".to_owned(), bridge_text))
}

fn bridge_text(bridge: &BridgeStatus) -> String {
    let account = &bridge.account;
    let project = bridge.project.as_ref().map_or_else(|| "(from config/env)".to_owned(), ToString::to_string);
    let workspace = bridge.workspace.map_or_else(|| "(auto)".to_owned(), |id| id.to_string());
    let mut text = format!(
        "Bridge:    {}\nAccount:   {} ({}, {}, source: bridge)\nProject:   {project}\nWorkspace: {workspace}\n",
        escaped(&bridge.path),
        escaped(&account.name.to_string()),
        account.r#type,
        account.region
    );
    if !bridge.headers.is_empty() {
        text.push_str("Headers:\n");
    }
    for (name, value) in &bridge.headers {
        text.push_str(&format!("  {}: {}\n", escaped(name), escaped(value)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"state": "ok",
        "account": {"name": "acme", "type": "oauth_browser", "region": "us", "source": {"kind": "config", "at": "/c:2"}},
        "project": {"id": "7", "name": "AI [red]", "organization": "Acme", "source": {"kind": "env", "at": "MP_PROJECT_ID"}},
        "workspace": null, "user": {"id": 4, "email": "ada@example.com"}, "me_cached": true, "headers": [],
        "notes": ["MP_PROJECT_ID=7 wins over --project 9"], "next": [], "revision": 3}"#;

    fn session() -> SessionBody {
        serde_json::from_str(BODY).expect("a body")
    }

    #[test]
    fn the_text_is_literal() {
        let expected = "Account:   acme (oauth_browser, us)\nProject:   AI [red] (7) [organization: Acme]\n\
                        Workspace: auto-resolved on first workspace-scoped call\nUser:      ada@example.com\n";
        assert_eq!(text(&session()), expected);
    }

    /// Puts a second line into every text of a body.
    fn forged(value: &mut Value) {
        match value {
            Value::String(text) if text.contains(['@', ' ', '/']) || text.starts_with("MP_") => {
                text.push_str("\nAccount:   forged\u{9b}");
            }
            Value::Array(values) => values.iter_mut().for_each(forged),
            Value::Object(fields) => fields.values_mut().for_each(forged),
            _ => {}
        }
    }

    #[test]
    fn no_text_of_a_session_is_more_than_one_line() {
        let mut body: Value = serde_json::from_str(BODY).expect("JSON");
        body["project"]["organization"] = "Acme Inc".into();
        body["workspace"] = json!({"id": 1, "name": "All data", "source": {"kind": "config", "at": "/c:3"}});
        body["headers"] = json!([{"name": "X y", "source": {"kind": "config", "at": "/c:9"}}]);
        let read = |body: &Value| serde_json::from_value::<SessionBody>(body.clone()).expect("a body");
        let (good, lines) = (read(&body), |text: String| text.lines().count());
        forged(&mut body);
        let bad = read(&body);
        assert_eq!(lines(text(&bad)), lines(text(&good)));
        assert_eq!(lines(explained(&bad)), lines(explained(&good)));
        assert!(!explained(&bad).contains('\u{9b}') && !explained(&bad).contains("\nAccount:   forged"));
        let bridge = json!({"version": 2, "path": "/b\nAccount:   forged", "account": {"name": "a", "type": "oauth_browser", "region": "us"},
            "project": null, "workspace": null, "headers": {"X": "y\nAccount:   forged"}});
        let shown = bridge_text(&serde_json::from_value(bridge).expect("a status"));
        assert!(shown.lines().filter(|line| line.starts_with("Account:")).count() == 1, "{shown}");
    }

    #[test]
    fn the_explanation_names_the_place_of_each_decision() {
        let shown = explained(&session());
        for part in
            ["from config: /c:2", "from env: MP_PROJECT_ID", "nobody decided", "wins over --project 9", "Revision:  3"]
        {
            assert!(shown.contains(part), "{part} is missing in\n{shown}");
        }
    }
}
