//! Programs of others that do the same work in the same run, where they are installed: nginx that serves a file, or passes calls on.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mp_sandbox::wait::eventually;

/// nginx, until it is dropped.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) socket: PathBuf,
    _folder: tempfile::TempDir,
}

impl Nginx {
    /// Starts it with a body to serve at every path, if need be also at a port of this machine; none where it is not installed.
    pub(crate) fn serving(body: &[u8], port: Option<u16>) -> Option<Self> {
        let folder = tempfile::tempdir().ok()?;
        std::fs::write(folder.path().join("body"), body).ok()?;
        let port = port.map(|port| format!("listen 127.0.0.1:{port} backlog=4096;")).unwrap_or_default();
        let server = format!("{port} root {}; location / {{ try_files /body =404; }}", folder.path().display());
        Self::start(folder, "", &server)
    }

    /// Starts it to pass every call on to a port of this machine, with a credential, over connections that it keeps.
    pub(crate) fn passing(port: u16, credential: &str) -> Option<Self> {
        let upstream = format!("upstream there {{ server 127.0.0.1:{port}; keepalive 256; }}");
        let server = format!(
            "location / {{ proxy_pass http://there; proxy_http_version 1.1; proxy_set_header Connection \"\"; \
             proxy_set_header Authorization \"{credential}\"; }}"
        );
        Self::start(tempfile::tempdir().ok()?, &upstream, &server)
    }

    fn start(folder: tempfile::TempDir, upstream: &str, server: &str) -> Option<Self> {
        let at = |name: &str| folder.path().join(name);
        // Its workers may be of another user.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).ok()?;
        std::fs::write(at("nginx.conf"), configuration(folder.path(), upstream, server)).ok()?;
        let mut nginx = Command::new("nginx");
        nginx.arg("-p").arg(folder.path()).arg("-c").arg(at("nginx.conf"));
        let child = nginx.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        let socket = at("nginx.sock");
        eventually(Duration::from_secs(10), "nginx listens", || socket.exists());
        Some(Self { child, socket, _folder: folder })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        mp_sandbox::process::terminate(self.child.id());
        let _ = self.child.wait();
    }
}

/// As many workers as the daemon has threads, no log, and connections that are kept.
fn configuration(folder: &Path, upstream: &str, server: &str) -> String {
    let folder = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {folder};\n"))
        .concat();
    format!(
        "daemon off;\nworker_processes 2;\nworker_rlimit_nofile 20000;\npid {folder}/nginx.pid;\nerror_log /dev/null;\n\
         events {{ worker_connections 9000; }}\n\
         http {{\naccess_log off;\nkeepalive_requests 1000000000;\ndefault_type application/json;\n{temporary}{upstream}\n\
         server {{ listen unix:{folder}/nginx.sock backlog=4096; {server} }}\n}}\n"
    )
}
