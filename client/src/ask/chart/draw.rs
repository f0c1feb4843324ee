//! A chart as text, for the room that there is.

use super::bars::bars;
use super::lines::lines;
use super::model::{Kind, Picture};
use super::room::Room;
use crate::output::escaped;
use crate::output::screen::Span;

/// Returns a chart as text.
pub(in crate::ask) fn drawn(picture: &Picture, room: &Room) -> Vec<Span> {
    let mut spans = vec![Span::plain(format!("{}\n\n", escaped(&picture.title)))];
    match &picture.kind {
        Kind::Lines(along, series) => spans.extend(lines(along, series, picture.is_percent, room)),
        Kind::Bars(all) => spans.extend(bars(all, room)),
    }
    spans
}
