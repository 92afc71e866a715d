//! Which keys are tried, in which order, and what the result is called (`REPORT.md`, "Which keys").

use std::borrow::Cow;
use std::sync::Arc;

use super::algorithm::{self, Algorithm, Family, Hash, hmac_verifies};
use super::unseal::{Unsealed, unseal_explained};
use super::{
    Chain, Designation, KnownSecret, Layer, ListedSecret, NotChecked, Outcome, Presentation, Proof,
    Provenance, SignatureProof, Trial, UsedKey, Watch, chain, defaults, explain, presentation,
};
use crate::jose::json::{Document, Json};
use crate::jose::{FaultKind, Kind, Part, PartRole, Token, base64url};
use crate::keys::{
    Effort, Holds, Key, KeyKind, KeyRing, Loaded, Material, Members, Passphrase, Secret, Unlock,
    from_certificate_der, from_jwk,
};

/// What verification needs beside token and keys.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// The payload of a token that does not hold it (RFC 7515 appendix F).
    pub detached_payload: Option<Vec<u8>>,
    /// A password that tokens of PBES2 are tried with, beside the keys.
    pub passphrase: Option<Passphrase>,
    /// What watches the derivation of a key from a password.
    pub watch: Watch,
    /// Secrets that lists of words gave away: they count as public.
    pub listed: Vec<Arc<ListedSecret>>,
}

impl Setting {
    /// Takes secrets over that lists of words gave away, each once.
    pub fn learn(&mut self, found: impl IntoIterator<Item = ListedSecret>) {
        for found in found {
            if !self.listed.iter().any(|known| known.secret == found.secret) {
                self.listed.push(Arc::new(found));
            }
        }
    }
}

/// Tokens are looked for in tokens to this depth.
pub const MAX_NESTING: usize = 8;

/// Finds out whose key verifies what, in this token and those inside of it.
pub fn prove(token: &Token, keys: &KeyRing, setting: &Setting) -> Proof {
    prove_layer(token, keys, setting, MAX_NESTING)
}

/// `depth`: so many more tokens may lie inside of this one.
fn prove_layer(token: &Token, keys: &KeyRing, setting: &Setting, depth: usize) -> Proof {
    let nested = |payload: Option<&Part>| {
        let inner = Token::nested_in(payload?)?;
        // What lies deeper than that is said to be there, and not looked at.
        let proof = match depth.checked_sub(1) {
            Some(depth) => {
                let setting = Setting {
                    detached_payload: None,
                    ..setting.clone()
                };
                prove_layer(&inner, keys, &setting, depth)
            }
            None => Proof::too_deep(),
        };
        Some(Box::new(Layer::new(inner, proof)))
    };
    if token.kind == Kind::Jwe {
        let unlock = Unlock {
            passphrase: setting.passphrase.as_ref(),
            effort: Effort {
                cancel: &setting.watch.cancel,
                progress: &|done, of| setting.watch.tell(done, of),
            },
            ..Unlock::without()
        };
        let Unsealed { proof, plaintext } = unseal_explained(token, keys, &unlock, true);
        let opened = plaintext.map(|plaintext| Arc::new(token.with_plaintext(plaintext)));
        let payload = opened.as_ref();
        let payload = payload.and_then(|opened| opened.part(PartRole::Payload));
        return Proof {
            decryption: Some(proof),
            inner: nested(payload),
            opened,
            ..Proof::default()
        };
    }
    let views = token.views();
    let signatures: Vec<_> = views
        .iter()
        .map(|view| prove_signature(view, Candidates::of(keys), setting))
        .collect();
    // A key binding JWT is a layer whatever it is: a malformed one must be seen.
    let binding = token
        .part_of(0, PartRole::KeyBinding)
        .map(|part| Token::parse(String::from_utf8_lossy(part.bytes())));
    let sd_jwt = Presentation::of(token, binding.as_ref(), keys);
    let holder = sd_jwt.as_ref().and_then(|shown| shown.holder.key());
    Proof {
        key_binding: binding.map(|binding| {
            let proof = prove_key_binding(&binding, holder, keys, &signatures);
            Box::new(Layer::new(binding, proof))
        }),
        sd_jwt: sd_jwt.map(Arc::new),
        inner: nested(token.part(PartRole::Payload)),
        signatures,
        ..Proof::default()
    }
}

