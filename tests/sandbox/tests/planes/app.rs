//! The App API: what a project has, lists in pages, and links to reports.

use mp_sandbox::upstream::visit;
use serde_json::{Value, json};

use super::World;

const PROJECT: &str = "/us/app/projects/3187654";

fn results(world: &World, target: &str) -> Value {
    let body = world.good(&world.get(target));
    assert_eq!(body["status"], "ok");
    body["results"].clone()
}

#[test]
fn a_project_has_workspaces_reports_and_definitions() {
    let world = World::start();
    let all = |rest: &str| results(&world, &format!("{PROJECT}/{rest}"));
    let workspaces = all("workspaces/public");
    assert_eq!((&workspaces[0]["id"], &workspaces[0]["is_global"]), (&json!(880_101), &json!(true)));
    let index = results(&world, "/us/app/projects/metadata/index");
    assert_eq!(index["3187654"]["workspaces"]["880102"]["is_default"], true);
    assert_eq!(index["3187655"]["workspaces"], json!({}));
    assert_eq!(all("bookmarks?v=2&type=flows&project_id=3187654&query_origin=x")["results"][0]["id"], 104);
    assert_eq!(all("bookmarks?v=2")["results"].as_array().map(Vec::len), Some(4));
    assert_eq!(all("bookmarks/102?v=2")["type"], "funnels");
    assert_eq!(all("schemas")[0]["entityType"], "event");
    assert_eq!(all("schemas/profile")[0]["name"], "$user");
    assert!(all("schemas/event?entity_name=Sign+Up&query_origin=x")["properties"]["amount"]["type"].is_string());
    assert_eq!(all("data-definitions/events/")[0]["name"], "Sign Up");
    let properties = "data-definitions/properties/?resourceType=Event&includeCustom=true&includeZeroCounts=true";
    assert!(all(properties)[0].get("densityLocal").is_none());
    assert!(all(&format!("{properties}&includeDensity=true"))[0]["densityLocal"].is_number());
    assert_eq!(all(properties), results(&world, &format!("/us/app/workspaces/880103/{properties}")));
}

#[test]
fn what_is_not_there_or_not_ones_own_is_refused() {
    let world = World::start();
    let get = |rest: &str| world.get(&format!("{PROJECT}/{rest}"));
    for rest in ["workspaces/public", "bookmarks?v=2", "schemas", "data-definitions/events/", "annotations/"] {
        world.refused(&world.get(&format!("/us/app/projects/4100001/{rest}")), 403, "permission", false);
    }
    world.refused(&get("bookmarks"), 400, "v must be 2", true);
    world.refused(&get("bookmarks/999?v=2"), 404, "999", false);
    world.refused(&get("schemas/event?entity_name=Nothing"), 404, "Nothing", false);
    world.refused(&get("data-definitions/properties/"), 400, "resourceType", true);
    world.refused(&get("data-definitions/properties/?resourceType=Odd"), 400, "resourceType", false);
    world.refused(&get("data-definitions/events/?query_origin=x"), 400, "query_origin", true);
    world.refused(&get("bookmark-urls/EBrV5bW2u9Mw/"), 404, "EBrV5bW2u9Mw", false);
    for rest in ["data-definitions/events", "bookmarks/", "schemas/", "schemas/other", "workspaces"] {
        world.refused(&get(rest), 404, "Not found", true);
    }
    world.refused(&world.get("/us/app/workspaces/880101/schemas"), 404, "Not found", true);
    world.refused(&world.post(&format!("{PROJECT}/schemas"), &json!({})), 405, "GET", true);
    world.noted(&get("bookmarks?v=2&project_id=3187655"), "that of the path");
}

#[test]
fn a_list_is_read_page_by_page() {
    let world = World::start();
    let page = |query: &str| world.good(&world.get(&format!("{PROJECT}/annotations/?{query}")));
    let whole = page("");
    assert_eq!(
        (whole["results"].as_array().map(Vec::len), &whole["pagination"]["next_cursor"]),
        (Some(7), &Value::Null)
    );
    let mut rows = Vec::new();
    let (mut query, mut pages) = ("page_size=3".to_owned(), 0);
    loop {
        let now = page(&query);
        rows.extend(now["results"].as_array().expect("a list").clone());
        pages += 1;
        let Some(cursor) = now["pagination"]["next_cursor"].as_str() else { break };
        query = format!("page_size=3&cursor={cursor}");
    }
    assert_eq!((json!(rows), pages), (whole["results"].clone(), 3));
    let cursor = page("page_size=3")["pagination"]["next_cursor"].as_str().expect("a cursor").to_owned();
    assert_eq!(
        page(&format!("cursor={cursor}"))["pagination"]["previous_cursor"].as_str().map(str::is_empty),
        Some(false)
    );
    let get = |project: &str, query: &str| world.get(&format!("/us/app/projects/{project}/annotations/?{query}"));
    world.refused(&get("3187655", &format!("cursor={cursor}")), 400, "Invalid cursor", false);
    world.refused(&get("3187654", "cursor=zzz"), 400, "Invalid cursor", false);
    world.refused(&get("3187654", "page_size=0"), 400, "page_size", false);
    world.refused(&get("3187654", "page=2"), 400, "page", true);
    world.upstream.data(|data| data.annotations = 0);
    assert_eq!(page("page_size=3")["results"], json!([]));
}

