//! The provider's three endpoints (RFC 6749, 7591, 7636), as strict as the texts allow. What they remember is in [`super::grants`].

use std::time::Duration;

use mp_proto::ids::Region;
use serde_json::{Value, json};

use super::grants::{Consented, Grant, Grants, Refusal, Sender, random};
use super::people::{ADA, People, UserId};
use super::reply::Reply;
use super::server::Received;

/// Where codes may be sent to: the ports that the Python tool registers, and nothing else.
pub const REDIRECT_PORTS: std::ops::RangeInclusive<u16> = 19284..=19287;

/// What the user does with a request for authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Allows it at once.
    Allow,
    /// Denies it at once.
    Deny,
    /// Is shown a page with both, for a real browser.
    Page,
}

/// A problem with a registration or a token request: the code of the answer, and what was wrong.
type Objection = (&'static str, String);

/// The provider of all regions. A copy of it is a point to go back to.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    pub(crate) grants: Grants,
    pub(crate) consent: Consent,
    pub(crate) user: UserId,
    /// Pages that were shown and not answered.
    pages: Vec<Page>,
}

#[derive(Debug, Clone)]
struct Page {
    ticket: String,
    consented: Consented,
    state: String,
}

/// A request to the provider, with what the checks of it come to.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) region: Region,
    pub(crate) received: &'a Received,
    pub(crate) now: Duration,
    pub(crate) people: &'a People,
    pub(crate) problems: &'a mut Vec<String>,
}

impl Provider {
    pub(crate) fn new() -> Self {
        Self { grants: Grants::default(), consent: Consent::Allow, user: ADA, pages: Vec::new() }
    }

    /// Answers a request to a path below `/{region}/oauth/`; none where there is nothing at that path.
    pub(crate) fn answer(&mut self, path: &str, asked: &mut Asked<'_>) -> Option<Reply> {
        let allowed = match path {
            "mcp/register/" | "token/" => "POST",
            "authorize/" => "GET",
            _ if path.starts_with("consent/") => "GET",
            _ => return None,
        };
        // A browser sends the cookies of whatever else runs on this host; nobody else has a reason to send one.
        let no_header: &[&str] = if allowed == "GET" { &["authorization"] } else { &["authorization", "cookie"] };
        for name in no_header.iter().filter(|name| asked.received.header(name).is_some()) {
            asked.problems.push(format!("the header {name} has no place here"));
        }
        if asked.received.method != allowed {
            asked.problems.push(format!("the method must be {allowed}"));
            return Some(Reply::json(405, &json!({"error": "invalid_request"})).header("Allow", allowed));
        }
        Some(match path {
            "mcp/register/" => self.register(asked),
            "token/" => self.token(asked),
            "authorize/" => self.authorize(asked),
            _ => self.decide(path, asked),
        })
    }

    fn register(&mut self, asked: &mut Asked<'_>) -> Reply {
        match registration(asked.received) {
            Ok((redirect_uri, scope)) => {
                let id = self.grants.register(asked.region, &redirect_uri, &scope);
                let issued = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs();
                let answer = json!({
                    "client_id": id, "client_id_issued_at": issued, "redirect_uris": [redirect_uri],
                    "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                    "token_endpoint_auth_method": "none", "scope": scope,
                });
                no_store(Reply::json(201, &answer))
            }
            Err(objection) => refuse(400, objection, asked),
        }
    }

    fn authorize(&mut self, asked: &mut Asked<'_>) -> Reply {
        let parameter = |name: &str| asked.received.parameter(name).unwrap_or_default().to_owned();
        let (client_id, redirect_uri, state) = (parameter("client_id"), parameter("redirect_uri"), parameter("state"));
        // Nobody knows yet that the address is the client's, so nothing is sent there (RFC 6749, 4.1.2.1).
        let stranger = match self.grants.client(asked.region, &client_id) {
            None => Some("no such client in this region"),
            Some(client) if client.redirect_uri != redirect_uri => Some("redirect_uri is not the registered one"),
            Some(_) => None,
        };
        if let Some(problem) = stranger {
            asked.problems.push(problem.to_owned());
            let page = format!("<!doctype html><title>Error</title><h1>Authorization error</h1><p>{problem}.");
            return Reply::html(400, page);
        }
        if let Err((code, problem)) = authorization(&asked.received.query) {
            let location = to_client(&redirect_uri, &[("error", code), ("error_description", &problem)], &state);
            asked.problems.push(problem);
            return Reply::redirect(&location);
        }
        let (region, user, challenge) = (asked.region, self.user, parameter("code_challenge"));
        let consented = Consented { region, client_id, redirect_uri, challenge, user };
        match self.consent {
            Consent::Allow => self.allow(consented, &state, asked.now),
            Consent::Deny => deny(&consented, &state),
            Consent::Page => self.show_page(consented, state, asked),
        }
    }

