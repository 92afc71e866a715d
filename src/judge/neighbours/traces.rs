//! What one token leaves where others can find it. It depends on the token and on what opened it, on no other token.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::Timestamp;

use super::{Beside, HalfHash, Mark};
use crate::jose::json::{Json, Value};
use crate::jose::sd_jwt::hashed_text;
use crate::jose::{Kind, Part, PartRole, Serialization, Token, base64url};
use crate::judge::profile::{is_plain, short_type};
use crate::judge::{Case, Policy};
use crate::keys::from_jwk;
use crate::verify::decrypt::algorithms::{ContentFamily, content_encryption};
use crate::verify::decrypt::{KeyFamily, key_management};
use crate::verify::{EcdsaSignature, Hash, Proof, Provenance};

/// Places of one token that are compared with those of others.
const MOST_PLACES: usize = 32;

/// Audiences of one token that tell its identifier apart.
const MOST_AUDIENCES: usize = 32;

/// The length of a piece of a text, in bytes; who came along is looked for in a piece and those beside it.
pub(super) const PIECE: usize = 16 << 10;

/// Claims by which an issuer names a sign-in, or the family of tokens that came of it: `OpenID` Connect sessions (`sid`), older
/// Keycloak (`session_state`), Supabase (`session_id`), Cognito (`origin_jti`).
const SESSION_CLAIMS: [&str; 4] = ["sid", "session_state", "session_id", "origin_jti"];

/// Claims that name another token, or a code, by a hash of it.
const HASH_CLAIMS: [&str; 4] = ["at_hash", "c_hash", "s_hash", "ath"];

/// What a token is by the place where it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlaceRole {
    /// The value of `access_token`, or of an `Authorization` header.
    AccessToken,
    /// The value of a `DPoP` header.
    DpopProof,
    /// The value of `id_token`.
    IdToken,
    /// Something else.
    Other,
}

/// A place where a token stood, as far as it tells who came along.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stood {
    /// The file or other origin.
    source: Mark,
    /// The record of a file of records, such as one response of a HAR file.
    record: Option<Mark>,
    /// Its first byte in the source.
    start: usize,
    /// The byte after its last one.
    end: usize,
    /// The line, from 1.
    line: usize,
    /// What the place says that it is.
    pub(in crate::judge) role: PlaceRole,
    /// Whether it came through a browser: in a URL or a form.
    pub(in crate::judge) is_front_channel: bool,
    /// Its own piece of the source, or its record, and the pieces beside that.
    around: [Mark; 3],
}

/// How far apart two tokens of one message may stand, in bytes: others stand between them.
const APART: usize = 12 << 10;

/// And in lines.
const LINES_APART: usize = 24;

impl Stood {
    /// A place: the source, the record there, the bytes and the line.
    pub fn new(
        source: &str,
        record: Option<&str>,
        range: Range<usize>,
        line: usize,
        role: PlaceRole,
        is_front_channel: bool,
    ) -> Self {
        let piece = range.start / PIECE;
        let at = |piece| Mark::place(source, record, piece);
        let around = match record {
            Some(_) => [at(0); 3],
            None => [
                at(piece),
                at(piece.wrapping_sub(1)),
                at(piece.wrapping_add(1)),
            ],
        };
        Self {
            source: Mark::same(source.as_bytes()),
            record: record.map(|record| Mark::same(record.as_bytes())),
            around,
            start: range.start,
            end: range.end,
            line,
            role,
            is_front_channel,
        }
    }

    /// Where those stand who came along.
    pub(super) fn around(&self) -> &[Mark] {
        match (&self.around, &self.record) {
            ([own, ..], Some(_)) => std::slice::from_ref(own),
            (all, None) => all,
        }
    }

    fn own(&self) -> Mark {
        let [own, ..] = self.around;
        own
    }

