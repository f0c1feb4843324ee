//! What can be done about a problem.

use lsp_types as lsp;
use serde_json::{Value, json};

use super::convert;
use super::session::Session;
use crate::judge::Finding;
use crate::rule::Rule;

impl Session {
    /// Returns what can be done about the problems in a range.
    pub(crate) fn actions(&mut self, params: lsp::CodeActionParams) -> Result<Value, String> {
        let uri = params.text_document.uri.as_str().to_owned();
        let Some(view) = self.view(&uri) else { return Ok(json!([])) };
        let Some(knowledge) = &view.knowledge else { return Ok(json!([])) };
        let text = &self.documents[&uri].text;
        let from = text.offset(convert::place(params.range.start), self.encoding);
        let to = text.offset(convert::place(params.range.end), self.encoding);
        let mut actions = Vec::new();
        for found in crate::judge::findings(&view.uses, knowledge, &view.rules) {
            if found.at.start <= to && from <= found.at.end {
                self.fixes(&uri, &found, &mut actions);
            }
        }
        if let Some((crate::help::hover::Thing::Event(event), _)) = crate::help::hover::thing(&view.uses, from)
            && knowledge.event(&event).is_some()
        {
            let command = json!({"title": "Open in Mixpanel", "command": "mixpanel.openEvent", "arguments": [{"uri": uri, "event": event}]});
            actions.push(json!({"title": format!("Open '{event}' in Mixpanel"), "kind": "source", "command": command}));
        }
        let wanted = params.context.only.unwrap_or_default();
        let is_wanted = |action: &Value| {
            let kind = action["kind"].as_str().unwrap_or_default();
            wanted.is_empty()
                || wanted.iter().any(|one| kind == one.as_str() || kind.starts_with(&format!("{}.", one.as_str())))
        };
        Ok(actions.into_iter().filter(is_wanted).collect())
    }

    fn fixes(&self, uri: &str, found: &Finding, actions: &mut Vec<Value>) {
        let text = &self.documents[uri].text;
        let diagnostic = convert::finding(text, found, self.encoding);
        let mut add = |title: String, is_preferred: bool, more: (&str, Value)| {
            let mut action = json!({"title": title, "kind": "quickfix", "diagnostics": [&diagnostic]});
            if is_preferred {
                action["isPreferred"] = true.into();
            }
            action[more.0] = more.1;
            actions.push(action);
        };
        if let Some((name, at)) = &found.meant {
            let before = text.as_str()[..at.start].chars().next_back();
            let new = match before {
                Some(quote @ ('"' | '\'' | '`')) => name.replace('\\', "\\\\").replace(quote, &format!("\\{quote}")),
                _ => name.clone(),
            };
            let edit = json!({"range": convert::range(text, at, self.encoding), "newText": new});
            add(format!("Change to '{name}'"), true, ("edit", json!({"changes": {uri: [edit]}})));
        }
        let command = |title: &str, command: &str, arguments: Value| {
            ("command", json!({"title": title, "command": command, "arguments": [arguments]}))
        };
        let event = found.event.as_deref();
        match (found.rule, &found.property) {
            (Rule::UnknownEvent, _) => {
                let event = event.unwrap_or_default();
                let arguments = json!({"uri": uri, "event": event});
                add(
                    format!("Create the lexicon entry '{event}'"),
                    false,
                    command("Create", "mixpanel.createEntry", arguments),
                );
                let arguments = json!({"uri": uri, "event": event});
                add(
                    format!("Ignore the event '{event}' in .mixpanel.toml"),
                    false,
                    command("Ignore", "mixpanel.ignore", arguments),
                );
            }
            (_, Some(property)) => {
                let arguments = json!({"uri": uri, "property": property});
                let title = format!("Ignore the property '{property}' in .mixpanel.toml");
                add(title, false, command("Ignore", "mixpanel.ignore", arguments));
            }
            (_, None) => {
                let arguments = json!({"uri": uri, "event": event});
                let title = format!("Ignore the event '{}' in .mixpanel.toml", event.unwrap_or_default());
                add(title, false, command("Ignore", "mixpanel.ignore", arguments));
            }
        }
    }
}
