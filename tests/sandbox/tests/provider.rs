//! The provider is strict: what no faultless client does is refused and noted, and tokens live and die as the switches say.

use std::time::Duration;

use mp_proto::ids::Region;
use mp_sandbox::upstream::grants::challenge;
use mp_sandbox::upstream::{ADA, Consent, Grant, Rotation, Upstream, visit};
use mp_sandbox::wire::Answer;
use serde_json::{Value, json};

const REDIRECT: &str = "http://localhost:19284/callback";
const VERIFIER: &str = "a-verifier-of-the-least-allowed-length-which-is-43";
const TOKEN: &str = "/us/oauth/token/";

/// A provider with one client in `us`.
struct Provider {
    upstream: Upstream,
    client: String,
}

impl Provider {
    fn start() -> Self {
        let upstream = Upstream::start();
        let client = upstream.register_client(Region::Us, REDIRECT);
        Self { upstream, client }
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.upstream.url())
    }

    fn register(&self, change: impl FnOnce(&mut Value)) -> Answer {
        let mut body = json!({
            "redirect_uris": [REDIRECT], "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"], "token_endpoint_auth_method": "none", "scope": "projects analysis",
        });
        change(&mut body);
        let json = [("Content-Type", "application/json")];
        let url = self.at("/us/oauth/mcp/register/");
        visit::send("POST", &url, &json, body.to_string().as_bytes()).expect("an answer")
    }

    /// Asks for authorization with some parameters changed; one without a value is left out.
    fn authorize(&self, changes: &[(&str, Option<&str>)]) -> Answer {
        let challenge = challenge(VERIFIER);
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", self.client.as_str()),
            ("redirect_uri", REDIRECT),
            ("state", "a state/with+marks"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        for (name, value) in changes {
            query.retain(|(known, _)| known != name);
            query.extend(value.map(|value| (*name, value)));
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        visit::get(&self.at(&format!("/us/oauth/authorize/?{query}"))).expect("an answer")
    }

    fn code(&self) -> String {
        parameter(&self.authorize(&[]), "code").expect("a code")
    }

    fn exchange(&self, code: &str, changes: &[(&str, &str)]) -> Answer {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("client_id", self.client.as_str()),
            ("code_verifier", VERIFIER),
        ];
        for (name, value) in changes {
            form.retain(|(known, _)| known != name);
            form.push((name, value));
        }
        visit::post_form(&self.at(TOKEN), &form).expect("an answer")
    }

    fn refresh_as(&self, client: &str, token: &str) -> Answer {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", client)];
        visit::post_form(&self.at(TOKEN), &form).expect("an answer")
    }

    fn refresh(&self, token: &str) -> Answer {
        self.refresh_as(&self.client, token)
    }

    fn mint(&self) -> Grant {
        self.upstream.mint(ADA, Region::Us, &self.client)
    }

    #[track_caller]
    fn assert_faultless(&self) {
        assert_eq!(self.upstream.problems(), Vec::<String>::new());
    }

    #[track_caller]
    fn assert_problem(&self, piece: &str) {
        let problems = self.upstream.problems();
        assert!(problems.len() == 1 && problems[0].contains(piece), "{problems:?}");
        self.upstream.clear();
    }
}

/// Returns a parameter of the address that an answer redirects to.
fn parameter(answer: &Answer, name: &str) -> Option<String> {
    assert_eq!(answer.status, 302, "{}", answer.text());
    let query = answer.header("location")?.strip_prefix(&format!("{REDIRECT}?"))?;
    form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

fn refused(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    (answer.status, answer.json()["error"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned())
}

fn invalid_grant() -> (u16, String) {
    (400, "invalid_grant".to_owned())
}

fn text(answer: &Answer, name: &str) -> String {
    answer.ok()[name].as_str().expect("a text").to_owned()
}

#[test]
fn a_login_from_registration_to_refresh() {
    let mut provider = Provider::start();
    let registered = provider.register(|_| {});
    assert_eq!(registered.status, 201);
    provider.client = registered.json()["client_id"].as_str().expect("an id").to_owned();
    let redirect = provider.authorize(&[]);
    assert_eq!(parameter(&redirect, "state").as_deref(), Some("a state/with+marks"));
    let granted = provider.exchange(&parameter(&redirect, "code").expect("a code"), &[]);
    let body = granted.ok();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(3600)));
    assert_eq!(body["scope"], "projects analysis");
    let first = text(&granted, "access_token");
    assert!(first.starts_with("at-1-1-") && provider.upstream.is_valid_access(&first), "{first}");
    let refreshed = provider.refresh(&text(&granted, "refresh_token"));
    assert!(text(&refreshed, "access_token").starts_with("at-1-2-"));
    assert_eq!(granted.header("cache-control"), Some("no-store"));
    provider.assert_faultless();
    assert_eq!(provider.upstream.count("POST", TOKEN), 2);
    let record = &provider.upstream.requests()[2];
    assert_eq!((record.status, record.form()["grant_type"].as_str()), (Some(200), "authorization_code"));
}

