//! Custom headers of a call: the caller's pair of variables, then the config's header, then those of the bridge whose account it is;
//! later ones win.

use std::path::Path;

use mp_proto::context::Context;
use mp_proto::wire::SourceKind;

use super::layer::source;
use super::model::Header;
use crate::config::model::Config;
use crate::identity::bridge::Bridge;

/// Merges the headers of all layers by name. Names that differ only in case are one header, as HTTP has it (RFC 9110, 5.1).
pub(super) fn merge(config: &Config, path: &Path, bridge: Option<&Bridge>, context: &Context) -> Vec<Header> {
    let mut merged: Vec<Header> = Vec::new();
    let mut lay = |header: Header| match merged.iter_mut().find(|known| known.name.eq_ignore_ascii_case(&header.name)) {
        Some(known) => *known = header,
        None => merged.push(header),
    };
    let pair = (context.env.get("MP_CUSTOM_HEADER_NAME"), context.env.secret("MP_CUSTOM_HEADER_VALUE"));
    if let (Some(name), Some(value)) = pair {
        lay(Header { name: name.to_owned(), value, source: source(SourceKind::Env, "MP_CUSTOM_HEADER_NAME") });
    }
    if let Some(header) = &config.custom_header {
        let at = format!("{}:{}", path.display(), header.line);
        let (name, value) = (header.value.name.clone(), header.value.value.clone());
        lay(Header { name, value, source: source(SourceKind::Config, at) });
    }
    for (name, value) in bridge.iter().flat_map(|bridge| &bridge.headers) {
        let at = bridge.map_or_else(String::new, |bridge| bridge.path.display().to_string());
        lay(Header { name: name.clone(), value: value.clone(), source: source(SourceKind::Bridge, at) });
    }
    merged
}
