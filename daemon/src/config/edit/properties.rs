//! What holds for every file and every change.

use mp_proto::secret::Secret;
use mp_proto::wire::{AccountAdd, AccountUpdate, TargetAdd};
use proptest::prelude::*;

use super::*;
use crate::config::parser::parse;

/// Blocks as people write them, each with its own comment, separated by blank lines.
fn block(index: usize, style: u8) -> String {
    let comment = format!("# comment of {index}\n");
    let body = match style % 5 {
        0 => format!("[accounts.a{index}]\ntype = \"oauth_browser\"\nregion = 'eu' # r{index}\n"),
        1 => format!(
            "[accounts.a{index}]\nregion=\"us\"\ntype=\"service_account\"\nusername=\"u\"\nsecret = '''s{index}\n'''\n"
        ),
        2 => format!("[targets.\"t {index}\"]\naccount = \"a0\"\nproject = \"{index}\"\nworkspace = 0x{}\n", index + 1),
        3 => format!("[accounts.a{index}]\ntype = {index}\n"),
        _ => format!("[other{index}]\nx.y = [1,\n  2] # z\n  [other{index}.sub]\n"),
    };
    comment + &body
}

fn file() -> impl Strategy<Value = String> {
    let line_end = prop_oneof![Just("\n"), Just("\r\n")];
    (prop::collection::vec(any::<u8>(), 0..7), line_end, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(styles, line_end, bom, open, active)| {
            let first = "# comment of 0\n[accounts.a0]\ntype = \"oauth_browser\"\nregion = \"us\"\n".to_owned();
            let mut blocks = vec![first];
            blocks.extend(styles.iter().enumerate().map(|(index, style)| block(index + 1, *style)));
            if active {
                blocks.insert(
                    blocks.len() / 2,
                    "# comment of active\n[active]\naccount = \"a0\"\nworkspace = 1\n".to_owned(),
                );
            }
            let mut text = blocks.join("\n");
            if open {
                text.pop();
            }
            let text = text.replace('\n', line_end);
            if bom { format!("\u{feff}{text}") } else { text }
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    let name = prop_oneof![(0..8usize).prop_map(|index| format!("a{index}")), Just("new".to_owned())];
    let secret = any::<String>().prop_filter("a secret is not empty", |secret| !secret.is_empty());
    prop_oneof![
        (name.clone(), secret).prop_map(|(name, secret)| Change::AddAccount(AccountAdd {
            name: Some(name),
            r#type: "service_account".to_owned(),
            region: Some("in".to_owned()),
            username: Some("u".to_owned()),
            secret: Some(Secret::new(secret)),
            ..AccountAdd::default()
        })),
        name.clone().prop_map(|name| Change::UpdateAccount {
            name,
            update: AccountUpdate { region: Some("in".to_owned()), ..AccountUpdate::default() }
        }),
        (name.clone(), any::<bool>()).prop_map(|(name, force)| Change::RemoveAccount { name, force }),
        name.clone().prop_map(|name| Change::UseAccount { name }),
        name.prop_map(|name| Change::UseProject { account: Some(name), project: "12".to_owned() }),
        (1..i64::MAX).prop_map(|workspace| Change::PinWorkspace { workspace }),
        "[^\\pC\\s]{1,9}".prop_map(|name| Change::AddTarget(TargetAdd {
            name,
            account: "a0".to_owned(),
            project: "1".to_owned(),
            workspace: None
        })),
        (0..8usize).prop_map(|index| Change::UseTarget { name: format!("t {index}") }),
        (0..8usize).prop_map(|index| Change::RemoveTarget { name: format!("t {index}") }),
    ]
}

/// Splits a file where blank lines are: the pieces are blocks with their comments.
fn pieces(text: &str) -> Vec<String> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    body.split("\n\n").map(|piece| piece.trim_end_matches('\n').to_owned()).collect()
}

/// How many blocks, at most, a change may alter or remove: the account or target, and `[active]`.
const TOUCHED: usize = 2;

proptest! {
    #[test]
    fn an_edit_keeps_every_byte_of_other_blocks(text in file(), change in change()) {
        let Ok(edited) = edit(&text, &change) else { return Ok(()) };
        prop_assert_eq!(text.starts_with('\u{feff}'), edited.text.starts_with('\u{feff}'));
        if text.contains("\r\n") {
            prop_assert_eq!(edited.text.matches('\n').count(), edited.text.matches("\r\n").count());
        }
        let after = pieces(&edited.text);
        let changed: Vec<_> = pieces(&text).into_iter().filter(|piece| !after.contains(piece)).collect();
        prop_assert!(changed.len() <= TOUCHED, "{:#?}\n---\n{}", changed, edited.text);
        for piece in changed {
            prop_assert!(["accounts", "targets", "active"].iter().any(|table| piece.contains(&format!("[{table}"))), "{}", piece);
        }
    }

    #[test]
    fn the_result_parses_and_no_other_block_gets_worse(text in file(), change in change()) {
        let before = parse(&text);
        match edit(&text, &change) {
            Ok(edited) => {
                let after = parse(&edited.text);
                prop_assert!(after.blocking_problems().is_empty());
                for problem in &after.problems {
                    prop_assert!(before.problems.iter().any(|old| old.scope == problem.scope), "{}", problem);
                }
            }
            Err(EditError::Config { problems }) => {
                for problem in problems {
                    prop_assert!(before.problems.contains(&problem), "the edit made it: {}", problem);
                }
            }
            Err(_) => {}
        }
    }

    #[test]
    fn an_edit_is_deterministic_and_changes_chain(text in file(), first in change(), second in change()) {
        let once = edit(&text, &first).map(|edited| edited.text);
        prop_assert_eq!(&once, &edit(&text, &first).map(|edited| edited.text));
        if let Ok(once) = once {
            // What an edit wrote, the next one can edit.
            let twice = edit(&once, &second);
            let is_own_fault = matches!(&twice, Err(EditError::Config { problems }) if problems.iter().any(|p| p.scope.is_blocking()));
            prop_assert!(!is_own_fault, "{:?}", twice.err());
        }
    }

    #[test]
    fn a_secret_round_trips_exactly(secret in any::<String>().prop_filter("not empty", |text| !text.is_empty()), crlf in any::<bool>()) {
        let add = AccountAdd {
            name: Some("a".to_owned()),
            r#type: "oauth_token".to_owned(),
            region: Some("us".to_owned()),
            token: Some(Secret::new(secret.clone())),
            ..AccountAdd::default()
        };
        let before = if crlf { "# c\r\n" } else { "" };
        let edited = edit(before, &Change::AddAccount(add)).unwrap();
        let crate::config::Credential::OauthToken(crate::config::TokenSource::Inline(token)) = &edited.config.accounts["a"].credential else {
            panic!("not inline")
        };
        prop_assert_eq!(token.expose(), secret);
    }
}
