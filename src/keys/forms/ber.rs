//! BER to DER (X.690 sections 8 and 10): indefinite lengths, and octet strings in pieces, which PKCS#12 stores of some
//! programs have.

use zeroize::Zeroizing;

use super::der::{self, enclosed};

/// Elements may lie in each other to this depth.
const MAX_DEPTH: usize = 32;

const OCTET_STRING: u8 = 0x04;
const OCTET_STRING_IN_PIECES: u8 = 0x24;
const CONSTRUCTED: u8 = 0x20;

/// The one element that these bytes are, with definite lengths and whole octet strings; `None` when they are no BER, or
/// deeper than the limit.
pub(super) fn to_der(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut out = Zeroizing::new(Vec::with_capacity(bytes.len()));
    let rest = convert(bytes, MAX_DEPTH, &mut out)?;
    rest.is_empty().then_some(out)
}

/// Converts one element. Gives what follows it.
fn convert<'a>(bytes: &'a [u8], depth: usize, out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let depth = depth.checked_sub(1)?;
    let (&tag, after_tag) = bytes.split_first()?;
    if tag & CONSTRUCTED == 0 {
        let element = der::element(bytes)?;
        out.extend_from_slice(element);
        return bytes.get(element.len()..);
    }
    if tag & 0x1F == 0x1F {
        return None;
    }
    let mut contents = Zeroizing::new(Vec::new());
    let rest = if after_tag.first() == Some(&0x80) {
        let mut rest = after_tag.get(1..)?;
        loop {
            if let Some(after) = rest.strip_prefix(&[0, 0]) {
                break after;
            }
            rest = convert(rest, depth, &mut contents)?;
        }
    } else {
        let (_, mut inner, rest) = der::split(bytes)?;
        while !inner.is_empty() {
            inner = convert(inner, depth, &mut contents)?;
        }
        rest
    };
    if tag == OCTET_STRING_IN_PIECES {
        let whole = joined(&contents)?;
        out.extend_from_slice(&enclosed(OCTET_STRING, &[&whole])?);
    } else {
        out.extend_from_slice(&enclosed(tag, &[&contents])?);
    }
    Some(rest)
}

/// The contents of octet strings, one after another, which is all that there may be.
pub(super) fn joined(pieces: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut whole = Zeroizing::new(Vec::with_capacity(pieces.len()));
    let mut rest = pieces;
    while !rest.is_empty() {
        let (OCTET_STRING, piece, after) = der::split(rest)? else {
            return None;
        };
        whole.extend_from_slice(piece);
        rest = after;
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indefinite_lengths_and_pieces_become_definite() {
        let ber = b"\x30\x80\x02\x01\x03\x24\x80\x04\x01a\x04\x02bc\x00\x00\xA0\x80\x05\x00\x00\x00\x00\x00";
        let der = to_der(ber);
        assert_eq!(
            der.as_deref().map(Vec::as_slice),
            Some(&b"\x30\x0C\x02\x01\x03\x04\x03abc\xA0\x02\x05\x00"[..])
        );
        let der = der.unwrap();
        assert_eq!(to_der(&der).as_deref(), Some(&*der), "DER stays as it is");
        for length in 0..ber.len() {
            assert_eq!(to_der(&ber[..length]), None, "cut after {length}");
        }
        assert_eq!(to_der(&b"\x30\x80".repeat(1000)), None);
        assert_eq!(
            to_der(b"\x24\x03\x02\x01\x03"),
            None,
            "a piece of another type"
        );
    }
}
