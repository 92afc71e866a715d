//! Judgements in words that a person can repeat.

use super::{CheckResult, Expectation, Judgement, Reason, VerdictOutcome, time, validity};
use crate::jose::visible::visible;
use crate::verify::{
    DecryptionOutcome, DecryptionProof, NotChecked, NotTried, Outcome, Proof, Provenance,
    ShapeFault, SignatureProof,
};

/// A verdict in two sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The verdict, such as "Reject: expired 3 days 1 hour ago".
    pub headline: String,
    /// What stands behind it, such as "The signature is genuine, but a correct verifier must refuse this token now."
    pub explanation: String,
}

/// Whether the instant of a judgement is the present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It is.
    Now,
    /// It was asked "would it have been valid then?".
    Then,
}

/// The verdict as a sentence a person can repeat, and why.
pub fn sentence(judgement: &Judgement, proof: &Proof, when: When) -> Sentence {
    let proof = judgement.proof(proof);
    let verdict = &judgement.verdict;
    let first = verdict.reasons.first();
    let headline = match (verdict.outcome, first) {
        (VerdictOutcome::Accept, _) | (_, None) => {
            format!("Accept: {}", acceptance(judgement, proof))
        }
        (VerdictOutcome::Reject, Some(reason)) => {
            format!("Reject: {}", reason_words(*reason, judgement))
        }
        (VerdictOutcome::Undetermined, Some(reason)) => {
            format!("Undetermined: {}", reason_words(*reason, judgement))
        }
    };
    let mut explanation = Vec::new();
    if first == Some(&Reason::Malformed) {
        explanation.extend(fault_words(judgement));
    }
    explanation.push(signature_words(judgement, proof, when));
    explanation.extend(inside_words(judgement, proof, when, 2));
    if verdict.outcome != VerdictOutcome::Accept
        && let Some(shown) = &proof.sd_jwt
        && let Some(said) = shown.diagnosis.first()
    {
        explanation.push(visible(&said.text));
    }
    let more: Vec<String> = verdict
        .reasons
        .iter()
        .skip(1)
        // What the sentence about the signature says already.
        .filter(|reason| {
            !matches!(
                reason,
                Reason::SignatureInvalid
                    | Reason::Unsecured
                    | Reason::NoKey
                    | Reason::NoKeyVerifies
            )
        })
        .map(|reason| reason_words(*reason, judgement))
        .collect();
    if !more.is_empty() {
        explanation.push(format!("Also: {}.", more.join("; ")));
    }
    Sentence {
        headline,
        explanation: explanation.join(" "),
    }
}

/// What is not well formed: the worst finding that says so, else the first check that failed.
fn fault_words(judgement: &Judgement) -> Option<String> {
    let finding = judgement
        .findings
        .iter()
        .find(|finding| finding.refusal == Some(Reason::Malformed))
        .map(|finding| format!("{}.", capitalised(&finding.title)));
    finding.or_else(|| {
        let check = judgement
            .checks
            .iter()
            .find(|check| check.result == CheckResult::Failed)?;
        Some(format!("{}: {}.", check.title, lower_first(&check.text)))
    })
}

fn acceptance(judgement: &Judgement, proof: &Proof) -> String {
    let limit = judgement
        .layers()
        .find_map(|layer| Some((layer, layer.times.mark("exp")?.at?)));
    match limit {
        Some((layer, exp)) if !layer.times.within_leeway => {
            format!(
                "valid for {} more",
                span(time::seconds_between(exp, judgement.at))
            )
        }
        Some(_) => "valid, but only by the leeway".to_owned(),
        None if proof.signatures.is_empty() && proof.inner.is_none() => {
            "it opens with your key, and nothing limits it in time".to_owned()
        }
        None => "the signature is valid, and nothing limits it in time".to_owned(),
    }
}