    /// How many bytes lie between two tokens of one message; `None` where they are of different ones, or too far apart to tell.
    /// Outside of records a message is told by nothing else than being near.
    pub(super) fn apart(&self, other: &Self) -> Option<usize> {
        if (self.source, self.record) != (other.source, other.record) {
            return None;
        }
        let (first, second) = if self.start <= other.start {
            (self, other)
        } else {
            (other, self)
        };
        let gap = second.start.saturating_sub(first.end);
        let is_near = gap <= APART && second.line.saturating_sub(first.line) <= LINES_APART;
        (self.record.is_some() || is_near).then_some(gap)
    }
}

/// What one token leaves where others can find it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traces {
    /// Sorted.
    marks: Vec<Mark>,
    /// What others leave who name it by a hash of its text.
    pub(in crate::judge) named_by: Vec<Mark>,
    /// The hashes that it names others by, and the claims that do.
    pub(in crate::judge) claimed: Vec<(&'static str, Mark)>,
    /// What key binding JWTs leave that are made over it, of an SD-JWT.
    pub(in crate::judge) presented_with: Option<Mark>,
    /// Where it stood, sorted.
    pub(in crate::judge) stood: Vec<Stood>,
    /// Whether it is, by its claims, one that lets its bearer call an API.
    pub(in crate::judge) is_access_token: bool,
    /// Whether it is, by its claims, one that tells who signed in.
    pub(in crate::judge) is_id_token: bool,
    /// Whether it is, by its claims, one that a new access token is had for.
    pub(in crate::judge) is_refresh_token: bool,
    /// The clients that it was made for, sorted.
    clients: Vec<Mark>,
    /// When it was issued, in seconds since 1970.
    pub(in crate::judge) issued: Option<i64>,
    /// The thumbprints of the keys that it is bound to.
    pub(in crate::judge) bound: Vec<String>,
    /// Its ECDSA signatures, those of tokens inside too.
    pub(in crate::judge) ecdsa: Vec<EcdsaSignature>,
    /// What its claims are, byte for byte.
    pub(in crate::judge) claims: Option<Mark>,
    /// What it is encrypted to: one vector may serve one text.
    pub(in crate::judge) ciphertext: Option<Mark>,
}

impl Traces {
    /// Of a token, what opened it, and where it stood.
    pub fn of(token: &Token, proof: &Proof, stood: impl IntoIterator<Item = Stood>) -> Self {
        let mut traces = Self {
            stood: stood.into_iter().collect(),
            ..Self::default()
        };
        traces.stood.sort_unstable();
        traces.stood.dedup();
        traces.stood.truncate(MOST_PLACES);
        let pieces = traces.stood.iter().map(Stood::own);
        traces.marks.extend(pieces);
        let whole = Hash::Sha256.of(token.text().as_bytes());
        let halves = HalfHash::ALL
            .iter()
            .filter_map(|hash| hash.of(token.text()));
        let hashes = halves.chain([base64url::encode(&whole)]);
        for hash in hashes {
            traces.marks.push(Mark::hash(&hash));
            traces.named_by.push(Mark::claimed(&hash));
        }
        let mut open = vec![(token, proof)];
        while let Some((token, proof)) = open.pop() {
            traces.signatures(token);
            traces.vectors(token, proof);
            traces.presented(token, proof);
            if let Some(binding) = &proof.key_binding {
                traces.signatures(&binding.token);
            }
            match &proof.inner {
                Some(inner) => open.push((&inner.token, &inner.proof)),
                None => traces.claims(alone(token, proof)),
            }
        }
        traces.marks.sort_unstable();
        traces.marks.dedup();
        traces
    }

    /// What it is found by.
    pub(super) fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Whether both were made for one client, or one of them names none.
    pub(in crate::judge) fn is_for_client_of(&self, other: &Self) -> bool {
        self.clients.is_empty()
            || other.clients.is_empty()
            || self
                .clients
                .iter()
                .any(|client| other.clients.contains(client))
    }

    fn signatures(&mut self, token: &Token) {
        for view in token.views() {
            if let Some(signature) = EcdsaSignature::of(&view) {
                self.marks.push(Mark::nonce(signature.alg, &signature.r));
                self.marks.push(Mark::ecdsa(signature.alg));
                self.ecdsa.push(signature);
            }
        }
    }

