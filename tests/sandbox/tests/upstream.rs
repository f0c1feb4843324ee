//! The fake Mixpanel around its provider: who is let in, what goes wrong when told, and what is objected to.

use std::thread;

use mp_proto::ids::Region;
use mp_sandbox::upstream::server::Reply;
use mp_sandbox::upstream::{ADA, Fault, Gate, Grant, SOL, Upstream, User, UserId, visit};
use mp_sandbox::wire::Answer;
use serde_json::json;

const TOKEN: &str = "/us/oauth/token/";

/// A fake with one client in `us` and one grant of Ada's.
struct World {
    upstream: Upstream,
    client: String,
    grant: Grant,
}

impl World {
    fn start() -> Self {
        let upstream = Upstream::start();
        let client = upstream.register_client(Region::Us, "http://localhost:19284/callback");
        let grant = upstream.mint(ADA, Region::Us, &client);
        Self { upstream, client, grant }
    }

    fn get(&self, path: &str, authorization: &str) -> Answer {
        let url = format!("{}{path}", self.upstream.url());
        visit::send("GET", &url, &[("Authorization", authorization)], b"").expect("an answer")
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.grant.access_token)
    }

    fn refresh(&self) -> std::io::Result<Answer> {
        refresh(&self.upstream.url(), &self.client, &self.grant.refresh_token)
    }

    fn is_spent(&self) -> bool {
        !self.upstream.is_usable_refresh(&self.grant.refresh_token)
    }

    #[track_caller]
    fn assert_problem(&self, piece: &str) {
        let problems = self.upstream.problems();
        assert!(problems.len() == 1 && problems[0].contains(piece), "{problems:?}");
        self.upstream.clear();
    }
}

fn refresh(url: &str, client: &str, token: &str) -> std::io::Result<Answer> {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", client)];
    visit::post_form(&format!("{url}{TOKEN}"), &form)
}

#[test]
fn me_shows_what_a_user_has() {
    let world = World::start();
    let me = world.get("/us/app/me", &world.bearer()).ok();
    assert_eq!((&me["status"], &me["results"]["user_id"]), (&json!("ok"), &json!(42)));
    let results = &me["results"];
    assert_eq!(results["organizations"]["100"]["name"], "Acme Corp");
    assert_eq!(results["projects"]["3187654"]["domain"], "mixpanel.com");
    assert_eq!(results["projects"]["3187655"]["has_workspaces"], false);
    let workspaces = results["workspaces"].as_object().expect("a map");
    assert_eq!(workspaces.keys().collect::<Vec<_>>(), ["880101", "880102", "880103"]);
    assert_eq!((&workspaces["880101"]["is_global"], &workspaces["880102"]["is_default"]), (&json!(true), &json!(true)));
    assert_eq!(world.upstream.problems(), Vec::<String>::new());
    assert_eq!(world.upstream.requests()[0].authorization(), Some(world.bearer().as_str()));
}

#[test]
fn credentials_are_good_in_their_region_alone() {
    let world = World::start();
    world.upstream.add_service_account(Region::Eu, "robot", "a:secret", SOL);
    world.upstream.add_bearer(Region::In, "endless", SOL);
    let basic = "Basic cm9ib3Q6YTpzZWNyZXQ=";
    let bearer = world.bearer();
    for (header, home) in [(basic, "eu"), ("Bearer endless", "in"), (bearer.as_str(), "us")] {
        for region in ["us", "eu", "in"] {
            let status = world.get(&format!("/{region}/app/me"), header).status;
            assert_eq!(status, if region == home { 200 } else { 401 }, "{header} in {region}");
        }
    }
    world.upstream.expire_access_tokens();
    assert_eq!(world.get("/us/app/me", &bearer).status, 401);
    assert_eq!(world.upstream.problems(), Vec::<String>::new(), "a bad credential is no fault of the client's");
    world.upstream.remove_credentials();
    assert_eq!(world.get("/eu/app/me", basic).status, 401);
}

