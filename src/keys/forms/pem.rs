//! PEM (RFC 7468), found anywhere in a text: prose around the blocks, CRLF, a block pasted on one line and one
//! whose line breaks are written as `\n` are all taken.
//!
//! What is in a block is decided by its bytes; its label only says what may be passed over.

use memchr::memmem;
use zeroize::Zeroizing;

use super::der::{self, Armour};
use super::found::Found;
use super::text::{Lines, Way};
use super::{locked, openssh};
use crate::jose::base64url::{self, EncodingFaultKind};
use crate::keys::key::quoted;
use crate::keys::unlock::Opening;
use crate::keys::{Holds, Key, KeyFault};

/// A text with PEM blocks.
pub(super) const WAY: Way = Way {
    recognises: |content| memmem::find(content, BEGIN).is_some(),
    take,
};

/// What every block begins with.
pub(super) const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"END ";
const DASHES: &[u8] = b"-----";

/// The curve of the key after it.
const EC_PARAMETERS: &str = "EC PARAMETERS";

/// What a key of an encrypted block is called.
const ENCRYPTED: &str = "encrypted private key";

/// Blocks that stand beside keys and are none.
const PASSED_OVER: &[&str] = &["DH PARAMETERS", "DSA PARAMETERS", EC_PARAMETERS, "X509 CRL"];

/// One block, as found.
struct Block<'a> {
    label: &'a [u8],
    body: &'a [u8],
    /// Whether the line END follows.
    whole: bool,
}

fn take(found: &mut Found<'_>, content: &[u8]) {
    let mut rest = content;
    let mut parameters = None;
    let mut lines = Lines::of(content);
    // Where a text holds blocks alone, their order says enough.
    let is_prose = !content.trim_ascii_start().starts_with(BEGIN);
    while let Some((block, after)) = next_block(rest) {
        let at = content.len().saturating_sub(rest.len());
        rest = after;
        let label = String::from_utf8_lossy(block.label);
        if PASSED_OVER.contains(&label.as_ref()) {
            if label == EC_PARAMETERS {
                parameters = decode(block.body).ok();
            }
            continue;
        }
        let parameters = parameters.take();
        let before = memmem::find(content.get(at..).unwrap_or_default(), BEGIN);
        let spot = if is_prose {
            lines.at(at.saturating_add(before.unwrap_or_default()))
        } else {
            String::new()
        };
        found.at(&spot, |found| {
            keys(found, &block, &label, parameters.as_deref());
        });
    }
}

fn next_block(text: &[u8]) -> Option<(Block<'_>, &[u8])> {
    let (_, text) = split_at(text, BEGIN)?;
    let (label, text) = split_at(text, DASHES)?;
    // The next dashes belong to the line END, or to another block, and then this one was cut.
    let Some((body, after)) = split_at(text, DASHES) else {
        let block = Block {
            label,
            body: text,
            whole: false,
        };
        return Some((block, &[]));
    };
    let Some(after) = after.strip_prefix(END) else {
        let block = Block {
            label,
            body,
            whole: false,
        };
        return Some((block, text.get(body.len()..).unwrap_or_default()));
    };
    let block = Block {
        label,
        body,
        whole: true,
    };
    Some((
        block,
        split_at(after, DASHES).map_or(after, |(_, after)| after),
    ))
}

/// What stands before and after the first `mark`.
fn split_at<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = memmem::find(text, mark)?;
    Some((text.get(..at)?, text.get(at.saturating_add(mark.len())..)?))
}

/// Takes what is in a block. `parameters` are those of the block before it: they belong to this one when it names no curve.
fn keys(found: &mut Found<'_>, block: &Block<'_>, label: &str, parameters: Option<&Vec<u8>>) {
    let is_encrypted = locked::is_encrypted(block.body);
    let first = found.count();
    match content(block, label, parameters, found.opening()) {
        Ok(der) if openssh::recognises(&der) => openssh::take(found, &der),
        Ok(der) => der::take(found, &der, Armour::Pem),
        Err(fault) => {
            let holds = if is_encrypted {
                Holds::Private
            } else {
                Holds::Public
            };
            found.add(|source, ordinal| Key {
                fault: Some(fault),
                holds,
                ..Key::blank(source, ordinal, "PEM block")
            });
        }
    }
    if is_encrypted {
        for key in found.since(first) {
            key.form = ENCRYPTED;
        }
    }
}

