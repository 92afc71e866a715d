//! A policy held against a token.

use std::borrow::Cow;

use super::super::{Case, CheckResult, Evidence, Profile, Reason, Times, View};
use super::claim::{self, FoundClaim};
use super::expectation::{Expectation, Outcome, all_of, header_evidence, one_of, passed, shown};
use super::{ClaimRule, Policy, media_type};
use crate::jose::json::{Document, Json, Value};
use crate::jose::visible::visible;
use crate::jose::{Kind, Part, PartRole};

/// A claim's value, and where it stands.
type Found<'a> = Option<(&'a Json, Evidence)>;

impl Policy {
    /// Holds the policy's expectations against a token; those that expect nothing are left out.
    ///
    /// Of an envelope only the algorithm of its signature is asked: claims and type are those of the token inside. Claims that are
    /// encrypted are not run.
    ///
    /// Where an SD-JWT comes with a key binding JWT, `nonce` is held against that one alone, and `aud` against that one and,
    /// where there is such a claim, against the issuer's too: the holder says there for whom the presentation is made
    /// (RFC 9901 section 7.3).
    pub(in super::super) fn expectations(
        &self,
        case: Case<'_>,
        views: &[View<'_>],
        profile: &Profile,
        times: &Times,
        objections: &[Option<Reason>],
    ) -> Vec<Expectation> {
        if self.expected() == 0 {
            return Vec::new();
        }
        let is_envelope = case.is_envelope();
        let mut held = Vec::new();
        if !is_envelope || case.token.kind != Kind::Jwe {
            held.extend(self.alg(case, views, profile, times, objections));
        }
        if is_envelope {
            return held;
        }
        held.extend(self.typ(case));
        let in_claims = held.len();
        held.extend(self.lifetime(case));
        held.extend(self.age(case));
        held.extend(self.iss(case));
        held.extend(self.issuer_key(case, views, profile, times, objections));
        held.extend(self.aud(case));
        held.extend(self.nonce_held(case));
        held.extend(self.replay(case));
        let rules = self.required_claims.iter();
        held.extend(rules.map(|rule| required(case, rule)));
        let rules = self.forbidden_claims.iter();
        held.extend(rules.map(|rule| forbidden(case, rule)));
        if case.is_closed() {
            for expectation in held.iter_mut().skip(in_claims) {
                expectation.result = CheckResult::NotRun;
                "the claims are encrypted".clone_into(&mut expectation.found);
                expectation.evidence = None;
            }
        }
        held
    }

    fn typ(&self, case: Case<'_>) -> Option<Expectation> {
        if self.types.is_empty() {
            return None;
        }
        let (part, value) = case.token.parameter_in("typ").unzip();
        let found = value.and_then(Json::str).map(media_type);
        let is_met =
            found.is_some_and(|found| self.types.iter().any(|typ| media_type(typ) == found));
        Some(Expectation::of_token(
            "typ",
            "Type",
            Reason::PolicyTyp,
            Outcome {
                result: passed(is_met),
                expected: one_of(&self.types),
                found: shown(value),
                evidence: part.and_then(|part| header_evidence(part, "typ")),
            },
        ))
    }

    fn iss(&self, case: Case<'_>) -> Option<Expectation> {
        if self.issuers.is_empty() {
            return None;
        }
        let (value, evidence) = issuers(case, "iss").unzip();
        let found = value.and_then(Json::str);
        let is_met =
            found.is_some_and(|found| self.issuers.iter().any(|issuer| issuer.iss == found));
        let names: Vec<&str> = self
            .issuers
            .iter()
            .map(|issuer| issuer.iss.as_str())
            .collect();
        Some(Expectation::of_token(
            "iss",
            "Issuer",
            Reason::PolicyIss,
            Outcome {
                result: passed(is_met),
                expected: one_of(&names),
                found: shown(value),
                evidence,
            },
        ))
    }

    fn aud(&self, case: Case<'_>) -> Vec<Expectation> {
        if self.audiences.is_empty() {
            return Vec::new();
        }
        let of_token = |label, found: Found<'_>| {
            let (value, evidence) = found.unzip();
            let found = value.map(audiences).unwrap_or_default();
            let is_met = found
                .iter()
                .any(|one| self.audiences.iter().any(|expected| expected == one));
            Expectation::of_token(
                "aud",
                label,
                Reason::PolicyAud,
                Outcome {
                    result: passed(is_met),
                    expected: one_of(&self.audiences),
                    found: match (&found[..], value) {
                        ([], Some(value)) if value.array().is_some_and(<[Json]>::is_empty) => {
                            "an empty array".to_owned()
                        }
                        ([], value) => shown(value),
                        (found, _) => all_of(found),
                    },
                    evidence,
                },
            )
        };
        let binding = case.key_binding();
        let own = issuers(case, "aud");
        let mut held = Vec::new();
        if own.is_some() || binding.is_none() {
            held.push(of_token("Audience", own));
        }
        held.extend(binding.map(|binding| {
            binding.expectation(of_token(
                "Audience of the key binding",
                binding.claim("aud"),
            ))
        }));
        held
    }

