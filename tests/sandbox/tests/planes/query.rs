//! The query plane: every question alike, then the shapes of the answers, bodies and limits.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use mp_proto::ids::Region;
use mp_sandbox::upstream::{Fault, Gate, Meter};
use mp_sandbox::wait::eventually;
use serde_json::{Value, json};

use super::{FOREIGN, PROJECT, WORKSPACELESS, World};

const DAYS: &str = "from_date=2025-01-01&to_date=2025-01-03";

/// Every GET with what it needs at least; each parameter can be left out in turn.
const GETS: [(&str, &str); 17] = [
    ("events/names", ""),
    ("events/properties/top", "event=Sign+Up"),
    ("events/properties/values", "name=country"),
    ("funnels/list", ""),
    ("events/top", "type=general"),
    ("data_definitions/events", ""),
    ("segmentation", "event=Sign+Up&from_date=2025-01-01&to_date=2025-01-03"),
    ("segmentation/numeric", "event=Sign+Up&from_date=2025-01-01&to_date=2025-01-03&on=properties%5B%22amount%22%5D"),
    ("segmentation/sum", "event=Sign+Up&from_date=2025-01-01&to_date=2025-01-03&on=properties%5B%22amount%22%5D"),
    ("segmentation/average", "event=Sign+Up&from_date=2025-01-01&to_date=2025-01-03&on=properties%5B%22amount%22%5D"),
    ("funnels", "funnel_id=2001&from_date=2025-01-01&to_date=2025-01-03"),
    ("retention", "born_event=Sign+Up&from_date=2025-01-01&to_date=2025-01-03"),
    ("retention/addiction", "from_date=2025-01-01&to_date=2025-01-03&unit=day&addiction_unit=hour"),
    ("events", "event=%5B%22Sign+Up%22%5D&type=general&unit=day&from_date=2025-01-01&to_date=2025-01-03"),
    ("events/properties", "event=Sign+Up&name=country&type=general&unit=day&from_date=2025-01-01&to_date=2025-01-03"),
    ("insights", "bookmark_id=101"),
    ("arb_funnels", "bookmark_id=104&query_type=flows_sankey"),
];

fn target(path: &str, project: &str, query: &str) -> String {
    format!("/us/query/{path}?{project}&{query}").trim_end_matches('&').to_owned()
}

fn ask(world: &World, path: &str, query: &str) -> Value {
    world.good(&world.get(&target(path, PROJECT, query)))
}

#[test]
fn every_question_is_checked_alike() {
    let world = World::start();
    for (path, query) in GETS {
        let answer = ask(&world, path, query);
        assert_eq!(answer, ask(&world, path, &format!("{query}&workspace_id=880101&query_origin=x")), "{path}");
        world.refused(&world.get(&target(path, FOREIGN, query)), 403, "permission to access this project", false);
        let other = format!("{query}&workspace_id=890001");
        world.refused(&world.get(&target(path, PROJECT, &other)), 403, "this workspace", false);
        world.refused(&world.get(&target(path, "project_id=one", query)), 400, "project_id", true);
        let missing = world.get(&format!("/us/query/{path}?{query}"));
        assert_eq!(missing.json()["request"], format!("/api/query/{path}"));
        world.refused(&missing, 400, "project_id", true);
        world.noted(&world.get(&target(path, PROJECT, &format!("{query}&color=red"))), "no parameter color");
        world.noted(&world.get(&target(path, PROJECT, &format!("{query}&{PROJECT}"))), "twice");
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let rest: Vec<&str> = query.split('&').filter(|one| *one != parameter).collect();
            let name = parameter.split('=').next().expect("a name");
            world.refused(&world.get(&target(path, PROJECT, &rest.join("&"))), 400, name, true);
        }
        world.refused(&world.send("PUT", &target(path, PROJECT, query), ""), 405, "method", true);
        assert_eq!(world.get(&target(path, PROJECT, query)).header("content-type"), Some("application/json"));
    }
    world.refused(&world.get("/us/query/elsewhere"), 404, "Not found", true);
}

