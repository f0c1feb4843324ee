//! Who may talk to the daemon, and whom the client talks to.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::time::Duration;

use mp_proto::routes;
use mp_sandbox::home::{Daemon, Home};
use mp_sandbox::wire::{Ask, Connection};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType};

use crate::{configured, session};

/// The user `nobody` nearly everywhere; any id but ours would do.
const STRANGER: u32 = 65_534;

/// Becomes another user in this thread alone, for good: the kernel keeps credentials per thread, and a socket those of the thread
/// that connected or listened.
#[cfg(target_os = "linux")]
pub(crate) fn become_stranger() {
    use rustix::process::{Gid, Uid};
    let (uid, gid) = (Uid::from_raw(STRANGER), Gid::from_raw(STRANGER));
    rustix::thread::set_thread_res_gid(gid, gid, gid).expect("root may");
    rustix::thread::set_thread_res_uid(uid, uid, uid).expect("root may");
}

/// Elsewhere credentials are those of the whole process.
#[cfg(not(target_os = "linux"))]
pub(crate) fn become_stranger() {
    unreachable!("`can_play_stranger` says no before");
}

/// Returns whether another user can be played here; says so where not.
pub(crate) fn can_play_stranger(test: &str) -> bool {
    let can = rustix::process::geteuid().is_root() && cfg!(target_os = "linux");
    if !can {
        println!("skipped {test}: it needs root on Linux to play another user");
    }
    can
}

#[test]
fn another_user_is_closed_before_a_byte_is_read() {
    if !can_play_stranger("another_user_is_closed_before_a_byte_is_read") {
        return;
    }
    let home = configured();
    home.write("s/x", "");
    let socket = home.at("s/d.sock");
    let mut command = home.command(&home.programs().mpd);
    command.arg("--socket").arg(&socket);
    let daemon = Daemon::start(command, home.path(), &socket);
    // As if the modes, the first line of defence, had failed.
    for (path, mode) in [(home.path(), 0o711), (&home.at("s"), 0o711), (&socket, 0o666)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("our own file");
    }
    let at = socket.clone();
    let closed = std::thread::spawn(move || {
        become_stranger();
        let mut connection = Connection::open(&at).expect("the modes allow it");
        connection.set_patience(Duration::from_secs(5));
        // Nothing was sent: a daemon that waits for a request would keep this open.
        connection.is_closed()
    });
    assert!(closed.join().expect("the stranger ran").expect("it is closed at once"), "the daemon sent something");
    assert!(daemon.pid() > 0);
    session(&mut Connection::open(&socket).expect("the owner is still welcome"));
}

#[test]
fn a_socket_of_another_user_is_refused_by_mp() {
    if !can_play_stranger("a_socket_of_another_user_is_refused_by_mp") {
        return;
    }
    let home = configured();
    home.write(".mp/run/x", "");
    let socket = rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None).expect("a descriptor is free");
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC).expect("our own");
    rustix::net::bind(&socket, &SocketAddrUnix::new(home.socket()).expect("short")).expect("the directory is there");
    fs::set_permissions(home.socket(), fs::Permissions::from_mode(0o600)).expect("our own socket");
    let listener = std::thread::spawn(move || {
        become_stranger();
        rustix::net::listen(&socket, 8).expect("bound");
        UnixListener::from(socket)
    });
    let listener = listener.join().expect("the stranger ran");
    let received = serve_silently(listener);
    let done = home.mp(["--no-autostart", "session"]).run();
    assert_eq!(done.code, 6, "{}{}", done.stdout, done.stderr);
    assert!(done.stderr.contains(&STRANGER.to_string()), "it says whose socket that is: {}", done.stderr);
    assert_eq!(received.try_iter().map(|bytes| bytes.len()).sum::<usize>(), 0, "nothing was sent");
    fs::remove_file(home.socket()).expect("it is there");
}

/// Accepts connections and reports what arrives on them.
fn serve_silently(listener: UnixListener) -> std::sync::mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut bytes = Vec::new();
            let _ = std::io::Read::read_to_end(&mut { stream }, &mut bytes);
            let _ = sender.send(bytes);
        }
    });
    receiver
}

/// A directory of the socket that is not private is refused, and nothing is sent.
#[track_caller]
fn check_refused(home: &Home, mark: &str) {
    let done = home.mp(["--no-autostart", "session"]).run();
    assert_eq!(done.code, 6, "{}{}", done.stdout, done.stderr);
    assert!(done.stderr.contains(mark), "{}", done.stderr);
}

