//! `mp lsp`, message by message, as an editor sends them.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use mp_sandbox::home::Home;
use serde_json::{Value, json};

use crate::SOON;
use crate::grants::World;

/// An editor with a server.
struct Editor {
    server: Child,
    stdin: ChildStdin,
    messages: Receiver<Value>,
    /// What has come and was not asked for.
    told: Vec<Value>,
    asked: i64,
    root: String,
}

impl Editor {
    /// Starts a server by `mp lsp`.
    fn start(home: &Home, capabilities: &Value) -> Self {
        let mut command = home.command(&home.programs().mp);
        command.arg("lsp");
        Self::run(command, home, capabilities, Value::Null)
    }

    fn run(mut command: Command, home: &Home, capabilities: &Value, settings: Value) -> Self {
        fs::create_dir_all(home.at("code/.git")).expect("writable");
        command.current_dir(home.at("code")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut server = command.spawn().expect("it starts");
        let stdin = server.stdin.take().expect("piped");
        let stdout = server.stdout.take().expect("piped");
        let (sender, messages) = channel();
        std::thread::spawn(move || read(BufReader::new(stdout), |message| sender.send(message).is_ok()));
        let root = format!("file://{}", home.at("code").display());
        let mut editor = Self { server, stdin, messages, told: Vec::new(), asked: 0, root };
        let hello = json!({"processId": std::process::id(), "rootUri": editor.root, "capabilities": capabilities, "initializationOptions": settings});
        let answer = editor.ask("initialize", &hello);
        assert_eq!(answer["serverInfo"]["name"], "mixpanel", "{answer}");
        editor.note("initialized", &json!({}));
        editor
    }

    fn uri(&self, file: &str) -> String {
        format!("{}/{file}", self.root)
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.stdin, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("it reads");
        self.stdin.flush().expect("it reads");
    }

    fn note(&mut self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn begin(&mut self, method: &str, params: &Value) -> i64 {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    #[track_caller]
    fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.begin(method, params);
        let answer = self.until(|message| message.get("method").is_none() && message["id"] == id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Waits for a message; what comes before it stays to be found.
    #[track_caller]
    fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.told.iter().position(&is_it) {
            return self.told.remove(at);
        }
        let end = Instant::now() + SOON;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(left);
            let message = message.unwrap_or_else(|error| panic!("{error}: {:#?}", self.told));
            if is_it(&message) {
                return message;
            }
            self.told.push(message);
        }
    }

    fn open(&mut self, file: &str, language: &str, text: &str) {
        let document = json!({"uri": self.uri(file), "languageId": language, "version": 1, "text": text});
        self.note("textDocument/didOpen", &json!({"textDocument": document}));
    }

    /// Waits for problems of a document that are as wanted.
    #[track_caller]
    fn problems(&mut self, file: &str, is_it: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let uri = self.uri(file);
        let message = self.until(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri.as_str()
                && message["params"]["diagnostics"].as_array().is_some_and(|all| is_it(all))
        });
        message["params"]["diagnostics"].as_array().cloned().unwrap_or_default()
    }

    fn at(&self, file: &str, line: u32, character: u32) -> Value {
        json!({"textDocument": {"uri": self.uri(file)}, "position": {"line": line, "character": character}})
    }

    #[track_caller]
    fn labels(&mut self, file: &str, line: u32, character: u32) -> Vec<String> {
        let place = self.at(file, line, character);
        let answer = self.ask("textDocument/completion", &place);
        let items = answer["items"].as_array().into_iter().flatten();
        items.map(|item| item["label"].as_str().unwrap_or_default().to_owned()).collect()
    }

    #[track_caller]
    fn end(mut self) {
        assert_eq!(self.ask("shutdown", &Value::Null), Value::Null);
        self.note("exit", &Value::Null);
        assert_eq!(self.server.wait().expect("it ends").code(), Some(0));
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn read(mut from: impl BufRead, mut take: impl FnMut(Value) -> bool) {
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            match from.read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) if line.trim().is_empty() => break,
                Ok(_) => {
                    length = line
                        .trim()
                        .strip_prefix("Content-Length: ")
                        .map_or(length, |text| text.parse().expect("a number"))
                }
            }
        }
        let mut body = vec![0; length];
        if from.read_exact(&mut body).is_err() || !take(serde_json::from_slice(&body).expect("JSON")) {
            return;
        }
    }
}