#[test]
fn lists_name_what_a_project_has() {
    let world = World::start();
    let names = ask(&world, "events/names", "type=general&limit=5000&from_date=2000-01-01&to_date=2025-01-01");
    assert_eq!(names[0], "Sign Up");
    assert_eq!(ask(&world, "events/names", "limit=2").as_array().map(Vec::len), Some(2));
    let properties = ask(&world, "events/properties/top", "event=Purchase");
    assert!(properties.as_object().is_some_and(|map| map.len() == 10 && map["country"]["count"].is_u64()));
    let more = ask(&world, "events/properties/top", "event=Purchase&limit=100");
    assert!(more.as_object().is_some_and(|map| map.len() > 10));
    assert_eq!(
        ask(&world, "events/properties/values", "name=country&limit=3&event=Sign+Up"),
        json!(["US", "DE", "IN"])
    );
    assert_eq!(ask(&world, "events/properties/values", "name=nothing"), json!([]));
    let carts = ask(&world, "events/properties/values", "name=cart");
    assert!(serde_json::from_str::<Value>(carts[0].as_str().expect("text")).is_ok_and(|cart| cart.is_object()));
    assert_eq!(ask(&world, "funnels/list", "")[0], json!({"funnel_id": 2002, "name": "Onboarding"}));
    let top = ask(&world, "events/top", "type=unique&limit=2");
    assert_eq!((top["type"].as_str(), top["events"].as_array().map(Vec::len)), (Some("unique"), Some(2)));
    let definitions = ask(&world, "data_definitions/events", "fetch_per_event_properties=true");
    assert!(definitions["results"][0]["properties"][0]["name"].is_string());
    let url = target("cohorts/list", PROJECT, "");
    let cohorts = world.good(&world.send("POST", &url, ""));
    assert_eq!((&cohorts[0]["id"], &cohorts[1]["is_visible"]), (&json!(3301), &json!(0)));
    world.refused(&world.get(&url), 405, "POST", true);
    world.noted(&world.send("POST", &url, "{}"), "must be empty");
}

#[test]
fn numbers_have_the_shapes_of_mixpanel() {
    let world = World::start();
    let keys = |value: &Value| value.as_object().expect("a map").keys().cloned().collect::<Vec<_>>();
    let days = ["2025-01-01", "2025-01-02", "2025-01-03"];
    let segmentation = |more: &str| ask(&world, "segmentation", &format!("event=Sign+Up&{DAYS}&{more}"));
    let plain = segmentation("unit=day&type=general");
    assert_eq!((&plain["data"]["series"], &plain["legend_size"]), (&json!(days), &json!(1)));
    assert_eq!(keys(&plain["data"]["values"]["Sign Up"]), days);
    assert_eq!(keys(&segmentation("on=properties%5B%22country%22%5D")["data"]["values"]), ["US", "DE", "IN", "JP"]);
    assert_eq!(segmentation("unit=week")["data"]["series"], json!(["2024-12-30"]));
    assert_eq!(segmentation("unit=month")["data"]["series"], json!(["2025-01-01"]));
    assert_eq!(segmentation("unit=hour")["data"]["series"].as_array().map(Vec::len), Some(72));
    let on = format!("event=Purchase&{DAYS}&on=properties%5B%22amount%22%5D");
    assert_eq!(keys(&ask(&world, "segmentation/numeric", &on)["data"]["values"])[0], "0 - 25");
    assert_eq!(keys(&ask(&world, "segmentation/sum", &on)["results"]), days);
    assert!(ask(&world, "segmentation/average", &on).get("computed_at").is_none());
    let funnel = |more: &str| ask(&world, "funnels", &format!("funnel_id=2001&{DAYS}{more}"));
    assert_eq!(funnel("")["meta"]["dates"], json!(days));
    let steps = funnel("")["data"]["2025-01-01"]["steps"].clone();
    assert!(steps[0]["count"].as_u64() >= steps[1]["count"].as_u64() && steps[0]["step_conv_ratio"] == json!(1.0));
    assert!(funnel("&on=country")["data"]["2025-01-01"]["$overall"].is_array());
    let retention =
        ask(&world, "retention", &format!("born_event=Sign+Up&event=Purchase&{DAYS}&interval_count=10&unit=day"));
    assert_eq!(
        (keys(&retention).as_slice(), retention[days[0]]["counts"].as_array().map(Vec::len)),
        (days.map(String::from).as_slice(), Some(11))
    );
    assert!(ask(&world, "retention", "bookmark_id=103").is_object());
    let addiction = ask(&world, "retention/addiction", &format!("{DAYS}&unit=day&addiction_unit=hour"));
    assert_eq!(addiction["data"][days[0]].as_array().map(Vec::len), Some(24));
    let counts = format!("event=%5B%22Sign+Up%22%2C+%22Purchase%22%5D&type=general&unit=day&{DAYS}");
    assert_eq!(keys(&ask(&world, "events", &counts)["data"]["values"]), ["Sign Up", "Purchase"]);
    let values = format!("event=Purchase&name=country&type=general&unit=day&{DAYS}&limit=2");
    assert_eq!(keys(&ask(&world, "events/properties", &values)["data"]["values"]), ["US", "DE"]);
    assert_eq!(ask(&world, "insights", "bookmark_id=102")["headers"], json!(["$funnel"]));
    assert!(ask(&world, "arb_funnels", "bookmark_id=104&query_type=flows_sankey")["steps"][0]["nodes"].is_array());
    assert_ne!(plain, world.good(&world.get(&target("segmentation", WORKSPACELESS, &format!("event=Sign+Up&{DAYS}")))));
}

