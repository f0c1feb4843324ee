//! Shows how far an export is, on a terminal that wants to know.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::plan::Plan;
use super::size::size;
use super::tally::Tally;
use crate::output::{screen, spinner};

/// Between two looks: often enough for the eye.
const PERIOD: Duration = Duration::from_millis(100);

/// The bar of an export.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    tally: Arc<Tally>,
    begun: Instant,
    /// What each part is called.
    names: Vec<String>,
}

impl Progress {
    /// Returns a bar, which is shown on a terminal only.
    pub(super) fn new(plan: &Plan, tally: Arc<Tally>, is_quiet: bool) -> Self {
        let is_shown = !is_quiet && screen::is_stderr_watched();
        let names: Vec<String> =
            plan.parts.iter().map(|part| part.map_or("profiles".to_owned(), |days| days.to_string())).collect();
        let bar = is_shown.then(|| {
            let bar = ProgressBar::with_draw_target(Some(names.len() as u64), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{spinner} {bar:24} {pos}/{len} parts  {msg}");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        spinner::moves(bar.as_ref());
        Self { bar, tally, begun: Instant::now(), names }
    }

    /// Shows it from now on, and never ends.
    pub(super) async fn show(&self) {
        let Some(bar) = &self.bar else { return std::future::pending().await };
        let mut tick = tokio::time::interval(PERIOD);
        loop {
            tick.tick().await;
            let parts = self.tally.parts.load(Ordering::Relaxed);
            let name = self.names.get(parts).map_or("", String::as_str);
            let bytes = self.tally.bytes.load(Ordering::Relaxed);
            bar.set_position(parts as u64);
            bar.set_message(format!("{name}  {}  {}/s", size(bytes), size(self.rate(bytes))));
            bar.tick();
        }
    }

    fn rate(&self, bytes: u64) -> u64 {
        (bytes as f64 / self.begun.elapsed().as_secs_f64().max(0.001)) as u64
    }

    /// Takes it off the terminal.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            spinner::moves(None);
            bar.finish_and_clear();
        }
    }

    /// Says what was done.
    pub(super) fn summary(&self) -> String {
        let (lines, bytes) = (self.tally.lines.load(Ordering::Relaxed), self.tally.bytes.load(Ordering::Relaxed));
        let took = self.begun.elapsed().as_secs_f64();
        format!("{lines} lines, {} in {took:.1} s, {}/s", size(bytes), size(self.rate(bytes)))
    }
}
