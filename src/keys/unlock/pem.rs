//! The lock of an encrypted PEM block, as its header `DEK-Info` tells it.

use zeroize::Zeroizing;

use super::cipher::BlockCipher;
use super::derive::pem_key;
use crate::keys::KeyFault;

/// Cipher and initialization vector.
pub(in crate::keys) struct PemLock {
    cipher: BlockCipher,
    iv: Vec<u8>,
}

impl PemLock {
    /// Of the value of the header, such as `AES-256-CBC,8C…`.
    pub(in crate::keys) fn read(info: &str) -> Result<Self, KeyFault> {
        let (name, iv) = info.split_once(',').ok_or(KeyFault::Damaged(
            "a header DEK-Info without initialization vector",
        ))?;
        let cipher = BlockCipher::named(name.trim())?;
        let iv = from_hex(iv.trim())
            .filter(|iv| iv.len() == cipher.iv_bytes())
            .ok_or(KeyFault::Damaged(
                "an initialization vector of another length",
            ))?;
        Ok(Self { cipher, iv })
    }

    /// What is under it.
    pub(in crate::keys) fn decrypt(
        &self,
        ciphertext: &[u8],
        password: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
        // The first bytes of the initialization vector are the salt too.
        let salt = self.iv.get(..8).unwrap_or(&self.iv);
        let key = pem_key(password, salt, self.cipher.key_bytes())?;
        self.cipher.decrypt(&key, &self.iv, ciphertext)
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    if !rest.is_empty() || pairs.len() > 64 {
        return None;
    }
    pairs
        .iter()
        .map(|&[high, low]| u8::try_from(digit(high)? << 4 | digit(low)?).ok())
        .collect()
}
