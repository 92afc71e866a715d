//! Private keys of OpenSSH (`PROTOCOL.key` in its sources), in the PEM block that `ssh-keygen` writes.

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::rsa::RsaPrivateKeyBuilder;
use zeroize::Zeroizing;

use super::found::Found;
use super::ssh_fields::Fields;
use crate::keys::key::quoted;
use crate::keys::pair::{self, Half, RsaNumbers};
use crate::keys::public::{self, PublicKey, refused};
use crate::keys::unlock::{Opening, bcrypt_within, ssh};
use crate::keys::{Curve, Holds, Key, KeyFault, KeyNote, OkpCurve};

/// What the decoded block begins with.
const MAGIC: &[u8] = b"openssh-key-v1\0";

/// Keys in one block. OpenSSH writes one.
const MAX_IN_BLOCK: u32 = 1_000;

const FORM: &str = "OpenSSH private key";

const UNREADABLE: KeyFault = KeyFault::Damaged("an OpenSSH key that cannot be read");

/// Whether a decoded PEM block is one of OpenSSH.
pub(super) fn recognises(block: &[u8]) -> bool {
    block.starts_with(MAGIC)
}

/// Takes the keys of a block.
pub(super) fn take(found: &mut Found<'_>, block: &[u8]) {
    found.take_all(keys(block, found.opening(), found.source(), 1));
}

/// The keys of a block, unusable ones with their faults. `ordinal` is the place of the first in `source`, from 1.
fn keys(block: &[u8], opening: &Opening<'_>, source: &str, ordinal: usize) -> Vec<Key> {
    let blank = |ordinal| Key {
        holds: Holds::Private,
        ..Key::blank(source, ordinal, FORM)
    };
    let (count, plain) = match unlocked(block, opening) {
        Ok(opened) => opened,
        Err(fault) => {
            let fault = Some(fault);
            return vec![Key {
                fault,
                ..blank(ordinal)
            }];
        }
    };
    let mut fields = Fields(&plain);
    // The numbers by which a wrong passphrase was told.
    fields.0 = fields.0.get(8..).unwrap_or_default();
    let mut keys = Vec::new();
    for at in (ordinal..).take(usize::try_from(count).unwrap_or(0)) {
        let mut key = blank(at);
        let read = key_of(&mut fields, &mut key.members.notes).and_then(|public| {
            let comment = fields.string().ok_or(UNREADABLE)?;
            Ok((public, String::from_utf8_lossy(comment).into_owned()))
        });
        let can_go_on = read.is_ok();
        let public = read.map(|(public, comment)| {
            key.label = Some(comment).filter(|comment| !comment.is_empty());
            public
        });
        key.set_public(public);
        keys.push(key);
        // Where a key of another type ends is not known.
        if !can_go_on {
            break;
        }
    }
    keys
}

/// How many keys there are, and what they are.
fn unlocked(block: &[u8], opening: &Opening<'_>) -> Result<(u32, Zeroizing<Vec<u8>>), KeyFault> {
    let mut fields = Fields(block.strip_prefix(MAGIC).ok_or(UNREADABLE)?);
    let cipher = fields.string().ok_or(UNREADABLE)?;
    let function = fields.string().ok_or(UNREADABLE)?;
    let mut options = Fields(fields.string().ok_or(UNREADABLE)?);
    let count = fields.number().ok_or(UNREADABLE)?;
    if count == 0 || count > MAX_IN_BLOCK {
        return Err(UNREADABLE);
    }
    for _ in 0..count {
        fields.string().ok_or(UNREADABLE)?;
    }
    let content = fields.string().ok_or(UNREADABLE)?;
    let tag = fields.0;
    if cipher == b"none" {
        let plain = Zeroizing::new(content.to_vec());
        return match (has_twins(&plain), tag) {
            (true, []) => Ok((count, plain)),
            _ => Err(UNREADABLE),
        };
    }
    let text = |name: &[u8]| quoted(&String::from_utf8_lossy(name));
    let named = |what: &str, name: &[u8]| KeyFault::Lock(format!("the {what} {}", text(name)));
    let cipher = ssh::Cipher::named(cipher).ok_or_else(|| named("cipher", cipher))?;
    if function != b"bcrypt" {
        return Err(named("key derivation", function));
    }
    let salt = options.string().ok_or(UNREADABLE)?;
    let rounds = options.number().ok_or(UNREADABLE)?;
    let passphrase = opening.passphrase()?;
    cipher.check(content, tag)?;
    let length = cipher.key_bytes().saturating_add(cipher.iv_bytes());
    let derived = bcrypt_within(opening, passphrase, salt, rounds, length)?;
    let plain = cipher.decrypt(&derived, content, tag)?;
    if !has_twins(&plain) {
        return Err(KeyFault::WrongPassphrase);
    }
    Ok((count, plain))
}

/// Whether the content begins with a number twice.
fn has_twins(plain: &[u8]) -> bool {
    matches!(plain.as_chunks::<4>().0, [one, other, ..] if one == other)
}

