//! CA certificates of the reviewer's as trust anchors of the chains that tokens bring (`x5c`).

use std::sync::LazyLock;

use openssl::hash::MessageDigest;
use openssl::x509::X509Extension;
use openssl::x509::extension::KeyUsage;
use proptest::prelude::*;
use tokenloupe::inspection::Inspection;
use tokenloupe::judge::{Judgement, Policy, words};
use tokenloupe::keys::{self, KeyRing};
use tokenloupe::verify::{Designation, Outcome, Provenance};

use crate::certificates::{Issued, request, x5c};
use crate::common::{inspect, instant, judge, reasons};

const CLAIMS: &str = r#"{"exp":1795340000}"#;

/// A CA, one below it, and a leaf below that.
struct Three {
    root: Issued,
    middle: Issued,
    leaf: Issued,
}

fn three() -> Three {
    let root = request("Root").ca().self_signed();
    let middle = request("Middle").ca_above(0).issued_by(&root);
    let leaf = request("Leaf").issued_by(&middle);
    Three { root, middle, leaf }
}

fn ring(certificates: &[&Issued]) -> KeyRing {
    let text: String = certificates.iter().map(|one| one.pem()).collect();
    if text.is_empty() {
        return KeyRing::default();
    }
    KeyRing::new(keys::load("ca.pem", text.as_bytes()).unwrap())
}

/// A token of the first certificate, which brings all of them.
fn token(chain: &[&Issued]) -> String {
    chain[0].es256(&format!(",{}", x5c(chain)), CLAIMS)
}

/// Under these CA certificates.
fn under(anchors: &[&Issued], chain: &[&Issued]) -> (Inspection, Judgement) {
    let inspection = inspect(&token(chain), &ring(anchors));
    let judgement = judge(&inspection, None);
    (inspection, judgement)
}

#[track_caller]
fn is_trusted(anchors: &[&Issued], chain: &[&Issued]) -> Inspection {
    let (inspection, judgement) = under(anchors, chain);
    assert_eq!(reasons(&judgement), [""; 0]);
    let proof = &inspection.proof.signatures[0];
    let used = proof.key.as_ref().unwrap();
    assert_eq!(used.provenance, Provenance::Yours);
    let (key, how) = proof.designated.as_ref().unwrap();
    assert_eq!((&key.id, *how), (&used.key.id, Designation::Certificate));
    let rules = judgement.findings.iter().map(|finding| finding.rule);
    assert!(!rules.into_iter().any(|rule| rule == "x5c-untrusted"));
    inspection
}

/// The words of OpenSSL.
#[track_caller]
fn is_not_trusted(anchors: &[&Issued], chain: &[&Issued]) -> Option<&'static str> {
    let (inspection, judgement) = under(anchors, chain);
    assert_eq!(reasons(&judgement), ["only-token-supplied-key"]);
    let proof = &inspection.proof.signatures[0];
    let used = proof.key.as_ref().unwrap();
    assert_eq!(used.provenance, Provenance::Token);
    assert!(proof.chain.as_ref().unwrap().trusted_leaf().is_none());
    proof.chain.as_ref().unwrap().objection
}

#[test]
fn a_leaf_under_a_ca_of_the_reviewers_is_the_reviewers_key() {
    let Three { root, middle, leaf } = three();
    let inspection = is_trusted(&[&root], &[&leaf, &middle]);
    let used = inspection.proof.signatures[0].key.as_ref().unwrap();
    assert_eq!(used.key.id, "x5c leaf under ca.pem#1");
    assert_eq!(
        used.key.source,
        "header x5c, issued under CN=Root from ca.pem"
    );
    // With the root in it, in DER, and among other certificates.
    is_trusted(&[&root], &[&leaf, &middle, &root]);
    let der = KeyRing::new(keys::load("ca.der", &root.der()).unwrap());
    let inspection = inspect(&token(&[&leaf, &middle]), &der);
    assert_eq!(reasons(&judge(&inspection, None)), [""; 0]);
    let other = request("Other").ca().self_signed();
    is_trusted(&[&other, &root], &[&leaf, &middle]);
    // A CA that is no root is an anchor too, and then completes a chain that leaves it out.
    is_trusted(&[&middle], &[&leaf]);
    is_trusted(&[&root, &middle], &[&leaf]);
}

