//! josekit and jsonwebtoken asked about the same tokens. Where one of them answers otherwise, [`DIFFERENCES`] says why: a difference
//! that it does not explain is a fault of one of the three.

mod cases;

use std::panic::{AssertUnwindSafe, catch_unwind};

use josekit::jwk::Jwk;
use josekit::jws::{self, ES256, ES256K, ES384, ES512, EdDSA, HS256, HS384, HS512, JwsVerifier};
use josekit::jws::{PS256, PS384, PS512, RS256, RS384, RS512};
use jsonwebtoken::{DecodingKey, Validation};
use serde_json::Value;
use tokenloupe::jose::base64url::decode;
use tokenloupe::judge::VerdictOutcome;
use tokenloupe::keys::{self, KeyRing};

use crate::common::{instant, reasons, say};
use crate::way::{message, session};

/// The instant of the judgements; no claim is looked at.
const AT: &str = "2026-11-21T22:40:13Z";

/// Who is asked beside us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    Josekit,
    Jsonwebtoken,
}

/// A token, the one key, and what we say.
struct Case {
    name: String,
    token: String,
    key: Value,
    alg: String,
    accepted: bool,
    outcome: &'static str,
    reasons: Vec<&'static str>,
}

impl Case {
    fn new(name: String, token: String, key: Value) -> Self {
        let ring = keys::load("key.json", key.to_string().as_bytes()).unwrap_or_default();
        let session = session(token.as_bytes(), &KeyRing::new(ring), &message());
        let mut case = Self {
            name,
            token,
            key,
            alg: String::new(),
            accepted: false,
            outcome: "no token",
            reasons: Vec::new(),
        };
        // What is not one token is not accepted.
        if let [inspection] = &session.tokens[..] {
            let judgement = inspection.judge(&session.policy, instant(AT));
            case.accepted = judgement.verdict.outcome == VerdictOutcome::Accept;
            case.reasons = reasons(&judgement);
            if let Some(signature) = inspection.proof.signatures.first() {
                case.outcome = signature.outcome.name();
                case.alg = signature.alg.clone().unwrap_or_default();
            }
        }
        case
    }

    fn key_word(&self, name: &str) -> &str {
        self.key[name].as_str().unwrap_or_default()
    }

    /// A part as JSON, as the readers of the others take it.
    fn part(&self, index: usize) -> Option<Value> {
        let part = self.token.split('.').nth(index)?;
        serde_json::from_slice(&decode(part).bytes).ok()
    }

    /// A parameter of the header.
    fn header(&self, name: &str) -> Option<Value> {
        self.part(0)?.get(name).cloned()
    }

    fn has_text_around(&self) -> bool {
        self.token.starts_with('.') || self.token.ends_with('\n')
    }

    /// Whether a header parameter has another type than the registered one.
    fn has_odd_parameter(&self) -> bool {
        let is_odd = |name, is_right: fn(&Value) -> bool| {
            self.header(name).is_some_and(|value| !is_right(&value))
        };
        is_odd("kid", Value::is_string)
            || is_odd("typ", Value::is_string)
            || is_odd("jwk", Value::is_object)
            || self.header("x5c") == Some(serde_json::json!([7]))
    }

    /// Bits of an RSA modulus or a secret, in whole bytes.
    fn key_bits(&self) -> usize {
        let name = match self.key_word("kty") {
            "RSA" => "n",
            _ => "k",
        };
        let bytes = decode(self.key_word(name)).bytes;
        bytes.iter().skip_while(|byte| **byte == 0).count() * 8
    }

    fn is_accepted_by(&self, other: Other) -> bool {
        match other {
            Other::Josekit => {
                // It panics on some inputs.
                let asked = catch_unwind(AssertUnwindSafe(|| self.josekit().is_some()));
                asked.unwrap_or(false)
            }
            Other::Jsonwebtoken => self.jsonwebtoken().is_some(),
        }
    }

