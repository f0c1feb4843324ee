//! The session with an editor: what is open, what is set, what is known.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crossbeam_channel::Sender;
use lsp_server::{Message, Notification, Request, RequestId};
use mp_client::{Failure, Switch};
use serde_json::{Value, json};

use super::address;
use super::documents::{Document, Sort};
use super::library::{Library, Wish, key};
use super::settings::Settings;
use crate::code::Use;
use crate::knowledge::{Knowledge, Owner, Shelf};
use crate::project::{self, Rules};
use crate::scan::Language;
use crate::text::Encoding;
use crate::toml_files::Names;

/// What a client can do.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Abilities {
    /// It asks for diagnostics, and can be told to ask again.
    pub(crate) pulls: bool,
    /// It shows documents, also in a browser.
    pub(crate) shows: bool,
    /// It tells settings when it is asked.
    pub(crate) configures: bool,
    /// It watches files for us.
    pub(crate) watches: bool,
}

/// What is known of a project, and what has been asked for.
#[derive(Debug, Default)]
pub(crate) struct Project {
    pub(crate) owner: Option<Owner>,
    pub(crate) knowledge: Option<Arc<Knowledge>>,
    /// When it was asked for, in seconds since 1970.
    pub(crate) at: u64,
    pub(crate) values: HashMap<(Option<String>, String), Vec<String>>,
    pub(crate) volumes: HashMap<String, u64>,
    pub(crate) trouble: Option<Failure>,
    /// What was asked for, so that it is not asked for again.
    pub(crate) asked: HashSet<String>,
    /// Whether it has been looked at since the last change.
    pub(crate) is_looked_at: bool,
}

/// What an answer of the client is for.
#[derive(Debug)]
pub(crate) enum Pending {
    /// The settings.
    Settings,
    /// Whether an entry of the lexicon is made: for which choice and which event, with which properties.
    Create(Switch, String, Vec<(String, &'static str)>),
    /// Nothing comes of it.
    Nothing,
}

/// Places in a text, each with what is wrong there.
pub(crate) type Mistakes = Vec<(Range<usize>, String)>;

/// The session.
pub(crate) struct Session {
    pub(crate) out: Sender<Message>,
    pub(crate) lookup: Library,
    pub(crate) abilities: Abilities,
    pub(crate) encoding: Encoding,
    pub(crate) settings: Settings,
    pub(crate) documents: HashMap<String, Document>,
    pub(crate) projects: HashMap<String, (Switch, Project)>,
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) pending: HashMap<RequestId, Pending>,
    /// Documents whose problems are to be told.
    pub(crate) dirty: HashSet<String>,
    /// Accounts and targets by name.
    pub(crate) names: Names,
    /// What the daemon has found in configs that are open, with their versions.
    pub(crate) checked: HashMap<String, (i32, Mistakes)>,
    /// What was written down and is not written again.
    pub(crate) logged: HashSet<String>,
    /// The status that was told last.
    status: Option<Value>,
    pub(crate) shelf: Option<Shelf>,
    home: Option<PathBuf>,
    /// Files of projects as they were read: when they were changed, and what they say.
    files: HashMap<PathBuf, (Option<SystemTime>, Arc<Rules>)>,
    next: i32,
}

/// How old what is known may be before it is asked for again, in seconds.
const OLD: u64 = 3600;

impl Session {
    pub(crate) fn new(out: Sender<Message>, lookup: Library, abilities: Abilities, encoding: Encoding) -> Self {
        Self {
            out,
            lookup,
            abilities,
            encoding,
            settings: Settings::default(),
            documents: HashMap::new(),
            projects: HashMap::new(),
            folders: Vec::new(),
            pending: HashMap::new(),
            dirty: HashSet::new(),
            names: Names::default(),
            checked: HashMap::new(),
            logged: HashSet::new(),
            status: None,
            shelf: Shelf::of_this_process(),
            home: std::env::var_os("HOME").map(PathBuf::from),
            files: HashMap::new(),
            next: 1,
        }
    }