/// The DER in a block, or what OpenSSH has there.
fn content(
    block: &Block<'_>,
    label: &str,
    parameters: Option<&Vec<u8>>,
    opening: &Opening<'_>,
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    if !block.whole {
        return Err(KeyFault::Pem {
            found: "no line END",
        });
    }
    let mut der = decode(block.body).map_err(|found| KeyFault::Pem { found })?;
    if openssh::recognises(&der) {
        return Ok(der);
    }
    if locked::is_encrypted(block.body) {
        der = locked::pem(block.body, &der, opening)?;
    }
    let complete = parameters.and_then(|parameters| der::with_curve(&der, parameters));
    let der = complete.unwrap_or(der);
    if der::structure(&der).is_none() {
        return Err(KeyFault::UnknownType(format!(
            "the PEM block {}",
            quoted(label)
        )));
    }
    Ok(der)
}

/// The bytes of a block's body, headers left out. The error says what was found instead.
fn decode(body: &[u8]) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    let body = std::str::from_utf8(body).map_err(|_not_text| "bytes that are no text")?;
    let body = with_line_breaks(&within_quotes(body));
    let lines = body.lines().map(bare);
    // Headers (RFC 1421 section 4.6) have a colon, which base64 has not.
    let headers = lines.clone().filter(|line| line.contains(':')).count();
    let mut seen = 0_usize;
    let mut text = Zeroizing::new(String::with_capacity(body.len()));
    for line in lines {
        if seen == headers {
            text.push_str(line);
        } else if line.contains(':') {
            seen = seen.saturating_add(1);
        }
    }
    let decoded = base64url::decode(&text);
    for fault in &decoded.faults {
        match fault.kind {
            EncodingFaultKind::Length => return Err("one character too many or too few"),
            EncodingFaultKind::Other => return Err("a character that is not base64"),
            _ => {}
        }
    }
    if decoded.bytes.is_empty() {
        return Err("nothing");
    }
    Ok(decoded.bytes)
}

/// Of a body that is put together from strings, as source code and arrays of lines have it, what stands in them. It begins
/// inside of one.
fn within_quotes(body: &str) -> Zeroizing<String> {
    let quote = body.find(['"', '\'', '`']);
    let quote = quote.and_then(|at| body.get(at..)?.chars().next());
    let mut text = Zeroizing::new(String::with_capacity(body.len().saturating_add(1)));
    match quote {
        Some(quote) => {
            for piece in body.split(quote).step_by(2) {
                text.push_str(piece);
                text.push('\n');
            }
        }
        None => text.push_str(body),
    }
    text
}

/// Escaped line breaks as line breaks, however often they were escaped; `\/` of JSON as `/`.
fn with_line_breaks(body: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(body.len()));
    let mut rest = body;
    while let Some((before, escaped)) = rest.split_once('\\') {
        text.push_str(before);
        let escaped = escaped.trim_start_matches('\\');
        let break_of = |escape: &str| escaped.strip_prefix(escape);
        let after = ["n", "r", "u000a", "u000A", "u000d", "u000D", "x0a", "x0A"]
            .into_iter()
            .find_map(break_of);
        if after.is_some() {
            text.push('\n');
        }
        rest = after.unwrap_or(escaped);
    }
    text.push_str(rest);
    text
}

/// A line without what mail, comments and lists put around it.
fn bare(line: &str) -> &str {
    line.trim_start_matches(|character: char| {
        character.is_whitespace() || ['>', '#', '*', '|'].contains(&character)
    })
    .trim_end_matches(|character: char| character.is_whitespace() || character == ',')
}

#[cfg(test)]
mod tests {
    use openssl::ec::{EcGroup, EcKey};
    use openssl::nid::Nid;
    use openssl::pkey::{PKey, Private};
    use openssl::rsa::Rsa;
    use openssl::symm::Cipher;

    use super::*;
    use crate::keys::{Curve, KeyKind, KeyNote, LoadError, Members};

    fn ec() -> EcKey<Private> {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        EcKey::generate(&group).unwrap()
    }

    fn text(pem: Vec<u8>) -> String {
        String::from_utf8(pem).unwrap()
    }

    fn load(text: impl AsRef<[u8]>) -> Result<Vec<Key>, LoadError> {
        crate::keys::load("keys.pem", text.as_ref())
    }

