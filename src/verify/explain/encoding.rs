//! The bytes of a signature: in another form, too few, too many.

use std::sync::Arc;

use openssl::ecdsa::EcdsaSig;

use super::{Budget, Doubt, Explanation, bytes, hashing, named};
use crate::jose::base64url;
use crate::keys::{Curve, Key};
use crate::verify::SignatureProof;
use crate::verify::algorithm::{Family, hmac};

/// Less of a MAC than this (in bytes) could agree by chance.
const MIN_MAC: usize = 8;

/// More bytes than this are not missing because zeros were left out.
const MAX_ZEROS: usize = 4;

/// Lengths that signatures of some algorithm have, RSA's aside.
const USUAL: [usize; 6] = [32, 48, 64, 96, 114, 132];

/// `signature-is-der`, `signature-cut`, `signature-padded`, and `vendor-quirk` where the bytes are text.
pub(super) fn explain(
    doubt: &Doubt<'_>,
    proof: &SignatureProof,
    budget: &mut Budget,
) -> Vec<Explanation> {
    der(doubt, proof, budget)
        .or_else(|| text(doubt, proof, budget))
        .or_else(|| {
            doubt.fitting(proof).find_map(|key| {
                let expected = doubt.algorithm.signature_bytes(Some(key.kind))?;
                match expected.checked_sub(doubt.signature.len()) {
                    Some(0) => None,
                    Some(missing) => cut(doubt, key, missing, budget),
                    None => padded(doubt, key, expected, budget),
                }
            })
        })
        .or_else(|| short(doubt, proof))
        .into_iter()
        .collect()
}

/// The first key that verifies this instead.
fn verifying<'s>(
    doubt: &'s Doubt<'_>,
    proof: &'s SignatureProof,
    signature: &[u8],
    budget: &mut Budget,
) -> Option<&'s Arc<Key>> {
    doubt
        .fitting(proof)
        .find(|key| doubt.verifies_instead(key, signature, budget))
}

/// ECDSA as the rest of the world writes it: `SEQUENCE { INTEGER r, INTEGER s }`.
fn der(doubt: &Doubt<'_>, proof: &SignatureProof, budget: &mut Budget) -> Option<Explanation> {
    let Family::Ecdsa(curve, _) = doubt.algorithm.family else {
        return None;
    };
    let signature = from_der(doubt.signature, curve)?;
    let key = verifying(doubt, proof, &signature, budget)?;
    Some(Explanation::cause(
        "signature-is-der",
        format!(
            "The signature is in DER. Written as {} wants it, R and S side by side, key {} verifies it.",
            doubt.algorithm.name,
            named(key)
        ),
        "Convert the signature of your cryptographic library from DER (SEQUENCE of R and S) to the fixed-length form of RFC 7518 section 3.4 before you encode it; many libraries have a mode for it (IEEE P1363).",
    ))
}

fn from_der(signature: &[u8], curve: Curve) -> Option<Vec<u8>> {
    if signature.first() != Some(&0x30) {
        return None;
    }
    let parsed = EcdsaSig::from_der(signature).ok()?;
    let length = i32::try_from(curve.coordinate_bytes()).ok()?;
    let half = |number: &openssl::bn::BigNumRef| number.to_vec_padded(length).ok();
    Some([half(parsed.r())?, half(parsed.s())?].concat())
}

/// The text of a signature, encoded once more.
fn text(doubt: &Doubt<'_>, proof: &SignatureProof, budget: &mut Budget) -> Option<Explanation> {
    let text = std::str::from_utf8(doubt.signature)
        .ok()
        .filter(|text| text.is_ascii())?;
    let decoded = base64url::decode(text);
    let forms = [
        ("hexadecimal", crate::verify::from_hex(text)),
        (
            "base64",
            (!decoded.bytes.is_empty()).then(|| decoded.bytes.to_vec()),
        ),
    ];
    forms.into_iter().find_map(|(form, signature)| {
        let key = verifying(doubt, proof, &signature?, budget)?;
        Some(Explanation::cause(
            "vendor-quirk",
            format!(
                "The signature\u{2019}s bytes are the text of one in {form}. Decoded once more, key {} verifies it.",
                named(key)
            ),
            &format!(
                "Encode the bytes of the signature in base64url, and not their text in {form}: it is encoded twice."
            ),
        ))
    })
}

