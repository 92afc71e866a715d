//! What README.md shows is what happens.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Stands in the README for lines of the output that are left out.
const CUT: &str = "[…]";

#[test]
fn the_two_commands_are_there() {
    let readme = readme();
    for command in [
        "cargo run --release -- assets/samples/request.http --key assets/samples/issuer.jwks.json",
        "cargo test",
    ] {
        assert!(readme.lines().any(|line| line == command), "{command}");
    }
}

#[test]
fn the_example_of_inspect_is_its_output() {
    let readme = readme();
    let (_, example) = readme.split_once("$ tokenloupe ").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let (arguments, shown) = example.split_once('\n').unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tokenloupe"))
        .args(arguments.split_whitespace())
        .args(["--format", "text"])
        .current_dir(root())
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let printed = String::from_utf8(output.stdout).unwrap();
    let mut rest = printed.as_str();
    for piece in shown
        .split(CUT)
        .map(str::trim_end)
        .filter(|piece| !piece.is_empty())
    {
        let Some(at) = rest.find(piece) else {
            panic!("not printed, or not in this place:{piece}\n\nprinted:\n{printed}");
        };
        rest = &rest[at + piece.len()..];
    }
    assert_eq!(rest.trim(), "", "the example leaves out the end");
}

#[test]
fn links_lead_somewhere() {
    for document in [
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "README.md",
        "assets/samples/README.md",
    ] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let folder = root().join(document).parent().unwrap().to_owned();
        let targets = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            assert!(folder.join(target).exists(), "{document}: {target}");
        }
    }
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
