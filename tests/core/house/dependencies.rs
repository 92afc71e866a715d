//! What the crate is built from.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::source::root;

/// Clients of the network, by crate name. A name that ends in `*` stands for all that begin so.
///
/// What is in the tree and may look like one: `zbus` and `async-io` speak to the accessibility bus of the desktop, `x11rb`,
/// `wayland-client` and `smithay-client-toolkit` to its display, at the addresses that the session sets; `openssl` is used for
/// its primitives, and TLS in it is a codec that opens no connection; `josekit` parses and computes only.
const NETWORK_CLIENTS: &str = "
    actix* async-http* async-native-tls async-net async-std attohttpc awc aws-lc* boring* curl* ehttp gix-transport grpcio
    h2 h3* hickory* http http-body* http-client http-types hyper* isahc libcurl* mbedtls* minreq native-tls opener quiche
    quinn* reqwest* russh rustls* s2n* schannel security-framework* sentry* ssh2 surf tiny_http tokio-native-tls
    tokio-openssl tokio-rustls tokio-tungstenite tonic trust-dns* tungstenite ureq* webbrowser webpki*
";

/// Licences under which what is built into the program may stand. A dependency needs one choice that consists of these.
const LICENCES: &str = "
    0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause BSL-1.0 ISC LLVM-exception MIT MIT-0 Unicode-3.0 Unlicense Zlib
";

/// Dependencies under further terms, each looked at.
const LICENCE_EXCEPTIONS: &[(&str, &str)] = &[
    (
        "epaint_default_fonts",
        "the bundled fonts are OFL-1.1 and Ubuntu-font-1.0, which allow to embed them",
    ),
    (
        "option-ext",
        "MPL-2.0 covers its own files, which are used unchanged",
    ),
];

/// The dependencies of the feature that fetches.
const FETCH: [&str; 2] = ["rustls", "ureq"];

/// The lock file holds every platform and every optional dependency, so this is wider than what is built. Only what the feature
/// `fetch` alone brings in is left out.
#[test]
fn no_network_client_is_in_the_dependency_tree() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let graph = lock_graph(&lock);
    let reached = reached(&graph, "tokenloupe", &FETCH);
    assert!(reached.contains("josekit"), "the lock file was not read");
    let clients: Vec<_> = reached
        .iter()
        .copied()
        .filter(|name| is_network_client(name))
        .collect();
    assert!(clients.is_empty(), "{}", clients.join(", "));
    // The search sees what it is for.
    let all = reached_from(&graph, &FETCH);
    assert!(all.iter().any(|name| is_network_client(name)));
}

/// What cargo resolves for this machine: without the feature no client, with it this one.
#[test]
fn only_the_feature_that_fetches_brings_a_network_client() {
    let clients = |tree: &Tree| -> BTreeSet<String> {
        let names = tree.built_in().into_iter().map(|id| tree.name(&id));
        names.filter(|name| is_network_client(name)).collect()
    };
    assert_eq!(clients(&Tree::read(&[])), BTreeSet::new());
    let tree = Tree::read(&["fetch"]);
    let fetching = clients(&tree);
    for name in FETCH {
        assert!(fetching.contains(name), "{name}: {fetching:?}");
    }
    let others = ["hyper", "native-tls", "reqwest", "webpki-roots"];
    assert!(others.iter().all(|name| !fetching.contains(*name)));
    let features = tree.features("ureq");
    for off in ["brotli", "cookies", "gzip", "native-tls", "socks-proxy"] {
        assert!(!features.contains(&off.to_owned()), "ureq has {off}");
    }
}

/// The names of the packages in a lock file, each with those that it may need.
fn lock_graph(lock: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut graph: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in lock.split("[[package]]") {
        let Some(name) = package
            .lines()
            .find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        else {
            continue;
        };
        let needs = package
            .lines()
            .filter_map(|line| line.strip_prefix(" \"")?.split(['"', ' ']).next());
        // Several versions count as one.
        graph.entry(name).or_default().extend(needs);
    }
    graph
}

/// What a package may need, itself and these aside.
fn reached<'a>(
    graph: &BTreeMap<&'a str, Vec<&'a str>>,
    package: &str,
    without: &[&str],
) -> BTreeSet<&'a str> {
    let needs = graph[package].iter().copied();
    let needs: Vec<&str> = needs.filter(|name| !without.contains(name)).collect();
    reached_from(graph, &needs)
}

fn reached_from<'a>(graph: &BTreeMap<&'a str, Vec<&'a str>>, names: &[&str]) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next = names.to_vec();
    while let Some(name) = next.pop() {
        let (name, needs) = graph.get_key_value(name).unwrap();
        if reached.insert(*name) {
            next.extend(needs);
        }
    }
    reached
}

#[test]
fn features_that_reach_out_are_off() {
    let tree = Tree::read(&["fetch"]);
    for (package, feature, why) in [
        ("eframe", "inspection", "it opens a port"),
        ("eframe", "links", "it opens addresses in a browser"),
        ("egui-winit", "links", "it opens addresses in a browser"),
        (
            "serde_json",
            "arbitrary_precision",
            "josekit reads its numbers",
        ),
    ] {
        let features = tree.features(package);
        assert!(!features.is_empty(), "{package} is not in the tree");
        assert!(
            !features.contains(&feature.to_owned()),
            "{package} has {feature}: {why}"
        );
    }
}

