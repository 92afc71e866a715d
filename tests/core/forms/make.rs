//! Makes signed and encrypted tokens in every form, well formed or not: headers are written as they are given.

use openssl::aes::{AesKey, wrap_key};
use openssl::derive::Deriver;
use openssl::encrypt::Encrypter;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private, Public};
use openssl::rsa::Padding;
use serde_json::{Map, Value, json};
use tokenloupe::jose::base64url::{decode, encode};
use tokenloupe::keys::KeyRing;
use tokenloupe::verify::decrypt::content_encryption;

use crate::decrypt::encrypted;
use crate::way::{Secret, keys_of};

/// Whom a content key is encrypted to.
#[derive(Clone)]
pub(crate) enum To {
    /// The holder of a secret or a password.
    Secret(Vec<u8>),
    /// The holder of an RSA key.
    Rsa(PKey<Private>),
    /// The holder of the first key; the second is the sender's for this time.
    Agree(PKey<Private>, PKey<Private>),
}

impl To {
    /// The key file of the recipient.
    pub(crate) fn file(&self) -> String {
        match self {
            Self::Secret(secret) => json!({"kty": "oct", "k": encode(secret)}).to_string(),
            Self::Rsa(pair) | Self::Agree(pair, _) => {
                String::from_utf8(pair.private_key_to_pem_pkcs8().unwrap()).unwrap()
            }
        }
    }

    pub(crate) fn ring(&self) -> KeyRing {
        keys_of([self.file().as_str()])
    }

    fn secret(&self) -> &[u8] {
        match self {
            Self::Secret(secret) => secret,
            _ => panic!("a secret"),
        }
    }

    fn agreed(&self, name: &str, bytes: usize) -> Vec<u8> {
        let Self::Agree(recipient, sender) = self else {
            panic!("keys that agree");
        };
        let raw = public_half(recipient);
        let mut deriver = Deriver::new(sender).unwrap();
        deriver.set_peer(&raw).unwrap();
        let shared = deriver.derive_to_vec().unwrap();
        // RFC 7518 section 4.6.2 without apu and apv; one round is enough.
        let bits = u32::try_from(bytes * 8).unwrap().to_be_bytes();
        let length = u32::try_from(name.len()).unwrap().to_be_bytes();
        let input = [
            &[0, 0, 0, 1],
            &shared[..],
            &length,
            name.as_bytes(),
            &[0; 8],
            &bits,
        ]
        .concat();
        openssl::sha::sha256(&input)[..bytes].to_vec()
    }
}

fn public_half(pair: &PKey<Private>) -> PKey<Public> {
    PKey::public_key_from_der(&pair.public_key_to_der().unwrap()).unwrap()
}

/// A key pair on P-256.
pub(crate) fn p256() -> PKey<Private> {
    match Secret::fresh("ES256") {
        Secret::Pair(pair) => pair,
        Secret::Shared(_) => panic!("a pair"),
    }
}

/// The public half of a key on P-256 as a member of a header.
pub(crate) fn epk(pair: &PKey<Private>) -> Value {
    Secret::Pair(pair.clone()).jwk(&json!({}))
}

fn wrapped(kek: &[u8], key: &[u8]) -> Vec<u8> {
    let mut out = vec![0; key.len() + 8];
    wrap_key(&AesKey::new_encrypt(kek).unwrap(), None, &mut out, key).unwrap();
    out
}

/// An encryption. Headers are JSON texts; an empty one is left out.
#[derive(Clone)]
pub(crate) struct Sealing<'a> {
    pub(crate) protected: &'a str,
    pub(crate) shared: &'a str,
    /// Each with its own header.
    pub(crate) recipients: Vec<(&'a str, To)>,
    pub(crate) aad: Option<&'a [u8]>,
    pub(crate) plaintext: &'a [u8],
}

impl<'a> Sealing<'a> {
    /// To one, with everything in the protected header.
    pub(crate) fn new(protected: &'a str, to: &To, plaintext: &'a [u8]) -> Self {
        Self {
            protected,
            shared: "",
            recipients: vec![("", to.clone())],
            aad: None,
            plaintext,
        }
    }