const CODE: &str = "import mixpanel from 'mixpanel-browser';\nmixpanel.track('Sign Upp', { plan: 5 });\nmixpanel.track('', {});\nmixpanel.track('Sign Up', { plan: '' });\n";

#[test]
fn an_editor_is_helped_with_events_properties_and_values() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut editor = Editor::start(&world.home, &json!({}));
    editor.open("a.js", "javascript", CODE);
    let problems = editor.problems("a.js", |all| !all.is_empty());
    assert_eq!(problems.len(), 1);
    assert_eq!((&problems[0]["code"], &problems[0]["source"]), (&json!("unknown-event"), &json!("mixpanel")));
    assert!(problems[0]["message"].as_str().is_some_and(|text| text.ends_with("did you mean 'Sign Up'?")));
    assert_eq!(
        editor.labels("a.js", 2, 16),
        ["App Open", "Log In", "Page View", "Purchase", "Sign Up", "sign_in_failed"]
    );
    assert!(editor.labels("a.js", 3, 28).contains(&"plan".to_owned()));
    let place = editor.at("a.js", 3, 35);
    let end = Instant::now() + SOON;
    let values = loop {
        let answer = editor.ask("textDocument/completion", &place);
        if answer["isIncomplete"] == false || Instant::now() > end {
            break answer;
        }
        // The editor asks again when somebody types on.
        let _ = editor.messages.recv_timeout(Duration::from_millis(100)).map(|message| editor.told.push(message));
    };
    assert_eq!(values["items"][0]["textEdit"]["newText"], "enterprise", "{values}");
    let place = editor.at("a.js", 3, 18);
    let hover = editor.ask("textDocument/hover", &place)["contents"]["value"].clone();
    assert!(
        hover
            .as_str()
            .is_some_and(|text| text.contains("Sent when Sign Up happens") && text.contains("Open in Mixpanel")),
        "{hover}"
    );
    let asked = world.upstream.requests().len();
    for _ in 0..20 {
        editor.labels("a.js", 2, 16);
        editor.ask("textDocument/completion", &place);
    }
    assert_eq!(world.upstream.requests().len(), asked, "a key press asks nobody");
    editor.end();
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
}

#[test]
fn a_problem_can_be_mended_ignored_or_entered() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut editor = Editor::start(&world.home, &json!({"window": {"showDocument": {"support": true}}}));
    editor.open("src/a.js", "javascript", CODE);
    editor.problems("src/a.js", |all| !all.is_empty());
    let uri = editor.uri("src/a.js");
    let range = json!({"start": {"line": 1, "character": 18}, "end": {"line": 1, "character": 18}});
    let asked = json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []}});
    let actions = editor.ask("textDocument/codeAction", &asked);
    let titles: Vec<&str> =
        actions.as_array().expect("a list").iter().filter_map(|one| one["title"].as_str()).collect();
    let expected =
        ["Change to 'Sign Up'", "Create the lexicon entry 'Sign Upp'", "Ignore the event 'Sign Upp' in .mixpanel.toml"];
    assert_eq!(titles, expected);
    assert_eq!(actions[0]["edit"]["changes"][&uri][0]["newText"], "Sign Up");
    let run =
        |action: &Value| json!({"command": action["command"]["command"], "arguments": action["command"]["arguments"]});
    editor.ask("workspace/executeCommand", &run(&actions[2]));
    let edit = editor.until(|message| message["method"] == "workspace/applyEdit");
    let changes = &edit["params"]["edit"]["documentChanges"];
    assert_eq!(changes[0]["uri"], editor.uri(".mixpanel.toml"), "at the root of the repository");
    assert_eq!(changes[1]["edits"][0]["newText"], "[ignore]\nevents = [\"Sign Upp\"]\n");
    editor.ask("workspace/executeCommand", &run(&actions[1]));
    let question = editor.until(|message| message["method"] == "window/showMessageRequest");
    assert!(
        question["params"]["message"].as_str().is_some_and(|text| text.contains("Sign Upp") && text.contains("ada"))
    );
    world.upstream.on("POST", "/us/app/projects/3187654/schemas/event/Sign%20Upp", |_| {
        mp_sandbox::upstream::reply::Reply::json(200, &json!({"status": "ok", "results": {}}))
    });
    editor.send(&json!({"jsonrpc": "2.0", "id": question["id"], "result": {"title": "Create"}}));
    let told = editor.until(|message| message["method"] == "window/showMessage");
    assert_eq!(told["params"]["message"], "The lexicon has an entry for 'Sign Upp' now.");
    let open = json!({"command": "mixpanel.openEvent", "arguments": [{"uri": uri, "event": "Sign Up"}]});
    editor.ask("workspace/executeCommand", &open);
    let shown = editor.until(|message| message["method"] == "window/showDocument");
    assert!(
        shown["params"]["uri"].as_str().is_some_and(|link| link.starts_with("https://mixpanel.com/project/3187654/")),
        "{shown}"
    );
    editor.end();
}

