//! Lines over time, or over buckets, with an axis on the left and one below.

use unicode_width::UnicodeWidthStr;

use super::canvas::Canvas;
use super::model::{Along, Series};
use super::room::Room;
use super::scale::Scale;
use crate::ask::figures::{grouped, percent, rounded};
use crate::output::screen::Span;
use crate::output::{escaped, padded};

/// Most lines that are drawn: more are not told apart.
const MOST: usize = 6;

/// What marks the lines where colours are not seen.
const LETTERS: [char; MOST] = ['A', 'B', 'C', 'D', 'E', 'F'];

/// Returns a chart of lines.
pub(super) fn lines(along: &[Along], series: &[Series], is_percent: bool, room: &Room) -> Vec<Span> {
    let chosen = largest(series);
    // Title, axis, labels and a line for each series are beside it.
    let below = chosen.len() + usize::from(series.len() > chosen.len()) + 5;
    let height = room.height.saturating_sub(below).clamp(4, 16);
    let numbers = chosen.iter().flat_map(|series| series.numbers.iter().copied().flatten());
    let scale = Scale::of(numbers, (height / 3).clamp(1, 5));
    let labels: Vec<(usize, String)> =
        scale.ticks().into_iter().map(|tick| (row_of(&scale, tick, height), scale.label(tick, is_percent))).collect();
    let gutter = labels.iter().map(|(_, label)| label.width()).max().unwrap_or(0);
    let width = room.width.saturating_sub(gutter + 2).max(8);
    let places = places(along, width * 2);
    let mut canvas = Canvas::new(width, height);
    let letters = (!room.is_coloured && chosen.len() > 1).then_some(LETTERS);
    for (by, series) in chosen.iter().enumerate() {
        draw(&mut canvas, series, by, &places, (&scale, height), letters.map(|letters| letters[by]));
    }
    let mut spans = Vec::new();
    for (at, row) in canvas.rows().enumerate() {
        let label = labels.iter().find(|(row, _)| *row == at).map(|(_, label)| label.as_str());
        let tick = if label.is_some() { '┤' } else { '│' };
        spans.push(Span::plain(format!("{:>gutter$} {tick}", label.unwrap_or_default())));
        spans.extend(in_colours(&row));
        spans.push(Span::plain("\n"));
    }
    spans.push(Span::plain(axis(along, &places, gutter, width)));
    spans.extend(legend(&chosen, series.len(), is_percent, room));
    spans
}

/// Returns the series with the largest sums, in their order.
fn largest(series: &[Series]) -> Vec<&Series> {
    let sum = |series: &Series| series.numbers.iter().flatten().map(|number| number.abs()).sum::<f64>();
    let mut order: Vec<usize> = (0..series.len()).collect();
    order.sort_by(|one, other| sum(&series[*other]).total_cmp(&sum(&series[*one])));
    order.truncate(MOST);
    order.sort_unstable();
    order.into_iter().map(|at| &series[at]).collect()
}

/// Returns the row of cells in which a number is.
fn row_of(scale: &Scale, number: f64, height: usize) -> usize {
    dot_of(scale, number, height) / 4
}

fn dot_of(scale: &Scale, number: f64, height: usize) -> usize {
    ((1.0 - scale.place(number)) * (height * 4 - 1) as f64).round() as usize
}

/// Returns the column of dots of each place. Times are as far from each other as they are.
fn places(along: &[Along], width: usize) -> Vec<usize> {
    let times: Option<Vec<f64>> = along.iter().map(|one| one.time.map(seconds)).collect();
    let times = times.unwrap_or_else(|| (0..along.len()).map(|at| at as f64).collect());
    let (first, last) = (times.first().copied().unwrap_or(0.0), times.last().copied().unwrap_or(0.0));
    let part = |time: f64| if last > first { (time - first) / (last - first) } else { 0.5 };
    times.into_iter().map(|time| (part(time) * (width - 1) as f64).round() as usize).collect()
}

fn seconds(time: jiff::civil::DateTime) -> f64 {
    jiff::tz::TimeZone::UTC.to_timestamp(time).map_or(0.0, |time| time.as_second() as f64)
}