    fn joined(&self, own: &str) -> Map<String, Value> {
        let mut joined = Map::new();
        for text in [self.protected, self.shared, own] {
            if let Ok(Value::Object(members)) = serde_json::from_str(text) {
                joined.extend(members);
            }
        }
        joined
    }

    fn parts(&self) -> Vec<(&'static str, String)> {
        let (own, to) = &self.recipients[0];
        let header = self.joined(own);
        let word = |name: &str| header[name].as_str().unwrap();
        let enc = content_encryption(word("enc")).unwrap();
        let key = match word("alg") {
            "dir" => to.secret().to_vec(),
            "ECDH-ES" => to.agreed(enc.name, enc.key_bytes()),
            _ => vec![0x5A; enc.key_bytes()],
        };
        let protected = match self.protected {
            "" => String::new(),
            text => encode(text.as_bytes()),
        };
        let aad = self.aad.map(encode);
        let additional = match &aad {
            Some(aad) => format!("{protected}.{aad}"),
            None => protected.clone(),
        };
        let iv = vec![0x17; enc.iv_bytes()];
        let (ciphertext, tag) = encrypted(enc, &key, &iv, additional.as_bytes(), self.plaintext);
        let mut parts = vec![
            ("protected", protected),
            ("iv", encode(&iv)),
            ("ciphertext", encode(&ciphertext)),
            ("tag", encode(&tag)),
        ];
        parts.extend(aad.map(|aad| ("aad", aad)));
        parts
    }

    fn encrypted_key(&self, own: &str, to: &To) -> Vec<u8> {
        let header = self.joined(own);
        let word = |name: &str| header[name].as_str().unwrap();
        let alg = word("alg");
        let key = vec![0x5A; content_encryption(word("enc")).unwrap().key_bytes()];
        let bits = |name: &str| match &name[name.len() - 5..] {
            "128KW" => 16,
            "192KW" => 24,
            _ => 32,
        };
        match (alg, to) {
            ("dir" | "ECDH-ES", _) => Vec::new(),
            (_, To::Agree(..)) => wrapped(&to.agreed(alg, bits(alg)), &key),
            (_, To::Rsa(pair)) => {
                let pair = public_half(pair);
                let mut encrypter = Encrypter::new(&pair).unwrap();
                if alg == "RSA1_5" {
                    encrypter.set_rsa_padding(Padding::PKCS1).unwrap();
                } else {
                    encrypter.set_rsa_padding(Padding::PKCS1_OAEP).unwrap();
                    let digest = match alg {
                        "RSA-OAEP" => MessageDigest::sha1(),
                        _ => MessageDigest::sha256(),
                    };
                    encrypter.set_rsa_oaep_md(digest).unwrap();
                    encrypter.set_rsa_mgf1_md(digest).unwrap();
                }
                let mut out = vec![0; encrypter.encrypt_len(&key).unwrap()];
                let length = encrypter.encrypt(&key, &mut out).unwrap();
                out.truncate(length);
                out
            }
            (_, To::Secret(password)) if alg.starts_with("PBES2") => {
                let salt = [alg.as_bytes(), &[0], &decode(word("p2s")).bytes].concat();
                let rounds = usize::try_from(header["p2c"].as_u64().unwrap()).unwrap();
                let digest = match &alg[8..11] {
                    "256" => MessageDigest::sha256(),
                    "384" => MessageDigest::sha384(),
                    _ => MessageDigest::sha512(),
                };
                let mut kek = vec![0; bits(alg)];
                openssl::pkcs5::pbkdf2_hmac(password, &salt, rounds, digest, &mut kek).unwrap();
                wrapped(&kek, &key)
            }
            (_, To::Secret(kek)) => wrapped(kek, &key),
        }
    }

