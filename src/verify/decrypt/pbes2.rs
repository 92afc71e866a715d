//! Keys from passwords (PBES2, RFC 7518 section 4.8).

use zeroize::Zeroizing;

use super::algorithms::{Aes, KeyFamily, KeyManagement};
use super::shape::{octets, shortened};
use super::{JweShapeFault, OpenError, Sealed};
use crate::jose::json::{Decimal, Json, Value};
use crate::keys::{CalledOff, Effort, Prf, pbkdf2};
use crate::verify::Hash;

/// More iterations than this are not made.
pub const MAX_ITERATIONS: u32 = 1_200_000;

/// The header parameters of the derivation.
pub(super) struct Parameters {
    /// `p2s`.
    salt: Zeroizing<Vec<u8>>,
    /// `p2c`, at least 1 and within the limit.
    pub(super) iterations: u32,
}

impl Parameters {
    pub(super) fn read(sealed: &Sealed<'_>) -> Result<Self, JweShapeFault> {
        let iterations = iterations((sealed.header)("p2c"))?;
        let salt = octets(sealed, "p2s")?.ok_or_else(|| JweShapeFault::Parameter {
            name: "p2s",
            expected: "a string in base64url",
            found: "nothing".to_owned(),
        })?;
        Ok(Self { salt, iterations })
    }

    /// The key that wraps the content key. `share`: the work that was done already, and how much it is in all.
    pub(super) fn wrapping_key(
        &self,
        management: &KeyManagement,
        (hash, aes): (Hash, Aes),
        password: &[u8],
        effort: &Effort<'_>,
        share: (u64, u64),
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        // RFC 7518 section 4.8.1.1.
        let salt = [management.name.as_bytes(), &[0], &self.salt].concat();
        let prf = match hash {
            Hash::Sha256 => Prf::Sha256,
            Hash::Sha384 => Prf::Sha384,
            Hash::Sha512 => Prf::Sha512,
        };
        let length = aes.key_bytes();
        pbkdf2(prf, password, &salt, self.iterations, length, effort, share)
            .map_err(|CalledOff| OpenError::Cancelled)
    }
}

/// The key that wraps the content key (RFC 7518 section 4.8), for a salt input (`p2s`) and a count (`p2c`).
///
/// # Errors
///
/// When the algorithm is none of passwords, the count is not from 1 to [`MAX_ITERATIONS`], or the work was called off.
pub fn wrapping_key(
    management: &KeyManagement,
    salt: &[u8],
    iterations: u32,
    password: &[u8],
    effort: &Effort<'_>,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let KeyFamily::Pbes2(hash, aes) = management.family else {
        return Err(OpenError::Refused(
            "an algorithm without a password".to_owned(),
        ));
    };
    if !(1..=MAX_ITERATIONS).contains(&iterations) {
        return Err(OpenError::Shape(JweShapeFault::Iterations {
            ceiling: MAX_ITERATIONS,
            found: iterations.to_string(),
        }));
    }
    let parameters = Parameters {
        salt: Zeroizing::new(salt.to_vec()),
        iterations,
    };
    let work = (0, iterations.into());
    parameters.wrapping_key(management, (hash, aes), password, effort, work)
}