/// Where the issuer names the holder's key, that one counts and no other (RFC 9901 section 7.3).
fn prove_key_binding(
    binding: &Token,
    holder: Option<&Arc<Key>>,
    keys: &KeyRing,
    issuer: &[SignatureProof],
) -> Proof {
    let setting = Setting::default();
    let Some(holder) = holder else {
        // The reviewer's keys may hold it, but none of them is meant for being there alone.
        let candidates = Candidates {
            keys,
            meant: Meant::Named,
        };
        return Proof {
            signatures: vec![prove_signature(binding, candidates, &setting)],
            ..Proof::default()
        };
    };
    let only = KeyRing::new([Key::clone(holder)]);
    let candidates = Candidates {
        keys: &only,
        meant: only.keys().first().map_or(Meant::Named, Meant::Confirmed),
    };
    let mut signature = prove_signature(binding, candidates, &setting);
    if let Some((key, _)) = &mut signature.designated {
        *key = Arc::clone(holder);
    }
    if signature.outcome == Outcome::Invalid {
        let said = other_holder(binding, holder, keys, issuer);
        signature.diagnosis.splice(0..0, said);
    }
    if let Some(used) = &mut signature.key
        && used.provenance == Provenance::Yours
    {
        used.key = Arc::clone(holder);
        used.provenance = presentation::provenance(holder, keys, issuer);
    }
    Proof {
        signatures: vec![signature],
        ..Proof::default()
    }
}

/// Whether another key than the holder's made the key binding: the issuer's, one of the reviewer's, or the one that came in
/// its header.
fn other_holder(
    binding: &Token,
    holder: &Key,
    keys: &KeyRing,
    issuer: &[SignatureProof],
) -> Option<super::Diagnosis> {
    let alg = binding.parameter("alg").and_then(Json::str)?;
    let algorithm = algorithm::find(alg)?;
    let setting = Setting::default();
    let message = signing_input(binding, Some(&setting))?;
    let signature = binding.part(PartRole::Signature)?.bytes();
    let of_issuer = issuer.iter().filter_map(|proof| proof.key.as_ref());
    let of_issuer = of_issuer.map(|used| {
        (
            Arc::clone(&used.key),
            "the key that signed the token itself,",
        )
    });
    let loaded = keys.keys().iter().filter(|key| key.is_usable());
    let loaded = loaded.map(|key| (Arc::clone(key), "the loaded key"));
    let own = own_keys(binding).into_iter().filter(Key::is_usable);
    let own = own.map(|key| (Arc::new(key), "the key in its own header"));
    let others: Vec<_> = of_issuer.chain(loaded).chain(own).collect();
    explain::presented::other_holder(holder, &others, algorithm, (&message, signature))
}

/// The keys that are tried.
#[derive(Clone, Copy)]
struct Candidates<'a> {
    keys: &'a KeyRing,
    meant: Meant<'a>,
}

/// Which of them is meant.
#[derive(Clone, Copy)]
enum Meant<'a> {
    /// This one: the issuer of the token that is bound says so.
    Confirmed(&'a Arc<Key>),
    /// The one that the header names.
    Named,
    /// The same, or where it names none, the only one that can do the algorithm.
    NamedOrOnly,
}

impl<'a> Candidates<'a> {
    fn of(keys: &'a KeyRing) -> Self {
        Self {
            keys,
            meant: Meant::NamedOrOnly,
        }
    }
}

