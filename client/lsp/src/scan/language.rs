//! What the languages write strings, comments and names with: one table, which the scanner reads.

/// A language of tracking code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// JavaScript and TypeScript, with JSX.
    JavaScript,
    /// Python.
    Python,
    /// Swift.
    Swift,
    /// Objective-C.
    ObjectiveC,
    /// Kotlin.
    Kotlin,
    /// Java.
    Java,
    /// Go.
    Go,
    /// Ruby.
    Ruby,
    /// PHP.
    Php,
    /// Dart.
    Dart,
    /// C#.
    CSharp,
}

/// What is computed within a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inside {
    /// Nothing: the text is what is written.
    Nothing,
    /// `${…}`
    DollarBrace,
    /// `$name` and `${…}`, in PHP `{$…}`, too
    Dollar,
    /// `{…}`; two braces are one
    Brace,
    /// `#{…}`
    HashBrace,
    /// `\(…)`
    BackslashParen,
}

/// How a string is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quote {
    /// What stands before the quote, such as the `f` of Python. Longer ones first.
    pub(crate) before: &'static [&'static str],
    /// The quote.
    pub(crate) open: &'static str,
    /// Whether it goes over lines.
    pub(crate) is_long: bool,
    /// Whether a backslash takes the next character.
    pub(crate) escapes: bool,
    /// Whether two quotes are one.
    pub(crate) doubles: bool,
    /// What is computed in it.
    pub(crate) inside: Inside,
}

/// What the scanner has to know of a language.
#[derive(Debug)]
pub(crate) struct Lexis {
    /// Strings, those with longer quotes first.
    pub(crate) quotes: &'static [Quote],
    /// What a comment begins with that goes to the end of the line.
    pub(crate) line_comments: &'static [&'static str],
    /// What a comment is between, if there are such.
    pub(crate) block_comment: Option<(&'static str, &'static str)>,
    /// Whether such comments nest.
    pub(crate) nests: bool,
    /// Whether there are regular expressions between slashes.
    pub(crate) has_regex: bool,
    /// Whether there are texts that begin behind `<<NAME` or `<<<NAME`.
    pub(crate) heredoc: Option<&'static str>,
    /// What belongs to names beside letters, digits and `_`.
    pub(crate) in_names: &'static [u8],
}

const PLAIN: Quote =
    Quote { before: &[""], open: "\"", is_long: false, escapes: true, doubles: false, inside: Inside::Nothing };

const SINGLE: Quote = Quote { open: "'", ..PLAIN };

const TRIPLE: Quote = Quote { open: "\"\"\"", is_long: true, ..PLAIN };

const C_LIKE: Lexis = Lexis {
    quotes: &[PLAIN, SINGLE],
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    nests: false,
    has_regex: false,
    heredoc: None,
    in_names: b"",
};

const JAVASCRIPT: Lexis = Lexis {
    quotes: &[PLAIN, SINGLE, Quote { open: "`", is_long: true, inside: Inside::DollarBrace, ..PLAIN }],
    has_regex: true,
    in_names: b"$#@",
    ..C_LIKE
};

const FORMATTED: &[&str] = &["fr", "rf", "Fr", "fR", "FR", "rF", "Rf", "RF", "f", "F", "t", "T"];

const UNFORMATTED: &[&str] = &["br", "rb", "Br", "bR", "BR", "rB", "Rb", "RB", "b", "B", "r", "R", "u", "U", ""];

const PYTHON: Lexis = Lexis {
    quotes: &[
        Quote { before: FORMATTED, inside: Inside::Brace, ..TRIPLE },
        Quote { before: FORMATTED, open: "'''", inside: Inside::Brace, ..TRIPLE },
        Quote { before: FORMATTED, inside: Inside::Brace, ..PLAIN },
        Quote { before: FORMATTED, inside: Inside::Brace, ..SINGLE },
        Quote { before: UNFORMATTED, ..TRIPLE },
        Quote { before: UNFORMATTED, open: "'''", ..TRIPLE },
        Quote { before: UNFORMATTED, ..PLAIN },
        Quote { before: UNFORMATTED, ..SINGLE },
    ],
    line_comments: &["#"],
    block_comment: None,
    ..C_LIKE
};

const SWIFT: Lexis = Lexis {
    quotes: &[
        Quote { open: "#\"\"\"", is_long: true, escapes: false, ..PLAIN },
        Quote { open: "#\"", escapes: false, ..PLAIN },
        Quote { inside: Inside::BackslashParen, ..TRIPLE },
        Quote { inside: Inside::BackslashParen, ..PLAIN },
    ],
    nests: true,
    ..C_LIKE
};

const OBJECTIVE_C: Lexis = Lexis { quotes: &[Quote { before: &["@", ""], ..PLAIN }, SINGLE], ..C_LIKE };

const KOTLIN: Lexis = Lexis {
    quotes: &[
        Quote { escapes: false, inside: Inside::Dollar, ..TRIPLE },
        Quote { inside: Inside::Dollar, ..PLAIN },
        SINGLE,
    ],
    nests: true,
    ..C_LIKE
};

const JAVA: Lexis = Lexis { quotes: &[TRIPLE, PLAIN, SINGLE], in_names: b"$", ..C_LIKE };

const GO: Lexis =
    Lexis { quotes: &[PLAIN, SINGLE, Quote { open: "`", is_long: true, escapes: false, ..PLAIN }], ..C_LIKE };

