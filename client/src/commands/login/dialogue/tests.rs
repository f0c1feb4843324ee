//! Dialogues from both sides: what the daemon says, what a person types, and what comes of it.

use super::*;
use serde_json::{Value, json};

const URL: &str = "https://mixpanel.com/oauth/authorize/?a=1";

/// What a browser program is handed in its place.
const DOOR: &str = "http://localhost:19284/open/x";

fn begun(manner: Manner) -> Dialogue {
    Dialogue::new(manner, "mp login --project ID".to_owned())
}

fn login(state: &str, more: &Value) -> LoginBody {
    let mut body = json!({"id": "l1", "state": state, "revision": 1, "type": "oauth_browser"});
    let fields = body.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    serde_json::from_value(body).expect("a login")
}

fn waiting() -> LoginBody {
    login("waiting_for_browser", &json!({"authorize_url": URL}))
}

fn choosing() -> LoginBody {
    login(
        "choose_project",
        &json!({"projects": [{"id": "8", "name": "A"}, {"id": "9", "name": "B"}],
        "expires_at": "2026-11-23T03:05:00Z"}),
    )
}

/// Writes acts as one line each.
fn told(acts: Vec<Act>) -> Vec<String> {
    let told = |act| match act {
        Act::Say(text) => format!("say {text}"),
        Act::Note(text) => format!("note {text}"),
        Act::Ask(text) => format!("ask {text}"),
        Act::Open(url) => format!("open {url}"),
        Act::Paste(text) => format!("paste {}", text.expose()),
        Act::Choose(id) => format!("choose {id}"),
        Act::Fail(failure) => format!("fail {} {}", failure.kind.code(), failure.kind.exit_code()),
        Act::Leave(failure) => format!("leave {} {}", failure.kind.code(), failure.kind.exit_code()),
    };
    acts.into_iter().map(told).collect()
}

fn line(dialogue: &mut Dialogue, text: &str) -> Vec<String> {
    told(dialogue.line(Secret::new(text)))
}

#[test]
fn the_url_is_shown_once_on_a_line_of_its_own() {
    let mut dialogue = begun(Manner { opens_browser: true, quiet: true, shows_waiting: true, ..Manner::default() });
    let begun = login("waiting_for_browser", &json!({"authorize_url": URL, "open_url": DOOR}));
    let acts = told(dialogue.look(&begun));
    assert_eq!(acts.len(), 2, "quiet hides neither URL nor hint: {acts:?}");
    assert!(acts[0].lines().any(|line| line == format!("  {URL}")) && acts[0].contains("\n\n"), "{acts:?}");
    assert_eq!(acts[1], format!("open {DOOR}"), "a program's arguments are no place for what is in the URL");
    assert!(dialogue.look(&waiting()).is_empty());
    assert!(!dialogue.wants_lines());
}

#[test]
fn who_was_not_given_a_door_opens_nothing() {
    let mut dialogue = begun(Manner { opens_browser: true, ..Manner::default() });
    let acts = told(dialogue.look(&waiting()));
    assert!(acts.len() == 1 && acts[0].starts_with("say Open this URL") && acts[0].contains(URL), "{acts:?}");
}

#[test]
fn an_address_in_several_lines_is_joined() {
    let mut dialogue = begun(Manner { reads_pasted: true, ..Manner::default() });
    dialogue.look(&waiting());
    let refusal = Failure::new(FailureKind::InvalidArgument, "not whole");
    assert_eq!(line(&mut dialogue, "http://localhost:1/callback?code=a"), ["paste http://localhost:1/callback?code=a"]);
    assert!(dialogue.refused(&refusal, &waiting(), true).is_empty(), "more is coming");
    assert_eq!(line(&mut dialogue, " b&sta "), ["paste http://localhost:1/callback?code=ab&sta"]);
    assert_eq!(told(dialogue.refused(&refusal, &waiting(), true)), ["paste b&sta"], "or it stands for itself");
    assert!(dialogue.refused(&refusal, &waiting(), true).is_empty());
    assert_eq!(line(&mut dialogue, "te=s"), ["paste http://localhost:1/callback?code=ab&state=s"]);
    dialogue.refused(&refusal, &waiting(), false);
    assert_eq!(told(dialogue.refused(&refusal, &waiting(), false)).len(), 1, "that was all, and it is told");
    assert_eq!(line(&mut dialogue, "http://localhost:1/callback?x"), ["paste http://localhost:1/callback?x"]);
}

#[test]
fn without_a_browser_nothing_is_opened_and_lines_are_read() {
    let mut dialogue = begun(Manner { reads_pasted: true, shows_waiting: true, ..Manner::default() });
    let acts = told(dialogue.look(&waiting()));
    assert!(acts[0].ends_with("press Enter:") && acts[1] == "say Waiting for the browser…", "{acts:?}");
    assert!(dialogue.wants_lines());
    assert!(line(&mut dialogue, "  ").is_empty());
    assert_eq!(line(&mut dialogue, "?code=c&state=s"), ["paste ?code=c&state=s"]);
    assert!(dialogue.end_of_input().is_empty() && !dialogue.wants_lines(), "the browser may still come back");
}

