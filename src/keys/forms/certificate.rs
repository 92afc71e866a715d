//! X.509 certificates (RFC 5280): the public key inside, the thumbprints of RFC 7515, and what is shown of them.
//!
//! OpenSSL takes the key out, x509-parser reads what is shown; where the latter gives up, the key still loads.

// Of the standard library's addresses only the notation: nothing here can open a connection.
use core::net::IpAddr;

use jiff::Timestamp;
use openssl::asn1::Asn1Object;
use openssl::pkey::Id;
use openssl::sha::{sha1, sha256};
use openssl::x509::X509;
use x509_parser::prelude::{GeneralName, KeyUsage, X509Certificate};

use super::der;
use crate::jose::{base64url, hex};
use crate::keys::public::{from_pkey, refused};
use crate::keys::{AlternativeName, Certificate, Key, KeyNote};

/// The public key in a DER certificate, unusable or not, with what the certificate says. Nothing is checked of it:
/// no signature, no time. `ordinal` is its place in `source`, from 1.
pub fn from_certificate_der(der: &[u8], source: &str, ordinal: usize) -> Key {
    let mut key = Key::blank(source, ordinal, "X.509 certificate");
    // OpenSSL appends its trust settings to a certificate; they are no part of it.
    let der = der::element(der).unwrap_or(der);
    let certificate = match X509::from_der(der) {
        Ok(certificate) => certificate,
        Err(stack) => {
            key.fault = Some(refused(&stack));
            return key;
        }
    };
    key.members.x5t = Some(base64url::encode(&sha1(der)));
    key.members.x5t_s256 = Some(base64url::encode(&sha256(der)));
    key.certificate = describe(der);
    key.loaded.certificate = Some(der.into());
    let public = certificate
        .public_key()
        .map_err(|stack| refused(&stack))
        .and_then(|pkey| {
            if pkey.id() == Id::RSA_PSS {
                key.members.notes.push(KeyNote::PssOnly);
            }
            from_pkey(&pkey)
        });
    key.set_public(public);
    key
}

fn describe(der: &[u8]) -> Option<Certificate> {
    let (_, certificate): (_, X509Certificate<'_>) =
        x509_parser::parse_x509_certificate(der).ok()?;
    let validity = certificate.validity();
    let constraints = certificate.basic_constraints().ok().flatten();
    let usage = certificate.key_usage().ok().flatten();
    let algorithm = certificate.signature_algorithm.algorithm.to_id_string();
    Some(Certificate {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        serial: hex(certificate.raw_serial()),
        not_before: Timestamp::from_second(validity.not_before.timestamp()).ok(),
        not_after: Timestamp::from_second(validity.not_after.timestamp()).ok(),
        is_ca: constraints.is_some_and(|constraints| constraints.value.ca),
        may_sign: usage
            .as_ref()
            .map(|usage| usage.value.digital_signature() || usage.value.non_repudiation()),
        may_issue: usage.as_ref().map(|usage| usage.value.key_cert_sign()),
        usage: usage.as_ref().map(|usage| allowed(*usage.value)),
        names: names(&certificate),
        broken_hash: broken_hash(&algorithm),
        signature_algorithm: name_of(algorithm),
        sha256: hex(&sha256(der)),
    })
}

/// The names of RFC 5280 section 4.2.1.3 for the bits that are set.
fn allowed(usage: KeyUsage) -> Vec<&'static str> {
    let bits = [
        ("digitalSignature", usage.digital_signature()),
        ("nonRepudiation", usage.non_repudiation()),
        ("keyEncipherment", usage.key_encipherment()),
        ("dataEncipherment", usage.data_encipherment()),
        ("keyAgreement", usage.key_agreement()),
        ("keyCertSign", usage.key_cert_sign()),
        ("cRLSign", usage.crl_sign()),
        ("encipherOnly", usage.encipher_only()),
        ("decipherOnly", usage.decipher_only()),
    ];
    bits.into_iter()
        .filter_map(|(name, is_set)| is_set.then_some(name))
        .collect()
}

/// More alternative names than this are passed over.
const MAX_NAMES: usize = 1_000;

fn names(certificate: &X509Certificate<'_>) -> Vec<AlternativeName> {
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.as_slice());
    names
        .unwrap_or_default()
        .iter()
        .take(MAX_NAMES)
        .map(|name| match name {
            GeneralName::DNSName(host) => AlternativeName::Dns((*host).to_owned()),
            GeneralName::IPAddress(address) => match address_of(address) {
                Some(address) => AlternativeName::Ip(address.to_string()),
                None => AlternativeName::Other("iPAddress"),
            },
            GeneralName::RFC822Name(address) => AlternativeName::Email((*address).to_owned()),
            GeneralName::URI(uri) => AlternativeName::Uri((*uri).to_owned()),
            GeneralName::DirectoryName(_) => AlternativeName::Other("directoryName"),
            GeneralName::RegisteredID(_) => AlternativeName::Other("registeredID"),
            _ => AlternativeName::Other("otherName"),
        })
        .collect()
}

fn address_of(octets: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    v4.or_else(|_other_length| <[u8; 16]>::try_from(octets).map(IpAddr::from))
        .ok()
}

