//! Which operations of the catalog have a command, and the words that lead to them.

use mp_catalog::{Operation, Shape, all};

/// Returns the operations that have a command here. Streams of lines, and questions with nested arguments, have commands of their own.
pub(crate) fn offered() -> impl Iterator<Item = &'static Operation> {
    all().filter(|operation| operation.reply.shape != Shape::Lines && operation.asks.is_none())
}

/// Returns the first words of all operations that agents may call, each once, in the order of the catalog: those whose commands are their
/// own included, but for streams.
pub(crate) fn callable_groups() -> Vec<&'static str> {
    let mut words: Vec<&str> = Vec::new();
    for operation in all().filter(|operation| operation.reply.shape != Shape::Lines) {
        if let Some(word) = operation.command.first().filter(|word| !words.contains(*word)) {
            words.push(word);
        }
    }
    words
}

/// Returns the first words of all operations with a command, each once, in the order of the catalog.
#[cfg(test)]
pub(crate) fn groups() -> Vec<&'static str> {
    next_words(&[])
}

/// Returns the words that may follow after some, in the order of the catalog.
pub(crate) fn next_words(before: &[&str]) -> Vec<&'static str> {
    let mut words = Vec::new();
    for operation in offered().filter(|operation| operation.command.starts_with(before)) {
        if let Some(word) = operation.command.get(before.len())
            && !words.contains(word)
        {
            words.push(*word);
        }
    }
    words
}

/// Returns the operation that has these words as its command; none when no operation has.
pub(crate) fn named(words: &[&str]) -> Option<&'static Operation> {
    offered().find(|operation| operation.command == words)
}
