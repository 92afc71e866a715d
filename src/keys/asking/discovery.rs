//! Metadata of issuers: `OpenID` Connect Discovery 1.0, RFC 8414, JWT VC Issuer Metadata.

use std::ops::Range;

use super::address::start;
use super::{AddressFault, Answer, Caution, HttpsUrl, KeyPlace, KeySource};
use crate::jose::json::{self, Json};

/// Larger documents, in bytes, are not read.
pub const MAX_DOCUMENT_BYTES: usize = 1 << 20;

/// What Entra's metadata for all tenants say in place of a tenant.
const ANY_TENANT: &str = "{tenantid}";

/// What a document says of an issuer's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InDocument {
    /// The keys themselves: the bytes of the document that hold the JWK Set.
    Keys {
        /// Of the JSON object in `jwks`.
        range: Range<usize>,
        /// What to look at before they are used.
        cautions: Vec<Caution>,
    },
    /// Where they are.
    Place(KeyPlace),
}

/// Why a document says nothing of keys. `Display` has two lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// `jwks_uri` is no address that could be asked.
    #[error("jwks_uri: {0}.\nAsk whoever runs the issuer where its keys are published.")]
    Address(AddressFault),
    /// Larger than [`MAX_DOCUMENT_BYTES`].
    #[error(
        "The document: expected at most {MAX_DOCUMENT_BYTES} bytes, found {bytes}.\nTake only the metadata of one issuer."
    )]
    Large {
        /// Its size.
        bytes: usize,
    },
    /// Neither `jwks_uri` nor `jwks`.
    #[error(
        "The document: expected a member jwks_uri or jwks, found neither.\nAsk the issuer for its OpenID or OAuth metadata, or for its keys."
    )]
    NoKeys,
    /// No JSON object.
    #[error(
        "The document: expected a JSON object, found {found}.\nAsk the issuer for its OpenID or OAuth metadata."
    )]
    NotAnObject {
        /// What is there.
        found: &'static str,
    },
}

/// What metadata of an issuer say of its keys.
///
/// `from` is where they came from, where that is known; `issuer` what the token says in `iss`. Where the document says
/// otherwise there is a caution (`OpenID` Connect Discovery 1.0 section 4.3: they must be the same).
///
/// # Errors
///
/// When it is no JSON object, too large, or names no keys.
pub fn read_document(
    bytes: &[u8],
    from: Option<&HttpsUrl>,
    issuer: Option<&str>,
) -> Result<InDocument, DocumentFault> {
    if bytes.len() > MAX_DOCUMENT_BYTES {
        return Err(DocumentFault::Large { bytes: bytes.len() });
    }
    let document = json::read(bytes);
    let root = document.root.as_ref();
    if document.object().is_none() || !document.is_document() {
        return Err(DocumentFault::NotAnObject {
            found: match root {
                Some(root) if root.object().is_none() => root.kind(),
                Some(_) => "one that is broken off",
                None => "something else",
            },
        });
    }
    let mut cautions = Vec::new();
    let named = document.str("issuer");
    if let (Some(named), Some(issuer)) = (named, issuer)
        && !is_same_issuer(named, issuer)
    {
        cautions.push(Caution::OtherIssuer(start(named)));
    }
    let is_set = |jwks: &&Json| jwks.get("keys").is_some();
    if let Some(jwks) = document.get("jwks").filter(is_set) {
        return Ok(InDocument::Keys {
            range: jwks.range.clone(),
            cautions,
        });
    }
    let address = document.str("jwks_uri").ok_or(DocumentFault::NoKeys)?;
    let url = HttpsUrl::parse(address).map_err(DocumentFault::Address)?;
    if let Some(from) = from.filter(|from| from.host() != url.host()) {
        cautions.push(Caution::OtherHost(from.host().to_owned()));
    }
    let why = "The issuer's metadata name it in jwks_uri.";
    let mut place = KeyPlace::new(KeySource::Url(url), Answer::KeySet, why);
    cautions.append(&mut place.cautions);
    place.cautions = cautions;
    Ok(InDocument::Place(place))
}