/// The name of a signature algorithm as OpenSSL has it, else its object identifier.
fn name_of(identifier: String) -> String {
    let named = Asn1Object::from_str(&identifier)
        .ok()
        .and_then(|object| object.nid().long_name().ok())
        .filter(|name| *name != "undefined");
    named.map_or(identifier, str::to_owned)
}

/// The name of the hash of a signature algorithm, where it is a broken one.
fn broken_hash(algorithm: &str) -> Option<&'static str> {
    Some(match algorithm {
        "1.2.840.113549.1.1.2" => "MD2",
        "1.2.840.113549.1.1.4" => "MD5",
        // RSA, ECDSA and DSA.
        "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" | "1.2.840.10040.4.3" => "SHA-1",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use openssl::asn1::Asn1Time;
    use openssl::hash::MessageDigest;
    use openssl::pkey::{PKey, Private};
    use openssl::x509::X509NameBuilder;
    use openssl::x509::extension::BasicConstraints;
    use proptest::prelude::*;

    use super::*;
    use crate::keys::{Holds, KeyKind, OkpCurve, load};

    fn certificate(key: &PKey<Private>, name: &str, ca: bool) -> X509 {
        let mut subject = X509NameBuilder::new().unwrap();
        subject.append_entry_by_text("O", "Example").unwrap();
        subject.append_entry_by_text("CN", name).unwrap();
        let subject = subject.build();
        let mut builder = X509::builder().unwrap();
        builder.set_version(2).unwrap();
        builder.set_subject_name(&subject).unwrap();
        builder.set_issuer_name(&subject).unwrap();
        builder
            .set_not_before(&Asn1Time::from_unix(1_700_000_000).unwrap())
            .unwrap();
        builder
            .set_not_after(&Asn1Time::from_unix(4_000_000_000).unwrap())
            .unwrap();
        builder.set_pubkey(key).unwrap();
        if ca {
            builder
                .append_extension(BasicConstraints::new().critical().ca().build().unwrap())
                .unwrap();
        }
        builder.sign(key, MessageDigest::null()).unwrap();
        builder.build()
    }

    #[test]
    fn a_certificate_gives_its_key_and_what_it_says() {
        let pkey = PKey::generate_ed25519().unwrap();
        let bare = from_pkey(&pkey).map(|key| key.thumbprint).ok();
        for ca in [false, true] {
            let x509 = certificate(&pkey, "idp.example", ca);
            for file in [x509.to_der().unwrap(), x509.to_pem().unwrap()] {
                let keys = load("idp.crt", &file).unwrap();
                let [key] = keys.as_slice() else {
                    panic!("one key");
                };
                assert_eq!(
                    (key.kind, key.holds),
                    (KeyKind::Okp(OkpCurve::Ed25519), Holds::Public)
                );
                assert_eq!((key.form, &key.thumbprint), ("X.509 certificate", &bare));
                let x5t = base64url::encode(&x509.digest(MessageDigest::sha1()).unwrap());
                let x5t_s256 = base64url::encode(&x509.digest(MessageDigest::sha256()).unwrap());
                assert_eq!(key.members.x5t, Some(x5t));
                assert_eq!(key.members.x5t_s256, Some(x5t_s256));
                let shown = key.certificate.as_ref().unwrap();
                assert_eq!(shown.subject, "O=Example, CN=idp.example");
                assert_eq!(shown.issuer, shown.subject);
                assert_eq!(
                    shown.not_before.map(Timestamp::as_second),
                    Some(1_700_000_000)
                );
                assert_eq!(
                    shown.not_after.map(Timestamp::as_second),
                    Some(4_000_000_000)
                );
                assert_eq!(shown.is_ca, ca);
            }
        }
    }

    #[test]
    fn bytes_after_a_certificate_change_no_thumbprint() {
        let pkey = PKey::generate_ed25519().unwrap();
        let der = certificate(&pkey, "idp.example", false).to_der().unwrap();
        let bare = from_certificate_der(&der, "idp.crt", 1);
        let trusted = from_certificate_der(&[der.as_slice(), b"\x30\x00"].concat(), "idp.crt", 1);
        assert_eq!(bare.members.x5t_s256, trusted.members.x5t_s256);
    }

    #[test]
    fn what_is_no_certificate_is_a_fault() {
        for bytes in [&b""[..], b"hello", b"\x30\x04\x30\x00\x30\x00"] {
            let key = from_certificate_der(bytes, "idp.crt", 1);
            assert!(key.fault.is_some() && key.public().is_none() && key.members.x5t.is_none());
        }
    }

    proptest! {
        #[test]
        fn a_damaged_certificate_gives_a_key_or_a_fault(at in 0_usize..300, byte in any::<u8>(), cut in 0_usize..300) {
            let pkey = PKey::generate_ed25519().unwrap();
            let mut der = certificate(&pkey, "idp.example", true).to_der().unwrap();
            if let Some(there) = der.get_mut(at) {
                *there = byte;
            }
            der.truncate(der.len().saturating_sub(cut.saturating_sub(200)));
            let key = from_certificate_der(&der, "idp.crt", 1);
            prop_assert_eq!(key.fault.is_none(), key.public().is_some());
        }
    }
}
