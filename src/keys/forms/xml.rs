//! RSA keys in XML, as .NET writes them: `RSAKeyValue` (XML-Signature section 4.5.2.2) with the private numbers beside the
//! public ones, and `RSAParameters`.

use quick_xml::Reader;
use quick_xml::events::Event;
use zeroize::{Zeroize as _, Zeroizing};

use super::Form;
use super::jwk::from_jwk;
use crate::jose::{base64url, json};
use crate::keys::Members;

/// XML whose outermost element is a key. Keys in other documents (a SAML response is signed with one) are not the
/// reviewer's.
pub(super) const FORM: Form = Form {
    recognises: |content| read(content).is_some(),
    load: |found, content| {
        let jwk = read(content).unwrap_or_default();
        let mut document = json::read(jwk.as_bytes());
        if let Some(root) = &mut document.root {
            found.add(|source, ordinal| {
                let mut key = from_jwk(root, source, ordinal);
                key.form = "XML RSA key";
                key.members = Members {
                    notes: key.members.notes,
                    ..Members::default()
                };
                key
            });
            json::wipe(root);
        }
        Ok(())
    },
};

const ROOTS: &[&[u8]] = &[b"KeyValue", b"RSAKeyValue", b"RSAParameters"];

/// The elements and the members of a JWK that hold the same (RFC 7518 section 6.3).
const NUMBERS: &[(&[u8], &str)] = &[
    (b"Modulus", "n"),
    (b"Exponent", "e"),
    (b"D", "d"),
    (b"P", "p"),
    (b"Q", "q"),
    (b"DP", "dp"),
    (b"DQ", "dq"),
    (b"InverseQ", "qi"),
];

/// The key as a JWK; `None` for other documents.
fn read(content: &[u8]) -> Option<Zeroizing<String>> {
    let content = content.trim_ascii_start();
    if content.first() != Some(&b'<') {
        return None;
    }
    let mut reader = Reader::from_reader(content);
    let mut jwk = Zeroizing::new(String::with_capacity(content.len()));
    jwk.push_str("{\"kty\":\"RSA\"");
    let mut is_key = false;
    let mut member = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let name = start.local_name();
                is_key = is_key || ROOTS.contains(&name.as_ref());
                if !is_key {
                    return None;
                }
                let number = NUMBERS
                    .iter()
                    .find(|(element, _)| *element == name.as_ref());
                member = number.map(|(_, member)| *member);
            }
            Event::Text(text) => {
                if let Some(member) = member.take() {
                    let bytes = base64url::decode(std::str::from_utf8(&text).ok()?).bytes;
                    let mut number = base64url::encode(&bytes);
                    for piece in [",\"", member, "\":\"", &number, "\""] {
                        jwk.push_str(piece);
                    }
                    number.zeroize();
                }
            }
            Event::End(_) => member = None,
            Event::Eof => break,
            _ => {}
        }
    }
    jwk.push('}');
    is_key.then_some(jwk)
}
