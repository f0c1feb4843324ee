//! What service managers are told: the unit files of systemd, and the property list of launchd. Pure.
//!
//! The files in `packaging/systemd` and `packaging/launchd` are the same texts for other places; a test writes them.

use std::path::{Path, PathBuf};

use crate::spawn::SMALL_PAGES;

/// Why no service manager can be asked.
#[derive(Debug, Clone)]
pub(crate) struct Absent {
    /// What is missing.
    pub(crate) why: String,
    /// What would change that.
    pub(crate) next: Option<String>,
}

/// What the units are called, unless the storage root is another one than usual. `mpd.service` belongs to a music player.
pub(crate) const NAME: &str = "mixpanel-mpd";

/// What a unit has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spec {
    /// Its name without an ending.
    pub(crate) name: String,
    /// The daemon's program.
    pub(crate) program: PathBuf,
    /// The storage root.
    pub(crate) root: PathBuf,
    /// The socket.
    pub(crate) socket: PathBuf,
    /// The log, where the service manager keeps none.
    pub(crate) log: PathBuf,
}

/// Why a unit cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a unit cannot name {path:?}: {what}")]
pub(crate) struct Unfit {
    path: PathBuf,
    what: &'static str,
}

impl Spec {
    /// Returns the socket unit of systemd.
    ///
    /// # Errors
    /// When it cannot name a path.
    pub(crate) fn socket_unit(&self) -> Result<String, Unfit> {
        Ok(socket_text(&specifiers(text(&self.socket)?)))
    }

    /// Returns the service unit of systemd.
    ///
    /// # Errors
    /// When it cannot name a path.
    pub(crate) fn service_unit(&self) -> Result<String, Unfit> {
        let (program, root, socket) = (text(&self.program)?, text(&self.root)?, text(&self.socket)?);
        // systemd takes no program with these in its path, so a shell starts it.
        let is_refused = program.contains(['"', '\'', '\\']);
        let shell = ["/bin/sh", "-c", "exec \"$0\" \"$@\""];
        let before = if is_refused { &shell[..] } else { &[] };
        let words = [program, "--started-by", "service", "--root", root, "--socket", socket];
        let mut words: Vec<String> = before.iter().chain(&words).map(|word| (*word).to_owned()).collect();
        // `$$` stands for `$` in arguments, but not in the name of the program. With the colon it is no sign at all (systemd 244).
        if words.iter().any(|word| word.contains('$')) {
            words[0].insert(0, ':');
        }
        let line = words.iter().map(|text| word(text)).collect::<Vec<_>>().join(" ");
        Ok(service_text(&self.name, &line))
    }

    /// Returns the property list of launchd.
    ///
    /// # Errors
    /// When it cannot name a path.
    pub(crate) fn property_list(&self) -> Result<String, Unfit> {
        let (program, root, socket) = (text(&self.program)?, text(&self.root)?, text(&self.socket)?);
        let words = [program, "--started-by", "service", "--root", root, "--socket", socket];
        let words: String = words.map(|word| format!("        <string>{}</string>\n", escaped(word))).concat();
        Ok(list_text(&self.name, &words, &escaped(text(&self.log)?)))
    }
}

/// Returns a path as text that can stand in one line.
fn text(path: &Path) -> Result<&str, Unfit> {
    let unfit = |what| Unfit { path: path.to_owned(), what };
    let text = path.to_str().ok_or_else(|| unfit("it is not UTF-8"))?;
    if text.chars().any(char::is_control) { Err(unfit("it has a control character")) } else { Ok(text) }
}

/// Spells a text so that systemd expands nothing in it.
fn specifiers(text: &str) -> String {
    text.replace('%', "%%")
}

