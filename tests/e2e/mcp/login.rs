//! Logins and questions to the user, by what the host can do.

use mp_sandbox::home::Home;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{Consent, Upstream, visit};
use mp_sandbox::wait::poll;
use serde_json::{Value, json};

use super::{Agent, DASHBOARDS, operation};
use crate::SOON;
use crate::conformance::login::led_on;
use crate::grants::World;

/// A home without an account, a Mixpanel whose user agrees, and a browser that writes down where it is sent.
fn nobody() -> (Home, Upstream, std::path::PathBuf) {
    let (mut home, upstream) = (crate::empty(), Upstream::start());
    home.set("MPD_UPSTREAM", &upstream.url());
    upstream.set_consent(Consent::Allow);
    let address = home.at("address");
    home.write_mode("browser", &format!("#!/bin/sh\necho \"$1\" >{}\n", address.display()), 0o700);
    home.set("BROWSER", &format!("{} %s", home.at("browser").display()));
    (home, upstream, address)
}

fn allow(url: &str) {
    let location = visit::get(url).expect("the provider answers");
    visit::get(location.header("location").expect("a way back")).expect("the login listens");
}

#[test]
fn a_host_without_forms_gets_the_address_at_once_and_asks_how_it_goes_on() {
    let (home, _upstream, address) = nobody();
    let mut agent = Agent::start(&home, &[]);
    assert_eq!(agent.bad("list_projects", &json!({}))["code"], "needs_account");
    let login = agent.good("login", &json!({"region": "us"}));
    assert_eq!(login["state"], "waiting_for_browser");
    let url = login["authorize_url"].as_str().expect("the address").to_owned();
    let opened = poll(SOON, || std::fs::read_to_string(&address).ok()?.strip_suffix('\n').map(str::to_owned));
    let led = opened.and_then(|handed| led_on(&handed)).expect("the browser was opened, and led on");
    assert_eq!(led, url, "both lead to the same login");
    let id = json!({"login_id": login["login_id"], "wait_s": 0});
    let waiting = agent.good("login_status", &id);
    assert_eq!((&waiting["state"], waiting.get("authorize_url")), (&json!("waiting_for_browser"), None));
    let again = agent.good("login", &json!({"region": "us"}));
    assert_eq!(again["login_id"], login["login_id"], "it is joined, not begun anew");
    let watched = agent.begin(
        "tools/call",
        &json!({"name": "login_status", "arguments": {"login_id": login["login_id"], "wait_s": 20}}),
    );
    allow(&url);
    let told = agent.answer(watched)["result"]["structuredContent"].clone();
    assert_eq!(told["state"], "choose_project", "{told}");
    let done = agent.good("login", &json!({"region": "us", "project": "3187654"}));
    assert_eq!((&done["state"], &done["user"]), (&json!("done"), &json!("ada@example.com")));
    assert_eq!(agent.good("session", &json!({}))["project"]["id"], "3187654");
    assert!(agent.bad("login_status", &json!({"login_id": "../status"}))["detail"].is_string());
}

#[test]
fn a_host_that_can_leads_its_user_and_the_model_sees_no_address() {
    let (home, _upstream, address) = nobody();
    let can = json!({"elicitation": {"form": {}, "url": {}}});
    let mut agent = Agent::start_as(&home, &[], "2025-11-25", &can);
    let id = agent.begin("tools/call", &json!({"name": "login", "arguments": {"region": "us"}}));
    let asked = agent.said("question", |message| message["method"] == "elicitation/create");
    assert_eq!(asked["params"]["mode"], "url", "{asked}");
    agent.send(&json!({"jsonrpc": "2.0", "id": asked["id"], "result": {"action": "accept"}}));
    allow(asked["params"]["url"].as_str().expect("an address"));
    let form = agent.said("form", |message| message["params"]["mode"] == "form");
    let options = form["params"]["requestedSchema"]["properties"]["choice"]["enum"].clone();
    let chosen = options.as_array().into_iter().flatten().find(|option| option.to_string().contains("3187655"));
    let content = json!({"choice": chosen.unwrap_or_else(|| panic!("{form}"))});
    agent.send(&json!({"jsonrpc": "2.0", "id": form["id"], "result": {"action": "accept", "content": content}}));
    let result = agent.answer(id)["result"].clone();
    assert_eq!(result["structuredContent"]["state"], "done", "{result}");
    assert_eq!(result["structuredContent"]["project"], "3187655");
    assert!(!result.to_string().contains("http"), "no address: {result}");
    let ended = agent.said("end", |message| message["method"] == "notifications/elicitation/complete");
    assert_eq!(ended["params"]["elicitationId"], asked["params"]["elicitationId"]);
    assert!(!address.exists(), "the host has led the user, nobody else");
}