#[test]
fn what_is_typed_is_followed_in_the_encoding_of_the_client() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let capabilities = json!({"general": {"positionEncodings": ["utf-8", "utf-16"]}});
    let mut editor = Editor::start(&world.home, &capabilities);
    editor.open(
        "a.py",
        "python",
        "from mixpanel import Mixpanel\nmp = Mixpanel('t')\nmp.track('ä\u{1f600}', 'Sign Up')\n",
    );
    editor.problems("a.py", <[Value]>::is_empty);
    let uri = editor.uri("a.py");
    // In bytes: the two characters before it have six.
    let range = json!({"start": {"line": 2, "character": 20}, "end": {"line": 2, "character": 27}});
    let change =
        json!({"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"range": range, "text": "Sing Up"}]});
    editor.note("textDocument/didChange", &change);
    let problems = editor.problems("a.py", |all| !all.is_empty());
    assert_eq!(problems[0]["range"], range);
    assert!(editor.labels("a.py", 2, 24).contains(&"Sign Up".to_owned()) || !editor.labels("a.py", 2, 21).is_empty());
    editor.end();
}

#[test]
fn a_client_that_asks_for_problems_gets_them_and_is_told_to_ask_again() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let capabilities =
        json!({"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": true}}});
    let mut editor = Editor::start(&world.home, &capabilities);
    editor.open("a.js", "javascript", CODE);
    let asked = json!({"textDocument": {"uri": editor.uri("a.js")}});
    let end = Instant::now() + SOON;
    loop {
        let answer = editor.ask("textDocument/diagnostic", &asked);
        assert_eq!(answer["kind"], "full");
        if answer["items"].as_array().is_some_and(|all| all.len() == 1) {
            break;
        }
        assert!(Instant::now() < end, "{answer}");
        editor.until(|message| message["method"] == "workspace/diagnostic/refresh");
    }
    assert!(!editor.told.iter().any(|message| message["method"] == "textDocument/publishDiagnostics"));
    editor.end();
}

#[test]
fn settings_and_a_projects_file_count_and_mistakes_in_it_are_shown_there() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut editor = Editor::start(&world.home, &json!({}));
    editor.open(".mixpanel.toml", "toml", "wrappers = [\"send\"]\ncolour = 1\n");
    let problems = editor.problems(".mixpanel.toml", |all| !all.is_empty());
    assert_eq!(problems[0]["range"]["start"], json!({"line": 1, "character": 0}));
    editor.open("a.ts", "typescript", "send('Nope');\n");
    editor.problems("a.ts", |all| all.len() == 1 && all[0]["severity"] == 1);
    let settings = json!({"settings": {"mixpanel": {"severity": {"unknown-event": "hint"}}}});
    editor.note("workspace/didChangeConfiguration", &settings);
    editor.problems("a.ts", |all| all.len() == 1 && all[0]["severity"] == 4);
    let labels = editor.labels(".mixpanel.toml", 1, 0);
    assert!(labels.contains(&"severity".to_owned()), "{labels:?}");
    editor.end();
}