#[test]
fn a_registration_is_checked() {
    let provider = Provider::start();
    let set = |name: &'static str, value: Value| move |body: &mut Value| body[name] = value;
    let cases = [
        ("redirect_uris", json!(["http://127.0.0.1:19284/callback"]), "invalid_redirect_uri"),
        ("redirect_uris", json!(["http://localhost:19288/callback"]), "invalid_redirect_uri"),
        ("redirect_uris", json!([REDIRECT, REDIRECT]), "invalid_redirect_uri"),
        ("grant_types", json!(["authorization_code"]), "invalid_client_metadata"),
        ("response_types", json!(["token"]), "invalid_client_metadata"),
        ("token_endpoint_auth_method", json!("client_secret_basic"), "invalid_client_metadata"),
        ("scope", json!(""), "invalid_client_metadata"),
        ("jwks", json!({}), "invalid_client_metadata"),
    ];
    for (name, value, code) in cases {
        assert_eq!(refused(&provider.register(set(name, value.clone()))), (400, code.to_owned()), "{name} {value}");
        assert_eq!(provider.upstream.problems().len(), 1);
        provider.upstream.clear();
    }
}

#[test]
fn a_stranger_is_never_redirected() {
    let provider = Provider::start();
    let eu = provider.upstream.register_client(Region::Eu, REDIRECT);
    for change in [
        ("client_id", Some("client-us-0")),
        ("client_id", Some(eu.as_str())),
        ("client_id", None),
        ("redirect_uri", Some("http://localhost:19285/callback")),
        ("redirect_uri", Some("http://localhost:19284/callback?x=1")),
        ("redirect_uri", None),
    ] {
        let answer = provider.authorize(&[change]);
        assert_eq!((answer.status, answer.header("location")), (400, None), "{change:?}");
        assert_eq!(provider.upstream.problems().len(), 1, "{change:?}");
        provider.upstream.clear();
    }
}

#[test]
fn a_request_for_authorization_is_checked() {
    let provider = Provider::start();
    for (name, value, code) in [
        ("response_type", Some("token"), "unsupported_response_type"),
        ("state", None, "invalid_request"),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge", Some("short"), "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("scope", Some("projects"), "invalid_scope"),
        ("audience", Some("x"), "invalid_request"),
    ] {
        let answer = provider.authorize(&[(name, value)]);
        assert_eq!(parameter(&answer, "error").as_deref(), Some(code), "{name}");
        assert_eq!(parameter(&answer, "code"), None);
        assert_eq!(provider.upstream.problems().len(), 1, "{name}");
        provider.upstream.clear();
    }
}

#[test]
fn the_user_decides_at_once_or_on_a_page() {
    let provider = Provider::start();
    provider.upstream.set_consent(Consent::Deny);
    let denied = provider.authorize(&[]);
    assert_eq!(parameter(&denied, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&denied, "state").as_deref(), Some("a state/with+marks"));
    provider.upstream.set_consent(Consent::Page);
    for (decision, name) in [("allow", "code"), ("deny", "error")] {
        let page = provider.authorize(&[]);
        assert_eq!(page.status, 200);
        let page = page.text();
        assert!(page.contains("ada@example.com") && page.contains(&provider.client), "{page}");
        let link = page.split('"').find(|piece| piece.ends_with(&format!("/{decision}"))).expect("a link");
        let decided = visit::get(&provider.at(link)).expect("an answer");
        assert!(parameter(&decided, name).is_some() && parameter(&decided, "state").is_some());
        assert_eq!(visit::get(&provider.at(link)).expect("an answer").status, 404, "a page is answered once");
    }
    provider.assert_faultless();
}

