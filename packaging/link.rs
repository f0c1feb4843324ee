//! The build script: links `mp` statically where the machine can, for half of the time of a short command goes into the dynamic linker.
//!
//! Only `mp`, only in release builds for the machine itself, and only after a trial: a program that was linked and run in the same way.
//! Where the trial fails, because glibc's static half is not installed or the linker is an odd one, `mp` is linked like everything else.
//! The daemon stays dynamic, for it asks the system's resolver, which loads what `/etc/nsswitch.conf` names. Nothing in `mp` may do that:
//! a static program that loads modules of another glibc crashes.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the standard library asks for as shared libraries, and the archive that has it in a static link.
const LIBRARIES: [(&str, &str); 7] = [
    ("gcc_s", "libgcc_eh.a"),
    ("c", "libc.a"),
    ("m", "libm.a"),
    ("rt", "librt.a"),
    ("pthread", "libpthread.a"),
    ("util", "libutil.a"),
    ("dl", "libdl.a"),
];

fn main() {
    println!("cargo::rerun-if-changed=packaging/link.rs");
    println!("cargo::rerun-if-env-changed=MP_LINK_DYNAMIC");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    if is_wanted()
        && let Some(arguments) = arguments(&out)
        && works(&out, &arguments)
    {
        for argument in arguments {
            println!("cargo::rustc-link-arg-bin=mp={argument}");
        }
    }
}

fn is_wanted() -> bool {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|is| is == value);
    let is_static = env::var("CARGO_CFG_TARGET_FEATURE").is_ok_and(|features| features.contains("crt-static"));
    is("PROFILE", "release")
        && is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && env::var_os("HOST") == env::var_os("TARGET")
        && !is_static
        && env::var_os("MP_LINK_DYNAMIC").is_none()
}

fn linker() -> OsString {
    env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into())
}

/// Returns the arguments of a static link; none where an archive is missing. The standard library names its libraries as shared ones, so
/// scripts for the linker with those names lead to the archives.
fn arguments(out: &Path) -> Option<Vec<String>> {
    let stubs = out.join("static");
    fs::create_dir_all(&stubs).ok()?;
    for (library, archive) in LIBRARIES {
        let asked = Command::new(linker()).arg(format!("-print-file-name={archive}")).output().ok()?;
        let path = PathBuf::from(String::from_utf8(asked.stdout).ok()?.trim());
        // What is not found is printed as it was asked for.
        if !path.is_absolute() || !path.exists() {
            return None;
        }
        let path = path.canonicalize().ok()?;
        fs::write(stubs.join(format!("lib{library}.so")), format!("GROUP ( {} )\n", path.to_str()?)).ok()?;
    }
    Some(vec!["-static".to_owned(), "-no-pie".to_owned(), format!("-L{}", stubs.to_str()?)])
}

/// Returns whether a program that was linked so runs, unwinds, and needs no loader.
fn works(out: &Path, arguments: &[String]) -> bool {
    let (source, program) = (out.join("trial.rs"), out.join("trial"));
    let text = r#"fn main() {
    assert!(std::panic::catch_unwind(|| panic!()).is_err());
    assert!(std::thread::spawn(|| 1).join().is_ok_and(|one| one == 1));
    print!("static");
}
"#;
    let build = || {
        fs::write(&source, text).ok()?;
        let mut rustc = Command::new(env::var_os("RUSTC")?);
        rustc.arg("--edition=2024").arg("-o").arg(&program).arg(&source);
        rustc.arg(format!("-Clinker={}", linker().to_str()?));
        rustc.args(arguments.iter().map(|argument| format!("-Clink-arg={argument}")));
        let is_built = rustc.output().ok()?.status.success();
        let says = is_built.then(|| Command::new(&program).output().ok()).flatten()?;
        let names_a_loader = fs::read(&program).ok()?.windows(11).any(|part| part == b"/ld-linux-x");
        Some(says.stdout == b"static" && says.status.success() && !names_a_loader)
    };
    build().unwrap_or(false)
}
