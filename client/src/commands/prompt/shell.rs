//! What a line may hold where it ends up. Names of projects are written by strangers, and shells run what stands in a prompt: `$(…)` in
//! one that bash or zsh expand again, `%{…%}` in zsh, `#(…)` in tmux. What would be obeyed is shown by a character that looks like it
//! and means nothing: no escape is right in all the ways in which people put text into a prompt.

use mp_proto::visible::{is_unseen, line};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::template::{Field, Piece};

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shell {
    /// Nobody knows: nothing of what any of them obeys is in it.
    Any,
    Bash,
    Zsh,
    Fish,
    Starship,
    Tmux,
    /// What is printed is not looked at again.
    Plain,
}

/// What replaces what.
type Table = &'static [(char, &'static str)];

const BASH: Table = &[('\\', "＼"), ('$', "＄"), ('`', "｀")];
const ZSH: Table = &[('\\', "＼"), ('$', "＄"), ('`', "｀"), ('%', "%%")];
const TMUX: Table = &[('#', "＃"), ('%', "％")];
const ANY: Table = &[('\\', "＼"), ('$', "＄"), ('`', "｀"), ('%', "％"), ('#', "＃")];

/// The colours of fields, by their numbers, as tmux and ANSI call them.
const COLOURS: [(&str, &str); 6] =
    [("cyan", "36"), ("yellow", "33"), ("magenta", "35"), ("green", "32"), ("blue", "34"), ("red", "31")];

impl Shell {
    /// All that can be named.
    pub(super) const ALL: [Self; 6] = [Self::Bash, Self::Zsh, Self::Fish, Self::Starship, Self::Tmux, Self::Plain];

    /// Their words.
    pub(super) const WORDS: [&'static str; 6] = ["bash", "zsh", "fish", "starship", "tmux", "plain"];

    /// Returns the one of a word.
    pub(super) fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|shell| shell.word() == word).unwrap_or(Self::Any)
    }

    /// Returns its word.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Bash => Self::WORDS[0],
            Self::Zsh => Self::WORDS[1],
            Self::Fish => Self::WORDS[2],
            Self::Starship => Self::WORDS[3],
            Self::Tmux => Self::WORDS[4],
            Self::Plain => Self::WORDS[5],
        }
    }

    /// Returns a line about it.
    pub(super) const fn about(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Bash => "text of PS1: no \\ $ `, colours in \\[…\\]",
            Self::Zsh => "text of PROMPT, and powerlevel10k: no \\ $ `, %% for %, colours in %{…%}",
            Self::Fish => "what fish_prompt prints; every character as it is",
            Self::Starship => "a custom module, whose output starship quotes itself",
            Self::Tmux => "#(…) in a status line: no # %, colours as #[fg=…]",
            Self::Plain => "anything that does not read it again",
        }
    }

    const fn table(self) -> Table {
        match self {
            Self::Any => ANY,
            Self::Bash => BASH,
            Self::Zsh => ZSH,
            Self::Tmux => TMUX,
            Self::Fish | Self::Starship | Self::Plain => &[],
        }
    }

    /// Returns a value as it may stand in the line: seen whole, on one line, no wider than it may be, and obeyed by nobody.
    pub(super) fn safe(self, value: &str, width: u32) -> String {
        let shown = cut(&seen(value), usize::try_from(width).unwrap_or(usize::MAX));
        let mut safe = String::with_capacity(shown.len());
        for c in shown.chars() {
            match self.table().iter().find(|(obeyed, _)| *obeyed == c) {
                Some((_, replacement)) => safe.push_str(replacement),
                None => safe.push(c),
            }
        }
        safe
    }

    /// Returns a piece as the shell takes it: what colours it takes no place there.
    pub(super) fn coloured(self, piece: &Piece, is_coloured: bool) -> String {
        let colour = piece.field.and_then(Field::colour).filter(|_| is_coloured);
        let Some((name, code)) = colour.map(|number| COLOURS[number % COLOURS.len()]) else {
            return piece.text.clone();
        };
        let (open, close) = match self {
            Self::Tmux => return format!("#[fg={name}]{}#[default]", piece.text),
            Self::Bash => ("\\[", "\\]"),
            Self::Zsh => ("%{", "%}"),
            Self::Any | Self::Fish | Self::Starship | Self::Plain => ("", ""),
        };
        format!("{open}\u{1b}[{code}m{close}{}{open}\u{1b}[0m{close}", piece.text)
    }
}

