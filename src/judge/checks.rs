//! What a verifier checks, in its order, and how each check went.

mod decryption;
mod expected;
mod key;
mod kind;
mod sd_jwt;
mod told;

use std::borrow::Cow;
use std::ops::Range;

use super::audit::top_member;
use super::words::{capitalised, counted};
use super::{
    Case, Expectation, Finding, Judgement, Profile, ProfileName, Times, VerdictOutcome, View,
    spoils_encoding, validity,
};
use crate::jose::visible::visible;
use crate::jose::{Fault, FaultKind, Kind, Part, PartRole, Serialization};
use crate::verify::algorithm::find;
use crate::verify::{NotChecked, Outcome, Provenance, ShapeFault, SignatureProof};

pub use told::{ToldCheck, told};

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckResult {
    /// A correct verifier stops here.
    Failed,
    /// Its input was missing; the check's text says what.
    NotRun,
    /// It holds.
    Passed,
}

impl CheckResult {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::NotRun => "not-run",
            Self::Passed => "passed",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its stable name, such as `signature`.
    pub check: &'static str,
    /// The result in a few words, such as "Signature valid".
    pub title: Cow<'static, str>,
    /// How it went.
    pub result: CheckResult,
    /// Why, in a sentence.
    pub text: Cow<'static, str>,
    /// The characters that it rests on: bytes of the token's text.
    pub byte_range: Option<Range<usize>>,
    /// Whether it was not run because the policy says nothing about it.
    pub is_unasked: bool,
}

impl Check {
    fn new(check: &'static str, result: CheckResult) -> Self {
        Self {
            check,
            title: Cow::Borrowed(""),
            result,
            text: Cow::Borrowed(""),
            byte_range: None,
            is_unasked: false,
        }
    }
}

/// What was judged already.
pub(super) struct Judged<'a> {
    /// The token for each of its signatures or recipients.
    pub(super) views: &'a [View<'a>],
    pub(super) profile: &'a Profile,
    pub(super) times: &'a Times,
    pub(super) findings: &'a [Finding],
    pub(super) expectations: &'a [Expectation],
    /// Whether it is the key binding JWT of an SD-JWT, whose form is checked with that one.
    pub(super) is_key_binding: bool,
    /// The token that the payload is.
    pub(super) inner: Option<&'a Judgement>,
    /// The key binding JWT.
    pub(super) key_binding: Option<&'a Judgement>,
}

