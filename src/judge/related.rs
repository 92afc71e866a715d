//! The other tokens of a session that a token has to do with, and how.

use super::neighbours::{
    Bond, MOST, MOST_NEAR, Mark, TokenId, Traces, Vector, ath, confirmed, half_hash, identifier,
    own_thumbprint, proved, sd_hash, session_claims,
};
use super::{Case, Evidence};
use crate::jose::PartRole;
use crate::verify::{EcdsaSignature, lost_key};

/// What two tokens have to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// An ID token's hash of an access token (`OpenID` Connect Core section 3.1.3.6).
    AtHash,
    /// An ID token's hash of a code, which is a token of its own (section 3.3.2.11).
    CHash,
    /// An ID token's hash of a state, which is a token of its own.
    SHash,
    /// A `DPoP` proof's hash of an access token (RFC 9449 section 4.2).
    Ath,
    /// The key that an access token is bound to, and that of a proof (RFC 9449 section 6.1).
    Cnf,
    /// A key binding JWT's hash of a presentation (RFC 9901 section 4.3).
    SdHash,
    /// One identifier for both (RFC 7519 section 4.1.7).
    Jti,
    /// Two ECDSA signatures with one nonce.
    EcdsaNonce,
    /// One key and one initialization vector for both.
    JweIv,
    /// Both came of one sign-in.
    Session,
}

impl Relation {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 10] = [
        Self::AtHash,
        Self::CHash,
        Self::SHash,
        Self::Ath,
        Self::Cnf,
        Self::SdHash,
        Self::Jti,
        Self::EcdsaNonce,
        Self::JweIv,
        Self::Session,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::AtHash => "at_hash",
            Self::CHash => "c_hash",
            Self::SHash => "s_hash",
            Self::Ath => "ath",
            Self::Cnf => "cnf",
            Self::SdHash => "sd_hash",
            Self::Jti => "jti",
            Self::EcdsaNonce => "ecdsa-nonce",
            Self::JweIv => "jwe-iv",
            Self::Session => "session",
        }
    }

    fn of_claim(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|relation| relation.name() == name)
    }
}

/// Which of two tokens says that they have to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SaidBy {
    /// Both, by what they share.
    Both,
    /// The other one.
    Other,
    /// The one that the relation is listed with.
    This,
}

impl SaidBy {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Other => "other",
            Self::This => "this",
        }
    }
}

/// A token of the session that another one has to do with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// How.
    pub relation: Relation,
    /// Who says so.
    pub said_by: SaidBy,
    /// Whether what is said is so; what both share always is.
    pub matches: bool,
    /// The other one.
    pub other: TokenId,
    /// The member, or the part, that says so; `None` where the other one does.
    pub evidence: Option<Evidence>,
}

impl Related {
    /// The name of its state in reports.
    pub fn state(&self) -> &'static str {
        if self.matches {
            "matches"
        } else {
            "does-not-match"
        }
    }

    /// How the token stands to the other one, in words that end in what the other one is.
    pub fn words(&self) -> &'static str {
        use SaidBy::{Both, Other, This};
        match (self.relation, self.said_by, self.matches) {
            (Relation::AtHash, This | Both, true) => "at_hash matches the access token",
            (Relation::AtHash, This | Both, false) => "at_hash does not match the access token",
            (Relation::AtHash, Other, _) => "Named by at_hash of the ID token",
            (Relation::CHash, This | Both, true) => "c_hash matches the code",
            (Relation::CHash, This | Both, false) => "c_hash does not match the code",
            (Relation::CHash, Other, _) => "Named by c_hash of the ID token",
            (Relation::SHash, This | Both, true) => "s_hash matches the state",
            (Relation::SHash, This | Both, false) => "s_hash does not match the state",
            (Relation::SHash, Other, _) => "Named by s_hash of the ID token",
            (Relation::Ath, This | Both, true) => "ath matches the access token",
            (Relation::Ath, This | Both, false) => "ath does not match the access token",
            (Relation::Ath, Other, _) => "Named by ath of the DPoP proof",
            (Relation::Cnf, This | Both, true) => "Bound (cnf) to the key of the DPoP proof",
            (Relation::Cnf, This | Both, false) => {
                "Bound (cnf) to another key than that of the DPoP proof"
            }
            (Relation::Cnf, Other, true) => "Its key is the one in cnf of the access token",
            (Relation::Cnf, Other, false) => "Its key is not the one in cnf of the access token",
            (Relation::SdHash, This | Both, true) => "sd_hash matches the SD-JWT",
            (Relation::SdHash, This | Both, false) => "sd_hash does not match the SD-JWT",
            (Relation::SdHash, Other, _) => "Presented with the key binding JWT",
            (Relation::Jti, ..) => "Same jti as another token",
            (Relation::EcdsaNonce, ..) => "Same ECDSA nonce as another token",
            (Relation::JweIv, ..) => "Same key and initialization vector as another token",
            (Relation::Session, ..) => "Same sign-in as another token",
        }
    }
}

