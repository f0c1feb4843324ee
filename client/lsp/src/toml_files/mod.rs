//! Help with files of settings: the config of the daemon and a project's `.mixpanel.toml`. What may stand where is read from their JSON
//! Schemas, which editors with a TOML server use, too. No value of such a file is ever shown.

mod cursor;
mod schema;

use std::ops::Range;

pub use cursor::{Cursor, What, cursor};
pub use schema::{Names, Schema, Word};

/// Returns what may be written at an offset, and what is to be replaced.
pub fn words(schema: Schema, text: &str, offset: usize, names: &Names) -> Option<(Range<usize>, Vec<Word>)> {
    let cursor = cursor(text, offset)?;
    let words = schema.words(&cursor, names);
    Some((cursor.range, words))
}

/// Returns what is told about the key or table at an offset, and where that is.
pub fn about(schema: Schema, text: &str, offset: usize) -> Option<(Range<usize>, String)> {
    let (path, range) = cursor::key_at(text, offset)?;
    let told = schema.about(&path)?;
    Some((range, format!("**{}**\n\n{told}", path.join("."))))
}

/// Returns where the text is no TOML, for those who cannot ask the daemon.
pub fn mistakes(text: &str) -> Vec<(Range<usize>, String)> {
    let (_, errors) = toml::de::DeTable::parse_recoverable(text);
    let one = |error: &toml::de::Error| (error.span().unwrap_or(text.len()..text.len()), error.message().to_owned());
    errors.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(marked: &str, schema: Schema) -> Vec<String> {
        let offset = marked.find('|').expect("a mark");
        let text = marked.replacen('|', "", 1);
        let names = Names { accounts: vec!["ada".into(), "ci".into()], targets: vec!["web".into()] };
        let Some((range, words)) = words(schema, &text, offset, &names) else { return Vec::new() };
        let typed = text[range.start..offset].to_lowercase();
        let fitting = words.into_iter().filter(|word| word.label.to_lowercase().starts_with(&typed));
        fitting.map(|word| word.insert).collect()
    }

    #[test]
    fn tables_keys_and_values_are_offered() {
        use Schema::{Config, Project};
        assert_eq!(offered("[act|", Config), ["active"]);
        assert_eq!(
            offered("[settings.|]", Config),
            [
                "settings.limits",
                "settings.network",
                "settings.output",
                "settings.notify",
                "settings.telemetry",
                "settings.custom_header"
            ]
        );
        assert_eq!(offered("[accounts.ada]\nre|", Config), ["region = "]);
        assert_eq!(offered("[accounts.ada]\ntype = \"oauth_token\"\ntok|", Config), ["token = ", "token_env = "]);
        assert_eq!(offered("[accounts.ada]\ntype = \"oauth_browser\"\nuser|", Config), [""; 0]);
        assert_eq!(offered("[accounts.ada]\nregion = \"|\"", Config), ["us", "eu", "in"]);
        assert_eq!(
            offered("[accounts.ada]\ntype = |", Config),
            ["\"service_account\"", "\"oauth_browser\"", "\"oauth_token\""]
        );
        assert_eq!(offered("[active]\naccount = \"a|\"", Config), ["ada"]);
        assert_eq!(offered("[settings.limits]\nledger = |", Config), ["true", "false"]);
        assert_eq!(offered("[settings.limits]\ndiscovery_s = 1\ndisc|", Config), [""; 0], "it is there already");
        assert_eq!(offered("targ|", Project), ["target = "]);
        assert_eq!(offered("[severity]\nwrong-type = \"e|\"", Project), ["error"]);
        assert_eq!(offered("target = \"|\"", Project), ["web"]);
        assert_eq!(offered("# acc|", Project), [""; 0]);
        assert_eq!(offered("x = \"[acc|\"", Config), [""; 0]);
    }

    #[test]
    fn keys_are_told_about_and_values_never() {
        let text =
            "[accounts.ada]\ntype = \"service_account\"\nsecret = \"hunter2\"\n[settings]\nlimits.ledger = true\n";
        let told = |needle: &str| about(Schema::Config, text, text.find(needle).expect("there")).map(|(_, told)| told);
        assert!(told("secret").is_some_and(|told| told.contains("The secret of the service account")));
        assert!(told("type").is_some_and(|told| told.contains("service_account, oauth_browser, oauth_token")));
        assert!(told("ledger").is_some_and(|told| told.contains("counted in the ledger")));
        assert_eq!(told("hunter2"), None);
        assert!(told("accounts").is_some_and(|told| told.contains("The accounts")));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(\\[[a-z.\"]{0,9}\\]?|[a-z_.\"']{0,9} ?=? ?|[{}\\[\\],#\"'0-9 ]{0,4}|é|\n){0,12}") {
            for (offset, _) in text.char_indices() {
                let _ = words(Schema::Config, &text, offset, &Names::default());
                let _ = about(Schema::Project, &text, offset);
            }
            let _ = mistakes(&text);
        }
    }
}