/// Makes the checks, in the order in which a verifier does.
pub(super) fn checks(case: Case<'_>, judged: &Judged<'_>) -> Vec<Check> {
    let Judged {
        views,
        profile,
        times,
        expectations,
        is_key_binding,
        ..
    } = *judged;
    let of_each = |check: &dyn Fn(Case<'_>) -> Option<Check>| -> Vec<Check> {
        let checks = views.iter().enumerate().filter_map(|(index, view)| {
            let mut check = check(view.case(case))?;
            if views.len() > 1 {
                let title = check.title.into_owned();
                check.title = Cow::Owned(numbered(title, Some(index), case.token.kind));
            }
            Some(check)
        });
        checks.collect()
    };
    let of_signature = |check: &dyn Fn(Case<'_>, &SignatureProof) -> Check| {
        of_each(&|case| Some(check(case, case.proof.signatures.first()?)))
    };
    let expected = |names: &[&str], in_key_binding: bool| -> Vec<Check> {
        expectations
            .iter()
            .filter(|expectation| names.contains(&expectation.name))
            .filter(|expectation| expectation.in_key_binding == in_key_binding)
            .map(|expectation| expected::expected(case, expectation))
            .collect()
    };
    let mut checks = vec![form(case), encoding(case, profile)];
    checks.extend(of_each(&|case| Some(header(case))));
    checks.extend(of_each(&|case| Some(crit(case))));
    let asked = |name: &'static str| -> Vec<Check> {
        let asked = expected(&[name], false);
        let is_asked = expectations.iter().any(|of| of.name == name);
        let unasked = (!is_asked && !is_key_binding).then(|| expected::unasked(case, name));
        asked.into_iter().chain(unasked.flatten()).collect()
    };
    // The algorithm of encryption around a token is asked by nobody.
    if !(case.is_envelope() && case.token.kind == Kind::Jwe) {
        checks.extend(asked("alg"));
    }
    checks.extend(of_signature(&|case, proof| {
        let spoilt = validity::spoilt(case.at, profile, times, proof);
        key::of_signature(case, proof, profile, spoilt)
    }));
    checks.extend(of_signature(&|case, proof| {
        key::fit_of_signature(case, proof, judged)
    }));
    checks.extend(of_signature(&|case, proof| signature(case, proof, profile)));
    if let Some(proof) = &case.proof.decryption {
        checks.push(key::of_decryption(case, proof));
        checks.push(key::fit_of_decryption(case, proof, judged));
        checks.push(decryption::decryption(case, proof));
    }
    if case.proof.is_too_deep {
        checks.push(too_deep(case));
    }
    checks.extend(nested(case, judged));
    checks.extend(sd_jwt::disclosures(case));
    let has_kind = profile.name != ProfileName::Jws && !is_key_binding;
    if has_kind {
        checks.push(kind::typ(case, judged));
    }
    checks.extend(expected(&["typ"], false));
    if profile.name != ProfileName::Jws {
        checks.push(expected::time(case, times));
    }
    // What is asked of the header stands before.
    let [_, _, in_claims @ ..] = &Expectation::CHECKS;
    if profile.name == ProfileName::Jws {
        // Of a payload of any kind nothing is asked that the policy does not say.
        checks.extend(expected(in_claims, false));
    } else {
        checks.extend(in_claims.iter().copied().flat_map(asked));
    }
    checks.extend(sd_jwt::key_binding(case, judged));
    checks.extend(expected(in_claims, true));
    if has_kind {
        checks.push(kind::profile(case, judged));
    }
    checks
}

/// The title of a check that is about one of several signatures or recipients.
fn numbered(title: String, index: Option<usize>, kind: Kind) -> String {
    let what = match kind {
        Kind::Jwe => "Recipient",
        _ => "Signature",
    };
    match index {
        None => title,
        Some(index) => format!("{what} {}: {title}", index.saturating_add(1)),
    }
}

/// The token that the payload is; `None` where it is none, and nothing says that there should be one.
fn nested(case: Case<'_>, judged: &Judged<'_>) -> Option<Check> {
    let check = |result, title: &'static str, text, byte_range| Check {
        title: title.into(),
        text,
        byte_range,
        ..Check::new("nested", result)
    };
    let Some(inner) = judged.inner else {
        let ciphertext = whole(case, PartRole::Ciphertext);
        if case.is_closed() {
            let text = Cow::Borrowed("What is encrypted may be one");
            let title = "Nested token not seen";
            return Some(check(CheckResult::NotRun, title, text, ciphertext));
        }
        let is_missed = judged
            .findings
            .iter()
            .any(|finding| finding.rule == "cty-nesting");
        let text = Cow::Borrowed("cty says that the content is a token, and it is none");
        let range = header_range(case, "cty").or(ciphertext);
        return is_missed.then(|| check(CheckResult::NotRun, "No nested token", text, range));
    };
    let (result, title) = match inner.verdict.outcome {
        VerdictOutcome::Accept => (CheckResult::Passed, "Nested token accepted"),
        VerdictOutcome::Reject => (CheckResult::Failed, "Nested token refused"),
        VerdictOutcome::Undetermined => (CheckResult::NotRun, "Nested token undetermined"),
    };
    let reasons = inner.verdict.reasons.iter().map(|reason| reason.name());
    let reasons: Vec<&str> = reasons.collect();
    let text = if reasons.is_empty() {
        Cow::Borrowed("The payload is a token, and a correct verifier takes it")
    } else {
        Cow::Owned(format!("The payload is a token: {}", reasons.join(", ")))
    };
    // Of a JWE the plaintext, which every byte of the ciphertext stands for.
    Some(check(result, title, text, payload(case)))
}