/// The next key without its comment, and what is wrong with it.
fn key_of(fields: &mut Fields<'_>, notes: &mut Vec<KeyNote>) -> Result<PublicKey, KeyFault> {
    let name = fields.string().ok_or(UNREADABLE)?;
    let (mut public, half) = match name {
        b"ssh-rsa" => rsa(fields)?,
        b"ssh-ed25519" => ed25519(fields)?,
        b"ecdsa-sha2-nistp256" => ec(fields, Curve::P256, b"nistp256")?,
        b"ecdsa-sha2-nistp384" => ec(fields, Curve::P384, b"nistp384")?,
        b"ecdsa-sha2-nistp521" => ec(fields, Curve::P521, b"nistp521")?,
        other => {
            let other = quoted(&String::from_utf8_lossy(other));
            return Err(KeyFault::UnknownType(format!("the OpenSSH type {other}")));
        }
    };
    notes.extend(half.found.into_iter().map(KeyNote::Inconsistent));
    public.private = half.key;
    Ok(public)
}

fn rsa(fields: &mut Fields<'_>) -> Result<(PublicKey, Half), KeyFault> {
    let mut next = || -> Result<BigNum, KeyFault> {
        let bytes = fields.positive().ok_or(UNREADABLE)?;
        // More is refused for its length below; here it keeps a hostile file from costing time.
        BigNum::from_slice(bytes).map_err(|stack| refused(&stack))
    };
    let (modulus, exponent) = (next()?, next()?);
    let mut secrets = [next()?, next()?, next()?, next()?];
    let public = public::rsa(&modulus.to_vec(), &exponent.to_vec());
    let numbers = secrets.each_ref().map(|number| -> &BigNumRef { number });
    let [private, inverse, first, second] = numbers;
    let half = pair::rsa(&RsaNumbers {
        n: &modulus,
        e: &exponent,
        d: private,
        primes: Some((first, second)),
        is_pair: true,
        derived: [None, None, Some(inverse)],
    });
    let half = match (
        half.found.is_empty(),
        with_primes(&modulus, &exponent, numbers),
    ) {
        (true, Ok(key)) => Half {
            key: Some(key),
            ..half
        },
        _ => half,
    };
    for secret in &mut secrets {
        secret.clear();
    }
    Ok((public?, half))
}

/// With its primes a key is faster. OpenSSH leaves out what follows from the others.
fn with_primes(
    modulus: &BigNumRef,
    exponent: &BigNumRef,
    [private, inverse, first, second]: [&BigNumRef; 4],
) -> Result<PKey<Private>, ErrorStack> {
    let mut context = BigNumContext::new_secure()?;
    let mut reduced = |prime: &BigNumRef| -> Result<BigNum, ErrorStack> {
        let mut less = prime.to_owned()?;
        less.sub_word(1)?;
        let mut rest = BigNum::new()?;
        rest.nnmod(private, &less, &mut context)?;
        Ok(rest)
    };
    let (first_exponent, second_exponent) = (reduced(first)?, reduced(second)?);
    let key = RsaPrivateKeyBuilder::new(
        modulus.to_owned()?,
        exponent.to_owned()?,
        private.to_owned()?,
    )?
    .set_factors(first.to_owned()?, second.to_owned()?)?
    .set_crt_params(first_exponent, second_exponent, inverse.to_owned()?)?;
    PKey::from_rsa(key.build())
}

fn ec(fields: &mut Fields<'_>, curve: Curve, name: &[u8]) -> Result<(PublicKey, Half), KeyFault> {
    if fields.string() != Some(name) {
        return Err(UNREADABLE);
    }
    let point = fields.string().ok_or(UNREADABLE)?;
    let d = fields.positive().ok_or(UNREADABLE)?;
    // SEC 1 section 2.3.3, uncompressed: the only form that OpenSSH writes.
    let length = curve.coordinate_bytes();
    let (x, y) = point
        .strip_prefix(&[4])
        .filter(|point| point.len() == length.saturating_mul(2))
        .and_then(|point| point.split_at_checked(length))
        .ok_or(UNREADABLE)?;
    let public = public::ec(curve, x, y)?;
    let missing = length.saturating_sub(d.len());
    let d = Zeroizing::new([vec![0; missing].as_slice(), d].concat());
    let half = pair::ec(curve, &public.key, &d);
    Ok((public, half))
}

fn ed25519(fields: &mut Fields<'_>) -> Result<(PublicKey, Half), KeyFault> {
    let x = fields.string().ok_or(UNREADABLE)?;
    // The seed, and the public half again.
    let (seed, again) = fields
        .string()
        .and_then(|secret| secret.split_at_checked(32))
        .ok_or(UNREADABLE)?;
    let public = public::okp(OkpCurve::Ed25519, x)?;
    let half = if again == x {
        pair::okp(OkpCurve::Ed25519, &public.key, seed)
    } else {
        Half::checked(Ok(None))
    };
    Ok((public, half))
}