#[test]
fn a_link_to_a_report_is_made_once_and_read_again() {
    let world = World::start();
    let url = format!("{PROJECT}/bookmark-urls/");
    let body = json!({"slug": "EBrV5bW2u9Mw", "type": "insights", "params": {"sections": {}}, "name": "Shared"});
    let with = |name: &str, value: Value| {
        let mut body = body.clone();
        body[name] = value;
        world.post(&url, &body)
    };
    let made = world.good(&world.post(&url, &body));
    assert_eq!((&made["results"]["project_id"], &made["results"]["slug"]), (&json!(3_187_654), &body["slug"]));
    assert_eq!(results(&world, &format!("{url}EBrV5bW2u9Mw/")), made["results"]);
    let elsewhere = world.get("/us/app/projects/3187655/bookmark-urls/EBrV5bW2u9Mw/");
    world.refused(&elsewhere, 404, "EBrV5bW2u9Mw", false);
    world.refused(&world.post(&url, &body), 400, "already", true);
    for slug in ["short", "0BrV5bW2u9Mw", "lBrV5bW2u9Mw", "EBrV5bW2u9Mw1"] {
        world.refused(&with("slug", json!(slug)), 400, "slug", true);
    }
    world.refused(&with("type", json!("odd")), 400, "type", true);
    let other = json!({"slug": "FnL9aaaaaaaa", "type": "funnels"});
    world.refused(&world.post(&url, &other), 400, "params", true);
    world.refused(&world.get(&url), 405, "POST", true);
}

#[test]
fn tables_are_taken_in_and_templates_filled() {
    let world = World::start();
    let status = "data-definitions/lookup-tables/upload-status/";
    assert_eq!(results(&world, &format!("{PROJECT}/{status}?upload-id=u"))["uploadStatus"], "SUCCESS");
    world.refused(&world.get(&format!("{PROJECT}/{status}")), 400, "upload-id", true);
    let table = |kind: &str, body: &str| {
        let url = format!("{}{PROJECT}/data-definitions/lookup-tables/", world.upstream.url());
        let headers = [("Authorization", "Bearer ada"), ("Content-Type", kind)];
        visit::send("POST", &url, &headers, body.as_bytes()).expect("an answer")
    };
    const FORM: &str = "application/x-www-form-urlencoded";
    let made = world.good(&table(FORM, "name=a+b&key=k&data-group-id=7"));
    assert_eq!(made["results"], json!({"id": 7, "name": "a b"}));
    world.refused(&table(FORM, "name=a"), 400, "key", true);
    world.refused(&table(FORM, "name=a&key=k&data-group-id=x"), 400, "data-group-id", true);
    world.noted(&table(FORM, "name=a&key=k&odd=1"), "no field odd");
    world.noted(&table("text/plain", "name=a&key=k"), "must be a form");
    let of = |id: u64| world.get(&format!("{PROJECT}/dashboards/{id}/blueprint-config"));
    assert!(world.good(&of(31_876_541))["results"]["variables"].is_object());
    world.refused(&of(7), 404, "Dashboard 7", false);
    let put = |body: &Value| world.send("PUT", &format!("{PROJECT}/dashboards/blueprints/cohorts"), &body.to_string());
    world.good(&put(&json!({"cohorts": [{"id": 1}]})));
    world.refused(&put(&json!({"cohorts": 1})), 400, "cohorts", true);
    world.refused(&world.get(&format!("{PROJECT}/dashboards/blueprints/cohorts")), 405, "PUT", true);
    let finish = |cards: Value| {
        world.post(
            &format!("{PROJECT}/dashboards/blueprints/finish"),
            &json!({"dashboard_id": 31_876_541, "cards": cards}),
        )
    };
    assert_eq!(world.good(&finish(json!([{"type": "text", "markdown": "x"}])))["results"]["id"], 31_876_541);
    for odd in [json!({}), json!([1]), json!([{"markdown": "x"}])] {
        world.refused(&finish(odd), 400, "card", true);
    }
    world.noted(&finish(json!([{"type": "text", "odd": 1}])), "no member odd");
}