fn signature_words(judgement: &Judgement, proof: &Proof, when: When) -> String {
    let when = match when {
        When::Now => "now",
        When::Then => "at that instant",
    };
    let must = match judgement.verdict.outcome {
        VerdictOutcome::Accept => format!(", and a correct verifier would take this token {when}"),
        VerdictOutcome::Reject => format!(", but a correct verifier must refuse this token {when}"),
        VerdictOutcome::Undetermined => String::new(),
    };
    if let Some(decryption) = &proof.decryption {
        return decryption_words(decryption, proof.inner.is_some());
    }
    let Some((at, signature)) = telling(judgement, &proof.signatures) else {
        return "It lies so deep in other tokens that it was not looked at.".to_owned();
    };
    let several = proof.signatures.len();
    if several > 1 {
        let is_genuine = |proof: &&SignatureProof| is_genuine(judgement, proof);
        let genuine = proof.signatures.iter().filter(is_genuine);
        return if is_genuine(&signature) {
            let genuine = genuine.count();
            let are = if genuine == 1 { "is" } else { "are" };
            format!("{genuine} of {several} signatures {are} genuine{must}.")
        } else {
            let words = one_signature_words(judgement, signature, &must);
            format!("Signature {} of {several}: {words}", at.saturating_add(1))
        };
    }
    one_signature_words(judgement, signature, &must)
}

/// What is wrong with the signature or encryption of a token inside, with the layer that it is: the outermost token is the first.
fn inside_words(judgement: &Judgement, proof: &Proof, when: When, layer: usize) -> Option<String> {
    let inside = [
        ("token inside", &judgement.inner, &proof.inner),
        (
            "key binding JWT",
            &judgement.key_binding,
            &proof.key_binding,
        ),
    ];
    inside.into_iter().find_map(|(name, judgement, held)| {
        let (judgement, held) = judgement.as_deref().zip(held.as_deref())?;
        let proof = judgement.proof(&held.proof);
        let is_verified = proof
            .signatures
            .iter()
            .all(|signature| signature.outcome == Outcome::Valid);
        let is_opened = proof
            .decryption
            .as_ref()
            .is_none_or(|decryption| decryption.outcome == DecryptionOutcome::Decrypted);
        if is_verified && is_opened {
            return inside_words(judgement, proof, when, layer.saturating_add(1));
        }
        let words = signature_words(judgement, proof, when);
        Some(format!("In the {name} (layer {layer}): {words}"))
    })
}

fn decryption_words(proof: &DecryptionProof, holds_a_token: bool) -> String {
    let key = proof.key.as_ref().map(|used| visible(&used.key.id));
    match proof.outcome {
        DecryptionOutcome::Decrypted => {
            let key = key.unwrap_or_default();
            let sender = match (proof.is_symmetric, holds_a_token) {
                (true, _) => "only a holder of that key can have made it",
                (false, true) => "anyone can encrypt for it, so what counts is the token inside",
                (false, false) => "anyone can encrypt for it, so it does not say who made it",
            };
            format!("It was decrypted with your key {key}; {sender}.")
        }
        DecryptionOutcome::Failed => match (&proof.shape, proof.diagnosis.first()) {
            (Some(fault), _) => format!("No key can open it: {fault}."),
            (None, Some(diagnosis)) => visible(&diagnosis.text),
            (None, None) => "The key that was meant for it does not open it.".to_owned(),
        },
        DecryptionOutcome::NotTried(NotTried::NoKeyOpens) => {
            let said = proof.diagnosis.first().map(|diagnosis| visible(&diagnosis.text));
            let said = said.map_or_else(String::new, |said| format!(" {said}"));
            format!("It is encrypted, and none of your keys opens it.{said}")
        }
        DecryptionOutcome::NotTried(NotTried::Cancelled) => {
            "It is encrypted, and opening it was called off.".to_owned()
        }
        DecryptionOutcome::NotTried(NotTried::Limit) => match (&proof.shape, proof.diagnosis.first()) {
            (Some(fault), _) => format!("It was not opened: {fault}."),
            (None, Some(diagnosis)) => visible(&diagnosis.text),
            (None, None) => "It was not opened: it is too large.".to_owned(),
        },
        DecryptionOutcome::NotTried(NotTried::NoKey) => "It is encrypted: what it says, and who made it, cannot be seen without the recipient\u{2019}s key.".to_owned(),
        DecryptionOutcome::Unsupported => {
            "It is encrypted in a way that is not known here.".to_owned()
        }
    }
}

