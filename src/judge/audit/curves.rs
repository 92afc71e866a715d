//! Keys on curves that are no keys (catalogue 1.5): points off the curve, and points of small order.

use openssl::bn::{BigNum, BigNumContext};
use openssl::error::ErrorStack;

use super::flaw::Flaw;
use super::held::{Held, Purpose};
use super::inconsistent::whose;
use super::signature::alg_evidence;
use super::{Confidence, MOST_KEYS, Rule, Ruling, Severity, Subject, header_evidence};
use crate::jose::base64url;
use crate::jose::json::Json;
use crate::keys::{Key, KeyFault, KeyKind, KeyNote, OkpCurve, from_jwk};
use crate::verify::remembered::Remembered;
use crate::verify::{Algorithm, Family};

/// Header parameters that hold a key of the sender's.
const SENT_KEYS: [&str; 2] = ["jwk", "epk"];

/// `ec-point-invalid`: a key in the token that is no point of its curve.
pub(super) struct EcPointInvalid;

impl Rule for EcPointInvalid {
    fn id(&self) -> &'static str {
        "ec-point-invalid"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let findings = SENT_KEYS.into_iter().filter_map(|name| {
            let json = subject.case.token.parameter(name)?;
            if json.get("kty").and_then(Json::str) != Some("EC") {
                return None;
            }
            let (severity, what) = point_fault(&from_jwk(json, "token", 1))?;
            let flaw = Flaw {
                severity,
                title: format!("The key in {name} is no point of its curve"),
                remedy: "Check every point before computing with it, and refuse the token."
                    .to_owned(),
                ..no_point(&what)
            };
            Some(flaw.beside_token(self.id(), header_evidence(subject, name), None))
        });
        Ruling::Ran(findings.collect())
    }
}

/// Whether a loaded key is no point of its curve. Nothing came from a sender to be computed with, so it is milder.
pub(super) fn invalid_point(key: &Key) -> Option<Flaw> {
    if key.members.kty.as_deref() != Some("EC") && !matches!(key.kind, KeyKind::Ec(_)) {
        let is_off_curve = matches!(key.fault, Some(KeyFault::NotOnCurve { .. }));
        if !is_off_curve {
            return None;
        }
    }
    let (severity, what) = point_fault(key)?;
    Some(Flaw {
        severity: severity.min(Severity::High),
        ..no_point(&what)
    })
}

fn no_point(what: &str) -> Flaw {
    Flaw {
        severity: Severity::Critical,
        confidence: Confidence::Certain,
        title: "The key is no point of its curve".to_owned(),
        detail: format!(
            "It was to be checked before use: {what}. A program that computes with such a point can give its own private key away, bit by bit."
        ),
        remedy: "Check every point before computing with it, and get the key anew from its owner."
            .to_owned(),
        references: vec!["RFC 7518 \u{A7}6.2.1.2", "RFC 8725 \u{A7}3.4", "CWE-347"],
        members: vec!["crv", "x", "y"],
        refuses: true,
    }
}

fn point_fault(key: &Key) -> Option<(Severity, String)> {
    let is_coordinate = |name: &str| matches!(name, "x" | "y");
    match &key.fault {
        Some(fault @ (KeyFault::NotOnCurve { .. } | KeyFault::UnknownType(_))) => {
            Some((Severity::Critical, fault.to_string()))
        }
        Some(fault @ KeyFault::Member { name, .. }) if is_coordinate(name) => {
            Some((Severity::Critical, fault.to_string()))
        }
        _ => {
            let mut notes = key.members.notes.iter();
            let short = notes.find(|note| matches!(note, KeyNote::ShortCoordinate { .. }));
            short.map(|note| (Severity::Low, note.to_string()))
        }
    }
}

/// `okp-low-order`: a key of Edwards' or Montgomery's form that proves nothing.
pub(super) struct OkpLowOrder;

