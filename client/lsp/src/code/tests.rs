//! Calls in all languages, as people write them, and what is read of them.

use super::*;
use crate::scan::Language::{self, *};

/// Returns uses as `event(name=value, …)`, one a line.
fn shown(text: &str, language: Language) -> Vec<String> {
    shown_with(text, language, &[])
}

fn shown_with(text: &str, language: Language, wrappers: &[Wrapper]) -> Vec<String> {
    let of_value = |value: &Value| match value {
        Value::Text(text, _) => format!("'{text}'"),
        other => format!("{other:?}").to_lowercase(),
    };
    let one = |found: &Use| {
        let entries: Vec<String> =
            found.properties.iter().map(|entry| format!("{}={}", entry.name.text, of_value(&entry.value))).collect();
        let name = match (&found.event, found.subject) {
            (Some(event), _) => event.text.clone(),
            (None, Subject::Event) => "?".to_owned(),
            (None, subject) => format!("{subject:?}"),
        };
        let time = if found.subject == Subject::Event && !found.sends { "time " } else { "" };
        format!("{time}{name}({})", entries.join(", "))
    };
    uses(text, language, wrappers).iter().map(one).collect()
}

#[track_caller]
fn check(language: Language, text: &str, expected: &[&str]) {
    assert_eq!(shown(text, language), expected, "{text}");
}

#[test]
fn javascript_is_read() {
    check(
        JavaScript,
        r#"
import mixpanel from 'mixpanel-browser';
mixpanel.track('Sign Up', { plan: 'pro', "seats": 3, trial: true, tags: ['a'], n: null, [KEY]: 1, when, ...rest, at: f(x) });
mixpanel.people.set({ $name: "x", age: 5 });
mixpanel.people.set('plan', 'free');
mixpanel.register({ source: `a ${b}` });
mixpanel.time_event("Checkout");
mixpanel.track_links('#nav a', 'Click Nav', { where: 'top' });
this.mixpanel?.track(`Plain`);
window.mixpanel.track(name, { a: 1 });
mixpanel.get_group('company', 'x').set({ size: 10 });
mixpanel.track(`Hello ${world}`);
"#,
        &[
            "Sign Up(plan='pro', seats=number, trial=boolean, tags=list, n=nothing, when=computed, at=computed)",
            "User($name='x', age=number)",
            "User(plan='free')",
            "Super(source=sometext)",
            "time Checkout()",
            "Click Nav(where='top')",
            "Plain()",
            "?(a=number)",
            "Group(size=number)",
            "?()",
        ],
    );
}

#[test]
fn variables_and_constants_are_followed_where_that_is_sure() {
    check(
        JavaScript,
        r#"
const mp = require('mixpanel').init('token');
const EVENTS = Object.freeze({ SIGN_UP: 'Sign Up', OUT: "Log Out" });
const LOGIN = 'Log In';
enum E { Buy = 'Purchase' }
function go(plan) {
  const props: Record<string, unknown> = { plan };
  if (plan) { props.seats = 3; props['trial'] = false; }
  mp.track(EVENTS.SIGN_UP, props);
}
mp.track(LOGIN);
mp.track(E.Buy, {});
mp.track(EVENTS.NONE);
function other(name, props) { mp.track(name, props); }
const each = (LOGIN2) => mp.track(LOGIN2);
let event = 'A'; 
mp.track(event);
"#,
        &["Sign Up(plan=computed, seats=number, trial=boolean)", "Log In()", "Purchase()", "?()", "?()", "?()", "A()"],
    );
}

