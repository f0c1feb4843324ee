//! How `mp` is linked. It is started for every call, and a position-independent program of this size spends a fifth of such a call on its own
//! ten thousand relocations. The daemon, which lives long, listens and holds the secrets, stays position-independent.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bin=mp=-no-pie");
    }
}
