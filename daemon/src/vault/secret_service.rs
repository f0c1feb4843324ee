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
use super::line;
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
    /// Says where the bus may be. It is asked anew for each connection: a daemon may be older than the session of its user.
    addresses: fn() -> Vec<String>,
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

impl SecretService {
    /// Returns the place of a storage root's secrets. Connects when it is used.
    ///
    /// # Errors
    /// When the system refuses what waiting takes.
    pub(super) fn new(root: &Path, addresses: fn() -> Vec<String>) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, addresses, root: root.display().to_string(), open: None })
    }

    /// Does something with an open session. A service that was restarted knows nothing of the session before, and one that is locked may
    /// need no more than to be told to open: in both cases it is tried once more.
    fn with<T>(&mut self, work: impl AsyncFn(&Open, &str) -> Result<T, zbus::Error>) -> Result<T, Trouble> {
        let (mut is_old, mut is_shut) = (self.open.is_some(), true);
        loop {
            let error = match self.attempt(&work)? {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let found = trouble(&error);
            if found == Trouble::Locked && std::mem::take(&mut is_shut) && self.opens()? {
                continue;
            }
            if found == Trouble::Locked || !std::mem::take(&mut is_old) {
                return Err(found);
            }
            debug!(%error, "the session with the keyring is made anew");
            self.open = None;
        }
    }

    /// Tells it to open. Returns whether it does without its user: one without a password, or whose wallet is open already.
    fn opens(&mut self) -> Result<bool, Trouble> {
        let told = self.attempt(&async |open: &Open, root: &str| {
            let prompt = open.unlock(root).await?;
            open.without_prompt(&prompt).await
        });
        Ok(told?.is_ok())
    }

    /// Tries it once, in the session that is open, or in a new one.
    fn attempt<T>(
        &mut self,
        work: &impl AsyncFn(&Open, &str) -> Result<T, zbus::Error>,
    ) -> Result<Result<T, zbus::Error>, Trouble> {
        let (opened, addresses, root) = (self.open.take(), self.addresses, self.root.as_str());
        let tried = self.runtime.block_on(async {
            let work = async {
                let open = match opened {
                    Some(open) => open,
                    None => Open::new(&addresses()).await?,
                };
                let done = work(&open, root).await;
                Ok((open, done))
            };
            tokio::time::timeout(ANSWER, work).await
        });
        match tried {
            Ok(Ok((open, done))) => {
                self.open = Some(open);
                Ok(done)
            }
            Ok(Err(trouble)) => Err(trouble),
            // What was open has gone with the time.
            Err(_) => Err(Trouble::Silent(ANSWER)),
        }
    }
}

impl Open {
    /// Opens a session on the first bus that there is.
    async fn new(addresses: &[String]) -> Result<Self, Trouble> {
        let mut failed = Trouble::Absent("there is no session bus (DBUS_SESSION_BUS_ADDRESS)".to_owned());
        for address in addresses {
            match zbus::connection::Builder::address(address.as_str()).build().await {
                Ok(bus) => return Self::on(bus).await.map_err(|error| trouble(&error)),
                Err(error) => failed = Trouble::Absent(format!("the session bus cannot be reached ({error})")),
            }
        }
        Err(failed)
    }

    async fn on(bus: Connection) -> zbus::Result<Self> {
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
        line::secret(sealed.value)
            .ok_or_else(|| zbus::Error::Failure("the item in the keyring is no text of ours".to_owned()))
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

    /// Tells it to open the collection, and all of our items that it guards one by one. Returns the prompt that this needs.
    async fn unlock(&self, root: &str) -> zbus::Result<OwnedObjectPath> {
        let (_, mut locked) = self.find(&attributes(root, None)).await?;
        locked.push(self.collection().await?);
        let reply = call(&self.bus, ROOT, ON_SERVICE, "Unlock", &(locked,)).await?;
        let (_, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) = reply.body().deserialize()?;
        Ok(prompt)
    }

    /// Removes an item. A keyring that wants to hear that from its user asks, and nobody waits for it.
    async fn delete(&self, item: &OwnedObjectPath) -> zbus::Result<()> {
        let prompt: OwnedObjectPath =
            call(&self.bus, item.as_str(), ON_ITEM, "Delete", &()).await?.body().deserialize()?;
        if self.prompt(&prompt).await? { Err(zbus::Error::Failure(ASKS.to_owned())) } else { Ok(()) }
    }

    /// Has the window opened that a call needs. Returns whether it needs one.
    async fn prompt(&self, prompt: &OwnedObjectPath) -> zbus::Result<bool> {
        if prompt.as_str() == "/" {
            return Ok(false);
        }
        call(&self.bus, prompt.as_str(), ON_PROMPT, "Prompt", &("",)).await?;
        Ok(true)
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
const ASKS: &str = "the keyring asks you first whether an item may be removed: answer it, and run this again";
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
                value: line::kept(secret).expose().as_bytes().to_vec(),
                content_type: "text/plain; charset=utf8".to_owned(),
            };
            let reply =
                call(&open.bus, collection.as_str(), ON_COLLECTION, "CreateItem", &(properties, sealed, true)).await?;
            let (made, prompt): (OwnedObjectPath, OwnedObjectPath) = reply.body().deserialize()?;
            open.without_prompt(&prompt).await?;
            // Where replacing made a second one, the first must not come back. Until it is gone, the newest counts.
            let (others, _) = open.find(&attributes(root, Some(key))).await?;
            for other in others.iter().filter(|other| **other != made) {
                if let Err(error) = open.delete(other).await {
                    debug!(%error, account = %key.account, "an older item of the same secret is still in the keyring");
                }
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
        self.with(async |open, root| {
            let collection = open.collection().await?;
            // Some keep items locked, each from each program, in a collection that is open.
            let (_, locked) = open.find(&attributes(root, None)).await?;
            let is_locked = !locked.is_empty() || open.is_locked(&collection).await?;
            if is_locked { Err(zbus::Error::Failure(LOCKED.to_owned())) } else { Ok(()) }
        })
    }

    fn ask_user(&mut self) -> Result<(), Trouble> {
        self.with(async |open, root| {
            let prompt = open.unlock(root).await?;
            open.prompt(&prompt).await.map(drop)
        })
    }
}
