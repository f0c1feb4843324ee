//! Where the bus of the session is.

use std::path::Path;

/// Returns the addresses at which the session's bus may be, the likeliest first; none where there is none.
pub(super) fn addresses() -> Vec<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    // What a login manager starts has no variables of the session; the socket is there all the same.
    let own = || format!("/run/user/{}", rustix::process::getuid().as_raw());
    likely(variable("DBUS_SESSION_BUS_ADDRESS"), &variable("XDG_RUNTIME_DIR").unwrap_or_else(own))
}

/// Puts the socket of the user's own bus behind what the environment names: a daemon outlives the session of the shell that started it.
fn likely(named: Option<String>, runtime: &str) -> Vec<String> {
    let socket = Some(format!("{runtime}/bus")).filter(|socket| Path::new(socket).exists());
    let socket = socket.map(|socket| format!("unix:path={socket}"));
    let mut found: Vec<String> = named.iter().flat_map(|named| named.split(';')).map(str::to_owned).collect();
    found.extend(socket.filter(|socket| !named.as_deref().unwrap_or_default().starts_with(socket.as_str())));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_comes_first_and_the_socket_of_the_user_is_known_without_a_name() {
        let directory = tempfile::tempdir().expect("a directory");
        let runtime = directory.path().to_str().expect("a text");
        let named = |text: &str| likely(Some(text.to_owned()), runtime);
        assert!(likely(None, runtime).is_empty(), "there is none");
        assert_eq!(named("unix:path=/a;unix:abstract=/b,guid=0"), ["unix:path=/a", "unix:abstract=/b,guid=0"]);
        let socket = format!("unix:path={runtime}/bus");
        std::fs::write(directory.path().join("bus"), "").expect("written");
        assert_eq!(likely(None, runtime), [socket.as_str()], "it has come");
        assert_eq!(named("unix:path=/gone"), ["unix:path=/gone".to_owned(), socket.clone()]);
        assert_eq!(named(&socket), [socket.as_str()], "once is enough");
        assert_eq!(named(&format!("{socket},guid=0")), [format!("{socket},guid=0")]);
    }
}