    fn vectors(&mut self, token: &Token, proof: &Proof) {
        let vectors = Vector::of(token, proof);
        if !vectors.is_empty() {
            // With one key, vector and header a text has one tag.
            let sealed = [PartRole::Ciphertext, PartRole::Tag];
            let sealed = sealed.iter().filter_map(|role| token.part(*role));
            let sealed: Vec<_> = sealed.flat_map(Part::bytes).copied().collect();
            self.ciphertext = Some(Mark::same(&sealed));
        }
        for vector in vectors {
            self.marks.extend([vector.mark, vector.sealed]);
        }
    }

    fn presented(&mut self, token: &Token, proof: &Proof) {
        let hash = proof
            .sd_jwt
            .as_ref()
            .and_then(|shown| shown.sd_jwt.hash.used);
        if token.kind == Kind::SdJwt
            && token.serialization == Serialization::Compact
            && let Some(hash) = hash
        {
            let presented = hashed_text(token.text()).unwrap_or(token.text());
            let digest = hash.digest(presented);
            self.marks
                .extend(digest.iter().map(|digest| Mark::presented(digest)));
            self.presented_with = digest.map(|digest| Mark::sd_hash(&digest));
        }
    }

    fn claims(&mut self, case: Case<'_>) {
        let text = |name: &str| case.claim(name).and_then(|claim| claim.value.str());
        let has = |name: &str| case.claim(name).is_some();
        if case.token.claims().is_none() {
            return;
        }
        let payload = case.token.part(PartRole::Payload);
        self.claims = payload.map(|part| Mark::same(part.bytes()));
        let claimed = HASH_CLAIMS
            .iter()
            .filter_map(|name| Some((*name, Mark::claimed(text(name)?))));
        self.claimed = claimed.collect();
        self.marks
            .extend(self.claimed.iter().map(|(_, mark)| *mark));
        self.marks.extend(text("sd_hash").map(Mark::sd_hash));
        if let Some(thumbprint) = own_thumbprint(case.token).filter(|_| is_proof(case)) {
            self.marks.push(Mark::proof_key(&thumbprint));
        }
        self.bound = confirmed(case);
        let bound = self
            .bound
            .iter()
            .map(|thumbprint| Mark::bound_key(thumbprint));
        self.marks.extend(bound);
        self.marks.extend(identifier(case));
        self.marks
            .extend(session_claims(case).into_iter().map(|(_, mark)| mark));
        self.marks.extend(untyped(case));
        self.issued = case.claim("iat").and_then(|claim| seconds(claim.value));
        let kin = text("iss").zip(text("sub")).zip(self.issued);
        self.marks
            .extend(kin.map(|((iss, sub), at)| Mark::kin(iss, sub, at.div_euclid(KIN_SECONDS))));
        self.clients = clients(case);
        let typ = case.token.header().and_then(|header| header.str("typ"));
        let typ = short_type(typ.unwrap_or_default()).to_ascii_lowercase();
        let says =
            |name, value: &str| text(name).is_some_and(|found| found.eq_ignore_ascii_case(value));
        self.is_refresh_token =
            says("typ", "Refresh") || says("typ", "Offline") || says("token_use", "refresh");
        let is_of_client = ["nonce", "at_hash", "c_hash"].iter().any(|name| has(name));
        self.is_id_token = is_of_client || says("typ", "ID") || says("token_use", "id");
        let lets_call = ["scope", "scp", "client_id", "cid", "appid", "roles"];
        self.is_access_token = typ.ends_with("at+jwt")
            || says("typ", "Bearer")
            || says("token_use", "access")
            || !self.is_id_token
                && !self.is_refresh_token
                && lets_call.iter().any(|name| has(name));
    }
}

/// Tokens of one response are issued within so many seconds; kin is found in this one and those beside it.
pub(super) const KIN_SECONDS: i64 = 16;