impl Rule for OkpLowOrder {
    fn id(&self) -> &'static str {
        "okp-low-order"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let mut findings = Vec::new();
        let held = Held::of(subject).ok();
        let held_is_missing = held.is_none()
            && matches!(
                Purpose::of(subject),
                Some(Purpose::Signature(Algorithm {
                    family: Family::Eddsa(_),
                    ..
                }))
            );
        if let Some(held) = held
            && let key = &held.key
            && let Some(flaw) = small_order(key)
        {
            findings.push(flaw.beside_token(self.id(), alg_evidence(subject), held.not_allowed()));
        }
        for name in SENT_KEYS {
            let Some(json) = subject.case.token.parameter(name) else {
                continue;
            };
            let member = |name| json.get(name).and_then(Json::str);
            let curve = CURVES
                .into_iter()
                .find(|curve| member("kty") == Some("OKP") && member("crv") == Some(curve.name()));
            let Some((curve, x)) = curve.zip(member("x")) else {
                continue;
            };
            if let Some(what) = okp_fault(curve, &base64url::decode(x).bytes) {
                let evidence = header_evidence(subject, name);
                let flaw = low_order(curve, &format!("The key in {name}"), what);
                findings.push(flaw.beside_token(self.id(), evidence, None));
            }
        }
        if held_is_missing && findings.is_empty() {
            return Ruling::NotRun;
        }
        Ruling::Ran(findings)
    }
}

/// Whether a loaded key is one of small order, or of another length than its curve's.
pub(super) fn small_order(key: &Key) -> Option<Flaw> {
    if let KeyKind::Okp(curve) = key.kind {
        let x = key.public()?.raw_public_key().ok()?;
        return match okp_fault(curve, &x) {
            Some(what) => Some(low_order(curve, &whose(key), what)),
            None => is_long_way_written(curve, &x).then(|| Flaw {
                severity: Severity::Info,
                title: format!("An {} key that is not reduced", curve.name()),
                detail: format!(
                    "{} is a number above the prime of its field. It stands for a smaller one, and some programs refuse it.",
                    whose(key)
                ),
                remedy: "Write the key anew from its source.".to_owned(),
                refuses: false,
                ..low_order(curve, "", "")
            }),
        };
    }
    // Such a key was not loaded; what was said of it tells why.
    let curve = CURVES
        .into_iter()
        .find(|curve| key.members.crv.as_deref() == Some(curve.name()))?;
    let is_wrong_length = matches!(
        &key.fault,
        Some(KeyFault::Member { name: "x", expected, .. }) if expected.ends_with("bytes in base64url")
    );
    (key.members.kty.as_deref() == Some("OKP") && is_wrong_length)
        .then(|| low_order(curve, &whose(key), WRONG_LENGTH))
}

/// Whether the number of a key for X25519 or X448 is not below the prime, though its point has a large order (RFC 7748
/// section 5 takes it).
fn is_long_way_written(curve: OkpCurve, x: &[u8]) -> bool {
    let is_above = || -> Result<bool, ErrorStack> {
        let prime = field(curve)?;
        let mut number: Vec<u8> = x.iter().rev().copied().collect();
        if curve == OkpCurve::X25519
            && let Some(first) = number.first_mut()
        {
            *first &= 0x7F;
        }
        Ok(BigNum::from_slice(&number)? >= prime)
    };
    matches!(curve, OkpCurve::X25519 | OkpCurve::X448) && is_above().unwrap_or(false)
}

const CURVES: [OkpCurve; 4] = [
    OkpCurve::Ed25519,
    OkpCurve::Ed448,
    OkpCurve::X25519,
    OkpCurve::X448,
];

fn low_order(curve: OkpCurve, whose: &str, what: &str) -> Flaw {
    let signs = matches!(curve, OkpCurve::Ed25519 | OkpCurve::Ed448);
    Flaw {
        severity: if signs {
            Severity::Critical
        } else {
            Severity::High
        },
        confidence: Confidence::Certain,
        title: format!("No honest {} key", curve.name()),
        detail: format!(
            "{whose} {what}. {}",
            if signs {
                "Under such a key one signature can fit many messages, without anybody\u{2019}s private key."
            } else {
                "With such a key everybody agrees on the same secret, which is no secret."
            }
        ),
        remedy: "Refuse keys of small order.".to_owned(),
        references: vec!["RFC 8032 \u{A7}5.1.7", "RFC 7748 \u{A7}6", "CWE-354"],
        members: vec!["x"],
        refuses: true,
    }
}

