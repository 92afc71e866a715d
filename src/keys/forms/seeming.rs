//! What a file is that holds no key.

use memchr::memmem;

use super::der::{self, Structure};
use crate::jose::json::Json;
use crate::jose::{Kind, Token};

/// What a file seems to be that yields no key. `Display` names it with its article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seeming {
    /// A ZIP or gzip archive.
    Archive,
    /// A certificate signing request (RFC 2986).
    CertificateRequest,
    /// Binary DER that ends too early.
    CutDer,
    /// JSON with a `jwks_uri`: metadata of an issuer.
    Discovery,
    /// A key set with an empty list.
    EmptyKeySet,
    /// A Java keystore.
    JavaKeystore,
    /// An encrypted token, possibly an encrypted key set.
    Jwe,
    /// JSON of another kind.
    OtherJson,
    /// An OpenSSH key.
    OpenSsh,
    /// Something of PGP.
    Pgp,
    /// A PKCS#7 bundle (RFC 2315).
    Pkcs7,
    /// A `PuTTY` key.
    Putty,
    /// A signed token.
    Token,
    /// Bytes or text of no known kind.
    Unknown,
    /// UTF-16 text.
    Utf16,
    /// HTML.
    WebPage,
    /// XML of another kind.
    Xml,
}

/// Text that one of the kinds begins with, in lower case.
const BEGINNINGS: &[(&str, Seeming)] = &[
    ("<!doctype html", Seeming::WebPage),
    ("<html", Seeming::WebPage),
    ("<", Seeming::Xml),
    ("putty-user-key-file", Seeming::Putty),
    ("ssh-", Seeming::OpenSsh),
    ("ecdsa-sha2-", Seeming::OpenSsh),
    ("sk-ssh-", Seeming::OpenSsh),
    ("---- begin ssh2 public key", Seeming::OpenSsh),
];

/// Labels of PEM blocks that hold no key of a form that is loaded.
const LABELS: &[(&str, Seeming)] = &[
    (
        "-----BEGIN CERTIFICATE REQUEST-----",
        Seeming::CertificateRequest,
    ),
    (
        "-----BEGIN NEW CERTIFICATE REQUEST-----",
        Seeming::CertificateRequest,
    ),
    ("-----BEGIN PGP ", Seeming::Pgp),
    ("-----BEGIN PKCS7-----", Seeming::Pkcs7),
];

impl Seeming {
    /// Looks at the content of a file that is not empty.
    pub(super) fn of(content: &[u8]) -> Self {
        match content {
            [0xFE, 0xED, 0xFE, 0xED, ..] | [0xCE, 0xCE, 0xCE, 0xCE, ..] => {
                return Self::JavaKeystore;
            }
            [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] => return Self::Utf16,
            [b'P', b'K', 3, 4, ..] | [0x1F, 0x8B, ..] => return Self::Archive,
            [0x30, 0x82..=0x84, ..] if der::element(content).is_none() => return Self::CutDer,
            _ => {}
        }
        if der::structure(content) == Some(Structure::Pkcs7) {
            return Self::Pkcs7;
        }
        let label = LABELS
            .iter()
            .find(|(label, _)| memmem::find(content, label.as_bytes()).is_some());
        if let Some((_, seeming)) = label {
            return *seeming;
        }
        let text = content.trim_ascii();
        let beginning = BEGINNINGS.iter().find(|(beginning, _)| {
            text.get(..beginning.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(beginning.as_bytes()))
        });
        if let Some((_, seeming)) = beginning {
            return *seeming;
        }
        Self::of_token(text)
    }

    /// Looks at a JSON value that is no JWK and no key set.
    pub(super) fn of_json(root: &Json) -> Self {
        let has = |name: &str| root.get(name).is_some();
        if has("ciphertext") {
            Self::Jwe
        } else if has("signature") || has("signatures") {
            Self::Token
        } else if has("jwks_uri") {
            Self::Discovery
        } else {
            Self::OtherJson
        }
    }

