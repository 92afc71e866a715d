//! Algorithm, signature and secrets.

use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use tokenloupe::keys::MlDsa;

use super::*;

/// An ES256 key: its JWK, and a token that it signed, with the signature raw and in DER.
fn es256(claims: &str) -> (String, String, String) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = EcKey::generate(&group).unwrap();
    let mut context = openssl::bn::BigNumContext::new().unwrap();
    let (mut x, mut y) = (
        openssl::bn::BigNum::new().unwrap(),
        openssl::bn::BigNum::new().unwrap(),
    );
    key.public_key()
        .affine_coordinates(&group, &mut x, &mut y, &mut context)
        .unwrap();
    let jwk = format!(
        r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#,
        encode(&x.to_vec_padded(32).unwrap()),
        encode(&y.to_vec_padded(32).unwrap())
    );
    let header = r#"{"alg":"ES256"}"#;
    let input = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(claims.as_bytes())
    );
    let signature = EcdsaSig::sign(&openssl::sha::sha256(input.as_bytes()), &key).unwrap();
    let raw = [
        signature.r().to_vec_padded(32).unwrap(),
        signature.s().to_vec_padded(32).unwrap(),
    ]
    .concat();
    let der = signature.to_der().unwrap();
    (
        jwk,
        format!("{input}.{}", encode(&raw)),
        format!("{input}.{}", encode(&der)),
    )
}

fn last_part(inspection: &Inspection) -> String {
    let (_, last) = inspection.token.text().rsplit_once('.').unwrap();
    last.to_owned()
}

/// A finding that rests on the whole signature.
fn on_signature(
    rule: &'static str,
    severity: Severity,
    inspection: Inspection,
    reasons: &'static [&'static str],
) -> Trial {
    let signature = last_part(&inspection);
    Trial::found(rule, severity, inspection, &[&signature], reasons)
}

/// An HS256 token under this secret, which the reviewer holds.
fn under(secret: &[u8], header: &str, claims: &str) -> Inspection {
    inspect(&hmac(header, claims, secret), &ring(&oct(secret, "")))
}

pub(super) fn trials() -> Vec<Trial> {
    [algorithms(), signatures(), secrets()]
        .into_iter()
        .flatten()
        .collect()
}

