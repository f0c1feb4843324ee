//! What the demo plays: the real programs in a temporary home, against a fake Mixpanel, explained step by step.
//!
//! Every step checks what it tells. The demo ends with an error if anything is not as told, and leaves nothing behind.

mod stage;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use mp_sandbox::home::{Done, Home};
use mp_sandbox::process::daemons_of;
use mp_sandbox::upstream::{Fault, Upstream, visit};
use mp_sandbox::wait::poll;
use mp_sandbox::wire::{Ask, EventStream};
use serde_json::Value;

use stage::{Told, find_programs, headline, say, show, told};

/// Long enough for anything here on a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// Mixpanel's tokens live for hours. These end while you watch.
const TOKEN_LIFE: Duration = Duration::from_secs(8);

const TOKEN: &str = "/us/oauth/token/";
const ME: &str = "/us/app/me";
const NAMES: &str = "/us/query/events/names";

/// What the steps share.
struct Demo {
    home: Home,
    upstream: Upstream,
}

fn main() -> ExitCode {
    let programs = match find_programs() {
        Ok(programs) => programs,
        Err(problem) => return fail(&problem),
    };
    let upstream = Upstream::start();
    upstream.policy(|policy| policy.access_life = TOKEN_LIFE);
    let mut home = Home::new(programs);
    home.set("MPD_UPSTREAM", &upstream.url());
    let path = home.path().to_owned();
    println!("A temporary home, {}, and a fake Mixpanel at {}.", path.display(), upstream.url());
    let demo = Demo { home, upstream };
    let steps: [fn(&Demo) -> Told; 9] = [login, explain, projects, query, export, background, two_tools, edits, lend];
    for step in steps {
        if let Err(problem) = step(&demo) {
            return fail(&problem);
        }
    }
    if let Err(problem) = stop(&demo) {
        return fail(&problem);
    }
    drop(demo);
    if path.exists() || !daemons_of(&path).is_empty() {
        return fail(&format!("something is left of {}", path.display()));
    }
    println!("\nNothing is left: no process, no file. Everything was as told.");
    ExitCode::SUCCESS
}

fn fail(problem: &str) -> ExitCode {
    eprintln!("\nNOT AS TOLD: {problem}");
    ExitCode::FAILURE
}

fn login(demo: &Demo) -> Told {
    headline(1, "Log in. No daemon runs yet: the call starts one, and the daemon waits for the browser.");
    told(demo.home.daemon().is_none(), "no daemon runs")?;
    let words = ["login", "--no-browser", "--project", "3187654"];
    println!("   $ mp {}", words.join(" "));
    let mut running = demo.home.mp(words).start_open();
    let url = running.pick_line(SOON, |line| line.trim().starts_with("http://").then(|| line.trim().to_owned()));
    let Some(url) = url else {
        let Done { stderr, .. } = running.finish();
        return Err(format!("no address to open: {stderr}"));
    };
    say(url.split('?').next().unwrap_or_default());
    say("     ?response_type=code&client_id=…&state=…&code_challenge=…");
    println!("   (the browser opens it; Ada allows it, and is sent back to localhost with a code)");
    let answer = visit::get(&url).map_err(|error| error.to_string())?;
    let back = answer.header("location").ok_or("the provider sent nobody back")?.to_owned();
    let page = visit::get(&back).map_err(|error| error.to_string())?.text();
    told(page.contains("<title>Logged in</title>"), "the browser shows that it worked")?;
    let done = running.finish();
    say(&done.stdout);
    told(done.code == 0 && done.stdout.contains("ada@example.com"), "the terminal, too")?;
    told(demo.home.at(".mp/accounts/acme-corp/tokens.json").exists(), "the tokens are on disk, for their owner alone")?;
    told(demo.upstream.count("POST", TOKEN) == 1, "one code was exchanged, with PKCE")
}

