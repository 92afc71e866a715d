//! What single keys failed with, and what no key could open, in sentences.

use crate::jose::visible::visible;
use crate::keys::Key;
use crate::verify::Diagnosis;
use crate::verify::decrypt::{
    InflateError, JwePart, JweShapeFault, MAX_INFLATED_BYTES, OpenError, Sealed, WantedLength,
    inflate,
};
use crate::verify::explain::{bytes, named};

/// Why a key did not open it, in a sentence. What says that it is of another kind is told with the choice of the key.
pub(in crate::verify) fn failed(
    error: &OpenError,
    key: &Key,
    sealed: &Sealed<'_>,
) -> Option<Diagnosis> {
    let name = named(key);
    let of = |part: &[u8]| bytes(part.len());
    let alg = visible(sealed.alg);
    let encrypted_key = of(sealed.encrypted_key);
    let code = error.code()?;
    let (text, for_developer) = match error {
        OpenError::Curve { .. } | OpenError::KeyKind { .. } | OpenError::KeySize { .. } => {
            return None;
        }
        OpenError::Tag {
            may_be_other_key: false,
        } => (
            format!(
                "Key {name} unwraps the content key, so it is the right one; but the authentication tag does not fit: the protected header ({}), the initialization vector ({}), the ciphertext ({}) or the tag ({}) was changed after encryption.",
                of(sealed.additional_data),
                of(sealed.iv),
                of(sealed.ciphertext),
                of(sealed.tag)
            ),
            "Pass header, initialization vector, ciphertext and tag on byte for byte: nothing between sender and recipient may write them anew.".to_owned(),
        ),
        OpenError::Tag {
            may_be_other_key: true,
        } => (
            format!(
                "With key {name} the authentication tag does not fit. By {alg} nothing before the tag tells a wrong key from a changed part, so it is one or the other."
            ),
            format!(
                "Compare the key on both sides (its length in bytes first), then the token as it was sent and as it arrived; an algorithm that wraps the content key, unlike {alg}, would tell which it is."
            ),
        ),
        OpenError::EncryptedKeyLength { expected, found } => (
            format!(
                "The encrypted key has {}, as RSA keys of {} bits make it, and key {name} has {} bits: the token is for another key.",
                bytes(*found),
                found.saturating_mul(8),
                expected.saturating_mul(8)
            ),
            format!(
                "Encrypt for the public key of {name}, {} bits, and name it by its kid.",
                expected.saturating_mul(8)
            ),
        ),
        OpenError::ContentKeyLength { expected, found } => (
            format!(
                "Key {name} unwraps a content key of {}, and {} takes {}.",
                bytes(*found),
                visible(sealed.enc),
                bytes(*expected)
            ),
            format!(
                "Make a content key of {} for {}.",
                bytes(*expected),
                visible(sealed.enc)
            ),
        ),
        OpenError::Passphrase => (
            format!(
                "Password {name} does not unwrap the content key ({encrypted_key}): it is another one, or encrypted key, p2s or p2c were changed."
            ),
            "Compare the password on both sides, its encoding (UTF-8) and its length: a line break or a space at its end is part of it.".to_owned(),
        ),
        OpenError::KeyUnwrap => (
            format!(
                "Key {name} does not unwrap the content key by {alg}: the token was encrypted for another key, or the encrypted key ({encrypted_key}) was changed. The content was not reached."
            ),
            format!(
                "Encrypt for the key of this recipient, {name}, as it is published now, and name it by its kid."
            ),
        ),
        _ => (
            format!("With key {name}: {error}."),
            "Encrypt for this recipient\u{2019}s key, and name it by its kid.".to_owned(),
        ),
    };
    Some(Diagnosis::new(code, text, &for_developer))
}

/// What makes it impossible to open, whatever the key.
pub(in crate::verify) fn misshapen(fault: &JweShapeFault, sealed: &Sealed<'_>) -> Diagnosis {
    let (alg, enc) = (visible(sealed.alg), visible(sealed.enc));
    let (code, for_developer) = match fault {
        JweShapeFault::Length {
            part: JwePart::Tag,
            expected,
            ..
        } => (
            "tag-mismatch",
            format!(
                "Send the whole tag, {expected} for {enc}: look for what cuts the token, and never accept a shortened tag."
            ),
        ),
        JweShapeFault::Length {
            part: JwePart::EncryptedKey,
            expected: WantedLength::Exactly(0),
            ..
        } => (
            "key-unwrap-failed",
            format!(
                "With {alg} there is no encrypted key: leave the second part empty, or name the algorithm that wraps the content key."
            ),
        ),
        JweShapeFault::Length {
            part: JwePart::EncryptedKey,
            expected,
            ..
        } => (
            "key-unwrap-failed",
            format!(
                "By {alg} the content key of {enc} takes {expected} encrypted: look for what cuts the token, or compare alg and enc with what encrypts."
            ),
        ),
        JweShapeFault::Length { part, expected, .. } => (
            "part-length",
            format!(
                "{enc} takes {expected} of {part}: look for what cuts the token, or compare enc with what encrypts."
            ),
        ),
        JweShapeFault::EphemeralKey(_) | JweShapeFault::LowOrder => (
            "header-parameter-unusable",
            format!(
                "Make a new key pair on the recipient\u{2019}s curve for each token by {alg}, and put its public half into epk as a JWK."
            ),
        ),
        JweShapeFault::Parameter { name, expected, .. } => (
            "header-parameter-unusable",
            format!("Write {name} into the header as {expected}: {alg} cannot do without."),
        ),
        JweShapeFault::Iterations { ceiling, .. } => (
            "too-many-iterations",
            format!("Ask for at most {ceiling} iterations."),
        ),
    };
    Diagnosis::new(code, format!("No key opens it: {fault}."), &for_developer)
}

/// What is wrong with content that is said to be compressed.
pub(in crate::verify) fn compressed(error: InflateError, content: &[u8], key: &Key) -> Diagnosis {
    let wrapped = |header: usize, trailer: usize| {
        let end = content.len().checked_sub(trailer)?;
        inflate(content.get(header..end)?, MAX_INFLATED_BYTES).ok()
    };
    // RFC 1950: two bytes before it, four behind it; RFC 1952: ten, without a name, and eight.
    let found = match content {
        [0x78, ..] if wrapped(2, 4).is_some() => Some("zlib (RFC 1950)"),
        [0x1F, 0x8B, ..] if wrapped(10, 8).is_some() => Some("gzip (RFC 1952)"),
        [b'{' | b'[' | b'"', ..] => Some("JSON that is not compressed at all"),
        [b'e', b'y', ..] => Some("a token that is not compressed at all"),
        _ => None,
    };
    let name = named(key);
    match found.filter(|_| !matches!(error, InflateError::TooLarge { .. })) {
        Some(found) => Diagnosis::new(
            "compressed-content",
            format!("Key {name} opens it, but zip says DEF, and the content is {found}."),
            &format!(
                "Compress with raw DEFLATE (RFC 1951, in many libraries a negative window size), or take zip out of the header: the content is {found}."
            ),
        ),
        None => Diagnosis::new(
            "compressed-content",
            format!("Key {name} opens it, but {error}."),
            "Compress with raw DEFLATE (RFC 1951), or better not at all.",
        ),
    }
}
