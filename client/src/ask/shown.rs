//! An answer as it is wanted: whole as JSON, its rows as lines or cells, a table or a chart for people.

use mp_proto::failure::{Failure, FailureKind};
use serde_json::{Map, Value};

use super::chart;
use super::figures::{length, percent, rounded};
use super::form::Form;
use super::rows::Rows;
use crate::call::Call;
use crate::output::{Reader, Shown, View, cell, fitted, title};
use crate::report;

/// Columns that are parts of a whole.
const RATIOS: [&str; 5] =
    ["step_conv_ratio", "overall_conv_ratio", "rate", "conversion_rate", "overall_conversion_rate"];

/// Columns that are seconds.
const SECONDS: [&str; 2] = ["avg_time", "avg_time_from_start"];

/// Shows an answer.
///
/// # Errors
/// When it cannot be shown in the way that is wanted, or stdout cannot be written to.
pub(super) fn show(call: &mut Call<'_>, form: &Form, answer: &Value) -> Result<(), Failure> {
    let rows = Rows::of(answer);
    let wanted = call.text("format");
    let below = below(answer);
    match wanted.as_deref() {
        Some("chart") => {
            let picture = chart::picture(form.name, answer, &rows).ok_or_else(|| undrawable(form))?;
            let room = chart::Room::of_stdout();
            call.output.paint(&chart::drawn(&picture, &room))?;
            tell(&below);
        }
        // The rows are the answer for those who read lines.
        Some("jsonl") if call.text("jq").is_none() => {
            call.output.show(&rows.tidy(), String::new)?;
            tell(&below);
        }
        wanted => {
            let shown = Shown { value: answer, is_list: true, rows: Some(rows.tidy()), words: Some(rows.words()) };
            call.output.show_answer(&shown, |view| table(&rows, &below, view))?;
            if matches!(wanted, Some("csv" | "plain")) {
                tell(&below);
            }
        }
    }
    if answer.pointer("/result/meta/is_segmentation_limit_hit") == Some(&Value::Bool(true)) && !call.quiet {
        report::note("there are more segments than are shown: --limit raises how many");
    }
    Ok(())
}

fn undrawable(form: &Form) -> Failure {
    let (command, detail) = (format!("ask {}", form.name), "there is nothing to draw: no number is in the answer");
    Failure::new(FailureKind::InvalidArgument, detail)
        .next(format!("mp {command} --help"), "other formats show what there is")
}

/// Returns what stands below a table: what is true of all of it.
fn below(answer: &Value) -> Vec<String> {
    let link = answer.get("link").and_then(Value::as_str).map(|link| format!("report_url: {link}"));
    link.into_iter().collect()
}

fn tell(lines: &[String]) {
    lines.iter().for_each(|line| report::say(line));
}

/// Returns the table of an answer, in a view.
fn table(rows: &Rows<'_>, below: &[String], view: &View) -> String {
    let below: String = below.iter().map(|line| format!("{line}\n")).collect();
    if rows.rows.is_empty() {
        return "(none)\n".to_owned() + &below;
    }
    let titles: Vec<String> = rows.columns.iter().map(|name| title(name, view.reader)).collect();
    let days = rows
        .rows
        .iter()
        .all(|row| row.get("date").and_then(Value::as_str).is_none_or(|date| date.ends_with("T00:00:00")));
    let shown = |row: &&Map<String, Value>| {
        rows.columns.iter().map(|name| field(name, row.get(*name), days, view.reader)).collect()
    };
    let cells: Vec<Vec<String>> = rows.rows.iter().map(shown).collect();
    fitted(&titles, &cells, view.width) + &below
}

/// Returns what a cell shows. A person reads days, percents and lengths of time; a program gets what was answered.
fn field(name: &str, value: Option<&Value>, days: bool, reader: Reader) -> String {
    let number = value.and_then(Value::as_f64).filter(|_| reader == Reader::Person);
    match (name, value, number) {
        ("date", Some(Value::String(date)), _) if days => date.trim_end_matches("T00:00:00").to_owned(),
        // Days and times of the project, and names that were tracked, are shown letter by letter.
        (_, Some(Value::String(text)), _) => text.clone(),
        (name, _, Some(number)) if RATIOS.contains(&name) => percent(number),
        (name, _, Some(number)) if SECONDS.contains(&name) => length(number),
        (_, Some(Value::Number(digits)), Some(number)) if digits.to_string().contains(['.', 'e']) => rounded(number),
        (name, value, _) => cell(name, value, reader),
    }
}
