//! The ciphers of OpenSSH's key files.

use openssl::error::ErrorStack;
use openssl::memcmp;
use openssl::pkey::{Id, PKey};
use openssl::sign::Signer;
use openssl::symm::{self, Crypter, Mode};
use zeroize::Zeroizing;

use crate::keys::KeyFault;

/// How much follows the content to authenticate it, in bytes.
const TAG_BYTES: usize = 16;

/// A cipher, by how it is used.
#[derive(Clone, Copy)]
pub(in crate::keys) enum Cipher {
    /// A block or stream cipher; nothing is authenticated.
    Bare(symm::Cipher),
    /// `ChaCha20` and Poly1305 as in `PROTOCOL.chacha20poly1305` of OpenSSH, for packet number 0.
    ChaCha20Poly1305,
    /// AES in GCM (RFC 5647).
    Gcm(symm::Cipher),
}

impl Cipher {
    pub(in crate::keys) fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"3des-cbc" => Self::Bare(symm::Cipher::des_ede3_cbc()),
            b"aes128-cbc" => Self::Bare(symm::Cipher::aes_128_cbc()),
            b"aes192-cbc" => Self::Bare(symm::Cipher::aes_192_cbc()),
            b"aes256-cbc" | b"rijndael-cbc@lysator.liu.se" => {
                Self::Bare(symm::Cipher::aes_256_cbc())
            }
            b"aes128-ctr" => Self::Bare(symm::Cipher::aes_128_ctr()),
            b"aes192-ctr" => Self::Bare(symm::Cipher::aes_192_ctr()),
            b"aes256-ctr" => Self::Bare(symm::Cipher::aes_256_ctr()),
            b"aes128-gcm@openssh.com" => Self::Gcm(symm::Cipher::aes_128_gcm()),
            b"aes256-gcm@openssh.com" => Self::Gcm(symm::Cipher::aes_256_gcm()),
            b"chacha20-poly1305@openssh.com" => Self::ChaCha20Poly1305,
            _ => return None,
        })
    }

    pub(in crate::keys) fn key_bytes(self) -> usize {
        match self {
            Self::Bare(cipher) | Self::Gcm(cipher) => cipher.key_len(),
            // The second half is for lengths of packets, which a file has not.
            Self::ChaCha20Poly1305 => 64,
        }
    }

    pub(in crate::keys) fn iv_bytes(self) -> usize {
        match self {
            Self::Bare(cipher) => cipher.iv_len().unwrap_or(0),
            Self::Gcm(_) => 12,
            Self::ChaCha20Poly1305 => 0,
        }
    }

    /// Whether the lengths are those that the cipher makes.
    pub(in crate::keys) fn check(self, content: &[u8], tag: &[u8]) -> Result<(), KeyFault> {
        let (block, tag_bytes) = match self {
            // Content of a stream cipher is filled up to blocks as well.
            Self::Bare(cipher) => (cipher.block_size().max(8), 0),
            Self::Gcm(_) => (16, TAG_BYTES),
            Self::ChaCha20Poly1305 => (8, TAG_BYTES),
        };
        if content.is_empty() || !content.len().is_multiple_of(block) || tag.len() != tag_bytes {
            return Err(KeyFault::Damaged(
                "content of a length that its cipher does not make",
            ));
        }
        Ok(())
    }

    /// What is under it, with key and initialization vector one after another. A tag that does not fit is a wrong passphrase, or
    /// a damage that cannot be told from it.
    pub(in crate::keys) fn decrypt(
        self,
        derived: &[u8],
        content: &[u8],
        tag: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
        let (key, iv) = derived
            .split_at_checked(self.key_bytes())
            .ok_or(KeyFault::WrongPassphrase)?;
        let plain = match self {
            Self::Bare(cipher) => bare(cipher, key, iv, content),
            Self::Gcm(cipher) => {
                symm::decrypt_aead(cipher, key, Some(iv), &[], content, tag).map(Zeroizing::new)
            }
            Self::ChaCha20Poly1305 => chacha20_poly1305(key, content, tag),
        };
        plain.map_err(|_tag| KeyFault::WrongPassphrase)
    }
}

/// Without padding.
fn bare(
    cipher: symm::Cipher,
    key: &[u8],
    iv: &[u8],
    content: &[u8],
) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    let mut crypter = Crypter::new(cipher, Mode::Decrypt, key, Some(iv))?;
    crypter.pad(false);
    let room = content.len().saturating_add(cipher.block_size());
    let mut plain = Zeroizing::new(vec![0; room]);
    let done = crypter.update(content, &mut plain)?;
    let rest = plain.get_mut(done..).unwrap_or_default();
    let last = crypter.finalize(rest)?;
    plain.truncate(done.saturating_add(last));
    Ok(plain)
}

fn chacha20_poly1305(
    key: &[u8],
    content: &[u8],
    tag: &[u8],
) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    let key = key.get(..32).unwrap_or_default();
    // Block counter and packet number, eight bytes each.
    let (first, second) = ([0_u8; 16], 1_u128.to_le_bytes());
    let cipher = symm::Cipher::chacha20();
    let one_time = bare(cipher, key, &first, &[0; 32])?;
    let authenticator = PKey::private_key_from_raw_bytes(&one_time, Id::POLY1305)?;
    let found = Signer::new_without_digest(&authenticator)?.sign_oneshot_to_vec(content)?;
    if found.len() != tag.len() || !memcmp::eq(&found, tag) {
        return Err(ErrorStack::get());
    }
    bare(cipher, key, &second, content)
}