fn explain(demo: &Demo) -> Told {
    headline(2, "Who am I, and why? --explain names the variable, the flag, or the line of the file.");
    let (pid, _) = demo.home.daemon().ok_or("no daemon answers")?;
    let text = show(&demo.home, &["-w", "880102", "session", "--explain"], Some(("MP_PROJECT_ID", "3187655")))?;
    told(text.contains("MP_PROJECT_ID") && text.contains("--workspace"), "variable and flag are named")?;
    let before = Instant::now();
    demo.home.mp(["session"]).run();
    println!(
        "   ok: daemon {pid} answers `mp session` in {} ms, start of the program included",
        before.elapsed().as_millis()
    );
    Ok(())
}

fn projects(demo: &Demo) -> Told {
    headline(3, "What can I see? Mixpanel is asked once; the answer is shared by all tools for a day.");
    let before = demo.upstream.count("GET", ME);
    let text = show(&demo.home, &["project", "list"], None)?;
    told(text.contains("3187654") && text.contains("3187655"), "two projects")?;
    show(&demo.home, &["workspace", "list"], None)?;
    told(demo.upstream.count("GET", ME) == before, "both from what the login has learned: no request")
}

fn query(demo: &Demo) -> Told {
    headline(4, "Ask Mixpanel something. mp never sees a token; the daemon adds it.");
    let text = show(&demo.home, &["dashboards", "list", "--jq", "map(.title)"], None)?;
    let titles: Value = serde_json::from_str(&text).map_err(|error| format!("{error} in {text}"))?;
    told(titles.as_array().is_some_and(|titles| titles.len() == 3), "three dashboards")?;
    let words = ["query", "segmentation", "-e", "Sign Up", "--from", "2025-01-01", "--to", "2025-01-03", "-f", "table"];
    let table = show(&demo.home, &words, None)?;
    told(table.contains("2025-01-02"), "a report, day by day")?;
    let before = demo.upstream.count("GET", NAMES);
    let lists: Vec<String> = std::thread::scope(|scope| {
        let tools: Vec<_> = (0..10).map(|_| scope.spawn(|| demo.home.mp(["inspect", "events"]).run().stdout)).collect();
        tools.into_iter().filter_map(|tool| tool.join().ok()).collect()
    });
    println!("   (ten tools ask for the event names at once: `mp inspect events`)");
    told(lists.len() == 10 && lists.iter().all(|list| list.contains("Sign Up")), "each has them")?;
    told(demo.upstream.count("GET", NAMES) == before + 1, "Mixpanel was asked once")
}

fn export(demo: &Demo) -> Told {
    headline(
        5,
        "Export raw events. Days are fetched side by side and written in order; a cut never leaves a short file.",
    );
    let words = ["export", "events", "--from", "2025-01-01", "--to", "2025-01-04", "-o", "events.jsonl"];
    demo.upstream.fault("GET", "/us/export/export", Fault::CutAfter(2_000).times(100));
    println!("   (every connection will be cut in the middle of its day; it would try again for ten minutes)");
    let impatient = [&words[..], &["--retry-for", "2s"]].concat();
    println!("   $ mp {}", impatient.join(" "));
    let cut = demo.home.mp(impatient).run();
    say(&cut.stderr);
    told(cut.code != 0 && !demo.home.at("work/events.jsonl").exists(), "an error, and no file that looks whole")?;
    demo.upstream.clear_faults();
    show(&demo.home, &words, None)?;
    let lines = demo.home.read("work/events.jsonl").lines().count();
    told(lines == 4 * 50, "the same command again: 4 days of 50 events, none twice")
}

