//! JWK (RFC 7517), with the key types of RFC 7518 section 6, RFC 8037, RFC 8812 and RFC 9964.
//!
//! Read with our own JSON reader, which knows duplicates and never stops at a descriptive member of a wrong
//! type: only what the key is made of can make it unusable.

use std::collections::HashMap;

use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private, Public};
use zeroize::Zeroizing;

use super::certified::certified;
use crate::jose::base64url::{self, EncodingFaultKind};
use crate::jose::json::{Json, Value};
use crate::keys::akp::{self, MlDsa};
use crate::keys::key::quoted;
use crate::keys::pair::{self, Half, RsaNumbers};
use crate::keys::public::{self, PublicKey};
use crate::keys::{
    Curve, Further, Holds, Inconsistency, Key, KeyFault, KeyKind, KeyNote, Material, Members,
    OkpCurve, Secret,
};

const EC_CURVES: &[Curve] = &[Curve::P256, Curve::P384, Curve::P521, Curve::Secp256k1];
const OKP_CURVES: &[OkpCurve] = &[
    OkpCurve::Ed25519,
    OkpCurve::Ed448,
    OkpCurve::X25519,
    OkpCurve::X448,
];

/// A JWK as a key, unusable or not. `ordinal` is its place in `source`, from 1.
pub fn from_jwk(json: &Json, source: &str, ordinal: usize) -> Key {
    let mut key = Key::blank(source, ordinal, "JWK");
    if json.object().is_none() {
        key.fault = Some(KeyFault::NotAnObject { found: json.kind() });
        return key;
    }
    key.members = members(json);
    let mut reader = Reader {
        json,
        notes: &mut key.members.notes,
    };
    match reader.material() {
        Ok(Loaded::Secret(secret)) => {
            key.holds = Holds::Symmetric;
            key.kind = KeyKind::Oct {
                bytes: secret.bytes().len(),
            };
            key.material = Material::Symmetric {
                secret,
                readings: Vec::new(),
            };
        }
        Ok(Loaded::Public(public)) => {
            if key.members.private().next().is_some() {
                key.holds = Holds::Private;
            }
            certified(json, &mut key, &public);
            key.set_public(Ok(public));
        }
        Err(fault) => key.fault = Some(fault),
    }
    key
}

/// What says what the key is for. Members of a wrong type are noted and passed over.
fn members(json: &Json) -> Members {
    let mut notes = Vec::new();
    let mut names = Vec::new();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for member in json.object().unwrap_or_default() {
        names.push(member.name.clone());
        let count = uses.entry(&member.name).or_default();
        *count = count.saturating_add(1);
        if *count == 2 {
            notes.push(KeyNote::Duplicate {
                name: member.name.clone(),
            });
        }
    }
    let mut text = |name| {
        let value = json.get(name)?;
        if value.str().is_none() {
            notes.push(KeyNote::Ignored {
                name,
                expected: "a string",
                found: with_article(value),
            });
        }
        value.str().map(str::to_owned)
    };
    let plain = |name| json.get(name).and_then(Json::str).map(str::to_owned);
    let (kty, crv) = (plain("kty"), plain("crv"));
    Members {
        kty,
        crv,
        kid: text("kid"),
        use_: text("use"),
        alg: text("alg"),
        x5t: text("x5t"),
        x5t_s256: text("x5t#S256"),
        key_ops: key_ops(json, &mut notes),
        further: Further::all(json),
        names,
        notes,
    }
}

fn key_ops(json: &Json, notes: &mut Vec<KeyNote>) -> Vec<String> {
    let Some(value) = json.get("key_ops") else {
        return Vec::new();
    };
    let operations = value.array().unwrap_or_default();
    let other = if value.array().is_none() {
        Some(value)
    } else {
        operations
            .iter()
            .find(|operation| operation.str().is_none())
    };
    if let Some(other) = other {
        notes.push(KeyNote::Ignored {
            name: "key_ops",
            expected: "an array of strings",
            found: with_article(other),
        });
    }
    operations
        .iter()
        .filter_map(Json::str)
        .map(str::to_owned)
        .collect()
}

enum Loaded {
    Public(PublicKey),
    Secret(Secret),
}