/// Of several signatures the one that decides: a wrong one, else a genuine one, else the first.
fn telling<'a>(
    judgement: &Judgement,
    signatures: &'a [SignatureProof],
) -> Option<(usize, &'a SignatureProof)> {
    let first = |is_meant: &dyn Fn(&SignatureProof) -> bool| {
        let mut all = signatures.iter().enumerate();
        all.find(|(_, proof)| is_meant(proof))
    };
    first(&|proof| matches!(proof.outcome, Outcome::Invalid | Outcome::Unsecured))
        .or_else(|| first(&|proof| is_genuine(judgement, proof)))
        .or_else(|| first(&|_| true))
}

/// Whether a key of the reviewer's verifies it, which nothing spoils at the instant.
fn is_genuine(judgement: &Judgement, proof: &SignatureProof) -> bool {
    let is_trusted = match proof.key.as_ref().map(|used| used.provenance) {
        Some(Provenance::Confirmed | Provenance::Yours) | None => true,
        Some(Provenance::Token) => judgement.profile.accepts_own_key(),
        Some(Provenance::Confusion | Provenance::PublicDefault) => false,
    };
    proof.outcome == Outcome::Valid && is_trusted && !is_spoilt(judgement, proof)
}

/// Whether the certificates that it rests on are outside their validity.
fn is_spoilt(judgement: &Judgement, proof: &SignatureProof) -> bool {
    validity::spoilt(judgement.at, &judgement.profile, &judgement.times, proof).is_some()
}

fn one_signature_words(judgement: &Judgement, signature: &SignatureProof, must: &str) -> String {
    let key = || {
        signature
            .key
            .as_ref()
            .map(|used| visible(&used.key.id))
            .unwrap_or_default()
    };
    match signature.outcome {
        Outcome::Valid => match signature.key.as_ref().map(|used| used.provenance) {
            Some(Provenance::Token) if judgement.profile.accepts_own_key() => {
                format!("The signature is the holder\u{2019}s own: the key in the token made it, and that is what {} proves{must}.", judgement.profile.phrase())
            }
            Some(Provenance::Token) => {
                "The signature verifies with a key that came inside the token: that proves nothing about who made it.".to_owned()
            }
            Some(Provenance::Confusion) => {
                "The signature verifies with a public key as the shared secret: anyone who has the public key can make such a token.".to_owned()
            }
            Some(Provenance::PublicDefault) => {
                "The signature verifies under a secret that everybody knows: anyone can make such a token.".to_owned()
            }
            Some(Provenance::Confirmed) => {
                format!("The signature is the holder\u{2019}s own: the issuer confirms the key that made it{must}.")
            }
            _ if is_spoilt(judgement, signature) => {
                "The signature verifies with a certificate that came inside the token, and the certificates are outside their validity: that proves nothing about who made it.".to_owned()
            }
            _ => format!("The signature is genuine (your key {}){must}.", key()),
        },
        Outcome::Invalid if let Some(cause) = signature.cause() => {
            format!("The signature does not verify. {}", visible(&cause.text))
        }
        Outcome::Invalid => match signature.shape {
            Some(ShapeFault::Empty) => "There is no signature where one must be.".to_owned(),
            Some(_) => "No key can verify this signature: its bytes cannot be one of its algorithm.".to_owned(),
            None => "The signature is not genuine: the token was changed, or another key signed it.".to_owned(),
        },
        Outcome::NotChecked(NotChecked::NoKeyVerifies) if let Some(cause) = signature.cause() => {
            format!("Decoded is not verified. {}", visible(&cause.text))
        }
        Outcome::NotChecked(NotChecked::NoKeyVerifies) => {
            "Decoded is not verified: your keys may be others than the issuer\u{2019}s, or the token was changed.".to_owned()
        }
        Outcome::NotChecked(NotChecked::DetachedPayloadMissing) => {
            "The signature was not checked: it covers a payload that is not in the token.".to_owned()
        }
        Outcome::NotChecked(NotChecked::TooLarge) => {
            "The signature was not checked: only the header of so large a token is read.".to_owned()
        }
        Outcome::NotChecked(NotChecked::NoKey) => {
            "The signature was not checked: decoded is not verified. Add the issuer\u{2019}s key to know more.".to_owned()
        }
        Outcome::Unsecured => "Nobody signed this token: anyone can write one like it.".to_owned(),
        Outcome::Unsupported => "The signature was not checked: its algorithm is not known here.".to_owned(),
    }
}