    fn nonce_held(&self, case: Case<'_>) -> Option<Expectation> {
        let expected = self.nonce.as_ref()?;
        let of_token = |label, found: Found<'_>| {
            let (value, evidence) = found.unzip();
            Expectation::of_token(
                "nonce",
                label,
                Reason::PolicyNonce,
                Outcome {
                    result: passed(value.and_then(Json::str) == Some(expected)),
                    expected: visible(expected),
                    found: shown(value),
                    evidence,
                },
            )
        };
        Some(match case.key_binding() {
            Some(binding) => {
                binding.expectation(of_token("Nonce of the key binding", binding.claim("nonce")))
            }
            None => of_token("Nonce", issuers(case, "nonce")),
        })
    }

    /// Whether the token's `jti` is revoked. Some issuers write it as a number: then its text is asked for. Of several each is.
    fn replay(&self, case: Case<'_>) -> Option<Expectation> {
        if self.revoked.is_empty() {
            return None;
        }
        let claims: Vec<_> = case.claims().filter(|claim| claim.name == "jti").collect();
        let text = |value: &'_ Json| match &value.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.text.clone()),
            _ => None,
        };
        let revoked = claims.iter().find(|claim| {
            let jti = text(claim.value);
            jti.is_some_and(|jti| self.revoked.revokes(&jti))
        });
        let told = revoked.or(claims.last());
        let (result, found) = match told.map(|claim| (claim, text(claim.value))) {
            None => (
                CheckResult::NotRun,
                "there is no jti to look for".to_owned(),
            ),
            Some((claim, None)) => (
                CheckResult::NotRun,
                format!("{} as jti cannot be looked for", shown(Some(claim.value))),
            ),
            Some((_, Some(jti))) if revoked.is_some() => (
                CheckResult::Failed,
                format!("\u{201C}{}\u{201D}, which is", visible(&jti)),
            ),
            Some((_, Some(jti))) => (CheckResult::Passed, visible(&jti)),
        };
        let of = match self.revoked.len() {
            1 => "the 1 that is revoked".to_owned(),
            count => format!("the {count} that are revoked"),
        };
        Some(Expectation::of_token(
            "replay",
            "jti",
            Reason::Revoked,
            Outcome {
                result,
                expected: format!("a jti that is not among {of}"),
                found,
                evidence: told.map(super::super::claims::Claim::evidence),
            },
        ))
    }
}

/// A claim that must be there, of several with the last one counting.
fn required(case: Case<'_>, rule: &ClaimRule) -> Expectation {
    let found = claim::found(case, &rule.path).pop();
    let is_met = match (&found, &rule.value) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(found), Some(value)) => value.is(found.value),
    };
    of_claim("claim-required", rule, passed(is_met), found)
}

/// A claim that must not be there, not even once.
fn forbidden(case: Case<'_>, rule: &ClaimRule) -> Expectation {
    let mut found = claim::found(case, &rule.path);
    let is_it = |found: &FoundClaim<'_>| {
        rule.value
            .as_ref()
            .is_none_or(|value| value.is(found.value))
    };
    let at = found.iter().position(is_it);
    let found = match at {
        Some(at) => Some(found.swap_remove(at)),
        None => found.pop(),
    };
    of_claim("claim-forbidden", rule, passed(at.is_none()), found)
}

/// A longer value (in bytes of JSON) is not repeated.
const MAX_SHOWN_BYTES: usize = 100;

fn of_claim(
    name: &'static str,
    rule: &ClaimRule,
    result: CheckResult,
    found: Option<FoundClaim<'_>>,
) -> Expectation {
    let label = visible(rule.path.label());
    let of_value = |text: &str| {
        if text.len() <= MAX_SHOWN_BYTES {
            visible(text)
        } else {
            format!("a value of {} bytes", text.len())
        }
    };
    let value = rule.value.as_ref().map(|value| of_value(value.text()));
    let expected = match (name, value) {
        ("claim-required", None) => format!("{label} to be there"),
        ("claim-required", Some(value)) => value,
        (_, None) => format!("no {label}"),
        (_, Some(value)) => format!("anything but {value}"),
    };
    let found_words = found.as_ref().map(|found| match &found.value.value {
        Value::String(text) => of_value(&serde_json::Value::from(text.as_str()).to_string()),
        Value::Number(number) => of_value(&number.text),
        Value::Bool(value) => value.to_string(),
        _ => shown(Some(found.value)),
    });
    let outcome = Outcome {
        result,
        expected,
        found: found_words.unwrap_or_else(|| "none".to_owned()),
        evidence: found.map(|found| found.evidence),
    };
    Expectation {
        label: Cow::Owned(format!("Claim {label}")),
        ..Expectation::of_token(name, "", Reason::PolicyClaims, outcome)
    }
}

/// What the issuer says.
fn issuers<'a>(case: Case<'a>, name: &str) -> Found<'a> {
    case.claim(name)
        .map(|claim| (claim.value, claim.evidence()))
}

/// The `aud` claim is a string or an array of strings (RFC 7519 section 4.1.3).
fn audiences(aud: &Json) -> Vec<&str> {
    match &aud.value {
        Value::Array(elements) => elements.iter().filter_map(Json::str).collect(),
        Value::String(one) => vec![one],
        _ => Vec::new(),
    }
}

/// The key binding JWT of a presentation, and the part of the presentation that it is.
#[derive(Clone, Copy)]
struct Binding<'a> {
    claims: Option<&'a Document>,
    part: &'a Part,
}

impl<'a> Binding<'a> {
    fn claim(self, name: &str) -> Found<'a> {
        let value = self.claims?.get(name)?;
        Some((value, Evidence::whole_part(self.part)))
    }

    fn expectation(self, expectation: Expectation) -> Expectation {
        Expectation {
            in_key_binding: true,
            evidence: Some(Evidence::whole_part(self.part)),
            ..expectation
        }
    }
}

impl<'a> Case<'a> {
    fn key_binding(self) -> Option<Binding<'a>> {
        let layer = self.proof.key_binding.as_deref()?;
        Some(Binding {
            claims: layer.token.claims(),
            part: self.token.part_of(0, PartRole::KeyBinding)?,
        })
    }
}
