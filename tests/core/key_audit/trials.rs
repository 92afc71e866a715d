//! Each rule of loaded keys on a key that has the fault, and on the nearest that has not.

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use tokenloupe::jose::base64url::encode;
use tokenloupe::judge::{Confidence, Severity};

use super::{audit, found_in, ring_of, tried};
use crate::certificates::request;
use crate::common::{inspect, judge, reasons};

const SECRET: &[u8] = b"\x9c\x41\xd0\x7e\x33\xa8\x15\xfb\x62\x0d\xc9\x84\x5a\xee\x27\x90\x13\xb6\x48\xf1\x7d\x02\xac\x69\xd5\x3e\x8b\x54\xc0\x1f\x76\xe2";

/// What a rule says of the first key of a file.
#[track_caller]
pub(super) fn says(rule: &str, name: &str, content: &str) -> Option<Severity> {
    let found = found_in(name, content).remove(0);
    let severities: Vec<_> = found
        .into_iter()
        .filter(|(id, _)| *id == rule)
        .map(|(_, severity)| severity)
        .collect();
    assert!(severities.len() <= 1, "{rule} says it twice");
    tried::note(rule, !severities.is_empty());
    severities.first().copied()
}

#[track_caller]
fn try_on(rule: &str, trials: &[(&str, Option<Severity>)]) {
    for (content, expected) in trials {
        assert_eq!(says(rule, "keys.json", content), *expected, "{content}");
    }
}

fn oct(secret: &[u8], members: &str) -> String {
    format!(r#"{{"kty":"oct","k":"{}"{members}}}"#, encode(secret))
}

pub(super) fn rsa_jwk(n: &BigNumRef, e: &str) -> String {
    let n = encode(&n.to_vec());
    format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#)
}

fn ec(curve: Nid) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let group = EcGroup::from_curve_name(curve).unwrap();
    let key = EcKey::generate(&group).unwrap();
    let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
    let mut context = BigNumContext::new().unwrap();
    key.public_key()
        .affine_coordinates(&group, &mut x, &mut y, &mut context)
        .unwrap();
    let length = i32::try_from(group.degree().div_ceil(8)).unwrap();
    let padded = |number: &BigNumRef| number.to_vec_padded(length).unwrap();
    (padded(&x), padded(&y), padded(key.private_key()))
}

