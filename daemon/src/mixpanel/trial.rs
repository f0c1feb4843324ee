//! Tries the way to Mixpanel, step by step, for whoever wonders what is wrong with it.

use std::time::Duration;

use jiff::Timestamp;
use mp_proto::failure::Next;
use mp_proto::ids::Region;
use mp_proto::wire::NetworkTry;
use reqwest::header::DATE;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::{Host, Mixpanel};
use crate::identity::bases::CallerBases;

/// How long a step may take: a person waits for all of them.
const PATIENCE: Duration = Duration::from_secs(8);

/// What came of the steps.
#[derive(Debug, Default)]
pub struct Trial {
    /// The steps, up to the first that failed.
    pub tries: Vec<NetworkTry>,
    /// By how many seconds the clock here is ahead of Mixpanel's.
    pub ahead_s: Option<i64>,
}

impl Trial {
    /// Notes a step, and returns whether it went well.
    fn note(&mut self, what: impl Into<String>, problem: Option<String>, next: Vec<Next>) -> bool {
        let is_good = problem.is_none();
        self.tries.push(NetworkTry { what: what.into(), problem, next });
        is_good
    }
}

impl Mixpanel {
    /// Tries certificates and proxy, and of Mixpanel the hosts of some regions. No credential is sent.
    pub async fn try_way(&self, regions: &[Region], now: impl Fn() -> Timestamp) -> Trial {
        let mut trial = Trial::default();
        let way = self.way();
        let settings = || vec![Next::new("mp daemon status", "see which settings and variables decide")];
        let made = self.http().err().map(|error| error.to_string());
        if !trial.note("certificates and settings of the network", made, settings()) {
            return trial;
        }
        let web = Url::parse(&super::hosts::real(Region::Us, Host::Web)).ok();
        if let Some((proxy, told)) = web.as_ref().and_then(|url| way.proxy_to(url)) {
            let problem = unreachable(proxy).await;
            if !trial.note(format!("the proxy {told} can be reached"), problem, settings()) {
                return trial;
            }
        }
        for region in regions {
            if !self.ask(*region, &now, &mut trial).await {
                break;
            }
        }
        trial
    }

    /// Asks for nothing but an answer, whatever it is, with its date.
    async fn ask(&self, region: Region, now: &impl Fn() -> Timestamp, trial: &mut Trial) -> bool {
        let base = self.base(region, Host::Web, &CallerBases::default());
        let what = format!("{base} answers");
        let next = || vec![Next::new("mp daemon restart", "try the network of this shell")];
        let Ok(url) = Url::parse(&format!("{base}/")) else {
            return trial.note(what, Some("it is no URL".into()), next());
        };
        let client = match self.http_to(&url) {
            Ok(client) => client,
            Err(error) => return trial.note(what, Some(error.to_string()), next()),
        };
        match timeout(PATIENCE, client.head(url.clone()).send()).await {
            Ok(Ok(response)) => {
                let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
                let date = date.and_then(|date| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok());
                trial.ahead_s = date.map(|there| now().duration_since(there).as_secs()).or(trial.ahead_s);
                trial.note(what, None, Vec::new())
            }
            Ok(Err(error)) => trial.note(what, Some(self.way().explain(&url, &error)), next()),
            Err(_) => trial.note(what, Some(format!("no answer within {} s", PATIENCE.as_secs())), next()),
        }
    }
}

async fn unreachable(proxy: &Url) -> Option<String> {
    let host = proxy.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let usual = if proxy.scheme().starts_with("socks") { 1080 } else { 80 };
    let port = proxy.port_or_known_default().unwrap_or(usual);
    match timeout(PATIENCE, TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("no connection within {} s", PATIENCE.as_secs())),
    }
}
