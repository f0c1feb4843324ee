//! `mp daemon secrets`: where secrets are, and moving them.

use clap::Arg;
use clap::builder::PossibleValuesParser;
use hyper::Method;
use mp_proto::failure::{Failure, FailureKind};
use mp_proto::ids::SecretStore;
use mp_proto::routes::SECRETS;
use mp_proto::wire::{SecretRow, SecretsBody, SecretsChange};

use crate::arg::switch;
use crate::call::Call;
use crate::output::{escaped, fitted, json};

/// Its arguments.
pub(super) fn arguments(command: clap::Command) -> clap::Command {
    let words = SecretStore::ALL.iter().map(|store| store.as_str());
    command
        .arg(
            Arg::new("to")
                .value_name("STORE")
                .help("Keep secrets there from now on, and move those that there are")
                .value_parser(PossibleValuesParser::new(words)),
        )
        .arg(switch("dry-run", "Tell what would be moved, and move nothing"))
        .arg(switch("unlock", "Let the keyring ask for its password, and wait for that"))
        .arg(switch("prune", "Remove what is kept and no account refers to"))
        .after_help(
            "Without STORE it shows where they are. What ends it half-way loses nothing: run it again.\n\
             While secrets are not in the files, the Python tool cannot use their accounts.",
        )
}

/// Runs the command.
///
/// # Errors
/// When the place cannot keep them, or some could not be moved.
pub(super) async fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let flag = |id: &str| call.arguments.get_flag(id);
    let store = call.text("to").map(|word| SecretStore::parse(&word)).transpose();
    let store = store.map_err(|error| Failure::new(FailureKind::InvalidArgument, error.to_string()))?;
    let change = SecretsChange { store, dry_run: flag("dry-run"), unlock: flag("unlock"), prune: flag("prune") };
    if change.dry_run && change.store.is_none() {
        return Err(Failure::new(
            FailureKind::InvalidArgument,
            "--dry-run is about a move: say where to, as in `mp daemon secrets keyring --dry-run`",
        ));
    }
    let changes = change.store.is_some() || change.unlock || change.prune;
    let answer = match changes {
        true => call.daemon.call::<SecretsBody>(Method::POST, SECRETS, Some(&change)).await?,
        false => call.daemon.call::<SecretsBody>(Method::GET, SECRETS, None::<&()>).await?,
    };
    let body = call.body(answer);
    call.output.show(&json(&body), || describe(&body, &change))
}

fn describe(body: &SecretsBody, change: &SecretsChange) -> String {
    let mut text = match change.store {
        Some(store) if change.dry_run => format!("would keep new secrets in: {store} (now {})\n", body.store),
        _ => format!("new secrets are kept in: {}\n", body.store),
    };
    for place in &body.places {
        let detail = place.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
        text.push_str(&format!("{:<14} {}{}\n", place.store.as_str(), place.state, escaped(&detail)));
    }
    let rows: Vec<Vec<String>> = body.secrets.iter().map(|row| told(row, change.dry_run)).collect();
    if !rows.is_empty() {
        text.push_str(&format!("\n{}", fitted(&["ACCOUNT", "KIND", "IN", ""], &rows, None)));
    }
    for row in &body.left_over {
        text.push_str(&format!(
            "\nleft over in {}: the {} of '{}'; --prune removes it",
            row.store, row.kind, row.account
        ));
    }
    for path in &body.exposed {
        text.push_str(&format!("\nstill holds a secret: {}", escaped(path)));
    }
    text
}

fn told(row: &SecretRow, dry_run: bool) -> Vec<String> {
    let moved =
        row.moved.map(|store| if dry_run { format!("would go to {store}") } else { format!("moved from {store}") });
    vec![row.account.to_string(), row.kind.clone(), row.store.to_string(), moved.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_where_each_is_and_what_was_done() {
        let body: SecretsBody = serde_json::from_value(serde_json::json!({
            "store": "keyring",
            "places": [{"store": "keyring", "state": "ok"}, {"store": "systemd-creds", "state": "absent", "detail": "not installed"}],
            "secrets": [{"account": "team", "kind": "secret", "store": "keyring", "moved": "file"},
                        {"account": "me", "kind": "grant", "store": "file"}],
            "left_over": [{"account": "old", "kind": "token", "store": "keyring"}],
            "exposed": ["/h/.mp/config.toml.bak"],
        }))
        .expect("a body");
        let expected = "new secrets are kept in: keyring\nkeyring        ok\nsystemd-creds  absent: not installed\n\n\
                        ACCOUNT  KIND    IN       \nteam     secret  keyring  moved from file\nme       grant   file\n\n\
                        left over in keyring: the token of 'old'; --prune removes it\nstill holds a secret: /h/.mp/config.toml.bak";
        let lines = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n");
        assert_eq!(lines(&describe(&body, &SecretsChange::default())), lines(expected));
    }
}
