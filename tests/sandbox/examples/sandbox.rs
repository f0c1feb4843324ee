//! A fake Mixpanel to try things against by hand or from a script: prints what belongs into `MPD_UPSTREAM`, and runs until its standard
//! input ends. Logins are asked about on a page with Allow and Deny, or with `--allow` allowed at once.
//!
//! The service account `bench` with the secret `secret` sees the projects 3187654 and 3187655 in `us`. An export of one day, as large as
//! `--bytes-per-day` says:
//!
//! ```sh
//! curl -u bench:secret 'URL/us/export/export?project_id=3187654&from_date=2025-01-01&to_date=2025-01-01' -o /dev/null
//! ```
//!
//! Projects whose answers are odd, each in one way, are listed by `--odd-projects`; with `--odd`, every hundredth event of the others has a
//! value that needs mending.
//!
//! It exits with 1 when a client has done something that a faultless client does not do, and says what.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use mp_proto::ids::Region;
use mp_sandbox::upstream::oddities::ODDITIES;
use mp_sandbox::upstream::reply::Reply;
use mp_sandbox::upstream::{ADA, Consent, Fault, Meter, Upstream, Volume, Weather};
use serde_json::{Value, json};

const USAGE: &str =
    "usage: sandbox [--allow] [--events-per-day N | --bytes-per-day N] [--profiles N] [--gzip on|off] [--limits on|off]
               [--hourly N] [--hour SECONDS] [--faults PER-THOUSAND] [--resets PER-THOUSAND] [--odd | --odd-projects]";

/// What the fake is told.
#[derive(Default)]
struct Options {
    consent: Option<Consent>,
    volume: Option<Volume>,
    gzip: bool,
    limits: bool,
    profiles: Option<u64>,
    /// What a project may ask in an hour, and how long that is.
    hourly: Option<usize>,
    hour: Option<u64>,
    /// How many answers of a thousand are 503, and how many connections are reset.
    faults: u64,
    resets: u64,
    /// Whether every hundredth event has an odd value.
    odd: bool,
}

impl Options {
    /// Reads the command line; none where it makes no sense.
    fn read(mut words: impl Iterator<Item = String>) -> Option<Self> {
        let mut options = Self { consent: None, volume: None, gzip: true, limits: true, ..Self::default() };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--allow" => options.consent = Some(Consent::Allow),
                "--events-per-day" => options.volume = Some(Volume::Events(words.next()?.parse().ok()?)),
                "--bytes-per-day" => options.volume = Some(Volume::Bytes(words.next()?.parse().ok()?)),
                "--profiles" => options.profiles = Some(words.next()?.parse().ok()?),
                "--hourly" => options.hourly = Some(words.next()?.parse().ok()?),
                "--hour" => options.hour = Some(words.next()?.parse().ok()?),
                "--faults" => options.faults = words.next()?.parse().ok()?,
                "--resets" => options.resets = words.next()?.parse().ok()?,
                "--gzip" => options.gzip = switch(&words.next()?)?,
                "--limits" => options.limits = switch(&words.next()?)?,
                "--odd" => options.odd = true,
                _ => return None,
            }
        }
        Some(options)
    }

    fn apply(self, upstream: &Upstream) {
        upstream.set_consent(self.consent.unwrap_or(Consent::Page));
        upstream.data(|data| {
            data.gzip = self.gzip;
            data.odd = self.odd;
            data.volume = self.volume.unwrap_or(data.volume);
            data.profiles = self.profiles.unwrap_or(data.profiles);
        });
        if !self.limits {
            for meter in [Meter::Query, Meter::Export] {
                upstream.limits(meter, |limits| limits.concurrent = usize::MAX);
            }
        }
        for meter in [Meter::Query, Meter::Export] {
            upstream.limits(meter, |limits| {
                limits.hourly = self.hourly;
                limits.hour = self.hour.map_or(limits.hour, Duration::from_secs);
            });
        }
        let fault = Fault::Status(503, json!({"error": "try again"}));
        let faults = vec![(fault, self.faults), (Fault::Reset, self.resets)];
        upstream.set_weather(Some(Weather { path_prefix: "/us/e".to_owned(), faults, seed: 1 }));
        upstream.add_service_account(Region::Us, "bench", "secret", ADA);
        take_tables(upstream);
    }
}

/// Takes lookup tables, so that an upload can be tried. Nothing is kept of them.
fn take_tables(upstream: &Upstream) {
    let ok = |results: &Value| Reply::json(200, &json!({"status": "ok", "results": results}));
    let storage = format!("{}/cdn/table?signature=s", upstream.url());
    upstream.on("PUT", "/cdn/table", |_| Reply::new(200));
    for place in ["projects/3187654", "projects/3187655", "workspaces/880101", "workspaces/880102", "workspaces/880103"]
    {
        let tables = format!("/us/app/{place}/data-definitions/lookup-tables/");
        let room = json!({"url": storage, "path": "gs://tables/1", "key": "1"});
        upstream.on("GET", &format!("{tables}upload-url/"), move |_| ok(&room));
        upstream.on("POST", &tables, move |_| ok(&json!({"id": 1})));
    }
}

fn switch(word: &str) -> Option<bool> {
    match word {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn main() -> ExitCode {
    if std::env::args().nth(1).is_some_and(|word| word == "--odd-projects") {
        ODDITIES.iter().for_each(|one| println!("{} {}", one.project, one.what));
        return ExitCode::SUCCESS;
    }
    let Some(options) = Options::read(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(3);
    };
    let upstream = Upstream::start();
    options.apply(&upstream);
    println!("{}", upstream.url());
    // Scripts take all of the standard output as the URL.
    eprintln!("service account in us: bench:secret");
    // Whoever reads the line from a pipe waits for it. Both may fail only when nobody is there any more, which is the end, too.
    let _ = io::stdout().flush();
    let _ = io::stdin().read_to_end(&mut Vec::new());
    for (meter, name) in [(Meter::Query, "query"), (Meter::Export, "export")] {
        let (refused, fullest) = upstream.hours(meter, Region::Us, 3_187_654);
        eprintln!("{name}: {refused} refused, {fullest} in the fullest hour, {} faults by chance", upstream.struck());
    }
    eprintln!("{} requests", upstream.requests().len());
    let problems = upstream.problems();
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