    /// Sends a notification.
    pub(crate) fn notify(&self, method: &str, params: impl serde::Serialize) {
        // The client is gone when it cannot be sent, and then the loop ends.
        let _ = self.out.send(Message::Notification(Notification::new(method.to_owned(), params)));
    }

    /// Asks the client for something.
    pub(crate) fn ask(&mut self, method: &str, params: impl serde::Serialize, pending: Pending) {
        let id = RequestId::from(self.next);
        self.next += 1;
        self.pending.insert(id.clone(), pending);
        let _ = self.out.send(Message::Request(Request::new(id, method.to_owned(), params)));
    }

    /// Returns what a document is.
    pub(crate) fn sort(&self, path: Option<&Path>, language: &str) -> Sort {
        let name = path.and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
        if name == project::NAME {
            return Sort::Project;
        }
        if path.is_some_and(|path| self.is_config(path)) {
            return Sort::Config;
        }
        let end = name.rsplit_once('.').map_or("", |(_, end)| end);
        match Language::of_id(language).or_else(|| Language::of_extension(end)) {
            Some(language) => Sort::Code(language),
            None => Sort::Other,
        }
    }

    fn is_config(&self, path: &Path) -> bool {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let root = set("MP_STORAGE_DIR")
            .or_else(|| set("MP_OAUTH_STORAGE_DIR"))
            .or_else(|| Some(self.home.as_ref()?.join(".mp")));
        let own = set("MP_CONFIG_PATH").or_else(|| Some(root?.join("config.toml")));
        let same = |one: &Path, other: &Path| {
            one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
        };
        own.is_some_and(|own| path.file_name() == own.file_name() && same(&own, path))
    }

    /// Returns what counts for a document: what the project's file says, with the editor's settings over it.
    pub(crate) fn rules(&mut self, uri: &str) -> Rules {
        let path = self.documents.get(uri).and_then(|document| document.path.clone()).or_else(|| address::path_of(uri));
        // One that somebody is about to write counts as if it were there.
        let is_open = |file: &Path| self.documents.values().any(|document| document.path.as_deref() == Some(file));
        let file = path.and_then(|path| project::find_with(path.parent()?, self.home.as_deref(), is_open));
        let rules = file.map(|file| self.file(&file)).unwrap_or_default();
        self.settings.over(&rules)
    }

    /// Returns what a project's file says, as it is in the editor or on disk.
    fn file(&mut self, path: &Path) -> Arc<Rules> {
        let open = self.documents.values().find(|document| document.path.as_deref() == Some(path));
        if let Some(document) = open {
            return Arc::new(Rules::parse(document.text.as_str()).0);
        }
        let changed = std::fs::metadata(path).and_then(|found| found.modified()).ok();
        match self.files.get(path) {
            Some((at, rules)) if *at == changed => Arc::clone(rules),
            _ => {
                let rules = Arc::new(Rules::parse(&project::read(path).unwrap_or_default()).0);
                self.files.insert(path.to_owned(), (changed, Arc::clone(&rules)));
                rules
            }
        }
    }

    /// Returns what is known for a choice. Whoever asks for the first time sets the look at it off, and gets what was kept.
    pub(crate) fn project(&mut self, choice: &Switch) -> &mut Project {
        let (shelf, lookup) = (&self.shelf, &self.lookup);
        let (_, project) = self.projects.entry(key(choice)).or_insert_with(|| {
            let mut project = Project::default();
            if let Some(kept) = shelf.as_ref().and_then(|shelf| shelf.read(choice)) {
                project.knowledge = Some(Arc::new(Knowledge::of(&kept.facts)));
                (project.owner, project.at) = (Some(kept.owner), kept.at);
            }
            (choice.clone(), project)
        });
        let is_old = crate::knowledge::now().saturating_sub(project.at) > OLD && project.trouble.is_none();
        if !project.is_looked_at || (is_old && project.asked.insert(format!("look {}", project.at))) {
            project.is_looked_at = true;
            lookup.wish(choice, Wish::Look(false));
        }
        project
    }

