//! Configs of releases before 0.4: how they are recognised, and the way out.

use std::path::Path;

use mp_proto::failure::Next;

use crate::files::read::quoted;

/// Keys at the root that only a release before 0.4 wrote.
pub(super) const ROOT_KEYS: [&str; 4] = ["config_version", "default", "credentials", "projects"];

/// Returns what to tell about an old key.
pub(super) fn detail(key: &str) -> String {
    format!(
        "{key} is of a release before 0.4, whose settings cannot be read any more: expected a file with [accounts.NAME] blocks"
    )
}

/// Returns the steps that lead from an old file to a new one: there is no conversion, the accounts are added again.
pub fn legacy_recovery(path: &Path) -> Vec<Next> {
    let (old, backup) = (quoted(path), quoted(&path.with_added_extension("0.3-backup")));
    vec![
        Next::new(format!("cp {old} {backup}"), "keep the old file"),
        Next::new(format!("rm {old}"), "start with an empty config"),
        Next::new(
            "mp account add NAME --type service_account --username USER --project PROJECT_ID --region us",
            "add a service account; its secret is asked for",
        ),
        Next::new("mp account add NAME --type oauth_browser --region us", "or one that signs in through the browser"),
        Next::new("mp account login NAME", "and log it in"),
        Next::new("mp session", "see the result"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_out_keeps_the_old_file_first() {
        let steps = legacy_recovery(Path::new("/home/a b/config.toml"));
        assert_eq!(steps[0].command, "cp '/home/a b/config.toml' '/home/a b/config.toml.0.3-backup'");
        assert_eq!(steps[1].command, "rm '/home/a b/config.toml'");
        assert!(steps[2].command.starts_with("mp account add"));
    }
}
