//! The Secret Service of a desktop: gnome-keyring, KWallet, KeePassXC, oo7, over the D-Bus of the session.
//!
//! Secrets go over the bus as they are: it is a socket of this user, whose other programs may ask for the secrets, too.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use mp_proto::ids::AccountName;
use mp_proto::secret::Secret;
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use tracing::debug;
use zbus::fdo;
use zbus::{Connection, DynamicType, Message, OwnedObjectPath, OwnedVariant, Type, Variant};

use super::key::{Key, Kind};
use super::safe::Safe;
use super::trouble::Trouble;

const SERVICE: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
const ON_SERVICE: &str = "org.freedesktop.Secret.Service";
const ON_COLLECTION: &str = "org.freedesktop.Secret.Collection";
const ON_ITEM: &str = "org.freedesktop.Secret.Item";
const ON_PROMPT: &str = "org.freedesktop.Secret.Prompt";
const ON_PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// What tells our items from those of others.
const APPLICATION: &str = "mixpanel-mp";
const SCHEMA: &str = "io.github.mixpanel-mp.Secret";

/// How long one answer may take. A service that is only just started needs a second or two.
const ANSWER: Duration = Duration::from_secs(4);

/// A secret as it travels: session, parameters of a cipher that is not used, value, what it is.
#[derive(Serialize, Deserialize, Type)]
struct Sealed {
    session: OwnedObjectPath,
    parameters: Vec<u8>,
    value: Vec<u8>,
    content_type: String,
}

/// The Secret Service, and where in it.
pub(super) struct SecretService {
    runtime: Runtime,
    /// The address of the bus.
    address: Option<String>,
    /// The storage root.
    root: String,
    open: Option<Open>,
}

/// A connection with a session. Both end with the service.
struct Open {
    bus: Connection,
    session: OwnedObjectPath,
}

type Attributes<'a> = HashMap<&'a str, &'a str>;

/// Returns the address of the session's bus; none where there is none.
pub(super) fn bus_address() -> Option<String> {
    let named = std::env::var("DBUS_SESSION_BUS_ADDRESS").ok().filter(|address| !address.is_empty());
    let runtime = std::env::var("XDG_RUNTIME_DIR").ok().filter(|path| !path.is_empty());
    named.or_else(|| {
        // What a login manager starts has no variables of the session; the socket is there all the same.
        let own = format!("/run/user/{}", rustix::process::getuid().as_raw());
        let sockets = runtime.into_iter().chain([own]).map(|directory| format!("{directory}/bus"));
        sockets.into_iter().find(|socket| Path::new(socket).exists()).map(|socket| format!("unix:path={socket}"))
    })
}

impl SecretService {
    /// Returns the place of a storage root's secrets. Connects when it is used.
    ///
    /// # Errors
    /// When the system refuses what waiting takes.
    pub(super) fn new(root: &Path, address: Option<String>) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, address, root: root.display().to_string(), open: None })
    }

    /// Does something with an open session. A service that was restarted knows nothing of the session before, so it is tried once more.
    fn with<T>(&mut self, work: impl AsyncFn(&Open, &str) -> Result<T, zbus::Error>) -> Result<T, Trouble> {
        let address = self.address.clone();
        let Some(address) = address else {
            return Err(Trouble::Absent("there is no session bus (DBUS_SESSION_BUS_ADDRESS)".to_owned()));
        };
        for attempt in 1.. {
            let (open, root) = (&mut self.open, self.root.as_str());
            let done = self.runtime.block_on(async {
                let work = async {
                    if open.is_none() {
                        *open = Some(Open::new(&address).await?);
                    }
                    match open {
                        Some(open) => work(open, root).await,
                        None => Err(zbus::Error::InvalidReply),
                    }
                };
                tokio::time::timeout(ANSWER, work).await
            });
            let error = match done {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(error)) => error,
                Err(_) => {
                    self.open = None;
                    return Err(Trouble::Silent(ANSWER));
                }
            };
            let trouble = trouble(&error);
            if trouble == Trouble::Locked || attempt == 2 {
                return Err(trouble);
            }
            debug!(%error, "the session with the keyring is made anew");
            self.open = None;
        }
        Err(Trouble::Silent(ANSWER))
    }
}

impl Open {
    async fn new(address: &str) -> zbus::Result<Self> {
        let bus = zbus::connection::Builder::address(address).build().await?;
        let reply = call(&bus, ROOT, ON_SERVICE, "OpenSession", &("plain", Variant::from(""))).await?;
        let (_, session): (OwnedVariant, OwnedObjectPath) = reply.body().deserialize()?;
        Ok(Self { bus, session })
    }