    /// What to do instead.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Archive => "Unpack it and load the key file inside.",
            Self::CertificateRequest => "Load the certificate that was issued for it.",
            Self::CutDer => "Copy the file again, in binary mode.",
            Self::Discovery => "Fetch what its jwks_uri names and load that file.",
            Self::EmptyKeySet => "Load the set that holds the issuer's keys.",
            Self::JavaKeystore => "Export the certificate with: keytool -exportcert -rfc",
            Self::Jwe => {
                "Open it as a token; an encrypted key set wants its passphrase, or the key that it is encrypted to."
            }
            Self::OpenSsh => "Convert the public key with: ssh-keygen -e -m PKCS8 -f FILE",
            Self::OtherJson => {
                "A JWK has the member \u{201C}kty\u{201D}, a key set the member \u{201C}keys\u{201D}."
            }
            Self::Pgp => "Load a JWK, a PEM key or a certificate.",
            Self::Pkcs7 => {
                "Take the certificates out with: openssl pkcs7 -print_certs -in FILE (and -inform DER where it is binary)"
            }
            Self::Putty => "Convert it with: puttygen FILE -O private-openssh-new -o NEW",
            Self::Token => "Open it as a token, and load the issuer's key here.",
            Self::Unknown => {
                "Load a JWK, a key set, a PEM or DER key or certificate; load a shared secret as a secret."
            }
            Self::Utf16 => "Save it as UTF-8.",
            Self::WebPage => "Download the file itself rather than the page that shows it.",
            Self::Xml => "Export the key as a JWK, or as a PEM public key or certificate.",
        }
    }

    fn of_token(text: &[u8]) -> Self {
        // The header of a token is a JSON object, which encodes to “ey” or, with white space in it, “ew”.
        let looks = text.starts_with(b"ey") || text.starts_with(b"ew");
        let Some(text) = std::str::from_utf8(text).ok().filter(|_| looks) else {
            return Self::Unknown;
        };
        match Token::parse(text).kind {
            Kind::Jwe => Self::Jwe,
            Kind::Unreadable => Self::Unknown,
            _ => Self::Token,
        }
    }
}

impl std::fmt::Display for Seeming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Archive => "an archive",
            Self::CertificateRequest => "a certificate signing request",
            Self::CutDer => "binary DER that is cut short",
            Self::Discovery => "an issuer\u{2019}s metadata",
            Self::EmptyKeySet => "a key set without keys",
            Self::JavaKeystore => "a Java keystore",
            Self::Jwe => "an encrypted token",
            Self::OpenSsh => "an OpenSSH key",
            Self::OtherJson => "JSON that is neither a JWK nor a key set",
            Self::Pgp => "a PGP message or key",
            Self::Pkcs7 => "a PKCS#7 bundle",
            Self::Putty => "a PuTTY key",
            Self::Token => "a token",
            Self::Unknown => "content of no known form",
            Self::Utf16 => "UTF-16 text",
            Self::WebPage => "a web page",
            Self::Xml => "XML",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_known_by_its_content() {
        for (content, expected) in [
            (&b"PK\x03\x04rest"[..], Seeming::Archive),
            (
                b"-----BEGIN CERTIFICATE REQUEST-----\n",
                Seeming::CertificateRequest,
            ),
            (b"\x30\x82\x01\x0A\x02", Seeming::CutDer),
            (b"\xFE\xED\xFE\xED\0\0\0\x02", Seeming::JavaKeystore),
            (
                b"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AA.AA.AA",
                Seeming::Jwe,
            ),
            (b"ssh-ed25519 AAAAC3Nz comment", Seeming::OpenSsh),
            (b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n", Seeming::Pgp),
            (
                b"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x00",
                Seeming::Pkcs7,
            ),
            (b"PuTTY-User-Key-File-3: ssh-rsa\n", Seeming::Putty),
            (b" eyJhbGciOiJub25lIn0.e30.\n", Seeming::Token),
            (b"\xFF\xFE{\0", Seeming::Utf16),
            (b"\n<!DocType HTML>", Seeming::WebPage),
            (b"<RSAKeyValue>", Seeming::Xml),
            (b"a secret", Seeming::Unknown),
            (b"eye to eye", Seeming::Unknown),
        ] {
            assert_eq!(Seeming::of(content), expected, "{content:?}");
            assert!(!expected.advice().contains('\n') && !expected.to_string().contains('\n'));
        }
    }
}
