//! Server-Sent Events, from bytes to events, as <https://html.spec.whatwg.org/multipage/server-sent-events.html> says. Comments are
//! skipped, and so is an event that has no data.

use std::collections::VecDeque;
use std::time::Duration;

use mp_proto::event::Event;

/// An event as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawEvent {
    /// Its number, `<instance>-<seq>`, to go on after; none for those that have none (`reset`, `lagged`).
    pub id: Option<String>,
    /// Its name, such as `token.refreshed`. A newer daemon may have some that this build does not know.
    pub name: String,
    /// Its text: a JSON object.
    pub json: String,
}

impl RawEvent {
    /// Returns the event; none if it is of a kind that this build does not know.
    pub(crate) fn event(&self) -> Option<Event> {
        serde_json::from_str(&self.json).ok()
    }
}

/// What has come of the event that is not complete yet.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    /// The line that is not complete yet.
    line: Vec<u8>,
    /// Whether the last byte was a carriage return, whose line feed may come in the next part.
    after_return: bool,
    id: Option<String>,
    name: String,
    data: Option<String>,
    retry: Option<Duration>,
}

impl Parser {
    /// Returns how many bytes it holds of an event that is not complete yet.
    pub(crate) fn held(&self) -> usize {
        self.line.len() + self.data.as_ref().map_or(0, String::len)
    }

    /// Returns how long the other side wants to be left alone before it is asked again, if it has said so.
    pub(crate) fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Takes a part of the stream and appends the events that it completes.
    pub(crate) fn take(&mut self, bytes: &[u8], events: &mut VecDeque<RawEvent>) {
        for &byte in bytes {
            let ends_return = std::mem::replace(&mut self.after_return, byte == b'\r');
            match byte {
                b'\n' if ends_return => {}
                b'\r' | b'\n' => {
                    let line = std::mem::take(&mut self.line);
                    events.extend(self.line(&String::from_utf8_lossy(&line)));
                }
                _ => self.line.push(byte),
            }
        }
    }

    fn line(&mut self, line: &str) -> Option<RawEvent> {
        if line.is_empty() {
            let (id, name) = (self.id.take(), std::mem::take(&mut self.name));
            return self.data.take().map(|json| RawEvent { id, name, json });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => self.id = Some(value.to_owned()),
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis).or(self.retry);
            }
            // A comment has no name before its colon.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parts: &[&str]) -> Vec<(Option<String>, String, String)> {
        let (mut parser, mut events) = (Parser::default(), VecDeque::new());
        for part in parts {
            parser.take(part.as_bytes(), &mut events);
        }
        events.into_iter().map(|event| (event.id, event.name, event.json)).collect()
    }

    #[test]
    fn events_are_read_however_the_bytes_come() {
        let text = ": hello\n\nid: i-1\nevent: account.added\ndata: {\"a\":1}\n\n:\n\nevent:reset\ndata:{}\n\n";
        let expected = [
            (Some("i-1".to_owned()), "account.added".to_owned(), "{\"a\":1}".to_owned()),
            (None, "reset".to_owned(), "{}".to_owned()),
        ];
        assert_eq!(read(&[text]), expected);
        let single: Vec<String> = text.chars().map(String::from).collect();
        assert_eq!(read(&single.iter().map(String::as_str).collect::<Vec<_>>()), expected);
        assert_eq!(read(&[&text.replace('\n', "\r\n")]), expected);
        assert_eq!(read(&["event: x\r", "\ndata: 1\r", "\n\r\n"]), [(None, "x".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn the_other_side_says_how_long_it_wants_to_be_left_alone() {
        let (mut parser, mut events) = (Parser::default(), VecDeque::new());
        parser.take(b"retry: 1500\nid: e-1\ndata:\n\nretry: soon\n\ndata: ab", &mut events);
        assert_eq!(parser.retry(), Some(Duration::from_millis(1500)));
        assert_eq!(events.pop_front().map(|event| (event.id, event.json)), Some((Some("e-1".into()), String::new())));
        assert_eq!(parser.held(), "data: ab".len());
    }

    #[test]
    fn what_is_not_complete_is_no_event_and_lines_of_data_are_joined() {
        assert_eq!(read(&["event: x\ndata: 1\n"]), []);
        assert_eq!(
            read(&["event: x\n\nretry: 3\ndata: a\ndata: b\ndata\n\n"]),
            [(None, String::new(), "a\nb\n".into())]
        );
    }
}