#[test]
fn a_socket_in_a_directory_open_to_others_is_refused_by_mp() {
    let home = configured();
    let _daemon = home.start();
    for mode in [0o770, 0o707, 0o755] {
        fs::set_permissions(home.at(".mp/run"), fs::Permissions::from_mode(mode)).expect("our own directory");
        check_refused(&home, ".mp/run");
    }
    fs::set_permissions(home.at(".mp/run"), fs::Permissions::from_mode(0o700)).expect("our own directory");
    home.mp(["--no-autostart", "session"]).ok();
}

#[test]
fn a_socket_directory_behind_a_symlink_is_refused_by_mp() {
    let home = configured();
    let _daemon = home.start();
    home.write("s/x", "");
    symlink(home.at(".mp/run"), home.at("link")).expect("the home is writable");
    let path = home.at("link/mpd.sock");
    let done = home.mp(["--no-autostart", "--socket", path.to_str().expect("ASCII"), "session"]).run();
    assert_eq!(done.code, 6, "{}{}", done.stdout, done.stderr);
}

#[test]
fn the_sockets_modes_are_private() {
    let home = configured();
    let _daemon = home.start();
    let mode = |path| fs::metadata(home.at(path)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(".mp"), mode(".mp/run"), mode(".mp/run/mpd.sock")), (0o700, 0o700, 0o600));
}

#[test]
fn requests_of_browsers_are_refused() {
    let home = configured();
    let _daemon = home.start();
    for (name, value) in [
        ("Origin", "http://localhost:3000"),
        ("Origin", "null"),
        ("Referer", "http://localhost/"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "no-cors"),
    ] {
        let answer = home.ask(&Ask::get(routes::SESSION).header(name, value));
        assert_eq!(answer.problem(), (403, "forbidden".to_owned()), "{name}: {value}");
    }
}

#[test]
fn requests_for_another_host_are_refused() {
    let home = configured();
    let _daemon = home.start();
    for host in ["evil.example", "mixpanel.com", "localhost.evil.example"] {
        assert_eq!(home.ask(&Ask::get(routes::SESSION).header("Host", host)).status, 403, "{host}");
    }
    for host in ["localhost", "mpd", ""] {
        home.ask(&Ask::get(routes::SESSION).header("Host", host)).ok();
    }
}

#[test]
fn a_change_without_mp_client_is_refused() {
    let home = configured();
    let _daemon = home.start();
    let body = serde_json::json!({"name": "x", "type": "oauth_browser"});
    for (method, route) in [
        ("POST", routes::ACCOUNTS),
        ("PATCH", routes::SESSION),
        ("DELETE", "/v1/accounts/ci"),
        ("POST", "/v1/accounts/ci/use"),
        ("POST", "/v1/accounts/team/token"),
        ("POST", routes::TARGETS),
        ("POST", routes::BRIDGE),
        ("POST", routes::BRIDGE_ALLOWED),
        ("POST", routes::SHUTDOWN),
        ("PUT", routes::LOG_LEVEL),
    ] {
        let answer = home.ask(&Ask::change(method, route, &body).without(routes::CLIENT_HEADER));
        assert_eq!(answer.problem(), (403, "forbidden".to_owned()), "{method} {route}");
    }
    assert_eq!(home.read(".mp/config.toml"), crate::CONFIG, "nothing has changed");
}

#[test]
fn proxy_requests_are_refused() {
    let home = configured();
    let _daemon = home.start();
    for target in ["http://mpd/v1/session", "http://mixpanel.com/", "https://mixpanel.com/api/app/me"] {
        assert_eq!(home.ask(&Ask::get(target)).status, 403, "{target}");
    }
    let mut connection = home.connect();
    connection.write(b"CONNECT mixpanel.com:443 HTTP/1.1\r\nHost: mixpanel.com:443\r\n\r\n").expect("it listens");
    let answer = connection.read_answer().expect("an answer");
    assert_eq!(answer.status, 403, "{}", answer.text());
}

