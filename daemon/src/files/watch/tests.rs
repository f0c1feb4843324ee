//! Which events concern us, and by which names.

use super::*;
use notify::event::{AccessMode, CreateKind, Flag, ModifyKind};

fn concerns(kind: EventKind, path: &str) -> bool {
    let linked = Linked::new(Mutex::new(Some("/h/dotfiles/mp.toml".into())));
    let (root, run, socket) = ("/h/r".into(), "/h/r/run".into(), "/h/r/run/mpd.sock".into());
    let relevant = Relevant { root, run, socket, linked };
    relevant.concerns_us(&Ok(Event::new(kind).add_path(path.into())))
}

#[test]
fn our_own_reads_and_log_lines_do_not_wake_us() {
    let modified = EventKind::Modify(ModifyKind::Any);
    assert!(!concerns(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/h/r/config.toml"));
    assert!(!concerns(modified, "/h/r/run/mpd.log"));
    assert!(concerns(modified, "/h/r/config.toml"));
    assert!(concerns(modified, "/h/r/run/mpd.sock"));
    assert!(concerns(EventKind::Create(CreateKind::Folder), "/h/r/run"));
    assert!(concerns(EventKind::Create(CreateKind::Folder), "/h/r"));
    assert!(!concerns(modified, "/h/.bash_history"));
    assert!(concerns(modified, "/h/dotfiles/mp.toml") && !concerns(modified, "/h/dotfiles/other"));
}

#[test]
fn a_path_without_links_is_told_as_the_one_that_is_named() {
    let path = |path: &str| PathBuf::from(path);
    let spellings =
        [(path("/tmp/h/.mp"), path("/private/tmp/h/.mp")), (path("/tmp/h/.mp/run"), path("/private/other/run"))];
    let named = |real: &str| {
        let event = Event::new(EventKind::Modify(ModifyKind::Any)).add_path(real.into());
        as_named(event, &spellings).paths.remove(0)
    };
    assert_eq!(named("/private/tmp/h/.mp/config.toml"), path("/tmp/h/.mp/config.toml"));
    assert_eq!(named("/private/tmp/h/.mp").as_os_str(), "/tmp/h/.mp");
    assert_eq!(named("/private/other/run/mpd.sock"), path("/tmp/h/.mp/run/mpd.sock"));
    assert_eq!(named("/private/tmp/h/.mpx"), path("/private/tmp/h/.mpx"));
    assert_eq!(named("/tmp/h/.mp/config.toml"), path("/tmp/h/.mp/config.toml"));
}

#[test]
fn directories_are_noted_as_they_are_without_links() {
    let dir = tempfile::tempdir().expect("a directory");
    let base = dir.path().canonicalize().expect("there");
    std::fs::create_dir_all(base.join("real/.mp/run")).expect("made");
    std::os::unix::fs::symlink(base.join("real"), base.join("home")).expect("made");
    let root = base.join("home/.mp");
    let (wake, witness) = (Arc::default(), Arc::default());
    let opened = Watched::open(&root, &root.join("run"), &root.join("run/mpd.sock"), &wake, &witness);
    let mut watched = opened.expect("the system has a watch").0;
    watched.renew(None);
    let spellings = watched.spellings.lock().clone();
    assert!(spellings.contains(&(root.clone(), base.join("real/.mp"))), "{spellings:?}");
    // All of a home is watched nowhere; where each directory is watched alone, the one above the root is, too.
    let is_watched = |path: &Path| watched.directories.iter().any(|(known, _)| known == path);
    assert!(is_watched(&root) && is_watched(&base.join("home")) == cfg!(not(target_os = "macos")));
    assert!(is_above(&base.join("real"), &root) && is_above(&base, &root) && !is_above(&root, &root));
    assert!(!is_above(&root.join("run"), &root) && !is_above(&base.join("dotfiles"), &root));
}

#[test]
fn an_overflow_is_a_reason_to_look() {
    let (root, run, socket) = ("/r".into(), "/r/run".into(), "/s".into());
    let relevant = Relevant { root, run, socket, linked: Linked::default() };
    assert!(relevant.concerns_us(&Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan))));
    assert!(relevant.concerns_us(&Err(notify::Error::generic("lost"))));
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_waited_out_and_an_endless_one_is_not() {
    let wake = Arc::new(Notify::new());
    let began = Instant::now();
    quiet(&wake).await;
    assert_eq!(began.elapsed(), QUIET);
    let noise = Arc::clone(&wake);
    let tasks = tokio_util::task::TaskTracker::new();
    let noisy = tasks.spawn(async move {
        let mut tick = tokio::time::interval(QUIET / 2);
        loop {
            tick.tick().await;
            noise.notify_one();
        }
    });
    let began = Instant::now();
    quiet(&wake).await;
    noisy.abort();
    assert!((PATIENCE..PATIENCE + QUIET).contains(&began.elapsed()), "{:?}", began.elapsed());
}
