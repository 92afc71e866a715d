//! The rules of the house, kept by machine: who imports whom, what the text of the crate must not hold, what it is built from.

use std::collections::BTreeSet;
use std::fs;

use source::{after, has_path, imports, root, sources};

mod dependencies;
mod source;

/// Who may import whom. What is not in a row is forbidden; so is a room that has no row.
const MATRIX: &[(&str, &str)] = &[
    ("jose", ""),
    ("instant", ""),
    ("find", "instant jose"),
    ("keys", "jose"),
    ("fetch", "jose keys"),
    ("verify", "jose keys"),
    ("judge", "jose keys verify"),
    ("keeping", "inspection jose judge keys verify"),
    ("inspection", "find jose judge keys verify"),
    ("report", "find inspection instant jose judge keys verify"),
    ("workbench", "find inspection jose judge keys verify"),
    (
        "window",
        "fetch find inspection instant jose judge keeping keys report verify workbench",
    ),
    (
        "cli",
        "find inspection jose judge keeping keys report verify workbench",
    ),
    ("lib", ""),
    ("main", "cli window"),
];

/// Crates that belong to some rooms only.
const CRATES: &[(&str, &str)] = &[
    ("arboard", "window"),
    ("dark_light", "window"),
    ("clap", "cli main"),
    ("eframe", "window"),
    ("egui", "window"),
    ("egui_extras", "window"),
    ("rfd", "window"),
    ("rustls", "fetch"),
    ("ureq", "fetch"),
];

/// The rooms that may look at the clock.
const EDGE: &str = "cli main window";

/// Words that only these rooms may hold, and why.
const WORDS: &[(&str, &str, &str)] = &[
    ("SslConnector", "", "nothing leaves the machine"),
    ("TcpListener", "", "nothing listens"),
    ("TcpStream", "", "nothing leaves the machine"),
    ("ToSocketAddrs", "", "nothing leaves the machine"),
    ("UdpSocket", "", "nothing leaves the machine"),
    ("UnixStream", "", "nothing leaves the machine"),
    // Addresses, to see which are of an inner network; what connects is in `ureq`.
    ("std::net", "fetch", "nothing leaves the machine"),
    ("std::process::Command", "", "no other program is started"),
    (
        "SystemTime::now",
        EDGE,
        "time is a value: take it as an argument",
    ),
    (
        "Timestamp::now",
        EDGE,
        "time is a value: take it as an argument",
    ),
    (
        "Zoned::now",
        EDGE,
        "time is a value: take it as an argument",
    ),
];

const LONGEST_FILE: usize = 700;

#[test]
fn rooms_import_only_what_the_matrix_allows() {
    let known: BTreeSet<&str> = MATRIX.iter().map(|(room, _)| *room).collect();
    let mut wrong = Vec::new();
    for source in sources("src") {
        let Some((_, allowed)) = MATRIX.iter().find(|(room, _)| *room == source.room) else {
            wrong.push(format!(
                "{}: {} is not in the matrix",
                source.path, source.room
            ));
            continue;
        };
        for import in imports(&source.code, source.depth, &known) {
            if import != source.room && !holds(allowed, &import) {
                wrong.push(format!(
                    "{}: {} may not import {import}",
                    source.path, source.room
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_of_a_room_stay_in_it() {
    let mut wrong = Vec::new();
    for source in sources("src") {
        for (name, rooms) in CRATES {
            if !holds(rooms, &source.room) && has_path(&source.code, &format!("{name}::")) {
                wrong.push(format!("{}: {name} belongs to {rooms}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The room that fetches is built with its feature only, and so is whatever names it.
#[test]
fn fetching_is_behind_its_feature() {
    let library = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    assert!(library.contains("#[cfg(feature = \"fetch\")]\npub mod fetch;"));
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("\ndefault = [\"vendored-openssl\"]\n"));
}

#[test]
fn no_room_reaches_out() {
    let mut wrong = Vec::new();
    for source in sources("src") {
        for (word, rooms, why) in WORDS {
            if !holds(rooms, &source.room) && has_path(&source.code, word) {
                wrong.push(format!("{}: {word}: {why}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Clippy keeps the functions that make colours in the theme; this keeps the named ones there.
/// `TRANSPARENT` and `PLACEHOLDER` are no colours.
#[test]
fn named_colours_stay_in_the_theme() {
    let mut wrong = Vec::new();
    for source in sources("src") {
        if source.path.starts_with("src/window/theme") {
            continue;
        }
        for kind in ["Color32::", "Rgba::"] {
            for name in after(&source.code, kind) {
                let is_constant =
                    name.chars().all(|c| c.is_ascii_uppercase() || c == '_') && !name.is_empty();
                if is_constant && !["PLACEHOLDER", "TRANSPARENT"].contains(&name.as_str()) {
                    wrong.push(format!(
                        "{}: {kind}{name}: take a colour of the theme",
                        source.path
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_short() {
    let long: Vec<_> = ["src", "tests", "benches"]
        .into_iter()
        .flat_map(sources)
        .filter(|source| source.lines > LONGEST_FILE)
        .map(|source| {
            format!(
                "{}: {} lines, at most {LONGEST_FILE}; split it by meaning",
                source.path, source.lines
            )
        })
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn unsafe_code_is_forbidden_everywhere() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(
        manifest
            .lines()
            .any(|line| line.trim() == "unsafe_code = \"forbid\"")
    );
}

fn holds(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|other| other == word)
}
