//! What a file is that holds no key.

use memchr::memmem;

use super::der::{self, Structure};
use super::json::is_http_archive;
use crate::jose::base64url;
use crate::jose::json::Json;
use crate::jose::visible::visible;
use crate::jose::{Kind, Token};

/// What a file seems to be that yields no key. `Display` names it with its article.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Seeming {
    /// A ZIP or gzip archive.
    Archive,
    /// A certificate signing request (RFC 2986).
    CertificateRequest,
    /// The claims of a token, decoded.
    Claims,
    /// Binary DER that ends too early.
    CutDer,
    /// JSON with a `jwks_uri` and without keys: metadata of an issuer.
    Discovery {
        /// The `jwks_uri`, where it is an `https` or `http` URL.
        jwks_uri: Option<String>,
    },
    /// A key set with an empty list.
    EmptyKeySet,
    /// The header of a token, decoded.
    Header,
    /// Recorded traffic (HAR).
    HttpArchive,
    /// A keystore of Java.
    JavaKeystore(JavaKeystore),
    /// An encrypted token, possibly an encrypted key set.
    Jwe,
    /// JSON of another kind.
    OtherJson,
    /// Something of PGP.
    Pgp,
    /// An image, or a PDF document.
    Picture,
    /// PKCS#7 (RFC 2315) in which no certificate is.
    Pkcs7,
    /// A `PuTTY` key.
    Putty,
    /// A SAML message or metadata, as XML or in base64.
    Saml,
    /// A signed token.
    Token,
    /// Bytes or text of no known kind.
    Unknown,
    /// HTML.
    WebPage,
    /// XML of another kind.
    Xml,
}

/// The kinds of keystore that Java programs use beside PKCS#12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JavaKeystore {
    /// Of Bouncy Castle, the one for FIPS.
    Bcfks,
    /// Of Bouncy Castle.
    Bks,
    /// Of Java's cryptography extension.
    Jceks,
    /// Java's own until version 8.
    Jks,
}

/// Text that one of the kinds begins with, in lower case.
const BEGINNINGS: &[(&str, Seeming)] = &[
    ("<!doctype html", Seeming::WebPage),
    ("<html", Seeming::WebPage),
    ("<", Seeming::Xml),
    ("putty-user-key-file", Seeming::Putty),
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
];

impl Seeming {
    /// Looks at the content of a file that is not empty.
    pub(super) fn of(content: &[u8]) -> Self {
        match content {
            [0xFE, 0xED, 0xFE, 0xED, ..] => return Self::JavaKeystore(JavaKeystore::Jks),
            [0xCE, 0xCE, 0xCE, 0xCE, ..] => return Self::JavaKeystore(JavaKeystore::Jceks),
            // The version, and the length of the salt, which is that of a SHA-1.
            [0, 0, 0, 1 | 2, 0, 0, 0, 20, ..] => return Self::JavaKeystore(JavaKeystore::Bks),
            [0x89, b'P', b'N', b'G', ..]
            | [0xFF, 0xD8, 0xFF, ..]
            | [b'G', b'I', b'F', b'8', ..]
            | [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ]
            | [b'%', b'P', b'D', b'F', ..] => return Self::Picture,
            [b'P', b'K', 3, 4, ..] | [0x1F, 0x8B, ..] => return Self::Archive,
            [0x30, 0x82..=0x84, ..] if der::element(content).is_none() => return Self::CutDer,
            _ => {}
        }
        match der::structure(content) {
            Some(Structure::Bcfks) => return Self::JavaKeystore(JavaKeystore::Bcfks),
            Some(Structure::Pkcs7) => return Self::Pkcs7,
            _ => {}
        }
        let label = LABELS
            .iter()
            .find(|(label, _)| memmem::find(content, label.as_bytes()).is_some());
        if let Some((_, seeming)) = label {
            return seeming.clone();
        }
        let text = content.trim_ascii();
        if is_saml(text) {
            return Self::Saml;
        }
        let beginning = BEGINNINGS.iter().find(|(beginning, _)| {
            text.get(..beginning.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(beginning.as_bytes()))
        });
        if let Some((_, seeming)) = beginning {
            return seeming.clone();
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
        } else if let Some(uri) = root.get("jwks_uri") {
            let is_url = |uri: &&str| uri.starts_with("https://") || uri.starts_with("http://");
            Self::Discovery {
                jwks_uri: uri.str().filter(is_url).map(str::to_owned),
            }
        } else if is_http_archive(root) {
            Self::HttpArchive
        } else if has("alg") {
            Self::Header
        } else if has("exp") || has("iat") {
            Self::Claims
        } else {
            Self::OtherJson
        }
    }

