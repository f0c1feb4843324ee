//! What charts do with numbers and names that nobody expects.

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::room::Room;
use super::{drawn, picture};
use crate::ask::rows::Rows;

fn chart(family: &str, columns: &[&str], rows: &Value, width: usize) -> Option<String> {
    let answer = json!({"table": {"columns": columns, "rows": rows}});
    let picture = picture(family, &answer, &Rows::of(&answer))?;
    let room = Room { width, height: 20, is_coloured: false };
    Some(drawn(&picture, &room).iter().map(|span| span.text()).collect())
}

fn bars(rows: &Value) -> String {
    chart("insights", &["event", "count"], rows, 40).expect("bars")
}

#[test]
fn bars_begin_at_zero_and_tell_the_least() {
    let drawn =
        bars(&json!([{"event": "a", "count": 1000000}, {"event": "日本語", "count": 1}, {"event": "c", "count": 0}]));
    let lines: Vec<&str> = drawn.lines().skip(2).collect();
    assert!(lines[0].starts_with("a      ████") && lines[0].ends_with(" 1,000,000"), "{drawn}");
    assert!(lines[1].starts_with("日本語 ▏") && !lines[2].contains('▏'), "{drawn}");
    let below = bars(&json!([{"event": "a", "count": -5}, {"event": "b", "count": 5}]));
    let at = |line: &str| line.chars().position(|c| c == '█');
    let lines: Vec<&str> = below.lines().skip(2).collect();
    assert!(at(lines[0]) < at(lines[1]), "{below}");
}

#[test]
fn no_line_is_wider_than_its_room_whatever_is_drawn() {
    let odd = ["", "x", "日本語の名前がとても長いので切られます", "a\nb\u{1b}[2J", "👩\u{200d}🚀"];
    for width in [30, 80, 200] {
        for number in [json!(0), json!(1), json!(-3), json!(1e300), json!(1e-300), json!(-1e300)] {
            let dated = |day: usize, name: &str| json!({"date": format!("2025-01-0{day}T00:00:00"), "event": name, "count": number});
            let rows: Vec<Value> =
                odd.iter().flat_map(|name| [dated(1, name), dated(2, name), dated(9, name)]).collect();
            for (columns, rows) in [(&["date", "event", "count"][..], &rows), (&["event", "count"], &rows)] {
                let text = chart("insights", columns, &json!(rows), width).expect("a chart");
                assert!(text.lines().all(|line| line.width() <= width) && !text.contains('\u{1b}'), "{width}:\n{text}");
            }
        }
    }
}

#[test]
fn nothing_is_drawn_of_nothing() {
    assert_eq!(chart("insights", &["date", "event", "count"], &json!([]), 80), None);
    assert_eq!(chart("users", &["distinct_id", "last_seen"], &json!([{"distinct_id": "a"}]), 80), None);
    assert_eq!(chart("retention", &["cohort_date", "bucket", "count", "rate"], &json!([]), 80), None);
    let gap =
        json!([{"date": "2025-01-01", "event": "a", "count": null}, {"date": "2025-01-02", "event": "a", "count": 2}]);
    assert!(
        chart("insights", &["date", "event", "count"], &gap, 80).is_some_and(|text| text.contains("last 2, most 2"))
    );
}
