//! Texts of a page, cut to what fits into a line.

/// Longest text of a page that is repeated in an action, in characters.
pub(super) const MOST_TEXT: usize = 60;

/// Makes one line of a text that is not too long.
pub(super) fn short(text: &str, most: usize) -> String {
    // More than is needed of what is mostly space, and never all of a long text.
    let head: String =
        text.chars().take(most.saturating_mul(8)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut line = head.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = line.char_indices().nth(most) {
        line.truncate(at);
        line.push('…');
    }
    line
}