    fn josekit(&self) -> Option<()> {
        let jwk = Jwk::from_bytes(self.key.to_string()).ok()?;
        let verifier: Box<dyn JwsVerifier> = match self.alg.as_str() {
            "HS256" => Box::new(HS256.verifier_from_jwk(&jwk).ok()?),
            "HS384" => Box::new(HS384.verifier_from_jwk(&jwk).ok()?),
            "HS512" => Box::new(HS512.verifier_from_jwk(&jwk).ok()?),
            "RS256" => Box::new(RS256.verifier_from_jwk(&jwk).ok()?),
            "RS384" => Box::new(RS384.verifier_from_jwk(&jwk).ok()?),
            "RS512" => Box::new(RS512.verifier_from_jwk(&jwk).ok()?),
            "PS256" => Box::new(PS256.verifier_from_jwk(&jwk).ok()?),
            "PS384" => Box::new(PS384.verifier_from_jwk(&jwk).ok()?),
            "PS512" => Box::new(PS512.verifier_from_jwk(&jwk).ok()?),
            "ES256" => Box::new(ES256.verifier_from_jwk(&jwk).ok()?),
            "ES384" => Box::new(ES384.verifier_from_jwk(&jwk).ok()?),
            "ES512" => Box::new(ES512.verifier_from_jwk(&jwk).ok()?),
            "ES256K" => Box::new(ES256K.verifier_from_jwk(&jwk).ok()?),
            "EdDSA" => Box::new(EdDSA.verifier_from_jwk(&jwk).ok()?),
            _ => return None,
        };
        let read = jws::deserialize_compact(&self.token, &*verifier);
        read.ok().map(|_| ())
    }

    fn jsonwebtoken(&self) -> Option<()> {
        let jwk = serde_json::from_value(self.key.clone()).ok()?;
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        let header = jsonwebtoken::decode_header(&self.token).ok()?;
        let mut validation = Validation::new(header.alg);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let read = jsonwebtoken::decode::<Value>(&self.token, &key, &validation);
        read.ok().map(|_| ())
    }
}

/// Why one of them accepts what we do not, or does not accept what we do.
struct Difference {
    who: Other,
    /// What it does and we do not.
    accepts: bool,
    why: &'static str,
    /// The tokens that it is about.
    about: fn(&Case) -> bool,
}

/// Of a token that several are about, the first explains it.
const DIFFERENCES: &[Difference] = {
    use Other::{Josekit, Jsonwebtoken};
    const fn accepts(who: Other, why: &'static str, about: fn(&Case) -> bool) -> Difference {
        Difference {
            who,
            accepts: true,
            why,
            about,
        }
    }
    const fn refuses(who: Other, why: &'static str, about: fn(&Case) -> bool) -> Difference {
        Difference {
            who,
            accepts: false,
            why,
            about,
        }
    }
    &[
        refuses(
            Josekit,
            "the text is the token for it; here the token is found in the text",
            Case::has_text_around,
        ),
        refuses(
            Josekit,
            "it knows neither the names of RFC 9864 nor ML-DSA",
            |case| {
                matches!(case.alg.as_str(), "Ed25519" | "Ed448") || case.alg.starts_with("ML-DSA")
            },
        ),
        refuses(
            Josekit,
            "it reads JSON of 128 levels at most, and no number that no float holds",
            |case| case.part(0).is_none(),
        ),
        refuses(
            Josekit,
            "a header parameter of another type than the registered one is an error for it before it verifies; here the signature is checked",
            Case::has_odd_parameter,
        ),
        refuses(
            Josekit,
            "it takes b64 only where the caller said so; true is what holds without it (RFC 7797 section 3)",
            |case| case.header("b64") == Some(true.into()),
        ),
        refuses(
            Josekit,
            "a member of a key of another type than the registered one is an error for it; here it is a note beside the key",
            |case| case.key["kid"].is_number(),
        ),
        refuses(
            Josekit,
            "a key with a kid is for tokens with that kid alone; here kid says which key is meant, and others are tried",
            |case| {
                case.key["kid"].is_string() && case.header("kid") != Some(case.key["kid"].clone())
            },
        ),
        refuses(
            Josekit,
            "a use that is not registered is not sig for it; here it forbids nothing",
            |case| case.key["use"] == "x",
        ),
        refuses(
            Josekit,
            "to sign is not to verify for it; here a key that may sign has a public half that verifies",
            |case| case.key["key_ops"] == serde_json::json!(["sign"]),
        ),
        refuses(
            Josekit,
            "ES521 is no algorithm; here it is taken for the slip of the pen that it is",
            |case| case.key["alg"] == "ES521",
        ),
        accepts(
            Josekit,
            "it keeps the last of equal names and says nothing (RFC 7515 section 4 lets it, and lets us refuse)",
            |case| case.name.ends_with(" twice"),
        ),
        accepts(
            Josekit,
            "crit may be empty for it (RFC 7515 section 4.1.11: it must not)",
            |case| case.header("crit") == Some(serde_json::json!([])),
        ),
        accepts(
            Josekit,
            "b64 false that is not critical is overlooked (RFC 7797 section 6: it must be)",
            |case| case.header("b64") == Some(false.into()),
        ),
        accepts(
            Josekit,
            "it counts the bits of a modulus by the byte: 2041 are 2048",
            |case| case.reasons == ["key-too-weak"] && case.key_bits() == 2048,
        ),
        accepts(Josekit, "an exponent of 1 is good for it", |case| {
            case.key["e"] == "AQ"
        }),
        accepts(
            Josekit,
            "it asks how long a secret is, not whether everybody knows it",
            |case| case.reasons == ["publicly-known-key"],
        ),
        refuses(
            Jsonwebtoken,
            "the text is the token for it; here the token is found in the text",
            Case::has_text_around,
        ),
        refuses(
            Jsonwebtoken,
            "it has neither ES512 nor ES256K nor ML-DSA nor the names of RFC 9864, and of EdDSA only Ed25519",
            |case| {
                matches!(case.alg.as_str(), "ES512" | "ES256K" | "Ed25519" | "Ed448")
                    || case.alg.starts_with("ML-DSA")
            },
        ),
        refuses(
            Jsonwebtoken,
            "it reads JSON of 128 levels at most, and no number that no float holds",
            |case| case.part(0).is_none(),
        ),
        refuses(
            Jsonwebtoken,
            "every payload is a claims set for it; here a signed message may be anything",
            |case| !case.part(1).is_some_and(|payload| payload.is_object()),
        ),
        refuses(
            Jsonwebtoken,
            "a header parameter of another type than the registered one is an error for it before it verifies; here the signature is checked",
            Case::has_odd_parameter,
        ),
        refuses(
            Jsonwebtoken,
            "a member of a key of another type than the registered one is an error for it; here it is a note beside the key",
            |case| case.key["kid"].is_number(),
        ),
        refuses(
            Jsonwebtoken,
            "its RSA takes moduli of 4096 bits at most",
            |case| case.key_word("kty") == "RSA" && case.key_bits() > 4096,
        ),
        accepts(
            Jsonwebtoken,
            "it does not look at crit (RFC 7515 section 4.1.11: it must)",
            |case| case.header("crit").is_some(),
        ),
        accepts(
            Jsonwebtoken,
            "it does not know b64, and reads a token of unencoded payload as if it were none",
            |case| case.header("b64") == Some(false.into()),
        ),
        accepts(
            Jsonwebtoken,
            "it keeps the last of equal names that it does not know and says nothing",
            |case| case.name.ends_with("header member twice"),
        ),
        accepts(
            Jsonwebtoken,
            "it does not look at use, key_ops and alg of a key",
            |case| case.reasons == ["key-not-allowed"],
        ),
        accepts(
            Jsonwebtoken,
            "it takes secrets of any length, none included, and RSA keys of any size",
            |case| {
                let weak = ["key-too-weak", "publicly-known-key"];
                matches!(&case.reasons[..], [reason] if weak.contains(reason))
            },
        ),
    ]
};