#[test]
fn without_an_anchor_the_chain_proves_nothing() {
    let Three { root, middle, leaf } = three();
    assert_eq!(is_not_trusted(&[], &[&leaf, &middle, &root]), None);
    let other = request("Other").ca().self_signed();
    let no_issuer = Some("unable to get local issuer certificate");
    assert_eq!(is_not_trusted(&[&other], &[&leaf, &middle]), no_issuer);
    assert_eq!(is_not_trusted(&[&root], &[&leaf]), no_issuer);
    // One of the same name, with another key.
    let namesake = request("Root").ca().self_signed();
    assert!(is_not_trusted(&[&namesake], &[&leaf, &middle]).is_some());
    // A certificate that was loaded and is no CA certifies nobody.
    let plain = request("Plain").self_signed();
    let below = request("Below").issued_by(&plain);
    let inspection = inspect(&token(&[&below]), &ring(&[&plain]));
    let proof = &inspection.proof.signatures[0];
    assert_eq!(proof.chain.as_ref().unwrap().anchors, 0);
    assert_eq!(proof.key.as_ref().unwrap().provenance, Provenance::Token);
}

#[test]
fn a_path_that_openssl_refuses_is_not_trusted() {
    let Three { root, middle, leaf } = three();
    // A leaf as a CA.
    let below_leaf = request("Below").issued_by(&leaf);
    let said = is_not_trusted(&[&root], &[&below_leaf, &leaf, &middle]);
    assert!(
        said.unwrap().starts_with("invalid CA certificate"),
        "{said:?}"
    );
    // A CA below one that allows none below it.
    let too_deep = request("Deep").ca().issued_by(&middle);
    let below = request("Below").issued_by(&too_deep);
    let said = is_not_trusted(&[&root], &[&below, &too_deep, &middle]);
    assert_eq!(said, Some("path length constraint exceeded"));
    // A CA whose keyUsage does not allow to certify.
    let usage = KeyUsage::new()
        .critical()
        .digital_signature()
        .build()
        .unwrap();
    let no_issuer = request("Signer").ca().with(usage).issued_by(&root);
    let below = request("Below").issued_by(&no_issuer);
    assert!(is_not_trusted(&[&root], &[&below, &no_issuer]).is_some());
    // SHA-1.
    let weak = request("Weak")
        .digest(MessageDigest::sha1())
        .issued_by(&root);
    assert!(is_not_trusted(&[&root], &[&weak]).is_some());
    is_trusted(&[&root], &[&request("Sound").issued_by(&root)]);
}

#[test]
fn name_constraints_hold() {
    #[expect(deprecated, reason = "the builder has no name constraints")]
    let only = X509Extension::new(
        None,
        None,
        "nameConstraints",
        "critical,permitted;DNS:a.example",
    )
    .unwrap();
    let root = request("Root").ca().with(only).self_signed();
    let named = |host: &str| {
        let mut names = openssl::x509::extension::SubjectAlternativeName::new();
        let root = root.x509.clone();
        let mut builder = openssl::x509::X509::builder().unwrap();
        builder.set_version(2).unwrap();
        let context = builder.x509v3_context(Some(&root), None);
        names.dns(host).build(&context).unwrap()
    };
    is_trusted(
        &[&root],
        &[&request("Leaf").with(named("b.a.example")).issued_by(&root)],
    );
    let outside = request("Leaf").with(named("b.example")).issued_by(&root);
    assert_eq!(
        is_not_trusted(&[&root], &[&outside]),
        Some("permitted subtree violation")
    );
}