#[test]
fn a_code_is_bound_to_what_it_was_asked_with() {
    let provider = Provider::start();
    let other = provider.upstream.register_client(Region::Us, "http://localhost:19285/callback");
    let code = provider.code();
    for (name, value, problem) in [
        ("code_verifier", "another-verifier-of-the-least-allowed-length-43", "code_verifier"),
        ("redirect_uri", "http://localhost:19285/callback", "redirect_uri"),
        ("client_id", other.as_str(), "another client"),
        ("code", "code-0-0", "never given"),
    ] {
        assert_eq!(refused(&provider.exchange(&code, &[(name, value)])), invalid_grant(), "{name}");
        provider.assert_problem(problem);
    }
    assert_eq!(refused(&provider.exchange(&code, &[("client_id", "x")])).1, "invalid_client");
    provider.assert_problem("no client x");
    assert_eq!(provider.exchange(&code, &[]).status, 200);
}

#[test]
fn a_second_use_of_a_code_revokes_what_the_first_brought() {
    let provider = Provider::start();
    let code = provider.code();
    let granted = provider.exchange(&code, &[]);
    assert_eq!(refused(&provider.exchange(&code, &[])), invalid_grant());
    provider.assert_problem("used twice");
    assert!(!provider.upstream.is_valid_access(&text(&granted, "access_token")));
    assert_eq!(refused(&provider.refresh(&text(&granted, "refresh_token"))), invalid_grant());
}

#[test]
fn codes_and_access_tokens_age_with_the_providers_clock() {
    let provider = Provider::start();
    let code = provider.code();
    provider.upstream.advance(Duration::from_secs(61));
    assert_eq!(refused(&provider.exchange(&code, &[])), invalid_grant());
    provider.upstream.policy(|policy| policy.access_life = Duration::from_secs(100));
    let grant = provider.mint();
    assert_eq!(grant.expires_in, 100);
    provider.upstream.advance(Duration::from_secs(90));
    assert!(provider.upstream.is_valid_access(&grant.access_token));
    provider.upstream.advance(Duration::from_secs(11));
    assert!(!provider.upstream.is_valid_access(&grant.access_token));
    assert!(provider.upstream.is_usable_refresh(&grant.refresh_token));
    provider.assert_faultless();
}

#[test]
fn a_token_request_has_exactly_its_fields() {
    let provider = Provider::start();
    let grant = provider.mint();
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", grant.refresh_token.as_str()),
        ("client_id", provider.client.as_str()),
    ];
    let form = |fields: &[(&str, &str)]| visit::post_form(&provider.at(TOKEN), fields).expect("an answer");
    for fields in [
        &refresh[..2],
        &[refresh[0], refresh[1], refresh[2], ("scope", "projects")],
        &[refresh[0], refresh[1], refresh[2], refresh[2]],
        &[refresh[0], ("refresh_token", ""), refresh[2]],
        &refresh[1..],
    ] {
        assert_eq!(refused(&form(fields)), (400, "invalid_request".to_owned()), "{fields:?}");
    }
    assert_eq!(refused(&form(&[("grant_type", "password")])).1, "unsupported_grant_type");
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(refresh).finish();
    let send = |headers: &[(&str, &str)]| {
        visit::send("POST", &provider.at(TOKEN), headers, body.as_bytes()).expect("an answer")
    };
    assert_eq!(refused(&send(&[("Content-Type", "application/json")])).1, "invalid_request");
    let urlencoded = ("Content-Type", "application/x-www-form-urlencoded");
    assert_eq!(refused(&send(&[urlencoded, ("Authorization", "Basic eDp5")])).1, "invalid_request");
    assert_eq!(provider.upstream.problems().len(), 8, "{:?}", provider.upstream.problems());
    provider.upstream.clear();
    assert!(provider.upstream.is_usable_refresh(&grant.refresh_token));
    assert_eq!(form(&refresh).status, 200);
    provider.assert_faultless();
    let cookie = [urlencoded, ("Cookie", "a=b")];
    visit::send("POST", &provider.at(TOKEN), &cookie, b"grant_type=x").expect("an answer");
    assert!(provider.upstream.problems()[0].contains("cookie"));
}

