//! The planes that answer values: query, engage and app. What is refused, what is noted, and what comes.

mod app;
mod engage;
mod query;

use mp_proto::ids::Region;
use mp_sandbox::upstream::{ADA, SOL, Upstream, visit};
use mp_sandbox::wire::Answer;
use serde_json::Value;

/// Ada's project with workspaces, without, and one of Sol's.
const PROJECT: &str = "project_id=3187654";
const WORKSPACELESS: &str = "project_id=3187655";
const FOREIGN: &str = "project_id=4100001";

struct World {
    upstream: Upstream,
}

impl World {
    fn start() -> Self {
        let upstream = Upstream::start();
        upstream.add_bearer(Region::Us, "ada", ADA);
        upstream.add_bearer(Region::Us, "sol", SOL);
        Self { upstream }
    }

    fn send(&self, method: &str, target: &str, body: &str) -> Answer {
        let url = format!("{}{target}", self.upstream.url());
        let kind: &[_] = if body.is_empty() { &[] } else { &[("Content-Type", "application/json")] };
        visit::send(method, &url, &[&[("Authorization", "Bearer ada")], kind].concat(), body.as_bytes())
            .expect("an answer")
    }

    fn get(&self, target: &str) -> Answer {
        self.send("GET", target, "")
    }

    fn post(&self, target: &str, body: &Value) -> Answer {
        self.send("POST", target, &body.to_string())
    }

    /// Checks an answer without any problem, and returns its body.
    #[track_caller]
    fn good(&self, answer: &Answer) -> Value {
        assert_eq!(self.upstream.problems(), Vec::<String>::new());
        answer.ok()
    }

    /// Checks a refusal, and that there is a problem only where no faultless client asks so.
    #[track_caller]
    fn refused(&self, answer: &Answer, status: u16, piece: &str, problem: bool) {
        let body = answer.json();
        let error = body["error"].as_str().expect("a text");
        assert!(answer.status == status && error.contains(piece), "{} {error}", answer.status);
        assert_eq!(!self.upstream.problems().is_empty(), problem, "{:?}", self.upstream.problems());
        self.upstream.clear();
    }

    /// Checks that an answer is good, but was asked for in a way that no faultless client has.
    #[track_caller]
    fn noted(&self, answer: &Answer, piece: &str) {
        let problems = self.upstream.problems();
        assert!(answer.status == 200 && problems.len() == 1 && problems[0].contains(piece), "{problems:?}");
        self.upstream.clear();
    }
}