#[test]
fn what_cannot_be_answered_is_refused() {
    let world = World::start();
    let get = |path: &str, query: &str| world.get(&target(path, PROJECT, query));
    world.refused(&get("events/properties/top", "event=Sign"), 400, "event Sign does not exist", false);
    world.refused(&get("events/names", "limit=-1"), 400, "limit", false);
    world.refused(&get("events/names", "limit=x"), 400, "limit", true);
    world.refused(&get("events/names", "type=odd"), 400, "type", false);
    world.refused(&get("funnels", &format!("funnel_id=7&{DAYS}")), 400, "funnel 7", false);
    world.refused(&get("insights", "bookmark_id=7"), 404, "bookmark 7", false);
    world.refused(&get("segmentation", "event=x&from_date=2025-01-02&to_date=2025-01-01"), 400, "later", false);
    world.refused(&get("segmentation", "event=x&from_date=soon&to_date=2025-01-01"), 400, "from_date", false);
    world.refused(&get("events", &format!("event=Sign+Up&type=general&unit=day&{DAYS}")), 400, "JSON array", true);
    world.upstream.data(|data| data.max_days = Some(90));
    let names = |from: &str| get("events/names", &format!("from_date={from}&to_date=2025-04-01"));
    world.refused(&names("2024-12-31"), 403, "exceeds 90 days", false);
    world.good(&names("2025-01-01"));
    world.refused(
        &get("segmentation", "event=x&from_date=2000-01-01&to_date=2025-01-01"),
        403,
        "exceeds 90 days",
        false,
    );
    let with_body = world.send("GET", &target("funnels/list", PROJECT, ""), "{}");
    world.noted(&with_body, "no body");
}

#[test]
fn questions_in_a_body_are_checked_too() {
    let world = World::start();
    let bookmark = json!({"sections": {"show": []}});
    let body = json!({"bookmark": bookmark, "project_id": 3_187_654, "queryLimits": {"limit": 3000}});
    let post = |path: &str, body: &Value| world.post(&format!("/us/query/{path}"), body);
    let with = |body: &Value, name: &str, value: Value| {
        let mut body = body.clone();
        body[name] = value;
        body
    };
    assert!(world.good(&post("insights?workspace_id=880102", &body))["series"].is_object());
    world.refused(&post("insights", &with(&body, "project_id", json!("3187654"))), 400, "must be a number", true);
    world.refused(&post("insights", &with(&body, "project_id", json!(4_100_001))), 403, "permission", false);
    world.refused(&post("insights", &with(&body, "bookmark", json!({}))), 400, "sections", false);
    world.noted(&post("insights", &with(&body, "odd", json!(1))), "no member odd");
    world.noted(&post("insights?project_id=3187654", &body), "no parameter project_id");
    world.refused(&post("insights", &json!([])), 400, "JSON object", true);
    let flow = json!({"bookmark": {}, "project_id": 3_187_654, "query_type": "flows_top_paths"});
    assert!(world.good(&post("arb_funnels", &flow))["steps"].is_array());
    world.refused(&post("arb_funnels", &with(&flow, "query_type", json!("odd"))), 400, "query_type", false);
    let activity = json!({
        "project_id": "3187654", "workspace_id": 880_101, "distinct_ids": ["a", "b"], "mode": "raw",
        "bookmark": {"dateRange": {"type": "since", "from": "2025-01-01"}, "entries": []},
    });
    let path = "stream/bookmark?query_origin=x";
    let all = world.good(&post(path, &activity))["results"].clone();
    assert_eq!((all["events"].as_array().map(Vec::len), &all["sentinel_event"]), (Some(6), &Value::Null));
    let first = world.good(&post(path, &with(&activity, "limit", json!(4))))["results"].clone();
    let rest = with(&activity, "sentinel_event", first["sentinel_event"].clone());
    let rest = world.good(&post(path, &rest))["results"]["events"].clone();
    let joined: Vec<_> =
        [&first["events"], &rest].iter().flat_map(|part| part.as_array().expect("a list").clone()).collect();
    assert_eq!(json!(joined), all["events"]);
    world.refused(&post(path, &with(&activity, "project_id", json!(3_187_654))), 400, "must be a string", true);
    world.refused(&post(path, &with(&activity, "workspace_id", json!("880101"))), 400, "workspace_id", true);
    world.refused(&post(path, &with(&activity, "workspace_id", json!(890_001))), 403, "workspace", false);
    world.refused(&post(path, &with(&activity, "distinct_ids", json!("a"))), 400, "distinct_ids", true);
    world.refused(&post(path, &json!({"project_id": "3187654"})), 400, "workspace_id", true);
}

