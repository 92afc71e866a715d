//! Bundles of certificates as PKCS#7 has them (RFC 2315 section 9, "degenerate"): `.p7b` and `.p7c`, in DER or PEM.

use openssl::pkcs7::Pkcs7;

use super::Form;
use super::certificate::from_certificate_der;
use super::der::{self, Structure};
use super::found::Found;
use crate::keys::{Key, KeyFault};

/// Binary PKCS#7.
pub(super) const FORM: Form = Form {
    recognises: |content| {
        content.starts_with(INDEFINITE) || der::structure(content) == Some(Structure::Pkcs7)
    },
    load: |found, content| {
        take(found, content);
        Ok(())
    },
};

/// How signed data begins that gives no lengths (X.690 section 8.1.3.6), as some CAs write it.
const INDEFINITE: &[u8] = b"\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";

/// Takes the certificates in a bundle. Nothing is verified: what is signed beside them is passed over.
pub(super) fn take(found: &mut Found<'_>, content: &[u8]) {
    let bundle = Pkcs7::from_der(content).ok();
    let signed = bundle.as_ref().and_then(|bundle| bundle.signed());
    let certificates = signed.and_then(|signed| signed.certificates());
    let before = found.count();
    for certificate in certificates.into_iter().flatten() {
        if let Ok(der) = certificate.to_der() {
            found.add(|source, ordinal| from_certificate_der(&der, source, ordinal));
        }
    }
    if found.count() == before {
        found.add(|source, ordinal| Key {
            fault: Some(KeyFault::UnknownType(
                "a PKCS#7 bundle without certificates".to_owned(),
            )),
            ..Key::blank(source, ordinal, "PKCS#7 bundle")
        });
    }
}