fn prove_signature(token: &Token, candidates: Candidates<'_>, setting: &Setting) -> SignatureProof {
    let keys = candidates.keys;
    let empty = Document {
        root: None,
        faults: Vec::new(),
    };
    let header = token.header().unwrap_or(&empty);
    let text_of = |name| token.parameter(name).and_then(Json::str).map(str::to_owned);
    let mut proof = SignatureProof {
        alg: text_of("alg"),
        kid: text_of("kid"),
        outcome: Outcome::Unsupported,
        key: None,
        chain: chain::chain(token, keys),
        designated: None,
        shape: None,
        tried: Vec::new(),
        diagnosis: Vec::new(),
        facts: None,
    };
    let Some(name) = proof.alg.clone() else {
        return proof;
    };
    if name == "none" || algorithm::is_none_in_disguise(&name) {
        proof.outcome = Outcome::Unsecured;
        proof.diagnosis.extend(explain::vendor::unsecured(token));
        return proof;
    }
    let signature = token
        .part(PartRole::Signature)
        .map_or(&[][..], |part| part.bytes());
    let Some(algorithm) = algorithm::find(&name) else {
        if let Some(message) = signing_input(token, Some(setting)) {
            explain::explain_unknown(&name, keys, &message, signature, &mut proof);
        }
        return proof;
    };
    if token
        .faults
        .iter()
        .any(|fault| matches!(fault.kind, FaultKind::TooLarge { .. }))
    {
        proof.outcome = Outcome::NotChecked(NotChecked::TooLarge);
        return proof;
    }
    proof.shape = algorithm.shape_fault(signature);
    let Some(message) = signing_input(token, Some(setting)) else {
        proof.outcome = Outcome::NotChecked(NotChecked::DetachedPayloadMissing);
        return proof;
    };
    let named = || designate(token, keys, &|key| algorithm.fits(key.kind));
    let certified = || {
        let leaf = proof.chain.as_ref().and_then(Chain::trusted_leaf)?;
        Some((Arc::clone(leaf), Designation::Certificate))
    };
    proof.designated = match candidates.meant {
        Meant::Confirmed(key) => Some((Arc::clone(key), Designation::Confirmation)),
        Meant::Named => named()
            .filter(|(_, designation)| *designation != Designation::OnlyKey)
            .or_else(certified),
        Meant::NamedOrOnly => named().or_else(certified),
    };
    let attempt = Attempt {
        algorithm,
        message: &message,
        signature,
        listed: &setting.listed,
    };
    if proof.shape.is_none() {
        attempt.try_keys(keys, token, &mut proof);
    }
    proof.outcome = match (&proof.key, &proof.shape) {
        (Some(_), _) => Outcome::Valid,
        (None, Some(_)) => Outcome::Invalid,
        (None, None) => without_success(token, setting, algorithm, keys, &proof),
    };
    let doubt = explain::Doubt {
        token,
        header,
        keys,
        algorithm,
        message: &message,
        signature,
    };
    explain::explain(&doubt, &mut proof);
    proof
}

/// The bytes that the signature covers. `None`: there is no payload to speak of.
pub(super) fn signing_input<'a>(
    token: &'a Token,
    setting: Option<&Setting>,
) -> Option<Cow<'a, [u8]>> {
    let is_detached = token
        .part(PartRole::Payload)
        .is_none_or(|payload| payload.range.is_empty());
    match setting.and_then(|setting| setting.detached_payload.as_ref()) {
        Some(payload) if is_detached => {
            let mut message = token.protected().as_bytes().to_vec();
            message.push(b'.');
            if token.is_unencoded() {
                message.extend_from_slice(payload);
            } else {
                message.extend_from_slice(base64url::encode(payload).as_bytes());
            }
            Some(message.into())
        }
        _ => token.signing_input().map(|input| match input {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        }),
    }
}

/// What no key's success means.
fn without_success(
    token: &Token,
    setting: &Setting,
    algorithm: &Algorithm,
    keys: &KeyRing,
    proof: &SignatureProof,
) -> Outcome {
    let payload_missing = setting.detached_payload.is_none()
        && token
            .part(PartRole::Payload)
            .is_none_or(|payload| payload.range.is_empty());
    let any_fits = keys
        .keys()
        .iter()
        .chain(proof.chain.as_ref().and_then(Chain::trusted_leaf))
        .any(|key| key.is_usable() && algorithm.fits(key.kind));
    if !any_fits {
        Outcome::NotChecked(NotChecked::NoKey)
    } else if payload_missing {
        Outcome::NotChecked(NotChecked::DetachedPayloadMissing)
    } else if proof.designated.is_some() {
        Outcome::Invalid
    } else {
        Outcome::NotChecked(NotChecked::NoKeyVerifies)
    }
}

/// Whether the key in the header is the one that is meant, and no other: of proofs that the sender holds it (RFC 9449 section 4.2,
/// `OpenID4VCI` appendix F.1).
fn brings_its_key(token: &Token) -> bool {
    let typ = token.header().and_then(|header| header.str("typ"));
    let typ = typ.unwrap_or_default().to_ascii_lowercase();
    let short = typ.strip_prefix("application/").unwrap_or(&typ);
    let is_proof = matches!(short, "dpop+jwt" | "openid4vci-proof+jwt");
    is_proof && token.parameter("jwk").is_some()
}