#[test]
fn what_is_not_mixpanel_is_left_alone() {
    for text in [
        "audio.track('x'); analytics.track('Y', {a: 1}); ga.track('z'); // not mixpanel",
        "import mixpanel from 'mixpanel-browser'; import { analytics } from './segment'; analytics.track('Y');",
        "import mixpanel from 'mixpanel-browser'; const tracker = new Segment(); tracker.track('Y'); audio.track(1);",
        "// mixpanel.track('in a comment')\n/* mixpanel.track('x') */",
        "const s = \"mixpanel.track('x')\"; const t = `mixpanel.track('y')`;",
        "function track(name) {} track('mixpanel');",
        "mixpanel.set('a', 'b'); mixpanel.identify('user'); mixpanel.alias('x');",
    ] {
        check(JavaScript, text, &[]);
    }
    check(Python, "import mixpanel\nself.audio.track('a', 'b')\nlogger.track('x', 'y')", &[]);
}

#[test]
fn python_is_read() {
    check(
        Python,
        r#"
from mixpanel import Mixpanel
mp = Mixpanel("token")
SIGN_UP = "Sign Up"
class Events:
    BUY = "Purchase"
def a(user):
    mp.track(user.id, SIGN_UP, {"plan": "pro", 'n': 1.5, KEY: 2, **more, "ok": True, "none": None})
    mp.track(user.id, Events.BUY, dict(amount=10, currency="EUR"))
    mp.track(distinct_id=user.id, event_name="Named", properties={"a": f"x{y}"})
    props = {"a": 1}
    props["b"] = "x"
    props.update({"c": []})
    mp.track(user.id, "Var", props)
    mp.people_set(user.id, {"$email": "x", "plan": "pro"})
    mp.import_data("key", user.id, "Old", 1, {"z": -1})
def b(props, name):
    mp.track("id", name, props)
"#,
        &[
            "Sign Up(plan='pro', n=number, ok=boolean, none=nothing)",
            "Purchase(amount=number, currency='EUR')",
            "Named(a=sometext)",
            "Var(a=number, b='x', c=list)",
            "User($email='x', plan='pro')",
            "Old(z=number)",
            "?()",
        ],
    );
}

#[test]
fn swift_and_objective_c_are_read() {
    check(
        Swift,
        r##"
import Mixpanel
enum Event: String { case signUp = "Sign Up" }
Mixpanel.mainInstance().track(event: "Plan Selected", properties: ["plan": "pro", "n": 1, "ok": true, "x": "\(y)"])
Mixpanel.mainInstance().track(event: Event.signUp.rawValue)
Mixpanel.mainInstance().time(event: "Upload")
Mixpanel.mainInstance().people.set(properties: ["$email": e])
Mixpanel.mainInstance().people.set(property: "plan", to: "free")
var props: Properties = ["a": 1]
props["b"] = "c"
Mixpanel.mainInstance().track(event: "Var", properties: props)
Mixpanel.mainInstance().registerSuperProperties(["s": 1])
Mixpanel.mainInstance().getGroup(groupKey: "c", groupID: 1).set(properties: ["g": 1])
"##,
        &[
            "Plan Selected(plan='pro', n=number, ok=boolean, x=sometext)",
            "Sign Up()",
            "time Upload()",
            "User($email=computed)",
            "User(plan='free')",
            "Var(a=number, b='c')",
            "Super(s=number)",
            "Group(g=number)",
        ],
    );
    check(
        ObjectiveC,
        "[[Mixpanel sharedInstance] track:@\"Buy\" properties:@{@\"plan\": @\"pro\", @\"n\": @1, @\"ok\": @YES}];\n[mixpanel timeEvent:@\"Load\"];\n[other track:@\"x\"];",
        &["Buy(plan='pro', n=number, ok=boolean)", "time Load()"],
    );
}