const RUBY: Lexis = Lexis {
    quotes: &[
        Quote { is_long: true, inside: Inside::HashBrace, ..PLAIN },
        Quote { is_long: true, ..SINGLE },
        Quote { open: "`", is_long: true, inside: Inside::HashBrace, ..PLAIN },
    ],
    line_comments: &["#"],
    block_comment: Some(("\n=begin", "\n=end")),
    has_regex: true,
    heredoc: Some("<<"),
    in_names: b"@$",
    ..C_LIKE
};

const PHP: Lexis = Lexis {
    quotes: &[Quote { is_long: true, inside: Inside::Dollar, ..PLAIN }, Quote { is_long: true, ..SINGLE }],
    line_comments: &["//", "#"],
    heredoc: Some("<<<"),
    in_names: b"$",
    ..C_LIKE
};

const DART: Lexis = Lexis {
    quotes: &[
        Quote { before: &["r"], escapes: false, ..TRIPLE },
        Quote { before: &["r"], open: "'''", escapes: false, ..TRIPLE },
        Quote { before: &["r"], escapes: false, ..PLAIN },
        Quote { before: &["r"], escapes: false, ..SINGLE },
        Quote { inside: Inside::Dollar, ..TRIPLE },
        Quote { open: "'''", inside: Inside::Dollar, ..TRIPLE },
        Quote { inside: Inside::Dollar, ..PLAIN },
        Quote { inside: Inside::Dollar, ..SINGLE },
    ],
    nests: true,
    in_names: b"$",
    ..C_LIKE
};

const CSHARP: Lexis = Lexis {
    quotes: &[
        Quote { before: &["$$", "$", ""], escapes: false, ..TRIPLE },
        Quote { before: &["$@", "@$"], is_long: true, escapes: false, doubles: true, inside: Inside::Brace, ..PLAIN },
        Quote { before: &["@"], is_long: true, escapes: false, doubles: true, ..PLAIN },
        Quote { before: &["$"], inside: Inside::Brace, ..PLAIN },
        PLAIN,
        SINGLE,
    ],
    in_names: b"",
    ..C_LIKE
};

impl Language {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::JavaScript,
        Self::Python,
        Self::Swift,
        Self::ObjectiveC,
        Self::Kotlin,
        Self::Java,
        Self::Go,
        Self::Ruby,
        Self::Php,
        Self::Dart,
        Self::CSharp,
    ];

    pub(crate) const fn lexis(self) -> &'static Lexis {
        match self {
            Self::JavaScript => &JAVASCRIPT,
            Self::Python => &PYTHON,
            Self::Swift => &SWIFT,
            Self::ObjectiveC => &OBJECTIVE_C,
            Self::Kotlin => &KOTLIN,
            Self::Java => &JAVA,
            Self::Go => &GO,
            Self::Ruby => &RUBY,
            Self::Php => &PHP,
            Self::Dart => &DART,
            Self::CSharp => &CSHARP,
        }
    }

    /// Returns the language of a file by how its name ends; none for what is not scanned.
    pub fn of_extension(end: &str) -> Option<Self> {
        Some(match end {
            "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" | "vue" | "svelte" | "html" | "htm"
            | "astro" => Self::JavaScript,
            "py" | "pyi" => Self::Python,
            "swift" => Self::Swift,
            "m" | "mm" => Self::ObjectiveC,
            "kt" | "kts" => Self::Kotlin,
            "java" => Self::Java,
            "go" => Self::Go,
            "rb" | "rake" | "erb" => Self::Ruby,
            "php" | "phtml" => Self::Php,
            "dart" => Self::Dart,
            "cs" => Self::CSharp,
            _ => return None,
        })
    }

    /// Returns the language that editors call so.
    pub fn of_id(id: &str) -> Option<Self> {
        Some(match id {
            "javascript" | "javascriptreact" | "typescript" | "typescriptreact" | "vue" | "svelte" | "html"
            | "astro" => Self::JavaScript,
            "python" => Self::Python,
            "swift" => Self::Swift,
            "objective-c" | "objective-cpp" => Self::ObjectiveC,
            "kotlin" => Self::Kotlin,
            "java" => Self::Java,
            "go" => Self::Go,
            "ruby" | "erb" => Self::Ruby,
            "php" => Self::Php,
            "dart" => Self::Dart,
            "csharp" => Self::CSharp,
            _ => return None,
        })
    }

    /// Returns what the code is between in a file that has something else around it, such as a page.
    pub(crate) fn islands(self, text: &str) -> Option<(&'static [&'static str], &'static str)> {
        let head = text.get(..text.len().min(512)).unwrap_or(text).trim_start();
        match self {
            // A whole PHP file begins with its tag; what is pasted into an editor may not.
            Self::Php if text.contains("<?") => Some((&["<?php", "<?="], "?>")),
            Self::JavaScript if is_page(head) => Some((&["<script"], "</script")),
            Self::Ruby if head.starts_with('<') && text.contains("<%") => Some((&["<%"], "%>")),
            _ => None,
        }
    }
}

/// Whether a file begins like a page or a component, and not like a program.
fn is_page(head: &str) -> bool {
    let first = head.get(..head.len().min(32)).unwrap_or(head).to_ascii_lowercase();
    ["<!doctype", "<html", "<script", "<template", "<style", "<head", "<!--"]
        .iter()
        .any(|begin| first.starts_with(begin))
}