/// The proof does not know the time; the judgement does.
#[test]
fn a_chain_counts_while_it_is_valid() {
    let root = request("Root").ca().self_signed();
    let middle = request("Middle")
        .ca()
        .valid(1_790_000_000, 1_800_000_000)
        .issued_by(&root);
    let leaf = request("Leaf")
        .valid(1_780_000_000, 1_899_999_999)
        .issued_by(&middle);
    let inspection = inspect(
        &leaf.es256(&format!(",{}", x5c(&[&leaf, &middle])), "{}"),
        &ring(&[&root]),
    );
    assert_eq!(inspection.proof.signatures[0].outcome, Outcome::Valid);
    for (at, expected) in [
        ("2026-09-21T14:13:19Z", &["only-token-supplied-key"][..]),
        ("2026-09-21T14:13:20Z", &[]),
        ("2027-01-15T08:00:00Z", &[]),
        ("2027-01-15T08:00:01Z", &["only-token-supplied-key"]),
    ] {
        let judgement = inspection.judge(&Policy::default(), instant(at));
        assert_eq!(reasons(&judgement), expected, "{at}");
        let check = judgement
            .checks
            .iter()
            .find(|check| check.check == "key")
            .unwrap();
        let is_named = check.text.contains("CN=Middle");
        assert_eq!(is_named, !expected.is_empty(), "{check:?}");
        let sentence = words::sentence(&judgement, &inspection.proof, words::When::Now);
        let is_said = sentence.explanation.contains("outside their validity");
        assert_eq!(is_said, !expected.is_empty(), "{sentence:?}");
    }
    // What else refuses the token does not make the signature genuine.
    let expired = leaf.es256(
        &format!(",{}", x5c(&[&leaf, &middle])),
        r#"{"exp":1790000001}"#,
    );
    let expired = inspect(&expired, &ring(&[&root]));
    let judgement = expired.judge(&Policy::default(), instant("2027-01-15T08:00:01Z"));
    assert_eq!(reasons(&judgement), ["expired"]);
    let sentence = words::sentence(&judgement, &expired.proof, words::When::Now);
    assert!(!sentence.explanation.contains("genuine"), "{sentence:?}");
    // The anchor's own time counts as well.
    let old = request("Root")
        .ca()
        .valid(1_600_000_000, 1_700_000_000)
        .self_signed();
    let (_, judgement) = under(&[&old], &[&request("Leaf").issued_by(&old)]);
    assert_eq!(reasons(&judgement), ["only-token-supplied-key"]);
    // What is backdated to a time before the certificate was.
    let leaf = request("Leaf").issued_by(&root);
    let early = leaf.es256(&format!(",{}", x5c(&[&leaf])), r#"{"iat":1600000000}"#);
    let judgement = judge(&inspect(&early, &ring(&[&root])), None);
    assert_eq!(reasons(&judgement), ["only-token-supplied-key"]);
    // The last second of the year 9999 means that there is no end (RFC 5280 section 4.1.2.5).
    let endless = request("Leaf")
        .valid(1_700_000_000, 253_402_300_799)
        .issued_by(&root);
    is_trusted(&[&root], &[&endless]);
}

/// It is the key that is meant: when it fails, the signature is wrong, whatever else is there.
/// A token of this payload in JSON form, under the signatures of these.
fn several(tokens: &[&str]) -> String {
    let parts = tokens.iter().map(|token| token.split('.').collect());
    let parts: Vec<Vec<&str>> = parts.collect();
    let signatures = parts
        .iter()
        .map(|part| format!(r#"{{"protected":"{}","signature":"{}"}}"#, part[0], part[2]));
    let signatures: Vec<String> = signatures.collect();
    format!(
        r#"{{"payload":"{}","signatures":[{}]}}"#,
        parts[0][1],
        signatures.join(",")
    )
}

#[test]
fn of_several_signatures_one_that_is_not_vouched_for_any_more_settles_nothing() {
    const WHILE: &str = "2027-01-15T08:00:00Z";
    const AFTER: &str = "2027-01-15T08:00:01Z";
    let root = request("Root").ca().self_signed();
    let leaf = request("Leaf")
        .valid(1_790_000_000, 1_800_000_000)
        .issued_by(&root);
    let [own, stranger] = ["Own", "Stranger"].map(|name| request(name).self_signed());
    let keys = ring(&[&root, &own]);
    let chained = leaf.es256(&format!(",{}", x5c(&[&leaf])), "{}");
    let open = ["no-key-verifies", "only-token-supplied-key"];
    for (other, after, explanation) in [
        (&stranger, &open[..], "outside their validity"),
        (&own, &[], "1 of 2 signatures is genuine"),
    ] {
        let other = other.es256("", "{}");
        for tokens in [[&chained[..], &other], [&other, &chained]] {
            let inspection = inspect(&several(&tokens), &keys);
            for (at, expected) in [(WHILE, &[][..]), (AFTER, after)] {
                let judgement = inspection.judge(&Policy::default(), instant(at));
                assert_eq!(reasons(&judgement), expected, "{at}");
                let spoilt = judgement
                    .checks
                    .iter()
                    .filter(|check| check.title.ends_with("Key not vouched for"));
                assert_eq!(spoilt.count(), usize::from(at == AFTER));
            }
        }
        let inspection = inspect(&several(&[&chained, &other]), &keys);
        let judgement = inspection.judge(&Policy::default(), instant(AFTER));
        let sentence = words::sentence(&judgement, &inspection.proof, words::When::Now);
        assert!(sentence.explanation.contains(explanation), "{sentence:?}");
    }
}

/// RFC 7515 section 4.1.6 lets `x5c` stand in either header.
#[test]
fn a_chain_in_a_header_that_nothing_protects_leads_to_the_anchor_too() {
    let root = request("Root").ca().self_signed();
    let leaf = request("Leaf").issued_by(&root);
    let token = leaf.es256("", "{}");
    let parts: Vec<&str> = token.split('.').collect();
    let with = |chain: &[&Issued]| {
        format!(
            r#"{{"protected":"{}","header":{{{}}},"payload":"{}","signature":"{}"}}"#,
            parts[0],
            x5c(chain),
            parts[1],
            parts[2]
        )
    };
    let judged = |chain: &[&Issued], anchors: &[&Issued]| {
        judge(&inspect(&with(chain), &ring(anchors)), None)
    };
    assert_eq!(reasons(&judged(&[&leaf], &[&root])), [""; 0]);
    let other = request("Other").ca().self_signed();
    let judgement = judged(&[&leaf], &[&other]);
    assert_eq!(reasons(&judgement), ["only-token-supplied-key"]);
    let untrusted = judgement
        .findings
        .iter()
        .find(|finding| finding.rule == "x5c-untrusted")
        .unwrap();
    assert_eq!(untrusted.evidence.len(), 1);
}

#[test]
fn a_trusted_leaf_that_does_not_verify_makes_the_signature_invalid() {
    let Three { root, middle, leaf } = three();
    let forged = middle.es256(&format!(",{}", x5c(&[&leaf, &middle])), CLAIMS);
    let inspection = inspect(&forged, &ring(&[&root]));
    assert_eq!(inspection.proof.signatures[0].outcome, Outcome::Invalid);
    assert_eq!(reasons(&judge(&inspection, None)), ["signature-invalid"]);
    // The same without the anchor.
    let alone = inspect(&forged, &KeyRing::default());
    assert_eq!(reasons(&judge(&alone, None)), ["no-key"]);
    // The reviewer's own key comes first when kid names it.
    let own = request("Own").self_signed();
    let text = own.pem();
    let mut keys = keys::load("own.pem", text.as_bytes()).unwrap();
    keys[0].members.kid = Some("own".to_owned());
    keys.extend(keys::load("ca.pem", root.pem().as_bytes()).unwrap());
    let by_leaf = leaf.es256(
        &format!(r#","kid":"own",{}"#, x5c(&[&leaf, &middle])),
        CLAIMS,
    );
    let inspection = inspect(&by_leaf, &KeyRing::new(keys));
    let proof = &inspection.proof.signatures[0];
    assert_eq!(proof.designated.as_ref().unwrap().1, Designation::KeyId);
    assert_eq!(proof.key.as_ref().unwrap().provenance, Provenance::Yours);
    assert_eq!(proof.diagnosis[0].code, "other-key-verifies");
}

#[test]
fn hostile_chains_are_faults() {
    let Three { root, middle, leaf } = three();
    let ring = ring(&[&root]);
    let long = vec![leaf.entry(); 1_000];
    let huge = "A".repeat(1 << 20);
    for x5c in [
        "7".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        "[null,[],{}]".to_owned(),
        r#"["","AA==","????"]"#.to_owned(),
        format!("{long:?}"),
        format!("[{huge:?}]"),
        format!("[{:?},{huge:?}]", leaf.entry()),
        format!("[{:?},{:?},3]", leaf.entry(), middle.entry()),
    ] {
        let token = leaf.es256(&format!(r#","x5c":{x5c}"#), CLAIMS);
        let inspection = inspect(&token, &ring);
        let proof = &inspection.proof.signatures[0];
        let chain = proof.chain.as_ref().unwrap();
        assert!(!chain.faults.is_empty() && chain.links.len() <= 20);
        assert!(chain.trusted_leaf().is_none());
        let judgement = judge(&inspection, None);
        assert_ne!(reasons(&judgement), [""; 0]);
        assert!(
            judgement
                .findings
                .iter()
                .any(|finding| finding.rule == "x5c-chain")
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A certificate that was tampered with gives no other key than the one that the CA certified.
    #[test]
    fn a_damaged_chain_is_never_another_key(
        which in 0_usize..3,
        at in 0_usize..600,
        byte in any::<u8>(),
        cut in 0_usize..1_000,
    ) {
        static THREE: LazyLock<Three> = LazyLock::new(three);
        let Three { root, middle, leaf } = &*THREE;
        let mut chain = [leaf, middle, root].map(Issued::der);
        let damaged = &mut chain[which];
        if let Some(there) = damaged.get_mut(at) {
            *there = byte;
        }
        if cut < damaged.len() && cut % 5 == 0 {
            damaged.truncate(cut);
        }
        let entries = chain.map(|der| openssl::base64::encode_block(&der));
        let token = leaf.es256(&format!(r#","x5c":{entries:?}"#), CLAIMS);
        let inspection = inspect(&token, &ring(&[root]));
        let judgement = judge(&inspection, None);
        if reasons(&judgement).is_empty() {
            let used = inspection.proof.signatures[0].key.as_ref().unwrap();
            let own = keys::load("leaf.pem", leaf.pem().as_bytes()).unwrap();
            prop_assert_eq!(&used.key.thumbprint, &own[0].thumbprint);
        }
    }
}
