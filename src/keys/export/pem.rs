//! Keys in PEM.

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private, Public};
use openssl::x509::X509;
use zeroize::Zeroizing;

use super::jwk::not_written;
use super::{ExportFault, PublicPem, no_private_half, no_public_half, rsa};
use crate::jose::base64url;
use crate::jose::json;
use crate::keys::forms::der::{
    BIT_STRING, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, enclosed,
};
use crate::keys::{Key, KeyKind, KeyNote};

/// id-RSASSA-PSS (RFC 4055 section 1.2).
const RSASSA_PSS: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A";

/// The public half.
pub(super) fn public(key: &Key, form: PublicPem) -> Result<String, ExportFault> {
    let pkey = key.public().ok_or_else(|| no_public_half(key))?;
    let pem = match form {
        PublicPem::Certificate => {
            let der = certificate(key).ok_or(ExportFault::NoCertificate)?;
            X509::from_der(&der).and_then(|certificate| certificate.to_pem())
        }
        PublicPem::KeyInfo if is_pss(key) => {
            pss_public(pkey).and_then(|pkey| pkey.public_key_to_pem())
        }
        PublicPem::KeyInfo => pkey.public_key_to_pem(),
    };
    text(pem.map_err(not_written)?)
}

/// The private half.
pub(super) fn private(key: &Key) -> Result<Zeroizing<String>, ExportFault> {
    let own = key.private().ok_or_else(|| no_private_half(key))?;
    let pem = if matches!(key.kind, KeyKind::Rsa { .. }) {
        let whole = match own.rsa() {
            // Of more than two primes too, which OpenSSL holds and does not show.
            Ok(loaded) if loaded.p().is_some() => Some(loaded),
            _ => rsa::with_primes(own).map_err(not_written)?,
        };
        let whole = whole.ok_or(ExportFault::NoPrimes)?;
        let whole = PKey::from_rsa(whole).map_err(not_written)?;
        if is_pss(key) {
            pss_private(&whole).and_then(|own| own.private_key_to_pem_pkcs8())
        } else {
            whole.private_key_to_pem_pkcs8()
        }
    } else {
        own.private_key_to_pem_pkcs8()
    };
    text(pem.map_err(not_written)?).map(Zeroizing::new)
}

fn text(pem: Vec<u8>) -> Result<String, ExportFault> {
    String::from_utf8(pem).map_err(|_no_text| ExportFault::Refused("no text came".to_owned()))
}

/// The certificate of the key, in DER.
fn certificate(key: &Key) -> Option<Vec<u8>> {
    if let Some(der) = &key.loaded.certificate {
        return Some(der.to_vec());
    }
    // Only where the certificate is that of the key.
    key.certificate.as_ref()?;
    let members = &key.members.further;
    let chain = members.iter().find(|further| further.name == "x5c")?;
    let chain = json::read(chain.json.as_bytes()).root?;
    let first = chain.array()?.first()?.str()?;
    Some(base64url::decode(first).bytes.to_vec())
}

fn is_pss(key: &Key) -> bool {
    key.members.notes.contains(&KeyNote::PssOnly)
}

/// The algorithm, with no parameters: they could only forbid hashes, and were not kept.
fn pss() -> Option<Zeroizing<Vec<u8>>> {
    enclosed(SEQUENCE, &[&enclosed(OBJECT_IDENTIFIER, &[RSASSA_PSS])?])
}

/// `SubjectPublicKeyInfo` around an `RSAPublicKey` (RFC 4055 section 1.2).
fn pss_public(pkey: &PKey<Public>) -> Result<PKey<Public>, ErrorStack> {
    let key = pkey.rsa()?.public_key_to_der_pkcs1()?;
    let der = pss().zip(enclosed(BIT_STRING, &[&[0], &key]));
    let der = der.and_then(|(pss, key)| enclosed(SEQUENCE, &[&pss, &key]));
    PKey::public_key_from_der(&der.unwrap_or_default())
}

/// `PrivateKeyInfo` around an `RSAPrivateKey` (RFC 5958 section 2).
fn pss_private(own: &PKey<Private>) -> Result<PKey<Private>, ErrorStack> {
    let key = Zeroizing::new(own.rsa()?.private_key_to_der()?);
    let parts = || {
        let (version, key) = (
            enclosed(INTEGER, &[&[0]])?,
            enclosed(OCTET_STRING, &[&key])?,
        );
        enclosed(SEQUENCE, &[&version, &pss()?, &key])
    };
    PKey::private_key_from_pkcs8(&parts().unwrap_or_default())
}
