//! How a claim that is a hash of something else stands to what is in the session.

use super::traces::KIN_SECONDS;
use super::{HalfHash, Mark, PlaceRole, Stood, TokenId, Traces};
use crate::jose::PartRole;
use crate::judge::Case;

/// Tokens of one response are issued within so many seconds.
const TOGETHER_SECONDS: u64 = 10;

/// What matches more tokens than these, matches enough.
pub(in crate::judge) const MOST: usize = 20;

/// Tokens that stood near are looked through up to this number.
pub(in crate::judge) const MOST_NEAR: usize = 1_000;

/// How a hash stands to the tokens of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::judge) enum Bond {
    /// It is that of these tokens.
    Matches(Vec<TokenId>),
    /// It is that of this token, made with another hash than the one of the `alg`.
    OtherHash {
        /// The token.
        of: TokenId,
        /// What it was made with.
        made_with: HalfHash,
        /// What it should be made with.
        expected: HalfHash,
    },
    /// It is that of no token here, and not of this one, which came along.
    Differs {
        /// The token that it should be of.
        from: TokenId,
        /// Whether both stood in one message, and do not just look like one response.
        is_certain: bool,
    },
    /// What it is a hash of is not in the session.
    Open,
}

/// How `at_hash`, `c_hash` or `s_hash` stands to the tokens of the session. `None` where there is no such claim, or no text in it.
pub(in crate::judge) fn half_hash(case: Case<'_>, name: &str) -> Option<Bond> {
    let value = case.claim(name)?.value.str()?;
    let alg = case.token.parameter("alg").and_then(|alg| alg.str());
    let signature = case.token.part(PartRole::Signature);
    let signature_bytes = signature.map_or(0, |part| part.bytes().len());
    let expected = alg.and_then(|alg| HalfHash::of_algorithm(alg, signature_bytes));
    let of = named_by(case, value);
    if let Some(first) = of.first() {
        let made_with = HalfHash::of_length(value.len());
        return Some(match (expected, made_with) {
            (Some(expected), Some(made_with)) if expected != made_with => Bond::OtherHash {
                of: *first,
                made_with,
                expected,
            },
            _ => Bond::Matches(of),
        });
    }
    let along = (name == "at_hash" && expected.is_some()).then(|| {
        let certain = access_token_along(case).map(|id| (id, true));
        certain.or_else(|| kin(case).map(|id| (id, false)))
    });
    Some(match along.flatten() {
        Some((from, is_certain)) => Bond::Differs { from, is_certain },
        None => Bond::Open,
    })
}

/// How the `ath` of a `DPoP` proof (RFC 9449 section 4.2) stands to the tokens of the session. `None` where there is none.
pub(in crate::judge) fn ath(case: Case<'_>) -> Option<Bond> {
    let value = case.claim("ath")?.value.str()?;
    let of = named_by(case, value);
    if !of.is_empty() {
        return Some(Bond::Matches(of));
    }
    Some(match access_token_along(case) {
        Some(from) => Bond::Differs {
            from,
            is_certain: true,
        },
        None => Bond::Open,
    })
}

/// The tokens whose text has this hash.
fn named_by(case: Case<'_>, value: &str) -> Vec<TokenId> {
    let of = case.beside.others(Mark::hash(value));
    of.take(MOST).map(|(id, _)| *id).collect()
}

/// The SD-JWTs that the `sd_hash` of a key binding JWT which stands alone is made over.
pub(in crate::judge) fn sd_hash(case: Case<'_>) -> Option<Bond> {
    let value = case.claim("sd_hash")?.value.str()?;
    let of = case.beside.others(Mark::presented(value));
    let of: Vec<_> = of.take(MOST).map(|(id, _)| *id).collect();
    Some(if of.is_empty() {
        Bond::Open
    } else {
        Bond::Matches(of)
    })
}

/// Whether it came through a browser (`OpenID` Connect Core sections 3.2 and 3.3).
pub(in crate::judge) fn is_front_channel(case: Case<'_>) -> bool {
    let own = case.beside.own();
    own.is_some_and(|own| {
        let mut places = own.stood.iter();
        places.any(|stood| stood.is_front_channel && stood.role == PlaceRole::IdToken)
    })
}

/// The access token that stood in the message that this token stood in, the nearest one.
pub(in crate::judge) fn access_token_along(case: Case<'_>) -> Option<TokenId> {
    let own = case.beside.own()?;
    let stood = own.stood.iter();
    let stood =
        stood.filter(|stood| matches!(stood.role, PlaceRole::IdToken | PlaceRole::DpopProof));
    let near = stood.filter_map(|stood| nearest(case, stood));
    near.min().map(|(_, id)| id)
}

fn nearest(case: Case<'_>, stood: &Stood) -> Option<(usize, TokenId)> {
    let around = stood
        .around()
        .iter()
        .flat_map(|mark| case.beside.others(*mark).take(MOST_NEAR));
    let apart = around.flat_map(|(id, traces)| {
        let theirs = traces.stood.iter();
        let theirs = theirs.filter(|other| other.role == PlaceRole::AccessToken);
        theirs.filter_map(|other| Some((stood.apart(other)?, *id)))
    });
    apart.min()
}

/// The access token that looks as if it came with this token: of the same issuer, about the same subject, for the same client, and
/// made at the same time.
fn kin(case: Case<'_>) -> Option<TokenId> {
    let own = case.beside.own()?;
    let text = |name: &str| case.claim(name)?.value.str();
    let (iss, sub, at) = (text("iss")?, text("sub")?, own.issued?);
    let piece = at.div_euclid(KIN_SECONDS);
    let near = [piece.checked_sub(1), Some(piece), piece.checked_add(1)];
    let kin = near.into_iter().flatten().flat_map(|piece| {
        let kin = case.beside.others(Mark::kin(iss, sub, piece));
        kin.take(MOST_NEAR)
    });
    let apart = kin.filter_map(|(id, traces)| {
        let apart = traces.issued?.abs_diff(at);
        let is_it = traces.is_access_token && own.is_for_client_of(traces);
        (is_it && apart <= TOGETHER_SECONDS).then_some((apart, *id))
    });
    apart.min().map(|(_, id)| id)
}

/// The tokens that a proof is for, by what it says and by where it stood.
pub(in crate::judge) fn proved(case: Case<'_>) -> Option<(TokenId, &Traces)> {
    let named = match ath(case) {
        Some(Bond::Matches(ids)) => ids.first().copied(),
        _ => None,
    };
    let id = named.or_else(|| access_token_along(case))?;
    case.beside.token(&id).map(|(id, traces)| (*id, traces))
}