    fn thumbprints(keys: &[Key]) -> Vec<&str> {
        keys.iter()
            .filter_map(|key| key.thumbprint.as_deref())
            .collect()
    }

    #[test]
    fn a_block_is_found_however_it_was_pasted() {
        let pem = text(
            PKey::from_ec_key(ec())
                .unwrap()
                .public_key_to_pem()
                .unwrap(),
        );
        let expected = load(&pem).unwrap();
        assert_eq!(thumbprints(&expected).len(), 1);
        let latin = [b"Schl\xFCssel:\r\n".as_slice(), pem.as_bytes()].concat();
        assert_eq!(thumbprints(&load(latin).unwrap()), thumbprints(&expected));
        for pasted in [
            format!("\n\n{pem}\n\n"),
            format!("Invalid RSA key with e=1.\n\n{pem}that was it"),
            pem.replace('\n', "\r\n"),
            pem.replace('\n', "\r"),
            pem.replace('\n', " "),
            pem.replace('\n', ""),
            format!("KEY=\"{}\"", pem.replace('\n', "\\n")),
            format!("KEY=\"{}\"", pem.replace('\n', "\\r\\n")),
            pem.replace('\n', "\n    "),
            pem.replace("KEY-----\nM", "KEY-----\nComment: a key\n\nM"),
            pem.replace('=', ""),
            pem.replace('\n', "\\\\n"),
            pem.replace('\n', "\\\\\\n").replace('/', "\\/"),
            pem.replace('\n', "\\u000a"),
            pem.replace('\n', "\n> "),
            pem.replace('\n', "\r\n# "),
            pem.replace('\n', "\\\n"),
            pem.replace("-----\n", "-----").replace("\n-----", "-----"),
            format!("[\"{}\"]", pem.trim().replace('\n', "\",\n  \"")),
            format!("'{}'", pem.replace('\n', "\\n' +\n  '")),
            format!("key = \"{}\"", pem.replace('\n', "\\n\" . \"")),
        ] {
            let keys = load(&pasted).unwrap_or_else(|error| panic!("{error}\n{pasted}"));
            assert_eq!(thumbprints(&keys), thumbprints(&expected), "{pasted}");
        }
    }