fn ec_jwk(crv: &str, x: &[u8], y: &[u8], members: &str) -> String {
    let (x, y) = (encode(x), encode(y));
    format!(r#"{{"kty":"EC","crv":"{crv}","x":"{x}","y":"{y}"{members}}}"#)
}

fn p256(members: &str) -> String {
    let (x, y, _) = ec(Nid::X9_62_PRIME256V1);
    ec_jwk("P-256", &x, &y, members)
}

fn ed25519(members: &str) -> String {
    let x = PKey::generate_ed25519().unwrap().raw_public_key().unwrap();
    format!(
        r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"{members}}}"#,
        encode(&x)
    )
}

fn set(keys: &[&str]) -> String {
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

fn prime(bits: i32) -> BigNum {
    let mut prime = BigNum::new().unwrap();
    prime.generate_prime(bits, false, None, None).unwrap();
    prime
}

#[test]
pub(super) fn sizes_of_rsa() {
    for (bits, expected) in [
        (1016, Some(Severity::Critical)),
        (1024, Some(Severity::High)),
        (2048, Some(Severity::Info)),
        (2052, Some(Severity::Low)),
        (3072, None),
    ] {
        let key = Rsa::generate(bits).unwrap();
        let jwk = rsa_jwk(key.n(), "AQAB");
        assert_eq!(
            says("rsa-small-modulus", "keys.json", &jwk),
            expected,
            "{bits}"
        );
    }
}

#[test]
pub(super) fn exponents_of_rsa() {
    let key = Rsa::generate(2048).unwrap();
    for (e, expected) in [
        ("AQ", Some(Severity::Critical)),
        ("AA", Some(Severity::Critical)),
        ("Ag", Some(Severity::Critical)),
        (&encode(&[0xFF; 257]), Some(Severity::Critical)),
        ("Aw", Some(Severity::Low)),
        ("EQ", Some(Severity::Low)),
        ("Cw", Some(Severity::Info)),
        ("AQAB", None),
    ] {
        let jwk = rsa_jwk(key.n(), e);
        assert_eq!(says("rsa-bad-exponent", "keys.json", &jwk), expected, "{e}");
    }
}

/// A key pair of these primes as a PEM file.
fn pair(p: &BigNumRef, q: &BigNumRef) -> String {
    let mut context = BigNumContext::new().unwrap();
    let e = BigNum::from_u32(65_537).unwrap();
    let one = BigNum::from_u32(1).unwrap();
    let (below_p, below_q) = (p - &one, q - &one);
    let number = || BigNum::new().unwrap();
    let (mut d, mut dp, mut dq, mut qi) = (number(), number(), number(), number());
    d.mod_inverse(&e, &(&below_p * &below_q), &mut context)
        .unwrap();
    dp.nnmod(&d, &below_p, &mut context).unwrap();
    dq.nnmod(&d, &below_q, &mut context).unwrap();
    qi.mod_inverse(q, p, &mut context).unwrap();
    let own = |number: &BigNumRef| number.to_owned().unwrap();
    let key = Rsa::from_private_components(p * q, e, d, own(p), own(q), dp, dq, qi).unwrap();
    String::from_utf8(key.private_key_to_pem().unwrap()).unwrap()
}

/// The next prime that fits an exponent of 65537.
fn prime_from(start: BigNum) -> BigNum {
    let mut context = BigNumContext::new().unwrap();
    let mut candidate = start;
    candidate.set_bit(0).unwrap();
    while !candidate.is_prime(10, &mut context).unwrap() || candidate.mod_word(65_537).unwrap() == 1
    {
        candidate.add_word(2).unwrap();
    }
    candidate
}

#[test]
pub(super) fn primes_that_lie_close_together_are_seen_in_private_keys() {
    let p = prime_from(prime(512));
    let near = |bits: i32| {
        let mut distance = BigNum::new().unwrap();
        distance.set_bit(bits).unwrap();
        prime_from(&p + &distance)
    };
    let rule = "rsa-factorable";
    assert_eq!(
        says(rule, "a.pem", &pair(&p, &near(350))),
        Some(Severity::High)
    );
    assert_eq!(
        says(rule, "a.pem", &pair(&p, &near(200))),
        Some(Severity::Critical)
    );
    assert_eq!(says(rule, "a.pem", &pair(&p, &near(500))), None);
    assert_eq!(
        says(rule, "a.pem", &pair(&p, &prime_from(prime(512)))),
        None
    );
}

/// A prime in two moduli of two files; the same modulus twice is no such thing.
#[test]
fn a_shared_prime_is_seen_in_both_and_names_the_other() {
    let (p, q, r) = (prime(512), prime(512), prime(512));
    let (one, two) = (rsa_jwk(&(&p * &q), "AQAB"), rsa_jwk(&(&p * &r), "AQAB"));
    let third = rsa_jwk(&(&prime(512) * &prime(512)), "AQAB");
    let named = |jwk: &str, kid: &str| jwk.replace('}', &format!(r#","kid":"{kid}"}}"#));
    let (one, two, third) = (
        named(&one, "one"),
        named(&two, "two"),
        named(&third, "third"),
    );
    let ring = ring_of(&[
        ("1.json", one.as_bytes()),
        ("2.json", two.as_bytes()),
        ("3.json", third.as_bytes()),
    ]);
    let audits = audit(&ring);
    let shared = |at: usize| {
        let mut findings = audits[at].findings.iter();
        findings.find(|finding| finding.rule == "rsa-factorable")
    };
    for (at, other) in [(0, "two"), (1, "one")] {
        let finding = shared(at).unwrap();
        assert_eq!(
            (finding.severity, finding.confidence),
            (Severity::Critical, Confidence::Proven)
        );
        assert!(
            finding.detail.contains(&format!("\u{201C}{other}\u{201D}")),
            "{}",
            finding.detail
        );
    }
    assert_eq!(shared(2), None);
    let again = one.replace(r#""kid":"one""#, r#""kid":"again""#);
    let ring = ring_of(&[("1.json", one.as_bytes()), ("2.json", again.as_bytes())]);
    assert!(
        audit(&ring)
            .iter()
            .all(|audit| audit.findings.iter().all(|f| f.rule != "rsa-factorable"))
    );
    // Without the one, nothing is known of the other.
    let mut ring = ring_of(&[("1.json", one.as_bytes()), ("2.json", two.as_bytes())]);
    ring.remove("one").unwrap();
    assert!(ring.get("two").unwrap().shares_prime_with.is_empty());
}

/// What the other keys tell of a key reaches the token that it verified.
#[test]
fn a_token_under_a_key_with_a_shared_prime_is_refused() {
    let (p, q, r) = (
        prime_from(prime(1024)),
        prime_from(prime(1024)),
        prime(1024),
    );
    let pem = pair(&p, &q);
    let key = PKey::private_key_from_pem(pem.as_bytes()).unwrap();
    let input = format!(
        "{}.{}",
        encode(br#"{"alg":"RS256","kid":"one"}"#),
        encode(b"{}")
    );
    let mut signer = openssl::sign::Signer::new(MessageDigest::sha256(), &key).unwrap();
    let signature = signer.sign_oneshot_to_vec(input.as_bytes()).unwrap();
    let token = format!("{input}.{}", encode(&signature));
    let one = rsa_jwk(&(&p * &q), "AQAB").replace('}', r#","kid":"one"}"#);
    let two = rsa_jwk(&(&p * &r), "AQAB");
    let alone = ring_of(&[("1.json", one.as_bytes())]);
    let both = ring_of(&[("1.json", one.as_bytes()), ("2.json", two.as_bytes())]);
    for (ring, is_refused) in [(alone, false), (both, true)] {
        let judgement = judge(&inspect(&token, &ring), None);
        let mut findings = judgement.findings.iter();
        assert_eq!(
            findings.any(|found| found.rule == "rsa-factorable"),
            is_refused
        );
        assert_eq!(reasons(&judgement).contains(&"key-not-allowed"), is_refused);
    }
}

#[test]
pub(super) fn points_off_their_curve() {
    let (x, y, _) = ec(Nid::X9_62_PRIME256V1);
    let mut off = y.clone();
    off[31] ^= 1;
    // A stripped zero, and the same key with it.
    let (short, long) = std::iter::repeat_with(|| ec(Nid::X9_62_PRIME256V1))
        .find(|(x, _, _)| x[0] == 0)
        .map(|(x, y, _)| {
            (
                ec_jwk("P-256", &x[1..], &y, ""),
                ec_jwk("P-256", &x, &y, ""),
            )
        })
        .unwrap();
    let good = ed25519("");
    let of_set = |jwk: &str| set(&[jwk, &good]);
    try_on(
        "ec-point-invalid",
        &[
            (
                &of_set(&ec_jwk("P-256", &x, &off, "")),
                Some(Severity::High),
            ),
            (&of_set(&ec_jwk("P-255", &x, &y, "")), Some(Severity::High)),
            (
                &of_set(&ec_jwk("P-256", &[0; 33], &y, "")),
                Some(Severity::High),
            ),
            (&short, Some(Severity::Low)),
            (&long, None),
            (&of_set(r#"{"kty":"PQ","crv":"P-255"}"#), None),
        ],
    );
}

#[test]
pub(super) fn points_of_small_order() {
    let okp = |crv: &str, x: &[u8]| format!(r#"{{"kty":"OKP","crv":"{crv}","x":"{}"}}"#, encode(x));
    // Nine, the base point of RFC 7748, and the prime more.
    let mut nine = [0; 32];
    nine[0] = 9;
    let mut unreduced = [0xFF; 32];
    unreduced[0] = 0xF6;
    unreduced[31] = 0x7F;
    let good = ed25519("");
    try_on(
        "okp-low-order",
        &[
            (&okp("Ed25519", &[0; 32]), Some(Severity::Critical)),
            (&okp("X25519", &[0; 32]), Some(Severity::High)),
            (&set(&[&okp("X448", &[0; 55]), &good]), Some(Severity::High)),
            (&okp("X25519", &unreduced), Some(Severity::Info)),
            (&okp("X25519", &nine), None),
            (&good, None),
            // That is for `jwk-inconsistent` to say.
            (&set(&[r#"{"kty":"OKP","crv":"X448"}"#, &good]), None),
        ],
    );
}

#[test]
pub(super) fn members_that_do_not_fit_together() {
    let (x, y, d) = ec(Nid::X9_62_PRIME256V1);
    let (_, _, other) = ec(Nid::X9_62_PRIME256V1);
    let with = |d: &[u8]| ec_jwk("P-256", &x, &y, &format!(r#","d":"{}""#, encode(d)));
    let good = ed25519("");
    try_on(
        "jwk-inconsistent",
        &[
            (&with(&other), Some(Severity::High)),
            (&with(&d), None),
            (
                &set(&[r#"{"kty":"RSA","e":"AQAB"}"#, &good]),
                Some(Severity::High),
            ),
            (&p256("").replace(r#""}"#, r#"="}"#), Some(Severity::Low)),
            // Of points another rule speaks.
            (&set(&[&ec_jwk("P-256", &x, &x, ""), &good]), None),
        ],
    );
    let torn = ring_of(&[("a.json", with(&other).as_bytes())]);
    let evidence = &audit(&torn)[0].findings[0].evidence;
    assert_eq!(evidence[0].pointer.as_deref(), Some("/d"));
    assert_eq!(
        (evidence[0].part.name(), evidence[0].range.clone()),
        ("key", 0..0)
    );
}

#[test]
pub(super) fn secrets_and_private_keys_in_published_sets() {
    let (x, y, d) = ec(Nid::X9_62_PRIME256V1);
    let private = ec_jwk("P-256", &x, &y, &format!(r#","d":"{}""#, encode(&d)));
    let secret = oct(SECRET, "");
    let critical = Some(Severity::Critical);
    for (name, expected) in [
        ("jwks.json", critical),
        ("folder/JWKS-2026.JSON", critical),
        ("https://idp.example/keys", critical),
        ("my-jwks.json", None),
        ("jwks-private.json", None),
        ("jwks.pem", None),
    ] {
        assert_eq!(
            says("jwk-private-exposed", name, &private),
            expected,
            "{name}"
        );
        assert_eq!(says("jwks-symmetric", name, &secret), expected, "{name}");
        assert_eq!(says("jwk-private-exposed", name, &p256("")), None, "{name}");
    }
    // Of a type that nobody here knows, but private all the same.
    let odd = set(&[r#"{"kty":"odd","priv":"AA"}"#, &p256("")]);
    assert_eq!(says("jwk-private-exposed", "jwks.json", &odd), critical);
    let mixed = set(&[&secret, &p256("")]);
    try_on(
        "jwks-symmetric",
        &[
            (&mixed, Some(Severity::High)),
            (&set(&[&secret, &oct(&[7; 40], "")]), None),
        ],
    );
}

#[test]
pub(super) fn names_in_sets() {
    let (a, b) = (p256(r#","kid":"a""#), p256(r#","kid":"a""#));
    try_on(
        "jwks-duplicate-kid",
        &[
            (&set(&[&a, &b]), Some(Severity::High)),
            (
                &set(&[&a, &oct(SECRET, r#","kid":"a""#)]),
                Some(Severity::Medium),
            ),
            (
                &set(&[&a, &a.replace('}', r#","use":"sig"}"#)]),
                Some(Severity::Low),
            ),
            (&set(&[&p256(""), &b]), Some(Severity::Info)),
            (&set(&[&a, &p256(r#","kid":"b""#)]), None),
            (&p256(""), None),
        ],
    );
}

#[test]
pub(super) fn published_keys() {
    // RFC 8037 appendix A.2, RFC 7515 appendix A.1, and testECCP256 of RFC 9500.
    let edwards =
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let secret = r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;
    let pem = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIObLW92AqkWunJXowVR2Z5/+yVPBaFHnEedDk5WJxk/BoAoGCCqGSM49\nAwEHoUQDQgAEQiVI+I+3gv+17KN0RFLHKh5Vj71vc75eSOkyMsxFxbFsTNEMTLjV\nuKFxOelIgsiZJXKZNCX0FBmrfpCkKklCcg==\n-----END EC PRIVATE KEY-----\n";
    try_on(
        "key-publicly-known",
        &[
            (edwards, Some(Severity::High)),
            (secret, Some(Severity::High)),
            (pem, Some(Severity::High)),
            (&ed25519(""), None),
            (&oct(SECRET, ""), None),
        ],
    );
}

#[test]
pub(super) fn what_a_key_says_that_it_is_for() {
    let medium = Some(Severity::Medium);
    try_on(
        "key-use-mismatch",
        &[
            (&p256(r#","use":"sig","key_ops":["deriveKey"]"#), medium),
            (&p256(r#","use":"enc","key_ops":["verify"]"#), medium),
            (&p256(r#","use":"enc","alg":"ES256""#), medium),
            (&p256(r#","alg":"ECDH-ES","key_ops":["verify"]"#), medium),
            (&p256(r#","key_ops":["verify","verify"]"#), medium),
            (&p256(r#","key_ops":"verify""#), Some(Severity::Low)),
            (
                &p256(r#","use":"sig","key_ops":["verify"],"alg":"ES256""#),
                None,
            ),
            (&p256(r#","use":"sig","key_ops":["sign","verify"]"#), None),
            (&p256(r#","use":"tls""#), None),
            (&p256(""), None),
        ],
    );
}

#[test]
pub(super) fn algorithms_that_a_key_cannot_do() {
    let (x, y, _) = ec(Nid::SECP521R1);
    let high = Some(Severity::High);
    try_on(
        "key-alg-mismatch",
        &[
            (&p256(r#","alg":"ES384""#), high),
            (&p256(r#","alg":"RS256""#), high),
            (&oct(SECRET, r#","alg":"A128KW""#), high),
            (&oct(SECRET, r#","alg":"A256CBC-HS512""#), high),
            (&oct(SECRET, r#","alg":"ES256""#), high),
            (
                &ec_jwk("P-521", &x, &y, r#","alg":"ES521""#),
                Some(Severity::Low),
            ),
            (&ec_jwk("P-521", &x, &y, r#","alg":"ES512""#), None),
            (&p256(r#","alg":"ECDH-ES+A256KW""#), None),
            (&ed25519(r#","alg":"EdDSA""#), None),
            (&oct(SECRET, r#","alg":"A256KW""#), None),
            (&oct(SECRET, r#","alg":"A256GCM""#), None),
            (&p256(r#","alg":"X-OWN""#), None),
        ],
    );
}

#[test]
pub(super) fn secrets_that_are_short() {
    try_on(
        "hmac-short-secret",
        &[
            (
                &oct(&SECRET[..9], r#","alg":"HS256""#),
                Some(Severity::High),
            ),
            (
                &oct(&SECRET[..16], r#","alg":"HS256""#),
                Some(Severity::Medium),
            ),
            (&oct(SECRET, r#","alg":"HS512""#), Some(Severity::Medium)),
            (&oct(SECRET, r#","alg":"HS256""#), None),
            (&oct(&SECRET[..16], r#","alg":"A128KW""#), None),
            (&oct(&SECRET[..9], ""), None),
        ],
    );
}

#[test]
pub(super) fn secrets_that_can_be_guessed() {
    let hs = r#","alg":"HS256""#;
    let medium = Some(Severity::Medium);
    let words = b"this is my very secret signing key";
    try_on(
        "hmac-weak-secret",
        &[
            (&oct(&[7; 32], hs), medium),
            (&oct(&(1..=32).collect::<Vec<_>>(), hs), medium),
            (&oct(words, ""), medium),
            (
                &oct(
                    b"https://a.example/tenants/0123456789/k7#Zq!2v@M9x^Lw$8RtB&hN*",
                    r#","kid":"https://a.example/tenants/0123456789/k7#Zq!2v@M9x^Lw$8RtB&hN*""#,
                ),
                medium,
            ),
            (
                &oct(b"0d9488f6-7f2e-4a51-9c3b-52a6e1c77b0e", hs),
                Some(Severity::Low),
            ),
            (&oct(SECRET, hs), None),
            (&oct(words, r#","alg":"PBES2-HS256+A128KW""#), None),
            // Too short in any case.
            (&oct(&[7; 31], hs), None),
        ],
    );
}

#[test]
pub(super) fn secrets_that_everybody_has() {
    let critical = Some(Severity::Critical);
    try_on(
        "hmac-empty-key",
        &[
            (&oct(b"", ""), critical),
            (&oct(&[0; 32], r#","alg":"HS256""#), critical),
            (&oct(b"undefined", ""), critical),
            (&oct(&[0; 16], r#","alg":"A128KW""#), None),
            (&oct(SECRET, ""), None),
        ],
    );
    try_on(
        "hmac-known-secret",
        &[
            (&oct(b"secret", ""), critical),
            (&oct(b"your-256-bit-secret", r#","alg":"HS256""#), critical),
            (&oct(b"secrets", ""), None),
            (&oct(SECRET, ""), None),
        ],
    );
    // One fault, one finding; and no secret in its words.
    for secret in [
        "secret",
        "a-string-secret-at-least-256-bits-long",
        "undefined",
    ] {
        let ring = ring_of(&[(
            "k.json",
            oct(secret.as_bytes(), r#","alg":"HS256""#).as_bytes(),
        )]);
        let audit = audit(&ring).remove(0);
        assert_eq!(audit.findings.len(), 1, "{:?}", audit.findings);
        let words = format!("{audit:?}")
            .replace("A publicly known secret", "")
            .replace("-secret\"", "");
        assert!(!words.contains(&format!("\u{201C}{secret}")), "{words}");
        assert!(secret.len() < 10 || !words.contains(secret), "{words}");
    }
}

#[test]
pub(super) fn certificates_of_keys() {
    let old = request("a")
        .valid(1_600_000_000, 1_700_000_000)
        .self_signed();
    let young = request("a")
        .valid(1_900_000_000, 2_000_000_000)
        .self_signed();
    let good = request("a").self_signed();
    let low = Some(Severity::Low);
    for (certificate, expected) in [(&old, low), (&young, low), (&good, None)] {
        assert_eq!(says("x5c-validity", "a.crt", &certificate.pem()), expected);
    }
    let ca = request("ca").ca().self_signed();
    let sha1 = MessageDigest::sha1();
    for (certificate, expected) in [
        (
            request("a").digest(sha1).issued_by(&ca),
            Some(Severity::Medium),
        ),
        (
            request("a").digest(sha1).self_signed(),
            Some(Severity::Info),
        ),
        (request("a").issued_by(&ca), None),
    ] {
        assert_eq!(says("x5c-identity", "a.crt", &certificate.pem()), expected);
    }
}

#[test]
fn a_private_key_made_by_openssl_is_left_alone() {
    let key: PKey<Private> = PKey::from_rsa(Rsa::generate(3072).unwrap()).unwrap();
    let pem = String::from_utf8(key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    assert_eq!(found_in("a.pem", &pem), [vec![]]);
}
