//! Public keys of OpenSSH: lines of `.pub` files, `authorized_keys` and `known_hosts` (sshd(8)), and blocks of RFC 4716.
//!
//! The blob in base64 is that of RFC 4253 section 6.6, with the key types of RFC 5656 and RFC 8709.

use memchr::memmem;
use openssl::bn::BigNumContext;
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::nid::Nid;
use openssl::pkey::PKey;

use super::ssh_fields::Fields;
use super::text::{Lines, Way};
use crate::jose::base64url;
use crate::keys::key::quoted;
use crate::keys::public::{self, PublicKey, from_pkey, refused};
use crate::keys::{Key, KeyFault, OkpCurve};

/// Lines and blocks with public keys.
pub(super) const WAY: Way = Way {
    recognises: |content| {
        BEGINNINGS
            .iter()
            .any(|beginning| memmem::find(content, beginning.as_bytes()).is_some())
            && keys(content).next().is_some()
    },
    take: |found, content| {
        let mut lines = Lines::of(content);
        let are_many = keys(content).nth(1).is_some();
        for (at, body) in keys(content) {
            let spot = if are_many {
                lines.at(at)
            } else {
                String::new()
            };
            found.at(&spot, |found| {
                found.add(|source, ordinal| key(body, source, ordinal));
            });
        }
    },
};

/// What the names of key types begin with, and the block.
const BEGINNINGS: &[&str] = &["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-", BLOCK];

const BLOCK: &str = "---- BEGIN SSH2 PUBLIC KEY ----";
const BLOCK_END: &str = "---- END";

/// The length of the name of the type, which no type makes longer than 64 KiB, in base64.
const BLOB: &str = "AAAA";

/// Whether a text is one such line.
pub(super) fn is_line(content: &[u8]) -> bool {
    let is_one = content.trim_ascii().split(|&byte| byte == b'\n').count() == 1;
    is_one && keys(content).next().is_some()
}

/// Each place in a text and the base64 of a key there.
fn keys(content: &[u8]) -> impl Iterator<Item = (usize, &str)> {
    let mut rest_at = 0_usize;
    std::iter::from_fn(move || {
        loop {
            let rest = content.get(rest_at..).filter(|rest| !rest.is_empty())?;
            let at = rest_at;
            let length =
                memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end.saturating_add(1));
            if rest.get(..length)?.trim_ascii() == BLOCK.as_bytes() {
                let body = rest.get(length..).unwrap_or_default();
                let end = memmem::find(body, BLOCK_END.as_bytes()).unwrap_or(body.len());
                rest_at = at.saturating_add(length).saturating_add(end);
                if let Some(body) = body
                    .get(..end)
                    .and_then(|body| std::str::from_utf8(body).ok())
                {
                    return Some((at, body));
                }
                continue;
            }
            rest_at = at.saturating_add(length);
            if let Some(blob) = rest.get(..length).and_then(blob_in) {
                return Some((at, blob));
            }
        }
    })
}

/// The base64 that follows the name of a type in a line.
fn blob_in(line: &[u8]) -> Option<&str> {
    memmem::find(line, BLOB.as_bytes())?;
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'' | b',' | b';' | b'`' | b'\\' | b'<');
    let mut words = line
        .split(|byte| byte.is_ascii_whitespace() || is_quote(byte))
        .filter(|word| !word.is_empty())
        .filter_map(|word| std::str::from_utf8(word).ok())
        .peekable();
    while let Some(word) = words.next() {
        let is_type = word.rsplit(['=', ':']).next().is_some_and(is_type_name);
        if is_type && let Some(blob) = words.peek().filter(|word| word.starts_with(BLOB)) {
            return Some(blob);
        }
    }
    None
}

fn is_type_name(word: &str) -> bool {
    BEGINNINGS
        .iter()
        .any(|beginning| word.starts_with(beginning))
}

fn key(body: &str, source: &str, ordinal: usize) -> Key {
    let mut key = Key::blank(source, ordinal, "OpenSSH public key");
    let mut text = String::with_capacity(body.len());
    let mut is_header = false;
    for line in body.lines() {
        // RFC 4716 section 3.3: a header has a colon, and goes on where its line ends in a backslash.
        let goes_on = line.trim_end().ends_with('\\');
        if line.contains(':') || is_header {
            is_header = goes_on;
        } else {
            text.push_str(line.trim());
        }
    }
    let blob = base64url::decode(&text).bytes;
    key.set_public(from_blob(&blob));
    key
}

/// A public key from its blob.
fn from_blob(blob: &[u8]) -> Result<PublicKey, KeyFault> {
    let mut fields = Fields(blob);
    let name = std::str::from_utf8(next(&mut fields)?).map_err(|_not_text| KeyFault::OpenSsh {
        found: "a type whose name is no text",
    })?;
    match name {
        "ssh-rsa" => {
            let (e, n) = (next(&mut fields)?, next(&mut fields)?);
            public::rsa(n, e)
        }
        "ecdsa-sha2-nistp256" => ecdsa(&mut fields, Nid::X9_62_PRIME256V1),
        "ecdsa-sha2-nistp384" => ecdsa(&mut fields, Nid::SECP384R1),
        "ecdsa-sha2-nistp521" => ecdsa(&mut fields, Nid::SECP521R1),
        "ssh-ed25519" => public::okp(OkpCurve::Ed25519, next(&mut fields)?),
        "ssh-ed448" => public::okp(OkpCurve::Ed448, next(&mut fields)?),
        other => Err(KeyFault::UnknownType(format!(
            "the OpenSSH type {}",
            quoted(other)
        ))),
    }
}

fn next<'b>(fields: &mut Fields<'b>) -> Result<&'b [u8], KeyFault> {
    fields.string().ok_or(KeyFault::OpenSsh {
        found: "one that ends too early",
    })
}

fn ecdsa(fields: &mut Fields<'_>, curve: Nid) -> Result<PublicKey, KeyFault> {
    // The curve stands in the name of the type already.
    next(fields)?;
    let point = next(fields)?;
    let key = EcGroup::from_curve_name(curve).and_then(|group| {
        let mut context = BigNumContext::new()?;
        let point = EcPoint::from_bytes(&group, point, &mut context)?;
        PKey::from_ec_key(EcKey::from_public_key(&group, &point)?)
    });
    let key = key.map_err(|stack| refused(&stack))?;
    from_pkey(&key)
}