#[test]
fn kotlin_and_java_are_read() {
    check(
        Kotlin,
        r#"
import com.mixpanel.android.mpmetrics.MixpanelAPI
class A(private val mp: MixpanelAPI) {
  companion object { const val OPEN = "App Open" }
  fun a() {
    mp.track(OPEN)
    mp.trackMap("Buy", mapOf("plan" to "pro", "n" to 1, Pair("ok", true)))
    val props = JSONObject().apply { put("a", 1); put("b", "x") }
    props.put("c", false)
    mp.track("Var", props)
    mp.track("Chain", JSONObject().put("x", 1).put("y", "z"))
    mp.people.set("plan", "pro")
    mp.timeEvent("Load")
    mp.track("Tpl $x")
  }
}
"#,
        &[
            "App Open()",
            "Buy(plan='pro', n=number, ok=boolean)",
            "Var(a=number, b='x', c=boolean)",
            "Chain(x=number, y='z')",
            "User(plan='pro')",
            "time Load()",
            "?()",
        ],
    );
    check(
        Java,
        r#"
import com.mixpanel.android.mpmetrics.MixpanelAPI;
class A {
  private static final String EVENT = "Sign Up";
  private MixpanelAPI mMp;
  void a() throws JSONException {
    JSONObject props = new JSONObject();
    props.put("plan", "pro");
    props.put("n", 3);
    mMp.track(EVENT, props);
    mMp.trackMap("Buy", Map.of("a", 1, "b", "x"));
    mMp.getPeople().set("plan", "free");
    mMp.track("Init", new JSONObject(new HashMap<String, Object>() {{ put("k", true); }}));
  }
}
"#,
        &["Sign Up(plan='pro', n=number)", "Buy(a=number, b='x')", "User(plan='free')", "Init(k=boolean)"],
    );
    check(
        Java,
        "MessageBuilder messages = new MessageBuilder(TOKEN);\nJSONObject p = new JSONObject();\np.put(\"a\", 1);\nJSONObject e = messages.event(id, \"Server Event\", p);",
        &["Server Event(a=number)"],
    );
}

#[test]
fn go_ruby_php_dart_and_csharp_are_read() {
    check(
        Go,
        "import (\n\t\"github.com/mixpanel/mixpanel-go\"\n)\nconst Paid = \"Paid\"\nfunc a(mp *mixpanel.ApiClient) {\n\tmp.Track(ctx, []*mixpanel.Event{\n\t\tmp.NewEvent(Paid, \"id\", map[string]any{\"plan\": \"pro\", \"n\": 1}),\n\t})\n\tprops := map[string]interface{}{\"a\": true}\n\tprops[\"b\"] = 2\n\tmp.NewEvent(\"Var\", id, props)\n}\n",
        &["?()", "Paid(plan='pro', n=number)", "Var(a=boolean, b=number)"],
    );
    check(
        Ruby,
        "require 'mixpanel-ruby'\ntracker = Mixpanel::Tracker.new(TOKEN)\nBUY = 'Buy'\ntracker.track(id, 'Sign Up', { 'plan' => 'pro', :n => 1, ok: true })\ntracker.track user.id, BUY, plan: 'pro', n: 2\n@tracker.people.set(id, { '$email' => e })\nprops = {}\nprops[:a] = 1\ntracker.track(id, 'Var', props)\n",
        &[
            "Sign Up(plan='pro', n=number, ok=boolean)",
            "Buy(plan='pro', n=number)",
            "User($email=computed)",
            "Var(a=number)",
        ],
    );
    check(
        Php,
        "<?php\nconst BUY = 'Buy';\n$mp = Mixpanel::getInstance(\"T\");\n$mp->track(\"Sign Up\", array(\"plan\" => \"pro\", 'n' => 1));\n$mp->track(BUY, ['ok' => true]);\n$mp->people->set(12, ['$email' => $x]);\n$props = ['a' => 1];\n$props['b'] = 'c';\n$this->mixpanel->track('Var', $props);\n$mp->register(\"src\", \"x\");\n?><p>don't track('x')</p>",
        &[
            "Sign Up(plan='pro', n=number)",
            "Buy(ok=boolean)",
            "User($email=computed)",
            "Var(a=number, b='c')",
            "Super(src='x')",
        ],
    );
    check(
        Dart,
        "import 'package:mixpanel_flutter/mixpanel_flutter.dart';\nclass E { static const buy = 'Buy'; }\nvoid f(Mixpanel mp) {\n  mp.track('Sign Up', properties: {'plan': 'pro', 'n': 1});\n  mp.track(E.buy, properties: <String, dynamic>{'ok': true});\n  mp.getPeople().set('plan', 'x');\n  mp.timeEvent('Load');\n}\n",
        &["Sign Up(plan='pro', n=number)", "Buy(ok=boolean)", "User(plan='x')", "time Load()"],
    );
    check(
        CSharp,
        "using mixpanel;\nclass A {\n  const string Buy = \"Buy\";\n  void F() {\n    var props = new Value();\n    props[\"plan\"] = \"pro\";\n    Mixpanel.Track(Buy, props);\n    Mixpanel.Track(\"Inline\", new Value { [\"a\"] = 1 });\n    Mixpanel.Track(\"Pair\", \"k\", 5);\n    Mixpanel.Track(\"Dict\", new Dictionary<string, object> { {\"x\", 1}, {\"y\", true} });\n    Mixpanel.People.Set(\"plan\", \"x\");\n    Mixpanel.StartTimedEvent(\"Load\");\n  }\n}\n",
        &[
            "Buy(plan='pro')",
            "Inline(a=number)",
            "Pair(k=number)",
            "Dict(x=number, y=boolean)",
            "User(plan='x')",
            "time Load()",
        ],
    );
}

