//! Policies that are kept: one file each, which `inspect --policy` reads.

use tempfile::TempDir;
use tokenloupe::judge::{Issuer, Policy};
use tokenloupe::keeping::{KeepError, KeptPolicy, PolicyStore};

fn store() -> (TempDir, PolicyStore) {
    let directory = tempfile::tempdir().unwrap();
    let store = PolicyStore::at(directory.path().join("policies"));
    (directory, store)
}

fn named(name: &str) -> Policy {
    Policy {
        name: Some(name.to_owned()),
        issuers: vec![Issuer::new("https://a.example")],
        ..Policy::default()
    }
}

fn own(kept: &KeptPolicy) -> (&str, [u8; 32]) {
    (&kept.file, kept.stamp.unwrap())
}

/// The names of the files, those that help in keeping them aside.
fn files(store: &PolicyStore) -> Vec<String> {
    let list = store.list().unwrap();
    let mut files: Vec<_> = list.files.into_iter().map(|kept| kept.file).collect();
    files.sort();
    files
}

fn write(store: &PolicyStore, file: &str, text: &[u8]) {
    std::fs::create_dir_all(store.directory()).unwrap();
    std::fs::write(store.directory().join(file), text).unwrap();
}

#[test]
fn a_kept_policy_is_the_file_that_a_policy_is_exported_as() {
    let (_directory, store) = store();
    assert_eq!(files(&store), [""; 0], "nothing is made by looking");
    assert!(!store.directory().exists());
    let policy = named("Web portal");
    let kept = store.save(&policy, None).unwrap();
    assert_eq!(
        (kept.file.as_str(), kept.name.as_str()),
        ("Web-portal.json", "Web portal")
    );
    assert_eq!(kept.content.as_deref(), Ok(&policy));
    let bytes = std::fs::read(store.directory().join("Web-portal.json")).unwrap();
    assert_eq!(bytes, policy.to_json().as_bytes());
    assert_eq!(store.read("Web-portal.json").unwrap(), bytes);
    assert_eq!(store.list().unwrap().files, [kept]);
}

#[test]
fn a_new_name_moves_the_file_and_names_that_are_one_to_some_system_get_two() {
    let (_directory, store) = store();
    let web = store.save(&named("web"), None).unwrap();
    // Another name to people, but nothing else can be taken of it.
    let other = store.save(&named("web!"), None).unwrap();
    let third = store.save(&named("WEB?"), None).unwrap();
    assert_eq!(other.file, "web-2.json");
    assert_eq!(
        third.file, "WEB-3.json",
        "where case does not count, web.json would be it"
    );
    let same = store.save(&named("Web "), None).unwrap_err();
    assert_eq!(same, KeepError::NameTaken("web".to_owned()));
    let moved = store.save(&named("portal"), Some(own(&web))).unwrap();
    assert_eq!(moved.file, "portal.json");
    assert_eq!(files(&store), ["WEB-3.json", "portal.json", "web-2.json"]);
    // Its own number stays, and so does the file where only capitals change.
    let again = store.save(&named("web!"), Some(own(&other))).unwrap();
    assert_eq!(again.file, "web-2.json");
    let capitals = store.save(&named("Portal"), Some(own(&moved))).unwrap();
    assert_eq!(capitals.file, "portal.json");
}

#[test]
fn damaged_and_foreign_files_are_listed_with_what_is_wrong_and_stay_as_they_are() {
    let (_directory, store) = store();
    write(&store, "web.json", b"{\"version\":1,");
    write(&store, "notes.txt", b"buy milk");
    write(&store, "later.json", b"{\"version\":2,\"name\":\"x\"}");
    write(&store, "bytes.json", &[0xFF; 9]);
    write(&store, "plain.json", b"{\"version\":1}");
    std::fs::create_dir_all(store.directory().join("folder.json")).unwrap();
    let list = store.list().unwrap();
    for kept in &list.files {
        match &kept.content {
            Ok(_) => assert_eq!(
                (kept.name.as_str(), kept.file.as_str()),
                ("plain", "plain.json")
            ),
            Err(why) => {
                assert!(why.starts_with(&kept.file), "{why}");
                assert_eq!(why.lines().count(), 2, "{why}");
            }
        }
    }
    assert_eq!(
        list.files
            .iter()
            .filter(|kept| kept.content.is_ok())
            .count(),
        1
    );
    assert_eq!(list.files.len(), 6);
    // One of the same name gets another file.
    let kept = store.save(&named("Web!"), None).unwrap();
    assert_eq!(kept.file, "Web-2.json");
    let web = std::fs::read(store.directory().join("web.json")).unwrap();
    assert_eq!(web, b"{\"version\":1,");
}

#[test]
fn what_another_instance_changed_is_not_written_over_or_removed() {
    let (_directory, store) = store();
    let kept = store.save(&named("web"), None).unwrap();
    let other = Policy {
        nonce: Some("theirs".to_owned()),
        ..named("web")
    };
    store.save(&other, Some(own(&kept))).unwrap();
    let path = store.directory().join("web.json");
    let refused = KeepError::Changed(path.clone());
    assert_eq!(
        store.save(&named("web"), Some(own(&kept))).unwrap_err(),
        refused
    );
    assert_eq!(
        store.remove("web.json", kept.stamp.unwrap()).unwrap_err(),
        refused
    );
    assert_eq!(std::fs::read(&path).unwrap(), other.to_json().as_bytes());
    assert_eq!(refused.to_string().lines().count(), 2);
}

#[test]
fn what_was_removed_can_be_put_back() {
    let (_directory, store) = store();
    let kept = store.save(&named("web"), None).unwrap();
    let bytes = store.remove(&kept.file, kept.stamp.unwrap()).unwrap();
    assert_eq!(files(&store), [""; 0]);
    assert!(!store.directory().join("web.json").exists());
    assert_eq!(store.put_back(&kept.file, &bytes).unwrap(), kept);
    let second = store.put_back(&kept.file, &bytes).unwrap();
    assert_eq!(second.file, "web-2.json", "nothing is written over");
}

#[test]
fn no_name_leads_out_of_the_directory_and_what_could_not_be_read_is_not_written() {
    let (directory, store) = store();
    let kept = store.save(&named("../../evil"), None).unwrap();
    assert_eq!(kept.file, "evil.json");
    let outside = directory.path().join("outside.json");
    std::fs::write(&outside, "{}").unwrap();
    for file in ["../outside.json", "/etc/passwd", "a/b", "", ".."] {
        assert!(store.read(file).is_err(), "{file}");
        assert!(store.remove(file, [0; 32]).is_err(), "{file}");
    }
    assert!(outside.exists());
    let too_many = Policy {
        audiences: vec!["a".to_owned(); 1_001],
        ..named("many")
    };
    let error = store.save(&too_many, None).unwrap_err();
    assert!(matches!(error, KeepError::Policy(_)), "{error}");
    assert_eq!(files(&store), ["evil.json"]);
}

#[cfg(unix)]
#[test]
fn a_policy_is_for_its_user_only_and_is_no_pipe() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_directory, store) = store();
    let kept = store.save(&named("web"), None).unwrap();
    let mode = |path: &std::path::Path| {
        let metadata = std::fs::metadata(path).unwrap();
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(store.directory()), 0o700);
    assert_eq!(mode(&store.directory().join(kept.file)), 0o600);
    let pipe = store.directory().join("pipe.json");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    // Reading it would wait for ever.
    assert!(store.read("pipe.json").is_err());
    assert_eq!(store.list().unwrap().files.len(), 2);
}
