//! Problems of documents, told or asked for.

use lsp_types as lsp;
use mp_client::{ConfigMistake, Switch};
use serde_json::json;

use super::convert;
use super::documents::Sort;
use super::library::{Unshown, Wish};
use super::session::{Pending, Session};
use crate::judge::findings;
use crate::project::Rules;
use crate::text::{Encoding, Place};
use crate::toml_files::mistakes;

impl Session {
    /// Tells the problems of all documents that have changed.
    pub(crate) fn tell_problems(&mut self) {
        let uris: Vec<String> = self.dirty.drain().collect();
        if self.abilities.pulls {
            return;
        }
        for uri in uris {
            let problems = self.problems(&uri);
            let Some(document) = self.documents.get(&uri) else { continue };
            let params = json!({"uri": uri, "version": document.version, "diagnostics": problems});
            self.notify("textDocument/publishDiagnostics", params);
        }
    }

    /// Returns the problems of a document.
    pub(crate) fn problems(&mut self, uri: &str) -> Vec<lsp::Diagnostic> {
        let encoding = self.encoding;
        match self.documents.get(uri).map(|document| document.sort) {
            Some(Sort::Code(_)) => self.code_problems(uri),
            Some(Sort::Project) => {
                let text = &self.documents[uri].text;
                let (_, mistakes) = Rules::parse(text.as_str());
                mistakes.iter().map(|one| convert::mistake(text, &one.at, &one.detail, encoding)).collect()
            }
            Some(Sort::Config) => self.config_problems(uri),
            _ => Vec::new(),
        }
    }

    /// Returns what the daemon has found in a config. Where it has not looked at this version yet, it is asked; what is no TOML is told at
    /// once.
    fn config_problems(&mut self, uri: &str) -> Vec<lsp::Diagnostic> {
        let document = &self.documents[uri];
        let (version, text) = (document.version, &document.text);
        let known = self.checked.get(uri).filter(|(checked, _)| *checked == version);
        let found = match known {
            Some((_, found)) => found.clone(),
            None => {
                let wish = Wish::Check(uri.to_owned(), version, Unshown(text.as_str().to_owned()));
                self.lookup.wish(&Switch::default(), wish);
                mistakes(text.as_str())
            }
        };
        found.iter().map(|(at, detail)| convert::mistake(text, at, detail, self.encoding)).collect()
    }

    /// Takes what the daemon has found in a config.
    pub(crate) fn checked(&mut self, uri: &str, version: i32, found: &[ConfigMistake]) {
        let Some(document) = self.documents.get(uri).filter(|document| document.version == version) else { return };
        let text = &document.text;
        let range = |mistake: &ConfigMistake| {
            let place = |number: u64| u32::try_from(number.saturating_sub(1)).unwrap_or(u32::MAX);
            let at = Place { line: place(mistake.line), column: place(mistake.column) };
            let start = text.offset(at, Encoding::Utf32);
            let end = text.line(at.line as usize).end;
            // Up to the end of the word, so that there is something to see.
            let word = text.as_str()[start..end].find([' ', '=', ']', '#']).map_or(end, |length| start + length);
            start..if word > start { word } else { end }
        };
        let found = found.iter().map(|mistake| (range(mistake), mistake.detail.clone())).collect();
        self.checked.insert(uri.to_owned(), (version, found));
        self.dirty.insert(uri.to_owned());
        if self.abilities.pulls {
            self.ask("workspace/diagnostic/refresh", serde_json::Value::Null, Pending::Nothing);
        }
    }

    fn code_problems(&mut self, uri: &str) -> Vec<lsp::Diagnostic> {
        let Some(view) = self.view(uri) else { return Vec::new() };
        let Some(knowledge) = &view.knowledge else { return Vec::new() };
        let encoding = self.encoding;
        let text = &self.documents[uri].text;
        let found = findings(&view.uses, knowledge, &view.rules);
        found.iter().map(|one| convert::finding(text, one, encoding)).collect()
    }
}