/// Whether a document is about the issuer of a token: the same text, or Entra's for any tenant.
fn is_same_issuer(named: &str, issuer: &str) -> bool {
    match named.split_once(ANY_TENANT) {
        None => named == issuer,
        Some((before, after)) => issuer
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|tenant| !tenant.is_empty() && !tenant.contains('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<InDocument, DocumentFault> {
        read_document(text.as_bytes(), None, None)
    }

    fn place(found: Result<InDocument, DocumentFault>) -> KeyPlace {
        match found {
            Ok(InDocument::Place(place)) => place,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn metadata_name_the_place_of_the_keys() {
        let text = r#"{"issuer":"https://accounts.google.com","jwks_uri":"https://www.googleapis.com/oauth2/v3/certs"}"#;
        let found = place(read(text));
        assert_eq!(
            found.command(),
            "curl -sSf --proto '=https' --max-time 20 --max-filesize 4194304 'https://www.googleapis.com/oauth2/v3/certs'"
        );
        assert_eq!((found.answer, found.cautions.len()), (Answer::KeySet, 0));
        let from = HttpsUrl::parse("https://accounts.google.com/x").unwrap();
        let issuer = "https://accounts.google.com";
        let found = place(read_document(text.as_bytes(), Some(&from), Some(issuer)));
        assert_eq!(
            found.cautions,
            [Caution::OtherHost("accounts.google.com".to_owned())]
        );
        let issuer = "https://accounts.google.com/";
        let found = place(read_document(text.as_bytes(), None, Some(issuer)));
        assert_eq!(
            found.cautions,
            [Caution::OtherIssuer(
                "https://accounts.google.com".to_owned()
            )]
        );
    }

    #[test]
    fn metadata_of_all_tenants_are_those_of_each() {
        let text = r#"{"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0","jwks_uri":"https://login.microsoftonline.com/common/discovery/v2.0/keys"}"#;
        for (issuer, cautions) in [
            ("https://login.microsoftonline.com/0f0e/v2.0", 0),
            ("https://login.microsoftonline.com//v2.0", 1),
            ("https://login.microsoftonline.com/a/b/v2.0", 1),
            ("https://evil.example/0f0e/v2.0", 1),
        ] {
            let found = place(read_document(text.as_bytes(), None, Some(issuer)));
            assert_eq!(found.cautions.len(), cautions, "{issuer}");
        }
    }

    #[test]
    fn metadata_may_hold_the_keys_themselves() {
        let text = r#"{"issuer":"https://vc.example","jwks":{"keys":[]},"jwks_uri":"https://vc.example/k"}"#;
        let Ok(InDocument::Keys { range, .. }) = read(text) else {
            panic!("no keys");
        };
        assert_eq!(&text[range], r#"{"keys":[]}"#);
    }

    #[test]
    fn what_names_no_keys_is_told() {
        assert_eq!(read("{}"), Err(DocumentFault::NoKeys));
        assert_eq!(
            read(r#"{"jwks":"x","jwks_uri":5}"#),
            Err(DocumentFault::NoKeys)
        );
        for text in ["", "[]", "<html>", r#"{"jwks_uri":"https://a.exam"#] {
            let fault = read(text);
            assert!(
                matches!(fault, Err(DocumentFault::NotAnObject { .. })),
                "{text}: {fault:?}"
            );
        }
        for uri in [
            "http://a.example/k",
            "file:///etc/passwd",
            "https://169.254.169.254/",
            "https://a.example/'; id",
        ] {
            let fault = read(&format!(r#"{{"jwks_uri":"{uri}"}}"#));
            assert!(matches!(fault, Err(DocumentFault::Address(_))), "{uri}");
        }
        let large = " ".repeat(MAX_DOCUMENT_BYTES + 1);
        assert!(matches!(read(&large), Err(DocumentFault::Large { .. })));
        assert_eq!(read("[]").unwrap_err().to_string().lines().count(), 2);
    }
}