/// A token alone, for what is asked of its claims.
fn alone<'a>(token: &'a Token, proof: &'a Proof) -> Case<'a> {
    static NOTHING_EXPECTED: LazyLock<Policy> = LazyLock::new(Policy::default);
    Case {
        token,
        proof,
        policy: &NOTHING_EXPECTED,
        at: Timestamp::UNIX_EPOCH,
        beside: Beside::default(),
    }
}

fn seconds(value: &Json) -> Option<i64> {
    let nanoseconds = value.decimal()?.to_nanoseconds()?;
    i64::try_from(nanoseconds.div_euclid(1_000_000_000)).ok()
}

/// Whether it proves the possession of the key in its header for a request (RFC 9449 section 4.2).
fn is_proof(case: Case<'_>) -> bool {
    let typ = case.token.header().and_then(|header| header.str("typ"));
    let typ = short_type(typ.unwrap_or_default());
    typ.eq_ignore_ascii_case("dpop+jwt")
        || case.claim("htm").is_some() && case.claim("htu").is_some()
}

/// The RFC 7638 thumbprint of the key in the header.
pub(in crate::judge) fn own_thumbprint(token: &Token) -> Option<String> {
    from_jwk(token.parameter("jwk")?, "header jwk", 1).thumbprint
}

/// The thumbprints of the keys that the token is bound to: `jkt` (RFC 9449 section 6.1) and `jwk` (RFC 7800 section 3.2).
pub(in crate::judge) fn confirmed(case: Case<'_>) -> Vec<String> {
    let Some(claim) = case.claim("cnf") else {
        return Vec::new();
    };
    let jkt = claim
        .value
        .get("jkt")
        .and_then(Json::str)
        .map(str::to_owned);
    let jwk = claim.value.get("jwk");
    let jwk = jwk.and_then(|jwk| from_jwk(jwk, "cnf jwk", 1).thumbprint);
    let mut bound: Vec<_> = jkt.into_iter().chain(jwk).collect();
    bound.dedup();
    bound
}

/// What tells a token apart from all others of whoever made it (RFC 7519 section 4.1.7): its `jti`, for an issuer and its audiences
/// or, in a proof, for the holder of a key.
pub(in crate::judge) fn identifier(case: Case<'_>) -> Option<Mark> {
    let jti = case
        .claim("jti")?
        .value
        .str()
        .filter(|jti| !jti.is_empty())?;
    let key = own_thumbprint(case.token);
    let iss = case.claim("iss").and_then(|claim| claim.value.str());
    let whose: Vec<&str> = iss.into_iter().chain(key.as_deref()).collect();
    Some(Mark::identifier(jti, &whose, &audiences(case)))
}

/// What tells a token without an explicit type apart: its issuer, the key that its header names, and its audiences. `None` for one
/// that lacks any of them, or has such a type.
pub(in crate::judge) fn untyped(case: Case<'_>) -> Option<Mark> {
    let header = |name: &str| case.token.header().and_then(|header| header.get(name));
    let is_typed = header("typ").is_some_and(|typ| !typ.str().is_some_and(is_plain));
    let iss = case.claim("iss").and_then(|claim| claim.value.str())?;
    let kid = header("kid").and_then(Json::str)?;
    let audiences = audiences(case);
    (!is_typed && !audiences.is_empty()).then(|| Mark::untyped(iss, kid, &audiences))
}

/// The audiences, sorted, each once.
fn audiences(case: Case<'_>) -> Vec<&str> {
    let mut audiences = texts(case, "aud");
    audiences.sort_unstable();
    audiences.dedup();
    audiences.truncate(MOST_AUDIENCES);
    audiences
}

/// The strings that a claim is, or is a list of.
fn texts<'a>(case: Case<'a>, name: &str) -> Vec<&'a str> {
    match case.claim(name).map(|claim| &claim.value.value) {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Json::str).collect(),
        _ => Vec::new(),
    }
}

