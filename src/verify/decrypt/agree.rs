//! Key agreement with an ephemeral key (ECDH-ES, RFC 7518 section 4.6, RFC 8037 section 3.2).

use openssl::derive::Deriver;
use openssl::error::ErrorStack;
use openssl::pkey::{Id, PKey, PKeyRef, Private, Public};
use openssl::sha::Sha256;
use zeroize::Zeroizing;

use super::algorithms::{Aes, ContentEncryption, KeyManagement};
use super::error::refused;
use super::shape::{octets, shortened};
use super::{JweShapeFault, OpenError, Sealed};
use crate::keys::{KeyKind, OkpCurve, from_jwk};

/// The header parameters of the agreement.
pub(super) struct Parameters {
    /// `epk`, and its kind.
    ephemeral: (KeyKind, PKey<Public>),
    /// `apu`.
    producer: Zeroizing<Vec<u8>>,
    /// `apv`.
    recipient: Zeroizing<Vec<u8>>,
}

/// What goes into the derivation of the agreed key beside the secret (RFC 7518 section 4.6.2).
#[derive(Clone, Copy)]
pub(in crate::verify) struct Fields<'a> {
    /// The name of what the key is for.
    pub(in crate::verify) algorithm: &'a str,
    /// `apu`, decoded.
    pub(in crate::verify) producer: &'a [u8],
    /// `apv`, decoded.
    pub(in crate::verify) recipient: &'a [u8],
}

impl Parameters {
    pub(super) fn read(sealed: &Sealed<'_>) -> Result<Self, JweShapeFault> {
        let expected = "a public JWK for key agreement";
        let fault = |found: String| JweShapeFault::Parameter {
            name: "epk",
            expected,
            found,
        };
        let json = (sealed.header)("epk").ok_or_else(|| fault("nothing".to_owned()))?;
        let ephemeral = from_jwk(json, "epk", 1);
        if let Some(of_key) = ephemeral.fault {
            return Err(JweShapeFault::EphemeralKey(of_key));
        }
        let Some(public) = ephemeral.public() else {
            return Err(fault(shortened(&ephemeral.kind.to_string())));
        };
        match ephemeral.kind {
            KeyKind::Ec(_) => {}
            KeyKind::Okp(curve @ (OkpCurve::X25519 | OkpCurve::X448)) => {
                if is_of_low_order(curve, public) {
                    return Err(JweShapeFault::LowOrder);
                }
            }
            other => return Err(fault(other.to_string())),
        }
        let public = public.clone();
        Ok(Self {
            producer: octets(sealed, "apu")?.unwrap_or_default(),
            recipient: octets(sealed, "apv")?.unwrap_or_default(),
            ephemeral: (ephemeral.kind, public),
        })
    }

    /// The agreed key: the content key, or the one that wraps it.
    pub(super) fn agreed_key(
        &self,
        management: &KeyManagement,
        wrap: Option<Aes>,
        content: &ContentEncryption,
        kind: KeyKind,
        private: &PKeyRef<Private>,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        // RFC 7518 section 4.6.2: the name of what the key is for.
        let (algorithm, bytes) = match wrap {
            Some(aes) => (management.name, aes.key_bytes()),
            None => (content.name, content.key_bytes()),
        };
        let fields = Fields {
            algorithm,
            producer: &self.producer,
            recipient: &self.recipient,
        };
        self.agreed_over(&fields, bytes, kind, private)
    }

    /// The same over these fields, whatever the header says.
    pub(super) fn agreed_over(
        &self,
        fields: &Fields<'_>,
        bytes: usize,
        kind: KeyKind,
        private: &PKeyRef<Private>,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (of_epk, public) = &self.ephemeral;
        if kind != *of_epk {
            return Err(OpenError::Curve {
                expected: kind,
                found: *of_epk,
            });
        }
        let secret = shared_secret(private, public).map_err(|stack| refused(&stack))?;
        // RFC 7748 section 6: OpenSSL refuses it itself, and older versions may not.
        if secret.iter().all(|&byte| byte == 0) {
            return Err(JweShapeFault::LowOrder.into());
        }
        Ok(concat_kdf(&secret, fields, bytes))
    }
}

/// Whether the secret is the same with every private key. Multiplying by the cofactor, as every private key does, leads points
/// of low order to zero; so any one key shows it.
fn is_of_low_order(curve: OkpCurve, public: &PKeyRef<Public>) -> bool {
    let id = match curve {
        OkpCurve::X448 => Id::X448,
        _ => Id::X25519,
    };
    let scalar = vec![0x5A; curve.public_bytes()];
    let secret = PKey::private_key_from_raw_bytes(&scalar, id)
        .and_then(|private| shared_secret(&private, public));
    secret.map_or(true, |secret| secret.iter().all(|&byte| byte == 0))
}

fn shared_secret(
    private: &PKeyRef<Private>,
    public: &PKeyRef<Public>,
) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    let mut deriver = Deriver::new(private)?;
    deriver.set_peer(public)?;
    deriver.derive_to_vec().map(Zeroizing::new)
}

/// Concat KDF with SHA-256 (NIST SP 800-56A section 5.8.1) over the fields of RFC 7518 section 4.6.2.
fn concat_kdf(secret: &[u8], fields: &Fields<'_>, bytes: usize) -> Zeroizing<Vec<u8>> {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
    let mut key = Zeroizing::new(Vec::with_capacity(bytes.saturating_add(32)));
    for round in 1_u32.. {
        let mut hash = Sha256::new();
        hash.update(&round.to_be_bytes());
        hash.update(secret);
        for field in [
            fields.algorithm.as_bytes(),
            fields.producer,
            fields.recipient,
        ] {
            hash.update(&number(field.len()));
            hash.update(field);
        }
        hash.update(&number(bytes.saturating_mul(8)));
        key.extend_from_slice(&Zeroizing::new(hash.finish())[..]);
        if key.len() >= bytes {
            break;
        }
    }
    key.truncate(bytes);
    key
}