    /// What to do instead, with the file of this name.
    pub fn advice(&self, file: &str) -> String {
        let shell = |end: &str| quoted_for_a_shell(&format!("{}{end}", visible(file)));
        match self {
            Self::Archive => "Unpack it and load the key file inside.",
            Self::CertificateRequest => "Load the certificate that was issued for it.",
            Self::Claims | Self::Header => {
                "What a token says of itself proves nothing: load the key of its issuer."
            }
            Self::CutDer => "Copy the file again, in binary mode.",
            Self::Discovery {
                jwks_uri: Some(uri),
            } => {
                let uri = quoted_for_a_shell(&visible(uri));
                return format!("Fetch its keys and load them: curl -fsSo jwks.json {uri}");
            }
            Self::Discovery { jwks_uri: None } => {
                "Its jwks_uri is no URL that can be fetched: ask the issuer for its key set."
            }
            Self::EmptyKeySet => "Load the set that holds the issuer's keys.",
            Self::HttpArchive => {
                "Open it to see its tokens; load the keys from a file of their own."
            }
            Self::JavaKeystore(kind) => {
                return format!(
                    "Turn it into PKCS#12 and load that: keytool -importkeystore -srckeystore {} -srcstoretype {}{} -destkeystore {} -deststoretype PKCS12",
                    shell(""),
                    kind.name(),
                    kind.provider(),
                    shell(".p12")
                );
            }
            Self::Jwe => {
                "Open it as a token; an encrypted key set wants its passphrase, or the key that it is encrypted to."
            }
            Self::OtherJson => {
                "A JWK has the member \u{201C}kty\u{201D}, a key set the member \u{201C}keys\u{201D}."
            }
            Self::Pgp => "Load a JWK, a PEM key or a certificate.",
            Self::Picture => "Load the key as a file or as text: pictures are not read.",
            Self::Pkcs7 => "Load the issuer's certificate, or a bundle in which it is.",
            Self::Putty => {
                return format!(
                    "Convert it and load that: puttygen {} -O private-openssh-new -o {}",
                    shell(""),
                    shell(".openssh")
                );
            }
            Self::Saml => "SAML is not JOSE: load a JWK, a PEM key or the certificate alone.",
            Self::Token => "Open it as a token, and load the issuer's key here.",
            Self::Unknown => {
                "Load a JWK, a key set, a PEM or DER key or certificate; load a shared secret as a secret."
            }
            Self::WebPage => "Download the file itself rather than the page that shows it.",
            Self::Xml => "Export the key as a JWK, or as a PEM public key or certificate.",
        }
        .to_owned()
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

impl JavaKeystore {
    /// What `keytool` calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Bcfks => "BCFKS",
            Self::Bks => "BKS",
            Self::Jceks => "JCEKS",
            Self::Jks => "JKS",
        }
    }

    /// What `keytool` needs to read what Java itself cannot: the library, which stands in the folder.
    fn provider(self) -> &'static str {
        match self {
            Self::Bcfks => {
                " -providerclass org.bouncycastle.jcajce.provider.BouncyCastleFipsProvider -providerpath bc-fips.jar"
            }
            Self::Bks => {
                " -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath bcprov.jar"
            }
            Self::Jceks | Self::Jks => "",
        }
    }
}

/// Whether it is XML of SAML, or that in base64 as forms hold it (SAML 2.0 bindings, section 3.5).
fn is_saml(text: &[u8]) -> bool {
    const NAMESPACE: &[u8] = b"urn:oasis:names:tc:SAML:";
    let has = |text: &[u8]| memmem::find(text, NAMESPACE).is_some();
    if text.first() == Some(&b'<') {
        return has(text);
    }
    // The base64 of `<`.
    text.first() == Some(&b'P')
        && std::str::from_utf8(text).is_ok_and(|text| has(&base64url::decode(text).bytes))
}

