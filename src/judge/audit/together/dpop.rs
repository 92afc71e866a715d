//! A `DPoP` proof beside what it is for (RFC 9449 section 4.3). What it must have and must not have stands with its kind.

use jiff::Timestamp;

use super::{
    Confidence, Evidence, Finding, Rule, Ruling, Severity, Subject, claim_evidence, named,
};
use crate::jose::PartRole;
use crate::judge::audit::profile::{confidence, refusal, severity};
use crate::judge::neighbours::{
    Bond, MOST_NEAR, access_token_along, ath, identifier, own_thumbprint, proved,
};
use crate::judge::profile::Level;
use crate::judge::words::span;
use crate::judge::{Case, ProfileName};
use crate::keys::from_jwk;
use crate::verify::Outcome;
use crate::verify::algorithm::find;

/// How far the time of a proof may lie from the instant, in seconds, beside the leeway of the policy.
const WINDOW_SECONDS: i64 = 300;

/// `dpop-proof-invalid`: the proof is of another time, for another token, by another key, or was sent twice.
pub(in super::super) struct DpopProofInvalid;

impl Rule for DpopProofInvalid {
    fn id(&self) -> &'static str {
        "dpop-proof-invalid"
    }

    fn silences(&self) -> &'static [&'static str] {
        // A second proof with its identifier is told here.
        &["jti-missing"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if subject.profile.name != ProfileName::DpopProof || !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let case = subject.case;
        let lapses = [
            own_key(subject),
            time(subject),
            access_token(subject),
            bound_key(subject),
            repeated(subject),
        ];
        let findings: Vec<_> = lapses
            .into_iter()
            .flatten()
            .map(|lapse| finding(subject, lapse))
            .collect();
        if findings.is_empty() && !case.beside.is_known() {
            // What it is for, and whether it is the only one, was not asked.
            return Ruling::NotRun;
        }
        Ruling::Ran(findings)
    }
}

/// Something about a proof that a server must refuse.
struct Lapse {
    title: String,
    detail: String,
    remedy: &'static str,
    references: Vec<&'static str>,
    evidence: Vec<Evidence>,
}

fn finding(subject: &Subject<'_>, lapse: Lapse) -> Finding {
    let is_sure = confidence(subject) == Confidence::Certain;
    Finding {
        rule: "dpop-proof-invalid",
        severity: if is_sure {
            Severity::High
        } else {
            severity(subject, Level::Must)
        },
        confidence: confidence(subject),
        title: lapse.title,
        detail: lapse.detail,
        remedy: lapse.remedy.to_owned(),
        references: lapse.references,
        evidence: lapse.evidence,
        refusal: refusal(subject, Level::Must, "dpop-proof-invalid"),
    }
}

/// The key in the header made it.
fn own_key(subject: &Subject<'_>) -> Option<Lapse> {
    let case = subject.case;
    let proof = case.proof.signatures.first()?;
    if proof.outcome == Outcome::Valid || proof.shape.is_some() {
        return None;
    }
    let algorithm = find(proof.alg.as_deref()?)?;
    let key = from_jwk(case.token.parameter("jwk")?, "header jwk", 1);
    // A shared secret proves nothing, whatever it verifies.
    let is_one = key.is_usable() && key.secret().is_none() && algorithm.fits(key.kind);
    let message = case.token.signing_input()?;
    let signature = case.token.part(PartRole::Signature)?.bytes();
    let has_failed = is_one && !algorithm.verifies(&key, None, message.as_bytes(), signature);
    has_failed.then(|| Lapse {
        title: "The key in the header did not sign the proof".to_owned(),
        detail: "A DPoP proof shows that its sender holds the key that stands in its header (jwk). This one does not verify with it.".to_owned(),
        remedy: "Refuse the request.",
        references: vec!["RFC 9449 \u{A7}4.3", "CWE-347"],
        evidence: key_evidence(case),
    })
}

fn key_evidence(case: Case<'_>) -> Vec<Evidence> {
    let jwk = case.token.parameter_in("jwk");
    jwk.map(|(part, jwk)| Evidence::in_part(part, "/jwk".to_owned(), jwk.range.clone()))
        .into_iter()
        .collect()
}