    /// Returns the items with these attributes, first those that are open, then those that are locked.
    async fn find(&self, wanted: &Attributes<'_>) -> zbus::Result<(Vec<OwnedObjectPath>, Vec<OwnedObjectPath>)> {
        call(&self.bus, ROOT, ON_SERVICE, "SearchItems", &(wanted,)).await?.body().deserialize()
    }

    async fn property<T>(&self, path: &str, interface: &str, name: &str) -> zbus::Result<T>
    where
        T: TryFrom<OwnedVariant>,
    {
        let value: OwnedVariant =
            call(&self.bus, path, ON_PROPERTIES, "Get", &(interface, name)).await?.body().deserialize()?;
        T::try_from(value).map_err(|_| zbus::Error::IncorrectType)
    }

    /// Returns the collection that new items go to.
    async fn collection(&self) -> zbus::Result<OwnedObjectPath> {
        let path: OwnedObjectPath =
            call(&self.bus, ROOT, ON_SERVICE, "ReadAlias", &("default",)).await?.body().deserialize()?;
        match path.as_str() {
            "/" => Err(zbus::Error::Failure(NO_COLLECTION.to_owned())),
            _ => Ok(path),
        }
    }

    async fn is_locked(&self, collection: &OwnedObjectPath) -> zbus::Result<bool> {
        self.property(collection.as_str(), ON_COLLECTION, "Locked").await
    }

    async fn secret_of(&self, item: &OwnedObjectPath) -> zbus::Result<Secret> {
        let sealed: Sealed =
            call(&self.bus, item.as_str(), ON_ITEM, "GetSecret", &(&self.session,)).await?.body().deserialize()?;
        let text = String::from_utf8(sealed.value);
        text.map(Secret::new).map_err(|_| zbus::Error::Failure("the item in the keyring is no text".to_owned()))
    }

    /// Returns the newest of several items; some services have made more than one of what should be one.
    async fn newest(&self, items: Vec<OwnedObjectPath>) -> zbus::Result<Option<OwnedObjectPath>> {
        let mut newest = None;
        for item in items {
            let modified: u64 = self.property(item.as_str(), ON_ITEM, "Modified").await.unwrap_or_default();
            if newest.as_ref().is_none_or(|(latest, _)| modified >= *latest) {
                newest = Some((modified, item));
            }
        }
        Ok(newest.map(|(_, item)| item))
    }

    async fn delete(&self, item: &OwnedObjectPath) -> zbus::Result<()> {
        let prompt: OwnedObjectPath =
            call(&self.bus, item.as_str(), ON_ITEM, "Delete", &()).await?.body().deserialize()?;
        self.without_prompt(&prompt).await
    }

    /// Nobody waits for a window here: what needs one counts as locked.
    async fn without_prompt(&self, prompt: &OwnedObjectPath) -> zbus::Result<()> {
        if prompt.as_str() == "/" {
            return Ok(());
        }
        // One that is gone already needs no dismissal.
        let _ = call(&self.bus, prompt.as_str(), ON_PROMPT, "Dismiss", &()).await;
        Err(zbus::Error::Failure(LOCKED.to_owned()))
    }
}

/// How what we find out ourselves is told among the errors of the bus.
const LOCKED: &str = "locked";
const NO_COLLECTION: &str =
    "the keyring has no default collection: it was never set up, or its program keeps it locked";

async fn call<B>(bus: &Connection, path: &str, interface: &str, method: &str, body: &B) -> zbus::Result<Message>
where
    B: Serialize + DynamicType,
{
    bus.call_method(Some(SERVICE), path, Some(interface), method, body).await
}

fn trouble(error: &zbus::Error) -> Trouble {
    match error {
        zbus::Error::Failure(text) if text == LOCKED => Trouble::Locked,
        zbus::Error::MethodError(name, ..) if name.as_str().ends_with(".Secret.Error.IsLocked") => Trouble::Locked,
        zbus::Error::MethodError(name, text, _) if name.as_str().contains(".DBus.Error.Spawn") => {
            Trouble::Absent(format!("the keyring could not be started ({})", text.as_deref().unwrap_or(name.as_str())))
        }
        zbus::Error::FDO(error) => match **error {
            fdo::Error::ServiceUnknown(_) | fdo::Error::NameHasNoOwner(_) => {
                Trouble::Absent(format!("no program on the session bus offers a keyring ({SERVICE})"))
            }
            fdo::Error::NoReply(_) | fdo::Error::TimedOut(_) | fdo::Error::Timeout(_) => Trouble::Silent(ANSWER),
            ref other => Trouble::Other(format!("the keyring says: {other}")),
        },
        zbus::Error::Connection(..)
        | zbus::Error::InputOutput(_)
        | zbus::Error::Address(_)
        | zbus::Error::Handshake(_) => Trouble::Absent(format!("the session bus cannot be reached ({error})")),
        zbus::Error::Failure(text) => Trouble::Other(text.clone()),
        other => Trouble::Other(format!("the keyring says: {other}")),
    }
}