#[test]
fn dashboards_are_for_those_who_see_the_project() {
    let world = World::start();
    let project = world.get("/us/app/projects/3187654/dashboards", &world.bearer()).ok();
    assert_eq!(project["results"].as_array().map(Vec::len), Some(3));
    assert_eq!(world.get("/us/app/workspaces/880103/dashboards", &world.bearer()).ok(), project);
    world.upstream.add_bearer(Region::Us, "sol", SOL);
    assert_eq!(world.get("/us/app/projects/3187654/dashboards", "Bearer sol").status, 403);
    let eve = User::new(44, "eve@example.com", "Eve").organization(7, "Org").project(9, "Elsewhere", Region::Eu, &[]);
    world.upstream.put_user(eve);
    world.upstream.add_bearer(Region::Us, "eve", UserId(44));
    assert_eq!(world.get("/us/app/projects/9/dashboards", "Bearer eve").status, 403, "it lives in another region");
    world.upstream.add_bearer(Region::Eu, "eve", UserId(44));
    assert_eq!(world.get("/eu/app/projects/9/dashboards", "Bearer eve").status, 200);
}

#[test]
fn what_no_faultless_client_does_is_noted() {
    let world = World::start();
    let url = world.upstream.url();
    let bearer = world.bearer();
    for path in ["/us/app/nothing", "/us/app/me/", "/mars/app/me", "/us/nothing/me", "/elsewhere"] {
        assert_eq!(world.get(path, &bearer).status, 404, "{path}");
        world.assert_problem("nothing is at this path");
    }
    assert_eq!(visit::get(&format!("{url}/us/app/me")).expect("an answer").status, 401);
    world.assert_problem("authorization is missing");
    assert_eq!(world.get("/us/app/me", "Token x").status, 401);
    world.assert_problem("neither Bearer nor Basic");
    let twice = [("Authorization", bearer.as_str()), ("Authorization", bearer.as_str())];
    assert_eq!(visit::send("GET", &format!("{url}/us/app/me"), &twice, b"").expect("an answer").status, 401);
    world.assert_problem("twice");
    let post = visit::send("POST", &format!("{url}/us/app/me"), &[("Authorization", &bearer)], b"");
    assert_eq!(post.expect("an answer").status, 405);
    world.assert_problem("must be GET");
    assert_eq!(world.get("/us/app/me?project_id=1", &bearer).status, 200);
    world.assert_problem("no parameter project_id");
    assert_eq!(visit::get(&format!("{url}{TOKEN}")).expect("an answer").status, 405);
    world.assert_problem("must be POST");
    let with_cookie = [("Authorization", bearer.as_str()), ("Cookie", "a=b")];
    visit::send("GET", &format!("{url}/us/app/me"), &with_cookie, b"").expect("an answer");
    world.assert_problem("cookie");
    assert_eq!(visit::get(&format!("{url}/favicon.ico")).expect("an answer").status, 404);
    assert_eq!(world.upstream.problems(), Vec::<String>::new(), "browsers do that");
}

#[test]
fn more_paths_can_be_answered_and_are_guarded_alike() {
    let world = World::start();
    world
        .upstream
        .on("GET", "/us/query/insights", |received| Reply::json(200, &json!({"of": received.parameter("project_id")})));
    let answer = world.get("/us/query/insights?project_id=3", &world.bearer());
    assert_eq!(answer.ok(), json!({"of": "3"}));
    assert_eq!(world.get("/us/query/insights", "Bearer no").status, 401);
    assert_eq!(world.get("/us/query/other", &world.bearer()).status, 404);
}

#[test]
fn faults_come_in_turn_and_end() {
    let world = World::start();
    world.upstream.fault("GET", "/us/app/me", Fault::Status(500, json!({"error": "boom"})).times(2));
    world.upstream.fault("GET", "/us/app/me", Fault::RetryAfter(429, "7".to_owned()));
    world.upstream.fault("*", "/eu/", Fault::Reset.forever());
    let statuses: Vec<u16> = (0..4).map(|_| world.get("/us/app/me", &world.bearer()).status).collect();
    assert_eq!(statuses, [500, 500, 429, 200]);
    assert_eq!(world.upstream.faults_left(), 0);
    for _ in 0..3 {
        visit::get(&format!("{}/eu/app/me", world.upstream.url())).expect_err("reset");
    }
    let records = world.upstream.requests();
    assert_eq!((records[2].status, records[4].status), (Some(429), None));
    world.upstream.clear_faults();
    assert_eq!(world.get("/eu/app/me", "Bearer x").status, 401);
}

