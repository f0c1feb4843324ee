//! Offers at places that are marked by `|`.

use super::complete::offers;
use super::place::{Place, place};
use crate::code::uses;
use crate::knowledge::{Facts, Knowledge};
use crate::scan::Language::{self, *};
use serde_json::json;

pub(crate) fn knowledge() -> Knowledge {
    let facts: Facts = serde_json::from_value(json!({
        "names": ["Sign Up", "Sign In", "Purchase", "Old Event", "It's"],
        "graph": {
            "events": [{"name": "Sign Up", "description": "Somebody signs up", "tags": ["core"]}, {"name": "Old Event", "hidden": true}],
            "properties": [{"name": "plan", "type": "string"}, {"name": "seats", "type": "number"}, {"name": "is first", "type": "boolean"}, {"name": "amount", "type": "number"}],
            "user_properties": [{"name": "$email", "type": "string"}, {"name": "plan", "type": "string"}],
            "event_to_properties": {"Sign Up": ["plan", "seats", "is first"], "Purchase": ["amount"]}
        },
        "schemas": []
    }))
    .expect("facts");
    Knowledge::of(&facts)
}

fn split(marked: &str) -> (String, usize) {
    let offset = marked.find('|').expect("a mark");
    (marked.replacen('|', "", 1), offset)
}

fn at(marked: &str, language: Language) -> Option<(Place, String)> {
    let (text, offset) = split(marked);
    Some((place(&text, &uses(&text, language, &[]), offset)?, text))
}

/// Returns what the text becomes with each of the offers.
fn written(marked: &str, language: Language) -> Vec<String> {
    let Some((place, text)) = at(marked, language) else { return Vec::new() };
    let values = ["free".to_owned(), "pro".to_owned()];
    let offers = offers(&place, &knowledge(), Some(&values), &text, language);
    let one = |insert: &str| format!("{}{insert}{}", &text[..offers.range.start], &text[offers.range.end..]);
    offers.all.iter().map(|offer| one(&offer.insert)).collect()
}

#[test]
fn events_are_offered_within_quotes_and_without() {
    assert_eq!(
        written("mixpanel.track('Sig|')", JavaScript),
        ["mixpanel.track('Sign In')", "mixpanel.track('Sign Up')"]
    );
    assert_eq!(written("mixpanel.track('Si|gn Off')", JavaScript)[1], "mixpanel.track('Sign Up')");
    assert_eq!(written("mixpanel.track(\"pur|", JavaScript), ["mixpanel.track(\"Purchase"]);
    assert_eq!(written("mixpanel.track(pur|)", JavaScript), ["mixpanel.track(\"Purchase\")"]);
    assert_eq!(written("const a = 'x'; mixpanel.track(|)", JavaScript).len(), 5);
    assert_eq!(written("mixpanel.track('it|')", JavaScript), ["mixpanel.track('It\\'s')"]);
    assert_eq!(written("mixpanel.time_event('pur|')", JavaScript), ["mixpanel.time_event('Purchase')"]);
    assert_eq!(written("mixpanel.track(user, \"pur|\")", Python), ["mixpanel.track(user, \"Purchase\")"]);
    assert_eq!(
        written("Mixpanel.mainInstance().track(event: \"pur|\")", Swift),
        ["Mixpanel.mainInstance().track(event: \"Purchase\")"]
    );
    assert_eq!(written("audio.track('Sig|')", JavaScript), [""; 0]);
}

#[test]
fn properties_of_the_event_are_offered_as_the_language_writes_them() {
    let js = written("mixpanel.track('Sign Up', {|})", JavaScript);
    assert_eq!(
        js,
        [
            "mixpanel.track('Sign Up', {'is first': })",
            "mixpanel.track('Sign Up', {plan: })",
            "mixpanel.track('Sign Up', {seats: })"
        ]
    );
    assert_eq!(
        written("mixpanel.track('Sign Up', { seats: 1, pl| })", JavaScript),
        ["mixpanel.track('Sign Up', { seats: 1, plan:  })"]
    );
    assert_eq!(
        written("mixpanel.track('Sign Up', { pl|: 1 })", JavaScript),
        ["mixpanel.track('Sign Up', { plan: 1 })"]
    );
    assert_eq!(written("mixpanel.track(1, 'Purchase', {\"am|", Python), ["mixpanel.track(1, 'Purchase', {\"amount"]);
    assert_eq!(
        written("mixpanel.track(1, 'Purchase', {\"am|\": 5})", Python),
        ["mixpanel.track(1, 'Purchase', {\"amount\": 5})"]
    );
    assert_eq!(
        written("mixpanel.trackMap(\"Purchase\", mapOf(|))", Kotlin),
        ["mixpanel.trackMap(\"Purchase\", mapOf(\"amount\" to ))"]
    );
    assert_eq!(
        written("<?php $mixpanel->track('Purchase', ['|']);", Php),
        ["<?php $mixpanel->track('Purchase', ['amount']);"]
    );
    assert_eq!(written("mixpanel.people.set({ $e| })", JavaScript), ["mixpanel.people.set({ $email:  })"]);
    assert_eq!(
        written("val p = JSONObject()\np.put(\"am|\", 1)\nmixpanel.track(\"Purchase\", p)", Kotlin),
        ["val p = JSONObject()\np.put(\"amount\", 1)\nmixpanel.track(\"Purchase\", p)"]
    );
}

#[test]
fn values_are_offered_by_their_type() {
    assert_eq!(
        written("mixpanel.track('Sign Up', { plan: 'p|' })", JavaScript),
        ["mixpanel.track('Sign Up', { plan: 'pro' })"]
    );
    assert_eq!(
        written("mixpanel.track('Sign Up', { plan: p| })", JavaScript),
        ["mixpanel.track('Sign Up', { plan: 'pro' })"]
    );
    assert_eq!(
        written("mixpanel.track(1, 'Sign Up', {'is first': |})", Python),
        ["mixpanel.track(1, 'Sign Up', {'is first': True})", "mixpanel.track(1, 'Sign Up', {'is first': False})"]
    );
    assert_eq!(written("mixpanel.track('Sign Up', { seats: | })", JavaScript), [""; 0]);
}
