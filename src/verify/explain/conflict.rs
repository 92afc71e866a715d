//! What a key says it is for, beside what it is asked to do.

use std::fmt;

use crate::jose::visible::visible;
use crate::keys::{Key, KeyKind, OkpCurve};
use crate::verify::Service;
use crate::verify::algorithm::ALGORITHMS;
use crate::verify::decrypt::{KEY_MANAGEMENT, KeyFamily};

/// So many algorithms are named.
const MAX_NAMED: usize = 3;

/// A member of a key that forbids what it is asked to do (RFC 7517 sections 4.2 and 4.3). `Display` is a clause about the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UseConflict<'a> {
    /// `key_ops` lacks the operation.
    Operations(&'a [String]),
    /// `use` is for the other purpose.
    Use(&'a str),
}

impl<'a> UseConflict<'a> {
    /// What forbids that this key does so, where something does.
    pub fn of(key: &'a Key, service: Service) -> Option<Self> {
        let (forbidden, allowed): (_, &[&str]) = match service {
            Service::Decrypts => ("sig", &["decrypt", "unwrapKey", "deriveKey", "deriveBits"]),
            Service::Verifies => ("enc", &["verify", "sign"]),
        };
        let ops = &key.members.key_ops;
        let own = key.members.use_.as_deref();
        if let Some(own) = own.filter(|own| *own == forbidden) {
            Some(Self::Use(own))
        } else if !ops.is_empty() && !ops.iter().any(|op| allowed.contains(&op.as_str())) {
            Some(Self::Operations(ops))
        } else {
            None
        }
    }
}

impl fmt::Display for UseConflict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operations(ops) => write!(f, "its key_ops are {}", visible(&ops.join(", "))),
            Self::Use(own) => write!(f, "its use is {own}"),
        }
    }
}

/// The `alg` of a key, where that is another than the header's.
pub(super) fn other_alg<'a>(key: &'a Key, alg: &str) -> Option<&'a str> {
    // `EdDSA` and its newer names are one; ES521 is a common slip of the pen.
    const EDWARDS: [&str; 3] = ["EdDSA", "Ed25519", "Ed448"];
    let own = key.members.alg.as_deref()?;
    let is_same = own == alg
        || own == "ES521" && alg == "ES512"
        || [own, alg].iter().all(|name| EDWARDS.contains(name));
    (!is_same).then_some(own)
}

/// What a key of this kind could do, as the end of a sentence; nothing where that includes the algorithm, so that something else
/// is in the way.
pub(super) fn made_for(key: &Key, alg: &str, service: Service) -> String {
    let names: Vec<&str> = match service {
        Service::Verifies => {
            let fitting = ALGORITHMS
                .iter()
                .filter(|algorithm| algorithm.fits(key.kind));
            fitting.map(|algorithm| algorithm.name).collect()
        }
        Service::Decrypts => {
            let fitting = KEY_MANAGEMENT.iter().filter(|management| {
                management.fits(key.kind)
                    && match (key.kind, management.family) {
                        (
                            KeyKind::Oct { bytes },
                            KeyFamily::AesWrap(aes) | KeyFamily::GcmWrap(aes),
                        ) => aes.key_bytes() == bytes,
                        (KeyKind::Oct { .. }, _) => false,
                        _ => true,
                    }
            });
            fitting.map(|management| management.name).collect()
        }
    };
    match (key.kind, service) {
        (KeyKind::Okp(OkpCurve::X25519 | OkpCurve::X448), Service::Verifies) => {
            ", which agrees on keys (ECDH-ES) and makes no signature".to_owned()
        }
        (KeyKind::Okp(OkpCurve::Ed25519 | OkpCurve::Ed448), Service::Decrypts) => {
            ", which signs (EdDSA) and decrypts nothing".to_owned()
        }
        _ if names.is_empty() || names.contains(&alg) => String::new(),
        _ => {
            let more = if names.len() > MAX_NAMED {
                " and others"
            } else {
                ""
            };
            let names: Vec<_> = names.into_iter().take(MAX_NAMED).collect();
            format!(", which is for {}{more}", names.join(", "))
        }
    }
}

/// A kind of key in a sentence.
pub(super) fn kind_words(kind: KeyKind) -> String {
    match kind {
        KeyKind::Akp(set) => format!("an {} key", set.name()),
        KeyKind::Ec(curve) => format!("an EC key on {}", curve.name()),
        KeyKind::Oct { bytes } => format!("a secret of {}", super::bytes(bytes)),
        KeyKind::Okp(curve) => format!("an {} key", curve.name()),
        KeyKind::Rsa { bits } => format!("an RSA key of {bits} bits"),
        KeyKind::Unknown => "of an unknown kind".to_owned(),
    }
}
