//! Grants under load, beside rivals, and through crashes: the real daemon against a strict provider.

mod calls;
mod crashes;
mod losses;
mod rivals;

use std::process::Command;
use std::time::Duration;

use mp_proto::ids::Region;
use mp_sandbox::home::{Daemon, Home};
use mp_sandbox::upstream::{ADA, Grant, Upstream};
use mp_sandbox::wire::{Answer, Ask};
use serde_json::{Value, json};

pub(crate) const TOKEN: &str = "/us/oauth/token/";
pub(crate) const FILE: &str = ".mp/accounts/ada/tokens.json";
const CONFIG: &str = r#"[accounts.ada]
type = "oauth_browser"
region = "us"
default_project = "3187654"

[active]
account = "ada"
"#;

/// A home with one browser account that is logged in, and the provider that it is logged in at.
pub(crate) struct World {
    pub(crate) home: Home,
    pub(crate) upstream: Upstream,
    client_id: String,
}

impl World {
    /// Returns a world whose access token ends in so many seconds.
    pub(crate) fn with_grant(seconds: i64) -> Self {
        Self::with_grant_in(crate::empty(), seconds)
    }

    /// The same, in a home that was prepared for it.
    fn with_grant_in(mut home: Home, seconds: i64) -> Self {
        let upstream = Upstream::start();
        home.set("MPD_UPSTREAM", &upstream.url());
        let redirect_uri = "http://localhost:19284/callback";
        let client_id = upstream.register_client(Region::Us, redirect_uri);
        home.write(".mp/config.toml", CONFIG);
        let registration = json!({
            "client_id": client_id, "region": "us", "redirect_uri": redirect_uri, "scope": "projects",
            "created_at": "2026-11-22T18:38:01Z",
        });
        home.write(".mp/oauth/client_us.json", &registration.to_string());
        let world = Self { home, upstream, client_id };
        world.put(&world.mint(), seconds);
        world
    }

    pub(crate) fn mint(&self) -> Grant {
        self.upstream.mint(ADA, Region::Us, &self.client_id)
    }

    /// Writes a grant as the Python tool does.
    pub(crate) fn put(&self, grant: &Grant, seconds: i64) {
        self.home.replace(FILE, &tokens(&grant.access_token, &grant.refresh_token, seconds));
    }

    pub(crate) fn start(&self) -> Daemon {
        self.start_with(|mpd| mpd)
    }

    pub(crate) fn start_with(&self, prepare: impl FnOnce(&mut Command) -> &mut Command) -> Daemon {
        self.home.start_with(|mpd| prepare(mpd))
    }

    pub(crate) fn posts(&self) -> usize {
        self.upstream.count("POST", TOKEN)
    }

    /// Returns the file as JSON.
    pub(crate) fn on_disk(&self) -> Value {
        serde_json::from_str(&self.home.read(FILE)).expect("tokens.json always parses")
    }

    fn has_usable_grant_on_disk(&self) -> bool {
        self.upstream.is_usable_refresh(self.on_disk()["refresh_token"].as_str().expect("a text"))
    }

    /// The same at a moment when the file may be missing or damaged.
    fn has_usable_grant_on_disk_now(&self) -> bool {
        let read = std::fs::read_to_string(self.home.at(FILE)).ok();
        let tokens = read.and_then(|text| serde_json::from_str::<Value>(&text).ok()).unwrap_or_default();
        tokens["refresh_token"].as_str().is_some_and(|token| self.upstream.is_usable_refresh(token))
    }

    fn status(&self) -> Value {
        self.home.ask(&Ask::get(mp_proto::routes::STATUS)).ok()["accounts"][0].clone()
    }

    pub(crate) fn state(&self) -> String {
        self.status()["state"].as_str().expect("a text").to_owned()
    }

    pub(crate) fn ask_token(&self) -> Answer {
        self.home.ask(&ask_token())
    }
}

pub(crate) fn ask_token() -> Ask {
    Ask::change("POST", mp_proto::routes::fill(mp_proto::routes::ACCOUNT_TOKEN, "ada"), &json!({}))
}

fn ask_refresh(if_generation: u64) -> Ask {
    let body = json!({"if_generation": if_generation});
    Ask::change("POST", mp_proto::routes::fill(mp_proto::routes::ACCOUNT_REFRESH, "ada"), &body)
}

/// Returns the text of `tokens.json` as the Python tool writes it.
pub(crate) fn tokens(access_token: &str, refresh_token: &str, seconds: i64) -> String {
    let now = std::time::UNIX_EPOCH.elapsed().expect("the clock is past 1970");
    let expires_at = i64::try_from(now.as_secs()).expect("not that far") + seconds;
    json!({
        "access_token": access_token, "expires_at": expires_at, "token_type": "Bearer", "scope": "projects",
        "refresh_token": refresh_token,
    })
    .to_string()
}

/// Returns the number in `at-{family}-{generation}-{random}`.
fn generation(token: &str) -> u64 {
    token.split('-').nth(2).and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no generation in a token"))
}

/// Longer than anything a refresh may take on a busy machine.
const LONG: Duration = Duration::from_secs(30);
