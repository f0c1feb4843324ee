//! The language server, on standard input and output. One thread answers; another one asks the daemon, so that an answer never waits for
//! anything but itself.

mod actions;
mod address;
mod commands;
mod convert;
mod documents;
mod library;
mod news;
mod notices;
mod problems;
mod requests;
mod session;
mod settings;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, after, never, select, tick, unbounded};
use lsp_server::{Connection, ErrorCode, Message, Request, RequestId, Response};
use lsp_types as lsp;
use serde_json::{Value, json};

use crate::text::Encoding;
use library::{Library, Told};
use session::{Abilities, Session};

/// How long nobody types until problems are told.
const QUIET: Duration = Duration::from_millis(150);

/// How often it is looked whether the editor lives. Its pipe tells sooner, unless somebody else holds that open.
const LOOK: Duration = Duration::from_secs(10);

/// Serves an editor until that ends. Returns 0 after a shutdown that was announced, else 1.
pub(crate) fn run() -> ExitCode {
    let (connection, threads) = Connection::stdio();
    let code = match serve(&connection) {
        Some(code) => code,
        None => ExitCode::FAILURE,
    };
    drop(connection);
    // The writer has sent what was said last, or there is nobody to read it.
    let _ = threads.join();
    code
}

/// Serves; none if the editor went away without a word.
fn serve(connection: &Connection) -> Option<ExitCode> {
    let (id, given) = connection.initialize_start().ok()?;
    let refreshes = given.pointer("/capabilities/workspace/diagnostics/refreshSupport") == Some(&Value::Bool(true));
    let given: lsp::InitializeParams = match serde_json::from_value(given) {
        Ok(given) => given,
        Err(error) => {
            let detail = format!("initialize is not as the protocol has it: {error}");
            let refused = Response::new_err(id, ErrorCode::InvalidParams as i32, detail);
            connection.sender.send(refused.into()).ok()?;
            return None;
        }
    };
    let encoding = encoding(&given);
    let abilities = abilities(&given.capabilities, refreshes);
    let answer = json!({
        "capabilities": capabilities(encoding, abilities),
        "serverInfo": {"name": "mixpanel", "version": env!("CARGO_PKG_VERSION")},
    });
    connection.initialize_finish(id, answer).ok()?;
    let folders = folders(&given);
    let (sender, told) = unbounded();
    let library = Library::start(sender, folders.first().cloned()).ok()?;
    let mut session = Session::new(connection.sender.clone(), library, abilities, encoding);
    session.folders = folders;
    session.configure(given.initialization_options.as_ref().unwrap_or(&Value::Null));
    session.begin();
    Server { session, is_over: false, waiting: VecDeque::new() }.run(&connection.receiver, &told, given.process_id)
}

struct Server {
    session: Session,
    /// Whether the end was announced.
    is_over: bool,
    /// Messages that have come and were not begun.
    waiting: VecDeque<Message>,
}

impl Server {
    fn run(mut self, messages: &Receiver<Message>, told: &Receiver<Told>, parent: Option<u32>) -> Option<ExitCode> {
        let looks = parent.map_or_else(never, |_| tick(LOOK));
        let mut changed = Instant::now();
        loop {
            while let Ok(message) = messages.try_recv() {
                self.queue(message);
            }
            if let Some(message) = self.waiting.pop_front() {
                changed = Instant::now();
                if let Some(code) = self.take(message) {
                    return Some(code);
                }
                continue;
            }
            let quiet =
                if self.session.dirty.is_empty() { never() } else { after(QUIET.saturating_sub(changed.elapsed())) };
            select! {
                recv(messages) -> message => self.queue(message.ok()?),
                recv(told) -> told => {
                    if let Ok(told) = told {
                        guard(|| self.session.told(told));
                    }
                }
                recv(quiet) -> _ => {
                    guard(|| self.session.tell_problems());
                }
                recv(looks) -> _ => if parent.is_some_and(is_gone) {
                    return None;
                },
            }
        }
    }

    /// Takes a message in. What is called off before it was begun is answered at once.
    fn queue(&mut self, message: Message) {
        if let Message::Notification(notice) = &message
            && notice.method == "$/cancelRequest"
        {
            let id = notice.params.get("id").and_then(|id| serde_json::from_value::<RequestId>(id.clone()).ok());
            let is_it =
                |waiting: &Message| matches!(waiting, Message::Request(request) if Some(&request.id) == id.as_ref());
            if let Some(at) = self.waiting.iter().position(is_it)
                && let Some(Message::Request(request)) = self.waiting.remove(at)
            {
                let called_off = ErrorCode::RequestCanceled as i32;
                self.session.answer(Response::new_err(request.id, called_off, "it was called off".to_owned()));
            }
            return;
        }
        self.waiting.push_back(message);
    }