    #[test]
    fn private_keys_give_their_public_half() {
        let ec = ec();
        let pkey = PKey::from_ec_key(ec.clone()).unwrap();
        let expected = load(pkey.public_key_to_pem().unwrap()).unwrap();
        let sec1 = text(ec.private_key_to_pem().unwrap());
        let parameters =
            "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        for pem in [
            text(pkey.private_key_to_pem_pkcs8().unwrap()),
            sec1.clone(),
            format!("{parameters}{sec1}"),
        ] {
            let keys = load(&pem).unwrap();
            let [key] = keys.as_slice() else {
                panic!("one key");
            };
            assert_eq!(
                (key.holds, key.form, key.ordinal),
                (Holds::Private, "PEM private key", 1)
            );
            assert_eq!(key.kind, KeyKind::Ec(Curve::P256));
            assert_eq!(thumbprints(&keys), thumbprints(&expected));
            assert_eq!(key.members, Members::default());
        }
        let rsa = Rsa::generate(512).unwrap();
        let private = load(rsa.private_key_to_pem().unwrap()).unwrap();
        let public = load(rsa.public_key_to_pem_pkcs1().unwrap()).unwrap();
        assert_eq!(thumbprints(&private), thumbprints(&public));
        assert_eq!(
            public.first().map(|key| key.kind),
            Some(KeyKind::Rsa { bits: 512 })
        );
    }

    /// RFC 5915 section 3 leaves the curve out where something else says it.
    #[test]
    fn the_curve_may_stand_in_a_block_of_its_own() {
        let ec = ec();
        let expected = load(ec.private_key_to_pem().unwrap()).unwrap();
        let der = ec.private_key_to_der().unwrap();
        let oid = memmem::find(&der, b"\xA0\x0A\x06\x08").unwrap();
        let mut bare = [&der[..oid], &der[oid + 12..]].concat();
        bare[1] -= 12;
        // Without the public half too, as RFC 5915 also allows.
        let mut least = bare[..oid].to_vec();
        least[1] = u8::try_from(oid - 2).unwrap();
        let block = |label: &str, der: &[u8]| {
            let body = openssl::base64::encode_block(der);
            format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
        };
        let parameters = block("EC PARAMETERS", &der[oid + 2..oid + 12]);
        for bare in [bare, least] {
            let bare = block("EC PRIVATE KEY", &bare);
            let keys = load(format!("{parameters}{bare}")).unwrap();
            assert_eq!(thumbprints(&keys), thumbprints(&expected));
            let error = load(&bare).unwrap_err().to_string();
            assert!(error.contains("EC PARAMETERS"), "{error}");
            let twice = load(format!("{parameters}{bare}{bare}")).unwrap();
            assert_eq!(thumbprints(&twice).len(), 1, "only the next block's curve");
        }
    }

    #[test]
    fn a_label_that_promises_another_form_does_no_harm() {
        let pem = text(
            Rsa::generate(1024)
                .unwrap()
                .public_key_to_pem_pkcs1()
                .unwrap(),
        );
        let keys = load(pem.replace("RSA PUBLIC", "PUBLIC")).unwrap();
        assert_eq!(thumbprints(&keys), thumbprints(&load(&pem).unwrap()));
    }

    /// OpenSSL would ask for the passphrase on the terminal, were it handed the PEM text.
    #[test]
    fn encrypted_keys_stay_closed_without_a_passphrase() {
        let (ec, cipher) = (ec(), Cipher::aes_128_cbc());
        let pkey = PKey::from_ec_key(ec.clone()).unwrap();
        let pkcs8 = text(
            pkey.private_key_to_pem_pkcs8_passphrase(cipher, b"open sesame")
                .unwrap(),
        );
        let old = text(
            ec.private_key_to_pem_passphrase(cipher, b"open sesame")
                .unwrap(),
        );
        assert!(old.contains("Proc-Type"));
        for pem in [&pkcs8, &old, &pkcs8.replace("ENCRYPTED ", "")] {
            let error = load(pem).unwrap_err();
            assert_eq!(
                error,
                LoadError::Encrypted {
                    source_name: "keys.pem".to_owned()
                }
            );
            let public = text(pkey.public_key_to_pem().unwrap());
            let keys = load(format!("{pem}{public}")).unwrap();
            let faults: Vec<_> = keys.iter().map(|key| key.fault.clone()).collect();
            assert_eq!(faults, [Some(KeyFault::Encrypted), None]);
        }
    }

    #[test]
    fn good_blocks_stand_beside_bad_ones() {
        let good = text(
            PKey::from_ec_key(ec())
                .unwrap()
                .public_key_to_pem()
                .unwrap(),
        );
        let cut = good.get(..60).unwrap();
        let keys = load(format!(
            "{cut}\n{good}{}{good}{cut}",
            good.replacen('M', "?", 1)
        ))
        .unwrap();
        let faults: Vec<_> = keys
            .iter()
            .map(|key| (key.ordinal, key.fault.as_ref()))
            .collect();
        let no_end = KeyFault::Pem {
            found: "no line END",
        };
        let not_base64 = KeyFault::Pem {
            found: "a character that is not base64",
        };
        assert_eq!(
            faults,
            [
                (1, Some(&no_end)),
                (2, None),
                (3, Some(&not_base64)),
                (4, None),
                (5, Some(&no_end))
            ]
        );
    }

    #[test]
    fn an_rsassa_pss_key_is_an_rsa_key_with_a_note() {
        let spki = Rsa::generate(1024).unwrap().public_key_to_der().unwrap();
        // rsaEncryption with NULL becomes id-RSASSA-PSS without parameters (RFC 4055 section 3.1).
        let oid = memmem::find(&spki, b"\x30\x0D\x06\x09").unwrap();
        let mut inner = b"\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A".to_vec();
        inner.extend_from_slice(&spki[oid + 15..]);
        let der = [
            b"\x30\x81".as_slice(),
            &[u8::try_from(inner.len()).unwrap()],
            &inner,
        ]
        .concat();
        let body = openssl::base64::encode_block(&der);
        let keys = load(format!(
            "-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----"
        ))
        .unwrap();
        let plain = crate::keys::load("key.der", &spki).unwrap();
        assert_eq!(thumbprints(&keys), thumbprints(&plain));
        assert_eq!(keys[0].members.notes, [KeyNote::PssOnly]);
        assert_eq!(plain[0].members.notes, []);
    }
}
