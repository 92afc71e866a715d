//! What opens a key file that is locked: a passphrase, a ceiling for the work, and what watches it.

mod cipher;
mod derive;
pub(super) mod elements;
mod pem;
mod scheme;
pub(super) mod ssh;

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::Zeroizing;

use super::forms::without_line_break;
use super::{Holds, Key, KeyFault, KeyKind, Material, Secret};

pub(crate) use derive::{CalledOff, Prf, pbkdf2};
pub(super) use derive::{Purpose, bcrypt_within, pkcs12_within};
pub(super) use pem::PemLock;
pub(super) use scheme::{Password, decrypt, derive, name as scheme_name};

/// One key may ask for so many iterations of key derivation. With SHA-256 about three seconds of one core.
pub const MAX_KEY_ITERATIONS: u32 = 10_000_000;

/// All keys of a file together may ask for so many times the ceiling of one.
const KEYS_AT_THE_CEILING: u64 = 3;

/// A passphrase. Zeroised when the last copy is dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase {
    source: Arc<str>,
    bytes: Arc<Zeroizing<Vec<u8>>>,
}

impl Passphrase {
    /// Takes over the bytes, every one of them.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self::named("passphrase", bytes)
    }

    /// From the bytes of a file, without one final line break (LF or CRLF). `source` is its name for people.
    pub fn from_file(source: &str, bytes: &[u8]) -> Self {
        Self::named(source, without_line_break(bytes).to_vec())
    }

    fn named(source: &str, bytes: Vec<u8>) -> Self {
        Self {
            source: source.into(),
            bytes: Arc::new(Zeroizing::new(bytes)),
        }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The passphrase as a secret that opens tokens (PBES2, RFC 7518 section 4.8).
    pub fn as_key(&self) -> Key {
        let mut key = Key::blank(&self.source, 1, "passphrase");
        key.kind = KeyKind::Oct {
            bytes: self.bytes.len(),
        };
        key.holds = Holds::Symmetric;
        key.material = Material::Symmetric {
            secret: Secret::new(self.bytes.to_vec()),
            readings: Vec::new(),
        };
        key
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

/// What a long derivation is watched by.
#[derive(Clone, Copy)]
pub struct Effort<'a> {
    /// Set from elsewhere to call the work off.
    pub cancel: &'a AtomicBool,
    /// Told now and then how much of the work is done, and how much it is in all.
    pub progress: &'a dyn Fn(u64, u64),
}

impl Effort<'static> {
    /// Nobody watches, and nobody calls it off.
    pub fn unwatched() -> Self {
        static NEVER: AtomicBool = AtomicBool::new(false);
        static NOBODY: fn(u64, u64) = |_, _| {};
        Self {
            cancel: &NEVER,
            progress: &NOBODY,
        }
    }
}

/// What there is to open a locked key file with.
#[derive(Clone, Copy)]
pub struct Unlock<'a> {
    /// The passphrase, where there is one.
    pub passphrase: Option<&'a Passphrase>,
    /// What watches the work.
    pub effort: Effort<'a>,
    /// How many iterations of PBKDF2 one key may ask for; of other derivations, as many as take as long.
    pub ceiling: u32,
}

impl Unlock<'static> {
    /// Nothing: what is locked stays locked.
    pub fn without() -> Self {
        Self {
            passphrase: None,
            effort: Effort::unwatched(),
            ceiling: MAX_KEY_ITERATIONS,
        }
    }
}

impl<'a> Unlock<'a> {
    /// With this passphrase, unwatched.
    pub fn with(passphrase: &'a Passphrase) -> Self {
        Unlock {
            passphrase: Some(passphrase),
            ..Unlock::without()
        }
    }
}

/// The work on one file. It knows how much of it was done.
pub(super) struct Opening<'a> {
    unlock: &'a Unlock<'a>,
    spent: Cell<u64>,
}

impl<'a> Opening<'a> {
    pub(super) fn new(unlock: &'a Unlock<'a>) -> Self {
        Self {
            unlock,
            spent: Cell::new(0),
        }
    }

    /// The passphrase that was given.
    pub(super) fn given(&self) -> Option<&'a Passphrase> {
        self.unlock.passphrase
    }

    /// The passphrase, for a key that cannot do without one.
    pub(super) fn passphrase(&self) -> Result<&'a [u8], KeyFault> {
        self.given()
            .map(Passphrase::bytes)
            .ok_or(KeyFault::Encrypted)
    }

    /// Whether so much work may be done, each piece of it as long as so many iterations of PBKDF2. It counts as done
    /// from then on.
    pub(super) fn charge(
        &self,
        what: &'static str,
        count: u64,
        iterations_each: u64,
    ) -> Result<(), KeyFault> {
        let one = u64::from(self.unlock.ceiling);
        let iterations = count.saturating_mul(iterations_each);
        if iterations > one {
            return Err(KeyFault::Ceiling {
                what,
                ceiling: one.checked_div(iterations_each).unwrap_or(one),
                found: count,
            });
        }
        let spent = self.spent.get().saturating_add(iterations);
        let ceiling = one.saturating_mul(KEYS_AT_THE_CEILING);
        if spent > ceiling {
            return Err(KeyFault::Ceiling {
                what: "iterations of key derivation in one file",
                ceiling,
                found: spent,
            });
        }
        self.spent.set(spent);
        self.go_on()
    }

    /// Fails when the work was called off.
    pub(super) fn go_on(&self) -> Result<(), KeyFault> {
        if self.unlock.effort.cancel.load(Ordering::Relaxed) {
            return Err(KeyFault::Cancelled);
        }
        Ok(())
    }

    /// What watches the work.
    pub(super) fn effort(&self) -> &'a Effort<'a> {
        &self.unlock.effort
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_not_printed_and_loses_one_line_break() {
        for (file, expected) in [
            (&b"open sesame"[..], &b"open sesame"[..]),
            (b"open sesame\n", b"open sesame"),
            (b"open sesame\r\n", b"open sesame"),
            (b"open sesame\n\n", b"open sesame\n"),
            (b" \n", b" "),
            (b"", b""),
        ] {
            let passphrase = Passphrase::from_file("pass.txt", file);
            assert_eq!(passphrase.bytes(), expected);
            assert!(!format!("{passphrase:?}").contains("sesame"));
            assert_eq!(passphrase.as_key().source, "pass.txt");
        }
        assert_eq!(Passphrase::new(b"a\n".to_vec()).bytes(), b"a\n");
    }

    #[test]
    fn work_is_refused_above_the_ceiling_of_a_key_and_of_a_file() {
        let unlock = Unlock {
            ceiling: 100,
            ..Unlock::without()
        };
        let opening = Opening::new(&unlock);
        let refused = |count, each| match opening.charge("rounds", count, each) {
            Err(KeyFault::Ceiling { ceiling, found, .. }) => Some((ceiling, found)),
            _ => None,
        };
        assert_eq!(refused(101, 1), Some((100, 101)));
        assert_eq!(refused(11, 10), Some((10, 11)));
        assert_eq!(refused(u64::MAX, u64::MAX), Some((0, u64::MAX)));
        for _ in 0..3 {
            assert_eq!(refused(10, 10), None);
        }
        assert_eq!(refused(1, 1), Some((300, 301)));
    }
}