#[test]
fn no_port_is_opened() {
    if !cfg!(target_os = "linux") {
        println!("skipped no_port_is_opened: it reads /proc");
        return;
    }
    let home = configured();
    let daemon = home.start();
    session(&mut home.connect());
    let inodes: Vec<String> = fs::read_dir(format!("/proc/{}/fd", daemon.pid()))
        .expect("our own child")
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|to| Some(to.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    assert!(!inodes.is_empty(), "it has at least its own socket");
    for table in ["tcp", "tcp6", "udp", "udp6"] {
        let Ok(rows) = fs::read_to_string(format!("/proc/{}/net/{table}", daemon.pid())) else { continue };
        for row in rows.lines().skip(1) {
            let inode = row.split_whitespace().nth(9).unwrap_or_default();
            assert!(!inodes.iter().any(|known| known == inode), "{table}: {row}");
        }
    }
}

#[test]
fn without_home_the_password_database_names_the_root() {
    // The socket is named, so that nothing of whoever runs this is touched.
    let home = configured();
    let _daemon = home.start();
    let socket = home.socket();
    let call = || home.mp(["--no-autostart", "--socket", socket.to_str().expect("ASCII"), "account", "list"]);
    let usual = call().ok();
    assert_eq!((call().without("HOME").ok(), call().env("HOME", "").ok()), (usual.clone(), usual));
}

/// Returns what a client and a daemon say to a storage root, neither of which may make anything.
#[track_caller]
fn refusals(home: &Home, root: &str) -> [String; 2] {
    let client = home.mp(["session"]).env("MP_STORAGE_DIR", home.at(root)).fails(6);
    let mut daemon = home.command(&home.programs().mpd);
    let ended = daemon.env("MP_STORAGE_DIR", home.at(root)).output().expect("it runs");
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    [client, String::from_utf8_lossy(&ended.stderr).into_owned()]
}

#[test]
fn a_storage_root_that_may_be_anybodys_is_left_as_it_is() {
    let home = crate::empty();
    let mode = |path: &str| fs::metadata(home.at(path)).expect("there").permissions().mode() & 0o7777;
    for (path, bits) in [("open", 0o777), ("sticky", 0o1777), ("real", 0o755), ("shared", 0o1777)] {
        fs::create_dir(home.at(path)).expect("made");
        fs::set_permissions(home.at(path), fs::Permissions::from_mode(bits)).expect("our own");
    }
    symlink(home.at("real"), home.at("link")).expect("linked");
    home.write("file", "");
    let wrong = [
        ("open", "open", "by everybody (mode 0777)"),
        ("sticky", "sticky", "by everybody (mode 1777)"),
        ("link", "real", "is a symbolic link"),
        ("file", "file", "is not a directory"),
        // Not there yet, in a directory where others could put something in its place.
        ("open/a/b", "open", "by everybody (mode 0777)"),
    ];
    for (root, left, why) in wrong {
        let before = mode(left);
        for said in refusals(&home, root) {
            assert!(said.contains(why), "{root}: {said}");
        }
        assert_eq!(mode(left), before, "{root} was tightened");
        assert_eq!(fs::read_dir(home.at(left)).map_or(0, Iterator::count), 0, "{root} was filled");
    }
    // A directory in which nobody can take away what is another's is as good as /tmp.
    let shared = home.at("shared/own");
    home.mp(["session"]).env("MP_STORAGE_DIR", &shared).ok();
    home.mp(["daemon", "stop"]).env("MP_STORAGE_DIR", &shared).ok();
    assert_eq!((mode("shared"), mode("shared/own")), (0o1777, 0o700));
}

/// As by `sudo mp`, which keeps the home of its caller: root would leave there what its user cannot change any more.
#[test]
fn nothing_is_made_in_the_home_of_another_user() {
    if !rustix::process::geteuid().is_root() {
        // Somebody else's directory is refused to everybody.
        let said = crate::empty().mp(["session"]).env("MP_STORAGE_DIR", "/etc").fails(6);
        assert!(said.contains("/etc belongs to uid 0") && said.contains("MP_STORAGE_DIR"), "{said}");
        return;
    }
    let home = crate::empty();
    let of_stranger = |path: &str| {
        std::os::unix::fs::chown(home.at(path), Some(STRANGER), Some(STRANGER)).expect("root may");
    };
    fs::create_dir(home.at("user")).expect("made");
    of_stranger("user");
    let refused = |root: &str| {
        for said in refusals(&home, root) {
            assert!(
                said.contains("belongs to uid 65534, and this is uid 0") && said.contains("sudo -H"),
                "{root}: {said}"
            );
        }
    };
    refused("user/.mp");
    assert_eq!(fs::read_dir(home.at("user")).map_or(0, Iterator::count), 0, "something was made");
    // What root has left there before does not make it root's.
    home.write("user/.mp/config.toml", "");
    refused("user/.mp");
    of_stranger("user/.mp");
    refused("user/.mp");
    assert_eq!(fs::read_dir(home.at("user/.mp")).map_or(0, Iterator::count), 1, "run was made");
}
