//! Certificates, made when a test runs.

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use openssl::x509::extension::BasicConstraints;
use openssl::x509::{X509, X509Extension, X509Name, X509NameBuilder};
use tokenloupe::jose::base64url::encode;

/// A certificate with its private key, which is one of P-256.
pub(crate) struct Issued {
    pub(crate) key: PKey<Private>,
    pub(crate) x509: X509,
}

impl Issued {
    pub(crate) fn der(&self) -> Vec<u8> {
        self.x509.to_der().unwrap()
    }

    pub(crate) fn pem(&self) -> String {
        String::from_utf8(self.x509.to_pem().unwrap()).unwrap()
    }

    /// As an entry of `x5c`: in the standard alphabet.
    pub(crate) fn entry(&self) -> String {
        openssl::base64::encode_block(&self.der())
    }

    /// A token that it signs, with these members after `alg` in the header.
    pub(crate) fn es256(&self, members: &str, claims: &str) -> String {
        let header = format!(r#"{{"alg":"ES256"{members}}}"#);
        let input = format!(
            "{}.{}",
            encode(header.as_bytes()),
            encode(claims.as_bytes())
        );
        let mut signer = Signer::new(MessageDigest::sha256(), &self.key).unwrap();
        let der = signer.sign_oneshot_to_vec(input.as_bytes()).unwrap();
        let parts = openssl::ecdsa::EcdsaSig::from_der(&der).unwrap();
        let signature = [parts.r(), parts.s()].map(|part| part.to_vec_padded(32).unwrap());
        format!("{input}.{}", encode(&signature.concat()))
    }
}

/// The member `x5c` of these certificates.
pub(crate) fn x5c(chain: &[&Issued]) -> String {
    let entries: Vec<_> = chain
        .iter()
        .map(|one| format!("{:?}", one.entry()))
        .collect();
    format!(r#""x5c":[{}]"#, entries.join(","))
}

/// What a certificate is to say. It is valid from 2023-11-14 to 2030-03-17 unless told otherwise.
pub(crate) struct Request {
    name: &'static str,
    validity: [i64; 2],
    extensions: Vec<X509Extension>,
    digest: MessageDigest,
}

pub(crate) fn request(name: &'static str) -> Request {
    Request {
        name,
        validity: [1_700_000_000, 1_900_000_000],
        extensions: Vec::new(),
        digest: MessageDigest::sha256(),
    }
}

impl Request {
    pub(crate) fn ca(self) -> Self {
        let ca = BasicConstraints::new().critical().ca().build().unwrap();
        self.with(ca)
    }

    /// A CA under which stand no more than so many others.
    pub(crate) fn ca_above(self, path_length: u32) -> Self {
        let mut ca = BasicConstraints::new();
        let ca = ca.critical().ca().pathlen(path_length).build().unwrap();
        self.with(ca)
    }

    pub(crate) fn with(mut self, extension: X509Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// In seconds since 1970.
    pub(crate) fn valid(mut self, from: i64, to: i64) -> Self {
        self.validity = [from, to];
        self
    }

    pub(crate) fn digest(mut self, digest: MessageDigest) -> Self {
        self.digest = digest;
        self
    }

    pub(crate) fn self_signed(self) -> Issued {
        let key = p256();
        let own = name(self.name);
        let x509 = self.sign(&key, &own, &key);
        Issued { key, x509 }
    }

    pub(crate) fn issued_by(self, issuer: &Issued) -> Issued {
        let key = p256();
        let x509 = self.sign(&key, issuer.x509.subject_name(), &issuer.key);
        Issued { key, x509 }
    }

    fn sign(
        self,
        key: &PKey<Private>,
        issuer: &openssl::x509::X509NameRef,
        with: &PKey<Private>,
    ) -> X509 {
        let mut builder = X509::builder().unwrap();
        builder.set_version(2).unwrap();
        let mut serial = BigNum::new().unwrap();
        serial
            .rand(100, openssl::bn::MsbOption::MAYBE_ZERO, false)
            .unwrap();
        builder
            .set_serial_number(&serial.to_asn1_integer().unwrap())
            .unwrap();
        builder.set_subject_name(&name(self.name)).unwrap();
        builder.set_issuer_name(issuer).unwrap();
        let [from, to] = self.validity.map(|time| Asn1Time::from_unix(time).unwrap());
        builder.set_not_before(&from).unwrap();
        builder.set_not_after(&to).unwrap();
        builder.set_pubkey(key).unwrap();
        for extension in self.extensions {
            builder.append_extension(extension).unwrap();
        }
        builder.sign(with, self.digest).unwrap();
        builder.build()
    }
}

fn p256() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn name(common: &str) -> X509Name {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", common).unwrap();
    name.build()
}
