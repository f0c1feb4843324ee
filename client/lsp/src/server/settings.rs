//! What the editor has set: the section `mixpanel`.

use std::collections::BTreeMap;

use mp_client::Switch;
use serde_json::Value;

use crate::code::Wrapper;
use crate::project::Rules;
use crate::rule::{Rule, Severity};

/// The settings. What is wrong in them is left out and told.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Settings {
    choice: Switch,
    severities: BTreeMap<Rule, Severity>,
    wrappers: Vec<Wrapper>,
}

impl Settings {
    /// Reads them, as the section or with it around.
    pub(crate) fn read(given: &Value) -> (Self, Vec<String>) {
        let given = given.get("mixpanel").unwrap_or(given);
        let mut wrong = Vec::new();
        let text = |key: &str| match given.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.is_empty() => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            Some(_) => None,
        };
        let choice = Switch {
            account: text("account"),
            target: text("target"),
            project: text("project"),
            workspace: text("workspace").and_then(|id| id.parse().ok()),
        };
        let mut settings = Self { choice, ..Self::default() };
        if settings.choice.target.is_some() {
            settings.choice = Switch { target: settings.choice.target, ..Switch::default() };
        }
        for (rule, severity) in given.get("severity").and_then(Value::as_object).into_iter().flatten() {
            match (Rule::of(rule), severity.as_str().and_then(Severity::of)) {
                (Some(rule), Some(severity)) => drop(settings.severities.insert(rule, severity)),
                (Some(_), None) => {
                    wrong.push(format!("mixpanel.severity.{rule}: expected error, warning, information, hint or off"))
                }
                (None, _) => wrong.push(format!("mixpanel.severity: there is no rule {rule:?}")),
            }
        }
        for wrapper in given.get("wrappers").and_then(Value::as_array).into_iter().flatten() {
            match read_wrapper(wrapper) {
                Ok(wrapper) => settings.wrappers.push(wrapper),
                Err(why) => wrong.push(format!("mixpanel.wrappers: {why}")),
            }
        }
        (settings, wrong)
    }

    /// Lays them over what a project's file says: they are the user's own, and so they win.
    pub(crate) fn over(&self, rules: &Rules) -> Rules {
        let mut rules = rules.clone();
        let own = self.choice.clone();
        if own.target.is_some() || own.account.is_some() {
            rules.choice = own;
        } else if own.project.is_some() || own.workspace.is_some() {
            let account = rules.choice.account.take();
            let project = own.project.or(rules.choice.project.take());
            rules.choice = Switch { account, project, workspace: own.workspace, target: None };
        }
        rules.severities.extend(self.severities.iter());
        rules.wrappers.extend(self.wrappers.iter().cloned());
        rules
    }
}

fn read_wrapper(given: &Value) -> Result<Wrapper, String> {
    let place = |key: &str| given.get(key).and_then(Value::as_u64).and_then(|place| usize::try_from(place).ok());
    match given {
        Value::String(name) => Wrapper::new(name, 0, Some(1)),
        Value::Object(fields) => {
            let name = fields.get("name").and_then(Value::as_str).ok_or("a wrapper needs a name")?;
            let properties = match fields.get("properties") {
                Some(Value::Bool(false)) => None,
                _ => Some(place("properties").unwrap_or(1)),
            };
            Wrapper::new(name, place("event").unwrap_or(0), properties)
        }
        _ => Err("expected a name, or an object with name, event and properties".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_read_and_what_is_wrong_is_told() {
        let given = json!({"mixpanel": {"account": "ada", "project": 7, "severity": {"unknown-event": "hint", "x": "error", "wrong-type": 5},
            "wrappers": ["trackEvent", {"name": "log.it", "event": 1, "properties": 2}, 5, "a b"]}});
        let (settings, wrong) = Settings::read(&given);
        assert_eq!((settings.choice.account.as_deref(), settings.choice.project.as_deref()), (Some("ada"), Some("7")));
        assert_eq!((settings.wrappers.len(), wrong.len()), (2, 4), "{wrong:?}");
        let file = Rules { choice: Switch { account: Some("bob".into()), ..Switch::default() }, ..Rules::default() };
        let rules = settings.over(&file);
        assert_eq!(
            (rules.choice.account.as_deref(), rules.severity(Rule::UnknownEvent)),
            (Some("ada"), Severity::Hint)
        );
        assert_eq!(Settings::default().over(&file), file);
    }
}