/// A private number, overwritten when it is dropped.
struct SecretNumber(BigNum);

impl SecretNumber {
    fn new(bytes: &[u8]) -> Result<Self, ErrorStack> {
        BigNum::from_slice(bytes).map(Self)
    }
}

impl Drop for SecretNumber {
    fn drop(&mut self) {
        self.0.clear();
    }
}

/// Reads the members that a key is made of.
struct Reader<'a> {
    json: &'a Json,
    notes: &'a mut Vec<KeyNote>,
}

impl Reader<'_> {
    fn material(&mut self) -> Result<Loaded, KeyFault> {
        match self.text("kty")? {
            "AKP" => {
                let alg = self.text("alg")?;
                let set = MlDsa::named(alg);
                let set = set.ok_or_else(|| {
                    KeyFault::UnknownType(format!("AKP for the algorithm {}", quoted(alg)))
                })?;
                let mut public = akp::public(set, &self.bytes("pub")?)?;
                if let Some(seed) = self.private("priv") {
                    public.private = self.half(akp::private(set, &public.key, &seed));
                }
                Ok(Loaded::Public(public))
            }
            "EC" => {
                let curve = self.curve(EC_CURVES, Curve::name)?;
                let x = self.coordinate("x", curve)?;
                let y = self.coordinate("y", curve)?;
                let mut public = public::ec(curve, &x, &y)?;
                if let Some(d) = self.private("d") {
                    public.private = self.half(pair::ec(curve, &public.key, &d));
                }
                Ok(Loaded::Public(public))
            }
            "OKP" => {
                let curve = self.curve(OKP_CURVES, OkpCurve::name)?;
                let x = self.bytes("x")?;
                let mut public = public::okp(curve, &x)?;
                if let Some(d) = self.private("d") {
                    public.private = self.half(pair::okp(curve, &public.key, &d));
                }
                Ok(Loaded::Public(public))
            }
            "RSA" => {
                let n = self.number("n")?;
                let e = self.number("e")?;
                let mut public = public::rsa(&n, &e)?;
                public.private = self.rsa_private(&public.key)?;
                Ok(Loaded::Public(public))
            }
            // An empty secret is one: there are signers that use it.
            "oct" => Ok(Loaded::Secret(Secret::new(std::mem::take(
                &mut *self.bytes("k")?,
            )))),
            other => Err(KeyFault::UnknownType(quoted(other))),
        }
    }

    /// The private half of an RSA key, when it has one that belongs to it.
    fn rsa_private(&mut self, public: &PKey<Public>) -> Result<Option<PKey<Private>>, KeyFault> {
        // RFC 7518 section 6.3.2: with any of the others, all must be there, but for those of further primes.
        const OTHERS: [&str; 5] = ["p", "q", "dp", "dq", "qi"];
        let is_there = |name: &str| self.json.get(name).is_some();
        if OTHERS.iter().any(|name| is_there(name)) {
            let missing: Vec<_> = std::iter::once("d")
                .chain(OTHERS)
                .filter(|name| !is_there(name))
                .map(|name| Inconsistency::Missing { name })
                .collect();
            self.inconsistent(missing);
        }
        let is_pair = self.json.get("oth").is_none();
        let [d, p, q, dp, dq, qi] = ["d", "p", "q", "dp", "dq", "qi"].map(|name| {
            let bytes = self.private(name);
            bytes.map(|bytes| SecretNumber::new(&bytes)).transpose()
        });
        let read = || Ok::<_, ErrorStack>((d?, p?.zip(q?), [dp?, dq?, qi?], public.rsa()?));
        let (Some(d), primes, derived, own) = read().map_err(|stack| public::refused(&stack))?
        else {
            return Ok(None);
        };
        let half = pair::rsa(&RsaNumbers {
            n: own.n(),
            e: own.e(),
            d: &d.0,
            primes: primes.as_ref().map(|(p, q)| (&*p.0, &*q.0)),
            is_pair,
            derived: derived
                .each_ref()
                .map(|number| number.as_ref().map(|number| &*number.0)),
        });
        Ok(self.half(half))
    }

    /// Notes what is wrong with a private half, and gives it.
    fn half(&mut self, half: Half) -> Option<PKey<Private>> {
        if half.has_close_primes {
            self.notes.push(KeyNote::ClosePrimes);
        }
        self.inconsistent(half.found);
        half.key
    }

    fn inconsistent(&mut self, found: Vec<Inconsistency>) {
        self.notes
            .extend(found.into_iter().map(KeyNote::Inconsistent));
    }

    /// A private member, when it is there and can be read.
    fn private(&mut self, name: &'static str) -> Option<Zeroizing<Vec<u8>>> {
        self.json.get(name)?;
        match self.bytes(name) {
            Ok(bytes) => Some(bytes),
            Err(KeyFault::Member {
                name,
                expected,
                found,
            }) => {
                self.inconsistent(vec![Inconsistency::Unreadable {
                    name,
                    expected,
                    found,
                }]);
                None
            }
            Err(_) => None,
        }
    }

    fn curve<T: Copy>(&self, known: &[T], name: fn(T) -> &'static str) -> Result<T, KeyFault> {
        let crv = self.text("crv")?;
        let curve = known.iter().copied().find(|&curve| name(curve) == crv);
        curve.ok_or_else(|| KeyFault::UnknownType(format!("the curve {}", quoted(crv))))
    }

    fn coordinate(
        &mut self,
        name: &'static str,
        curve: Curve,
    ) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
        let bytes = self.bytes(name)?;
        let expected = curve.coordinate_bytes();
        if (1..expected).contains(&bytes.len()) {
            self.notes.push(KeyNote::ShortCoordinate {
                name,
                expected,
                found: bytes.len(),
            });
        }
        Ok(bytes)
    }

    fn number(&mut self, name: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
        let bytes = self.bytes(name)?;
        match bytes.as_slice() {
            [] => Err(KeyFault::Member {
                name,
                expected: "a positive integer in base64url",
                found: "no bytes".to_owned(),
            }),
            [0, _, ..] => {
                self.notes.push(KeyNote::LeadingZeros { name });
                Ok(bytes)
            }
            _ => Ok(bytes),
        }
    }

    /// Spellings with one meaning (padding, white space, the other alphabet) are noted; others are faults.
    fn bytes(&mut self, name: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
        let decoded = base64url::decode(self.text(name)?);
        let fatal = decoded.faults.iter().find(|fault| {
            matches!(
                fault.kind,
                EncodingFaultKind::Length | EncodingFaultKind::Other
            )
        });
        if let Some(fault) = fatal {
            let place = fault.range.start.saturating_add(1);
            return Err(KeyFault::Member {
                name,
                expected: "base64url",
                found: match fault.kind {
                    EncodingFaultKind::Length => "one character too many or too few".to_owned(),
                    _ => format!("another character at place {place}"),
                },
            });
        }
        if !decoded.is_strict() {
            self.notes.push(KeyNote::Encoding { name });
        }
        Ok(decoded.bytes)
    }

    fn text(&self, name: &'static str) -> Result<&str, KeyFault> {
        let value = self.json.get(name);
        value.and_then(Json::str).ok_or_else(|| KeyFault::Member {
            name,
            expected: "a string",
            found: value.map_or("nothing", with_article).to_owned(),
        })
    }
}

