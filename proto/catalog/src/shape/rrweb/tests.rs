//! Recordings, good and odd.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const START: i64 = 1_736_935_200_000;

/// A page with a button (4), an input (6), a link (7) and a picture (9).
fn page() -> Value {
    let text = |id: u64, text: &str| json!({"id": id, "type": 3, "textContent": text});
    let element = |id: u64, tag: &str, attributes: Value, children: Value| json!({"id": id, "type": 2, "tagName": tag, "attributes": attributes, "childNodes": children});
    let body = json!([
        element(4, "button", json!({"class": "btn"}), json!([text(5, " Buy\n  now ")])),
        element(6, "input", json!({"name": "email", "type": "text", "data-x": {"y": 1}}), json!([])),
        element(7, "A", json!({"href": "/help"}), json!([text(8, "Help")])),
        element(9, "img", json!({"title": "T", "alt": "A cat"}), json!([])),
        element(10, "style", json!({}), json!([text(11, "p {}")])),
    ]);
    let html = element(2, "html", json!({}), json!([element(3, "body", json!({}), body)]));
    event(2, 40, json!({"node": {"id": 1, "type": 0, "childNodes": [html]}, "initialOffset": {"left": 0, "top": 0}}))
}

fn event(kind: u64, after_ms: i64, data: Value) -> Value {
    json!({"type": kind, "timestamp": START + after_ms, "data": data})
}

fn click(after_ms: i64, id: i64) -> Value {
    event(3, after_ms, json!({"source": 2, "type": 2, "id": id, "x": 1, "y": 2}))
}

fn analysed(events: &[Value]) -> Analysis {
    let mut timeline = Timeline::default();
    timeline.read(&serde_json::to_vec(events).expect("JSON")).expect("events");
    timeline.finish()
}

fn lines(events: &[Value]) -> Vec<String> {
    analysed(events).actions.into_iter().map(|action| action.description).collect()
}

#[test]
fn what_was_done_is_told_in_its_order() {
    let meta = |after, href: &str| event(4, after, json!({"href": href, "width": 1, "height": 1}));
    let analysis = analysed(&[
        meta(0, "https://a/cart"),
        page(),
        click(2500, 4),
        event(3, 5200, json!({"source": 5, "id": 6, "text": "mia@solo.example", "isChecked": false})),
        event(3, 6100, json!({"source": 3, "id": 3, "x": 0, "y": 640})),
        event(3, 6200, json!({"source": 3, "id": 1, "x": 0, "y": 700})),
        meta(7000, "https://a/cart"),
        event(
            6,
            8000,
            json!({"plugin": "rrweb/console@1", "payload": {"level": "error", "payload": ["\"Boom\\n!\"", "{}"]}}),
        ),
        event(6, 8000, json!({"plugin": "rrweb/console@1", "payload": {"level": "log", "payload": ["\"fine\""]}})),
        event(5, 8500, json!({"tag": "checkout", "payload": {}})),
        meta(9000, "https://a/checkout"),
        click(75_300, 7),
        event(1, 75_400, json!({})),
    ]);
    let text = "1736935200: Navigated to https://a/cart
1736935202: Clicked button \"Buy now\"
1736935205: Set input type=text to unchecked
1736935206: Scrolled
1736935208: Console error: Boom ! {}
1736935208: Custom event checkout
1736935209: Navigated to https://a/checkout
1736935275: Clicked a \"Help\"";
    assert_eq!(analysis.text(), text);
    assert_eq!((analysis.events, analysis.span_ms), (13, Some((START, START + 75_400))));
    assert_eq!((analysis.count("click"), analysis.pages(), analysis.is_cut), (2, 2, false));
    assert_eq!(analysis.ends(), (Some("https://a/cart"), Some("https://a/checkout")));
    let input = json!({"timestamp": START + 5200, "action": "input", "target_node_id": 6, "target_desc": "input type=text",
        "url": "https://a/cart", "metadata": {"text_length": 16, "is_checked": false},
        "description": "Set input type=text to unchecked"});
    assert_eq!(analysis.rows()[2], input);
    assert_eq!(analysis.rows()[3]["target_node_id"], Value::Null);
}

