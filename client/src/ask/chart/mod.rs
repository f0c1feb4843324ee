//! Charts of characters: lines of Braille dots over time, bars for totals. No crate does it: the one for lines that is looked after
//! (textplots) reads numbers as `f32`, writes two numbers on an axis, parts series by colour alone, and has no bars.

mod bars;
mod canvas;
mod draw;
mod lines;
mod model;
mod picture;
mod room;
mod scale;
#[cfg(test)]
mod tests;

pub(super) use draw::drawn;
pub(super) use picture::picture;
pub(super) use room::Room;