#[test]
fn a_lost_answer_has_rotated_the_token_or_has_not() {
    for fault in [Fault::Reset, Fault::Close, Fault::CutOff] {
        let world = World::start();
        world.upstream.fault("POST", TOKEN, fault.clone());
        world.refresh().expect_err("no whole answer");
        assert!(!world.is_spent(), "{fault:?}");
        world.upstream.fault("POST", TOKEN, fault.clone().after_effect());
        world.refresh().expect_err("no whole answer");
        assert!(world.is_spent(), "{fault:?}");
    }
    let odd_answers = [
        (Fault::TruncatedJson, 200),
        (Fault::Html200, 200),
        (Fault::Redirect, 302),
        (Fault::Status(500, json!({})), 500),
    ];
    for (fault, status) in odd_answers {
        let world = World::start();
        world.upstream.fault("POST", TOKEN, fault.clone());
        assert_eq!(world.refresh().expect("an answer").status, status);
        assert!(!world.is_spent(), "{fault:?}");
        world.upstream.fault("POST", TOKEN, fault.clone().after_effect());
        let answer = world.refresh().expect("an answer");
        assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_err() || status == 500, "{fault:?}");
        assert!(world.is_spent(), "{fault:?}");
    }
}

#[test]
fn odd_token_answers_carry_a_good_token_unless_nothing_happened() {
    for (name, fault) in Fault::odd_token_answers() {
        let world = World::start();
        world.upstream.fault("POST", TOKEN, fault.clone().without_effect());
        let answer = world.refresh().expect("an answer").ok();
        assert!(!world.upstream.is_valid_access(answer["access_token"].as_str().expect("a token")), "{name}");
        assert!(!world.is_spent(), "{name}");
        world.upstream.fault("POST", TOKEN, fault);
        let answer = world.refresh().expect("an answer").ok();
        assert!(world.upstream.is_valid_access(answer["access_token"].as_str().expect("a token")), "{name}");
        assert!(world.is_spent(), "{name}");
        assert_eq!(world.upstream.problems(), Vec::<String>::new());
    }
}

#[test]
fn a_held_refresh_has_taken_effect_or_has_not() {
    for after_effect in [false, true] {
        let world = World::start();
        let gate = Gate::new();
        let hold = Fault::Hold(gate.clone());
        let plan = if after_effect { hold.after_effect() } else { hold.without_effect() };
        world.upstream.fault("POST", TOKEN, plan);
        let (url, client) = (world.upstream.url(), world.client.clone());
        let token = world.grant.refresh_token.clone();
        let call = thread::spawn(move || refresh(&url, &client, &token).expect("an answer").status);
        gate.wait_for_arrival(1);
        world.upstream.wait_for("POST", TOKEN, 1);
        assert_eq!(world.is_spent(), after_effect);
        assert!(!call.is_finished());
        gate.release();
        assert_eq!(call.join().expect("no panic"), 200);
        assert!(world.is_spent());
        assert_eq!(world.upstream.requests()[0].status, Some(200));
    }
}

#[test]
fn a_connection_can_break_while_all_wait() {
    let world = World::start();
    let gate = Gate::new();
    world.upstream.fault("POST", TOKEN, Fault::Reset.after_effect().held(&gate));
    let (url, client, token) = (world.upstream.url(), world.client.clone(), world.grant.refresh_token.clone());
    let call = thread::spawn(move || refresh(&url, &client, &token).expect_err("reset").kind());
    gate.wait_for_arrival(1);
    assert!(world.is_spent() && !call.is_finished());
    gate.release();
    assert_eq!(call.join().expect("no panic"), std::io::ErrorKind::ConnectionReset);
}
