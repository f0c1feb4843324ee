//! A bus of a session with a keyring on it, as strict as the Secret Service's specification and no politer than the real ones: it can be
//! locked, silent, or gone, it forgets its sessions when it is restarted, and it tells its user apart from programs by nothing.

mod wire;

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use self::wire::{Call, Value};

const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";
const SESSION: &str = "/org/freedesktop/secrets/session/";
const PROMPT: &str = "/org/freedesktop/secrets/prompt/";
const REMOVAL: &str = "/org/freedesktop/secrets/prompt/removal/";

/// What happens to those who ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// They are answered.
    Open,
    /// It wants its password.
    Locked,
    /// It is locked, and opens as soon as it is told to, as one without a password does.
    Shut,
    /// It wants its password, and does not tell before what it holds.
    Cold,
    /// It is open, and wants to hear from its user for each program that asks, for each item.
    Guarded,
    /// It is open, and wants to hear from its user before it removes something.
    Careful,
    /// It runs, and has no collection that new items could go to.
    Empty,
    /// They wait for ever.
    Silent,
    /// There is a bus, and no keyring on it.
    Gone,
}

/// A secret that is kept.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is found by.
    pub attributes: BTreeMap<String, String>,
    /// What people see of it.
    pub label: String,
    /// The secret.
    pub secret: String,
}

struct State {
    mood: Mood,
    /// Counts restarts; a session belongs to one life.
    life: usize,
    items: BTreeMap<usize, Item>,
    made: usize,
    prompts: usize,
    /// What its user would let go of with the prompt.
    asked_for: Vec<String>,
    calls: Vec<String>,
    connections: Vec<UnixStream>,
}

/// A bus with a keyring. It ends with the process; the socket goes with the directory that it is in.
#[derive(Clone)]
pub struct Keyring {
    state: Arc<Mutex<State>>,
    socket: PathBuf,
}

impl Keyring {
    /// Starts one whose bus is a socket in this directory.
    ///
    /// # Panics
    /// When the socket cannot be made.
    pub fn start(directory: &Path) -> Self {
        let socket = directory.join("bus");
        let listener = UnixListener::bind(&socket).expect("the socket is free");
        let state = State {
            mood: Mood::Open,
            life: 1,
            items: BTreeMap::new(),
            made: 0,
            prompts: 0,
            asked_for: Vec::new(),
            calls: Vec::new(),
            connections: Vec::new(),
        };
        let keyring = Self { state: Arc::new(Mutex::new(state)), socket };
        let serving = keyring.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let one = serving.clone();
                one.state().connections.extend(stream.try_clone());
                // A connection that ends is its client's business.
                thread::spawn(move || drop(one.serve(stream)));
            }
        });
        keyring
    }

    /// Returns the address of the bus.
    pub fn address(&self) -> String {
        format!("unix:path={}", self.socket.display())
    }

    /// Changes what happens to those who ask.
    pub fn set(&self, mood: Mood) {
        self.state().mood = mood;
    }

    /// Ends the keyring and starts it again, with what it keeps, and without the sessions. The bus goes on.
    pub fn restart(&self) {
        self.state().life += 1;
    }

    /// Ends keyring and bus, and starts both again.
    pub fn restart_with_bus(&self) {
        let mut state = self.state();
        state.life += 1;
        state.connections.drain(..).for_each(|stream| drop(stream.shutdown(std::net::Shutdown::Both)));
    }

    /// Returns what it keeps.
    pub fn items(&self) -> Vec<Item> {
        self.state().items.values().cloned().collect()
    }

    /// Returns the secret of an account.
    pub fn secret(&self, account: &str, kind: &str) -> Option<String> {
        let is = |item: &Item| {
            let has = |name: &str, value: &str| item.attributes.get(name).is_some_and(|it| it == value);
            has("account", account) && has("kind", kind)
        };
        self.items().into_iter().find(is).map(|item| item.secret)
    }

    /// Returns how often it was made to ask its user.
    pub fn prompts(&self) -> usize {
        self.state().prompts
    }

    /// Returns the methods that were called.
    pub fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread of the keyring panics")
    }

    fn serve(&self, stream: UnixStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut writer = stream;
        greet(&mut reader, &mut writer)?;
        let mut session = None;
        for serial in 1.. {
            let call = wire::read(&mut reader)?;
            if call.method.is_empty() {
                continue;
            }
            let answer = self.answer(&call, &mut session);
            let bytes = match answer {
                Ok(Some((signature, values))) => wire::answer(call.serial, serial, None, signature, &values),
                Ok(None) => continue,
                Err(error) => wire::answer(call.serial, serial, Some(error), "s", &[Value::Text("refused".to_owned())]),
            };
            writer.write_all(&bytes)?;
        }
        Ok(())
    }

    /// Returns the answer to a call: signature and values, or the name of an error; none where nothing is said.
    fn answer(
        &self,
        call: &Call,
        session: &mut Option<usize>,
    ) -> Result<Option<(&'static str, Vec<Value>)>, &'static str> {
        if call.destination == "org.freedesktop.DBus" {
            let name = Value::Text(":1.7".to_owned());
            return if call.method.ends_with(".Hello") {
                Ok(Some(("s", vec![name])))
            } else {
                Ok(Some(("", Vec::new())))
            };
        }
        let mut state = self.state();
        state.calls.push(call.method.clone());
        match state.mood {
            Mood::Silent => return Ok(None),
            Mood::Gone => return Err("org.freedesktop.DBus.Error.ServiceUnknown"),
            _ if call.destination != "org.freedesktop.secrets" => {
                return Err("org.freedesktop.DBus.Error.ServiceUnknown");
            }
            _ => {}
        }
        if session.is_some_and(|life| life != state.life) {
            *session = None;
        }
        let method = call.method.strip_prefix("org.freedesktop.").unwrap_or(&call.method);
        state.called(method, call, session).map(Some)
    }
}