#[test]
fn a_refresh_token_is_taken_from_its_client_alone() {
    let provider = Provider::start();
    let other = provider.upstream.register_client(Region::Us, REDIRECT);
    let grant = provider.mint();
    assert_eq!(refused(&provider.refresh_as(&other, &grant.refresh_token)), invalid_grant());
    provider.assert_problem("sent by");
    provider.upstream.forget_client(Region::Us, &other);
    let answer = provider.refresh_as(&other, &grant.refresh_token);
    assert_eq!(refused(&answer), (401, "invalid_client".to_owned()));
    provider.assert_problem("no client");
    assert_eq!(provider.refresh(&grant.refresh_token).status, 200, "a stranger spends nothing");
}

#[test]
fn a_spent_refresh_token_kills_the_grant_or_not() {
    for kills in [true, false] {
        let provider = Provider::start();
        provider.upstream.policy(|policy| policy.reuse_kills_family = kills);
        let first = provider.mint();
        let second = provider.refresh(&first.refresh_token);
        assert!(!provider.upstream.is_usable_refresh(&first.refresh_token));
        assert!(provider.upstream.is_valid_access(&first.access_token), "rotation alone revokes nothing");
        assert_eq!(refused(&provider.refresh(&first.refresh_token)), invalid_grant());
        assert_eq!(provider.upstream.is_usable_refresh(&text(&second, "refresh_token")), !kills);
        assert_eq!(provider.upstream.is_valid_access(&text(&second, "access_token")), !kills);
        provider.assert_faultless();
    }
}

#[test]
fn within_the_grace_a_spent_refresh_token_yields_another_good_pair() {
    let provider = Provider::start();
    provider.upstream.policy(|policy| policy.rotation = Rotation::Grace(Duration::from_secs(30)));
    let first = provider.mint();
    let second = provider.refresh(&first.refresh_token);
    provider.upstream.advance(Duration::from_secs(20));
    let third = provider.refresh(&first.refresh_token);
    assert_ne!(text(&second, "refresh_token"), text(&third, "refresh_token"));
    for granted in [&second, &third] {
        assert!(provider.upstream.is_usable_refresh(&text(granted, "refresh_token")));
        assert!(provider.upstream.is_valid_access(&text(granted, "access_token")));
    }
    provider.upstream.advance(Duration::from_secs(11));
    assert_eq!(refused(&provider.refresh(&first.refresh_token)), invalid_grant());
}

#[test]
fn without_rotation_the_refresh_token_stays() {
    let provider = Provider::start();
    provider.upstream.policy(|policy| {
        policy.rotation = Rotation::Never;
        policy.revoke_access_on_rotation = true;
    });
    let grant = provider.mint();
    for _ in 0..2 {
        assert_eq!(text(&provider.refresh(&grant.refresh_token), "refresh_token"), grant.refresh_token);
    }
    assert!(!provider.upstream.is_valid_access(&grant.access_token), "as the other switch says");
}

#[test]
fn revocation_takes_effect_at_once() {
    let provider = Provider::start();
    let (one, two) = (provider.mint(), provider.mint());
    provider.upstream.revoke_access(&one.access_token);
    assert!(!provider.upstream.is_valid_access(&one.access_token));
    assert!(provider.upstream.is_usable_refresh(&one.refresh_token));
    provider.upstream.revoke_family(&two.refresh_token);
    assert!(!provider.upstream.is_valid_access(&two.access_token));
    assert_eq!(refused(&provider.refresh(&two.refresh_token)), invalid_grant());
    let three = provider.mint();
    provider.upstream.expire_access_tokens();
    assert!(!provider.upstream.is_valid_access(&three.access_token));
    assert!(provider.upstream.is_valid_access(&text(&provider.refresh(&three.refresh_token), "access_token")));
    provider.assert_faultless();
}
