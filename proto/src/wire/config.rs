//! Bodies about the text of a config file.

use serde::{Deserialize, Serialize};

use super::body::body;

body! {
    /// `POST /v1/config/check`: a text that is not a file yet. It may hold secrets; the answer holds none.
    struct ConfigText {
        /// The text.
        pub text: String,
    }

    /// What is wrong with a text.
    struct ConfigProblems {
        /// All of it, in the order of the text; empty when it is good.
        pub problems: Vec<ConfigMistake>,
    }

    /// Something that is wrong.
    struct ConfigMistake {
        /// Line, from 1.
        pub line: u64,
        /// Column in characters, from 1.
        pub column: u64,
        /// What is wrong and what was expected.
        pub detail: String,
    }
}