    /// Does what a message wants; returns the exit code of the last one.
    fn take(&mut self, message: Message) -> Option<ExitCode> {
        match message {
            Message::Request(request) => self.request(request),
            Message::Notification(notice) if notice.method == "exit" => {
                return Some(if self.is_over { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
            Message::Notification(notice) => drop(guard(|| self.session.notice(notice))),
            Message::Response(response) => drop(guard(|| self.session.answered(response))),
        }
        None
    }

    fn request(&mut self, request: Request) {
        let id = request.id.clone();
        if self.is_over {
            let detail = "the server has been shut down".to_owned();
            return self.session.answer(Response::new_err(id, ErrorCode::InvalidRequest as i32, detail));
        }
        if request.method == "shutdown" {
            self.is_over = true;
            return self.session.answer(Response::new_ok(id, Value::Null));
        }
        let method = request.method.clone();
        if guard(|| self.session.request(request)).is_none() {
            let detail = format!("{method} could not be answered: this is a mistake in mp-lsp");
            self.session.answer(Response::new_err(id, ErrorCode::InternalError as i32, detail));
        }
    }
}

/// Runs something; none if it panicked. What goes wrong with one message is no reason to take the editor its server.
fn guard<T>(what: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(what)).ok()
}

/// Whether a process is gone.
fn is_gone(process: u32) -> bool {
    let Some(process) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) else { return false };
    rustix::process::test_kill_process(process) == Err(rustix::io::Errno::SRCH)
}

fn encoding(given: &lsp::InitializeParams) -> Encoding {
    let offered = given.capabilities.general.as_ref().and_then(|general| general.position_encodings.as_deref());
    let known = |one: &lsp::PositionEncodingKind| match one.as_str() {
        "utf-8" => Some(Encoding::Utf8),
        "utf-16" => Some(Encoding::Utf16),
        "utf-32" => Some(Encoding::Utf32),
        _ => None,
    };
    // The client names first what it likes best.
    offered.into_iter().flatten().find_map(known).unwrap_or_default()
}

/// `refreshes` is whether problems can be told to be asked for again: the types have another name for it than the protocol.
fn abilities(given: &lsp::ClientCapabilities, refreshes: bool) -> Abilities {
    let workspace = given.workspace.as_ref();
    let text = given.text_document.as_ref();
    let is = |flag: Option<bool>| flag == Some(true);
    Abilities {
        pulls: refreshes && text.is_some_and(|text| text.diagnostic.is_some()),
        shows: given.window.as_ref().and_then(|window| window.show_document.as_ref()).is_some_and(|show| show.support),
        configures: workspace.is_some_and(|workspace| is(workspace.configuration)),
        watches: workspace
            .and_then(|workspace| workspace.did_change_watched_files)
            .is_some_and(|watched| is(watched.dynamic_registration)),
    }
}

fn folders(given: &lsp::InitializeParams) -> Vec<PathBuf> {
    let named: Vec<String> = match &given.workspace_folders {
        Some(folders) => folders.iter().map(|folder| folder.uri.as_str().to_owned()).collect(),
        #[expect(deprecated, reason = "old clients send nothing else")]
        None => given.root_uri.iter().map(|uri| uri.as_str().to_owned()).collect(),
    };
    named.iter().filter_map(|uri| address::path_of(uri)).collect()
}

fn capabilities(encoding: Encoding, abilities: Abilities) -> Value {
    let name = match encoding {
        Encoding::Utf8 => "utf-8",
        Encoding::Utf16 => "utf-16",
        Encoding::Utf32 => "utf-32",
    };
    let mut all = json!({
        "positionEncoding": name,
        "textDocumentSync": {"openClose": true, "change": 2, "save": {"includeText": false}},
        "completionProvider": {"triggerCharacters": ["\"", "'", "`", "{", "(", ",", " "], "resolveProvider": false},
        "hoverProvider": true,
        "codeActionProvider": {"codeActionKinds": ["quickfix", "source"], "resolveProvider": false},
        "executeCommandProvider": {"commands": commands::NAMES},
        "workspace": {"workspaceFolders": {"supported": true, "changeNotifications": true}},
    });
    if abilities.pulls {
        all["diagnosticProvider"] =
            json!({"identifier": "mixpanel", "interFileDependencies": false, "workspaceDiagnostics": false});
    }
    all
}
