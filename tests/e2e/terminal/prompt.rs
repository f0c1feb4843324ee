//! The prompt for a secret, at a terminal that a command really has to itself.

use std::fs::File;
use std::io::Write;
use std::process::{Command, Stdio};

use mp_sandbox::home::Home;
use mp_sandbox::process::wait;
use rustix::termios::{LocalModes, tcgetattr};

use super::{read, terminal};
use crate::{SOON, empty};

const ADD: [&str; 8] = ["account", "add", "svc", "--type", "service_account", "--region=us", "--username", "svc-user"];

/// Presses keys at the prompt of a command, which has the terminal for its own. Returns how it ended (none by a signal), what was shown,
/// and whether the terminal shows what is typed afterwards. None where no program makes a terminal a command's own.
fn press(home: &Home, keys: &str) -> Option<(Option<i32>, String, bool)> {
    let (master, slave) = terminal();
    let own = home.command("setsid".as_ref());
    let mut command: Command = own;
    command.arg("--ctty").arg(&home.programs().mp).args(ADD).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let stdin = slave.try_clone().expect("a descriptor is free");
    let stderr = slave.try_clone().expect("a descriptor is free");
    let mut child = command.stdin(stdin).stdout(Stdio::null()).stderr(stderr).spawn().ok()?;
    drop(command);
    let mut keyboard = File::from(master.try_clone().expect("a descriptor is free"));
    let seen = read(master);
    let mut shown = String::new();
    while !shown.contains("secret: ") {
        shown.push_str(&seen.recv_timeout(SOON).unwrap_or_else(|_| panic!("it asks: {shown}")));
    }
    keyboard.write_all(keys.as_bytes()).expect("it takes it");
    let status = wait(&mut child, SOON).expect("it ends");
    let echoes = tcgetattr(&slave).expect("a terminal").local_modes.contains(LocalModes::ECHO | LocalModes::ISIG);
    drop((slave, keyboard));
    shown.extend(seen.iter());
    Some((status.code(), shown, echoes))
}

#[test]
fn what_ends_the_prompt_is_no_secret() {
    let home = empty();
    let _daemon = home.start();
    let Some((code, shown, echoes)) = press(&home, "half\u{1a}fg\n") else {
        println!("skipped what_ends_the_prompt_is_no_secret: it needs the program setsid");
        return;
    };
    // No shell waits for this command, so it cannot be stopped, and what is typed after Ctrl-Z is not for it.
    assert_eq!((code, echoes), (Some(3), true), "{shown}");
    assert!(shown.contains("left by Ctrl-Z"), "{shown}");
    let (code, shown, echoes) = press(&home, "half\u{3}").expect("as before");
    assert_eq!((code, echoes), (None, true), "Ctrl-C ends it as it ends any command: {shown}");
    assert!(!home.config().exists(), "nothing was stored");
    let (code, shown, echoes) = press(&home, "wrong\u{15}hush\u{7f}h\n").expect("as before");
    assert_eq!((code, echoes), (Some(0), true), "{shown}");
    assert!(!shown.contains("hush") && home.read(".mp/config.toml").contains("secret = \"hush\""), "{shown}");
}
