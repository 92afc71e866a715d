//! The mathematics of JWE alone: content keys and content, beside published values and another implementation.

use openssl::symm::{Cipher, encrypt, encrypt_aead};
use serde_json::{Map, Value};
use tokenloupe::jose::base64url::{decode, encode};
use tokenloupe::jose::json::{Document, read};
use tokenloupe::keys::{Effort, Key, SecretEncoding, load, load_secret};
use tokenloupe::verify::Hash;
use tokenloupe::verify::algorithm::hmac;
use tokenloupe::verify::decrypt::algorithms::{Aes, ContentFamily};
use tokenloupe::verify::decrypt::{
    ContentEncryption, JweShapeFault, OpenError, Opened, Sealed, content_encryption, open,
    shape_fault,
};

mod facts;
mod hostile;
mod oracle;
mod vectors;

/// A JWE for one recipient, taken apart.
#[derive(Clone)]
struct Jwe {
    header: String,
    encrypted_key: Vec<u8>,
    iv: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
    additional_data: Vec<u8>,
}

impl Jwe {
    fn compact(text: &str) -> Self {
        let parts: Vec<&str> = text.split('.').collect();
        let [header, encrypted_key, iv, ciphertext, tag] = parts[..] else {
            panic!("five parts expected: {text}");
        };
        let bytes = |part: &str| decode(part).bytes.to_vec();
        Self {
            header: String::from_utf8(bytes(header)).unwrap(),
            encrypted_key: bytes(encrypted_key),
            iv: bytes(iv),
            ciphertext: bytes(ciphertext),
            tag: bytes(tag),
            additional_data: header.as_bytes().to_vec(),
        }
    }

    /// One for each recipient of the general or flattened form, with its joined header.
    fn json(json: &Value) -> Vec<Self> {
        let text = |object: &Value, name: &str| object[name].as_str().unwrap_or("").to_owned();
        let bytes = |object: &Value, name: &str| decode(&text(object, name)).bytes.to_vec();
        let protected = text(json, "protected");
        let mut additional_data = protected.clone().into_bytes();
        if let Some(aad) = json["aad"].as_str() {
            additional_data.extend_from_slice(format!(".{aad}").as_bytes());
        }
        let recipients = json["recipients"].as_array();
        let recipients = recipients.map_or_else(|| vec![json.clone()], Clone::clone);
        let of = |recipient: &Value| {
            let mut header = Map::new();
            let protected: Value =
                serde_json::from_slice(&decode(&protected).bytes).unwrap_or_default();
            for part in [&protected, &json["unprotected"], &recipient["header"]] {
                header.extend(part.as_object().cloned().unwrap_or_default());
            }
            Self {
                header: Value::from(header).to_string(),
                encrypted_key: bytes(recipient, "encrypted_key"),
                iv: bytes(json, "iv"),
                ciphertext: bytes(json, "ciphertext"),
                tag: bytes(json, "tag"),
                additional_data: additional_data.clone(),
            }
        };
        recipients.iter().map(of).collect()
    }

    /// Encrypts for a content key that is known.
    fn made(header: &str, encrypted_key: &[u8], content_key: &[u8], plaintext: &[u8]) -> Self {
        let document = read(header.as_bytes());
        let enc = content_encryption(document.str("enc").unwrap()).unwrap();
        let iv = vec![0x17; enc.iv_bytes()];
        let additional_data = encode(header.as_bytes()).into_bytes();
        let (ciphertext, tag) = encrypted(enc, content_key, &iv, &additional_data, plaintext);
        Self {
            header: header.to_owned(),
            encrypted_key: encrypted_key.to_vec(),
            iv,
            ciphertext,
            tag,
            additional_data,
        }
    }

    fn document(&self) -> Document {
        read(self.header.as_bytes())
    }

    fn with_sealed<T>(&self, with: impl FnOnce(&Sealed<'_>) -> T) -> T {
        let document = self.document();
        with(&Sealed {
            alg: document.str("alg").unwrap_or_default(),
            enc: document.str("enc").unwrap_or_default(),
            header: &|name| document.get(name),
            encrypted_key: &self.encrypted_key,
            iv: &self.iv,
            ciphertext: &self.ciphertext,
            tag: &self.tag,
            additional_data: &self.additional_data,
        })
    }

    fn open(&self, key: &Key) -> Result<Opened, OpenError> {
        self.with_sealed(|sealed| open(sealed, key, &Effort::unwatched()))
    }

    fn shape_fault(&self) -> Option<JweShapeFault> {
        self.with_sealed(shape_fault)
    }
}

/// The ciphertext and the tag of content.
pub(crate) fn encrypted(
    enc: &ContentEncryption,
    content_key: &[u8],
    iv: &[u8],
    additional_data: &[u8],
    plaintext: &[u8],
) -> (Vec<u8>, Vec<u8>) {
    match enc.family {
        ContentFamily::Gcm(aes) => {
            let mut tag = vec![0; 16];
            let ciphertext = encrypt_aead(
                gcm(aes),
                content_key,
                Some(iv),
                additional_data,
                plaintext,
                &mut tag,
            );
            (ciphertext.unwrap(), tag)
        }
        ContentFamily::CbcHmac(aes, hash) => {
            let (mac_key, key) = content_key.split_at(content_key.len() / 2);
            let ciphertext = encrypt(cbc(aes), key, Some(iv), plaintext).unwrap();
            let tag = cbc_tag(hash, mac_key, additional_data, iv, &ciphertext);
            (ciphertext, tag)
        }
    }
}

/// RFC 7518 section 5.2.2.1.
fn cbc_tag(hash: Hash, mac_key: &[u8], additional: &[u8], iv: &[u8], ciphertext: &[u8]) -> Vec<u8> {
    let bits = (additional.len() as u64 * 8).to_be_bytes();
    let mut tag = hmac(hash, mac_key, &[additional, iv, ciphertext, &bits].concat());
    tag.truncate(mac_key.len());
    tag
}

fn gcm(aes: Aes) -> Cipher {
    match aes {
        Aes::A128 => Cipher::aes_128_gcm(),
        Aes::A192 => Cipher::aes_192_gcm(),
        Aes::A256 => Cipher::aes_256_gcm(),
    }
}

fn cbc(aes: Aes) -> Cipher {
    match aes {
        Aes::A128 => Cipher::aes_128_cbc(),
        Aes::A192 => Cipher::aes_192_cbc(),
        Aes::A256 => Cipher::aes_256_cbc(),
    }
}

/// The one key in a text.
#[track_caller]
fn key(text: &str) -> Key {
    load("key", text.as_bytes()).unwrap().remove(0)
}

/// A shared secret.
fn secret(bytes: &[u8]) -> Key {
    key(&format!(r#"{{"kty":"oct","k":"{}"}}"#, encode(bytes)))
}

/// A password as a file holds it.
fn password(text: &str) -> Key {
    load_secret("password", text.as_bytes(), SecretEncoding::Auto).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .collect();
    digits
        .chunks(2)
        .map(|pair| (pair[0] * 16 + pair[1]) as u8)
        .collect()
}