/// The key that is meant for the signature: named by the header, or the only one that can do the algorithm.
pub(super) fn designate(
    token: &Token,
    keys: &KeyRing,
    can: &dyn Fn(&Key) -> bool,
) -> Option<(Arc<Key>, Designation)> {
    // Of several keys under one name, one that can do the algorithm is the one that is meant.
    let usable = || keys.keys().iter().filter(|key| key.is_usable());
    let pick = |named: &dyn Fn(&Key) -> bool| {
        let mut all = usable().filter(|key| named(key));
        let first = all.clone().next();
        all.find(|key| can(key)).or(first).cloned()
    };
    let names_a_key = ["kid", "x5t", "x5t#S256", "x5c"]
        .iter()
        .any(|name| token.parameter(name).is_some());
    let text_of = |name| token.parameter(name).and_then(Json::str);
    if !names_a_key && brings_its_key(token) {
        return None;
    }
    if !names_a_key {
        let mut fitting = usable().filter(|key| can(key));
        let only = fitting.next()?;
        return fitting
            .next()
            .is_none()
            .then(|| (Arc::clone(only), Designation::OnlyKey));
    }
    if let Some(kid) = text_of("kid")
        && let Some(key) = pick(&|key| key.members.kid.as_deref() == Some(kid))
    {
        return Some((key, Designation::KeyId));
    }
    for name in ["x5t#S256", "x5t"] {
        let named = text_of(name).and_then(|thumbprint| {
            pick(&|key| {
                let own = match name {
                    "x5t" => &key.members.x5t,
                    _ => &key.members.x5t_s256,
                };
                own.as_deref() == Some(thumbprint)
            })
        });
        if let Some(key) = named {
            return Some((key, Designation::Thumbprint));
        }
    }
    let leaf = base64url::encode(&openssl::sha::sha256(&leaf_certificate(token)?));
    pick(&|key| key.members.x5t_s256.as_deref() == Some(&leaf))
        .map(|key| (key, Designation::Certificate))
}

/// The DER of the first certificate in the header's `x5c`.
fn leaf_certificate(token: &Token) -> Option<Vec<u8>> {
    let entry = token.parameter("x5c")?.array()?.first()?.str()?;
    Some(base64url::decode(entry).bytes.to_vec())
}

/// A signature under test.
struct Attempt<'a> {
    algorithm: &'a Algorithm,
    message: &'a [u8],
    signature: &'a [u8],
    /// Secrets that lists of words gave away.
    listed: &'a [Arc<ListedSecret>],
}

impl Attempt<'_> {
    /// Tries the reviewer's keys (the designated one first, a leaf under a CA of theirs last), then publicly known secrets,
    /// then the token's own.
    ///
    /// A publicly known secret counts before the reviewer's keys, but is looked for only where none of them verifies,
    /// or one that is the same.
    fn try_keys(&self, keys: &KeyRing, token: &Token, proof: &mut SignatureProof) {
        self.try_yours(keys, proof);
        if let Family::Hmac(hash) = self.algorithm.family
            && let Some(public) = self.public_secret(hash, proof.key.as_ref())
        {
            proof.tried.clear();
            proof.key = Some(public_default(keys, public));
            return;
        }
        // A key of the reviewer's that was meant for the token and failed settles it, whatever the token brings.
        let designated = proof.designated.as_ref().map(|(key, _)| key);
        let is_settled = proof
            .tried
            .iter()
            .any(|trial| designated.is_some_and(|meant| Arc::ptr_eq(meant, &trial.key)));
        if proof.key.is_some() || is_settled {
            return;
        }
        let own = own_keys(token).into_iter().find(|key| {
            self.algorithm
                .verifies(key, None, self.message, self.signature)
        });
        proof.key = own.map(|key| UsedKey {
            key: Arc::new(key),
            provenance: Provenance::Token,
            read_as: None,
            known: None,
            twins: Vec::new(),
        });
    }

    /// The publicly known secret that verifies, where none of the reviewer's does, or one that is the same.
    fn public_secret(&self, hash: Hash, yours: Option<&UsedKey>) -> Option<PublicSecret<'_>> {
        let yours = yours.and_then(UsedKey::secret);
        let documented = || {
            let default = defaults::find(hash, self.message, self.signature)?;
            Some(PublicSecret::BuiltIn(default))
        };
        let is_listed = |listed: &&Arc<ListedSecret>| match yours {
            Some(yours) => *yours == listed.secret,
            None => hmac_verifies(hash, listed.secret.bytes(), self.message, self.signature),
        };
        let listed = || self.listed.iter().find(is_listed);
        yours
            .is_none_or(|secret| KnownSecret::of(secret).is_some())
            .then(documented)
            .flatten()
            .or_else(|| Some(PublicSecret::Listed(listed()?)))
    }

    /// Tries the reviewer's keys, the designated one first, until one verifies.
    fn try_yours(&self, keys: &KeyRing, proof: &mut SignatureProof) {
        let designated = proof.designated.as_ref().map(|(key, _)| Arc::clone(key));
        let is_designated = |key: &Arc<Key>| {
            designated
                .as_ref()
                .is_some_and(|meant| Arc::ptr_eq(meant, key))
        };
        let leaf = proof.chain.as_ref().and_then(Chain::trusted_leaf).cloned();
        let rest = keys.keys().iter().chain(&leaf);
        let rest = rest.filter(|key| !is_designated(key));
        for key in designated.iter().chain(rest) {
            if !key.is_usable() || !self.algorithm.fits(key.kind) {
                continue;
            }
            let read_as = self.reading(key);
            proof.tried.push(Trial {
                key: Arc::clone(key),
                verified: read_as.is_some(),
            });
            if let Some(read_as) = read_as {
                proof.key = Some(UsedKey::yours(key, read_as.name(), keys.keys()));
                return;
            }
        }
    }

    /// The reading of this key that verifies.
    fn reading(&self, key: &Key) -> Option<Reading> {
        if self
            .algorithm
            .verifies(key, None, self.message, self.signature)
        {
            return Some(match &key.material {
                Material::Symmetric { secret, readings } => readings
                    .iter()
                    .find(|(_, reading)| reading == secret)
                    .map_or(Reading::AsLoaded, |(name, _)| Reading::Named(name)),
                _ => Reading::AsLoaded,
            });
        }
        let Material::Symmetric { readings, .. } = &key.material else {
            return None;
        };
        readings
            .iter()
            .find(|(_, secret)| {
                self.algorithm
                    .verifies(key, Some(secret.bytes()), self.message, self.signature)
            })
            .map(|(name, _)| Reading::Named(name))
    }
}