/// Fewer bytes than the algorithm and this key want.
fn cut(doubt: &Doubt<'_>, key: &Key, missing: usize, budget: &mut Budget) -> Option<Explanation> {
    let found = doubt.signature.len();
    let start_of_mac = match (doubt.algorithm.family, key.secret()) {
        (Family::Hmac(hash), Some(secret)) => {
            found >= MIN_MAC
                && budget.pay(hashing(doubt.message.len()))
                && hmac(hash, secret.bytes(), doubt.message).starts_with(doubt.signature)
        }
        _ => false,
    };
    if start_of_mac {
        return Some(Explanation::cause(
            "signature-cut",
            format!(
                "The signature is cut: its {} are the first of the {} that secret {} gives.",
                bytes(found),
                bytes(found.saturating_add(missing)),
                named(key)
            ),
            "Send the whole MAC: JOSE knows no shortened ones, and look for what cuts the token (a column, a header limit, a copy).",
        ));
    }
    let without_zeros = missing <= MAX_ZEROS
        && with_zeros(doubt, missing)
            .iter()
            .any(|whole| doubt.verifies_instead(key, whole, budget));
    without_zeros.then(|| {
        Explanation::cause(
            "signature-cut",
            format!(
                "Leading zeros of the signature were left out. With {} put back, key {} verifies it.",
                bytes(missing),
                named(key)
            ),
            "Write the signature\u{2019}s numbers with their leading zeros, always in the full length (RFC 7518 sections 3.3 and 3.4).",
        )
    })
}

/// The signature with zeros where an integer may have lost them.
fn with_zeros(doubt: &Doubt<'_>, missing: usize) -> Vec<Vec<u8>> {
    let signature = doubt.signature;
    let zeros = |count: usize| vec![0; count];
    match doubt.algorithm.family {
        Family::RsaPkcs1(_) | Family::RsaPss(_) => {
            vec![[zeros(missing), signature.to_vec()].concat()]
        }
        Family::Ecdsa(curve, _) => (0..=missing)
            .filter_map(|of_r| {
                let length = curve.coordinate_bytes().checked_sub(of_r)?;
                let (r, s) = signature.split_at_checked(length)?;
                let of_s = missing.checked_sub(of_r)?;
                Some([&zeros(of_r), r, &zeros(of_s), s].concat())
            })
            .collect(),
        Family::Eddsa(_) | Family::Hmac(_) | Family::MlDsa(_) => Vec::new(),
    }
}

/// More bytes than the algorithm and this key want.
fn padded(
    doubt: &Doubt<'_>,
    key: &Key,
    expected: usize,
    budget: &mut Budget,
) -> Option<Explanation> {
    let signature = doubt.signature;
    let extra = signature.len().checked_sub(expected)?;
    let mut forms = vec![
        ("behind it", signature.get(..expected)?.to_vec()),
        ("before it", signature.get(extra..)?.to_vec()),
    ];
    if let Family::Ecdsa(curve, _) = doubt.algorithm.family {
        let length = curve.coordinate_bytes();
        let (r, s) = signature.split_at(signature.len() / 2);
        let end = |number: &[u8]| {
            number
                .get(number.len().checked_sub(length)?..)
                .map(<[u8]>::to_vec)
        };
        forms.extend(Some(("before R and S", [end(r)?, end(s)?].concat())));
    }
    let (place, _) = forms
        .into_iter()
        .find(|(_, bare)| doubt.verifies_instead(key, bare, budget))?;
    let claims = doubt.token.claims();
    let conceals = claims.is_some_and(|claims| {
        ["_sd", "_sd_alg"]
            .iter()
            .any(|name| claims.get(name).is_some())
    });
    if conceals && place == "behind it" {
        return Some(Explanation::cause(
            "sd-form",
            format!(
                "The signature has {} too many behind it, and key {} verifies what is before them: the tilde between them and it is missing, and the disclosures count as signature.",
                bytes(extra),
                named(key)
            ),
            "Write a tilde behind the issuer\u{2019}s JWT and behind every disclosure (RFC 9901 section 4), and let nothing on the way take tildes out.",
        ));
    }
    Some(Explanation::cause(
        "signature-padded",
        format!(
            "The signature has {} too many, {place}. Cut to the right length, key {} verifies it.",
            bytes(extra),
            named(key)
        ),
        "Send the signature\u{2019}s bytes alone: no padding, no line break, no sign byte of a big integer, and nothing of the buffer behind them.",
    ))
}

/// Too short for the algorithm, and of a length that no signature has.
fn short(doubt: &Doubt<'_>, proof: &SignatureProof) -> Option<Explanation> {
    let found = doubt.signature.len();
    let expected: Option<usize> = doubt
        .fitting(proof)
        .filter_map(|key| doubt.algorithm.signature_bytes(Some(key.kind)))
        .min()
        .or_else(|| doubt.algorithm.signature_bytes(None));
    let expected = expected.filter(|expected| found < *expected)?;
    // A whole number of 256 bits may be the signature of a smaller RSA key.
    let is_rsa = matches!(
        doubt.algorithm.family,
        Family::RsaPkcs1(_) | Family::RsaPss(_)
    );
    if USUAL.contains(&found) || (is_rsa && found.is_multiple_of(32)) {
        return None;
    }
    Some(Explanation::remark(
        "signature-cut",
        format!(
            "The signature is too short: {found} of {}. Its end seems to be cut off.",
            bytes(expected)
        ),
        "Look for what cuts the token on its way: a database column, a limit of header or cookie, a copy that missed the end.",
    ))
}