#[test]
fn a_project_asks_so_much_at_once() {
    let world = World::start();
    let gate = Gate::new();
    let path = "/us/query/funnels/list";
    // Three wait before they are looked at, two after: all run.
    world.upstream.fault("GET", path, Fault::Hold(gate.clone()).times(3));
    world.upstream.fault("GET", path, Fault::Hold(gate.clone()).after_effect().times(2));
    let url = target("funnels/list", PROJECT, "");
    let running = || world.upstream.running(Meter::Query, Region::Us, 3_187_654);
    thread::scope(|scope| {
        let held: Vec<_> = (0..5).map(|_| scope.spawn(|| world.get(&url).status)).collect();
        gate.wait_for_arrival(5);
        assert_eq!(running(), 5);
        let refused: BTreeSet<u16> = (0..3).map(|_| world.get(&url).status).collect();
        assert_eq!(refused, [429].into());
        let answer = world.post(&format!("/us/engage/?{PROJECT}"), &json!({"project_id": "3187654"}));
        assert_eq!((answer.status, answer.header("retry-after")), (429, Some("1")), "profiles are queries, too");
        assert!(answer.json()["error"].as_str().is_some_and(|text| text.contains("5/5 queries running concurrently")));
        assert_eq!(world.get(&target("funnels/list", WORKSPACELESS, "")).status, 200);
        gate.release();
        assert!(held.into_iter().all(|one| one.join().expect("no panic") == 200));
    });
    eventually(Duration::from_secs(20), "all have left", || running() == 0);
    assert_eq!(world.upstream.peak(Meter::Query, Region::Us, 3_187_654), 6);
    assert_eq!(world.upstream.peak(Meter::Query, Region::Us, 3_187_655), 1);
    assert_eq!(world.upstream.peak(Meter::Export, Region::Us, 3_187_654), 0);
    assert_eq!(world.upstream.problems(), Vec::<String>::new(), "many at once are no fault of one");
}

#[test]
fn whoever_hangs_up_does_not_count_any_more() {
    let world = World::start();
    world.upstream.limits(Meter::Query, |limits| limits.concurrent = 1);
    for plan in [Fault::Hold(Gate::new()).without_effect(), Fault::Hold(Gate::new()).after_effect()] {
        world.upstream.fault("GET", "/us/query/funnels/list", plan);
        let url = target("funnels/list", PROJECT, "");
        let address = world.upstream.url().trim_start_matches("http://").to_owned();
        let mut stream = std::net::TcpStream::connect(address).expect("it listens");
        let request = format!("GET {url} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\n\r\n");
        std::io::Write::write_all(&mut stream, request.as_bytes()).expect("it reads");
        let running = || world.upstream.running(Meter::Query, Region::Us, 3_187_654);
        eventually(Duration::from_secs(20), "it is there", || running() == 1);
        drop(stream);
        eventually(Duration::from_secs(20), "it is gone", || running() == 0);
        assert_eq!(world.get(&url).status, 200);
    }
}

/// A report of some clauses, over two days unless it says otherwise.
fn report(show: &Value, chart: &str, group: &Value) -> Value {
    let time = json!([{"dateRangeType": "between", "unit": "day", "value": ["2025-01-01", "2025-01-02"]}]);
    let sections = json!({"show": show, "time": time, "filter": [], "group": group});
    let bookmark = json!({"sections": sections, "displayOptions": {"chartType": chart}});
    json!({"bookmark": bookmark, "project_id": 3_187_654, "queryLimits": {"limit": 3000}})
}

fn metric(name: &str) -> Value {
    json!({"type": "metric", "behavior": {"type": "event", "name": name}, "measurement": {"math": "total"}})
}

