//! What must not stand in two tokens: the nonce of an ECDSA signature, an initialization vector, an identifier.

use super::{
    Confidence, Evidence, Finding, Rule, Ruling, Severity, Subject, claim_evidence, named,
};
use crate::jose::PartRole;
use crate::judge::audit::header_evidence;
use crate::judge::audit::held::Held;
use crate::judge::neighbours::{MOST, MOST_NEAR, Mark, Vector, identifier};
use crate::verify::{EcdsaSignature, lost_key};

/// `ecdsa-nonce-reuse`: two signatures of one key give the key away.
pub(in super::super) struct EcdsaNonceReuse;

impl Rule for EcdsaNonceReuse {
    fn id(&self) -> &'static str {
        "ecdsa-nonce-reuse"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let case = subject.case;
        let Some(own) = EcdsaSignature::of(case.token) else {
            return Ruling::Unconcerned;
        };
        let Some(traces) = case.beside.own() else {
            return Ruling::NotRun;
        };
        let is_alone = case.beside.others(Mark::ecdsa(own.alg)).next().is_none();
        if is_alone && traces.ecdsa.len() <= 1 {
            // There is no signature to compare it with.
            return Ruling::NotRun;
        }
        let inside = traces.ecdsa.iter().map(|signature| (None, signature));
        let others = case.beside.others(Mark::nonce(own.alg, &own.r)).take(MOST);
        let others = others.flat_map(|(id, other)| {
            other
                .ecdsa
                .iter()
                .map(move |signature| (Some(id), signature))
        });
        let mut lost = inside
            .chain(others)
            .filter_map(|(id, other)| Some((id, lost_key(&own, other)?)));
        let Some((id, thumbprint)) = lost.next() else {
            return Ruling::Ran(Vec::new());
        };
        let other = id.map_or_else(
            || "another signature of this token".to_owned(),
            |id| format!("another token ({})", named(id)),
        );
        let signature = case.token.part(PartRole::Signature);
        let evidence = signature.map(|part| {
            let r = part.bytes().len() / 2;
            Evidence::in_part(part, None, 0..r)
        });
        let held = Held::of(subject).ok();
        let is_it = |held: &Held| held.key.thumbprint.as_ref() == Some(&thumbprint);
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::Critical,
            confidence: Confidence::Proven,
            title: "The private key follows from two signatures".to_owned(),
            detail: format!(
                "This signature and that of {other} share their R over different content: the same nonce was used twice. The private key was computed from the two, verifies both, and was discarded. The lost key has the thumbprint {thumbprint}. Anybody who has both tokens can sign with it."
            ),
            remedy: "Revoke the key, and sign with deterministic or hedged nonces (RFC 6979)."
                .to_owned(),
            references: vec!["RFC 8725 \u{A7}3.2", "RFC 6979", "CWE-323", "CWE-330"],
            evidence: evidence.into_iter().collect(),
            refusal: held.filter(is_it).and_then(|held| held.not_allowed()),
        }])
    }
}

/// `jwe-iv-reuse`: one key and one initialization vector of AES-GCM for two texts.
pub(in super::super) struct JweIvReuse;

impl Rule for JweIvReuse {
    fn id(&self) -> &'static str {
        "jwe-iv-reuse"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let case = subject.case;
        let vectors = Vector::of(case.token, case.proof);
        if vectors.is_empty() {
            return Ruling::Unconcerned;
        }
        let Some(own) = case.beside.own() else {
            return Ruling::NotRun;
        };
        let is_alone = |vector: &Vector| case.beside.others(vector.sealed).next().is_none();
        if vectors.iter().all(is_alone) {
            // There is no other token under this key, as far as that is known.
            return Ruling::NotRun;
        }
        let reused = vectors.iter().find_map(|vector| {
            let mut others = case.beside.others(vector.mark).take(MOST_NEAR);
            let other = others.find(|(_, other)| other.ciphertext != own.ciphertext);
            Some((vector, other?.0))
        });
        let Some((vector, id)) = reused else {
            return Ruling::Ran(Vec::new());
        };
        let (confidence, key) = if vector.is_known_key {
            (Confidence::Certain, "the same key")
        } else {
            (Confidence::Likely, "a key of the same kid")
        };
        let evidence = if vector.is_parameter {
            header_evidence(subject, "iv")
        } else {
            let part = case.token.part(PartRole::Iv);
            part.map(Evidence::whole_part).into_iter().collect()
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::Critical,
            confidence,
            title: "One initialization vector for two tokens".to_owned(),
            detail: format!(
                "This token and another one ({}) are encrypted with AES-GCM under {key} and the same vector. What differs between the two texts can be read off, and the key that authenticates follows: tokens can then be forged.",
                named(id)
            ),
            remedy: "Replace the key, and take a fresh vector for each token: a counter, or 96 random bits.".to_owned(),
            references: vec!["RFC 7518 \u{A7}5.3", "RFC 7518 \u{A7}8.4", "CWE-323"],
            evidence,
            refusal: None,
        }])
    }
}

/// `jti-missing` across tokens: another token of the session that has the same `jti`, issuer and audiences, and says something else.
pub(in super::super) fn jti_twice(subject: &Subject<'_>) -> Option<Finding> {
    let case = subject.case;
    let own = case.beside.own().filter(|_| subject.has_claims())?;
    let mut others = case.beside.others(identifier(case)?).take(MOST_NEAR);
    let (id, _) = others.find(|(_, other)| other.claims != own.claims)?;
    Some(Finding {
        rule: "jti-missing",
        severity: Severity::Medium,
        confidence: Confidence::Certain,
        title: "Another token has the same jti".to_owned(),
        detail: format!(
            "A different token of the same issuer and audience ({}) carries the same jti. It no longer tells one token from all others: a list of used or revoked ones takes the two for one, so that a replay passes or a good token is refused.",
            named(id)
        ),
        remedy: "Give each token a random jti of 128 bits, and have the verifier remember them."
            .to_owned(),
        references: vec!["RFC 7519 \u{A7}4.1.7", "CWE-294"],
        evidence: claim_evidence(subject, "jti"),
        refusal: None,
    })
}
