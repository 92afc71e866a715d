//! What the tokens of a session say of how a secret is to be read.

use super::Session;
use crate::keys::Reread;

/// A reading of a secret that a token settles: it verifies under that one, and does not as the secret is read now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The key and its reading.
    pub reread: Reread,
    /// The first such token: its position in [`Session::tokens`].
    pub token: usize,
}

impl Session {
    /// The readings of the key of this id that tokens settle, each once, in the order of the tokens.
    ///
    /// Nothing is computed: an explanation of each failed signature tells it (`Diagnosis::reread`).
    pub fn settled_readings(&self, key: &str) -> Vec<Settled> {
        let mut settled: Vec<Settled> = Vec::new();
        for (token, inspection) in self.tokens.iter().enumerate() {
            let mut proof = Some(&inspection.proof);
            while let Some(layer) = proof {
                let rereads = layer
                    .diagnoses()
                    .filter_map(|diagnosis| diagnosis.reread.as_ref());
                for reread in rereads {
                    let is_new = settled.iter().all(|other| other.reread != *reread);
                    if reread.key == key && is_new {
                        let reread = reread.clone();
                        settled.push(Settled { reread, token });
                    }
                }
                proof = layer.inner.as_ref().map(|layer| &layer.proof);
            }
        }
        settled
    }
}

#[cfg(test)]
mod tests {
    use openssl::hash::MessageDigest;
    use openssl::pkey::PKey;
    use openssl::sign::Signer;

    use crate::find::find;
    use crate::inspection::Session;
    use crate::jose::base64url::encode;
    use crate::keys::{KeyRing, Reading, SecretEncoding, load_secret};

    fn hs256(secret: &[u8]) -> String {
        let input = format!("eyJhbGciOiJIUzI1NiJ9.{}", encode(b"{\"sub\":\"a\"}"));
        let key = PKey::hmac(secret).unwrap();
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        signer.update(input.as_bytes()).unwrap();
        format!("{input}.{}", encode(&signer.sign_to_vec().unwrap()))
    }

    #[test]
    fn a_token_settles_how_a_secret_is_read_until_it_is_read_so() {
        let text = openssl::base64::encode_block(&[0xA7; 32]);
        let key = load_secret("secret", text.as_bytes(), SecretEncoding::Utf8).unwrap();
        let mut session = Session {
            keys: KeyRing::new([key.clone()]),
            ..Session::default()
        };
        let id = session.keys.keys()[0].id.clone();
        for secret in [&[0xB8; 32][..], &[0xA7; 32], text.as_bytes(), &[0xA7; 32]] {
            let found = find(hs256(secret).as_bytes(), "test").remove(0);
            session.adding().add(found);
        }
        let settled = session.settled_readings(&id);
        assert_eq!(settled.len(), 1);
        assert_eq!(settled[0].reread.reading, Some(Reading::Base64));
        assert_eq!(settled[0].token, 1);
        assert_eq!(session.settled_readings("another"), []);
        let read = key.read_as(Some(Reading::Base64)).unwrap();
        session.keys = KeyRing::new([read]);
        let Session {
            tokens,
            keys,
            setting,
            ..
        } = &mut session;
        for token in tokens {
            token.prove(keys, setting);
        }
        let settled = session.settled_readings(&id);
        let readings: Vec<_> = settled
            .iter()
            .map(|settled| settled.reread.reading)
            .collect();
        assert_eq!(readings, [None], "the text itself, for the third");
    }
}