    fn allow(&mut self, consented: Consented, state: &str, now: Duration) -> Reply {
        let redirect_uri = consented.redirect_uri.clone();
        let code = self.grants.give_code(consented, now);
        no_store(Reply::redirect(&to_client(&redirect_uri, &[("code", &code)], state)))
    }

    fn show_page(&mut self, consented: Consented, state: String, asked: &Asked<'_>) -> Reply {
        let ticket = random();
        let user = asked.people.user(consented.user).map_or("nobody", |user| user.email.as_str());
        let at = format!("/{}/oauth/consent/{ticket}", consented.region);
        let page = CONSENT
            .replace("{user}", &escape(user))
            .replace("{client}", &escape(&consented.client_id))
            .replace("{region}", consented.region.as_str())
            .replace("{at}", &at);
        self.pages.push(Page { ticket, consented, state });
        no_store(Reply::html(200, page))
    }

    /// Takes the user's answer from a page. Each page is good for one answer.
    fn decide(&mut self, path: &str, asked: &Asked<'_>) -> Reply {
        let mut words = path.split('/').skip(1);
        let (ticket, decision) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let page = self.pages.iter().position(|page| page.ticket == ticket);
        match (page, decision) {
            (Some(page), "allow") => {
                let Page { consented, state, .. } = self.pages.remove(page);
                self.allow(consented, &state, asked.now)
            }
            (Some(page), "deny") => {
                let Page { consented, state, .. } = self.pages.remove(page);
                deny(&consented, &state)
            }
            _ => Reply::html(404, "<!doctype html><title>Gone</title><p>This page was answered before."),
        }
    }

    fn token(&mut self, asked: &mut Asked<'_>) -> Reply {
        if let Err(objection) = token_fields(asked.received) {
            return refuse(400, objection, asked);
        }
        let form = asked.received.form();
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let (client_id, redirect_uri) = (field("client_id"), field("redirect_uri"));
        if self.grants.client(asked.region, client_id).is_none() {
            let why = format!("no client {client_id} in region {}", asked.region);
            return refuse(401, ("invalid_client", why), asked);
        }
        let sender = Sender { region: asked.region, client_id, redirect_uri };
        let granted = if field("grant_type") == "refresh_token" {
            self.grants.spend_refresh(field("refresh_token"), &sender, asked.now)
        } else {
            self.grants.spend_code(field("code"), &sender, field("code_verifier"), asked.now)
        };
        match granted {
            Ok(grant) => no_store(Reply::json(200, &tokens(&grant))),
            Err(Refusal::Misuse(why)) => refuse(400, ("invalid_grant", why), asked),
            Err(Refusal::Stale(why)) => error(400, "invalid_grant", why),
        }
    }
}

fn tokens(grant: &Grant) -> Value {
    json!({
        "access_token": grant.access_token, "token_type": "Bearer", "expires_in": grant.expires_in,
        "scope": grant.scope, "refresh_token": grant.refresh_token,
    })
}

/// Answers with an error (RFC 6749, 5.2; RFC 7591, 3.2.2) that a faultless client would not get.
fn refuse(status: u16, (code, why): Objection, asked: &mut Asked<'_>) -> Reply {
    let reply = error(status, code, &why);
    asked.problems.push(why);
    reply
}

fn error(status: u16, code: &str, why: &str) -> Reply {
    no_store(Reply::json(status, &json!({"error": code, "error_description": why})))
}

fn no_store(reply: Reply) -> Reply {
    reply.header("Cache-Control", "no-store").header("Pragma", "no-cache")
}

fn deny(consented: &Consented, state: &str) -> Reply {
    let error = [("error", "access_denied"), ("error_description", "The user denied the request")];
    Reply::redirect(&to_client(&consented.redirect_uri, &error, state))
}

/// Returns the client's address with parameters and the state, which is only left out when there was none.
fn to_client(redirect_uri: &str, parameters: &[(&str, &str)], state: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    if !state.is_empty() {
        query.append_pair("state", state);
    }
    format!("{redirect_uri}?{}", query.finish())
}

