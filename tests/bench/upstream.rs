//! What the daemon adds to a small call of Mixpanel: the same request straight to the fake Mixpanel, through the pass-through, and as an
//! operation, in turns.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use mp_proto::ids::Region;
use mp_sandbox::upstream::{ADA, Upstream};
use mp_sandbox::wire::Ask;
use serde_json::json;

use crate::table::{Table, micros};

/// Calls of each kind, one after the other.
const CALLS: usize = 2_000;

/// Most that the daemon may add at the median.
const ADDED: Duration = Duration::from_millis(1);

const PROJECT: &str = "3187654";

/// Measures it.
pub(crate) fn measure(table: &mut Table, programs: mp_sandbox::home::Programs) {
    let upstream = Upstream::start();
    upstream.add_service_account(Region::Us, "bench", "secret", ADA);
    let home = mp_sandbox::home::Home::new(programs);
    home.write(
        ".mp/config.toml",
        &format!(
            "[active]\naccount = \"bench\"\n\n[accounts.bench]\ntype = \"service_account\"\nregion = \"us\"\n\
             default_project = \"{PROJECT}\"\nusername = \"bench\"\nsecret = \"secret\"\n"
        ),
    );
    let _daemon = home.start_with(|mpd| mpd.env("MPD_UPSTREAM", upstream.url()));
    let path = format!("projects/{PROJECT}/dashboards");
    // "bench:secret" in base64.
    let direct = Ask::get(format!("/us/app/{path}")).header("Authorization", "Basic YmVuY2g6c2VjcmV0").to_bytes();
    let passed = Ask::get(format!("/v1/api/app/{path}"));
    let operation = Ask::change("POST", "/v1/operations/dashboards.list", &json!({"arguments": {}}));

    let mut straight = TcpStream::connect(upstream.url().trim_start_matches("http://")).expect("the sandbox listens");
    straight.set_nodelay(true).expect("a socket");
    let (mut through, mut operated) = (home.connect(), home.connect());
    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..CALLS {
        times[0].push(timed(|| exchange(&mut straight, &direct)));
        times[1].push(timed(|| assert_eq!(through.call(&passed).status, 200)));
        times[2].push(timed(|| assert_eq!(operated.call(&operation).status, 200)));
    }
    assert_eq!(upstream.problems(), Vec::<String>::new());
    let [straight, through, operated] = times.map(Percentiles::of);
    table.row("a small call straight, p50", micros(straight.p50), "");
    for (name, one) in [("through /v1/api", through), ("as an operation", operated)] {
        table.row(&format!("the same {name}, p50"), micros(one.p50), "");
        let added = one.p50.saturating_sub(straight.p50);
        table.judged("  added at p50", micros(added), "at most 1 ms", added <= ADDED);
        table.row("  added at p99", micros(one.p99.saturating_sub(straight.p99)), "");
    }
}

struct Percentiles {
    p50: Duration,
    p99: Duration,
}

impl Percentiles {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        Self { p50: times[times.len() / 2], p99: times[times.len() * 99 / 100] }
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let before = Instant::now();
    work();
    before.elapsed()
}

/// Sends a request and reads its answer, whose length is announced.
fn exchange(stream: &mut TcpStream, request: &[u8]) {
    stream.write_all(request).expect("the sandbox reads");
    let (mut bytes, mut part) = (Vec::new(), [0; 16 * 1024]);
    while !crate::load::is_complete(&bytes) {
        let count = stream.read(&mut part).expect("the sandbox answers");
        assert!(count > 0, "the sandbox closed the connection");
        bytes.extend_from_slice(&part[..count]);
    }
}