#[test]
fn what_is_built_in_has_a_permitted_licence() {
    let tree = Tree::read(&["fetch"]);
    let mut wrong = Vec::new();
    for id in tree.built_in() {
        let package = &tree.packages[&id];
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or("");
        if !is_permitted(licence)
            && !LICENCE_EXCEPTIONS
                .iter()
                .any(|(exception, _)| *exception == name)
        {
            wrong.push(format!("{name}: {licence:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn is_network_client(name: &str) -> bool {
    NETWORK_CLIENTS
        .split_whitespace()
        .any(|client| match client.strip_suffix('*') {
            Some(start) => {
                name == start
                    || name.starts_with(&format!("{start}-"))
                    || name.starts_with(&format!("{start}_"))
            }
            None => name == client,
        })
}

/// Whether one choice of an SPDX expression consists of permitted licences. `WITH` is read like `AND`, `/` like `OR`.
fn is_permitted(expression: &str) -> bool {
    let expression = expression.replace(" WITH ", " AND ").replace('/', " OR ");
    let mut words: Vec<String> = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    words.reverse();
    let permitted = any_of(&mut words);
    permitted && words.is_empty()
}

fn any_of(words: &mut Vec<String>) -> bool {
    let mut permitted = all_of(words);
    while words.pop_if(|word| word == "OR").is_some() {
        permitted |= all_of(words);
    }
    permitted
}

fn all_of(words: &mut Vec<String>) -> bool {
    let mut permitted = one_of(words);
    while words.pop_if(|word| word == "AND").is_some() {
        permitted &= one_of(words);
    }
    permitted
}

fn one_of(words: &mut Vec<String>) -> bool {
    match words.pop().as_deref() {
        Some("(") => {
            let permitted = any_of(words);
            words.pop().as_deref() == Some(")") && permitted
        }
        Some(licence) => LICENCES
            .split_whitespace()
            .any(|permitted| permitted == licence),
        None => false,
    }
}

/// What cargo resolves for this machine, tests and default features included.
struct Tree {
    root: String,
    packages: BTreeMap<String, Value>,
    nodes: BTreeMap<String, Value>,
}

impl Tree {
    /// With these features beside the default ones.
    fn read(features: &[&str]) -> Self {
        let host = output("rustc", &["-vV"]);
        let host = host
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .unwrap();
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let metadata = output(
            &cargo,
            &[
                "metadata",
                "--format-version=1",
                "--locked",
                "--offline",
                "--filter-platform",
                host,
                "--features",
                &features.join(","),
            ],
        );
        let metadata: Value = serde_json::from_str(&metadata).unwrap();
        let by_id = |list: &Value| -> BTreeMap<String, Value> {
            let entries = list.as_array().unwrap().iter();
            entries
                .map(|entry| (entry["id"].as_str().unwrap().to_owned(), entry.clone()))
                .collect()
        };
        Self {
            root: metadata["resolve"]["root"].as_str().unwrap().to_owned(),
            packages: by_id(&metadata["packages"]),
            nodes: by_id(&metadata["resolve"]["nodes"]),
        }
    }

    fn features(&self, name: &str) -> Vec<String> {
        self.nodes
            .iter()
            .filter(|(id, _)| self.packages[*id]["name"] == name)
            .flat_map(|(_, node)| node["features"].as_array().unwrap())
            .map(|feature| feature.as_str().unwrap().to_owned())
            .collect()
    }

    fn name(&self, id: &str) -> String {
        self.packages[id]["name"].as_str().unwrap().to_owned()
    }

    /// Everything that normal dependencies reach.
    fn built_in(&self) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut next = vec![self.root.clone()];
        while let Some(id) = next.pop() {
            if !reached.insert(id.clone()) {
                continue;
            }
            for dependency in self.nodes[&id]["deps"].as_array().unwrap() {
                let kinds = dependency["dep_kinds"].as_array().unwrap();
                if kinds.iter().any(|kind| kind["kind"].is_null()) {
                    next.push(dependency["pkg"].as_str().unwrap().to_owned());
                }
            }
        }
        reached
    }
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

mod tests {
    use super::*;

    #[test]
    fn clients_are_known_by_name() {
        assert!(
            is_network_client("reqwest")
                && is_network_client("rustls-pki-types")
                && is_network_client("hyper")
        );
        assert!(
            !is_network_client("zbus")
                && !is_network_client("httparse")
                && !is_network_client("hyperloglog")
        );
    }

    #[test]
    fn licences_are_read_as_expressions() {
        assert!(
            is_permitted("MIT OR Apache-2.0")
                && is_permitted("MIT/Apache-2.0")
                && is_permitted("MIT OR GPL-3.0-only")
        );
        assert!(is_permitted("(MIT OR GPL-2.0-only) AND Unicode-3.0"));
        assert!(is_permitted(
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT"
        ));
        assert!(
            !is_permitted("GPL-3.0-only")
                && !is_permitted("MIT AND GPL-3.0-only")
                && !is_permitted("")
        );
        assert!(!is_permitted("(MIT OR Apache-2.0) AND OFL-1.1"));
    }
}
