//! The members of a key as a JWK.

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private, Public};
use zeroize::Zeroizing;

use super::{ExportFault, no_private_half, no_public_half, rsa};
use crate::jose::base64url;
use crate::keys::further::in_quotes;
use crate::keys::public::refused;
use crate::keys::{Curve, Further, Holds, Key, KeyFault, KeyKind, MlDsa, akp};

/// A member as it is written: its name, its value as JSON.
pub(super) struct Written {
    name: String,
    json: Zeroizing<String>,
}

/// A member that an export has beside those of the key.
pub(crate) struct Extra {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its value as JSON.
    pub(crate) json: String,
}

impl From<Extra> for Written {
    fn from(extra: Extra) -> Self {
        Self {
            name: extra.name.to_owned(),
            json: Zeroizing::new(extra.json),
        }
    }
}

impl From<&Further> for Written {
    fn from(further: &Further) -> Self {
        Self {
            name: further.name.clone(),
            json: further.json.clone(),
        }
    }
}

/// Further members that say something about the public half (RFC 7517 sections 4.6 and 4.7).
const OF_THE_PUBLIC_HALF: [&str; 2] = ["x5u", "x5c"];

/// What the holder of the public half does when the other one does this (RFC 7517 section 4.3).
const OPPOSITES: [(&str, &str); 3] = [
    ("sign", "verify"),
    ("decrypt", "encrypt"),
    ("unwrapKey", "wrapKey"),
];

/// The public half.
pub(super) fn public(key: &Key) -> Result<Vec<Written>, ExportFault> {
    let pkey = key.public().ok_or_else(|| no_public_half(key))?;
    let mut writer = Writer::new(key);
    writer.described(&public_operations(key));
    writer.public(pkey)?;
    // Of what came with a private half nobody knows what it gives away.
    let is_public = key.holds == Holds::Public;
    writer.certified(|name| is_public || OF_THE_PUBLIC_HALF.contains(&name));
    Ok(writer.in_order())
}

/// Both halves, or the secret.
pub(super) fn private(key: &Key) -> Result<Vec<Written>, ExportFault> {
    let mut writer = Writer::new(key);
    writer.described(&key.members.key_ops);
    if let Some(secret) = key.secret() {
        writer.text("kty", "oct");
        writer.bytes("k", secret.bytes());
    } else {
        let (Some(pkey), Some(own)) = (key.public(), key.private()) else {
            return Err(no_private_half(key));
        };
        writer.public(pkey)?;
        writer.private(own)?;
    }
    writer.certified(|_| true);
    Ok(writer.in_order())
}

/// What the public half is for, where the key was loaded with both.
fn public_operations(key: &Key) -> Vec<String> {
    let loaded = &key.members.key_ops;
    if key.holds == Holds::Public {
        return loaded.clone();
    }
    let mut operations: Vec<String> = Vec::with_capacity(loaded.len());
    for operation in loaded {
        let opposite = OPPOSITES.iter().find(|(own, _)| own == operation);
        let operation = opposite.map_or(operation.as_str(), |(_, opposite)| opposite);
        let is_private = operation.starts_with("derive");
        if !is_private && !operations.iter().any(|other| other == operation) {
            operations.push(operation.to_owned());
        }
    }
    operations
}

/// An object, a member a line.
pub(super) fn object(members: &[Written]) -> Zeroizing<String> {
    let names: Vec<_> = members
        .iter()
        .map(|member| in_quotes(&member.name))
        .collect();
    let length = |(name, member): (&Zeroizing<String>, &Written)| {
        name.len()
            .saturating_add(member.json.len())
            .saturating_add(6)
    };
    // In one piece: growing would leave copies behind.
    let total: usize = names.iter().zip(members).map(length).sum();
    let mut text = Zeroizing::new(String::with_capacity(total.saturating_add(4)));
    text.push('{');
    for (at, (name, member)) in names.iter().zip(members).enumerate() {
        text.push_str(if at == 0 { "\n  " } else { ",\n  " });
        text.push_str(name);
        text.push_str(": ");
        text.push_str(&member.json);
    }
    text.push_str("\n}");
    text
}

/// A JWK Set (RFC 7517 section 5).
pub(super) fn set(jwks: &[Zeroizing<String>]) -> Zeroizing<String> {
    let total: usize = jwks.iter().map(|jwk| jwk.len().saturating_add(2)).sum();
    let mut text = Zeroizing::new(String::with_capacity(total.saturating_add(16)));
    text.push_str("{\"keys\": [");
    for (at, jwk) in jwks.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(jwk);
    }
    text.push_str("]}");
    text
}

struct Writer<'k> {
    key: &'k Key,
    members: Vec<Written>,
}

impl<'k> Writer<'k> {
    fn new(key: &'k Key) -> Self {
        Self {
            key,
            members: Vec::new(),
        }
    }

    /// As they were loaded; what stood nowhere comes last.
    fn in_order(mut self) -> Vec<Written> {
        let names = &self.key.members.names;
        let place = |name: &str| names.iter().position(|loaded| loaded == name);
        self.members
            .sort_by_key(|member| place(&member.name).unwrap_or(usize::MAX));
        self.members
    }

    fn json(&mut self, name: &str, json: Zeroizing<String>) {
        self.members.push(Written {
            name: name.to_owned(),
            json,
        });
    }

    fn text(&mut self, name: &str, text: &str) {
        self.json(name, in_quotes(text));
    }

    fn bytes(&mut self, name: &str, bytes: &[u8]) {
        self.text(name, &Zeroizing::new(base64url::encode(bytes)));
    }