#[test]
fn reports_are_answered_by_their_parameters() {
    let world = World::start();
    let ask = |body: &Value| world.good(&world.post("/us/query/insights", body));
    let by_plan = json!([{"value": "plan"}]);
    let days = ask(&report(&json!([metric("Sign Up")]), "line", &json!([])));
    assert_eq!(days["series"]["Sign Up - Total"].as_object().map(|days| days.len()), Some(2));
    assert_eq!(days, ask(&report(&json!([metric("Sign Up")]), "line", &json!([]))), "the same is asked");
    let mut hidden = metric("Sign Up");
    hidden["isHidden"] = true.into();
    let formula = json!([hidden, {"type": "formula", "definition": "A*2", "measurement": {}}]);
    let split = ask(&report(&formula, "bar", &by_plan));
    assert_eq!(
        (split["headers"].clone(), split["series"].as_object().map(|all| all.len())),
        (json!(["$metric", "plan"]), Some(1))
    );
    assert!(split["series"]["A*2"]["pro"]["all"].is_u64() && split["series"]["A*2"]["$overall"]["all"].is_u64());
    let funnel = json!({"type": "funnel", "behaviors": [{"name": "A"}, {"name": "B", "renamed": "Bee"}], "conversionWindowDuration": 7});
    let funnel = json!([{"type": "metric", "behavior": funnel, "measurement": {"math": "conversion_rate_unique"}}]);
    let steps = &ask(&report(&funnel, "funnel-steps", &json!([])))["series"]["A to Bee"]["$overall"];
    assert!(steps["count"]["2. Bee"]["all"].is_u64() && steps["avg_time"]["1. A"]["all"].is_null());
    let retention = json!({"type": "retention", "behaviors": [{"name": "A"}, {"name": "B"}], "retentionUnit": "day"});
    let retention = json!([{"type": "metric", "behavior": retention, "measurement": {"math": "retention_rate"}}]);
    let cohorts = &ask(&report(&retention, "retention-curve", &by_plan))["series"]["A and then B"]["free"];
    assert_eq!(cohorts["2025-01-01T00:00:00-08:00"]["counts"].as_array().map(Vec::len), Some(5));
}

#[test]
fn parameters_that_mean_nothing_are_refused() {
    let world = World::start();
    let odd = |show: Value, chart: &str, change: &dyn Fn(&mut Value)| {
        let mut body = report(&show, chart, &json!([]));
        change(&mut body["bookmark"]["sections"]["time"][0]);
        world.post("/us/query/insights", &body)
    };
    let good = || json!([metric("Sign Up")]);
    world.refused(
        &odd(json!([{"type": "metric", "behavior": {"type": "odd"}, "measurement": {}}]), "line", &|_| {}),
        400,
        "odd",
        false,
    );
    world.refused(
        &odd(json!([{"type": "metric", "behavior": {"type": "event"}}]), "line", &|_| {}),
        400,
        "measurement",
        false,
    );
    world.refused(&odd(json!([{"type": "formula"}]), "line", &|_| {}), 400, "definition", false);
    world.refused(&odd(good(), "pie", &|_| {}), 400, "chartType", false);
    world.refused(&odd(good(), "line", &|time| time["dateRangeType"] = "odd".into()), 400, "dateRangeType", false);
    world.refused(&odd(good(), "line", &|time| time["value"] = json!(["x", "y"])), 400, "YYYY-MM-DD", false);
    world.refused(&odd(good(), "line", &|time| *time = json!({"dateRangeType": "in the last"})), 400, "window", false);
}

#[test]
fn flows_are_steps_paths_or_trees() {
    let world = World::start();
    let ask = |kind: &str| {
        let steps = json!([{"event": "Sign Up", "forward": 2, "reverse": 1}]);
        let body = json!({"bookmark": {"steps": steps}, "project_id": 3_187_654, "query_type": kind});
        world.good(&world.post("/us/query/arb_funnels", &body))
    };
    let sankey = ask("flows_sankey");
    assert_eq!(sankey["steps"].as_array().map(Vec::len), Some(4));
    assert_eq!(sankey["steps"][1]["nodes"][0]["type"], "ANCHOR");
    assert_eq!(ask("flows_top_paths")["flows"][0]["flowSteps"].as_array().map(Vec::len), Some(3));
    assert_eq!(ask("flows")["trees"][0]["root"]["children"][0]["children"].as_array().map(Vec::len), Some(2));
}