#[test]
fn a_user_who_does_not_want_to_log_in_ends_it() {
    let (home, _upstream, _) = nobody();
    let mut agent = Agent::start_as(&home, &[], "2025-11-25", &json!({"elicitation": {"url": {}}}));
    let id = agent.begin("tools/call", &json!({"name": "login", "arguments": {"region": "us"}}));
    let asked = agent.said("question", |message| message["method"] == "elicitation/create");
    agent.send(&json!({"jsonrpc": "2.0", "id": asked["id"], "result": {"action": "decline"}}));
    assert_eq!(agent.answer(id)["result"]["isError"], true);
    assert_eq!(home.mp(["login", "--list", "-f", "json"]).json(), json!([]), "it is cancelled");
}

#[test]
fn what_destroys_asks_the_user_where_the_host_can() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    world.upstream.on("DELETE", DASHBOARDS, |_| Reply::json(200, &json!({"status": "ok", "results": {}})));
    let deleted = || world.upstream.requests().iter().filter(|request| request.method == "DELETE").count();
    let mut agent = Agent::start_as(&world.home, &["--allow-destructive"], "2025-06-18", &json!({"elicitation": {}}));
    let delete = operation("dashboards.delete", &json!({"dashboard_id": 31_876_541}));
    let call = json!({"name": "destroy_operation", "arguments": delete});
    for (action, expected) in [("decline", 0), ("cancel", 0), ("accept", 1)] {
        let known = agent.messages().len();
        let id = agent.begin("tools/call", &call);
        let asked = poll(SOON, || {
            agent.messages().into_iter().skip(known).find(|message| message["method"] == "elicitation/create")
        });
        let asked = asked.expect("the user is asked");
        let message = asked["params"]["message"].as_str().expect("a text");
        assert!(message.contains("Delete one dashboard") && message.contains("31876541"), "{message}");
        agent.send(&json!({"jsonrpc": "2.0", "id": asked["id"], "result": {"action": action, "content": {}}}));
        let result = agent.answer(id)["result"].clone();
        assert_eq!((result["isError"] != true, deleted()), (expected == 1, expected), "{action}: {result}");
    }
}

/// What a client of the revision 2026-07-28 sends along with each request.
fn stateless(name: &str, arguments: &Value, more: &Value) -> Value {
    let mut params = json!({"name": name, "arguments": arguments, "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}, "url": {}}},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"}}});
    params.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    params
}

#[test]
fn a_stateless_client_is_told_what_is_missing_and_calls_again() {
    let (home, _upstream, address) = nobody();
    let mut agent = Agent::open(&home, &[]);
    let found = agent.ask("server/discover", &stateless("", &json!({}), &json!({})));
    assert!(found["result"]["supportedVersions"].to_string().contains("2026-07-28"), "{found}");
    let region = json!({"region": "us"});
    let first = agent.ask("tools/call", &stateless("login", &region, &json!({})))["result"].clone();
    assert_eq!(first["resultType"], "input_required", "{first}");
    let url = first["inputRequests"]["login"]["params"]["url"].as_str().expect("an address").to_owned();
    let answered = json!({"requestState": first["requestState"], "inputResponses": {"login": {"action": "accept"}}});
    allow(&url);
    let second = agent.ask("tools/call", &stateless("login", &region, &answered))["result"].clone();
    let form = &second["inputRequests"]["project"]["params"]["requestedSchema"]["properties"]["choice"]["enum"];
    let chosen = json!({"requestState": second["requestState"],
        "inputResponses": {"project": {"action": "accept", "content": {"choice": form[0]}}}});
    let done = agent.ask("tools/call", &stateless("login", &region, &chosen))["result"].clone();
    assert_eq!(done["structuredContent"]["state"], "done", "{done}");
    assert!(!address.exists());
}
