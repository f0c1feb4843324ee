//! What a client asks.

use lsp_server::{ErrorCode, Message, Request, Response};
use lsp_types as lsp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::convert;
use super::documents::Sort;
use super::library::Wish;
use super::session::Session;
use crate::help::complete::offers;
use crate::help::hover::{self, More, Thing, thing};
use crate::help::place::{Of, What, place};
use crate::toml_files::{self, Names, Schema};

impl Session {
    /// Sends an answer.
    pub(crate) fn answer(&self, response: Response) {
        let _ = self.out.send(Message::Response(response));
    }

    /// Answers a request.
    pub(crate) fn request(&mut self, request: Request) {
        let id = request.id.clone();
        let answer = match request.method.as_str() {
            "textDocument/completion" => self.asked(request.params, Self::complete),
            "textDocument/hover" => self.asked(request.params, Self::hover),
            "textDocument/diagnostic" => self.asked(request.params, Self::pulled),
            "textDocument/codeAction" => self.asked(request.params, Self::actions),
            "workspace/executeCommand" => self.asked(request.params, Self::command),
            other => Err((ErrorCode::MethodNotFound, format!("there is no {other}"))),
        };
        self.answer(match answer {
            Ok(answer) => Response::new_ok(id, answer),
            Err((code, detail)) => Response::new_err(id, code as i32, detail),
        });
    }