/// Returns a word of a command line, in quotes where it needs some.
fn word(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+@,=~".contains(letter);
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("\"{}\"", specifiers(text).replace('\\', "\\\\").replace('"', "\\\""))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn socket_text(socket: &str) -> String {
    format!(
        "[Unit]
Description=Socket of the Mixpanel login daemon

[Socket]
ListenStream={socket}
SocketMode=0600
DirectoryMode=0700
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
"
    )
}

fn service_text(name: &str, line: &str) -> String {
    let (variable, value) = SMALL_PAGES;
    format!(
        "[Unit]
Description=Mixpanel login daemon
# The name mpd.service belongs to a music player.
Requires={name}.socket
After={name}.socket
# The usual five starts in ten seconds are few for somebody who restarts it; whoever connects to the socket after that is refused, for the
# manager closes it. A daemon that fails at once is still given up.
StartLimitIntervalSec=10
StartLimitBurst=60

[Service]
Type=notify
NotifyAccess=main
ExecStart={line}
Restart=on-failure
# Its program was replaced by an upgrade, and it makes way for the new one.
SuccessExitStatus=75
RestartForceExitStatus=75
# Calls wait in the socket meanwhile.
RestartSec=20ms
# Longer than running calls (10 s) and a refresh (25 s) may take: a refresh that is cut off can cost the login.
TimeoutStopSec=45
UMask=0077
LimitCORE=0
# Huge pages would cost more memory than it has.
Environment={variable}={value}
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6

[Install]
Also={name}.socket
WantedBy=default.target
"
    )
}

fn list_text(label: &str, words: &str, log: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">
<plist version=\"1.0\">
<dict>
    <key>Label</key>
    <string>{label}</string>
    <key>ProgramArguments</key>
    <array>
{words}    </array>
    <key>RunAtLoad</key>
    <true/>
    <!-- Again after a crash, and after an upgrade (status 75); not after `mp daemon stop`. -->
    <key>KeepAlive</key>
    <dict>
        <key>SuccessfulExit</key>
        <false/>
    </dict>
    <!-- Where `mp daemon logs` looks: what is said before the log is open, and panics. -->
    <key>StandardErrorPath</key>
    <string>{log}</string>
    <!-- 077 -->
    <key>Umask</key>
    <integer>63</integer>
    <key>HardResourceLimits</key>
    <dict>
        <key>Core</key>
        <integer>0</integer>
    </dict>
    <!-- Longer than running calls (10 s) and a refresh (25 s) may take: a refresh that is cut off can cost the login. -->
    <key>ExitTimeOut</key>
    <integer>45</integer>
</dict>
</plist>
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(program: &str, root: &str) -> Spec {
        Spec {
            name: NAME.to_owned(),
            program: program.into(),
            root: root.into(),
            socket: format!("{root}/run/mpd.sock").into(),
            log: format!("{root}/run/mpd.log").into(),
        }
    }

    fn line(program: &str, root: &str) -> String {
        let text = spec(program, root).service_unit().expect("paths that it can name");
        text.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect("it starts something").to_owned()
    }

    #[test]
    fn paths_are_quoted_as_systemd_reads_them() {
        assert_eq!(
            line("/usr/libexec/mixpanel/mpd", "/home/ada/.mp"),
            "/usr/libexec/mixpanel/mpd --started-by service --root /home/ada/.mp --socket /home/ada/.mp/run/mpd.sock"
        );
        assert!(line("/a b/mpd", "/r").starts_with("\"/a b/mpd\" --started-by"));
        assert!(line("/100%/mpd", "/r").starts_with("\"/100%%/mpd\" "));
        let shell = r#"":/bin/sh" -c "exec \"$0\" \"$@\"" "/a\"b\\c'd/mpd" --started-by"#;
        assert!(line("/a\"b\\c'd/mpd", "/r").starts_with(shell), "{}", line("/a\"b\\c'd/mpd", "/r"));
        assert!(line("/a;b/mpd", "/r").starts_with("\"/a;b/mpd\" "));
        assert!(line("/mpd", "/a$HOME").starts_with("\":/mpd\" --started-by"), "{}", line("/mpd", "/a$HOME"));
        assert!(line("/a$b/mpd", "/ü").starts_with("\":/a$b/mpd\" "), "{}", line("/a$b/mpd", "/ü"));
        assert!(line("/mpd", "/ü").contains("--root \"/ü\""));
        let socket = spec("/mpd", "/a b/50%").socket_unit().expect("it can be named");
        assert!(socket.contains("\nListenStream=/a b/50%%/run/mpd.sock\n"), "{socket}");
    }

    #[test]
    fn a_path_that_cannot_stand_in_a_line_is_refused() {
        use std::os::unix::ffi::OsStrExt;
        for path in [&b"/a\nExecStart=/evil"[..], b"/a\xff", b"/a\x1b"] {
            let odd = Spec { root: std::ffi::OsStr::from_bytes(path).into(), ..spec("/mpd", "/r") };
            assert!(odd.service_unit().is_err() && odd.property_list().is_err());
            let odd = Spec { socket: std::ffi::OsStr::from_bytes(path).into(), ..spec("/mpd", "/r") };
            assert!(odd.socket_unit().is_err());
        }
    }

    #[test]
    fn a_property_list_names_the_log_and_is_no_background_job() {
        let text = spec("/a&b/<c>/mpd", "/r").property_list().expect("it can be named");
        assert!(text.contains("<string>/a&amp;b/&lt;c&gt;/mpd</string>"), "{text}");
        assert!(text.contains("<key>StandardErrorPath</key>\n    <string>/r/run/mpd.log</string>"), "{text}");
        assert!(!text.contains("ProcessType") && !text.contains("Background"), "{text}");
    }

    /// Compares a file of a package with what would be written, and writes it if it differs.
    #[test]
    fn the_files_of_packages_have_the_same_texts() {
        let check = |name: &str, text: &str| crate::generated::check(&format!("../{name}"), text);
        check("systemd/mixpanel-mpd.socket", &socket_text("%h/.mp/run/mpd.sock"));
        check("systemd/mixpanel-mpd.service", &service_text(NAME, "%h/.cargo/bin/mpd --started-by service"));
        // launchd expands nothing, so whoever copies the file has to.
        let list = spec("@HOME@/.cargo/bin/mpd", "@HOME@/.mp").property_list();
        check("launchd/mixpanel-mpd.plist", &list.expect("it can be named"));
    }
}
