//! Ciphers of locked key files. OpenSSL does what it can without its legacy provider, RustCrypto the rest.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt as _, InnerIvInit as _, KeyInit as _};
use openssl::asn1::Asn1Object;
use openssl::nid::Nid;
use openssl::symm;
use zeroize::Zeroizing;

use crate::keys::KeyFault;
use crate::keys::key::quoted;

/// A cipher that pads to whole blocks.
#[derive(Clone, Copy)]
pub(in crate::keys) enum BlockCipher {
    /// Blowfish in CBC mode, with a key of 128 bits.
    Blowfish,
    /// DES in CBC mode.
    Des,
    /// One that OpenSSL does.
    OpenSsl(symm::Cipher),
    /// RC2 in CBC mode, with a key of so many bytes that is as strong as so many bits (RFC 2268 section 2).
    Rc2 { key_bytes: usize, bits: usize },
}

impl BlockCipher {
    /// Of the name that encrypted PEM and OpenSSL use.
    pub(super) fn named(name: &str) -> Result<Self, KeyFault> {
        let rc2 = |key_bytes: usize| Self::Rc2 {
            key_bytes,
            bits: key_bytes.saturating_mul(8),
        };
        let unknown = || KeyFault::Lock(format!("the cipher {}", quoted(name)));
        let own = match name {
            "BF-CBC" => Some(Self::Blowfish),
            "DES-CBC" => Some(Self::Des),
            "RC2-CBC" => Some(rc2(16)),
            "RC2-64-CBC" => Some(rc2(8)),
            "RC2-40-CBC" => Some(rc2(5)),
            _ => None,
        };
        if let Some(own) = own {
            return Ok(own);
        }
        let modes = ["-CBC", "-CFB", "-CFB1", "-CFB8", "-OFB"];
        if !modes.iter().any(|mode| name.ends_with(mode)) || name.contains('\0') {
            return Err(unknown());
        }
        let nid = Asn1Object::from_str(name).map(|object| object.nid());
        nid.ok().and_then(Self::of_nid).ok_or_else(unknown)
    }

    pub(super) fn of_nid(nid: Nid) -> Option<Self> {
        let cipher = symm::Cipher::from_nid(nid)?;
        let has_iv = cipher.iv_len().is_some_and(|length| length >= 8);
        (has_iv && cipher.key_len() > 0).then_some(Self::OpenSsl(cipher))
    }

    pub(in crate::keys) fn key_bytes(self) -> usize {
        match self {
            Self::Blowfish => 16,
            Self::Des => 8,
            Self::OpenSsl(cipher) => cipher.key_len(),
            Self::Rc2 { key_bytes, .. } => key_bytes,
        }
    }

    pub(in crate::keys) fn iv_bytes(self) -> usize {
        match self {
            Self::OpenSsl(cipher) => cipher.iv_len().unwrap_or(0),
            Self::Blowfish | Self::Des | Self::Rc2 { .. } => 8,
        }
    }

    /// What is under it. A padding that is none is a wrong passphrase, or a damage that cannot be told from it.
    pub(in crate::keys) fn decrypt(
        self,
        key: &[u8],
        iv: &[u8],
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
        if key.len() != self.key_bytes() || iv.len() != self.iv_bytes() {
            return Err(KeyFault::Damaged(
                "an initialization vector of another length",
            ));
        }
        let block = match self {
            Self::OpenSsl(cipher) => cipher.block_size(),
            _ => 8,
        };
        if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(block) {
            return Err(KeyFault::Damaged("no whole number of blocks"));
        }
        let length = || KeyFault::Damaged("an initialization vector of another length");
        match self {
            Self::OpenSsl(cipher) => {
                // A cipher that is there by name only, for want of a provider, fails here as a wrong padding does.
                symm::Crypter::new(cipher, symm::Mode::Decrypt, key, Some(iv)).map_err(
                    |_refused| KeyFault::Lock("a cipher that OpenSSL does not do here".to_owned()),
                )?;
                symm::decrypt(cipher, key, Some(iv), ciphertext)
                    .map(Zeroizing::new)
                    .map_err(|_padding| KeyFault::WrongPassphrase)
            }
            Self::Blowfish => blowfish::Blowfish::new_from_slice(key)
                .map_err(|_length| length())
                .and_then(|cipher: blowfish::Blowfish| cbc(cipher, iv, ciphertext)),
            Self::Des => des::Des::new_from_slice(key)
                .map_err(|_length| length())
                .and_then(|cipher| cbc(cipher, iv, ciphertext)),
            Self::Rc2 { bits, .. } => {
                cbc(rc2::Rc2::new_with_eff_key_len(key, bits), iv, ciphertext)
            }
        }
    }
}

fn cbc<C: BlockCipherDecrypt>(
    cipher: C,
    iv: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let decryptor = cbc::Decryptor::<C>::inner_iv_slice_init(cipher, iv)
        .map_err(|_length| KeyFault::Damaged("an initialization vector of another length"))?;
    let mut plain = Zeroizing::new(ciphertext.to_vec());
    let length = decryptor
        .decrypt_padded::<Pkcs7>(&mut plain)
        .map_err(|_padding| KeyFault::WrongPassphrase)?
        .len();
    plain.truncate(length);
    Ok(plain)
}