fn background(demo: &Demo) -> Told {
    let life = TOKEN_LIFE.as_secs();
    headline(6, &format!("Tokens end, here after {life} s. The daemon refreshes them before that; nobody waits."));
    let mut events = EventStream::open(&demo.home.socket(), None);
    let (mut calls, mut slowest) = (0, Duration::ZERO);
    let before = demo.upstream.count("POST", TOKEN);
    let refreshed = poll(SOON, || {
        let begun = Instant::now();
        let token = demo.home.mp(["account", "token"]).run().stdout;
        (calls, slowest) = (calls + 1, slowest.max(begun.elapsed()));
        let (is_valid, posts) = (demo.upstream.is_valid_access(token.trim()), demo.upstream.count("POST", TOKEN));
        (!is_valid || posts > before).then_some(is_valid)
    });
    told(refreshed == Some(true), &format!("{calls} calls of `mp account token`, each with a good token"))?;
    let event = events.until("token.refreshed").pop().ok_or("no event")?;
    say(&format!("{} {}", event.event, event.data));
    println!("   ok: an event tells it to every tool; the slowest call took {} ms", slowest.as_millis());
    told(demo.upstream.count("POST", TOKEN) == before + 1, "one refresh")
}

fn two_tools(demo: &Demo) -> Told {
    headline(7, "Now nobody calls until the token is over. Then two tools call 25 times each, all at once.");
    let state = || {
        let status = demo.home.ask(&Ask::get("/v1/status")).ok();
        status["accounts"][0]["state"].as_str().map(str::to_owned)
    };
    told(poll(SOON, || (state()? == "expired").then_some(())).is_some(), "`mp daemon status` says that it is over")?;
    let before = demo.upstream.count("POST", TOKEN);
    let failed: Vec<_> = std::thread::scope(|scope| {
        let tools: Vec<_> = (0..50)
            .map(|number| {
                let project = if number % 2 == 0 { "3187654" } else { "3187655" };
                let call = demo.home.mp(["dashboards", "list", "--jq", "length", "-f", "json"]);
                scope.spawn(move || call.env("MP_PROJECT_ID", project).run())
            })
            .collect();
        let done = tools.into_iter().map(|tool| tool.join().expect("mp ends"));
        done.filter(|done| done.code != 0 || done.stdout != "3\n").collect()
    });
    failed.iter().for_each(|done| say(&format!("{}{}", done.stdout, done.stderr)));
    told(failed.is_empty(), "50 calls, 50 answers, each tool with the project of its own environment")?;
    told(demo.upstream.count("POST", TOKEN) == before + 1, "one refresh for all of them")
}

fn edits(demo: &Demo) -> Told {
    headline(
        8,
        "The files stay yours. An edit from outside is seen by the next call; an edit by mp keeps your comments.",
    );
    let config = format!("# ask Ada before you touch this one\n{}", demo.home.read(".mp/config.toml"));
    demo.home.replace(".mp/config.toml", &config.replace("3187654", "3187655"));
    println!("   (an editor adds a comment and changes default_project to 3187655)");
    let text = show(&demo.home, &["project", "show"], None)?;
    told(text.contains("3187655"), "the very next call sees it")?;
    show(&demo.home, &["project", "use", "3187654"], None)?;
    told(demo.home.read(".mp/config.toml") == config, "the comment is still there, and nothing else has changed")
}

fn lend(demo: &Demo) -> Told {
    headline(9, "Lend the login to a program that knows nothing of the daemon. Its environment has it; no file does.");
    let script = "echo project $MP_PROJECT_ID in $MP_REGION, a token of ${#MP_OAUTH_TOKEN} characters; exit 3";
    println!("   $ mp exec -- sh -c '{script}'");
    let done = demo.home.mp(["exec", "-q", "--", "sh", "-c", script]).run();
    say(&done.stdout);
    told(done.stdout.starts_with("project 3187654 in us, a token of "), "project, region and token are there")?;
    told(done.code == 3, "and the exit code is the program's")
}

fn stop(demo: &Demo) -> Told {
    headline(10, "Stop.");
    show(&demo.home, &["daemon", "status"], None)?;
    show(&demo.home, &["daemon", "stop"], None)?;
    let gone = poll(SOON, || daemons_of(demo.home.path()).is_empty().then_some(()));
    told(gone.is_some() && demo.home.daemon().is_none() && !demo.home.socket().exists(), "daemon and socket are gone")?;
    let problems = demo.upstream.problems();
    for problem in &problems {
        println!("   ! {problem}");
    }
    told(problems.is_empty(), "the strict fake Mixpanel had nothing to object")
}