/// The clients that a token was made for: what an ID token has as `azp` and `aud`, and an access token as `client_id` and the like.
fn clients(case: Case<'_>) -> Vec<Mark> {
    let named = ["azp", "client_id", "cid", "appid"];
    let mut clients: Vec<&str> = named.iter().flat_map(|name| texts(case, name)).collect();
    if clients.is_empty() {
        clients = texts(case, "aud");
        clients.truncate(MOST_AUDIENCES);
    }
    let mut clients: Vec<_> = clients
        .into_iter()
        .map(|text| Mark::same(text.as_bytes()))
        .collect();
    clients.sort_unstable();
    clients.dedup();
    clients
}

/// The claims that name the sign-in that a token came of, and what they are found by. Where none does: the subject, the client and
/// the time of the sign-in, told by `auth_time`.
pub(in crate::judge) fn session_claims(case: Case<'_>) -> Vec<(&'static str, Mark)> {
    let text = |name: &str| case.claim(name).and_then(|claim| claim.value.str());
    let Some(iss) = text("iss") else {
        return Vec::new();
    };
    let named = SESSION_CLAIMS.iter().filter_map(|name| {
        let value = text(name).filter(|value| !value.is_empty())?;
        Some((*name, Mark::session(&[iss, value])))
    });
    let mut named: Vec<_> = named.collect();
    named.dedup_by_key(|(_, mark)| *mark);
    if !named.is_empty() {
        return named;
    }
    let client = text("azp").or_else(|| text("client_id"));
    let at = case
        .claim("auth_time")
        .and_then(|claim| seconds(claim.value));
    let told = text("sub").zip(client).zip(at);
    told.map(|((sub, client), at)| {
        (
            "auth_time",
            Mark::session(&[iss, sub, client, &at.to_string()]),
        )
    })
    .into_iter()
    .collect()
}

/// An initialization vector under a key that other tokens are encrypted with too.
pub(in crate::judge) struct Vector {
    /// This vector under this key.
    pub(in crate::judge) mark: Mark,
    /// This key.
    pub(in crate::judge) sealed: Mark,
    /// Whether it is known that the key is the same, and not just its name.
    pub(in crate::judge) is_known_key: bool,
    /// The header parameter that it is; else the part.
    pub(in crate::judge) is_parameter: bool,
}

impl Vector {
    /// Those of a JWE that one shared key encrypts with AES-GCM: its content (`dir`), or the content key (`A256GCMKW` and the
    /// like). All other keys serve one token alone.
    pub(in crate::judge) fn of(token: &Token, proof: &Proof) -> Vec<Self> {
        let text = |name: &str| token.parameter(name).and_then(Json::str);
        let (Some(alg), Some(enc)) = (text("alg"), text("enc")) else {
            return Vec::new();
        };
        if token.kind != Kind::Jwe {
            return Vec::new();
        }
        let family = key_management(alg).map(|management| management.family);
        let is_gcm = content_encryption(enc)
            .is_some_and(|content| matches!(content.family, ContentFamily::Gcm(_)));
        let (iv, is_parameter) = match family {
            Some(KeyFamily::Direct) if is_gcm => {
                let iv = token.part(PartRole::Iv).map(|part| part.bytes().to_vec());
                (iv, false)
            }
            Some(KeyFamily::GcmWrap(_)) => {
                let iv = text("iv").map(|iv| base64url::decode(iv).bytes.to_vec());
                (iv, true)
            }
            _ => return Vec::new(),
        };
        let Some(iv) = iv.filter(|iv| !iv.is_empty()) else {
            return Vec::new();
        };
        let vector = |key: &[&str], is_known_key| Self {
            mark: Mark::vector(alg, key, &iv),
            sealed: Mark::sealed(alg, key),
            is_known_key,
            is_parameter,
        };
        let opened = proof
            .decryption
            .as_ref()
            .and_then(|proof| proof.key.as_ref());
        let opened = opened.filter(|used| used.provenance == Provenance::Yours);
        let known = opened.and_then(|used| {
            // One material may be loaded under several names.
            let twins = used.twins.iter().map(|key| key.id.as_str());
            twins.chain([used.key.id.as_str()]).min()
        });
        let known = known.map(|id| vector(&["key", id], true));
        let named = text("kid").map(|kid| vector(&["kid", kid], false));
        known.into_iter().chain(named).collect()
    }
}
