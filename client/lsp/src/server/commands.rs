//! Commands of the workspace.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use lsp_server::{ErrorCode, Message, RequestId, Response};
use lsp_types as lsp;
use mp_client::Switch;
use serde_json::{Value, json};

use super::address;
use super::library::{Wish, key};
use super::session::{Pending, Session};
use crate::code::Value as Known;
use crate::knowledge::{Knowledge, Owner};
use crate::lint::{files, judged};
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
                    self.lookup.wish(choice, Wish::Look(true));
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

    /// Tells of all events in the code and in the project, from a thread of its own: a large folder takes a moment.
    pub(crate) fn report(&mut self, id: RequestId, params: &Value) {
        let named = params.pointer("/arguments/0/paths").and_then(Value::as_array).into_iter().flatten();
        let named: Vec<PathBuf> = named.filter_map(Value::as_str).filter_map(address::path_of).collect();
        // Only what is open in the editor: a folder elsewhere is none of its business.
        let is_inside = |path: &PathBuf| self.folders.iter().any(|folder| path.starts_with(folder));
        let paths = if named.is_empty() { self.folders.clone() } else { named.into_iter().filter(is_inside).collect() };
        let settings = self.settings.clone();
        let known: HashMap<String, (Owner, Arc<Knowledge>)> = self
            .projects
            .iter()
            .filter_map(|(key, (_, project))| Some((key.clone(), (project.owner.clone()?, project.knowledge.clone()?))))
            .collect();
        let (out, shelf) = (self.out.clone(), self.shelf.clone());
        let work = move || {
            let known = |choice: &Switch| {
                let kept =
                    || shelf.as_ref()?.read(choice).map(|kept| (kept.owner, Arc::new(Knowledge::of(&kept.facts))));
                known.get(&key(choice)).cloned().or_else(kept)
            };
            let response = match files::read(&paths, &|rules| settings.over(rules)) {
                Ok(files) => Response::new_ok(id, judged(&files, known).json()),
                Err(failure) => {
                    let told: Vec<String> =
                        failure.errors.iter().map(|problem| format!("{}: {}", problem.at, problem.detail)).collect();
                    let detail = format!("{} {}", failure.detail, told.join("; "));
                    Response::new_err(id, ErrorCode::RequestFailed as i32, detail.trim().to_owned())
                }
            };
            // The editor is gone when nobody takes it.
            let _ = out.send(Message::Response(response));
        };
        // Without a thread there is no report; the editor gives up by itself.
        let _ = std::thread::Builder::new().name("report".to_owned()).spawn(work);
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