/// A word that any shell takes as it stands.
fn quoted_for_a_shell(word: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "_-./:@%+=,".contains(character);
    // A leading dash would be an option.
    let word = if word.starts_with('-') {
        format!("./{word}")
    } else {
        word.to_owned()
    };
    if !word.is_empty() && word.chars().all(is_plain) {
        return word;
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

impl std::fmt::Display for Seeming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Archive => "an archive",
            Self::CertificateRequest => "a certificate signing request",
            Self::Claims => "the claims of a token",
            Self::CutDer => "binary DER that is cut short",
            Self::Discovery { .. } => "an issuer\u{2019}s metadata without keys",
            Self::EmptyKeySet => "a key set without keys",
            Self::Header => "the header of a token",
            Self::HttpArchive => "recorded traffic",
            Self::JavaKeystore(kind) => {
                return write!(f, "a Java keystore ({})", kind.name());
            }
            Self::Jwe => "an encrypted token",
            Self::OtherJson => "JSON that is neither a JWK nor a key set",
            Self::Pgp => "a PGP message or key",
            Self::Picture => "a picture or a document",
            Self::Pkcs7 => "a PKCS#7 bundle without certificates",
            Self::Putty => "a PuTTY key",
            Self::Saml => "SAML",
            Self::Token => "a token",
            Self::Unknown => "content of no known form",
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
            (
                b"\xFE\xED\xFE\xED\0\0\0\x02",
                Seeming::JavaKeystore(JavaKeystore::Jks),
            ),
            (
                b"\xCE\xCE\xCE\xCE\0\0\0\x02",
                Seeming::JavaKeystore(JavaKeystore::Jceks),
            ),
            (
                b"\0\0\0\x02\0\0\0\x14salt",
                Seeming::JavaKeystore(JavaKeystore::Bks),
            ),
            (
                b"\x30\x0E\x30\x0A\x30\x04\x06\x02\x2A\x03\x04\x02\0\0\x30\x00",
                Seeming::JavaKeystore(JavaKeystore::Bcfks),
            ),
            (b"\x89PNG\r\n\x1A\n", Seeming::Picture),
            (b"%PDF-1.7", Seeming::Picture),
            (
                b"<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\"/>",
                Seeming::Saml,
            ),
            (
                b"PHNhbWxwOlJlc3BvbnNlIHhtbG5zOnNhbWxwPSJ1cm46b2FzaXM6bmFtZXM6dGM6U0FNTDoyLjA6cHJvdG9jb2wiLz4=",
                Seeming::Saml,
            ),
            (
                b"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AA.AA.AA",
                Seeming::Jwe,
            ),
            (b"ssh-ed25519 AAAAC3Nz comment", Seeming::Unknown),
            (b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n", Seeming::Pgp),
            (
                b"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x00",
                Seeming::Pkcs7,
            ),
            (b"PuTTY-User-Key-File-3: ssh-rsa\n", Seeming::Putty),
            (b" eyJhbGciOiJub25lIn0.e30.\n", Seeming::Token),
            (b"\n<!DocType HTML>", Seeming::WebPage),
            (b"<RSAKeyValue>", Seeming::Xml),
            (b"a secret", Seeming::Unknown),
            (b"eye to eye", Seeming::Unknown),
        ] {
            assert_eq!(Seeming::of(content), expected, "{content:?}");
            assert!(!expected.advice("a\nb").contains('\n'));
            assert!(!expected.to_string().contains('\n'));
        }
    }

    #[test]
    fn commands_hold_the_name_as_one_word_of_a_shell() {
        let jks = Seeming::JavaKeystore(JavaKeystore::Jks);
        assert!(jks.advice("keys.jks").ends_with(
            "keytool -importkeystore -srckeystore keys.jks -srcstoretype JKS -destkeystore keys.jks.p12 -deststoretype PKCS12"
        ));
        assert!(
            jks.advice("it's.jks")
                .contains(r"-srckeystore 'it'\''s.jks' ")
        );
        assert!(
            jks.advice("-a b.jks")
                .contains("-destkeystore './-a b.jks.p12' ")
        );
        assert!(
            Seeming::Putty
                .advice("$(id).ppk")
                .ends_with("puttygen '$(id).ppk' -O private-openssh-new -o '$(id).ppk.openssh'")
        );
        let discovery = Seeming::Discovery {
            jwks_uri: Some("https://idp.example/jwks?a=b&c='d'".to_owned()),
        };
        assert!(
            discovery
                .advice("")
                .ends_with(r"curl -fsSo jwks.json 'https://idp.example/jwks?a=b&c='\''d'\'''")
        );
    }
}