    /// `Base64urlUInt` (RFC 7518 section 2): as short as it goes, zero as one octet.
    fn number(&mut self, name: &str, number: &BigNumRef) {
        let bytes = Zeroizing::new(number.to_vec());
        self.bytes(name, if bytes.is_empty() { &[0] } else { &bytes });
    }

    /// What describes the key (RFC 7517 section 4).
    fn described(&mut self, operations: &[String]) {
        let key = self.key;
        if let Some(kid) = &key.members.kid {
            self.text("kid", kid);
        }
        if let Some(use_) = &key.members.use_ {
            self.text("use", use_);
        }
        if !operations.is_empty() {
            let operations: Vec<_> = operations.iter().map(|name| in_quotes(name)).collect();
            let operations: Vec<&str> = operations.iter().map(|name| name.as_str()).collect();
            self.json(
                "key_ops",
                Zeroizing::new(format!("[{}]", operations.join(","))),
            );
        }
        match key.kind {
            // RFC 9964 section 3: part of what the key is.
            KeyKind::Akp(set) => self.text("alg", set.name()),
            _ => {
                if let Some(alg) = &key.members.alg {
                    self.text("alg", alg);
                }
            }
        }
    }

    /// Thumbprints, certificates and members that nobody here reads.
    fn certified(&mut self, is_taken: impl Fn(&str) -> bool) {
        let key = self.key;
        let members = &key.members;
        if let Some(thumbprint) = &members.x5t {
            self.text("x5t", thumbprint);
        }
        if let Some(thumbprint) = &members.x5t_s256 {
            self.text("x5t#S256", thumbprint);
        }
        let has_chain = members.further.iter().any(|further| further.name == "x5c");
        if let (false, Some(der)) = (has_chain, &key.loaded.certificate) {
            // RFC 7517 section 4.7: base64, not base64url.
            let text = in_quotes(&openssl::base64::encode_block(der));
            self.json("x5c", Zeroizing::new(format!("[{}]", text.as_str())));
        }
        let further = members
            .further
            .iter()
            .filter(|further| is_taken(&further.name));
        self.members.extend(further.map(Written::from));
    }

    fn public(&mut self, pkey: &PKey<Public>) -> Result<(), ExportFault> {
        let kind = self.key.kind;
        self.text("kty", kind.kty().unwrap_or_default());
        if let Some(crv) = kind.crv() {
            self.text("crv", crv);
        }
        match kind {
            KeyKind::Akp(_) => self.bytes("pub", &pkey.raw_public_key().map_err(not_written)?),
            KeyKind::Ec(curve) => {
                let (x, y) = coordinates(curve, pkey).map_err(not_written)?;
                self.bytes("x", &x);
                self.bytes("y", &y);
            }
            KeyKind::Okp(_) => self.bytes("x", &pkey.raw_public_key().map_err(not_written)?),
            KeyKind::Rsa { .. } => {
                let key = pkey.rsa().map_err(not_written)?;
                self.number("n", key.n());
                self.number("e", key.e());
            }
            KeyKind::Oct { .. } | KeyKind::Unknown => return Err(no_public_half(self.key)),
        }
        Ok(())
    }

    fn private(&mut self, own: &PKey<Private>) -> Result<(), ExportFault> {
        match self.key.kind {
            KeyKind::Akp(set) => {
                let seed = seed(set, own)?;
                self.bytes("priv", &seed);
            }
            KeyKind::Ec(curve) => {
                let d = || {
                    let length = i32::try_from(curve.coordinate_bytes()).unwrap_or(i32::MAX);
                    own.ec_key()?.private_key().to_vec_padded(length)
                };
                let d = Zeroizing::new(d().map_err(not_written)?);
                self.bytes("d", &d);
            }
            KeyKind::Okp(_) => {
                let d = Zeroizing::new(own.raw_private_key().map_err(not_written)?);
                self.bytes("d", &d);
            }
            KeyKind::Rsa { .. } => {
                if let Some(key) = rsa::with_primes(own).map_err(not_written)? {
                    self.number("d", key.d());
                    let numbers = [
                        ("p", key.p()),
                        ("q", key.q()),
                        ("dp", key.dmp1()),
                        ("dq", key.dmq1()),
                        ("qi", key.iqmp()),
                    ];
                    for (name, number) in numbers {
                        if let Some(number) = number {
                            self.number(name, number);
                        }
                    }
                } else {
                    self.number("d", own.rsa().map_err(not_written)?.d());
                }
            }
            KeyKind::Oct { .. } | KeyKind::Unknown => return Err(no_private_half(self.key)),
        }
        Ok(())
    }
}

fn coordinates(curve: Curve, pkey: &PKey<Public>) -> Result<(Vec<u8>, Vec<u8>), ErrorStack> {
    let key = pkey.ec_key()?;
    let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
    let mut context = BigNumContext::new()?;
    let point = key.public_key();
    point.affine_coordinates(key.group(), &mut x, &mut y, &mut context)?;
    let length = i32::try_from(curve.coordinate_bytes()).unwrap_or(i32::MAX);
    Ok((x.to_vec_padded(length)?, y.to_vec_padded(length)?))
}

fn seed(set: MlDsa, own: &PKey<Private>) -> Result<Zeroizing<Vec<u8>>, ExportFault> {
    let der = Zeroizing::new(own.private_key_to_pkcs8().map_err(not_written)?);
    akp::seed(&der).ok_or(ExportFault::NoSeed(set))
}

/// What OpenSSL said, in its words.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape of every error's conversion"
)]
pub(super) fn not_written(stack: ErrorStack) -> ExportFault {
    match refused(&stack) {
        KeyFault::Refused(reason) => ExportFault::Refused(reason),
        _ => ExportFault::Refused("no reason given".to_owned()),
    }
}
