//! DER in base64 or hexadecimal and nothing around it, as consoles show a realm's public key and `x5c` holds certificates.

use zeroize::Zeroizing;

use super::Form;
use super::der::{self, Armour};
use crate::jose::base64url::{self, EncodingFaultKind};

/// One DER element in base64 or hexadecimal, alone in its file.
pub(super) const FORM: Form = Form {
    recognises: |content| decode(content).is_some(),
    load: |found, content| {
        if let Some((der, armour)) = decode(content) {
            der::take(found, &der, armour);
        }
        Ok(())
    },
};

fn decode(content: &[u8]) -> Option<(Zeroizing<Vec<u8>>, Armour)> {
    let text = std::str::from_utf8(content).ok()?;
    // An element of an array keeps its quotes and comma when it is copied.
    let text = text.trim_matches(|character: char| {
        character.is_ascii_whitespace() || ['"', '\'', ','].contains(&character)
    });
    // A sequence begins with 0x30.
    let decoded = match text.as_bytes() {
        [b'M', ..] => (from_base64(text)?, Armour::Base64),
        [b'3', b'0', ..] => (from_hex(text)?, Armour::Hex),
        _ => return None,
    };
    let der = &decoded.0;
    let is_whole = der::element(der).is_some_and(|element| element.len() == der.len());
    (is_whole && der::structure(der).is_some()).then_some(decoded)
}

fn from_base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let decoded = base64url::decode(text);
    let has_one_meaning = decoded.faults.iter().all(|fault| {
        !matches!(
            fault.kind,
            EncodingFaultKind::Length | EncodingFaultKind::Other
        )
    });
    has_one_meaning.then_some(decoded.bytes)
}

/// White space and colons between the digits do not count.
fn from_hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    let mut high = None;
    for character in text.chars() {
        if character.is_ascii_whitespace() || character == ':' {
            continue;
        }
        let digit = u8::try_from(character.to_digit(16)?).ok()?;
        match high.take() {
            None => high = Some(digit),
            Some(high) => bytes.push(high << 4 | digit),
        }
    }
    high.is_none().then_some(bytes)
}

#[cfg(test)]
mod tests {
    use openssl::base64::encode_block;
    use openssl::pkey::PKey;

    use crate::keys::load;

    #[test]
    fn a_bare_key_loads_as_its_der_does() {
        let der = PKey::generate_ed25519()
            .unwrap()
            .public_key_to_der()
            .unwrap();
        let expected = load("key", &der).unwrap().remove(0);
        let text = encode_block(&der);
        let pairs: Vec<_> = der.iter().map(|byte| format!("{byte:02X}")).collect();
        let hex = pairs.concat().to_lowercase();
        for (text, form) in [
            (text.clone(), "public key in base64"),
            (format!(" {text}\r\n"), "public key in base64"),
            (format!("  \"{text}\",\n"), "public key in base64"),
            (text.replace('=', ""), "public key in base64"),
            (hex.clone(), "public key in hexadecimal"),
            (hex.to_uppercase(), "public key in hexadecimal"),
            (pairs.join(":\n"), "public key in hexadecimal"),
        ] {
            let keys = load("key", text.as_bytes()).unwrap();
            let found: Vec<_> = keys.iter().map(|key| (key.form, &key.thumbprint)).collect();
            assert_eq!(found, [(form, &expected.thumbprint)], "{text}");
        }
        assert!(load("key", format!("{text}!").as_bytes()).is_err());
        assert!(load("key", format!("{hex}0").as_bytes()).is_err());
        assert!(load("key", b"MyVeryLongSecretThatIsNoKey").is_err());
        assert!(load("key", b"30313233343536373839").is_err());
    }
}
