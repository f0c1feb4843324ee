//! Commands of the workspace.

use std::path::PathBuf;

use lsp_types as lsp;
use serde_json::{Value, json};

use super::address;
use super::library::Wish;
use super::session::{Pending, Session};
use crate::code::Value as Known;
use crate::project::edit::{Ignored, ignore};
use crate::project::{self, NAME};

/// The commands.
pub(crate) const NAMES: [&str; 5] =
    ["mixpanel.report", "mixpanel.openEvent", "mixpanel.ignore", "mixpanel.createEntry", "mixpanel.refresh"];

impl Session {
    /// Runs a command.
    pub(crate) fn command(&mut self, params: lsp::ExecuteCommandParams) -> Result<Value, String> {
        let given = params.arguments.into_iter().next().unwrap_or_default();
        let text = |key: &str| given.get(key).and_then(Value::as_str).map(str::to_owned);
        let uri = text("uri").or_else(|| self.documents.keys().next().cloned()).unwrap_or_default();
        match params.command.as_str() {
            "mixpanel.refresh" => {
                for (choice, project) in self.projects.values_mut() {
                    project.asked.clear();
                    self.library.wish(choice, Wish::Look(true));
                }
                Ok(Value::Null)
            }
            "mixpanel.openEvent" => {
                self.open(&uri, &text("event").ok_or("event is missing: expected the name of an event")?)
            }
            "mixpanel.createEntry" => {
                self.create(&uri, &text("event").ok_or("event is missing: expected the name of an event")?)
            }
            "mixpanel.ignore" => {
                let what = match (text("event"), text("property")) {
                    (_, Some(name)) => Ignored::Property(name),
                    (Some(name), None) => Ignored::Event(name),
                    (None, None) => return Err("expected an event or a property to ignore".to_owned()),
                };
                self.ignore(&uri, &what)
            }
            other => Err(format!("there is no command {other}")),
        }
    }

    fn open(&mut self, uri: &str, event: &str) -> Result<Value, String> {
        let choice = self.rules(uri).choice;
        let owner = self.project(&choice).owner.clone().ok_or("it is not known yet which project this is")?;
        let link = owner.link(event);
        if self.abilities.shows {
            self.ask("window/showDocument", json!({"uri": link, "external": true}), Pending::Nothing);
        }
        Ok(json!({"uri": link}))
    }

    /// Asks whether an entry of the lexicon is to be made: it is there for everybody.
    fn create(&mut self, uri: &str, event: &str) -> Result<Value, String> {
        let choice = self.rules(uri).choice;
        let view = self.view(uri).ok_or("the document is not open")?;
        let owner = self.project(&choice).owner.clone().ok_or("it is not known yet which project this is")?;
        let named = view.uses.iter().filter(|one| one.event.as_ref().is_some_and(|named| named.text == event));
        let mut properties: Vec<(String, &'static str)> = Vec::new();
        for entry in named.flat_map(|one| &one.properties) {
            let kind = match entry.value {
                Known::Number => "number",
                Known::Boolean => "boolean",
                Known::List => "array",
                Known::Object => "object",
                Known::Text(..) | Known::SomeText => "string",
                Known::Nothing | Known::Computed => continue,
            };
            if !properties.iter().any(|(name, _)| *name == entry.name.text) {
                properties.push((entry.name.text.clone(), kind));
            }
        }
        let message =
            format!("Create the lexicon entry '{event}' in {}? Everybody in the project sees it.", owner.words());
        let actions = json!([{"title": "Create"}, {"title": "Cancel"}]);
        let pending = Pending::Create(choice, event.to_owned(), properties);
        self.ask("window/showMessageRequest", json!({"type": 3, "message": message, "actions": actions}), pending);
        Ok(Value::Null)
    }

    /// Has the client add a name to the project's file, so that what is open there is not overwritten.
    fn ignore(&mut self, uri: &str, what: &Ignored) -> Result<Value, String> {
        let path = self.file_for(uri).ok_or("the document is in no directory in which a .mixpanel.toml could be")?;
        let target = address::of_path(&path);
        let open = self.documents.get(&target).map(|document| document.text.as_str().to_owned());
        let (is_there, text) = match open {
            Some(text) => (true, text),
            None => (path.exists(), project::read(&path).unwrap_or_default()),
        };
        let changed = ignore(&text, what)?;
        let lines = crate::text::Text::new(text);
        let end = super::convert::position(&lines, lines.as_str().len(), self.encoding);
        let edit = json!({"range": {"start": {"line": 0, "character": 0}, "end": end}, "newText": changed});
        let mut changes = Vec::new();
        if !is_there {
            changes.push(json!({"kind": "create", "uri": target, "options": {"ignoreIfExists": true}}));
        }
        changes.push(json!({"textDocument": {"uri": target, "version": null}, "edits": [edit]}));
        let params = json!({"label": "Ignore in .mixpanel.toml", "edit": {"documentChanges": changes}});
        self.ask("workspace/applyEdit", params, Pending::Nothing);
        Ok(json!({"uri": target}))
    }

    /// Returns the project's file of a document, or where it would be: at the root of its repository or folder.
    fn file_for(&self, uri: &str) -> Option<PathBuf> {
        let path = address::path_of(uri)?;
        let dir = path.parent()?;
        if let Some(file) = project::find(dir, None) {
            return Some(file);
        }
        let repository = dir.ancestors().find(|folder| folder.join(".git").exists());
        let folder =
            self.folders.iter().filter(|folder| dir.starts_with(folder)).max_by_key(|folder| folder.as_os_str().len());
        Some(repository.or(folder.map(PathBuf::as_path)).unwrap_or(dir).join(NAME))
    }
}