/// Checks a registration; returns its address and its scope.
fn registration(received: &Received) -> Result<(String, String), Objection> {
    let bad = |why: &str| ("invalid_client_metadata", why.to_owned());
    if received.media_type() != "application/json" || !received.query.is_empty() {
        return Err(bad("a registration is a JSON body without a query"));
    }
    let body = received.json();
    let members = body.as_object().ok_or_else(|| bad("the body is not a JSON object"))?;
    let uris = body["redirect_uris"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_ours = |uri: &str| REDIRECT_PORTS.into_iter().any(|port| uri == format!("http://localhost:{port}/callback"));
    let uri = match uris {
        [Value::String(uri)] if is_ours(uri) => uri.clone(),
        _ => return Err(("invalid_redirect_uri", format!("redirect_uris {}", body["redirect_uris"]))),
    };
    let is_set = |name: &str, expected: &[&str]| {
        let given = body[name].as_array().map(Vec::as_slice).unwrap_or_default();
        given.len() == expected.len() && expected.iter().all(|word| given.iter().any(|one| one == word))
    };
    let known =
        ["redirect_uris", "grant_types", "response_types", "token_endpoint_auth_method", "scope", "client_name"];
    if let Some(odd) = members.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(bad(&format!("{odd} is not expected")));
    }
    if !is_set("grant_types", &["authorization_code", "refresh_token"]) {
        return Err(bad("grant_types must be authorization_code and refresh_token"));
    }
    if !is_set("response_types", &["code"]) || body["token_endpoint_auth_method"] != "none" {
        return Err(bad("response_types must be code, token_endpoint_auth_method none"));
    }
    match body["scope"].as_str() {
        Some(scope) if !scope.trim().is_empty() => Ok((uri, scope.to_owned())),
        _ => Err(bad("scope must be a text")),
    }
}

/// Checks the query of a request for authorization, all but client and address.
fn authorization(query: &[(String, String)]) -> Result<(), Objection> {
    let expected = ["response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"];
    let bad = |why: String| Err(("invalid_request", why));
    let value = |name: &str| query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    if query.iter().any(|(name, _)| name == "scope") {
        return Err(("invalid_scope", "the scope is that of the registration".to_owned()));
    }
    if let Some((odd, _)) = query.iter().find(|(name, _)| !expected.contains(&name.as_str())) {
        return bad(format!("{odd} is not expected"));
    }
    for name in expected {
        if query.iter().filter(|(known, _)| known == name).count() != 1 || value(name).is_empty() {
            return bad(format!("{name} must be there once"));
        }
    }
    if value("response_type") != "code" {
        return Err(("unsupported_response_type", "response_type must be code".to_owned()));
    }
    let is_url64 = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let challenge = value("code_challenge");
    if challenge.len() != 43 || !challenge.chars().all(is_url64) || value("code_challenge_method") != "S256" {
        return bad("code_challenge must be 43 letters of base64url, its method S256".to_owned());
    }
    Ok(())
}

/// Checks the shape of a token request: what is there, not whether it is good.
fn token_fields(received: &Received) -> Result<(), Objection> {
    let bad = |why: &str| ("invalid_request", why.to_owned());
    if received.header("authorization").is_some() {
        return Err(bad("a public client does not authenticate"));
    }
    if received.media_type() != "application/x-www-form-urlencoded" || !received.query.is_empty() {
        return Err(bad("a token request is a form body without a query"));
    }
    let form = received.form();
    let expected: &[&str] = match form.get("grant_type").map(String::as_str) {
        Some("authorization_code") => &["client_id", "code", "code_verifier", "grant_type", "redirect_uri"],
        Some("refresh_token") => &["client_id", "grant_type", "refresh_token"],
        Some(other) => return Err(("unsupported_grant_type", format!("grant_type {other}"))),
        None => return Err(bad("grant_type is missing")),
    };
    let fields = received.fields();
    let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if names != expected || fields.iter().any(|(_, value)| value.is_empty()) {
        return Err(bad(&format!("the fields must be {expected:?}, none empty, but are {names:?}")));
    }
    let is_unreserved = |letter: char| letter.is_ascii_alphanumeric() || "-._~".contains(letter);
    match form.get("code_verifier") {
        Some(verifier) if !(43..=128).contains(&verifier.len()) || !verifier.chars().all(is_unreserved) => {
            Err(bad("code_verifier must be 43 to 128 unreserved letters"))
        }
        _ => Ok(()),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The page of [`Consent::Page`].
const CONSENT: &str = r#"<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Authorize access</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; background: #f4f4f7; color: #1c1c28; margin: 0 }
main { max-width: 26rem; margin: 12vh auto; padding: 2rem; background: #fff; border-radius: 12px; box-shadow: 0 2px 16px #0002 }
h1 { font-size: 1.25rem; margin: 0 0 1rem } small { color: #66667a } nav { display: flex; gap: 1rem; margin: 1.5rem 0 1rem }
a { flex: 1; text-align: center; padding: .6rem; border-radius: 8px; border: 1px solid #ccd; color: inherit; text-decoration: none }
a.allow { background: #5f3dc4; border-color: #5f3dc4; color: #fff }
</style>
<main>
<h1>Allow this computer to use your projects?</h1>
<p>Signed in as <b>{user}</b>. The application will be able to read and change what you can.
<nav><a class="deny" href="{at}/deny">Deny</a><a class="allow" href="{at}/allow">Allow</a></nav>
<small>A fake provider for tests, region {region}. Client {client}.</small>
</main>
</html>
"#;