#[test]
fn a_refused_paste_is_told_and_one_that_came_too_late_is_not() {
    let mut dialogue = begun(Manner { reads_pasted: true, ..Manner::default() });
    dialogue.look(&waiting());
    let refusal = Failure::new(FailureKind::InvalidArgument, "there is no code in it");
    let acts = told(dialogue.refused(&refusal, &waiting(), false));
    assert!(acts.len() == 1 && acts[0].starts_with("say Not accepted: there is no code in it"), "{acts:?}");
    assert!(dialogue.wants_lines());
    assert!(dialogue.refused(&refusal, &login("done", &json!({})), false).is_empty());
    assert!(!dialogue.wants_lines());
}

#[test]
fn notes_are_shown_as_they_come() {
    let mut dialogue = begun(Manner::default());
    assert_eq!(told(dialogue.look(&login("finishing", &json!({"notes": ["a"]})))), ["note a"]);
    assert_eq!(told(dialogue.look(&login("done", &json!({"notes": ["a", "b"]})))), ["note b"]);
    let mut quiet = begun(Manner { quiet: true, ..Manner::default() });
    assert!(quiet.look(&login("done", &json!({"notes": ["a"]}))).is_empty());
}

#[test]
fn a_project_is_asked_for_three_times_at_most() {
    let mut dialogue = begun(Manner { can_ask: true, ..Manner::default() });
    let acts = told(dialogue.look(&choosing()));
    assert!(acts[0].starts_with("say Found 2 project(s)") && acts[1] == "ask \nWhich project? [1]: ", "{acts:?}");
    assert!(dialogue.look(&choosing()).is_empty(), "the question stands");
    assert_eq!(line(&mut dialogue, "3")[1], "ask Which project? [1]: ");
    assert_eq!(line(&mut dialogue, "x")[1], "ask Which project? [1]: ");
    assert_eq!(line(&mut dialogue, "0")[1], "leave needs_project 1");
}

#[test]
fn a_choice_is_handed_in_and_asked_for_again_when_it_is_refused() {
    let mut dialogue = begun(Manner { can_ask: true, ..Manner::default() });
    dialogue.look(&choosing());
    assert_eq!(line(&mut dialogue, "2"), ["choose 9"]);
    assert!(!dialogue.wants_lines());
    let refusal = Failure::new(FailureKind::ProjectNotFound, "no such project");
    let acts = told(dialogue.refused(&refusal, &choosing(), false));
    assert_eq!(acts, ["say no such project", "ask Which project? [1]: "]);
    assert_eq!(line(&mut dialogue, ""), ["choose 8"]);
    assert!(dialogue.look(&login("done", &json!({}))).is_empty());
}

#[test]
fn the_end_of_input_is_no_choice() {
    let mut dialogue = begun(Manner { can_ask: true, ..Manner::default() });
    dialogue.look(&choosing());
    assert_eq!(told(dialogue.end_of_input()), ["say ", "leave needs_project 1"]);
}

#[test]
fn where_nobody_can_choose_the_projects_are_listed_in_the_failure() {
    let mut dialogue = begun(Manner { reads_pasted: true, ..Manner::default() });
    let mut acts = dialogue.look(&choosing());
    let Some(Act::Leave(failure)) = acts.pop() else { panic!("it goes") };
    assert_eq!((failure.kind, acts.len()), (FailureKind::NeedsProject, 0));
    assert_eq!(failure.errors, [Problem::new("8", "A"), Problem::new("9", "B")]);
    assert_eq!(failure.next[0].command, "mp login --project ID");
    assert!(failure.next[0].label.ends_with("it stays open until 03:05:00 UTC"), "{:?}", failure.next);
}

#[test]
fn a_choice_that_another_tool_has_made_ends_the_question() {
    let mut dialogue = begun(Manner { can_ask: true, ..Manner::default() });
    dialogue.look(&choosing());
    assert_eq!(told(dialogue.look(&login("finishing", &json!({})))), ["say "]);
    assert!(!dialogue.wants_lines() && line(&mut dialogue, "1").is_empty());
}

#[test]
fn a_failed_login_fails_for_the_daemons_reason() {
    let denied = Failure::new(FailureKind::LoginDenied, "the user said no").to_body();
    let mut dialogue = begun(Manner::default());
    assert_eq!(told(dialogue.look(&login("failed", &json!({"problem": denied})))), ["fail login_denied 2"]);
    assert_eq!(told(dialogue.look(&login("failed", &json!({})))), ["fail login_failed 2"]);
}
