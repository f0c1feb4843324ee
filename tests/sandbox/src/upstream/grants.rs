//! What the provider knows: clients, codes and grants. Values only; the time is told, and HTTP is not known here.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mp_proto::ids::Region;
use sha2::{Digest, Sha256};

use super::people::UserId;

/// Life of a code. RFC 6749 recommends at most ten minutes; strict providers give one.
pub const CODE_LIFE: Duration = Duration::from_secs(60);

/// What becomes of a refresh token that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// It is spent, and another one is given.
    Always,
    /// The same, but for this time it is still accepted, and yields another good pair.
    Grace(Duration),
    /// It stays good, and the answer repeats it.
    Never,
}

/// How the provider treats tokens.
#[derive(Debug, Clone)]
pub struct Policy {
    /// What becomes of a refresh token that was used.
    pub rotation: Rotation,
    /// Whether a refresh revokes the access tokens given before it.
    pub revoke_access_on_rotation: bool,
    /// Whether a spent refresh token that comes again revokes the whole grant (RFC 9700, 4.14.2).
    pub reuse_kills_family: bool,
    /// Life of an access token, which is what `expires_in` says in seconds.
    pub access_life: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            rotation: Rotation::Always,
            revoke_access_on_rotation: false,
            reuse_kills_family: true,
            access_life: Duration::from_secs(3600),
        }
    }
}

/// Tokens as they are given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
    /// Life of the access token in seconds.
    pub expires_in: u64,
    /// The scope of the client's registration.
    pub scope: String,
}

/// Why a code or a refresh token was not taken. All of them are `invalid_grant` to the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is not, or no longer, good: this may happen to a faultless client.
    Stale(&'static str),
    /// No faultless client sends this.
    Misuse(String),
}

/// A registered client.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) region: Region,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
}

/// What a code was given for.
#[derive(Debug, Clone)]
pub(crate) struct Consented {
    pub(crate) region: Region,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) user: UserId,
}

#[derive(Debug, Clone)]
struct Code {
    text: String,
    issued: Duration,
    consented: Consented,
    /// The grant it was spent for.
    family: Option<usize>,
}

/// All tokens that go back to one consent.
#[derive(Debug, Clone)]
struct Family {
    region: Region,
    client_id: String,
    user: UserId,
    revoked: bool,
    generation: usize,
    access: Vec<Access>,
    refresh: Vec<Refresh>,
}

#[derive(Debug, Clone)]
struct Access {
    token: String,
    ends: Duration,
    revoked: bool,
}

#[derive(Debug, Clone)]
struct Refresh {
    token: String,
    rotated: Option<Duration>,
}

/// The provider's memory. A copy of it is a point to go back to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grants {
    pub(crate) policy: Policy,
    clients: Vec<Client>,
    codes: Vec<Code>,
    families: Vec<Family>,
}

impl Grants {
    pub(crate) fn register(&mut self, region: Region, redirect_uri: &str, scope: &str) -> String {
        let id = format!("client-{region}-{}-{}", self.clients.len() + 1, &random()[..8]);
        let (redirect_uri, scope) = (redirect_uri.to_owned(), scope.to_owned());
        self.clients.push(Client { id: id.clone(), region, redirect_uri, scope });
        id
    }

