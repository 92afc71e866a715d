//! Directories that cannot be written, and disks that are full.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use tokenloupe::keeping::KeepError;

use super::*;

/// Where the child saves. Without it the child's test does nothing.
const DIRECTORY: &str = "TOKENLOUPE_TEST_KEEPING_ROOM";

/// A small file system in memory, taken away when dropped.
struct Small(TempDir);

impl Small {
    /// `None` where this user may not mount. Continuous integration may be no root, but root must.
    fn new() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        if mount(
            &["-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs"],
            directory.path(),
        ) {
            return Some(Self(directory));
        }
        let line = "no small file system could be mounted (it takes root)";
        assert!(std::env::var_os("CI").is_none() || !is_root(), "{line}");
        crate::common::say(&format!("skipped: {line}"));
        None
    }

    fn remount(&self, how: &str) {
        assert!(mount(&["-o", &format!("remount,{how}")], self.0.path()));
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

fn mount(arguments: &[&str], place: &Path) -> bool {
    let mut command = Command::new("mount");
    command.args(arguments).arg(place).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout == b"0\n"
}

#[test]
fn a_full_disk_is_told_and_the_old_content_stays() {
    let Some(small) = Small::new() else { return };
    let store = store(small.0.path());
    let access = store.protect(PASSPHRASE, &watch()).unwrap();
    store
        .save(&keep(&[secret("a"), public("b")]), Some(&access))
        .unwrap();
    let before = files(&store);
    let filler = small.0.path().join("filler");
    let _ = std::fs::write(&filler, vec![1; 1 << 20]);
    for key in [secret("c"), public("d")] {
        let error = store.save(&keep(&[key]), Some(&access)).unwrap_err();
        assert!(matches!(error, KeepError::Full(_)), "{error}");
        two_lines(&error);
        assert_eq!(files(&store), before);
    }
    assert_eq!(unlocked(&store).len(), 1);
    std::fs::remove_file(filler).unwrap();
    store
        .save(&keep(&[secret("c"), public("d")]), Some(&access))
        .unwrap();
    assert_eq!(unlocked(&store).len(), 2);
}

#[test]
fn a_file_system_that_is_read_only_is_told_and_read() {
    let Some(small) = Small::new() else { return };
    let store = store(small.0.path());
    let access = store.protect(PASSPHRASE, &watch()).unwrap();
    store
        .save(&keep(&[secret("a"), public("b")]), Some(&access))
        .unwrap();
    small.remount("ro");
    is_read_only(&store, &access);
    small.remount("rw");
    let path = store.directory().join(PUBLIC_FILE);
    std::fs::write(&path, "damaged").unwrap();
    small.remount("ro");
    // What cannot be put aside stays, and is said.
    let error = store.look().unwrap_err();
    assert!(matches!(error, KeepError::Unreadable { .. }), "{error}");
    two_lines(&error);
    assert_eq!(std::fs::read(&path).unwrap(), b"damaged");
}

#[test]
fn a_directory_that_is_read_only_is_told_and_read() {
    if is_root() {
        crate::common::say(
            "skipped: root writes in any directory (a read-only file system is tested)",
        );
        return;
    }
    let (_directory, store, access) = with(&[secret("a"), public("b")]);
    let set = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(store.directory(), permissions).unwrap();
    };
    set(0o500);
    is_read_only(&store, &access);
    set(0o700);
}

fn is_read_only(store: &Store, access: &Access) {
    let before = files(store);
    assert_eq!(store.look().unwrap().public.len(), 1);
    assert_eq!(unlocked(store).len(), 1);
    for error in [
        store.save(&keep(&[secret("c")]), Some(access)).map(|_| ()),
        store.save(&keep(&[public("d")]), None).map(|_| ()),
        store
            .change_passphrase(access, b"new", &watch())
            .map(|_| ()),
        store.forget(),
    ] {
        let error = error.unwrap_err();
        assert!(matches!(error, KeepError::ReadOnly(_)), "{error}");
        two_lines(&error);
    }
    assert_eq!(files(store), before);
}

#[test]
fn a_directory_that_cannot_be_made_is_told() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("keys"), "a file").unwrap();
    let store = store(directory.path());
    let error = store.save(&keep(&[public("a")]), None).unwrap_err();
    assert!(matches!(error, KeepError::Io { .. }), "{error}");
    two_lines(&error);
}

/// Run by the test below, with a limit on the size of files that it writes.
#[test]
fn child_that_fills() {
    let Some(directory) = std::env::var_os(DIRECTORY) else {
        return;
    };
    let store = store(Path::new(&directory));
    let before = files(&store);
    let access = store.unlock(PASSPHRASE, &watch()).unwrap().access;
    let error = store
        .save(&keep(&[secret("c")]), Some(&access))
        .unwrap_err();
    assert!(matches!(error, KeepError::Full(_)), "{error}");
    assert_eq!(files(&store), before);
}

/// The same without root: no file may grow beyond a block.
#[test]
fn a_file_that_may_not_grow_is_told() {
    let large = one(
        "large.jwk",
        format!(
            r#"{{"kty":"oct","kid":"large","k":"AA","note":"{}"}}"#,
            "x".repeat(4_000)
        ),
    );
    let (directory, store, _) = with(&[secret("a"), large]);
    let program = std::env::current_exe().unwrap();
    let status = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 2; exec \"$@\"", "sh"])
        .arg(program)
        .args(["keeping::room::child_that_fills", "--exact"])
        .env(DIRECTORY, directory.path())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(unlocked(&store).len(), 2);
}