/// A reason in a few words, for the headline.
pub fn reason_words(reason: Reason, judgement: &Judgement) -> String {
    let apart = |claim: &str| {
        let at = judgement
            .layers()
            .find_map(|layer| layer.times.mark(claim)?.at)?;
        Some(span(time::seconds_between(at, judgement.at)))
    };
    match reason {
        Reason::DecryptionFailed => "cannot be decrypted with the key meant for it".to_owned(),
        Reason::DetachedPayloadMissing => "the payload is not in the token".to_owned(),
        Reason::Encrypted => "encrypted, and not opened".to_owned(),
        Reason::Expired => match apart("exp") {
            Some(span) => format!("expired {span} ago"),
            None => "expired".to_owned(),
        },
        Reason::KeyNotAllowed => match broken(judgement, reason) {
            Some(_) => "the key is not one of its issuer\u{2019}s".to_owned(),
            None => "the key must not be used for this".to_owned(),
        },
        Reason::KeyTooWeak => "the key is too weak".to_owned(),
        Reason::LimitExceeded => "too large or too deep to be read whole".to_owned(),
        Reason::Malformed => "not well formed".to_owned(),
        Reason::NoKey => "no key to check the signature with".to_owned(),
        Reason::NoKeyVerifies => "none of your keys verifies the signature".to_owned(),
        Reason::NotYetValid => match apart("nbf") {
            Some(span) => format!("not valid for another {span}"),
            None => "not yet valid".to_owned(),
        },
        Reason::OnlyTokenSuppliedKey => "only a key inside the token verifies it".to_owned(),
        Reason::PolicyAlg => "the policy does not allow its algorithm".to_owned(),
        Reason::PolicyAud => "not for the audience that the policy expects".to_owned(),
        Reason::PolicyClaims => match broken(judgement, reason) {
            Some(of) if of.name == "claim-forbidden" => {
                format!("the policy forbids the {}", lower_first(&of.label))
            }
            Some(of) if of.evidence.is_none() => {
                format!("the {} is missing", lower_first(&of.label))
            }
            Some(of) => format!(
                "the {} is not as the policy expects",
                lower_first(&of.label)
            ),
            None => "its claims are not those that the policy expects".to_owned(),
        },
        Reason::PolicyIss => "not from the issuer that the policy expects".to_owned(),
        Reason::PolicyLifetime => match broken(judgement, reason) {
            Some(of) if of.name == "max-age" => "older than the policy allows".to_owned(),
            _ => "lives longer than the policy allows".to_owned(),
        },
        Reason::PolicyNonce => "not the nonce that the policy expects".to_owned(),
        Reason::PolicyTyp => "not of the type that the policy expects".to_owned(),
        Reason::PubliclyKnownKey => "signed with a publicly known secret".to_owned(),
        Reason::Revoked => "revoked: the policy lists its jti".to_owned(),
        Reason::Rule("crit-unknown") => "a critical extension is not understood".to_owned(),
        Reason::Rule("alg-prohibited") => "its algorithm is prohibited".to_owned(),
        Reason::Rule("profile-claim-forbidden") => {
            format!("holds what {} must not have", judgement.profile.phrase())
        }
        Reason::Rule("profile-claim-missing") => {
            format!("lacks what {} must have", judgement.profile.phrase())
        }
        Reason::Rule("typ-mismatch") => {
            format!("its type is not that of {}", judgement.profile.phrase())
        }
        Reason::Rule("sd-disclosure-invalid") => {
            "a disclosure is not the issuer\u{2019}s".to_owned()
        }
        Reason::Rule("sd-hash-weak") => "its disclosures are bound by an unfit hash".to_owned(),
        Reason::Rule("sd-kb-mismatch") => "its key binding does not hold".to_owned(),
        Reason::Rule(id) => id.to_owned(),
        Reason::SenderUnproven => "anyone could have encrypted it".to_owned(),
        Reason::SignatureInvalid => "the signature is wrong".to_owned(),
        Reason::Unsecured => "unsecured".to_owned(),
        Reason::UnsupportedAlgorithm => "its algorithm is not supported here".to_owned(),
    }
}