/// The type of a value, for people.
pub(super) fn with_article(json: &Json) -> &'static str {
    match json.value {
        Value::Array(_) => "an array",
        Value::Bool(_) => "a boolean",
        Value::Null => "null",
        Value::Number(_) => "a number",
        Value::Object(_) => "an object",
        Value::String(_) => "a string",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::json;
    use crate::keys::{LoadError, MAX_KEYS, load};

    /// The public key of RFC 7515 appendix A.3.1.
    const EC: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    /// The key of RFC 8037 appendix A.1.
    const ED25519: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    const OCT: &str = r#"{"kty":"oct","kid":"shared","alg":"HS256","k":"AyM1"}"#;

    #[track_caller]
    fn one(text: &str) -> Key {
        let mut document = json::read(text.as_bytes());
        assert!(document.is_document(), "{text}");
        let root = document.root.take().unwrap();
        from_jwk(&root, "key.jwk", 7)
    }

    fn set(jwks: &[&str]) -> String {
        format!("{{\"keys\":[{}]}}", jwks.join(","))
    }

    #[test]
    fn each_type_loads() {
        let ec = one(EC);
        assert_eq!(
            (ec.kind, ec.holds, ec.form, ec.ordinal),
            (KeyKind::Ec(Curve::P256), Holds::Public, "JWK", 7)
        );
        assert_eq!(ec.members.notes, []);
        assert_eq!(ec.public().map(|key| key.bits()), Some(256));
        let okp = one(ED25519);
        assert_eq!(
            (okp.kind, okp.holds),
            (KeyKind::Okp(OkpCurve::Ed25519), Holds::Private)
        );
        let oct = one(OCT);
        assert_eq!(
            (oct.kind, oct.holds),
            (KeyKind::Oct { bytes: 3 }, Holds::Symmetric)
        );
        assert_eq!(oct.secret().map(Secret::bytes), Some(&[3, 0x23, 0x35][..]));
        assert_eq!(
            (oct.members.kid.as_deref(), oct.members.alg.as_deref()),
            (Some("shared"), Some("HS256"))
        );
        assert_eq!(oct.thumbprint, None);
        assert_eq!(
            one(r#"{"kty":"oct","k":""}"#).kind,
            KeyKind::Oct { bytes: 0 }
        );
    }

    #[test]
    fn a_bad_member_spoils_neither_key_nor_set() {
        let bad = EC.replace(
            '{',
            r#"{"kid":17,"use":["sig"],"alg":null,"key_ops":"verify","x5t":true,"x5t#S256":{},"x5c":"no","kty":"RSA","#,
        );
        let key = one(&bad);
        assert_eq!((key.kind, key.fault), (KeyKind::Ec(Curve::P256), None));
        let notes: Vec<_> = key.members.notes.iter().map(ToString::to_string).collect();
        assert_eq!(notes.len(), 8, "{notes:?}");
        assert_eq!(
            notes[0],
            "expected member \u{201C}kty\u{201D} once, found it again"
        );
        assert_eq!(
            notes[1],
            "expected member \"kid\" as a string, found a number: not used"
        );
        assert_eq!((key.members.kid, key.members.names.len()), (None, 12));
        let operations = one(&EC.replace('{', r#"{"key_ops":["verify",1],"#));
        assert_eq!(
            (operations.members.key_ops, operations.members.notes.len()),
            (vec!["verify".to_owned()], 1)
        );
    }

    #[test]
    fn bad_keys_are_listed_beside_good_ones() {
        let bad = [
            ("17", "expected a JSON object, found number"),
            ("{}", "expected member \"kty\" as a string, found nothing"),
            (
                r#"{"kty":1}"#,
                "expected member \"kty\" as a string, found a number",
            ),
            (
                r#"{"kty":"AKP","alg":"ML-DSA-45"}"#,
                "expected a known key type, found AKP for the algorithm \u{201C}ML-DSA-45\u{201D}",
            ),
            (
                r#"{"kty":"AKP","pub":"AAAA"}"#,
                "expected member \"alg\" as a string, found nothing",
            ),
            (
                r#"{"kty":"AKP","alg":"ML-DSA-44","pub":"AAAA"}"#,
                "expected member \"pub\" as 1312 bytes in base64url, found 3 bytes",
            ),
            (
                r#"{"kty":"rsa"}"#,
                "expected a known key type, found \u{201C}rsa\u{201D}",
            ),
            (
                r#"{"kty":"EC","crv":"P-257"}"#,
                "expected a known key type, found the curve \u{201C}P-257\u{201D}",
            ),
            (
                r#"{"kty":"EC","crv":"P-256"}"#,
                "expected member \"x\" as a string, found nothing",
            ),
            (
                r#"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#,
                "expected member \"x\" as 32 bytes in base64url, found 3 bytes",
            ),
            (
                r#"{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}"#,
                "expected a point on the curve P-256, found coordinates that are not on it",
            ),
            (
                r#"{"kty":"RSA","n":"gQ"}"#,
                "expected member \"e\" as a string, found nothing",
            ),
            (
                r#"{"kty":"RSA","n":"gQ","e":""}"#,
                "expected member \"e\" as a positive integer in base64url, found no bytes",
            ),
            (
                r#"{"kty":"RSA","n":"AAA","e":"AQAB"}"#,
                "expected member \"n\" as a positive integer, found zero",
            ),
            (
                r#"{"kty":"RSA","n":"g?Q","e":"AQAB"}"#,
                "expected member \"n\" as base64url, found another character at place 2",
            ),
            (
                r#"{"kty":"oct","k":"AAAAA"}"#,
                "expected member \"k\" as base64url, found one character too many or too few",
            ),
            (
                r#"{"kty":"oct"}"#,
                "expected member \"k\" as a string, found nothing",
            ),
        ];
        for (jwk, fault) in bad {
            let keys = load("set.json", set(&[jwk, EC]).as_bytes()).unwrap();
            let faults: Vec<_> = keys
                .iter()
                .map(|key| key.fault.as_ref().map(ToString::to_string))
                .collect();
            assert_eq!(faults, [Some(fault.to_owned()), None], "{jwk}");
            assert!(
                keys[0].public().is_none()
                    && keys[0].secret().is_none()
                    && keys[0].thumbprint.is_none()
            );
            assert_eq!((keys[0].ordinal, keys[1].ordinal), (1, 2));
            let alone = load("set.json", set(&[jwk]).as_bytes())
                .unwrap_err()
                .to_string();
            assert!(alone.contains(fault), "{alone}");
        }
        let two = load("set.json", set(&["17", "{}"]).as_bytes())
            .unwrap_err()
            .to_string();
        assert!(two.starts_with("set.json: expected a usable key, found 2 that are not, the first: expected a JSON object"));
    }

    #[test]
    fn other_spellings_of_the_same_number_are_noted() {
        let strict = one(EC).thumbprint;
        let standard = one(&EC.replace("x_F", "x/F").replace("5a0\"", "5a0=\""));
        assert_eq!((&standard.thumbprint, standard.fault), (&strict, None));
        assert_eq!(standard.members.notes, [KeyNote::Encoding { name: "y" }]);
        let rsa = one(r#"{"kty":"RSA","n":"gQ","e":"AQAB"}"#);
        let zeros = one(r#"{"kty":"RSA","n":"AIE","e":"AAEAAQ"}"#);
        assert_eq!(zeros.thumbprint, rsa.thumbprint);
        assert_eq!(zeros.rsa_exponent.as_deref(), Some(&[1, 0, 1][..]));
        assert_eq!(
            zeros.members.notes,
            [
                KeyNote::LeadingZeros { name: "n" },
                KeyNote::LeadingZeros { name: "e" }
            ]
        );
    }

    #[test]
    fn sets_come_as_an_object_or_as_an_array() {
        let count = |text: &str| load("set.json", text.as_bytes()).map(|keys| keys.len());
        assert_eq!(count(&set(&[EC, OCT])), Ok(2));
        assert_eq!(count(&format!("[{EC},{OCT}]")), Ok(2));
        assert_eq!(count(&format!("\u{FEFF} {EC}\n")), Ok(1));
        for text in [
            "[]",
            "[1]",
            "{}",
            "{\"keys\":[]}",
            "{\"keys\":{}}",
            "{\"issuer\":\"a\",\"jwks_uri\":\"b\"}",
        ] {
            assert!(
                matches!(count(text), Err(LoadError::NotAKey { .. })),
                "{text}"
            );
        }
        assert_eq!(count(&set(&[OCT; MAX_KEYS])), Ok(MAX_KEYS));
    }

    #[test]
    fn broken_json_is_located() {
        let error = load("set.json", b"{\"keys\": [\n  {\"kty\": 'EC'}\n]}").unwrap_err();
        assert_eq!(
            error.to_string().lines().next(),
            Some("set.json, line 2, column 11: expected a value, found \u{201C}'\u{201D}")
        );
        let wide: Vec<u8> = EC.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let keys = load("set.json", &wide).unwrap();
        assert_eq!(keys[0].thumbprint, one(EC).thumbprint);
    }
}
