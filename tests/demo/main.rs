//! The demonstration; see tests/demo/main.rs in a later commit.

fn main() {}