/// The handshake: only the own user, and only by the mechanism that shows it.
fn greet(reader: &mut BufReader<UnixStream>, writer: &mut UnixStream) -> io::Result<()> {
    let mut zero = [1];
    reader.read_exact(&mut zero)?;
    if zero != [0] {
        return Err(io::ErrorKind::InvalidData.into());
    }
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end().split(' ').collect::<Vec<_>>()[..] {
            ["AUTH", "EXTERNAL", ..] => writer.write_all(b"OK 0123456789abcdef0123456789abcdef\r\n")?,
            ["NEGOTIATE_UNIX_FD"] => writer.write_all(b"AGREE_UNIX_FD\r\n")?,
            ["BEGIN"] => return Ok(()),
            _ => writer.write_all(b"ERROR\r\n")?,
        }
    }
}

const LOCKED: &str = "org.freedesktop.Secret.Error.IsLocked";
const NO_SESSION: &str = "org.freedesktop.Secret.Error.NoSession";
const NO_OBJECT: &str = "org.freedesktop.Secret.Error.NoSuchObject";
const NO_METHOD: &str = "org.freedesktop.DBus.Error.UnknownMethod";

type Answered = Result<(&'static str, Vec<Value>), &'static str>;

impl State {
    fn is_locked(&self) -> bool {
        matches!(self.mood, Mood::Locked | Mood::Cold | Mood::Shut)
    }

    fn hides_items(&self) -> bool {
        self.is_locked() || self.mood == Mood::Guarded
    }

    /// It is told to open. Returns whether it needs no prompt for that.
    fn unlocks(&mut self, wanted: &Value) -> bool {
        self.asked_for = wanted.elements().iter().map(|path| path.text().to_owned()).collect();
        if self.mood == Mood::Shut {
            self.mood = Mood::Open;
        }
        !self.hides_items() || (!self.is_locked() && self.asked_for.iter().all(|path| path == COLLECTION))
    }

    /// Its user agrees with a prompt: to remove an item, or to show items; never to open a locked keyring.
    fn agreed(&mut self, prompt: &str) {
        let shown = std::mem::take(&mut self.asked_for);
        if let Some(number) = prompt.strip_prefix(REMOVAL).and_then(|number| number.parse().ok()) {
            self.items.remove(&number);
        } else if self.mood == Mood::Guarded && self.items.keys().all(|number| shown.contains(&item_path(*number))) {
            self.mood = Mood::Open;
        }
    }

    fn called(&mut self, method: &str, call: &Call, session: &mut Option<usize>) -> Answered {
        let arguments = &call.arguments;
        let path = |path: &str| Value::Path(path.to_owned());
        let no_prompt = || path("/");
        match (method, call.signature.as_str()) {
            ("Secret.Service.OpenSession", "sv") if arguments[0].text() == "plain" => {
                *session = Some(self.life);
                let output = Value::Variant(Box::new(("s".to_owned(), Value::Text(String::new()))));
                Ok(("vo", vec![output, path(&format!("{SESSION}{}", self.life))]))
            }
            ("Secret.Service.ReadAlias", "s") => {
                let is_there = arguments[0].text() == "default" && self.mood != Mood::Empty;
                Ok(("o", vec![path(if is_there { COLLECTION } else { "/" })]))
            }
            ("Secret.Service.SearchItems", "a{ss}") => {
                let found = self.found(&arguments[0]);
                let (open, locked) = match self.mood {
                    Mood::Cold | Mood::Empty => (Vec::new(), Vec::new()),
                    _ if self.hides_items() => (Vec::new(), found),
                    _ => (found, Vec::new()),
                };
                Ok(("aoao", vec![paths(open), paths(locked)]))
            }
            ("Secret.Service.Unlock", "ao") => {
                let prompt = if self.unlocks(&arguments[0]) { no_prompt() } else { path(&format!("{PROMPT}1")) };
                Ok(("aoo", vec![paths(Vec::new()), prompt]))
            }
            ("Secret.Prompt.Prompt", "s") => {
                self.prompts += 1;
                self.agreed(&call.path);
                Ok(("", Vec::new()))
            }
            ("DBus.Properties.Get", "ss") => self.property(&call.path, arguments[1].text()),
            ("Secret.Collection.CreateItem", "a{sv}(oayays)b") => {
                self.create(&call.path, arguments, *session).map(|made| ("oo", vec![path(&made), no_prompt()]))
            }
            ("Secret.Item.GetSecret", "o") => {
                let item = self.item(&call.path)?.1.secret.clone();
                self.check(arguments[0].text(), *session)?;
                let bytes = item.bytes().map(Value::Byte).collect();
                let of_bytes = |bytes| Value::Array("y".to_owned(), bytes);
                let kind = Value::Text("text/plain".to_owned());
                Ok((
                    "(oayays)",
                    vec![Value::Fields(vec![arguments[0].clone(), of_bytes(Vec::new()), of_bytes(bytes), kind])],
                ))
            }
            ("Secret.Item.Delete", "") => {
                let number = self.item(&call.path)?.0;
                if self.mood == Mood::Careful {
                    return Ok(("o", vec![path(&format!("{REMOVAL}{number}"))]));
                }
                self.items.remove(&number);
                Ok(("o", vec![no_prompt()]))
            }
            _ => Err(NO_METHOD),
        }
    }

    fn found(&self, wanted: &Value) -> Vec<usize> {
        let has = |item: &Item, entry: &Value| {
            let [name, value] = entry.elements() else { return false };
            item.attributes.get(name.text()).is_some_and(|it| it == value.text())
        };
        let fits = |item: &Item| wanted.elements().iter().all(|entry| has(item, entry));
        self.items.iter().filter(|(_, item)| fits(item)).map(|(number, _)| *number).collect()
    }

    fn item(&self, path: &str) -> Result<(usize, &Item), &'static str> {
        let number = path.strip_prefix(COLLECTION).and_then(|rest| rest.strip_prefix('/')?.parse().ok());
        let found = number.and_then(|number| Some((number, self.items.get(&number)?))).ok_or(NO_OBJECT)?;
        if self.hides_items() { Err(LOCKED) } else { Ok(found) }
    }

    /// A session is good for the connection that has opened it, in the life of the keyring in which it did.
    fn check(&self, path: &str, session: Option<usize>) -> Result<(), &'static str> {
        let is_good = session == Some(self.life) && path == format!("{SESSION}{}", self.life);
        if is_good { Ok(()) } else { Err(NO_SESSION) }
    }

    fn property(&self, path: &str, name: &str) -> Answered {
        let variant = |signature: &str, value| Ok(("v", vec![Value::Variant(Box::new((signature.to_owned(), value)))]));
        if path == COLLECTION && name == "Locked" {
            return variant("b", Value::Bool(self.is_locked()));
        }
        let number =
            path.strip_prefix(COLLECTION).and_then(|rest| rest.strip_prefix('/')?.parse().ok()).ok_or(NO_OBJECT)?;
        let item = self.items.get(&number).ok_or(NO_OBJECT)?;
        match name {
            "Modified" => variant("t", Value::U64(number as u64)),
            "Attributes" => {
                let entry = |(name, value): (&String, &String)| {
                    Value::Fields(vec![Value::Text(name.clone()), Value::Text(value.clone())])
                };
                variant("a{ss}", Value::Array("{ss}".to_owned(), item.attributes.iter().map(entry).collect()))
            }
            _ => Err(NO_METHOD),
        }
    }

    fn create(&mut self, path: &str, arguments: &[Value], session: Option<usize>) -> Result<String, &'static str> {
        if path != COLLECTION {
            return Err(NO_OBJECT);
        }
        if self.is_locked() {
            return Err(LOCKED);
        }
        let [properties, sealed, replace] = arguments else { return Err(NO_METHOD) };
        self.check(sealed.elements()[0].text(), session)?;
        let wanted = properties.get("org.freedesktop.Secret.Item.Attributes").ok_or(NO_METHOD)?;
        let pairs = wanted.elements().iter().map(|entry| entry.elements());
        let attributes = pairs.map(|pair| (pair[0].text().to_owned(), pair[1].text().to_owned())).collect();
        let label = properties.get("org.freedesktop.Secret.Item.Label").map_or("", Value::text).to_owned();
        let secret = String::from_utf8(sealed.elements()[2].bytes()).map_err(|_| NO_METHOD)?;
        let before = self.found(wanted).first().copied().filter(|_| *replace == Value::Bool(true));
        self.made += 1;
        let number = before.unwrap_or(self.made);
        self.items.insert(number, Item { attributes, label, secret });
        Ok(item_path(number))
    }
}

fn item_path(number: usize) -> String {
    format!("{COLLECTION}/{number}")
}

fn paths(numbers: Vec<usize>) -> Value {
    let path = |number: usize| Value::Path(item_path(number));
    Value::Array("o".to_owned(), numbers.into_iter().map(path).collect())
}
