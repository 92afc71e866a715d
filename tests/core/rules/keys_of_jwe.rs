//! The rules about keys, on what is encrypted for them.

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::pkey::{Id, PKeyRef, Public};
use openssl::rsa::{Padding, RsaPrivateKeyBuilder};
use openssl::symm::{Cipher, encrypt_aead};

use super::*;

const OAEP: &str = r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#;
const ALG: &str = r#""alg":"RSA-OAEP""#;
const DIRECT: &str = r#"{"alg":"dir","enc":"A256GCM"}"#;
const ALG_DIRECT: &str = r#""alg":"dir""#;
/// Anyone can encrypt for a public key.
const OPENED: &[&str] = &["sender-unproven"];
const REFUSED: &[&str] = &["key-not-allowed"];

/// Content under this content key, as initialization vector, ciphertext and tag.
fn content(protected: &str, content_key: &[u8]) -> [String; 3] {
    let (iv, mut tag) = ([7; 12], [0; 16]);
    let cipher = Cipher::aes_256_gcm();
    let aad = encode(protected.as_bytes());
    let claims = GOOD_CLAIMS.as_bytes();
    let ciphertext = encrypt_aead(
        cipher,
        content_key,
        Some(&iv),
        aad.as_bytes(),
        claims,
        &mut tag,
    );
    [encode(&iv), encode(&ciphertext.unwrap()), encode(&tag)]
}

/// A JWE in compact form.
fn compact_jwe(header: &str, encrypted_key: &[u8], content_key: &[u8]) -> String {
    let parts = content(header, content_key).join(".");
    let protected = encode(header.as_bytes());
    format!("{protected}.{}.{parts}", encode(encrypted_key))
}

fn wrapped(key: &PKey<Private>) -> Vec<u8> {
    let rsa = key.rsa().unwrap();
    let mut encrypted = vec![0; key.size()];
    let length = rsa.public_encrypt(SECRET, &mut encrypted, Padding::PKCS1_OAEP);
    encrypted.truncate(length.unwrap());
    encrypted
}

/// A token for this key.
fn sealed(header: &str, key: &PKey<Private>) -> String {
    compact_jwe(header, &wrapped(key), SECRET)
}

