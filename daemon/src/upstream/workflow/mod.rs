//! What a row of the catalog cannot say, one file each; the first line of each says why it is code.

pub(crate) mod export;