/// What lies too deep in other tokens to be looked at.
fn too_deep(case: Case<'_>) -> Check {
    Check {
        title: "Not verified".into(),
        text: "It lies too deep in other tokens to be looked at".into(),
        byte_range: everything(case),
        ..Check::new("signature", CheckResult::NotRun)
    }
}

/// All characters of the token.
fn everything(case: Case<'_>) -> Option<Range<usize>> {
    let length = case.token.text().len();
    (length > 0).then_some(0..length)
}

/// The characters that hold the claims: where a claim stands, or is missing.
fn payload(case: Case<'_>) -> Option<Range<usize>> {
    whole(case, PartRole::Payload)
        .or_else(|| whole(case, PartRole::Ciphertext))
        .or_else(|| everything(case))
}

/// The characters of a claim; where there is none, of what it is missing in.
fn claim_range(case: Case<'_>, name: &str) -> Option<Range<usize>> {
    let claim = case.claim(name).map(|claim| claim.evidence().range);
    claim.or_else(|| payload(case))
}

/// The characters of a header parameter; where there is none, of the header that it is missing in.
fn parameter_range(case: Case<'_>, name: &str) -> Option<Range<usize>> {
    header_range(case, name)
        .or_else(|| whole(case, PartRole::ProtectedHeader))
        .or_else(|| everything(case))
}

/// The characters of a part; `None` where it is not there, or empty.
fn whole(case: Case<'_>, role: PartRole) -> Option<Range<usize>> {
    let range = case.token.part(role)?.range.clone();
    (!range.is_empty()).then_some(range)
}

fn member_range(part: Option<&Part>, name: &str) -> Option<Range<usize>> {
    let part = part?;
    Some(part.text_range(top_member(part.json.as_ref()?, name)?.range()))
}

fn header_range(case: Case<'_>, name: &str) -> Option<Range<usize>> {
    let (part, _) = case.token.parameter_in(name)?;
    member_range(Some(part), name)
}

fn failed(check: &'static str, title: Cow<'static, str>, fault: &Fault, more: usize) -> Check {
    let more = match more {
        0 => String::new(),
        1 => "; 1 more fault".to_owned(),
        several => format!("; {several} more faults"),
    };
    Check {
        check,
        title,
        result: CheckResult::Failed,
        text: Cow::Owned(format!("{}{more}", capitalised(&fault.kind.to_string()))),
        byte_range: Some(fault.range.clone()),
        is_unasked: false,
    }
}

/// A form that a verifier knows: three parts, or five.
fn form(case: Case<'_>) -> Check {
    let is_form = |fault: &&Fault| {
        matches!(
            fault.kind,
            FaultKind::Member { .. }
                | FaultKind::MixedForms { .. }
                | FaultKind::SegmentCount { .. }
                | FaultKind::TooLarge { .. }
                | FaultKind::TooMany { .. }
                | FaultKind::UnevenB64
        )
    };
    if let Some(fault) = case.token.faults.iter().find(is_form) {
        return failed("form", Cow::Borrowed("Not a complete token"), fault, 0);
    }
    let (title, text) = match (case.token.kind, case.token.serialization) {
        (Kind::Unreadable, _) => ("Not a token", Cow::Borrowed("No form of JWS or JWE")),
        (Kind::Jwe, Serialization::Compact) => ("Compact JWE", Cow::Borrowed("5 parts")),
        (Kind::Jws, Serialization::Compact) => ("Compact JWS", Cow::Borrowed("3 parts")),
        (Kind::SdJwt, Serialization::Compact) => ("Compact SD-JWT", sd_jwt::form(case).into()),
        (Kind::SdJwt, Serialization::Flattened) => ("Flattened SD-JWT", sd_jwt::form(case).into()),
        (Kind::SdJwt, Serialization::General) => ("General SD-JWT", sd_jwt::form(case).into()),
        (Kind::Jwe, Serialization::Flattened) => ("Flattened JWE", Cow::Borrowed("A JSON object")),
        (Kind::Jws, Serialization::Flattened) => ("Flattened JWS", Cow::Borrowed("A JSON object")),
        (Kind::Jwe, Serialization::General) => (
            "General JWE",
            Cow::Owned(format!(
                "A JSON object with {}",
                counted(case.token.entries(), "recipient")
            )),
        ),
        (Kind::Jws, Serialization::General) => (
            "General JWS",
            Cow::Owned(format!(
                "A JSON object with {}",
                counted(case.token.entries(), "signature")
            )),
        ),
    };
    Check {
        check: "form",
        title: title.into(),
        result: if case.token.kind == Kind::Unreadable {
            CheckResult::Failed
        } else {
            CheckResult::Passed
        },
        text,
        byte_range: everything(case),
        is_unasked: false,
    }
}

