//! The promises of locks.

use super::{Liveness, LockFolder};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn a_lock_tells_alive_from_dead_and_from_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let locks = LockFolder::new(folder.path().join("locks"));
    let (killed, ended) = (locks.take().expect("a lock"), locks.take().expect("a lock"));
    let names = [killed.name().to_owned(), ended.name().to_owned()];
    assert_eq!(
        names.each_ref().map(|name| locks.ask(name)),
        [Liveness::Alive; 2]
    );
    drop(killed);
    ended.release();
    assert_eq!(locks.ask(&names[0]), Liveness::Dead);
    assert!(matches!(locks.ask(&names[1]), Liveness::Unknown(_)));
    locks.remove(&names[0]);
    assert!(matches!(locks.ask(&names[0]), Liveness::Unknown(_)));
}

#[test]
fn readers_do_not_take_each_other_for_a_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let locks = LockFolder::new(folder.path().to_owned());
    let lock = locks.take().expect("a lock");
    let (path, name) = (lock.path.clone(), lock.name().to_owned());
    drop(lock);
    let other_reader = std::fs::File::open(path).expect("opens");
    other_reader.lock_shared().expect("locks");
    assert_eq!(locks.ask(&name), Liveness::Dead);
}

#[test]
fn a_name_that_leads_out_of_the_folder_is_not_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let locks = LockFolder::new(folder.path().join("locks"));
    std::fs::write(folder.path().join("file"), "").expect("written");
    for name in ["../file", "/etc/hostname", "", "..", "a/b"] {
        assert!(matches!(locks.ask(name), Liveness::Unknown(_)), "{name}");
    }
}

fn names(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).expect("a folder");
    let names = files.map(|file| file.expect("a file").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

#[test]
fn sweeping_leaves_the_locks_of_live_runs_and_of_runs_that_crashed() {
    let folder = tempfile::tempdir().expect("a folder");
    let locks = LockFolder::new(folder.path().to_owned());
    let live = locks.take().expect("a lock");
    let [crashed, left] = [(); 2].map(|()| locks.take().expect("a lock").name().to_owned());
    std::fs::write(folder.path().join("head"), "not a lock").expect("written");
    let named = || Ok::<_, ()>(BTreeSet::from([crashed.clone()]));
    assert_eq!(locks.sweep(100, named), Ok(1));
    assert_eq!(locks.ask(live.name()), Liveness::Alive);
    assert_eq!(locks.ask(&crashed), Liveness::Dead);
    assert!(!names(folder.path()).contains(&left));
    assert_eq!(names(folder.path()).len(), 3);
}

#[test]
fn sweeping_looks_at_no_more_files_than_it_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let locks = LockFolder::new(folder.path().to_owned());
    for _ in 0..10 {
        drop(locks.take().expect("a lock"));
    }
    assert_eq!(locks.sweep(4, || Ok::<_, ()>(BTreeSet::new())), Ok(4));
    assert_eq!(names(folder.path()).len(), 6);
}

/// A lock taken while another thread sweeps is not removed.
#[test]
fn a_lock_that_is_being_taken_is_not_swept_away() {
    const LOCKS: usize = 2_000;
    let folder = tempfile::tempdir().expect("a folder");
    let locks = LockFolder::new(folder.path().to_owned());
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                let swept = locks.sweep(usize::MAX, || Ok::<_, ()>(BTreeSet::new()));
                swept.expect("swept");
            }
        });
        for _ in 0..LOCKS {
            let lock = locks.take().expect("a lock");
            assert_eq!(locks.ask(lock.name()), Liveness::Alive);
            lock.release();
        }
        is_done.store(true, Ordering::Relaxed);
    });
}

#[cfg(unix)]
#[test]
fn the_locks_of_a_folder_are_for_its_owner() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    let locks = LockFolder::new(folder.path().join("above/locks"));
    let lock = locks.take().expect("a lock");
    let mode = |path: &Path| {
        let metadata = path.metadata().expect("it is there");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(&lock.path), 0o600);
    assert_eq!(mode(&folder.path().join("above/locks")), 0o700);
    assert_eq!(mode(&folder.path().join("above")), 0o700);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_lock_is_not_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe.lock");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let link = folder.path().join("link.lock");
    std::os::unix::fs::symlink(&pipe, &link).expect("a link");
    let locks = LockFolder::new(folder.path().to_owned());
    for name in ["pipe.lock", "link.lock"] {
        let expected = Liveness::Unknown("its lock is not a regular file");
        assert_eq!(locks.ask(name), expected);
    }
    assert_eq!(locks.sweep(100, || Ok::<_, ()>(BTreeSet::new())), Ok(0));
}