#[test]
fn the_config_is_judged_by_the_daemon_and_no_secret_is_told() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut editor = Editor::start(&world.home, &json!({}));
    let uri = format!("file://{}", world.home.config().display());
    let text = "[accounts.a]\ntype = \"service_account\"\nregion = \"mars\"\nusername = \"u\"\nsecret = \"hunter2\"\n";
    let document = json!({"uri": uri, "languageId": "toml", "version": 1, "text": text});
    editor.note("textDocument/didOpen", &json!({"textDocument": document}));
    let told = editor.until(|message| {
        message["params"]["uri"] == uri.as_str()
            && message["params"]["diagnostics"].as_array().is_some_and(|all| !all.is_empty())
    });
    let problem = &told["params"]["diagnostics"][0];
    assert_eq!(problem["message"], "region is \"mars\": expected one of us, eu, in");
    assert_eq!(problem["range"]["start"], json!({"line": 2, "character": 9}));
    let hover = editor
        .ask("textDocument/hover", &json!({"textDocument": {"uri": uri}, "position": {"line": 4, "character": 2}}));
    assert!(hover["contents"]["value"].as_str().is_some_and(|text| text.contains("The secret of the service account")));
    let on_value = editor
        .ask("textDocument/hover", &json!({"textDocument": {"uri": uri}, "position": {"line": 4, "character": 12}}));
    assert_eq!(on_value, Value::Null);
    assert!(!editor.told.iter().any(|message| message.to_string().contains("hunter2")));
    editor.end();
}

#[test]
fn without_a_daemon_it_is_quiet_and_uses_what_was_kept() {
    let world = World::with_grant(3600);
    {
        let _daemon = world.start();
        let mut editor = Editor::start(&world.home, &json!({}));
        editor.open("a.js", "javascript", CODE);
        editor.problems("a.js", |all| !all.is_empty());
        editor.end();
    }
    let mut command = world.home.command(&world.home.programs().mp);
    command.args(["--no-autostart", "lsp", "--stdio"]);
    let mut editor = Editor::run(command, &world.home, &json!({}), Value::Null);
    editor.open("a.js", "javascript", CODE);
    editor.problems("a.js", |all| !all.is_empty());
    assert_eq!(editor.labels("a.js", 2, 16).len(), 6);
    let status = editor.until(|message| message["method"] == "mixpanel/status" && message["params"]["state"] == "kept");
    assert!(status["params"]["message"].as_str().is_some_and(|text| !text.is_empty()));
    for number in 0..10 {
        editor.open(&format!("b{number}.js"), "javascript", CODE);
        editor.problems(&format!("b{number}.js"), |all| !all.is_empty());
    }
    assert!(
        editor.told.iter().filter(|message| message["method"] == "window/logMessage").count() <= 1,
        "{:#?}",
        editor.told
    );
    assert!(!editor.told.iter().any(|message| message["method"] == "window/showMessage"));
    editor.end();
}

#[test]
fn odd_messages_end_nothing_and_an_end_without_a_word_is_one() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut editor = Editor::start(&world.home, &json!({}));
    editor.note(
        "textDocument/didChange",
        &json!({"textDocument": {"uri": "file:///nowhere.js", "version": 9}, "contentChanges": [{"text": "x"}]}),
    );
    editor.note("textDocument/didOpen", &json!({"nonsense": true}));
    editor.note("$/setTrace", &json!({"value": "off"}));
    let id = editor.begin("textDocument/nothing", &json!({}));
    assert_eq!(editor.until(|message| message["id"] == id)["error"]["code"], -32601);
    let id = editor.begin("textDocument/hover", &json!({"position": 5}));
    assert_eq!(editor.until(|message| message["id"] == id)["error"]["code"], -32602);
    let id = editor.begin("workspace/executeCommand", &json!({"command": "rm", "arguments": []}));
    assert!(editor.until(|message| message["id"] == id)["error"]["message"].as_str().is_some());
    editor.open("a.js", "javascript", "mixpanel.track('");
    assert_eq!(
        editor.ask(
            "textDocument/hover",
            &json!({"textDocument": {"uri": "untitled:x"}, "position": {"line": 9, "character": 9}})
        ),
        Value::Null
    );
    editor.note("exit", &Value::Null);
    assert_eq!(editor.server.wait().expect("it ends").code(), Some(1), "nobody has announced it");
}

#[test]
fn another_account_or_project_is_followed_at_once() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let mut editor = Editor::start(&world.home, &json!({}));
    editor.open("a.js", "javascript", CODE);
    let project = |id: &'static str| {
        move |message: &Value| message["method"] == "mixpanel/status" && message["params"]["project"] == id
    };
    editor.until(project("3187654"));
    world.home.mp(["project", "use", "3187655"]).ok();
    editor.until(project("3187655"));
    editor.end();
}
