//! A DER element in base64 and nothing around it, as consoles show a realm's public key and `x5c` holds certificates.

use zeroize::Zeroizing;

use super::der::{self, Armour, Structure};
use super::{Form, LoadError, pkcs12};
use crate::jose::base64url::{self, EncodingFaultKind};
use crate::keys::Key;
use crate::keys::unlock::Opening;

/// Base64 of one DER element, alone in its file.
pub(super) const FORM: Form = Form {
    recognises: |content| decode(content).is_some(),
    load,
};

fn load(source: &str, content: &[u8], opening: &Opening<'_>) -> Result<Vec<Key>, LoadError> {
    let Some(der) = decode(content) else {
        return Ok(Vec::new());
    };
    if der::structure(&der) == Some(Structure::Pkcs12) {
        return pkcs12::load(source, &der, opening);
    }
    Ok(vec![der::key(&der, Armour::Base64, opening, source, 1)])
}

fn decode(content: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let text = std::str::from_utf8(content.trim_ascii()).ok()?;
    // A sequence begins with 0x30, and so its base64 with M.
    if !text.starts_with('M') {
        return None;
    }
    let decoded = base64url::decode(text);
    let one_meaning = decoded.faults.iter().all(|fault| {
        !matches!(
            fault.kind,
            EncodingFaultKind::Length | EncodingFaultKind::Other
        )
    });
    let whole =
        der::element(&decoded.bytes).is_some_and(|element| element.len() == decoded.bytes.len());
    (one_meaning && whole && der::structure(&decoded.bytes).is_some()).then_some(decoded.bytes)
}

#[cfg(test)]
mod tests {
    use openssl::base64::encode_block;
    use openssl::pkey::PKey;

    use crate::keys::load;

    #[test]
    fn a_bare_base64_key_loads_as_its_der_does() {
        let der = PKey::generate_ed25519()
            .unwrap()
            .public_key_to_der()
            .unwrap();
        let expected = load("key", &der).unwrap();
        let text = encode_block(&der);
        for text in [text.clone(), format!(" {text}\r\n"), text.replace('=', "")] {
            let keys = load("key", text.as_bytes()).unwrap();
            let found = keys.first().map(|key| (key.form, &key.thumbprint));
            assert_eq!(
                found,
                expected
                    .first()
                    .map(|key| ("public key in base64", &key.thumbprint))
            );
        }
        assert!(load("key", format!("{text}!").as_bytes()).is_err());
        assert!(load("key", b"MyVeryLongSecretThatIsNoKey").is_err());
    }
}
