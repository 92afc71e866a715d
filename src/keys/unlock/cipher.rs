//! Ciphers of locked key files. OpenSSL does what it can without its legacy provider, crates of `RustCrypto` the rest.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt as _, InnerIvInit as _, KeyInit};
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
    /// Camellia in CBC mode, with a key of so many bytes.
    Camellia { key_bytes: usize },
    /// CAST5 in CBC mode, with a key of 128 bits.
    Cast5,
    /// DES in CBC mode.
    Des,
    /// IDEA in CBC mode.
    Idea,
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
            "CAMELLIA-128-CBC" => Some(Self::Camellia { key_bytes: 16 }),
            "CAMELLIA-192-CBC" => Some(Self::Camellia { key_bytes: 24 }),
            "CAMELLIA-256-CBC" => Some(Self::Camellia { key_bytes: 32 }),
            "CAST5-CBC" => Some(Self::Cast5),
            "DES-CBC" => Some(Self::Des),
            "IDEA-CBC" => Some(Self::Idea),
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

    /// Of the number that OpenSSL has for it, where it can do it: those of its legacy provider are there by name only.
    pub(super) fn of_nid(nid: Nid) -> Option<Self> {
        let cipher = symm::Cipher::from_nid(nid)?;
        let key = Zeroizing::new(vec![0; cipher.key_len()]);
        let iv = vec![0; cipher.iv_len().filter(|length| *length >= 8)?];
        symm::Crypter::new(cipher, symm::Mode::Decrypt, &key, Some(&iv)).ok()?;
        Some(Self::OpenSsl(cipher))
    }

    pub(in crate::keys) fn key_bytes(self) -> usize {
        match self {
            Self::Blowfish | Self::Cast5 | Self::Idea => 16,
            Self::Des => 8,
            Self::OpenSsl(cipher) => cipher.key_len(),
            Self::Camellia { key_bytes } | Self::Rc2 { key_bytes, .. } => key_bytes,
        }
    }

    pub(in crate::keys) fn iv_bytes(self) -> usize {
        match self {
            Self::OpenSsl(cipher) => cipher.iv_len().unwrap_or(0),
            Self::Camellia { .. } => 16,
            Self::Blowfish | Self::Cast5 | Self::Des | Self::Idea | Self::Rc2 { .. } => 8,
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
            return Err(LENGTH);
        }
        let block = match self {
            Self::OpenSsl(cipher) => cipher.block_size(),
            _ => self.iv_bytes(),
        };
        if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(block) {
            return Err(KeyFault::Damaged("no whole number of blocks"));
        }
        match self {
            Self::OpenSsl(cipher) => symm::decrypt(cipher, key, Some(iv), ciphertext)
                .map(Zeroizing::new)
                .map_err(|_padding| KeyFault::WrongPassphrase),
            Self::Rc2 { bits, .. } => {
                let cipher = rc2::Rc2::new_with_eff_key_len(key, bits);
                cbc_mode(cipher, iv, ciphertext)
            }
            Self::Blowfish => cbc_of::<blowfish::Blowfish>(key, iv, ciphertext),
            Self::Camellia { key_bytes: 16 } => {
                cbc_of::<camellia::Camellia128>(key, iv, ciphertext)
            }
            Self::Camellia { key_bytes: 24 } => {
                cbc_of::<camellia::Camellia192>(key, iv, ciphertext)
            }
            Self::Camellia { .. } => cbc_of::<camellia::Camellia256>(key, iv, ciphertext),
            Self::Cast5 => cbc_of::<cast5::Cast5>(key, iv, ciphertext),
            Self::Des => cbc_of::<des::Des>(key, iv, ciphertext),
            Self::Idea => cbc_of::<idea::Idea>(key, iv, ciphertext),
        }
    }
}

const LENGTH: KeyFault = KeyFault::Damaged("an initialization vector of another length");

fn cbc_of<C: BlockCipherDecrypt + KeyInit>(
    key: &[u8],
    iv: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let cipher = C::new_from_slice(key).map_err(|_length| LENGTH)?;
    cbc_mode(cipher, iv, ciphertext)
}

fn cbc_mode<C: BlockCipherDecrypt>(
    cipher: C,
    iv: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let decryptor =
        cbc::Decryptor::<C>::inner_iv_slice_init(cipher, iv).map_err(|_length| LENGTH)?;
    let mut plain = Zeroizing::new(ciphertext.to_vec());
    let length = decryptor
        .decrypt_padded::<Pkcs7>(&mut plain)
        .map_err(|_padding| KeyFault::WrongPassphrase)?
        .len();
    plain.truncate(length);
    Ok(plain)
}
