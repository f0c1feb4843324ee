//! A queue in which tools take turns, so that one with fifty requests does not keep one with a single request waiting. Pure.

use std::collections::VecDeque;

use crate::call::request::Tool;

/// Those who wait: round robin between tools, first come first served within one.
#[derive(Debug)]
pub(super) struct Line<W> {
    /// Tools with somebody waiting, in the order of their turns. None has an empty queue.
    tools: VecDeque<(Tool, VecDeque<Queued<W>>)>,
    /// Whose turn was last: another goes first, though its request came when that turn had just begun.
    last: Option<Tool>,
}

#[derive(Debug)]
struct Queued<W> {
    ticket: u64,
    who: W,
}

impl<W> Default for Line<W> {
    fn default() -> Self {
        Self { tools: VecDeque::new(), last: None }
    }
}

impl<W> Line<W> {
    /// Returns how many wait.
    pub(super) fn len(&self) -> usize {
        self.tools.iter().map(|(_, queue)| queue.len()).sum()
    }

    /// Returns whether nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.tools.is_empty()
    }

    /// Lines somebody up behind all others of the same tool.
    pub(super) fn push(&mut self, tool: Tool, ticket: u64, who: W) {
        let waiting = Queued { ticket, who };
        match self.queue(tool) {
            Some(queue) => queue.push_back(waiting),
            None => self.tools.push_back((tool, VecDeque::from([waiting]))),
        }
    }

    /// Lines somebody up again whose turn came to nothing: before all others of the same tool, and if none of them waits, next.
    pub(super) fn push_first(&mut self, tool: Tool, ticket: u64, who: W) {
        let waiting = Queued { ticket, who };
        match self.queue(tool) {
            Some(queue) => queue.push_front(waiting),
            None => {
                self.tools.push_front((tool, VecDeque::from([waiting])));
                // Its last turn does not count.
                self.last = self.last.filter(|last| *last != tool);
            }
        }
    }

    /// Takes out whose turn it is.
    pub(super) fn pop(&mut self) -> Option<W> {
        if self.tools.len() > 1 && self.tools.front().map(|(tool, _)| *tool) == self.last {
            self.tools.rotate_left(1);
        }
        let (tool, mut queue) = self.tools.pop_front()?;
        let next = queue.pop_front();
        self.last = Some(tool);
        if !queue.is_empty() {
            self.tools.push_back((tool, queue));
        }
        next.map(|waiting| waiting.who)
    }

    /// Takes out one who leaves.
    pub(super) fn remove(&mut self, tool: Tool, ticket: u64) {
        if let Some(queue) = self.queue(tool) {
            queue.retain(|waiting| waiting.ticket != ticket);
        }
        self.tools.retain(|(_, queue)| !queue.is_empty());
    }

    /// Takes out all of a kind.
    pub(super) fn take(&mut self, mut is_out: impl FnMut(&W) -> bool) -> Vec<W> {
        let mut out = Vec::new();
        for (_, queue) in &mut self.tools {
            for waiting in std::mem::take(queue) {
                match is_out(&waiting.who) {
                    true => out.push(waiting.who),
                    false => queue.push_back(waiting),
                }
            }
        }
        self.tools.retain(|(_, queue)| !queue.is_empty());
        out
    }

    fn queue(&mut self, tool: Tool) -> Option<&mut VecDeque<Queued<W>>> {
        self.tools.iter_mut().find(|(known, _)| *known == tool).map(|(_, queue)| queue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENT: Tool = Tool(1);
    const PERSON: Tool = Tool(2);
    const OTHER: Tool = Tool(3);

    fn line(waiting: &[(Tool, u64)]) -> Line<u64> {
        let mut line = Line::default();
        for (tool, ticket) in waiting {
            line.push(*tool, *ticket, *ticket);
        }
        line
    }

    fn rest(mut line: Line<u64>) -> Vec<u64> {
        std::iter::from_fn(|| line.pop()).collect()
    }

    #[test]
    fn tools_take_turns_and_each_is_served_in_order() {
        let line = line(&[(AGENT, 1), (AGENT, 2), (AGENT, 3), (PERSON, 10), (OTHER, 20), (OTHER, 21)]);
        assert_eq!(line.len(), 6);
        assert_eq!(rest(line), [1, 10, 20, 2, 21, 3]);
    }

    #[test]
    fn one_who_comes_late_goes_before_the_next_of_the_tool_that_was_just_served() {
        let mut line = line(&[(AGENT, 1), (AGENT, 2), (AGENT, 3)]);
        assert_eq!(line.pop(), Some(1));
        line.push(PERSON, 10, 10);
        assert_eq!(rest(line), [10, 2, 3]);
    }

    #[test]
    fn tools_that_come_again_and_again_do_not_keep_another_waiting() {
        let mut line = line(&[(AGENT, 1), (AGENT, 2)]);
        let mut served = Vec::new();
        for round in 0..8 {
            // Two tools with one request at a time, each asking again as soon as it was served.
            for tool in [PERSON, OTHER] {
                if line.queue(tool).is_none() {
                    line.push(tool, 100 + round, 100 + u64::from(tool.0));
                }
            }
            served.extend(line.pop());
        }
        let at = |ticket| served.iter().position(|one| *one == ticket).expect("served");
        assert!(at(1) < 3 && at(2) < 6, "{served:?}");
    }

    #[test]
    fn one_whose_turn_came_to_nothing_is_next_of_its_tool() {
        let mut line = line(&[(AGENT, 1), (AGENT, 2), (PERSON, 10)]);
        assert_eq!(line.pop(), Some(1));
        line.push_first(AGENT, 1, 1);
        assert_eq!(rest(line), [10, 1, 2]);
        let mut line = self::line(&[(AGENT, 1), (PERSON, 10)]);
        assert_eq!(line.pop(), Some(1));
        line.push_first(AGENT, 1, 1);
        assert_eq!(rest(line), [1, 10], "as if it had never had its turn");
    }

    #[test]
    fn who_leaves_is_not_missed() {
        let mut line = line(&[(AGENT, 1), (AGENT, 2), (PERSON, 10), (OTHER, 20)]);
        line.remove(PERSON, 10);
        line.remove(PERSON, 99);
        line.remove(AGENT, 1);
        assert_eq!(line.len(), 2);
        assert_eq!(line.take(|who| *who == 20), [20]);
        assert_eq!(rest(line), [2]);
    }
}