const SMALL_ORDER: &str = "is a point of small order";
const NO_POINT: &str = "is no point of the curve";
const WRONG_LENGTH: &str = "has the wrong length";

/// What is wrong with a raw public key. A point that OpenSSL cannot compute with is left alone.
pub(super) fn okp_fault(curve: OkpCurve, x: &[u8]) -> Option<&'static str> {
    static REMEMBERED: Remembered<(OkpCurve, Vec<u8>), Option<&'static str>> =
        Remembered::new(MOST_KEYS);
    if x.len() != curve.public_bytes() {
        return Some(WRONG_LENGTH);
    }
    let computed = REMEMBERED.get((curve, x.to_vec()), |_| match curve {
        OkpCurve::Ed25519 | OkpCurve::Ed448 => edwards_fault(curve, x).ok(),
        OkpCurve::X25519 | OkpCurve::X448 => montgomery_fault(curve, x).ok(),
    });
    computed.flatten()
}

/// The y of the points of order eight on Ed25519, one of two; the other is its negative.
const ED25519_ORDER_EIGHT: &str =
    "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7";

/// The u of the points of order eight on Curve25519.
const X25519_ORDER_EIGHT: [&str; 2] = [
    "00b8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0",
    "57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5f",
];

/// The prime of the field (RFC 7748 section 4).
fn field(curve: OkpCurve) -> Result<BigNum, ErrorStack> {
    let mut prime = BigNum::from_u32(0)?;
    if matches!(curve, OkpCurve::Ed25519 | OkpCurve::X25519) {
        prime.set_bit(255)?;
        prime.sub_word(19)?;
    } else {
        let mut middle = BigNum::from_u32(0)?;
        middle.set_bit(224)?;
        prime.set_bit(448)?;
        prime = &prime - &middle;
        prime.sub_word(1)?;
    }
    Ok(prime)
}

/// A little-endian number, its topmost bit left out (it is a sign, or nothing), modulo the prime.
fn little_endian(bytes: &[u8], has_top_bit: bool, prime: &BigNum) -> Result<BigNum, ErrorStack> {
    let mut big: Vec<u8> = bytes.iter().rev().copied().collect();
    if has_top_bit && let Some(first) = big.first_mut() {
        *first &= 0x7F;
    }
    let mut reduced = BigNum::new()?;
    reduced.nnmod(
        &*BigNum::from_slice(&big)?,
        prime,
        &mut *BigNumContext::new()?,
    )?;
    Ok(reduced)
}

fn edwards_fault(curve: OkpCurve, key: &[u8]) -> Result<Option<&'static str>, ErrorStack> {
    let mut context = BigNumContext::new()?;
    let prime = field(curve)?;
    let y = little_endian(key, true, &prime)?;
    let one = BigNum::from_u32(1)?;
    let mut small = vec![BigNum::from_u32(0)?, one.to_owned()?, &prime - &one];
    if curve == OkpCurve::Ed25519 {
        let eight = BigNum::from_hex_str(ED25519_ORDER_EIGHT)?;
        small.push(&prime - &eight);
        small.push(eight);
    }
    if small.contains(&y) {
        return Ok(Some(SMALL_ORDER));
    }
    // The square of x is a quotient, which is a square when the product of its two numbers is one (RFC 8032 sections 5.1.3 and 5.2.3).
    let (mut square, mut d_square) = (BigNum::new()?, BigNum::new()?);
    square.mod_sqr(&y, &prime, &mut context)?;
    let d = match curve {
        OkpCurve::Ed25519 => {
            let mut inverse = BigNum::new()?;
            inverse.mod_inverse(&*BigNum::from_u32(121_666)?, &prime, &mut context)?;
            let mut d = BigNum::new()?;
            d.mod_mul(&*BigNum::from_u32(121_665)?, &inverse, &prime, &mut context)?;
            &prime - &d
        }
        _ => &prime - &BigNum::from_u32(39_081)?,
    };
    d_square.mod_mul(&d, &square, &prime, &mut context)?;
    let mut above = BigNum::new()?;
    above.mod_sub(&square, &one, &prime, &mut context)?;
    let mut below = BigNum::new()?;
    if curve == OkpCurve::Ed25519 {
        below.mod_add(&d_square, &one, &prime, &mut context)?;
    } else {
        below.mod_sub(&d_square, &one, &prime, &mut context)?;
    }
    let (mut product, mut symbol, mut half) = (BigNum::new()?, BigNum::new()?, BigNum::new()?);
    product.mod_mul(&above, &below, &prime, &mut context)?;
    half.rshift1(&prime)?;
    symbol.mod_exp(&product, &half, &prime, &mut context)?;
    Ok((symbol != one).then_some(NO_POINT))
}