/// It is of now.
fn time(subject: &Subject<'_>) -> Option<Lapse> {
    let case = subject.case;
    let claim = case.claim("iat")?;
    let nanoseconds = claim.value.decimal()?.to_nanoseconds();
    let issued = nanoseconds.and_then(|at| Timestamp::from_nanosecond(at).ok());
    let window = WINDOW_SECONDS.saturating_add(i64::from(case.policy.leeway_seconds));
    let how = match issued {
        None => "at no time that a clock knows".to_owned(),
        Some(issued) => {
            let age = case.at.as_second().saturating_sub(issued.as_second());
            if age > window {
                format!("{} ago", span(age))
            } else if age < window.saturating_neg() {
                format!("{} ahead", span(age.saturating_neg()))
            } else {
                return None;
            }
        }
    };
    Some(Lapse {
        title: "The proof is not of this time".to_owned(),
        detail: format!(
            "A DPoP proof counts for the request that it is sent with; this one was made {how} (iat). It may be a copy of an earlier request\u{2019}s."
        ),
        remedy: "Take proofs that are a few minutes old at most, or have the server give a nonce.",
        references: vec!["RFC 9449 \u{A7}4.3", "RFC 9449 \u{A7}11.1", "CWE-294"],
        evidence: vec![claim.evidence()],
    })
}

/// It is for the access token that came along.
fn access_token(subject: &Subject<'_>) -> Option<Lapse> {
    let case = subject.case;
    let (title, said, evidence) = match ath(case) {
        Some(Bond::Differs { from, .. }) => (
            "ath is not that of the access token",
            format!(
                "The access token of the same request ({}) has another hash",
                named(&from)
            ),
            claim_evidence(subject, "ath"),
        ),
        Some(_) => return None,
        None => {
            let along = access_token_along(case)?;
            let evidence = case.token.part(PartRole::Payload);
            (
                "No ath for the access token",
                format!(
                    "The request carries an access token ({}), and the proof does not say that it is for that one",
                    named(&along)
                ),
                evidence.map(Evidence::whole_part).into_iter().collect(),
            )
        }
    };
    Some(Lapse {
        title: title.to_owned(),
        detail: format!(
            "{said}. Without the binding a proof that was caught serves with any other token of the same key."
        ),
        remedy: "Compute ath over the access token that is sent along, and compare it as the server.",
        references: vec!["RFC 9449 \u{A7}4.2", "RFC 9449 \u{A7}4.3", "CWE-345"],
        evidence,
    })
}

/// Its key is the one that the access token is bound to.
fn bound_key(subject: &Subject<'_>) -> Option<Lapse> {
    let case = subject.case;
    let own = own_thumbprint(case.token)?;
    let (id, token) = proved(case)?;
    let other = token.bound.first()?;
    if token.bound.contains(&own) {
        return None;
    }
    Some(Lapse {
        title: "The access token is bound to another key".to_owned(),
        detail: format!(
            "The access token ({}) names the key with the thumbprint {other} (cnf), and the proof is made with {own}. Whoever sends them does not hold the key that the token was given to.",
            named(&id)
        ),
        remedy: "Refuse the request: the token may be stolen.",
        references: vec!["RFC 9449 \u{A7}6.1", "RFC 9449 \u{A7}7.1", "CWE-294"],
        evidence: key_evidence(case),
    })
}

/// No other proof of the key has its identifier.
fn repeated(subject: &Subject<'_>) -> Option<Lapse> {
    let case = subject.case;
    let own = case.beside.own()?;
    let mut others = case.beside.others(identifier(case)?).take(MOST_NEAR);
    let (id, _) = others.find(|(_, other)| other.claims != own.claims)?;
    Some(Lapse {
        title: "Another proof has the same jti".to_owned(),
        detail: format!(
            "A second proof by the same key ({}) carries the same jti. A server that remembers them refuses one of the two, and one that does not takes every copy.",
            named(id)
        ),
        remedy: "Make a fresh random jti for each request, and have the server remember it.",
        references: vec!["RFC 9449 \u{A7}4.2", "RFC 9449 \u{A7}11.1", "CWE-294"],
        evidence: claim_evidence(subject, "jti"),
    })
}