    fn asked<T: DeserializeOwned>(
        &mut self,
        params: Value,
        answer: fn(&mut Self, T) -> Result<Value, String>,
    ) -> Result<Value, (ErrorCode, String)> {
        let params = serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))?;
        answer(self, params).map_err(|detail| (ErrorCode::RequestFailed, detail))
    }

    /// Returns where a client is in a document, if that is one of code.
    fn at(&self, given: &lsp::TextDocumentPositionParams) -> Option<(String, usize)> {
        let uri = given.text_document.uri.as_str().to_owned();
        let document = self.documents.get(&uri)?;
        let offset = document.text.offset(convert::place(given.position), self.encoding);
        Some((uri, offset))
    }

    fn complete(&mut self, params: lsp::CompletionParams) -> Result<Value, String> {
        let Some((uri, offset)) = self.at(&params.text_document_position) else { return Ok(Value::Null) };
        let Sort::Code(language) = self.documents[&uri].sort else { return self.complete_settings(&uri, offset) };
        let Some(view) = self.view(&uri) else { return Ok(Value::Null) };
        let text = self.documents[&uri].text.as_str();
        let Some(found) = place(text, &view.uses, offset) else { return Ok(Value::Null) };
        let Some(knowledge) = &view.knowledge else { return Ok(json!({"isIncomplete": true, "items": []})) };
        let choice = view.rules.choice.clone();
        let key = match &found.what {
            What::Value { of: Of::Event(event), property } => Some((Some(event.clone()), property.clone())),
            What::Value { of: Of::AnyEvent, property } => Some((None, property.clone())),
            _ => None,
        };
        if let Some((event, property)) = &key {
            self.wish_once(&choice, Wish::Values(event.clone(), property.clone()));
        }
        if let What::Property { of: Of::Event(event), .. } = &found.what
            && knowledge.event(event).is_some_and(|event| !event.is_complete())
        {
            self.wish_once(&choice, Wish::Properties(event.clone()));
        }
        let values = key.and_then(|key| self.project(&choice).values.get(&key).cloned());
        let document = &self.documents[&uri];
        let all = offers(&found, knowledge, values.as_deref(), document.text.as_str(), language);
        serde_json::to_value(convert::offers(&document.text, &all, self.encoding)).map_err(|error| error.to_string())
    }

    /// Returns what may be written in a file of settings.
    fn complete_settings(&self, uri: &str, offset: usize) -> Result<Value, String> {
        let document = &self.documents[uri];
        let Some(schema) = schema(document.sort) else { return Ok(Value::Null) };
        let text = document.text.as_str();
        let own = own_names(text, document.sort, &self.names);
        let Some((range, words)) = toml_files::words(schema, text, offset, &own) else { return Ok(Value::Null) };
        let range = convert::range(&document.text, &range, self.encoding);
        let item = |word: &toml_files::Word| {
            json!({"label": word.label, "kind": 10, "documentation": word.about, "filterText": word.label,
                "textEdit": {"range": range, "newText": word.insert}})
        };
        Ok(json!({"isIncomplete": false, "items": words.iter().map(item).collect::<Vec<_>>()}))
    }

    fn hover_settings(&self, uri: &str, offset: usize) -> Value {
        let document = &self.documents[uri];
        let told = schema(document.sort).and_then(|schema| toml_files::about(schema, document.text.as_str(), offset));
        told.map_or(Value::Null, |(at, told)| {
            let range = convert::range(&document.text, &at, self.encoding);
            json!({"contents": {"kind": "markdown", "value": told}, "range": range})
        })
    }

    fn hover(&mut self, params: lsp::HoverParams) -> Result<Value, String> {
        let Some((uri, offset)) = self.at(&params.text_document_position_params) else { return Ok(Value::Null) };
        if !matches!(self.documents[&uri].sort, Sort::Code(_)) {
            return Ok(self.hover_settings(&uri, offset));
        }
        let Some(view) = self.view(&uri) else { return Ok(Value::Null) };
        let Some((thing, at)) = thing(&view.uses, offset) else { return Ok(Value::Null) };
        let choice = view.rules.choice.clone();
        let project = self.project(&choice);
        let knowledge = view.knowledge.clone().unwrap_or_default();
        let mut more = More::default();
        let (told, wish) = match &thing {
            Thing::Event(name) => {
                let known = knowledge.event(name);
                more.volume = project.volumes.get(name).copied();
                more.link = known.and(project.owner.as_ref()).map(|owner| owner.link(name));
                let is_wanted = known.is_some() && more.volume.is_none();
                (hover::event(name, known, &knowledge, &more), is_wanted.then(|| Wish::Volumes(vec![name.clone()])))
            }
            Thing::Property { name, event, is_user } => {
                let event = event.as_deref();
                let known = if *is_user { knowledge.user_property(name) } else { knowledge.property(name) };
                let kind = if *is_user {
                    known.and_then(|known| known.kind)
                } else {
                    knowledge.kind(event.and_then(|event| knowledge.event(event)), name)
                };
                let key = (event.map(str::to_owned), name.clone());
                more.values = project.values.get(&key).map(Vec::as_slice);
                let is_wanted = known.is_some() && more.values.is_none() && !is_user;
                let told = hover::property(name, known, kind.map(crate::knowledge::Kind::words), &more);
                (told, is_wanted.then_some(Wish::Values(key.0, key.1)))
            }
        };
        if let Some(wish) = wish {
            self.wish_once(&choice, wish);
        }
        let range = convert::range(&self.documents[&uri].text, &at, self.encoding);
        Ok(json!({"contents": {"kind": "markdown", "value": told}, "range": range}))
    }

    fn pulled(&mut self, params: lsp::DocumentDiagnosticParams) -> Result<Value, String> {
        let problems = self.problems(params.text_document.uri.as_str());
        Ok(json!({"kind": "full", "items": problems}))
    }
}

fn schema(sort: Sort) -> Option<Schema> {
    match sort {
        Sort::Config => Some(Schema::Config),
        Sort::Project => Some(Schema::Project),
        Sort::Code(_) | Sort::Other => None,
    }
}

/// Returns the names that may stand in a file: a config has accounts of its own, which nobody else may know yet.
fn own_names(text: &str, sort: Sort, known: &Names) -> Names {
    let mut names = known.clone();
    if sort == Sort::Config {
        let headers = text.lines().filter_map(|line| line.trim().strip_prefix("[accounts.")?.split(']').next());
        for name in headers.map(|name| name.trim_matches('"').to_owned()) {
            if !names.accounts.contains(&name) {
                names.accounts.push(name);
            }
        }
    }
    names
}
