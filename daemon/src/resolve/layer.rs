//! Layers: where a value comes from, and the rule by which one of several wins.

use mp_proto::wire::{Source, SourceKind};

use super::model::Axis;

/// Returns a source.
pub(super) fn source(kind: SourceKind, at: impl Into<String>) -> Source {
    Source { kind, at: at.into() }
}

/// Returns the candidate of the strongest layer. The order of the array does not matter: the layers are ordered.
pub(super) fn strongest<T, const N: usize>(candidates: [Option<(SourceKind, T, String)>; N]) -> Option<Axis<T>> {
    let (kind, value, at) = candidates.into_iter().flatten().min_by_key(|(kind, ..)| *kind)?;
    Some(Axis { value, source: source(kind, at) })
}