    /// Returns the uses in a document, what counts for it, and what is known.
    pub(crate) fn view(&mut self, uri: &str) -> Option<View> {
        let rules = self.rules(uri);
        let document = self.documents.get_mut(uri)?;
        let uses = document.uses(&rules.wrappers);
        let project = self.project(&rules.choice);
        Some(View { uses, knowledge: project.knowledge.clone(), rules })
    }

    /// Asks for something once.
    pub(crate) fn wish_once(&mut self, choice: &Switch, wish: Wish) {
        let name = format!("{wish:?}");
        if self.project(choice).asked.insert(name) {
            self.lookup.wish(choice, wish);
        }
    }

    /// Asks for what the open documents need: properties of events of which they are not known, and how often events came.
    pub(crate) fn want_details(&mut self, choice: &Switch) {
        let uris: Vec<String> = self.documents.keys().cloned().collect();
        let mut wanted: VecDeque<String> = VecDeque::new();
        let mut volumes = Vec::new();
        for uri in uris {
            let Some(view) = self.view(&uri).filter(|view| view.rules.choice == *choice) else { continue };
            let Some(knowledge) = &view.knowledge else { continue };
            let named = view.uses.iter().filter_map(|one| Some((one, knowledge.event(&one.event.as_ref()?.text)?)));
            for (one, event) in named {
                let name = event.name.to_string();
                if !event.is_complete() && !one.properties.is_empty() && !wanted.contains(&name) {
                    wanted.push_back(name.clone());
                }
                if !volumes.contains(&name) {
                    volumes.push(name);
                }
            }
        }
        for event in wanted.into_iter().take(MOST_EVENTS) {
            self.wish_once(choice, Wish::Properties(event));
        }
        let project = self.project(choice);
        volumes.retain(|event| {
            !project.volumes.contains_key(event) && !project.asked.contains(&format!("volume {event}"))
        });
        volumes.truncate(MOST_VOLUMES);
        project.asked.extend(volumes.iter().map(|event| format!("volume {event}")));
        if !volumes.is_empty() {
            self.lookup.wish(choice, Wish::Volumes(volumes));
        }
    }

    /// Tells the client how things are, if they have changed.
    pub(crate) fn tell_status(&mut self, choice: &Switch) {
        let project = self.project(choice);
        let owner = project.owner.clone();
        let (state, message) = match (&project.trouble, &project.knowledge) {
            (None, Some(_)) => ("ok", String::new()),
            (None, None) => ("loading", "asking Mixpanel about the project".to_owned()),
            (Some(failure), Some(_)) => ("kept", format!("what was known before is used: {}", failure.detail)),
            (Some(failure), None) => ("unknown", failure.detail.clone()),
        };
        let next = project.trouble.as_ref().and_then(|failure| failure.next.first()).map(|next| next.command.clone());
        let status = json!({
            "state": state,
            "account": owner.as_ref().map(|owner| owner.account.clone()),
            "project": owner.as_ref().map(|owner| owner.project.clone()),
            "projectName": owner.as_ref().and_then(|owner| owner.project_name.clone()),
            "message": message,
            "next": next,
            "at": project.at,
        });
        if self.status.as_ref() != Some(&status) {
            self.notify("mixpanel/status", &status);
            if state == "kept" || state == "unknown" {
                let hint = next.map_or(String::new(), |command| format!(" (`{command}`)"));
                self.notify("window/logMessage", json!({"type": 2, "message": format!("Mixpanel: {message}{hint}")}));
            }
            self.status = Some(status);
        }
    }

    /// Has the problems of all documents told again.
    pub(crate) fn refresh_all(&mut self) {
        self.dirty.extend(self.documents.keys().cloned());
        if self.abilities.pulls {
            self.ask("workspace/diagnostic/refresh", Value::Null, Pending::Nothing);
        }
    }
}

/// How many events are asked about alone, of all that are in open documents.
const MOST_EVENTS: usize = 10;

/// How many events are counted with one request: their names are in its address.
const MOST_VOLUMES: usize = 40;

/// What is needed to answer about a document.
pub(crate) struct View {
    pub(crate) uses: Arc<Vec<Use>>,
    pub(crate) knowledge: Option<Arc<Knowledge>>,
    pub(crate) rules: Rules,
}