#[test]
fn elements_are_called_what_a_person_sees() {
    let told = lines(&[page(), click(1, 9), click(2, 5), click(3, 3), click(4, 99), click(5, 10)]);
    let expected =
        ["Clicked img \"A cat\"", "Clicked button \"Buy now\"", "Clicked body", "Clicked element 99", "Clicked style"];
    assert_eq!(told, expected);
}

#[test]
fn a_page_changes() {
    let change = |data: Value| {
        let mut data = data;
        data["source"] = 0.into();
        event(3, 100, data)
    };
    let told = lines(&[
        page(),
        change(json!({"removes": [{"parentId": 4, "id": 5}], "texts": [{"id": 8, "value": "More help"}],
            "adds": [{"parentId": 4, "nextId": null, "node": {"id": 20, "type": 3, "textContent": "Sold out"}}],
            "attributes": [{"id": 6, "attributes": {"type": "email", "placeholder": "Mail"}}, {"id": 9, "attributes": {"alt": null}}]})),
        click(1000, 4),
        click(1001, 7),
        click(1002, 6),
        click(1003, 9),
        // The same text again, somewhere else: it is where it is now, and once.
        change(json!({"adds": [{"parentId": 7, "node": {"id": 20, "type": 3, "textContent": "Sold"}}]})),
        click(1004, 4),
        click(1005, 7),
        change(json!({"removes": [{"id": 3}]})),
        click(1006, 7),
    ]);
    let expected = [
        "Clicked button \"Sold out\"",
        "Clicked a \"More help\"",
        "Clicked input type=email \"Mail\"",
        "Clicked img \"T\"",
        "Clicked button",
        "Clicked a \"More help Sold\"",
        "Clicked element 7",
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_comes_as_many_events_is_one_action() {
    let typed = |after, text: &str| event(3, after, json!({"source": 5, "id": 6, "text": text}));
    let scrolled = |after, id: i64| event(3, after, json!({"source": 3, "id": id, "x": 0, "y": after}));
    let analysis = analysed(&[
        page(),
        typed(1000, "a"),
        typed(2000, "ab"),
        typed(3900, "abc"),
        typed(9000, "abcd"),
        scrolled(9100, 3),
        scrolled(9200, 3),
        scrolled(9300, 7),
    ]);
    let told: Vec<_> = analysis.actions.iter().map(|action| (action.time_ms - START, &*action.description)).collect();
    let expected = [
        (1000, "Typed in input type=text"),
        (9000, "Typed in input type=text"),
        (9100, "Scrolled"),
        (9300, "Scrolled a \"Help\""),
    ];
    assert_eq!(told, expected);
    assert_eq!(analysis.actions[0].metadata["text_length"], 3);
}

#[test]
fn only_lists_of_rrweb_events_are_read() {
    let odd = [
        "",
        "{}",
        "[1]",
        "[{\"foo\": 1}]",
        "[{\"type\": 4}]",
        "[{\"type\": \"4\", \"timestamp\": 1}]",
        "[",
        "\u{feff}[]",
    ];
    for file in odd {
        assert!(Timeline::default().read(file.as_bytes()).is_err(), "{file}");
        assert!(rrweb_events(file.as_bytes()).is_err(), "{file}");
    }
    assert!(Timeline::default().read(b"[\"\xff\"]").is_err());
    let good = json!([{"type": 1, "timestamp": 1.5}, {"type": 99, "timestamp": 2, "data": null, "more": [1]}]);
    assert_eq!(rrweb_events(good.to_string().as_bytes()), Ok(good.as_array().expect("a list").clone()));
    assert_eq!(analysed(good.as_array().expect("a list")).span_ms, Some((1, 2)));
}

#[test]
fn odd_parts_are_left_out_and_the_rest_is_told() {
    let odd = [
        event(2, 0, json!({"node": {"id": "1", "type": 0}})),
        event(2, 0, json!([])),
        event(3, 0, json!({"source": "2"})),
        event(3, 0, json!({"source": 2, "type": 2, "id": 1e30})),
        event(
            3,
            0,
            json!({"source": 0, "adds": [{"parentId": 1}, 5, {"parentId": 77, "node": {"id": 1, "type": 1}}],
            "removes": [null], "texts": [{"id": 1}], "attributes": [{"id": 1, "attributes": [1]}]}),
        ),
        event(3, 0, json!({"source": 5, "id": 6, "text": 5})),
        event(4, 0, json!({"href": null})),
        event(6, 0, json!({"plugin": "rrweb/console@1", "payload": 5})),
        json!({"type": 4, "timestamp": -1e300, "data": {"href": "x\u{1b}[2J\ny"}}),
        event(3, 0, json!({"source": 2, "type": 2, "id": i64::MAX})),
    ];
    let analysis = analysed(&odd);
    let told: Vec<_> = analysis.actions.iter().map(|action| &*action.description).collect();
    assert_eq!(told, ["Navigated to x [2J y", "Clicked element 9223372036854775807"]);
    assert_eq!(analysis.text().lines().count(), 2);
}

#[test]
fn a_node_that_is_odd_costs_only_itself() {
    let mut snapshot = page();
    let html = &mut snapshot["data"]["node"]["childNodes"][0]["childNodes"][0]["childNodes"];
    html.as_array_mut().expect("a list").insert(0, json!({"id": [], "type": 2, "childNodes": []}));
    assert_eq!(lines(&[snapshot, click(1, 4)]), ["Clicked button \"Buy now\""]);
}

/// Returns a file of a page whose button is as deep as that.
fn deep(levels: usize) -> Vec<u8> {
    let mut file = format!("[{{\"type\":2,\"timestamp\":{START},\"data\":{{\"node\":");
    for level in 0..levels {
        let level = level + 100;
        file.push_str(&format!("{{\"id\":{level},\"type\":2,\"tagName\":\"div\",\"attributes\":{{}},\"childNodes\":["));
    }
    file.push_str(
        "{\"id\":4,\"type\":2,\"tagName\":\"button\",\"childNodes\":[{\"id\":5,\"type\":3,\"textContent\":\"Buy\"}]}",
    );
    file.push_str(&"]}".repeat(levels));
    file.push_str(&format!("}}}},{}]", click(1, 4)));
    file.into_bytes()
}

#[test]
fn a_deep_page_is_read_and_one_that_is_made_to_hurt_ends() {
    for (levels, expected) in
        [(10, "Clicked button \"Buy\""), (300, "Clicked button \"Buy\""), (20_000, "Clicked element 4")]
    {
        let mut timeline = Timeline::default();
        timeline.read(&deep(levels)).expect("events");
        let found = timeline.finish();
        assert_eq!(found.actions[0].description, expected, "{levels}");
        // It is passed on only if who gets it can read it.
        assert_eq!(rrweb_events(&deep(levels)).is_ok(), levels == 10, "{levels}");
    }
}

#[test]
fn braces_in_texts_are_not_depth() {
    assert_eq!(depth(br#"[{"a\\\"[[[": "{{{"}, [[1]]]"#), 3);
    assert_eq!((depth(b""), depth(b"]]]["), depth(b"\"")), (0, 1, 0));
}

#[test]
fn long_texts_are_cut_between_characters() {
    assert_eq!(short(&"ü".repeat(70), 60), format!("{}…", "ü".repeat(60)));
    assert_eq!(short(" a \t b\n", 60), "a b");
    assert_eq!(short("", 60), "");
}

#[test]
fn there_is_an_end_of_actions() {
    let clicks: Vec<Value> = (0..20_010).map(|at| click(at, 1)).collect();
    let found = analysed(&clicks);
    assert!(found.is_cut && found.actions.len() == MOST_ACTIONS && found.events == 20_010);
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = ["id", "type", "timestamp", "data", "source", "node", "childNodes", "adds", "parentId", "tagName"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2_i64..9).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,4}".prop_map(Value::from)
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(names.to_vec()), inner), 0..6)
                .prop_map(|all| Value::Object(all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(
        parts in prop::collection::vec((0_u64..7, any::<i64>(), any_json(), 0_u64..12), 0..20),
        bytes in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let events: Vec<Value> = parts
            .into_iter()
            .map(|(kind, time, mut data, source)| {
                if let Value::Object(fields) = &mut data {
                    fields.insert("source".to_owned(), source.into());
                }
                json!({"type": kind, "timestamp": time, "data": data})
            })
            .collect();
        let found = analysed(&events);
        prop_assert_eq!(found.text().lines().count(), found.actions.len());
        let _ = Timeline::default().read(&bytes);
        let _ = rrweb_events(&bytes);
    }
}
