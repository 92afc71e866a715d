//! The certificates that a header carries.

use openssl::x509::X509;
use openssl::x509::X509Extension;
use openssl::x509::extension::{KeyUsage, SubjectAlternativeName};

use super::*;
use crate::certificates::{Issued, request, x5c};

/// The reviewer's keys: these certificates.
fn held(certificates: &[&Issued]) -> KeyRing {
    let text: String = certificates.iter().map(|one| one.pem()).collect();
    if text.is_empty() {
        return KeyRing::default();
    }
    KeyRing::new(tokenloupe::keys::load("ca.pem", text.as_bytes()).unwrap())
}

/// Claims without an issuer.
const CLAIMS: &str = r#"{"exp":1795340000}"#;

const OWN: &[&str] = &["only-token-supplied-key"];

/// A token of the first certificate with these members in its header.
fn with(signer: &Issued, member: &str, claims: &str, keys: &KeyRing) -> Inspection {
    inspect(&signer.es256(&format!(",{member}"), claims), keys)
}

pub(super) fn trials() -> Vec<Trial> {
    [trust(), chains(), validity(), identity(), thumbprints()]
        .into_iter()
        .flatten()
        .collect()
}

fn trust() -> Vec<Trial> {
    let root = request("Root").ca().self_signed();
    let other = request("Other").ca().self_signed();
    let leaf = request("Leaf").issued_by(&root);
    let member = x5c(&[&leaf]);
    let of = |claims: &str, more: &str, keys: &KeyRing| {
        inspect(&leaf.es256(&format!(",{more}{member}"), claims), keys)
    };
    let found = |severity, inspection, reasons| {
        Trial::found("x5c-untrusted", severity, inspection, &[&member], reasons)
    };
    let shop = r#"{"exp":1795340000,"bundleId":"a","environment":"b"}"#;
    vec![
        found(Severity::Critical, of(CLAIMS, "", &held(&[])), OWN),
        found(Severity::Medium, of(CLAIMS, "", &held(&[&other])), OWN),
        // By another key of the reviewer's.
        found(
            Severity::Medium,
            inspect(
                &other.es256(&format!(",{member}"), CLAIMS),
                &held(&[&other]),
            ),
            &[],
        ),
        found(
            Severity::Info,
            of(CLAIMS, r#""typ":"dc+sd-jwt","#, &held(&[&other])),
            &["profile-claim-missing"],
        ),
        found(Severity::Info, of(shop, "", &held(&[&other])), OWN),
        Trial::spared("x5c-untrusted", of(CLAIMS, "", &held(&[&root])), &[]),
        // The leaf itself was loaded.
        Trial::spared("x5c-untrusted", of(CLAIMS, "", &held(&[&leaf])), &[]),
        Trial::spared("x5c-untrusted", signed(r#"{"alg":"HS256"}"#, CLAIMS), &[]),
        Trial::found(
            "x5c-anchor-included",
            Severity::Info,
            with(&leaf, &x5c(&[&leaf, &root]), CLAIMS, &held(&[&root])),
            &[&format!("{:?}", root.entry())],
            &[],
        ),
        // A self-signed leaf is no chain.
        Trial::spared(
            "x5c-anchor-included",
            with(&root, &x5c(&[&root]), CLAIMS, &held(&[])),
            OWN,
        ),
        Trial::spared("x5c-anchor-included", of(CLAIMS, "", &held(&[])), OWN),
    ]
}

fn chains() -> Vec<Trial> {
    let root = request("Root").ca().self_signed();
    let middle = request("Middle").ca_above(0).issued_by(&root);
    let leaf = request("Leaf").issued_by(&middle);
    let namesake = request("Middle").ca().issued_by(&root);
    let wide = request("Wide").ca().issued_by(&root);
    let no_ca = request("Leaf").issued_by(&wide);
    let below_leaf = request("Below").issued_by(&no_ca);
    let deep = request("Deep").ca().issued_by(&middle);
    let below_deep = request("Below").issued_by(&deep);
    let usage = KeyUsage::new()
        .critical()
        .digital_signature()
        .build()
        .unwrap();
    let no_signer = request("Signer").ca().with(usage).issued_by(&root);
    let below_no_signer = request("Below").issued_by(&no_signer);
    let found = |signer: &Issued, member: &str, evidence: &[&str]| {
        let inspection = with(signer, member, CLAIMS, &held(&[]));
        Trial::found("x5c-chain", Severity::High, inspection, evidence, OWN)
    };
    let quoted = |of: &Issued| format!("{:?}", of.entry());
    let chain_found = |chain: &[&Issued], at: Option<usize>| {
        let whole = x5c(chain);
        let evidence = at.map_or(whole.clone(), |at| quoted(chain[at]));
        found(chain[0], &whole, &[&evidence])
    };
    let spared = |signer: &Issued, chain: &[&Issued]| {
        Trial::spared(
            "x5c-chain",
            with(signer, &x5c(chain), CLAIMS, &held(&[])),
            OWN,
        )
    };
    let spelled = |entry: String| {
        let quoted = format!("{entry:?}");
        found(&leaf, &format!(r#""x5c":[{quoted}]"#), &[&quoted])
    };
    let with_more = openssl::base64::encode_block(&[leaf.der(), vec![0; 3]].concat());
    // In the other alphabet it must show.
    let mut other_alphabet = leaf.entry();
    other_alphabet = other_alphabet.replace('+', "-").replace('/', "_");
    let mut trials = vec![
        // Not signed by the next, which has its name; named otherwise; twice; a leaf as a CA.
        chain_found(&[&leaf, &namesake], Some(0)),
        chain_found(&[&leaf, &root], Some(0)),
        found(
            &leaf,
            &x5c(&[&leaf, &middle, &middle]),
            &[&quoted(&middle), &quoted(&middle)],
        ),
        chain_found(&[&below_leaf, &no_ca, &wide], Some(1)),
        chain_found(&[&below_deep, &deep, &middle], Some(2)),
        chain_found(&[&below_no_signer, &no_signer], Some(1)),
        found(
            &root,
            &x5c(&[&root, &middle, &leaf]),
            &[&x5c(&[&root, &middle, &leaf])],
        ),
        spelled(leaf.entry().replacen("MII", "MII ", 1)),
        spelled(with_more),
        spared(&leaf, &[&leaf, &middle]),
        spared(&leaf, &[&leaf, &middle, &root]),
        spared(&leaf, &[&leaf]),
        spared(&root, &[&root]),
        Trial::found(
            "x5c-chain",
            Severity::High,
            signed(r#"{"alg":"HS256","x5c":[]}"#, CLAIMS),
            &[r#""x5c":[]"#],
            &[],
        ),
        Trial::found(
            "x5c-chain",
            Severity::High,
            signed(r#"{"alg":"HS256","x5c":"AA"}"#, CLAIMS),
            &[r#""x5c":"AA""#],
            &[],
        ),
        Trial::found(
            "x5c-chain",
            Severity::High,
            signed(r#"{"alg":"HS256","x5c":["AAAA"]}"#, CLAIMS),
            &[r#""AAAA""#],
            &[],
        ),
    ];
    if other_alphabet != leaf.entry() {
        trials.push(spelled(other_alphabet));
    }
    trials
}

fn validity() -> Vec<Trial> {
    // The instant is 1795300813.
    const LATE: &str = r#"{"iat":1795300000,"exp":1795340000}"#;
    let root = request("Root").ca().self_signed();
    let leaf = |from, to| request("Leaf").valid(from, to).issued_by(&root);
    let of = |leaf: &Issued, claims: &str| with(leaf, &x5c(&[leaf]), claims, &held(&[&root]));
    let found = |severity, leaf: Issued, claims: &str, reasons| {
        let entry = format!("{:?}", leaf.entry());
        Trial::found(
            "x5c-validity",
            severity,
            of(&leaf, claims),
            &[&entry],
            reasons,
        )
    };
    let (long_ago, since) = (1_700_000_000, 1_795_200_000);
    vec![
        // Over now, and nothing says when it was signed; over then; not begun then.
        found(Severity::High, leaf(long_ago, since), "{}", OWN),
        found(Severity::High, leaf(long_ago, since), LATE, OWN),
        found(
            Severity::High,
            leaf(since, 1_900_000_000),
            r#"{"iat":1795100000}"#,
            OWN,
        ),
        // An iat to come says nothing.
        found(
            Severity::High,
            leaf(long_ago, since),
            r#"{"iat":1799000000}"#,
            OWN,
        ),
        found(
            Severity::Low,
            leaf(long_ago, since),
            r#"{"iat":1795100000}"#,
            OWN,
        ),
        found(Severity::Medium, leaf(long_ago, 1_795_339_999), LATE, &[]),
        Trial::spared(
            "x5c-validity",
            of(&leaf(long_ago, 1_795_340_000), LATE),
            &[],
        ),
        Trial::spared(
            "x5c-validity",
            of(&leaf(1_795_300_000, 1_900_000_000), LATE),
            &[],
        ),
    ]
}

fn named(hosts: &[&str], uri: Option<&str>) -> X509Extension {
    let mut names = SubjectAlternativeName::new();
    for host in hosts {
        names.dns(host);
    }
    if let Some(uri) = uri {
        names.uri(uri);
    }
    let builder = X509::builder().unwrap();
    names.build(&builder.x509v3_context(None, None)).unwrap()
}

fn identity() -> Vec<Trial> {
    let root = request("Root").ca().self_signed();
    let of = |leaf: &Issued, claims: &str, keys: &KeyRing| with(leaf, &x5c(&[leaf]), claims, keys);
    let found = |leaf: &Issued, claims: &str, reasons| {
        let entry = format!("{:?}", leaf.entry());
        let keys = held(&[&root]);
        Trial::found(
            "x5c-identity",
            Severity::Medium,
            of(leaf, claims, &keys),
            &[&entry],
            reasons,
        )
    };
    let spared = |leaf: &Issued, claims: &str| {
        Trial::spared("x5c-identity", of(leaf, claims, &held(&[&root])), &[])
    };
    let plain = request("Leaf").issued_by(&root);
    let with_names = |hosts: &[&str], uri| request("Leaf").with(named(hosts, uri)).issued_by(&root);
    let with_usage = |usage: &mut KeyUsage| {
        request("Leaf")
            .with(usage.critical().build().unwrap())
            .issued_by(&root)
    };
    let from = |iss: &str| format!(r#"{{"iss":"{iss}","aud":"b","exp":1795340000}}"#);
    let sha1 = request("Leaf")
        .digest(MessageDigest::sha1())
        .issued_by(&root);
    let ca = request("CA").ca().issued_by(&root);
    vec![
        found(&plain, GOOD_CLAIMS, &[]),
        found(
            &with_names(&["b.example", "*.a.example"], None),
            GOOD_CLAIMS,
            &[],
        ),
        found(&with_usage(KeyUsage::new().key_agreement()), CLAIMS, &[]),
        found(&ca, CLAIMS, &[]),
        found(&sha1, CLAIMS, OWN),
        spared(&plain, CLAIMS),
        spared(&plain, &from("did:example:a")),
        spared(&plain, &from("a plain name")),
        spared(&with_names(&["b.example", "A.example"], None), GOOD_CLAIMS),
        spared(
            &with_names(&["*.example"], None),
            &from("https://a.example:8443/x"),
        ),
        spared(
            &with_names(&[], Some("https://a.example/issuer")),
            GOOD_CLAIMS,
        ),
        spared(&with_usage(KeyUsage::new().digital_signature()), CLAIMS),
        spared(&with_usage(KeyUsage::new().non_repudiation()), CLAIMS),
        Trial::found(
            "x5c-identity",
            Severity::Medium,
            inspect(
                &hmac(
                    &format!(r#"{{"alg":"HS256",{}}}"#, x5c(&[&plain])),
                    CLAIMS,
                    SECRET,
                ),
                &ring(&oct(SECRET, "")),
            ),
            &[&format!("{:?}", plain.entry())],
            &[],
        ),
    ]
}

fn thumbprints() -> Vec<Trial> {
    let (leaf, other) = (
        request("Leaf").self_signed(),
        request("Other").self_signed(),
    );
    let hash = |of: &Issued, hash| encode(&of.x509.digest(hash).unwrap());
    let (sha1, sha256) = (MessageDigest::sha1(), MessageDigest::sha256());
    let own = x5c(&[&leaf]);
    let of = |members: &str| with(&leaf, members, CLAIMS, &held(&[]));
    let found = |name: &str, value: &str, more: &str, reasons| {
        let member = format!(r#""{name}":"{value}""#);
        let inspection = of(&format!("{member}{more}"));
        Trial::found(
            "x5t-mismatch",
            Severity::High,
            inspection,
            &[&member],
            reasons,
        )
    };
    let beside = format!(",{own}");
    let hex = leaf
        .x509
        .digest(sha1)
        .unwrap()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect::<Vec<_>>()
        .concat();
    let mut named = tokenloupe::keys::load("leaf.pem", leaf.pem().as_bytes()).unwrap();
    named[0].members.kid = Some("leaf".to_owned());
    let named = KeyRing::new(named);
    let by_kid = |of: &Issued| {
        let member = format!(r#""x5t#S256":"{}""#, hash(of, sha256));
        let inspection = with(&leaf, &format!(r#""kid":"leaf",{member}"#), CLAIMS, &named);
        (member, inspection)
    };
    let (wrong, by_wrong) = by_kid(&other);
    vec![
        found("x5t", &hash(&other, sha1), &beside, OWN),
        found("x5t#S256", &hash(&other, sha256), &beside, OWN),
        found("x5t", &hash(&leaf, sha256), "", &["no-key"]),
        found("x5t", &encode(hex.as_bytes()), "", &["no-key"]),
        Trial::found("x5t-mismatch", Severity::High, by_wrong, &[&wrong], &[]),
        Trial::spared("x5t-mismatch", by_kid(&leaf).1, &[]),
        Trial::spared(
            "x5t-mismatch",
            of(&format!(
                r#""x5t":"{}","x5t#S256":"{}",{own}"#,
                hash(&leaf, sha1),
                hash(&leaf, sha256)
            )),
            OWN,
        ),
        // Of which certificate, nobody knows.
        Trial::spared(
            "x5t-mismatch",
            of(&format!(r#""x5t":"{}""#, hash(&other, sha1))),
            &["no-key"],
        ),
    ]
}