#[test]
fn wrappers_are_read_as_settings_say() {
    let wrapper = |name: &str, event, properties| Wrapper::new(name, event, properties).expect("a name");
    let wrappers = [wrapper("trackEvent", 0, Some(1)), wrapper("analytics.log", 1, Some(2))];
    let text =
        "trackEvent('A', {x: 1}); analytics.log(u, 'B', {y: 2}); other.log(u, 'C'); function trackEvent(name, p) {}";
    assert_eq!(shown_with(text, JavaScript, &wrappers), ["A(x=number)", "B(y=number)"]);
    assert!(Wrapper::new("a b", 0, None).is_err() && Wrapper::new("", 0, None).is_err());
}

#[test]
fn half_written_code_is_read_as_far_as_it_goes() {
    check(JavaScript, "mixpanel.track('Sign", &["Sign()"]);
    check(JavaScript, "mixpanel.track('Sign\nmixpanel.track('B', {a: 1", &["Sign()", "B(a=number)"]);
    check(JavaScript, "function f() { mixpanel.track(  }\nmixpanel.track('B')", &["?()", "B()"]);
    check(Python, "mp = Mixpanel(T)\nmp.track(1, \"Sign Up\", {\"pl", &["Sign Up()"]);
}

#[test]
fn jsx_regexes_and_templates_do_not_confuse() {
    check(
        JavaScript,
        r#"
const Page = () => (
  <div>
    <p>Don't do "this" or that's it</p><button onClick={() => mixpanel.track('Click', { a: 'b' })}>x</button>
    {a / b / c} <br /> <img src={x} /> text / more
    <a href="https://x.example/y">it's</a>
  </div>
);
const re = /['"`]/g; const d = x / y; mixpanel.track('After Regex');
const t = `outer ${cond ? `inner ${mixpanel.track('Inner')}` : ''} end`; mixpanel.track('After Template');
"#,
        &["Click(a='b')", "After Regex()", "Inner()", "After Template()"],
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_makes_it_panic(text in "(mixpanel\\.track\\(|['\"`{}()\\[\\],:;=/<#$\\\\ \n]|[a-z]{1,3}|=>|\\$\\{|\"\"\"|<<~X|<\\?php|@\"|é|\u{1f600}){0,60}") {
        for language in Language::ALL {
            let found = uses(&text, language, &[]);
            for one in &found {
                for range in one.rooms.iter().chain(one.event_at.iter()).chain(one.event.iter().map(|event| &event.at)) {
                    proptest::prop_assert!(text.get(range.clone()).is_some());
                }
            }
        }
    }
}
