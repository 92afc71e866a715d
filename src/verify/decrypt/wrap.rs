//! AES Key Wrap (RFC 3394).

use openssl::cipher::{Cipher, CipherRef};
use openssl::cipher_ctx::{CipherCtx, CipherCtxFlags};
use openssl::error::ErrorStack;
use zeroize::Zeroizing;

use super::algorithms::Aes;

/// What the wrapping adds, in bytes.
pub(super) const OVERHEAD: usize = 8;

/// The wrapped key; `None` when this key does not unwrap it. `key` has as many bytes as `aes` takes.
pub(super) fn unwrap(aes: Aes, key: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // RFC 3394 section 2.2: two blocks of 64 bits or more, and one for the check.
    let (blocks, rest) = wrapped.as_chunks::<8>();
    if !rest.is_empty() || blocks.len() < 3 || key.len() != aes.key_bytes() {
        return None;
    }
    unwrapped(aes, key, wrapped).ok()
}

/// A key wrapped under another one, which has as many bytes as `aes` takes.
///
/// # Errors
///
/// When OpenSSL refuses: of a key that is no multiple of 8 bytes, or shorter than 16.
pub fn wrap(aes: Aes, key: &[u8], plain: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let mut context = CipherCtx::new()?;
    context.set_flags(CipherCtxFlags::FLAG_WRAP_ALLOW);
    context.encrypt_init(Some(cipher(aes)), Some(key), None)?;
    let mut wrapped = Vec::with_capacity(plain.len().saturating_add(2 * OVERHEAD));
    context.cipher_update_vec(plain, &mut wrapped)?;
    context.cipher_final_vec(&mut wrapped)?;
    Ok(wrapped)
}

fn cipher(aes: Aes) -> &'static CipherRef {
    match aes {
        Aes::A128 => Cipher::aes_128_wrap(),
        Aes::A192 => Cipher::aes_192_wrap(),
        Aes::A256 => Cipher::aes_256_wrap(),
    }
}

fn unwrapped(aes: Aes, key: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    let mut context = CipherCtx::new()?;
    context.set_flags(CipherCtxFlags::FLAG_WRAP_ALLOW);
    context.decrypt_init(Some(cipher(aes)), Some(key), None)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(wrapped.len()));
    context.cipher_update_vec(wrapped, &mut plain)?;
    context.cipher_final_vec(&mut plain)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        crate::verify::from_hex(text).unwrap()
    }

    /// RFC 3394 section 4.
    #[test]
    fn rfc_3394_section_4() {
        let kek = hex("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F");
        let data = hex("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F");
        for (aes, bytes, wrapped) in [
            (
                Aes::A128,
                16,
                "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5",
            ),
            (
                Aes::A192,
                16,
                "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D",
            ),
            (
                Aes::A256,
                16,
                "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7",
            ),
            (
                Aes::A192,
                24,
                "031D33264E15D33268F24EC260743EDCE1C6C7DDEE725A936BA814915C6762D2",
            ),
            (
                Aes::A256,
                24,
                "A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1",
            ),
            (
                Aes::A256,
                32,
                "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21",
            ),
        ] {
            let wrapped = hex(wrapped);
            let kek = &kek[..aes.key_bytes()];
            let plain = unwrap(aes, kek, &wrapped).unwrap();
            assert_eq!(wrap(aes, kek, &data[..bytes]).unwrap(), wrapped);
            assert_eq!(plain.as_slice(), &data[..bytes]);
            for bit in 0..wrapped.len() * 8 {
                let mut changed = wrapped.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(unwrap(aes, kek, &changed), None);
            }
        }
    }

    #[test]
    fn any_length_is_taken() {
        for length in 0..200 {
            assert_eq!(unwrap(Aes::A128, &[0; 16], &vec![7; length]), None);
        }
        for length in [0, 15, 17, 24, 32] {
            assert_eq!(unwrap(Aes::A128, &vec![0; length], &[7; 24]), None);
        }
    }
}