/// Returns a value without what a terminal would obey or hide.
fn seen(value: &str) -> String {
    // What is joined of several pictures is seen as it is.
    if line(value) == value {
        return value.to_owned();
    }
    value.chars().map(|c| if is_unseen(c) { '\u{fffd}' } else { c }).collect()
}

/// Cuts a text that is wider than so many columns. Marks that take no column are not without end, either.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width && text.chars().count() <= width.saturating_mul(4) {
        return text.to_owned();
    }
    let (mut kept, mut columns) = (String::new(), 0);
    for (count, c) in text.chars().enumerate() {
        columns += c.width().unwrap_or(0);
        if columns >= width || count >= width.saturating_mul(4) {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = r"$(touch /x) `id` \u \\$ 100% %{ #(id) #{pid}";

    #[test]
    fn what_a_shell_would_obey_only_looks_like_it() {
        let safe = |shell: Shell| shell.safe(HOSTILE, 100);
        assert_eq!(safe(Shell::Any), "＄(touch /x) ｀id｀ ＼u ＼＼＄ 100％ ％{ ＃(id) ＃{pid}");
        assert_eq!(safe(Shell::Bash), "＄(touch /x) ｀id｀ ＼u ＼＼＄ 100% %{ #(id) #{pid}");
        assert_eq!(safe(Shell::Zsh), "＄(touch /x) ｀id｀ ＼u ＼＼＄ 100%% %%{ #(id) #{pid}");
        assert_eq!(safe(Shell::Tmux), r"$(touch /x) `id` \u \\$ 100％ ％{ ＃(id) ＃{pid}");
        for shell in [Shell::Fish, Shell::Starship, Shell::Plain] {
            assert_eq!(safe(shell), HOSTILE);
        }
    }

    #[test]
    fn what_a_terminal_would_obey_or_hide_is_seen_in_every_shell() {
        for shell in Shell::ALL.into_iter().chain([Shell::Any]) {
            let shown = shell.safe("a\u{1b}]0;x\u{7}\u{9b}2J\u{202e}b\u{200b}\nc\rd\te", 40);
            assert_eq!(shown, "a�]0;x��2J�b��c�d�e");
            assert_eq!(shell.safe("👩\u{200d}🚀 日本", 40), "👩\u{200d}🚀 日本");
        }
    }

    #[test]
    fn a_value_is_cut_by_columns() {
        let cut = |text: &str, width| Shell::Plain.safe(text, width);
        assert_eq!(cut("Acme Shop", 9), "Acme Shop");
        assert_eq!(cut("Acme Shop", 8), "Acme Sh…");
        assert_eq!(cut("Acme Shop", 6), "Acme…", "no space before it");
        assert_eq!(cut("日本語日本語", 6), "日本…");
        assert_eq!(cut("x", 1), "x");
        assert_eq!(cut("xy", 1), "…");
        assert!(cut(&format!("e{}", "\u{301}".repeat(9_000)), 40).chars().count() <= 161);
        assert!(cut(&"x".repeat(1_000_000), 40).width() == 40);
    }

    #[test]
    fn colours_take_no_place_where_the_shell_counts() {
        let piece = Piece { field: Some(Field::Account), text: "team".to_owned() };
        let of = |shell: Shell| shell.coloured(&piece, true);
        assert_eq!(of(Shell::Bash), "\\[\u{1b}[36m\\]team\\[\u{1b}[0m\\]");
        assert_eq!(of(Shell::Zsh), "%{\u{1b}[36m%}team%{\u{1b}[0m%}");
        assert_eq!(of(Shell::Tmux), "#[fg=cyan]team#[default]");
        assert_eq!(of(Shell::Any), "\u{1b}[36mteam\u{1b}[0m");
        assert_eq!(Shell::Bash.coloured(&piece, false), "team");
        assert_eq!(Shell::Bash.coloured(&Piece { field: None, ..piece }, true), "team");
    }

    #[test]
    fn every_shell_has_a_word() {
        assert_eq!(Shell::ALL.map(Shell::word), Shell::WORDS);
        assert_eq!(Shell::of(""), Shell::Any);
        assert_eq!(Shell::of("zsh"), Shell::Zsh);
    }
}
