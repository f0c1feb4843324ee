//! Links to reports: where they may lead, and who is told the credential on the way.

use mp_sandbox::upstream::Upstream;
use mp_sandbox::upstream::reply::Reply;
use serde_json::json;

use crate::grants::World;

const SHORT: &str = "/us/web/s/AbC123";

fn redirect(world: &World, to: String) {
    world.upstream.on("GET", SHORT, move |_| Reply::new(302).header("Location", &to));
}

#[test]
fn a_short_link_to_a_short_link_leads_to_its_end() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    redirect(&world, "https://mixpanel.com/s/Next".to_owned());
    world.upstream.on("GET", "/us/web/s/Next", |_| {
        Reply::new(302).header("Location", "https://mixpanel.com/project/7/app/insights#EBrV5bW2u9Mw")
    });
    let done = resolve(&world);
    assert!(done.stderr.contains("REPORT_LINK_PROJECT_MISMATCH"), "{}", done.stderr);
    let asked: Vec<String> = world.upstream.requests().iter().map(|request| request.path.clone()).collect();
    assert_eq!(asked, [SHORT, "/us/web/s/Next"]);
}

fn resolve(world: &World) -> mp_sandbox::home::Done {
    world.home.mp(["reports", "resolve", "https://mixpanel.com/s/AbC123"]).run()
}

#[test]
fn a_short_link_is_followed_to_its_end_and_only_to_mixpanel() {
    let (world, elsewhere) = (World::with_grant(3600), Upstream::start());
    let _daemon = world.start();
    let cases = [
        (format!("{}/project/3187654/app/insights#EBrV5bW2u9Mw", elsewhere.url()), "REPORT_LINK_INVALID"),
        (
            "https://mixpanel.com.evil.example/project/3187654/app/insights#EBrV5bW2u9Mw".to_owned(),
            "of another host than Mixpanel's",
        ),
        // It leads to itself.
        ("https://mixpanel.com/s/AbC123".to_owned(), "SHORT_LINK_CHAIN"),
        ("/s/AbC123".to_owned(), "SHORT_LINK_CHAIN"),
        ("https://eu.mixpanel.com/project/3187654/app/insights#EBrV5bW2u9Mw".to_owned(), "REPORT_LINK_REGION_MISMATCH"),
        ("https://mixpanel.com/project/7/app/insights#EBrV5bW2u9Mw".to_owned(), "REPORT_LINK_PROJECT_MISMATCH"),
        ("javascript:alert(1)".to_owned(), "REPORT_LINK_INVALID"),
    ];
    for (to, why) in cases {
        redirect(&world, to.clone());
        let done = resolve(&world);
        assert_eq!(done.code, 3, "{to}: {}", done.stderr);
        assert!(done.stderr.contains(why), "{to}: {}", done.stderr);
    }
    let asked = world.upstream.requests();
    assert!(asked.iter().all(|request| request.path == SHORT && request.authorization().is_some()), "{asked:?}");
    assert_eq!(elsewhere.requests().len(), 0);
}

#[test]
fn a_report_that_runs_says_what_mixpanel_objects_to() {
    let world = World::with_grant(3600);
    let _daemon = world.start();
    let record = json!({"status": "ok", "results": {"type": "insights", "params": {"sections": {}}}});
    world
        .upstream
        .on("GET", "/us/app/projects/3187654/bookmark-urls/EBrV5bW2u9Mw/", move |_| Reply::json(200, &record));
    world.upstream.on("POST", "/us/query/insights", |_| Reply::json(200, &json!({"error": "no such event"})));
    let done = world.home.mp(["reports", "resolve", "EBrV5bW2u9Mw", "--run"]).run();
    assert_eq!(done.code, 3, "{}", done.stderr);
    assert!(done.stderr.contains("Mixpanel says: no such event"), "{}", done.stderr);
    // A link of the session's own workspace is run there.
    world.upstream.on("POST", "/us/query/insights", |asked| {
        Reply::json(200, &json!({"series": {"a": {"all": asked.parameter("workspace_id").map_or(0, str::len)}}}))
    });
    let link = "mixpanel.com/project/3187654/view/880102/app/insights%23EBrV5bW2u9Mw";
    let table = world.home.mp(["reports", "resolve", link, "--run", "-f", "table"]).ok();
    assert_eq!(table, "EVENT  COUNT\na      6\n");
}
