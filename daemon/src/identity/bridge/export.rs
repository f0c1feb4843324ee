//! The text of a bridge file, as the Python tool writes it.

use std::collections::BTreeMap;

use mp_proto::ids::{ProjectId, WorkspaceId};
use mp_proto::secret::Secret;
use serde_json::{Value, json};

use super::model::VERSION;
use crate::config::account::Account;
use crate::config::model::CustomHeader;
use crate::identity::tokens::{Tokens, iso};

/// What an export pins beside the account.
#[derive(Debug, Default)]
pub struct Pins {
    /// A project.
    pub project: Option<ProjectId>,
    /// A workspace.
    pub workspace: Option<WorkspaceId>,
}

/// Returns the text of a bridge file: sorted keys, two spaces, no line end at the end, as the Python tool writes it.
pub fn export(account: &Account, tokens: Option<&Tokens>, pins: &Pins, header: Option<&CustomHeader>) -> Secret {
    let mut carried = BTreeMap::from([
        ("name", account.name.to_string()),
        ("region", account.region.to_string()),
        ("type", account.account_type().to_string()),
    ]);
    if let Some(project) = &account.default_project {
        carried.insert("default_project", project.value.to_string());
    }
    carried.extend(account.credential.texts().into_iter().map(|(key, text)| (key, text.to_owned())));
    let headers: BTreeMap<_, _> = header.iter().map(|header| (&header.name, header.value.expose())).collect();
    let mut root =
        BTreeMap::from([("account", json!(carried)), ("headers", json!(headers)), ("version", json!(VERSION))]);
    if let Some(project) = &pins.project {
        root.insert("project", json!(project));
    }
    if let Some(workspace) = pins.workspace {
        root.insert("workspace", json!(workspace));
    }
    if let Some(tokens) = tokens {
        root.insert("tokens", carried_tokens(tokens));
    }
    Secret::new(serde_json::to_string_pretty(&root).expect("texts and numbers always serialise"))
}

/// Returns the text of a bridge file with other tokens, and all else as it was; none when it is no bridge file.
pub fn with_tokens(bytes: &[u8], tokens: &Tokens) -> Option<Secret> {
    let mut root: Value = serde_json::from_slice(bytes).ok()?;
    let fields = root.get_mut("tokens")?.as_object_mut()?;
    let Value::Object(newer) = carried_tokens(tokens) else { return None };
    fields.extend(newer);
    let mut text = serde_json::to_string_pretty(&root).ok()?;
    if bytes.ends_with(b"\n") {
        text.push('\n');
    }
    Some(Secret::new(text))
}

fn carried_tokens(tokens: &Tokens) -> Value {
    let mut carried = BTreeMap::from([
        ("access_token", tokens.access_token.expose().to_owned()),
        ("expires_at", iso(tokens.expires_at, "Z")),
        ("scope", tokens.scope.clone()),
        ("token_type", tokens.token_type.clone()),
    ]);
    if let Some(refresh_token) = &tokens.refresh_token {
        carried.insert("refresh_token", refresh_token.expose().to_owned());
    }
    // Without it the other machine could not refresh; the Python tool ignores the key.
    if let Some(client_id) = &tokens.client_id {
        carried.insert("client_id", client_id.clone());
    }
    json!(carried)
}
