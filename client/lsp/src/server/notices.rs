//! What a client tells: documents, settings, folders.

use lsp_server::{Notification, Response};
use lsp_types as lsp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::address;
use super::convert::place;
use super::documents::{Document, Sort};
use super::library::Wish;
use super::session::{Pending, Session};
use super::settings::Settings;

impl Session {
    /// Asks for what the session needs.
    pub(crate) fn begin(&mut self) {
        if self.abilities.configures {
            self.ask("workspace/configuration", json!({"items": [{"section": "mixpanel"}]}), Pending::Settings);
        }
        if self.abilities.watches {
            let watchers = json!({"watchers": [{"globPattern": "**/.mixpanel.toml"}]});
            let registration = json!({"id": "mixpanel-files", "method": "workspace/didChangeWatchedFiles", "registerOptions": watchers});
            self.ask("client/registerCapability", json!({"registrations": [registration]}), Pending::Nothing);
        }
    }

    /// Takes settings.
    pub(crate) fn configure(&mut self, given: &Value) {
        let (settings, wrong) = Settings::read(given);
        if !wrong.is_empty() {
            let message = format!("Mixpanel: {}", wrong.join("; "));
            self.notify("window/logMessage", json!({"type": 2, "message": message}));
        }
        if settings != self.settings {
            self.settings = settings;
            self.refresh_all();
        }
    }

    /// Takes a notification.
    pub(crate) fn notice(&mut self, notice: Notification) {
        match notice.method.as_str() {
            "textDocument/didOpen" => self.with(notice.params, Self::opened),
            "textDocument/didChange" => self.with(notice.params, Self::changed),
            "textDocument/didClose" => self.with(notice.params, Self::closed),
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.refresh_all(),
            "workspace/didChangeConfiguration" if self.abilities.configures => self.begin_settings(),
            "workspace/didChangeConfiguration" => {
                let settings = notice.params.get("settings").cloned().unwrap_or_default();
                self.configure(&settings);
            }
            "workspace/didChangeWorkspaceFolders" => self.with(notice.params, Self::moved),
            _ => {}
        }
    }

    fn begin_settings(&mut self) {
        self.ask("workspace/configuration", json!({"items": [{"section": "mixpanel"}]}), Pending::Settings);
    }

    fn with<T: DeserializeOwned>(&mut self, params: Value, take: fn(&mut Self, T)) {
        // What is not as the protocol has it has no one who waits for an answer.
        if let Ok(params) = serde_json::from_value(params) {
            take(self, params);
        }
    }

    fn opened(&mut self, params: lsp::DidOpenTextDocumentParams) {
        let given = params.text_document;
        let uri = given.uri.as_str().to_owned();
        let path = address::path_of(&uri);
        let sort = self.sort(path.as_deref(), &given.language_id);
        self.documents.insert(uri.clone(), Document::new(sort, path, given.text, given.version));
        if matches!(sort, Sort::Code(_)) {
            let choice = self.rules(&uri).choice;
            self.project(&choice);
            self.tell_status(&choice);
            self.want_details(&choice);
        }
        self.dirty.insert(uri);
    }

    fn changed(&mut self, params: lsp::DidChangeTextDocumentParams) {
        let uri = params.text_document.uri.as_str().to_owned();
        let encoding = self.encoding;
        let Some(document) = self.documents.get_mut(&uri) else { return };
        for change in params.content_changes {
            let part = change.range.map(|range| (place(range.start), place(range.end)));
            document.text.change(part, &change.text, encoding);
        }
        document.changed(params.text_document.version);
        let is_project = document.sort == Sort::Project;
        self.dirty.insert(uri);
        if is_project {
            self.refresh_all();
        }
    }

    fn closed(&mut self, params: lsp::DidCloseTextDocumentParams) {
        let uri = params.text_document.uri.as_str().to_owned();
        self.documents.remove(&uri);
        self.dirty.remove(&uri);
        if !self.abilities.pulls {
            self.notify("textDocument/publishDiagnostics", json!({"uri": uri, "diagnostics": []}));
        }
    }

    fn moved(&mut self, params: lsp::DidChangeWorkspaceFoldersParams) {
        let path = |folder: &lsp::WorkspaceFolder| address::path_of(folder.uri.as_str());
        let gone: Vec<_> = params.event.removed.iter().filter_map(path).collect();
        self.folders.retain(|folder| !gone.contains(folder));
        self.folders.extend(params.event.added.iter().filter_map(path));
    }

    /// Takes the answer of the client to a request of ours.
    pub(crate) fn answered(&mut self, response: Response) {
        let pending = self.pending.remove(&response.id);
        let answer = response.response_result.ok().unwrap_or_default();
        match pending {
            Some(Pending::Settings) => {
                let section = answer.get(0).cloned().unwrap_or_default();
                self.configure(&section);
            }
            Some(Pending::Create(choice, event, properties))
                if answer.get("title").is_some_and(|title| title == "Create") =>
            {
                self.lookup.wish(&choice, Wish::Create(event, properties));
            }
            Some(Pending::Create(..) | Pending::Nothing) | None => {}
        }
    }
}
