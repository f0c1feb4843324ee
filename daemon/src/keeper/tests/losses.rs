//! Files that are emptied, damaged or removed, disks without room, and the end of the daemon meanwhile.

use std::path::Path;

use super::*;

const CONFIG: &str = "[accounts.ada]\ntype = \"oauth_browser\"\nregion = \"us\"\n";

/// Returns a world whose account is in the config, and whose system tells who reads that.
async fn told(seconds: i64) -> World {
    let world = World::with_grant(seconds);
    std::fs::write(world.paths.config(), CONFIG).expect("ours");
    std::fs::set_permissions(world.paths.config(), std::fs::Permissions::from_mode(0o600)).expect("ours");
    world.witness.is_told(true);
    world.token().await.expect("a token");
    world
}

fn directory(world: &World) -> PathBuf {
    world.file().parent().expect("it has one").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_becomes_of_the_file_it_is_written_again_as_soon_as_it_is_seen() {
    type Damage = (&'static str, fn(&Path));
    let damages: [Damage; 6] = [
        ("emptied", |path| std::fs::write(path, "").expect("ours")),
        ("cut off", |path| std::fs::write(path, "{\"access_token\": \"at").expect("ours")),
        ("another type", |path| std::fs::write(path, "[1]").expect("ours")),
        ("too large", |path| std::fs::write(path, vec![b'x'; 2_000_000]).expect("ours")),
        ("removed", |path| std::fs::remove_file(path).expect("ours")),
        ("removed with its directory", |path| std::fs::remove_dir_all(path.parent().expect("one")).expect("ours")),
    ];
    for (what, damage) in damages {
        let world = told(3600).await;
        let before = world.on_disk();
        damage(&world.file());
        world.look().await;
        assert_eq!(world.on_disk().to_text().expose(), before.to_text().expose(), "{what}: by the watch");
        damage(&world.file());
        assert_eq!(world.token().await.expect("known").generation, 1, "{what}");
        world.settle().await;
        assert_eq!(world.on_disk().to_text().expose(), before.to_text().expose(), "{what}: by the next use");
        damage(&world.file());
        assert_eq!(world.secure(Duration::ZERO).await, [""; 0], "{what}");
        assert_eq!(world.on_disk().to_text().expose(), before.to_text().expose(), "{what}: by the end");
        assert_eq!((world.posts(), world.status().state), (0, CredentialState::Ok), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_on_its_way_is_not_taken_for_a_damaged_one() {
    let world = told(3600).await;
    let theirs = world.minted(7200);
    // In two steps, as `cp` does.
    std::fs::write(world.file(), "").expect("ours");
    world.keeper.look(&crate::config::Config::default());
    std::fs::write(world.file(), theirs.to_text().expose()).expect("ours");
    world.settle().await;
    assert_eq!(world.token().await.expect("adopted").token.expose(), theirs.access_token.expose());
    assert_eq!(world.on_disk().access_token.expose(), theirs.access_token.expose());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_of_the_python_tool_stays_a_logout() {
    let world = told(3600).await;
    // It looks up the account, and removes the file.
    world.witness.was_opened();
    std::fs::remove_file(world.file()).expect("ours");
    assert_eq!(world.token().await.expect_err("logged out").kind, FailureKind::LoginRequired);
    world.look().await;
    assert!(!world.file().exists() && world.secure(Duration::ZERO).await.is_empty());
    // That it has read the config may be told only after the file was missed.
    let world = told(3600).await;
    std::fs::remove_file(world.file()).expect("ours");
    world.token().await.expect("nobody has read the config, it seems");
    world.witness.was_opened();
    world.settle().await;
    assert_eq!(world.token().await.expect_err("logged out").kind, FailureKind::LoginRequired);
    assert!(!world.file().exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_tells_who_reads_a_removed_file_is_a_logout_and_a_removed_directory_is_none() {
    let world = told(3600).await;
    world.witness.is_told(false);
    std::fs::remove_dir_all(directory(&world)).expect("ours");
    world.look().await;
    assert!(world.file().exists());
    std::fs::remove_file(world.file()).expect("ours");
    world.look().await;
    assert!(!world.file().exists());
    assert_eq!(world.token().await.expect_err("logged out").kind, FailureKind::LoginRequired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_logout_and_an_account_that_is_gone_write_nothing() {
    let world = told(3600).await;
    let name = AccountName::parse("ada").expect("a name");
    assert!(world.keeper.log_out(&name).expect("removed"));
    world.look().await;
    assert_eq!(world.token().await.expect_err("logged out").kind, FailureKind::LoginRequired);
    assert!(!world.file().exists());
    // A login ends it, and then accidents are accidents again.
    world.keeper.log_in(&name, Region::Us, world.minted(3600)).await.expect("stored");
    std::fs::remove_file(world.file()).expect("ours");
    world.look().await;
    assert!(world.file().exists());
    std::fs::write(world.paths.config(), "").expect("ours");
    std::fs::remove_dir_all(directory(&world)).expect("ours");
    world.look().await;
    assert!(!directory(&world).exists() && world.secure(Duration::ZERO).await.is_empty());
}

/// A file that is open to others stands for all that keeps it from being replaced.
fn block(world: &World, blocked: bool) {
    let mode = if blocked { 0o644 } else { 0o600 };
    std::fs::set_permissions(world.file(), std::fs::Permissions::from_mode(mode)).expect("ours");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_room_nothing_is_spent_while_the_old_token_serves() {
    let world = told(3600).await;
    block(&world, true);
    world.clock.pass(3550);
    for _ in 0..3 {
        assert_eq!(world.token().await.expect("it serves").generation, 1);
        world.settle().await;
        world.clock.pass(3);
    }
    let status = world.status();
    assert_eq!((world.posts(), status.state), (0, CredentialState::Backoff));
    assert!(status.detail.is_some_and(|detail| detail.contains("no new one was asked for")));
    assert_eq!(world.secure(Duration::ZERO).await, [""; 0], "nothing is at risk");
    block(&world, false);
    world.clock.pass(600);
    world.token().await.expect("refreshed");
    assert_eq!((world.posts(), world.status().state), (1, CredentialState::Ok));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ended_token_is_renewed_without_room_and_what_that_risks_is_said() {
    let world = told(3600).await;
    block(&world, true);
    world.clock.pass(3600);
    world.token().await.expect("from memory");
    assert_eq!((world.posts(), world.status().state), (1, CredentialState::Degraded));
    let left = world.secure(Duration::from_millis(300)).await;
    assert!(left.len() == 1 && left[0].starts_with("ada: ") && left[0].contains("tokens.json"), "{left:?}");
    assert!(world.keeper.is_busy(), "the daemon stays for it");
    block(&world, false);
    assert_eq!(world.secure(Duration::ZERO).await, [""; 0]);
    assert!(world.is_usable(&world.on_disk()) && world.posts() == 1);
}