/// Strict base64url and clean JSON.
fn encoding(case: Case<'_>, profile: &Profile) -> Check {
    let mut faults = case
        .token
        .faults
        .iter()
        .filter(|fault| spoils_encoding(case, fault, profile));
    match faults.next() {
        Some(fault) => {
            let title = Cow::Owned(format!("Fault in the {}", fault.part.label()));
            failed("encoding", title, fault, faults.count())
        }
        None => Check {
            check: "encoding",
            title: Cow::Borrowed("Well formed"),
            result: CheckResult::Passed,
            text: Cow::Borrowed("Canonical base64url, no duplicate members"),
            byte_range: everything(case),
            is_unasked: false,
        },
    }
}

/// A header that is an object and names an algorithm.
fn header(case: Case<'_>) -> Check {
    let alg = case.token.parameter("alg");
    let (result, title, text) = match alg.map(|alg| (alg.str(), alg.kind())) {
        Some((Some(name), _)) => {
            let known = find(name).map(|algorithm| format!(": {}", algorithm.description()));
            (
                CheckResult::Passed,
                "Header names an algorithm",
                Cow::Owned(format!("{}{}", visible(name), known.unwrap_or_default())),
            )
        }
        Some((None, kind)) => (
            CheckResult::Failed,
            "No usable alg",
            Cow::Owned(format!("Expected alg as a string, found {kind}")),
        ),
        None if case
            .token
            .header()
            .is_some_and(|header| header.object().is_some()) =>
        {
            (
                CheckResult::Failed,
                "No alg",
                Cow::Borrowed("Expected alg in the header, found none"),
            )
        }
        None => (
            CheckResult::Failed,
            "No readable header",
            Cow::Borrowed("Expected a JSON object with alg"),
        ),
    };
    Check {
        check: "header",
        title: title.into(),
        result,
        text,
        byte_range: parameter_range(case, "alg"),
        is_unasked: false,
    }
}

/// Extensions that must be understood (RFC 7515 section 4.1.11).
fn crit(case: Case<'_>) -> Check {
    let crit = case.token.header().and_then(|header| header.get("crit"));
    let found = case.token.parameter_in("crit").map(|(part, _)| part.role);
    if found == Some(PartRole::UnprotectedHeader) {
        return Check {
            check: "crit",
            title: Cow::Borrowed("crit is not protected"),
            result: CheckResult::Failed,
            text: Cow::Borrowed("It stands in a header that nothing protects"),
            byte_range: header_range(case, "crit"),
            is_unasked: false,
        };
    }
    let names: Option<Vec<&str>> = crit.and_then(|crit| {
        crit.array()?
            .iter()
            .map(crate::jose::json::Json::str)
            .collect()
    });
    let (result, title, text) = match (crit, names.as_deref()) {
        (None, _) => (
            CheckResult::Passed,
            "No critical extensions",
            Cow::Borrowed("No crit in the header"),
        ),
        (Some(_), Some(["b64"])) if case.token.kind != Kind::Jwe => (
            CheckResult::Passed,
            "Critical extension known",
            Cow::Borrowed("b64 (RFC 7797)"),
        ),
        (Some(_), Some(names)) if !names.is_empty() => (
            CheckResult::Failed,
            "Critical extension not known",
            Cow::Owned(format!("crit names {}", visible(&names.join(", ")))),
        ),
        (Some(_), _) => (
            CheckResult::Failed,
            "crit is malformed",
            Cow::Borrowed("Expected a list of names"),
        ),
    };
    Check {
        check: "crit",
        title: title.into(),
        result,
        text,
        byte_range: parameter_range(case, "crit"),
        is_unasked: false,
    }
}

