//! The hash functions that `_sd_alg` may name (RFC 9901 section 4.1.1).

use openssl::hash::{MessageDigest, hash};

use crate::jose::base64url;

/// A hash function by its name in the IANA registry of named information hash algorithms, or by a common one.
#[derive(Debug, PartialEq, Eq)]
pub struct HashAlgorithm {
    /// The name as `_sd_alg` holds it; upper and lower case matter.
    pub name: &'static str,
    /// How many bits of output are kept.
    pub bits: usize,
    /// Whether its digests hide and bind what they stand for (RFC 9901 section 9.4).
    pub is_fit: bool,
    /// The name in OpenSSL.
    primitive: &'static str,
}

/// What an SD-JWT without `_sd_alg` is made with.
pub static SHA_256: HashAlgorithm = fit("sha-256", 256, "SHA256");

/// Every function that is computed here, the unfit ones too: what they hide shall be seen.
static HASHES: &[&HashAlgorithm] = &[
    &SHA_256,
    &fit("sha-384", 384, "SHA384"),
    &fit("sha-512", 512, "SHA512"),
    &fit("sha3-256", 256, "SHA3-256"),
    &fit("sha3-384", 384, "SHA3-384"),
    &fit("sha3-512", 512, "SHA3-512"),
    &unfit("md5", 128, "MD5"),
    &unfit("sha-1", 160, "SHA1"),
    &unfit("sha-224", 224, "SHA224"),
    &unfit("sha3-224", 224, "SHA3-224"),
    &unfit("sha-256-128", 128, "SHA256"),
    &unfit("sha-256-120", 120, "SHA256"),
    &unfit("sha-256-96", 96, "SHA256"),
    &unfit("sha-256-64", 64, "SHA256"),
    &unfit("sha-256-32", 32, "SHA256"),
];

impl HashAlgorithm {
    /// The function of this name, spelled exactly so.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|known| known.name == name)
    }

    /// Every function that is computed here, the fit ones first.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        HASHES.iter().copied()
    }

    /// The digest over these characters as they are, in base64url. `None` where the cryptographic library refuses the function.
    pub fn digest(&self, text: &str) -> Option<String> {
        let primitive = MessageDigest::from_name(self.primitive)?;
        let digest = hash(primitive, text.as_bytes()).ok()?;
        Some(base64url::encode(digest.get(..self.bits / 8)?))
    }

    /// How many characters a digest has.
    pub fn characters(&self) -> usize {
        self.bits.div_ceil(6)
    }
}

const fn fit(name: &'static str, bits: usize, primitive: &'static str) -> HashAlgorithm {
    HashAlgorithm {
        name,
        bits,
        is_fit: true,
        primitive,
    }
}

const fn unfit(name: &'static str, bits: usize, primitive: &'static str) -> HashAlgorithm {
    HashAlgorithm {
        is_fit: false,
        ..fit(name, bits, primitive)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The digest of the empty text as FIPS 180-4, FIPS 202 and RFC 1321 have it.
    #[test]
    fn each_name_means_its_function() {
        for (name, hexadecimal) in [
            ("md5", "d41d8cd98f00b204e9800998ecf8427e"),
            ("sha-1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            (
                "sha-256",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            ("sha-256-32", "e3b0c442"),
            (
                "sha-384",
                "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
            ),
            (
                "sha-512",
                "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
            ),
            (
                "sha3-256",
                "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
            ),
        ] {
            let digest = HashAlgorithm::named(name).and_then(|hash| hash.digest(""));
            let mut found = String::new();
            for byte in base64url::decode(&digest.unwrap_or_default()).bytes.iter() {
                let _ = write!(found, "{byte:02x}");
            }
            assert_eq!(found, hexadecimal, "{name}");
        }
        assert!(HashAlgorithm::named("SHA-256").is_none() && HashAlgorithm::named("").is_none());
    }

    #[test]
    fn every_function_is_computed_and_names_its_length() {
        for hash in HashAlgorithm::all() {
            let length = hash.digest("a").map(|digest| digest.len());
            assert_eq!(length, Some(hash.characters()), "{}", hash.name);
        }
    }
}
