//! What a verifier checks, in its order, and how each check went.

mod decryption;
mod expected;
mod sd_jwt;

use std::ops::Range;

use super::audit::top_member;
use super::words::{capitalised, counted};
use super::{
    Case, Expectation, Finding, Judgement, Profile, ProfileName, Times, VerdictOutcome, View,
    spoils_encoding, validity,
};
use crate::jose::visible::visible;
use crate::jose::{Fault, FaultKind, Kind, Part, PartRole, Serialization};
use crate::keys::Certificate;
use crate::verify::algorithm::find;
use crate::verify::{Designation, NotChecked, Outcome, Provenance, ShapeFault, SignatureProof};

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
    pub title: String,
    /// How it went.
    pub result: CheckResult,
    /// Why, in a sentence.
    pub text: String,
    /// The characters that it rests on: bytes of the token's text.
    pub byte_range: Option<Range<usize>>,
}

/// What was judged already.
pub(super) struct Judged<'a> {
    /// The token for each of its signatures or recipients.
    pub(super) views: &'a [View<'a>],
    pub(super) profile: &'a Profile,
    pub(super) times: &'a Times,
    pub(super) findings: &'a [Finding],
    pub(super) expectations: &'a [Expectation],
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
        inner,
        ..
    } = *judged;
    let of_each = |check: &dyn Fn(Case<'_>) -> Option<Check>| -> Vec<Check> {
        let checks = views.iter().enumerate().filter_map(|(index, view)| {
            let mut check = check(view.case(case))?;
            if views.len() > 1 {
                let what = match case.token.kind {
                    Kind::Jwe => "Recipient",
                    _ => "Signature",
                };
                check.title = format!("{what} {}: {}", index.saturating_add(1), check.title);
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
    checks.extend(expected(&["alg"], false));
    checks.extend(of_signature(&|case, proof| {
        key(
            case,
            proof,
            validity::spoilt(case.at, profile, times, proof),
        )
    }));
    checks.extend(of_signature(&signature));
    if let Some(proof) = &case.proof.decryption {
        checks.push(decryption::key(case, proof));
        checks.push(decryption::decryption(case, proof));
    }
    checks.extend(inner.map(|inner| nested(case, inner)));
    checks.extend(sd_jwt::disclosures(case));
    checks.extend(expected(&["typ"], false));
    if profile.name != ProfileName::Jws {
        checks.push(expected::time(case, times));
    }
    let in_claims = ["iss", "aud", "nonce"];
    checks.extend(expected(&in_claims, false));
    checks.extend(sd_jwt::key_binding(case, judged));
    checks.extend(expected(&in_claims, true));
    checks.extend(expected::unexpected(expectations));
    checks
}

/// How the key that was meant is said to be known, and the parameter that says it.
fn designated(how: Designation) -> (&'static str, &'static str) {
    match how {
        Designation::Certificate => ("Key chosen by x5c", "x5c"),
        Designation::Confirmation => ("The key that the issuer confirms", "alg"),
        Designation::KeyId => ("Key chosen by kid", "kid"),
        Designation::OnlyKey => ("The only key that fits", "alg"),
        Designation::Thumbprint => ("Key chosen by certificate thumbprint", "x5t"),
    }
}

/// The token that the payload is.
fn nested(case: Case<'_>, inner: &Judgement) -> Check {
    let (result, title) = match inner.verdict.outcome {
        VerdictOutcome::Accept => (CheckResult::Passed, "Nested token accepted"),
        VerdictOutcome::Reject => (CheckResult::Failed, "Nested token refused"),
        VerdictOutcome::Undetermined => (CheckResult::NotRun, "Nested token undetermined"),
    };
    let reasons = inner.verdict.reasons.iter().map(|reason| reason.name());
    let reasons: Vec<&str> = reasons.collect();
    Check {
        check: "nested",
        title: title.to_owned(),
        result,
        text: if reasons.is_empty() {
            "The payload is a token, and a correct verifier takes it".to_owned()
        } else {
            format!("The payload is a token: {}", reasons.join(", "))
        },
        byte_range: whole(case, PartRole::Payload),
    }
}

fn whole(case: Case<'_>, role: PartRole) -> Option<Range<usize>> {
    case.token.part(role).map(|part| part.range.clone())
}

fn member_range(part: Option<&Part>, name: &str) -> Option<Range<usize>> {
    let part = part?;
    Some(part.text_range(top_member(part.json.as_ref()?, name)?.range()))
}

fn header_range(case: Case<'_>, name: &str) -> Option<Range<usize>> {
    let (part, _) = case.token.parameter_in(name)?;
    member_range(Some(part), name)
}

fn failed(check: &'static str, title: String, fault: &Fault, more: usize) -> Check {
    let more = match more {
        0 => String::new(),
        1 => "; 1 more fault".to_owned(),
        several => format!("; {several} more faults"),
    };
    Check {
        check,
        title,
        result: CheckResult::Failed,
        text: format!("{}{more}", capitalised(&fault.kind.to_string())),
        byte_range: Some(fault.range.clone()),
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
        return failed("form", "Not a complete token".to_owned(), fault, 0);
    }
    let (title, text) = match (case.token.kind, case.token.serialization) {
        (Kind::Unreadable, _) => ("Not a token", "No form of JWS or JWE".to_owned()),
        (Kind::Jwe, Serialization::Compact) => ("Compact JWE", "5 parts".to_owned()),
        (Kind::Jws, Serialization::Compact) => ("Compact JWS", "3 parts".to_owned()),
        (Kind::SdJwt, Serialization::Compact) => ("Compact SD-JWT", sd_jwt::form(case)),
        (Kind::SdJwt, Serialization::Flattened) => ("Flattened SD-JWT", sd_jwt::form(case)),
        (Kind::SdJwt, Serialization::General) => ("General SD-JWT", sd_jwt::form(case)),
        (Kind::Jwe, Serialization::Flattened) => ("Flattened JWE", "A JSON object".to_owned()),
        (Kind::Jws, Serialization::Flattened) => ("Flattened JWS", "A JSON object".to_owned()),
        (Kind::Jwe, Serialization::General) => (
            "General JWE",
            format!(
                "A JSON object with {}",
                counted(case.token.entries(), "recipient")
            ),
        ),
        (Kind::Jws, Serialization::General) => (
            "General JWS",
            format!(
                "A JSON object with {}",
                counted(case.token.entries(), "signature")
            ),
        ),
    };
    Check {
        check: "form",
        title: title.to_owned(),
        result: if case.token.kind == Kind::Unreadable {
            CheckResult::Failed
        } else {
            CheckResult::Passed
        },
        text,
        byte_range: None,
    }
}

/// Strict base64url and clean JSON.
fn encoding(case: Case<'_>, profile: &Profile) -> Check {
    let mut faults = case
        .token
        .faults
        .iter()
        .filter(|fault| spoils_encoding(case.token, fault, profile));
    match faults.next() {
        Some(fault) => {
            let title = format!("Fault in the {}", fault.part.label());
            failed("encoding", title, fault, faults.count())
        }
        None => Check {
            check: "encoding",
            title: "Well formed".to_owned(),
            result: CheckResult::Passed,
            text: "Canonical base64url, no duplicate members".to_owned(),
            byte_range: None,
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
                format!("{}{}", visible(name), known.unwrap_or_default()),
            )
        }
        Some((None, kind)) => (
            CheckResult::Failed,
            "No usable alg",
            format!("Expected alg as a string, found {kind}"),
        ),
        None if case
            .token
            .header()
            .is_some_and(|header| header.object().is_some()) =>
        {
            (
                CheckResult::Failed,
                "No alg",
                "Expected alg in the header, found none".to_owned(),
            )
        }
        None => (
            CheckResult::Failed,
            "No readable header",
            "Expected a JSON object with alg".to_owned(),
        ),
    };
    Check {
        check: "header",
        title: title.to_owned(),
        result,
        text,
        byte_range: header_range(case, "alg").or_else(|| whole(case, PartRole::ProtectedHeader)),
    }
}

/// Extensions that must be understood (RFC 7515 section 4.1.11).
fn crit(case: Case<'_>) -> Check {
    let crit = case.token.header().and_then(|header| header.get("crit"));
    let found = case.token.parameter_in("crit").map(|(part, _)| part.role);
    if found == Some(PartRole::UnprotectedHeader) {
        return Check {
            check: "crit",
            title: "crit is not protected".to_owned(),
            result: CheckResult::Failed,
            text: "It stands in a header that nothing protects".to_owned(),
            byte_range: header_range(case, "crit"),
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
            "No crit in the header".to_owned(),
        ),
        (Some(_), Some(["b64"])) if case.token.kind != Kind::Jwe => (
            CheckResult::Passed,
            "Critical extension known",
            "b64 (RFC 7797)".to_owned(),
        ),
        (Some(_), Some(names)) if !names.is_empty() => (
            CheckResult::Failed,
            "Critical extension not known",
            format!("crit names {}", visible(&names.join(", "))),
        ),
        (Some(_), _) => (
            CheckResult::Failed,
            "crit is malformed",
            "Expected a list of names".to_owned(),
        ),
    };
    Check {
        check: "crit",
        title: title.to_owned(),
        result,
        text,
        byte_range: header_range(case, "crit"),
    }
}

/// Which key is meant, and how that is known.
fn key(case: Case<'_>, proof: &SignatureProof, spoilt: Option<&Certificate>) -> Check {
    let check = |result, title: &str, text, byte_range| Check {
        check: "key",
        title: title.to_owned(),
        result,
        text,
        byte_range,
    };
    if proof.outcome == Outcome::Unsecured {
        return check(
            CheckResult::NotRun,
            "No key needed",
            "The token is unsecured".to_owned(),
            None,
        );
    }
    if let Some(certificate) = spoilt {
        let text = format!(
            "The certificate of \u{201C}{}\u{201D} is outside its validity: as long as it is, the key is the token\u{2019}s own",
            visible(&certificate.subject)
        );
        let range = header_range(case, "x5c");
        return check(CheckResult::Failed, "Key not vouched for", text, range);
    }
    match (&proof.designated, &proof.key) {
        (Some((key, how)), _) => {
            let (title, parameter) = designated(*how);
            let fits = proof
                .alg
                .as_deref()
                .and_then(find)
                .is_some_and(|algorithm| algorithm.fits(key.kind));
            let text = format!(
                "\u{201C}{}\u{201D} from {}, {}",
                visible(&key.id),
                visible(&key.source),
                key.kind
            );
            if fits {
                check(
                    CheckResult::Passed,
                    title,
                    text,
                    header_range(case, parameter),
                )
            } else {
                check(
                    CheckResult::Failed,
                    "The named key does not fit",
                    text,
                    header_range(case, parameter),
                )
            }
        }
        (None, Some(used)) if used.provenance == Provenance::Token => check(
            CheckResult::Failed,
            "Only the token\u{2019}s own key",
            "The key came inside the token: anybody could have put it there".to_owned(),
            header_range(case, "jwk").or_else(|| header_range(case, "x5c")),
        ),
        (None, Some(used)) => check(
            CheckResult::Passed,
            "Key found by trying",
            format!(
                "\u{201C}{}\u{201D} from {}",
                visible(&used.key.id),
                visible(&used.key.source)
            ),
            None,
        ),
        (None, None) => {
            let text = match (&proof.kid, proof.tried.len()) {
                (Some(kid), 0) => format!(
                    "No loaded key is called \u{201C}{}\u{201D} or can do the algorithm",
                    visible(kid)
                ),
                (None, 0) => {
                    "No loaded key can do the algorithm, and the header names none".to_owned()
                }
                (_, 1) => "1 key could do the algorithm; the header does not name it".to_owned(),
                (_, tried) => {
                    format!("{tried} keys can do the algorithm; the header names none of them")
                }
            };
            check(
                CheckResult::NotRun,
                "No key chosen",
                text,
                header_range(case, "kid"),
            )
        }
    }
}

/// The signature itself.
fn signature(case: Case<'_>, proof: &SignatureProof) -> Check {
    let algorithm = proof.alg.as_deref().and_then(find);
    let over = case.token.signing_input().map_or(0, |input| input.len());
    let (result, title, text) = match proof.outcome {
        Outcome::Valid => {
            let description = algorithm
                .map(crate::verify::Algorithm::description)
                .unwrap_or_default();
            match proof.key.as_ref().map(|used| used.provenance) {
                Some(Provenance::Token) => (
                    CheckResult::NotRun,
                    "Verifies, but proves nothing",
                    format!("{description} over {over} bytes, with the key out of the token"),
                ),
                Some(Provenance::Confusion) => (
                    CheckResult::Failed,
                    "Verifies with a public key as the secret",
                    format!("{description} over {over} bytes, with a key that is no secret"),
                ),
                Some(Provenance::PublicDefault) => (
                    CheckResult::Failed,
                    "Verifies under a public secret",
                    format!("{description} over {over} bytes, with a secret that everybody knows"),
                ),
                Some(Provenance::Confirmed) => (
                    CheckResult::Passed,
                    "Signature valid",
                    format!("{description} over {over} bytes, with the holder\u{2019}s own key"),
                ),
                Some(Provenance::Yours) | None => (
                    CheckResult::Passed,
                    "Signature valid",
                    format!("{description} over {over} bytes"),
                ),
            }
        }
        Outcome::Invalid => {
            let text = match proof.shape {
                Some(ShapeFault::Empty) => "Expected a signature, found none".to_owned(),
                Some(ShapeFault::Length { expected, found }) => {
                    format!("Expected {expected} bytes, found {found}")
                }
                Some(ShapeFault::OutOfRange) => {
                    "R or S is zero or not below the order of the curve".to_owned()
                }
                None => "The key that was meant for it does not verify it".to_owned(),
            };
            (CheckResult::Failed, "Signature wrong", text)
        }
        Outcome::NotChecked(why) => {
            let text = match why {
                NotChecked::DetachedPayloadMissing => {
                    "The payload is not in the token: supply it".to_owned()
                }
                NotChecked::NoKey => format!(
                    "No key: add {}",
                    algorithm.map_or_else(
                        || "one".to_owned(),
                        crate::verify::Algorithm::key_description
                    )
                ),
                NotChecked::NoKeyVerifies => match proof.tried.len() {
                    1 => "1 key was tried, and does not verify it".to_owned(),
                    tried => format!("{tried} keys were tried, and none verifies it"),
                },
                NotChecked::TooLarge => "The token is too large".to_owned(),
            };
            (CheckResult::NotRun, "Signature not checked", text)
        }
        Outcome::Unsecured => (
            CheckResult::Failed,
            "No signature",
            "alg says that there is none".to_owned(),
        ),
        Outcome::Unsupported => (
            CheckResult::NotRun,
            "Signature not checked",
            match &proof.alg {
                Some(alg) => format!(
                    "Algorithm \u{201C}{}\u{201D} is not implemented here",
                    visible(alg)
                ),
                None => "The header names no algorithm".to_owned(),
            },
        ),
    };
    Check {
        check: "signature",
        title: title.to_owned(),
        result,
        text,
        byte_range: whole(case, PartRole::Signature),
    }
}
