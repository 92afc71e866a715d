//! The algorithms that a policy allows, and the keys that are an issuer's own, held against each signature.

use std::sync::Arc;

use super::super::{Case, CheckResult, Evidence, Profile, Reason, Times, View, verdict};
use super::expectation::{Expectation, Outcome, header_evidence, one_of, passed, shown};
use super::{KeyChoice, Policy};
use crate::jose::json::Json;
use crate::jose::visible::visible;
use crate::jose::{Kind, PartRole};
use crate::keys::Key;
use crate::verify::{
    Chain, DecryptionOutcome, Designation, NotChecked, Outcome as Of, Proof, Provenance,
    SignatureProof, UsedKey,
};

impl Policy {
    /// The keys of an issuer; empty: any may sign for it, or it is none of the policy's.
    fn keys_of(&self, iss: &str) -> Vec<&KeyChoice> {
        let own = self.issuers.iter().filter(|issuer| issuer.iss == iss);
        own.flat_map(|issuer| &issuer.keys).collect()
    }

    /// The keys of the issuer that a token says it has.
    fn keys_for(&self, case: Case<'_>) -> Vec<&KeyChoice> {
        // Most policies do not ask.
        if self.issuers.iter().all(|issuer| issuer.keys.is_empty()) {
            return Vec::new();
        }
        let iss = case.claim("iss").and_then(|claim| claim.value.str());
        iss.map(|iss| self.keys_of(iss)).unwrap_or_default()
    }
}

fn names(choices: &[&KeyChoice], key: &Key) -> bool {
    choices.iter().any(|choice| choice.names(key))
}

/// Whether the key that verified is one of these: itself, one of the same material, or the CA certificate that vouches for it.
fn is_own(choices: &[&KeyChoice], used: &UsedKey, chain: Option<&Chain>) -> bool {
    let anchor = chain
        .and_then(|chain| chain.anchor.as_ref())
        .filter(|anchor| Arc::ptr_eq(&anchor.leaf, &used.key));
    let mut keys = std::iter::once(&used.key)
        .chain(&used.twins)
        .chain(anchor.map(|anchor| &anchor.key));
    keys.any(|key| names(choices, key))
}

/// What was found out as the policy sees it, where that is something else: a key of the issuer's was meant for the token, and
/// where it fails, the signature is invalid (`REPORT.md`, "Which keys").
pub(in super::super) fn designated(case: Case<'_>) -> Option<Proof> {
    let choices = case.policy.keys_for(case);
    if choices.is_empty() {
        return None;
    }
    let is_open = |proof: &SignatureProof| {
        let is_tokens_own = proof
            .key
            .as_ref()
            .is_some_and(|used| used.provenance == Provenance::Token);
        // Of a token whose header was exchanged on its way, no failure says anything.
        let is_told = proof
            .diagnosis
            .iter()
            .any(|diagnosis| diagnosis.code == "graph-nonce");
        match proof.outcome {
            Of::NotChecked(NotChecked::NoKeyVerifies) => !is_told,
            Of::Valid => is_tokens_own,
            _ => false,
        }
    };
    let meant = |proof: &SignatureProof| {
        let mut tried = proof.tried.iter().filter(|trial| !trial.verified);
        let own = tried.find(|trial| names(&choices, &trial.key))?;
        is_open(proof).then(|| Arc::clone(&own.key))
    };
    let meant: Vec<Option<Arc<Key>>> = case.proof.signatures.iter().map(meant).collect();
    if meant.iter().all(Option::is_none) {
        return None;
    }
    let mut proof = case.proof.clone();
    for (signature, meant) in proof.signatures.iter_mut().zip(meant) {
        if let Some(key) = meant {
            signature.designated = Some((key, Designation::Issuer));
            signature.outcome = Of::Invalid;
            signature.key = None;
        }
    }
    Some(proof)
}

/// What the policy has against each signature: its algorithm, or that a key signed that is not the issuer's. Empty where it has
/// nothing against any.
pub(in super::super) fn objections(case: Case<'_>, views: &[View<'_>]) -> Vec<Option<Reason>> {
    let policy = case.policy;
    let choices = policy.keys_for(case);
    if policy.algorithms.is_empty() && choices.is_empty() || case.token.kind == Kind::Jwe {
        return Vec::new();
    }
    let objections = views.iter().map(|view| {
        let view = view.case(case);
        let proof = view.proof.signatures.first();
        if !policy.allows(view) {
            return Some(Reason::PolicyAlg);
        }
        let is_foreign = !choices.is_empty()
            && proof.is_some_and(|proof| {
                let used = proof.key.as_ref();
                used.is_some_and(|used| {
                    used.provenance == Provenance::Yours
                        && !is_own(&choices, used, proof.chain.as_ref())
                })
            });
        is_foreign.then_some(Reason::KeyNotAllowed)
    });
    objections.collect()
}

impl Policy {
    fn allows(&self, view: Case<'_>) -> bool {
        let alg = view.token.parameter("alg").and_then(Json::str);
        self.algorithms.is_empty()
            || alg.is_some_and(|alg| self.algorithms.iter().any(|one| one == alg))
    }