/// The key with its private half, without its primes, and with these members.
fn pair(key: &PKey<Private>, members: &str) -> String {
    let d = encode(&key.rsa().unwrap().d().to_vec());
    jwk(key, &format!(r#","d":"{d}"{members}"#))
}

/// A token that this key opens, which the reviewer holds with these members.
fn opened(key: &PKey<Private>, members: &str) -> Inspection {
    inspect(&sealed(OAEP, key), &ring(&pair(key, members)))
}

/// A token under the shared secret, which the reviewer holds with these members.
fn direct(members: &str) -> Inspection {
    inspect(
        &compact_jwe(DIRECT, &[], SECRET),
        &ring(&oct(SECRET, members)),
    )
}

fn on(
    rule: &'static str,
    severity: Severity,
    inspection: Inspection,
    reasons: &'static [&'static str],
) -> Trial {
    Trial::found(rule, severity, inspection, &[ALG], reasons)
}

pub(super) fn trials() -> Vec<Trial> {
    [numbers(), purposes(), sets(), members(), points(), forms()]
        .into_iter()
        .flatten()
        .collect()
}

fn with_exponent(e: u32) -> PKey<Private> {
    let e = BigNum::from_u32(e).unwrap();
    PKey::from_rsa(Rsa::generate_with_e(2048, &e).unwrap()).unwrap()
}

/// A key whose primes are neighbours.
fn of_neighbours() -> PKey<Private> {
    let own = Rsa::generate(2048).unwrap();
    let p = own.p().unwrap();
    let mut context = BigNumContext::new().unwrap();
    let less = |number: &BigNumRef| {
        let mut less = number.to_owned().unwrap();
        less.sub_word(1).unwrap();
        less
    };
    let mut q = p.to_owned().unwrap();
    let mut d = BigNum::new().unwrap();
    loop {
        q.add_word(2).unwrap();
        if !q.is_prime(32, &mut context).unwrap() {
            continue;
        }
        let totient = &less(p) * &less(&q);
        if d.mod_inverse(own.e(), &totient, &mut context).is_ok() {
            break;
        }
    }
    let e = own.e().to_owned().unwrap();
    let key = RsaPrivateKeyBuilder::new(p * &q, e, d).unwrap().build();
    PKey::from_rsa(key).unwrap()
}

/// RSA keys whose numbers are weak.
fn numbers() -> Vec<Trial> {
    let key = rsa(2048);
    let named = r#"{"alg":"RSA-OAEP","enc":"A256GCM","kid":"a"}"#;
    let roca = format!(
        r#"{{"kty":"RSA","kid":"a","n":"{}","e":"AQAB"}}"#,
        encode(&roca_modulus().to_vec())
    );
    let public = |key: &PKey<Private>| inspect(&sealed(OAEP, key), &ring(&jwk(key, "")));
    vec![
        on(
            "rsa-small-modulus",
            Severity::High,
            opened(&rsa(1024), ""),
            &["key-too-weak"],
        ),
        on(
            "rsa-small-modulus",
            Severity::Info,
            opened(&key, ""),
            OPENED,
        ),
        Trial::spared("rsa-small-modulus", opened(&rsa(3072), ""), OPENED),
        // The public half alone opens nothing.
        Trial::spared("rsa-small-modulus", public(&rsa(1024)), &["encrypted"]),
        on(
            "rsa-bad-exponent",
            Severity::Low,
            opened(&with_exponent(3), ""),
            OPENED,
        ),
        Trial::spared("rsa-bad-exponent", opened(&key, ""), OPENED),
        on(
            "rsa-factorable",
            Severity::Critical,
            opened(&of_neighbours(), ""),
            REFUSED,
        ),
        Trial::spared("rsa-factorable", opened(&key, ""), OPENED),
        // It was meant to open the token and does not: nothing gets in.
        on(
            "rsa-roca",
            Severity::Critical,
            inspect(&sealed(named, &key), &ring(&roca)),
            &["encrypted"],
        ),
        Trial::spared("rsa-roca", opened(&key, ""), OPENED),
    ]
}

/// What a key says that it is for.
fn purposes() -> Vec<Trial> {
    let key = rsa(2048);
    let mismatch = "key-alg-mismatch";
    let used = "key-use-mismatch";
    let ec = r#"{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    let named = r#"{"alg":"RSA-OAEP","enc":"A256GCM","kid":"a"}"#;
    let mut trials = vec![
        on(
            mismatch,
            Severity::High,
            opened(&key, r#","alg":"RSA-OAEP-256""#),
            REFUSED,
        ),
        on(
            mismatch,
            Severity::High,
            opened(&key, r#","alg":"RS256""#),
            REFUSED,
        ),
        // The name of the content's algorithm is the key's only where it is used directly.
        on(
            mismatch,
            Severity::High,
            opened(&key, r#","alg":"A256GCM""#),
            REFUSED,
        ),
        Trial::spared(mismatch, opened(&key, r#","alg":"RSA-OAEP""#), OPENED),
        on(
            mismatch,
            Severity::High,
            inspect(&sealed(named, &key), &ring(ec)),
            &["encrypted"],
        ),
        Trial::spared(mismatch, direct(r#","alg":"dir""#), &[]),
        // RFC 7520 section 5.6.
        Trial::spared(mismatch, direct(r#","alg":"A256GCM""#), &[]),
    ];
    for alg in ["A256GCMKW", "A256KW", "A128GCM", "HS256"] {
        let inspection = direct(&format!(r#","alg":"{alg}""#));
        let (high, alg) = (Severity::High, &[ALG_DIRECT]);
        trials.push(Trial::found(mismatch, high, inspection, alg, REFUSED));
    }
    for members in [
        r#","use":"sig""#,
        r#","key_ops":["sign","verify"]"#,
        r#","key_ops":["encrypt","wrapKey"]"#,
        r#","key_ops":["decrypt","decrypt"]"#,
    ] {
        let inspection = opened(&key, members);
        trials.push(on(used, Severity::Medium, inspection, REFUSED));
    }
    for members in [
        r#","use":"enc""#,
        r#","key_ops":["decrypt"]"#,
        r#","key_ops":["sign","unwrapKey"]"#,
        r#","key_ops":["deriveKey"]"#,
        r#","key_ops":["deriveBits"]"#,
        "",
    ] {
        trials.push(Trial::spared(used, opened(&key, members), OPENED));
    }
    trials
}

fn sets() -> Vec<Trial> {
    let (key, other) = (rsa(2048), rsa(2048));
    let set = |keys: &[&str]| ring(&format!(r#"{{"keys":[{}]}}"#, keys.join(",")));
    let named = r#"{"alg":"RSA-OAEP","enc":"A256GCM","kid":"a"}"#;
    let kid = r#","kid":"a""#;
    let shared = compact_jwe(DIRECT, &[], SECRET);
    vec![
        Trial::found(
            "jwks-symmetric",
            Severity::High,
            inspect(&shared, &set(&[&oct(SECRET, ""), &jwk(&key, "")])),
            &[ALG_DIRECT],
            REFUSED,
        ),
        Trial::spared(
            "jwks-symmetric",
            inspect(&shared, &set(&[&oct(SECRET, ""), &oct(&[7; 40], "")])),
            &[],
        ),
        on(
            "jwks-duplicate-kid",
            Severity::High,
            inspect(
                &sealed(named, &key),
                &set(&[&pair(&key, kid), &pair(&other, kid)]),
            ),
            REFUSED,
        ),
        Trial::spared(
            "jwks-duplicate-kid",
            inspect(
                &sealed(named, &key),
                &set(&[&pair(&key, kid), &pair(&other, "")]),
            ),
            OPENED,
        ),
    ]
}

/// Private halves that belong, in part or not at all.
fn members() -> Vec<Trial> {
    let (key, other) = (rsa(2048), rsa(2048));
    let rule = "jwk-inconsistent";
    let whole = |change: &str| {
        let rsa = key.rsa().unwrap();
        let numbers = [
            ("p", rsa.p()),
            ("q", rsa.q()),
            ("dp", rsa.dmp1()),
            ("dq", rsa.dmq1()),
            ("qi", rsa.iqmp()),
        ];
        let members = numbers.map(|(name, number)| {
            let mut number = number.unwrap().to_vec();
            if name == change {
                *number.last_mut().unwrap() ^= 2;
            }
            format!(r#","{name}":"{}""#, encode(&number))
        });
        opened(&key, &members.concat())
    };
    let foreign = format!(
        r#","kid":"a","d":"{}""#,
        encode(&other.rsa().unwrap().d().to_vec())
    );
    let named = r#"{"alg":"RSA-OAEP","enc":"A256GCM","kid":"a"}"#;
    let mut trials = vec![
        Trial::spared(rule, whole(""), OPENED),
        Trial::spared(rule, opened(&key, ""), OPENED),
        // It has no private half then, and opens nothing.
        on(
            rule,
            Severity::High,
            inspect(&sealed(named, &key), &ring(&jwk(&key, &foreign))),
            &["encrypted"],
        ),
    ];
    // What follows from the primes alone is not needed to open it.
    let derived = ["dp", "dq", "qi"].map(|name| on(rule, Severity::High, whole(name), REFUSED));
    trials.extend(derived);
    trials
}

/// A token for a key on a curve, with this ephemeral key in a header that nothing protects.
fn agreed(epk: &str, keys: &KeyRing) -> Inspection {
    let protected = r#"{"alg":"ECDH-ES","enc":"A256GCM","kid":"a"}"#;
    let [iv, ciphertext, tag] = content(protected, SECRET);
    let token = format!(
        r#"{{"protected":"{}","header":{{{epk}}},"iv":"{iv}","ciphertext":"{ciphertext}","tag":"{tag}"}}"#,
        encode(protected.as_bytes())
    );
    inspect(&token, keys)
}

fn raw(key: &PKeyRef<Public>) -> String {
    encode(&key.raw_public_key().unwrap())
}

fn points() -> Vec<Trial> {
    let alg = r#""alg":"ECDH-ES""#;
    let point = |y: &str| {
        format!(
            r#""epk":{{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"{y}"}}"#
        )
    };
    let off_curve = point("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5b0");
    let on_curve = point("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    let okp = |x: &str| {
        ring(&format!(
            r#"{{"kty":"OKP","crv":"X25519","kid":"a","x":"{x}"}}"#
        ))
    };
    let honest = PKey::generate_x25519().unwrap().raw_public_key().unwrap();
    let honest = PKey::public_key_from_raw_bytes(&honest, Id::X25519).unwrap();
    let none = KeyRing::default();
    vec![
        // `jwe-epk-invalid` says it.
        Trial::spared(
            "ec-point-invalid",
            agreed(&off_curve, &none),
            &["decryption-failed", "jwe-epk-invalid"],
        ),
        Trial::spared("ec-point-invalid", agreed(&on_curve, &none), &["encrypted"]),
        Trial::found(
            "okp-low-order",
            Severity::High,
            agreed(&on_curve, &okp(&encode(&[0; 32]))),
            &[alg],
            &["jwe-epk-invalid"],
        ),
        Trial::spared(
            "okp-low-order",
            agreed(&on_curve, &okp(&raw(&honest))),
            &["jwe-epk-invalid"],
        ),
    ]
}

/// For two recipients: only about the key of the one that it was opened for is anything said, and the evidence is in the
/// header of that recipient.
fn forms() -> Vec<Trial> {
    let (first, second) = (rsa(2048), rsa(1024));
    let protected = r#"{"enc":"A256GCM"}"#;
    let [iv, ciphertext, tag] = content(protected, SECRET);
    let recipient = |key: &PKey<Private>, kid: &str| {
        format!(
            r#"{{"header":{{{ALG},"kid":"{kid}"}},"encrypted_key":"{}"}}"#,
            encode(&wrapped(key))
        )
    };
    let token = format!(
        r#"{{"protected":"{}","recipients":[{},{}],"iv":"{iv}","ciphertext":"{ciphertext}","tag":"{tag}"}}"#,
        encode(protected.as_bytes()),
        recipient(&first, "a"),
        recipient(&second, "b")
    );
    let of_second = || inspect(&token, &ring(&pair(&second, r#","kid":"b","use":"sig""#)));
    let of_first = || inspect(&token, &ring(&pair(&first, r#","kid":"a""#)));
    vec![
        on(
            "rsa-small-modulus",
            Severity::High,
            of_second(),
            &["key-too-weak", "key-not-allowed"],
        ),
        on(
            "key-use-mismatch",
            Severity::Medium,
            of_second(),
            &["key-too-weak", "key-not-allowed"],
        ),
        Trial::spared("key-use-mismatch", of_first(), OPENED),
        Trial::spared("header-type", of_first(), OPENED),
    ]
}