/// Which reading of a secret verified.
#[derive(Clone, Copy)]
enum Reading {
    /// The only one, as loaded.
    AsLoaded,
    /// One of several.
    Named(&'static str),
}

impl Reading {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::AsLoaded => None,
            Self::Named(name) => Some(name),
        }
    }
}

/// A secret that everybody knows.
#[derive(Clone, Copy)]
enum PublicSecret<'a> {
    /// By our own list.
    BuiltIn(defaults::KnownDefault),
    /// By a list of the reviewer's.
    Listed(&'a ListedSecret),
}

/// A publicly known secret as the key that verified: the reviewer's own entry for it, if it was loaded.
fn public_default(keys: &KeyRing, public: PublicSecret<'_>) -> UsedKey {
    let (known, secret, id, source) = match public {
        PublicSecret::BuiltIn(default) => (
            default.known,
            default.secret,
            match default.known {
                KnownSecret::Empty => default.name.to_owned(),
                _ => format!("a documented default secret ({})", default.name),
            },
            "built-in list".to_owned(),
        ),
        PublicSecret::Listed(listed) => (
            KnownSecret::Listed,
            listed.secret.bytes(),
            listed.label(),
            listed.list.clone(),
        ),
    };
    let is_it = |key: &&Arc<Key>| {
        key.secret().is_some_and(|own| {
            own.bytes() == secret
                || (secret.is_empty() && own.bytes().iter().all(|&byte| byte == 0))
        })
    };
    let loaded = keys.keys().iter().find(is_it);
    let key = loaded.cloned().unwrap_or_else(|| {
        Arc::new(Key {
            id,
            name: None,
            source,
            ordinal: 1,
            spot: None,
            form: "publicly known secret",
            kind: KeyKind::Oct {
                bytes: secret.len(),
            },
            holds: Holds::Symmetric,
            label: None,
            material: Material::Symmetric {
                secret: Secret::new(secret.to_vec()),
                readings: Vec::new(),
            },
            members: Members::default(),
            thumbprint: None,
            certificate: None,
            issuers: Vec::new(),
            shares_prime_with: Vec::new(),
            rsa_exponent: None,
            fault: None,
            set_notes: Vec::new(),
            loaded: Loaded::default(),
            as_loaded: None,
        })
    });
    UsedKey {
        key,
        provenance: Provenance::PublicDefault,
        read_as: None,
        known: Some(known),
        twins: Vec::new(),
    }
}

/// The keys that a header carries: `jwk`, and the first certificate of `x5c`.
pub(super) fn own_keys(token: &Token) -> Vec<Key> {
    let mut keys = Vec::new();
    if let Some(jwk) = token.parameter("jwk") {
        let mut key = from_jwk(jwk, "header jwk", 1);
        "jwk in the header".clone_into(&mut key.id);
        keys.push(key);
    }
    if let Some(der) = leaf_certificate(token) {
        let mut key = from_certificate_der(&der, "header x5c", 1);
        "x5c in the header".clone_into(&mut key.id);
        keys.push(key);
    }
    keys
}
