//! The whole way, from text to report, and tokens to send along it.

use std::sync::LazyLock;

use jiff::Timestamp;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, KeyType, PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Signer};
use serde_json::{Value, json};
use tokenloupe::find::find;
use tokenloupe::inspection::Session;
use tokenloupe::jose::base64url::encode;
use tokenloupe::judge::{Policy, ProfileChoice, ProfileName};
use tokenloupe::keys::{self, KeyRing, MlDsa};
use tokenloupe::report::{self, Options, Report};
use tokenloupe::verify::algorithm::{ALGORITHMS, find as find_algorithm};

use crate::common::instant;

/// Far in the future, as claims of tokens that are to be taken.
pub(crate) const GOOD_CLAIMS: &str = r#"{"iss":"https://a.example","aud":"b","exp":1795303600}"#;

/// The keys in some key files.
pub(crate) fn keys_of<'a>(files: impl IntoIterator<Item = &'a str>) -> KeyRing {
    KeyRing::new(
        files
            .into_iter()
            .flat_map(|file| keys::load("keys", file.as_bytes()).unwrap()),
    )
}

/// A policy that takes the payload as nobody's claims.
pub(crate) fn message() -> Policy {
    Policy {
        profile: ProfileChoice::Named(ProfileName::Jws),
        ..Policy::default()
    }
}

/// Everything that is said of the tokens in a text: found, parsed, verified, judged at `at`.
pub(crate) fn session(text: &[u8], keys: &KeyRing, policy: &Policy) -> Session {
    let mut session = Session {
        keys: keys.clone(),
        policy: policy.clone(),
        ..Session::default()
    };
    for candidate in find(text, "input") {
        session.adding().add(candidate);
    }
    session
}

/// The JSON report on the one token in a text, as other programs read it.
#[track_caller]
pub(crate) fn report_at(
    text: impl AsRef<[u8]>,
    keys: &KeyRing,
    policy: &Policy,
    at: Timestamp,
) -> Value {
    let session = session(text.as_ref(), keys, policy);
    let mut out = Vec::new();
    report::json(&Report::new(&session, at, Options::default()), &mut out).unwrap();
    let mut report: Value = serde_json::from_slice(&out).unwrap();
    let tokens = report["tokens"].as_array_mut().unwrap();
    assert_eq!(tokens.len(), 1, "one token expected");
    tokens.remove(0)
}

/// [`report_at`] 2026-11-21T22:40:13Z.
#[track_caller]
pub(crate) fn report(text: impl AsRef<[u8]>, keys: &KeyRing, policy: &Policy) -> Value {
    report_at(text, keys, policy, instant("2026-11-21T22:40:13Z"))
}