/// The tokens that a token has to do with, by relation, those of one in the order of their hashes. `is_outermost`: nothing is around
/// it, so that others can name it by its text.
pub(super) fn related(
    case: Case<'_>,
    is_outermost: bool,
    is_key_binding: bool,
) -> Option<Vec<Related>> {
    let own = case.beside.own()?;
    let mut related = Vec::new();
    for (relation, bond) in bonds(case, is_key_binding) {
        let evidence = case.claim(relation.name()).map(|claim| claim.evidence());
        let (others, matches) = match bond {
            Bond::Matches(others) => (others, true),
            Bond::OtherHash { of, .. } => (vec![of], false),
            Bond::Differs {
                from,
                is_certain: true,
            } => (vec![from], false),
            // What only looks as if it came along is not called another one.
            Bond::Differs { .. } | Bond::Open => continue,
        };
        related.extend(others.into_iter().map(|other| Related {
            relation,
            said_by: SaidBy::This,
            matches,
            other,
            evidence: evidence.clone(),
        }));
    }
    if is_outermost {
        related.extend(named_by_others(case, own));
    }
    related.extend(keys(case));
    related.extend(shared(case, own));
    related.sort_by_key(|one| (one.relation, one.said_by, one.other));
    related.dedup_by(|a, b| (a.relation, a.said_by, a.other) == (b.relation, b.said_by, b.other));
    Some(related)
}

/// What its claims say of others.
pub(super) fn bonds(case: Case<'_>, is_key_binding: bool) -> Vec<(Relation, Bond)> {
    if case.token.claims().is_none() {
        return Vec::new();
    }
    let halves = [Relation::AtHash, Relation::CHash, Relation::SHash];
    let halves = halves
        .into_iter()
        .map(|relation| (relation, half_hash(case, relation.name())));
    let rest = [
        (Relation::Ath, ath(case)),
        // That of an SD-JWT's own is looked at with it.
        (
            Relation::SdHash,
            if is_key_binding { None } else { sd_hash(case) },
        ),
    ];
    let all = halves.chain(rest);
    all.filter_map(|(relation, bond)| Some((relation, bond?)))
        .collect()
}

fn named_by_others(case: Case<'_>, own: &Traces) -> Vec<Related> {
    let by_other = |relation, other: &TokenId| Related {
        relation,
        said_by: SaidBy::Other,
        matches: true,
        other: *other,
        evidence: None,
    };
    let mut named = Vec::new();
    for mark in &own.named_by {
        for (id, other) in case.beside.others(*mark).take(MOST) {
            let claims = other.claimed.iter().filter(|(_, claimed)| claimed == mark);
            let relations = claims.filter_map(|(name, _)| Relation::of_claim(name));
            named.extend(relations.map(|relation| by_other(relation, id)));
        }
    }
    if let Some(mark) = own.presented_with {
        let others = case.beside.others(mark);
        named.extend(
            others
                .take(MOST)
                .map(|(id, _)| by_other(Relation::SdHash, id)),
        );
    }
    named
}

/// Proofs by the key that it is bound to; or the tokens that are bound to its key.
fn keys(case: Case<'_>) -> Vec<Related> {
    let mut keys = Vec::new();
    let evidence = case.claim("cnf").map(|claim| claim.evidence());
    for thumbprint in confirmed(case) {
        let proofs = case.beside.others(Mark::proof_key(&thumbprint)).take(MOST);
        keys.extend(proofs.map(|(id, _)| Related {
            relation: Relation::Cnf,
            said_by: SaidBy::This,
            matches: true,
            other: *id,
            evidence: evidence.clone(),
        }));
    }
    let is_proof = case.claim("htm").is_some() || case.claim("htu").is_some();
    if let Some(own) = own_thumbprint(case.token).filter(|_| is_proof) {
        let bound = case.beside.others(Mark::bound_key(&own)).take(MOST);
        let bound = bound.map(|(id, _)| (*id, true));
        let meant = proved(case)
            .filter(|(_, token)| !token.bound.is_empty() && !token.bound.contains(&own));
        keys.extend(
            bound
                .chain(meant.map(|(id, _)| (id, false)))
                .map(|(other, matches)| Related {
                    relation: Relation::Cnf,
                    said_by: SaidBy::Other,
                    matches,
                    other,
                    evidence: None,
                }),
        );
    }
    keys
}

/// What it shares with others.
fn shared(case: Case<'_>, own: &Traces) -> Vec<Related> {
    let both = |relation, other: &TokenId, evidence: Option<Evidence>| Related {
        relation,
        said_by: SaidBy::Both,
        matches: true,
        other: *other,
        evidence,
    };
    let claim = |name: &str| case.claim(name).map(|claim| claim.evidence());
    let mut shared = Vec::new();
    if let Some(mark) = identifier(case) {
        let others = case
            .beside
            .others(mark)
            .take(MOST_NEAR)
            .filter(|(_, other)| other.claims != own.claims);
        shared.extend(
            others
                .take(MOST)
                .map(|(id, _)| both(Relation::Jti, id, claim("jti"))),
        );
    }
    if let Some(signature) = EcdsaSignature::of(case.token) {
        let others = case
            .beside
            .others(Mark::nonce(signature.alg, &signature.r))
            .take(MOST);
        let part = case.token.part(PartRole::Signature);
        let gives_away = |other: &Traces| {
            let mut theirs = other.ecdsa.iter();
            theirs.any(|other| lost_key(&signature, other).is_some())
        };
        let others = others.filter(|(_, other)| gives_away(other));
        shared.extend(
            others.map(|(id, _)| both(Relation::EcdsaNonce, id, part.map(Evidence::whole_part))),
        );
    }
    for vector in Vector::of(case.token, case.proof) {
        let others = case.beside.others(vector.mark).take(MOST_NEAR);
        let others = others.filter(|(_, other)| other.ciphertext != own.ciphertext);
        let part = case.token.part(PartRole::Iv).map(Evidence::whole_part);
        shared.extend(
            others
                .take(MOST)
                .map(|(id, _)| both(Relation::JweIv, id, part.clone())),
        );
    }
    for (name, mark) in session_claims(case) {
        let others = case.beside.others(mark).take(MOST);
        shared.extend(others.map(|(id, _)| both(Relation::Session, id, claim(name))));
    }
    shared
}