    pub(crate) fn compact(&self) -> String {
        let parts: Map<_, _> = self
            .parts()
            .into_iter()
            .map(|(name, text)| (name.to_owned(), Value::from(text)))
            .collect();
        let (own, to) = &self.recipients[0];
        let key = encode(&self.encrypted_key(own, to));
        let word = |name: &str| parts[name].as_str().unwrap();
        let [protected, iv, ciphertext, tag] = ["protected", "iv", "ciphertext", "tag"].map(word);
        format!("{protected}.{key}.{iv}.{ciphertext}.{tag}")
    }

    fn envelope(&self) -> Map<String, Value> {
        let mut envelope = Map::new();
        for (name, text) in self.parts() {
            if name != "protected" || !text.is_empty() {
                envelope.insert(name.to_owned(), text.into());
            }
        }
        if !self.shared.is_empty() {
            envelope.insert(
                "unprotected".to_owned(),
                serde_json::from_str(self.shared).unwrap(),
            );
        }
        envelope
    }

    fn recipient(&self, own: &str, to: &To) -> Map<String, Value> {
        let mut recipient = Map::new();
        if !own.is_empty() {
            recipient.insert("header".to_owned(), serde_json::from_str(own).unwrap());
        }
        let key = self.encrypted_key(own, to);
        if !key.is_empty() {
            recipient.insert("encrypted_key".to_owned(), encode(&key).into());
        }
        recipient
    }

    pub(crate) fn flattened(&self) -> Value {
        let mut envelope = self.envelope();
        let (own, to) = &self.recipients[0];
        envelope.extend(self.recipient(own, to));
        envelope.into()
    }

    pub(crate) fn general(&self) -> Value {
        let mut envelope = self.envelope();
        let recipients: Vec<Value> = self
            .recipients
            .iter()
            .map(|(own, to)| self.recipient(own, to).into())
            .collect();
        envelope.insert("recipients".to_owned(), recipients.into());
        envelope.into()
    }
}

/// One signature of several. Headers are JSON texts; an empty one is left out.
pub(crate) struct Signing<'a> {
    pub(crate) protected: &'a str,
    pub(crate) header: &'a str,
    pub(crate) alg: &'a str,
    pub(crate) key: &'a Secret,
}

impl<'a> Signing<'a> {
    /// With everything in the protected header.
    pub(crate) fn new(protected: &'a str, alg: &'a str, key: &'a Secret) -> Self {
        Self {
            protected,
            header: "",
            alg,
            key,
        }
    }

    fn entry(&self, payload: &str) -> Map<String, Value> {
        let mut entry = Map::new();
        let protected = match self.protected {
            "" => String::new(),
            text => encode(text.as_bytes()),
        };
        let signature = match self.alg {
            "none" => String::new(),
            alg => encode(
                &self
                    .key
                    .sign(alg, format!("{protected}.{payload}").as_bytes()),
            ),
        };
        if !protected.is_empty() {
            entry.insert("protected".to_owned(), protected.into());
        }
        if !self.header.is_empty() {
            entry.insert(
                "header".to_owned(),
                serde_json::from_str(self.header).unwrap(),
            );
        }
        entry.insert("signature".to_owned(), signature.into());
        entry
    }
}

/// The payload as it stands in the token.
fn standing(payload: &[u8], signing: &Signing<'_>) -> String {
    if signing.protected.contains("\"b64\":false") {
        String::from_utf8(payload.to_vec()).unwrap()
    } else {
        encode(payload)
    }
}

/// A JWS in general form.
pub(crate) fn general(payload: impl AsRef<[u8]>, signatures: &[Signing<'_>]) -> Value {
    let payload = standing(payload.as_ref(), &signatures[0]);
    let entries: Vec<Value> = signatures
        .iter()
        .map(|signing| signing.entry(&payload).into())
        .collect();
    json!({"payload": payload, "signatures": entries})
}

/// A JWS in flattened form.
pub(crate) fn flattened(payload: impl AsRef<[u8]>, signing: &Signing<'_>) -> Value {
    let payload = standing(payload.as_ref(), signing);
    let mut entry = signing.entry(&payload);
    entry.insert("payload".to_owned(), payload.into());
    entry.into()
}
