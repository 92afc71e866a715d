//! Content keys under RSA (RFC 7518 sections 4.2 and 4.3).

use openssl::error::ErrorStack;
use openssl::md::{Md, MdRef};
use openssl::pkey::{PKeyRef, Private};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use zeroize::Zeroizing;

use super::OpenError;
use super::algorithms::RsaPadding;
use super::error::refused;
use crate::verify::Hash;

/// The content key of `content_key_bytes`.
///
/// With PKCS #1 v1.5 nothing tells a wrong key or a changed ciphertext from a right one, as RFC 7516 section 11.5 wants: the
/// content key is then random, and the tag of the content will not fit.
pub(super) fn content_key(
    padding: RsaPadding,
    key: &PKeyRef<Private>,
    encrypted_key: &[u8],
    content_key_bytes: usize,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    if encrypted_key.len() != key.size() {
        return Err(OpenError::EncryptedKeyLength {
            expected: key.size(),
            found: encrypted_key.len(),
        });
    }
    let decrypted = decrypted(padding, key, encrypted_key);
    match padding {
        RsaPadding::Pkcs1 => {
            let mut random = Zeroizing::new(vec![0; content_key_bytes]);
            openssl::rand::rand_bytes(&mut random).map_err(|stack| refused(&stack))?;
            Ok(decrypted
                .ok()
                .filter(|decrypted| decrypted.len() == content_key_bytes)
                .unwrap_or(random))
        }
        RsaPadding::Oaep(_) | RsaPadding::OaepMgf1Sha1(_) | RsaPadding::OaepSha1 => {
            decrypted.map_err(|_other_key| OpenError::KeyUnwrap)
        }
    }
}

fn decrypted(
    padding: RsaPadding,
    key: &PKeyRef<Private>,
    encrypted_key: &[u8],
) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    let mut context = PkeyCtx::new(key)?;
    context.decrypt_init()?;
    let of = |hash| -> &MdRef {
        match hash {
            Hash::Sha256 => Md::sha256(),
            Hash::Sha384 => Md::sha384(),
            Hash::Sha512 => Md::sha512(),
        }
    };
    let oaep = match padding {
        RsaPadding::Oaep(hash) => Some((of(hash), of(hash))),
        RsaPadding::OaepMgf1Sha1(hash) => Some((of(hash), Md::sha1())),
        RsaPadding::OaepSha1 => Some((Md::sha1(), Md::sha1())),
        RsaPadding::Pkcs1 => None,
    };
    match oaep {
        Some((hash, of_mask)) => {
            context.set_rsa_padding(Padding::PKCS1_OAEP)?;
            context.set_rsa_oaep_md(hash)?;
            context.set_rsa_mgf1_md(of_mask)?;
        }
        None => context.set_rsa_padding(Padding::PKCS1)?,
    }
    let mut plain = Zeroizing::new(vec![0; key.size()]);
    let length = context.decrypt(encrypted_key, Some(&mut plain))?;
    plain.truncate(length);
    Ok(plain)
}