fn algorithms() -> Vec<Trial> {
    let none = r#"{"alg":"none"}"#;
    let emulated = r#"{"iss":"https://securetoken.google.com/demo","aud":"demo","exp":1795340000}"#;
    let ml_dsa = |bytes: usize| unsigned(r#"{"alg":"ML-DSA-44"}"#, GOOD_CLAIMS, &vec![1; bytes]);
    let unchecked: &'static [&'static str] = if MlDsa::is_available() {
        &["no-key"]
    } else {
        &["unsupported-algorithm"]
    };
    let unknown = |alg: &str| unsigned(&format!(r#"{{"alg":"{alg}"}}"#), GOOD_CLAIMS, &[1; 32]);
    vec![
        Trial::found(
            "alg-none",
            Severity::Critical,
            unsigned(none, GOOD_CLAIMS, b""),
            &[r#""alg":"none""#],
            &["unsecured"],
        ),
        Trial::found(
            "alg-none",
            Severity::Critical,
            unsigned(none, GOOD_CLAIMS, b"x"),
            &[r#""alg":"none""#, "eA"],
            &["unsecured"],
        ),
        Trial::found(
            "alg-none",
            Severity::Info,
            unsigned(none, emulated, b""),
            &[r#""alg":"none""#],
            &["unsecured"],
        ),
        Trial::spared(
            "alg-none",
            signed(r#"{"alg":"HS256","x":"none"}"#, GOOD_CLAIMS),
            &[],
        ),
        Trial::found(
            "alg-none-variant",
            Severity::Critical,
            unknown("nOnE "),
            &[r#""alg":"nOnE ""#],
            &["unsecured"],
        ),
        Trial::spared(
            "alg-none-variant",
            unknown("nones"),
            &["unsupported-algorithm"],
        ),
        Trial::found(
            "alg-unregistered",
            Severity::High,
            unknown("HS255"),
            &[r#""alg":"HS255""#],
            &["unsupported-algorithm"],
        ),
        Trial::found(
            "alg-unregistered",
            Severity::High,
            unknown("A128KW"),
            &[r#""alg":"A128KW""#],
            &["unsupported-algorithm"],
        ),
        Trial::found(
            "alg-unregistered",
            Severity::High,
            unknown("A128GCM"),
            &[r#""alg":"A128GCM""#],
            &["unsupported-algorithm"],
        ),
        Trial::found(
            "alg-unregistered",
            Severity::Medium,
            diagnosed(unknown("hs256"), "sibling-alg-verifies"),
            &[r#""alg":"hs256""#],
            &["unsupported-algorithm"],
        ),
        Trial::found(
            "alg-unregistered",
            Severity::High,
            unsigned(r#"{"typ":"JWT"}"#, GOOD_CLAIMS, &[1; 32]),
            &[r#"{"typ":"JWT"}"#],
            &["malformed"],
        ),
        Trial::found(
            "alg-unregistered",
            Severity::High,
            unsigned(r#"{"alg":["HS256"]}"#, GOOD_CLAIMS, &[1; 32]),
            &[r#""alg":["HS256"]"#],
            &["malformed"],
        ),
        Trial::spared(
            "alg-unregistered",
            unknown("https://a.example/alg/1"),
            &["unsupported-algorithm"],
        ),
        Trial::spared("alg-unregistered", ml_dsa(2420), unchecked),
        Trial::spared("alg-unregistered", unknown("HS1"), &["alg-prohibited"]),
        Trial::found(
            "alg-prohibited",
            Severity::High,
            unknown("HS1"),
            &[r#""alg":"HS1""#],
            &["alg-prohibited"],
        ),
        Trial::found(
            "alg-prohibited",
            Severity::High,
            unknown("HS256/64"),
            &[r#""alg":"HS256/64""#],
            &["alg-prohibited"],
        ),
        Trial::spared(
            "alg-prohibited",
            unknown("HS255/64"),
            &["unsupported-algorithm"],
        ),
        on_signature(
            "sig-length",
            Severity::High,
            ml_dsa(2419),
            &["signature-invalid"],
        ),
        Trial::spared("sig-length", ml_dsa(2420), unchecked),
    ]
}

/// The order of Ed25519, and the largest S that is below it; little-endian.
fn ed25519_signature(is_beyond: bool) -> Vec<u8> {
    let mut order = vec![
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14,
    ];
    order.extend([0; 15]);
    order.push(0x10);
    if !is_beyond {
        order[0] -= 1;
    }
    [vec![1; 32], order].concat()
}

fn signatures() -> Vec<Trial> {
    let with = |alg: &str, signature: &[u8]| {
        unsigned(&format!(r#"{{"alg":"{alg}"}}"#), GOOD_CLAIMS, signature)
    };
    let good = hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, SECRET);
    let (input, _) = good.rsplit_once('.').unwrap();
    let keys = ring(&oct(SECRET, ""));
    let cut = format!("{input}.{}", encode(&[1; 31]));
    let (jwk, raw, der) = es256(GOOD_CLAIMS);
    let (other, _, _) = es256(GOOD_CLAIMS);
    let mut sequence = [0x30; 64];
    sequence[1] = 62;
    let high_s = [[1; 32], [0xC0; 32]].concat();
    let graph = r#"{"iss":"https://sts.windows.net/x/","aud":"b","exp":1795340000}"#;
    let forged = |header: &str, claims: &str| {
        inspect(
            &hmac(header, claims, b"another secret, long enough for HS256"),
            &keys,
        )
    };
    vec![
        Trial::found(
            "sig-empty",
            Severity::Critical,
            inspect(&format!("{input}."), &keys),
            &[""],
            &["signature-invalid"],
        ),
        Trial::found(
            "sig-empty",
            Severity::Critical,
            inspect(input, &keys),
            &[""],
            &["malformed", "signature-invalid"],
        ),
        Trial::spared(
            "sig-empty",
            inspect(&compact(r#"{"alg":"HS256"}"#, "", &[1; 32]), &keys),
            &["detached-payload-missing"],
        ),
        on_signature(
            "sig-length",
            Severity::High,
            inspect(&cut, &keys),
            &["signature-invalid"],
        ),
        on_signature(
            "sig-length",
            Severity::High,
            with("EdDSA", &[1; 65]),
            &["signature-invalid"],
        ),
        on_signature(
            "sig-length",
            Severity::High,
            with("RS256", &[1; 100]),
            &["no-key"],
        ),
        on_signature(
            "sig-length",
            Severity::High,
            with("PS256", &[1; 259]),
            &["no-key"],
        ),
        Trial::spared("sig-length", with("RS256", &[1; 256]), &["no-key"]),
        Trial::spared("sig-length", with("RS256", &[1; 128]), &["no-key"]),
        Trial::spared(
            "sig-length",
            inspect(&der, &ring(&jwk)),
            &["signature-invalid"],
        ),
        on_signature(
            "sig-der",
            Severity::Medium,
            inspect(&der, &ring(&jwk)),
            &["signature-invalid"],
        ),
        on_signature(
            "sig-der",
            Severity::Medium,
            inspect(&der, &ring(&other)),
            &["signature-invalid"],
        ),
        on_signature(
            "sig-der",
            Severity::Medium,
            inspect(&der, &KeyRing::default()),
            &["signature-invalid"],
        ),
        Trial::spared("sig-der", inspect(&raw, &ring(&jwk)), &[]),
        Trial::spared("sig-der", with("ES256", &sequence), &["no-key"]),
        on_signature(
            "sig-psychic",
            Severity::Critical,
            with("ES256", &[0; 64]),
            &["signature-invalid"],
        ),
        on_signature(
            "sig-psychic",
            Severity::Critical,
            with("ES256", &[0xFF; 64]),
            &["signature-invalid"],
        ),
        Trial::spared("sig-psychic", with("ES256", &[1; 64]), &["no-key"]),
        on_signature(
            "sig-malleable",
            Severity::Medium,
            with("EdDSA", &ed25519_signature(true)),
            &["signature-invalid"],
        ),
        on_signature(
            "sig-malleable",
            Severity::Medium,
            with("Ed25519", &ed25519_signature(true)),
            &["signature-invalid"],
        ),
        on_signature(
            "sig-malleable",
            Severity::Medium,
            with("Ed448", &[0x3F; 114]),
            &["signature-invalid"],
        ),
        on_signature(
            "sig-malleable",
            Severity::Info,
            with("ES256K", &high_s),
            &["no-key"],
        ),
        Trial::spared(
            "sig-malleable",
            with("EdDSA", &ed25519_signature(false)),
            &["no-key"],
        ),
        Trial::spared("sig-malleable", with("ES256", &high_s), &["no-key"]),
        on_signature(
            "sig-invalid",
            Severity::High,
            forged(r#"{"alg":"HS256"}"#, GOOD_CLAIMS),
            &["signature-invalid"],
        ),
        Trial::found(
            "sig-invalid",
            Severity::Info,
            forged(r#"{"alg":"HS256","kid":"a","nonce":"n"}"#, graph),
            &[r#""nonce":"n""#],
            &["no-key-verifies"],
        ),
        Trial::spared(
            "sig-invalid",
            forged(r#"{"alg":"HS256","kid":"a"}"#, GOOD_CLAIMS),
            &["no-key-verifies"],
        ),
    ]
}

fn secrets() -> Vec<Trial> {
    let header = r#"{"alg":"HS256"}"#;
    let unheld = |secret: &[u8]| inspect(&hmac(header, GOOD_CLAIMS, secret), &KeyRing::default());
    let key = rsa(2048);
    let named = r#"{"alg":"HS256","kid":"a"}"#;
    let confused = diagnosed(unheld(SECRET), "hmac-key-confusion");
    let signature = last_part(&confused);
    let told = r#"{"iss":"https://accounts.a.example/tenants/1","exp":1795340000}"#;
    vec![
        Trial::found(
            "hmac-key-confusion",
            Severity::Critical,
            confused,
            &[r#""alg":"HS256""#, &signature],
            &["key-not-allowed"],
        ),
        Trial::spared("hmac-key-confusion", unheld(SECRET), &["no-key"]),
        on_signature(
            "hmac-empty-key",
            Severity::Critical,
            unheld(&[0; 48]),
            &["publicly-known-key"],
        ),
        Trial::spared("hmac-empty-key", unheld(&[1]), &["no-key"]),
        on_signature(
            "hmac-known-secret",
            Severity::Critical,
            unheld(b"changeme"),
            &["publicly-known-key"],
        ),
        Trial::spared("hmac-known-secret", unheld(b"change me"), &["no-key"]),
        on_signature(
            "hmac-short-secret",
            Severity::High,
            under(&SECRET[..15], header, GOOD_CLAIMS),
            &["key-too-weak"],
        ),
        on_signature(
            "hmac-short-secret",
            Severity::Medium,
            under(&SECRET[..16], header, GOOD_CLAIMS),
            &["key-too-weak"],
        ),
        Trial::spared("hmac-short-secret", under(SECRET, header, GOOD_CLAIMS), &[]),
        on_signature(
            "hmac-weak-secret",
            Severity::Medium,
            under(&[7; 32], header, GOOD_CLAIMS),
            &[],
        ),
        on_signature(
            "hmac-weak-secret",
            Severity::Medium,
            under(b"this is our very secret signing key", header, GOOD_CLAIMS),
            &[],
        ),
        on_signature(
            "hmac-weak-secret",
            Severity::Medium,
            under(b"https://accounts.a.example/tenants/1", header, told),
            &[],
        ),
        on_signature(
            "hmac-weak-secret",
            Severity::Low,
            under(b"0d9488f6-7f2e-4a51-9c3b-52a6e1c77b0e", header, GOOD_CLAIMS),
            &[],
        ),
        on_signature(
            "hmac-weak-secret",
            Severity::Info,
            under(
                b"9c41d07e33a815fb620dc9845aee279013b648f17d02ac69",
                header,
                GOOD_CLAIMS,
            ),
            &[],
        ),
        Trial::spared("hmac-weak-secret", under(SECRET, header, GOOD_CLAIMS), &[]),
        Trial::spared(
            "hmac-weak-secret",
            under(
                b"a-string-secret-at-least-256-bits-long",
                header,
                GOOD_CLAIMS,
            ),
            &["publicly-known-key"],
        ),
        Trial::found(
            "hmac-with-asymmetric-issuer",
            Severity::High,
            inspect(
                &hmac(named, GOOD_CLAIMS, SECRET),
                &ring(&jwk(&key, r#","kid":"a""#)),
            ),
            &[r#""alg":"HS256""#, r#""kid":"a""#],
            &["key-not-allowed"],
        ),
        Trial::spared(
            "hmac-with-asymmetric-issuer",
            diagnosed(
                inspect(
                    &hmac(named, GOOD_CLAIMS, SECRET),
                    &ring(&jwk(&key, r#","kid":"a""#)),
                ),
                "hmac-key-confusion",
            ),
            &["key-not-allowed"],
        ),
        Trial::spared(
            "hmac-with-asymmetric-issuer",
            inspect(
                &hmac(named, GOOD_CLAIMS, SECRET),
                &ring(&oct(SECRET, r#","kid":"a""#)),
            ),
            &[],
        ),
    ]
}

#[test]
fn a_der_signature_says_whether_it_verifies_once_converted() {
    let (jwk, _, der) = es256(GOOD_CLAIMS);
    let (other, _, _) = es256(GOOD_CLAIMS);
    for (keys, words) in [
        (ring(&jwk), "Once converted it verifies with"),
        (ring(&other), "does not verify with"),
        (KeyRing::default(), "was not tried"),
    ] {
        let judgement = judge(&inspect(&der, &keys), None);
        let finding = judgement
            .findings
            .iter()
            .find(|finding| finding.rule == "sig-der")
            .unwrap();
        assert!(finding.detail.contains(words), "{}", finding.detail);
    }
}

/// It is looked for only where none of the loaded keys verifies, or one that gives the same MAC.
#[test]
fn a_known_secret_counts_however_it_is_loaded() {
    let known = |secret: &[u8], loaded: &[u8]| {
        let keys = format!(
            r#"{{"keys":[{},{}]}}"#,
            oct(SECRET, r#","kid":"other""#),
            oct(loaded, "")
        );
        let token = hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, secret);
        let inspection = inspect(&token, &ring(&keys));
        let signature = inspection.proof.signatures.first().unwrap();
        let used = signature.key.as_ref().unwrap();
        (used.known.is_some(), signature.tried.len())
    };
    assert_eq!(known(b"secret", b"secret"), (true, 0));
    assert_eq!(known(b"secret", b"secret\0\0"), (true, 0));
    assert_eq!(known(b"secret\0", b"secret"), (true, 0));
    assert_eq!(known(b"null", SECRET), (true, 0));
    assert_eq!(known(b"", &[0; 5]), (true, 0));
    assert_eq!(known(b"secret\x01", b"secret\x01"), (false, 2));
    // Behind more zeros than the block of the hash is long, it is another secret.
    let long = [b"secret".as_slice(), &[0; 64]].concat();
    assert_eq!(known(&long, &long), (false, 2));
}