/// The signature itself.
fn signature(case: Case<'_>, proof: &SignatureProof, profile: &Profile) -> Check {
    let algorithm = proof.alg.as_deref().and_then(find);
    let over = case.token.signing_input().map_or(0, |input| input.len());
    let (result, title, text) = match proof.outcome {
        Outcome::Valid => {
            let description = algorithm
                .map(crate::verify::Algorithm::description)
                .unwrap_or_default();
            match proof.key.as_ref().map(|used| used.provenance) {
                Some(Provenance::Token) if profile.accepts_own_key() => (
                    CheckResult::Passed,
                    "Signature valid",
                    Cow::Owned(format!(
                        "{description} over {over} bytes, with the holder\u{2019}s own key"
                    )),
                ),
                Some(Provenance::Token) => (
                    CheckResult::NotRun,
                    "Verifies, but proves nothing",
                    Cow::Owned(format!(
                        "{description} over {over} bytes, with the key out of the token"
                    )),
                ),
                Some(Provenance::Confusion) => (
                    CheckResult::Failed,
                    "Verifies with a public key as the secret",
                    Cow::Owned(format!(
                        "{description} over {over} bytes, with a key that is no secret"
                    )),
                ),
                Some(Provenance::PublicDefault) => (
                    CheckResult::Failed,
                    "Verifies under a public secret",
                    Cow::Owned(format!(
                        "{description} over {over} bytes, with a secret that everybody knows"
                    )),
                ),
                Some(Provenance::Confirmed) => (
                    CheckResult::Passed,
                    "Signature valid",
                    Cow::Owned(format!(
                        "{description} over {over} bytes, with the holder\u{2019}s own key"
                    )),
                ),
                Some(Provenance::Yours) | None => (
                    CheckResult::Passed,
                    "Signature valid",
                    Cow::Owned(format!("{description} over {over} bytes")),
                ),
            }
        }
        Outcome::Invalid => {
            let text = match proof.shape {
                Some(ShapeFault::Empty) => Cow::Borrowed("Expected a signature, found none"),
                Some(ShapeFault::Length { expected, found }) => {
                    Cow::Owned(format!("Expected {expected} bytes, found {found}"))
                }
                Some(ShapeFault::OutOfRange) => {
                    Cow::Borrowed("R or S is zero or not below the order of the curve")
                }
                None => Cow::Borrowed("The key that was meant for it does not verify it"),
            };
            (CheckResult::Failed, "Signature wrong", text)
        }
        Outcome::NotChecked(why) => {
            let text = match why {
                NotChecked::DetachedPayloadMissing => {
                    Cow::Borrowed("The payload is not in the token: supply it")
                }
                NotChecked::NoKey => Cow::Owned(format!(
                    "No key: add {}",
                    algorithm.map_or_else(
                        || "one".to_owned(),
                        crate::verify::Algorithm::key_description
                    )
                )),
                NotChecked::NoKeyVerifies => match proof.tried.len() {
                    1 => Cow::Borrowed("1 key was tried, and does not verify it"),
                    tried => Cow::Owned(format!("{tried} keys were tried, and none verifies it")),
                },
                NotChecked::TooLarge => Cow::Borrowed("The token is too large"),
            };
            (CheckResult::NotRun, "Signature not checked", text)
        }
        Outcome::Unsecured => (
            CheckResult::Failed,
            "No signature",
            Cow::Borrowed("alg says that there is none"),
        ),
        Outcome::Unsupported => (
            CheckResult::NotRun,
            "Signature not checked",
            match &proof.alg {
                Some(alg) => Cow::Owned(format!(
                    "Algorithm \u{201C}{}\u{201D} is not implemented here",
                    visible(alg)
                )),
                None => Cow::Borrowed("The header names no algorithm"),
            },
        ),
    };
    Check {
        check: "signature",
        title: title.into(),
        result,
        text,
        // Where there is none, on what says that there is or should be one.
        byte_range: whole(case, PartRole::Signature).or_else(|| parameter_range(case, "alg")),
        is_unasked: false,
    }
}