    /// `alg`, of each signature, or of the recipient that was opened.
    pub(super) fn alg(
        &self,
        case: Case<'_>,
        views: &[View<'_>],
        profile: &Profile,
        times: &Times,
        objections: &[Option<Reason>],
    ) -> Vec<Expectation> {
        if self.algorithms.is_empty() {
            return Vec::new();
        }
        let told = |view: Case<'_>, result| {
            let (part, value) = view.token.parameter_in("alg").unzip();
            Expectation::of_token(
                "alg",
                "Algorithm",
                Reason::PolicyAlg,
                Outcome {
                    result,
                    expected: one_of(&self.algorithms),
                    found: shown(value),
                    evidence: part.and_then(|part| header_evidence(part, "alg")),
                },
            )
        };
        if let [view] = views {
            let view = view.case(case);
            return vec![told(view, passed(self.allows(view)))];
        }
        let allowed: Vec<bool> = views
            .iter()
            .map(|view| self.allows(view.case(case)))
            .collect();
        let decryption = case.proof.decryption.as_ref();
        let opened = decryption.filter(|proof| proof.outcome == DecryptionOutcome::Decrypted);
        let recipient = opened.and_then(|proof| proof.recipient);
        let is_taken = verdict::takes_any(case, profile, times, objections);
        let is_excused = |index: usize| match (case.token.kind, recipient) {
            (Kind::Jwe, Some(opened)) => opened != index,
            (Kind::Jwe, None) => allowed.contains(&true),
            _ => is_taken,
        };
        let each = views.iter().zip(&allowed).enumerate();
        each.map(|(index, (view, allowed))| {
            let view = view.case(case);
            let result = match allowed {
                true => CheckResult::Passed,
                false if is_excused(index) => CheckResult::NotRun,
                false => CheckResult::Failed,
            };
            let mut expectation = told(view, result);
            expectation.signature = Some(index);
            if result == CheckResult::NotRun {
                expectation.found = format!(
                    "{} is not allowed, but another one counts",
                    expectation.found
                );
            }
            expectation
        })
        .collect()
    }

    /// Whether the key that verified or opened is one of the issuer's own.
    pub(super) fn issuer_key(
        &self,
        case: Case<'_>,
        views: &[View<'_>],
        profile: &Profile,
        times: &Times,
        objections: &[Option<Reason>],
    ) -> Vec<Expectation> {
        let choices = self.keys_for(case);
        if choices.is_empty() {
            return Vec::new();
        }
        let labels: Vec<String> = choices.iter().map(|choice| choice.label()).collect();
        let iss = case.claim("iss");
        let told = |(result, found): (CheckResult, String), evidence| {
            Expectation::of_token(
                "issuer-key",
                "Key of the issuer",
                Reason::KeyNotAllowed,
                Outcome {
                    result,
                    expected: format!("a key of the issuer\u{2019}s: {}", one_of(&labels)),
                    found,
                    evidence,
                },
            )
        };
        if let Some(decryption) = &case.proof.decryption {
            let proof = decryption.key.as_ref();
            let used = proof.filter(|_| decryption.outcome == DecryptionOutcome::Decrypted);
            let outcome = match used {
                Some(_) if !decryption.is_symmetric => {
                    not_run("nobody\u{2019}s signature: anyone can encrypt for a public key")
                }
                Some(used) => stands(is_own(&choices, used, None), used),
                None => not_run("the token was not opened"),
            };
            return vec![told(outcome, iss.map(|iss| iss.evidence()))];
        }
        let is_taken = verdict::takes_any(case, profile, times, objections);
        let several = views.len() > 1;
        let each = views.iter().enumerate().filter_map(|(index, view)| {
            let view = view.case(case);
            let proof = view.proof.signatures.first()?;
            let mut outcome = of_signature(&choices, proof);
            if outcome.0 == CheckResult::Failed && is_taken && proof.outcome == Of::Valid {
                outcome.0 = CheckResult::NotRun;
                outcome
                    .1
                    .push_str(" is not the issuer\u{2019}s, but another signature counts");
            }
            let evidence = header_part(view, "kid")
                .or_else(|| {
                    view.token
                        .part(PartRole::Signature)
                        .map(Evidence::whole_part)
                })
                .or_else(|| case.claim("iss").map(|iss| iss.evidence()));
            let mut expectation = told(outcome, evidence);
            expectation.signature = several.then_some(index);
            Some(expectation)
        });
        each.collect()
    }
}

fn header_part(case: Case<'_>, name: &str) -> Option<Evidence> {
    let (part, _) = case.token.parameter_in(name)?;
    header_evidence(part, name)
}

fn not_run(why: &str) -> (CheckResult, String) {
    (CheckResult::NotRun, why.to_owned())
}

fn stands(is_own: bool, used: &UsedKey) -> (CheckResult, String) {
    let found = format!(
        "\u{201C}{}\u{201D} from {}",
        visible(&used.key.id),
        visible(&used.key.source)
    );
    (passed(is_own), found)
}

/// One signature. What is wrong with the signature itself is said by its own check and not again.
fn of_signature(choices: &[&KeyChoice], proof: &SignatureProof) -> (CheckResult, String) {
    match (proof.outcome, &proof.key) {
        (Of::Valid, Some(used)) if used.provenance == Provenance::Yours => {
            stands(is_own(choices, used, proof.chain.as_ref()), used)
        }
        (Of::Valid, _) => not_run("none of your keys verifies the signature"),
        (Of::Invalid, _) => match &proof.designated {
            Some((key, Designation::Issuer)) => {
                let id = visible(&key.id);
                not_run(&format!(
                    "the issuer\u{2019}s key \u{201C}{id}\u{201D} does not verify the signature"
                ))
            }
            _ => not_run("the signature is wrong"),
        },
        (Of::Unsecured, _) => not_run("the token is unsecured"),
        (Of::Unsupported, _) => not_run("the algorithm is not known here"),
        (Of::NotChecked(NotChecked::NoKey | NotChecked::NoKeyVerifies), _) => {
            not_run("none of the issuer\u{2019}s keys is loaded, or none can do the algorithm")
        }
        (Of::NotChecked(_), _) => not_run("the signature was not checked"),
    }
}
