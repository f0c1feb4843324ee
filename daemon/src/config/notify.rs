//! `[settings.notify]`: what is run when somebody should know of something and no call is there to tell it.

use mp_proto::secret::Secret;
use toml::de::{DeTable, DeValue};

/// What the settings say. A command is a line for `sh`, and may hold a secret, such as the address of a web hook.
#[derive(Debug, Clone, Default)]
pub struct NotifySettings {
    /// Run when an account needs a login.
    pub on_login_required: Option<Secret>,
    /// Run when something else goes wrong that does not pass by itself.
    pub on_error: Option<Secret>,
    /// Whether the desktop shows both.
    pub desktop: bool,
}

/// What a command must be, for messages.
const EXPECTED: &str = "a command for sh, such as \"mail -s Mixpanel me@example.com\"";

/// Reads the table. What is wrong is left out; each problem comes with its place in the text, and none quotes a command.
pub(super) fn read(block: &DeTable<'_>) -> (NotifySettings, Vec<(usize, String)>) {
    let (mut settings, mut problems) = (NotifySettings::default(), Vec::new());
    for (key, value) in block.iter() {
        let name = key.get_ref().as_ref();
        let slot = match (name, value.get_ref()) {
            ("desktop", DeValue::Boolean(is_shown)) => {
                settings.desktop = *is_shown;
                continue;
            }
            ("desktop", _) => {
                let found = super::value::kind(value);
                problems.push((value.span().start, format!("desktop is {found}: expected true or false")));
                continue;
            }
            ("on_login_required", _) => &mut settings.on_login_required,
            ("on_error", _) => &mut settings.on_error,
            // Of a later release.
            _ => continue,
        };
        let found = match value.get_ref() {
            DeValue::String(text) if text.contains('\0') => "a string with a null character",
            DeValue::String(text) if text.trim().is_empty() => "an empty string",
            DeValue::String(text) => {
                *slot = Some(Secret::new(text.as_ref()));
                continue;
            }
            _ => super::value::kind(value),
        };
        problems.push((value.span().start, format!("{name} is {found}: expected {EXPECTED}")));
    }
    (settings, problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_lines_and_what_is_wrong_is_not_quoted() {
        let read = |text: &str| read(DeTable::parse(text).expect("TOML").get_ref());
        let (good, problems) =
            read("on_login_required = 'echo \"$MP_ACCOUNT\" | mail me'\ndesktop = true\nlater = []\n");
        assert!(problems.is_empty() && good.desktop && good.on_error.is_none());
        assert_eq!(good.on_login_required.expect("it is there").expose(), "echo \"$MP_ACCOUNT\" | mail me");
        for (text, expected) in [
            ("on_error = [\"sh\", \"hunter2\"]", "on_error is an array: expected a command for sh"),
            ("on_error = \" \\n\"", "on_error is an empty string: expected"),
            ("on_error = \"hunter2\\u0000\"", "on_error is a string with a null character: expected"),
            ("on_login_required = false", "on_login_required is a boolean: expected"),
            ("desktop = \"yes\"", "desktop is a string: expected true or false"),
        ] {
            let (settings, problems) = read(text);
            assert!(problems.len() == 1 && problems[0].1.starts_with(expected), "{text}: {problems:?}");
            assert!(!format!("{settings:?}{problems:?}").contains("hunter2"), "{problems:?}");
        }
    }
}