/// The first expectation that gives this reason, in the layer that it is about.
fn broken(judgement: &Judgement, reason: Reason) -> Option<&Expectation> {
    judgement
        .layers()
        .flat_map(|layer| &layer.expectations)
        .find(|expectation| expectation.is_broken() && expectation.reason == reason)
}

/// `1 token`, `2 tokens`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// The mean Gregorian year, in seconds.
const YEAR: i64 = 31_556_952;

/// The two largest units of a span of seconds, the second one left out when it is zero.
fn units(seconds: i64) -> Vec<(i64, usize)> {
    let mut rest = seconds.max(0);
    let mut parts = Vec::new();
    for (index, unit) in [YEAR, DAY, HOUR, MINUTE, 1].into_iter().enumerate() {
        let count = rest / unit;
        rest %= unit;
        if count > 0 {
            parts.push((count, index));
        } else if !parts.is_empty() {
            break;
        }
        if parts.len() == 2 {
            break;
        }
    }
    if parts.is_empty() {
        parts.push((0, 4));
    }
    parts
}

/// A span of seconds in at most two units: "3 days 1 hour", "14 minutes 5 seconds", "0 seconds".
pub fn span(seconds: i64) -> String {
    let names = ["year", "day", "hour", "minute", "second"];
    let mut words = String::with_capacity(24);
    for (count, unit) in units(seconds) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(&count.to_string());
        words.push(' ');
        words.push_str(names.get(unit).copied().unwrap_or_default());
        if count != 1 {
            words.push('s');
        }
    }
    words
}

/// The same, short: "3 d 1 h", "14 min 5 s", "0 s".
pub fn short_span(seconds: i64) -> String {
    let names = ["y", "d", "h", "min", "s"];
    let words = units(seconds)
        .into_iter()
        .map(|(count, unit)| format!("{count} {}", names.get(unit).copied().unwrap_or_default()));
    words.collect::<Vec<_>>().join(" ")
}

/// The text with its first letter in lower case.
fn lower_first(text: &str) -> String {
    with_first(text, |first| first.to_lowercase().collect())
}

/// The text with its first letter in upper case.
pub fn capitalised(text: &str) -> String {
    with_first(text, |first| first.to_uppercase().collect())
}

fn with_first(text: &str, change: impl Fn(char) -> String) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(change).unwrap_or_default();
    first + characters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_two_neighbouring_units_at_most() {
        for (seconds, long, short) in [
            (0, "0 seconds", "0 s"),
            (1, "1 second", "1 s"),
            (60, "1 minute", "1 min"),
            (845, "14 minutes 5 seconds", "14 min 5 s"),
            (3 * DAY + HOUR + 39 * MINUTE, "3 days 1 hour", "3 d 1 h"),
            (DAY + 59, "1 day", "1 d"),
            (2 * YEAR + 3 * DAY, "2 years 3 days", "2 y 3 d"),
            (-5, "0 seconds", "0 s"),
        ] {
            assert_eq!(span(seconds), long);
            assert_eq!(short_span(seconds), short);
        }
    }
}
