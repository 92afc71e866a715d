//! Content under a content key (RFC 7518 section 5). The lengths of key, initialization vector and tag were checked.

use hmac::{Hmac, KeyInit, Mac};
use openssl::symm::{Cipher, decrypt, decrypt_aead};
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::OpenError;
use super::algorithms::{Aes, ContentEncryption, ContentFamily};
use crate::verify::Hash;

/// Content, and what authenticates it.
#[derive(Clone, Copy)]
pub(in crate::verify) struct Content<'a> {
    /// The initialization vector.
    pub(in crate::verify) iv: &'a [u8],
    /// The ciphertext.
    pub(in crate::verify) ciphertext: &'a [u8],
    /// The authentication tag.
    pub(in crate::verify) tag: &'a [u8],
    /// The additional authenticated data.
    pub(in crate::verify) additional_data: &'a [u8],
}

/// The plaintext. `may_be_other_key`: whether nothing has shown yet that the content key is the right one.
pub(super) fn open(
    content: &ContentEncryption,
    content_key: &[u8],
    sealed: &Content<'_>,
    may_be_other_key: bool,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    if content_key.len() != content.key_bytes() {
        return Err(OpenError::ContentKeyLength {
            expected: content.key_bytes(),
            found: content_key.len(),
        });
    }
    match content.family {
        ContentFamily::CbcHmac(aes, hash) => {
            // The first half is for the HMAC (RFC 7518 section 5.2.2.1).
            let (mac_key, key) = content_key.split_at(content_key.len() / 2);
            if !is_authentic(hash, mac_key, sealed) {
                return Err(OpenError::Tag { may_be_other_key });
            }
            let cipher = match aes {
                Aes::A128 => Cipher::aes_128_cbc(),
                Aes::A192 => Cipher::aes_192_cbc(),
                Aes::A256 => Cipher::aes_256_cbc(),
            };
            decrypt(cipher, key, Some(sealed.iv), sealed.ciphertext)
                .map(Zeroizing::new)
                .map_err(|_bad_padding| OpenError::Padding)
        }
        ContentFamily::Gcm(aes) => gcm(
            aes,
            content_key,
            sealed.iv,
            sealed.additional_data,
            sealed.ciphertext,
            sealed.tag,
        )
        .ok_or(OpenError::Tag { may_be_other_key }),
    }
}

/// What AES-GCM decrypts; `None` when the tag does not fit. The initialization vector has 12 bytes, the tag 16.
pub(super) fn gcm(
    aes: Aes,
    key: &[u8],
    iv: &[u8],
    additional_data: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = match aes {
        Aes::A128 => Cipher::aes_128_gcm(),
        Aes::A192 => Cipher::aes_192_gcm(),
        Aes::A256 => Cipher::aes_256_gcm(),
    };
    decrypt_aead(cipher, key, Some(iv), additional_data, ciphertext, tag)
        .ok()
        .map(Zeroizing::new)
}

/// Whether the HMAC over what is authenticated begins with the tag (RFC 7518 section 5.2.2.2). Takes the same time
/// wherever they differ.
fn is_authentic(hash: Hash, mac_key: &[u8], sealed: &Content<'_>) -> bool {
    fn check<M: Mac + KeyInit>(mac_key: &[u8], sealed: &Content<'_>) -> bool {
        let bits = u64::try_from(sealed.additional_data.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(8);
        <M as KeyInit>::new_from_slice(mac_key).is_ok_and(|mac| {
            mac.chain_update(sealed.additional_data)
                .chain_update(sealed.iv)
                .chain_update(sealed.ciphertext)
                .chain_update(bits.to_be_bytes())
                .verify_truncated_left(sealed.tag)
                .is_ok()
        })
    }
    match hash {
        Hash::Sha256 => check::<Hmac<Sha256>>(mac_key, sealed),
        Hash::Sha384 => check::<Hmac<Sha384>>(mac_key, sealed),
        Hash::Sha512 => check::<Hmac<Sha512>>(mac_key, sealed),
    }
}