    pub(crate) fn client(&self, region: Region, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.region == region && client.id == id)
    }

    pub(crate) fn forget(&mut self, region: Region, id: &str) -> bool {
        let before = self.clients.len();
        self.clients.retain(|client| client.region != region || client.id != id);
        self.clients.len() < before
    }

    pub(crate) fn give_code(&mut self, consented: Consented, now: Duration) -> String {
        let text = format!("code-{}-{}", self.codes.len() + 1, random());
        self.codes.push(Code { text: text.clone(), issued: now, consented, family: None });
        text
    }

    /// Spends a code. The second use of one revokes what the first has brought (RFC 6749, 4.1.2).
    pub(crate) fn spend_code(
        &mut self,
        code: &str,
        sender: &Sender<'_>,
        verifier: &str,
        now: Duration,
    ) -> Result<Grant, Refusal> {
        let number = self.codes.iter().position(|known| known.text == code);
        let number = number.ok_or_else(|| Refusal::Misuse("a code that was never given".to_owned()))?;
        let Code { issued, ref consented, family, .. } = self.codes[number];
        if let Some(family) = family {
            self.families[family].revoked = true;
            return Err(Refusal::Misuse("a code was used twice".to_owned()));
        }
        consented.check(sender, verifier)?;
        if now > issued + CODE_LIFE {
            return Err(Refusal::Stale("the code has expired"));
        }
        let (region, user) = (consented.region, consented.user);
        let (family, grant) = self.begin(user, region, sender.client_id, now);
        self.codes[number].family = Some(family);
        Ok(grant)
    }

    /// Begins a grant, as after a consent.
    pub(crate) fn begin(&mut self, user: UserId, region: Region, client_id: &str, now: Duration) -> (usize, Grant) {
        let client_id = client_id.to_owned();
        let (access, refresh) = (Vec::new(), Vec::new());
        self.families.push(Family { region, client_id, user, revoked: false, generation: 0, access, refresh });
        let family = self.families.len() - 1;
        (family, self.give_pair(family, now))
    }

    /// Answers a refresh token with the next tokens.
    pub(crate) fn spend_refresh(&mut self, token: &str, sender: &Sender<'_>, now: Duration) -> Result<Grant, Refusal> {
        let (family, at) = self.find_refresh(token).ok_or(Refusal::Stale("no such refresh token"))?;
        let Family { region, ref client_id, revoked, .. } = self.families[family];
        if region != sender.region || client_id != sender.client_id {
            let (owner, by, here) = (client_id, sender.client_id, sender.region);
            return Err(Refusal::Misuse(format!("a refresh token of {owner} ({region}) sent by {by} ({here})")));
        }
        if revoked {
            return Err(Refusal::Stale("the grant is revoked"));
        }
        if !self.is_good(&self.families[family].refresh[at], now) {
            self.families[family].revoked = self.policy.reuse_kills_family;
            return Err(Refusal::Stale("the refresh token was used before"));
        }
        if self.policy.revoke_access_on_rotation {
            self.families[family].access.iter_mut().for_each(|access| access.revoked = true);
        }
        if self.policy.rotation == Rotation::Never {
            let access_token = self.give_access(family, now);
            return Ok(self.describe(family, access_token, token.to_owned()));
        }
        // A second use within the grace does not prolong it.
        self.families[family].refresh[at].rotated.get_or_insert(now);
        Ok(self.give_pair(family, now))
    }

    fn give_pair(&mut self, family: usize, now: Duration) -> Grant {
        let access_token = self.give_access(family, now);
        let refresh_token = format!("rt-{}-{}-{}", family + 1, self.families[family].generation, random());
        self.families[family].refresh.push(Refresh { token: refresh_token.clone(), rotated: None });
        self.describe(family, access_token, refresh_token)
    }

    fn give_access(&mut self, family: usize, now: Duration) -> String {
        let ends = now + self.policy.access_life;
        let one = &mut self.families[family];
        one.generation += 1;
        let token = format!("at-{}-{}-{}", family + 1, one.generation, random());
        one.access.push(Access { token: token.clone(), ends, revoked: false });
        token
    }

    fn describe(&self, family: usize, access_token: String, refresh_token: String) -> Grant {
        let Family { region, ref client_id, .. } = self.families[family];
        let scope = self.client(region, client_id).map(|client| client.scope.clone()).unwrap_or_default();
        Grant { access_token, refresh_token, expires_in: self.policy.access_life.as_secs(), scope }
    }

    fn find_refresh(&self, token: &str) -> Option<(usize, usize)> {
        let at = |family: &Family| family.refresh.iter().position(|known| known.token == token);
        self.families.iter().enumerate().find_map(|(number, family)| Some((number, at(family)?)))
    }

    /// Returns whether a refresh token is fresh, or spent so recently that it still counts.
    fn is_good(&self, refresh: &Refresh, now: Duration) -> bool {
        match (refresh.rotated, self.policy.rotation) {
            (None, _) => true,
            (Some(rotated), Rotation::Grace(period)) => now <= rotated + period,
            (Some(_), Rotation::Always | Rotation::Never) => false,
        }
    }

    pub(crate) fn is_usable_refresh(&self, token: &str, now: Duration) -> bool {
        self.find_refresh(token).is_some_and(|(family, at)| {
            let family = &self.families[family];
            !family.revoked && self.is_good(&family.refresh[at], now)
        })
    }

    /// Returns region and user of an access token that is valid now.
    pub(crate) fn bearer(&self, token: &str, now: Duration) -> Option<(Region, UserId)> {
        let is_valid = |access: &Access| access.token == token && !access.revoked && now < access.ends;
        let family = self.families.iter().find(|family| !family.revoked && family.access.iter().any(is_valid))?;
        Some((family.region, family.user))
    }

    pub(crate) fn revoke_access(&mut self, token: &str) -> bool {
        let mut all = self.families.iter_mut().flat_map(|family| &mut family.access);
        all.find(|access| access.token == token).map(|access| access.revoked = true).is_some()
    }

    pub(crate) fn revoke_family(&mut self, refresh_token: &str) -> bool {
        let found = self.find_refresh(refresh_token);
        found.map(|(family, _)| self.families[family].revoked = true).is_some()
    }

    pub(crate) fn expire_access(&mut self) {
        self.families.iter_mut().flat_map(|family| &mut family.access).for_each(|access| access.ends = Duration::ZERO);
    }
}

/// Who sends a code or a refresh token, and where.
#[derive(Debug)]
pub(crate) struct Sender<'a> {
    pub(crate) region: Region,
    pub(crate) client_id: &'a str,
    /// Sent with a code only.
    pub(crate) redirect_uri: &'a str,
}

impl Consented {
    fn check(&self, sender: &Sender<'_>, verifier: &str) -> Result<(), Refusal> {
        let problem = if self.region != sender.region || self.client_id != sender.client_id {
            "a code was sent by another client than it was given to"
        } else if self.redirect_uri != sender.redirect_uri {
            "redirect_uri is not the one of the authorization request"
        } else if self.challenge != challenge(verifier) {
            "code_verifier does not match the code_challenge"
        } else {
            return Ok(());
        };
        Err(Refusal::Misuse(problem.to_owned()))
    }
}

/// Returns the S256 challenge of a verifier (RFC 7636, 4.2).
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// Returns 32 hex digits that nobody can guess: the standard library's hash keys come from the system.
pub(crate) fn random() -> String {
    let word = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", word(), word())
}