/// The count of iterations that `p2c` asks for (RFC 7518 section 4.8.1.2).
///
/// # Errors
///
/// When it is no positive integer, or above the limit.
pub fn iterations(json: Option<&Json>) -> Result<u32, JweShapeFault> {
    let fault = |found: String| JweShapeFault::Parameter {
        name: "p2c",
        expected: "a positive integer",
        found,
    };
    let (text, value) = match json.map(|json| &json.value) {
        Some(Value::Number(number)) => (&number.text, Decimal::parse(&number.text)),
        other => {
            let found = json
                .filter(|_| other.is_some())
                .map_or("nothing", Json::kind);
            return Err(fault(found.to_owned()));
        }
    };
    let value =
        value.filter(|value| value.is_integer() && Some(value) >= Decimal::parse("1").as_ref());
    let Some(value) = value else {
        return Err(fault(shortened(text)));
    };
    value
        .to_nanoseconds()
        .and_then(|nanoseconds| u32::try_from(nanoseconds / 1_000_000_000).ok())
        .filter(|iterations| *iterations <= MAX_ITERATIONS)
        .ok_or_else(|| JweShapeFault::Iterations {
            ceiling: MAX_ITERATIONS,
            found: shortened(text),
        })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicBool, Ordering};

    use openssl::hash::MessageDigest;
    use proptest::prelude::*;

    use super::*;
    use crate::jose::json::read;
    use crate::verify::decrypt::key_management;

    fn of(text: &str) -> Result<u32, JweShapeFault> {
        iterations(read(text.as_bytes()).root.as_ref())
    }

    #[test]
    fn a_count_is_a_positive_integer_within_the_limit() {
        assert_eq!(of("1"), Ok(1));
        assert_eq!(of("4096"), Ok(4096));
        assert_eq!(of("1.2e6"), Ok(MAX_ITERATIONS));
        for text in [
            "0", "-1", "1.5", "0.5", "-0", "1e-3", "\"1000\"", "null", "[1]", "{}", "true",
        ] {
            assert!(
                matches!(of(text), Err(JweShapeFault::Parameter { name: "p2c", .. })),
                "{text}"
            );
        }
        for text in [
            "1200001",
            "2147483648",
            "4294967296",
            "1e300",
            "18446744073709551616",
        ] {
            assert_eq!(
                of(text),
                Err(JweShapeFault::Iterations {
                    ceiling: MAX_ITERATIONS,
                    found: text.to_owned()
                })
            );
        }
        assert!(iterations(None).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn openssl_derives_the_same(
            password in proptest::collection::vec(any::<u8>(), 0..200),
            salt in proptest::collection::vec(any::<u8>(), 0..80),
            iterations in 1_u32..50,
            which in 16_usize..19,
        ) {
            let management = &super::super::KEY_MANAGEMENT[which];
            let KeyFamily::Pbes2(hash, aes) = management.family else {
                panic!("a PBES2 algorithm");
            };
            let parameters = Parameters { salt: salt.clone().into(), iterations };
            let key = parameters
                .wrapping_key(management, (hash, aes), &password, &Effort::unwatched(), (0, 0))
                .unwrap();
            let digest = match hash {
                Hash::Sha256 => MessageDigest::sha256(),
                Hash::Sha384 => MessageDigest::sha384(),
                Hash::Sha512 => MessageDigest::sha512(),
            };
            let salt = [management.name.as_bytes(), b"\0", &salt].concat();
            let mut expected = vec![0; aes.key_bytes()];
            openssl::pkcs5::pbkdf2_hmac(&password, &salt, iterations as usize, digest, &mut expected)
                .unwrap();
            prop_assert_eq!(key.as_slice(), expected);
        }
    }

    #[test]
    fn the_work_tells_how_far_it_is_and_can_be_called_off() {
        let management = key_management("PBES2-HS256+A128KW").unwrap();
        let parameters = Parameters {
            salt: Zeroizing::default(),
            iterations: 20_000,
        };
        let cancel = AtomicBool::new(false);
        let told = Cell::new((0, 0));
        let run = |stop_at: u64| {
            let progress = |done: u64, total: u64| {
                assert!(done > told.get().0 && total == 40_000);
                told.set((done, told.get().1 + 1));
                cancel.store(done >= stop_at, Ordering::Relaxed);
            };
            let effort = Effort {
                cancel: &cancel,
                progress: &progress,
            };
            told.set((20_000, 0));
            let kind = (Hash::Sha256, Aes::A128);
            parameters.wrapping_key(management, kind, b"x", &effort, (20_000, 40_000))
        };
        assert!(run(u64::MAX).is_ok());
        assert_eq!(told.get().1, 9);
        assert_eq!(run(22_000).err(), Some(OpenError::Cancelled));
        assert_eq!(told.get().1, 1);
    }
}