#[test]
fn every_difference_is_explained() {
    let cases = cases::all();
    let mut unexplained = Vec::new();
    let mut used = vec![0_usize; DIFFERENCES.len()];
    let mut alike = 0;
    for case in &cases {
        for who in [Other::Josekit, Other::Jsonwebtoken] {
            let accepts = case.is_accepted_by(who);
            if accepts == case.accepted {
                alike += 1;
                continue;
            }
            let explained = DIFFERENCES.iter().position(|difference| {
                difference.who == who && difference.accepts == accepts && (difference.about)(case)
            });
            match explained {
                Some(at) => used[at] += 1,
                None => unexplained.push(format!(
                    "{who:?} {} {}: we say {} {:?}",
                    if accepts { "accepts" } else { "refuses" },
                    case.name,
                    case.outcome,
                    case.reasons
                )),
            }
        }
    }
    for (difference, count) in DIFFERENCES.iter().zip(&used) {
        let verb = if difference.accepts {
            "accepts"
        } else {
            "refuses"
        };
        println!("{count:5} {:?} {verb}: {}", difference.who, difference.why);
    }
    let (count, total) = (unexplained.len(), cases.len());
    assert!(
        count == 0,
        "{count} of {total}:\n{}",
        unexplained.join("\n")
    );
    let gone = DIFFERENCES
        .iter()
        .zip(used)
        .filter(|(_, count)| *count == 0);
    let gone: Vec<_> = gone.map(|(difference, _)| difference.why).collect();
    assert!(gone.is_empty(), "no longer so: {gone:#?}");
    say(&format!(
        "josekit and jsonwebtoken: {alike} answers like ours about {total} tokens"
    ));
}