fn montgomery_fault(curve: OkpCurve, x: &[u8]) -> Result<Option<&'static str>, ErrorStack> {
    let prime = field(curve)?;
    let u = little_endian(x, curve == OkpCurve::X25519, &prime)?;
    let one = BigNum::from_u32(1)?;
    let mut small = vec![BigNum::from_u32(0)?, one.to_owned()?, &prime - &one];
    if curve == OkpCurve::X25519 {
        for number in X25519_ORDER_EIGHT {
            small.push(BigNum::from_hex_str(number)?);
        }
    }
    Ok(small.contains(&u).then_some(SMALL_ORDER))
}

#[cfg(test)]
mod tests {
    use openssl::pkey::PKey;

    use super::*;

    fn little(hex: &str) -> Vec<u8> {
        let mut bytes = BigNum::from_hex_str(hex)
            .unwrap()
            .to_vec_padded(32)
            .unwrap();
        bytes.reverse();
        bytes
    }

    #[test]
    fn generated_keys_are_left_alone() {
        for _ in 0..20 {
            for (curve, key) in [
                (OkpCurve::Ed25519, PKey::generate_ed25519().unwrap()),
                (OkpCurve::Ed448, PKey::generate_ed448().unwrap()),
                (OkpCurve::X25519, PKey::generate_x25519().unwrap()),
                (OkpCurve::X448, PKey::generate_x448().unwrap()),
            ] {
                let x = key.raw_public_key().unwrap();
                assert_eq!(okp_fault(curve, &x), None, "{x:02x?}");
            }
        }
    }

    #[test]
    fn points_of_small_order_are_seen_in_every_spelling() {
        let mut points = vec![
            vec![0; 32],
            [vec![1], vec![0; 31]].concat(),
            little(ED25519_ORDER_EIGHT),
        ];
        // The negative of the first, the sign set, and y = 1 written as p + 1.
        points.push(little(
            "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
        ));
        let mut signed = little(ED25519_ORDER_EIGHT);
        signed[31] |= 0x80;
        points.push(signed);
        points.push(little(
            "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee",
        ));
        for point in points {
            assert_eq!(
                okp_fault(OkpCurve::Ed25519, &point),
                Some(SMALL_ORDER),
                "{point:02x?}"
            );
        }
        for number in X25519_ORDER_EIGHT {
            assert_eq!(
                okp_fault(OkpCurve::X25519, &little(number)),
                Some(SMALL_ORDER)
            );
        }
        for curve in [OkpCurve::Ed448, OkpCurve::X448] {
            assert_eq!(
                okp_fault(curve, &vec![0; curve.public_bytes()]),
                Some(SMALL_ORDER)
            );
        }
    }

    /// About half of all numbers are the y of no point.
    #[test]
    fn numbers_that_are_no_point_are_seen() {
        for curve in [OkpCurve::Ed25519, OkpCurve::Ed448] {
            let none = (2..=100_u8)
                .filter(|y| {
                    let mut x = vec![0; curve.public_bytes()];
                    x[0] = *y;
                    okp_fault(curve, &x) == Some(NO_POINT)
                })
                .count();
            assert!((30..70).contains(&none), "{none}");
        }
        assert_eq!(okp_fault(OkpCurve::Ed25519, &[1; 31]), Some(WRONG_LENGTH));
    }
}
