//! The engage plane: pages, sessions, filters and sums.

use std::collections::BTreeSet;

use mp_sandbox::wire::Answer;
use serde_json::{Value, json};

use super::{FOREIGN, PROJECT, WORKSPACELESS, World};

fn url(project: &str) -> String {
    format!("/us/engage/?{project}&query_origin=x")
}

fn ask(world: &World, more: Value) -> Answer {
    let mut body = json!({"project_id": "3187654"});
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    world.post(&url(PROJECT), &body)
}

fn ids(page: &Value) -> Vec<String> {
    let rows = page["results"].as_array().expect("a list");
    rows.iter().map(|row| row["$distinct_id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn profiles_come_in_pages_of_one_session() {
    let world = World::start();
    world.upstream.data(|data| (data.profiles, data.page_size) = (25, 10));
    let first = world.good(&ask(&world, json!({"page": 0})));
    assert_eq!((&first["total"], &first["page_size"], &first["page"]), (&json!(25), &json!(10), &json!(0)));
    assert!(first["results"][0]["$properties"]["$last_seen"].is_string());
    let mut all = ids(&first);
    for page in 1..4 {
        let next = world.good(&ask(&world, json!({"page": page, "session_id": first["session_id"]})));
        assert_eq!(next["session_id"], first["session_id"]);
        assert_eq!(ids(&next).len(), [10, 5, 0][page - 1]);
        all.extend(ids(&next));
    }
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 25);
    let other = json!({"project_id": "3187655", "page": 1, "session_id": first["session_id"]});
    world.refused(&world.post(&url(WORKSPACELESS), &other), 400, "session_id", false);
    world.refused(&ask(&world, json!({"page": 1, "session_id": "other"})), 400, "session_id", false);
    world.refused(&ask(&world, json!({"page": 1})), 400, "session_id is required", true);
    world.upstream.expire_sessions();
    world.refused(&ask(&world, json!({"page": 1, "session_id": first["session_id"]})), 400, "expired", false);
}

#[test]
fn filters_select_profiles_and_stay_the_same() {
    let world = World::start();
    let all = ids(&world.good(&ask(&world, json!({}))));
    let some = |more: Value| ids(&world.good(&ask(&world, more)));
    assert_eq!(some(json!({"distinct_id": all[3]})), all[3..4]);
    assert_eq!(
        some(json!({"distinct_ids": json!([all[1], all[4], "nobody"]).to_string()})),
        [all[1].clone(), all[4].clone()]
    );
    assert_eq!(some(json!({"limit": 4})), all[..4]);
    let cohort = some(json!({"filter_by_cohort": r#"{"id": "3301"}"#, "include_all_users": false}));
    assert!(!cohort.is_empty() && cohort.len() < all.len() && cohort.iter().all(|id| all.contains(id)));
    assert_eq!(some(json!({"filter_by_cohort": r#"{"id": 3301}"#})).len(), all.len(), "all users is the default");
    let page = world.good(&ask(&world, json!({"output_properties": r#"["plan"]"#, "where": "anything"})));
    let properties = page["results"][0]["$properties"].as_object().expect("a map");
    assert_eq!(properties.keys().collect::<Vec<_>>(), ["plan"]);
    let begun =
        json!({"page": 1, "session_id": page["session_id"], "output_properties": r#"["plan"]"#, "where": "other"});
    world.noted(&ask(&world, begun), "same filters");
}

#[test]
fn the_body_is_checked() {
    let world = World::start();
    let body = json!({"project_id": "3187654", "page": 0});
    world.refused(&world.post(&url(FOREIGN), &json!({"project_id": "4100001"})), 403, "permission", false);
    world.refused(&world.post("/us/engage/", &body), 400, "project_id", true);
    world.refused(&world.post(&url(PROJECT), &json!({"page": 0})), 400, "project_id of the body", true);
    world.refused(&world.post(&url(PROJECT), &json!({"project_id": 3_187_654})), 400, "must be a string", true);
    world.refused(&world.post(&url(PROJECT), &json!({"project_id": "3187655"})), 400, "that of the query", true);
    world.refused(&world.send("POST", &url(PROJECT), "page=0"), 400, "JSON object", true);
    world.refused(&world.get(&url(PROJECT)), 405, "POST", true);
    world.refused(&ask(&world, json!({"page": -1})), 400, "page", true);
    world.refused(&ask(&world, json!({"limit": "many"})), 400, "limit", true);
    world.refused(&ask(&world, json!({"distinct_ids": ["a"]})), 400, "distinct_ids", true);
    world.refused(&ask(&world, json!({"output_properties": "plan"})), 400, "output_properties", true);
    world.refused(&ask(&world, json!({"filter_by_cohort": {"id": 1}})), 400, "filter_by_cohort", true);
    world.refused(&ask(&world, json!({"filter_by_cohort": r#"{"id": 1}"#})), 400, "cohort 1 does not exist", false);
    world.noted(&ask(&world, json!({"color": "red"})), "no member color");
    world.noted(&ask(&world, json!({"page": 0, "session_id": "x"})), "first page");
    world.noted(&world.post(&format!("/us/engage?{PROJECT}"), &body), "slash");
    world.noted(&ask(&world, json!({"distinct_id": "a", "distinct_ids": "[]"})), "exclude");
}

#[test]
fn profiles_add_up() {
    let world = World::start();
    let stats = |more: Value| {
        let mut body = json!({"project_id": "3187654"});
        body.as_object_mut().expect("a map").extend(more.as_object().expect("a map").clone());
        world.post(&format!("/us/engage/stats?{PROJECT}"), &body)
    };
    assert_eq!(world.good(&stats(json!({"action": "count()"})))["results"], 25);
    let by_cohort = world.good(&stats(json!({"action": "count()", "segment_by_cohorts": r#"{"3301": true}"#})));
    assert!(by_cohort["results"]["3301"].as_u64().is_some_and(|count| (1..25).contains(&count)));
    assert!(world.good(&stats(json!({"action": "extremes(properties[\"logins\"])"})))["results"]["max"].is_u64());
    world.refused(&stats(json!({})), 400, "action", true);
    world.refused(&stats(json!({"action": "odd()"})), 400, "odd()", false);
}
