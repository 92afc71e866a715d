//! What can be said of a JWE before any key is asked: lengths, and the header parameters of its algorithm.

use zeroize::Zeroizing;

use super::algorithms::{
    ContentEncryption, ContentFamily, KeyFamily, KeyManagement, RsaPadding, content_encryption,
    key_management,
};
use super::error::{JwePart, JweShapeFault, WantedLength};
use super::{Sealed, agree, pbes2, wrap};
use crate::jose::base64url::{self, EncodingFaultKind};
use crate::jose::visible::visible;

/// The header parameters that the key management algorithm needs.
pub(super) enum Parameters {
    Agreement(agree::Parameters),
    GcmWrap {
        iv: Zeroizing<Vec<u8>>,
        tag: Zeroizing<Vec<u8>>,
    },
    None,
    Pbes2(pbes2::Parameters),
}

/// What makes this JWE impossible to open, whatever the key. Of names that are not implemented nothing is said.
pub fn shape_fault(sealed: &Sealed<'_>) -> Option<JweShapeFault> {
    let content = content_encryption(sealed.enc)?;
    if let Err(fault) = check_content(content, sealed) {
        return Some(fault);
    }
    read(key_management(sealed.alg)?, content, sealed).err()
}

/// Checks the lengths of ciphertext, initialization vector and tag.
pub(super) fn check_content(
    content: &ContentEncryption,
    sealed: &Sealed<'_>,
) -> Result<(), JweShapeFault> {
    let exactly = WantedLength::Exactly;
    check(JwePart::Iv, exactly(content.iv_bytes()), sealed.iv)?;
    check(JwePart::Tag, exactly(content.tag_bytes()), sealed.tag)?;
    match content.family {
        // PKCS #7 padding adds at least one byte.
        ContentFamily::CbcHmac(..) => check(
            JwePart::Ciphertext,
            WantedLength::MultipleOf(16),
            sealed.ciphertext,
        ),
        ContentFamily::Gcm(_) => Ok(()),
    }
}

/// Checks the length of the encrypted key and reads the header parameters.
pub(super) fn read(
    management: &KeyManagement,
    content: &ContentEncryption,
    sealed: &Sealed<'_>,
) -> Result<Parameters, JweShapeFault> {
    let key = content.key_bytes();
    let wrapped = WantedLength::Exactly(key.saturating_add(wrap::OVERHEAD));
    let wanted = match management.family {
        KeyFamily::Agreement(None) | KeyFamily::Direct => WantedLength::Exactly(0),
        KeyFamily::Agreement(Some(_)) | KeyFamily::AesWrap(_) | KeyFamily::Pbes2(..) => wrapped,
        KeyFamily::GcmWrap(_) => WantedLength::Exactly(key),
        // What the padding adds (RFC 8017 sections 7.1.1 and 7.2.1).
        KeyFamily::Rsa(padding) => WantedLength::AtLeast(key.saturating_add(match padding {
            RsaPadding::Oaep(hash) | RsaPadding::OaepMgf1Sha1(hash) => {
                hash.bytes().saturating_mul(2).saturating_add(2)
            }
            RsaPadding::OaepSha1 => 42,
            RsaPadding::Pkcs1 => 11,
        })),
    };
    check(JwePart::EncryptedKey, wanted, sealed.encrypted_key)?;
    Ok(match management.family {
        KeyFamily::Agreement(_) => Parameters::Agreement(agree::Parameters::read(sealed)?),
        KeyFamily::GcmWrap(_) => Parameters::GcmWrap {
            iv: octets_of(sealed, "iv", 12, "12 bytes in base64url")?,
            tag: octets_of(sealed, "tag", 16, "16 bytes in base64url")?,
        },
        KeyFamily::Pbes2(..) => Parameters::Pbes2(pbes2::Parameters::read(sealed)?),
        KeyFamily::AesWrap(_) | KeyFamily::Direct | KeyFamily::Rsa(_) => Parameters::None,
    })
}

fn check(part: JwePart, expected: WantedLength, bytes: &[u8]) -> Result<(), JweShapeFault> {
    let found = bytes.len();
    let is_right = match expected {
        WantedLength::AtLeast(least) => found >= least,
        WantedLength::Exactly(wanted) => found == wanted,
        WantedLength::MultipleOf(block) => found > 0 && found.is_multiple_of(block),
    };
    if is_right {
        Ok(())
    } else {
        Err(JweShapeFault::Length {
            part,
            expected,
            found,
        })
    }
}

/// The bytes of a header parameter in base64url, where it is there. Spellings with one meaning are taken, as in keys.
pub(super) fn octets(
    sealed: &Sealed<'_>,
    name: &'static str,
) -> Result<Option<Zeroizing<Vec<u8>>>, JweShapeFault> {
    let Some(json) = (sealed.header)(name) else {
        return Ok(None);
    };
    let fault = |found: &str| JweShapeFault::Parameter {
        name,
        expected: "a string in base64url",
        found: found.to_owned(),
    };
    let text = json.str().ok_or_else(|| fault(json.kind()))?;
    let decoded = base64url::decode(text);
    for of_text in &decoded.faults {
        match of_text.kind {
            EncodingFaultKind::Length => return Err(fault("one character too many or too few")),
            EncodingFaultKind::Other => return Err(fault("another character")),
            _ => {}
        }
    }
    Ok(Some(decoded.bytes))
}

fn octets_of(
    sealed: &Sealed<'_>,
    name: &'static str,
    length: usize,
    expected: &'static str,
) -> Result<Zeroizing<Vec<u8>>, JweShapeFault> {
    let bytes = octets(sealed, name)?;
    let found = match &bytes {
        Some(bytes) if bytes.len() != length => format!("{} bytes", bytes.len()),
        _ => "nothing".to_owned(),
    };
    bytes
        .filter(|bytes| bytes.len() == length)
        .ok_or(JweShapeFault::Parameter {
            name,
            expected,
            found,
        })
}

/// A text from the token, short and safe to show in a sentence.
pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    let short: String = text.chars().take(SHOWN).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("{}{more}", visible(&short))
}