fn attributes<'a>(root: &'a str, key: Option<&'a Key>) -> Attributes<'a> {
    let mut attributes = HashMap::from([("application", APPLICATION), ("root", root)]);
    if let Some(key) = key {
        attributes.extend([("account", key.account.as_str()), ("kind", key.kind.word())]);
    }
    attributes
}

impl Safe for SecretService {
    fn get(&mut self, key: &Key) -> Result<Option<Secret>, Trouble> {
        self.with(async |open, root| {
            let (open_items, locked) = open.find(&attributes(root, Some(key))).await?;
            match open.newest(open_items).await? {
                Some(item) => open.secret_of(&item).await.map(Some),
                None if locked.is_empty() => Ok(None),
                None => Err(zbus::Error::Failure(LOCKED.to_owned())),
            }
        })
        .and_then(|found| match found {
            // A keyring that is locked as a whole may show nothing of what it holds.
            None => self.check().map(|()| None),
            found => Ok(found),
        })
    }

    fn put(&mut self, key: &Key, secret: &Secret) -> Result<(), Trouble> {
        self.with(async |open, root| {
            let collection = open.collection().await?;
            if open.is_locked(&collection).await? {
                return Err(zbus::Error::Failure(LOCKED.to_owned()));
            }
            let mut described = attributes(root, Some(key));
            described.insert("xdg:schema", SCHEMA);
            let properties = HashMap::from([
                ("org.freedesktop.Secret.Item.Label", Variant::from(key.label())),
                ("org.freedesktop.Secret.Item.Attributes", Variant::from(described)),
            ]);
            let sealed = Sealed {
                session: open.session.clone(),
                parameters: Vec::new(),
                value: secret.expose().as_bytes().to_vec(),
                content_type: "text/plain; charset=utf8".to_owned(),
            };
            let reply =
                call(&open.bus, collection.as_str(), ON_COLLECTION, "CreateItem", &(properties, sealed, true)).await?;
            let (made, prompt): (OwnedObjectPath, OwnedObjectPath) = reply.body().deserialize()?;
            open.without_prompt(&prompt).await?;
            // Where replacing made a second one, the first must not come back.
            let (others, _) = open.find(&attributes(root, Some(key))).await?;
            for other in others.iter().filter(|other| **other != made) {
                open.delete(other).await?;
            }
            Ok(())
        })
    }

    fn remove(&mut self, key: &Key) -> Result<bool, Trouble> {
        self.with(async |open, root| {
            let (items, locked) = open.find(&attributes(root, Some(key))).await?;
            for item in &items {
                open.delete(item).await?;
            }
            if locked.is_empty() { Ok(!items.is_empty()) } else { Err(zbus::Error::Failure(LOCKED.to_owned())) }
        })
    }

    fn keys(&mut self) -> Result<Vec<Key>, Trouble> {
        let found = self.with(async |open, root| {
            let (items, locked) = open.find(&attributes(root, None)).await?;
            let mut found = Vec::new();
            for item in items.iter().chain(&locked) {
                found.push(open.property::<HashMap<String, String>>(item.as_str(), ON_ITEM, "Attributes").await?);
            }
            Ok(found)
        })?;
        let key = |attributes: HashMap<String, String>| {
            let account = AccountName::parse(attributes.get("account")?).ok()?;
            Some(Key { account, kind: Kind::of_word(attributes.get("kind")?)? })
        };
        Ok(found.into_iter().filter_map(key).collect())
    }

    fn check(&mut self) -> Result<(), Trouble> {
        self.with(async |open, _| {
            let collection = open.collection().await?;
            if open.is_locked(&collection).await? { Err(zbus::Error::Failure(LOCKED.to_owned())) } else { Ok(()) }
        })
    }

    fn ask_user(&mut self) -> Result<(), Trouble> {
        self.with(async |open, _| {
            let collection = open.collection().await?;
            let reply = call(&open.bus, ROOT, ON_SERVICE, "Unlock", &(vec![collection],)).await?;
            let (_, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) = reply.body().deserialize()?;
            if prompt.as_str() != "/" {
                call(&open.bus, prompt.as_str(), ON_PROMPT, "Prompt", &("",)).await?;
            }
            Ok(())
        })
    }
}