/// The text report on the tokens in a text.
pub(crate) fn report_text(text: impl AsRef<[u8]>, keys: &KeyRing, policy: &Policy) -> String {
    let session = session(text.as_ref(), keys, policy);
    let at = instant("2026-11-21T22:40:13Z");
    let mut out = Vec::new();
    report::text(&Report::new(&session, at, Options::default()), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The signature's outcome in a report.
pub(crate) fn outcome(report: &Value) -> &str {
    report["signatures"][0]["outcome"].as_str().unwrap()
}

/// The verdict in a report, and its reasons.
pub(crate) fn verdict(report: &Value) -> (&str, Vec<&str>) {
    let reasons = report["verdict"]["reasons"].as_array().unwrap();
    (
        report["verdict"]["outcome"].as_str().unwrap(),
        reasons
            .iter()
            .map(|reason| reason.as_str().unwrap())
            .collect(),
    )
}

/// The rules that found something, with their severities.
pub(crate) fn findings(report: &Value) -> Vec<(&str, &str)> {
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| {
            (
                finding["rule"].as_str().unwrap(),
                finding["severity"].as_str().unwrap(),
            )
        })
        .collect()
}

/// A key that signs.
#[derive(Clone)]
pub(crate) enum Secret {
    Shared(Vec<u8>),
    Pair(PKey<Private>),
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A fresh key for an algorithm, of a length that nobody objects to.
    pub(crate) fn fresh(alg: &str) -> Self {
        let curve = |nid| {
            let group = EcGroup::from_curve_name(nid).unwrap();
            PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
        };
        let pair = match alg {
            "HS256" | "HS384" | "HS512" => {
                let mut secret = vec![0; 64];
                openssl::rand::rand_bytes(&mut secret).unwrap();
                return Self::Shared(secret);
            }
            "ES256" => curve(Nid::X9_62_PRIME256V1),
            "ES384" => curve(Nid::SECP384R1),
            "ES512" => curve(Nid::SECP521R1),
            "ES256K" => curve(Nid::SECP256K1),
            "EdDSA" | "Ed25519" => PKey::generate_ed25519().unwrap(),
            "Ed448" => PKey::generate_ed448().unwrap(),
            _ if MlDsa::named(alg).is_some() => {
                let mut seed = [0; 32];
                openssl::rand::rand_bytes(&mut seed).unwrap();
                of_seed(MlDsa::named(alg).unwrap(), seed)
            }
            _ => PKey::from_rsa(Rsa::generate(3072).unwrap()).unwrap(),
        };
        Self::Pair(pair)
    }

    /// The key that a verifier needs, as a JWK with more members.
    pub(crate) fn jwk(&self, members: &Value) -> Value {
        let mut jwk = match self {
            Self::Shared(secret) => json!({"kty": "oct", "k": encode(secret)}),
            Self::Pair(pair) if set_of(pair).is_some() => {
                let pub_ = encode(&pair.raw_public_key().unwrap());
                json!({"kty": "AKP", "alg": set_of(pair).unwrap().name(), "pub": pub_})
            }
            Self::Pair(pair) => match pair.id() {
                Id::RSA => {
                    let rsa = pair.rsa().unwrap();
                    json!({"kty": "RSA", "n": encode(&rsa.n().to_vec()), "e": encode(&rsa.e().to_vec())})
                }
                Id::EC => {
                    let key = pair.ec_key().unwrap();
                    let (crv, length) = match key.group().curve_name().unwrap() {
                        Nid::X9_62_PRIME256V1 => ("P-256", 32),
                        Nid::SECP384R1 => ("P-384", 48),
                        Nid::SECP521R1 => ("P-521", 66),
                        _ => ("secp256k1", 32),
                    };
                    let mut context = openssl::bn::BigNumContext::new().unwrap();
                    let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
                    key.public_key()
                        .affine_coordinates(key.group(), &mut x, &mut y, &mut context)
                        .unwrap();
                    let text = |number: BigNum| encode(&number.to_vec_padded(length).unwrap());
                    json!({"kty": "EC", "crv": crv, "x": text(x), "y": text(y)})
                }
                id => {
                    let crv = if id == Id::ED25519 {
                        "Ed25519"
                    } else {
                        "Ed448"
                    };
                    let x = encode(&pair.raw_public_key().unwrap());
                    json!({"kty": "OKP", "crv": crv, "x": x})
                }
            },
        };
        for (name, value) in members.as_object().unwrap() {
            jwk[name] = value.clone();
        }
        jwk
    }

    /// A ring of this key alone.
    pub(crate) fn ring(&self) -> KeyRing {
        keys_of([self.jwk(&json!({})).to_string().as_str()])
    }

    /// The signature over `message`, in the form of JWS.
    pub(crate) fn sign(&self, alg: &str, message: &[u8]) -> Vec<u8> {
        let digest = match alg.get(2..) {
            Some("384") => MessageDigest::sha384(),
            Some("512") => MessageDigest::sha512(),
            _ => MessageDigest::sha256(),
        };
        let pair = match self {
            Self::Shared(secret) => return hmac(alg, secret, message),
            Self::Pair(pair) => pair,
        };
        if alg.starts_with("Ed") || set_of(pair).is_some() {
            let mut signer = Signer::new_without_digest(pair).unwrap();
            return signer.sign_oneshot_to_vec(message).unwrap();
        }
        let mut signer = Signer::new(digest, pair).unwrap();
        if alg.starts_with("PS") {
            signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
            signer.set_rsa_mgf1_md(digest).unwrap();
            signer
                .set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)
                .unwrap();
        }
        let signature = signer.sign_oneshot_to_vec(message).unwrap();
        if !alg.starts_with("ES") {
            return signature;
        }
        let length = match alg {
            "ES384" => 48,
            "ES512" => 66,
            _ => 32,
        };
        let pair = EcdsaSig::from_der(&signature).unwrap();
        [pair.r(), pair.s()]
            .map(|number| number.to_vec_padded(length).unwrap())
            .concat()
    }

    /// A token of this header and payload.
    pub(crate) fn token(&self, alg: &str, header: &str, payload: impl AsRef<[u8]>) -> String {
        let input = format!("{}.{}", encode(header.as_bytes()), encode(payload.as_ref()));
        let signature = self.sign(alg, input.as_bytes());
        format!("{input}.{}", encode(&signature))
    }

    /// A token whose header says the algorithm and no more.
    pub(crate) fn plain_token(&self, alg: &str, payload: impl AsRef<[u8]>) -> String {
        self.token(alg, &format!(r#"{{"alg":"{alg}"}}"#), payload)
    }
}

/// The parameter set of a key of ML-DSA.
fn set_of(key: &PKey<Private>) -> Option<MlDsa> {
    [
        (MlDsa::MlDsa44, KeyType::ML_DSA_44),
        (MlDsa::MlDsa65, KeyType::ML_DSA_65),
        (MlDsa::MlDsa87, KeyType::ML_DSA_87),
    ]
    .into_iter()
    .find(|(_, name)| key.is_a(*name))
    .map(|(set, _)| set)
}

/// The key of a seed, through PKCS#8 with the seed alone (RFC 9881 section 6).
pub(crate) fn of_seed(set: MlDsa, seed: [u8; 32]) -> PKey<Private> {
    let arc = match set {
        MlDsa::MlDsa44 => 17,
        MlDsa::MlDsa65 => 18,
        MlDsa::MlDsa87 => 19,
    };
    let mut der = b"\x30\x34\x02\x01\x00\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03".to_vec();
    der.push(arc);
    der.extend_from_slice(b"\x04\x22\x80\x20");
    der.extend_from_slice(&seed);
    PKey::private_key_from_pkcs8(&der).unwrap()
}

fn hmac(alg: &str, secret: &[u8], message: &[u8]) -> Vec<u8> {
    use hmac::{Hmac, KeyInit, Mac};
    fn mac<M: Mac + KeyInit>(secret: &[u8], message: &[u8]) -> Vec<u8> {
        let mac = <M as KeyInit>::new_from_slice(secret).unwrap();
        mac.chain_update(message).finalize().into_bytes().to_vec()
    }
    match alg {
        "HS384" => mac::<Hmac<sha2::Sha384>>(secret, message),
        "HS512" => mac::<Hmac<sha2::Sha512>>(secret, message),
        _ => mac::<Hmac<sha2::Sha256>>(secret, message),
    }
}

/// Every algorithm that OpenSSL can do, with a key of its own. RSA keys take long to make: one serves all.
pub(crate) static KEYS: LazyLock<Vec<(&'static str, Secret)>> = LazyLock::new(|| {
    let rsa = Secret::fresh("RS256");
    let names = ALGORITHMS.iter().map(|algorithm| algorithm.name);
    names
        .filter(|name| find_algorithm(name).is_some())
        .map(|alg| match alg {
            "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => (alg, rsa.clone()),
            _ => (alg, Secret::fresh(alg)),
        })
        .collect()
});

/// The key of [`KEYS`] for an algorithm.
pub(crate) fn key(alg: &str) -> &'static Secret {
    let (_, key) = KEYS.iter().find(|(name, _)| *name == alg).unwrap();
    key
}