fn draw(
    canvas: &mut Canvas,
    series: &Series,
    by: usize,
    places: &[usize],
    (scale, height): (&Scale, usize),
    letter: Option<char>,
) {
    let mut before: Option<(usize, usize)> = None;
    let points =
        places.iter().zip(&series.numbers).map(|(x, number)| number.map(|number| (*x, dot_of(scale, number, height))));
    for point in points.clone() {
        if let Some(point) = point {
            canvas.line(before.unwrap_or(point), point, by);
        }
        // Nothing is drawn over a gap.
        before = point;
    }
    if let Some(letter) = letter {
        points.flatten().for_each(|point| canvas.mark(point, by, letter));
    }
}

/// Joins neighbours of one colour.
fn in_colours(row: &[(Option<usize>, char)]) -> Vec<Span> {
    let mut spans: Vec<(Option<usize>, String)> = Vec::new();
    for (by, sign) in row {
        match spans.last_mut().filter(|(last, _)| last == by) {
            Some((_, text)) => text.push(*sign),
            None => spans.push((*by, sign.to_string())),
        }
    }
    let span = |(by, text): (Option<usize>, String)| match by {
        Some(by) => Span::coloured(by, text),
        None => Span::plain(text),
    };
    spans.into_iter().map(span).collect()
}

/// Returns the axis below: ticks, and below them as many labels as have room.
fn axis(along: &[Along], places: &[usize], gutter: usize, width: usize) -> String {
    let mut ticks = vec!['─'; width];
    let mut labels = String::new();
    let count = along.len();
    let longest = along.iter().map(|one| one.label.width()).max().unwrap_or(1);
    let most = (width / (longest + 3)).max(1);
    let every = count.div_ceil(most).max(1);
    for at in (0..count).step_by(every) {
        let (cell, label) = (places[at] / 2, &along[at].label);
        // In the middle below its tick, as far as the ends let it.
        let begin = cell.saturating_sub(label.width() / 2).min(width.saturating_sub(label.width()));
        let room = if labels.is_empty() { begin } else { begin.saturating_sub(1) };
        if labels.width() > room {
            continue;
        }
        ticks[cell] = '┬';
        labels.push_str(&" ".repeat(begin - labels.width()));
        labels.push_str(label);
    }
    let before = " ".repeat(gutter);
    format!("{before} └{}\n{before}  {labels}\n", ticks.into_iter().collect::<String>())
}

/// Returns a line for each series: how it is marked, its last number and its largest.
fn legend(chosen: &[&Series], all: usize, is_percent: bool, room: &Room) -> Vec<Span> {
    let figure = |number: f64| if is_percent { percent(number) } else { grouped(&rounded(number)) };
    let said = |series: &Series| {
        let numbers = || series.numbers.iter().copied().flatten();
        let most = numbers().fold(f64::MIN, f64::max);
        numbers()
            .last()
            .map_or_else(|| "no numbers".to_owned(), |last| format!("last {}, most {}", figure(last), figure(most)))
    };
    let texts: Vec<String> = chosen.iter().map(|series| said(series)).collect();
    let of_text = texts.iter().map(|text| text.width()).max().unwrap_or(0);
    // A narrow terminal shows what a line is, and not what is said of it.
    let is_said = room.width >= of_text + 14;
    let left = room.width.saturating_sub(if is_said { of_text + 6 } else { 4 });
    let names: Vec<String> = chosen.iter().map(|series| escaped(&series.name)).collect();
    let of_name = names.iter().map(|name| name.width()).max().unwrap_or(0).min(left);
    let mut spans = Vec::new();
    for (by, (name, text)) in names.iter().zip(&texts).enumerate() {
        let mark = if room.is_coloured || chosen.len() == 1 { "──".to_owned() } else { LETTERS[by].to_string() };
        spans.push(Span::coloured(by, mark));
        let text = if is_said { text.as_str() } else { "" };
        spans.push(Span::plain(format!("{}\n", format!("  {}  {text}", padded(name, of_name)).trim_end())));
    }
    if all > chosen.len() {
        spans.push(Span::plain(format!("{} more are not drawn: -f csv has all\n", all - chosen.len())));
    }
    spans
}
